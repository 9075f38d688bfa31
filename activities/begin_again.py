"""A Temporal that knows nothing (its database was lost, or is new): every mediation that is open begins again."""

import asyncio

import structlog
from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from activities.moment import moment
from runtime.histories import OURS
from runtime.looking import Looked, look
from runtime.rebuilding import HistoryAhead, rebuild
from store import alarms, journal
from store.database import Pool
from store.queries import query

SHARE = 16
"""Workflows that are started side by side."""
log = structlog.get_logger("watchman")


async def begin_again(pool: Pool, client: Client, task_queue: str) -> int:
    """Start the workflow of every mediation that is not finished from the journal, if Temporal knows no mediation at
    all; return how many. Of several workers that begin at once one does it, and the others wait for it.

    Raises the errors of Temporal's client.
    """
    async with pool.acquire() as connection, connection.transaction():
        await connection.execute(query("lock_beginning_again"))
        if await _knows_any(client):
            return 0
        begun, after = 0, ""
        while share := await _unfinished(pool, after):
            begun += sum(await asyncio.gather(*(_begin(pool, client, task_queue, one) for one in share)))
            after = share[-1]
    if begun:
        log.warning("Temporal knew no mediation: all that are open begin again from the journal", begun=begun)
    return begun


async def _knows_any(client: Client) -> bool:
    """Tell whether Temporal knows any mediation, or cannot say: then nothing is begun."""
    try:
        async for _ in client.list_workflows(OURS, limit=1):
            return True
    except RPCError as error:
        if error.status is not RPCStatusCode.UNIMPLEMENTED:
            raise
        return True
    return False


async def _unfinished(pool: Pool, after: str) -> list[str]:
    now = moment()
    moments = {"opened_before": now, "due_before": now, "undelivered_before": now}
    found = await alarms.suspects(pool, **moments, share=0, shares=1, after=after, limit=SHARE)
    return [one.mediation for one in found]


async def _begin(pool: Pool, client: Client, task_queue: str, mediation: str) -> bool:
    seen = await look(client, mediation)
    return not seen.runs and await started_again(pool, client, task_queue, mediation, seen)


async def started_again(pool: Pool, client: Client, task_queue: str, mediation: str, seen: Looked) -> bool:
    """Start a workflow that does not run from the journal; tell whether it was. Not where the past would fork, which is
    logged. Raises the errors of Temporal's client.
    """
    opening = await journal.opening_of(pool, mediation, seen.run or None)
    if opening is None:
        return False
    try:
        await rebuild(client, opening, task_queue)
    except HistoryAhead as ahead:
        log.error("workflow not started again", mediation=mediation, why=str(ahead))
        return False
    return True
