"""Stage 7, where the policy has it: a lease in the client's own name, a year or two after the move."""

from datetime import timedelta

import pytest

from domain.facts.calendar import add_months
from domain.facts.outcome import Outcome, Stage
from domain.facts.parties import SYSTEM, Role, Whose
from domain.facts.rules import RuleName
from domain.facts.signals import SignalKind
from domain.facts.tasks import TaskKind
from domain.facts.value import replace
from domain.messages import answers as a
from domain.messages import commands as c
from domain.messages.effects import Letter
from domain.policy.policy import Ladder, LeaseForm
from domain.state import events as e
from tests.domain.case import NOTE, Case, actor, along, assert_all_let_go, checking, policy_of

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


def advised(answer: a.ConversionAnswer | None = None, owner: Whose | None = None) -> Case:
    """It was advised on the lease in a city where the municipality checks that."""
    policy = checking() if owner is None else replace(checking(), owners={TaskKind.CHECK_CONVERSION: owner})
    case = along(upto="request_known", policy=policy).sign(LeaseForm.CONVERSION).plan_support().keys().start_support()
    case.call_day().call().days(300)
    return case.answer(answer or a.ConversionAnswer(result="converted", on=case.today + timedelta(weeks=3)), YMERE)


def test_where_it_is_checked_the_landlord_advises_and_nothing_changes_yet() -> None:
    case = advised()
    assert case.m.lease.converted_on is None
    assert case.m.lease.advised_on == case.today + timedelta(weeks=3)
    task = case.task(TaskKind.CHECK_CONVERSION)
    assert (task.owner, task.due) == ("almere", case.policy.calendar.deadline(case.now, ladder(case).due))
    assert not case.readers(Letter.LEASE_CONVERTED)
    assert (case.m.stage, case.m.outcome) == (Stage.CONVERSION, None)


def ladder(case: Case) -> Ladder:
    return case.policy.tasks[TaskKind.CHECK_CONVERSION]


def test_a_desk_checks_it_where_the_policy_says_so() -> None:
    assert advised(owner=Whose.DESK).task(TaskKind.CHECK_CONVERSION).owner_role is Role.DESK


def test_only_a_person_of_the_municipality_checks_it() -> None:
    agreed = a.ConversionCheckAnswer(result="agreed", on=advised().today)
    assert advised().refused_answer(agreed, YMERE) is RuleName.NOT_YOURS
    assert advised().refused_answer(agreed, actor(Role.COORDINATOR, "almere", SYSTEM)) is RuleName.PERSON_NEEDED


def test_what_the_municipality_agrees_with_comes_about_and_the_landlord_hears_of_it() -> None:
    case = advised()
    on = case.today + timedelta(weeks=3)
    case.answer(a.ConversionCheckAnswer(result="agreed", on=on))
    assert (case.m.lease.converted_on, case.m.lease.advised_on) == (on, None)
    assert case.readers(Letter.LEASE_CONVERTED) == {"client", "guide", "ymere"}
    assert_all_let_go(case, Outcome.HOUSED_FOLLOW_UP_HELD)


def test_what_is_not_agreed_with_yet_is_advised_on_again_on_the_day_that_is_given() -> None:
    case = advised()
    again = case.policy.calendar.working_day_from(case.today + timedelta(weeks=10))
    assert case.refused_answer(a.ConversionCheckAnswer(result="later", again_on=case.today)) is RuleName.REVIEW_IN_PAST
    case.answer(a.ConversionCheckAnswer(result="later", again_on=again))
    assert case.policy.calendar.today(case.task(TaskKind.DECIDE_CONVERSION).due) == again
    assert case.task(TaskKind.DECIDE_CONVERSION).owner == "ymere"
    assert case.readers(Letter.LEASE_CONVERSION_LATER) == {"client", "guide"}
    assert case.m.lease.advised_on is None


@pytest.mark.parametrize("advice", [None, a.ConversionAnswer(result="ended_outside", note=NOTE)])
def test_a_lease_that_stays_as_it_is_needs_a_reason_and_everybody_is_told(advice: a.ConversionAnswer | None) -> None:
    case = advised(advice)
    assert case.m.outcome is None, "the landlord alone leaves no client without a lease in the own name"
    assert case.refused_answer(a.ConversionCheckAnswer(result="left")) is RuleName.ANSWER_INCOMPLETE
    case.answer(a.ConversionCheckAnswer(result="left", note=NOTE))
    assert case.readers(Letter.LEASE_NOT_CONVERTED) == {"client", "guide", "ymere"}
    assert_all_let_go(case, Outcome.HOUSED_FOLLOW_UP_HELD)


def test_too_early_is_not_checked() -> None:
    case = advised(a.ConversionAnswer(result="extended"))
    assert not case.m.open_of(TaskKind.CHECK_CONVERSION)
    assert case.m.open_of(TaskKind.DECIDE_CONVERSION)


def test_a_check_that_nobody_does_is_chased() -> None:
    case = advised()
    case.until(case.task(TaskKind.CHECK_CONVERSION).due + timedelta(days=1))
    assert case.task(TaskKind.CHECK_CONVERSION).reminded == 1
    assert case.task(TaskKind.CHECK_CONVERSION).escalated == 1
