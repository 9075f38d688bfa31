"""An idempotency key is used for what was recorded under it, and for nothing that was refused."""

import asyncio

from store.database import Pool
from store.requests import Request, claim, claimed_for


async def used(pool: Pool, asked: Request) -> bool:
    """Use a key in a transaction of its own."""
    async with pool.acquire() as connection, connection.transaction():
        return await claim(connection, asked)


async def test_a_key_is_for_what_it_was_first_used_for(pool: Pool) -> None:
    first = Request("almere", "k-1", "m-1", "fingerprint-1")
    assert await used(pool, first)
    assert await used(pool, first), "the same request again"
    assert not await used(pool, Request("almere", "k-1", "m-2", "fingerprint-2"))
    assert await claimed_for(pool, "almere", "k-1") == "fingerprint-1"


async def test_organisations_do_not_share_keys(pool: Pool) -> None:
    assert await used(pool, Request("almere", "k-1", "m-1", "f-1"))
    assert await used(pool, Request("kwintes", "k-1", "m-2", "f-2"))


async def test_one_of_many_at_once_has_the_key(pool: Pool) -> None:
    asked = (used(pool, Request("almere", "k-1", "m-1", f"f-{n}")) for n in range(16))
    assert sum(await asyncio.gather(*asked)) == 1
