"""The same idempotency key of the same organisation is always answered alike."""

import asyncio

from store.database import Pool
from store.requests import Remembered, remember


async def test_a_key_keeps_what_it_was_first_used_for(pool: Pool) -> None:
    first = Remembered("m-1", "fingerprint-1")
    assert await remember(pool, "almere", "k-1", first) == first
    assert await remember(pool, "almere", "k-1", Remembered("m-2", "fingerprint-2")) == first


async def test_organisations_do_not_share_keys(pool: Pool) -> None:
    await remember(pool, "almere", "k-1", Remembered("m-1", "f-1"))
    other = Remembered("m-2", "f-2")
    assert await remember(pool, "kwintes", "k-1", other) == other


async def test_one_of_many_at_once_is_first(pool: Pool) -> None:
    asked = (remember(pool, "almere", "k-1", Remembered(f"m-{n}", "f")) for n in range(16))
    assert len(set(await asyncio.gather(*asked))) == 1
