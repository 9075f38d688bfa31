"""A whole programme is paused and resumed through the API, with keys that may be given again."""

from collections.abc import AsyncIterator

import httpx
import pytest

from api.programme import Changed, ProgrammeRefused, Way, change
from tests.api.desk import Desk, person


@pytest.fixture
async def coordinator(desk: Desk) -> AsyncIterator[httpx.AsyncClient]:
    """The API as a coordinator of the town calls it."""
    desk.http.headers.update(desk.headers(desk.coordinator))
    yield desk.http
    del desk.http.headers["Authorization"]


async def test_every_open_mediation_is_paused_and_resumed(desk: Desk, coordinator: httpx.AsyncClient) -> None:
    one = (await desk.start())["id"]
    other = (await desk.start(person=person(2)))["id"]
    left = (await desk.start(person=person(3)))["id"]
    await desk.post(desk.coordinator, f"/v1/mediations/{left}/commands", {"type": "withdraw", "source": "client"})
    town = desk.town.municipality
    paused = await change(coordinator, town, Way.PAUSE, "Wij wachten op de raad.", "pause-1")
    states = [await desk.read(desk.coordinator, f"/v1/mediations/{m}") for m in (one, other, left)]
    assert [bool(state["pausedAt"]) for state in states] == [True, True, False]
    moments = [state["nextMoment"] and state["nextMoment"]["subject"] for state in states]
    assert moments == ["review_pause-1", "review_pause-1", "reopening_term"], "only the pause itself is looked at"
    assert paused.changed >= 2
    again = await change(coordinator, town, Way.PAUSE, "Wij wachten op de raad.", "pause-1")
    assert again == paused, "the same key is answered alike"
    assert await change(coordinator, town, Way.PAUSE, "Nog een keer.", "pause-2") == Changed(0, paused.changed)
    resumed = await change(coordinator, town, Way.RESUME, "De raad heeft besloten.", "resume-1")
    assert resumed.changed == paused.changed
    state = await desk.read(desk.coordinator, f"/v1/mediations/{one}")
    assert state["pausedAt"] is None
    assert state["nextMoment"]


async def test_who_may_not_pause_is_told(desk: Desk) -> None:
    await desk.start()
    desk.http.headers.update(desk.headers(desk.institution))
    with pytest.raises(ProgrammeRefused, match="403"):
        await change(desk.http, desk.town.municipality, Way.PAUSE, "Zomaar.", "mine")
    del desk.http.headers["Authorization"]
