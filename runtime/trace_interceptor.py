"""Carries a trace through Temporal: from who gives a command, by a header of it, to the activities that it starts.

A workflow makes no span: it may run again at any time, and for years. It only hands the header of a command on to the
activities started for it. Where the header lies in a history it holds random numbers alone, encrypted like all else.
What a workflow does at a moment of its own belongs to no trace but its own.
"""

from collections.abc import Mapping
from contextvars import ContextVar
from typing import Any

from temporalio import activity
from temporalio.api.common.v1 import Payload
from temporalio.client import Interceptor as ClientInterceptor
from temporalio.client import (
    OutboundInterceptor,
    StartWorkflowInput,
    StartWorkflowUpdateInput,
    StartWorkflowUpdateWithStartInput,
    WorkflowHandle,
    WorkflowUpdateHandle,
)
from temporalio.converter import PayloadConverter
from temporalio.worker import (
    ActivityInboundInterceptor,
    ExecuteActivityInput,
    ExecuteWorkflowInput,
    HandleUpdateInput,
    StartActivityInput,
    WorkflowInboundInterceptor,
    WorkflowInterceptorClassInput,
    WorkflowOutboundInterceptor,
)
from temporalio.worker import Interceptor as WorkerInterceptor
from temporalio.workflow import ActivityHandle

from runtime.tracing import Side, carried, span

KEY = "mediation-trace"
_converter = PayloadConverter.default
_under_way: ContextVar[Payload | None] = ContextVar("mediation-trace", default=None)
"""The header of the command that a workflow is busy with. Each of its tasks has its own."""

Headers = Mapping[str, Payload]


class CarriesTraces(ClientInterceptor, WorkerInterceptor):
    """Puts the trace of a command into its header, and takes it up again where its activities run."""

    def intercept_client(self, next: OutboundInterceptor) -> OutboundInterceptor:
        """See the base class."""
        return _Giving(next)

    def workflow_interceptor_class(self, input: WorkflowInterceptorClassInput) -> type[WorkflowInboundInterceptor]:
        """See the base class."""
        return _HandingOn

    def intercept_activity(self, next: ActivityInboundInterceptor) -> ActivityInboundInterceptor:
        """See the base class."""
        return _TakingUp(next)


def _with_trace(headers: Headers) -> Headers:
    trace = carried()
    return {**headers, KEY: _converter.to_payload(trace)} if trace else headers


class _Giving(OutboundInterceptor):
    async def start_workflow(self, input: StartWorkflowInput) -> WorkflowHandle[Any, Any]:
        with span(f"start {input.workflow}", Side.ASKING, mediation_workflow=input.id):
            input.headers = _with_trace(input.headers)
            return await super().start_workflow(input)

    async def start_workflow_update(self, input: StartWorkflowUpdateInput) -> WorkflowUpdateHandle[Any]:
        with span(f"update {input.update}", Side.ASKING, mediation_workflow=input.id):
            input.headers = _with_trace(input.headers)
            return await super().start_workflow_update(input)

    async def start_update_with_start_workflow(
        self, input: StartWorkflowUpdateWithStartInput
    ) -> WorkflowUpdateHandle[Any]:
        update = input.update_workflow_input
        with span(f"update {update.update}", Side.ASKING, mediation_workflow=input.start_workflow_input.id):
            update.headers = _with_trace(update.headers)
            return await super().start_update_with_start_workflow(input)


class _HandingOn(WorkflowInboundInterceptor):
    def init(self, outbound: WorkflowOutboundInterceptor) -> None:
        super().init(_HandedOn(outbound))

    async def execute_workflow(self, input: ExecuteWorkflowInput) -> object:
        _under_way.set(input.headers.get(KEY))
        return await super().execute_workflow(input)

    async def handle_update_handler(self, input: HandleUpdateInput) -> object:
        _under_way.set(input.headers.get(KEY))
        return await super().handle_update_handler(input)


class _HandedOn(WorkflowOutboundInterceptor):
    def start_activity(self, input: StartActivityInput) -> ActivityHandle[Any]:
        header = _under_way.get()
        if header is not None:
            input.headers = {**input.headers, KEY: header}
        return super().start_activity(input)


class _TakingUp(ActivityInboundInterceptor):
    async def execute_activity(self, input: ExecuteActivityInput) -> object:
        info, header = activity.info(), input.headers.get(KEY)
        parent = _converter.from_payload(header, str) if header is not None else None
        with span(f"activity {info.activity_type}", Side.ASKED, parent, mediation_attempt=info.attempt) as traced:
            if info.workflow_id:
                traced.tell(mediation_workflow=info.workflow_id)
            return await super().execute_activity(input)
