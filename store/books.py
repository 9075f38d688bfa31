"""All rows of one mediation as they stand in the database, word for word, for an audit to look at."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, TypeAlias

from domain.facts.outcome import Outcome, Stage
from domain.facts.tasks import TaskKind
from store.database import Pool
from store.queries import query

AT_ONCE = 200
"""Mediations named together."""
Row: TypeAlias = Mapping[str, Any]
"""Documents in it are the text as it was stored."""
PARTS = (
    query("book_of_commands"),
    query("book_of_events"),
    query("book_of_effects"),
    query("book_of_tasks"),
    query("book_of_policies"),
    query("book_of_parts"),
)
"""In the order in which `Books` has them."""


class Books(NamedTuple):
    """Everything that the journal has of one mediation, at one moment."""

    id: str
    mediation: Row | None
    """Its row; None where it was refused at the door, or is lost."""
    commands: tuple[Row, ...]
    events: tuple[Row, ...]
    effects: tuple[Row, ...]
    tasks: tuple[Row, ...]
    policies: tuple[Row, ...]
    parts: tuple[Row, ...] = ()
    """Who has or had which part in it."""

    @property
    def empty(self) -> bool:
        """Whether the journal has nothing of it."""
        return self.mediation is None and not self.commands


async def books_of(pool: Pool, mediation: str) -> Books:
    """Read the books of a mediation, all as of one moment."""
    async with pool.acquire() as connection, connection.transaction(isolation="repeatable_read", readonly=True):
        line = await connection.fetchrow(query("book_of_mediation"), mediation)
        parts = [tuple(dict(row) for row in await connection.fetch(part, mediation)) for part in PARTS]
    return Books(mediation, dict(line) if line else None, *parts)


async def known_mediations(pool: Pool, after: str = "", limit: int = 1000) -> list[str]:
    """Return the mediations of which the journal has anything, in the order of their ids, those after this one."""
    return [row["id"] for row in await pool.fetch(query("mediations_with_books"), after, limit)]


async def journals_to_verify(pool: Pool, share: int, shares: int, alarms: Sequence[str], after: str) -> list[str]:
    """Return the mediations of a share of all, and those that need it sooner: with one of these alarms, or with a word
    in the lists that means nothing. Some at a time, in the order of their ids, those after this one.
    """
    words = [[word.value for word in kind] for kind in (Stage, Outcome, TaskKind)]
    rows = await pool.fetch(query("journals_to_verify"), share, shares, list(alarms), *words, after, AT_ONCE)
    return [row["id"] for row in rows]
