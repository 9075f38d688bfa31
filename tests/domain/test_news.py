"""What changes what a client may expect is told by a letter; what tells nothing stands here with the reason."""

from collections.abc import Iterator

import pytest

from domain.decide.decide import Decided
from domain.facts.clocks import ClockKind
from domain.facts.tasks import TaskKind
from domain.messages import answers as a
from domain.messages import commands as c
from domain.messages.effects import Audience, Letter, SendLetter
from domain.state import events as e
from domain.state.events import AnyEvent
from domain.steps.decision_letter import LETTER_OF_END, LETTER_OF_OTHER_END
from tests.domain.case import NOTE, Case, along
from tests.domain.choosing import YMERE
from tests.domain.test_evolve import lives
from texts.words import EVENTS

ENDS = {*LETTER_OF_END.values(), *LETTER_OF_OTHER_END.values(), Letter.URGENCY_OVER}
TOLD: dict[str, set[Letter]] = {
    "MediationStarted": {Letter.REFERRAL_RECEIVED},
    "ClockExtended": {Letter.DECISION_TERM_EXTENDED, Letter.URGENCY_EXTENDED},
    "ClockWarned": {Letter.URGENCY_WILL_END},
    "ClockExpired": {Letter.URGENCY_RAN_OUT},
    "OriginDetermined": {Letter.TRANSFER_ASKED},
    "TransferProposed": {Letter.TRANSFER_PROPOSED},
    "TransferDeclined": {Letter.TRANSFER_STOPPED},
    "TransferWithdrawn": {Letter.TRANSFER_STOPPED},
    "TransferRefused": {Letter.HELPED_HERE, Letter.HEARING_INVITED},
    "ObjectionFiled": {Letter.OBJECTION_RECEIVED},
    "ObjectionExtended": {Letter.OBJECTION_EXTENDED},
    "ObjectionDecided": {
        Letter.OBJECTION_UPHELD,
        Letter.OBJECTION_DISMISSED,
        Letter.OBJECTION_INADMISSIBLE,
        Letter.OBJECTION_WITHDRAWN,
    },
    "ComplaintFiled": {Letter.COMPLAINT_RECEIVED},
    "ComplaintPostponed": {Letter.COMPLAINT_POSTPONED},
    "ComplaintAnswered": {Letter.COMPLAINT_ANSWERED, Letter.COMPLAINT_NOT_HANDLED, Letter.COMPLAINT_OVER},
    "DefaultNoticeReceived": {Letter.DEFAULT_NOTICE_RECEIVED},
    "DecisionTaken": {
        Letter.URGENCY_WITH_CONDITIONS,
        Letter.REFUSAL_COUNTED,
        Letter.URGENCY_ENDED,
        Letter.URGENCY_TAKEN_BACK,
    },
    "MediationReopened": {
        Letter.OBJECTION_UPHELD,
        Letter.GOES_ON,
        Letter.ENDED_BY_MISTAKE,
        Letter.DEATH_UNDONE,
    },
    "UrgencyGranted": {Letter.URGENCY_GRANTED, Letter.URGENCY_WITH_CONDITIONS},
    "PlaceUnavailable": {Letter.WAITING_FOR_PLACE},
    "OfferWithdrawn": {Letter.OFFER_WITHDRAWN},
    "OfferChanged": {Letter.OFFER_CHANGED, Letter.RENT_RAISED, Letter.OFFER_WITHDRAWN},
    "OfferLetGo": {Letter.ABSENCE_NOTED_OFFER_GONE},
    "ViewingPlanned": {Letter.VIEWING_PLANNED},
    "RefusalJudged": {Letter.REFUSAL_COUNTED, Letter.REFUSAL_NOT_COUNTED},
    "LeaseFailed": {Letter.OFFER_WITHDRAWN, Letter.HEARING_INVITED},
    "LeaseSigned": {Letter.TEMPORARY_LEASE},
    "ProviderChanged": {Letter.PROVIDER_CHANGED},
    "KeysPlanned": {Letter.KEYS_PLANNED, Letter.KEYS_MOVED},
    "ClientWithdrew": {Letter.STOPPED_AFTER_KEYS},
    "AbsenceStarted": {Letter.ABSENCE_NOTED, Letter.ABSENCE_NOTED_KEYS_LATER, Letter.ABSENCE_NOTED_OFFER_GONE},
    "AbsenceEnded": {Letter.RETURN_NOTED, Letter.ABSENCE_NOTED, Letter.ABSENCE_NOTED_OFFER_GONE},
    "LeaseConverted": {Letter.LEASE_CONVERTED},
    "ConversionExtended": {Letter.LEASE_CONVERSION_LATER},
    "SteppedBack": {Letter.STEPPED_BACK, Letter.URGENCY_GIVEN_UP, Letter.URGENCY_TAKEN_BACK},
    "UrgencyTakenBack": {Letter.URGENCY_TAKEN_BACK},
    "UrgencyGivenBack": {Letter.OBJECTION_UPHELD},
    "PolicyAdopted": {Letter.DEADLINE_CHANGED},
    "MediationClosed": ENDS,
}
"""Which letters to the client tell of an event; one of them goes with it."""
ASKED: dict[TaskKind, set[Letter]] = {
    TaskKind.SUPPLEMENT: {Letter.SUPPLEMENT_ASKED},
    TaskKind.REVIEW_READINESS: {Letter.NOT_READY_YET},
    TaskKind.AWAIT_TRANSFER: {Letter.TRANSFER_ASKED},
    TaskKind.ANSWER_TRANSFER: {Letter.TRANSFER_PROPOSED},
    TaskKind.HEAR_CLIENT: {Letter.HEARING_INVITED},
    TaskKind.ANSWER_OFFER: {Letter.OFFER_MADE, Letter.RENT_RAISED},
    TaskKind.HOLD_VIEWING: {Letter.VIEWING_PLANNED},
    TaskKind.HAND_OVER_KEYS: {Letter.KEYS_PLANNED},
    TaskKind.AGREE_PLAN: {Letter.PLAN_ASKED},
    TaskKind.HOLD_TALK: {Letter.TALK_PLANNED},
    TaskKind.HOLD_JOINT_TALK: {Letter.JOINT_TALK_PLANNED},
    TaskKind.ASK_GUIDE: {Letter.NOT_REACHED},
}
"""Which letter goes to the client with a question to somebody; no other question says anything to the client."""
INSIDE = "how we work, which changes nothing for the client"
TOLD_OTHERWISE = "what follows from it is told by a letter of its own"
BY_VOICE = "the client is spoken to, or has done it"
BY_THE_KEYS = "when support starts is told once the day of the keys is known too, and that a day so told falls away"
OTHERS = "it is of somebody else, and none of the client's business"
SAYS_NOTHING: dict[str, str] = {
    **dict.fromkeys(("StageEntered", "TaskOpened", "TaskAnswered", "TaskCancelled", "TaskOverdue"), TOLD_OTHERWISE),
    **dict.fromkeys(("TaskEscalated", "TaskChecked", "TaskSnoozed", "TaskReassigned", "TaskTakenOver"), INSIDE),
    "TaskReminded": "who has it to do is reminded, and that may be the client",
    **dict.fromkeys(("HindranceReported", "HindranceRefused"), INSIDE),
    "MoreTimeGranted": "told to who has it to do, and that may be the client",
    "TaskGivenTime": BY_VOICE,
    "TaskRescheduled": "told with the policy that was adopted",
    "ClientInvited": "told by the invitation itself",
    **dict.fromkeys(("ClockStarted", "ClockSuspended", "ClockResumed", "ClockRescheduled", "ClockStopped"), INSIDE),
    **dict.fromkeys(("DocumentsSupplied", "ReadinessChecked", "AlternativeAdvised", "UrgencyAdvised"), TOLD_OTHERWISE),
    "DecisionIntended": "told with the invitation to the hearing",
    "StepBackIntended": "told with the invitation to the hearing",
    "TransferAgreed": TOLD_OTHERWISE,
    **dict.fromkeys(("UrgencyDecided", "DecisionMadeKnown", "ObjectionTermEnded"), TOLD_OTHERWISE),
    **dict.fromkeys(("PenaltyBegan", "PenaltyEnded"), "the municipality decides on the amount, in a letter of its own"),
    **dict.fromkeys(("PlaceReserved", "PlaceMoved", "PlaceConsumed", "PlaceReleased"), INSIDE),
    **dict.fromkeys(("DwellingsListed", "ChoiceLeft", "ChoicePassedOn", "OfferPrepared"), INSIDE),
    **dict.fromkeys(("OfferDeclined", "OfferReturned"), "the client was not told of that offer"),
    **dict.fromkeys(("OfferPlaced", "ViewingMissed"), TOLD_OTHERWISE),
    **dict.fromkeys(("ViewingHeld", "OfferAccepted", "OfferRefused", "LeasePrepared"), BY_VOICE),
    **dict.fromkeys(("ReceivingTeamKnown", "SupportRequested", "SupportRequestKnown", "RetourReceived"), INSIDE),
    **dict.fromkeys(("SupportReturned", "SupportReported"), INSIDE),
    **dict.fromkeys(("SupportPlanned", "SupportUnable", "SupportBridged"), BY_THE_KEYS),
    **dict.fromkeys(("SupportStarted", "SupportStartCorrected", "SupportStartUndone"), BY_VOICE),
    **dict.fromkeys(("LandingCompleted", "PlanAgreed", "TalkHeld", "KeysHandedOver"), BY_VOICE),
    **dict.fromkeys(("CallAttempted", "CallsRestarted"), "after the last attempt, with the question to the provider"),
    "FollowUpHeld": BY_VOICE,
    "FollowUpConcluded": TOLD_OTHERWISE,
    **dict.fromkeys(("SignalReported", "SignalCalmed", "SignalHandedOver", "ArrearsNotPassedOn"), OTHERS),
    **dict.fromkeys(("DeathReported", "DeathDenied"), "nobody writes to who may have died"),
    **dict.fromkeys(("WithdrawalReported", "WithdrawalConfirmed", "WithdrawalDenied"), BY_VOICE),
    **dict.fromkeys(("OfferWithdrawalReported", "OfferWithdrawalDenied"), "nothing changes for the client by it"),
    "ConversionAdvised": TOLD_OTHERWISE,
    "ConversionLeft": "landlord and tenant settle it themselves; where the municipality checked it, a letter tells it",
    **dict.fromkeys(("MediationPaused", "LetterHeld", "MediationResumed"), "in a pause letters wait"),
    **dict.fromkeys(("NoteAdded", "RuleOverridden", "DeliveryFailed", "LeftToPeople"), INSIDE),
    **dict.fromkeys(("ReferralCorrected", "AnswerCorrected", "KeysCorrected", "ContactChanged"), BY_VOICE),
    **dict.fromkeys(("FollowUpReopened", "ReopeningTermEnded", "ComplaintAnswerSent"), INSIDE),
}
"""Events of which the client gets no letter, and why."""


def test_every_event_is_told_or_it_is_said_why_not() -> None:
    assert sorted([*TOLD, *SAYS_NOTHING]) == sorted(EVENTS), "each in one of them"
    assert {one for letters in TOLD.values() for one in letters} <= set(Letter)


def silent(event: AnyEvent, case: Case) -> bool:
    """Whether this one tells nothing, for what is in it."""
    match event:
        case e.ClockWarned():  # told once, with the question whether it is extended
            return event.clock is not ClockKind.URGENCY or not any(
                isinstance(one, e.TaskOpened) for one in case.last.events
            )
        case e.ClockExpired():
            # the municipality mends any other term that is over, and what the client can do then was told with it
            return event.clock is not ClockKind.URGENCY or case.m.outcome is not None
        case e.OriginDetermined():
            return event.origin == case.policy.municipality or event.exception is not None
        case e.OfferWithdrawn():
            return event.let_down_on is None
        case e.LeaseFailed():
            return event.failure is a.CheckFailure.FRAUD_SUSPECTED  # first it is judged
        case e.LeaseSigned():
            return event.ends_on is None
        case e.PolicyAdopted():
            return True  # only of tasks whose day it moves
        case e.MediationClosed():
            return event.outcome == "died" or case.m.reported_death is not None
    return False


def untold(case: Case, decided: Decided) -> Iterator[str]:
    """What this decision changed for the client without a letter."""
    letters = [one for one in decided.effects if isinstance(one, SendLetter)]
    letters += [event.letter for event in decided.events if isinstance(event, e.LetterHeld)]
    to_client = {one.letter for one in letters if Audience.CLIENT in one.readers}
    for event in decided.events:
        wanted = TOLD.get(event.type, set())
        if isinstance(event, e.TaskOpened):
            wanted = ASKED.get(event.task.kind, set())
        if wanted and not wanted & to_client and not silent(event, case):
            yield f"{event.type} {event.model_dump_json()}"


def test_whatever_changes_what_a_client_may_expect_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: dict[str, None] = {}
    do = Case.do

    def looking(case: Case, *given: object, **named: object) -> Case:
        do(case, *given, **named)  # type: ignore[arg-type]
        seen.update(dict.fromkeys(untold(case, case.last)))
        return case

    monkeypatch.setattr(Case, "do", looking)
    assert len(lives.__wrapped__()) > 10
    assert list(seen) == []


# -- some that waited for a letter -----------------------------------------------------------------------------


def test_a_client_hears_that_the_decision_comes_later_and_why_and_what_can_be_done() -> None:
    case = along(upto="ready").days(50)
    before = next(clock for clock in case.m.clocks if clock.kind is ClockKind.DECISION_TERM).ends_at
    assert case.refused_answer(a.TermExtensionAnswer()) == "answer_incomplete"
    case.answer(a.TermExtensionAnswer(note=NOTE))
    (letter,) = case.letters(Letter.DECISION_TERM_EXTENDED)
    assert letter.told
    assert (letter.told.note, letter.told.since) == (NOTE, case.policy.calendar.today(before))
    assert letter.by
    assert letter.told.since
    assert letter.by > letter.told.since


def test_who_waits_for_a_place_hears_so() -> None:
    case = along(upto="ready")
    case.full = True
    case.answer(a.AssessmentAnswer(result=a.AssessmentResult.POSITIVE, support=a.SupportProduct.REGULAR))
    assert case.readers(Letter.WAITING_FOR_PLACE) == {"client", "guide"}


def test_a_refusal_with_a_good_reason_is_told_to_count_for_nothing() -> None:
    case = along(upto="confirm").answer(a.ClientAnswer(accept=False, reason=a.RefusalReason.RENT, note=NOTE))
    case.answer(a.JudgementAnswer(valid=True))
    assert case.readers(Letter.REFUSAL_NOT_COUNTED) == {"client", "guide"}
    assert not case.letters(Letter.REFUSAL_COUNTED)


def test_a_suspicion_that_was_unfounded_is_not_told_but_that_the_home_is_gone_is() -> None:
    case = along(upto="accept")
    case.answer(a.LeaseAnswer(failed_check=True, failure=a.CheckFailure.FRAUD_SUSPECTED), YMERE)
    assert not case.letters(Letter.OFFER_WITHDRAWN)
    case.answer(a.FraudAnswer(founded=False))
    assert case.readers(Letter.OFFER_WITHDRAWN) == {"client", "guide"}


def test_the_day_on_which_support_starts_is_told_with_that_of_the_keys() -> None:
    case = along(upto="plan_support")
    (letter,) = case.letters(Letter.SUPPORT_STARTS)
    assert case.m.support
    assert letter.by == case.m.support.starts_on
    assert case.readers(Letter.KEYS_PLANNED) == case.readers(Letter.SUPPORT_STARTS) == {"client", "guide"}


def test_each_end_that_is_no_decision_has_a_letter_of_its_own() -> None:
    found = {
        c.ClientWithdrawal.OWN_HOUSING_FOUND: Letter.OWN_HOUSING_FOUND,
        c.ClientWithdrawal.STAYS_IN_CARE: Letter.STOPPED_AT_REQUEST,
    }
    for reason, letter in found.items():
        case = along(upto="list")
        case.do(c.Withdraw(by=case.municipality, reason=reason, source=a.KnownFrom.CLIENT, note=NOTE))
        assert case.readers(letter) == {"client", "guide"}
        assert case.readers(Letter.ENDED_AT_INSTITUTION) == {"leger-des-heils"}
    assert set(LETTER_OF_OTHER_END) & set(LETTER_OF_END) == set()


def test_who_wants_no_more_support_after_the_keys_is_told_what_goes_on() -> None:
    case = along(upto="keys")
    case.do(c.Withdraw(by=case.municipality, source=a.KnownFrom.CLIENT, note=NOTE))
    assert case.readers(Letter.STOPPED_AFTER_KEYS) == {"client", "guide"}
    assert case.m.outcome is None
