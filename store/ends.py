"""How far the journal is with mediations, in so far as a history can be held against it."""

from collections.abc import Sequence
from typing import NamedTuple

from store.database import Pool
from store.queries import query


class Reached(NamedTuple):
    """How far the journal is with a mediation."""

    mediation: str
    commands: int
    link: str | None
    head: str | None
    finished: bool
    """Whether it waits for nothing any more, or never began."""
    waits: bool
    """Whether something is to be delivered."""


async def ends_of(pool: Pool, mediations: Sequence[str]) -> list[Reached]:
    """Return how far the journal is with each of these mediations, also with those that it does not have."""
    return [Reached(**row) for row in await pool.fetch(query("ends_of"), mediations)]


async def same_at(pool: Pool, mediation: str, ordinal: int, link: str, head: str) -> bool:
    """Tell whether the journal has this link at a command, or this head where there was no link yet."""
    row = await pool.fetchrow(query("line_at"), mediation, ordinal)
    return row is not None and (row["link"] == link if link else row["head"] == head)
