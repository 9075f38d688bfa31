"""Stage 7, where the policy has it: a lease in the client's own name, a year or two after the move."""

from datetime import timedelta

import pytest

from domain.facts.calendar import add_months
from domain.facts.outcome import Outcome, Stage
from domain.facts.parties import Role
from domain.facts.signals import SignalKind
from domain.facts.tasks import TaskKind
from domain.messages import answers as a
from domain.messages import commands as c
from domain.messages.effects import Letter
from domain.policy.policy import LeaseForm
from domain.state import events as e
from tests.domain.case import NOTE, Case, actor, along, assert_all_let_go, policy_of

YMERE = actor(Role.CORPORATION, "ymere")


def called(form: LeaseForm = LeaseForm.CONVERSION) -> Case:
    case = along(upto="request_known", policy=policy_of("almere")).sign(form).plan_support().keys().start_support()
    return case.call_day().call()


@pytest.mark.parametrize(("form", "months"), [(LeaseForm.CONVERSION, 12), (LeaseForm.TRIPARTITE, 24)])
def test_after_the_call_the_lease_is_looked_at_on_the_day_the_policy_gives(form: LeaseForm, months: int) -> None:
    case = called(form)
    keys = case.m.lease.handed_over_on
    assert keys is not None
    task = case.task(TaskKind.DECIDE_CONVERSION)
    assert task.owner == "ymere"
    assert case.policy.calendar.today(task.due) == case.policy.calendar.working_day_from(add_months(keys, months))
    assert case.m.stage is Stage.CONVERSION
    assert case.m.concluded is Outcome.HOUSED_FOLLOW_UP_HELD


def test_a_year_of_waiting_is_a_handful_of_events() -> None:
    case = called()
    for kind in (TaskKind.COMPLETE_LANDING, TaskKind.AGREE_PLAN, TaskKind.HOLD_TALK):
        case.do(c.AnswerTask(by=case.municipality, task=case.task(kind).id, answer=first_weeks(case, kind)))
    before = len(case.events)
    case.until(case.task(TaskKind.DECIDE_CONVERSION).due - timedelta(minutes=1))
    assert len(case.events) - before <= 3


def first_weeks(case: Case, kind: TaskKind) -> a.TaskAnswer:
    match kind:
        case TaskKind.COMPLETE_LANDING:
            return a.LandingAnswer(in_place=case.policy.support.soft_landing)
        case TaskKind.AGREE_PLAN:
            return a.PlanAnswer(agreed_on=case.today)
        case _:
            return a.TalkAnswer(held_on=case.today)


def test_a_converted_lease_closes_with_the_outcome_of_the_call() -> None:
    case = called().days(300)
    assert case.refused_answer(a.ConversionAnswer(result="converted")) == "answer_incomplete"
    case.answer(a.ConversionAnswer(result="converted", on=case.today), YMERE)
    assert case.m.lease.converted_on == case.today
    assert case.readers(Letter.LEASE_CONVERTED) == {"client", "guide"}
    assert_all_let_go(case, Outcome.HOUSED_FOLLOW_UP_HELD)


def test_an_extension_looks_again_after_the_policys_term() -> None:
    case = called().days(300)
    case.answer(a.ConversionAnswer(result="extended"), YMERE)
    calendar = case.policy.calendar
    day = calendar.working_day_from(add_months(case.today, 6))
    assert calendar.today(case.task(TaskKind.DECIDE_CONVERSION).due) == day
    assert case.m.outcome is None


def test_what_is_settled_outside_needs_reasons_and_ends_no_lease() -> None:
    case = called()
    assert case.refused_answer(a.ConversionAnswer(result="ended_outside")) == "answer_incomplete"
    case.answer(a.ConversionAnswer(result="ended_outside", note=NOTE))
    assert case.m.lease.handed_over_on is not None
    assert_all_let_go(case, Outcome.HOUSED_FOLLOW_UP_HELD)


def test_an_unreached_client_keeps_that_outcome_through_the_conversion() -> None:
    case = along(policy=policy_of("almere")).call_day()
    for day_part in a.DayPart:
        case.no_reply(day_part).days(1)
    case.answer(a.GuideAnswer(in_contact=False)).answer(a.SignOffAnswer(close=True, note=NOTE))
    case.answer(a.ConversionAnswer(result="converted", on=case.today))
    assert_all_let_go(case, Outcome.HOUSED_UNREACHABLE)


def test_a_signal_keeps_a_converted_mediation_open_until_it_has_calmed() -> None:
    case = called().signals(SignalKind.WORRY)
    case.answer(a.ConversionAnswer(result="converted", on=case.today))
    assert case.m.outcome is None
    assert case.answer(a.ClientContactAnswer(result="calmed")).m.outcome is Outcome.HOUSED_FOLLOW_UP_HELD


def test_a_signal_that_calms_does_not_close_before_the_conversion() -> None:
    case = called().signals(SignalKind.WORRY).answer(a.ClientContactAnswer(result="calmed"))
    assert case.m.outcome is None
    assert case.m.stage is Stage.CONVERSION


def test_the_landlords_duties_go_over_to_the_corporation_with_the_lease() -> None:
    case = called().signals(SignalKind.WORRY)
    case.answer(a.ConversionAnswer(result="converted", on=case.today)).signals(SignalKind.ARREARS)
    assert case.task(TaskKind.REMIND_ARREARS).owner == "ymere"


def test_who_withdraws_after_the_call_was_housed_and_called_all_the_same() -> None:
    assert called().withdraws().m.outcome is Outcome.HOUSED_FOLLOW_UP_HELD


def test_a_lease_that_needs_no_conversion_closes_after_the_call() -> None:
    case = along("amersfoort").call_day().call()
    assert not case.happened(e.FollowUpConcluded)
    assert_all_let_go(case, Outcome.HOUSED_FOLLOW_UP_HELD)
