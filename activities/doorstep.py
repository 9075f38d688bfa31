"""Waiting at the door of a partner that is away: one knock at a time, by each mediation in its turn.

A short trouble is tried again within seconds (Temporal's retries). Of one that lasts all who wait take turns, so that
the partner hears a knock every `EVERY`, or as seldom as it wishes, however many wait; ever less often of those who have
waited for weeks. Who gets through calls in a few others, each of whom calls in one more. So nothing storms a partner
that is down, and nobody waits for long once it is back.
"""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

from temporalio import activity
from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from activities.partner import PartnerAway
from domain.exchange.record import Delivery
from store import outbox
from store.database import Pool

EVERY = timedelta(minutes=2)
"""Between two knocks at one partner."""
LONG = timedelta(days=14)
"""Who has waited for so long knocks half as often, and half as often again whenever it has waited twice as long."""
HASTY = 7
"""Attempts that follow on each other as Temporal's retries do, all within a minute or two."""
AT_ONCE = 20
"""How many are called in by one who got through in its turn."""
BY_ITSELF = timedelta(seconds=10)
"""Who knocks within this time is not called in: its attempt may be under way."""
EPOCH = datetime(2020, 1, 1, tzinfo=UTC)


def waited() -> bool:
    """Tell whether this attempt comes after those that follow on each other in haste."""
    return activity.info().attempt > HASTY


async def later(pool: Pool, delivery: Delivery[Any], away: PartnerAway) -> PartnerAway:
    """Return how a partner is away, to be tried again in haste at first, and then when it is our turn."""
    if activity.info().attempt < HASTY:
        return away
    place = await outbox.place_in_lane(pool, delivery.effect.lane, delivery.mediation)
    now, every = activity.info().started_time, max(patient(), away.wish or EVERY)
    delay = until_turn(now, *place, every)
    await outbox.note_turn(pool, delivery.effect.key, now + delay)
    return away.until(delay)


def patient() -> timedelta:
    """Return how long turns are for who has waited as long as this attempt's activity.

    At a door that stays closed for a year nobody knocks every two minutes of it. So an outage never lasts longer for us
    than by a five-thousandth.
    """
    info = activity.info()
    return EVERY * (1 << ((info.started_time - info.scheduled_time) // LONG).bit_length())


def until_turn(now: datetime, before: int, waiting: int, every: timedelta = EVERY) -> timedelta:
    """Return how long it is until the turn of who has so many before them, among so many who wait.

    Time is parted in turns, as long as the partner wishes to be left alone, given out to all in order, over and over. A
    turn that has begun is gone.
    """
    begun = (now - EPOCH) // every
    turn = begun + 1 + (before - begun - 1) % waiting
    return EPOCH + turn * every - now


async def call_in(pool: Pool, delivery: Delivery[Any]) -> None:
    """Tell some of those who wait for the same partner to try now: `AT_ONCE` in our turn, one when we were called in.

    Were all called at once, neither the partner nor our worker would have the time for what each of them needs. Those
    whose turn comes last are called first: who is left, because the partner is away again, has the next turns. Nobody
    is called by two, nor shortly before its turn; and if we die halfway, whoever was not told can be called still.
    Raises RPCError.
    """
    lane, after, some = delivery.effect.lane, activity.info().started_time + BY_ITSELF, AT_ONCE if waited() else 1
    async with pool.acquire() as connection, connection.transaction():
        called = await outbox.call_in(connection, lane, delivery.mediation, after, some)
        await asyncio.gather(*(_tell(activity.client(), one, lane) for one in called))


async def _tell(client: Client, mediation: str, lane: str) -> None:
    try:
        await client.get_workflow_handle(mediation).signal("try_again", lane)
    except RPCError as error:
        if error.status is not RPCStatusCode.NOT_FOUND:
            raise
