"""Whoever reaches Temporal can send a workflow anything: what the worker cannot read or take harms nothing.

A stranger here has Temporal's address and a mediation's number, and none of our keys.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from temporalio.api.common.v1 import Payload, Payloads, WorkflowExecution
from temporalio.api.enums.v1 import UpdateWorkflowExecutionLifecycleStage as Stage
from temporalio.api.update.v1 import Input, Meta, Request, WaitPolicy
from temporalio.api.workflowservice.v1 import SignalWorkflowExecutionRequest, UpdateWorkflowExecutionRequest
from temporalio.client import Client, WorkflowExecutionStatus

from audit.replay import replay
from domain.exchange.record import Submission
from domain.messages.commands import AddNote
from runtime.codec import ENCODING, KEY_ID, EncryptionCodec
from runtime.keys import KeyRing
from tests.domain.case import NOTE
from tests.journey import Journey, Scene
from workflows.publishers import wake_publication

PATIENCE = 10
NULL = Payload(metadata={"encoding": b"json/plain"}, data=b"null")
PLAIN = Payload(metadata={"encoding": b"json/plain"}, data=b'"letters"')
GARBLED = Payload(metadata={"encoding": ENCODING, KEY_ID: b"k1"}, data=b"no such text")
UNKNOWN = Payload(metadata={"encoding": ENCODING, KEY_ID: b"k9"}, data=b"no such text")
KEYLESS = Payload(metadata={"encoding": ENCODING}, data=b"no such text")
ODD = Payload(metadata={"encoding": b"binary/odd"}, data=b"\xff\xfe")
BARE = Payload()
SENT = {
    "plain": [PLAIN],
    "null": [NULL],
    "garbled": [GARBLED],
    "an unknown key": [UNKNOWN],
    "no key": [KEYLESS],
    "an odd encoding": [ODD],
    "nothing in it": [BARE],
    "no value": [],
    "two values": [PLAIN, UNKNOWN],
}


def note(journey: Journey) -> AddNote:
    return AddNote(by=journey.coordinator, note=NOTE)


async def signal(client: Client, workflow: str, name: str, payloads: list[Payload]) -> None:
    await client.workflow_service.signal_workflow_execution(
        SignalWorkflowExecutionRequest(
            namespace=client.namespace,
            workflow_execution=WorkflowExecution(workflow_id=workflow),
            signal_name=name,
            input=Payloads(payloads=payloads),
        )
    )


async def update(client: Client, workflow: str, payloads: list[Payload], name: str = "submit") -> bool:
    """Send an update; return whether the workflow refused it."""
    request = UpdateWorkflowExecutionRequest(
        namespace=client.namespace,
        workflow_execution=WorkflowExecution(workflow_id=workflow),
        wait_policy=WaitPolicy(
            lifecycle_stage=Stage.UPDATE_WORKFLOW_EXECUTION_LIFECYCLE_STAGE_COMPLETED,
        ),
        request=Request(meta=Meta(), input=Input(name=name, args=Payloads(payloads=payloads))),
    )
    answer = await asyncio.wait_for(client.workflow_service.update_workflow_execution(request), PATIENCE)
    return answer.outcome.HasField("failure")


@asynccontextmanager
async def still_works(journey: Journey) -> AsyncIterator[None]:
    """What the block sends leaves no trace: the next command is recorded at once, and nothing else is."""
    before = (await journey.loaded()).commands
    yield
    recorded = await asyncio.wait_for(journey.submit(note(journey)), PATIENCE)
    assert recorded.refused is None
    assert (await journey.loaded()).commands == before + 1


async def test_an_update_that_cannot_be_read_is_refused_and_harms_nothing(scene: Scene) -> None:
    journey = await Journey(scene).start()
    await journey.settled()
    for name, payloads in SENT.items():
        async with still_works(journey):
            assert await update(scene.client, journey.id, payloads), name
    async with still_works(journey):
        assert await update(scene.client, journey.id, [UNKNOWN], "no_such_update")


async def test_a_signal_that_cannot_be_read_is_dropped_and_harms_nothing(scene: Scene) -> None:
    journey = await Journey(scene).start()
    await journey.settled()
    for payloads in SENT.values():
        async with still_works(journey):
            await signal(scene.client, journey.id, "try_again", payloads)
    async with still_works(journey):
        await signal(scene.client, journey.id, "no_such_signal", [UNKNOWN])


async def test_what_strangers_sent_is_no_obstacle_to_replay(scene: Scene) -> None:
    journey = await Journey(scene).start()
    for payloads in SENT.values():
        await signal(scene.client, journey.id, "try_again", payloads)
        await update(scene.client, journey.id, payloads)
    await journey.submit(note(journey))
    [verdict] = await replay(scene.settings.key_ring, [await journey.history()])
    assert verdict.failure is None


async def test_a_command_under_another_installations_key_is_not_believed(scene: Scene) -> None:
    journey = await Journey(scene).start()
    await journey.settled()
    submission = Submission(command_id="forged", command=note(journey))
    [plain] = scene.client.data_converter.payload_converter.to_payloads([submission])
    [sealed] = await EncryptionCodec(KeyRing.generate("k9")).encode([plain])
    [same_name] = await EncryptionCodec(KeyRing.generate(scene.settings.key_ring.active)).encode([plain])
    for payload in (plain, sealed, same_name):
        async with still_works(journey):
            assert await update(scene.client, journey.id, [payload])


@pytest.mark.parametrize("payloads", SENT.values(), ids=SENT)
async def test_a_publication_takes_no_harm_of_a_signal_either(scene: Scene, payloads: list[Payload]) -> None:
    webhook = "webhook-of-a-test"
    await wake_publication(scene.client, scene.settings.task_queue, webhook)
    handle = scene.client.get_workflow_handle(f"publication-{webhook}")
    await signal(scene.client, handle.id, "wake", payloads)
    await asyncio.wait_for(handle.result(), PATIENCE)  # there is no such webhook, which it finds out and ends
    assert (await handle.describe()).status is WorkflowExecutionStatus.COMPLETED
