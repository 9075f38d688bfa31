"""`mediation audit` as an auditor types it: what it prints, and how it ends."""

import json
import tempfile
from pathlib import Path

import pytest
from pydantic import SecretStr

from audit.histories import keep
from domain.facts.value import replace
from runtime.histories import InTemporal
from runtime.keys import KeyRing
from runtime.settings import Settings
from sandbox.embedded import ports
from sandbox.embedded.ports import free_port
from sandbox.embedded.postgres import Postgres
from sandbox.reopened import HISTORIES
from store.database import migrate
from tests.api.desk import bsn
from tests.console.commands import Said, typed
from tests.journey import Journey, Scene
from tests.tampering import tamper


async def audit(settings: Settings | None, *words: str) -> Said:
    """Type a command with these settings in the environment, in a folder that has nothing."""
    with tempfile.TemporaryDirectory() as elsewhere:
        return await typed(Path(elsewhere), "audit", *words, environment=settings.environment() if settings else {})


@pytest.fixture(scope="session")
async def walked(place: Scene) -> list[str]:
    """Some mediations: one refused at the door, as its client has another that is open."""
    ids = []
    for n, number in enumerate((bsn(41), bsn(42))):
        journey = Journey(place, f"audit-walk-{n}", bsn=number)
        await journey.start()
        await journey.settled()
        ids.append(journey.id)
    again = Journey(place, "audit-walk-again", bsn=bsn(41))
    assert (await again.refer()).refused is not None
    return [*ids, again.id]


async def test_all_is_equal_and_every_one_is_counted(installed: Settings, walked: list[str]) -> None:
    told = await audit(installed, "replay", "--all", "--jobs", "2")
    assert (told.code, told.err) == (0, "")
    assert told.out.endswith(" equal.\n")
    assert int(told.out.split()[0]) >= len(walked)
    named = await audit(installed, "replay", *walked)
    assert [line.partition(",")[0] for line in named.out.splitlines()[:-1]] == [f"{m}: equal: 1 run" for m in walked]
    assert (await audit(installed, "verify", "--all")).code == 0


async def test_a_row_that_is_changed_in_the_database_is_named(
    installed: Settings, place: Scene, walked: list[str]
) -> None:
    [mediation, *_] = walked
    document = await place.pool.fetchval("SELECT document FROM event WHERE mediation = $1 AND sequence = 2", mediation)
    change = "UPDATE event SET document = $2 WHERE mediation = $1 AND sequence = 2"
    await tamper(place.pool, change, mediation, json.dumps(json.loads(document) | {"stage": "assessment"}))
    try:
        replayed, verified = [await audit(installed, word, "--all") for word in ("replay", "verify")]
    finally:
        await tamper(place.pool, change, mediation, document)
    assert (replayed.code, verified.code) == (1, 1)
    [line, end] = replayed.out.splitlines()
    assert line.startswith(f"{mediation}: different: run 1, event ")
    assert "command 1 (StartMediation): head: the history says " in line
    assert end.endswith(" equal, 1 different.")
    assert f"{mediation}: different: command 1 (StartMediation), events 1 to " in verified.out
    assert (await audit(installed, "verify", mediation)).code == 0


async def test_kept_histories_are_read_in_place_of_temporal(
    installed: Settings, place: Scene, walked: list[str], tmp_path: Path
) -> None:
    for mediation in walked:
        keep(tmp_path / HISTORIES, await InTemporal(place.client).of(mediation), mediation)
    installed.save(tmp_path / "settings.env")
    data = ("--data", str(tmp_path))
    told = await audit(None, "replay", *walked, *data)
    assert (told.code, told.out.splitlines()[-1]) == (0, "3 mediations: 3 equal.")
    file = tmp_path / HISTORIES / f"{walked[1]}.json"
    kept = json.loads(file.read_text())
    del kept["runs"][0]["events"][-1]
    file.write_text(json.dumps(kept))
    told = await audit(None, "replay", *walked, *data)
    assert (told.code, told.out.splitlines()[-1]) == (1, "3 mediations: 2 equal, 1 cut.")
    file.write_text("{")
    told = await audit(None, "replay", *walked, *data)
    assert (told.code, told.out.splitlines()[-1]) == (1, "3 mediations: 2 equal, 1 unreadable.")


async def test_servers_of_a_data_directory_that_do_not_run_are_started_for_a_while(
    installed: Settings, tmp_path: Path
) -> None:
    server = Postgres(tmp_path / "postgres", free_port(), durable=False)
    async with server:
        await migrate(server.url, server.application_url)
        replace(installed, database_url=server.application_url).save(tmp_path / "settings.env")
    (tmp_path / HISTORIES).mkdir()
    for word in ("replay", "verify"):
        told = await audit(None, word, "--all", "--data", str(tmp_path))
        assert (told.code, told.out, told.err) == (0, "0 mediations: 0 equal.\n", "")
    assert not await ports.accepts(server.port)


async def test_what_keeps_it_from_looking_ends_it_with_another_code(installed: Settings, tmp_path: Path) -> None:
    nowhere = f"127.0.0.1:{free_port()}"
    away = {
        "PostgreSQL": replace(installed, database_url=f"postgresql://a:b@{nowhere}/c"),
        "Temporal": replace(installed, temporal_address=nowhere),
    }
    for who, settings in away.items():
        told = await audit(settings, "replay", "--all")
        assert (told.code, told.out) == (3, "")
        assert who in told.err
        assert len(told.err.splitlines()) == 1, told.err
    told = await audit(None, "replay", "--all")
    assert told.code == 3
    assert "MEDIATION_DATABASE_URL is missing" in told.err
    told = await audit(None, "verify", "--all", "--data", str(tmp_path))
    assert (told.code, str(tmp_path) in told.err) == (2, True)


async def test_who_is_asked_for_must_be_said_and_must_be_there(installed: Settings) -> None:
    for words in (("replay",), ("verify",), ("replay", "--all", "m-1")):
        assert (await audit(installed, *words)).code == 2
    for word in ("replay", "verify"):
        told = await audit(installed, word, "m-nobody")
        assert (told.code, told.out.splitlines()[-1]) == (3, "1 mediation: 0 equal, 1 unknown.")


async def test_without_the_key_everything_is_unreadable(installed: Settings, walked: list[str]) -> None:
    other = SecretStr(KeyRing.generate("other").text())
    told = await audit(replace(installed, payload_keys=other), "replay", walked[0])
    assert told.code == 1
    assert "unreadable: run 1, event 1 of the history: its key is not on the ring" in told.out
