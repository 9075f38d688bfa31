"""`mediation programme`: an operator pauses and resumes a whole programme, as a process against an API that serves."""

from collections.abc import AsyncIterator

import pytest
from fastapi import FastAPI

from sandbox.embedded.ports import free_port
from tests.api.desk import Desk, person
from tests.api.listening import listening
from tests.console.commands import HOUSE, Said, typed

NOTE = ("--note", "Wij wachten op de raad.")


@pytest.fixture
async def address(app: FastAPI) -> AsyncIterator[str]:
    """Where the installation's API answers."""
    async with listening(app, lifespan="off") as where:
        yield where


async def programme(desk: Desk, address: str, way: str, *arguments: str, role: str = "") -> Said:
    """Run the command with a token of this role; return its exit code and what it said."""
    who = (role, desk.town.institution) if role else desk.coordinator
    told = ("--municipality", desk.town.municipality, "--api", address)
    token = desk.issuer.issue(*who, subject="somebody")
    return await typed(HOUSE, "programme", way, *told, *arguments, environment={"MEDIATION_TOKEN": token})


async def test_a_programme_is_paused_and_resumed_from_the_command_line(desk: Desk, address: str) -> None:
    ids = [(await desk.start(person=person(n)))["id"] for n in (1, 2)]

    async def paused() -> list[bool]:
        states = [await desk.read(desk.coordinator, f"/v1/mediations/{one}") for one in ids]
        return [bool(state["pausedAt"]) for state in states]

    first = await programme(desk, address, "pause", *NOTE, "--key", "p-1")
    assert first == (0, "paused: 2, before: 0\n", "")
    assert await paused() == [True, True]
    assert await programme(desk, address, "pause", *NOTE, "--key", "p-1") == first, "the same key is answered alike"
    assert await programme(desk, address, "pause", *NOTE, "--key", "p-2") == (0, "paused: 0, before: 2\n", "")
    assert await programme(desk, address, "resume", *NOTE, "--key", "r-1") == (0, "resumed: 2, before: 0\n", "")
    assert await paused() == [False, False]


async def test_what_cannot_be_done_is_told_in_a_line_and_exits_1(desk: Desk, address: str) -> None:
    await desk.start()
    code, out, err = await programme(desk, address, "pause", *NOTE, "--key", "mine", role="institution")
    assert (code, out, err.count("\n")) == (1, "", 1)
    assert "403 This is for another organisation to do" in err
    nobody = f"http://127.0.0.1:{free_port()}"
    code, out, err = await programme(desk, nobody, "resume", *NOTE, "--key", "r-1")
    assert (code, out, err) == (1, "", f"the API at {nobody} cannot be reached (ConnectError)\n")
