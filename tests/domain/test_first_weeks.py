"""The first weeks at home: the soft landing, the support plan and the corporation's talk."""

from datetime import timedelta

import pytest

from domain.facts.landing import LifeArea, SoftLanding
from domain.facts.outcome import Stage
from domain.facts.parties import Role
from domain.facts.tasks import TaskKind
from domain.messages import answers as a
from domain.messages.effects import Letter
from domain.state import events as e
from tests.domain.case import NOTE, Case, actor, along, policy_of

KWINTES = actor(Role.CARE_PROVIDER, "kwintes")
YMERE = actor(Role.CORPORATION, "ymere")
ALMERE = policy_of("almere")


def at_home(**answer: object) -> Case:
    case = along(upto="keys", policy=ALMERE)
    given = {"started_on": case.today, "in_place": tuple(SoftLanding), **answer}
    return case.answer(a.StartAnswer.model_validate(given), KWINTES)


def test_plan_and_talk_run_beside_the_wait_for_the_call() -> None:
    case = at_home()
    assert case.open == [TaskKind.FOLLOW_UP_CALL, TaskKind.AGREE_PLAN, TaskKind.HOLD_TALK]
    assert case.task(TaskKind.AGREE_PLAN).owner == "kwintes"
    assert case.task(TaskKind.HOLD_TALK).owner == "ymere"
    assert case.m.stage is Stage.FOLLOW_UP
    assert {"client", "guide"} <= case.readers(Letter.PLAN_ASKED) & case.readers(Letter.TALK_PLANNED)


def test_plan_and_talk_are_due_a_month_and_six_weeks_after_the_keys() -> None:
    case = at_home()
    keys, calendar = case.m.lease.handed_over_on, case.policy.calendar
    assert keys is not None
    month = calendar.working_day_from(keys.replace(month=keys.month + 1))
    assert calendar.today(case.task(TaskKind.AGREE_PLAN).due) == month
    assert calendar.today(case.task(TaskKind.HOLD_TALK).due) == calendar.working_day_from(keys + timedelta(weeks=6))


def test_when_support_starts_late_there_is_still_time_for_a_plan() -> None:
    case = along(upto="keys", policy=ALMERE).days(60)
    case.answer(a.BridgeAnswer(way="more_time")).answer(a.StartAnswer(started_on=case.today))
    assert case.task(TaskKind.AGREE_PLAN).due > case.now + timedelta(days=4)


def test_what_the_landing_lacks_is_asked_until_it_is_there() -> None:
    case = at_home(in_place=(SoftLanding.HOME_READY,))
    assert case.task(TaskKind.COMPLETE_LANDING).about == "day_activity,guidance"
    case.answer(a.LandingAnswer(in_place=(SoftLanding.GUIDANCE,)), KWINTES)
    assert case.task(TaskKind.COMPLETE_LANDING).about == "day_activity"
    case.answer(a.LandingAnswer(in_place=(SoftLanding.DAY_ACTIVITY,)), KWINTES)
    assert TaskKind.COMPLETE_LANDING not in case.open
    assert case.m.support is not None
    assert case.m.support.lacking == ()


def test_a_first_contact_that_tells_nothing_of_the_landing_has_it_asked() -> None:
    case = at_home(in_place=None)
    assert case.task(TaskKind.COMPLETE_LANDING).about == "home_ready,day_activity,guidance"


def test_the_plan_names_areas_of_life_and_no_day_to_come() -> None:
    case = at_home()
    tomorrow = case.today + timedelta(days=1)
    assert case.refused_answer(a.PlanAnswer(agreed_on=tomorrow)) == "plan_in_future"
    assert case.refused_answer(a.TalkAnswer(held_on=tomorrow)) == "talk_in_future"
    case.answer(a.PlanAnswer(agreed_on=case.today, goals=(LifeArea.MONEY,)), KWINTES)
    assert case.happened(e.PlanAgreed)[0].goals == (LifeArea.MONEY,)


def test_worries_in_the_talk_have_the_provider_get_in_touch() -> None:
    case = at_home().answer(a.TalkAnswer(held_on=at_home().today, worries=True, note=NOTE), YMERE)
    assert case.task(TaskKind.CONTACT_CLIENT).about == "worry-1"
    assert case.m.signals[0].reported_by == "ymere"


def test_a_plan_that_does_not_come_is_reminded_and_escalated_a_week_after_it_was_due() -> None:
    case = at_home()
    due = case.task(TaskKind.AGREE_PLAN).due
    case.until(due - timedelta(hours=1))
    assert case.task(TaskKind.AGREE_PLAN).reminded == 1
    case.until(due + timedelta(days=6))
    assert case.task(TaskKind.AGREE_PLAN).escalated == 0
    assert case.until(due + timedelta(days=8)).task(TaskKind.AGREE_PLAN).escalated == 1


def test_a_city_that_has_not_agreed_on_plan_or_talk_asks_for_neither() -> None:
    case = along(policy=policy_of("amersfoort"))
    assert case.open == [TaskKind.FOLLOW_UP_CALL, TaskKind.COMPLETE_LANDING]


@pytest.mark.parametrize("answer", [a.PlanAnswer(agreed_on=at_home().today), a.TalkAnswer(held_on=at_home().today)])
def test_plan_and_talk_do_not_hold_up_the_call(answer: a.TaskAnswer) -> None:
    case = at_home().answer(answer).call_day().call()
    assert case.m.call_result is a.CallResult.FINE
