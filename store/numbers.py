"""Numbers that were given to others by a journal that has been put back since: none of them is given twice."""

from datetime import datetime

from store.database import Pool
from store.queries import query

POSITIONS, MESSAGES, MEDIATIONS = 1_000_000, 1_000, 100
"""How far the numbers go on: more than can have been given in what was lost of a day."""


async def put_back_unnoticed(pool: Pool) -> bool:
    """Tell whether PostgreSQL was put back (it is on a new timeline) and nothing was refilled since."""
    return not await pool.fetchval(query("timeline_is_known"))


async def move_numbers_on(pool: Pool, now: datetime) -> None:
    """Let all numbers that others know go on after any that may have been given."""
    await pool.execute(query("move_numbers_on"), now, POSITIONS, MESSAGES, MEDIATIONS)
