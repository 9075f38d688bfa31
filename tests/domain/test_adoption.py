"""A running mediation goes over to another policy: what is open keeps its start and gets the new policy's moments."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from domain.beside.adoption import DeadlineChange, deadline_changes
from domain.decide.catalogue import SPECS
from domain.decide.decide import Decided
from domain.facts.clocks import ClockKind
from domain.facts.parties import SYSTEM, Actor, Role
from domain.facts.referral import Document
from domain.facts.tasks import TaskKind
from domain.facts.value import replace
from domain.messages import answers as a
from domain.messages import commands as c
from domain.messages.effects import Letter
from domain.policy.policy import Policy
from domain.state import events as e
from tests.domain.case import MONDAY, NOTE, STEPS, Case, actor, along, main_road, policy_of, referral
from tests.replay.judgement import Judged, judge_again


def changed(policy: Policy, **terms: Any) -> Policy:
    """The next version of a policy, in which some tasks and clocks have other terms."""
    document = policy.model_dump(mode="json") | {"version": "2026-07-01"}
    for name, change in terms.items():
        part = "tasks" if name in document["tasks"] else "clocks"
        document[part][name] |= change
    return Policy.model_validate(document)


def adopting(case: Case, policy: Policy, by: Actor | None = None) -> c.AdoptPolicy:
    return c.AdoptPolicy(by=by or case.municipality, policy=policy, note=NOTE)


def adopt(case: Case, policy: Policy) -> Case:
    """Preview, adopt, and see that what was previewed is what came."""
    previewed = deadline_changes(SPECS, case.m, case.policy, policy, case.now)
    before = {task.id: task.due for task in case.m.tasks} | {clock.kind.value: clock.ends_at for clock in case.m.clocks}
    case.do(adopting(case, policy))
    after = {task.id: task.due for task in case.m.tasks} | {clock.kind.value: clock.ends_at for clock in case.m.clocks}
    told = {change.subject: change.after for change in previewed if change.after != change.before}
    assert {name: moment for name, moment in after.items() if moment != before[name]} == told
    case.policy = policy
    return case


def day(case: Case, kind: TaskKind) -> date:
    return case.policy.calendar.today(case.task(kind).due)


def test_a_task_keeps_its_start_and_gets_the_new_term() -> None:
    case = along(upto="ready").days(2)
    opened = case.task(TaskKind.ASSESS).opened_at
    policy = changed(case.policy, assess={"due": "4 weeks", "remind": ["+10 days"], "escalate": ["1 week"]})
    adopt(case, policy)
    task = case.task(TaskKind.ASSESS)
    assert task.opened_at == opened == MONDAY
    assert day(case, TaskKind.ASSESS) == date(2026, 6, 29)
    assert [case.policy.calendar.today(at) for at in task.reminders] == [date(2026, 6, 11)]
    assert [case.policy.calendar.today(at) for at in task.escalations] == [date(2026, 7, 6)]
    assert (case.m.policy_version, case.m.policy_digest) == ("2026-07-01", policy.digest())
    assert case.readers(Letter.DEADLINE_CHANGED) == {"wijkteam-west"}
    assert case.happened(e.PolicyAdopted)[0].note == NOTE


def test_from_then_on_the_new_policy_decides() -> None:
    case = along(upto="start")
    adopt(case, changed(case.policy, assess={"due": "1 week"}))
    case.ready()
    assert day(case, TaskKind.ASSESS) == date(2026, 6, 8)


def test_only_what_the_new_policy_changes_is_touched() -> None:
    case = along(upto="ready")
    n = len(case.events)
    adopt(case, changed(case.policy, answer_offer={"due": "2 working days"}))
    assert case.since(n) == ["PolicyAdopted"]
    assert not case.letters(Letter.DEADLINE_CHANGED)


def test_a_term_is_never_shortened_into_the_past() -> None:
    case = along(upto="ready").days(10)  # Thursday 11 June; due Monday the 15th
    policy = changed(case.policy, assess={"due": "1 week"})
    [change] = deadline_changes(SPECS, case.m, case.policy, policy, case.now)
    assert (change.subject, change.held) == ("assess-1", True)
    adopt(case, policy)
    assert day(case, TaskKind.ASSESS) == date(2026, 6, 12), "the end of the next working day"
    assert not case.task(TaskKind.ASSESS).overdue
    case.on(date(2026, 6, 13))
    assert case.task(TaskKind.ASSESS).overdue


def test_what_was_due_sooner_still_is() -> None:
    case = along(upto="ready").on(date(2026, 6, 15))
    adopt(case, changed(case.policy, assess={"due": "1 week"}))
    assert day(case, TaskKind.ASSESS) == date(2026, 6, 15)


def test_what_is_overdue_stays_so_unless_the_new_term_still_runs() -> None:
    case = along(upto="ready").on(date(2026, 6, 17))
    again = along(upto="ready").on(date(2026, 6, 17))
    escalations = case.task(TaskKind.ASSESS).escalations
    adopt(case, changed(case.policy, assess={"due": "1 week"}))
    assert case.task(TaskKind.ASSESS).overdue
    assert case.task(TaskKind.ASSESS).escalations == escalations
    adopt(again, changed(again.policy, assess={"due": "3 weeks"}))
    assert not again.task(TaskKind.ASSESS).overdue
    assert day(again, TaskKind.ASSESS) == date(2026, 6, 22)


def test_a_task_that_was_given_time_keeps_counting_from_then() -> None:
    case = along(upto="confirm").days(8)
    case.answer(a.ContactAnswer(result="more_time"))
    assert case.task(TaskKind.ANSWER_OFFER).term_from == case.now
    assert day(case, TaskKind.ANSWER_OFFER) == date(2026, 6, 16)
    adopt(case, changed(case.policy, answer_offer={"due": "7 working days"}))
    assert day(case, TaskKind.ANSWER_OFFER) == date(2026, 6, 18)
    assert case.readers(Letter.DEADLINE_CHANGED) == {"client", "guide"}


def test_an_agreed_day_is_no_term_of_the_policy_and_stays() -> None:
    case = along(upto="plan_support")
    agreed = case.task(TaskKind.HAND_OVER_KEYS).due
    adopt(case, changed(case.policy, hand_over_keys={"due": "2 working days"}))
    assert case.task(TaskKind.HAND_OVER_KEYS).due == agreed
    waiting = (
        Case()
        .start()
        .answer(
            a.ReadinessAnswer(result=a.Readiness.NOT_READY, review_on=date(2026, 10, 5)),
        )
    )
    adopt(waiting, changed(waiting.policy, review_readiness={"due": "1 month"}))
    assert day(waiting, TaskKind.REVIEW_READINESS) == date(2026, 10, 5)


def test_the_call_moves_with_the_term_after_the_keys() -> None:
    case = along()
    assert day(case, TaskKind.FOLLOW_UP_CALL) == date(2026, 9, 15)
    document = case.policy.model_dump(mode="json") | {"version": "2026-07-01"}
    document["follow_up"]["after"] = "2 months"
    adopt(case, Policy.model_validate(document))
    assert day(case, TaskKind.FOLLOW_UP_CALL) == date(2026, 8, 17), "15 August 2026 is a Saturday"


def test_the_start_of_support_keeps_the_day_that_was_planned() -> None:
    case = along(upto="keys")
    planned = case.task(TaskKind.START_SUPPORT)
    assert case.m.support is not None
    later = changed(case.policy, start_support={"due": "15 working days"})
    adopt(case, later)
    assert case.task(TaskKind.START_SUPPORT).due > planned.due
    assert case.task(TaskKind.START_SUPPORT).opened_at == planned.opened_at


def test_a_clock_keeps_its_start_and_its_pause() -> None:
    case = Case().start(referral(documents=("consent",)))
    case.answer(a.ReadinessAnswer(result=a.Readiness.INCOMPLETE, missing=(Document.IDENTITY,)))
    case.days(4).answer(a.SupplementAnswer(documents=(Document.IDENTITY,)))
    clock = case.clock(ClockKind.DECISION_TERM)
    assert case.policy.calendar.today(clock.ends_at) == date(2026, 7, 30)
    adopt(case, changed(case.policy, decision_term={"length": "6 weeks"}))
    moved = case.clock(ClockKind.DECISION_TERM)
    assert moved.started_at == clock.started_at == MONDAY
    assert case.policy.calendar.today(moved.ends_at) == date(2026, 7, 16), "six weeks and the three days it stood still"
    assert [case.policy.calendar.today(at) for at in moved.warnings] == [date(2026, 7, 9)]


def test_an_extension_stays_added_and_the_day_is_valid_to_its_end() -> None:
    case = along(upto="positive").on(date(2026, 10, 5))
    case.answer(a.UrgencyAnswer(extend=True))
    assert case.policy.calendar.today(case.clock(ClockKind.URGENCY).ends_at) == date(2027, 6, 1)
    adopt(case, changed(case.policy, urgency={"length": "8 months"}))
    ends = case.policy.calendar.local(case.clock(ClockKind.URGENCY).ends_at)
    assert (ends.date(), ends.hour) == (date(2027, 8, 2), 23), "two months more; 1 February + 182 days"


def test_an_urgency_never_ends_before_what_the_client_was_told() -> None:
    case = along(upto="positive")
    ends_at = case.clock(ClockKind.URGENCY).ends_at
    policy = changed(case.policy, urgency={"length": "3 months"}, housing_target={"length": "3 months"})
    held = {change.subject: change.held for change in deadline_changes(SPECS, case.m, case.policy, policy, case.now)}
    assert held == {"urgency": True, "housing_target": False}
    adopt(case, policy)
    assert case.clock(ClockKind.URGENCY).ends_at == ends_at
    assert case.policy.calendar.today(case.clock(ClockKind.HOUSING_TARGET).ends_at) == date(2026, 9, 1)


def test_a_clock_that_ran_out_runs_again_when_the_new_term_does() -> None:
    case = along(upto="positive").on(date(2026, 12, 3))
    assert case.clock(ClockKind.HOUSING_TARGET).expired
    adopt(case, changed(case.policy, housing_target={"length": "9 months"}))
    assert not case.clock(ClockKind.HOUSING_TARGET).expired


NEWER = changed(main_road("almere"), assess={"due": "4 weeks"})


@pytest.mark.parametrize(
    ("by", "policy", "rule"),
    [
        (actor(Role.COORDINATOR, "almere", SYSTEM), NEWER, "person_needed"),
        (actor(Role.INSTITUTION, "leger-des-heils"), NEWER, "not_yours"),
        (None, replace(NEWER, municipality="amersfoort"), "policy_not_in_force"),
        (None, replace(NEWER, valid_from=date(2027, 1, 1)), "policy_not_in_force"),
        (None, replace(NEWER, valid_to=date(2026, 1, 31)), "policy_not_in_force"),
    ],
)
def test_another_policy_is_adopted_by_a_person_of_the_municipality_and_is_in_force(
    by: Actor | None, policy: Policy, rule: str
) -> None:
    case = along(upto="ready")
    assert case.refused(adopting(case, policy, by)).rule == rule


def test_the_same_policy_cannot_be_adopted_nor_any_after_the_end() -> None:
    case = along(upto="ready")
    assert case.refused(adopting(case, case.policy)).rule == "policy_adopted_already"
    case.dies()
    assert case.refused(adopting(case, changed(case.policy, assess={"due": "4 weeks"}))).rule == "closed"


@pytest.mark.parametrize("upto", STEPS)
def test_at_every_stage_nothing_becomes_due_in_the_past_and_every_wait_keeps_its_escalation(upto: str) -> None:
    """Every term becomes a day, then two years: the widest changes there can be."""
    for terms in ("1 day", "24 months"):
        case = along(upto=upto).days(1)
        document = case.policy.model_dump(mode="json") | {"version": "2026-07-01"}
        for ladder in document["tasks"].values():
            ladder["due"] = terms
        for clock in document["clocks"].values():
            clock["length"] = terms
        late = {task.id for task in case.m.tasks if task.due <= case.now}
        adopt(case, Policy.model_validate(document))
        assert all(task.due > case.now for task in case.m.tasks if task.id not in late)
        assert all(task.escalations and min(task.escalations) >= case.now for task in case.m.tasks)
        assert case.last.wake_at is not None
        assert case.last.wake_at > case.now - timedelta(seconds=1)


def test_re_judgement_goes_on_under_the_policy_that_was_adopted() -> None:
    case = Case()
    new = changed(case.policy, assess={"due": "1 week"})
    start = c.StartMediation(
        by=actor(Role.COORDINATOR, "almere"),
        mediation="m-1",
        referral=referral(),
        parties=along(upto="start").m.parties,
        policy=case.policy,
    )
    commands: list[c.AnyCommand] = [
        start,
        adopting(case, new),
        c.AnswerTask(
            by=actor(Role.COORDINATOR, "almere"),
            task="check_readiness-1",
            answer=a.ReadinessAnswer(result=a.Readiness.READY),
        ),
    ]
    decisions = []
    for n, command in enumerate(commands, 1):
        decided = case.judge(command)
        assert isinstance(decided, Decided)
        decisions.append(Judged(n, case.now, command, frozenset(), None, decided.events))
        case.do(command)
        case.policy = new if n > 1 else case.policy
    assert judge_again(decisions, policy_of("almere")) == []
    [other] = judge_again(decisions[:1] + decisions[2:], policy_of("almere"))
    assert other.ordinal == 3, "without the adoption the old term would be judged"


def test_a_change_is_told_with_both_moments() -> None:
    case = along(upto="ready")
    policy = changed(case.policy, assess={"due": "4 weeks"})
    calendar = policy.calendar
    assert deadline_changes(SPECS, case.m, case.policy, policy, case.now) == [
        DeadlineChange(
            subject="assess-1",
            kind=TaskKind.ASSESS,
            before=calendar.at(date(2026, 6, 15), calendar.closes),
            after=calendar.at(date(2026, 6, 29), calendar.closes),
        )
    ]
    assert case.now.astimezone(UTC) == datetime(2026, 6, 1, 8, tzinfo=UTC)
