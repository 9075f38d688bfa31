"""`mediation work`: the coordinator's day on the command line, as a process against an API that serves."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from fastapi import FastAPI

from store.database import Pool
from tests.api.desk import Desk, person
from tests.api.listening import listening
from tests.api.test_releases import hand, release
from tests.console.commands import HOUSE, Said, typed


@pytest.fixture
async def address(app: FastAPI) -> AsyncIterator[str]:
    """Where the installation's API answers."""
    async with listening(app, lifespan="off") as where:
        yield where


async def test_a_day_is_worked_from_the_command_line(desk: Desk, address: str, pool: Pool) -> None:
    token = desk.issuer.issue(*desk.coordinator, subject="sanne")

    async def work(*arguments: str) -> Said:
        return await typed(HOUSE, "work", *arguments, "--api", address, environment={"MEDIATION_TOKEN": token})

    first, second = await desk.start(), await desk.start(person=person(1))
    sanne = (await work("enter", "Sanne")).out.strip()
    assert sanne.startswith("u-")
    assert await work("give", first["id"], "--to", "me") == (0, "", "")
    listed = (await work()).out.splitlines()
    assert listed[0] == "due soon"
    assert {line.split()[0]: line.split()[-1] for line in listed[1:3]} == {
        first["reference"]: "Sanne",
        second["reference"]: "-",
    }
    assert listed[3] == ("critically overdue 0, overdue 0, due soon 2, not due yet 0, waiting for partner 0")
    mine = (await work("--assignee", "me")).out
    assert (first["reference"] in mine, second["reference"] in mine) == (True, False)
    assert first["reference"] in (await work("changes")).out
    assert await work("calls") == (0, "nobody is to be called today\n", "")
    assert await work("stuck") == (0, "nobody is stuck\n", "")
    assert (await release(desk, "H-1")).status_code == 201
    home = "De Oever, haven  2 rooms  600.00 euro  2026-01-04  0 waiting, first -"
    assert (await work("homes")).out == f"{hand(desk)[1]}  H-1  {home}\n"
    assert (await work("people")).out == f"{sanne}  Sanne  1 mediations, 0 tasks\n"
    left = desk.issuer.issue(*desk.coordinator, subject="who left")
    gone = (await typed(HOUSE, "work", "enter", "Anna", "--api", address, environment={"MEDIATION_TOKEN": left})).out
    assert await work("give", second["id"], "--to", gone.strip()) == (0, "", "")
    await pool.execute("UPDATE caseworker SET ended_at = since WHERE id = $1", gone.strip())
    assert "(works here no longer)" in (await work()).out
    wrong = await work("give", first["id"], "--to", "nobody")
    assert (wrong.code, wrong.out) == (1, "")
    assert wrong.err.startswith("400 caseworker:")


async def test_the_api_is_found_where_the_installation_says(desk: Desk, address: str, tmp_path: Path) -> None:
    host, port = address.removeprefix("http://").split(":")
    data = tmp_path / "elsewhere"
    data.mkdir()
    (data / "settings.env").write_text(f"MEDIATION_API_HOST='{host}'\nMEDIATION_API_PORT='{port}'\n")
    signed_in = {"MEDIATION_TOKEN": desk.issuer.issue(*desk.coordinator, subject="sanne")}
    nothing = "critically overdue 0, overdue 0, due soon 0, not due yet 0, waiting for partner 0\n"
    for option, variable in ((("--data", str(data)), {}), ((), {"MEDIATION_DATA": str(data)})):
        said = await typed(tmp_path, "work", *option, environment=signed_in | variable)
        assert said == (0, nothing, ""), said
    closed = {"MEDIATION_API": "http://127.0.0.1:9"}
    said = await typed(tmp_path, "work", environment=signed_in | closed | {"MEDIATION_DATA": str(data)})
    assert said.err.startswith("the API at http://127.0.0.1:9 cannot be reached")
