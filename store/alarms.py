"""Alarms: what is wrong with a mediation behind the scenes, since when, and until when."""

from collections.abc import Collection
from datetime import datetime
from typing import NamedTuple

from asyncpg import Record

from domain.facts.alarms import AlarmKind
from domain.facts.parties import OrganisationId
from store.database import Source
from store.queries import query
from store.readable import Readable, read_rows


class Suspect(NamedTuple):
    """A mediation that is looked at."""

    mediation: str
    municipality: OrganisationId
    wake_at: datetime | None
    undelivered_since: datetime | None
    person_lost: bool = False
    """Whether the vault does not have who the client is, and never heard of an erasure."""


class Alarm(NamedTuple):
    """Something that is wrong now."""

    mediation: str
    reference: str | None
    municipality: OrganisationId
    kind: AlarmKind
    code: str | None
    since: datetime
    seen_at: datetime


async def suspects(
    source: Source,
    *,
    opened_before: datetime,
    due_before: datetime,
    undelivered_before: datetime,
    share: int,
    shares: int,
    after: str,
    limit: int,
) -> list[Suspect]:
    """Return mediations that may be stuck, and a share of all others, in the order of their ids."""
    rows = await source.fetch(
        query("suspects"), opened_before, due_before, undelivered_before, share, shares, after, limit
    )
    return [Suspect(**row) for row in rows]


async def unfinished(source: Source, mediation: str) -> bool:
    """Tell whether a mediation is open, waits for a moment, or has something to deliver."""
    open_: bool = await source.fetchval(query("unfinished"), mediation)
    return open_


async def raise_alarm(source: Source, suspect: Suspect, kind: AlarmKind, code: str | None, at: datetime) -> bool:
    """Note that something is wrong; tell whether that is new."""
    new: bool = await source.fetchval(query("raise_alarm"), suspect.mediation, kind, suspect.municipality, code, at)
    return new


async def end_alarms(
    source: Source, mediation: str, judged: Collection[AlarmKind], still: Collection[AlarmKind], at: datetime
) -> list[AlarmKind]:
    """Note that of the kinds that were judged nothing else is wrong with a mediation any more; return what was."""
    rows = await source.fetch(query("end_alarms"), mediation, list(judged), list(still), at)
    return [AlarmKind(row["kind"]) for row in rows]


async def alarms_now(source: Source, municipality: OrganisationId | None = None) -> Readable[Alarm]:
    """Return what is wrong now, the oldest first; of one municipality or of all."""
    return read_rows(await source.fetch(query("alarms_now"), municipality), _alarm, "alarm")


async def put_in_letters(source: Source, municipality: OrganisationId, key: str) -> list[str]:
    """Put what no letter tells yet into a letter with this key; return the keys of all letters that are to be sent."""
    return [row["letter"] for row in await source.fetch(query("letters_of_alarms"), municipality, key)]


async def alarms_in(source: Source, letter: str) -> list[Alarm]:
    """Return what a letter tells."""
    return read_rows(await source.fetch(query("alarms_in"), letter), _alarm, "alarm")


def _alarm(row: Record) -> Alarm:
    return Alarm(**{**row, "kind": AlarmKind(row["kind"])})
