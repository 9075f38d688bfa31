"""What follows when a corporation tells of its dwellings: those to whom one is offered hear how it is now."""

import asyncio
from collections.abc import Sequence

from temporalio.client import Client

from api.installation import Installation
from api.problems import TemporalAway
from domain.exchange.record import Submission
from domain.facts.dwelling import HomeNow
from domain.facts.parties import Actor, Role
from domain.messages.commands import LearnHome
from runtime.telling import told_or_over
from store import released
from store.home_queue import waited_for_by
from store.released import Offered
from workflows.digest import wake_rounds

AT_ONCE = 8
"""How many mediations are told at a time."""


async def call_those_who_wait(here: Installation, corporation: str) -> None:
    """Have everybody look for whom a home of this corporation may be, in their municipality's round, which is made now.

    Raises `TemporalAway`.
    """
    municipalities = await waited_for_by(here.pool, corporation)
    if not municipalities:
        return
    async with here.reached() as client:
        for municipality in municipalities:
            await wake_rounds(client, here.task_queue, municipality)


async def tell_those_concerned(here: Installation, corporation: str, dwellings: Sequence[str]) -> None:
    """Tell every mediation in which one of these dwellings is offered now. Raises `TemporalAway`.

    It is told once of each version of a dwelling: sent again after a failure, the request tells whoever was not told.
    """
    offered = await released.offered_now(here.pool, corporation, dwellings)
    if not offered:
        return
    turns = asyncio.Semaphore(AT_ONCE)

    async def one(client: Client, home: Offered) -> bool:
        by = Actor(role=Role.CORPORATION, organisation=corporation)
        command = LearnHome(by=by, home_now=HomeNow(corporation=corporation, id=home.dwelling))
        name = f"home:{corporation}:{home.dwelling}:{home.revision}"
        async with turns:
            return await told_or_over(client, home.mediation, Submission(command_id=name, command=command))

    async with here.reached() as client:
        if not all(await asyncio.gather(*(one(client, home) for home in offered))):
            raise TemporalAway
