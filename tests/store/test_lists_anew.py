"""The lists of a mediation can be written anew from its journal, while its commands are recorded."""

import asyncio

import asyncpg
import pytest

from audit.verify import verified
from benchmarks.journal import drawn
from store.books import books_of
from store.database import Pool
from store.lists_anew import NothingRecorded, write_anew
from store.record import record
from store.rights import NotTheOwner
from store.states import States
from tests.conftest import Tell
from tests.drawn import SEED
from tests.store.script import housed, script, team_of
from tests.store.test_states import noting
from tests.tampering import as_superuser, tamper

LISTS = ("mediation", "task", "participation")


async def lists(pool: Pool) -> dict[str, list[str]]:
    return {
        table: [row["it"] for row in await pool.fetch(f"SELECT t::text AS it FROM {table} t ORDER BY 1")]  # noqa: S608
        for table in LISTS
    }


async def test_what_is_written_anew_is_what_recording_wrote(pool: Pool, tell: Tell) -> None:
    tell(f"lists anew: PROPERTY_SEED={SEED}")
    for one in drawn(6, seed=SEED, steps=25):
        await record(pool, one, team_of, States(0))
    await housed().play(pool, "m-housed")
    before = await lists(pool)
    known = [row["id"] for row in await pool.fetch("SELECT id FROM mediation")]
    assert len(known) > 3
    for mediation in known:
        assert verified(await books_of(pool, mediation)).lists == ()
        await write_anew(pool, mediation)
    assert await lists(pool) == before


WRONG = {
    "an unknown stage": "UPDATE mediation SET stage = 'moon'",
    "an unknown outcome": "UPDATE mediation SET outcome = 'moon', closed_at = now()",
    "another head": "UPDATE mediation SET head = 'f', sequence = 1",
    "an unknown kind": "UPDATE task SET kind = 'moon'",
    "another owner": "UPDATE task SET owner = 'nobody'",
    "a task lost": "DELETE FROM task",
    "a task too many": "INSERT INTO task SELECT mediation, 'more-1', kind, owner, about, opened_at, due, 0, 0, null,"
    " owner_role FROM task LIMIT 1",
    "a part lost": "DELETE FROM participation",
    "a part too many": "INSERT INTO participation VALUES ('m-1', 'stranger', 'moon', now(), 1)",
    "the mediation lost": "DELETE FROM mediation",
}


@pytest.mark.parametrize("wrong", WRONG)
async def test_whatever_is_wrong_in_the_lists_is_told_and_put_right(pool: Pool, wrong: str) -> None:
    await script("sign").play(pool)
    before = await lists(pool)
    await tamper(pool, WRONG[wrong])
    found = verified(await books_of(pool, "m-1"))
    assert (found.journal, len(found.lists) > 0) == ((), True)
    await write_anew(pool, "m-1")
    assert await lists(pool) == before
    assert verified(await books_of(pool, "m-1")) == ((), ())


async def test_what_a_mediation_began_with_only_the_owner_puts_right(pool: Pool, postgres_url: str) -> None:
    await script("match").play(pool)
    before = await lists(pool)
    await tamper(pool, "UPDATE mediation SET person = 'another', municipality = 'elsewhere'")
    with pytest.raises(NotTheOwner):
        await write_anew(pool, "m-1")
    async with asyncpg.create_pool(as_superuser(postgres_url), min_size=1, max_size=1) as owner:
        await write_anew(owner, "m-1")
    assert await lists(pool) == before


async def test_commands_are_recorded_meanwhile(pool: Pool) -> None:
    case = script("match")
    await case.play(pool)
    notes = [record(pool, noting(n, case), team_of, States(0)) for n in range(20)]
    results = await asyncio.gather(*notes, *(write_anew(pool, "m-1") for _ in range(10)), return_exceptions=True)
    assert [one for one in results[20:] if one is not None] == []
    assert verified(await books_of(pool, "m-1")) == ((), ())
    # Who is overtaken again and again is asked again by Temporal: at least one of those that met was recorded.
    assert any(not isinstance(one, BaseException) for one in results[:20])


async def test_what_was_never_recorded_cannot_be_written(pool: Pool) -> None:
    with pytest.raises(NothingRecorded):
        await write_anew(pool, "m-nobody")
