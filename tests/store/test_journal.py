"""One transaction records a command, and keeps lists, outbox and journal in step."""

import asyncio
import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import asyncpg
import pytest

from domain.decide.decide import Decided, decide
from domain.exchange.record import Recorded, Recording
from domain.facts.parties import Role
from domain.facts.value import replace
from domain.messages.commands import AnyCommand, LearnDwellings, ReportUndelivered
from domain.messages.effects import AnyEffect, ListDwellings, PlaceOffer
from domain.state.events import EVENT
from domain.state.fold import fold
from store import journal, outbox, read_model
from store.database import UNAVAILABLE, Pool
from store.read_model import MediationFilter
from store.record import record
from tests.domain.case import actor
from tests.store.script import Script, hard, housed, script, team_of
from tests.tampering import as_superuser

TABLES = ("mediation", "command", "event", "task", "effect", "open_person", "capacity", "place", "kept_dwelling")


async def counts(pool: Pool) -> dict[str, int]:
    """How many rows each table has."""
    return {name: await pool.fetchval(f"SELECT count(*) FROM {name}") for name in TABLES}  # noqa: S608


async def test_a_command_sent_twice_is_recorded_once_and_answered_alike(pool: Pool) -> None:
    recordings = script("match").recordings()
    first = [await record(pool, one, team_of) for one in recordings]
    rows = await counts(pool)
    assert [await record(pool, one, team_of) for one in recordings] == first
    assert await counts(pool) == rows
    assert rows["command"] == len(recordings)


async def test_the_same_command_from_many_at_once_is_recorded_once(pool: Pool) -> None:
    (start,) = script("start").recordings()
    recorded = await asyncio.gather(*(record(pool, start) for _ in range(20)))
    assert len({one.model_dump_json() for one in recorded}) == 1
    assert recorded[0].refused is None
    assert (await counts(pool))["command"] == 1


@pytest.mark.parametrize("way", [housed, hard])
async def test_lists_and_tasks_equal_the_fold_after_every_step(pool: Pool, way: Callable[[], Script]) -> None:
    case = way()
    for recording, (_, _, state) in zip(case.recordings(), case.steps, strict=True):
        recorded = await record(pool, recording, team_of)
        loaded = await journal.load(pool, "m-1")
        assert loaded is not None
        assert loaded.state == state
        (line,) = await read_model.list_mediations(pool, MediationFilter())
        assert (line.stage, line.outcome, line.sequence) == (state.stage, state.outcome, state.sequence)
        assert line.wake_at == recorded.wake_at == Decided(state=state).wake_at
        assert (line.changed_at, line.closed_at) == (recording.now, recording.now if state.outcome else None)
        assert {(t.id, t.kind, t.owner, t.about, t.due) for t in line.tasks} == {
            (t.id, t.kind, t.owner, t.about, t.due) for t in state.tasks
        }
        inbox = await read_model.list_tasks(pool, read_model.TaskFilter())
        assert {(t.id, t.reminded, t.escalated) for t in inbox} == {
            (t.id, t.reminded, t.escalated) for t in state.tasks
        }


async def test_the_hash_chain_recomputes_from_what_is_stored(pool: Pool) -> None:
    recorded = await hard().play(pool)
    rows = await pool.fetch("SELECT document::text AS text FROM event WHERE mediation = 'm-1' ORDER BY sequence")
    documents = [row["text"] for row in rows]
    assert journal.chain("", documents) == recorded[-1].head
    assert fold(EVENT.validate_json(text) for text in documents) == hard().m
    edited = [documents[0].replace("shelter", "shelters"), *documents[1:]]
    assert edited != documents
    assert journal.chain("", edited) != recorded[-1].head


async def test_the_outbox_has_every_effect_that_was_decided_and_no_other(pool: Pool) -> None:
    recorded = await hard().play(pool)
    decided = {effect.key: (effect.lane, effect.type) for one in recorded for effect in one.effects}
    stored = {row["key"]: (row["lane"], row["type"]) for row in await outbox.effects_of(pool, "m-1")}
    assert stored == decided
    assert len(decided) == sum(len(one.effects) for one in recorded)
    loaded = await journal.load(pool, "m-1")
    assert loaded is not None
    assert loaded.deliveries_waiting == len(decided) > 10


async def test_what_became_of_an_effect_is_noted_once(pool: Pool) -> None:
    case = script("start")
    (recorded,) = await case.play(pool)
    effect, *others = recorded.effects
    await outbox.settle(pool, effect.key, outbox.Result.DONE, case.now)
    await outbox.settle(pool, effect.key, outbox.Result.REFUSED, case.now)
    line = await _line(pool, effect.key)
    assert (line["result"], line["settled_at"]) == ("done", case.now)
    loaded = await journal.load(pool, "m-1")
    assert loaded is not None
    assert loaded.deliveries_waiting == len(others)


async def test_what_an_effect_taught_settles_it_when_it_is_recorded_and_once(pool: Pool) -> None:
    case = script("list")
    listed = case.recordings()[-1]
    key = case.done(ListDwellings)[0].key
    for recording in case.recordings()[:-1]:
        await record(pool, recording, team_of)
    before = await counts(pool)
    settling = replace(listed, settles=key)
    assert (await _line(pool, key))["result"] is None
    first = await record(pool, settling)
    assert first.refused is None
    assert (await counts(pool))["command"] == before["command"] + 1
    line = await _line(pool, key)
    assert (line["result"], line["settled_at"]) == ("done", listed.now)
    later = replace(settling, now=listed.now + timedelta(hours=1))
    assert await record(pool, later) == first
    assert await _line(pool, key) == line


async def test_a_recording_that_fails_leaves_the_effect_waiting(pool: Pool, monkeypatch: pytest.MonkeyPatch) -> None:
    case = script("list")
    key = case.done(ListDwellings)[0].key
    for recording in case.recordings()[:-1]:
        await record(pool, recording, team_of)

    def breaks(*_: object) -> None:
        raise ConnectionResetError

    monkeypatch.setattr(read_model, "values_of", breaks)
    with pytest.raises(ConnectionResetError):
        await record(pool, replace(case.recordings()[-1], settles=key))
    assert (await _line(pool, key))["result"] is None


async def test_what_a_partner_refused_or_a_rule_forbids_settles_the_effect_too(pool: Pool) -> None:
    case = script("match")
    await case.play(pool)
    listing, placing = case.done(ListDwellings)[0], case.done(PlaceOffer)[0]
    forbidden = LearnDwellings(by=actor(Role.CORPORATION, "ymere"), dwellings=())
    undelivered = ReportUndelivered(by=case.engine, effect=placing, code="unknown_dwelling")
    taught: list[tuple[AnyEffect, AnyCommand]] = [(listing, forbidden), (placing, undelivered)]
    for effect, command in taught:
        command_id = f"{effect.key}:learned"
        await record(
            pool,
            Recording(mediation="m-1", command_id=command_id, command=command, now=case.now, settles=effect.key),
        )
    (refused, accepted) = (await journal.entries(pool, "m-1"))[-2:]
    assert refused.recorded.refused is not None
    assert accepted.recorded.refused is None
    assert [(await _line(pool, effect.key))["result"] for effect in (listing, placing)] == ["done", "refused"]


async def _line(pool: Pool, key: str) -> dict[str, Any]:
    """What the outbox says of one effect."""
    (line,) = [line for line in await outbox.effects_of(pool, "m-1") if line["key"] == key]
    return line


async def test_a_refused_command_is_kept_with_its_answer_and_changes_nothing(pool: Pool) -> None:
    case = script("confirm")
    early = replace(case.recordings()[-1], command_id="again")
    await case.play(pool)
    before = await counts(pool)
    refused = await record(pool, early)
    assert refused.refused is not None
    assert refused.refused.rule == "task_closed"
    assert (refused.sequence, refused.effects) == (case.m.sequence, ())
    assert refused.wake_at == case.last.wake_at
    assert await record(pool, early) == refused
    assert await counts(pool) == {**before, "command": before["command"] + 1}
    assert (await journal.entries(pool, "m-1"))[-1].recorded == refused


async def test_every_recorded_command_can_be_judged_again_from_its_kept_facts(pool: Pool) -> None:
    await hard().play(pool)
    loaded = await journal.load(pool, "m-1")
    assert loaded is not None
    state = None
    for entry in await journal.entries(pool, "m-1"):
        again = decide(state, entry.command, loaded.policy, entry.at, entry.gone)
        assert isinstance(again, Decided)
        assert (again.events, again.effects) == (entry.events, entry.recorded.effects)
        state = again.state
    assert state == loaded.state


async def test_the_journal_shows_each_event_with_the_command_it_came_from(pool: Pool) -> None:
    await script("ready").play(pool)
    events = await read_model.journal_of(pool, "m-1")
    assert [event["sequence"] for event in events] == list(range(1, len(events) + 1))
    assert [event["command_id"] for event in events][0::4][0] == "c-1"
    assert events[-1]["command"] == "AnswerTask"
    assert events[-1]["by"]["organisation"] == "almere"
    assert json.dumps(events[-1]["document"])


async def test_a_connection_that_breaks_in_mid_transaction_leaves_nothing(pool: Pool, postgres_url: str) -> None:
    (start,) = script("start").recordings()
    async with _blocked_at_the_outbox(postgres_url) as blocker:
        recording = asyncio.create_task(record(pool, start))
        victim = await _waiting_backend(blocker)
        await blocker.execute("SELECT pg_terminate_backend($1)", victim)
        with pytest.raises(UNAVAILABLE):
            await recording
    assert set((await counts(pool)).values()) == {0}
    recorded: Recorded = await record(pool, start)
    assert recorded.refused is None
    assert (await counts(pool))["event"] == recorded.sequence


class _blocked_at_the_outbox:
    """While this is open, a transaction that gets as far as the outbox waits there: all else is written by then."""

    def __init__(self, url: str) -> None:
        self._url = url

    async def __aenter__(self) -> "asyncpg.Connection[asyncpg.Record]":
        self._connection = await asyncpg.connect(as_superuser(self._url))
        self._transaction = self._connection.transaction()
        await self._transaction.start()
        await self._connection.execute("LOCK TABLE effect IN ACCESS EXCLUSIVE MODE")
        return self._connection

    async def __aexit__(self, *_: object) -> None:
        await self._transaction.rollback()
        await self._connection.close()


async def _waiting_backend(connection: "asyncpg.Connection[asyncpg.Record]") -> int:
    while True:
        waiting = "SELECT pid FROM pg_locks WHERE NOT granted AND relation = 'effect'::regclass"
        process: int | None = await connection.fetchval(waiting)
        if process:
            return process
        await asyncio.sleep(0.01)
