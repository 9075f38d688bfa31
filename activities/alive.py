"""Telling Temporal that an attempt is still at work: a worker that dies without a word is noticed within `ALIVE` of its
workflows, however long the attempt might have taken, and another worker begins anew.
"""

import asyncio
from collections.abc import Awaitable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from temporalio import activity

BEAT = 5
"""Seconds between two heartbeats."""
T = TypeVar("T")


@contextmanager
def beating() -> Iterator[None]:
    """Send heartbeats meanwhile. An attempt that is over sooner sends none."""
    beats = asyncio.ensure_future(_beat())
    try:
        yield
    finally:
        beats.cancel()


async def to_its_end(work: Awaitable[T]) -> T:
    """Do work with heartbeats. Whoever asks for its cancellation waits until it has ended by itself: it may be with a
    partner already. A worker that stops breaks it off.
    """
    doing = asyncio.ensure_future(work)
    with beating():
        while True:
            try:
                return await asyncio.shield(doing)
            except asyncio.CancelledError:
                if doing.cancelled() or not _only_asked():
                    doing.cancel()
                    raise


def _only_asked() -> bool:
    """Tell whether a workflow asked for the cancellation, and nothing else ends the attempt."""
    details = activity.cancellation_details()
    ends = details and (details.worker_shutdown or details.timed_out or details.not_found)
    return bool(details and details.cancel_requested and not ends)


async def _beat() -> None:
    while True:
        await asyncio.sleep(BEAT)
        activity.heartbeat()
