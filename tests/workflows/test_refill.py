"""A journal that was put back to an earlier moment is refilled from the histories, word for word as it was."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import pytest

from audit.examine import examine
from audit.past import past_of
from audit.verify import verify
from domain.facts.alarms import AlarmKind
from domain.facts.value import replace
from domain.messages.answers import KnownFrom
from domain.messages.commands import Withdraw
from runtime.histories import InTemporal
from runtime.seals import Speakers
from sandbox.data_directory import new_seals
from sandbox.driven.journey import eventually
from sandbox.embedded.postgres import Postgres
from store.alarms import alarms_now
from store.books import books_of
from store.database import Pool, connect
from store.past import Doubtful, Past
from store.refilling import LostForGood, Refilled, refill
from store.sweep import sweep
from store.vault import NotLost, Vault
from store.vault_secrets import unlock
from tests.journey import Journey, Scene
from tests.put_back import keep, put_back, rows
from tests.workflows.test_shell import note
from worker import mediation_worker

NOW = datetime(2026, 12, 1, 9, tzinfo=UTC)
OTHER = "999990020"


async def past(scene: Scene, mediation: str) -> Past:
    fetched = await InTemporal(scene.client).of(mediation)
    return await past_of(scene.settings.key_ring, Speakers.parse(scene.settings.speakers), mediation, fetched)


async def refilled(scene: Scene, pool: Pool, mediation: str) -> Refilled:
    return await refill(pool, mediation, await past(scene, mediation), NOW)


async def test_what_was_lost_is_written_again_word_for_word(idle: Scene, postgres: Postgres, tmp_path: Path) -> None:
    journey, later = Journey(idle), Journey(idle, bsn=OTHER)
    async with mediation_worker(idle.settings, idle.client) as worker, worker:
        await journey.start()
        await journey.settled()
        await keep(idle.settings.database_url, tmp_path / "kept")
        await journey.offered()
        await journey.submit(note(journey), "lost")
        await journey.refuse()
        refused = await journey.submit(Withdraw(by=journey.colleague, source=KnownFrom.CLIENT), "refer")
        assert refused
        await later.start()
        for one in (journey, later):
            await one.settled()
    whole, numbers = await rows(idle.settings.database_url), await idle.pool.fetchval("SELECT count(*) FROM reference")
    assert numbers == 2
    async with put_back(postgres, tmp_path / "kept") as url, connect(url, size=5) as pool:
        lost = len((await books_of(idle.pool, journey.id)).commands) - len((await books_of(pool, journey.id)).commands)
        assert lost > 5
        again = await refilled(idle, pool, later.id)
        assert (again.taken, again.renumbered, again.lost.person) == ((), False, True)
        done = await refilled(idle, pool, journey.id)
        assert (done.commands, done.otherwise, done.taken) == (lost, (), ())
        assert done.lost.letters > 0
        now = await rows(url)
        assert {table for table, lines in whole.items() if lines != now[table]} == set()
        assert (await sweep(pool)).differences == ()
        for one in (journey, later):
            assert verify(await books_of(pool, one.id), Speakers.parse(idle.settings.speakers)) == []
            assert await refilled(idle, pool, one.id) == Refilled(), "it was whole"
        assert await rows(url) == now
        found = await examine(idle.settings.key_ring, InTemporal(idle.client), pool, [journey.id, later.id])
        assert [one.finding for one in found] == [None, None]


async def test_a_history_of_before_is_decided_again_and_held_against_its_heads(
    idle: Scene, postgres: Postgres, tmp_path: Path
) -> None:
    await keep(idle.settings.database_url, tmp_path / "kept")
    journey = Journey(idle)
    async with mediation_worker(idle.settings, idle.client) as worker, worker:
        await journey.start()
        await journey.ready()
        await journey.submit(note(journey))
        await journey.settled()
    told = await past(idle, journey.id)
    bare = [one._replace(recorded=replace(one.recorded, link="", documents=(), stored=None)) for one in told.commands]
    wrong = bare[-1]._replace(recorded=replace(bare[-1].recorded, head="0" * 64))
    async with put_back(postgres, tmp_path / "kept") as url, connect(url, size=5) as pool:
        with pytest.raises(Doubtful, match="do not lead to what was recorded"):
            await refill(pool, journey.id, told._replace(commands=(*bare[:-1], wrong)), NOW)
        assert (await books_of(pool, journey.id)).empty, "all or nothing"
        done = await refill(pool, journey.id, told._replace(commands=bare), NOW)
        assert (done.commands, done.renumbered) == (len(bare), True)
        now, whole = await rows(url), await rows(idle.settings.database_url)
        assert {table for table, lines in whole.items() if lines != now[table]} == set(), "with links too"
        assert (await sweep(pool)).differences == ()


async def test_a_command_that_waited_goes_through_after_it(idle: Scene, postgres: Postgres, tmp_path: Path) -> None:
    journey = Journey(idle)
    async with mediation_worker(idle.settings, idle.client) as worker, worker:
        await journey.start()
        await journey.settled()
        await keep(idle.settings.database_url, tmp_path / "kept")
        await journey.submit(note(journey), "lost")
    async with put_back(postgres, tmp_path / "kept") as url, connect(url, size=5) as pool:
        settings = replace(idle.settings, database_url=url)
        async with mediation_worker(settings, idle.client) as worker, worker:
            waiting = asyncio.create_task(journey.submit(note(journey), "new"))
            await asyncio.sleep(2)
            assert not waiting.done()
            assert (await refilled(idle, pool, journey.id)).commands == 1
            assert (await waiting).refused is None
            ids = [row["id"] for row in (await books_of(pool, journey.id)).commands]
            assert ids.count("lost") == ids.count("new") == 1


async def test_who_is_in_no_vault_is_told(idle: Scene, postgres: Postgres, tmp_path: Path) -> None:
    await keep(idle.settings.database_url, tmp_path / "kept")
    journey = Journey(idle)
    async with mediation_worker(idle.settings, idle.client) as worker, worker:
        await journey.start()
        await journey.submit(replace(note(journey), note=await journey.note("Belt liever 's ochtends.")))
        await journey.settled()
    async with put_back(postgres, tmp_path / "kept") as url, connect(url, size=5) as pool:
        done = await refilled(idle, pool, journey.id)
        assert done.lost == LostForGood(person=True, notes=1, letters=done.lost.letters)
        [alarm] = await alarms_now(pool)
        assert (alarm.mediation, alarm.kind) == (journey.id, AlarmKind.PERSON_LOST)
        whole, now = await rows(idle.settings.database_url), await rows(url)
        assert {table for table, lines in whole.items() if lines != now[table]} == set()
        vault = Vault(pool, await unlock(pool, idle.settings.vault_ring, idle.settings.key_ring))
        before = await vault.put_person(journey.person, "almere", "m-of-a-key-that-was-sent-again")
        assert before != (await journey.state()).referral.person
        await vault.enter_again(journey.id, journey.person, "operator")
        assert await vault.person_of(journey.id) == journey.person
        assert await vault.put_person(journey.person, "almere", "m-next") == (await journey.state()).referral.person
        with pytest.raises(NotLost):
            await vault.enter_again(journey.id, journey.person, "operator")


async def test_what_nobody_vouches_for_is_not_believed(scene: Scene) -> None:
    journey = await Journey(scene).start()
    await journey.submit(note(journey))
    fetched = await InTemporal(scene.client).of(journey.id)
    others = Speakers.parse(str(new_seals()["speakers"]))
    with pytest.raises(Doubtful, match="seal of command 1"):
        await past_of(scene.settings.key_ring, others, journey.id, fetched)


async def test_two_pasts_are_left_to_a_person(scene: Scene) -> None:
    journey = await Journey(scene).start()
    await journey.submit(note(journey))
    told = await past(scene, journey.id)

    async def recorded() -> bool:
        return len((await books_of(scene.pool, journey.id)).commands) >= len(told.commands)

    await eventually(recorded, lambda: "not recorded")
    one = told.commands[-1]
    forked = one._replace(recorded=replace(one.recorded, link="0" * 64))
    with pytest.raises(Doubtful, match="is another in the journal"):
        await refill(scene.pool, journey.id, told._replace(commands=(*told.commands[:-1], forked)), NOW)
    wrong = replace(one.recorded, ordinal=one.recorded.ordinal + 1, link="0" * 64)
    with pytest.raises(Doubtful, match="is not what its link says"):
        await refill(
            scene.pool, journey.id, told._replace(commands=(*told.commands, one._replace(recorded=wrong))), NOW
        )
    assert await refill(scene.pool, journey.id, told, NOW) == Refilled()
