"""Figures that others deliver: each delivery is used once, as a whole or not at all, and kept as it came.

Figures are absolute: those delivered later for a period or a complex replace the earlier ones.
"""

import hashlib
import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import NamedTuple
from uuid import uuid4

from domain.exchange.feed import (
    ComplexRow,
    FedRow,
    LinesWrong,
    Numbered,
    VacatedRow,
    overlap,
    overlaps,
    read_csv,
    text_of,
)
from domain.facts.names import comparable
from domain.facts.periods import bounds
from store.changed import changed
from store.columns import columns
from store.database import Connection, Pool, connect
from store.queries import query


class FeedKeyReused(Exception):
    """This key was used for other figures before."""


class FigureDelivery(NamedTuple):
    """Who delivers figures of a municipality, when, and under which key."""

    municipality: str
    key: str
    by: str
    at: datetime


async def feed_vacated(pool: Pool, delivery: FigureDelivery, rows: Numbered[VacatedRow]) -> int:
    """Keep how many dwellings were vacated; return how many rows. Raises LinesWrong or FeedKeyReused."""
    async with pool.acquire() as connection, connection.transaction():
        if await _is_new(connection, delivery, "vacated", [row for _, row in rows]):
            known = await connection.fetch(query("fed_periods"), delivery.municipality)
            _refuse_overlaps(rows, [row["period"] for row in known])
            told = [
                (row.period, *bounds(row.period), row.vacated, row.expected, row.other_lettings)
                for row in sorted((row for _, row in rows), key=lambda row: row.period)
            ]
            await connection.execute(query("write_vacated"), delivery.municipality, *columns(told, 6))
    return len(rows)


async def feed_complexes(pool: Pool, delivery: FigureDelivery, rows: Numbered[ComplexRow]) -> int:
    """Keep what was agreed on complexes; return how many rows. Raises FeedKeyReused."""
    async with pool.acquire() as connection, connection.transaction():
        if await _is_new(connection, delivery, "complexes", [row for _, row in rows]):
            told = [
                (r.corporation, key, r.complex, r.eligible, r.most, r.closed_until, r.reason, r.review_on)
                for key, r in sorted(((comparable(row.complex), row) for _, row in rows), key=_by_complex)
            ]
            await connection.execute(query("write_complexes"), delivery.municipality, *columns(told, 8))
    return len(rows)


async def feed_file(url: str, municipality: str, kind: str, content: bytes) -> int:
    """Take in a CSV file of `vacated` or `complexes` for the operator; return how many rows. Raises LinesWrong."""
    text = text_of(content)
    delivery = FigureDelivery(municipality, f"|{uuid4().hex}", "operator", datetime.now(UTC))
    async with connect(url, size=1) as pool:
        if kind == "complexes":
            return await feed_complexes(pool, delivery, read_csv(text, ComplexRow))
        return await feed_vacated(pool, delivery, read_csv(text, VacatedRow))


def written(rows: Sequence[FedRow]) -> tuple[str, str]:
    """Return a delivery as JSON, and its SHA-256, by which another delivery under the same key is told apart."""
    document = json.dumps([row.model_dump(mode="json") for row in rows])
    return document, hashlib.sha256(document.encode()).hexdigest()


async def _is_new(connection: Connection, delivery: FigureDelivery, kind: str, rows: Sequence[FedRow]) -> bool:
    """Keep the delivery as it came; false when it came before under the same key. Raises FeedKeyReused."""
    await connection.execute(query("lock_feed"), delivery.municipality)
    document, digest = written(rows)
    about = (delivery.municipality, delivery.key)
    if changed(
        await connection.execute(query("keep_feed"), *about, kind, digest, delivery.by, delivery.at, document),
    ):
        return True
    if await connection.fetchval(query("feed_digest"), *about) != f"{kind} {digest}":
        raise FeedKeyReused
    return False


def _by_complex(one: tuple[str, ComplexRow]) -> tuple[str, str]:
    key, row = one
    return row.corporation, key


def _refuse_overlaps(rows: Numbered[VacatedRow], known: Sequence[str]) -> None:
    errors = [
        overlap(line, f"{period}, which was told before")
        for line, row in rows
        for period in known
        if period != row.period and overlaps(row.period, period)
    ]
    if errors:
        raise LinesWrong(errors)
