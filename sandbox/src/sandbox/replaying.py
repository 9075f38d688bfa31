"""Replaying many histories on every core: to replay one is work for the processor, and one process uses one core."""

import asyncio
import os
from collections.abc import Sequence
from multiprocessing import forkserver
from typing import TypeAlias

from temporalio.api.history.v1 import History
from temporalio.client import WorkflowHistory

from audit.beside import FEW, context, processes
from audit.replay import ReplayVerdict, replay
from runtime.keys import KeyRing

Packed: TypeAlias = tuple[str, bytes]
"""A history as it travels to another process: the workflow's id and Temporal's own bytes."""


async def replay_beside(ring: KeyRing, histories: Sequence[WorkflowHistory]) -> list[ReplayVerdict]:
    """Replay finished or running mediations with today's code on every core; the verdicts are in the given order."""
    cores = os.cpu_count() or 1
    if cores == 1 or len(histories) <= FEW:
        return await replay(ring, histories)
    longest_first = sorted(range(len(histories)), key=lambda n: -len(histories[n].events))
    shares = [[_packed(histories[n]) for n in longest_first[core::cores]] for core in range(cores)]
    loop = asyncio.get_running_loop()
    with processes(cores) as pool:
        told = await asyncio.gather(*(loop.run_in_executor(pool, _replayed, ring.text(), share) for share in shares))
    verdicts = {
        n: verdict
        for core, share in enumerate(told)
        for n, verdict in zip(longest_first[core::cores], share, strict=True)
    }
    return [verdicts[n] for n in range(len(histories))]


def make_ready(histories: int) -> None:
    """Have loaded what processes need to replay so many, before there is work for them."""
    if histories > FEW:
        context()
        forkserver.ensure_running()


def _packed(history: WorkflowHistory) -> Packed:
    return history.workflow_id, History(events=history.events).SerializeToString()


def _replayed(ring: str, share: list[Packed]) -> list[ReplayVerdict]:
    histories = [WorkflowHistory(workflow, History.FromString(packed).events) for workflow, packed in share]
    return asyncio.run(replay(KeyRing.parse(ring), histories))
