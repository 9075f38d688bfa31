"""`Prune`: remove from the database what nobody needs any longer."""

from datetime import datetime, time
from pathlib import Path

import structlog
from temporalio import activity

from activities.alive import beating
from activities.policies import policies_in
from activities.postgres import postgres_may_be_away
from domain.facts.calendar import Term, TermUnit
from domain.policy.policy import Policy
from store.database import Pool
from store.prune import prune, prune_reads


class Upkeep:
    """Keeps the database from growing without need, and what is kept of people no longer than was agreed."""

    def __init__(self, pool: Pool, policy_folder: Path) -> None:
        self._pool = pool
        self._policies = policy_folder

    @activity.defn(name="Prune")
    async def prune(self, now: datetime) -> None:
        """Prune, and log how much went. Of a municipality without a policy in force reads are kept."""
        with beating(), postgres_may_be_away():
            removed = sum(await prune(self._pool, now))
            for policy in policies_in(self._policies).all_in_force(now):
                removed += await prune_reads(self._pool, policy.municipality, _kept_since(policy, now))
        if removed:
            structlog.get_logger().info("pruned", count=removed)


def _kept_since(policy: Policy, now: datetime) -> datetime:
    """Return the beginning of the first day of which it is kept who read personal data."""
    calendar = policy.calendar
    years = Term(amount=12 * policy.retention.reads_years, unit=TermUnit.MONTHS)
    return calendar.at(calendar.subtract(calendar.today(now), years), time.min)
