"""Giving a command to a mediation's workflow: one that it starts, or the present one, in whichever run it is."""

import asyncio
from collections.abc import Iterator
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
from temporalio.exceptions import ActivityError, ApplicationError
from temporalio.service import RPCError, RPCStatusCode

from domain.exchange.record import MOVING, NOT_BELIEVED, MediationRecord, Opening, Recorded, Submission
from domain.facts.outcome import Stage
from domain.messages.commands import StartMediation
from runtime.search_attributes import MUNICIPALITY, POLICY_VERSION, STAGE

GONE = frozenset({RPCStatusCode.NOT_FOUND, RPCStatusCode.ALREADY_EXISTS})
"""How Temporal says that a mediation's workflow has ended, or that this run of it has."""
Start = WithStartWorkflowOperation[Any, MediationRecord]
ANEW = 5
"""How often a command that was not believed may be sealed anew, over all times that it is sent."""
MOMENT = 0.1
"""Seconds until a command that was turned away is sent again: a new run begins in less."""


def starting(command: StartMediation, task_queue: str) -> Start:
    """Return how the workflow of a mediation is started by its first command. There is never a second workflow."""
    opening = Opening(
        mediation=command.mediation,
        municipality=command.parties.municipality,
        policy_version=command.policy.version,
    )
    return _start(opening, Stage.READINESS, task_queue, WorkflowIDReusePolicy.REJECT_DUPLICATE)


def starting_again(opening: Opening, task_queue: str) -> Start:
    """Return how the workflow of a mediation that ended goes on for a command that may follow the end: in a run that
    carries what the journal has. Where one runs already, that one takes the command.
    """
    return _start(opening, Stage.CLOSED, task_queue, WorkflowIDReusePolicy.ALLOW_DUPLICATE)


def found_by(opening: Opening, stage: Stage | None) -> TypedSearchAttributes:
    """Return by what the workflow of a mediation is found in Temporal's pages."""
    pairs = [
        SearchAttributePair(MUNICIPALITY, opening.municipality),
        SearchAttributePair(POLICY_VERSION, opening.policy_version),
    ]
    return TypedSearchAttributes([*pairs, *([SearchAttributePair(STAGE, stage.value)] if stage else [])])


def _start(opening: Opening, stage: Stage, task_queue: str, reuse: WorkflowIDReusePolicy) -> Start:
    return WithStartWorkflowOperation(
        "Mediation",
        opening,
        id=opening.mediation,
        task_queue=task_queue,
        result_type=MediationRecord,
        id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
        id_reuse_policy=reuse,
        search_attributes=found_by(opening, stage),
    )


async def tell(client: Client, mediation: str, submission: Submission, patience: timedelta | None = None) -> Recorded:
    """Give a command and return what was recorded; raises the errors of Temporal's client.

    Temporal answers an update of the same id alike for ever. One that was not believed then, since it had waited too
    long or its key was not listed yet, is sealed anew and given under the next id; the command's own id stays.
    """
    handle, names = client.get_workflow_handle(mediation), _names(submission.command_id)
    number = next(names)
    while True:
        try:
            recorded: Recorded = await handle.execute_update(
                "submit", submission, id=number, result_type=Recorded, rpc_timeout=patience
            )
        except WorkflowUpdateFailedError as failed:
            if is_moving(failed):
                await asyncio.sleep(MOMENT)
            elif not is_not_believed(failed) or (number := next(names, "")) == "":
                raise
        else:
            return recorded


def _names(command_id: str) -> Iterator[str]:
    """Yield under which ids a command is given, one after the other while it is not believed."""
    yield command_id
    yield from (f"{command_id}:{n}" for n in range(2, 2 + ANEW))


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


async def completed_run(client: Client, mediation: str, commands: int, head: str) -> str | None:
    """Return the run in which a mediation's workflow completed after so many commands, with this head of the journal's
    chain; empty where Temporal has forgotten it since. None: it runs, was broken off, or knows another past.
    """
    try:
        described = await client.get_workflow_handle(mediation).describe()
        if described.status is not WorkflowExecutionStatus.COMPLETED:
            return None
        # Of this run: another may have begun since, which is not waited for.
        ended = await client.get_workflow_handle(
            mediation, run_id=described.run_id, result_type=MediationRecord
        ).result(follow_runs=False)
    except RPCError as error:
        if error.status is not RPCStatusCode.NOT_FOUND:
            raise
        return ""
    return described.run_id if (ended.commands, ended.head) == (commands, head) else None


def is_moving(failed: WorkflowUpdateFailedError) -> bool:
    """Tell whether a command was turned away because a new run begins."""
    return isinstance(failed.cause, ApplicationError) and failed.cause.type == MOVING


def is_not_believed(failed: WorkflowUpdateFailedError) -> bool:
    """Tell whether a command was refused since nobody vouched for it."""
    cause = failed.cause.cause if isinstance(failed.cause, ActivityError) else None
    return isinstance(cause, ApplicationError) and cause.type == NOT_BELIEVED


async def has_ended(client: Client, mediation: str) -> bool:
    """Tell whether a mediation's workflow has ended. That one run of it has ended does not say so."""
    try:
        described = await client.get_workflow_handle(mediation).describe()
    except RPCError as error:
        if error.status is not RPCStatusCode.NOT_FOUND:
            raise
        return True
    return described.status is not WorkflowExecutionStatus.RUNNING
