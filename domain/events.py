"""What happened. Events are facts: they are recorded once, and the state of a mediation is their fold.

Events only grow. A change of meaning is a new `schema_version` with an upcaster; a correction is a new event.
"""

from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import Field, TypeAdapter

from domain.absences import Absence, AbsenceKind
from domain.answers import (
    CallResult,
    CorporationDecline,
    DayPart,
    Note,
    PartnerNumber,
    RefusalReason,
    SupportProduct,
    TaskAnswer,
)
from domain.clocks import Clock, ClockKind
from domain.commands import Rule, WithdrawalReason
from domain.dwelling import Candidate
from domain.effects import AnyEffect, SendLetter
from domain.landing import LifeArea, SoftLanding
from domain.outcome import Outcome, Stage
from domain.parties import OrganisationId, Parties
from domain.policy import LeaseForm
from domain.referral import Document, Referral, ReferralChanges
from domain.signals import Signal
from domain.tasks import Task
from domain.value import Value


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


class UrgencyGranted(Event):
    """The client is entitled to a dwelling, with this support (urgentieverklaring)."""

    type: Literal["UrgencyGranted"] = "UrgencyGranted"
    support: SupportProduct


class PlaceReserved(Event):
    type: Literal["PlaceReserved"] = "PlaceReserved"
    year: int
    units: int
    beyond_limit: bool = False


class PlaceUnavailable(Event):
    type: Literal["PlaceUnavailable"] = "PlaceUnavailable"
    year: int


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


class OfferPrepared(Event):
    """A dwelling was chosen and claimed; the corporation is asked to confirm."""

    type: Literal["OfferPrepared"] = "OfferPrepared"
    candidate: Candidate


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


class LeaseSigned(Event):
    type: Literal["LeaseSigned"] = "LeaseSigned"
    form: LeaseForm
    keys_on: date


class SupportRequested(Event):
    type: Literal["SupportRequested"] = "SupportRequested"
    provider: OrganisationId


class SupportRequestKnown(Event):
    type: Literal["SupportRequestKnown"] = "SupportRequestKnown"
    number: PartnerNumber


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


class DeliveryFailed(Event):
    """A partner's system refused an effect for good."""

    type: Literal["DeliveryFailed"] = "DeliveryFailed"
    task: str | None = None
    """The task that asks a person to resolve it; none when the mediation had ended."""
    effect: AnyEffect
    code: str


class MediationClosed(Event):
    type: Literal["MediationClosed"] = "MediationClosed"
    outcome: Outcome
    note: Note | None = None


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
    | ClockStarted
    | ClockSuspended
    | ClockResumed
    | ClockExtended
    | ClockWarned
    | ClockExpired
    | ClockStopped
    | DocumentsSupplied
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
    | OfferAccepted
    | OfferRefused
    | RefusalJudged
    | LeasePrepared
    | LeaseFailed
    | LeaseSigned
    | SupportRequested
    | SupportRequestKnown
    | SupportReturned
    | SupportPlanned
    | SupportUnable
    | SupportBridged
    | SupportStarted
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
    | DeliveryFailed
    | MediationClosed,
    Field(discriminator="type"),
]

EVENT: TypeAdapter[AnyEvent] = TypeAdapter(AnyEvent)


def read_event(document: dict[str, Any]) -> AnyEvent:
    """Read an event as it was once written. Raises ValueError when it is no event of any release."""
    return EVENT.validate_python(document)
