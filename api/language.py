"""Whether another release is at work: then nothing is recorded here, and nothing is guessed at."""

import asyncio
import time
from contextlib import suppress

from api.problems import OtherRelease
from store.database import UNAVAILABLE, Pool
from store.language import NewerBuild, OlderLanguage, ensure_language

LASTS = 1.0
"""Seconds for which an answer holds."""


class SpokenLanguage:
    """What is known of the language of the journal, asked at most once a second."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._until = 0.0
        self._other: NewerBuild | OlderLanguage | None = None
        self._asking = asyncio.Lock()

    async def other(self, *, now: bool = False) -> NewerBuild | OlderLanguage | None:
        """Return in which way another release is at work; None when ours is. While PostgreSQL is away: as it was.

        `now`: whatever was known, since something was met that this build does not understand.
        """
        async with self._asking:
            if now or time.monotonic() >= self._until:
                with suppress(*UNAVAILABLE):
                    try:
                        await ensure_language(self._pool)
                        self._other = None
                    except (NewerBuild, OlderLanguage) as other:
                        self._other = other
                    self._until = time.monotonic() + LASTS
        return self._other

    async def ensure(self, *, now: bool = False) -> None:
        """Raise `OtherRelease` unless ours is at work. See `other`."""
        if await self.other(now=now):
            raise OtherRelease
