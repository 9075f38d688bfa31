"""Who takes part in a mediation, and on whose behalf somebody acts."""

from enum import StrEnum
from typing import Annotated, NamedTuple

from pydantic import Field, StringConstraints

from domain.facts.value import Value

OrganisationId = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{1,39}$")]
"""A short public name of an organisation, such as `kwintes`: never a person's."""
PartnerNumber = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._/-]{1,40}$")]
"""The number under which a partner's system knows something."""


class Role(StrEnum):
    """What an organisation does in direct mediation."""

    COORDINATOR = "coordinator"
    """The municipality, which directs every mediation (regierol)."""
    INSTITUTION = "institution"
    """The 24-hour care institution that refers the client (verwijzer)."""
    DISTRICT_TEAM = "district_team"
    """The team that assesses the client, or that receives the client in the district of the home (wijkteam)."""
    CORPORATION = "corporation"
    """The housing corporation that offers the dwelling (woningcorporatie)."""
    CARE_PROVIDER = "care_provider"
    """The organisation that supports the client at home (zorgaanbieder)."""
    DESK = "desk"
    """A desk that decides on behalf of the municipality, where that gave a mandate (Awb 10:1)."""
    COMMITTEE = "committee"
    """A committee that advises on the urgency, and decides nothing (Awb 3:5)."""
    AUDITOR = "auditor"
    ADMIN = "admin"


LOOKING_ON = frozenset({Role.AUDITOR, Role.ADMIN})
"""Roles that see mediations and never act in them."""
TAKING_PART = frozenset(Role) - LOOKING_ON
"""Roles in which an organisation takes part in mediations."""

BODIES = (Role.DESK, Role.COMMITTEE)
"""Roles that an organisation has only where a policy leaves something to it, one at a time for a municipality."""

SYSTEM = "system"
"""The user of whatever an organisation's system does by itself."""


class Whose(StrEnum):
    """Whose a kind of task is, as a policy says it: who has a role or, where several may have it, which of them."""

    COORDINATOR = Role.COORDINATOR.value
    INSTITUTION = Role.INSTITUTION.value
    DISTRICT_TEAM = Role.DISTRICT_TEAM.value
    """The team that has the client now: of the district of the home once that is known, before that who assesses."""
    CORPORATION = Role.CORPORATION.value
    CARE_PROVIDER = Role.CARE_PROVIDER.value
    DESK = Role.DESK.value
    COMMITTEE = Role.COMMITTEE.value
    TEAM_OF_CLIENT = "team_of_client"
    """The team of the district that the client was referred for, also when the home is elsewhere."""
    TEAM_OF_HOME = "team_of_home"
    """The team of the district of the home."""

    @property
    def role(self) -> Role:
        """In which role that organisation has the task."""
        return PARTICULAR.get(self) or Role(self.value)


PARTICULAR = {
    Whose.TEAM_OF_CLIENT: Role.DISTRICT_TEAM,
    Whose.TEAM_OF_HOME: Role.DISTRICT_TEAM,
}
"""Those that are one of several with a role."""
EITHER_TEAM = frozenset({Whose.TEAM_OF_CLIENT, Whose.TEAM_OF_HOME})
OF_A_HOME = frozenset({Whose.TEAM_OF_HOME})
"""Those that there are only once there is a home for the client."""


class Owner(NamedTuple):
    """Whose a task is: an organisation, in the role in which it takes part."""

    role: Role
    organisation: OrganisationId


class Actor(Value):
    """Who gave a command: an organisation in a role, by a person under a pseudonym or by its system."""

    role: Role
    organisation: OrganisationId
    user: str = SYSTEM
    substitute: OrganisationId | None = None
    """Whose person it was, when another organisation stood in for this one while it was absent."""


def _is_none(value: object) -> bool:
    return value is None


class Parties(Value):
    """The organisations of one mediation. The corporation is known from the first offer on."""

    municipality: OrganisationId
    institution: OrganisationId | None = Field(default=None, exclude_if=_is_none)
    """Which the client leaves; None for who leaves none, such as an informal carer: the municipality referred them."""
    district_team: OrganisationId
    """The team that assesses. The team that receives the client may be another one."""
    care_provider: OrganisationId
    corporations: tuple[OrganisationId, ...]
    """Every corporation that may house this client, in a fixed order."""
    desk: OrganisationId | None = Field(default=None, exclude_if=_is_none)
    """Who decides on behalf of the municipality, where the policy leaves a task to a desk. Written only where there is
    one: without it events are as they were before there were desks.
    """
    committee: OrganisationId | None = Field(default=None, exclude_if=_is_none)
    """Who advises on the urgency, where the policy leaves the assessment to a committee; written like `desk`."""

    def all(self) -> tuple[OrganisationId, ...]:
        """Return every organisation that takes part from the start."""
        bodies = (self.desk, self.committee)
        known = (self.municipality, self.institution, self.district_team, self.care_provider, *bodies)
        return tuple(one for one in known if one)

    @property
    def of_guide(self) -> OrganisationId:
        """Where the client's guide works: the institution, or for who leaves none the municipality."""
        return self.institution or self.municipality
