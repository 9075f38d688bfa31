"""`Prune`: remove from the database what nobody needs any longer."""

from datetime import datetime

import structlog
from temporalio import activity

from activities.postgres import postgres_may_be_away
from store.database import Pool
from store.prune import prune


class Upkeep:
    """Keeps the database from growing without need."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    @activity.defn(name="Prune")
    async def prune(self, now: datetime) -> None:
        """Prune, and log how much went."""
        with postgres_may_be_away():
            pruned = await prune(self._pool, now)
        if any(pruned):
            structlog.get_logger().info("pruned", count=sum(pruned))
