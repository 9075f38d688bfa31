"""Replay: does today's workflow code reproduce a recorded history, command by command, and with the same result?

Temporal's replayer compares the kinds of commands only. What each activity was asked, and what the workflow returned,
is compared here.
"""

import json
from collections import defaultdict
from collections.abc import AsyncIterator, Iterable
from typing import Any, NamedTuple

from temporalio import workflow
from temporalio.api.enums.v1 import EventType
from temporalio.client import WorkflowHistory
from temporalio.worker import (
    ExecuteWorkflowInput,
    Interceptor,
    Replayer,
    StartActivityInput,
    WorkflowInboundInterceptor,
    WorkflowInterceptorClassInput,
    WorkflowOutboundInterceptor,
    WorkflowReplayResult,
)
from temporalio.workflow import ActivityHandle

from audit.leaks import payloads_of
from domain.record import MediationRecord
from runtime.codec import EncryptionCodec, PayloadTampered
from runtime.keys import KeyRing, UnknownKey
from runtime.plugin import MediationPlugin, data_converter
from workflows.mediation import MediationWorkflow

CANNOT_READ = "CannotRead"
"""A key is missing, or a payload is not what was encrypted: nothing can be said about the history."""
OTHER_RESULT = "OtherResult"
"""The replay returned something else than was recorded."""
OTHER_REQUEST = "OtherRequest"
"""The replay asked an activity something else than was recorded."""

_results: dict[str, Any] = {}
"""What replayed workflows returned, by run id. Workflow code runs in a sandbox, but this module is shared with it."""
_requests: defaultdict[str, list[Any]] = defaultdict(list)
"""What replayed workflows asked of activities, by run id and in order."""


class Verdict(NamedTuple):
    """What replaying one history showed."""

    workflow: str
    events: int
    failure: str | None = None
    """Why it failed: the kind of failure, never its text."""


class _Capture(WorkflowInboundInterceptor):
    def init(self, outbound: WorkflowOutboundInterceptor) -> None:
        super().init(_CaptureRequests(outbound))

    async def execute_workflow(self, input: ExecuteWorkflowInput) -> Any:
        result = await super().execute_workflow(input)
        _results[workflow.info().run_id] = result
        return result


class _CaptureRequests(WorkflowOutboundInterceptor):
    def start_activity(self, input: StartActivityInput) -> ActivityHandle[Any]:
        _requests[workflow.info().run_id].append(input.args[0])
        return super().start_activity(input)


class _Capturing(Interceptor):
    def workflow_interceptor_class(
        self, input: WorkflowInterceptorClassInput
    ) -> type[WorkflowInboundInterceptor] | None:
        return _Capture


async def replay(ring: KeyRing, histories: Iterable[WorkflowHistory], code: type = MediationWorkflow) -> list[Verdict]:
    """Replay finished or running mediations with today's code, or with another version of it."""
    replayer = Replayer(workflows=[code], plugins=[MediationPlugin(ring, [_Capturing()], "audit")])
    verdicts: list[Verdict] = []

    async def readable() -> AsyncIterator[WorkflowHistory]:
        for history in histories:
            if await _can_read(ring, history):
                yield history
            else:
                verdicts.append(Verdict(history.workflow_id, len(history.events), CANNOT_READ))

    async with replayer.workflow_replay_iterator(readable()) as results:
        async for result in results:
            verdicts.append(await _verdict(ring, result))
    return verdicts


async def _verdict(ring: KeyRing, result: WorkflowReplayResult) -> Verdict:
    history = result.history
    replayed, requests = _results.pop(history.run_id, None), _requests.pop(history.run_id, [])
    failure = (
        (type(result.replay_failure).__name__ if result.replay_failure else None)
        or await _other_request(ring, history, requests)
        or await _other_result(ring, history, replayed)
    )
    return Verdict(history.workflow_id, len(history.events), failure)


async def _can_read(ring: KeyRing, history: WorkflowHistory) -> bool:
    codec = EncryptionCodec(ring)
    try:
        for event in history.events:
            if event.event_type == EventType.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED:
                continue  # whoever reaches Temporal can send one; what the worker could not read it dropped, as we do
            await codec.decode(list(payloads_of(event)))
    except (UnknownKey, PayloadTampered):
        return False
    return True


async def _other_request(ring: KeyRing, history: WorkflowHistory, replayed: list[Any]) -> str | None:
    """Compare what was asked of each activity. A field that later code added is no difference."""
    scheduled = EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED
    recorded = [e.activity_task_scheduled_event_attributes for e in history.events if e.event_type == scheduled]
    if len(replayed) < len(recorded):
        return OTHER_REQUEST
    codec, converter = EncryptionCodec(ring), data_converter(ring).payload_converter
    for then, now in zip(recorded, replayed, strict=False):
        asked_then = json.loads((await codec.decode(then.input.payloads))[0].data)
        asked_now = json.loads(converter.to_payloads([now])[0].data)
        if not _says(asked_now, asked_then):
            return OTHER_REQUEST
    return None


def _says(now: Any, then: Any) -> bool:
    """Tell whether a JSON value says all that an earlier one said."""
    if isinstance(then, dict):
        return isinstance(now, dict) and all(name in now and _says(now[name], then[name]) for name in then)
    if isinstance(then, list):
        return isinstance(now, list) and len(now) == len(then) and all(map(_says, now, then))
    return bool(now == then)


async def _other_result(ring: KeyRing, history: WorkflowHistory, replayed: Any) -> str | None:
    """Compare the recorded result with the replayed one."""
    last = history.events[-1]
    if last.event_type != EventType.EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED:
        return None
    payloads = last.workflow_execution_completed_event_attributes.result.payloads
    recorded = (await data_converter(ring).decode(payloads, [MediationRecord]))[0]
    return None if replayed == recorded else OTHER_RESULT
