"""Policy: every number of the process. A new city is a policy file, never code."""

import hashlib
import json
from datetime import date
from enum import StrEnum
from functools import cached_property, lru_cache
from typing import Annotated, Any, Self

from pydantic import AfterValidator, BeforeValidator, Field, TypeAdapter, model_serializer, model_validator

from domain.facts.calendar import Calendar, Term, TermUnit
from domain.facts.capacity import Denominator, SubTarget
from domain.facts.clocks import ClockKind
from domain.facts.groups import GroupId
from domain.facts.landing import SoftLanding
from domain.facts.outcome import Outcome
from domain.facts.parties import OrganisationId, Role, Whose
from domain.facts.periods import Span
from domain.facts.referral import Document, ReadinessItem
from domain.facts.tasks import TaskKind
from domain.facts.value import Value
from domain.policy.agreements import AgreementPolicy
from domain.policy.groups import SIX, Group
from domain.policy.policy_defaults import DEFAULTS
from domain.policy.policy_terms import (
    ApplicationPolicy,
    BoundsPolicy,
    CallAnchor,
    CallTopic,
    DecisionPolicy,
    RetentionPolicy,
    holder,
    partner,
)
from domain.policy.queue import QueuePolicy
from domain.policy.reminding import ReminderPolicy
from domain.policy.rent import RentLimits
from domain.policy.spread import SpreadPolicy


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


OFF = "off"
"""What a policy file says of a term that this municipality does not use."""


def _switched_off(value: Any) -> Any:
    return None if value == OFF else value


Switch = Annotated[Term | None, BeforeValidator(_switched_off)]
"""A term, or `off` (None)."""
Partner = Annotated[Role, AfterValidator(partner)]
"""A role in which an organisation takes part in mediations."""
Holder = Annotated[Whose, BeforeValidator(holder)]
"""Whose a kind of task may be."""


class Barring(StrEnum):
    """Ends after which a city may refuse a new referral for some time: the client had an urgency before."""

    REFUSED_LAPSED = Outcome.REFUSED_LAPSED.value
    URGENCY_EXPIRED = Outcome.URGENCY_EXPIRED.value
    URGENCY_WITHDRAWN = Outcome.URGENCY_WITHDRAWN.value
    PLACEMENT_FAILED = Outcome.PLACEMENT_FAILED.value

    @property
    def outcome(self) -> Outcome:
        """Return it as an outcome of a mediation."""
        return Outcome(self.value)


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
    then_to: tuple[Partner, ...] = ()
    """Who is told besides as it goes on: the first of these from the second escalation on, and so forth."""

    def told(self, nth: int) -> tuple[Role, ...]:
        """Return who is told of the nth escalation, from 1."""
        return self.escalate_to + self.then_to[: max(nth - 1, 0)]


class ClockPolicy(Value):
    """A term, how long before its end to warn, and by how much it may be extended."""

    length: Term
    statutory: bool = False
    warn: tuple[Term, ...] = ()
    extension: Term


class CapacityModel(StrEnum):
    """How the number of people helped is limited."""

    QUOTA = "quota"
    """A maximum per period (quotum)."""
    CEILING = "ceiling"
    """A share of the dwellings that are vacated in a period (maximumpercentage)."""
    UNLIMITED = "unlimited"
    """No limit: the municipality decided none."""


class CapacityUnit(StrEnum):
    """What is counted."""

    PEOPLE = "people"
    MEDIATIONS = "mediations"
    HOUSEHOLDS = "households"
    DWELLINGS = "dwellings"


class CountsAt(StrEnum):
    """On which day it depends in which period a place counts."""

    RESERVATION = "reservation"
    """The day on which it was reserved. The keys may come in the next period: that moves nothing."""
    KEYS = "keys"
    """The day of the keys: a place that was reserved in an earlier period moves to the period of the keys."""


class CapacityPolicy(Value):
    """How many places there are in a period."""

    model: CapacityModel
    unit: CapacityUnit
    limit: int | None = Field(default=None, ge=0)
    """Places per period; None is no limit. With a ceiling: the limit until figures were fed for every month of it."""
    share: float | None = Field(default=None, gt=0, le=1)
    """With a ceiling: places are this share of the figure that is fed, less what was let to other urgent people."""
    denominator: Denominator | None = None
    """With a ceiling: of which fed figure; None for a ceiling that is fixed at `limit`."""
    period: Span = Span.YEAR
    counts_at: CountsAt = CountsAt.RESERVATION
    shared_by: tuple[OrganisationId, ...] = ()
    """The municipalities that share these places, if several do; all their policies name the same ones."""
    sub_targets: dict[str, SubTarget] = Field(default_factory=dict)


class OfferPolicy(Value):
    """How offers and refusals are counted."""

    counted_refusals: int = Field(ge=1, le=9)
    """After so many refusals without a valid reason the urgency may lapse, after a hearing."""
    withdrawals_before_alert: int = Field(default=2, ge=1)
    viewings: int = Field(default=2, ge=1)
    """After so many viewings that did not come about the client answers without one."""
    candidates_shown: int = Field(default=10, ge=1, le=50)
    """How many suitable dwellings are kept with a mediation to choose from."""
    choose_within: Interval = Term(amount=5, unit=TermUnit.WORKING_DAYS)
    """How long a corporation has to choose among its own dwellings, where it is the one who chooses."""


class OriginRule(StrEnum):
    """Whether somebody is helped here who came from another municipality."""

    NONE = "none"
    """It is not asked."""
    RETURN = "return"
    """Back to the municipality of origin (herkomstgemeente), but for the exceptions."""


class OriginException(StrEnum):
    """Why somebody from another municipality is helped here all the same."""

    NO_FIXED_ABODE = "no_fixed_abode"
    WEIGHTY_REASONS = "weighty_reasons"
    """Zwaarwegende redenen."""
    SAFETY = "safety"
    OWN_NETWORK = "own_network"


class SuitabilityPolicy(Value):
    """What a dwelling is held against, besides what the household needs."""

    rents: dict[int, RentLimits] = Field(default_factory=dict)
    """By year."""
    capped_rent_for: tuple[GroupId, ...] = ()
    """For young people of these groups the corporation caps the rent at the limit for young people."""
    people_per_room: int = Field(default=2, ge=1, le=4)
    closed_complexes: tuple[str, ...] = ()
    """Where nobody is placed for now, for the load of the complex."""
    unsuitable_kept: int = Field(default=20, ge=0, le=50)
    """Of how many dwellings that do not suit it is kept why."""


class SecrecyPolicy(Value):
    """Who may know a secret address besides the municipality and the corporation."""

    institution_knows: bool = False
    """The organisation of the client's guide."""


class SightPolicy(Value):
    """How long an organisation may look back at a mediation in which it has no part any more."""

    after_part: Term = Term(amount=2, unit=TermUnit.WEEKS)
    """After its part in a mediation that goes on: another provider came, its task is done, its dwelling let go."""
    after_end: Term = Term(amount=13, unit=TermUnit.WEEKS)
    """After the end of the mediation. The municipality sees it as long as it is kept."""


class LeaseForm(StrEnum):
    """How the dwelling is let."""

    REGULAR = "regular"
    CONVERSION = "conversion"
    """Omklap: the provider rents first, the client takes over."""
    TRIPARTITE = "tripartite"
    """Driepartijenovereenkomst."""
    TEMPORARY = "temporary"


class TemporaryLeasePolicy(Value):
    """What a temporary lease needs (Burgerlijk Wetboek 7:274c)."""

    longest: Term
    onward_move: Term
    """How long before its end the next home must be arranged."""


class SupportPolicy(Value):
    """The gate between lease and keys."""

    notice_to_team: Term
    """How long before the keys the receiving district team must know."""
    starts_within: Term | None = None
    """How long after the keys support may start without a bridge until then. None in policies of before it was asked:
    any day will do."""
    starts_before: Term | None = None
    """How long before the keys support may start: an earlier day is a slip of the pen. None in policies of before it
    was asked: any day will do."""
    plan: Switch = None
    """How long after the keys the support plan must be agreed; or off."""
    talk: Switch = None
    """How long after the keys the corporation must have talked with its tenant; or off."""
    soft_landing: tuple[SoftLanding, ...] = ()
    """What must be in place at the first contact; what is not becomes a task."""
    guidance_term: Term | None = None
    """How long guidance after the move is agreed for. No rule reads it: it is told in the description."""


class FollowUpPolicy(Value):
    """The call some months after the move."""

    after: Term
    window: Term
    """How long before the due day the call may already be made."""
    attempts: int = Field(ge=1, le=9)
    """Attempts on different parts of the day before the guide is asked; each part again once all were tried."""
    attempts_a_day: int | None = Field(default=None, ge=1, le=3)
    """How many attempts of one day count, on working days. None in policies of before attempts were spread: any."""
    anchor: CallAnchor = CallAnchor.KEYS
    """From which day the term runs."""
    caller: Partner = Role.COORDINATOR
    """Whose task the call is."""
    script: tuple[CallTopic, ...] = tuple(CallTopic)
    """What is asked, in this order: shown with the call."""


class ReopeningPolicy(Value):
    """Until when an end that was no decision can be undone."""

    within: Annotated[Interval | None, BeforeValidator(_switched_off)] = None
    """How long after the end. None in policies of before ends could be undone, and where it is `off`."""


class AbsencePolicy(Value):
    """What stands still while the client is elsewhere."""

    suspends: tuple[ClockKind, ...] = (ClockKind.URGENCY, ClockKind.HOUSING_TARGET)
    holds_home: Term | None = None
    """How long a home of which the lease is signed is kept for a client who is away before the keys. None in policies
    of before it was asked: it is let go at once."""


class ConversionPolicy(Value):
    """When a lease can come in the client's own name. A form that is not named is not converted."""

    after: dict[LeaseForm, Interval] = Field(default_factory=dict)
    """How long after the keys, by form of lease."""
    extension: Interval = Term(amount=6, unit=TermUnit.MONTHS)
    """When to look again if it is too early."""
    checked: bool = False
    """Whether the municipality checks, as a step of its own, what was advised: the lease in the client's own name, or
    none. False in policies of before it was asked: who judges it decides."""


class Policy(Value):
    """All parameters of one municipality, in force over a period.

    Defaults here are what older, recorded policies meant before the parameter existed: never change one. Defaults for a
    new city are in `policy_defaults`.
    """

    id: str = Field(pattern=r"^[a-z0-9-]{2,40}$")
    version: str = Field(pattern=r"^\d{4}-\d{2}-\d{2}$")
    municipality: OrganisationId
    name: str
    valid_from: date
    valid_to: date | None = None
    calendar: Calendar
    capacity: CapacityPolicy
    target_groups: tuple[GroupId, ...] = Field(default=SIX, min_length=1)
    """Who is eligible (doelgroepen); of others a person decides, after a hearing."""
    groups: dict[GroupId, Group] = Field(default_factory=dict)
    """Target groups of this city's own, beside those that come with the product."""
    exclusions: dict[Barring, Interval] = Field(default_factory=dict)
    """After which end of an earlier mediation here no new one begins, and for how long; a person may depart from it."""
    application: ApplicationPolicy = ApplicationPolicy()
    decision: DecisionPolicy = DecisionPolicy()
    required_documents: tuple[Document, ...] = ()
    supplement_rounds: int | None = Field(default=None, ge=1, le=9)
    """How often what a referral lacks is asked for, more time included. None in policies of before it was counted: once
    by the check, and again whenever the municipality gives more time."""
    readiness_items: tuple[ReadinessItem, ...] = tuple(ReadinessItem)
    """What must not be lacking before a client is ready."""
    origin: OriginRule = OriginRule.NONE
    """NONE in policies of the first release, which asked no client for an origin."""
    origin_exceptions: tuple[OriginException, ...] = tuple(OriginException)
    offers: OfferPolicy
    suitability: SuitabilityPolicy | None = None
    """None in policies of the first release: the household's needs alone."""
    viewing: bool = False
    """Whether a dwelling is viewed on a planned day before the client must answer."""
    secrecy: SecrecyPolicy = SecrecyPolicy()
    sight: SightPolicy = SightPolicy()
    lease_forms: tuple[LeaseForm, ...] = Field(min_length=1)
    temporary_lease: TemporaryLeasePolicy | None = None
    """None in policies of the first release: nothing more is asked of a temporary lease."""
    support: SupportPolicy
    bounds: BoundsPolicy = BoundsPolicy()
    follow_up: FollowUpPolicy
    absence: AbsencePolicy = AbsencePolicy()
    reopening: ReopeningPolicy = ReopeningPolicy()
    conversion: ConversionPolicy = ConversionPolicy()
    agreements: dict[str, AgreementPolicy] = Field(default_factory=dict)
    """The working agreements (werkafspraken): the ten that are known by name, and a city's own."""
    retention: RetentionPolicy = RetentionPolicy()
    clocks: dict[ClockKind, ClockPolicy]
    reminders: ReminderPolicy = ReminderPolicy()
    tasks: dict[TaskKind, Ladder]
    owners: dict[TaskKind, Holder] = Field(default_factory=dict)
    """Who owns a kind of task here, where that is not the usual one: one that its definition allows."""
    queue: QueuePolicy | None = None
    """None in policies of before there was an order: who waits longest comes first."""
    spread: SpreadPolicy | None = None
    """None in policies of before placements were spread: then none is counted."""

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

    def digest(self) -> str:
        """Return the SHA-256 of what this policy says: what a mediation says it was decided under.

        What the engine would do anyway is left out, so that a parameter of a later release changes no digest. It is
        why a default, once released, never changes.
        """
        return self._digest

    @cached_property
    def _digest(self) -> str:
        said = self.model_dump(mode="json", exclude_defaults=True)
        for name, usual in _usual().items():
            said[name] = {kind: value for kind, value in said.get(name, {}).items() if usual.get(kind) != value}
        return hashlib.sha256(json.dumps(said, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


@lru_cache(maxsize=1)
def _usual() -> dict[str, dict[str, Any]]:
    """Return the engine's own ladders, clocks and agreements, as a policy writes them."""
    tables: dict[str, TypeAdapter[Any]] = {
        "tasks": TypeAdapter(dict[TaskKind, Ladder]),
        "clocks": TypeAdapter(dict[ClockKind, ClockPolicy]),
        "agreements": TypeAdapter(dict[str, AgreementPolicy]),
    }
    return {
        name: table.dump_python(table.validate_python(DEFAULTS[name]), mode="json", exclude_defaults=True)
        for name, table in tables.items()
    }
