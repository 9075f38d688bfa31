"""A signal that its handler cannot take is dropped.

Whoever reaches Temporal can signal a workflow. Temporal's SDK drops a signal whose values it cannot read, but calls the
handler with however many there are: one too many or too few would fail the workflow's task, for ever.
"""

import inspect
from collections.abc import Callable, Sequence

from temporalio import workflow
from temporalio.worker import HandleSignalInput, Interceptor, WorkflowInboundInterceptor, WorkflowInterceptorClassInput


class SignalsThatFit(Interceptor):
    """Lets only those signals through that have as many values as their handler takes."""

    def workflow_interceptor_class(
        self, input: WorkflowInterceptorClassInput
    ) -> type[WorkflowInboundInterceptor] | None:
        """See the base class."""
        return _Fitting


class _Fitting(WorkflowInboundInterceptor):
    async def handle_signal(self, input: HandleSignalInput) -> None:
        handler = workflow.get_signal_handler(input.signal)
        if handler and _fits(handler, input.args):
            await super().handle_signal(input)
        else:
            workflow.logger.warning("signal dropped")


def _fits(handler: Callable[..., object], values: Sequence[object]) -> bool:
    try:
        inspect.signature(handler).bind(*values)
    except TypeError:
        return False
    return True
