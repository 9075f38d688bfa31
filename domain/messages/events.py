"""What happened. Events are facts: they are recorded once, and the state of a mediation is their fold.

Events only grow. A change of meaning is a new `schema_version` with an upcaster; a correction is a new event.
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import Field, TypeAdapter, model_validator

from domain.facts.absences import Absence, AbsenceKind
from domain.facts.clocks import Clock, ClockKind
from domain.facts.dwelling import Candidate, LeftOut, Unsuitable
from domain.facts.landing import LifeArea, SoftLanding
from domain.facts.outcome import Outcome, Stage
from domain.facts.parties import OrganisationId, Parties, Role
from domain.facts.referral import Checklist, District, Document, Referral, ReferralChanges
from domain.facts.rules import Rule
from domain.facts.signals import Signal
from domain.facts.tasks import Task
from domain.facts.value import Value
from domain.messages.answers import (
    AlternativeForm,
    CallResult,
    CheckFailure,
    CorporationDecline,
    DayPart,
    DecisionReason,
    HearingSubject,
    KnownFrom,
    LegalGround,
    Note,
    ObjectionResult,
    PartnerNumber,
    RefusalReason,
    RetourCode,
    SupportProduct,
    TaskAnswer,
    UrgencyCondition,
)
from domain.messages.commands import ClientWithdrawal, Disputed, SupportReport, WithdrawalReason
from domain.messages.effects import AnyEffect, SendLetter
from domain.policy.policy import LeaseForm, OriginException
from domain.policy.scarce import SpreadClaim


class Event(Value):
    """Something that happened in one mediation."""

    schema_version: Literal[1] = 1


class MediationStarted(Event):
    type: Literal["MediationStarted"] = "MediationStarted"
    mediation: str
    referral: Referral
    parties: Parties
    policy_id: str
    policy_version: str
    policy_digest: str


class StageEntered(Event):
    type: Literal["StageEntered"] = "StageEntered"
    stage: Stage


class TaskOpened(Event):
    type: Literal["TaskOpened"] = "TaskOpened"
    task: Task


class TaskAnswered(Event):
    """The answer was accepted and ended the task."""

    type: Literal["TaskAnswered"] = "TaskAnswered"
    task: str
    answer: TaskAnswer


class TaskCancelled(Event):
    """What was asked is no longer needed."""

    type: Literal["TaskCancelled"] = "TaskCancelled"
    task: str


class TaskOverdue(Event):
    type: Literal["TaskOverdue"] = "TaskOverdue"
    task: str


class TaskReminded(Event):
    type: Literal["TaskReminded"] = "TaskReminded"
    task: str


class TaskEscalated(Event):
    type: Literal["TaskEscalated"] = "TaskEscalated"
    task: str
    again_at: datetime | None = None
    """When it is escalated again if this was the last step of the ladder."""


class TaskChecked(Event):
    """The engine looked again by itself."""

    type: Literal["TaskChecked"] = "TaskChecked"
    task: str
    next_check: datetime | None


class TaskGivenTime(Event):
    """The task got a new term: its whole ladder starts again."""

    type: Literal["TaskGivenTime"] = "TaskGivenTime"
    task: Task


class TaskSnoozed(Event):
    """The municipality lets a task rest: no reminder or escalation before this day. It stays due when it was."""

    type: Literal["TaskSnoozed"] = "TaskSnoozed"
    task: Task
    until: date
    note: Note


class TaskReassigned(Event):
    """Another organisation does it from now on."""

    type: Literal["TaskReassigned"] = "TaskReassigned"
    task: Task
    note: Note


class TaskTakenOver(Event):
    """The municipality does it from now on, in the owner's place."""

    type: Literal["TaskTakenOver"] = "TaskTakenOver"
    task: Task
    note: Note

    @model_validator(mode="before")
    @classmethod
    def _say_whose_it_is(cls, value: Any) -> Any:
        """Until 0.2.0 the task named its owner only: the municipality, which it is by taking it over."""
        task = value.get("task") if isinstance(value, dict) else None
        return {**value, "task": {"owner_role": Role.COORDINATOR, **task}} if isinstance(task, dict) else value


class TaskRescheduled(Event):
    """Another policy gives the task other moments."""

    type: Literal["TaskRescheduled"] = "TaskRescheduled"
    task: Task


class ClockStarted(Event):
    type: Literal["ClockStarted"] = "ClockStarted"
    clock: Clock


class ClockSuspended(Event):
    type: Literal["ClockSuspended"] = "ClockSuspended"
    clock: ClockKind
    at: datetime


class ClockResumed(Event):
    type: Literal["ClockResumed"] = "ClockResumed"
    clock: ClockKind
    at: datetime


class ClockExtended(Event):
    type: Literal["ClockExtended"] = "ClockExtended"
    clock: ClockKind
    ends_at: datetime
    warnings: tuple[datetime, ...] = ()


class ClockRescheduled(Event):
    """Another policy gives the clock another end or other warnings."""

    type: Literal["ClockRescheduled"] = "ClockRescheduled"
    clock: Clock


class ClockWarned(Event):
    type: Literal["ClockWarned"] = "ClockWarned"
    clock: ClockKind


class ClockExpired(Event):
    type: Literal["ClockExpired"] = "ClockExpired"
    clock: ClockKind


class ClockStopped(Event):
    type: Literal["ClockStopped"] = "ClockStopped"
    clock: ClockKind


class DocumentsSupplied(Event):
    type: Literal["DocumentsSupplied"] = "DocumentsSupplied"
    documents: tuple[Document, ...]


class ReadinessChecked(Event):
    """What is known of the items of readiness."""

    type: Literal["ReadinessChecked"] = "ReadinessChecked"
    checklist: Checklist


class OriginDetermined(Event):
    """From which municipality the client comes, and why the client is helped here when that is another one."""

    type: Literal["OriginDetermined"] = "OriginDetermined"
    origin: OrganisationId
    exception: OriginException | None = None
    funded_by: OrganisationId | None = None


class TransferRefused(Event):
    """The municipality of origin does not take the client over."""

    type: Literal["TransferRefused"] = "TransferRefused"
    origin: OrganisationId


class AlternativeAdvised(Event):
    """Something else than an own home is better for the client now."""

    type: Literal["AlternativeAdvised"] = "AlternativeAdvised"
    form: AlternativeForm


class ObjectionFiled(Event):
    """The client objects to a decision (bezwaar)."""

    type: Literal["ObjectionFiled"] = "ObjectionFiled"
    against: Disputed
    suspends: bool = False
    made_on: date | None = None
    """When it was posted or handed in; None in journals of before that was asked."""
    excused: bool = False
    """Whether it was late, and taken all the same (Awb 6:11)."""
    note: Note


class ObjectionExtended(Event):
    type: Literal["ObjectionExtended"] = "ObjectionExtended"


class ObjectionDecided(Event):
    type: Literal["ObjectionDecided"] = "ObjectionDecided"
    result: ObjectionResult


class DecisionMadeKnown(Event):
    """The letter with the decision that ended the mediation has left for the client (bekendgemaakt, Awb 3:41)."""

    type: Literal["DecisionMadeKnown"] = "DecisionMadeKnown"
    on: date
    last_day: date
    """The last day to object."""
    open_until: datetime
    """Until when an objection that was made in time can be noted."""


class ObjectionTermEnded(Event):
    """Nobody objected in time: the decision stands."""

    type: Literal["ObjectionTermEnded"] = "ObjectionTermEnded"


class MediationReopened(Event):
    """The decision with which it ended was wrong: it goes on where that decision ended it."""

    type: Literal["MediationReopened"] = "MediationReopened"
    stage: Stage
    clocks: tuple[Clock, ...] = ()
    """The clocks as they run on: what was left of them when it ended is still left."""
    tasks: tuple[Task, ...] = ()
    """What was asked when it ended, and is asked again."""
    absence: Absence | None = None


class UrgencyGranted(Event):
    """The client is entitled to a dwelling, with this support (urgentieverklaring)."""

    type: Literal["UrgencyGranted"] = "UrgencyGranted"
    support: SupportProduct
    conditions: tuple[UrgencyCondition, ...] = ()


class PlaceReserved(Event):
    type: Literal["PlaceReserved"] = "PlaceReserved"
    year: int
    units: int
    beyond_limit: bool = False
    half: Literal[1, 2] | None = None
    shared_by: tuple[OrganisationId, ...] = ()
    """The municipalities whose shared capacity it counts in."""
    part: str | None = None
    """The sub-target it counts for."""


class PlaceUnavailable(Event):
    type: Literal["PlaceUnavailable"] = "PlaceUnavailable"
    year: int
    half: Literal[1, 2] | None = None


class PlaceConsumed(Event):
    type: Literal["PlaceConsumed"] = "PlaceConsumed"


class PlaceReleased(Event):
    type: Literal["PlaceReleased"] = "PlaceReleased"


class DwellingsListed(Event):
    """The released dwellings were held against the client's needs; those that suit are kept."""

    type: Literal["DwellingsListed"] = "DwellingsListed"
    considered: int
    away: tuple[OrganisationId, ...] = ()
    """Corporations whose system did not answer: what was known of them stays."""
    suitable: tuple[Candidate, ...]
    unsuitable: tuple[Unsuitable, ...] = ()
    """Of those that do not suit, the longest released: what stands in the way."""
    unmet: Mapping[str, int] = Field(default_factory=dict)
    """How many of all that do not suit each condition kept away."""
    full: tuple[Candidate, ...] = ()
    """Dwellings that suit, in a district or complex that takes no placement now."""
    left_out: tuple[LeftOut, ...] = ()
    """Released dwellings that cannot be used for what they lack, some of each corporation."""


class OfferPrepared(Event):
    """A dwelling was chosen and claimed; the corporation is asked to confirm."""

    type: Literal["OfferPrepared"] = "OfferPrepared"
    candidate: Candidate
    spread: tuple[SpreadClaim, ...] = ()
    """The placements in its district and complex that were claimed with it."""


class OfferPlaced(Event):
    type: Literal["OfferPlaced"] = "OfferPlaced"
    number: PartnerNumber


class OfferDeclined(Event):
    """The corporation did not make the offer: never counted against the client."""

    type: Literal["OfferDeclined"] = "OfferDeclined"
    reason: CorporationDecline


class OfferWithdrawn(Event):
    """The corporation took the offer back: never counted as a refusal."""

    type: Literal["OfferWithdrawn"] = "OfferWithdrawn"
    reason: WithdrawalReason


class OfferLetGo(Event):
    """The offer was let go because the client was readmitted or detained: never counted as a refusal."""

    type: Literal["OfferLetGo"] = "OfferLetGo"
    reason: AbsenceKind


class OfferReturned(Event):
    """The corporation confirmed an offer that was let go in the meantime: it is given back."""

    type: Literal["OfferReturned"] = "OfferReturned"
    corporation: OrganisationId
    number: PartnerNumber


class ViewingPlanned(Event):
    type: Literal["ViewingPlanned"] = "ViewingPlanned"
    on: date


class ViewingHeld(Event):
    type: Literal["ViewingHeld"] = "ViewingHeld"
    on: date


class ViewingMissed(Event):
    type: Literal["ViewingMissed"] = "ViewingMissed"


class OfferAccepted(Event):
    type: Literal["OfferAccepted"] = "OfferAccepted"


class OfferRefused(Event):
    type: Literal["OfferRefused"] = "OfferRefused"
    reason: RefusalReason


class RefusalJudged(Event):
    type: Literal["RefusalJudged"] = "RefusalJudged"
    valid: bool


class LeasePrepared(Event):
    type: Literal["LeasePrepared"] = "LeasePrepared"
    number: PartnerNumber


class LeaseFailed(Event):
    """The lease could not be signed: back to matching, not counted."""

    type: Literal["LeaseFailed"] = "LeaseFailed"
    failure: CheckFailure | None = None


class LeaseSigned(Event):
    type: Literal["LeaseSigned"] = "LeaseSigned"
    form: LeaseForm
    keys_on: date
    legal_ground: LegalGround | None = None
    ends_on: date | None = None


class ReceivingTeamKnown(Event):
    """Which district team receives the client in the home that was accepted."""

    type: Literal["ReceivingTeamKnown"] = "ReceivingTeamKnown"
    team: OrganisationId
    district: District
    named: bool = False
    """Whether the municipality named it, and not the directory."""


class SupportRequested(Event):
    type: Literal["SupportRequested"] = "SupportRequested"
    provider: OrganisationId


class SupportRequestKnown(Event):
    type: Literal["SupportRequestKnown"] = "SupportRequestKnown"
    number: PartnerNumber


class RetourReceived(Event):
    """The provider's system answered a message of ours; with codes it rejects the message."""

    type: Literal["RetourReceived"] = "RetourReceived"
    message: PartnerNumber
    codes: tuple[RetourCode, ...] = ()
    request_rejected: bool = False
    """Whether it is the request for the present support that is rejected: the provider then has none."""


class SupportReturned(Event):
    """A provider took a request that was let go in the meantime: it is taken back."""

    type: Literal["SupportReturned"] = "SupportReturned"
    provider: OrganisationId
    number: PartnerNumber


class SupportPlanned(Event):
    type: Literal["SupportPlanned"] = "SupportPlanned"
    starts_on: date


class SupportUnable(Event):
    """The provider cannot start."""

    type: Literal["SupportUnable"] = "SupportUnable"
    provider: OrganisationId


class SupportBridged(Event):
    """Somebody else supports the client until the provider can."""

    type: Literal["SupportBridged"] = "SupportBridged"
    by: OrganisationId


class SupportStarted(Event):
    type: Literal["SupportStarted"] = "SupportStarted"
    on: date
    lacking: tuple[SoftLanding, ...] = ()
    """What of the soft landing was not in place yet."""


class SupportStartCorrected(Event):
    """Support started on another day than was noted."""

    type: Literal["SupportStartCorrected"] = "SupportStartCorrected"
    on: date


class SupportStartUndone(Event):
    """What was noted as the start of support was none: support has yet to start, and counts from then."""

    type: Literal["SupportStartUndone"] = "SupportStartUndone"


class SupportReported(Event):
    """The provider's system reported that support ended, or took its report of a start or a stop back."""

    type: Literal["SupportReported"] = "SupportReported"
    report: SupportReport
    on: date
    reason: RetourCode | None = None


class ProviderChanged(Event):
    """Another provider supports the client from now on."""

    type: Literal["ProviderChanged"] = "ProviderChanged"
    provider: OrganisationId
    note: Note


class LandingCompleted(Event):
    """More of the soft landing is in place."""

    type: Literal["LandingCompleted"] = "LandingCompleted"
    in_place: tuple[SoftLanding, ...]


class PlanAgreed(Event):
    """The client and the provider agreed the support plan."""

    type: Literal["PlanAgreed"] = "PlanAgreed"
    on: date
    goals: tuple[LifeArea, ...] = ()


class TalkHeld(Event):
    """The corporation talked with its tenant."""

    type: Literal["TalkHeld"] = "TalkHeld"
    on: date


class KeysPlanned(Event):
    type: Literal["KeysPlanned"] = "KeysPlanned"
    on: date


class KeysHandedOver(Event):
    type: Literal["KeysHandedOver"] = "KeysHandedOver"
    on: date


class CallAttempted(Event):
    type: Literal["CallAttempted"] = "CallAttempted"
    day_part: DayPart


class CallsRestarted(Event):
    """The client is to be called again: earlier attempts no longer count."""

    type: Literal["CallsRestarted"] = "CallsRestarted"


class FollowUpHeld(Event):
    type: Literal["FollowUpHeld"] = "FollowUpHeld"
    result: CallResult


class FollowUpConcluded(Event):
    """The follow-up is done and has its outcome; the mediation stays open for what is still to be done."""

    type: Literal["FollowUpConcluded"] = "FollowUpConcluded"
    outcome: Outcome
    note: Note | None = None


class SignalReported(Event):
    type: Literal["SignalReported"] = "SignalReported"
    signal: Signal
    note: Note | None = None


class ArrearsNotPassedOn(Event):
    """The tenant objects: the municipality is not told of the arrears."""

    type: Literal["ArrearsNotPassedOn"] = "ArrearsNotPassedOn"
    signal: str


class SignalCalmed(Event):
    type: Literal["SignalCalmed"] = "SignalCalmed"
    signal: str


class SignalHandedOver(Event):
    """Others go on with the signal, outside the engine."""

    type: Literal["SignalHandedOver"] = "SignalHandedOver"
    signal: str


class DeathReported(Event):
    """A partner says that the client died; the municipality finds out."""

    type: Literal["DeathReported"] = "DeathReported"
    reporter: OrganisationId
    source: KnownFrom
    note: Note | None = None


class DeathDenied(Event):
    """The client lives: the mediation goes on, and the letters that waited go."""

    type: Literal["DeathDenied"] = "DeathDenied"
    note: Note | None = None


class WithdrawalReported(Event):
    """A partner says that the client wants to stop; the municipality asks the client."""

    type: Literal["WithdrawalReported"] = "WithdrawalReported"
    reporter: OrganisationId
    source: KnownFrom
    reason: ClientWithdrawal
    note: Note
    """What the client said."""


class WithdrawalConfirmed(Event):
    """The client said so to the municipality."""

    type: Literal["WithdrawalConfirmed"] = "WithdrawalConfirmed"
    spoke_on: date


class WithdrawalDenied(Event):
    """The client wants to go on."""

    type: Literal["WithdrawalDenied"] = "WithdrawalDenied"
    spoke_on: date
    note: Note | None = None


class ClientWithdrew(Event):
    """The client, who has the keys, wants no more help. The call after three months is made all the same."""

    type: Literal["ClientWithdrew"] = "ClientWithdrew"
    reason: ClientWithdrawal | None = None
    note: Note | None = None


class AbsenceStarted(Event):
    type: Literal["AbsenceStarted"] = "AbsenceStarted"
    absence: Absence
    note: Note | None = None


class AbsenceEnded(Event):
    """The client is back."""

    type: Literal["AbsenceEnded"] = "AbsenceEnded"
    on: date
    note: Note | None = None


class LeaseConverted(Event):
    """The lease is in the client's own name."""

    type: Literal["LeaseConverted"] = "LeaseConverted"
    on: date


class ConversionExtended(Event):
    """It is too early for a lease in the client's own name."""

    type: Literal["ConversionExtended"] = "ConversionExtended"
    until: date


class ConversionLeft(Event):
    """There will be no lease in the client's own name; landlord and tenant settle it outside the engine."""

    type: Literal["ConversionLeft"] = "ConversionLeft"


class MediationPaused(Event):
    type: Literal["MediationPaused"] = "MediationPaused"
    at: datetime
    note: Note


class LetterHeld(Event):
    """A letter waits until the mediation is resumed."""

    type: Literal["LetterHeld"] = "LetterHeld"
    letter: SendLetter


class MediationResumed(Event):
    """Every task and clock is later by the time since the pause."""

    type: Literal["MediationResumed"] = "MediationResumed"
    at: datetime
    note: Note | None = None


class SteppedBack(Event):
    """Back to an earlier stage: what belonged to later ones was let go."""

    type: Literal["SteppedBack"] = "SteppedBack"
    to: Stage
    note: Note


class NoteAdded(Event):
    type: Literal["NoteAdded"] = "NoteAdded"
    note: Note


class ReferralCorrected(Event):
    """Facts were wrong and are now these; what was decided on the old ones stays as it was."""

    type: Literal["ReferralCorrected"] = "ReferralCorrected"
    changes: ReferralChanges
    note: Note


class RuleOverridden(Event):
    type: Literal["RuleOverridden"] = "RuleOverridden"
    rule: Rule
    note: Note


class PolicyAdopted(Event):
    """The mediation goes on under another policy; which moments that changes is told by the events that follow."""

    type: Literal["PolicyAdopted"] = "PolicyAdopted"
    policy_id: str
    policy_version: str
    policy_digest: str
    note: Note


class DeliveryFailed(Event):
    """A partner's system refused an effect for good."""

    type: Literal["DeliveryFailed"] = "DeliveryFailed"
    task: str | None = None
    """The task that asks a person to resolve it; none when the mediation had ended."""
    effect: AnyEffect
    code: str


class LeftToPeople(Event):
    """A partner has no system for what was to be done there: its people got a letter."""

    type: Literal["LeftToPeople"] = "LeftToPeople"
    organisation: OrganisationId
    task: str | None = None
    """The task by which they are asked; none when they are only told."""


class MediationClosed(Event):
    type: Literal["MediationClosed"] = "MediationClosed"
    outcome: Outcome
    note: Note | None = None
    reasons: tuple[DecisionReason, ...] = ()
    """On what a decision against the client rests."""
    withdrawal: ClientWithdrawal | None = None
    """Why the client withdrew."""
    subject: HearingSubject | None = None
    """What was intended, and decided after the hearing."""
    at: datetime | None = None
    """When it ended, where one may object to that; None in journals of before that was possible afterwards."""


AnyEvent = Annotated[
    MediationStarted
    | StageEntered
    | TaskOpened
    | TaskAnswered
    | TaskCancelled
    | TaskOverdue
    | TaskReminded
    | TaskEscalated
    | TaskChecked
    | TaskGivenTime
    | TaskSnoozed
    | TaskReassigned
    | TaskTakenOver
    | TaskRescheduled
    | ClockStarted
    | ClockSuspended
    | ClockResumed
    | ClockExtended
    | ClockRescheduled
    | ClockWarned
    | ClockExpired
    | ClockStopped
    | DocumentsSupplied
    | ReadinessChecked
    | OriginDetermined
    | TransferRefused
    | AlternativeAdvised
    | ObjectionFiled
    | ObjectionExtended
    | ObjectionDecided
    | DecisionMadeKnown
    | ObjectionTermEnded
    | MediationReopened
    | UrgencyGranted
    | PlaceReserved
    | PlaceUnavailable
    | PlaceConsumed
    | PlaceReleased
    | DwellingsListed
    | OfferPrepared
    | OfferPlaced
    | OfferDeclined
    | OfferWithdrawn
    | OfferLetGo
    | OfferReturned
    | ViewingPlanned
    | ViewingHeld
    | ViewingMissed
    | OfferAccepted
    | OfferRefused
    | RefusalJudged
    | LeasePrepared
    | LeaseFailed
    | LeaseSigned
    | ReceivingTeamKnown
    | SupportRequested
    | SupportRequestKnown
    | RetourReceived
    | SupportReturned
    | SupportPlanned
    | SupportUnable
    | SupportBridged
    | SupportStarted
    | SupportStartCorrected
    | SupportStartUndone
    | SupportReported
    | ProviderChanged
    | LandingCompleted
    | PlanAgreed
    | TalkHeld
    | KeysPlanned
    | KeysHandedOver
    | CallAttempted
    | CallsRestarted
    | FollowUpHeld
    | FollowUpConcluded
    | SignalReported
    | ArrearsNotPassedOn
    | SignalCalmed
    | SignalHandedOver
    | DeathReported
    | DeathDenied
    | WithdrawalReported
    | WithdrawalConfirmed
    | WithdrawalDenied
    | ClientWithdrew
    | AbsenceStarted
    | AbsenceEnded
    | LeaseConverted
    | ConversionExtended
    | ConversionLeft
    | MediationPaused
    | LetterHeld
    | MediationResumed
    | SteppedBack
    | NoteAdded
    | ReferralCorrected
    | RuleOverridden
    | PolicyAdopted
    | DeliveryFailed
    | LeftToPeople
    | MediationClosed,
    Field(discriminator="type"),
]

EVENT: TypeAdapter[AnyEvent] = TypeAdapter(AnyEvent)


def read_event(document: dict[str, Any]) -> AnyEvent:
    """Read an event as it was once written. Raises ValueError when it is no event of any release."""
    return EVENT.validate_python(document)
