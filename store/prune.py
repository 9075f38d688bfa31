"""Pruning: what would grow for ever and nobody needs any longer is removed, in small parts.

Never what a case needs for its life: its journal, its effects and letters, the keys of its requests, the webhooks that
it heard (they are commands), and the messages of care providers all stay.
"""

from datetime import datetime, timedelta
from typing import Any, NamedTuple

from store.database import Pool
from store.queries import query

DELIVERED = timedelta(days=30)
"""What a webhook took: long enough to look into a question of its receiver."""
DEAD = timedelta(days=365)
"""What a webhook never took, or missed: somebody has had a year to send it again."""
LINKS = timedelta(days=30)
"""Links that have expired and whose task is closed: they open nothing, and look like any other that opens nothing."""
TRIES = timedelta(days=1)
"""Counts of tries, which count for ten minutes."""
DIGESTS = timedelta(days=400)
"""What became of digests. Each looks back to the last one, which is a week ago, or none."""
AT_ONCE = 5_000
"""Rows in one statement."""


class Pruned(NamedTuple):
    """How many rows of each kind were removed."""

    delivered: int
    dead_letters: int
    links: int
    tries: int
    digests: int


async def prune(pool: Pool, now: datetime) -> Pruned:
    """Remove what has had its time. Another attempt goes on where this one ended."""
    return Pruned(
        await _prune(pool, query("prune_delivered"), now - DELIVERED),
        await _prune(pool, query("prune_dead_letters"), now - DEAD),
        await _prune(pool, query("prune_links"), now - LINKS),
        await _prune(pool, query("prune_tries"), now - TRIES),
        await _prune(pool, query("prune_digests"), now - DIGESTS),
    )


async def _prune(pool: Pool, statement: str, before: Any) -> int:
    removed = 0
    while True:
        part = int((await pool.execute(statement, before, AT_ONCE)).rpartition(" ")[2])
        removed += part
        if part < AT_ONCE:
            return removed
