"""While another release is at work the API records nothing, says so, and goes on showing what it understands."""

import pytest

from api.installation import Installation
from domain.exchange.language import LANGUAGE
from store import language
from store.database import Pool
from store.journal import STATES
from tests.api.desk import Desk
from tests.tampering import tamper

NOTE = {"type": "add_note", "note": "Belt liever 's ochtends."}
UNKNOWN = 'UPDATE event SET document = \'{"type": "Moon"}\' WHERE sequence = 2'


async def kind(desk: Desk, method: str, path: str) -> tuple[int, str]:
    who = desk.coordinator
    response = await (desk.get(who, path) if method == "GET" else desk.post(who, path, NOTE))
    told = response.json()
    return response.status_code, told["type"].rpartition(":")[2] if response.status_code >= 400 else ""


@pytest.mark.parametrize("of", [1, -1], ids=["a newer release", "an older one"])
async def test_nothing_is_recorded_and_what_is_understood_is_shown(
    desk: Desk, installation: Installation, pool: Pool, of: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.language.LASTS", 0.0)
    mediation = (await desk.start())["id"]
    path = f"/v1/mediations/{mediation}"
    if of == 1:
        await pool.execute("INSERT INTO language (version) VALUES ($1)", LANGUAGE + 1)
    else:
        monkeypatch.setattr(language, "LANGUAGE", LANGUAGE + 1)
    commands = await pool.fetchval("SELECT count(*) FROM command")
    assert await kind(desk, "POST", f"{path}/commands") == (503, "other-release")
    assert await kind(desk, "POST", "/v1/people/search") == (503, "other-release")
    assert await kind(desk, "GET", "/readyz") == (503, "other-release")
    for shown in (path, f"{path}/events", "/v1/mediations", "/v1/tasks", "/healthz", "/version"):
        assert await kind(desk, "GET", shown) == (200, "")
    assert await pool.fetchval("SELECT count(*) FROM command") == commands
    await pool.execute("DELETE FROM language WHERE version > $1", LANGUAGE)
    monkeypatch.setattr(language, "LANGUAGE", LANGUAGE)
    assert await kind(desk, "POST", f"{path}/commands") == (200, "")
    assert await kind(desk, "GET", "/readyz") == (200, "")


async def test_what_is_not_understood_is_left_to_the_newer_release_and_else_told_as_damaged(
    desk: Desk, pool: Pool
) -> None:
    mediation = (await desk.start())["id"]
    path = f"/v1/mediations/{mediation}"
    await tamper(pool, UNKNOWN)
    STATES.drop(mediation)
    assert await kind(desk, "GET", path) == (500, "unreadable"), "nobody else would understand it"
    await pool.execute("INSERT INTO language (version) VALUES ($1)", LANGUAGE + 1)
    for shown in (path, f"{path}/events"):  # though a second has not passed since it was asked
        assert await kind(desk, "GET", shown) == (503, "other-release")


async def test_the_language_is_asked_for_once_a_second(
    desk: Desk, installation: Installation, pool: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[object] = []

    async def counting(source: object) -> None:
        asked.append(source)

    monkeypatch.setattr("api.language.ensure_language", counting)
    monkeypatch.setattr("api.language.LASTS", 60.0)
    for _ in range(10):
        await installation.language.ensure()
    assert len(asked) <= 1
