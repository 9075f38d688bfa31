"""Telling an organisation of a change of it, at the address that it had: whoever redirects its letters is found out."""

import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import NAMESPACE_URL, uuid5

from domain.facts.watched import Notified, Watched
from runtime.contact_fields import AS_KEPT
from runtime.directory import Directory, Organisation, UnknownOrganisation
from store.database import Connection, Source
from store.organisations import without_secrets
from store.queries import query
from store.readable import Row, read_rows


class Notice(NamedTuple):
    """What somebody is told of a change of an organisation."""

    id: str
    """The key of the letter."""
    organisation: str
    """Which organisation changes."""
    municipality: str
    """In whose rounds it is told."""
    reader: Organisation
    """Who is told, as it was before the change."""
    told: Notified
    watched: tuple[Watched, ...]
    at: datetime


async def notify(
    connection: Connection,
    known: Directory,
    change: tuple[Organisation | None, Organisation],
    told: Notified,
    what: Sequence[Watched],
    at: datetime,
) -> None:
    """Have the organisation told as it was before; of one that is new, the municipalities that it is to look at."""
    before, after = change
    for reader in [before] if before else list(_seats(known, after.municipalities)):
        municipality = next(iter(reader.municipalities or after.municipalities), None)
        if municipality is None:
            continue
        named = f"{after.id}:{reader.id}:{told}:{at.isoformat()}"
        await connection.execute(
            query("note_directory_notice"),
            f"directory-{uuid5(NAMESPACE_URL, named).hex}",
            after.id,
            municipality,
            json.dumps(without_secrets(reader)),
            told,
            list(what),
            at,
        )


async def waiting(source: Source, municipality: str | None = None) -> list[Notice]:
    """Return what has not been told yet; in one municipality, or anywhere."""
    return list(read_rows(await source.fetch(query("directory_notices_waiting"), municipality), _notice, "notice"))


async def sent(source: Source, notice: str) -> None:
    """Note that a notice was told."""
    await source.execute(query("directory_notice_sent"), notice)


def _seats(known: Directory, municipalities: Iterable[str]) -> Iterable[Organisation]:
    for municipality in municipalities:
        try:
            yield known.get(municipality)
        except UnknownOrganisation:
            continue


def _notice(row: Row) -> Notice:
    return Notice(
        row["id"],
        row["organisation"],
        row["municipality"],
        Organisation.model_validate_json(row["reader"], context=AS_KEPT),
        Notified(row["told"]),
        tuple(map(Watched, row["watched"])),
        row["at"],
    )
