"""What an organisation may see of a mediation: it follows from the parts it has or had there.

It is written in the transaction that records the events (`store.record`), so it never lags.
"""

from datetime import datetime
from typing import NamedTuple

from domain.facts.parties import OrganisationId
from domain.state.participation import PartTaken
from store.database import Pool
from store.queries import query


class Asker(NamedTuple):
    """The organisation that asks, and when."""

    organisation: OrganisationId
    at: datetime


class Reach(NamedTuple):
    """What one may see of a mediation."""

    upto: int | None = None
    """The event after which the reader looks back at how it stood; None: as it is now."""
    spans: tuple[tuple[int, int | None], ...] | None = None
    """Which events, from and to; None for all of them."""
    parts: frozenset[PartTaken] = frozenset()
    """The parts that the reader has now."""

    def shows(self, sequence: int) -> bool:
        """Tell whether an event is of the days of the reader's parts."""
        return self.spans is None or any(
            first <= sequence and (last is None or sequence <= last) for first, last in self.spans
        )


WHOLE = Reach()
"""What the municipality sees, and who looks over it."""


async def sight_of(pool: Pool, mediation: str, reader: Asker) -> Reach | None:
    """Return what an organisation may see of a mediation; None when that is nothing."""
    rows = await pool.fetch(query("parts_of"), mediation, reader.organisation, reader.at)
    if not rows:
        return None
    has = [row for row in rows if row["until"] is None]
    return Reach(
        upto=None if has else max(row["last"] for row in rows),
        spans=tuple((row["first"], row["last"]) for row in rows),
        parts=frozenset(PartTaken(row["part"]) for row in has),
    )
