"""PostgreSQL or Temporal is away: 503, nothing half done, and the same key works as soon as they are back."""

import asyncio
from pathlib import Path

import pytest
from temporalio.client import Client

import api.submission
from api.installation import Installation
from api.server import install
from domain.facts.value import replace
from runtime.plugin import connect
from runtime.settings import Settings
from sandbox.embedded.ports import free_port
from sandbox.embedded.postgres import Postgres
from sandbox.embedded.temporal import TemporalServer
from store import database
from store.database import Pool
from store.vault_secrets import unlock
from tests.api.desk import Desk, MovedClock
from worker import mediation_worker

NOTE = {"type": "add_note", "note": "Een notitie."}


async def test_without_postgresql_everything_is_503_and_comes_back(
    idle: Desk, installation: Installation, served: Settings, client: Client, clock: MovedClock, tmp_path: Path
) -> None:
    server = Postgres(tmp_path / "postgres", free_port(), durable=False)
    async with server:
        await database.migrate(server.url, server.application_url)
        settings = replace(served, database_url=server.application_url)
        async with database.connect(settings.database_url) as pool:
            secrets = await unlock(pool, settings.vault_ring, settings.key_ring)
            vars(installation).update(vars(install(settings, secrets, pool, client, clock)))
            async with mediation_worker(settings, client) as worker, worker:
                mediation = (await idle.start("start"))["id"]
                path = f"/v1/mediations/{mediation}"
                await server.stop()
                away = [
                    await idle.post(idle.institution, "/v1/mediations", idle.referral(), "start"),
                    await idle.post(idle.coordinator, f"{path}/commands", NOTE, "note"),
                    *[await idle.get(idle.coordinator, p) for p in (path, "/v1/mediations", "/v1/tasks", "/readyz")],
                ]
                assert {response.status_code for response in away} == {503}
                assert all(response.headers["Retry-After"].isdigit() for response in away)
                assert {response.json()["type"].rpartition(":")[2] for response in away[:-1]} == {"database-away"}
                assert away[-1].json()["errors"] == [{"field": "postgresql", "message": "away"}]
                assert (await idle.get(idle.coordinator, "/healthz")).status_code == 200
                await server.start()
                assert (await idle.start("start"))["id"] == mediation
                assert (await idle.post(idle.coordinator, f"{path}/commands", NOTE, "note")).status_code == 200


async def test_without_temporal_reading_works_and_commands_wait_outside(
    desk: Desk,
    installation: Installation,
    served: Settings,
    pool: Pool,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    mediation = (await desk.start())["id"]
    path = f"/v1/mediations/{mediation}"
    reached = installation.temporal
    monkeypatch.setattr(api.submission, "PATIENCE", 1.0)
    for temporal in (None, await _dying(served, tmp_path)):
        installation.temporal = temporal
        response = await desk.post(desk.coordinator, f"{path}/commands", NOTE, "note")
        assert (response.status_code, response.headers["Retry-After"]) == (503, "5")
        assert response.json()["type"].rpartition(":")[2] in {"temporal-away", "not-confirmed"}
        assert (await desk.read(desk.coordinator, path))["id"] == mediation
        ready = await desk.get(desk.coordinator, "/readyz")
        assert (ready.status_code, ready.json()["errors"]) == (503, [{"field": "temporal", "message": "away"}])
    assert await pool.fetchval("SELECT count(*) FROM command") == 1
    installation.temporal = reached
    monkeypatch.undo()
    assert (await desk.post(desk.coordinator, f"{path}/commands", NOTE, "note")).status_code == 200
    notes = await desk.read(desk.coordinator, f"{path}/notes", purpose="contact")
    assert len(notes["items"]) == 1


async def _dying(served: Settings, folder: Path) -> Client:
    """A client whose server has gone."""
    async with TemporalServer(folder / "dying", free_port()) as server:
        return await connect(replace(served, temporal_address=server.address))


async def test_a_command_not_confirmed_in_time_is_done_once_when_sent_again(
    idle: Desk, served: Settings, client: Client, pool: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(api.submission, "PATIENCE", 0.5)
    unconfirmed = await idle.post(idle.institution, "/v1/mediations", idle.referral(), "start")
    assert (unconfirmed.status_code, unconfirmed.json()["type"].rpartition(":")[2]) == (503, "not-confirmed")
    async with mediation_worker(served, client) as worker, worker:
        for _ in range(40):
            again = await idle.post(idle.institution, "/v1/mediations", idle.referral(), "start")
            if again.status_code != 503:
                break
            await asyncio.sleep(0.1)
        assert again.status_code == 201
        twice = await idle.post(idle.institution, "/v1/mediations", idle.referral(), "start")
        assert twice.text == again.text
    assert await pool.fetchval("SELECT count(*) FROM mediation") == 1
