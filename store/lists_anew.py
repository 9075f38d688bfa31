"""The lists of one mediation written anew from its journal, while everybody goes on working.

The row of the mediation is held meanwhile: who records a command of it waits, and finds it where the journal is.
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import asyncpg

from domain.policy.policy import Policy
from domain.state.fold import fold
from domain.state.mediation import Mediation
from domain.state.participation import Participation, StateAt, participations
from store.columns import columns
from store.database import Connection, Pool
from store.journal import Entry, entries
from store.queries import query
from store.read_model import work_of
from store.rights import NotTheOwner

TASK_COLUMNS = 14
"""Columns of a task but its mediation."""


class NothingRecorded(LookupError):
    """The journal has no mediation of this name."""


class Lists(NamedTuple):
    """What the lists must have of a mediation."""

    origin: tuple[object, ...]
    """What never changes: municipality, person, when it was opened, and whether it is a trial."""
    line: tuple[object, ...]
    """The rest of its row, in the order in which the query `put_line` takes it."""
    tasks: tuple[tuple[object, ...], ...]
    """Its tasks, in the order in which the query `put_tasks` takes their columns."""
    parts: tuple[Participation, ...]


async def write_anew(pool: Pool, mediation: str) -> None:
    """Write the lists of a mediation anew.

    Raises NothingRecorded; one of `store.readable.UNREADABLE` where the journal cannot be read; and NotTheOwner where a
    column differs that the application may not change.
    """
    async with pool.acquire() as connection, connection.transaction():
        held = await connection.fetchrow(query("hold_its_row"), mediation)
        known = await entries(connection, mediation)
        documents = {row["digest"]: row["document"] for row in await connection.fetch(query("policies_in_use"))}
        lists = worked_out(mediation, known, documents)
        await _put_origin(connection, mediation, tuple(held) if held else None, lists)
        await connection.execute(query("put_line"), mediation, *lists.origin, *lists.line)
        await connection.execute(query("drop_tasks"), mediation)
        await connection.execute(query("put_tasks"), mediation, *columns(lists.tasks, TASK_COLUMNS))
        await connection.execute(query("drop_parts"), mediation)
        parts = [(mediation, *part) for part in lists.parts]
        await connection.execute(query("fill_participation"), *columns(parts, len(Participation._fields) + 1))


async def _put_origin(connection: Connection, mediation: str, held: tuple[object, ...] | None, lists: Lists) -> None:
    if held is None or held == lists.origin:
        return
    try:
        await connection.execute(query("put_origin"), mediation, *lists.origin)
    except asyncpg.InsufficientPrivilegeError as error:
        raise NotTheOwner(str(error)) from None


def worked_out(mediation: str, known: Sequence[Entry], documents: Mapping[str, str]) -> Lists:
    """Return the lists after these commands, under policies by their digests. Raises NothingRecorded."""
    accepted = [entry for entry in known if not entry.recorded.refused]
    state: Mediation | None = None
    steps: list[StateAt] = []
    tasks: dict[str, dict[str, Any]] = {}
    changed = closed = None
    for entry in accepted:
        state = fold(entry.events, state)
        if state is None:
            raise NothingRecorded(mediation)
        policy = Policy.model_validate_json(documents[state.policy_digest])
        if entry.events:
            changed = entry.at
            steps.append(StateAt(entry.at, state, policy))
        closed = (closed or entry.at) if state.outcome else None
        _keep_tasks(tasks, entry, state, policy)
    if state is None:
        raise NothingRecorded(mediation)
    last = accepted[-1].recorded
    outcome = state.outcome.value if state.outcome else None
    organisations, district = list(state.organisations()), steps[0].after.referral.district
    line = (state.policy_digest, state.stage.value, outcome, organisations, state.sequence, last.head, changed, closed)
    return Lists(
        (state.parties.municipality, state.referral.person, accepted[0].at, state.test),
        (*line, last.wake_at, district),
        tuple((name, *(kept[column] for column in KEPT)) for name, kept in tasks.items()),
        participations(steps),
    )


KEPT = (
    *("kind", "about", "opened_at", "closed_at", "owner", "owner_role", "due", "reminded", "escalated"),
    *("legal_limit", "paused", "hindrance", "snoozed_until"),
)
"""The columns of a task besides its name, in the order of `put_tasks`."""


def _keep_tasks(tasks: dict[str, dict[str, Any]], entry: Entry, state: Mediation, policy: Policy) -> None:
    """Update the list of tasks as recording a command does."""
    limits, rests, paused, _, hindrances = work_of(state, policy, entry.events)
    beside: Sequence[Any] = (limits, rests, paused, hindrances)
    for task, *(limit, until, pauses, hindrance) in zip(state.tasks, *beside, strict=True):
        begun = {"kind": task.kind.value, "about": task.about, "opened_at": task.opened_at, "closed_at": None}
        kept = tasks.setdefault(task.id, begun)
        kept |= {"owner": task.owner, "owner_role": task.owner_role.value, "due": task.due}
        kept |= {"reminded": task.reminded, "escalated": task.escalated, "legal_limit": limit, "paused": pauses}
        kept |= {"hindrance": hindrance, "snoozed_until": until or kept.get("snoozed_until")}
    still = {task.id for task in state.tasks}
    for name, kept in tasks.items():
        if name not in still:
            kept["closed_at"] = kept["closed_at"] or entry.at
