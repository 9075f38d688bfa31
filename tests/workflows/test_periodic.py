"""What must run for as long as there is somebody it is for: folders that come later, and the weekly upkeep."""

import asyncio
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from temporalio import activity
from temporalio.client import WorkflowExecutionStatus
from temporalio.service import RPCError
from temporalio.testing import TimeSkipper, TimeSkippingConfig
from temporalio.worker import Worker

import worker
from activities.iwmo.codes import MessageKind
from domain.facts.calendar import Calendar
from domain.facts.value import replace
from runtime.directory import Directory
from runtime.plugin import connect
from runtime.settings import Settings
from runtime.systems import FolderTransport, Iwmo
from sandbox.driven.skipping import let_pass
from store.directory import change
from tests.activities.iwmo.samples import start_xml
from tests.journey import Scene
from tests.town import Town
from tests.workflows.rounds import begun_anew
from workflows.upkeep import ROUNDS, UpkeepWorkflow

FOLDERS = "care-folders"


async def test_a_folder_that_a_provider_gets_later_is_looked_into_without_a_restart(
    idle: Scene, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "LOOK_EVERY", 0.3)
    await ended(idle)
    town, inbox = idle.town, tmp_path / "in"
    inbox.mkdir()
    async with worker.mediation_worker(idle.settings, idle.client) as running, running:
        await asyncio.sleep(1)
        assert not await looked_into(idle)
        content = start_xml(sender=town.agb_of(town.provider))
        (inbox / f"{MessageKind.START.value}-1.xml").write_bytes(content)
        where = FolderTransport(kind="folder", outgoing=tmp_path / "out", incoming=inbox)
        system = Iwmo(kind="iwmo", agb=town.agb_of(town.provider), transport=where)
        now = datetime.now(UTC)
        provider = replace(Directory.load(town.file).get(town.provider), system=system)
        await change(idle.pool, "file", now, Calendar().today(now), lambda _: [provider])
        for _ in range(300):
            if (inbox / "taken" / f"{MessageKind.START.value}-1.xml").exists():
                break
            await asyncio.sleep(0.1)
        else:
            raise AssertionError("nobody looks into the folder")
    await ended(idle)


async def looked_into(scene: Scene) -> bool:
    """Whether somebody looks into folders."""
    try:
        described = await scene.client.get_workflow_handle(FOLDERS).describe()
    except RPCError:
        return False
    return described.status is WorkflowExecutionStatus.RUNNING


async def ended(scene: Scene) -> None:
    """End the looking of another test, which has the same name."""
    handle = scene.client.get_workflow_handle(FOLDERS)
    try:
        await handle.terminate()
    except RPCError:
        return


async def test_the_upkeep_is_done_week_after_week_and_begins_anew_after_some(settings: Settings, town: Town) -> None:
    client = await connect(settings)
    seen: list[datetime] = []

    @activity.defn(name="Prune")
    async def prune(now: datetime) -> None:
        seen.append(now)

    queue, name = f"upkeep-{town.tag}", f"upkeep-{town.tag}"
    skipper = TimeSkipper(client, config=TimeSkippingConfig(enabled=False))
    async with Worker(client, task_queue=queue, workflows=[UpkeepWorkflow], activities=[prune]):
        await skipper.client.start_workflow(UpkeepWorkflow.run, id=name, task_queue=queue)
        assert await let_pass(skipper, client.get_workflow_handle(name), timedelta(days=7 * (ROUNDS + 1) + 1))
        history = await client.get_workflow_handle(name).fetch_history()
        await client.get_workflow_handle(name).terminate()
    assert len(seen) > ROUNDS
    assert all(later - earlier >= timedelta(days=7) for earlier, later in pairwise(seen))
    assert begun_anew(history)
