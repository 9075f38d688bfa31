"""What others learn of a client: what is sent to a partner's system with each effect, and what each role may read. The
description of a policy tells it; tests hold it against what is sent and shown.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import NamedTuple

from domain.facts.parties import Role
from domain.messages import effects as f


class Disclosed(StrEnum):
    """What others may learn of a client."""

    NUMBER = "number"
    """The number of the mediation, by which a client is known to partners."""
    NAME = "name"
    CONTACTS = "contacts"
    GUIDE = "guide"
    HOUSEHOLD = "household"
    BORN_ON = "born_on"
    BSN = "bsn"
    HOME = "home"
    DISTRICT = "district"
    DAYS = "days"
    LEASE_FORM = "lease_form"
    PRIORITY = "priority"
    """That the client comes first for leaving an institution."""
    REFUSED = "refused"
    SUPPORT = "support"


class Sent(NamedTuple):
    """What is sent to the system of a partner in a role."""

    to: Role
    what: tuple[Disclosed, ...]


TENANT = (Disclosed.NAME, Disclosed.CONTACTS, Disclosed.GUIDE, Disclosed.HOUSEHOLD)
CLIENT = (*TENANT, Disclosed.BORN_ON)
WHOLE = (*CLIENT, Disclosed.BSN)
IN_ALLOCATION = (
    *(Disclosed.NAME, Disclosed.CONTACTS, Disclosed.GUIDE, Disclosed.BORN_ON, Disclosed.BSN),
    *(Disclosed.SUPPORT, Disclosed.DAYS),
)
"""The guide's phone and organisation stand in for those of a client who has none."""

SENT: Mapping[type[f.Effect], Sent] = {
    f.AskAssessment: Sent(Role.DISTRICT_TEAM, (Disclosed.NUMBER, Disclosed.DAYS)),
    f.GiveNotice: Sent(Role.DISTRICT_TEAM, (Disclosed.NUMBER, Disclosed.DISTRICT, Disclosed.DAYS)),
    f.ListDwellings: Sent(Role.CORPORATION, ()),
    f.PlaceOffer: Sent(Role.CORPORATION, (Disclosed.NUMBER, Disclosed.HOUSEHOLD, Disclosed.HOME, Disclosed.DAYS)),
    f.ReadOffer: Sent(Role.CORPORATION, (Disclosed.NUMBER,)),
    f.FreeDwelling: Sent(Role.CORPORATION, (Disclosed.NUMBER, Disclosed.REFUSED)),
    f.PrepareLease: Sent(
        Role.CORPORATION, (Disclosed.NUMBER, Disclosed.HOME, Disclosed.LEASE_FORM, Disclosed.PRIORITY)
    ),
    f.RequestSupport: Sent(Role.CARE_PROVIDER, IN_ALLOCATION),
    f.ReadSupport: Sent(Role.CARE_PROVIDER, ()),
    f.CancelSupport: Sent(Role.CARE_PROVIDER, IN_ALLOCATION),
}
"""By effect."""
TO_NO_SYSTEM: frozenset[type[f.Effect]] = frozenset({f.CallWaiting, f.SendLetter})
"""Others are called within the engine, and letters go to people."""

READ: Mapping[Role, tuple[Disclosed, ...]] = {
    Role.COORDINATOR: WHOLE,
    Role.INSTITUTION: WHOLE,
    Role.DISTRICT_TEAM: CLIENT,
    Role.CORPORATION: TENANT,
    Role.CARE_PROVIDER: WHOLE,
    Role.DESK: CLIENT,
    Role.AUDITOR: (),
    Role.ADMIN: (),
}
"""Who the client is, as much as a role may read at most."""
