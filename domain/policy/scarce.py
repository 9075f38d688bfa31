"""What is scarce and shared by all mediations: persons, places, dwellings, placements.

Nobody looks first whether it is free and takes it afterwards. A decision claims it, and the store, where a constraint
guards each, grants or refuses the claim in the transaction that records the decision.
"""

from datetime import date
from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from domain.facts.capacity import Denominator, KeptPart
from domain.facts.dwelling import HomeRef
from domain.facts.names import comparable
from domain.facts.parties import OrganisationId
from domain.facts.periods import period_of
from domain.facts.value import Value, left_out, replace, unsaid
from domain.policy.queue import Turn


class PersonClaim(Value):
    """A person has one open mediation."""

    type: Literal["person"] = "person"
    person: str


class PlaceClaim(Value):
    """A place within a municipality's capacity of one period."""

    type: Literal["place"] = "place"
    municipality: OrganisationId
    year: int
    units: int
    limit: int | None
    """The limit of the policy; a claim beyond it is never granted. None: no limit was decided."""
    beyond_limit: bool = False
    """An authorised override: granted and counted apart."""
    half: Literal[1, 2] | None = None
    """The half of the year, where capacity is counted by half years."""
    shared_by: tuple[OrganisationId, ...] = ()
    """All municipalities that share the capacity."""
    share: float | None = None
    """With a ceiling of which the figures are fed: the share. `limit` stands until they are."""
    denominator: Denominator | None = None
    parts: tuple[str, ...] = ()
    """The sub-targets that the client counts for: it is one place all the same."""
    kept: tuple[KeptPart, ...] = ()
    """Places kept for other sub-targets."""
    own: tuple[KeptPart, ...] = ()
    """Places kept for the client's own sub-targets: only others of one come before the client for those."""
    rank: tuple[str, ...] = ()
    """When the client's turn comes (`domain.policy.queue`): who comes before has a place first."""
    ahead: int | None = None
    """When it is not granted: how many who wait come before."""

    @model_validator(mode="before")
    @classmethod
    def _of_one_part(cls, value: Any) -> Any:
        """Read a claim of before a client could count for several sub-targets."""
        if not isinstance(value, dict) or "part" not in value:
            return value
        part, kept = value["part"], value.get("kept_for_own")
        own = [{"name": part, "target": kept}] if part and kept else []
        return {**value, "parts": [part] if part else [], "own": own}

    @property
    def ledger(self) -> str:
        """Under which name the places are counted: one for all municipalities that share them."""
        return ledger(self.municipality, self.shared_by)

    @property
    def period(self) -> str:
        """In which period the place counts, such as `2026` or `2026-H1`."""
        return period_of(self.year, self.half)


class Queued(Value):
    """How a mediation stands in the queue for a place."""

    claim: PlaceClaim | None = None
    """What it waits for; None: it waits no more."""
    resting: bool = False
    """In a pause: it keeps its turn, and others go before."""


class InLine(Value):
    """Somebody else who waits for a home, and by what their turn comes."""

    mediation: str | None = None
    """None: one of another municipality, with which the places are shared."""
    turn: Turn


class HomeLine(Value):
    """Who else waits for a home that is chosen for somebody."""

    ahead: tuple[InLine, ...] = ()
    """Who come before in the order, the first first."""
    following: InLine | None = None
    """Who comes next after this client."""


class HomesWanted(Value):
    """For which homes a mediation waits, and when its turn comes; without a turn it waits for none any more."""

    ledger: str = ""
    """Whose clients are in one order: those of one municipality, or of all that share their places."""
    municipality: OrganisationId = ""
    corporations: tuple[OrganisationId, ...] = ()
    homes: tuple[HomeRef, ...] = ()
    turn: Turn | None = None
    resting: bool = False
    """No home may be offered now: others go before, and the turn is kept."""
    asks: bool = False
    """Whether it now asks the corporations what they have released."""


class DwellingClaim(Value):
    """A dwelling is kept for one person only."""

    type: Literal["dwelling"] = "dwelling"
    corporation: OrganisationId
    dwelling: str
    not_free: bool = Field(default=False, exclude_if=left_out)
    """Given back, and the corporation says that nobody else can have it either, until it releases it again."""


class Scope(StrEnum):
    """Over what placements are spread."""

    DISTRICT = "district"
    COMPLEX = "complex"


class Against(Value):
    """What the store found that stands against a placement: a count at its cap, or a place that takes none."""

    used: int | None = None
    most: int | None = None
    eligible: bool = True
    """Whether it is for direct mediation at all."""
    until: date | None = None
    """Up to and including which day it takes none."""
    reason: str | None = None
    """A `ClosedReason` of the register."""


class SpreadClaim(Value):
    """A placement in a district or complex, of which there may be so many in a period."""

    type: Literal["spread"] = "spread"
    municipality: OrganisationId
    scope: Scope
    corporation: str = ""
    """Whose complex it is; empty for a district."""
    name: str
    period: str
    """`live`, `2026` or `2026-H1`."""
    most: int | None
    """The cap of the policy. A lower one of the complex register counts as well, and so does its being closed."""
    on: date
    beyond_limit: bool = False
    """An authorised override: granted and counted apart."""
    found: str | None = None
    """In place of `against`, as releases up to 0.2.0 wrote it, in English."""
    against: Against | None = Field(default=None, exclude_if=unsaid)
    """When it is not granted: what the store found."""

    @property
    def key(self) -> str:
        """By what the place is known, however its name is written."""
        return comparable(self.name)


def ledger(municipality: str, shared_by: tuple[str, ...]) -> str:
    """Return under which name capacity is counted: the municipality's, or those of all who share it."""
    return "+".join(sorted({municipality, *shared_by}))


Claim = Annotated[PersonClaim | PlaceClaim | DwellingClaim | SpreadClaim, Field(discriminator="type")]


def wanted(claim: Claim) -> Claim:
    """Return what a claim asks for, to compare two: without whose turn it was and what the store found."""
    match claim:
        case SpreadClaim():
            return replace(claim, found=None, against=None)
        case PlaceClaim():
            return replace(claim, rank=(), own=(), ahead=None)
    return claim
