"""Every end against the client has a letter of its own, a term to object, and a way back when that is right."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest

from domain.facts.absences import AbsenceKind
from domain.facts.clocks import ClockKind
from domain.facts.outcome import NEGATIVE, OPEN_TO_OBJECTION, Outcome, Stage
from domain.facts.parties import Role
from domain.facts.referral import Document
from domain.facts.signals import SignalKind
from domain.facts.tasks import TaskKind
from domain.facts.value import replace
from domain.messages import answers as a
from domain.messages import commands as c
from domain.messages.effects import Audience, Letter, SendLetter
from domain.messages.told import Meanwhile
from domain.policy.scarce import PersonClaim
from domain.state import events as e
from domain.state.agenda import agenda
from domain.state.decision import last_day
from domain.state.fold import fold
from domain.steps.decision_letter import LETTER_OF_END
from sandbox.driven import road
from tests.domain.case import NOTE, Case, actor, along, referral

INSTITUTION = actor(Role.INSTITUTION, "leger-des-heils")
YMERE = actor(Role.CORPORATION, "ymere")
UPHELD = a.ObjectionAnswer(result=a.ObjectionResult.WELL_FOUNDED, note=NOTE)
DISMISSED = a.ObjectionAnswer(result=a.ObjectionResult.DISMISSED, hearing="waived", note=NOTE)
WITHDRAWN = a.ObjectionAnswer(result=a.ObjectionResult.WITHDRAWN)


def upheld(case: Case) -> Case:
    return case.answer(case.hearing(a.HearingResult.STANDS))


def rejected() -> Case:
    case = along(upto="ready").answer(a.AssessmentAnswer(result=a.AssessmentResult.NEGATIVE, note=NOTE))
    return upheld(case)


def alternative() -> Case:
    case = along(upto="ready").answer(
        a.AssessmentAnswer(result=a.AssessmentResult.ALTERNATIVE, alternative=a.AlternativeForm.SHELTERED, note=NOTE)
    )
    return upheld(case)


def not_ready() -> Case:
    return upheld(along(upto="start").answer(a.ReadinessAnswer(result=a.Readiness.OTHER_ROUTE, note=NOTE)))


def not_processed() -> Case:
    kept = tuple(one for one in Document if one is not Document.INCOME_STATEMENT)
    case = Case().start(referral(documents=kept))
    case.answer(a.ReadinessAnswer(result=a.Readiness.INCOMPLETE, missing=(Document.INCOME_STATEMENT,)))
    case.until(case.task(TaskKind.SUPPLEMENT).due + timedelta(hours=1))
    return upheld(case.answer(a.IncompleteAnswer(decision="not_processed", note=NOTE)))


def lapsed() -> Case:
    return upheld(along(upto="confirm").refuse().judged(valid=False))


def withdrawn_for_fraud() -> Case:
    fraud = a.LeaseAnswer(failed_check=True, failure=a.CheckFailure.FRAUD_SUSPECTED)
    case = along(upto="request_known").answer(fraud, YMERE)
    return upheld(case.answer(a.FraudAnswer(founded=True, note=NOTE)))


def not_extended() -> Case:
    """Nobody decided before its day: an urgency that has run out is not extended."""
    case = along(upto="positive")
    case.until(case.clock(ClockKind.URGENCY).ends_at)
    return upheld(case.answer(a.UrgencyAnswer(extend=False, note=NOTE)))


def detained() -> Case:
    case = along(upto="positive").away(AbsenceKind.DETENTION)
    return upheld(case.answer(a.AbsenceReviewAnswer(result="end", note=NOTE)))


def failed() -> Case:
    case = along().signals(SignalKind.NUISANCE).answer(a.AcknowledgementAnswer())
    case.answer(a.JointTalkAnswer(result="case_conference"))
    case.answer(a.ConferenceAnswer(result="placement_failed", note=NOTE))
    return upheld(case)


ENDS: dict[Callable[[], Case], tuple[Outcome, Letter, Stage]] = {
    rejected: (Outcome.REJECTED, Letter.REJECTED, Stage.ASSESSMENT),
    alternative: (Outcome.ALTERNATIVE_LIVING_FORM, Letter.ALTERNATIVE_LIVING_FORM, Stage.ASSESSMENT),
    not_ready: (Outcome.NOT_READY, Letter.NOT_READY, Stage.READINESS),
    not_processed: (Outcome.NOT_PROCESSED_INCOMPLETE, Letter.NOT_PROCESSED, Stage.READINESS),
    lapsed: (Outcome.REFUSED_LAPSED, Letter.REFUSED_LAPSED, Stage.OFFER),
    withdrawn_for_fraud: (Outcome.URGENCY_WITHDRAWN, Letter.URGENCY_WITHDRAWN, Stage.OFFER),
    not_extended: (Outcome.URGENCY_EXPIRED, Letter.URGENCY_ENDED, Stage.OFFER),
    detained: (Outcome.DETAINED, Letter.ENDED_LONG_ABSENCE, Stage.OFFER),
    failed: (Outcome.PLACEMENT_FAILED, Letter.PLACEMENT_FAILED, Stage.FOLLOW_UP),
}
"""Ways to an end against the client, its letter, and the stage that goes on when the objection is right."""
each_end = pytest.mark.parametrize("way", ENDS, ids=lambda way: way.__name__)


def decision_letter(case: Case) -> SendLetter:
    return next(one for one in reversed(case.letters()) if one.letter in LETTER_OF_END.values())


def sent(case: Case, on: date | None = None) -> Case:
    """The letter with the decision leaves."""
    return case.do(c.LearnLetterSent(by=case.engine, letter=decision_letter(case), on=on or case.today))


def objection(case: Case, **facts: object) -> c.FileObjection:
    given = {"by": INSTITUTION, "against": c.Disputed.END, "note": NOTE, **facts}
    return c.FileObjection.model_validate(given)


# -- the letter ------------------------------------------------------------------------------------------------


NO_DECISION = {
    Outcome.HOUSED_FOLLOW_UP_HELD,
    Outcome.HOUSED_UNREACHABLE,
    Outcome.WITHDRAWN_BY_CLIENT,
    Outcome.OWN_HOUSING_FOUND,
    Outcome.DIED,
}
"""Ends of which nobody decided anything against the client (no besluit, Awb 1:3): there is nothing to object to."""


def test_every_outcome_is_open_to_objection_or_is_none_and_each_decision_has_its_letter() -> None:
    assert set(Outcome) == OPEN_TO_OBJECTION | NO_DECISION
    assert not OPEN_TO_OBJECTION & NO_DECISION
    assert set(LETTER_OF_END) == OPEN_TO_OBJECTION
    assert {Outcome.OTHER_MUNICIPALITY, Outcome.TRANSFERRED} == OPEN_TO_OBJECTION - NEGATIVE


@each_end
def test_a_decision_against_the_client_has_a_letter_that_says_why(way: Callable[[], Case]) -> None:
    case = way()
    outcome, letter, _ = ENDS[way]
    assert case.m.outcome is outcome
    assert case.readers(letter) == {"client"}
    assert "client" not in case.readers(Letter.CLOSED), "there is something left to do: one may object"
    told = decision_letter(case).told
    assert told is not None
    assert (told.note, told.hearing, told.heard_on, told.decided_on) == (NOTE, "heard", case.today, case.today)
    assert told.ground
    assert (told.institution, told.district_team) == ("leger-des-heils", "wijkteam-west")


def test_who_is_not_processed_reads_what_was_asked_until_when_and_is_missing() -> None:
    case = not_processed()
    told = decision_letter(case).told
    asked = next(event.task for event in case.happened(e.TaskOpened) if event.task.kind is TaskKind.SUPPLEMENT)
    assert told is not None
    assert told.missing == (Document.INCOME_STATEMENT,)
    assert (told.asked_on, told.asked_until) == (
        case.policy.calendar.today(asked.opened_at),
        case.policy.calendar.today(asked.due),
    )


def test_who_is_helped_elsewhere_gets_a_decision_too() -> None:
    case = Case("amersfoort").start()
    case.answer(a.ReadinessAnswer(result=a.Readiness.READY))
    case.answer(a.OriginAnswer(origin="utrecht", note=NOTE)).answer(a.TransferAnswer(accepted=True, note=NOTE))
    told = decision_letter(case).told
    assert case.readers(Letter.OTHER_MUNICIPALITY) == {"client"}
    assert told is not None
    assert (told.elsewhere, told.hearing) == ("utrecht", None)
    sent(case).do(objection(case)).answer(UPHELD)
    assert (case.m.stage, case.m.outcome) == (Stage.ASSESSMENT, None)


# -- the term --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sent_on", "last"),
    [
        (date(2026, 3, 9), date(2026, 4, 20)),  # the example of Awb 6:7 and 6:8: Monday to Monday
        (date(2026, 3, 16), date(2026, 4, 28)),  # it ends on King's Day
        (date(2026, 3, 7), date(2026, 4, 20)),  # it ends on a Saturday
        (date(2026, 4, 12), date(2026, 5, 26)),  # it ends on Whit Sunday: on to the Tuesday after Whit Monday
        (date(2025, 11, 13), date(2025, 12, 29)),  # it ends on Christmas Day, then Boxing Day and a weekend
    ],
)
def test_the_term_is_six_weeks_from_the_day_after_sending_and_rolls_on(sent_on: date, last: date) -> None:
    assert last_day(sent_on) == last


def test_days_equated_with_a_holiday_roll_on_too() -> None:
    assert last_day(date(2026, 4, 3), (date(2026, 5, 15),)) == date(2026, 5, 18)


def test_the_term_runs_from_the_day_on_which_the_letter_left_not_from_the_decision() -> None:
    case = rejected()
    assert not agenda(case.m), "it waits for its letter"
    case.now += timedelta(days=5)
    sent(case)
    assert case.m.decision is not None
    assert case.m.decision.last_day == last_day(case.today)
    assert case.last.wake_at is not None
    guide = case.letters(Letter.DECISION_SENT)
    assert [one.readers for one in guide] == [(Audience.GUIDE,)]
    assert guide[0].told is not None
    assert guide[0].told.last_day == case.m.decision.last_day


def test_a_letter_that_leaves_once_more_starts_the_term_anew_and_never_ends_it_earlier() -> None:
    case = sent(rejected())
    first = case.m.decision
    sent(case, case.today - timedelta(days=3))
    assert case.m.decision == first
    case.now += timedelta(days=9)
    sent(case)
    assert case.m.decision is not None
    assert first is not None
    assert case.m.decision.last_day == last_day(case.today)
    assert len(case.letters(Letter.DECISION_SENT)) == 1


def test_after_the_term_nothing_is_waited_for() -> None:
    case = sent(rejected()).days(60)
    assert case.happened(e.ObjectionTermEnded)
    assert case.last.wake_at is None


def test_a_decision_that_cannot_be_delivered_is_a_task_and_its_term_runs_from_the_day_it_is_posted_by_hand() -> None:
    case = rejected()
    case.do(c.ReportUndelivered(by=case.engine, effect=decision_letter(case), code="no_address"))
    assert case.open == [TaskKind.RESOLVE_DELIVERY]
    assert case.last.wake_at is not None, "nobody forgets it"
    case.days(10)
    posted = case.today - timedelta(days=1)
    tomorrow = a.DeliveryAnswer(way="done_by_hand", on=case.today + timedelta(days=1))
    assert case.refused_answer(tomorrow) == "done_in_future"
    decided_on = case.policy.calendar.today(case.m.decision.at) if case.m.decision else case.today
    before = a.DeliveryAnswer(way="done_by_hand", on=decided_on - timedelta(days=1))
    early = case.refused(case.answering(before))
    assert (early.rule, early.field, early.day) == ("done_before_decision", "on", decided_on), "its term would be over"
    case.answer(a.DeliveryAnswer(way="done_by_hand", on=posted))
    assert case.m.decision is not None
    assert case.m.decision.last_day == last_day(posted)


def posted_on(on: date) -> Case:
    """A rejection of Monday 1 June 2026, noted on Monday 15 June as posted on a day."""
    case = rejected()
    assert case.today == date(2026, 6, 1)
    case.do(c.ReportUndelivered(by=case.engine, effect=decision_letter(case), code="on_paper")).on(date(2026, 6, 15))
    return case.answer(a.DeliveryAnswer(way="done_by_hand", on=on))


def posting(case: Case, on: date) -> c.CorrectAnswer:
    """The municipality says on which day it was posted after all."""
    answer = a.DeliveryAnswer(way="done_by_hand", on=on)
    return c.CorrectAnswer(by=case.municipality, task="resolve_delivery-1", answer=answer, note=NOTE)


def test_a_wrong_day_of_posting_is_corrected_after_the_end_and_the_term_follows() -> None:
    """Awb 6:7 and 6:8: six weeks from Friday 12 June are over on Friday 24 July; noted first was 1 June: 13 July."""
    case = posted_on(date(2026, 6, 1))
    assert case.m.decision
    assert case.m.decision.last_day == date(2026, 7, 13)
    before = len(case.events)
    case.do(posting(case, date(2026, 6, 12)))
    decision = case.m.decision
    assert (decision.sent_on, decision.last_day, decision.over) == (date(2026, 6, 12), date(2026, 7, 24), False)
    assert case.since(before) == ["AnswerCorrected", "DecisionMadeKnown"]
    [corrected] = case.happened(e.AnswerCorrected)
    assert (corrected.was, corrected.note) == (a.DeliveryAnswer(way="done_by_hand", on=date(2026, 6, 1)), NOTE)
    assert [one.on for one in case.happened(e.DecisionMadeKnown)] == [date(2026, 6, 1), date(2026, 6, 12)], "both stay"
    assert [one.told and one.told.last_day for one in case.letters(Letter.DECISION_SENT)][-1] == date(2026, 7, 24)
    case.do(posting(case, date(2026, 6, 11)))
    assert case.m.decision.sent_on == date(2026, 6, 11), "once more, if need be"
    assert case.m.decision.last_day == date(2026, 7, 24), "no term is made shorter than was told"


def test_a_day_of_posting_lies_between_the_decision_and_today_in_a_correction_too() -> None:
    case = posted_on(date(2026, 6, 15))
    for wrong, rule, day in (
        (date(2026, 5, 31), "done_before_decision", date(2026, 6, 1)),
        (date(2026, 6, 16), "done_in_future", None),
    ):
        refused = case.refused(posting(case, wrong))
        assert (refused.rule, refused.field, refused.day) == (rule, "on", day)
    assert case.refused(posting(case, date(2026, 6, 15))).rule == "nothing_to_correct"
    again = a.DeliveryAnswer(way="try_again")
    assert case.refused(replace(posting(case, date(2026, 6, 12)), answer=again)).rule == "correct_with_next"
    assert case.refused(replace(posting(case, date(2026, 6, 12)), by=INSTITUTION)).rule == "not_yours"


def test_who_was_too_late_only_by_a_wrong_day_of_posting_may_object_after_all() -> None:
    """Posted on 12 June the term ends on 24 July, and with two weeks for the post on 7 August; the wrong day, 1 June,
    had ended it on 27 July.
    """
    case = posted_on(date(2026, 6, 1)).on(date(2026, 7, 29))
    assert [bool(one and one.over) for one in (case.m.decision,)] == [True]
    case.do(posting(case, date(2026, 6, 12)))
    assert [bool(one and one.over) for one in (case.m.decision,)] == [False]
    case.do(objection(case, made_on=date(2026, 7, 24)))
    assert TaskKind.DECIDE_OBJECTION in case.open


def test_a_decided_objection_stays_decided_whatever_the_day_of_posting() -> None:
    case = posted_on(date(2026, 6, 1))
    case.do(objection(case)).answer(DISMISSED)
    case.do(posting(case, date(2026, 6, 12)))
    assert case.m.decision
    assert (case.m.decision.sent_on, case.m.decision.over) == (date(2026, 6, 12), True)
    assert case.refused(objection(case)).rule == "objection_decided"


def test_after_the_end_no_other_answer_is_corrected() -> None:
    case = posted_on(date(2026, 6, 1))
    assert case.refused(replace(posting(case, date(2026, 6, 12)), task="resolve_delivery-2")).rule == "closed"
    other = c.CorrectAnswer(by=case.municipality, task="check_readiness-1", answer=road.ready(), note=NOTE)
    assert case.refused(other).rule == "closed"


def test_a_decision_that_came_back_goes_once_more() -> None:
    case = sent(rejected())
    letter = decision_letter(case)
    case.do(c.ReportUndelivered(by=case.engine, effect=letter, code="bounce_5_1_1")).days(3)
    case.answer(a.DeliveryAnswer(way="try_again"))
    assert decision_letter(case).letter is letter.letter
    assert decision_letter(case).key != letter.key


def test_a_letter_to_others_that_is_not_delivered_after_the_end_is_only_told() -> None:
    case = rejected()
    other = next(iter(case.letters(Letter.ENDED_AT_INSTITUTION)))
    case.do(c.ReportUndelivered(by=case.engine, effect=other, code="smtp_550"))
    assert case.open == []


def test_only_the_system_tells_that_a_letter_left() -> None:
    case = rejected()
    command = c.LearnLetterSent(by=INSTITUTION, letter=decision_letter(case), on=case.today)
    assert case.refused(command).rule == "not_yours"


def test_what_ended_without_a_decision_takes_no_objection() -> None:
    case = along(upto="positive").withdraws()
    assert case.refused(objection(case)).rule == "closed"


# -- the objection ---------------------------------------------------------------------------------------------


@each_end
def test_who_objects_in_time_is_decided_on_in_a_statutory_term(way: Callable[[], Case]) -> None:
    case = sent(way()).days(41).do(objection(way()))
    assert case.open == [TaskKind.DECIDE_OBJECTION]
    received = case.letters(Letter.OBJECTION_RECEIVED)[-1].told
    assert received is not None
    assert (received.meanwhile, received.received_on) == (Meanwhile.ENDED, case.today)
    case.days(100)
    assert case.task(TaskKind.DECIDE_OBJECTION).escalated, "nobody forgets it after the term has ended"


def test_one_may_object_before_the_letter_has_left() -> None:
    assert rejected().do(objection(rejected())).open == [TaskKind.DECIDE_OBJECTION]


def test_what_was_posted_in_time_counts_when_it_comes_in_later() -> None:
    case = sent(rejected())
    assert case.m.decision is not None
    assert case.m.decision.last_day is not None
    last = case.m.decision.last_day
    case.on(last + timedelta(days=6))
    tomorrow = case.today + timedelta(days=1)
    assert case.refused(objection(case, made_on=tomorrow)).rule == "objection_in_future"
    case.do(objection(case, made_on=last))
    assert case.open == [TaskKind.DECIDE_OBJECTION]


def test_only_the_municipality_excuses_one_that_is_late() -> None:
    case = sent(rejected())
    case.on(last_day(case.today) + timedelta(days=2))
    assert case.refused(objection(case, excused=True)).rule == "not_yours"
    case.do(objection(case, by=case.municipality, excused=True))
    assert case.happened(e.ObjectionFiled)[-1].excused


@pytest.mark.parametrize("role", [Role.DISTRICT_TEAM, Role.CARE_PROVIDER, Role.CORPORATION, Role.AUDITOR])
def test_others_do_not_object(role: Role) -> None:
    by = actor(role, {"district_team": "wijkteam-west", "care_provider": "kwintes"}.get(role.value, "ymere"))
    assert sent(rejected()).refused(objection(rejected(), by=by)).rule == "not_yours"


def test_after_the_end_one_objects_to_the_end_and_to_nothing_else() -> None:
    case = sent(lapsed())
    for against in set(c.Disputed) - {c.Disputed.END}:
        said = "object_to_end" if against is c.Disputed.REFUSAL_JUDGED else "nothing_disputed"
        assert case.refused(objection(case, against=against)).rule == said, "its refusals are what it ended for"
    suspending = objection(case, by=case.municipality, suspends=True)
    assert case.refused(suspending).rule == "nothing_to_suspend"
    open_ = along(upto="ready")
    assert open_.refused(objection(open_)).rule == "nothing_disputed"


def test_an_objection_that_is_dismissed_leaves_the_court() -> None:
    case = sent(rejected()).do(objection(rejected()))
    assert case.refused_answer(replace(DISMISSED, note=None)) == "answer_incomplete"
    assert case.refused_answer(DISMISSED, case.engine) == "person_needed"
    case.answer(DISMISSED)
    assert case.readers(Letter.OBJECTION_DISMISSED) == {"client", "guide"}
    assert (case.m.stage, case.m.outcome, case.open) == (Stage.CLOSED, Outcome.REJECTED, [])
    assert case.last.wake_at is None
    assert case.refused(objection(case)).rule == "objection_decided"
    case.on(last_day(case.today) + timedelta(days=1))
    assert case.refused(objection(case)).rule == "objection_decided"


def test_who_takes_an_objection_back_may_object_again_within_the_term() -> None:
    case = sent(rejected()).do(objection(rejected())).answer(WITHDRAWN)
    assert case.readers(Letter.OBJECTION_WITHDRAWN) == {"client", "guide"}
    assert case.do(objection(case)).open == [TaskKind.DECIDE_OBJECTION]


# -- put right -------------------------------------------------------------------------------------------------


@each_end
def test_an_objection_that_is_right_puts_it_right(way: Callable[[], Case]) -> None:
    case = sent(way()).days(30).do(objection(way())).days(20)
    assert case.refused_answer(a.ObjectionAnswer(result=a.ObjectionResult.WELL_FOUNDED)) == "answer_incomplete"
    assert case.refused_answer(UPHELD, case.engine) == "person_needed"
    case.answer(UPHELD)
    _, _, stage = ENDS[way]
    assert (case.m.stage, case.m.outcome, case.m.decision) == (stage, None, None)
    assert case.open, "somebody is asked"
    assert case.last.wake_at is not None
    assert case.readers(Letter.OBJECTION_UPHELD) == {"client", "guide"}
    assert case.readers(Letter.REOPENED) == {"leger-des-heils"}
    assert PersonClaim(person=case.m.referral.person) in case.last.claims


@pytest.mark.parametrize("way", [lapsed, withdrawn_for_fraud, detained], ids=lambda way: way.__name__)
def test_of_an_urgency_is_left_what_was_left_when_it_ended(way: Callable[[], Case]) -> None:
    case = way()
    assert case.m.decision is not None
    ended = case.now
    left = {one.kind: one for one in case.m.decision.clocks}
    sent(case).days(30).do(objection(case)).days(20).answer(UPHELD)
    for kind in (ClockKind.URGENCY, ClockKind.HOUSING_TARGET):
        stood_still = left[kind].suspended_at is not None
        assert case.clock(kind).ends_at == left[kind].ends_at + (timedelta() if stood_still else case.now - ended)


def test_a_place_is_sought_anew_and_the_way_home_goes_on() -> None:
    case = sent(lapsed()).do(objection(lapsed())).answer(UPHELD)
    assert case.m.place is not None
    assert case.m.counted_refusals == 0, "that refusal was no reason to end it"
    case.list().match(2).confirm().accept().request_known().sign().plan_support().keys().start_support()
    case.call_day().call()
    assert case.m.outcome is Outcome.HOUSED_FOLLOW_UP_HELD


def test_who_finds_the_quota_full_waits_for_a_place() -> None:
    case = sent(lapsed()).do(objection(lapsed()))
    case.full = True
    assert case.answer(UPHELD).open == [TaskKind.AWAIT_PLACE]


def test_an_urgency_that_should_have_been_extended_is() -> None:
    case = sent(not_extended()).days(41).do(objection(not_extended())).answer(UPHELD)
    assert case.clock(ClockKind.URGENCY).runs_at(case.now + timedelta(days=180))
    assert case.readers(Letter.URGENCY_EXTENDED) == {"client", "guide"}


def test_who_is_still_away_is_still_away() -> None:
    case = sent(detained()).do(objection(detained())).answer(UPHELD)
    assert case.m.absence is not None
    assert set(case.open) == {TaskKind.REVIEW_ABSENCE, TaskKind.MAKE_OFFER}
    assert case.clock(ClockKind.URGENCY).suspended_at is not None
    case.back().list().match()


def test_at_home_everything_is_asked_again_that_was_asked() -> None:
    case = failed()
    assert case.m.decision is not None
    asked = {task.id: task for task in case.m.decision.tasks}
    ended = case.now
    sent(case).days(10).do(objection(case)).days(10).answer(UPHELD)
    assert {TaskKind.FOLLOW_UP_CALL, TaskKind.REVIEW_SIGNAL} <= set(case.open)
    for task in case.m.tasks:
        if task.id in asked:
            assert task.due == asked[task.id].due + (case.now - ended)


def test_a_second_decision_has_a_letter_and_a_term_of_its_own() -> None:
    case = sent(rejected()).do(objection(rejected())).answer(UPHELD)
    upheld(case.answer(a.AssessmentAnswer(result=a.AssessmentResult.NEGATIVE, note=NOTE)))
    sent(case)
    assert len(case.letters(Letter.REJECTED)) == 2
    assert case.do(objection(case)).open == [TaskKind.DECIDE_OBJECTION]


def test_who_has_another_mediation_by_now_goes_on_in_that_one() -> None:
    case = sent(rejected()).do(objection(rejected()))
    case.do(case.answering(UPHELD), frozenset({PersonClaim(person=case.m.referral.person)}))
    assert (case.m.stage, case.m.outcome) == (Stage.CLOSED, Outcome.REJECTED)
    letter = next(one for one in case.letters(Letter.OBJECTION_UPHELD) if Audience.CLIENT in one.readers)
    assert letter.told is not None
    assert letter.told.meanwhile is Meanwhile.ELSEWHERE
    assert case.last.wake_at is None


# -- what was recorded before ----------------------------------------------------------------------------------


def test_an_end_of_before_objections_were_taken_afterwards_reads_as_it_did() -> None:
    case = rejected()
    old = [
        replace(event, at=None, subject=None) if isinstance(event, e.MediationClosed) else event
        for event in case.events
    ]
    case.events, case.state = old, fold(old)
    assert case.m.stage is Stage.CLOSED
    assert case.m.decision is None
    assert case.refused(objection(case)).rule == "closed"
