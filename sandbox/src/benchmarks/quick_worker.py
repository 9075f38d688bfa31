"""The worker, but with less patience for attempts whose worker died: python -m benchmarks.quick_worker

In production nobody notices for a minute that a worker died in the middle of a letter. That is waiting, not working.
"""

import asyncio
import signal
from dataclasses import replace
from datetime import timedelta
from typing import Any

from temporalio.worker import (
    Interceptor,
    StartActivityInput,
    WorkerConfig,
    WorkflowInboundInterceptor,
    WorkflowInterceptorClassInput,
    WorkflowOutboundInterceptor,
)
from temporalio.workflow import ActivityHandle

from runtime.logging import start_logging
from runtime.plugin import MediationPlugin, connect
from runtime.settings import load_settings
from worker import mediation_worker

ATTEMPT = timedelta(seconds=5)


def impatient(attempt: timedelta, sign_of_life: timedelta | None = None) -> type[WorkflowInboundInterceptor]:
    """Return what makes workflows give an attempt so long only, or one that gives signs of life so long for each.

    Nor do they wait longer than that before another: whose workers die often would soon wait a minute, then an hour.
    """

    class Requests(WorkflowOutboundInterceptor):
        def start_activity(self, input: StartActivityInput) -> ActivityHandle[Any]:
            if input.heartbeat_timeout and sign_of_life:
                input.heartbeat_timeout = sign_of_life
            else:
                input.start_to_close_timeout = attempt
            if input.retry_policy:
                input.retry_policy = replace(input.retry_policy, maximum_interval=attempt)
            return super().start_activity(input)

    class Impatient(WorkflowInboundInterceptor):
        def init(self, outbound: WorkflowOutboundInterceptor) -> None:
            super().init(Requests(outbound))

    return Impatient


class QuickPlugin(MediationPlugin):
    """Gives a dead worker's workflows to its successor at once."""

    def configure_worker(self, config: WorkerConfig) -> WorkerConfig:
        config = super().configure_worker(config)
        config["sticky_queue_schedule_to_start_timeout"] = timedelta(milliseconds=500)
        return config


class _Quick(Interceptor):
    def workflow_interceptor_class(self, _: WorkflowInterceptorClassInput) -> type[WorkflowInboundInterceptor] | None:
        return impatient(ATTEMPT)


async def work() -> None:
    """Work until told to stop, or killed."""
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    settings = load_settings()
    client = await connect(settings, plugin=QuickPlugin(settings.key_ring, [_Quick()], "benchmarks.quick_worker"))
    async with mediation_worker(settings, client) as worker, worker:
        await stop.wait()


if __name__ == "__main__":
    from benchmarks import quick_worker  # the module that workflows share, and not a second one

    start_logging("ERROR", "json")
    asyncio.run(quick_worker.work())
