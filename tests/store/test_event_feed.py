"""The feed of events: in one order, with nothing missed, however the transactions that record them overlap."""

import asyncio
import random
from datetime import UTC, datetime, timedelta
from typing import Any

from store.database import Pool
from store.event_feed import FeedPosition, read_feed
from store.participation import Asker
from tests.tampering import tamper

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
SEED = 20_261_129
WRITERS, ROUNDS = 6, 25


async def opened(pool: Pool, mediation: str, municipality: str = "almere") -> None:
    """A mediation to hang events on."""
    await pool.execute("INSERT INTO policy VALUES ('d', 'almere', '2026-01-01', '{}') ON CONFLICT DO NOTHING")
    await pool.execute(
        "INSERT INTO mediation (id, municipality, policy, person, stage, organisations, sequence, head, opened_at, "
        "changed_at) VALUES ($1, $2, 'd', 'person-00000000', 'offer', ARRAY[$2, 'kwintes'], 0, '', $3, $3)",
        mediation,
        municipality,
        NOW,
    )
    await pool.execute("INSERT INTO participation VALUES ($1, 'kwintes', 'care_provider', $2, 1)", mediation, NOW)


async def write(pool: Pool, mediation: str, sequences: range, pause: float = 0.0) -> None:
    """Record some events of a mediation in one transaction that takes its time."""
    async with pool.acquire() as connection, connection.transaction():
        for sequence in sequences:
            await connection.execute(
                "INSERT INTO event (mediation, sequence, ordinal, type, at, document) "
                "VALUES ($1, $2, 1, 'X', $3, '{}')",
                mediation,
                sequence,
                NOW,
            )
            await asyncio.sleep(pause)


async def test_who_reads_on_while_others_write_misses_nothing_and_sees_nothing_twice(pool: Pool) -> None:
    draw = random.Random(SEED)
    names = [f"m-{n}" for n in range(WRITERS)]
    for name in names:
        await opened(pool, name)
    read: list[FeedPosition] = []
    done = asyncio.Event()

    async def writing(name: str) -> None:
        for n in range(ROUNDS):
            await write(pool, name, range(2 * n + 1, 2 * n + 3), draw.random() * 0.01)

    async def reading() -> None:
        while True:
            last = done.is_set()
            part = await read_feed(pool, read[-1].position if read else 0, draw.randint(1, 7))
            read.extend(part)
            if last and not part:
                return

    async def writing_all() -> None:
        await asyncio.gather(*map(writing, names))
        done.set()

    await asyncio.gather(writing_all(), reading(), *(read_feed(pool, 0, 5) for _ in range(5)))
    others = await read_feed(pool, 0, 10_000)
    assert [one.position for one in read] == list(range(1, 2 * WRITERS * ROUNDS + 1)), SEED
    assert read == others, "who comes later is told the same in the same order"
    for name in names:
        assert [one.sequence for one in read if one.mediation == name] == list(range(1, 2 * ROUNDS + 1))


async def test_what_is_not_committed_yet_comes_later_and_is_not_passed_by(pool: Pool) -> None:
    for name in ("m-slow", "m-quick"):
        await opened(pool, name)
    async with pool.acquire() as connection, connection.transaction():
        await connection.execute("INSERT INTO event VALUES ('m-slow', 1, 1, 'X', $1, '{}')", NOW)
        await write(pool, "m-quick", range(1, 2))
        seen = await read_feed(pool, 0, 10)
        assert [one.mediation for one in seen] == ["m-quick"]
    assert [one.mediation for one in await read_feed(pool, seen[-1].position, 10)] == ["m-slow"]


async def test_it_is_read_of_one_municipality_or_of_what_one_takes_part_in(pool: Pool) -> None:
    for name, municipality in (("m-1", "almere"), ("m-2", "amersfoort")):
        await opened(pool, name, municipality)
        await write(pool, name, range(1, 3))

    async def of(**only: Any) -> list[str]:
        return [one.mediation for one in await read_feed(pool, 0, 10, **only)]

    assert await of() == ["m-1", "m-1", "m-2", "m-2"]
    assert await of(municipality="amersfoort") == ["m-2", "m-2"]
    kwintes = Asker("kwintes", NOW)
    assert await of(reader=kwintes, municipality="almere") == ["m-1", "m-1"]
    assert await of(reader=Asker("ymere", NOW)) == []


async def test_it_is_read_of_the_days_of_a_part(pool: Pool) -> None:
    await opened(pool, "m-1")
    await write(pool, "m-1", range(1, 6))
    await tamper(
        pool,
        "UPDATE participation SET first = 2, until = $1, last = 3, stage = 'offer', shown_until = $2",
        NOW,
        NOW + timedelta(days=14),
    )

    async def seen(at: datetime) -> list[int]:
        return [one.sequence for one in await read_feed(pool, 0, 10, reader=Asker("kwintes", at))]

    assert await seen(NOW + timedelta(days=13)) == [2, 3]
    assert await seen(NOW + timedelta(days=14)) == []
