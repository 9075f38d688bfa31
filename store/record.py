"""`record`: decide a command; then claim what is scarce, append the events and update the lists, in one transaction.

For a command that is recorded already, what was recorded then is returned: so it can be tried again after any crash.
"""

from contextlib import suppress
from datetime import datetime
from typing import NamedTuple

import asyncpg

from domain.decide.decide import Decided, Refused, decide
from domain.exchange.record import Recorded, Recording
from domain.facts.value import replace
from domain.messages.commands import AdoptPolicy, AnyCommand, StartMediation
from domain.policy.policy import Policy
from domain.policy.scarce import Claim, PlaceClaim
from domain.state.agenda import wake_at
from domain.state.mediation import Mediation
from store import requests, scarce
from store.appending import After, append, append_refused, line_of
from store.database import Connection, Pool
from store.earlier import with_earlier
from store.home_queue import stand_in_line, with_line
from store.involved import with_involved
from store.journal import STATES, Found, Loaded, MediationUnknown, chain, find
from store.receiving import TeamOf, no_team, with_team
from store.released import set_aside, with_home
from store.spread import with_standings
from store.states import KnownState, States


class Skewed(Exception):
    """Journal and workflow do not know the same commands: one of the two was restored from a backup."""


class Falsified(Exception):
    """The journal of a mediation is not what was recorded: somebody has changed it. Nothing is built on it."""


class _Changed(Exception):
    """The mediation has changed since this was decided."""


class Overtaken(Exception):
    """Other commands of this mediation were recorded each time while this one was decided."""


class _Done(NamedTuple):
    """What was recorded of a command, and the mediation after it; None when it never began."""

    recorded: Recorded
    known: KnownState | None


LAPS = 3
"""How often a command is decided when another is recorded meanwhile. A mediation's workflow records one at a time, so
there is another one only while an attempt that Temporal has given up still runs."""


async def record(pool: Pool, recording: Recording, team_of: TeamOf = no_team, states: States = STATES) -> Recorded:
    """Decide a command and record what it leads to, all or nothing. `team_of` tells who serves a district.

    Nothing is locked while it is decided: the statement that records it checks whether the mediation is unchanged.

    Raises `NewerBuild` when a newer release is at work: the command is left to that. Raises `Skewed` when the workflow
    knows other commands than the journal, and `Falsified` when the events do not lead to what was recorded: nothing is
    decided then. Raises one of `store.database.UNAVAILABLE` while PostgreSQL is away: then nothing was recorded, or all
    of it.
    """
    asked = requests.request_of(recording)
    async with pool.acquire() as connection:
        for _ in range(LAPS):
            found = await find(
                connection, recording.mediation, states, command=recording.command_id, asked=asked, deciding=True
            )
            if found.recorded:
                return found.recorded
            if recording.after not in {None, found.commands}:
                raise Skewed(f"the workflow knows {recording.after} commands, the journal {found.commands}")
            if not found.proven:
                raise Falsified("its events are not those that were recorded")
            with suppress(_Changed, asyncpg.UniqueViolationError):
                done = await _record(connection, recording, found, asked, team_of)
                # Only now: a transaction may still have failed after the decision.
                if done.known:
                    states.keep(done.known)
                return done.recorded
    raise Overtaken(recording.mediation)


async def _record(
    connection: Connection, recording: Recording, found: Found, asked: requests.Request | None, team_of: TeamOf
) -> _Done:
    """Decide, and use the key of the request that the command came with; a refusal uses up no key."""
    if asked is None or found.key_used_for == asked.fingerprint:
        return await _decide(connection, recording, found.loaded, None, team_of)
    if found.key_used_for:
        return await _refuse(connection, recording, found.loaded, requests.KEY_REUSED, frozenset())
    return await _decide(connection, recording, found.loaded, asked, team_of)


async def _decide(
    connection: Connection,
    recording: Recording,
    loaded: Loaded | None,
    asked: requests.Request | None,
    team_of: TeamOf,
) -> _Done:
    """Decide; when something claimed turns out to be gone, decide again with that known."""
    state = loaded.state if loaded else None
    given = recording.command
    policy = loaded.policy if loaded else given.policy if isinstance(given, StartMediation) else None
    if policy is None:
        raise MediationUnknown(recording.mediation)
    command = await looked_up(connection, recording, state, policy, team_of)
    recording = replace(recording, command=command)
    gone: frozenset[Claim] = frozenset()
    while True:
        decided = decide(state, command, policy, recording.now, gone)
        if isinstance(decided, Refused):
            return await _refuse(connection, recording, loaded, decided, gone)
        if not scarce.concerns(decided):
            return await _accept(connection, recording, loaded, decided, policy, gone, asked)
        try:
            async with connection.transaction():
                missing = await take(connection, recording, decided, policy, gone)
                if missing is None:
                    return await _accept(connection, recording, loaded, decided, policy, gone, asked)
            gone |= {missing}
        except scarce.RoomAfterAll:
            gone = frozenset(one for one in gone if not isinstance(one, PlaceClaim))


async def take(
    connection: Connection, recording: Recording, decided: Decided, policy: Policy, gone: frozenset[Claim]
) -> Claim | None:
    """Claim, give back and wait for what a decision says; return the first claim that is gone. See `scarce.settle`."""
    missing = await scarce.settle(connection, recording.mediation, decided, gone)
    if missing is None:
        await set_aside(connection, decided.releases, policy.calendar.today(recording.now), recording.now)
        if decided.homes_wanted:
            await stand_in_line(connection, recording.mediation, decided.homes_wanted, recording.now)
    return missing


async def looked_up(
    connection: Connection, recording: Recording, state: Mediation | None, policy: Policy, team_of: TeamOf
) -> AnyCommand:
    """Return a command with the facts that it is decided on and that stand in the database or in the directory."""
    recording = await with_earlier(connection, recording)
    recording = await with_standings(connection, recording, state, policy)
    recording = with_team(recording, state, policy, team_of)
    recording = await with_home(connection, recording, state, policy.calendar.today(recording.now))
    recording = await with_line(connection, recording, state)
    recording = await with_involved(connection, recording, state)
    return recording.command


async def foresee(
    pool: Pool, loaded: Loaded, command: AnyCommand, now: datetime, team_of: TeamOf = no_team
) -> Decided | Refused:
    """Return what a command would lead to now, with every claim granted. Nothing is recorded, claimed or sent."""
    recording = Recording(mediation=loaded.state.id, command_id="", command=command, now=now)
    async with pool.acquire() as connection:
        whole = await looked_up(connection, recording, loaded.state, loaded.policy, team_of)
    return decide(loaded.state, whole, loaded.policy, now)


async def _accept(
    connection: Connection,
    recording: Recording,
    loaded: Loaded | None,
    decided: Decided,
    policy: Policy,
    gone: frozenset[Claim],
    asked: requests.Request | None,
) -> _Done:
    state = decided.state
    if state is None:
        raise MediationUnknown(recording.mediation)
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
    if isinstance(recording.command, StartMediation | AdoptPolicy):
        policy = recording.command.policy
    after = After(state, policy, decided.events, documents)
    recorded = await append(connection, line_of(recording, outcome, gone), loaded, after, asked)
    if recorded is None:
        raise _Changed
    return _Done(recorded, KnownState(state, policy, outcome.head))


async def _refuse(
    connection: Connection,
    recording: Recording,
    loaded: Loaded | None,
    refused: Refused,
    gone: frozenset[Claim],
) -> _Done:
    state = loaded.state if loaded else None
    outcome = Recorded(
        sequence=state.sequence if state else 0,
        stage=state.stage if state else None,
        outcome=state.outcome if state else None,
        open_tasks=tuple(task.kind for task in state.tasks) if state else (),
        wake_at=wake_at(state) if state else None,
        head=loaded.head if loaded else "",
        refused=refused,
        ordinal=loaded.commands + 1 if loaded else 1,
        fingerprint=recording.keyed.fingerprint if recording.keyed else None,
    )
    recorded = await append_refused(connection, line_of(recording, outcome, gone), loaded)
    if recorded is None:
        raise _Changed
    return _Done(recorded, loaded.known if loaded else None)
