"""What is shown of the aftercare: to each as much as their role needs."""

from datetime import UTC, datetime
from typing import TypeVar

from api.auth import Caller
from api.shown import mediation_view
from api.sights.corporation import CorporationMediation
from api.views import MediationView
from domain.facts.absences import AbsenceKind
from domain.facts.parties import Role
from domain.facts.signals import SignalKind
from domain.facts.tasks import TaskKind
from store.journal import Loaded
from tests.domain.case import Case, actor, along, policy_of

ViewT = TypeVar("ViewT")
AT = datetime(2026, 6, 1, tzinfo=UTC)


def shown(case: Case, role: Role, organisation: str, view: type[ViewT]) -> ViewT:
    """A mediation as somebody of this organisation sees it."""
    of = Loaded(
        case.m,
        case.policy,
        head="",
        commands=0,
        opened_at=AT,
        changed_at=AT,
        deliveries_waiting=0,
        reference="A26-0001",
        link=None,
    )
    seen = mediation_view(of, Caller(actor=actor(role, organisation), municipalities=()))
    assert type(seen) is view
    return seen


def troubled() -> Case:
    case = along(policy=policy_of("almere"))
    for kind in SignalKind:
        case.signals(kind)
    return case.away(AbsenceKind.DETENTION)


def test_a_landlord_sees_what_concerns_the_tenancy_and_nothing_of_care_or_absence() -> None:
    view = shown(troubled(), Role.CORPORATION, "ymere", CorporationMediation)
    assert {signal.kind for signal in view.signals} == {SignalKind.NUISANCE, SignalKind.ARREARS}
    assert {task.owner for task in view.tasks} == {"ymere"}
    assert view.support is not None
    assert view.support.provider == "kwintes"


def test_another_landlord_sees_no_signal() -> None:
    assert shown(troubled(), Role.CORPORATION, "de-alliantie", CorporationMediation).signals == ()


def test_the_municipality_sees_signals_absence_pause_and_the_script_of_the_call() -> None:
    case = troubled().paused()
    view = shown(case, Role.COORDINATOR, "almere", MediationView)
    assert len(view.signals) == len(SignalKind)
    assert view.absence is not None
    assert view.absence.kind is AbsenceKind.DETENTION
    assert view.paused_at == case.now
    assert view.next_moment is not None
    assert view.next_moment.subject.startswith("review_pause"), "only the pause itself is looked at"
    scripts = {task.kind: task.script for task in view.tasks}
    assert scripts[TaskKind.FOLLOW_UP_CALL] == case.policy.follow_up.script
    assert scripts[TaskKind.HOLD_TALK] == ()
