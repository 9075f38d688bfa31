"""Pruning: rows that nobody needs any longer are removed, in small parts, from tables that would grow for ever.

What belongs to a mediation stays: its journal, its effects and letters, the keys of its requests, the webhooks that
were received (they are commands), and the messages of care providers. Who read personal data is kept for the term of
the municipality's policy.
"""

from datetime import datetime, timedelta
from typing import Any, NamedTuple

from store.database import Pool
from store.queries import query

DELIVERED = timedelta(days=30)
"""Notifications that a webhook took: kept long enough to look into a question of its receiver."""
DEAD = timedelta(days=365)
"""Notifications that a webhook never took, or missed: kept for a year, in which they can be sent again."""
LINKS = timedelta(days=30)
"""Links that have expired and whose task is closed. They open nothing, as a link that does not exist."""
TRIES = timedelta(days=1)
"""Counts of tries: they are looked at for ten minutes."""
DIGESTS = timedelta(days=400)
"""What became of digests. A digest looks back to the one before it, of a week ago at most in any policy."""
REVOCATIONS = timedelta(days=400)
"""Revocations: by then no token is valid that was given before."""
AT_ONCE = 5_000
"""Rows in one statement."""


class Pruned(NamedTuple):
    """How many rows of each kind were removed."""

    delivered: int
    dead_letters: int
    links: int
    tries: int
    digests: int
    revocations: int


async def prune(pool: Pool, now: datetime) -> Pruned:
    """Remove all that is old enough. Another attempt goes on where this one ended."""
    return Pruned(
        await _prune(pool, query("prune_delivered"), now - DELIVERED),
        await _prune(pool, query("prune_dead_letters"), now - DEAD),
        await _prune(pool, query("prune_links"), now - LINKS),
        await _prune(pool, query("prune_tries"), now - TRIES),
        await _prune(pool, query("prune_digests"), now - DIGESTS),
        await _prune(pool, query("prune_revocations"), now - REVOCATIONS),
    )


async def prune_reads(pool: Pool, municipality: str, before: datetime) -> int:
    """Remove what is older of who read personal data of a municipality's clients, and of its searches for people;
    return how much. Of a client of theirs who read it is not known any more, nor who acted but for the journal.
    """
    reads = await _prune(pool, query("prune_reads"), municipality, before)
    return reads + await _prune(pool, query("prune_searches"), municipality, before)


async def _prune(pool: Pool, statement: str, *of: Any) -> int:
    removed = 0
    while True:
        part = int((await pool.execute(statement, *of, AT_ONCE)).rpartition(" ")[2])
        removed += part
        if part < AT_ONCE:
            return removed
