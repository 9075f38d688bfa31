"""What a digest tells an organisation: its open tasks in a municipality, and what changed since the last digest.

One statement reads what all organisations of a municipality are told.
"""

from collections import defaultdict
from collections.abc import Collection
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from asyncpg import Record

from domain.facts.calendar import Calendar, Term, TermUnit
from domain.facts.tasks import TaskKind
from store.database import Source
from store.queries import query
from store.readable import read_rows

UNPRINTED = Term(amount=2, unit=TermUnit.WORKING_DAYS)
"""A letter on paper that nobody has printed for so long is told of, every time until it has left."""
FIRST = timedelta(days=7)
"""How far an organisation's first digest looks back."""


class DigestTask(NamedTuple):
    """A task that waits for the organisation."""

    mediation: str
    """What people call it."""
    kind: TaskKind
    due: datetime
    opened_at: datetime


class ToPrintSince(NamedTuple):
    """A letter of a mediation that waits for the post room, and since when."""

    mediation: str
    at: datetime


class Digest(NamedTuple):
    """What waits, what is late, and what changed."""

    waiting: list[DigestTask]
    """Open tasks, the earliest due first; those that are late among them."""
    moved: list[str]
    """Mediations that entered another stage."""
    closed: list[str]
    """Mediations that ended."""
    failed: list[str]
    """Letters that did not arrive: of the municipality only."""
    unprinted: list[ToPrintSince]
    """Letters on paper that have waited too long to be printed, the oldest first: of the municipality only."""
    since: datetime

    @property
    def empty(self) -> bool:
        """Whether there is nothing to tell."""
        return not (self.waiting or self.moved or self.closed or self.failed or self.unprinted)


def key_of(municipality: str, day: date) -> str:
    """Return the key of the digests of a municipality on a day: one to each organisation."""
    return f"digest-{municipality}:{day}"


async def read(
    source: Source,
    municipality: str,
    day: date,
    now: datetime,
    told: Collection[str],
    housing: Collection[str],
    calendar: Calendar,
) -> dict[str, Digest]:
    """Read what each of these organisations is told today, but for those that were told already and those without news.

    `housing` names the corporations: they are not told which stage a mediation is in. By the `calendar` of the
    municipality it is counted how long a letter has waited to be printed.
    """
    waited = calendar.at(calendar.subtract(day, UNPRINTED), time())
    keys = f"digest-{municipality}:%", key_of(municipality, day)
    found: defaultdict[str, list[Record]] = defaultdict(list)
    for row in await source.fetch(query("digests"), municipality, *keys, list(told), now, now - FIRST, waited):
        found[row["organisation"]].append(row)
    digests = {one: _digest(rows, one in housing) for one, rows in found.items()}
    return {one: digest for one, digest in digests.items() if not digest.empty}


def _digest(rows: list[Record], housing: bool) -> Digest:
    def about(what: str) -> list[str]:
        return [row["about"] for row in rows if row["what"] == what]

    return Digest(
        waiting=read_rows((row for row in rows if row["what"] == "waiting"), _task, "task"),
        moved=[] if housing else about("moved"),
        closed=about("closed"),
        failed=about("failed"),
        unprinted=[ToPrintSince(row["about"], row["at"]) for row in rows if row["what"] == "to_print"],
        since=rows[0]["since"],
    )


def _task(row: Record) -> DigestTask:
    return DigestTask(row["about"], TaskKind(row["kind"]), row["at"], row["opened_at"])
