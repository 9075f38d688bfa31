"""What happened. Events are facts: they are recorded once, and the state of a mediation is their fold.

Each event says next to its fields what it changes. Events only grow. A change of meaning is a new `schema_version`
with an upcaster; a correction is a new event.
"""

from typing import Annotated, Any

from pydantic import Field, TypeAdapter

# ruff: noqa: F403, F405 - `e.TaskOpened` is every event's name, whichever file of this package it stands in
from domain.state.events.assessment import *
from domain.state.events.client import *
from domain.state.events.clocks import *
from domain.state.events.complaints import *
from domain.state.events.course import *
from domain.state.events.default_notice import *
from domain.state.events.ending import *
from domain.state.events.event import *
from domain.state.events.follow_up import *
from domain.state.events.lease import *
from domain.state.events.offer import *
from domain.state.events.support import *
from domain.state.events.tasks import *

AnyEvent = Annotated[
    MediationStarted
    | StageEntered
    | TaskOpened
    | TaskAnswered
    | AnswerCorrected
    | TaskCancelled
    | TaskOverdue
    | TaskReminded
    | TaskEscalated
    | TaskChecked
    | TaskGivenTime
    | TaskSnoozed
    | HindranceReported
    | MoreTimeGranted
    | HindranceRefused
    | TaskReassigned
    | TaskTakenOver
    | TaskRescheduled
    | ClientInvited
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
    | TransferProposed
    | TransferAgreed
    | TransferDeclined
    | TransferWithdrawn
    | AlternativeAdvised
    | UrgencyAdvised
    | UrgencyDecided
    | ObjectionFiled
    | ObjectionExtended
    | ObjectionDecided
    | ComplaintFiled
    | ComplaintPostponed
    | ComplaintAnswered
    | ComplaintAnswerSent
    | DefaultNoticeReceived
    | PenaltyBegan
    | PenaltyEnded
    | DecisionIntended
    | DecisionTaken
    | DecisionMadeKnown
    | ObjectionTermEnded
    | MediationReopened
    | ReopeningTermEnded
    | UrgencyGranted
    | UrgencyTakenBack
    | UrgencyGivenBack
    | PlaceReserved
    | PlaceUnavailable
    | PlaceMoved
    | PlaceConsumed
    | PlaceReleased
    | DwellingsListed
    | ChoiceLeft
    | ChoicePassedOn
    | OfferPrepared
    | OfferPlaced
    | OfferChanged
    | OfferDeclined
    | OfferWithdrawn
    | OfferWithdrawalReported
    | OfferWithdrawalDenied
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
    | KeysCorrected
    | CallAttempted
    | CallsRestarted
    | FollowUpHeld
    | FollowUpReopened
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
    | ContactChanged
    | AbsenceStarted
    | AbsenceEnded
    | ConversionAdvised
    | LeaseConverted
    | ConversionExtended
    | ConversionLeft
    | MediationPaused
    | LetterHeld
    | MediationResumed
    | StepBackIntended
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
