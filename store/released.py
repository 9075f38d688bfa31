"""Dwellings of corporations without a system, which their people release, change and take back here.

A dwelling that is kept for somebody (an open offer, or a home by direct mediation) is not listed for others. A dwelling
that is taken back stays in the table, so that it can be seen when it was released.
"""

from collections.abc import Callable, Collection, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple, TypeAlias

from domain.exchange.feed import LineError, LinesWrong, Numbered
from domain.exchange.record import Recording
from domain.exchange.releases import ReleasedRow, ReleaseState, home_number, state_of
from domain.facts.dwelling import Dwelling, HomeNow
from domain.facts.value import replace
from domain.messages.commands import AnswerTask, LearnHome
from domain.policy.scarce import Claim, DwellingClaim
from domain.state.mediation import Mediation
from domain.steps.home_now import home_asked_after
from store.changed import changed
from store.columns import columns
from store.database import Connection, Pool, Source
from store.feed import FeedKeyReused, written
from store.queries import query
from store.readable import Readable, read_part, read_rows
from store.taking_in import TakenIn, compared, taking_in

MOST_LISTED = 5_000
"""So many dwellings of one corporation are compared with a client's needs, the longest released first."""
WRITTEN = (
    *("id", "complex", "district", "rooms", "rent_cents", "accessible", "low_stimulus", "living_form", "released_on"),
    "closed_for_placement",
)
"""Fields of a row in the order in which `release_dwellings` takes their columns."""


Holds: TypeAlias = Callable[[int | None], bool]
"""Tells whether a change may be made to a dwelling at this version; None stands for a dwelling that is not there."""


def _always(_: int | None) -> bool:
    return True


DOUBLE = (
    "{} stands here already: when it is that home, write its number so, and when it is another one, release it by "
    "itself first"
)


class DwellingMovedOn(Exception):
    """The dwelling has changed since the version that this change was made for."""


class DwellingKept(Exception):
    """The dwelling is kept for somebody: it cannot be taken back."""


class Released(NamedTuple):
    """A dwelling as its corporation released it."""

    dwelling: Dwelling
    taken_back_on: date | None
    kept: bool
    """Whether it is offered to somebody, or somebody lives there."""
    revision: int

    def state(self, today: date) -> ReleaseState:
        """Tell how it stands today."""
        return state_of(self.dwelling, self.taken_back_on, self.kept, today)


class DwellingWriter(NamedTuple):
    """Who changes a corporation's dwellings, and when."""

    corporation: str
    by: str
    at: datetime


async def listed(source: Source, corporation: str, day: date) -> tuple[tuple[Dwelling, ...], int]:
    """Return what may be offered on a day, and how many more there are than are looked at."""
    rows = await source.fetch(query("released_by"), corporation, day, MOST_LISTED)
    more = rows[0]["of_all"] - len(rows) if rows else 0
    return tuple(read_rows(rows, _dwelling, "released dwelling")), more


async def known(source: Source, corporation: str, dwelling: str) -> Released | None:
    """Return one dwelling of a corporation, also one that was taken back."""
    row = await source.fetchrow(query("released_dwelling"), corporation, dwelling)
    return _released(row) if row else None


async def with_home(connection: Connection, recording: Recording, state: Mediation | None, today: date) -> Recording:
    """Return the recording of what decides on a home that was released here, with how that is now; any other as it is.

    What a corporation's own system said was read before, and stays.
    """
    command = recording.command
    asked = home_asked_after(state, command)
    match command:
        case AnswerTask(home_now=None) if asked:
            corporation, dwelling = asked.corporation, asked.dwelling
        case LearnHome(home_now=HomeNow(corporation=corporation, id=dwelling, dwelling=None, gone=False)):
            pass
        case _:
            return recording
    one = await known(connection, corporation, dwelling)
    if one is None:
        return recording
    gone = one.taken_back_on is not None and one.taken_back_on <= today
    now = HomeNow(corporation=corporation, id=dwelling, dwelling=None if gone else one.dwelling, gone=gone)
    return replace(recording, command=replace(command, home_now=now))


async def set_aside(connection: Connection, given_back: Sequence[Claim], today: date, now: datetime) -> None:
    """Take back what its corporation says is not free, of the homes that a decision gives back: until it is released
    again, nobody is offered it.
    """
    homes = [(one.corporation, one.dwelling) for one in given_back if isinstance(one, DwellingClaim) and one.not_free]
    if homes:
        await connection.execute(query("not_free_any_more"), *columns(homes, 2), today, now)


class Offered(NamedTuple):
    """A dwelling that is offered to somebody now, as it was last told of."""

    mediation: str
    dwelling: str
    revision: int


async def offered_now(source: Source, corporation: str, dwellings: Sequence[str]) -> list[Offered]:
    """Return which of these dwellings are offered to somebody, before the keys."""
    rows = await source.fetch(query("offered_now"), corporation, list(dwellings))
    return [Offered(row["mediation"], row["dwelling"], row["revision"]) for row in rows]


async def page(
    source: Source, corporation: str, *, after: tuple[date, str] | None = None, limit: int | None = 50
) -> Readable[Released]:
    """List a corporation's dwellings in the order of their release, those after this day and id; all for no limit."""
    more = None if limit is None else limit + 1
    rows = await source.fetch(query("released_dwellings"), corporation, *(after or (None, None)), more)
    return read_part(rows, limit, _released, "released dwelling")


class Free(NamedTuple):
    """A dwelling that nobody has, and for whom it may be."""

    released: Released
    waiting: int
    """For how many it was listed as suitable, to whom something can be offered."""
    first: str | None
    """The mediation that comes first among them."""


async def free_for(
    source: Source,
    corporations: Sequence[str],
    municipalities: Sequence[str],
    today: date,
    *,
    after: tuple[date, str, str] | None,
    limit: int,
) -> Readable[Free]:
    """List what these corporations released, now or on a day to come, and nobody has, with who of these municipalities
    waits for it; in the order of the release, those after this day, corporation and id.
    """
    place = after or (None, None, None)
    asked = (list(corporations), list(municipalities), today)
    rows = await source.fetch(query("released_to"), *asked, *place, limit + 1)
    return read_part(rows, limit, _free, "released dwelling")


async def release(
    pool: Pool, writer: DwellingWriter, row: ReleasedRow, holds: Holds = _always
) -> tuple[Released, bool]:
    """Release a dwelling or change what is told of it; return it, and whether it is new. The same again is no change.

    `holds` tells whether the change may be made to this version; raises DwellingMovedOn when it may not.
    """
    async with pool.acquire() as connection, connection.transaction():
        before = await _held(connection, writer, row.id)
        if not holds(before.revision if before else None):
            raise DwellingMovedOn
        await _write(connection, writer, [row])
        after = await known(connection, writer.corporation, row.id)
        assert after is not None  # noqa: S101 - it was just written
        return after, before is None


async def release_all(
    pool: Pool, writer: DwellingWriter, key: str, lines: Numbered[ReleasedRow], *, dry_run: bool = False
) -> TakenIn:
    """Release or change many dwellings, all or none; what is not among them stays. Return what is new.

    The same key with the same rows does it once. Raises FeedKeyReused when the key was used for others, and LinesWrong
    for a number that a spreadsheet may have made of one that stands. A dry run keeps nothing.
    """
    rows = [row for _, row in lines]
    taken = TakenIn(0, 0, len(rows))
    async with taking_in(pool, dry_run=dry_run) as connection:
        await connection.execute(query("lock_released"), writer.corporation)
        _, digest = written(rows)
        noted = (writer.corporation, key, digest, writer.by, writer.at)
        if changed(await connection.execute(query("keep_released_delivery"), *noted)):
            before = {one.dwelling.id: one for one in await page(connection, writer.corporation, limit=None)}
            if errors := _doubles(lines, before):
                raise LinesWrong(errors)
            taken = compared({name: _told(one) for name, one in before.items()}, {row.id: _facts(row) for row in rows})
            await _write(connection, writer, rows)
        elif await connection.fetchval(query("released_digest"), writer.corporation, key) != digest:
            raise FeedKeyReused
    return taken


async def doubles(source: Source, corporation: str, lines: Numbered[ReleasedRow]) -> list[LineError]:
    """Ask about each new number that is the number of a home that stands but for the zeros it begins with."""
    return _doubles(lines, {one.dwelling.id for one in await page(source, corporation, limit=None)})


def _doubles(lines: Numbered[ReleasedRow], before: Collection[str]) -> list[LineError]:
    stands = {home_number(name): name for name in before}
    return [
        LineError(line=n, field="id", message=DOUBLE.format(stands[row.about()[1]]))
        for n, row in lines
        if row.id not in before and row.about()[1] in stands
    ]


def _facts(row: ReleasedRow | Dwelling) -> tuple[object, ...]:
    return tuple(getattr(row, name) for name in WRITTEN)


def _told(one: Released) -> tuple[object, ...] | None:
    """Return what stands of a dwelling; nothing for one that was taken back: a row releases it again."""
    return None if one.taken_back_on else _facts(one.dwelling)


async def take_back(
    pool: Pool, writer: DwellingWriter, dwelling: str, today: date, holds: Holds = _always
) -> Released | None:
    """Take a dwelling back from today on; return it, None when there is none. Taken back before, it stays as it was.

    Raises DwellingKept, and DwellingMovedOn as `release` does.
    """
    async with pool.acquire() as connection, connection.transaction():
        before = await _held(connection, writer, dwelling)
        if before is not None and not holds(before.revision):
            raise DwellingMovedOn
        if before is None or before.state(today) is ReleaseState.TAKEN_BACK:
            return before
        if before.kept:
            raise DwellingKept
        await connection.execute(query("take_back_dwelling"), writer.corporation, dwelling, today, writer.at, writer.by)
        return await known(connection, writer.corporation, dwelling)


async def _held(connection: Connection, writer: DwellingWriter, dwelling: str) -> Released | None:
    """Return a dwelling, with nobody else changing those of its corporation meanwhile."""
    await connection.execute(query("lock_released"), writer.corporation)
    return await known(connection, writer.corporation, dwelling)


async def _write(connection: Connection, writer: DwellingWriter, rows: Sequence[ReleasedRow]) -> None:
    values = [[getattr(row, name) for name in WRITTEN] for row in rows]
    by = (writer.corporation, writer.at, writer.by)
    await connection.execute(query("release_dwellings"), *by, *columns(values, len(WRITTEN)))


def _released(row: Any) -> Released:
    return Released(_dwelling(row), row["taken_back_on"], row["kept"], row["revision"])


def _free(row: Any) -> Free:
    return Free(_released(row), row["waiting"], row["first"])


def _dwelling(row: Any) -> Dwelling:
    return Dwelling.model_validate(dict(row))
