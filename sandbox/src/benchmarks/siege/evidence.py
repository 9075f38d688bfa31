"""What is seen from outside when a siege is over: rows, workflows, ledgers and people's own notes. Nothing is judged.

It shares no code with `Record` nor with the store: what PostgreSQL holds is read by statements of its own, and what the
partners hold is read out of their own files.
"""

import json
import sqlite3
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import asyncpg
from temporalio.api.enums.v1 import PendingActivityState
from temporalio.client import Client, WorkflowExecutionStatus
from temporalio.service import RPCError, RPCStatusCode

from benchmarks.siege.blows import Struck
from benchmarks.siege.notes import Note

Json = dict[str, Any]
TABLES = {
    "mediation": "SELECT * FROM mediation",
    "command": "SELECT mediation, id, ordinal, type, organisation, at, refused FROM command",
    "event": "SELECT mediation, sequence, type, at, document::text AS document FROM event ORDER BY mediation, sequence",
    "task": "SELECT mediation, id, kind, owner FROM task WHERE closed_at IS NULL",
    "effect": "SELECT mediation, key, lane, type, asked_at, result, settled_at FROM effect",
    "place": "SELECT mediation, ledger, period, units, beyond FROM place",
    "capacity": "SELECT ledger, period, used, beyond FROM capacity",
    "kept_dwelling": "SELECT mediation, corporation, dwelling FROM kept_dwelling",
    "open_person": "SELECT mediation, person FROM open_person",
    "alarm": "SELECT mediation, kind, code, since, ended_at FROM alarm",
    "parked": "SELECT mediation, about, fault FROM parked",
    "care_message": "SELECT identification, effect FROM care_message WHERE direction = 'out' AND effect IS NOT NULL",
}
CALLS = "SELECT organisation, operation, key, received, executed FROM calls"
OFFERS = "SELECT organisation, number, mediation, state, about FROM records WHERE kind = 'offer'"


@dataclass
class Workflow:
    """How the workflow of a mediation stands."""

    status: str
    task_attempts: int = 0
    pending: tuple[str, ...] = ()
    """What it waits for: each activity with its attempt and the last failure."""


@dataclass
class Seen:
    """Everything that was seen."""

    now: datetime
    rows: Mapping[str, list[Json]]
    notes: Sequence[Note]
    again: Mapping[str, tuple[int, str]]
    """What every acknowledged command was answered when it was sent once more under its key."""
    commands_of: Mapping[str, tuple[str, ...]]
    """The ids under which the command of an acknowledged key may stand: it is judged anew when it was refused."""
    workflows: Mapping[str, Workflow]
    calls: Sequence[Json]
    """The ledgers: each key at a partner, how often it came and how often it took effect."""
    offers: Sequence[Json]
    """The offers in the corporations' books."""
    struck: Sequence[Struck]
    wrong_answers: Sequence[str]
    unanswered: Sequence[str]
    leaks: Mapping[str, Sequence[str]]
    """Where personal data was found."""
    blind: Sequence[str] = field(default=())
    """Where the search for it did not see what must be there."""

    def of(self, table: str, mediation: str) -> list[Json]:
        """Return the rows of a mediation."""
        return [row for row in self.rows[table] if row["mediation"] == mediation]

    def events(self) -> dict[str, list[Json]]:
        """Return the events of each mediation, in their order."""
        found: dict[str, list[Json]] = {}
        for row in self.rows["event"]:
            found.setdefault(row["mediation"], []).append(row)
        return found


async def rows_of(url: str) -> dict[str, list[Json]]:
    """Read the tables, all at one moment."""
    connection = await asyncpg.connect(url)
    try:
        async with connection.transaction(isolation="repeatable_read", readonly=True):
            return {name: [dict(row) for row in await connection.fetch(sql)] for name, sql in TABLES.items()}
    finally:
        await connection.close()


def ledgers_of(files: Iterable[Path]) -> tuple[list[Json], list[Json]]:
    """Read the ledgers and the offers out of partners' own files."""
    calls, offers = list[Json](), list[Json]()
    for file in files:
        book = sqlite3.connect(f"file:{file}?mode=ro", uri=True)
        book.row_factory = sqlite3.Row
        try:
            calls += [{"system": file.stem, **dict(row)} for row in book.execute(CALLS)]
            offers += [dict(row) for row in book.execute(OFFERS)]
        finally:
            book.close()
    return calls, offers


async def workflow_of(client: Client, mediation: str) -> Workflow:
    """Ask Temporal how the workflow of a mediation stands."""
    try:
        described = await client.get_workflow_handle(mediation).describe()
    except RPCError as error:
        if error.status is not RPCStatusCode.NOT_FOUND:
            raise
        return Workflow("unknown")
    raw = described.raw_description
    pending = tuple(
        f"{one.activity_type.name} {PendingActivityState.Name(one.state)[len('PENDING_ACTIVITY_STATE_') :].lower()}"
        f" attempt {one.attempt} {one.last_failure.application_failure_info.type}".rstrip()
        for one in raw.pending_activities
    )
    attempts = raw.pending_workflow_task.attempt if raw.HasField("pending_workflow_task") else 0
    return Workflow(WorkflowExecutionStatus(described.status or 0).name.lower(), attempts, pending)


def dumped(seen: Seen, mediation: str) -> str:
    """Return what somebody needs who looks why a mediation does not go on."""
    workflow, events = seen.workflows.get(mediation), seen.events().get(mediation, [])
    waiting = [f"{one['type']} {one['key']}" for one in seen.of("effect", mediation) if one["result"] is None]
    tasks = [f"{task['id']} of {task['owner']}" for task in seen.of("task", mediation)]
    last = [f"{event['sequence']} {event['type']} {event['at']:%H:%M:%S}" for event in events[-5:]]
    return (
        f"{mediation}: workflow {workflow}; not delivered {waiting}; open {tasks}; last events {last};"
        f" kinds {dict(Counter(event['type'] for event in events))}"
    )


def read(document: str) -> Json:
    """Read an event as it stands in the journal."""
    value: Json = json.loads(document)
    return value
