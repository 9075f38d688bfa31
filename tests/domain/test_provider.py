"""Another provider after support has started: the home, the lease and the call stay as they are."""

import pytest

from domain.facts.outcome import Outcome, Stage
from domain.facts.parties import Role
from domain.facts.signals import SignalKind
from domain.facts.tasks import TaskKind
from domain.messages import answers as a
from domain.messages import commands as c
from domain.messages.effects import Letter, RequestSupport
from tests.domain.case import NOTE, Case, actor, along, policy_of

BLIJF = actor(Role.CARE_PROVIDER, "blijf-groep")


def changed(case: Case) -> Case:
    return case.do(c.ChangeProvider(by=case.municipality, provider="blijf-groep", note=NOTE))


def test_nothing_else_changes_and_the_new_provider_makes_its_first_contact() -> None:
    case = along()
    lease, call = case.m.lease, case.task(TaskKind.FOLLOW_UP_CALL)
    changed(case)
    assert (case.m.lease, case.task(TaskKind.FOLLOW_UP_CALL), case.m.stage) == (lease, call, Stage.FOLLOW_UP)
    assert case.task(TaskKind.START_SUPPORT).owner == "blijf-groep"
    assert [x.provider for x in case.done(RequestSupport)] == ["kwintes", "blijf-groep"]
    case.answer(a.StartAnswer(started_on=case.today), BLIJF)
    assert case.open == [TaskKind.FOLLOW_UP_CALL]
    assert {"client", "guide", "kwintes"} == case.readers(Letter.PROVIDER_CHANGED)


def test_what_the_former_provider_had_not_done_is_asked_of_the_new_one_with_a_whole_term() -> None:
    case = along(policy=policy_of("almere")).signals(SignalKind.WORRY).days(30)
    changed(case)
    for kind in (TaskKind.AGREE_PLAN, TaskKind.COMPLETE_LANDING, TaskKind.CONTACT_CLIENT):
        assert case.task(kind).owner == "blijf-groep"
        assert case.task(kind).due > case.now
    assert not any(task.owner == "kwintes" for task in case.m.tasks)
    assert case.task(TaskKind.HOLD_TALK).owner == "ymere"


def test_a_mediation_does_not_close_before_the_new_provider_has_started() -> None:
    case = changed(along()).call_day()
    case.call()
    assert case.m.outcome is None
    assert case.start_support().m.outcome is Outcome.HOUSED_FOLLOW_UP_HELD


def test_a_new_provider_that_cannot_start_is_bridged() -> None:
    case = changed(along()).answer(a.StartAnswer(unable=True), BLIJF)
    assert TaskKind.BRIDGE_SUPPORT in case.open
    case.answer(a.BridgeAnswer(way="bridge", by="leger-des-heils")).start_support()
    assert case.open == [TaskKind.FOLLOW_UP_CALL]


@pytest.mark.parametrize("upto", ["accept", "keys"])
def test_before_support_has_started_another_is_found_with_the_task_to_bridge(upto: str) -> None:
    case = along(upto=upto)
    command = c.ChangeProvider(by=case.municipality, provider="blijf-groep", note=NOTE)
    assert case.refused(command).rule == "support_not_started"


def test_only_the_municipality_changes_the_provider_and_only_for_another() -> None:
    case = along()
    assert case.refused(c.ChangeProvider(by=BLIJF, provider="blijf-groep", note=NOTE)).rule == "not_yours"
    same = c.ChangeProvider(by=case.municipality, provider="kwintes", note=NOTE)
    assert case.refused(same).rule == "same_provider"


def test_a_mediation_does_not_close_while_the_new_provider_is_bridged() -> None:
    case = changed(along()).answer(a.StartAnswer(unable=True), BLIJF).call_day().call()
    assert case.m.outcome is None
    case.answer(a.BridgeAnswer(way="other_provider", by="kwintes"))
    assert case.start_support().m.outcome is Outcome.HOUSED_FOLLOW_UP_HELD
