"""Signals after the keys: each is worked on until it has calmed, and keeps the mediation open."""

from datetime import timedelta

import pytest

from domain.facts.outcome import HearingSubject, Outcome
from domain.facts.parties import Role
from domain.facts.signals import SignalKind, SignalState
from domain.facts.tasks import TaskKind
from domain.messages import answers as a
from domain.messages import commands as c
from domain.messages.effects import Letter
from domain.policy.policy import LeaseForm
from domain.state import events as e
from tests.domain.case import NOTE, Case, actor, along, assert_all_let_go

KWINTES = actor(Role.CARE_PROVIDER, "kwintes")
YMERE = actor(Role.CORPORATION, "ymere")
TEAM = actor(Role.DISTRICT_TEAM, "wijkteam-west")


def told(kind: SignalKind) -> Case:
    return along().signals(kind, YMERE)


def conferred() -> Case:
    """Nuisance that did not calm down."""
    case = told(SignalKind.NUISANCE).answer(a.AcknowledgementAnswer(), YMERE)
    return case.answer(a.JointTalkAnswer(result="case_conference"), KWINTES)


def test_a_signal_is_about_life_after_the_keys() -> None:
    case = along(upto="sign")
    command = c.ReportSignal(by=YMERE, kind=SignalKind.NUISANCE)
    assert case.refused(command).rule == "no_keys_yet"


def test_any_partner_reports_and_nobody_else() -> None:
    for by in (YMERE, KWINTES, TEAM, actor(Role.INSTITUTION, "leger-des-heils")):
        assert along().signals(SignalKind.WORRY, by).m.signals[0].reported_by == by.organisation
    stranger = actor(Role.CORPORATION, "de-alliantie")
    assert along().refused(c.ReportSignal(by=stranger, kind=SignalKind.WORRY)).rule == "not_yours"


def test_nuisance_is_acknowledged_in_a_working_day_talked_about_in_five_and_reviewed_in_two_weeks() -> None:
    case = told(SignalKind.NUISANCE)
    calendar, today = case.policy.calendar, case.today
    task = case.task(TaskKind.ACKNOWLEDGE_SIGNAL)
    assert (task.owner, task.about) == ("ymere", "nuisance-1")
    assert calendar.today(task.due) == calendar.working_day_from(today + timedelta(days=1))
    case.answer(a.AcknowledgementAnswer(), YMERE)
    talk = case.task(TaskKind.HOLD_JOINT_TALK)
    assert talk.owner == "kwintes"
    assert calendar.today(talk.due) == calendar._step(today, 5, 1)
    assert case.readers(Letter.JOINT_TALK_PLANNED) == {"client", "guide"}
    case.answer(a.JointTalkAnswer(result="agreements"), KWINTES)
    assert calendar.today(case.task(TaskKind.REVIEW_SIGNAL).due) == today + timedelta(weeks=2)
    case.answer(a.SignalReviewAnswer(result="calmed"), KWINTES)
    assert case.m.signals[0].state is SignalState.CALMED
    assert case.open == [TaskKind.FOLLOW_UP_CALL]


def test_nuisance_that_goes_on_comes_to_a_case_conference_which_may_agree_once_more() -> None:
    case = told(SignalKind.NUISANCE).answer(a.AcknowledgementAnswer()).answer(a.JointTalkAnswer(result="agreements"))
    case.answer(a.SignalReviewAnswer(result="more_time")).answer(a.SignalReviewAnswer(result="case_conference"))
    assert case.task(TaskKind.HOLD_CASE_CONFERENCE).owner == "almere"
    assert case.answer(a.ConferenceAnswer(result="agreements")).open[-1] is TaskKind.REVIEW_SIGNAL


def test_a_signal_is_handed_over_with_a_reason_and_the_lease_stays() -> None:
    case = conferred()
    assert case.refused_answer(a.ConferenceAnswer(result="handed_over")) == "answer_incomplete"
    case.answer(a.ConferenceAnswer(result="handed_over", note=NOTE))
    assert case.m.signals[0].state is SignalState.HANDED_OVER
    assert case.m.lease.handed_over_on is not None
    assert case.call_day().call().m.outcome is Outcome.HOUSED_FOLLOW_UP_HELD


def test_a_placement_has_failed_only_after_the_client_was_heard() -> None:
    case = conferred()
    assert case.refused_answer(a.ConferenceAnswer(result="placement_failed")) == "answer_incomplete"
    case.answer(a.ConferenceAnswer(result="placement_failed", note=NOTE))
    assert case.m.outcome is None
    hearing = case.task(TaskKind.HEAR_CLIENT)
    assert hearing.about == HearingSubject.PLACEMENT_FAILED
    upheld = case.hearing(a.HearingResult.STANDS)
    assert case.refused_answer(upheld, case.engine) == "person_needed"
    assert case.refused_answer(case.hearing(a.HearingResult.STANDS, note=None)) == "answer_incomplete"
    case.answer(upheld)
    assert_all_let_go(case, Outcome.PLACEMENT_FAILED)


def test_a_placement_that_has_not_failed_is_looked_at_again() -> None:
    case = conferred().answer(a.ConferenceAnswer(result="placement_failed", note=NOTE))
    case.answer(case.hearing(a.HearingResult.DROPPED))
    assert case.task(TaskKind.REVIEW_SIGNAL).about == "nuisance-1"


def test_the_landlord_does_its_steps_before_arrears_go_to_the_municipality() -> None:
    case = told(SignalKind.ARREARS).answer(a.ReminderAnswer()).answer(a.TenantAnswer())
    assert TaskKind.TAKE_UP_ARREARS not in case.open
    case.answer(a.DebtHelpAnswer())
    assert case.task(TaskKind.TAKE_UP_ARREARS).owner == "almere"
    assert case.answer(a.ArrearsAnswer(result="settled")).m.open_signals == ()


def test_arrears_are_not_passed_on_when_the_tenant_objects() -> None:
    case = told(SignalKind.ARREARS).answer(a.ReminderAnswer()).answer(a.TenantAnswer())
    case.answer(a.DebtHelpAnswer(objects=True))
    assert case.m.signals[0].objected
    assert TaskKind.TAKE_UP_ARREARS not in case.open
    assert case.task(TaskKind.REVIEW_SIGNAL).owner == "kwintes"


def test_a_provider_that_lets_the_home_has_the_landlords_duties() -> None:
    case = along(upto="request_known")
    case.sign(LeaseForm.CONVERSION).plan_support().keys().start_support().signals(SignalKind.ARREARS)
    assert case.task(TaskKind.REMIND_ARREARS).owner == "kwintes"
    tripartite = along(upto="request_known").sign(LeaseForm.TRIPARTITE).plan_support().keys().start_support()
    assert tripartite.signals(SignalKind.ARREARS).task(TaskKind.REMIND_ARREARS).owner == "ymere"


@pytest.mark.parametrize("step", [a.ReminderAnswer(settled=True), a.TenantAnswer(settled=True)])
def test_arrears_that_are_settled_are_over(step: a.ReminderAnswer | a.TenantAnswer) -> None:
    case = told(SignalKind.ARREARS)
    if step.kind is TaskKind.CONTACT_TENANT:
        case.answer(a.ReminderAnswer())
    assert case.answer(step).m.open_signals == ()


@pytest.mark.parametrize("kind", [SignalKind.CARE_AVOIDANCE, SignalKind.WORRY])
def test_who_keeps_away_is_sought_by_the_provider_then_visited_then_discussed(kind: SignalKind) -> None:
    case = told(kind).answer(a.ClientContactAnswer(result="no_contact"), KWINTES)
    assert case.task(TaskKind.VISIT_CLIENT).owner == "wijkteam-west"
    case.answer(a.VisitAnswer(seen=False), TEAM)
    assert case.task(TaskKind.HOLD_CASE_CONFERENCE).about == f"{kind}-1"
    assert case.answer(a.ConferenceAnswer(result="calmed")).m.open_signals == ()


def test_a_visit_finds_the_client_well_or_not() -> None:
    well = told(SignalKind.WORRY).answer(a.ClientContactAnswer(result="no_contact"))
    assert well.answer(a.VisitAnswer(seen=True, calmed=True)).m.open_signals == ()
    unwell = told(SignalKind.WORRY).answer(a.ClientContactAnswer(result="no_contact"))
    assert unwell.answer(a.VisitAnswer(seen=True)).open[-1] is TaskKind.REVIEW_SIGNAL


def test_several_signals_are_open_at_once_but_one_of_a_kind() -> None:
    case = told(SignalKind.NUISANCE).signals(SignalKind.ARREARS)
    assert case.refused(c.ReportSignal(by=YMERE, kind=SignalKind.ARREARS)).rule == "signal_known"
    case.answer(a.ReminderAnswer(settled=True)).signals(SignalKind.ARREARS)
    assert [s.id for s in case.m.signals] == ["nuisance-1", "arrears-1", "arrears-2"]


def test_an_open_signal_keeps_the_mediation_open_after_the_call_until_it_has_calmed() -> None:
    case = told(SignalKind.ARREARS).call_day().call()
    assert case.m.outcome is None
    assert case.happened(e.FollowUpConcluded)[0].outcome is Outcome.HOUSED_FOLLOW_UP_HELD
    assert case.open == [TaskKind.REMIND_ARREARS]
    case.answer(a.ReminderAnswer(settled=True))
    assert_all_let_go(case, Outcome.HOUSED_FOLLOW_UP_HELD)


def test_of_two_open_signals_the_last_to_calm_closes() -> None:
    case = told(SignalKind.ARREARS).signals(SignalKind.WORRY).call_day().call()
    case.answer(a.ClientContactAnswer(result="calmed"))
    assert case.m.outcome is None
    assert case.answer(a.ReminderAnswer(settled=True)).m.outcome is Outcome.HOUSED_FOLLOW_UP_HELD


def test_the_reasons_to_close_unreached_are_kept_until_the_signal_has_calmed() -> None:
    case = told(SignalKind.WORRY).call_day()
    for day_part in a.DayPart:
        case.no_reply(day_part).days(1)
    case.answer(a.GuideAnswer(in_contact=False)).answer(a.SignOffAnswer(close=True, note=NOTE))
    case.answer(a.ClientContactAnswer(result="calmed"))
    assert case.happened(e.MediationClosed)[0].note == NOTE
    assert_all_let_go(case, Outcome.HOUSED_UNREACHABLE)


def test_the_district_team_may_want_a_case_conference_after_the_call() -> None:
    case = along().call_day().call(a.CallResult.ESCALATE)
    case.answer(a.FollowOnAnswer(result="case_conference", note=NOTE), TEAM)
    assert case.task(TaskKind.HOLD_CASE_CONFERENCE).about == "worry-1"
    assert case.answer(a.ConferenceAnswer(result="calmed")).m.outcome is Outcome.HOUSED_FOLLOW_UP_HELD


def test_a_client_who_was_not_reached_is_visited_before_it_is_signed_off() -> None:
    case = along().call_day()
    for day_part in a.DayPart:
        case.no_reply(day_part).days(1)
    case.answer(a.GuideAnswer(in_contact=False)).answer(a.SignOffAnswer(close=False, visit=True))
    assert case.open == [TaskKind.VISIT_CLIENT]
    again = case.answer(a.VisitAnswer(seen=False), TEAM)
    assert again.open == [TaskKind.SIGN_OFF_UNREACHABLE]
    again.answer(a.SignOffAnswer(close=False, visit=True)).answer(a.VisitAnswer(seen=True), TEAM)
    assert again.open == [TaskKind.FOLLOW_UP_CALL]


def test_a_neglected_signal_is_escalated_to_the_municipality() -> None:
    case = told(SignalKind.NUISANCE).days(10)
    task = case.task(TaskKind.ACKNOWLEDGE_SIGNAL)
    assert task.escalated >= 3
    assert any(x.task == task.id and x.organisation == "almere" for x in case.letters(Letter.TASK_ESCALATED))
