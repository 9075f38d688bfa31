"""How a command reaches its mediation: the rules are asked, Temporal has it recorded, the journal is read.

A command is done once however often it is sent: its id is made of the caller's key, and journal and Temporal know it.
"""

import asyncio
from datetime import timedelta

import structlog
from pydantic import ValidationError
from temporalio.client import (
    Client,
    WorkflowUpdateFailedError,
    WorkflowUpdateRPCTimeoutOrCancelledError,
)
from temporalio.exceptions import WorkflowAlreadyStartedError
from temporalio.service import RPCError, RPCStatusCode

from api.installation import Installation
from api.problems import Busy, NotConfirmed, NotFound, OutOfOrder, Problem, TemporalAway, refusal
from domain.decide.decide import Refused, decide
from domain.exchange.record import Recorded, Submission
from domain.facts.outcome import Stage
from domain.facts.value import replace
from domain.messages.commands import AnyCommand, StartMediation
from domain.policy.policy import Policy
from domain.state.draft import FactMissing
from runtime.telling import GONE, Start, completed_run, is_not_believed, starting, starting_again, tell
from store import journal
from store.journal import Loaded, recorded
from workflows.mediation import MediationWorkflow

log = structlog.get_logger()

PATIENCE = 10.0
"""Seconds that a caller waits for a command to be recorded."""
PASSING = frozenset(
    {
        RPCStatusCode.ABORTED,
        RPCStatusCode.CANCELLED,
        RPCStatusCode.DEADLINE_EXCEEDED,
        RPCStatusCode.INTERNAL,
        RPCStatusCode.UNAVAILABLE,
        RPCStatusCode.UNKNOWN,
    },
)


async def ask_rules(here: Installation, loaded: Loaded | None, command: AnyCommand, policy: Policy) -> None:
    """Ask the rules about a command on the current state; raises the problem that tells their refusal.

    When the engine itself is at fault nothing is raised here: `Record` tries the command, parks it and reports it.
    """
    try:
        judged = decide(loaded.state if loaded else None, command, policy, await here.clock.now())
    except FactMissing:
        log.error("rules broke down", command=command.type, exc_info=True)
        return
    if isinstance(judged, Refused):
        raise refusal(judged)


async def submit(here: Installation, mediation: str, submission: Submission) -> Recorded:
    """Have a command recorded, or raise the problem: nothing is half done then, and the same key may be sent again.

    The answer is what the journal has. Temporal remembers too, but a journal that was put back to an earlier moment
    must not go on being told that it knows.
    """
    if here.temporal is None:
        raise TemporalAway
    again: Start | None = None
    for last in (False, True):
        problem = await _ask(here, here.temporal, mediation, submission, again)
        if known := await recorded(here.pool, mediation, submission.command_id):
            return known
        if last or not isinstance(problem, OutOfOrder):
            break
        # One run of the mediation may have ended just then: the next one takes the command. Where the mediation itself
        # has ended, a run is started for what may follow the end.
        again = await _again(here, here.temporal, mediation)
    if problem is None or isinstance(problem, OutOfOrder):
        log.error("command not in the journal", mediation=mediation, workflow="gone" if problem else "answers")
    raise problem or NotConfirmed


async def outcome_of(here: Installation, mediation: str, result: Recorded) -> Loaded:
    """Return the mediation as it was right after a command; raises the rules' no. Alike whenever it is asked."""
    if result.refused:
        raise refusal(result.refused)
    after = await journal.load(here.pool, mediation, result.sequence)
    if after is None:
        raise NotFound
    if after.state.sequence < result.sequence:
        raise NotConfirmed  # the events that it led to are gone
    return after


async def _ask(
    here: Installation, client: Client, mediation: str, submission: Submission, again: Start | None
) -> Problem | None:
    """Give a command to its workflow; return what went wrong."""
    under_way = False
    try:
        async with asyncio.timeout(PATIENCE), here.gates.of(mediation):
            under_way = True
            await _update(here, client, mediation, submission, again)
    except TimeoutError:
        return NotConfirmed() if under_way else Busy()
    except WorkflowUpdateFailedError as failed:
        if is_not_believed(failed):
            log.error("command not believed: is the key of this process among MEDIATION_SPEAKERS of the worker?")
        return NotConfirmed()
    except (WorkflowUpdateRPCTimeoutOrCancelledError, ValidationError):
        return NotConfirmed()
    except WorkflowAlreadyStartedError:
        return await _ended(here, mediation, submission)
    except RPCError as error:
        if error.status in GONE:
            return await _ended(here, mediation, submission)
        if error.status is RPCStatusCode.RESOURCE_EXHAUSTED:
            return Busy()
        if error.status is RPCStatusCode.FAILED_PRECONDITION:  # the run is full, and no new one has begun
            return OutOfOrder()
        if error.status in PASSING:
            return TemporalAway()
        raise
    return None


async def _update(
    here: Installation, client: Client, mediation: str, submission: Submission, again: Start | None
) -> Recorded:
    command = submission.command
    wait = timedelta(seconds=PATIENCE)
    start = starting(command, here.task_queue) if isinstance(command, StartMediation) else again
    if start is None:
        return await tell(client, mediation, submission, wait)
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
    except WorkflowUpdateFailedError as failed:
        if not is_not_believed(failed):
            raise
        return await tell(client, mediation, submission, wait)
    finally:
        started.cancel()


async def _again(here: Installation, client: Client, mediation: str) -> Start | None:
    """Return how a mediation that ended is gone on with; None where it has not, or where its workflow was broken off or
    knows another past than the journal.

    By the journal nothing is waited for and all is delivered, so what a run must know is what was recorded last.
    """
    loaded, opening = await journal.load(here.pool, mediation), await journal.opening_of(here.pool, mediation, None)
    carried = opening.carried if opening else None
    if loaded is None or opening is None or carried is None or carried.commands != loaded.commands:
        return None
    if carried.last.stage is not Stage.CLOSED or carried.last.wake_at or carried.lanes:
        return None
    try:
        run = await completed_run(client, mediation, loaded.commands, loaded.head)
    except RPCError:
        return None
    return None if run is None else starting_again(replace(opening, after_run=run or None), here.task_queue)


async def _ended(here: Installation, mediation: str, submission: Submission) -> Problem:
    """Tell why a mediation that has no workflow (any more) refuses a command: the rules know it as closed."""
    loaded = await journal.load(here.pool, mediation)
    if loaded:
        judged = decide(loaded.state, submission.command, loaded.policy, await here.clock.now())
        if isinstance(judged, Refused):
            return refusal(judged)
    return OutOfOrder()
