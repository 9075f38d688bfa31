"""`Prune`: remove what nobody needs any longer."""

from datetime import datetime

import structlog
from temporalio import activity

from runtime.away import postgres_away
from store.database import UNAVAILABLE, Pool
from store.prune import prune


class Upkeep:
    """Keeps the database from growing without need."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    @activity.defn(name="Prune")
    async def prune(self, now: datetime) -> None:
        """Prune, and log how much went."""
        try:
            pruned = await prune(self._pool, now)
        except UNAVAILABLE as away:
            raise postgres_away(away) from None
        if any(pruned):
            structlog.get_logger().info("pruned", count=sum(pruned))
