"""Waking the rounds of a municipality, which write to it: a mediation that is stuck may not be able to itself."""

from temporalio import activity
from temporalio.common import WorkflowIDConflictPolicy
from temporalio.service import RPCError

from runtime.away import SystemAway


async def wake_rounds(municipality: str) -> None:
    """Have a round through a municipality made now. Raises `SystemAway`."""
    try:
        await activity.client().start_workflow(
            "Digest",
            municipality,
            id=f"digest-{municipality}",
            task_queue=activity.info().task_queue,
            id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
            start_signal="wake",
        )
    except RPCError as away:
        raise SystemAway("Temporal is away", type(away).__name__) from None
