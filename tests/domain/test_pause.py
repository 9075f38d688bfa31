"""A paused mediation waits: nothing falls due, no letter goes, and afterwards everything is later by the pause."""

from datetime import UTC, date, datetime, timedelta

import pytest

from domain.facts.absences import AbsenceKind
from domain.facts.calendar import Reckoning
from domain.facts.clocks import ClockKind
from domain.facts.outcome import Outcome, Stage
from domain.facts.parties import Role
from domain.facts.tasks import TaskKind
from domain.facts.value import replace
from domain.messages import answers as a
from domain.messages import commands as c
from domain.messages.effects import Letter, SendLetter
from domain.state import events as e
from domain.state.agenda import agenda
from tests.domain.case import STEPS, Case, actor, along, main_road

KWINTES = actor(Role.CARE_PROVIDER, "kwintes")


@pytest.mark.parametrize("upto", STEPS)
def test_nothing_falls_due_and_everything_is_later_by_the_pause(upto: str) -> None:
    policy = main_road("almere")
    earlier = replace(policy.calendar, reckoning=Reckoning.CLOSING_HOUR)
    case = along(upto=upto, policy=replace(policy, calendar=earlier))
    before = agenda(case.m)
    case.paused()
    review = case.task(TaskKind.REVIEW_PAUSE)
    assert {moment.subject for moment in agenda(case.m)} == {review}
    happened = len(case.events)
    case.days(90).do(c.PassTime(by=case.engine))
    assert {getattr(event, "task", None) for event in case.events[happened:]} == {review.id}
    case.resumed()
    assert [(m.at, m.due) for m in agenda(case.m)] == [(m.at + timedelta(days=90), m.due) for m in before]
    assert case.last.wake_at == before[0].at + timedelta(days=90)


def test_a_pause_moves_no_term_of_the_law_and_its_warning_reaches_the_municipality() -> None:
    case = along(upto="ready").paused().days(52)
    assert case.happened(e.ClockWarned), "a week before 27 July, which is during the pause"
    assert TaskKind.EXTEND_DECISION_TERM in case.open
    assert not case.days(4).happened(e.ClockExpired), "eight weeks from 1 June 2026 end on Monday 27 July"
    case.days(1).resumed()
    term = case.clock(ClockKind.DECISION_TERM)
    assert (term.ends_at, term.expired) == (datetime(2026, 7, 27, 21, 59, 59, tzinfo=UTC), True)


def test_the_urgency_is_longer_by_the_pause_and_valid_to_the_end_of_its_last_day() -> None:
    case = along(upto="positive")
    local = case.policy.calendar.local
    last = local(case.clock(ClockKind.URGENCY).ends_at)
    assert (last.date(), f"{last:%H:%M:%S}") == (date(2026, 12, 1), "23:59:59")
    case.paused().days(20).resumed()
    moved = local(case.clock(ClockKind.URGENCY).ends_at)
    assert (moved.date(), f"{moved:%H:%M:%S}") == (date(2026, 12, 21), "23:59:59")


def test_a_mediation_is_paused_once_and_resumed_once_by_the_municipality() -> None:
    case = along(upto="ready")
    assert case.refused(c.ResumeMediation(by=case.municipality)).rule == "not_paused"
    assert case.refused(c.PauseMediation(by=KWINTES, note="note-0123456789abcdef")).rule == "not_yours"
    case.paused()
    assert case.refused(c.PauseMediation(by=case.municipality, note="note-0123456789abcdef")).rule == "already_paused"
    assert case.refused(c.ResumeMediation(by=KWINTES)).rule == "not_yours"


def test_answers_are_recorded_during_a_pause_and_their_letters_go_afterwards() -> None:
    case = along(upto="match").paused()
    sent = len(case.done(SendLetter))
    case.confirm()
    assert len(case.done(SendLetter)) == sent
    assert TaskKind.ANSWER_OFFER in case.open
    case.days(30).resumed()
    offered = case.letters(Letter.OFFER_MADE)
    assert len(offered) == 1
    assert offered[0].by == case.policy.calendar.today(case.task(TaskKind.ANSWER_OFFER).due)
    assert case.m.held_letters == ()


def test_a_letter_about_what_is_done_meanwhile_is_not_sent() -> None:
    case = along(upto="match").paused().confirm().accept().days(10).resumed()
    assert case.letters(Letter.OFFER_MADE) == []


def test_what_is_asked_during_the_pause_is_later_only_by_the_rest_of_it() -> None:
    case = along(upto="start").paused().days(20).ready()
    due = case.task(TaskKind.ASSESS).due
    case.days(5).resumed()
    assert case.task(TaskKind.ASSESS).due == due + timedelta(days=5)


def test_a_suspended_clock_stands_still_no_longer_than_it_should() -> None:
    case = along(upto="positive")
    ends_at = case.clock(ClockKind.URGENCY).ends_at
    case.away(AbsenceKind.DETENTION).days(10).paused().days(10).resumed().days(10).back()
    assert case.clock(ClockKind.URGENCY).ends_at == ends_at + timedelta(days=30)
    other = along(upto="positive").away(AbsenceKind.DETENTION).days(10).paused().days(10).back().days(10).resumed()
    assert other.clock(ClockKind.URGENCY).ends_at == ends_at + timedelta(days=30)
    third = along(upto="positive").paused().days(10).away(AbsenceKind.DETENTION).days(10).resumed().days(10).back()
    assert third.clock(ClockKind.URGENCY).ends_at == ends_at + timedelta(days=30)
    fourth = along(upto="positive").paused().days(5).away(AbsenceKind.DETENTION).days(5).back().days(5).resumed()
    assert fourth.clock(ClockKind.URGENCY).ends_at == ends_at + timedelta(days=15)


def test_what_ends_during_a_pause_ends() -> None:
    case = along(upto="accept").paused().withdraws()
    assert case.m.outcome is Outcome.WITHDRAWN_BY_CLIENT
    assert case.m.paused_at is None
    assert "client" in case.readers(Letter.STOPPED_AT_REQUEST)
    assert case.refused(c.ResumeMediation(by=case.municipality)).rule == "closed"


def test_a_pause_is_told_in_the_journal() -> None:
    case = Case().start().paused().days(1).resumed()
    told = [x.type for x in case.events[-4:]]
    assert told == ["MediationPaused", "TaskOpened", "TaskCancelled", "MediationResumed"]


def test_the_municipality_is_asked_in_time_whether_a_pause_goes_on_and_reminded_though_letters_wait() -> None:
    case = along(upto="ready").paused()
    first = case.task(TaskKind.REVIEW_PAUSE)
    assert (first.owner, case.last.wake_at) == ("almere", first.reminders[0])
    case.days(31).do(c.PassTime(by=case.engine))
    assert [x.task for x in case.letters(Letter.TASK_REMINDER)] == [first.id]
    assert [x.task for x in case.letters(Letter.TASK_ESCALATED)] == [first.id]
    case.answer(a.PauseReviewAnswer(result="goes_on"))
    assert case.m.model_dump()["paused_at"] is not None
    assert case.task(TaskKind.REVIEW_PAUSE).id != first.id
    case.answer(a.PauseReviewAnswer(result="resumed"))
    assert case.m.paused_at is None
    assert TaskKind.REVIEW_PAUSE not in case.open


def test_a_pause_is_still_reviewed_after_a_step_back() -> None:
    case = along(upto="match").paused()
    case.do(c.StepBack(by=case.municipality, to=Stage.ASSESSMENT, agreed=True, note="note-0123456789abcdef"))
    assert TaskKind.REVIEW_PAUSE in case.open


def test_the_call_is_made_on_its_day_after_a_pause_too() -> None:
    case = along().paused().days(30).resumed().call_day()
    assert case.answer(a.CallAnswer(day_part=a.DayPart.MORNING, reached=True, result=a.CallResult.FINE)).m.outcome
