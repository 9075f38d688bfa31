"""Another vault key in place of a former one: every kept key is wrapped anew, while everything is in use.

It may be broken off at any moment and given again. Until it is done both keys are in use, and nothing starts without
both: the mark of the former one goes only when nothing is wrapped under it, and the secrets are wrapped anew last.
"""

from collections.abc import Callable
from typing import NamedTuple

from runtime import RuntimeFault
from runtime.sealing import Tampered
from runtime.vault_keys import VaultKeys
from store.changed import count_of
from store.columns import columns
from store.database import Pool
from store.queries import query
from store.vault_secrets import marks_of

PART = 500
"""How many keys are wrapped anew at a time."""


class Rewrapped(NamedTuple):
    """What was wrapped anew, and how many keys of persons no vault key opens."""

    persons: int
    secrets: int
    unreadable: int


class StillUsed(RuntimeFault):
    """A process was started meanwhile with a former vault key first: put the new one first everywhere, then again."""


def _nobody(_: int) -> None:
    """Tell nobody."""


async def rewrap(pool: Pool, keys: VaultKeys, tell: Callable[[int], None] = _nobody) -> Rewrapped:
    """Wrap everything under the active vault key; afterwards the former ones open nothing. Tells how far it is.

    Whoever writes meanwhile under a former key is waited for, and goes on under the active one. Raises `StillUsed`.
    """
    done, _ = await _pass(pool, keys, tell)
    for mark in filter(None, (await marks_of(pool, keys))[1:]):
        # Waits for each statement that adds a key under this mark; after it none is added there.
        await pool.execute(query("remove_vault_secret"), mark)
    late, unreadable = await _pass(pool, keys, tell)
    return Rewrapped(done + late, await _rewrap_secrets(pool, keys), unreadable)


async def _pass(pool: Pool, keys: VaultKeys, tell: Callable[[int], None]) -> tuple[int, int]:
    """Wrap every person's key anew that is under a former key; return how many, and how many no key opens."""
    after, done, unreadable = "", 0, 0
    while rows := await pool.fetch(query("wrapped_keys"), after, PART):
        after = rows[-1]["person"]
        moved = []
        for row in rows:
            try:
                key, place = keys.opened(row["wrapped"])
            except Tampered:
                unreadable += 1
                continue
            if place:
                moved.append((row["person"], row["wrapped"], keys.wrapped(key)))
        if moved:
            done += count_of(await pool.execute(query("rewrap_keys"), *columns(moved, 3)))
            tell(done)
    return done, unreadable


async def _rewrap_secrets(pool: Pool, keys: VaultKeys) -> int:
    """Wrap the secrets anew, all or none."""
    done = 0
    async with pool.acquire() as connection, connection.transaction():
        await connection.execute(query("lock_vault_secrets"))
        if any((await marks_of(connection, keys))[1:]):
            raise StillUsed
        for row in await connection.fetch(query("vault_secrets")):
            secret, place = keys.opened(row["wrapped"])
            if place:
                await connection.execute(query("rewrap_vault_secret"), row["name"], keys.wrapped(secret))
                done += 1
    return done
