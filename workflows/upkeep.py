"""Upkeep of the database: once a week what nobody needs any longer is removed."""

from datetime import timedelta

from temporalio import workflow
from temporalio.client import Client
from temporalio.common import RetryPolicy, WorkflowIDConflictPolicy

with workflow.unsafe.imports_passed_through():
    from workflows.patches import ROUND_AFTER_ROUND

RETRY = RetryPolicy(initial_interval=timedelta(seconds=1), maximum_interval=timedelta(hours=1))
ATTEMPT = timedelta(minutes=10)
"""How long one attempt may take. Another attempt goes on where this one ended."""
ALIVE = timedelta(seconds=30)
"""A worker without a heartbeat for so long is taken to have died."""
EVERY = timedelta(days=7)
ROUNDS = 25
"""After so many the workflow goes on as a new run, with no history (see `workflows.digest`)."""


@workflow.defn(name="Upkeep")
class UpkeepWorkflow:
    """The upkeep of one installation."""

    @workflow.run
    async def run(self) -> None:
        """Prune, and sleep for a week, over and over."""
        for _ in range(ROUNDS):
            await workflow.execute_activity(
                "Prune",
                workflow.now(),
                start_to_close_timeout=ATTEMPT,
                heartbeat_timeout=ALIVE,
                retry_policy=RETRY,
            )
            await workflow.sleep(EVERY)
            if not workflow.patched(ROUND_AFTER_ROUND):
                break
        workflow.continue_as_new()


async def start_upkeep(client: Client, task_queue: str) -> None:
    """Let the upkeep go on, or begin."""
    await client.start_workflow(
        UpkeepWorkflow.run,
        id="upkeep",
        task_queue=task_queue,
        id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
    )
