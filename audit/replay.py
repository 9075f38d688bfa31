"""Replay: does today's workflow code reproduce a recorded history, command by command, and with the same result?

Temporal's replayer compares commands only. An edited argument or another result would pass it, so the result that the
replay returns is compared with the recorded one too.
"""

from collections.abc import AsyncIterator, Iterable
from typing import Any, NamedTuple

from temporalio.api.enums.v1 import EventType
from temporalio.client import WorkflowHistory
from temporalio.worker import (
    ExecuteWorkflowInput,
    Interceptor,
    Replayer,
    WorkflowInboundInterceptor,
    WorkflowInterceptorClassInput,
)

from domain.record import MediationRecord
from runtime.keys import KeyRing
from runtime.plugin import MediationPlugin, data_converter
from workflows.mediation import MediationWorkflow

_results: dict[str, Any] = {}
"""What replayed workflows returned, by run id. Workflow code runs in a sandbox, but this module is shared with it."""


class Verdict(NamedTuple):
    """What replaying one history showed."""

    workflow: str
    events: int
    failure: str | None = None
    """Why it failed: the kind of failure, never its text."""


class _Capture(WorkflowInboundInterceptor):
    async def execute_workflow(self, input: ExecuteWorkflowInput) -> Any:
        from temporalio import workflow

        result = await super().execute_workflow(input)
        _results[workflow.info().run_id] = result
        return result


class _Capturing(Interceptor):
    def workflow_interceptor_class(
        self, input: WorkflowInterceptorClassInput
    ) -> type[WorkflowInboundInterceptor] | None:
        return _Capture


async def replay(ring: KeyRing, histories: Iterable[WorkflowHistory]) -> list[Verdict]:
    """Replay finished or running mediations with today's code."""
    verdicts: list[Verdict] = []
    replayer = Replayer(workflows=[MediationWorkflow], plugins=[MediationPlugin(ring, [_Capturing()], "audit")])

    async def one_by_one() -> AsyncIterator[WorkflowHistory]:
        for history in histories:
            yield history

    async with replayer.workflow_replay_iterator(one_by_one()) as results:
        async for result in results:
            failure = type(result.replay_failure).__name__ if result.replay_failure else None
            failure = failure or await _other_result(ring, result.history)
            verdicts.append(Verdict(result.history.workflow_id, len(result.history.events), failure))
    return verdicts


async def _other_result(ring: KeyRing, history: WorkflowHistory) -> str | None:
    """Compare the recorded result with the replayed one."""
    last = history.events[-1]
    if last.event_type != EventType.EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED:
        return None
    payloads = last.workflow_execution_completed_event_attributes.result.payloads
    recorded = (await data_converter(ring).decode(payloads, [MediationRecord]))[0]
    replayed = _results.pop(history.run_id, None)
    return None if replayed == recorded else "OtherResult"
