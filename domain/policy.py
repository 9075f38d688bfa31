"""Policy: every number of the process. A new city is a policy file, never code."""

import hashlib
from datetime import date
from enum import StrEnum
from typing import Annotated, Any

from pydantic import AfterValidator, Field, model_serializer, model_validator

from domain.calendar import Calendar, Term
from domain.capacity import Denominator, SubTarget
from domain.clocks import ClockKind
from domain.parties import OrganisationId
from domain.periods import Span
from domain.policy_defaults import DEFAULTS
from domain.referral import Document, TargetGroup
from domain.spread import SpreadPolicy
from domain.tasks import TaskKind
from domain.value import Value


class Step(Value):
    """A reminder: `+7 days` is a week after the task was opened, `-2 days` is two days before it is due."""

    after_opening: bool
    term: Term

    @model_validator(mode="before")
    @classmethod
    def _parse(cls, value: Any) -> Any:
        if not isinstance(value, str):
            return value
        if value[:1] not in {"+", "-"}:
            raise ValueError(f"'{value}' is no reminder: write for example '+7 days' or '-2 working days'")
        return {"after_opening": value[0] == "+", "term": value[1:]}

    @model_serializer
    def __str__(self) -> str:
        return f"{'+' if self.after_opening else '-'}{self.term}"


def _lasting(term: Term) -> Term:
    if term.amount < 1:
        raise ValueError(f"'{term}' would come round without end: it must be at least 1")
    return term


Interval = Annotated[Term, AfterValidator(_lasting)]
"""A term after which something comes round again."""


class Ladder(Value):
    """When a task is due, when its owner is reminded and when it is escalated."""

    due: Term
    statutory: bool = False
    remind: tuple[Step, ...] = ()
    escalate: tuple[Term, ...] = Field(min_length=1)
    """Terms after the due moment. `0 days` is the due moment itself."""
    repeat: Interval
    """After the last escalation, escalate again every so often: a wait is never forgotten."""
    check: Interval | None = None
    """How often the engine looks again by itself while it waits."""


class ClockPolicy(Value):
    """A term, how long before its end to warn, and by how much it may be extended."""

    length: Term
    statutory: bool = False
    warn: tuple[Term, ...] = ()
    extension: Term


class CapacityModel(StrEnum):
    """How the number of people helped is limited."""

    QUOTA = "quota"
    """A maximum per year (quotum)."""
    CEILING = "ceiling"
    """A share of the dwellings vacated in a year (maximumpercentage)."""
    UNLIMITED = "unlimited"
    """No limit: the municipality decided none."""


class CapacityUnit(StrEnum):
    """What is counted."""

    PEOPLE = "people"
    MEDIATIONS = "mediations"
    HOUSEHOLDS = "households"
    DWELLINGS = "dwellings"


class CapacityPolicy(Value):
    """How many places there are in a period."""

    model: CapacityModel
    unit: CapacityUnit
    limit: int | None = Field(default=None, ge=0)
    """Places per period; None is no limit. With a ceiling: the limit as long as no figures were fed."""
    share: float | None = Field(default=None, gt=0, le=1)
    """With a ceiling: places are the share of the vacated dwellings, less what was let to other urgent people."""
    denominator: Denominator | None = None
    """With a ceiling: of which fed figure; None for a ceiling that is fixed at `limit`."""
    period: Span = Span.YEAR
    shared_by: tuple[OrganisationId, ...] = ()
    """The municipalities that share these places, if several do; all their policies name the same ones."""
    sub_targets: dict[str, SubTarget] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _consistent(self) -> "CapacityPolicy":
        kept = sum(part.target for part in self.sub_targets.values() if part.reserved)
        if self.limit is not None and kept > self.limit:
            raise ValueError(f"sub-targets keep {kept} places, but there are only {self.limit}")
        if self.denominator and (self.model is not CapacityModel.CEILING or self.share is None):
            raise ValueError("a denominator belongs to a ceiling with a share")
        return self

    def part_of(self, group: TargetGroup) -> str | None:
        """Return the sub-target that a target group belongs to: the first that names it."""
        return next((name for name, part in self.sub_targets.items() if group in part.groups), None)


class OfferPolicy(Value):
    """How offers and refusals are counted."""

    counted_refusals: int = Field(ge=1, le=9)
    """After so many refusals without a valid reason the urgency may lapse, after a hearing."""
    withdrawals_before_alert: int = Field(default=2, ge=1)
    candidates_shown: int = Field(default=10, ge=1, le=50)
    """How many suitable dwellings are kept with a mediation to choose from."""


class LeaseForm(StrEnum):
    """How the dwelling is let."""

    REGULAR = "regular"
    CONVERSION = "conversion"
    """Omklap: the provider rents first, the client takes over."""
    TRIPARTITE = "tripartite"
    """Driepartijenovereenkomst."""
    TEMPORARY = "temporary"


class SupportPolicy(Value):
    """The gate between lease and keys."""

    notice_to_team: Term
    """How long before the keys the receiving district team must know."""


class FollowUpPolicy(Value):
    """The call some months after the move."""

    after: Term
    window: Term
    """How long before the due day the call may already be made."""
    attempts: int = Field(ge=1, le=3)
    """Attempts on different parts of the day before the guide is asked."""


class Policy(Value):
    """All parameters of one municipality, in force over a period."""

    id: str = Field(pattern=r"^[a-z0-9-]{2,40}$")
    version: str = Field(pattern=r"^\d{4}-\d{2}-\d{2}$")
    municipality: OrganisationId
    name: str
    valid_from: date
    valid_to: date | None = None
    calendar: Calendar
    capacity: CapacityPolicy
    required_documents: tuple[Document, ...] = ()
    offers: OfferPolicy
    lease_forms: tuple[LeaseForm, ...] = Field(min_length=1)
    support: SupportPolicy
    follow_up: FollowUpPolicy
    clocks: dict[ClockKind, ClockPolicy]
    tasks: dict[TaskKind, Ladder]
    spread: SpreadPolicy | None = None
    """None in policies of before placements were spread: then none is counted."""

    @model_validator(mode="before")
    @classmethod
    def _complete(cls, value: Any) -> Any:
        """Fill in the ladders and clocks that a policy of an earlier release did not know."""
        if not isinstance(value, dict):
            return value
        filled = {
            name: {**DEFAULTS[name], **value[name]} for name in ("tasks", "clocks") if isinstance(value.get(name), dict)
        }
        return value | filled

    def in_force(self, day: date) -> bool:
        """Tell whether this version is in force on a day."""
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)

    def digest(self) -> str:
        """Return the SHA-256 of the canonical form: what a mediation says it was decided under."""
        return hashlib.sha256(self.model_dump_json().encode()).hexdigest()
