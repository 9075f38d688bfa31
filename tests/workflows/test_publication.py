"""A publication is durable: it rests, it is woken, it goes on after a worker's death, and it ends with its webhook."""

import asyncio
import functools
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from temporalio.client import WorkflowExecutionStatus, WorkflowHandle
from temporalio.worker import Replayer

from domain.facts.value import replace
from runtime.plugin import MediationPlugin
from runtime.signatures import new_secret
from sandbox.partners.receiver import Receiver
from store.vault_secrets import End
from store.webhooks import Webhook, Webhooks
from tests.journey import Scene
from tests.listening import listening
from tests.store.script import script
from tests.store.test_publication import fresh
from tests.workflows.mortal_publishing import MortalWorker, published_under_kills
from worker import mediation_worker
from workflows.publication import PublicationWorkflow
from workflows.publishers import wake_publication

SECRET = new_secret()


class Bus:
    """A webhook at a receiver, and a worker that publishes every second."""

    def __init__(self, scene: Scene, receiver: Receiver, webhooks: Webhooks, webhook: Webhook) -> None:
        self.scene, self.receiver, self.webhooks, self.webhook = scene, receiver, webhooks, webhook
        self.settings = replace(scene.settings, webhook_hosts="127.0.0.1", webhook_seconds=1)
        self.work = functools.partial(mediation_worker, self.settings, scene.client)

    @property
    def publication(self) -> WorkflowHandle[PublicationWorkflow, None]:
        return self.scene.client.get_workflow_handle_for(PublicationWorkflow.run, f"publication-{self.webhook.id}")

    async def told(self) -> set[str]:
        """Wait until everything is told, and return of which mediations."""
        await until(self.all_told)
        return {event["subject"] for event in self.receiver.events}

    async def all_told(self) -> bool:
        waiting: int = await self.scene.pool.fetchval("SELECT count(*) FROM notification WHERE result IS NULL")
        return waiting == 0


async def until(look: Callable[[], Awaitable[bool]]) -> None:
    for _ in range(600):
        if await look():
            return
        await asyncio.sleep(0.05)
    raise AssertionError("not seen")


@pytest.fixture
async def bus(idle: Scene) -> AsyncIterator[Bus]:
    receiver = Receiver(SECRET)
    webhooks = Webhooks(idle.pool, idle.vault.secrets.of[End.WEBHOOKS])
    async with listening(receiver.application()) as url:
        webhook = await webhooks.add(idle.town.tag, fresh(url=f"{url}/hook", secret=SECRET), datetime.now(UTC))
        yield Bus(idle, receiver, webhooks, webhook)
        await webhooks.remove(webhook.id)


async def test_a_publication_that_is_missing_is_started_with_the_worker_and_ends_with_its_webhook(bus: Bus) -> None:
    await script("match").play(bus.scene.pool, "m-1")
    async with bus.work() as worker, worker:
        assert await bus.told() == {"m-1"}
        await script("match").play(bus.scene.pool, "m-2")
        assert await bus.told() == {"m-1", "m-2"}
        await bus.webhooks.remove(bus.webhook.id)
        await wake_publication(bus.scene.client, bus.settings.task_queue, bus.webhook.id)
        await asyncio.wait_for(bus.publication.result(), 20)
    described = await bus.publication.describe()
    assert described.status is WorkflowExecutionStatus.COMPLETED
    replayer = Replayer(workflows=[PublicationWorkflow], plugins=[MediationPlugin(bus.settings.key_ring)])
    await replayer.replay_workflow(await bus.publication.fetch_history())
    assert set(bus.receiver.arrivals.values()) == {1}


async def test_what_happens_while_no_worker_lives_is_told_by_the_next(bus: Bus) -> None:
    async with bus.work() as worker, worker:
        await until(lambda: exists(bus))
    for n in range(5):
        await script("match").play(bus.scene.pool, f"m-{n}")
    assert bus.receiver.events == []
    async with bus.work() as worker, worker:
        assert await bus.told() == {f"m-{n}" for n in range(5)}
    assert set(bus.receiver.arrivals.values()) == {1}


async def test_it_goes_on_as_new_and_tells_everything_once(bus: Bus) -> None:
    async with bus.work() as worker, worker:
        await until(lambda: exists(bus))
        first = (await bus.publication.describe()).run_id
        for n in range(2_000):
            if n % 50 == 0:
                if await moved_on(bus, first):
                    break
                await script("start").play(bus.scene.pool, f"m-{n}")
            await wake_publication(bus.scene.client, bus.settings.task_queue, bus.webhook.id)
            await asyncio.sleep(0.02)
        assert await moved_on(bus, first)
        assert await bus.told() == {f"m-{n}" for n in range(0, n, 50)}
    assert set(bus.receiver.arrivals.values()) == {1}


async def test_a_disabled_webhook_rests_until_it_is_enabled(bus: Bus) -> None:
    await script("match").play(bus.scene.pool, "m-1")
    await bus.webhooks.disable(bus.webhook.id, "moving")
    async with bus.work() as worker, worker:
        await until(lambda: exists(bus))
        await asyncio.sleep(1.5)
        assert bus.receiver.events == []
        await bus.webhooks.enable(bus.webhook.id, datetime.now(UTC))
        await wake_publication(bus.scene.client, bus.settings.task_queue, bus.webhook.id)
        assert await bus.told() == {"m-1"}


@pytest.mark.timeout(900)
async def test_a_worker_killed_in_the_middle_loses_nothing_and_doubles_only_ids(bus: Bus, tmp_path: Path) -> None:
    kills, cases = int(os.environ.get("KILLS", "1")), int(os.environ.get("CASES", "12"))
    for n in range(cases):
        await script("match").play(bus.scene.pool, f"m-{n}")
    total = await bus.scene.pool.fetchval("SELECT count(*) FROM notification")
    bus.receiver.wait = 0.05
    worker = MortalWorker(bus.settings, tmp_path, seed=20_261_122)
    await published_under_kills(worker, bus.receiver, bus.scene.pool, kills)
    assert len(bus.receiver.events) == len(bus.receiver.arrivals) == total
    by_mediation: dict[str, list[str]] = {}
    for event in bus.receiver.events:
        by_mediation.setdefault(event["subject"], []).append(event["sequence"])
    assert all(sequences == sorted(sequences) for sequences in by_mediation.values())
    print(f"{kills} kills, {total} events, {sum(bus.receiver.arrivals.values()) - total} doubled")  # noqa: T201


async def exists(bus: Bus) -> bool:
    workflows = [one async for one in bus.scene.client.list_workflows(f"WorkflowId = '{bus.publication.id}'")]
    return bool(workflows)


async def moved_on(bus: Bus, run: str | None) -> bool:
    return (await bus.publication.describe()).run_id != run
