"""Giving a command to a mediation's workflow, whichever run it is in."""

import asyncio
from datetime import timedelta

from temporalio.client import Client, WorkflowExecutionStatus, WorkflowUpdateFailedError
from temporalio.exceptions import ApplicationError
from temporalio.service import RPCError, RPCStatusCode

from domain.exchange.record import MOVING, Recorded, Submission

GONE = frozenset({RPCStatusCode.NOT_FOUND, RPCStatusCode.ALREADY_EXISTS})
"""How Temporal says that a mediation's workflow has ended, or that this run of it has."""
MOMENT = 0.1
"""Seconds. A new run takes less."""


async def tell(client: Client, mediation: str, submission: Submission, patience: timedelta | None = None) -> Recorded:
    """Give a command and return what was recorded; raises the errors of Temporal's client."""
    handle = client.get_workflow_handle(mediation)
    while True:
        try:
            recorded: Recorded = await handle.execute_update(
                "submit", submission, id=submission.command_id, result_type=Recorded, rpc_timeout=patience
            )
        except WorkflowUpdateFailedError as failed:
            if not is_moving(failed):
                raise
            await asyncio.sleep(MOMENT)
        else:
            return recorded


def is_moving(failed: WorkflowUpdateFailedError) -> bool:
    """Tell whether a command was turned away because a new run begins."""
    return isinstance(failed.cause, ApplicationError) and failed.cause.type == MOVING


async def has_ended(client: Client, mediation: str) -> bool:
    """Tell whether a mediation has no workflow any more; what was gone may have been one run of it."""
    try:
        described = await client.get_workflow_handle(mediation).describe()
    except RPCError as error:
        if error.status is not RPCStatusCode.NOT_FOUND:
            raise
        return True
    return described.status is not WorkflowExecutionStatus.RUNNING
