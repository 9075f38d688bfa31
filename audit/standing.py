"""How journal and history of each mediation stand to each other, after one of the two may have been put back.

The link of the last command stands for all before it, so two that agree on it agree on everything.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from enum import StrEnum
from typing import NamedTuple

from temporalio.client import Client
from temporalio.service import RPCError

from audit.past import past_of
from runtime.histories import HistoriesAway, InTemporal
from runtime.keys import KeyRing
from runtime.last_told import LastTold, last_told
from runtime.rebuilding import known_commands
from runtime.seals import Speakers
from store import outbox
from store.database import Pool
from store.ends import Reached, ends_of, same_at
from store.past import Doubtful

SHARE, AT_ONCE = 200, 8
LOOKS, PAUSE = 3, 1.0
"""How often, and how many seconds apart, a mediation is looked at before a difference counts: it may be under way."""


class Skew(StrEnum):
    """How journal and history stand to each other."""

    EQUAL = "equal"
    JOURNAL_BEHIND = "journal_behind"
    """The history knows commands, or something delivered, that the journal lacks: it is refilled."""
    UNKNOWN = "unknown_to_journal"
    """The journal has nothing of it: it is refilled."""
    JOURNAL_AHEAD = "journal_ahead"
    """The workflow knows less than the journal: it is repaired."""
    WORKFLOW_GONE = "workflow_gone"
    """No workflow runs, though the mediation is not finished: it is repaired."""
    FORKED = "forked"
    """They know different commands under one number: a person must look."""
    DOUBTFUL = "doubtful"
    """The history cannot be read: a person must look."""


REFILLED = frozenset({Skew.JOURNAL_BEHIND, Skew.UNKNOWN})
REPAIRED = frozenset({Skew.JOURNAL_AHEAD, Skew.WORKFLOW_GONE})


class Stood(NamedTuple):
    """One mediation."""

    mediation: str
    standing: Skew
    journal: int
    history: int
    """How many commands each of them knows."""

    def __str__(self) -> str:
        return f"{self.mediation}: {self.standing.value}: {self.journal} in the journal, {self.history} in the history"


class Onlooker:
    """Looks at journal and histories of an installation."""

    def __init__(self, pool: Pool, client: Client, ring: KeyRing, speakers: Speakers) -> None:
        self._pool, self._client, self._ring, self._speakers = pool, client, ring, speakers

    async def look(self, mediations: Sequence[str]) -> AsyncIterator[Stood]:
        """Yield how each of these stands; raises `HistoriesAway`. What differs is looked at again before it counts."""
        at_once = asyncio.Semaphore(AT_ONCE)

        async def one(end: Reached) -> Stood:
            async with at_once:
                return await self._stands(end)

        for share in (mediations[n : n + SHARE] for n in range(0, len(mediations), SHARE)):
            stood: dict[str, Stood] = {}
            left = list(share)
            for again in range(LOOKS):
                if again:
                    await asyncio.sleep(PAUSE)
                found = await asyncio.gather(*(one(end) for end in await ends_of(self._pool, left)))
                stood |= {each.mediation: each for each in found}
                left = [each.mediation for each in found if each.standing is not Skew.EQUAL]
                if not left:
                    break
            for mediation in share:
                yield stood[mediation]

    async def _stands(self, end: Reached) -> Stood:
        try:
            told = await last_told(self._client, end.mediation)
            if told and not told.link and told.commands == 0:
                told = told._replace(commands=await known_commands(self._client, end.mediation))
        except RPCError as away:
            raise HistoriesAway(away.status.name.lower()) from None
        except Exception:  # what stands in a history may be anything
            return Stood(end.mediation, Skew.DOUBTFUL, end.commands, 0)
        standing = await self._compared(end, told)
        if standing is Skew.EQUAL and end.waits and await self._was_delivered(end.mediation):
            standing = Skew.JOURNAL_BEHIND
        return Stood(end.mediation, standing, end.commands, told.commands if told else 0)

    async def _compared(self, end: Reached, told: LastTold | None) -> Skew:
        if told is None:
            return Skew.EQUAL if end.finished else Skew.WORKFLOW_GONE
        if told.commands > end.commands:
            return Skew.JOURNAL_BEHIND if end.commands else Skew.UNKNOWN
        if told.commands and not await self._agree(end, told):
            return Skew.FORKED
        if told.commands < end.commands:
            return Skew.EQUAL if end.finished and not told.runs and not told.completed else Skew.JOURNAL_AHEAD
        return Skew.EQUAL if told.runs or end.finished else Skew.WORKFLOW_GONE

    async def _agree(self, end: Reached, told: LastTold) -> bool:
        if told.link or told.head:
            return await same_at(self._pool, end.mediation, told.commands, told.link, told.head)
        return True  # of before commands were numbered: whoever refills or repairs compares all

    async def _was_delivered(self, mediation: str) -> bool:
        """Tell whether the history has something delivered that still waits in the journal."""
        fetched = await InTemporal(self._client).of(mediation)
        waiting = {row["key"] for row in await outbox.effects_of(self._pool, mediation) if row["result"] is None}
        try:
            past = await past_of(self._ring, self._speakers, mediation, fetched)
        except Doubtful:
            return False
        return any(one.key in waiting for one in past.settled)
