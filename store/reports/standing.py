"""Figures over all mediations, counted from what was recorded."""

from datetime import datetime
from typing import NamedTuple

from store.database import Pool
from store.queries import query


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
    stages = {row["stage"]: row["mediations"] for row in await pool.fetch(query("mediations_by_stage"))}
    outcomes = {row["outcome"]: row["mediations"] for row in await pool.fetch(query("mediations_by_outcome"))}
    events = {row["type"]: row["events"] for row in await pool.fetch(query("events_by_type"))}
    return Tally(
        stages=stages,
        outcomes=outcomes,
        reminders_sent=await pool.fetchval(query("reminders_sent")),
        escalations=events.get("TaskEscalated", 0),
        calls_held=events.get("FollowUpHeld", 0),
        effects_waiting=await pool.fetchval(query("effects_waiting")),
    )


async def stages_entered(pool: Pool) -> dict[str, int]:
    """Count the mediations that were ever in each stage."""
    return {row["stage"]: row["mediations"] for row in await pool.fetch(query("stages_entered"))}


async def days_to(pool: Pool, event_type: str) -> list[float]:
    """Return how many days after the referral this first happened, per mediation in which it did, in order."""
    return sorted(float(row["days"]) for row in await pool.fetch(query("days_to"), event_type))


async def span(pool: Pool) -> tuple[datetime, datetime] | None:
    """Return the moments of the first referral and of the last thing recorded."""
    row = await pool.fetchrow(query("span"))
    return (row["first"], row["last"]) if row and row["first"] else None


async def mediation_ids(pool: Pool) -> list[str]:
    """Return every mediation, in the order in which they were opened."""
    return [row["id"] for row in await pool.fetch(query("mediation_ids"))]
