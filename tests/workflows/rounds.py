"""What is periodic goes on for ever in runs that are short."""

from temporalio.client import WorkflowHistory

LONGEST = 500
"""Events in the history of a run."""


def begun_anew(history: WorkflowHistory) -> bool:
    """Tell whether a run followed another, and is short itself."""
    started = history.events[0].workflow_execution_started_event_attributes
    return bool(started.continued_execution_run_id) and len(history.events) < LONGEST
