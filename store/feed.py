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
    decoded,
    overlap,
    overlaps,
    read_csv,
)
from domain.facts.names import comparable
from domain.facts.periods import bounds, period_of
from domain.policy.policy import CapacityPolicy
from domain.policy.scarce import ledger
from store.changed import changed
from store.columns import columns
from store.database import Connection, Pool, connect
from store.queries import query
from store.scarce import fed, limit_from
from store.taking_in import TakenIn, compared, taking_in


class FeedKeyReused(Exception):
    """This key was used for other figures before."""


class LimitFalls(Exception):
    """By these figures a limit would fall below what is given, or to less than half: a person must say it is so."""

    def __init__(self, period: str, before: int, after: int, given: int) -> None:
        self.period = period
        self.before = before
        self.after = after
        self.given = given
        super().__init__(period)


class FigureDelivery(NamedTuple):
    """Who delivers figures of a municipality, when, and under which key."""

    municipality: str
    key: str
    by: str
    at: datetime


async def feed_vacated(
    pool: Pool,
    delivery: FigureDelivery,
    rows: Numbered[VacatedRow],
    capacity: CapacityPolicy | None = None,
    accepted: str | None = None,
    *,
    dry_run: bool = False,
) -> TakenIn:
    """Keep how many dwellings were vacated, unless it is a dry run; return what is new.

    Raises LinesWrong or FeedKeyReused.

    With the capacity of the municipality's policy it is looked at what becomes of the limit: raises LimitFalls, and
    keeps nothing, unless it was `accepted`, with a reason.
    """
    taken = TakenIn(0, 0, len(rows))
    async with taking_in(pool, dry_run=dry_run) as connection:
        if await _is_new(connection, delivery, "vacated", [row for _, row in rows]):
            known = await connection.fetch(query("fed_periods"), delivery.municipality)
            _refuse_overlaps(rows, [row["period"] for row in known])
            taken = compared(
                {row["period"]: (row["vacated"], row["expected"], row["other_lettings"]) for row in known},
                {row.period: (row.vacated, row.expected, row.other_lettings) for _, row in rows},
            )
            before = await _limits(connection, delivery, rows, capacity)
            told = [
                (row.period, *bounds(row.period), row.vacated, row.expected, row.other_lettings)
                for row in sorted((row for _, row in rows), key=lambda row: row.period)
            ]
            await connection.execute(query("write_vacated"), delivery.municipality, *columns(told, 6))
            after = await _limits(connection, delivery, rows, capacity)
            falls = await _falls(connection, delivery, capacity, before, after)
            if falls and accepted is None:
                raise falls
            if falls:
                await connection.execute(query("accept_feed"), delivery.municipality, delivery.key, accepted)
    return taken


async def _limits(
    connection: Connection,
    delivery: FigureDelivery,
    rows: Numbered[VacatedRow],
    capacity: CapacityPolicy | None,
) -> dict[str, int | None]:
    """Return how many places there are now in every period that these rows are of; none without a share."""
    if capacity is None or capacity.share is None or capacity.denominator is None:
        return {}
    days = [day for _, row in rows for day in bounds(row.period)]
    periods = sorted({period_of(day.year, capacity.period.half(day)) for day in days})
    members = [delivery.municipality, *capacity.shared_by]
    return {
        period: limit_from(await fed(connection, members, period), capacity.limit, capacity.share, capacity.denominator)
        for period in periods
    }


async def _falls(
    connection: Connection,
    delivery: FigureDelivery,
    capacity: CapacityPolicy | None,
    before: dict[str, int | None],
    after: dict[str, int | None],
) -> LimitFalls | None:
    """Return the first limit that falls below what is given in its period, or to less than half."""
    shared_by = capacity.shared_by if capacity else ()
    for period, was in before.items():
        now = after[period]
        if was is None or now is None or now >= was:
            continue
        given = await connection.fetchval(query("given_in"), ledger(delivery.municipality, shared_by), period) or 0
        if now < given or 2 * now < was:
            return LimitFalls(period, was, now, given)
    return None


async def feed_complexes(
    pool: Pool, delivery: FigureDelivery, rows: Numbered[ComplexRow], *, dry_run: bool = False
) -> TakenIn:
    """Keep what was agreed on complexes, unless it is a dry run; return what is new. Raises FeedKeyReused."""
    taken = TakenIn(0, 0, len(rows))
    async with taking_in(pool, dry_run=dry_run) as connection:
        if await _is_new(connection, delivery, "complexes", [row for _, row in rows]):
            told = [
                (r.corporation, key, r.complex, r.eligible, r.most, r.closed_until, r.reason, r.review_on)
                for key, r in sorted(((comparable(row.complex), row) for _, row in rows), key=_by_complex)
            ]
            known = await connection.fetch(query("fed_complexes"), delivery.municipality)
            taken = compared(
                {(row["corporation"], row["key"]): tuple(row)[2:] for row in known}, {one[:2]: one[2:] for one in told}
            )
            await connection.execute(query("write_complexes"), delivery.municipality, *columns(told, 8))
    return taken


async def feed_file(url: str, municipality: str, kind: str, content: bytes, *, dry_run: bool) -> TakenIn:
    """Take in a CSV file of `vacated` or `complexes` for the operator, or tell what it would do. Raises LinesWrong."""
    text = decoded(content)
    delivery = FigureDelivery(municipality, f"|{uuid4().hex}", "operator", datetime.now(UTC))
    async with connect(url, size=1) as pool:
        if kind == "complexes":
            return await feed_complexes(pool, delivery, read_csv(text, ComplexRow), dry_run=dry_run)
        return await feed_vacated(pool, delivery, read_csv(text, VacatedRow), dry_run=dry_run)


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
