"""The viewing: only where the policy asks for it, planned and held, and never a reason to wait without end."""

from datetime import timedelta

from domain.facts.parties import Role
from domain.facts.tasks import TaskKind
from domain.facts.value import replace
from domain.messages import answers as a
from domain.messages import commands as c
from domain.messages.effects import Letter, PlaceOffer
from domain.state import events as e
from tests.domain.case import Case, actor, along, policy_of

YMERE = actor(Role.CORPORATION, "ymere")
GUIDE = actor(Role.INSTITUTION, "leger-des-heils")


def offered() -> Case:
    """An offer is confirmed, in a city where dwellings are viewed first."""
    case = Case(policy=replace(policy_of("almere"), viewing=True))
    return case.start().ready().positive().list().match().confirm()


def planned(case: Case, days: int = 3) -> Case:
    return case.answer(a.ViewingPlanAnswer(on=case.today + timedelta(days=days)), YMERE)


def test_without_a_viewing_the_client_is_asked_at_once() -> None:
    assert along(upto="confirm").open == [TaskKind.ANSWER_OFFER]


def test_a_viewing_is_planned_held_and_only_then_the_term_to_answer_begins() -> None:
    case = offered()
    assert case.open == [TaskKind.PLAN_VIEWING]
    assert case.task(TaskKind.PLAN_VIEWING).owner == "ymere"
    planned(case)
    task = case.task(TaskKind.HOLD_VIEWING)
    assert (task.owner, case.policy.calendar.today(task.due)) == ("leger-des-heils", case.today + timedelta(days=3))
    assert case.readers(Letter.VIEWING_PLANNED) == {"client", "guide"}
    assert case.letters(Letter.VIEWING_PLANNED)[0].by == case.today + timedelta(days=3)
    assert not case.letters(Letter.OFFER_MADE)
    case.days(3).answer(a.ViewingAnswer(held=True), GUIDE)
    assert case.open == [TaskKind.ANSWER_OFFER]
    assert case.task(TaskKind.ANSWER_OFFER).opened_at == case.now
    case.accept()


def test_a_day_in_the_past_and_a_viewing_before_its_day_are_refused() -> None:
    case = offered()
    assert case.refused_answer(a.ViewingPlanAnswer(on=case.today - timedelta(days=1))) == "viewing_in_past"
    assert planned(case).refused_answer(a.ViewingAnswer(held=True)) == "viewing_in_future"


def test_a_viewing_that_does_not_come_about_is_planned_again_but_not_without_end() -> None:
    case = planned(offered()).days(3).answer(a.ViewingAnswer(held=False))
    assert case.open == [TaskKind.PLAN_VIEWING]
    planned(case).days(3).answer(a.ViewingAnswer(held=False))
    assert case.open == [TaskKind.ANSWER_OFFER]
    assert len(case.happened(e.ViewingMissed)) == 2


def test_the_client_and_the_guide_are_reminded_of_the_viewing() -> None:
    case = planned(offered(), days=8).days(8)
    reminded = [letter for letter in case.letters(Letter.TASK_REMINDER) if letter.task_kind is TaskKind.HOLD_VIEWING]
    assert [reader.value for letter in reminded for reader in letter.readers] == ["client", "guide"]


def test_the_corporation_keeps_the_dwelling_for_viewing_and_answer_together() -> None:
    with_viewing, without = offered().done(PlaceOffer)[0], along(upto="confirm").done(PlaceOffer)[0]
    assert with_viewing.respond_by > without.respond_by + timedelta(days=5)


def test_an_offer_taken_back_before_the_viewing_leaves_nothing_to_view() -> None:
    for case in (offered(), planned(offered())):
        case.do(c.WithdrawOffer(by=YMERE, reason=c.WithdrawalReason.LET_OTHERWISE))
        assert case.open == [TaskKind.MAKE_OFFER]
