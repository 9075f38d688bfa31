"""Where Temporal knows no mediation at all, the worker starts what is open again before it says that it is ready."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from activities.begin_again import begin_again
from domain.facts.value import replace
from domain.messages.answers import KnownFrom
from domain.messages.commands import Withdraw
from runtime.looking import look
from runtime.plugin import connect
from runtime.search_attributes import register
from sandbox.embedded.ports import free_port
from sandbox.embedded.temporal import TemporalServer
from tests.journey import Journey, Scene
from tests.workflows.test_shell import note
from worker import begin_again_here, mediation_worker


@pytest.fixture
async def empty(tmp_path: Path) -> AsyncIterator[TemporalServer]:
    async with TemporalServer(tmp_path / "empty", free_port()) as server:
        yield server


async def test_what_is_open_goes_on_in_an_empty_temporal(idle: Scene, empty: TemporalServer) -> None:
    journeys = [Journey(idle, bsn=bsn) for bsn in ("999990019", "999990020", "999990032")]
    async with mediation_worker(idle.settings, idle.client) as worker, worker:
        for journey in journeys:
            await journey.start()
        closed = journeys.pop()
        await closed.do(Withdraw(by=closed.coordinator, source=KnownFrom.CLIENT))
        await closed.ended()
        for journey in journeys:
            await journey.settled()
        assert await begin_again(idle.pool, idle.client, idle.settings.task_queue) == 0, "this one knows some"
    settings = replace(idle.settings, temporal_address=empty.address)
    client = await connect(settings)
    await register(client)
    await begin_again_here(settings, client)
    for journey in journeys:
        assert (await look(client, journey.id)).runs
    assert not (await look(client, closed.id)).runs
    assert await begin_again(idle.pool, client, settings.task_queue) == 0, "once"
    later = Scene(**{**vars(idle), "client": client, "settings": settings})
    async with mediation_worker(settings, client) as worker, worker:
        [one, _] = journeys
        again = Journey(later, one.id, bsn="999990019")
        assert (await again.submit(note(again), "after")).refused is None
