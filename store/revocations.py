"""Tokens that are believed no more: one by its id, or all that a person was given until a moment.

Each process keeps the list in memory and reads it anew after some seconds (`FRESH`), so that a revocation soon counts
everywhere. While it cannot be read for longer than `STALE` nobody is believed.
"""

import asyncio
import hashlib
import time
from collections.abc import Callable
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from store.database import UNAVAILABLE, Pool, Source
from store.queries import query

FRESH = 10.0
"""Seconds after which the list is read again."""
STALE = 60.0
"""Seconds for which it is used while PostgreSQL is away."""
PAUSE = 1.0
"""Seconds between two readings, while PostgreSQL is away."""
PATIENCE = 5.0
"""Seconds that one reading may take."""


class RevocationKind(StrEnum):
    """What is revoked."""

    TOKEN = "token"  # noqa: S105 - a kind, and none itself
    PERSON = "person"
    """Every token that a person was given until then."""


class Bearer(NamedTuple):
    """What of a token tells whether it was revoked."""

    user: str
    """The pseudonym of whom it names."""
    token_id: str | None
    issued_at: float | None
    """Seconds since 1970, UTC; None of a token that does not say, which is then taken to be older than any moment."""


class RevocationsUnknown(Exception):
    """The list has not been read for too long."""


def hashed(token_id: str) -> str:
    """Return under which name a token is kept: its id might be anything that an issuer writes."""
    return hashlib.sha256(token_id.encode()).hexdigest()


async def revoke(source: Source, kind: RevocationKind, name: str, at: datetime, by: str) -> None:
    """Have a token (by its hashed id), or all tokens of a person (by pseudonym) until now, believed no more."""
    await source.execute(query("revoke"), kind, name, at, by)


class Revocations:
    """The list, as one process keeps it."""

    def __init__(self, pool: Pool, now: Callable[[], float] = time.monotonic) -> None:
        self._pool = pool
        self._now = now
        self._tokens: frozenset[str] = frozenset()
        self._people: dict[str, float] = {}
        self._read = self._tried = float("-inf")
        self._lock = asyncio.Lock()

    async def holds(self, bearer: Bearer) -> bool:
        """Tell whether a token was revoked. Raises RevocationsUnknown."""
        if self._now() - self._read >= FRESH:
            async with self._lock:  # whoever comes while it is read waits for it
                if self._now() - self._read >= FRESH and self._now() - self._tried >= PAUSE:
                    await self._look()
        if self._now() - self._read >= STALE:
            raise RevocationsUnknown
        if bearer.token_id is not None and hashed(bearer.token_id) in self._tokens:
            return True
        until = self._people.get(bearer.user)
        return until is not None and (bearer.issued_at is None or bearer.issued_at <= until)

    async def _look(self) -> None:
        self._tried = self._now()
        try:
            async with asyncio.timeout(PATIENCE):
                rows = await self._pool.fetch(query("revocations"))
        except UNAVAILABLE:
            return
        self._tokens = frozenset(row["name"] for row in rows if row["kind"] == RevocationKind.TOKEN)
        self._people = {row["name"]: row["at"].timestamp() for row in rows if row["kind"] == RevocationKind.PERSON}
        self._read = self._tried
