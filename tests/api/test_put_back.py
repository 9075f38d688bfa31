"""PostgreSQL was put back to an earlier moment: no key is acknowledged that the journal does not have."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

from temporalio.client import Client

from api.installation import Installation
from api.server import install
from audit.past import past_of
from domain.facts.value import replace
from runtime.histories import InTemporal
from runtime.seals import Speakers
from runtime.settings import Settings
from sandbox.embedded.postgres import Postgres
from store import database
from store.database import Pool
from store.refilling import refill
from store.vault_secrets import unlock
from tests.api.desk import Desk, MovedClock
from tests.put_back import keep, put_back
from worker import mediation_worker

NOTE = {"type": "add_note", "note": "Een notitie."}


@asynccontextmanager
async def on(
    url: str, installation: Installation, served: Settings, client: Client, clock: MovedClock
) -> AsyncIterator[Pool]:
    """Let API and worker run on a database."""
    settings = replace(served, database_url=url)
    async with database.connect(url) as pool:
        vars(installation).update(
            vars(install(settings, await unlock(pool, settings.vault_ring, settings.key_ring), pool, client, clock))
        )
        async with mediation_worker(settings, client) as worker, worker:
            yield pool


async def test_a_key_of_what_was_lost_is_not_acknowledged_until_the_journal_has_it(
    idle: Desk,
    installation: Installation,
    served: Settings,
    client: Client,
    clock: MovedClock,
    postgres: Postgres,
    tmp_path: Path,
) -> None:
    async with on(served.database_url, installation, served, client, clock):
        mediation = (await idle.start("start"))["id"]
        path = f"/v1/mediations/{mediation}/commands"
        await idle.settled(mediation)
        await keep(served.database_url, tmp_path / "kept")
        noted = await idle.post(idle.coordinator, path, NOTE, "note")
        assert noted.status_code == 200
        await client.get_workflow_handle(mediation).terminate()
    async with (
        put_back(postgres, tmp_path / "kept") as url,
        on(url, installation, served, client, clock) as pool,
    ):
        again = await idle.post(idle.coordinator, path, NOTE, "note")
        assert (again.status_code, again.json()["type"].rpartition(":")[2]) == (503, "not-confirmed"), again.text
        assert await pool.fetchval("SELECT count(*) FROM command WHERE mediation = $1", mediation) == 1
        speakers = Speakers.parse(served.speakers)
        past = await past_of(served.key_ring, speakers, mediation, await InTemporal(client).of(mediation))
        await refill(pool, mediation, past, datetime.now(UTC))
        assert (await idle.post(idle.coordinator, path, NOTE, "note")).text == noted.text
        assert await pool.fetchval("SELECT count(*) FROM event WHERE type = 'NoteAdded'") == 1


async def test_a_workflow_that_remembers_does_not_stand_for_the_journal(
    idle: Desk,
    installation: Installation,
    served: Settings,
    client: Client,
    clock: MovedClock,
    postgres: Postgres,
    tmp_path: Path,
) -> None:
    async with on(served.database_url, installation, served, client, clock):
        await keep(served.database_url, tmp_path / "empty")
        mediation = (await idle.start("start"))["id"]
        path = f"/v1/mediations/{mediation}/commands"
        noted = await idle.post(idle.coordinator, path, NOTE, "note")
        await idle.settled(mediation)
        await keep(served.database_url, tmp_path / "kept")
        later = await idle.post(idle.coordinator, path, NOTE, "later")
        assert (noted.status_code, later.status_code) == (200, 200)
    async with put_back(postgres, tmp_path / "kept") as url, on(url, installation, served, client, clock):
        assert (await idle.post(idle.coordinator, path, NOTE, "note")).text == noted.text, "this one is there"
        again = await idle.post(idle.coordinator, path, NOTE, "later")
        assert (again.status_code, again.json()["type"].rpartition(":")[2]) == (503, "not-confirmed"), again.text
    async with put_back(postgres, tmp_path / "empty") as url, on(url, installation, served, client, clock) as pool:
        start = await idle.post(idle.institution, "/v1/mediations", idle.referral(), "start")
        assert (start.status_code, start.json()["type"].rpartition(":")[2]) == (503, "not-confirmed"), start.text
        assert await pool.fetchval("SELECT count(*) FROM mediation") == 0
