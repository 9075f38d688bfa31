"""A state that is kept is used only where the journal leads to it, and changes nothing but how fast it goes."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import timedelta
from random import Random
from typing import Any, cast

import asyncpg
import pytest
from structlog.testing import capture_logs

from benchmarks.journal import drawn
from benchmarks.statements import Statements, counted
from domain.decide.decide import Decided, decide
from domain.exchange.record import Keyed, Recorded, Recording
from domain.facts.capacity import Denominator
from domain.facts.value import replace
from domain.messages.commands import AddNote, PassTime
from domain.messages.effects import ListDwellings
from domain.policy.policy import CapacityModel
from domain.policy.spread import SpreadCap, SpreadPolicy
from domain.state.mediation import Mediation
from store import journal
from store.database import Pool, connect
from store.queries import query
from store.record import LAPS, Falsified, Overtaken, Skewed, record
from store.states import States
from tests.conftest import Tell
from tests.databases import Databases
from tests.domain.case import NOTE, policy_of
from tests.drawn import SEED
from tests.store.script import Script, hard, housed, script, team_of
from tests.tampering import tamper

KEPT = ("mediation", "command", "event", "task", "effect", "open_person", "capacity", "place", "kept_dwelling")
SIZES = (0, 1, 100)
MOST = 6
"""Statements of a command, beside BEGIN and COMMIT."""
LOST = """
WITH lost AS (DELETE FROM command WHERE mediation = $1 AND ordinal > $2 RETURNING ordinal),
     effects AS (DELETE FROM effect WHERE mediation = $1 AND asked_at > $5),
     events AS (DELETE FROM event WHERE mediation = $1 AND ordinal > $2 RETURNING sequence)
UPDATE mediation SET sequence = $3, head = $4 WHERE id = $1
"""
"""The journal of one mediation put back to what it was after a command."""


@pytest.fixture
async def pools(databases: Databases) -> AsyncIterator[list[Pool]]:
    """An empty database for each of the sizes."""
    names = [await databases.take() for _ in SIZES]
    async with AsyncExitStack() as stack:
        yield [await stack.enter_async_context(connect(databases.server.application_url_of(name))) for name in names]
    for name in names:
        await databases.give_back(name)


@pytest.fixture
async def statements(postgres_url: str) -> AsyncIterator[Statements]:
    """A pool that tells what is said."""
    async with counted(postgres_url) as one:
        yield one


async def everything(pool: Pool) -> dict[str, list[str]]:
    """Every row of every table that a command writes."""
    return {
        table: sorted(map(str, await pool.fetch(f"SELECT * FROM {table}")))  # noqa: S608 - names of ours
        for table in KEPT
    }


def noting(n: int, case: Script, mediation: str = "m-1") -> Recording:
    """A command that is always accepted."""
    command = AddNote(by=case.engine, note=NOTE)
    return Recording(mediation=mediation, command_id=f"note-{n}", command=command, now=case.now)


async def put_back(pool: Pool, to: Recorded, at: Recording) -> None:
    """Put the journal of m-1 back to what it was after a command."""
    await tamper(pool, LOST, "m-1", to.ordinal, to.sequence, to.head, at.now)


async def test_the_same_is_recorded_whether_no_state_is_kept_or_one_or_many(pools: list[Pool], tell: Tell) -> None:
    tell(f"states: PROPERTY_SEED={SEED}")
    random, kept = Random(SEED), [States(size) for size in SIZES]
    lives: dict[str, list[Recording]] = {}
    for one in drawn(4, seed=SEED, steps=10):
        lives.setdefault(one.mediation, []).append(one)
    while lives:
        name = random.choice(list(lives))
        one = lives[name].pop(0)
        if not lives[name]:
            del lives[name]
        told = [await record(pool, one, team_of, states) for pool, states in zip(pools, kept, strict=True)]
        assert told[0] == told[1] == told[2]
        loaded = [await journal.load(pool, name, states=states) for pool, states in zip(pools, kept, strict=True)]
        assert loaded[0] == loaded[1] == loaded[2]
    written = [await everything(pool) for pool in pools]
    assert written[0] == written[1] == written[2]


async def test_only_what_happened_since_is_read(statements: Statements) -> None:
    case, states = housed(), States(10)
    reads = []
    sequence = 0
    for one in case.recordings():
        statements.said.clear()
        sequence = (await record(statements.pool, one, team_of, states)).sequence
        reads += [said.args[1] for said in statements.said if said.query == query("load_mediation")]
        assert reads[-1] == sequence - len(await _events_of(statements.pool, one.command_id))
    assert len(reads) == len(case.steps)
    assert reads[-1] > 20


async def _events_of(pool: Pool, command: str) -> list[asyncpg.Record]:
    events = "SELECT e.* FROM event e JOIN command c USING (mediation, ordinal) WHERE c.id = $1"
    return await pool.fetch(events, command)


async def test_workers_that_take_turns_each_read_what_the_other_recorded(pool: Pool) -> None:
    case = hard()
    one, other = States(10), States(10)
    random = Random(3)
    for n, (recording, (_, _, state)) in enumerate(zip(case.recordings(), case.steps, strict=True)):
        if n == len(case.steps) // 2:
            one = States(10)  # killed, and started anew
        states = random.choice([one, other])
        await record(pool, recording, team_of, states)
        for reader in (one, other):
            loaded = await journal.load(pool, "m-1", states=reader)
            assert loaded is not None
            assert loaded.state == state


async def test_what_was_decided_in_a_transaction_that_fails_is_not_kept(pool: Pool) -> None:
    *before, last = script("match").recordings()
    states = States(10)
    for one in before:
        await record(pool, one, team_of, states)
    known = states.of("m-1")
    await tamper(
        pool,
        "CREATE FUNCTION fails() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'at the very end'; END $$;"
        "CREATE CONSTRAINT TRIGGER last AFTER INSERT ON command DEFERRABLE INITIALLY DEFERRED"
        " FOR EACH ROW EXECUTE FUNCTION fails()",
    )
    with pytest.raises(asyncpg.RaiseError):
        await record(pool, last, team_of, states)
    assert states.of("m-1") is known
    await tamper(pool, "DROP TRIGGER last ON command")
    assert (await record(pool, last, team_of, states)).refused is None


@pytest.mark.parametrize("notes", [0, 1, 2, 3], ids=lambda n: f"{n} notes after it")
async def test_a_journal_that_was_put_back_is_noticed(pool: Pool, notes: int) -> None:
    """Put back by two commands, and gone on with fewer, as many, and more others: by a worker that knows nothing."""
    case, states = script("match"), States(10)
    recordings = case.recordings()
    recorded = [await record(pool, one, team_of, states) for one in recordings]
    await put_back(pool, recorded[-3], recordings[-3])
    for n in range(notes):
        await record(pool, noting(n, case), states=States(0))
    whole = await journal.load(pool, "m-1", states=States(0))
    with capture_logs() as lines:
        assert await journal.load(pool, "m-1", states=states) == whole
        assert await journal.load(pool, "m-1", states=states) == whole
    assert [line["mediation"] for line in lines] == ["m-1"], "told once, and what was known is dropped"
    assert whole is not None
    again = await record(pool, noting(9, case), states=states)
    assert again.head == (await journal.load(pool, "m-1", states=States(0))).head  # type: ignore[union-attr]


async def test_nothing_is_decided_on_a_state_that_the_journal_no_longer_leads_to(pool: Pool) -> None:
    case, states = script("match"), States(10)
    recordings = case.recordings()
    recorded = [await record(pool, one, team_of, states) for one in recordings]
    await put_back(pool, recorded[-3], recordings[-3])
    late = replace(noting(1, case), after=len(recordings))
    with pytest.raises(Skewed):
        await record(pool, late, states=states)
    with_rules = await record(pool, replace(recordings[-1], command_id="again"), team_of, states)
    assert with_rules.refused is not None, "nothing is offered any more"


async def test_a_chain_that_does_not_lead_to_its_head_is_kept_nowhere(pool: Pool) -> None:
    case, states = script("match"), States(10)
    for one in case.recordings():
        await record(pool, one, team_of, states)
    await tamper(pool, "UPDATE mediation SET head = 'f' WHERE id = 'm-1'")
    for _ in range(2):
        loaded = await journal.load(pool, "m-1", states=states)
        assert loaded is not None
        assert loaded.state == case.m
        assert states.of("m-1") is None
    with pytest.raises(Falsified):
        await record(pool, noting(1, case), states=states)
    assert states.of("m-1") is None


async def test_how_it_was_and_what_is_judged_again_come_from_the_journal_alone(pool: Pool) -> None:
    case, states = hard(), States(10)
    for one in case.recordings():
        await record(pool, one, team_of, states)
    known = states.of("m-1")
    assert known is not None
    states.keep(known._replace(state=replace(known.state, parties=cast(Any, None))))
    for entry, (_, _, state) in zip(await journal.entries(pool, "m-1"), case.steps[:-1], strict=False):
        loaded = await journal.load(pool, "m-1", entry.recorded.sequence, states)
        assert loaded is not None
        assert loaded.state == state
    judged: Mediation | None = None
    for entry in await journal.entries(pool, "m-1"):
        again = decide(judged, entry.command, known.policy, entry.at, entry.gone)
        assert isinstance(again, Decided)
        judged = again.state
    assert judged == case.m


async def test_no_more_states_are_kept_than_there_is_room_for(pool: Pool) -> None:
    states = States(2)
    for name in ("m-1", "m-2", "m-3"):
        await record(pool, script("start").recordings(name)[0], states=states)
    assert [states.of(name) is not None for name in ("m-1", "m-2", "m-3")] == [False, True, True]
    await journal.load(pool, "m-2", states=states)
    await journal.load(pool, "m-1", states=states)
    assert [states.of(name) is not None for name in ("m-1", "m-2", "m-3")] == [True, True, False], (
        "last used, last lost"
    )


@pytest.mark.parametrize("kind", ["plain", "keyed", "taught", "refused", "refused with a key", "time"])
async def test_an_ordinary_command_takes_two_statements(statements: Statements, kind: str) -> None:
    case = script("list")
    *before, last = case.recordings()
    states = States(10)
    for one in before:
        await record(statements.pool, one, team_of, states)
    keyed, time = Keyed(key="k-1", fingerprint="f-1"), PassTime(by=case.engine)
    asked = {
        "plain": noting(1, case),
        "keyed": replace(noting(1, case), keyed=keyed),
        "taught": replace(last, settles=case.done(ListDwellings)[0].key),
        "refused": replace(before[-1], command_id="again"),
        "refused with a key": replace(before[-1], command_id="again", keyed=keyed),
        "time": replace(noting(1, case), command=time, now=case.now + timedelta(30)),
    }[kind]
    statements.said.clear()
    recorded = await record(statements.pool, asked, team_of, states)
    assert (recorded.refused is not None) is kind.startswith("refused")
    said = [one.query.partition("\n")[0] for one in statements.said]
    # how districts stand is asked for a list of dwellings; for which homes somebody waits, or has asked, is noted
    assert len(said) <= 2 + {"taught": 2, "time": 1}.get(kind, 0), said


async def test_no_command_takes_more_than_six_statements(statements: Statements) -> None:
    """Also one that claims a home, its place and its district, asks partners and writes letters."""
    policy = policy_of("almere")
    ceiling = replace(policy.capacity, model=CapacityModel.CEILING, share=0.5, denominator=Denominator.VACATED, limit=9)
    caps = SpreadPolicy(every_complex=SpreadCap(most=3), every_district=SpreadCap(most=3))
    strict = replace(policy, capacity=ceiling, spread=caps)
    took: dict[str, int] = {}
    lives = [housed(), hard(), script(policy=strict)]
    recordings = [one for n, case in enumerate(lives) for one in case.recordings(f"m-{n}")]
    states = States(10)
    await record(statements.pool, drawn(1)[0], team_of, states)  # a new connection asks first what the types are
    for one in [*recordings, *drawn(6, seed=5)]:
        statements.said.clear()
        await record(statements.pool, one, team_of, states)
        took[one.command.type] = max(len(statements.said), took.get(one.command.type, 0))
    assert max(took.values()) <= MOST, took
    assert took["AnswerTask"] > 2, "claims are among them"


async def test_commands_at_the_same_moment_are_recorded_one_after_the_other(pool: Pool) -> None:
    case, states = script("match"), States(10)
    for one in case.recordings():
        await record(pool, one, team_of, states)
    before = len(case.steps)
    told = await asyncio.gather(*(record(pool, noting(n % 2, case), states=States(0)) for n in range(12)))
    assert {one.ordinal for one in told} == {before + 1, before + 2}
    loaded = await journal.load(pool, "m-1", states=states)
    assert loaded is not None
    assert (loaded.commands, loaded.head) == (before + 2, max(told, key=lambda one: one.ordinal).head)


@pytest.mark.parametrize("refused", [False, True], ids=["accepted", "refused"])
async def test_what_was_decided_on_a_journal_that_is_put_back_meanwhile_is_decided_anew(
    pool: Pool, monkeypatch: pytest.MonkeyPatch, refused: bool
) -> None:
    case, states = script("match"), States(10)
    recordings = case.recordings()
    recorded = [await record(pool, one, team_of, states) for one in recordings]
    looked: list[journal.Found] = []

    async def find(*args: Any, **named: Any) -> journal.Found:
        found = await journal.find(*args, **named)
        if not looked:
            await put_back(pool, recorded[-3], recordings[-3])
        looked.append(found)
        return found

    monkeypatch.setattr("store.record.find", find)
    asked = replace(recordings[0], command_id="again") if refused else noting(1, case)
    outcome = await record(pool, asked, team_of, states)
    assert (outcome.ordinal, outcome.refused is not None) == (recorded[-3].ordinal + 1, refused)
    assert len(looked) == 2


async def test_who_is_overtaken_time_after_time_gives_up_and_records_nothing(
    pool: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = script("match")
    for one in case.recordings():
        await record(pool, one, team_of, States(0))

    others = iter(range(2, 9))

    async def find(*args: Any, **named: Any) -> journal.Found:
        found = await journal.find(*args, **named)
        monkeypatch.setattr("store.record.find", journal.find)
        await record(pool, noting(next(others), case), states=States(0))
        monkeypatch.setattr("store.record.find", find)
        return found

    monkeypatch.setattr("store.record.find", find)
    own = noting(1, case)
    with pytest.raises(Overtaken):
        await record(pool, own, states=States(0))
    assert await journal.recorded(pool, "m-1", own.command_id) is None
    assert next(others) == 2 + LAPS
