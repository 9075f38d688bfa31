"""The worker of a siege: `python -m benchmarks.siege.worker`. It is the product's, but for pace and perhaps name.

As another build it names itself otherwise in histories, and decides alike: a release whose language is another one is
told by its number, which is to be given here as soon as the product has one.
"""

import asyncio
import os
import signal
from functools import partial

from temporalio.worker import Interceptor, WorkflowInboundInterceptor, WorkflowInterceptorClassInput

import worker
from benchmarks.quick_worker import QuickPlugin, impatient
from benchmarks.siege.pace import ATTEMPT, BUILD, SIGN_OF_LIFE, quicken
from runtime.logging import start_logging
from runtime.plugin import connect
from runtime.seals import Process
from runtime.settings import load_settings
from workflows.watch import start_watchman

SHARED = ("benchmarks.quick_worker", "benchmarks.siege", "workflows.watch")
"""Modules that workflows share with this process, and do not load anew with the pace of production."""


class _Quick(Interceptor):
    def workflow_interceptor_class(self, _: WorkflowInterceptorClassInput) -> type[WorkflowInboundInterceptor] | None:
        return impatient(ATTEMPT, SIGN_OF_LIFE)


async def work() -> None:
    """Work until told to stop, or killed."""
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    settings = load_settings()
    plugin = QuickPlugin(settings.key_ring, [_Quick()], *SHARED)
    client = await connect(settings, plugin=plugin, process=Process.WORKER)
    async with worker.mediation_worker(settings, client) as working, working:
        await start_watchman(client, settings.task_queue)
        await stop.wait()


if __name__ == "__main__":
    quicken()
    if other := os.environ.get(BUILD):
        setattr(worker, "build_id", partial(str, other))  # noqa: B010 - this process passes as another build
    start_logging("INFO", "json")
    asyncio.run(work())
