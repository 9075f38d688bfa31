"""Runs one workflow with an activity that fails once, on a real Temporal, and prints what this process measured.

python -m tests.deploy.scraped HOST:PORT-OF-TEMPORAL HOST:PORT-OF-METRICS
"""

import asyncio
import os
import sys
import urllib.request
from datetime import timedelta

from temporalio import activity, workflow
from temporalio.client import Client
from temporalio.common import RetryPolicy
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

from runtime.metrics import start_metrics

TRIED: list[int] = []


@activity.defn
async def tried_twice() -> None:
    """Fail the first time."""
    TRIED.append(1)
    if len(TRIED) == 1:
        raise ValueError


@workflow.defn
class OneActivity:
    """A workflow of one activity and one timer."""

    @workflow.run
    async def run(self) -> None:
        """Do both."""
        await workflow.execute_activity(
            tried_twice,
            start_to_close_timeout=timedelta(seconds=10),
            retry_policy=RetryPolicy(initial_interval=timedelta(milliseconds=10)),
        )


@workflow.defn
class Broken:
    """A workflow whose task fails, as with code that cannot read it."""

    @workflow.run
    async def run(self) -> None:
        """Fail the task."""
        raise RuntimeError


async def main(temporal: str, address: str) -> None:
    """See the module."""
    start_metrics(address)
    client = await Client.connect(temporal)
    queue = f"scraped-{os.getpid()}"
    async with Worker(
        client,
        task_queue=queue,
        workflows=[OneActivity, Broken],
        activities=[tried_twice],
        workflow_runner=UnsandboxedWorkflowRunner(),
    ):
        await client.execute_workflow(OneActivity.run, id=f"{queue}-one", task_queue=queue)
        broken = await client.start_workflow(Broken.run, id=f"{queue}-broken", task_queue=queue)
        for _ in range(100):
            text = urllib.request.urlopen(f"http://{address}/metrics").read().decode()  # noqa: ASYNC210
            if "temporal_workflow_task_execution_failed" in text:
                break
            await asyncio.sleep(0.1)
        await broken.terminate()
    sys.stdout.write(text)
    sys.stdout.flush()
    os._exit(0)


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
