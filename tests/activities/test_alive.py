"""A worker that dies is noticed soon, and what was only asked to stop is not broken off."""

import ast
import asyncio
from datetime import timedelta
from pathlib import Path

import pytest
from temporalio import activity
from temporalio.testing import ActivityEnvironment

from activities import alive
from workflows import care_message, digest, mediation, publication, upkeep, watch

LONGEST = timedelta(minutes=1)
"""A worker that died is noticed within this time."""
WORKFLOWS = (care_message, digest, mediation, publication, upkeep, watch)


def started(source: str) -> list[dict[str, str]]:
    """The time-outs of every activity that workflow code starts, as they are written."""
    calls = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)]
    named = [one for one in calls if isinstance(one.func, ast.Attribute)]
    starts = [one for one in named if ast.unparse(one.func) in {"workflow.execute_activity", "workflow.start_activity"}]
    return [
        {word.arg: ast.unparse(word.value) for word in one.keywords if word.arg and word.arg.endswith("_timeout")}
        for one in starts
    ]


def test_a_worker_that_died_is_noticed_within_a_minute() -> None:
    found = 0
    for module in WORKFLOWS:
        for told in started(Path(str(module.__file__)).read_text(encoding="utf-8")):
            noticed = [getattr(module, told[name]) for name in told]
            assert min(noticed) <= LONGEST, (module.__name__, told)
            found += 1
    assert found >= 7


def test_every_workflow_that_starts_activities_is_looked_at() -> None:
    folder = Path(str(mediation.__file__)).parent
    starting = {file.stem for file in folder.glob("*.py") if started(file.read_text(encoding="utf-8"))}
    assert starting == {module.__name__.rpartition(".")[2] for module in WORKFLOWS}


async def test_an_attempt_tells_that_it_is_at_work(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(alive, "BEAT", 0)
    environment, told = ActivityEnvironment(), asyncio.Event()
    environment.on_heartbeat = lambda *_: told.set()

    async def attempt() -> str:
        return await alive.to_its_end(until_told())

    async def until_told() -> str:
        await told.wait()
        return "done"

    assert await environment.run(activity.defn(attempt)) == "done"


async def test_what_a_workflow_asks_to_stop_runs_to_its_end() -> None:
    environment, begun, ends = ActivityEnvironment(), asyncio.Event(), asyncio.Event()

    async def work() -> str:
        begun.set()
        await ends.wait()
        return "done"

    async def attempt() -> str:
        return await alive.to_its_end(work())

    running = asyncio.ensure_future(environment.run(activity.defn(attempt)))
    await begun.wait()
    environment.cancel()
    for _ in range(5):
        await asyncio.sleep(0)
    ends.set()
    assert await running == "done"


async def test_a_worker_that_stops_breaks_an_attempt_off() -> None:
    environment, begun, broken = ActivityEnvironment(), asyncio.Event(), asyncio.Event()

    async def work() -> None:
        begun.set()
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            broken.set()
            raise

    async def attempt() -> None:
        await alive.to_its_end(work())

    running = asyncio.ensure_future(environment.run(activity.defn(attempt)))
    await begun.wait()
    environment.cancel(activity.ActivityCancellationDetails(worker_shutdown=True))
    with pytest.raises(asyncio.CancelledError):
        await running
    await broken.wait()
