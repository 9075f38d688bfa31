"""The directory of organisations in PostgreSQL: each from which day on, with every earlier version kept.

Secrets are not kept here but in the operator's file. A secret is used only while the settings that it belongs to are as
in that file: whoever changes an address in the directory cannot have a token sent there.
"""

import asyncio
import hashlib
import json
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, NamedTuple

import structlog

from domain.facts.calendar import Calendar
from domain.facts.parties import Role
from domain.facts.value import replace
from domain.facts.watched import Notified
from runtime.clock import TimeSource
from runtime.contact_fields import AS_KEPT
from runtime.directory import Directory, Organisation
from runtime.error_report import described
from store.database import UNAVAILABLE, Connection, Pool
from store.directory_notices import notify
from store.organisations import watched, without_secrets
from store.queries import query
from store.readable import Row, read_rows
from store.taking_in import taking_in

BEGINNING = date(2000, 1, 1)
"""The first day of an organisation for which none was given."""
BY_FILE = "file"
EVERY = 1.0
"""Seconds between two looks at whether the directory changed."""
PATIENCE = 2.0
"""Seconds that a look may take."""

log = structlog.get_logger("directory")


class DirectoryMovedOn(Exception):
    """The directory has changed since the version that this change was made for."""


class OrganisationVersion(NamedTuple):
    """An organisation as it is from a day on, until the next version."""

    since: date
    organisation: Organisation


class Versions:
    """All versions of all organisations, in the order in which they were written.

    `unreadable` names the organisation of each version that cannot be read: its last readable version holds.
    """

    def __init__(self, revision: int, versions: Iterable[OrganisationVersion], unreadable: Sequence[str] = ()) -> None:
        self.revision = revision
        self.unreadable = tuple(unreadable)
        self._of: dict[str, list[OrganisationVersion]] = {}
        for version in versions:
            self._of.setdefault(version.organisation.id, []).append(version)
        self._known: dict[date, Directory] = {}

    def on(self, day: date) -> Directory:
        """Return the directory as it is on a day; raises `DirectoryWrong` when it contradicts itself then."""
        if day not in self._known:
            if len(self._known) > 8:
                self._known.clear()
            self._known[day] = Directory(self._holding(day))
        return self._known[day]

    def latest(self, organisation: str, day: date) -> Organisation | None:
        """Return an organisation as it is on a day; None when there is none."""
        return next((one for one in self._as_of(day) if one.id == organisation), None)

    def days(self) -> list[date]:
        """Return every day on which something changes."""
        return sorted({version.since for versions in self._of.values() for version in versions})

    def adding(self, versions: Iterable[OrganisationVersion]) -> "Versions":
        """Return these with later ones."""
        every = [*(v for of in self._of.values() for v in of), *versions]
        return Versions(self.revision + 1, every, self.unreadable)

    def with_secrets(self, told: Mapping[str, Organisation]) -> "Versions":
        """Return these with the secrets of the operator's file."""
        versions = (v for of in self._of.values() for v in of)
        whole = (OrganisationVersion(v.since, _with_secrets(v.organisation, told)) for v in versions)
        return Versions(self.revision, whole, self.unreadable)

    def _holding(self, day: date) -> Iterator[Organisation]:
        """Return the organisations of a day. The others do not name those of which no version can be read."""
        known = list(self._as_of(day))
        gone = set(self.unreadable) - {one.id for one in known}
        for one in known:
            municipalities = tuple(name for name in one.municipalities if name not in gone)
            substitute = None if one.substitute in gone else one.substitute
            if municipalities == one.municipalities and substitute == one.substitute:
                yield one
            elif municipalities:
                yield replace(one, municipalities=municipalities, substitute=substitute)

    def _as_of(self, day: date) -> Iterator[Organisation]:
        for versions in self._of.values():
            started = [version for version in versions if version.since <= day]
            if started:
                # of two that begin on one day the one written last, which `max` would not return
                yield max(reversed(started), key=lambda version: version.since).organisation


def _with_secrets(one: Organisation, told: Mapping[str, Organisation]) -> Organisation:
    file = told.get(one.id)
    if file is None:
        return one
    kept, given = without_secrets(one), without_secrets(file)
    same = {name: getattr(file, name) for name in kept.keys() & given.keys() if kept[name] == given[name]}
    return replace(one, **same, webhook_secrets=file.webhook_secrets)


Sift = Callable[[Connection, Versions, Sequence[Organisation]], Awaitable[Sequence[Organisation]]]


async def read_versions(connection: Connection) -> Versions:
    """Return the whole directory, without secrets."""
    revision: int = await connection.fetchval(query("directory_revision"))
    rows = await connection.fetch(query("organisation_versions"))
    versions = read_rows(rows, _version, "organisation")
    readable = Counter(version.organisation.id for version in versions)
    unreadable = Counter(row["organisation"] for row in rows) - readable
    return Versions(revision, versions, list(unreadable.elements()))


def _version(row: Row) -> OrganisationVersion:
    return OrganisationVersion(row["since"], Organisation.model_validate_json(row["document"], context=AS_KEPT))


async def change(
    pool: Pool,
    by: str,
    at: datetime,
    since: date,
    judge: Callable[[Versions], Iterable[Organisation]],
    holds: Callable[[int], bool] = lambda _: True,
    *,
    dry_run: bool = False,
    sift: Sift | None = None,
) -> int:
    """Write the organisations that `judge` returns for the present directory, from a day on; return the new revision,
    which a dry run only finds out.

    `holds` tells whether the change may be made to this revision; raises DirectoryMovedOn when it may not. When
    `judge` raises something, or DirectoryWrong is raised, nothing is changed. `sift` keeps back, in the same
    transaction, what one person does not change alone, and returns the rest; without it two people are named in `by`.
    """
    async with taking_in(pool, dry_run=dry_run) as connection:
        await connection.execute(query("lock_directory"))
        known = await read_versions(connection)
        if not holds(known.revision):
            raise DirectoryMovedOn
        judged = list(judge(known))
        taken = await sift(connection, known, judged) if sift else judged
        versions = [OrganisationVersion(since, organisation) for organisation in taken]
        return await write(connection, known, versions, by, at)


async def write(
    connection: Connection, known: Versions, versions: list[OrganisationVersion], by: str, at: datetime
) -> int:
    """Write versions and return the new revision; whoever a second person is needed for is told. Raises DirectoryWrong.

    The transaction holds `lock_directory`.
    """
    if not versions:
        return known.revision
    after = known.adding(versions)
    first = min(version.since for version in versions)
    for day in {first, *(day for day in after.days() if day > first)}:
        after.on(day)
    revision: int = await connection.fetchval(query("change_directory"), by, at)
    columns: tuple[list[Any], ...] = (
        [version.organisation.id for version in versions],
        list(range(len(versions))),
        [version.since for version in versions],
        [json.dumps(without_secrets(version.organisation)) for version in versions],
    )
    await connection.execute(query("write_organisations"), revision, *columns)
    for version in versions:
        stood = known.latest(version.organisation.id, version.since)
        if what := watched(stood, version.organisation) if known.revision else ():
            changed = (stood, version.organisation)
            await notify(connection, known.on(version.since), changed, Notified.CHANGED, what, at)
    return revision


async def take_in(connection: Connection, told: Mapping[str, Organisation], at: datetime) -> None:
    """Take over what has changed in the operator's file: an organisation that is new there holds from the beginning.

    Only what differs from the file as it was last taken in counts. So a change by the API stays until the file changes
    the same organisation, and an organisation that the file leaves out stays.
    """
    await connection.execute(query("lock_directory"))
    before = {row["organisation"]: row["digest"] for row in await connection.fetch(query("file_digests"))}
    now = {name: _digest(one) for name, one in told.items()}
    changed = [name for name, digest in now.items() if before.get(name) != digest]
    if not changed:
        return
    known = await read_versions(connection)
    today = Calendar().today(at)
    there = {version.id for version in known.on(today)} if known.revision else set()
    versions = [OrganisationVersion(today if name in there else BEGINNING, told[name]) for name in changed]
    await write(connection, known, versions, BY_FILE, at)
    await connection.execute(query("keep_file_digests"), changed, [now[name] for name in changed])


def _digest(one: Organisation) -> str:
    return hashlib.sha256(json.dumps(without_secrets(one), sort_keys=True).encode()).hexdigest()


class LiveDirectory(Directory):
    """The directory as it is now. `renew` looks whether it changed; until the first look it is the operator's file.

    The version of an organisation that holds is that of today, by `now` or else by the clock given to `renew`.
    """

    def __init__(self, pool: Pool, file: Path, now: Callable[[], datetime] | None = None) -> None:
        super().__init__(Directory.load(file))
        self._pool = pool
        self._moment = datetime.now(UTC)
        self._now = now or (lambda: self._moment)
        self._told = dict(self._by_id)
        self._versions: Versions | None = None
        self._looked_at = float("-inf")

    @property
    def revision(self) -> int:
        """Which version of the directory this is; 0 before the first look."""
        return self._versions.revision if self._versions else 0

    @property
    def unreadable(self) -> int:
        """How many versions of organisations cannot be read."""
        return len(self._versions.unreadable) if self._versions else 0

    def today(self) -> date:
        """The day for which it tells who is who."""
        return Calendar().today(self._now())

    def on(self, day: date) -> Directory:
        """Return the directory as it is, was or will be on a day."""
        return self._versions.on(day) if self._versions else Directory(self._told.values())

    async def renew(self, clock: TimeSource | None = None) -> None:
        """Take over what changed, looking at most once a second. While PostgreSQL is away nothing changes."""
        if time.monotonic() - self._looked_at < EVERY:
            return
        self._looked_at = time.monotonic()
        if clock:
            self._moment = await clock.now()
        with suppress(*UNAVAILABLE):
            async with asyncio.timeout(PATIENCE):
                await self.reread()

    async def reread(self) -> None:
        """Take over what changed, now. Raises `DirectoryWrong` when the operator's file contradicts what is known."""
        await self._look()

    async def follow(self) -> None:
        """Take over what changes, for ever."""
        while True:
            await asyncio.sleep(EVERY)
            try:
                await self.renew()
            except Exception as error:  # the directory stays as it is, and the next look may succeed
                log.error("the directory cannot be read", error=described(error))

    async def _look(self) -> None:
        if self._versions and await self._pool.fetchval(query("directory_revision")) == self._versions.revision:
            return
        async with self._pool.acquire() as connection, connection.transaction():
            if self._versions is None:
                await take_in(connection, self._told, self._now())
            versions = await read_versions(connection)
        self._versions = versions.with_secrets(self._told)

    def _turn(self) -> None:
        """Take the organisations of today: the day may have changed since the last call."""
        if self._versions:
            today = self._versions.on(self.today())
            self._all, self._by_id = today._all, today._by_id

    def __iter__(self) -> Iterator[Organisation]:
        self._turn()
        return super().__iter__()

    def get(self, organisation: str) -> Organisation:
        """See `Directory.get`."""
        self._turn()
        return super().get(organisation)

    def of(self, municipality: str, role: Role | str, on: date | None = None) -> tuple[Organisation, ...]:
        """See `Directory.of`."""
        self._turn()
        return super().of(municipality, role, on)


@asynccontextmanager
async def following(pool: Pool, file: Path, now: Callable[[], datetime]) -> AsyncIterator[LiveDirectory]:
    """Have the directory, kept up to date for as long as the block takes."""
    directory = LiveDirectory(pool, file, now)
    await directory.reread()
    follow = asyncio.create_task(directory.follow())
    try:
        yield directory
    finally:
        follow.cancel()
        with suppress(asyncio.CancelledError):
            await follow
