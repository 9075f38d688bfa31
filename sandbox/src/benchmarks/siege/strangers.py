"""Strangers: whoever reaches Temporal without the keys sends a mediation what no reader of ours can read or believe."""

import asyncio
from contextlib import suppress
from random import Random

from temporalio.api.common.v1 import Payload, Payloads, WorkflowExecution
from temporalio.api.enums.v1 import UpdateWorkflowExecutionLifecycleStage as Stage
from temporalio.api.update.v1 import Input, Meta, Request, WaitPolicy
from temporalio.api.workflowservice.v1 import SignalWorkflowExecutionRequest, UpdateWorkflowExecutionRequest
from temporalio.client import Client
from temporalio.service import RPCError

from domain.exchange.record import Submission
from domain.facts.parties import Actor, Role
from domain.messages.answers import KnownFrom
from domain.messages.commands import Withdraw
from runtime.codec import ENCODING, KEY_ID, EncryptionCodec
from runtime.keys import KeyRing

FORGED = "forged-by-a-stranger"
"""How the ids begin of what strangers send."""
PATIENCE = 5
"""Seconds that a stranger waits for an answer."""
UNREADABLE: tuple[list[Payload], ...] = (
    [Payload(metadata={"encoding": b"json/plain"}, data=b'"letters"')],
    [Payload(metadata={"encoding": b"json/plain"}, data=b"null")],
    [Payload(metadata={"encoding": ENCODING, KEY_ID: b"k1"}, data=b"no such text")],
    [Payload(metadata={"encoding": ENCODING, KEY_ID: b"k9"}, data=b"no such text")],
    [Payload(metadata={"encoding": b"binary/odd"}, data=b"\xff\xfe")],
    [Payload()],
    [],
)


async def send(client: Client, mediation: str, chance: Random, ring: KeyRing) -> None:
    """Send a few payloads to a mediation, as signals and as updates; one of them says that its client withdraws.

    `ring` has the keys of payloads: what is encrypted with them can be read, and nobody has sealed it.
    """
    for place, payloads in enumerate(chance.sample(UNREADABLE, 3)):
        with suppress(RPCError, TimeoutError):
            await _signal(client, mediation, payloads)
            await _update(client, mediation, payloads, f"{FORGED}-{chance.getrandbits(32):x}-{place}")
    name = f"{FORGED}-{chance.getrandbits(32):x}"
    withdraw = Withdraw(by=Actor(role=Role.COORDINATOR, organisation="almere", user="u-9"), source=KnownFrom.CLIENT)
    plain = client.data_converter.payload_converter.to_payloads([Submission(command_id=name, command=withdraw)])
    for keys in (None, KeyRing.generate("k9"), ring):
        with suppress(RPCError, TimeoutError):
            await _update(client, mediation, await EncryptionCodec(keys).encode(plain) if keys else plain, name)


async def _signal(client: Client, mediation: str, payloads: list[Payload]) -> None:
    request = SignalWorkflowExecutionRequest(
        namespace=client.namespace,
        workflow_execution=WorkflowExecution(workflow_id=mediation),
        signal_name="try_again",
        input=Payloads(payloads=payloads),
    )
    await asyncio.wait_for(client.workflow_service.signal_workflow_execution(request), PATIENCE)


async def _update(client: Client, mediation: str, payloads: list[Payload], number: str) -> None:
    request = UpdateWorkflowExecutionRequest(
        namespace=client.namespace,
        workflow_execution=WorkflowExecution(workflow_id=mediation),
        wait_policy=WaitPolicy(lifecycle_stage=Stage.UPDATE_WORKFLOW_EXECUTION_LIFECYCLE_STAGE_COMPLETED),
        request=Request(
            meta=Meta(update_id=number, identity="a stranger"),
            input=Input(name="submit", args=Payloads(payloads=payloads)),
        ),
    )
    await asyncio.wait_for(client.workflow_service.update_workflow_execution(request), PATIENCE)
