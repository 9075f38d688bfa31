"""How journal and history stand to each other is found by the link of the last command, and each way is put right."""

from datetime import UTC, datetime
from pathlib import Path

from audit.standing import Onlooker, Skew, Stood
from console.mending import Mending
from runtime.last_told import last_told
from runtime.rebuilding import known_commands
from runtime.seals import Speakers
from sandbox.embedded.postgres import Postgres
from store.database import Pool, connect
from store.event_feed import read_feed
from store.numbers import POSITIONS, move_numbers_on, put_back_unnoticed
from tests.journey import Journey, Scene
from tests.put_back import keep, put_back
from tests.tampering import tamper
from tests.workflows.test_shell import note
from worker import mediation_worker


def onlooker(scene: Scene, pool: Pool) -> Onlooker:
    return Onlooker(pool, scene.client, scene.settings.key_ring, Speakers.parse(scene.settings.speakers))


async def stands(scene: Scene, mediation: str, pool: "Pool | None" = None) -> Stood:
    [found] = [one async for one in onlooker(scene, pool or scene.pool).look([mediation])]
    return found


async def test_two_that_agree_and_a_workflow_that_is_gone(scene: Scene) -> None:
    journey = await Journey(scene).start()
    await journey.submit(note(journey))
    await journey.settled()
    commands = (await journey.loaded()).commands
    assert await stands(scene, journey.id) == (journey.id, Skew.EQUAL, commands, commands)
    told = await last_told(scene.client, journey.id)
    assert told
    assert told.commands == await known_commands(scene.client, journey.id)
    await journey.handle.terminate()
    assert (await stands(scene, journey.id)).standing is Skew.WORKFLOW_GONE
    lines: list[str] = []
    mending = Mending(scene.pool, scene.client, scene.settings, lines.append)
    await mending.repair(journey.id)
    assert lines == [f"{journey.id} goes on after {commands} commands, with 0 things to deliver"]
    assert await stands(scene, journey.id) == (journey.id, Skew.EQUAL, commands, commands)
    assert (await journey.submit(note(journey))).refused is None


async def test_a_journal_that_was_put_back_is_behind_until_it_is_refilled(
    idle: Scene, postgres: Postgres, tmp_path: Path
) -> None:
    journey, later = Journey(idle), Journey(idle, bsn="999990020")
    async with mediation_worker(idle.settings, idle.client) as worker, worker:
        await journey.start()
        await journey.settled()
        await keep(idle.settings.database_url, tmp_path / "kept")
        await journey.submit(note(journey))
        await later.start()
        await later.settled()
    async with put_back(postgres, tmp_path / "kept") as url, connect(url, size=5) as pool:
        assert (await stands(idle, journey.id, pool)).standing is Skew.JOURNAL_BEHIND
        assert (await stands(idle, later.id, pool)).standing is Skew.UNKNOWN
        assert (await stands(idle, "m-nobody", pool)).standing is Skew.EQUAL
        lines: list[str] = []
        mending = Mending(pool, idle.client, idle.settings, lines.append)
        for one in (journey, later):
            assert not await mending.refill(one.id)
            assert (await stands(idle, one.id, pool)).standing is Skew.EQUAL
        told = "\n".join(lines)
        assert f"vault enter {later.id}" in told
        assert f"vault enter {journey.id}" not in told
        await pool.execute("UPDATE effect SET result = NULL, settled_at = NULL WHERE mediation = $1", journey.id)
        assert (await stands(idle, journey.id, pool)).standing is Skew.JOURNAL_BEHIND, "something was delivered"
        assert not await mending.refill(journey.id)
        assert (await stands(idle, journey.id, pool)).standing is Skew.EQUAL


async def test_a_journal_that_is_ahead_and_one_that_is_another(scene: Scene) -> None:
    journey = await Journey(scene).start()
    await journey.submit(note(journey))
    await journey.settled()
    told = await last_told(scene.client, journey.id)
    assert told
    more = """
    INSERT INTO command (mediation, at, id, ordinal, type, organisation, document, gone, recorded, refused, link)
    SELECT mediation, at, 'more', ordinal + 1, type, organisation, document, gone, recorded, true, 'more'
    FROM command WHERE mediation = $1 AND ordinal = $2
    """
    await scene.pool.execute(more, journey.id, told.commands)
    assert (await stands(scene, journey.id)).standing is Skew.JOURNAL_AHEAD
    await tamper(scene.pool, "DELETE FROM command WHERE mediation = $1 AND id = 'more'", journey.id)
    await tamper(
        scene.pool, "UPDATE command SET link = 'other' WHERE mediation = $1 AND ordinal = $2", journey.id, told.commands
    )
    assert (await stands(scene, journey.id)).standing is Skew.FORKED
    lines: list[str] = []
    assert await Mending(scene.pool, scene.client, scene.settings, lines.append).refill(journey.id)
    assert "is another in the journal" in lines[0]


async def test_no_number_is_given_twice_after_it(scene: Scene) -> None:
    known = "INSERT INTO put_back SELECT now(), timeline_id, 0 FROM pg_control_checkpoint()"
    await scene.pool.execute(known)
    assert not await put_back_unnoticed(scene.pool)
    journey = await Journey(scene).start()
    await journey.settled()
    before = await read_feed(scene.pool, 0, 1000)
    await scene.pool.execute("INSERT INTO care_count (sender, what, last) VALUES ('a', 'message', 7)")
    await move_numbers_on(scene.pool, datetime.now(UTC))
    await journey.submit(note(journey))
    [new] = await read_feed(scene.pool, before[-1].position, 1000)
    assert new.position == before[-1].position + POSITIONS + 1
    assert await scene.pool.fetchval("SELECT last FROM care_count") == 1007
    other = await Journey(scene, bsn="999990020").start()
    assert (await other.loaded()).reference[-4:] == "0102"
    await tamper(scene.pool, "UPDATE put_back SET timeline = 0")
    assert await put_back_unnoticed(scene.pool)
