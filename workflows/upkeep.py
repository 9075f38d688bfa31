"""Upkeep of the database: once a week what nobody needs any longer is removed. It begins anew after each time."""

from datetime import timedelta

from temporalio import workflow
from temporalio.client import Client
from temporalio.common import RetryPolicy, WorkflowIDConflictPolicy

RETRY = RetryPolicy(initial_interval=timedelta(seconds=1), maximum_interval=timedelta(hours=1))
ATTEMPT = timedelta(minutes=10)
"""How long one attempt may take. What it has removed is gone; another attempt goes on from there."""
EVERY = timedelta(days=7)


@workflow.defn(name="Upkeep")
class UpkeepWorkflow:
    """The upkeep of one installation."""

    @workflow.run
    async def run(self) -> None:
        """Prune, sleep for a week, and begin anew."""
        await workflow.execute_activity("Prune", workflow.now(), start_to_close_timeout=ATTEMPT, retry_policy=RETRY)
        await workflow.sleep(EVERY)
        workflow.continue_as_new()


async def start_upkeep(client: Client, task_queue: str) -> None:
    """Let the upkeep go on, or begin."""
    await client.start_workflow(
        UpkeepWorkflow.run,
        id="upkeep",
        task_queue=task_queue,
        id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
    )
