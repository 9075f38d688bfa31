"""The events of all mediations in one order. A reader can go on from where it stopped, and misses nothing.

Transactions that record events run at the same time, so numbers given within them would have gaps that are filled
later: a reader that has passed a gap would never see the event that fills it. So positions are given afterwards, to
events that are committed, by one reader at a time. What commits later gets a later position.
"""

from typing import NamedTuple

from domain.facts.parties import OrganisationId
from store.database import Pool
from store.participation import Asker
from store.queries import query


class FeedPosition(NamedTuple):
    """Where an event stands in the feed."""

    position: int
    mediation: str
    sequence: int


async def read_feed(
    pool: Pool,
    after: int,
    limit: int,
    *,
    municipality: OrganisationId | None = None,
    reader: Asker | None = None,
) -> list[FeedPosition]:
    """Return the events after a position, in order: of a municipality, and of the days of a reader's parts."""
    if await pool.fetchval(query("events_wait")):
        async with pool.acquire() as connection, connection.transaction():
            await connection.execute(query("lock_event_feed"))
            await connection.execute(query("number_events"))
    rows = await pool.fetch(
        query("event_feed"), after, municipality, reader and reader.organisation, limit, reader and reader.at
    )
    return [FeedPosition(row["position"], row["mediation"], row["sequence"]) for row in rows]
