"""Lists, inboxes and counts. They are written in the transaction that records the events, so they never lag."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from domain.exchange.record import Recorded
from domain.facts.outcome import Outcome, Stage
from domain.facts.parties import OrganisationId, Role
from domain.facts.tasks import TaskKind
from domain.facts.value import Value
from domain.policy.policy import Policy
from domain.state.events import AnyEvent, TaskSnoozed
from domain.state.mediation import Mediation
from domain.state.participation import Had, change
from domain.steps.limits import legal_limit
from store.columns import columns
from store.database import Pool
from store.participation import Asker
from store.queries import query
from store.readable import Readable, read_part, read_rows


class TaskLine(Value):
    """An open task in a list."""

    id: str
    kind: TaskKind
    owner: OrganisationId
    owner_role: Role
    about: str | None
    opened_at: datetime
    due: datetime


class InboxLine(TaskLine):
    """An open task in an organisation's inbox."""

    mediation: str
    reference: str
    municipality: OrganisationId
    stage: Stage
    reminded: int
    escalated: int
    test: bool


class MediationLine(Value):
    """A mediation in a list."""

    id: str
    reference: str
    """What it is called on the phone."""
    municipality: OrganisationId
    stage: Stage
    outcome: Outcome | None
    sequence: int
    opened_at: datetime
    changed_at: datetime
    closed_at: datetime | None
    wake_at: datetime | None
    policy_id: str
    policy_version: str
    test: bool
    tasks: tuple[TaskLine, ...]
    unreadable: int = 0
    """How many more open tasks there are, that cannot be read."""


class MediationFilter(NamedTuple):
    """Which mediations to list; None does not restrict."""

    municipality: OrganisationId | None = None
    reader: Asker | None = None
    """The partner that asks: only what it may see."""
    stage: Stage | None = None
    outcome: Outcome | None = None
    owner: OrganisationId | None = None
    """Who must do something."""
    overdue_at: datetime | None = None
    """Only mediations with a task that was due before this moment."""
    organisation: OrganisationId | None = None
    """Who takes part, or did."""
    changed_since: datetime | None = None
    reference: str | None = None
    home: str | None = None
    """The dwelling that is kept for the client, by its corporation's id."""
    test: bool | None = None
    """Only trials, or only what is none."""


class ListOrder(NamedTuple):
    """In which order mediations are listed."""

    by_change: bool = False
    """By when something last happened, else by when they were opened."""
    last_first: bool = False


BY_OPENING = ListOrder()


class TaskFilter(NamedTuple):
    """Which open tasks to list; None does not restrict."""

    owner: OrganisationId | None = None
    municipality: OrganisationId | None = None
    kind: TaskKind | None = None
    overdue_at: datetime | None = None


def values_of(state: Mediation, recorded: Recorded) -> tuple[object, ...]:
    """Return the values of the lists for this state, in the order in which the query `record` takes them."""
    tasks = state.tasks
    return (
        state.parties.municipality,
        state.policy_digest,
        state.referral.person,
        state.stage.value,
        list(state.organisations()),
        state.sequence,
        recorded.head,
        recorded.wake_at,
        state.outcome.value if state.outcome else None,
        [t.id for t in tasks],
        [t.kind.value for t in tasks],
        [t.owner for t in tasks],
        [t.about for t in tasks],
        [t.opened_at for t in tasks],
        [t.due for t in tasks],
        [t.reminded for t in tasks],
        [t.escalated for t in tasks],
        [t.owner_role.value for t in tasks],
    )


def work_of(state: Mediation, policy: Policy, events: Sequence[AnyEvent]) -> tuple[object, ...]:
    """Return what the list of work shows of this state besides, in the order in which the query `record` takes it."""
    rests = {event.task.id: event.until for event in events if isinstance(event, TaskSnoozed)}
    paused = state.paused_at is not None
    return (
        [legal_limit(state, t, policy) for t in state.tasks],
        [rests.get(t.id) for t in state.tasks],
        [paused and not t.runs_on and t.kind is not TaskKind.REVIEW_PAUSE for t in state.tasks],
        state.referral.district,
        [t.hindrance.value if t.hindrance else None for t in state.tasks],
    )


def parts_of(before: Mediation | None, after: Mediation, policy: Policy, now: datetime) -> tuple[object, ...]:
    """Return how the parts change between two states, in the order in which the query `record` takes it."""
    changes = change(before, after, policy, now)
    return tuple(column for some in changes for column in columns(some, len(Had._fields)))


async def list_mediations(
    pool: Pool,
    only: MediationFilter,
    order: ListOrder = BY_OPENING,
    *,
    after: tuple[datetime, str] | None = None,
    limit: int = 50,
) -> Readable[MediationLine]:
    """List mediations in this order, those after this moment and id."""
    rows = await pool.fetch(
        query("list_mediations"),
        only.municipality,
        only.reader and only.reader.organisation,
        only.stage,
        only.outcome,
        only.owner,
        only.overdue_at,
        *(after or (None, None)),
        limit + 1,
        only.organisation,
        only.changed_since,
        order.by_change,
        -1 if order.last_first else 1,
        only.reference,
        only.home,
        only.reader and only.reader.at,
        only.test,
    )
    lines = read_part(rows, limit, _line, "mediation")
    lines.unreadable += sum(line.unreadable for line in lines)
    return lines


async def list_tasks(
    pool: Pool,
    only: TaskFilter,
    *,
    after: tuple[datetime, str, str] | None = None,
    limit: int = 50,
) -> Readable[InboxLine]:
    """List open tasks, the earliest due first, those after this due moment, mediation and id."""
    rows = await pool.fetch(
        query("list_tasks"),
        only.owner,
        only.municipality,
        only.kind,
        only.overdue_at,
        *(after or (None, None, None)),
        limit + 1,
    )
    return read_part(rows, limit, lambda row: InboxLine.model_validate(dict(row)), "task")


def _line(row: Mapping[str, Any]) -> MediationLine:
    """Read a mediation, leaving out those of its tasks that cannot be read."""
    tasks = read_rows(json.loads(row["tasks"]), TaskLine.model_validate, "task")
    return MediationLine.model_validate({**row, "tasks": tuple(tasks), "unreadable": tasks.unreadable})


async def journal_of(pool: Pool, mediation: str) -> list[Mapping[str, Any]]:
    """Return a mediation's events in order, with the command each came from; `by` is None where it names nobody."""
    rows = await pool.fetch(query("journal_of"), mediation)
    return [{**row, "document": json.loads(row["document"]), "by": json.loads(row["by"] or "null")} for row in rows]
