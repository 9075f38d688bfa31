"""Waiting for a partner that is away: the mediations that wait for it try in turn.

A partner that is away for a short time is tried again within seconds (Temporal's retries). When it stays away, all who
wait take turns: the partner gets one attempt every `EVERY`, or as seldom as it wishes, however many mediations wait.
After weeks the turns become longer still. The mediation whose attempt gets through wakes some of the others, and each
of these wakes one more. So a partner that is down is not flooded with attempts, and once it is back the others do not
wait for long.
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
"""Between two attempts at one partner."""
LONG = timedelta(days=14)
"""After waiting for so long a mediation tries half as often, and half as often again each time the wait has doubled."""
HASTY = 7
"""So many attempts follow on each other as Temporal's retries do, all within a minute or two."""
AT_ONCE = 20
"""How many are woken by a mediation that got through in its turn. Waking all of them at once would take more than the
partner and our own worker can do at a time."""
BY_ITSELF = timedelta(seconds=10)
"""A mediation whose turn comes within this time is not woken: its attempt may be under way."""
EPOCH = datetime(2020, 1, 1, tzinfo=UTC)
"""From here turns are counted; any fixed moment in the past would do."""


def waited() -> bool:
    """Tell whether this attempt was made in its turn, after those that follow on each other in haste."""
    return activity.info().attempt > HASTY


async def later(pool: Pool, delivery: Delivery[Any], away: PartnerAway) -> PartnerAway:
    """Return the failure of this attempt with when to try again: soon at first, and then when it is our turn."""
    if activity.info().attempt < HASTY:
        return away
    place = await outbox.place_in_lane(pool, delivery.effect.lane, delivery.mediation)
    now, every = activity.info().started_time, max(patient(), away.wish or EVERY)
    delay = until_turn(now, *place, every)
    await outbox.note_turn(pool, delivery.effect.key, now + delay)
    return away.until(delay)


def patient() -> timedelta:
    """Return how long a turn is for a mediation that has waited as long as this attempt's activity.

    An outage of a year is not met with an attempt every two minutes of it. The longest turn is a five-thousandth of the
    time waited, so no outage lasts longer for us by more than that.
    """
    info = activity.info()
    return EVERY * (1 << ((info.started_time - info.scheduled_time) // LONG).bit_length())


def until_turn(now: datetime, before: int, waiting: int, every: timedelta = EVERY) -> timedelta:
    """Return how long it is until the turn of a mediation, with `before` others before it among `waiting` that wait.

    Time is divided into turns of `every`, which go round among all who wait. A turn that has begun is over.
    """
    begun = (now - EPOCH) // every
    turn = begun + 1 + (before - begun - 1) % waiting
    return EPOCH + turn * every - now


async def wake_others(pool: Pool, delivery: Delivery[Any]) -> None:
    """Have some of those who wait for the same partner try now: `AT_ONCE` after our own turn, one when we were woken.

    Those whose turn comes last are woken first: when the partner goes away again, the others have the next turns. Two
    never wake the same mediation, nor one whose turn comes shortly. The signals are sent within the transaction that
    picks whom to wake: if this worker dies in between, those who were not signalled can still be picked by another.
    Raises RPCError.
    """
    lane, after, some = delivery.effect.lane, activity.info().started_time + BY_ITSELF, AT_ONCE if waited() else 1
    async with pool.acquire() as connection, connection.transaction():
        woken = await outbox.wake_others(connection, lane, delivery.mediation, after, some)
        await asyncio.gather(*(_signal(activity.client(), one, lane) for one in woken))


async def _signal(client: Client, mediation: str, lane: str) -> None:
    try:
        await client.get_workflow_handle(mediation).signal("try_again", lane)
    except RPCError as error:
        if error.status is not RPCStatusCode.NOT_FOUND:  # it has ended meanwhile, and needs no waking
            raise
