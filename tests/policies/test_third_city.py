"""A city written down in a file, with other numbers than ours, lives to its end without a change of code."""

from domain.facts.calendar import Term, TermUnit
from domain.facts.outcome import Outcome
from domain.facts.parties import Role
from domain.facts.tasks import TaskKind
from domain.messages import answers as a
from domain.state import events as e
from policy_tools.check import check
from runtime.policy_files import text_of
from sandbox.city.organisations import directory
from tests.policies.test_describe import GORZEN, along, lives, viewed

FILE = check(text_of(GORZEN))


def test_it_has_the_numbers_that_a_third_city_was_to_have() -> None:
    policy = FILE.policy
    assert policy.offers.counted_refusals == 1
    assert policy.tasks[TaskKind.ANSWER_OFFER].due == Term(amount=2, unit=TermUnit.WORKING_DAYS)
    assert policy.support.guidance_term == Term(amount=24, unit=TermUnit.MONTHS)
    assert {"tasks.sign_lease.due", "clocks.housing_target.length", "agreements.money.owner"} <= set(FILE.gaps)


def test_one_refusal_without_a_valid_reason_leads_to_a_hearing_and_the_end() -> None:
    case = viewed(along(FILE.policy, "confirm")).refuse().judged(valid=False)
    assert case.open == [TaskKind.HEAR_CLIENT]
    assert case.answer(case.hearing(a.HearingResult.STANDS)).m.outcome is Outcome.REFUSED_LAPSED


def test_everybody_in_it_comes_to_an_end_and_is_eligible() -> None:
    run = lives(GORZEN)
    assert all(life.closed for life in run.lives)
    assert {rule for life in run.lives for _, rule in life.refused} <= {"dwelling_taken"}, "two wanted the same home"
    assert {life.m.referral.target_group for life in run.lives} <= set(FILE.policy.target_groups)
    assert any(life.m.outcome is Outcome.HOUSED_FOLLOW_UP_HELD for life in run.lives)


def test_whoever_acts_does_so_in_the_role_that_the_directory_knows() -> None:
    run = lives(GORZEN)
    roles = {entry["id"]: Role(entry["role"]) for entry in directory([run.city.organisations], {})}
    acts = [act for life in run.lives for act in life.acts]
    assert len(acts) > 300
    assert [act for act in acts if roles[act.organisation] is not act.role] == []


def test_its_calls_are_the_care_providers_and_count_from_the_start_of_support() -> None:
    calls = [
        (life, event.task)
        for life in lives(GORZEN).lives
        for _, _, event in life.events
        if isinstance(event, e.TaskOpened) and event.task.kind is TaskKind.FOLLOW_UP_CALL
    ]
    assert len(calls) > 20
    assert all(life.m.support and task.owner == life.m.support.provider for life, task in calls)


def test_its_desk_decides_on_every_urgency_now_and_then_otherwise_than_was_advised() -> None:
    events = [event for life in lives(GORZEN).lives for _, _, event in life.events]
    decided = [event for event in events if isinstance(event, e.UrgencyDecided)]
    assert len(decided) == sum(isinstance(event, e.UrgencyGranted) for event in events) > 20
    assert {(one.by, one.role) for one in decided} == {("loket-gorzen", Role.DESK)}
    assert any(not one.as_advised for one in decided) or any(
        isinstance(event, e.TaskAnswered) and event.answer.kind is TaskKind.DECIDE_URGENCY and not event.answer.granted
        for event in events
    )
