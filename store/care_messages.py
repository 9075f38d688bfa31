"""The messages exchanged with care providers: their senders, products and codes. Their texts are in the vault."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import date, datetime
from typing import Any, Literal, NamedTuple

from store.columns import columns
from store.database import Connection, Pool, Source
from store.queries import query
from store.readable import Readable, read_rows


class CareMessage(NamedTuple):
    """One message. `sender` is a municipality's code or an AGB code; `municipality` and `provider` are our ids."""

    id: str
    direction: Literal["in", "out"]
    kind: str
    sender: str
    identification: str
    municipality: str
    provider: str
    mediation: str | None
    effect: str | None
    """For which effect we sent it."""
    digest: str
    item: str
    """Where in the vault its content is."""
    noted_at: datetime
    """When it was made, or received."""
    sent_at: datetime | None = None
    judged_at: datetime | None = None
    codes: tuple[str, ...] | None = None
    """Why it was rejected. Empty: it was approved. None: it is not answered yet."""
    products: tuple[str, ...] | None = None
    """The code of each of its products."""
    retour: str | None = None
    """The Identificatie of the retour to it."""
    retour_at: datetime | None = None
    """When the retour was received, or sent."""
    undelivered: str | None = None
    """Why our retour cannot be delivered."""


class ProductLine(NamedTuple):
    """One product that a message is about: the support under one allocation."""

    allocation: int | None
    begins_on: date
    ends_on: date | None
    delivery: str
    reason: str | None


class StandingAllocation(NamedTuple):
    """An allocation as it stands after our last message about it."""

    allocation: int
    mediation: str
    begins_on: date
    ends_on: date | None
    change: str | None


async def next_count(source: Source, sender: str, what: Literal["message", "allocation"]) -> int:
    """Count one more message of a sender, or allocation of a municipality; numbers may be lost, never given twice."""
    count: int = await source.fetchval(query("next_count"), sender, what)
    return count


async def add(source: Source, message: CareMessage, products: Sequence[ProductLine]) -> None:
    """Note a message with its products. One that is known already, by its id or its effect, stays as it is."""
    places = list(range(len(products)))
    await source.execute(query("add_care_message"), *message[:12], places, *columns(products, len(ProductLine._fields)))


async def message(source: Source, message_id: str) -> CareMessage | None:
    """Return a message by its id."""
    return _read(await source.fetchrow(query("care_message"), message_id))


async def of_effect(source: Source, effect: str) -> CareMessage | None:
    """Return the message that was made for an effect."""
    return _read(await source.fetchrow(query("care_message_of_effect"), effect))


async def of_ours(source: Source, sender: str, kind: str, identification: str, provider: str) -> CareMessage | None:
    """Return a message that we sent to this provider."""
    return _read(await source.fetchrow(query("care_message_of_ours"), sender, kind, identification, provider))


async def listed(
    source: Source, municipalities: Sequence[str], provider: str, *, not_approved: bool, most: int
) -> Readable[CareMessage]:
    """Return the last messages of a provider with these municipalities; of `not_approved` the others only."""
    rows = await source.fetch(query("care_messages_of"), list(municipalities), provider, not_approved, most)
    return read_rows(rows, _message, "care message")


async def sent(source: Source, message_id: str, at: datetime) -> None:
    """Note that a message was delivered. The moment noted first stays."""
    await source.execute(query("care_message_sent"), message_id, at)


async def undelivered(source: Source, message_id: str, code: str) -> None:
    """Note that a retour of ours is refused for good."""
    await source.execute(query("care_message_undelivered"), message_id, code)


@asynccontextmanager
async def judging(pool: Pool, municipality: str, provider: str) -> AsyncIterator[Connection]:
    """Judge one message of a provider at a time, so that of two starts of one allocation only one is approved."""
    async with pool.acquire() as connection, connection.transaction():
        await connection.execute(query("lock_care"), f"{municipality}|{provider}")
        yield connection


async def judged(source: Source, message_id: str, at: datetime, codes: Sequence[str], products: Sequence[str]) -> None:
    """Note how a message was judged. The judgement noted first stays."""
    await source.execute(query("care_message_judged"), message_id, at, list(codes), list(products))


async def retour_received(source: Source, message_id: str, at: datetime, codes: Sequence[str], retour: str) -> None:
    """Note the retour to a message of ours. The retour noted first stays."""
    await source.execute(query("care_retour_received"), message_id, at, list(codes), retour)


async def name_retour(source: Source, message_id: str, identification: str) -> str:
    """Return the Identificatie of our retour: this one, unless it has one already."""
    known: str = await source.fetchval(query("care_retour_named"), message_id, identification)
    return known


async def retour_sent(source: Source, message_id: str, at: datetime) -> None:
    """Note that our retour was delivered. The moment noted first stays."""
    await source.execute(query("care_retour_sent"), message_id, at)


async def identification_used(source: Source, message: CareMessage) -> bool:
    """Tell whether another message of this kind of this sender has the same Identificatie."""
    used: bool = await source.fetchval(
        query("care_identification_used"), message.sender, message.kind, message.identification, message.id
    )
    return used


async def allocations(
    source: Source, municipality: str, provider: str, numbers: Sequence[int]
) -> dict[int, StandingAllocation]:
    """Return the allocations to a provider with these numbers, as they stand; not those that it rejected."""
    rows = await source.fetch(query("care_allocations"), municipality, provider, list(numbers))
    return {row["allocation"]: StandingAllocation(*row.values()) for row in rows}


async def allocation_of(source: Source, mediation: str, provider: str) -> int | None:
    """Return the number under which support of this client by this provider was allocated last."""
    number: int | None = await source.fetchval(query("care_allocation_of"), mediation, provider)
    return number


async def reports(
    source: Source, municipality: str, provider: str, numbers: Sequence[int]
) -> list[tuple[str, ProductLine]]:
    """Return what a provider reported of these allocations and was approved: kinds and products, in order."""
    rows = await source.fetch(query("care_reports"), municipality, provider, list(numbers))
    return [(row["kind"], ProductLine(*list(row.values())[1:])) for row in rows]


async def products(source: Source, message_id: str) -> list[ProductLine]:
    """Return what a message is about."""
    return [ProductLine(*row.values()) for row in await source.fetch(query("care_products"), message_id)]


async def effect_document(source: Source, key: str) -> str:
    """Return an effect as it was asked for, as JSON."""
    document: str = await source.fetchval(query("effect_document"), key)
    return document


async def municipality_of(source: Source, mediation: str) -> str:
    """Return the municipality of a mediation."""
    municipality: str = await source.fetchval(query("municipality_of"), mediation)
    return municipality


async def institution_of(source: Source, mediation: str) -> str | None:
    """Return the institution that the client leaves, if any."""
    institution: str | None = await source.fetchval(query("institution_of"), mediation)
    return institution


def _read(row: object) -> CareMessage | None:
    return None if row is None else _message(row)


def _message(row: Any) -> CareMessage:
    values = dict(row)
    for name in ("codes", "products"):
        values[name] = None if values[name] is None else tuple(values[name])
    return CareMessage(**values)
