"""Replaying many histories beside each other: replay is work for the processor, and one process uses one core."""

import asyncio
import multiprocessing
import os
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from typing import TypeAlias

from temporalio.api.history.v1 import History
from temporalio.client import WorkflowHistory

from audit.replay import Verdict, replay
from runtime.keys import KeyRing

Packed: TypeAlias = tuple[str, bytes]
"""A history as it travels to another process: the workflow's id and Temporal's own bytes."""

FEW = 10
"""So many histories are replayed sooner than other processes have started."""


async def replay_beside(ring: KeyRing, histories: Sequence[WorkflowHistory]) -> list[Verdict]:
    """Replay finished or running mediations with today's code on every core; the verdicts are in the given order."""
    cores = os.cpu_count() or 1
    if cores == 1 or len(histories) <= FEW:
        return await replay(ring, histories)
    # A fork server, because neither may be copied: our threads by a fork, nor the exit of an interpreter that used
    # Temporal's library, which sometimes aborts. Its children leave without one.
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([__name__])
    longest_first = sorted(histories, key=lambda history: -len(history.events))
    shares = [[_packed(history) for history in longest_first[core::cores]] for core in range(cores)]
    loop = asyncio.get_running_loop()
    with ProcessPoolExecutor(cores, mp_context=context) as pool:
        told = await asyncio.gather(*(loop.run_in_executor(pool, _replayed, ring.text(), share) for share in shares))
    verdicts = {verdict.workflow: verdict for share in told for verdict in share}
    return [verdicts[history.workflow_id] for history in histories]


def _packed(history: WorkflowHistory) -> Packed:
    return history.workflow_id, History(events=history.events).SerializeToString()


def _replayed(ring: str, share: list[Packed]) -> list[Verdict]:
    histories = [WorkflowHistory(workflow, History.FromString(packed).events) for workflow, packed in share]
    return asyncio.run(replay(KeyRing.parse(ring), histories))
