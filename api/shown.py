"""From states and lines to what is shown: as much as the reader's role needs, and no more."""

from collections.abc import Iterable
from typing import Any, TypeAlias

from api.auth import Caller
from api.secrecy import HIDDEN, hides_address, receiving_team, team_hidden, veiled, without_homes, without_team
from api.sights import shapes
from api.sights.corporation import (
    CorporationInboxTask,
    CorporationMediation,
    CorporationSummary,
    corporation_mediation,
    corporation_summary,
)
from api.sights.inside import is_inside
from api.sights.shapes import sight_of
from api.views import (
    FullTaskView,
    InboxTask,
    MediationDetails,
    MediationSummary,
    MediationView,
    MomentView,
    PartnerInboxTask,
    PartnerMediation,
    PartnerMediationDetails,
    PartnerSummary,
    PolicyName,
    TaskView,
)
from api.waiting import waiting_for
from domain.facts.tasks import Task, TaskKind
from domain.facts.value import replace
from domain.stages.readiness import completeness, exclusion, readiness
from domain.state.agenda import Moment, agenda
from domain.state.mediation import Offer
from store.journal import Loaded
from store.read_model import InboxLine, MediationLine, TaskLine

Shown: TypeAlias = MediationView | PartnerMediation | CorporationMediation
Details: TypeAlias = MediationDetails | PartnerMediationDetails | CorporationMediation
Summary: TypeAlias = MediationSummary | PartnerSummary | CorporationSummary
Inbox: TypeAlias = InboxTask | PartnerInboxTask | CorporationInboxTask


def mediation_view(of: Loaded, reader: Caller) -> Shown:
    """Show a mediation to this reader."""
    match sight_of(reader.role):
        case shapes.CORPORATION:
            return corporation_mediation(of, reader.organisation)
        case shapes.PARTNERS:
            return PartnerMediation.model_validate(_facts(of, reader))
    return MediationView.model_validate(_facts(of, reader))


def mediation_details(of: Loaded, reader: Caller) -> Details:
    """Show a mediation as it stands to this reader."""
    match sight_of(reader.role):
        case shapes.CORPORATION:
            return corporation_mediation(of, reader.organisation)
        case shapes.PARTNERS:
            return PartnerMediationDetails.model_validate(_facts(of, reader))
    return MediationDetails.model_validate(_facts(of, reader))


def summary(line: MediationLine, reader: Caller, team: str | None = None) -> Summary:
    """Show a mediation of a list to this reader, without a team that they may not hear of."""
    if team:
        tasks = tuple(replace(task, owner=HIDDEN) if task.owner == team else task for task in line.tasks)
        line = replace(line, tasks=tasks)
    sight = sight_of(reader.role)
    if sight is not shapes.MUNICIPALITY:
        line = replace(line, tasks=tuple(task for task in line.tasks if not is_inside(task)))
    if sight is shapes.CORPORATION:
        own = tuple(task_view(task) for task in line.tasks if task.owner == reader.organisation)
        return corporation_summary(line, own)
    shown = PartnerSummary if sight is shapes.PARTNERS else MediationSummary
    return shown(
        **{name: getattr(line, name) for name in ("id", "reference", "municipality", "test", "stage", "outcome")},
        **{name: getattr(line, name) for name in ("opened_at", "changed_at", "closed_at")},
        version=line.sequence,
        policy=PolicyName(id=line.policy_id, version=line.policy_version),
        next_moment_at=line.wake_at,
        tasks=tuple(task_view(task) for task in line.tasks),
        acts_next=_acts_next(line.tasks),
    )


def task_view(task: TaskLine) -> TaskView:
    """Show an open task."""
    return TaskView(**task.model_dump(exclude={"mediation", "reference", "municipality", "stage"}))


def inbox_task(task: InboxLine, reader: Caller) -> Inbox:
    """Show an open task of an inbox to this reader."""
    facts = task.model_dump()
    match sight_of(reader.role):
        case shapes.CORPORATION:
            return CorporationInboxTask(**facts)
        case shapes.PARTNERS:
            return PartnerInboxTask(**facts)
    return InboxTask(**facts)


def _facts(of: Loaded, reader: Caller) -> dict[str, Any]:
    """Return what can be told of a mediation to who works on the case; each view takes what it names."""
    state = of.state
    inside = {task.id for task in state.tasks if sight_of(reader.role) is not shapes.MUNICIPALITY and is_inside(task)}
    tasks = [task for task in state.tasks if task.id not in inside]
    named = PartnerMediation.model_fields.keys() | MediationView.model_fields.keys()
    moments = [_moment(moment) for moment in agenda(state) if moment.name not in inside]
    secret = hides_address(state, of.policy, reader)
    team = team_hidden(state, of.policy, reader)
    facts: dict[str, Any] = {name: getattr(state, name) for name in named & type(state).model_fields.keys()}
    facts = without_team(facts, team)
    return (
        facts
        | (without_homes() if secret else {})
        | {
            "reference": of.reference,
            "version": state.sequence,
            "municipality": state.parties.municipality,
            "policy": {"id": state.policy_id, "version": state.policy_version, "digest": state.policy_digest},
            "opened_at": of.opened_at,
            "changed_at": of.changed_at,
            "tasks": [_full_task(task, of, team) for task in tasks],
            "acts_next": without_team(_acts_next(tasks), team),
            "next_moment": moments[0] if moments else None,
            "next_moment_at": moments[0].at if moments else None,
            "agenda": moments,
            "receiving_team": receiving_team(state, of.policy, reader),
            "readiness": (
                *exclusion(state, of.policy, of.policy.calendar.today(of.changed_at)),
                *completeness(state, of.policy),
                *readiness(state, of.policy),
            ),
            "waiting_for": waiting_for(state, secret=secret),
            "offers": [_offer(offer, secret=secret) for offer in state.offers],
            "counted_refusals": state.counted_refusals,
            "deliveries_waiting": of.deliveries_waiting,
        }
    )


def _offer(offer: Offer, *, secret: bool) -> dict[str, Any]:
    candidate = veiled(offer.candidate) if secret else offer.candidate
    return {
        "dwelling": candidate.dwelling,
        "conditions": candidate.conditions,
        "state": offer.state,
        "number": offer.number,
        "viewing_on": offer.viewing_on,
    }


def _full_task(task: Task, of: Loaded, team: str | None) -> FullTaskView:
    return FullTaskView(
        **without_team(task.model_dump(exclude={"reminders", "escalations", "check_at"}), team),
        next_reminder=next(iter(task.reminders), None),
        next_escalation=next(iter(task.escalations), None),
        script=of.policy.follow_up.script if task.kind is TaskKind.FOLLOW_UP_CALL else (),
    )


def _moment(moment: Moment) -> MomentView:
    return MomentView(at=moment.at, due=moment.due, subject=moment.name)


def _acts_next(tasks: Iterable[Task | TaskLine]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(task.owner for task in sorted(tasks, key=lambda task: task.due)))
