"""What a digest tells an organisation: its open tasks in a municipality, and what changed since the last digest.

What all organisations of a municipality are told is read in four statements, however many they are.
"""

from collections.abc import Collection, Iterable
from datetime import date, datetime, timedelta
from typing import NamedTuple

from asyncpg import Record

from domain.facts.tasks import TaskKind
from store.database import Source
from store.queries import query
from store.readable import read_rows

FIRST = timedelta(days=7)
"""How far an organisation's first digest looks back."""


class DigestTask(NamedTuple):
    """A task that waits for the organisation."""

    mediation: str
    kind: TaskKind
    due: datetime
    opened_at: datetime


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
    since: datetime

    @property
    def empty(self) -> bool:
        """Whether there is nothing to tell."""
        return not (self.waiting or self.moved or self.closed or self.failed)


def key_of(municipality: str, day: date) -> str:
    """Return the key of the digests of a municipality on a day: one to each organisation."""
    return f"digest-{municipality}:{day}"


async def read(
    source: Source, municipality: str, day: date, now: datetime, told: Collection[str], housing: Collection[str]
) -> dict[str, Digest]:
    """Read what each of these organisations is told today; who was told already, or has nothing to hear, is left out.

    Those in `housing`, corporations, are told of no stages.
    """
    last = await _last(source, municipality, day, told)
    since = {one: last[one].at if one in last else now - FIRST for one in told if one not in last or not last[one].told}
    tasks = await source.fetch(query("digest_tasks"), municipality, list(since))
    changes = await source.fetch(query("digest_changes"), municipality, list(since), list(since.values()), now)
    failed = await _failed(source, municipality, since[municipality], now) if municipality in since else []
    digests = {
        one: Digest(
            waiting=read_rows(_rows(tasks, "owner", one), _task, "task"),
            moved=[
                row["id"] for row in _rows(changes, "organisation", one) if not row["closed"] and one not in housing
            ],
            closed=[row["id"] for row in _rows(changes, "organisation", one) if row["closed"]],
            failed=failed if one == municipality else [],
            since=moment,
        )
        for one, moment in since.items()
    }
    return {one: digest for one, digest in digests.items() if not digest.empty}


class _Last(NamedTuple):
    """The last digest of an organisation."""

    at: datetime
    told: bool
    """Whether it is today's."""


async def _last(source: Source, municipality: str, day: date, told: Collection[str]) -> dict[str, _Last]:
    key = key_of(municipality, day)
    rows = await source.fetch(query("last_digests"), f"digest-{municipality}:%", key, list(told))
    return {row["reader"]: _Last(row["at"], row["told"]) for row in rows}


async def _failed(source: Source, municipality: str, since: datetime, now: datetime) -> list[str]:
    rows = await source.fetch(query("digest_failed"), municipality, since, now)
    return [f"{row['mediation'] or row['key']} {row['reader']} {row['code']}" for row in rows]


def _rows(rows: Iterable[Record], column: str, value: str) -> list[Record]:
    return [row for row in rows if row[column] == value]


def _task(row: Record) -> DigestTask:
    return DigestTask(row["mediation"], TaskKind(row["kind"]), row["due"], row["opened_at"])
