"""Nothing a workflow says can be read in Temporal's histories or its database file, and the scan proves it can see."""

import uuid
from datetime import timedelta
from pathlib import Path

import pytest
from pydantic import BaseModel
from temporalio import activity, workflow
from temporalio.api.common.v1 import WorkflowExecution
from temporalio.api.workflowservice.v1 import DescribeWorkflowExecutionRequest
from temporalio.client import Client, WorkflowFailureError, WorkflowHistory
from temporalio.common import SearchAttributePair, TypedSearchAttributes
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.converter import ActivitySerializationContext, SerializationContext, WorkflowSerializationContext
from temporalio.exceptions import ApplicationError
from temporalio.worker import Replayer, Worker

from runtime.keys import KeyRing
from runtime.plugin import MediationPlugin, OurPayloadConverter, connect, data_converter
from runtime.search_attributes import MUNICIPALITY, register
from runtime.settings import Settings

AT_START = {"input", "memo", "static-summary", "static-details"}
WITHIN = {"activity-input", "activity-summary", "activity-result", "timer-summary", "upserted-memo", "current-details"}
MESSAGES = {"signal", "update", "update-result"}
FAILURES = {"failure", "failure-detail"}
CHANNELS = AT_START | WITHIN | MESSAGES | FAILURES


def canary(channel: str) -> str:
    """A text that occurs nowhere else, built so that this file's source lines do not hold it."""
    return f"bsn-{999990019}-{channel}-kanarie"


class Said(BaseModel):
    text: str


@activity.defn
async def repeat(said: Said) -> Said:
    if said.text == "fail":
        raise ApplicationError(
            canary("failure"), Said(text=canary("failure-detail")), type="Refused", non_retryable=True
        )
    return Said(text=canary("activity-result"))


@workflow.defn
class Talk:
    def __init__(self) -> None:
        self._heard = 0

    @workflow.run
    async def run(self, said: Said) -> None:
        limit = timedelta(seconds=20)
        workflow.set_current_details(canary("current-details"))
        workflow.upsert_memo({"later": canary("upserted-memo")})
        await workflow.sleep(0.01, summary=canary("timer-summary"))
        argument = Said(text=canary("activity-input"))
        summary = canary("activity-summary")
        await workflow.execute_activity(repeat, argument, start_to_close_timeout=limit, summary=summary)
        await workflow.wait_condition(lambda: self._heard == 2)
        await workflow.wait_condition(workflow.all_handlers_finished)
        await workflow.execute_activity(repeat, Said(text="fail"), start_to_close_timeout=limit)

    @workflow.signal
    def hint(self, said: Said) -> None:
        self._heard += 1

    @workflow.update
    def tell(self, said: Said) -> Said:
        self._heard += 1
        return Said(text=canary("update-result"))


async def talk(client: Client) -> tuple[WorkflowHistory, bytes]:
    """Run one workflow over every channel; its history, and all that Temporal's API tells of it, as bytes."""
    queue = f"talk-{uuid.uuid4()}"
    async with Worker(client, task_queue=queue, workflows=[Talk], activities=[repeat]):
        handle = await client.start_workflow(
            Talk.run,
            Said(text=canary("input")),
            id=queue,
            task_queue=queue,
            memo={"note": canary("memo")},
            static_summary=canary("static-summary"),
            static_details=canary("static-details"),
            search_attributes=TypedSearchAttributes([SearchAttributePair(MUNICIPALITY, "almere")]),
        )
        await handle.signal(Talk.hint, Said(text=canary("signal")))
        assert (await handle.execute_update(Talk.tell, Said(text=canary("update")))).text == canary("update-result")
        with pytest.raises(WorkflowFailureError) as failed:
            await handle.result()
        history = await handle.fetch_history()
    assert canary("failure") in str(failed.value.cause.__cause__)
    told = await client.workflow_service.describe_workflow_execution(
        DescribeWorkflowExecutionRequest(
            namespace=client.namespace, execution=WorkflowExecution(workflow_id=handle.id, run_id=history.run_id)
        )
    )
    events = b"".join(event.SerializeToString() for event in history.events)
    return history, events + told.SerializeToString()


def seen(content: bytes) -> set[str]:
    """The channels whose canary can be read."""
    return {channel for channel in CHANNELS if canary(channel).encode() in content}


def on_disk(folder: Path) -> bytes:
    return b"".join(file.read_bytes() for file in sorted(folder.glob("temporal.db*")))


async def test_with_the_codec_no_channel_can_be_read_in_histories_or_database(online: Settings, tmp_path: Path) -> None:
    plugin = MediationPlugin(online.key_ring, (), __name__)
    client = await connect(online, plugin=plugin)
    await register(client)
    history, told = await talk(client)
    stored = on_disk(tmp_path)
    assert history.workflow_id.encode() in stored, "the scan looks at the file that holds this workflow"
    assert seen(told + stored) == set()
    assert b"kanarie" not in told + stored
    await Replayer(workflows=[Talk], plugins=[plugin]).replay_workflow(history)


async def test_without_the_codec_the_same_scan_reads_every_channel(online: Settings, tmp_path: Path) -> None:
    await register(await connect(online))
    bare = MediationPlugin(online.key_ring, (), __name__)
    bare.data_converter = pydantic_data_converter
    _, told = await talk(await Client.connect(online.temporal_address, plugins=[bare]))
    assert seen(told) == CHANNELS - {"current-details"}  # these are answered by the worker and not stored
    assert seen(on_disk(tmp_path)) == seen(told)


async def test_a_history_cannot_be_replayed_without_its_key(online: Settings) -> None:
    client = await connect(online, plugin=MediationPlugin(online.key_ring, (), __name__))
    await register(client)
    history, _ = await talk(client)
    other = MediationPlugin(KeyRing.generate("other"), (), __name__)
    with pytest.raises(RuntimeError, match=r'completion failed.*"ValidationError"'):  # it reads null for each value
        await Replayer(workflows=[Talk], plugins=[other]).replay_workflow(history)


def test_no_payload_depends_on_whom_it_is_for_and_all_converters_share_what_reads_a_type() -> None:
    converter = data_converter(KeyRing.generate("k1"))
    contexts: tuple[SerializationContext, ...] = (
        WorkflowSerializationContext(namespace="default", workflow_id="m-1"),
        ActivitySerializationContext(
            namespace="default",
            workflow_id="m-1",
            workflow_type="Mediation",
            activity_id="1",
            activity_type="Record",
            activity_task_queue="mediation",
            is_local=False,
        ),
    )
    for context in contexts:
        assert converter.with_context(context) is converter, "so our sandbox need not be asked for whom it is"
    one, other = OurPayloadConverter(), OurPayloadConverter()
    assert [*one.converters.values()] == [*other.converters.values()]
