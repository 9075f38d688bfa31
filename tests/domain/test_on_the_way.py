"""Decisions against the client on the way: each has a ground, reasons, a letter and a term to object.

Expected days are counted by hand from Awb 6:7 and 6:8: six weeks from the day after the letter was sent.
"""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest

from domain.facts.absences import AbsenceKind
from domain.facts.clocks import ClockKind
from domain.facts.outcome import Outcome, Stage
from domain.facts.parties import Role
from domain.facts.tasks import TaskKind
from domain.facts.value import replace
from domain.messages import answers as a
from domain.messages import commands as c
from domain.messages.effects import Audience, Letter, SendLetter
from domain.state import events as e
from domain.state.decision import EarlierDecision
from domain.state.mediation import OfferState
from tests.domain.case import NOTE, Case, actor, along

INSTITUTION = actor(Role.INSTITUTION, "leger-des-heils")
MONDAY = datetime(2026, 3, 9, 8, tzinfo=UTC)
RIGHT = a.ObjectionAnswer(result=a.ObjectionResult.WELL_FOUNDED, note=NOTE)
DISMISSED = a.ObjectionAnswer(result=a.ObjectionResult.DISMISSED, hearing="waived", note=NOTE)
CONDITIONAL = a.AssessmentAnswer(
    result=a.AssessmentResult.CONDITIONAL,
    support=a.SupportProduct.REGULAR,
    conditions=(a.UrgencyCondition.BUDGET_MANAGEMENT,),
    reasons=(a.DecisionReason.MONEY,),
    note=NOTE,
)


def conditional() -> Case:
    return Case(now=MONDAY).start().ready().answer(CONDITIONAL)


def counted() -> Case:
    return along(upto="confirm").refuse().judged(valid=False)


def not_extended() -> Case:
    """At the first warning it is decided not to extend the urgency."""
    case = along(upto="positive").list()
    case.until(case.clock(ClockKind.URGENCY).warnings[0])
    case.answer(a.UrgencyAnswer(extend=False, note=NOTE))
    return case.answer(case.hearing(a.HearingResult.STANDS))


WAYS: dict[Callable[[], Case], tuple[c.Disputed, Letter]] = {
    conditional: (c.Disputed.URGENCY_CONDITIONS, Letter.URGENCY_WITH_CONDITIONS),
    counted: (c.Disputed.REFUSAL_JUDGED, Letter.REFUSAL_COUNTED),
    not_extended: (c.Disputed.NOT_EXTENDED, Letter.URGENCY_ENDED),
}
each_way = pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)


def the_letter(case: Case) -> SendLetter:
    return next(one for one in reversed(case.letters()) if one.told and one.told.decision)


def sent(case: Case) -> Case:
    return case.do(c.LearnLetterSent(by=case.engine, letter=the_letter(case), on=case.today))


def decision(case: Case) -> EarlierDecision:
    return case.m.decisions[-1]


def objection(against: c.Disputed, **facts: object) -> c.FileObjection:
    return c.FileObjection.model_validate({"by": INSTITUTION, "against": against, "note": NOTE, **facts})


# -- the decision and its letter ---------------------------------------------------------------------------------


@each_way
def test_each_has_a_ground_reasons_and_a_letter(way: Callable[[], Case]) -> None:
    case = way()
    subject, letter = WAYS[way]
    taken = case.happened(e.DecisionTaken)[-1]
    assert (taken.subject, taken.on, taken.note) == (subject, case.today, NOTE)
    assert taken.ground
    told = the_letter(case).told
    assert told is not None
    assert (the_letter(case).letter, the_letter(case).readers) == (letter, (Audience.CLIENT,))
    assert (told.decision, told.decided_on, told.note) == (taken.decision, case.today, NOTE)
    assert told.ground == taken.ground
    assert told.until == case.policy.calendar.today(case.clock(ClockKind.URGENCY).ends_at)
    assert case.m.stage is not Stage.CLOSED


def test_conditions_need_a_reason_in_own_words() -> None:
    case = Case(now=MONDAY).start().ready()
    refused = case.refused(case.answering(replace(CONDITIONAL, note=None)))
    assert (refused.rule, refused.field) == ("answer_incomplete", "note")


def test_a_grant_without_conditions_and_a_valid_refusal_are_no_decision_against_the_client() -> None:
    case = along(upto="confirm").refuse().judged(valid=True)
    assert case.m.decisions == ()


def test_the_term_runs_from_the_sending() -> None:
    """Sent on Monday 9 March 2026: until Monday 20 April, the 42nd day after it."""
    case = conditional()
    assert decision(case).last_day is None
    sent(case)
    assert decision(case).last_day == date(2026, 4, 20)
    guide = case.letters(Letter.DECISION_SENT)[-1].told
    assert guide is not None
    assert guide.last_day == date(2026, 4, 20)


# -- the objection -----------------------------------------------------------------------------------------------


@each_way
def test_one_may_object_from_the_decision_on_and_after_its_last_day_one_is_late(way: Callable[[], Case]) -> None:
    subject, _ = WAYS[way]
    case = way().do(objection(subject))
    assert case.happened(e.ObjectionFiled)[-1].decision == decision(case).id
    late = sent(way())
    last = decision(late).last_day
    assert last is not None
    late.on(last + timedelta(days=1)).do(objection(subject))
    refused = late.refused(late.answering(DISMISSED))
    assert (refused.rule, refused.day) == ("objection_too_late", last)
    in_time = sent(way()).on(last + timedelta(days=1)).do(objection(subject, made_on=last))
    in_time.answer(DISMISSED)


def ended_since(case: Case) -> Case:
    """The mediation ends by a decision that has nothing to do with the conditions of the urgency."""
    case.away(AbsenceKind.DETENTION).answer(a.AbsenceReviewAnswer(result="end", note=NOTE))
    return case.answer(case.hearing(a.HearingResult.STANDS))


def reopened(case: Case) -> Case:
    return case.do(objection(c.Disputed.END)).answer(RIGHT)


def test_a_decision_of_before_the_end_is_objected_to_again_when_the_end_is_undone() -> None:
    """Its letter left after the end, on Monday 9 March 2026: until Monday 20 April."""
    case = ended_since(conditional())
    assert case.m.outcome is Outcome.DETAINED
    conditions = objection(c.Disputed.URGENCY_CONDITIONS)
    assert case.refused(conditions).rule == "object_to_end"
    told = len(case.letters(Letter.DECISION_SENT))
    sent(case)
    assert (decision(case).sent_on, decision(case).last_day) == (date(2026, 3, 9), date(2026, 4, 20))
    assert len(case.letters(Letter.DECISION_SENT)) == told, "nobody is told to object to what one cannot object to now"
    reopened(case)
    assert case.m.urgency_conditions == CONDITIONAL.conditions
    case.do(conditions).answer(RIGHT)
    assert case.m.urgency_conditions == ()
    assert decision(case).undone


def test_who_could_not_object_in_time_because_of_the_end_is_excused_after_it_is_undone() -> None:
    case = ended_since(sent(conditional())).do(objection(c.Disputed.END)).on(date(2026, 5, 11)).answer(RIGHT)
    late = objection(c.Disputed.URGENCY_CONDITIONS, by=case.municipality)
    case.on(date(2026, 5, 25)).do(replace(late, excused=True)).answer(DISMISSED)
    assert [one.result for one in case.happened(e.ObjectionDecided)] == [
        a.ObjectionResult.WELL_FOUNDED,
        DISMISSED.result,
    ]


def test_what_was_objected_to_or_put_right_stays_so_when_the_end_is_undone() -> None:
    decided = ended_since(conditional().do(objection(c.Disputed.URGENCY_CONDITIONS)).answer(DISMISSED))
    assert reopened(decided).refused(objection(c.Disputed.URGENCY_CONDITIONS)).rule == "objection_decided"
    beside = ended_since(conditional().do(objection(c.Disputed.URGENCY_CONDITIONS))).answer(DISMISSED)
    assert reopened(beside).refused(objection(c.Disputed.URGENCY_CONDITIONS)).rule == "objection_decided"
    lapsed = along("amersfoort", "confirm").refuse().judged(valid=False).list().match(2).confirm().refuse()
    lapsed.judged(valid=False).answer(lapsed.hearing(a.HearingResult.STANDS))
    assert [one.offer for one in reopened(lapsed).m.decisions if not one.over] == [1]


def test_a_decision_on_the_way_was_not_posted_before_it_was_taken() -> None:
    case = conditional()
    case.do(c.ReportUndelivered(by=case.engine, effect=the_letter(case), code="no_address"))
    before = case.refused(case.answering(a.DeliveryAnswer(way="done_by_hand", on=date(2026, 3, 8))))
    assert (before.rule, before.day) == ("done_before_decision", date(2026, 3, 9))
    case.days(3).answer(a.DeliveryAnswer(way="done_by_hand", on=date(2026, 3, 9)))
    assert decision(case).last_day == date(2026, 4, 20)


def test_after_the_term_one_is_late_and_may_object_once() -> None:
    case = sent(conditional()).on(date(2026, 5, 6))
    assert [one.decision for one in case.happened(e.ObjectionTermEnded)] == [decision(case).id]
    late = objection(c.Disputed.URGENCY_CONDITIONS, by=case.municipality, excused=True)
    assert case.do(late).answer(DISMISSED).refused(late).rule == "objection_decided"


def test_an_objection_names_a_decision_that_there_is() -> None:
    case = conditional()
    unknown = case.refused(objection(c.Disputed.URGENCY_CONDITIONS, decision="urgency_conditions-2"))
    assert (unknown.rule, unknown.field) == ("nothing_disputed", "decision")
    case.do(objection(c.Disputed.URGENCY_CONDITIONS, decision=decision(case).id))


def test_it_is_decided_on_within_six_weeks_of_the_last_day_to_object() -> None:
    """Awb 7:10: sent on 9 March 2026, so the last day to object is 20 April, and to decide Monday 1 June."""
    case = conditional().do(objection(c.Disputed.URGENCY_CONDITIONS))
    case.now += timedelta(hours=1)
    sent(case)
    assert case.policy.calendar.today(case.task(TaskKind.DECIDE_OBJECTION).due) == date(2026, 6, 1)


def test_what_is_no_decision_only_the_municipality_notes() -> None:
    case = conditional()
    assert case.refused(objection(c.Disputed.OTHER)).rule == "nothing_disputed"
    case.do(objection(c.Disputed.OTHER, by=case.municipality))


@each_way
def test_what_was_objected_to_once_is_decided(way: Callable[[], Case]) -> None:
    subject, _ = WAYS[way]
    case = way().do(objection(subject)).answer(DISMISSED)
    assert case.refused(objection(subject)).rule == "objection_decided"


def test_a_refusal_that_is_put_right_is_the_one_that_was_objected_to() -> None:
    case = counted().do(objection(c.Disputed.REFUSAL_JUDGED)).answer(RIGHT)
    assert [one.state for one in case.m.offers] == [OfferState.REFUSED_VALID]
    assert case.m.outcome is None
    assert not case.m.open_of(TaskKind.HEAR_CLIENT), "no lapse"


def test_an_objection_is_possible_after_an_end_that_was_no_decision() -> None:
    case = sent(conditional()).withdraws()
    assert case.m.stage is Stage.CLOSED
    case.do(objection(c.Disputed.URGENCY_CONDITIONS)).answer(RIGHT)
    assert case.m.urgency_conditions == ()
    assert case.m.outcome is Outcome.WITHDRAWN_BY_CLIENT


def test_an_objection_that_is_open_at_the_end_is_still_decided() -> None:
    case = conditional().do(objection(c.Disputed.URGENCY_CONDITIONS))
    due = case.task(TaskKind.DECIDE_OBJECTION).due
    case.withdraws()
    assert case.open == [TaskKind.DECIDE_OBJECTION]
    assert case.task(TaskKind.DECIDE_OBJECTION).due == due
    case.answer(RIGHT)
    assert (case.open, case.m.outcome) == ([], Outcome.WITHDRAWN_BY_CLIENT)


# -- an urgency ends on its day ----------------------------------------------------------------------------------


def test_the_search_goes_on_until_the_day() -> None:
    case = not_extended()
    assert (case.m.stage, case.m.outcome) == (Stage.OFFER, None)
    end = case.clock(ClockKind.URGENCY).ends_at
    assert end - case.now > timedelta(days=30)
    case.until(end - timedelta(minutes=30)).list().match()
    assert case.offer.state is OfferState.PREPARED


def test_it_ends_on_its_day_and_every_report_counts_it_from_the_same_event() -> None:
    case = not_extended()
    last = case.policy.calendar.today(case.clock(ClockKind.URGENCY).ends_at)
    end = case.clock(ClockKind.URGENCY).ends_at
    case.until(end - timedelta(seconds=1))
    assert not case.happened(e.MediationClosed)
    case.on(last + timedelta(days=1))
    assert case.m.outcome is Outcome.URGENCY_EXPIRED
    expired = [one for one in case.happened(e.ClockExpired) if one.clock is ClockKind.URGENCY]
    closed = case.happened(e.MediationClosed)
    assert (len(expired), len(closed)) == (1, 1)
    assert (closed[0].at, closed[0].note) == (end, NOTE)
    assert case.readers(Letter.URGENCY_OVER) == {"client", "guide"}
    assert len(case.letters(Letter.URGENCY_ENDED)) == 1, "the decision is told once"


def test_nobody_is_asked_again_about_an_urgency_that_is_not_extended() -> None:
    case = not_extended()
    case.until(case.clock(ClockKind.URGENCY).ends_at - timedelta(days=1))
    assert TaskKind.EXTEND_URGENCY not in case.open


def test_who_was_offered_a_home_in_time_may_have_it_after_the_day() -> None:
    case = not_extended()
    case.until(case.clock(ClockKind.URGENCY).ends_at - timedelta(hours=1)).list().match()
    case.days(2)
    assert (case.m.outcome, case.clock(ClockKind.URGENCY).expired) == (None, True)
    case.confirm().accept()
    assert case.m.stage is Stage.ACCEPTANCE


def test_when_that_falls_through_the_urgency_is_over() -> None:
    case = not_extended()
    case.until(case.clock(ClockKind.URGENCY).ends_at - timedelta(hours=1)).list().match()
    case.days(2).answer(a.ConfirmationAnswer(declined=a.CorporationDecline.UNAVAILABLE))
    assert case.m.outcome is Outcome.URGENCY_EXPIRED


def test_an_objection_that_is_right_before_the_day_extends_the_urgency() -> None:
    case = not_extended()
    end = case.clock(ClockKind.URGENCY).ends_at
    case.do(objection(c.Disputed.NOT_EXTENDED)).answer(RIGHT)
    assert case.clock(ClockKind.URGENCY).ends_at > end
    assert case.m.decided_on(c.Disputed.NOT_EXTENDED) is None
    case.until(end + timedelta(days=1))
    assert case.m.outcome is None


def test_while_an_objection_suspends_it_does_not_end() -> None:
    case = not_extended()
    case.do(objection(c.Disputed.NOT_EXTENDED, by=case.municipality, suspends=True))
    case.until(case.clock(ClockKind.URGENCY).ends_at + timedelta(days=1))
    assert case.m.outcome is None
    case.answer(DISMISSED)
    assert case.m.outcome is Outcome.URGENCY_EXPIRED


def test_an_objection_that_is_right_after_the_day_opens_it_again() -> None:
    case = not_extended()
    case.until(case.clock(ClockKind.URGENCY).ends_at - timedelta(days=2))
    sent(case).do(objection(c.Disputed.NOT_EXTENDED)).days(3)
    assert (case.happened(e.MediationClosed)[-1].outcome, case.open) == (
        Outcome.URGENCY_EXPIRED,
        [TaskKind.DECIDE_OBJECTION],
    )
    case.answer(RIGHT)
    assert (case.m.stage, case.m.outcome) == (Stage.OFFER, None)
    assert case.clock(ClockKind.URGENCY).runs_at(case.now)


def test_the_term_of_an_end_on_its_day_is_that_of_the_decision() -> None:
    case = not_extended()
    case.until(case.clock(ClockKind.URGENCY).ends_at - timedelta(days=2))
    sent(case)
    last = decision(case).last_day
    case.days(3)
    assert case.m.decision is not None
    assert case.m.decision.last_day == last
    case.do(objection(c.Disputed.END)).answer(RIGHT)
    assert case.m.outcome is None
