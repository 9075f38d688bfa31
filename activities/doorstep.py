"""Waiting at the door of a partner that is away: one knock at a time, by each mediation in its turn.

A short trouble is tried again within seconds (Temporal's retries). Of one that lasts all who wait take turns, so that
the partner hears a knock every `EVERY`, or as seldom as it wishes, however many wait; who gets through calls in all the
others. So nothing storms a partner that is down, and nobody waits for long once it is back.
"""

import asyncio
from collections import deque
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
AT_ONCE = 20
"""How many mediations may be called in and not be through yet."""
COUNTED_ON = 5.0
"""Seconds after which one that was called in is not waited for any more: it may have a trouble of its own."""
LONGEST = 40.0
"""Seconds for which one who got through goes on calling in: well within one attempt."""
BREATH = 0.1
"""Seconds between two looks at who is through."""
EPOCH = datetime(2020, 1, 1, tzinfo=UTC)


def waited() -> bool:
    """Tell whether this attempt comes after those that follow on each other in haste."""
    return activity.info().attempt > HASTY


async def later(pool: Pool, delivery: Delivery[Any], away: PartnerAway) -> PartnerAway:
    """Return how a partner is away, to be tried again in haste at first, and then when it is our turn."""
    if activity.info().attempt < HASTY:
        return away
    place = await outbox.place_in_lane(pool, delivery.effect.lane, delivery.mediation)
    every = max(EVERY, away.wish or EVERY)
    return away.until(until_turn(activity.info().started_time, *place, every))


def until_turn(now: datetime, before: int, waiting: int, every: timedelta = EVERY) -> timedelta:
    """Return how long it is until the turn of who has so many before them, among so many who wait.

    Time is parted in turns, as long as the partner wishes to be left alone, given out to all in order, over and over. A
    turn that has begun is gone.
    """
    begun = (now - EPOCH) // every
    turn = begun + 1 + (before - begun - 1) % waiting
    return EPOCH + turn * every - now


async def call_in(pool: Pool, delivery: Delivery[Any]) -> None:
    """Tell those who wait for the same partner to try now, a few at a time: the next when one is through.

    Were all called at once, neither the partner nor our worker would have the time for what each of them needs. Who is
    not called within `LONGEST` is called by the next whose turn it is. An attempt that dies halfway is made again, and
    calls in those who wait still. Raises RPCError.
    """
    lane, clock = delivery.effect.lane, asyncio.get_running_loop().time
    line = deque(one for one in await outbox.waiting_in_lane(pool, lane) if one != delivery.mediation)
    called: dict[str, float] = {}
    ends = clock() + LONGEST
    while line and clock() < ends:
        waiting = set(await outbox.waiting_in_lane(pool, lane)) if called else set[str]()
        under_way = sum(one in waiting and clock() - at < COUNTED_ON for one, at in called.items())
        batch = [line.popleft() for _ in range(min(len(line), max(0, AT_ONCE - under_way)))]
        await asyncio.gather(*(_tell(activity.client(), one, lane) for one in batch))
        called |= dict.fromkeys(batch, clock())
        if line:
            await asyncio.sleep(BREATH)


async def _tell(client: Client, mediation: str, lane: str) -> None:
    try:
        await client.get_workflow_handle(mediation).signal("try_again", lane)
    except RPCError as error:
        if error.status is not RPCStatusCode.NOT_FOUND:
            raise
