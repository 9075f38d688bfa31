"""Stage 5: the first contact at home."""

from datetime import timedelta

from domain.facts.outcome import Stage
from domain.facts.parties import Role
from domain.facts.tasks import TaskKind
from domain.messages import answers as a
from domain.messages.effects import CancelSupport, ReadSupport
from domain.state import events as e
from tests.domain.case import Case, actor, along

KWINTES = actor(Role.CARE_PROVIDER, "kwintes")


def unable() -> Case:
    return along(upto="keys").answer(a.StartAnswer(unable=True), KWINTES)


def test_the_provider_reports_the_first_contact_by_the_day_it_named() -> None:
    case = along(upto="sign").plan_support(starts_in=28).keys()
    task = case.task(TaskKind.START_SUPPORT)
    assert case.m.support is not None
    assert case.policy.calendar.today(task.due) == case.m.support.starts_on
    assert task.owner == "kwintes"


def test_the_first_contact_leads_to_the_call() -> None:
    case = along(upto="keys").answer(a.StartAnswer(started_on=along(upto="keys").today), KWINTES)
    assert case.m.stage is Stage.FOLLOW_UP
    assert case.open == [TaskKind.FOLLOW_UP_CALL]


def test_the_first_contact_has_taken_place() -> None:
    case = along(upto="keys")
    assert case.refused_answer(a.StartAnswer(started_on=case.today + timedelta(days=1))) == "support_in_future"
    assert case.refused_answer(a.StartAnswer()) == "answer_incomplete"


def test_support_that_does_not_start_is_bridged_and_then_starts() -> None:
    case = unable()
    assert case.open == [TaskKind.BRIDGE_SUPPORT]
    case.answer(a.BridgeAnswer(way="bridge", by="leger-des-heils"))
    assert case.open == [TaskKind.START_SUPPORT]
    case.start_support()
    assert case.happened(e.SupportStarted)


def test_another_provider_starts_instead() -> None:
    case = unable().answer(a.BridgeAnswer(way="other_provider", by="blijf-groep"))
    assert [x.provider for x in case.done(CancelSupport)] == ["kwintes"]
    assert case.task(TaskKind.START_SUPPORT).owner == "blijf-groep"
    case.answer(a.StartAnswer(started_on=case.today), actor(Role.CARE_PROVIDER, "blijf-groep"))
    assert case.m.stage is Stage.FOLLOW_UP


def test_a_silent_provider_is_read_reminded_and_becomes_the_municipalitys_to_solve() -> None:
    case = along(upto="keys")
    read = len(case.done(ReadSupport))
    case.until(case.task(TaskKind.START_SUPPORT).due)
    assert case.open == [TaskKind.START_SUPPORT, TaskKind.BRIDGE_SUPPORT]
    assert len(case.done(ReadSupport)) == read + 2
    case.answer(a.BridgeAnswer(way="more_time"))
    assert case.open == [TaskKind.START_SUPPORT]
    assert not case.task(TaskKind.START_SUPPORT).overdue
    assert case.start_support().m.stage is Stage.FOLLOW_UP
