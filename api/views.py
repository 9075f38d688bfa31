"""How mediations are shown: the shapes of responses."""

from collections.abc import Iterable
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic.alias_generators import to_camel

from domain.facts.absences import AbsenceKind
from domain.facts.clocks import ClockKind
from domain.facts.complaints import Complainant, ComplaintResult, NotHandled
from domain.facts.conditions import Amount, Comparison, Condition, ConditionUnit, Verdict
from domain.facts.default_notice import LateDecision
from domain.facts.dwelling import LivingForm
from domain.facts.earlier_conditions import as_data
from domain.facts.groups import GroupId
from domain.facts.landing import SoftLanding
from domain.facts.outcome import Outcome, Stage
from domain.facts.parties import Role
from domain.facts.referral import Document, IdentityPart, Known, Track
from domain.facts.rules import Overridable
from domain.facts.signals import SignalKind, SignalState
from domain.facts.tasks import Hindrance, TaskKind
from domain.messages.answers import (
    AlternativeForm,
    AssessmentResult,
    CallResult,
    DayPart,
    LegalGround,
    SupportProduct,
    UrgencyCondition,
)
from domain.messages.commands import Disputed
from domain.messages.results import ObjectionSaid
from domain.policy.policy import LeaseForm, OriginException
from domain.state.agenda import Due
from domain.state.mediation import OfferState, PlaceState
from texts import Language, of
from texts.conditions import condition_in_words


class View(BaseModel):
    """Something that is shown."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, from_attributes=True, frozen=True)


T = TypeVar("T")
UNREADABLE: int = Field(
    default=0,
    description="How many more belong here that cannot be read: those who run the installation were told, and the "
    "others are all here",
)
"""A field of every list."""


class Page(View, Generic[T]):
    """One page of a list."""

    items: tuple[T, ...]
    next: str | None = Field(default=None, description="Give this as `cursor` for the next page; null on the last page")
    unreadable: int = UNREADABLE


class TaskView(View):
    """An open task: what somebody must do, and by when."""

    id: str = Field(examples=["check_readiness-1"])
    kind: TaskKind = Field(description="What is asked; the answer has the same kind")
    owner: str = Field(description="The organisation that acts next")
    owner_role: Role
    about: str | None = Field(description="What it is about: an offer's number, the subject of a hearing")
    opened_at: datetime
    due: datetime


class FullTaskView(TaskView):
    """An open task with its ladder."""

    overdue: bool
    reminded: int = Field(description="How many reminders were sent")
    escalated: int = Field(description="How many times it was escalated")
    hindrance: Hindrance | None = Field(
        default=None, description="What its owner said of it last, until the municipality does something about it"
    )
    hindrance_until: date | None = Field(default=None, description="By when its owner says that it can be done")
    hindrance_to: str | None = Field(default=None, description="Whose it is, by its owner's word")
    next_reminder: datetime | None
    next_escalation: datetime | None
    script: tuple[str, ...] = Field(description="What is asked in the call, in this order")


class PartnerInboxTask(TaskView):
    """An open task in the inbox of who works with the client."""

    mediation: str
    reference: str = Field(description="What it is called on the phone", examples=["A26-0019"])
    municipality: str
    test: bool = Field(description="Whether it is a trial with an invented client, that no report counts")
    stage: Stage
    reminded: int
    escalated: int


class InboxTask(PartnerInboxTask):
    """An open task in an inbox, as the municipality sees it, and who looks over it."""


class ClockView(View):
    """A running term."""

    kind: ClockKind
    started_at: datetime
    ends_at: datetime
    suspended_at: datetime | None
    expired: bool


class DwellingView(View):
    """A released dwelling."""

    id: str
    corporation: str
    complex: str
    district: str
    rooms: int
    rent_cents: int = Field(description="Rent per month, in cents")
    accessible: bool
    low_stimulus: bool
    living_form: LivingForm
    released_on: date


class Sentences(View):
    """What people read, in each language."""

    nl: str
    en: str


class MeasuredView(View):
    """What was found."""

    unit: ConditionUnit = Field(description="What the value is of")
    value: Amount = Field(description="A count, cents, whether it is so, a name, a day, or several names")
    on: date | None = Field(description="On which day it was so")
    until: date | None = Field(description="Up to and including which day it is so")
    reason: str | None = Field(description="Why it is so, by the register that says it")


class NormView(View):
    """What is asked."""

    comparison: Comparison = Field(description="How what was found is held against it")
    value: Amount | None
    unit: ConditionUnit | None = Field(description="Null: that of what was found")
    period: str | None = Field(description="In which it holds; `live`: what runs now", examples=["2026-H1"])
    review: date | None = Field(description="When those who agreed on it look at it again")
    rooms: int | None = Field(description="In so many rooms")
    shared: bool = Field(description="In a home that is shared")


class ConditionView(View):
    """One thing that must hold."""

    name: str = Field(description="Of documents and items of readiness each has one of its own", examples=["rent"])
    verdict: Verdict
    advisory: bool = Field(description="It is said and stands in nobody's way")
    found: MeasuredView | None = Field(description="Null: it is not known")
    asked: NormView | None = Field(description="Null: it is not known")
    in_words: Sentences

    @model_validator(mode="before")
    @classmethod
    def _said(cls, condition: Any) -> Any:
        """Say a condition; one that a former release recorded is shown as the data that it says."""
        if not isinstance(condition, Condition):
            return condition
        it = as_data(condition)
        said = {language.value: condition_in_words(it, of(language)) for language in Language}
        return {name: getattr(it, name) for name in ("name", "verdict", "advisory", "found", "asked")} | {
            "in_words": said
        }

    @classmethod
    def of_each(cls, conditions: Iterable[Condition]) -> tuple["ConditionView", ...]:
        """Show conditions."""
        return tuple(map(cls.model_validate, conditions))


class CandidateView(View):
    """A dwelling held against the household's needs."""

    dwelling: DwellingView
    conditions: tuple[ConditionView, ...] = Field(description="Each with what was found and asked")


class OfferView(CandidateView):
    """A dwelling that was offered to the client."""

    state: OfferState
    number: str | None = Field(description="The corporation's number of the offer")
    viewing_on: date | None = Field(description="When the dwelling is or was viewed")


class LeaseView(View):
    """The tenancy."""

    number: str | None
    form: LeaseForm | None
    agreed_keys_on: date | None
    keys_on: date | None = Field(description="The planned day of the keys")
    handed_over_on: date | None
    legal_ground: LegalGround | None = Field(description="Of a temporary lease")
    ends_on: date | None = Field(description="When a temporary lease ends")
    converted_on: date | None = Field(description="From when it is in the client's own name, after another form")
    advised_on: date | None = Field(
        description="From when it is advised to be so, until the municipality has checked that"
    )


class SupportView(View):
    """The support at home."""

    provider: str
    number: str | None
    starts_on: date | None
    bridged_by: str | None
    started_on: date | None
    lacking: tuple[SoftLanding, ...] = Field(description="What of the soft landing is not in place yet")
    plan_on: date | None = Field(description="When the support plan was agreed")
    talk_on: date | None = Field(description="When the corporation talked with its tenant")


class SignalView(View):
    """Something that goes, or went, wrong at home."""

    id: str
    kind: SignalKind
    reported_by: str
    reported_at: datetime
    state: SignalState
    objected: bool = Field(description="The tenant does not want the arrears passed on")


class AbsenceView(View):
    """The client is elsewhere."""

    kind: AbsenceKind
    since: date
    suspended: tuple[ClockKind, ...] = Field(description="The clocks that stand still because of it")


class WaitingReason(StrEnum):
    """What is lacking."""

    NO_PLACE = "no_place"
    """The quota or ceiling of this year is used up."""
    NOT_LISTED = "not_listed"
    """The corporations have not told yet what they released."""
    NOTHING_RELEASED = "nothing_released"
    NOTHING_SUITABLE = "nothing_suitable"
    """There are dwellings, and none that suits."""
    CHOICE = "choice"
    """There are suitable dwellings: the municipality is to choose."""
    URGENCY_EXPIRED = "urgency_expired"
    """The urgency has ended, and nothing is sought until the municipality extends it."""


class WaitingView(View):
    """Why a client waits for a dwelling."""

    reason: WaitingReason
    considered: int = Field(description="How many released dwellings were looked at the last time")
    unmet: dict[str, int] = Field(description="How many of them each condition kept away, the most frequent first")


class OriginView(View):
    """From which municipality the client comes."""

    municipality: str
    exception: OriginException | None = Field(description="Why a client from elsewhere is helped here")
    transfer_refused: bool
    funded_by: str | None = Field(description="The municipality that pays for the care, when that is another one")


class ObjectionView(View):
    """The client's last objection."""

    against: Disputed
    decision: str | None = Field(description="Which of `decisions` it is against, if one of those")
    suspends: bool = Field(description="Whether the decision was suspended meanwhile")
    excused: bool = Field(description="Whether it was noted that there is a good reason for its being late or early")
    extended: bool
    result: ObjectionSaid | None = Field(description="Null until it is decided")


class ComplaintView(View):
    """A complaint of how somebody was treated, and what became of it. No partner sees it."""

    id: str = Field(description="What its task is about")
    complainant: Complainant
    organisation: str | None = Field(description="Which partner complains, if it is one")
    made_on: date
    received_on: date
    last_day: date = Field(description="The last day for the answer, as it was postponed")
    committee: bool = Field(description="Whether a committee advises on it")
    postponed: int = Field(description="How often the answer was postponed")
    result: ComplaintResult | None = Field(description="Null until it is answered")
    ground: NotHandled | None = Field(description="Why it is not handled")
    answered_on: date | None
    sent_on: date | None = Field(description="When the answer left for the complainant; null as long as it has not")


class DefaultNoticeView(View):
    """A notice of default (ingebrekestelling): the applicant wrote that a decision is too late."""

    late: LateDecision
    received_on: date
    term_ended_on: date = Field(description="The last day of the term that is over")
    first: date = Field(description="The first day for which a penalty is owed, if nothing is decided before")
    last: date = Field(description="The last one at most")
    begun: bool = Field(description="Whether the penalty runs, or has run")
    over: bool = Field(description="Whether no further day counts: it was decided, or the most days have passed")


class DecisionView(View):
    """The decision with which it ended, and until when the client may object to it."""

    outcome: Outcome
    at: datetime
    sent_on: date | None = Field(description="When the letter left for the client; null as long as it has not")
    last_day: date | None = Field(description="The last day to object: six weeks from the day after the letter left")
    over: bool = Field(description="Whether nothing more is to be objected: the term ended, or it was decided")


class UndoableEndView(View):
    """The end that was no decision, and until when a second person of the municipality may undo it."""

    outcome: Outcome
    at: datetime
    until: datetime = Field(description="Until when `reopen_mediation` is taken")
    over: bool = Field(description="Whether it can be undone no more")


class EarlierDecisionView(View):
    """A decision against the client with which it did not end, and until when the client may object to it."""

    id: str = Field(description="What an objection names (`decision`)")
    subject: Disputed = Field(description="What `against` says in an objection to it")
    on: date
    sent_on: date | None = Field(description="When the letter left for the client; null as long as it has not")
    last_day: date | None = Field(description="The last day to object: six weeks from the day after the letter left")
    over: bool = Field(description="Whether nothing more is to be objected: the term ended, or it was decided")
    undone: bool = Field(description="Whether it no longer holds")


class PlaceView(View):
    """The place within the municipality's capacity."""

    year: int
    units: int
    state: PlaceState


class PartiesView(View):
    """The organisations that take part from the start."""

    municipality: str
    institution: str | None = Field(description="Which the client leaves; null for who leaves none")
    district_team: str = Field(description="The team that assesses")
    care_provider: str
    desk: str | None = Field(description="Who decides on behalf of the municipality, where the policy names a desk")
    committee: str | None = Field(description="Who advises on the urgency, where the policy names a committee")


class AdviceView(View):
    """What was advised on the urgency, where it is decided as a step of its own."""

    result: AssessmentResult
    support: SupportProduct | None
    conditions: tuple[UrgencyCondition, ...]


class NeedsView(View):
    """What a dwelling must have."""

    rooms: int
    rent_limit_cents: int
    accessible: bool
    low_stimulus: bool
    wanted_districts: tuple[str, ...]
    excluded_districts: tuple[str, ...]
    unsafe_districts: tuple[str, ...]


class ChecklistView(View):
    """Whether the client is ready, item by item."""

    treatment_done: Known
    living_skills: Known
    money: Known
    day_activity: Known
    support_agreed: Known


class AgeRangeView(View):
    """How old somebody may be, in whole years, both included."""

    least: int
    most: int


class TransferredFromView(View):
    """Where another municipality mediated for the client before."""

    municipality: str
    reference: str = Field(description="Its own, to ask for there", examples=["A26-0019"])


class ReferralView(View):
    """The facts of the referral. Who the client is stands at `/person`."""

    target_group: GroupId = Field(description="By which reports count the client")
    other_groups: tuple[GroupId, ...] = Field(description="To which groups the client belongs besides")
    household_size: int
    needs: NeedsView
    documents: tuple[Document, ...]
    track: Track
    checklist: ChecklistView
    age: int | None = Field(
        description="In years on the day of the referral, or on that of the urgency once it is granted"
    )
    age_between: AgeRangeView | None = Field(
        description="In place of `age`, where the date of birth is known only in part and leaves more than one"
    )
    support_districts: tuple[str, ...] | None
    address_secret: bool
    district: str | None = Field(description="Where the client is to be assessed and received")
    transferred_from: TransferredFromView | None = Field(
        description="Where another municipality mediated before. What it decided does not bind here"
    )


class PolicyView(View):
    """The policy under which the mediation is decided."""

    id: str
    version: str
    digest: str = Field(description="SHA-256 of the policy")


class MomentView(View):
    """When the engine does something by itself, and what."""

    at: datetime
    due: Due
    subject: str = Field(
        description="The task's id, the clock's kind, `penalty_urgency`, `penalty_objection`, a decision's id, or "
        "`objection_term` or `reopening_term`"
    )


class PartnerMediation(View):
    """One mediation after one of its events, as those see it who work with the client."""

    id: str
    reference: str = Field(description="What it is called on the phone", examples=["A26-0019"])
    version: int = Field(description="How many events there are; the ETag and what `If-Match` compares")
    municipality: str
    test: bool = Field(description="Whether it is a trial with an invented client, that no report counts")
    stage: Stage
    outcome: Outcome | None = Field(description="Why it ended")
    policy: PolicyView
    opened_at: datetime
    changed_at: datetime
    parties: PartiesView
    receiving_team: str | None = Field(
        description="The district team that receives the client in the home; hidden with a secret address"
    )
    referral: ReferralView
    tasks: tuple[FullTaskView, ...] = Field(description="What is waited for")
    acts_next: tuple[str, ...] = Field(description="The organisations that must act, the earliest due first")
    next_moment: MomentView | None
    next_moment_at: datetime | None = Field(description="When the engine next does something by itself")
    agenda: tuple[MomentView, ...] = Field(description="Every coming moment: reminders, deadlines, escalations, checks")
    clocks: tuple[ClockView, ...]
    readiness: tuple[ConditionView, ...] = Field(description="What makes the referral complete and the client ready")
    origin: OriginView | None
    alternative: AlternativeForm | None = Field(description="What the district team held to be better than a home")
    advice: AdviceView | None = Field(description="Null where the assessment decides, and until there is one")
    urgency: SupportProduct | None = Field(description="The support that was granted with the urgency")
    urgency_conditions: tuple[UrgencyCondition, ...]
    objection: ObjectionView | None
    notices: tuple[DefaultNoticeView, ...] = Field(description="Notices of default that have effect")
    decision: DecisionView | None = Field(description="Null while it is open, and where there is nothing to object to")
    undoable_end: UndoableEndView | None = Field(
        description="Null while it is open, and where its end cannot be undone"
    )
    decisions: tuple[EarlierDecisionView, ...] = Field(
        description="Decisions against the client with which it did not end, in the order in which they were taken"
    )
    waiting_for: WaitingView | None = Field(description="Why the client waits for a place or a dwelling")
    place: PlaceView | None
    candidates: tuple[CandidateView, ...] = Field(description="Suitable released dwellings to choose from")
    full: tuple[CandidateView, ...] = Field(
        default=(), description="Dwellings that suit, in a district or complex that takes no placement now"
    )
    offers: tuple[OfferView, ...]
    counted_refusals: int
    lease: LeaseView
    support: SupportView | None
    call_attempts: tuple[DayPart, ...]
    call_days: tuple[date, ...] = Field(default=(), description="The days on which the client was not reached")
    call_result: CallResult | None
    signals: tuple[SignalView, ...]
    absence: AbsenceView | None
    concluded: Outcome | None = Field(description="The outcome of the follow-up, while something is still to be done")
    paused_at: datetime | None = Field(description="Since when nothing falls due and no letter goes")
    overrides: tuple[Overridable, ...]


class MediationView(PartnerMediation):
    """One mediation after one of its events, as the municipality sees it, and who looks over it."""

    complaints: tuple[ComplaintView, ...] = Field(description="In the order in which they came in")
    identity_differs: tuple[IdentityPart, ...] = Field(
        default=(),
        description="What the referral says of the client otherwise than an earlier one under the same citizen service "
        "number here, which may be mistyped: `check_readiness` wants a note before the client is ready",
    )


class PartnerMediationDetails(PartnerMediation):
    """One mediation as it stands, as those see it who work with the client."""

    deliveries_waiting: int = Field(description="How many messages to partners and people are still to be delivered")


class MediationDetails(MediationView):
    """One mediation as it stands, as the municipality sees it, and who looks over it."""

    deliveries_waiting: int = Field(description="How many messages to partners and people are still to be delivered")


class PolicyName(View):
    """Which policy."""

    id: str
    version: str


class PartnerSummary(View):
    """A mediation in a list, as those see it who work with the client."""

    id: str
    reference: str = Field(description="What it is called on the phone", examples=["A26-0019"])
    version: int
    municipality: str
    test: bool = Field(description="Whether it is a trial with an invented client, that no report counts")
    stage: Stage
    outcome: Outcome | None
    policy: PolicyName
    opened_at: datetime
    changed_at: datetime
    closed_at: datetime | None
    next_moment_at: datetime | None = Field(description="When the engine next does something by itself")
    tasks: tuple[TaskView, ...]
    acts_next: tuple[str, ...]


class MediationSummary(PartnerSummary):
    """A mediation in a list, as the municipality sees it, and who looks over it."""
