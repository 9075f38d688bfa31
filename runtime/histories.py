"""The histories of mediations as Temporal has them: all runs of one, in their order, and decrypted where asked."""

from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from typing import NamedTuple

from google.protobuf.message import Message
from temporalio.api.common.v1 import Payload
from temporalio.api.history.v1 import HistoryEvent
from temporalio.api.workflowservice.v1 import DescribeNamespaceRequest
from temporalio.client import Client, WorkflowExecutionStatus, WorkflowHistory
from temporalio.service import RPCError, RPCStatusCode

from domain.exchange.record import Opening
from runtime import RuntimeFault
from runtime.codec import KEY_ID, EncryptionCodec, PayloadTampered
from runtime.keys import KeyRing, UnknownKey

OURS = "WorkflowType = 'Mediation'"


class HistoriesAway(RuntimeFault):
    """Temporal did not answer, so nothing can be said of its histories."""


class Fetched(NamedTuple):
    """The runs of one mediation, the first first."""

    runs: tuple[WorkflowHistory, ...] = ()
    running: bool = False
    kept_for: timedelta | None = None
    """How long after its end a history is kept here; None for ever."""
    earlier_forgotten: bool = False
    """Whether the run before the first of these is no longer there."""
    lengths: tuple[int, ...] = ()
    """How many events each run must have at least, by the place where it is kept."""
    unreadable: str = ""
    """Why what is kept is no history; empty when it is one, or when there is nothing."""


class InTemporal:
    """Histories as Temporal has them."""

    def __init__(self, client: Client) -> None:
        self._client = client

    async def of(self, mediation: str) -> Fetched:
        """Return all runs of a mediation; raises `HistoriesAway`."""
        try:
            return await self._of(mediation)
        except RPCError as error:
            if error.status == RPCStatusCode.NOT_FOUND:
                return Fetched(kept_for=await self._kept_for())
            raise HistoriesAway(error.status.name.lower()) from None

    async def _of(self, mediation: str) -> Fetched:
        latest = await self._client.get_workflow_handle(mediation).describe()
        running = latest.status == WorkflowExecutionStatus.RUNNING
        runs, lengths = [await self._run(mediation, latest.run_id)], [latest.history_length]
        while before := await self._before(runs[0]):
            try:
                handle = self._client.get_workflow_handle(mediation, run_id=before)
                lengths.insert(0, (await handle.describe()).history_length)
                runs.insert(0, await self._run(mediation, before))
            except RPCError as error:
                if error.status != RPCStatusCode.NOT_FOUND:
                    raise
                return Fetched(tuple(runs), running, earlier_forgotten=True, lengths=tuple(lengths[-len(runs) :]))
        return Fetched(tuple(runs), running, lengths=tuple(lengths))

    async def _kept_for(self) -> timedelta:
        asked = DescribeNamespaceRequest(namespace=self._client.namespace)
        told = await self._client.workflow_service.describe_namespace(asked)
        return told.config.workflow_execution_retention_ttl.ToTimedelta()

    async def _run(self, mediation: str, run: str) -> WorkflowHistory:
        return await self._client.get_workflow_handle(mediation, run_id=run).fetch_history()

    async def _before(self, run: WorkflowHistory) -> str:
        """Return the run that handed over to this one, or that this one goes on from; empty where there is none."""
        begun = run.events[0].workflow_execution_started_event_attributes
        if begun.continued_execution_run_id:
            return begun.continued_execution_run_id
        try:
            [opening] = await self._client.data_converter.decode(begun.input.payloads, [Opening])
        except Exception:  # who examines the history finds what cannot be read
            return ""
        return opening.after_run or "" if isinstance(opening, Opening) else ""

    async def known(self) -> AsyncIterator[str]:
        """Return the mediations that Temporal knows; none where it has no searches. Raises `HistoriesAway`."""
        told: set[str] = set()
        try:
            async for execution in self._client.list_workflows(OURS):
                if execution.id not in told:
                    told.add(execution.id)
                    yield execution.id
        except RPCError as error:
            if error.status != RPCStatusCode.UNIMPLEMENTED:
                raise HistoriesAway(error.status.name.lower()) from None


async def encrypted_under(client: Client, key_id: str) -> str | None:
    """Return a workflow with something in its history that this key encrypted; None when there is none.

    Every history that Temporal keeps is read. Raises `HistoriesAway`.
    """
    try:
        async for execution in client.list_workflows():
            handle = client.get_workflow_handle(execution.id, run_id=execution.run_id)
            async for event in handle.fetch_history_events():
                if any(payload.metadata.get(KEY_ID) == key_id.encode() for payload in payloads_of(event)):
                    return execution.id
    except RPCError as error:
        raise HistoriesAway(error.status.name.lower()) from None
    return None


class Clear(NamedTuple):
    """A history of which everything is decrypted that can be."""

    history: WorkflowHistory
    unreadable: tuple[int, ...]
    """The events with something that cannot be; it is left as it is stored."""


async def decrypted(ring: KeyRing, history: WorkflowHistory) -> Clear:
    """Decrypt a history. What was never encrypted stays as it is."""
    codec = EncryptionCodec(ring)
    events: list[HistoryEvent] = []
    unreadable: list[int] = []
    for event in history.events:
        copy = HistoryEvent()
        copy.CopyFrom(event)
        events.append(copy)
        for payload in payloads_of(copy):
            try:
                [clear] = await codec.decode([payload])
                payload.CopyFrom(clear)
            except (UnknownKey, PayloadTampered):
                unreadable.append(event.event_id)
    return Clear(WorkflowHistory(history.workflow_id, events), tuple(dict.fromkeys(unreadable)))


def payloads_of(message: Message) -> Iterator[Payload]:
    """Return every payload within a message, however deep."""
    if isinstance(message, Payload):
        yield message
        return
    for field, value in message.ListFields():
        if field.message_type is None:
            continue
        parts = [value] if isinstance(value, Message) else value.values() if hasattr(value, "values") else value
        for part in parts:
            if isinstance(part, Message):
                yield from payloads_of(part)
