"""The last command that the history of a mediation knows: read from its end, so that a long history costs no more."""

from collections.abc import AsyncIterator, Sequence
from typing import Any, NamedTuple

from temporalio.api.common.v1 import Payload, WorkflowExecution
from temporalio.api.enums.v1 import EventType
from temporalio.api.history.v1 import HistoryEvent
from temporalio.api.workflowservice.v1 import GetWorkflowExecutionHistoryReverseRequest
from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

FEW = 30
"""Events that are read at once: the last command stands among them, as a rule."""
COMPLETED = EventType.EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED
BROKEN_OFF = frozenset(
    {
        EventType.EVENT_TYPE_WORKFLOW_EXECUTION_TERMINATED,
        EventType.EVENT_TYPE_WORKFLOW_EXECUTION_TIMED_OUT,
        EventType.EVENT_TYPE_WORKFLOW_EXECUTION_CANCELED,
        EventType.EVENT_TYPE_WORKFLOW_EXECUTION_FAILED,
    }
)
"""How a run ends that did not complete."""


class LastTold(NamedTuple):
    """The last command that a history knows, and whether its last run goes on."""

    commands: int = 0
    """Its number: how many commands the history knows; 0 where it knows none."""
    link: str = ""
    """Its link, which stands for all commands before it; empty in histories from before there were links."""
    head: str = ""
    """The head of the events so far."""
    runs: bool = True
    completed: bool = False


async def last_told(client: Client, mediation: str) -> LastTold | None:
    """Return the last command of a mediation's last run, or of those before it as that run carries them; None where
    Temporal knows no such workflow. Raises the errors of Temporal's client.
    """
    waiting: dict[int, dict[str, Any]] = {}
    """What was recorded, by the event in which it was asked: that comes later, going back."""
    found, ends, first = LastTold(), LastTold(), True
    try:
        async for event in _back(client, mediation):
            if first:
                ended = event.event_type in BROKEN_OFF or event.event_type == COMPLETED
                ends = LastTold(runs=not ended, completed=event.event_type == COMPLETED)
                first = False
            said = await _said(client, event)
            if event.HasField("activity_task_completed_event_attributes"):
                if isinstance(said, dict) and "sequence" in said:
                    waiting[event.activity_task_completed_event_attributes.scheduled_event_id] = said
            elif event.event_id in waiting:
                recorded = waiting.pop(event.event_id)
                if isinstance(said, dict) and said.get("after") == int(recorded.get("ordinal") or 0) - 1:
                    found = _told(recorded, int(recorded["ordinal"]))
                    break
            elif event.HasField("workflow_execution_started_event_attributes") and isinstance(said, dict):
                carried = said.get("carried")
                found = _told(carried["last"], int(carried["commands"])) if isinstance(carried, dict) else LastTold()
    except RPCError as error:
        if error.status is not RPCStatusCode.NOT_FOUND:
            raise
        return None
    return found._replace(runs=ends.runs, completed=ends.completed)


def _told(recorded: dict[str, Any], commands: int) -> LastTold:
    return LastTold(commands, str(recorded.get("link") or ""), str(recorded.get("head") or ""))


async def _back(client: Client, mediation: str) -> AsyncIterator[HistoryEvent]:
    """Yield the events of the last run, the last first."""
    token = b""
    while True:
        page = await client.workflow_service.get_workflow_execution_history_reverse(
            GetWorkflowExecutionHistoryReverseRequest(
                namespace=client.namespace,
                execution=WorkflowExecution(workflow_id=mediation),
                maximum_page_size=FEW,
                next_page_token=token,
            ),
            retry=True,
        )
        for event in page.history.events:
            yield event
        token = page.next_page_token
        if not token:
            return


async def _said(client: Client, event: HistoryEvent) -> Any:
    """Return what an event says, of those that matter here: a command that was asked or recorded, and an opening."""
    payloads: Sequence[Payload] = ()
    if event.HasField("activity_task_completed_event_attributes"):
        payloads = event.activity_task_completed_event_attributes.result.payloads
    elif event.HasField("activity_task_scheduled_event_attributes"):
        asked = event.activity_task_scheduled_event_attributes
        payloads = asked.input.payloads if asked.activity_type.name == "Record" else ()
    elif event.HasField("workflow_execution_started_event_attributes"):
        payloads = event.workflow_execution_started_event_attributes.input.payloads
    return (await client.data_converter.decode(payloads[:1]))[0] if payloads else None
