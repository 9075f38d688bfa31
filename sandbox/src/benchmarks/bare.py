"""The least that Temporal does for so many updates, activities and timers: what a mediation is measured against."""

from dataclasses import dataclass
from datetime import timedelta

from temporalio import activity, workflow

QUEUE = "bare"


@dataclass
class Load:
    """How much of each a workflow does. Every update runs one of the activities."""

    updates: int
    activities: int
    timers: int


@activity.defn
async def nothing() -> None:
    """Do nothing."""


@workflow.defn
class BareWorkflow:
    """So many updates with an activity each, the other activities one after another, and timers that are cancelled."""

    def __init__(self) -> None:
        self._steps = 0

    @workflow.run
    async def run(self, load: Load) -> None:
        """Do it all, and wait for the last update."""
        for _ in range(load.timers):
            try:
                await workflow.wait_condition(lambda: True, timeout=timedelta(days=30))
            except TimeoutError:
                return
        for _ in range(load.activities - load.updates):
            await self._nothing()
        await workflow.wait_condition(lambda: self._steps >= load.updates)
        await workflow.wait_condition(workflow.all_handlers_finished)

    @workflow.update
    async def step(self) -> None:
        """Run one activity."""
        await self._nothing()
        self._steps += 1

    async def _nothing(self) -> None:
        await workflow.execute_activity(nothing, start_to_close_timeout=timedelta(seconds=30))
