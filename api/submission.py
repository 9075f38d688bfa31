"""How a command reaches its mediation: asked of the rules first, then of Temporal, and looked up in the journal after.

A command is done once however often it is sent: its id is made of the caller's key, and journal and Temporal know it.
"""

import asyncio
from datetime import timedelta

from temporalio.client import (
    Client,
    WithStartWorkflowOperation,
    WorkflowHandle,
    WorkflowUpdateFailedError,
    WorkflowUpdateRPCTimeoutOrCancelledError,
)
from temporalio.common import (
    SearchAttributePair,
    TypedSearchAttributes,
    WorkflowIDConflictPolicy,
    WorkflowIDReusePolicy,
)
from temporalio.exceptions import WorkflowAlreadyStartedError
from temporalio.service import RPCError, RPCStatusCode

from api.installation import Installation
from api.problems import NotConfirmed, NotFound, Problem, TemporalAway, refusal
from domain.commands import AnyCommand, StartMediation
from domain.decide import Refused, decide
from domain.outcome import Stage
from domain.policy import Policy
from domain.record import MediationRecord, Opening, Recorded, Submission
from runtime.search_attributes import MUNICIPALITY, POLICY_VERSION, STAGE
from store import journal
from store.journal import Loaded, recorded
from workflows.mediation import MediationWorkflow

PATIENCE = 10.0
"""Seconds that a caller waits for a command to be recorded."""
GONE = frozenset({RPCStatusCode.NOT_FOUND, RPCStatusCode.ALREADY_EXISTS})
"""How Temporal says that a mediation's workflow has ended."""
PASSING = frozenset(
    {
        RPCStatusCode.ABORTED,
        RPCStatusCode.CANCELLED,
        RPCStatusCode.DEADLINE_EXCEEDED,
        RPCStatusCode.INTERNAL,
        RPCStatusCode.RESOURCE_EXHAUSTED,
        RPCStatusCode.UNAVAILABLE,
        RPCStatusCode.UNKNOWN,
    },
)


async def ask_rules(here: Installation, loaded: Loaded | None, command: AnyCommand, policy: Policy) -> None:
    """Ask the rules about a command on the current state; raises the problem that tells their no."""
    judged = decide(loaded.state if loaded else None, command, policy, await here.clock.now())
    if isinstance(judged, Refused):
        raise refusal(judged)


async def submit(here: Installation, mediation: str, submission: Submission) -> Recorded:
    """Have a command recorded, or raise the problem: nothing is half done then, and the same key may be sent again."""
    if here.temporal is None:
        raise TemporalAway
    try:
        async with asyncio.timeout(PATIENCE):
            return await _update(here, here.temporal, mediation, submission)
    except (TimeoutError, WorkflowUpdateRPCTimeoutOrCancelledError, WorkflowUpdateFailedError):
        problem: Problem = NotConfirmed()
    except WorkflowAlreadyStartedError:
        problem = await _ended(here, mediation, submission)
    except RPCError as error:
        if error.status in GONE:
            problem = await _ended(here, mediation, submission)
        elif error.status in PASSING:
            problem = TemporalAway()
        else:
            raise
    known = await recorded(here.pool, mediation, submission.command_id)
    if known is None:
        raise problem
    return known


async def outcome_of(here: Installation, mediation: str, result: Recorded) -> Loaded:
    """Return the mediation as it was right after a command; raises the rules' no. Alike whenever it is asked."""
    if result.refused:
        raise refusal(result.refused)
    after = await journal.load(here.pool, mediation, result.sequence)
    if after is None:
        raise NotFound
    return after


async def _update(here: Installation, client: Client, mediation: str, submission: Submission) -> Recorded:
    command = submission.command
    wait = timedelta(seconds=PATIENCE)
    if not isinstance(command, StartMediation):
        running: WorkflowHandle[MediationWorkflow, MediationRecord] = client.get_workflow_handle(mediation)
        return await running.execute_update(
            MediationWorkflow.submit, submission, id=submission.command_id, rpc_timeout=wait
        )
    start = _start(here, command)
    started = asyncio.ensure_future(start.workflow_handle())
    started.add_done_callback(lambda done: done.cancelled() or done.exception())  # the update tells the same error
    try:
        return await client.execute_update_with_start_workflow(
            MediationWorkflow.submit,
            submission,
            id=submission.command_id,
            start_workflow_operation=start,
            rpc_timeout=wait,
        )
    finally:
        started.cancel()


def _start(
    here: Installation, command: StartMediation
) -> WithStartWorkflowOperation[MediationWorkflow, MediationRecord]:
    municipality, version = command.parties.municipality, command.policy.version
    found_by = [
        SearchAttributePair(MUNICIPALITY, municipality),
        SearchAttributePair(POLICY_VERSION, version),
        SearchAttributePair(STAGE, Stage.READINESS.value),
    ]
    return WithStartWorkflowOperation(
        MediationWorkflow.run,
        Opening(mediation=command.mediation, municipality=municipality, policy_version=version),
        id=command.mediation,
        task_queue=here.task_queue,
        id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
        id_reuse_policy=WorkflowIDReusePolicy.REJECT_DUPLICATE,
        search_attributes=TypedSearchAttributes(found_by),
    )


async def _ended(here: Installation, mediation: str, submission: Submission) -> Problem:
    """Tell why a mediation that has no workflow (any more) refuses a command: the rules know it as closed."""
    loaded = await journal.load(here.pool, mediation)
    if loaded:
        judged = decide(loaded.state, submission.command, loaded.policy, await here.clock.now())
        if isinstance(judged, Refused):
            return refusal(judged)
    return TemporalAway()
