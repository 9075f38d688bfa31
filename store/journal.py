"""The journal: one transaction decides, claims what is scarce, appends the events and keeps all else in step.

A command that is already recorded returns what it returned then. So it can be tried again after any crash.
"""

import hashlib
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from functools import lru_cache
from typing import NamedTuple

import asyncpg
from pydantic import TypeAdapter

from domain.decide.decide import Decided, Refused, decide
from domain.exchange.published import published
from domain.exchange.record import Recorded, Recording
from domain.messages.commands import AdoptPolicy, AnyCommand, ReportUndelivered, StartMediation
from domain.messages.events import AnyEvent
from domain.policy.policy import Policy
from domain.policy.scarce import Claim
from domain.state.fold import fold
from domain.state.mediation import Mediation
from store import outbox, read_model, requests, scarce
from store.database import Connection, Pool, Source
from store.queries import query
from store.receiving import TeamOf, no_team, with_team
from store.spread import with_standings

LATEST = 1_000_000
"""More events than any mediation has."""
EVENTS: TypeAdapter[list[AnyEvent]] = TypeAdapter(list[AnyEvent])
CLAIMS: TypeAdapter[list[Claim]] = TypeAdapter(list[Claim])


class MediationUnknown(Exception):
    """There is no such mediation."""


class Skewed(Exception):
    """Journal and workflow know of different commands: one of the two was put back to an earlier moment."""


class Loaded(NamedTuple):
    """A mediation as the journal has it."""

    state: Mediation
    policy: Policy
    head: str
    commands: int
    opened_at: datetime
    changed_at: datetime
    deliveries_waiting: int
    """How many effects are still to be carried out."""


class Entry(NamedTuple):
    """A recorded command: what was known when it was decided, and what was decided."""

    ordinal: int
    at: datetime
    command: AnyCommand
    gone: frozenset[Claim]
    recorded: Recorded
    events: tuple[AnyEvent, ...]


async def record(pool: Pool, recording: Recording, team_of: TeamOf = no_team) -> Recorded:
    """Decide a command and record what it leads to, all or nothing. `team_of` tells who serves a district.

    Raises `Skewed` when the workflow knows other commands than the journal: nothing is decided then. It
    raises one of `store.database.UNAVAILABLE` while PostgreSQL is away: nothing happened then, or all of it did.
    """
    async with locked(pool, recording.mediation) as connection:
        known = await recorded(connection, recording.mediation, recording.command_id)
        if known:
            return known
        loaded = await load(connection, recording.mediation)
        await _check_fence(connection, recording, loaded)
        if recording.settles:
            refused = isinstance(recording.command, ReportUndelivered)
            result = outbox.Result.REFUSED if refused else outbox.Result.DONE
            await outbox.settle(connection, recording.settles, result, recording.now)
        asked = requests.request_of(recording)
        if asked is None:
            return await _decide(connection, recording, loaded, team_of)
        if not await requests.claim(connection, asked):
            return await _refuse(connection, recording, loaded, requests.KEY_REUSED, frozenset())
        decided = await _decide(connection, recording, loaded, team_of)
        if decided.refused:
            await requests.let_go(connection, asked)
        return decided


async def _check_fence(connection: Connection, recording: Recording, loaded: Loaded | None) -> None:
    """Refuse to decide on another past than the workflow's."""
    if recording.after is None:
        return
    known = loaded.commands if loaded else await connection.fetchval(query("count_commands"), recording.mediation)
    if known != recording.after:
        raise Skewed(f"the workflow knows {recording.after} commands, the journal {known}")


@asynccontextmanager
async def locked(pool: Pool, mediation: str) -> AsyncIterator[Connection]:
    """Open a transaction in which nobody else decides on this mediation."""
    async with pool.acquire() as connection, connection.transaction():
        await connection.execute(query("lock_mediation"), mediation)
        yield connection


async def load(connection: Source, mediation: str, sequence: int = LATEST) -> Loaded | None:
    """Return a mediation as it is, or was right after one of its events; None when it was never started."""
    row = await connection.fetchrow(query("load_mediation"), mediation, sequence)
    if row is None:
        return None
    state = fold(EVENTS.validate_json(row["events"]))
    if state is None:
        raise MediationUnknown(mediation)
    return Loaded(state, _policy(row["policy"]), *(row[name] for name in Loaded._fields[2:]))


async def recorded(source: Source, mediation: str, command: str) -> Recorded | None:
    """Return what was recorded of a command; None when it never was."""
    row = await source.fetchrow(query("recorded_command"), mediation, command)
    return _told(row) if row else None


def _told(row: asyncpg.Record) -> Recorded:
    """Return what was recorded, with its number: it was not always part of it."""
    return Recorded.model_validate_json(row["recorded"]).model_copy(update={"ordinal": row["ordinal"]})


@lru_cache(maxsize=256)
def _policy(document: str) -> Policy:
    """Read a stored policy, once: many mediations share it, and it never changes."""
    return Policy.model_validate_json(document)


async def entries(pool: Pool, mediation: str) -> list[Entry]:
    """Return every recorded command of a mediation, in order, with its facts and what was decided."""
    rows = await pool.fetch(query("commands_of"), mediation)
    command: TypeAdapter[AnyCommand] = TypeAdapter(AnyCommand)
    return [
        Entry(
            ordinal=row["ordinal"],
            at=row["at"],
            command=command.validate_json(row["document"]),
            gone=frozenset(CLAIMS.validate_json(row["gone"])),
            recorded=_told(row),
            events=tuple(EVENTS.validate_json(row["events"] or "[]")),
        )
        for row in rows
    ]


async def _decide(connection: Connection, recording: Recording, loaded: Loaded | None, team_of: TeamOf) -> Recorded:
    """Decide; when something claimed turns out to be gone, decide again knowing so."""
    command = recording.command
    state = loaded.state if loaded else None
    policy = loaded.policy if loaded else command.policy if isinstance(command, StartMediation) else None
    if policy is None:
        raise MediationUnknown(recording.mediation)
    recording = await with_standings(connection, recording, state, policy)
    recording = with_team(recording, state, policy, team_of)
    command = recording.command
    gone: frozenset[Claim] = frozenset()
    while True:
        decided = decide(state, command, policy, recording.now, gone)
        if isinstance(decided, Refused):
            return await _refuse(connection, recording, loaded, decided, gone)
        missing = await scarce.claim(connection, recording.mediation, decided.claims)
        if missing is None:
            return await _accept(connection, recording, loaded, decided, gone)
        gone |= {missing}


async def _accept(
    connection: Connection,
    recording: Recording,
    loaded: Loaded | None,
    decided: Decided,
    gone: frozenset[Claim],
) -> Recorded:
    state = decided.state
    if state is None:
        raise MediationUnknown(recording.mediation)
    await scarce.release(connection, recording.mediation, decided.releases)
    await scarce.consume(connection, recording.mediation, decided.events)
    documents = [event.model_dump_json() for event in decided.events]
    outcome = Recorded(
        sequence=state.sequence,
        stage=state.stage,
        outcome=state.outcome,
        open_tasks=tuple(task.kind for task in state.tasks),
        wake_at=decided.wake_at,
        effects=decided.effects,
        fingerprint=recording.keyed.fingerprint if recording.keyed else None,
        head=chain(loaded.head if loaded else "", documents),
        ordinal=loaded.commands + 1 if loaded else 1,
    )
    adopted = recording.command.policy if isinstance(recording.command, StartMediation | AdoptPolicy) else None
    if adopted:
        digest = state.policy_digest
        document = adopted.model_dump_json()
        await connection.execute(query("keep_policy"), digest, adopted.id, adopted.version, document)
    await read_model.write(connection, state, outcome, recording.now)
    await _append(connection, recording, loaded, outcome, gone, decided.events, documents)
    return outcome


async def _refuse(
    connection: Connection,
    recording: Recording,
    loaded: Loaded | None,
    refused: Refused,
    gone: frozenset[Claim],
) -> Recorded:
    state = loaded.state if loaded else None
    outcome = Recorded(
        sequence=state.sequence if state else 0,
        stage=state.stage if state else None,
        outcome=state.outcome if state else None,
        open_tasks=tuple(task.kind for task in state.tasks) if state else (),
        wake_at=Decided.model_construct(state=state).wake_at,
        head=loaded.head if loaded else "",
        refused=refused,
        ordinal=loaded.commands + 1 if loaded else 1,
        fingerprint=recording.keyed.fingerprint if recording.keyed else None,
    )
    await _append(connection, recording, loaded, outcome, gone)
    return outcome


async def _append(
    connection: Connection,
    recording: Recording,
    loaded: Loaded | None,
    outcome: Recorded,
    gone: frozenset[Claim],
    events: Sequence[AnyEvent] = (),
    documents: Sequence[str] = (),
) -> None:
    """Append the command with its events and effects, and for whom it may concern notifications of the events."""
    effects = outcome.effects
    await connection.execute(
        query("append"),
        recording.mediation,
        recording.now,
        recording.command_id,
        outcome.ordinal,
        recording.command.type,
        recording.command.by.organisation,
        recording.command.model_dump_json(),
        CLAIMS.dump_json(sorted(gone, key=str)).decode(),
        outcome.model_dump_json(),
        outcome.refused is not None,
        list(range(outcome.sequence - len(events) + 1, outcome.sequence + 1)),
        [event.type for event in events],
        documents,
        [effect.key for effect in effects],
        [effect.lane for effect in effects],
        [effect.type for effect in effects],
        [effect.model_dump_json() for effect in effects],
        [published(event) for event in events],
    )


def chain(head: str, documents: Sequence[str]) -> str:
    """Return the head of the hash chain after these stored documents."""
    for document in documents:
        head = hashlib.sha256(f"{head}\n{document}".encode()).hexdigest()
    return head
