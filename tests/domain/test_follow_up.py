"""Stage 6: the call three months after the move, and what comes out of it."""

from datetime import date, time, timedelta

import pytest

from domain.facts.calendar import add_months
from domain.facts.outcome import Outcome
from domain.facts.parties import Role
from domain.facts.tasks import TaskKind
from domain.facts.value import replace
from domain.messages import answers as a
from domain.messages.effects import Letter
from domain.policy.policy import Step
from domain.state import events as e
from tests.domain.case import Case, actor, along, assert_all_let_go

TEAM = actor(Role.DISTRICT_TEAM, "wijkteam-west")
KWINTES = actor(Role.CARE_PROVIDER, "kwintes")


def unreachable() -> Case:
    case = along().call_day()
    for day_part in a.DayPart:
        case.no_reply(day_part).days(1)
    return case


def test_the_call_is_due_three_months_after_the_keys_on_a_working_day() -> None:
    case = along()
    assert case.m.lease.handed_over_on is not None
    day = case.policy.calendar.working_day_from(add_months(case.m.lease.handed_over_on, 3))
    assert case.policy.calendar.today(case.task(TaskKind.FOLLOW_UP_CALL).due) == day
    assert case.task(TaskKind.FOLLOW_UP_CALL).owner == "almere"


@pytest.mark.parametrize("city", ["almere", "amersfoort"])
def test_a_call_that_goes_fine_ends_the_mediation(city: str) -> None:
    case = along(city).call_day().call()
    assert_all_let_go(case, Outcome.HOUSED_FOLLOW_UP_HELD)
    assert case.m.call_result is a.CallResult.FINE
    assert case.readers(Letter.HOUSED_FOLLOW_UP_HELD) == {"client", "guide"}
    assert len(case.events) < 80


def test_a_call_is_not_held_long_before_its_day() -> None:
    case = along()
    early = a.CallAnswer(day_part=a.DayPart.MORNING, reached=True, result=a.CallResult.FINE)
    assert case.refused_answer(early) == "call_too_early"
    due = case.task(TaskKind.FOLLOW_UP_CALL).due
    case.until(due - timedelta(days=9))
    assert case.refused_answer(early) == "call_too_early"
    case.until(due - timedelta(days=7)).answer(early)
    assert case.m.outcome is Outcome.HOUSED_FOLLOW_UP_HELD


def test_a_call_has_a_result() -> None:
    case = along().call_day()
    assert case.refused_answer(a.CallAnswer(day_part=a.DayPart.MORNING, reached=True)) == "answer_incomplete"


@pytest.mark.parametrize("result", [a.CallResult.LIGHT_HELP, a.CallResult.ESCALATE])
def test_what_comes_out_of_the_call_is_taken_up_by_the_district_team(result: a.CallResult) -> None:
    case = along().call_day().call(result)
    assert case.task(TaskKind.TAKE_UP_FOLLOW_ON).owner == "wijkteam-west"
    assert case.task(TaskKind.TAKE_UP_FOLLOW_ON).about == result.value
    assert case.m.outcome is None
    case.answer(a.FollowOnAnswer(), TEAM)
    assert_all_let_go(case, Outcome.HOUSED_FOLLOW_UP_HELD)


def test_every_part_of_the_day_is_tried_again_once_all_were() -> None:
    case = along().call_day()
    terms = replace(case.policy.follow_up, attempts=5)
    case.policy = replace(case.policy, follow_up=terms)
    for part in a.DayPart:
        case.no_reply(part)
    case.no_reply(a.DayPart.EVENING).days(1)
    assert case.refused_answer(a.CallAnswer(day_part=a.DayPart.EVENING, reached=False)) == "day_part_tried"
    assert case.no_reply(a.DayPart.MORNING).open == [TaskKind.ASK_GUIDE]


def test_attempts_are_made_on_different_parts_of_the_day() -> None:
    case = along().call_day().no_reply(a.DayPart.MORNING)
    assert case.open == [TaskKind.FOLLOW_UP_CALL]
    again = a.CallAnswer(day_part=a.DayPart.MORNING, reached=False)
    assert case.days(1).refused_answer(again) == "day_part_tried"
    assert case.no_reply(a.DayPart.EVENING).m.call_attempts == (a.DayPart.MORNING, a.DayPart.EVENING)
    assert case.days(1).call().m.outcome is Outcome.HOUSED_FOLLOW_UP_HELD


def tried(part: a.DayPart, on: date | None = None) -> a.CallAnswer:
    return a.CallAnswer(day_part=part, on=on, reached=False)


def test_two_attempts_on_one_day_are_no_two_attempts() -> None:
    case = along().call_day()
    tuesday = case.today
    assert tuesday == date(2026, 9, 15)
    case.until(case.policy.calendar.closing(tuesday)).answer(tried(a.DayPart.MORNING))
    for other in (a.DayPart.AFTERNOON, a.DayPart.EVENING):
        refused = case.refused(case.answering(tried(other)))
        assert (refused.rule, refused.field, refused.day) == ("call_too_soon", "on", date(2026, 9, 16))
        assert case.refused(case.answering(tried(other, tuesday))).rule == "call_too_soon"
    case.on(date(2026, 9, 16)).answer(tried(a.DayPart.AFTERNOON))
    case.no_reply(a.DayPart.EVENING)
    assert case.open == [TaskKind.ASK_GUIDE]
    assert case.m.call_days == (tuesday, date(2026, 9, 16), date(2026, 9, 17))


def test_a_city_may_count_more_attempts_of_one_day_each_in_its_own_part() -> None:
    case = along().call_day()
    case.policy = replace(case.policy, follow_up=replace(case.policy.follow_up, attempts=4, attempts_a_day=3))
    noon = case.policy.calendar.at(case.today, time(14))
    case.until(noon).answer(tried(a.DayPart.MORNING)).answer(tried(a.DayPart.AFTERNOON))
    assert case.refused_answer(tried(a.DayPart.EVENING)) == "call_to_come", "it is two o'clock"
    case.until(case.policy.calendar.closing(case.today)).answer(tried(a.DayPart.EVENING))
    refused = case.refused(case.answering(tried(a.DayPart.MORNING)))
    assert (refused.rule, refused.day) == ("call_too_soon", date(2026, 9, 16))


def test_nobody_who_is_not_reached_on_a_day_off_was_tried() -> None:
    case = along().call_day()
    case.policy = replace(case.policy, calendar=replace(case.policy.calendar, closing_days=(date(2026, 9, 16),)))
    for day_off, next_day in ((date(2026, 9, 16), 17), (date(2026, 9, 19), 21), (date(2026, 9, 20), 21)):
        case.on(day_off)
        refused = case.refused(case.answering(tried(a.DayPart.MORNING)))
        assert (refused.rule, refused.day) == ("call_on_day_off", date(2026, 9, next_day))
    case.on(date(2026, 9, 20)).call()
    assert case.m.outcome is Outcome.HOUSED_FOLLOW_UP_HELD, "who is reached on a Sunday was called"


def test_an_attempt_on_christmas_day_does_not_count() -> None:
    case = along().days(60)
    case.state = replace(case.m, lease=replace(case.m.lease, handed_over_on=date(2026, 9, 25)))
    case.now = case.policy.calendar.at(date(2026, 12, 25), time(14))
    refused = case.refused(case.answering(tried(a.DayPart.MORNING)))
    assert (refused.rule, refused.day) == ("call_on_day_off", date(2026, 12, 28)), "after Boxing Day and Sunday"


def test_an_attempt_may_be_noted_later_with_its_own_day() -> None:
    case = along().call_day()
    day = case.today
    case.on(date(2026, 9, 17)).answer(tried(a.DayPart.EVENING, day)).answer(tried(a.DayPart.MORNING, date(2026, 9, 16)))
    assert case.m.call_days == (day, date(2026, 9, 16))
    assert case.refused_answer(tried(a.DayPart.AFTERNOON, date(2026, 9, 18))) == "done_in_future"
    assert case.refused_answer(tried(a.DayPart.AFTERNOON, date(2026, 9, 7))) == "call_too_early"


def test_who_is_to_be_called_again_is_not_called_more_often_on_one_day() -> None:
    case = unreachable()
    case.until(case.policy.calendar.closing(case.m.call_days[-1])).answer(a.GuideAnswer(in_contact=True), KWINTES)
    assert case.m.call_attempts == ()
    assert case.refused_answer(tried(a.DayPart.MORNING, case.m.call_days[-1])) == "call_too_soon"


def test_nobody_is_reminded_of_the_call_before_a_day_on_which_it_can_be_tried() -> None:
    case = along()
    ladder = replace(case.policy.tasks[TaskKind.FOLLOW_UP_CALL], remind=(Step.model_validate("-4 working days"),))
    case.policy = replace(case.policy, tasks={**case.policy.tasks, TaskKind.FOLLOW_UP_CALL: ladder})
    calendar, tuesday = case.policy.calendar, date(2026, 9, 15)
    case.until(calendar.at(tuesday, time(8))).answer(tried(a.DayPart.MORNING))
    assert case.task(TaskKind.FOLLOW_UP_CALL).reminders == (calendar.opening(date(2026, 9, 16)),)


def test_a_policy_of_before_attempts_were_spread_means_what_it_meant() -> None:
    case = along().call_day()
    case.policy = replace(case.policy, follow_up=replace(case.policy.follow_up, attempts_a_day=None))
    for part in a.DayPart:
        case.answer(tried(part))
    assert case.open == [TaskKind.ASK_GUIDE]
    assert [event.on for event in case.happened(e.CallAttempted)] == [None] * 3


def test_after_three_attempts_the_guide_is_asked() -> None:
    case = unreachable()
    assert case.open == [TaskKind.ASK_GUIDE]
    assert case.task(TaskKind.ASK_GUIDE).owner == "kwintes"
    assert len(case.happened(e.CallAttempted)) == 3


def test_a_guide_in_contact_has_the_client_called_again() -> None:
    case = unreachable().answer(a.GuideAnswer(in_contact=True), KWINTES)
    assert case.open == [TaskKind.FOLLOW_UP_CALL]
    assert case.call().m.outcome is Outcome.HOUSED_FOLLOW_UP_HELD


def test_only_a_person_signs_off_an_unreachable_client_with_a_reason() -> None:
    case = unreachable().answer(a.GuideAnswer(in_contact=False), KWINTES)
    assert case.open == [TaskKind.SIGN_OFF_UNREACHABLE]
    assert case.task(TaskKind.SIGN_OFF_UNREACHABLE).owner == "almere"
    assert case.refused_answer(a.SignOffAnswer(close=True)) == "answer_incomplete"
    case.answer(a.SignOffAnswer(close=True, note="note-0123456789abcdef"))
    assert_all_let_go(case, Outcome.HOUSED_UNREACHABLE)


def test_an_owner_who_does_not_sign_off_has_the_client_called_again() -> None:
    case = unreachable().answer(a.GuideAnswer(in_contact=False)).answer(a.SignOffAnswer(close=False))
    assert case.open == [TaskKind.FOLLOW_UP_CALL]
    assert case.m.call_attempts == ()
