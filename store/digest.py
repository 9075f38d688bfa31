"""What a digest tells an organisation: its open tasks in a municipality, and what changed since the last digest."""

from datetime import datetime
from typing import NamedTuple

from domain.tasks import TaskKind
from store.database import Source
from store.queries import query


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


async def read(
    source: Source, municipality: str, organisation: str, since: datetime, now: datetime, *, housing: bool
) -> Digest:
    """Read what an organisation is told. A corporation (`housing`) is told of no stages."""
    tasks = await source.fetch(query("digest_tasks"), municipality, organisation)
    changes = await source.fetch(query("digest_changes"), municipality, organisation, since, now)
    failed = (
        [] if organisation != municipality else await source.fetch(query("digest_failed"), municipality, since, now)
    )
    return Digest(
        waiting=[DigestTask(row["mediation"], TaskKind(row["kind"]), row["due"], row["opened_at"]) for row in tasks],
        moved=[] if housing else [row["id"] for row in changes if not row["closed"]],
        closed=[row["id"] for row in changes if row["closed"]],
        failed=[f"{row['mediation'] or row['key']} {row['reader']} {row['code']}" for row in failed],
        since=since,
    )


async def last(source: Source, municipality: str, organisation: str) -> datetime | None:
    """Return when an organisation got its last digest."""
    at: datetime | None = await source.fetchval(query("last_digest"), f"digest-{municipality}:%", organisation)
    return at
