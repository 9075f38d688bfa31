"""Parameters that rules read: who is eligible, who may refer, who calls and from which day, who hears of delays."""

from datetime import date

from domain.facts.conditions import Comparison, ConditionUnit, Measured, Norm
from domain.facts.outcome import Outcome, Stage
from domain.facts.parties import Role
from domain.facts.rules import Overridable
from domain.facts.tasks import TaskKind
from domain.facts.value import replace
from domain.messages import answers as a
from domain.messages import commands as c
from domain.messages.effects import Letter
from domain.policy.policy import Policy
from domain.policy.policy_terms import ApplicationPolicy, CallAnchor
from tests.domain.case import NOTE, STEPS, Case, actor, main_road, parties, policy_of, referral

PATIENT = referral(target_group="clinical_care")


def along(policy: Policy) -> Case:
    case = Case(policy=policy)
    for step in STEPS:
        getattr(case, step)()
    return case


def test_a_client_of_another_target_group_is_not_simply_ready() -> None:
    ready = a.ReadinessAnswer(result=a.Readiness.READY)
    refused = Case("almere").start(PATIENT).refused(Case("almere").start(PATIENT).answering(ready))
    assert refused.rule == "target_group_not_eligible"
    (group,) = refused.conditions
    assert group.found == Measured(unit=ConditionUnit.TARGET_GROUP, value=("clinical_care",))
    four = ("sheltered_living", "shelter", "womens_shelter", "youth_care")
    assert group.asked == Norm(comparison=Comparison.AMONG, value=four)
    assert Case("amersfoort").start(PATIENT).ready().m.stage is Stage.ASSESSMENT


def test_a_coordinator_may_let_a_client_of_another_target_group_in_with_a_reason() -> None:
    case = Case("almere").start(PATIENT)
    case.do(c.OverrideRule(by=case.municipality, rule=Overridable.TARGET_GROUP, note=NOTE)).ready()
    assert case.m.stage is Stage.ASSESSMENT


def test_who_is_not_eligible_is_heard_before_that_is_decided() -> None:
    case = Case("almere").start(PATIENT)
    assert case.refused_answer(a.ReadinessAnswer(result=a.Readiness.NOT_ELIGIBLE)) == "answer_incomplete"
    case.answer(a.ReadinessAnswer(result=a.Readiness.NOT_ELIGIBLE, note=NOTE))
    assert case.open == [TaskKind.HEAR_CLIENT]
    assert case.readers(Letter.HEARING_INVITED) == {"client", "guide"}
    case.answer(case.hearing(a.HearingResult.STANDS))
    assert case.m.outcome is Outcome.REJECTED


def test_a_dropped_intention_not_to_let_in_leads_back_to_the_check() -> None:
    case = Case("almere").start(PATIENT).answer(a.ReadinessAnswer(result=a.Readiness.NOT_ELIGIBLE, note=NOTE))
    case.answer(case.hearing(a.HearingResult.DROPPED))
    assert (case.m.stage, case.open) == (Stage.READINESS, [TaskKind.CHECK_READINESS])


def test_a_policy_may_leave_referring_to_institutions() -> None:
    policy = replace(policy_of("almere"), application=ApplicationPolicy(by=(Role.INSTITUTION,)))
    case = Case(policy=policy)
    command = c.StartMediation(
        by=actor(Role.COORDINATOR, "almere"),
        mediation="m-1",
        referral=referral(),
        parties=parties("almere"),
        policy=policy,
    )
    assert case.refused(command).rule == "not_yours"
    assert case.do(replace(command, by=actor(Role.INSTITUTION, "leger-des-heils"))).m.id == "m-1"
    assert Case().do(replace(command, policy=policy_of("almere"))).m.id == "m-1"


def test_the_call_counts_from_the_start_of_support_where_a_policy_says_so() -> None:
    almere = main_road("almere")
    terms = replace(almere.follow_up, anchor=CallAnchor.SUPPORT_START)
    cases = [Case(policy=policy) for policy in (almere, replace(almere, follow_up=terms))]
    for case in cases:
        for step in STEPS[:-1]:
            getattr(case, step)()
        case.days(3).start_support()
    due = [case.policy.calendar.today(case.task(TaskKind.FOLLOW_UP_CALL).due) for case in cases]
    assert cases[0].keys_day() == date(2026, 6, 15)
    assert due == [date(2026, 9, 15), date(2026, 9, 18)]
    early = a.CallAnswer(day_part=a.DayPart.MORNING, reached=True, result=a.CallResult.FINE)
    cases[0].on(date(2026, 9, 9))
    cases[1].on(date(2026, 9, 9))
    assert cases[1].refused_answer(early) == "call_too_early"
    assert cases[0].answer(early).m.outcome is Outcome.HOUSED_FOLLOW_UP_HELD


def test_another_provider_does_not_move_the_call() -> None:
    policy = main_road("almere")
    terms = replace(policy.follow_up, anchor=CallAnchor.SUPPORT_START)
    case = Case(policy=replace(policy, follow_up=terms))
    for step in STEPS[:-1]:
        getattr(case, step)()
    case.start_support()
    due = case.task(TaskKind.FOLLOW_UP_CALL).due
    case.days(40).do(c.ChangeProvider(by=actor(Role.COORDINATOR, "almere"), provider="blijf-groep", note=NOTE))
    case.days(5).answer(a.StartAnswer(started_on=case.today))
    assert case.task(TaskKind.FOLLOW_UP_CALL).due == due
    call = a.CallAnswer(day_part=a.DayPart.MORNING, reached=True, result=a.CallResult.FINE)
    assert case.on(case.policy.calendar.today(due)).answer(call).m.outcome is Outcome.HOUSED_FOLLOW_UP_HELD


def test_a_call_that_counts_from_support_waits_for_the_third_provider_when_the_second_did_not_start() -> None:
    policy = main_road("almere")
    terms = replace(policy.follow_up, anchor=CallAnchor.SUPPORT_START)
    case = Case(policy=replace(policy, follow_up=terms))
    for step in STEPS:
        getattr(case, step)()
    case.days(40).do(c.ChangeProvider(by=case.municipality, provider="blijf-groep", note=NOTE))
    case.until(case.task(TaskKind.START_SUPPORT).due)
    case.answer(a.BridgeAnswer(way="other_provider", by="kwintes"))
    call = a.CallAnswer(day_part=a.DayPart.MORNING, reached=True, result=a.CallResult.FINE)
    assert case.refused_answer(call) == "support_not_started"
    case.answer(a.StartAnswer(started_on=case.today)).call_day()
    assert case.answer(call).m.outcome is Outcome.HOUSED_FOLLOW_UP_HELD


def test_whoever_calls_according_to_the_policy_owns_the_call() -> None:
    almere = policy_of("almere")
    terms = replace(almere.follow_up, caller=Role.CARE_PROVIDER)
    assert along(almere).task(TaskKind.FOLLOW_UP_CALL).owner == "almere"
    case = along(replace(almere, follow_up=terms))
    assert case.task(TaskKind.FOLLOW_UP_CALL).owner == "kwintes"
    case.call_day().no_reply(a.DayPart.MORNING)
    assert case.task(TaskKind.FOLLOW_UP_CALL).owner == "kwintes", "and so is the next attempt"


def test_an_escalation_goes_to_whom_the_policy_names() -> None:
    almere = policy_of("almere")
    ladder = replace(
        almere.tasks[TaskKind.ASSESS], escalate_to=(Role.DISTRICT_TEAM, Role.COORDINATOR, Role.CORPORATION)
    )
    tasks = {**almere.tasks, TaskKind.ASSESS: ladder}
    case = Case(policy=replace(almere, tasks=tasks)).start().ready().on(date(2026, 6, 16))
    told = [sent.organisation for sent in case.letters(Letter.TASK_ESCALATED)]
    assert told == ["wijkteam-west", "almere"], "each once; the municipality stands in for a corporation not yet known"
