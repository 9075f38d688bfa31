"""Stage 6: the call three months after the move, and what comes out of it."""

from datetime import timedelta

import pytest

from domain.facts.calendar import add_months
from domain.facts.outcome import Outcome
from domain.facts.parties import Role
from domain.facts.tasks import TaskKind
from domain.facts.value import replace
from domain.messages import answers as a
from domain.messages.effects import Letter
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
    assert "client" in case.readers(Letter.CLOSED)
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
    case.no_reply(a.DayPart.EVENING)
    assert case.refused_answer(a.CallAnswer(day_part=a.DayPart.EVENING, reached=False)) == "day_part_tried"
    assert case.no_reply(a.DayPart.MORNING).open == [TaskKind.ASK_GUIDE]


def test_attempts_are_made_on_different_parts_of_the_day() -> None:
    case = along().call_day().no_reply(a.DayPart.MORNING)
    assert case.open == [TaskKind.FOLLOW_UP_CALL]
    again = a.CallAnswer(day_part=a.DayPart.MORNING, reached=False)
    assert case.refused_answer(again) == "day_part_tried"
    assert case.no_reply(a.DayPart.EVENING).m.call_attempts == (a.DayPart.MORNING, a.DayPart.EVENING)
    assert case.days(1).call().m.outcome is Outcome.HOUSED_FOLLOW_UP_HELD


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
