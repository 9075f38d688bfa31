"""Giving a command to a mediation's workflow: one that it starts, or the present one, in whichever run it is."""

import asyncio
from datetime import timedelta
from typing import Any

from temporalio.client import (
    Client,
    WithStartWorkflowOperation,
    WorkflowExecutionStatus,
    WorkflowUpdateFailedError,
    WorkflowUpdateStage,
)
from temporalio.common import (
    SearchAttributePair,
    TypedSearchAttributes,
    WorkflowIDConflictPolicy,
    WorkflowIDReusePolicy,
)
from temporalio.exceptions import ApplicationError
from temporalio.service import RPCError, RPCStatusCode

from domain.exchange.record import MOVING, MediationRecord, Opening, Recorded, Submission
from domain.facts.outcome import Stage
from domain.messages.commands import StartMediation
from runtime.search_attributes import MUNICIPALITY, POLICY_VERSION, STAGE

GONE = frozenset({RPCStatusCode.NOT_FOUND, RPCStatusCode.ALREADY_EXISTS})
"""How Temporal says that a mediation's workflow has ended, or that this run of it has."""
MOMENT = 0.1
"""Seconds until a command that was turned away is sent again: a new run begins in less."""


def starting(command: StartMediation, task_queue: str) -> WithStartWorkflowOperation[Any, MediationRecord]:
    """Return how the workflow of a mediation is started by its first command. There is never a second workflow."""
    municipality, version = command.parties.municipality, command.policy.version
    found_by = [
        SearchAttributePair(MUNICIPALITY, municipality),
        SearchAttributePair(POLICY_VERSION, version),
        SearchAttributePair(STAGE, Stage.READINESS.value),
    ]
    return WithStartWorkflowOperation(
        "Mediation",
        Opening(mediation=command.mediation, municipality=municipality, policy_version=version),
        id=command.mediation,
        task_queue=task_queue,
        result_type=MediationRecord,
        id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
        id_reuse_policy=WorkflowIDReusePolicy.REJECT_DUPLICATE,
        search_attributes=TypedSearchAttributes(found_by),
    )


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


async def begin_telling(client: Client, mediation: str, submission: Submission) -> None:
    """Give a command and do not wait for what is recorded; raises the errors of Temporal's client.

    For an activity of the mediation itself: it records one command at a time, and waits for the activity.
    """
    handle = client.get_workflow_handle(mediation)
    await handle.start_update(
        "submit", submission, id=submission.command_id, wait_for_stage=WorkflowUpdateStage.ACCEPTED
    )


async def told_or_over(client: Client, mediation: str, submission: Submission) -> bool:
    """Give a command to a mediation that may have ended; return False when it runs and could not be told."""
    try:
        await tell(client, mediation, submission)
    except RPCError as error:
        return error.status in GONE and await has_ended(client, mediation)
    return True


def is_moving(failed: WorkflowUpdateFailedError) -> bool:
    """Tell whether a command was turned away because a new run begins."""
    return isinstance(failed.cause, ApplicationError) and failed.cause.type == MOVING


async def has_ended(client: Client, mediation: str) -> bool:
    """Tell whether a mediation's workflow has ended. That one run of it has ended does not say so."""
    try:
        described = await client.get_workflow_handle(mediation).describe()
    except RPCError as error:
        if error.status is not RPCStatusCode.NOT_FOUND:
            raise
        return True
    return described.status is not WorkflowExecutionStatus.RUNNING
