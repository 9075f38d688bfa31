"""The watchman's rounds through all mediations, every few minutes."""

from datetime import timedelta

from temporalio import workflow
from temporalio.client import Client
from temporalio.common import RetryPolicy, WorkflowIDConflictPolicy

RETRY = RetryPolicy(initial_interval=timedelta(seconds=1), maximum_interval=timedelta(minutes=5))
ATTEMPT = timedelta(minutes=10)
"""How long one round may take."""
ALIVE = timedelta(seconds=30)
"""A worker without a heartbeat for so long is taken to have died."""
EVERY = timedelta(minutes=5)
ROUNDS = 288
"""After a day of rounds the workflow goes on as a new run, with no history."""


@workflow.defn(name="Watchman")
class WatchmanWorkflow:
    """The watchman of one installation."""

    @workflow.run
    async def run(self, number: int) -> None:
        """Make round after round; `number` is that of the first."""
        for n in range(number, number + ROUNDS):
            await workflow.execute_activity(
                "Watch",
                args=[workflow.now(), n],
                start_to_close_timeout=ATTEMPT,
                heartbeat_timeout=ALIVE,
                retry_policy=RETRY,
            )
            await workflow.sleep(EVERY)
        workflow.continue_as_new(number + ROUNDS)


async def start_watchman(client: Client, task_queue: str) -> None:
    """Let the watchman go on, or begin."""
    await client.start_workflow(
        WatchmanWorkflow.run,
        0,
        id="watchman",
        task_queue=task_queue,
        id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
    )
