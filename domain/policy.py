"""Policy: every number of the process. A new city is a policy file, never code."""

import hashlib
from datetime import date
from enum import StrEnum
from typing import Annotated, Any, Self

from pydantic import AfterValidator, Field, model_serializer, model_validator

from domain.agreements import AgreementKind, AgreementPolicy
from domain.calendar import Calendar, Term
from domain.clocks import ClockKind
from domain.parties import OrganisationId, Role
from domain.policy_defaults import DEFAULTS
from domain.policy_terms import (
    ApplicationPolicy,
    CallAnchor,
    CallTopic,
    DecisionPolicy,
    RetentionPolicy,
    partner,
)
from domain.referral import Document, TargetGroup
from domain.tasks import OWNERS, TaskKind
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


Partner = Annotated[Role, AfterValidator(partner)]
"""A role in which an organisation takes part in mediations."""


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
    escalate_to: tuple[Partner, ...] = Field(default=(Role.COORDINATOR,), min_length=1)
    """Who is told of an escalation: the organisations of this mediation in these roles."""


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


class CapacityUnit(StrEnum):
    """What is counted."""

    PEOPLE = "people"
    MEDIATIONS = "mediations"


class CapacityPolicy(Value):
    """How many places there are in a calendar year."""

    model: CapacityModel
    unit: CapacityUnit
    limit: int = Field(ge=0)
    """Places per calendar year; with a ceiling: what share times the expected number of vacated dwellings gives."""
    share: float | None = Field(default=None, gt=0, le=1)


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
    guidance_term: Term | None = None
    """How long guidance after the move is agreed for. No rule reads it: it is told in the description."""


class FollowUpPolicy(Value):
    """The call some months after the move."""

    after: Term
    window: Term
    """How long before the due day the call may already be made."""
    attempts: int = Field(ge=1, le=3)
    """Attempts on different parts of the day before the guide is asked."""
    anchor: CallAnchor = CallAnchor.KEYS
    """From which day the term runs."""
    caller: Partner = Role.COORDINATOR
    """Whose task the call is."""
    script: tuple[CallTopic, ...] = tuple(CallTopic)
    """What is asked. No rule reads it: it is told in the description."""


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
    target_groups: tuple[TargetGroup, ...] = Field(default=tuple(TargetGroup), min_length=1)
    """Who is eligible (doelgroepen); of others a person decides, after a hearing."""
    application: ApplicationPolicy = ApplicationPolicy()
    decision: DecisionPolicy = DecisionPolicy()
    required_documents: tuple[Document, ...] = ()
    offers: OfferPolicy
    lease_forms: tuple[LeaseForm, ...] = Field(min_length=1)
    support: SupportPolicy
    follow_up: FollowUpPolicy
    agreements: dict[AgreementKind, AgreementPolicy] = Field(default_factory=dict)
    """The working agreements (werkafspraken). No rule reads them: they are told in the description."""
    retention: RetentionPolicy = RetentionPolicy()
    clocks: dict[ClockKind, ClockPolicy]
    tasks: dict[TaskKind, Ladder]

    @model_validator(mode="before")
    @classmethod
    def _complete(cls, value: Any) -> Any:
        """Fill in the ladders, clocks and agreements that a policy of an earlier release did not know."""
        if not isinstance(value, dict):
            return value
        filled = {
            name: {**DEFAULTS[name], **value[name]} for name in ("tasks", "clocks") if isinstance(value.get(name), dict)
        }
        agreements = value.get("agreements", {})
        if isinstance(agreements, dict):
            filled["agreements"] = {**DEFAULTS["agreements"], **agreements}
        return value | filled

    @model_validator(mode="after")
    def _ends_after_it_began(self) -> Self:
        if self.valid_to and self.valid_to < self.valid_from:
            raise ValueError(f"valid_to {self.valid_to} lies before valid_from {self.valid_from}")
        return self

    def in_force(self, day: date) -> bool:
        """Tell whether this version is in force on a day."""
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)

    def owner_role(self, kind: TaskKind) -> Role:
        """Return the role whose organisation owns tasks of this kind."""
        if kind is TaskKind.FOLLOW_UP_CALL:
            return self.follow_up.caller
        return OWNERS.get(kind, Role.COORDINATOR)

    def digest(self) -> str:
        """Return the SHA-256 of the canonical form: what a mediation says it was decided under."""
        return hashlib.sha256(self.model_dump_json().encode()).hexdigest()
