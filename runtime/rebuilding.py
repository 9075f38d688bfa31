"""A workflow that is gone, or cannot go on, is started anew from the journal: nothing is lost or done twice."""

from temporalio.client import Client
from temporalio.common import WorkflowIDConflictPolicy, WorkflowIDReusePolicy

from domain.exchange.record import MediationRecord, Opening
from runtime import RuntimeFault
from runtime.telling import found_by


class HistoryAhead(RuntimeFault):
    """The history knows commands that the journal lacks: put the journal back first."""


async def known_commands(client: Client, mediation: str) -> int:
    """Return how many commands the last run of a mediation has in its history, over all runs before."""
    history = await client.get_workflow_handle(mediation).fetch_history()
    numbers = [0]
    for event in history.events:
        done = event.activity_task_completed_event_attributes
        if event.HasField("activity_task_completed_event_attributes") and done.result.payloads:
            [told] = await client.data_converter.decode(done.result.payloads[:1])
            if isinstance(told, dict) and "sequence" in told:
                numbers.append(int(told.get("ordinal") or 0))
    begun = history.events[0].workflow_execution_started_event_attributes
    [opening] = await client.data_converter.decode(begun.input.payloads, [Opening])
    return max(*numbers, opening.carried.commands if opening.carried else 0)


async def rebuild(client: Client, opening: Opening, task_queue: str) -> None:
    """Start the workflow of a mediation with what the journal has, in the place of one that runs.

    What was asked of a partner and may have been done is looked up before it is asked again. A command that the old
    run was recording is found in the journal by whoever sends it again. Raises HistoryAhead: the past must not fork;
    and the errors of Temporal's client.
    """
    recorded = opening.carried.commands if opening.carried else 0
    known = await known_commands(client, opening.mediation) if opening.after_run else 0
    if known > recorded:
        raise HistoryAhead(f"{opening.mediation}, {known} commands in the history and {recorded} in the journal")
    stage = opening.carried.last.stage if opening.carried else None
    await client.start_workflow(
        "Mediation",
        opening,
        id=opening.mediation,
        task_queue=task_queue,
        result_type=MediationRecord,
        id_reuse_policy=WorkflowIDReusePolicy.ALLOW_DUPLICATE,
        id_conflict_policy=WorkflowIDConflictPolicy.TERMINATE_EXISTING,
        search_attributes=found_by(opening, stage),
    )
