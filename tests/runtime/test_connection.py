"""Connecting waits for the server, a bounded time, and makes ready what mediations can be found by."""

import asyncio
import shutil
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import structlog
from temporalio import activity, workflow
from temporalio.api.common.v1 import Payload
from temporalio.client import Client, OutboundInterceptor, StartWorkflowInput
from temporalio.client import Interceptor as ClientInterceptor
from temporalio.common import SearchAttributePair, TypedSearchAttributes
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import Replayer, Worker

from domain.facts.value import replace
from runtime.codec import ENCODING
from runtime.plugin import MediationPlugin, TemporalUnreachable, connect
from runtime.search_attributes import MUNICIPALITY, STAGE, register
from runtime.settings import Settings

ALMERE = TypedSearchAttributes([SearchAttributePair(MUNICIPALITY, "almere")])


@workflow.defn
class Month:
    @workflow.run
    async def run(self) -> dict[str, Any]:
        await workflow.sleep(timedelta(days=30) if workflow.info().task_queue == "virtual" else 0.01)
        workflow.upsert_search_attributes([STAGE.value_set("offer")])
        return await workflow.execute_activity(context, start_to_close_timeout=timedelta(seconds=10))


@activity.defn
async def context() -> dict[str, Any]:
    return dict(structlog.contextvars.get_contextvars())


class Greeting(ClientInterceptor):
    """Puts a header on every start, as an interceptor for request ids would."""

    def intercept_client(self, next: OutboundInterceptor) -> OutboundInterceptor:
        return _Greeting(next)


class _Greeting(OutboundInterceptor):
    async def start_workflow(self, input: StartWorkflowInput) -> Any:
        input.headers = {"greeting": Payload(metadata={"encoding": b"json/plain"}, data=b'"kanarie"')}
        return await super().start_workflow(input)


async def live_a_month(client: Client, queue: str) -> dict[str, Any]:
    async with Worker(client, task_queue=queue, workflows=[Month], activities=[context]):
        return await client.execute_workflow(Month.run, id="m-1", task_queue=queue, search_attributes=ALMERE)


async def test_mediations_can_be_found_and_activities_know_where_they_belong(online: Settings) -> None:
    client = await connect(online, plugin=MediationPlugin(online.key_ring, (), __name__))
    await asyncio.gather(register(client), register(client))
    await register(client)
    assert await live_a_month(client, "real") == {"workflow": "m-1", "activity": "context", "attempt": 1}
    for _ in range(200):
        if found := [one.id async for one in client.list_workflows("Municipality = 'almere' AND Stage = 'offer'")]:
            break
        await asyncio.sleep(0.1)
    assert found == ["m-1"]


async def test_the_virtual_clock_server_takes_the_same_search_attributes(offline: Settings) -> None:
    binary = shutil.which("temporal-test-server", path=str(Path(sys.executable).parent))
    async with await WorkflowEnvironment.start_time_skipping(test_server_existing_path=binary) as environment:
        settings = replace(offline, temporal_address=environment.client.service_client.config.target_host)
        client = await connect(settings, plugin=MediationPlugin(settings.key_ring, (), __name__))
        await register(client)
        await register(client)
        handle = client.get_workflow_handle("m-1")
        async with Worker(client, task_queue="virtual", workflows=[Month], activities=[context]):
            await client.start_workflow(Month.run, id="m-1", task_queue="virtual", search_attributes=ALMERE)
            await environment.sleep(timedelta(days=31))
            assert (await handle.result())["workflow"] == "m-1"


async def test_headers_of_interceptors_are_encrypted_and_replay_reads_them(online: Settings) -> None:
    plugin = MediationPlugin(online.key_ring, (Greeting(),), __name__)
    client = await connect(online, plugin=plugin)
    await register(client)
    await live_a_month(client, "real")
    history = await client.get_workflow_handle("m-1").fetch_history()
    header = history.events[0].workflow_execution_started_event_attributes.header.fields["greeting"]
    assert header.metadata["encoding"] == ENCODING
    assert b"kanarie" not in header.SerializeToString()
    await Replayer(workflows=[Month], plugins=[plugin]).replay_workflow(history)


async def test_a_server_that_is_away_is_a_clear_error_after_a_bounded_wait(offline: Settings) -> None:
    with pytest.raises(TemporalUnreachable, match=r"127\.0\.0\.1:9 \(MEDIATION_TEMPORAL_ADDRESS\)"):
        await connect(offline, patience=timedelta(seconds=1))


async def test_a_namespace_that_is_not_there_is_named(online: Settings) -> None:
    settings = replace(online, temporal_namespace="nowhere")
    with pytest.raises(TemporalUnreachable, match="no namespace nowhere"):
        await connect(settings, patience=timedelta(seconds=2))
