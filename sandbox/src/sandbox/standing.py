"""How all mediations of the simulated city stand, counted in the database: the demo shows it while the city lives."""

from datetime import datetime
from typing import NamedTuple

from store.database import Pool

BY_STAGE = "SELECT stage, count(*) AS mediations FROM mediation GROUP BY stage"
BY_OUTCOME = "SELECT outcome, count(*) AS mediations FROM mediation WHERE outcome IS NOT NULL GROUP BY outcome"
BY_EVENT = "SELECT type, count(*) AS events FROM event GROUP BY type"
REMINDERS = """
SELECT count(*) FROM effect
WHERE type = 'SendLetter' AND result = 'done' AND document ->> 'letter' = 'task_reminder'
"""
WAITING = "SELECT count(*) FROM effect WHERE result IS NULL"
ENTERED = """
SELECT document ->> 'stage' AS stage, count(DISTINCT mediation) AS mediations
FROM event WHERE type = 'StageEntered' GROUP BY 1
"""
DAYS = """
SELECT extract(epoch FROM min(reached.at) - m.opened_at) / 86400 AS days
FROM mediation m JOIN event reached ON reached.mediation = m.id AND reached.type = $1
GROUP BY m.id, m.opened_at
"""
SPAN = "SELECT min(opened_at) AS first, max(coalesce(closed_at, changed_at)) AS last FROM mediation"
IDS = "SELECT id FROM mediation ORDER BY opened_at, id"


class Tally(NamedTuple):
    """How the mediations stand."""

    stages: dict[str, int]
    """Open and closed mediations by the stage they are in."""
    outcomes: dict[str, int]
    """Closed mediations by outcome."""
    reminders_sent: int
    escalations: int
    calls_held: int
    effects_waiting: int

    @property
    def opened(self) -> int:
        """How many mediations there are."""
        return sum(self.stages.values())

    @property
    def closed(self) -> int:
        """How many have ended."""
        return sum(self.outcomes.values())


async def tally(pool: Pool) -> Tally:
    """Count how all mediations stand now."""
    stages = {row["stage"]: row["mediations"] for row in await pool.fetch(BY_STAGE)}
    outcomes = {row["outcome"]: row["mediations"] for row in await pool.fetch(BY_OUTCOME)}
    events = {row["type"]: row["events"] for row in await pool.fetch(BY_EVENT)}
    return Tally(
        stages=stages,
        outcomes=outcomes,
        reminders_sent=await pool.fetchval(REMINDERS),
        escalations=events.get("TaskEscalated", 0),
        calls_held=events.get("FollowUpHeld", 0),
        effects_waiting=await pool.fetchval(WAITING),
    )


async def stages_entered(pool: Pool) -> dict[str, int]:
    """Count the mediations that were ever in each stage."""
    return {row["stage"]: row["mediations"] for row in await pool.fetch(ENTERED)}


async def days_to(pool: Pool, event_type: str) -> list[float]:
    """Return how many days after the referral this first happened, per mediation in which it did, in order."""
    return sorted(float(row["days"]) for row in await pool.fetch(DAYS, event_type))


async def span(pool: Pool) -> tuple[datetime, datetime] | None:
    """Return the moments of the first referral and of the last thing recorded."""
    row = await pool.fetchrow(SPAN)
    return (row["first"], row["last"]) if row and row["first"] else None


async def mediation_ids(pool: Pool) -> list[str]:
    """Return every mediation, in the order in which they were opened."""
    return [row["id"] for row in await pool.fetch(IDS)]
