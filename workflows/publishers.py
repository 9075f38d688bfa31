"""Starting and waking publications. Every webhook has one: API and worker start those that are missing."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress

from temporalio.client import Client
from temporalio.common import WorkflowIDConflictPolicy
from temporalio.service import RPCError

from workflows.publication import PublicationWorkflow

AGAIN = 10
"""Seconds until what could not be started is tried again."""


async def wake_publication(client: Client, task_queue: str, webhook: str) -> None:
    """Have a webhook sent what is due now: start its publication, or wake the one that runs. Raises RPCError."""
    await client.start_workflow(
        PublicationWorkflow.run,
        webhook,
        id=f"publication-{webhook}",
        task_queue=task_queue,
        id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
        start_signal="wake",
    )


@asynccontextmanager
async def publications_running(
    client: Client,
    task_queue: str,
    webhooks: Callable[[], Awaitable[list[str]]],
    unavailable: tuple[type[Exception], ...],
) -> AsyncIterator[None]:
    """Start all publications that are missing while the block runs, trying until it succeeds."""

    async def start() -> None:
        while True:
            with suppress(RPCError, *unavailable):
                for webhook in await webhooks():
                    await wake_publication(client, task_queue, webhook)
                return
            await asyncio.sleep(AGAIN)

    starting = asyncio.create_task(start())
    try:
        yield
    finally:
        starting.cancel()
        with suppress(asyncio.CancelledError):
            await starting
