"""From states and lines to what is shown: as much as the reader's role needs, and no more."""

from collections.abc import Iterable
from typing import Any

from api.auth import Caller
from api.secrecy import hides_address, receiving_team, veiled
from api.views import (
    FullTaskView,
    InboxTask,
    MediationDetails,
    MediationSummary,
    MediationView,
    MomentView,
    PolicyName,
    TaskView,
)
from domain.agenda import Moment, agenda
from domain.mediation import Mediation, Offer, Support
from domain.parties import Role
from domain.signals import SignalKind
from domain.stages.readiness import completeness, readiness
from domain.tasks import OWNERS, Task, TaskKind
from domain.waiting import waiting_for
from store.journal import Loaded
from store.read_model import InboxLine, MediationLine, TaskLine

TENANCY = frozenset({SignalKind.NUISANCE, SignalKind.ARREARS})
"""The signals that concern a landlord."""


def mediation_view(of: Loaded, reader: Caller) -> MediationView:
    """Show a mediation to this reader."""
    return MediationView.model_validate(_shown(of, reader))


def mediation_details(of: Loaded, reader: Caller) -> MediationDetails:
    """Show a mediation as it stands to this reader."""
    return MediationDetails.model_validate(_shown(of, reader) | {"deliveries_waiting": of.deliveries_waiting})


def summary(line: MediationLine, reader: Caller) -> MediationSummary:
    """Show a mediation of a list to this reader."""
    tasks = tuple(task_view(task) for task in line.tasks if _may_see_task(task.owner, reader))
    return MediationSummary(
        **{name: getattr(line, name) for name in ("id", "municipality", "stage", "outcome")},
        **{name: getattr(line, name) for name in ("opened_at", "changed_at", "closed_at")},
        version=line.sequence,
        policy=PolicyName(id=line.policy_id, version=line.policy_version),
        next_moment=line.wake_at,
        tasks=tasks,
        acts_next=_acts_next(line.tasks),
    )


def task_view(task: TaskLine) -> TaskView:
    """Show an open task."""
    return TaskView(**task.model_dump(exclude={"mediation", "municipality", "stage"}), owner_role=_owner_role(task))


def inbox_task(task: InboxLine) -> InboxTask:
    """Show an open task of an inbox."""
    return InboxTask(**task.model_dump(), owner_role=_owner_role(task))


def _shown(of: Loaded, reader: Caller) -> dict[str, Any]:
    state = of.state
    parts = {name: getattr(state, name) for name in MediationView.model_fields.keys() & type(state).model_fields.keys()}
    moments = [_moment(moment) for moment in agenda(state)]
    secret = hides_address(state, of.policy, reader)
    whole = parts | {
        "version": state.sequence,
        "municipality": state.parties.municipality,
        "policy": {"id": state.policy_id, "version": state.policy_version, "digest": state.policy_digest},
        "opened_at": of.opened_at,
        "changed_at": of.changed_at,
        "tasks": [_full_task(task, of) for task in state.tasks if _may_see_task(task.owner, reader)],
        "acts_next": _acts_next(state.tasks),
        "next_moment": moments[0] if moments else None,
        "agenda": moments,
        "receiving_team": receiving_team(state, of.policy, reader),
        "readiness": (*completeness(state, of.policy), *readiness(state, of.policy)),
        "waiting_for": waiting_for(state),
        "candidates": () if secret else state.candidates,
        "offers": [_offer(offer, secret=secret) for offer in state.offers],
        "counted_refusals": state.counted_refusals,
    }
    return whole | _for_corporation(state, whole, reader.organisation) if reader.role is Role.CORPORATION else whole


def _for_corporation(state: Mediation, whole: dict[str, Any], corporation: str) -> dict[str, Any]:
    """A corporation needs its own offers, and nothing of the client's care or of other landlords."""
    offers = [offer for offer in state.offers if offer.candidate.dwelling.corporation == corporation]
    latest = bool(state.offers) and state.offers[-1] in offers
    return {
        "referral": state.referral.model_copy(
            update={
                "target_group": None,
                "documents": None,
                "track": None,
                "checklist": None,
                "age": None,
                "support_districts": None,
                "needs": state.referral.needs.model_copy(update={"unsafe_districts": ()}),
            },
        ),
        "readiness": (),
        "origin": None,
        "alternative": None,
        "urgency_conditions": (),
        "objection": None,
        "waiting_for": None,
        "next_moment": None,
        "agenda": (),
        "clocks": (),
        "urgency": None,
        "candidates": (),
        "full": (),
        "offers": [_offer(offer, secret=False) for offer in offers],
        "counted_refusals": 0,
        "lease": whole["lease"] if latest else type(state.lease)(),
        "support": _support(state) if latest else None,
        "call_attempts": (),
        "call_result": None,
        "signals": [s for s in state.signals if latest and s.kind in TENANCY],
        "absence": None,
        "concluded": None,
        "overrides": (),
    }


def _support(state: Mediation) -> Support | None:
    """What a corporation must know of the support: who gives it, and since when."""
    return state.support.model_copy(update={"lacking": (), "plan_on": None}) if state.support else None


def _offer(offer: Offer, *, secret: bool) -> dict[str, Any]:
    candidate = veiled(offer.candidate) if secret else offer.candidate
    return {
        "dwelling": candidate.dwelling,
        "conditions": candidate.conditions,
        "state": offer.state,
        "number": offer.number,
        "viewing_on": offer.viewing_on,
    }


def _full_task(task: Task, of: Loaded) -> FullTaskView:
    return FullTaskView(
        **task.model_dump(exclude={"reminders", "escalations", "check_at"}),
        owner_role=of.policy.owner_role(task.kind),
        next_reminder=next(iter(task.reminders), None),
        next_escalation=next(iter(task.escalations), None),
        script=of.policy.follow_up.script if task.kind is TaskKind.FOLLOW_UP_CALL else (),
    )


def _moment(moment: Moment) -> MomentView:
    subject = moment.subject.id if isinstance(moment.subject, Task) else moment.subject.kind.value
    return MomentView(at=moment.at, due=moment.due, subject=subject)


def _may_see_task(owner: str, reader: Caller) -> bool:
    return reader.role is not Role.CORPORATION or owner == reader.organisation


def _acts_next(tasks: Iterable[Task | TaskLine]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(task.owner for task in sorted(tasks, key=lambda task: task.due)))


def _owner_role(task: Task | TaskLine) -> Role:
    return OWNERS.get(task.kind, Role.COORDINATOR)
