"""What others learn of a client: what is sent to a partner's system with each effect, what each role may read, what
goes along to another municipality, and what other systems are told. The description of a policy tells it; tests hold it
against what is sent and shown.
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
    INSTITUTION = "institution"
    TARGET_GROUP = "target_group"
    PAPERS = "papers"
    READINESS = "readiness"
    NEEDS = "needs"
    WAITS_SINCE = "waits_since"
    STAGE = "stage"
    URGENCY = "urgency"
    OFFERED = "offered"
    NOTES = "notes"
    REASON = "reason"
    """Why another municipality is asked."""
    CONSENT = "consent"
    HAPPENED = "happened"
    """That something happened, by the type of the event."""
    ENDED = "ended"
    """How the mediation ended, in a few kinds."""
    MAIL_ADDRESS = "mail_address"
    LETTER = "letter"
    """What a letter says."""


class Handed(StrEnum):
    """What goes along to a municipality that is asked to carry a mediation on: what it is asked, each part of the file
    that a client may choose (`FilePart`), and the notes that were chosen.
    """

    ASKED = "asked"
    PERSON = "person"
    REFERRAL = "referral"
    URGENCY = "urgency"
    OFFERS = "offers"
    NOTES = "notes"


class System(StrEnum):
    """A system that is told of a mediation, and is not a partner's: those that a municipality subscribes to events
    (`store.webhooks.Kind`), and the one that carries mail.
    """

    CLOUDEVENTS = "cloudevents"
    ZGW = "zgw"
    MAIL = "mail"


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
    Role.COMMITTEE: CLIENT,
    Role.AUDITOR: (),
    Role.ADMIN: (),
}
"""Who the client is, as much as a role may read at most."""

HANDED: Mapping[Handed, tuple[Disclosed, ...]] = {
    Handed.ASKED: (Disclosed.NUMBER, Disclosed.REASON, Disclosed.CONSENT, Disclosed.DAYS),
    Handed.PERSON: (
        *(Disclosed.NAME, Disclosed.CONTACTS, Disclosed.BORN_ON, Disclosed.BSN, Disclosed.GUIDE),
        Disclosed.INSTITUTION,
    ),
    Handed.REFERRAL: (
        *(Disclosed.TARGET_GROUP, Disclosed.HOUSEHOLD, Disclosed.PAPERS, Disclosed.READINESS),
        Disclosed.NEEDS,
    ),
    Handed.URGENCY: (Disclosed.WAITS_SINCE, Disclosed.STAGE, Disclosed.URGENCY),
    Handed.OFFERS: (Disclosed.OFFERED,),
    Handed.NOTES: (Disclosed.NOTES,),
}
AFTER_A_YES: frozenset[Handed] = frozenset({Handed.PERSON, Handed.NOTES})
"""What another municipality reads only once it said that it carries the mediation on."""

TOLD: Mapping[System, tuple[Disclosed, ...]] = {
    System.CLOUDEVENTS: (Disclosed.NUMBER, Disclosed.HAPPENED, Disclosed.DAYS),
    System.ZGW: (Disclosed.NUMBER, Disclosed.HAPPENED, Disclosed.DAYS, Disclosed.ENDED),
    System.MAIL: (Disclosed.NUMBER, Disclosed.MAIL_ADDRESS, Disclosed.LETTER),
}
