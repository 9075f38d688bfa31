"""Waiting at the door of a partner that is away: one knock at a time, by each mediation in its turn.

A short trouble is tried again within seconds (Temporal's retries). Of one that lasts all who wait take turns, so that
the partner hears a knock every `EVERY`, however many wait; who gets through calls in all the others. So nothing storms
a partner that is down, and nobody waits for long once it is back.
"""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

from temporalio import activity
from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from activities.partner import PartnerAway
from domain.record import Delivery
from store import outbox
from store.database import Pool

EVERY = timedelta(minutes=2)
"""Between two knocks at one partner."""
HASTY = 7
"""Attempts that follow on each other as Temporal's retries do, all within a minute or two."""
AT_ONCE = 10
"""How many mediations are called in side by side."""
EPOCH = datetime(2020, 1, 1, tzinfo=UTC)


def waited() -> bool:
    """Tell whether this attempt comes after those that follow on each other in haste."""
    return activity.info().attempt > HASTY


async def later(pool: Pool, delivery: Delivery[Any], away: PartnerAway) -> PartnerAway:
    """Return how a partner is away, to be tried again in haste at first, and then when it is our turn."""
    if activity.info().attempt < HASTY:
        return away
    place = await outbox.place_in_lane(pool, delivery.effect.lane, delivery.mediation)
    return away.until(until_turn(activity.info().started_time, *place))


def until_turn(now: datetime, before: int, waiting: int) -> timedelta:
    """Return how long it is until the turn of who has so many before them, among so many who wait.

    Time is parted in turns of `EVERY`, given out to all in order, over and over. A turn that has begun is gone.
    """
    begun = (now - EPOCH) // EVERY
    turn = begun + 1 + (before - begun - 1) % waiting
    return EPOCH + turn * EVERY - now


async def call_in(pool: Pool, delivery: Delivery[Any]) -> None:
    """Tell all who wait for the same partner to try now.

    An attempt that dies halfway is made again, and tells those who wait still. Raises RPCError.
    """
    lane = delivery.effect.lane
    others = [one for one in await outbox.waiting_in_lane(pool, lane) if one != delivery.mediation]
    gate = asyncio.Semaphore(AT_ONCE)

    async def call(mediation: str) -> None:
        async with gate:
            await _tell(activity.client(), mediation, lane)

    await asyncio.gather(*map(call, others))


async def _tell(client: Client, mediation: str, lane: str) -> None:
    try:
        await client.get_workflow_handle(mediation).signal("try_again", lane)
    except RPCError as error:
        if error.status is not RPCStatusCode.NOT_FOUND:
            raise
