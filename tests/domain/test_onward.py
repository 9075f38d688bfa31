"""Temporary leases: a ground in the law, two years at most, and nobody forgotten before it ends."""

from datetime import date, timedelta

import pytest

from domain.facts.outcome import Outcome, Stage
from domain.facts.tasks import TaskKind
from domain.messages import answers as a
from domain.messages.effects import Letter
from domain.policy.policy import LeaseForm, Policy
from tests.domain.case import Case, along, assert_all_let_go, policy_of

GROUND = a.LegalGround.SHELTER_OR_EMERGENCY
ENDS = date(2028, 3, 1)


def lease(case: Case, **facts: object) -> a.LeaseAnswer:
    given = {"form": LeaseForm.TEMPORARY, "keys_on": case.today + timedelta(days=14), **facts}
    return a.LeaseAnswer.model_validate(given)


def signed(ends_on: date = ENDS) -> Case:
    case = along("amersfoort", "request_known")
    return case.answer(lease(case, legal_ground=GROUND, ends_on=ends_on))


def housed(ends_on: date = ENDS) -> Case:
    return signed(ends_on).plan_support().keys().start_support()


def test_a_temporary_lease_needs_its_ground_and_its_end() -> None:
    case = along("amersfoort", "request_known")
    for facts in ({}, {"legal_ground": GROUND}, {"ends_on": ENDS}):
        assert case.refused_answer(lease(case, **facts)) == "answer_incomplete"


@pytest.mark.parametrize("days", [14, 14 + 732])
def test_it_ends_after_the_keys_and_within_two_years(days: int) -> None:
    case = along("amersfoort", "request_known")
    answer = lease(case, legal_ground=GROUND, ends_on=case.today + timedelta(days=days))
    assert case.refused_answer(answer) == "lease_too_long"


def test_another_lease_has_neither() -> None:
    case = along("amersfoort", "request_known")
    answer = lease(case, form=LeaseForm.REGULAR, ends_on=ENDS)
    assert case.refused_answer(answer) == "lease_not_temporary"


def test_the_client_is_told_when_it_ends() -> None:
    case = signed()
    assert (case.m.lease.legal_ground, case.m.lease.ends_on) == (GROUND, ENDS)
    assert case.readers(Letter.TEMPORARY_LEASE) == {"client", "guide"}
    assert case.letters(Letter.TEMPORARY_LEASE)[0].by == ENDS


def test_the_onward_move_is_asked_of_the_corporation_with_the_keys() -> None:
    assert TaskKind.ARRANGE_ONWARD_MOVE not in signed().plan_support().open
    task = housed().task(TaskKind.ARRANGE_ONWARD_MOVE)
    assert task.owner == "ymere"
    assert task.due.date() == date(2027, 12, 1)
    assert [at.date() for at in task.reminders] == [date(2027, 9, 1), date(2027, 11, 1)]
    assert task.escalations[0] == task.due


def test_the_mediation_does_not_end_before_the_onward_move_is_arranged() -> None:
    case = housed().call_day().call()
    assert (case.m.stage, case.open) == (Stage.FOLLOW_UP, [TaskKind.ARRANGE_ONWARD_MOVE])
    assert case.m.outcome is None
    assert case.m.concluded is Outcome.HOUSED_FOLLOW_UP_HELD
    case.on(date(2027, 10, 1)).answer(a.OnwardMoveAnswer(way="moves_on"))
    assert_all_let_go(case, Outcome.HOUSED_FOLLOW_UP_HELD)


def test_an_onward_move_arranged_early_leaves_the_call_to_be_made() -> None:
    case = housed().answer(a.OnwardMoveAnswer(way="lease_made_permanent"))
    assert case.open == [TaskKind.FOLLOW_UP_CALL]
    case.call_day().call()
    assert case.m.outcome is Outcome.HOUSED_FOLLOW_UP_HELD


def test_more_time_lasts_until_the_lease_ends() -> None:
    case = housed().call_day().call().on(date(2027, 12, 2)).answer(a.OnwardMoveAnswer(way="more_time"))
    assert case.task(TaskKind.ARRANGE_ONWARD_MOVE).due.date() == ENDS
    case.on(date(2028, 4, 3)).answer(a.OnwardMoveAnswer(way="more_time"))
    assert case.task(TaskKind.ARRANGE_ONWARD_MOVE).due > case.now


def test_a_policy_of_the_first_release_asks_nothing_more() -> None:
    first = Policy.model_validate(policy_of("amersfoort").model_dump(mode="json", exclude={"temporary_lease"}))
    case = Case(policy=first)
    for step in ("start", "ready", "positive", "list", "match", "confirm", "accept", "request_known"):
        getattr(case, step)()
    case.answer(lease(case)).plan_support().keys()
    assert case.open == [TaskKind.START_SUPPORT]
