"""Places and homes that came free: those whose turn it may be are told, each in its own mediation."""

import asyncio
from collections.abc import Callable, Sequence

from temporalio import activity
from temporalio.client import Client

from activities.delivery import EffectActivities, carries_out
from domain.exchange.record import Delivery, Submission
from domain.facts.parties import SYSTEM, Actor, Role
from domain.messages.commands import AnyCommand, LearnRoom
from domain.messages.effects import CallWaiting
from runtime.away import SystemAway
from runtime.telling import told_or_over
from store.home_queue import waiting_for_homes_of
from store.scarce import Called, whose_turn

AT_ONCE = 8
"""How many mediations are told at a time."""


class Calling(EffectActivities):
    """Calls those who wait for a place or a home."""

    role = Role.COORDINATOR

    @carries_out
    async def call_waiting(self, delivery: Delivery[CallWaiting]) -> AnyCommand | None:
        """Call those whose turn has come. Another attempt calls again, under the same names: they are told once."""
        effect = delivery.effect
        if effect.corporation:
            await call(activity.client, await waiting_for_homes_of(self._pool, effect.corporation), effect.key)
        else:
            await call(activity.client, await whose_turn(self._pool, effect.municipality), effect.key)
        return None


async def call(client: Callable[[], Client], waiting: Sequence[Called], key: str) -> None:
    """Tell these mediations that there may be something for them. `key` names what made them be called.

    One that cannot be told now does not hold up the others. Raises SystemAway when there is one, to be tried again.
    """
    turns = asyncio.Semaphore(AT_ONCE)

    async def one(called: Called) -> bool:
        async with turns:
            return await _told(client(), called, f"{key}:{called.mediation}")

    told = await asyncio.gather(*[one(called) for called in waiting])
    if not all(told):
        raise SystemAway("a mediation whose turn it is cannot be told", "Temporal")


async def _told(client: Client, called: Called, name: str) -> bool:
    by = Actor(role=Role.COORDINATOR, organisation=called.municipality, user=SYSTEM)
    return await told_or_over(client, called.mediation, Submission(command_id=name, command=LearnRoom(by=by)))
