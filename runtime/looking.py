"""A look at the workflow of a mediation: whether it runs, and what it waits for in vain."""

from typing import NamedTuple

from temporalio.client import Client, WorkflowExecutionStatus
from temporalio.service import RPCError, RPCStatusCode

TOO_OFTEN = 5
"""After so many attempts a command, or a workflow's task, is taken to fail for good until somebody does something."""


class Looked(NamedTuple):
    """How the workflow of a mediation stands."""

    run: str = ""
    """The last run; empty where Temporal knows none."""
    status: WorkflowExecutionStatus | None = None
    task_attempts: int = 0
    """How often its present task has been tried."""
    recording: str = ""
    """The type of the failure for which a command has waited to be recorded through several attempts."""

    @property
    def runs(self) -> bool:
        """Whether it runs."""
        return self.status is WorkflowExecutionStatus.RUNNING


async def look(client: Client, mediation: str) -> Looked:
    """Return how the workflow of a mediation stands; raises the errors of Temporal's client."""
    try:
        described = await client.get_workflow_handle(mediation).describe()
    except RPCError as error:
        if error.status is not RPCStatusCode.NOT_FOUND:
            raise
        return Looked()
    raw = described.raw_description
    waits = [
        activity.last_failure.application_failure_info.type
        for activity in raw.pending_activities
        if activity.activity_type.name == "Record" and activity.attempt >= TOO_OFTEN
    ]
    attempts = raw.pending_workflow_task.attempt if raw.HasField("pending_workflow_task") else 0
    return Looked(described.run_id, described.status, attempts, waits[0] if waits else "")
