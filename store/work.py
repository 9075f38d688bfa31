"""The list of work of a municipality: every open task of its mediations, and what others ask it to carry on; in groups
by how late it is.
"""

import json
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import NamedTuple, TypeAlias

from asyncpg import Record

from domain.facts.calendar import Calendar, Term, TermUnit
from domain.facts.outcome import Outcome, Stage
from domain.facts.parties import Actor, OrganisationId
from domain.facts.tasks import Hindrance, TaskKind
from domain.facts.value import Value
from store.database import Pool
from store.queries import query
from store.read_model import TaskLine
from store.readable import Readable, read_part

NOBODY = ""
"""Among caseworkers: what is given to none."""
AROUND = Term(amount=5, unit=TermUnit.WORKING_DAYS)
"""What is due within this time is due soon; what is later than this is far too late."""
Place: TypeAlias = tuple[tuple[float, ...], str, str]
"""Where a line stands in the order: by its numbers, its mediation and its task."""


class WorkGroup(StrEnum):
    """How urgent work is, the most urgent first."""

    CRITICALLY_OVERDUE = "critically_overdue"
    """More than five working days late, or past the end of a term of the law."""
    OVERDUE = "overdue"
    DUE_SOON = "due_soon"
    """Within five working days."""
    NOT_DUE_YET = "not_due_yet"
    WAITING_FOR_PARTNER = "waiting_for_partner"
    """Somebody else's, and not late: once it is late it is to be chased, and stands among what is overdue."""


GROUPS = tuple(WorkGroup)


class WorkSort(StrEnum):
    """In which order."""

    URGENCY = "urgency"
    """By group; within it by the end of the term of the law, then by when it is due."""
    DUE = "due"
    DUE_LAST = "-due"
    OPENED = "openedAt"


class WorkLine(TaskLine):
    """An open task in the list of work."""

    mediation: str
    reference: str
    municipality: OrganisationId
    stage: Stage | None
    """None for what another municipality asks of the one whose list it is."""
    district: str | None
    reminded: int
    escalated: int
    legal_limit: datetime | None
    snoozed_until: date | None
    paused: bool
    hindrance: Hindrance | None
    assignee: str | None
    test: bool
    group: WorkGroup


class WorkTimes(NamedTuple):
    """The moments that divide the groups, in UTC."""

    now: datetime
    critical: datetime
    """What was due before this is far too late."""
    soon: datetime
    """What is due before this is due soon."""
    today: date


class WorkFilter(NamedTuple):
    """Which work; None does not restrict."""

    municipality: OrganisationId
    caseworkers: Sequence[str] | None = None
    stage: Stage | None = None
    kind: TaskKind | None = None
    owner: OrganisationId | None = None
    due_before: datetime | None = None
    district: str | None = None
    resting: bool | None = None
    """Only what rests, or only what does not. What the law no longer waits for never rests."""
    test: bool | None = None
    """Only that of trials, or only that of no trial."""


class StuckTask(Value):
    """A task that keeps a mediation waiting."""

    id: str
    kind: TaskKind
    owner: OrganisationId
    opened_at: datetime
    due: datetime
    far_too_late: bool


class StuckLine(Value):
    """A mediation that does not get on."""

    mediation: str
    municipality: OrganisationId
    reference: str
    stage: Stage | None
    """None for that of another municipality, of which only the answer to it is told."""
    assignee: str | None
    since: datetime
    test: bool
    tasks: tuple[StuckTask, ...]


class ChangedEvent(Value):
    """What happened, and who did it."""

    sequence: int
    at: datetime
    type: str
    by: Actor


class ChangedLine(Value):
    """A mediation in which something happened."""

    id: str
    reference: str
    stage: Stage
    outcome: Outcome | None
    changed_at: datetime
    assignee: str | None
    test: bool
    events: tuple[ChangedEvent, ...]


def times(calendar: Calendar, now: datetime) -> WorkTimes:
    """Return what divides the groups on the days that a municipality works."""
    today = calendar.today(now)
    soon = calendar.add(today, AROUND) + timedelta(days=1)
    late = calendar.subtract(today, AROUND)
    return WorkTimes(now, calendar.at(late, time()), calendar.at(soon, time()), today)


async def list_work(
    pool: Pool,
    only: WorkFilter,
    at: WorkTimes,
    group: WorkGroup | None,
    sort: WorkSort,
    *,
    after: Place | None = None,
    limit: int = 50,
) -> tuple[Readable[WorkLine], dict[WorkGroup, int]]:
    """Return a part of the list after this place, and how much of each group there is: both of one moment."""
    asked = (only.municipality, *at, *only[1:])
    numbers, mediation, task = after or (None, None, None)
    async with pool.acquire() as connection, connection.transaction(isolation="repeatable_read", readonly=True):
        rows = await connection.fetch(
            query("list_work"),
            *asked,
            GROUPS.index(group) if group else None,
            sort.value,
            numbers,
            mediation,
            task,
            limit + 1,
        )
        counts = await connection.fetch(query("count_work"), *asked)
    counted = {GROUPS[row["place_of_group"]]: row["n"] for row in counts}
    lines = read_part(rows, limit, _line, "task")
    return lines, {one: counted.get(one, 0) for one in GROUPS}


async def with_covered(pool: Pool, organisation: OrganisationId, caseworker: str, today: date) -> list[str]:
    """Return a caseworker and those for whom they stand in today."""
    rows = await pool.fetch(query("covered_by"), organisation, caseworker, today)
    return [caseworker, *(row["caseworker"] for row in rows)]


async def list_stuck(
    pool: Pool,
    municipality: OrganisationId,
    kinds: Sequence[TaskKind],
    caseworkers: Sequence[str] | None,
    at: WorkTimes,
    *,
    after: tuple[datetime, str] | None = None,
    limit: int = 50,
) -> Readable[StuckLine]:
    """List the mediations that wait for a task of these kinds, or for one that is far too late; the longest first."""
    rows = await pool.fetch(
        query("list_stuck"), municipality, at.critical, *(after or (None, None)), kinds, caseworkers, limit + 1
    )
    return read_part(rows, limit, _stuck, "mediation")


async def list_changed(
    pool: Pool,
    municipality: OrganisationId,
    since: datetime,
    caseworkers: Sequence[str] | None,
    *,
    after: tuple[datetime, str] | None = None,
    limit: int = 50,
) -> Readable[ChangedLine]:
    """List the mediations in which something happened since a moment, with what; the last one first."""
    rows = await pool.fetch(
        query("changed_since"), municipality, since, caseworkers, *(after or (None, None)), limit + 1
    )
    return read_part(rows, limit, _changed, "mediation")


def _line(row: Record) -> WorkLine:
    return WorkLine.model_validate({**row, "group": GROUPS[row["place_of_group"]]})


def _stuck(row: Record) -> StuckLine:
    return StuckLine.model_validate({**row, "tasks": json.loads(row["tasks"])})


def _changed(row: Record) -> ChangedLine:
    return ChangedLine.model_validate({**row, "events": json.loads(row["events"])})
