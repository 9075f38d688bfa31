"""Taking in what others deliver: told what is new, changed and unchanged, and on request only told."""

from collections.abc import AsyncIterator, Hashable, Mapping
from contextlib import asynccontextmanager
from typing import NamedTuple, TypeVar

from store.database import Connection, Pool

About = TypeVar("About", bound=Hashable)


class TakenIn(NamedTuple):
    """How many rows of a delivery are new, changed, and as they were."""

    new: int
    changed: int
    unchanged: int

    @property
    def rows(self) -> int:
        """How many rows there are."""
        return sum(self)


def compared(before: Mapping[About, object], rows: Mapping[About, object]) -> TakenIn:
    """Return what rows are beside what stands, both by what they are about."""
    new = sum(about not in before for about in rows)
    unchanged = sum(about in before and before[about] == row for about, row in rows.items())
    return TakenIn(new, len(rows) - new - unchanged, unchanged)


@asynccontextmanager
async def taking_in(pool: Pool, *, dry_run: bool) -> AsyncIterator[Connection]:
    """A transaction; for a dry run it is undone at its end."""
    async with pool.acquire() as connection:
        transaction = connection.transaction()
        await transaction.start()
        try:
            yield connection
        except BaseException:
            await transaction.rollback()
            raise
        await (transaction.rollback() if dry_run else transaction.commit())
