"""A committee advises on the urgency and a desk decides: two bodies, each with its own task, letters and sight."""

from datetime import timedelta

import pytest

from domain.exchange.policy_file import PolicyInvalid
from domain.facts.outcome import HearingSubject, Stage
from domain.facts.parties import Role, Whose
from domain.facts.rules import RuleName
from domain.facts.tasks import Hindrance, TaskKind
from domain.facts.value import replace
from domain.messages import answers as a
from domain.messages import commands as c
from domain.messages.effects import AskAssessment, Letter
from domain.policy.policy import Policy
from domain.state import events as e
from domain.state.participation import PartTaken, parts
from policy_tools.check import check
from sandbox.driven import road
from tests.domain.case import COMMITTEE, DESK, NOTE, TEAM, Case, actor, deciding

AT_COMMITTEE, AT_DESK = actor(Role.COMMITTEE, COMMITTEE), actor(Role.DESK, DESK)
GRANTED = a.UrgencyDecisionAnswer(granted=True)
NEGATIVE = a.AssessmentAnswer(result=a.AssessmentResult.NEGATIVE, note=NOTE)


def advising() -> Policy:
    policy = deciding()
    return replace(policy, owners={**policy.owners, TaskKind.ASSESS: Whose.COMMITTEE})


def asked() -> Case:
    return Case(policy=advising()).start().ready()


def has(case: Case, organisation: str) -> set[PartTaken]:
    return {one.part for one in parts(case.m) if one.organisation == organisation}


def test_the_committee_advises_and_the_desk_decides() -> None:
    case = asked()
    task = case.task(TaskKind.ASSESS)
    assert (task.owner, task.owner_role) == (COMMITTEE, Role.COMMITTEE)
    assert COMMITTEE in case.readers(Letter.TASK_OPENED)
    assert DESK not in case.readers(Letter.TASK_OPENED)
    assert case.done(AskAssessment) == [], "no system of a district team is asked"
    case.answer(road.positive(), AT_COMMITTEE)
    task = case.task(TaskKind.DECIDE_URGENCY)
    assert (task.owner, task.owner_role) == (DESK, Role.DESK)
    assert DESK in case.readers(Letter.TASK_OPENED)
    case.answer(GRANTED, AT_DESK)
    assert case.happened(e.UrgencyDecided)[0].by == DESK
    assert case.m.stage is Stage.OFFER


def test_neither_does_what_is_the_others() -> None:
    case = asked()
    assert case.refused_answer(road.positive(), AT_DESK) is RuleName.NOT_YOURS
    assert case.refused_answer(road.positive(), actor(Role.DISTRICT_TEAM, TEAM)) is RuleName.NOT_YOURS
    case.answer(road.positive(), AT_COMMITTEE)
    assert case.refused_answer(GRANTED, AT_COMMITTEE) is RuleName.NOT_YOURS


def test_a_negative_advice_decides_nothing() -> None:
    case = asked().answer(NEGATIVE, AT_COMMITTEE)
    assert case.open == [TaskKind.DECIDE_URGENCY]
    assert case.m.outcome is None
    case.answer(a.UrgencyDecisionAnswer(granted=False, note=NOTE), AT_DESK)
    assert case.task(TaskKind.HEAR_CLIENT).about == HearingSubject.NEGATIVE_ASSESSMENT


def test_the_committee_has_a_part_until_the_urgency_is_decided() -> None:
    case = Case(policy=advising()).start()
    assert has(case, COMMITTEE) == set(), "nothing was asked of it yet"
    case.ready()
    assert has(case, COMMITTEE) == {PartTaken.COMMITTEE}
    assert has(case, DESK) == set()
    case.answer(road.positive(), AT_COMMITTEE)
    note = c.AddNote(by=AT_COMMITTEE, note=NOTE)
    case.do(note)
    assert has(case, COMMITTEE) == {PartTaken.COMMITTEE}, "its advice may be asked anew"
    case.answer(GRANTED, AT_DESK)
    assert (has(case, COMMITTEE), has(case, DESK)) == (set(), {PartTaken.DESK})
    assert case.refused(note).rule is RuleName.NOT_YOURS
    case.steps_back(Stage.ASSESSMENT)
    assert has(case, COMMITTEE) == {PartTaken.COMMITTEE}


def test_a_committee_that_never_advises_is_reminded_and_may_say_that_it_takes_longer() -> None:
    case = asked().days(30)
    assert COMMITTEE in case.readers(Letter.TASK_REMINDER)
    assert DESK not in case.readers(Letter.TASK_REMINDER, Letter.TASK_ESCALATED)
    task = case.task(TaskKind.ASSESS)
    until = case.policy.calendar.working_day_from(case.today + timedelta(days=3))
    case.do(c.ReportHindrance(by=AT_COMMITTEE, task=task.id, hindrance=Hindrance.MORE_TIME, until=until, note=NOTE))
    assert case.readers(Letter.MORE_TIME_ASKED) == {"almere"}


def test_without_a_committee_in_the_directory_the_municipality_assesses() -> None:
    case = Case(policy=advising())
    case.committee = None
    case.start().ready()
    assert case.task(TaskKind.ASSESS).owner_role is Role.COORDINATOR
    assert "committee" not in case.m.parties.model_dump_json(), "written only where there is one"


HEAD = """
id = "voorbeeld"
version = "2026-01-01"
municipality = "voorbeeld"
name = "Voorbeeld"
valid_from = 2026-01-01
"""
AFTER = '[decision]\nafter_advice = true\n[owners]\nassess = "committee"\n'


@pytest.mark.parametrize(
    ("said", "field", "why"),
    [
        ('[owners]\nassess = "committee"\n', "owners.assess", "a committee advises, and somebody decides after it"),
        ('[decision]\nafter_advice = true\n[owners]\ndecide_urgency = "committee"\n', "owners.decide_urgency", "desk"),
        ('[follow_up]\ncaller = "committee"\n', "follow_up.caller", "asked and told nothing else"),
        (AFTER + '[tasks.sign_lease]\nescalate_to = ["committee"]\n', "tasks.sign_lease.escalate_to", "nothing else"),
        (AFTER + '[tasks.visit_client]\nthen_to = ["committee"]\n', "tasks.visit_client.then_to", "nothing else"),
        (AFTER + '[agreements]\nmoney = { owner = "committee" }\n', "agreements.money.owner", "nothing else"),
    ],
)
def test_a_file_gives_a_committee_the_advice_and_nothing_else(said: str, field: str, why: str) -> None:
    with pytest.raises(PolicyInvalid) as invalid:
        check(HEAD + said)
    assert why in {problem.field: problem.message for problem in invalid.value.problems}[field]


def test_a_committee_may_hear_that_its_own_advice_is_late() -> None:
    file = check(HEAD + AFTER + '[tasks.assess]\nthen_to = ["committee"]\n')
    assert file.policy.owners == {TaskKind.ASSESS: Whose.COMMITTEE}
