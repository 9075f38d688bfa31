"""Whoever reaches Temporal can send a workflow anything: what the worker cannot read or take harms nothing.

A stranger here has Temporal's address and a mediation's number, and none of our keys.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import pytest
from temporalio.api.common.v1 import Payload, Payloads, WorkflowExecution
from temporalio.api.enums.v1 import UpdateWorkflowExecutionLifecycleStage as Stage
from temporalio.api.update.v1 import Input, Meta, Request, WaitPolicy
from temporalio.api.workflowservice.v1 import SignalWorkflowExecutionRequest, UpdateWorkflowExecutionRequest
from temporalio.client import Client, WorkflowExecutionStatus

from audit.replay import replay
from domain.exchange.record import Seal, Submission, Submitted
from domain.facts.value import replace
from domain.messages.commands import AddNote
from runtime.codec import ENCODING, KEY_ID, EncryptionCodec
from runtime.keys import KeyRing
from runtime.seals import Process, SealKey, Speakers
from runtime.telling import tell
from store.journal import entries as journal_of
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


async def update(
    client: Client, workflow: str, payloads: list[Payload], name: str = "submit", number: str = ""
) -> bool:
    """Send an update; return whether the workflow refused it."""
    request = UpdateWorkflowExecutionRequest(
        namespace=client.namespace,
        workflow_execution=WorkflowExecution(workflow_id=workflow),
        wait_policy=WaitPolicy(
            lifecycle_stage=Stage.UPDATE_WORKFLOW_EXECUTION_LIFECYCLE_STAGE_COMPLETED,
        ),
        request=Request(meta=Meta(update_id=number), input=Input(name=name, args=Payloads(payloads=payloads))),
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


async def forged(scene: Scene, journey: Journey) -> dict[str, Submitted]:
    """What somebody could send who has the keys of payloads, and none to seal with."""
    given = Submission(command_id="forged", command=note(journey))
    own, now = scene.settings.seal_key_of(Process.API), datetime.now(UTC)
    stranger = SealKey.generate(own.name)
    other = own.sealed("m-of-another", given, now)
    theirs = own.sealed(journey.id, given, now)
    return {
        "unsealed": given,
        "as if time had passed": replace(given, command_id="time-99"),
        "by another key": stranger.sealed(journey.id, given, now),
        "of another mediation": other,
        "under another id": replace(theirs, command_id="forged-2"),
        "of last week": own.sealed(journey.id, given, now - timedelta(days=7)),
        "nothing": Submitted(command_id="forged"),
    }


async def test_with_the_keys_of_payloads_alone_nobody_is_believed_and_the_mediation_goes_on(scene: Scene) -> None:
    journey = await Journey(scene).start()
    await journey.settled()
    for name, submitted in (await forged(scene, journey)).items():
        async with still_works(journey):
            payloads = await scene.client.data_converter.encode([submitted])
            assert await update(scene.client, journey.id, payloads, number=name), name
    journal = await journal_of(scene.pool, journey.id)
    assert {one.command.type for one in journal} <= {"StartMediation", "AddNote", "PassTime", "LearnLetterSent"}


async def test_what_was_believed_is_kept_with_its_seal_and_the_public_keys_alone_verify_it(scene: Scene) -> None:
    journey = await Journey(scene).start()
    await journey.submit(note(journey))
    rows = await scene.pool.fetch("SELECT id, seal, document FROM command WHERE seal IS NOT NULL ORDER BY ordinal")
    listed = Speakers.parse(scene.settings.speakers)
    opened = [listed.opened(journey.id, row["id"], Seal.model_validate_json(row["seal"])) for row in rows]
    assert [one.type for one in opened] == ["StartMediation", "AddNote"]


async def test_a_command_that_waited_too_long_is_sealed_anew_when_it_is_sent_again(scene: Scene) -> None:
    journey = await Journey(scene).start()
    await journey.settled()
    given = Submission(command_id="waited", command=note(journey))
    stale = scene.settings.seal_key_of(Process.API).sealed(journey.id, given, datetime.now(UTC) - timedelta(days=4))
    payloads = await scene.client.data_converter.encode([stale])
    assert await update(scene.client, journey.id, payloads, number="waited")
    assert (await tell(scene.client, journey.id, given)).refused is None
    assert len([one for one in await journal_of(scene.pool, journey.id) if one.command.type == "AddNote"]) == 1


@pytest.mark.parametrize("payloads", SENT.values(), ids=SENT)
async def test_a_publication_takes_no_harm_of_a_signal_either(scene: Scene, payloads: list[Payload]) -> None:
    webhook = "webhook-of-a-test"
    await wake_publication(scene.client, scene.settings.task_queue, webhook)
    handle = scene.client.get_workflow_handle(f"publication-{webhook}")
    await signal(scene.client, handle.id, "wake", payloads)
    await asyncio.wait_for(handle.result(), PATIENCE)  # there is no such webhook, which it finds out and ends
    assert (await handle.describe()).status is WorkflowExecutionStatus.COMPLETED
