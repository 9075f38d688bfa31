"""The sweep through all journals: within a day each is verified, and its lists are held against it.

A few are verified in each round of the watchman. Sooner come those with an alarm of these kinds, so that it ends in the
round after somebody has put the rows right, and those with a word in the lists that means nothing.
"""

import asyncio
from datetime import datetime

import structlog

from activities.told_alarms import tell_alarms
from audit.finding import Finding, FindingKind
from audit.verify import Verified, read, verified
from domain.facts.alarms import AlarmKind
from runtime.error_report import described
from runtime.seals import Speakers
from store.alarms import Suspect
from store.books import Books, books_of, journals_to_verify
from store.database import Pool
from store.readable import UNREADABLE

VERIFIED = frozenset({AlarmKind.FALSIFIED, AlarmKind.UNREADABLE})
"""What verifying tells."""
SHARES = 288
"""Rounds of the watchman in a day: in each of them this part of all journals is verified."""
log = structlog.get_logger("watchman")


class JournalSweep:
    """Verifies the journals in turn."""

    def __init__(self, pool: Pool, speakers: Speakers) -> None:
        self._pool = pool
        self._speakers = speakers

    async def verify_share(self, now: datetime, number: int) -> None:
        """Verify the share of a round."""
        after = ""
        while names := await journals_to_verify(self._pool, number % SHARES, SHARES, list(VERIFIED), after):
            for mediation in names:
                await self._verify(mediation, now)
            after = names[-1]

    async def _verify(self, mediation: str, now: datetime) -> None:
        books = await books_of(self._pool, mediation)
        # Beside the loop, where other activities go on meanwhile.
        try:
            found = alarms_of(await asyncio.to_thread(verified, books, self._speakers))
        except UNREADABLE as fault:  # one mediation that is beyond words keeps no other from being verified
            log.error("a journal cannot be verified", mediation=mediation, error=described(fault))
            found = {AlarmKind.UNREADABLE: type(fault).__name__}
        suspect = Suspect(mediation, municipality_of(books), None, None)
        await tell_alarms(self._pool, suspect, VERIFIED, found, now)


def alarms_of(found: Verified) -> dict[AlarmKind, str | None]:
    """Return which alarms findings raise, with the row of the first. What this release cannot read, a later one may
    have written: that is not called falsified.
    """
    changed = [one for one in found.journal if one.kind is not FindingKind.UNREADABLE]
    unreadable = [one for one in found.journal if one.kind is FindingKind.UNREADABLE]
    alarms: dict[AlarmKind, str | None] = {}
    if changed:
        alarms[AlarmKind.FALSIFIED] = _place(changed[0])
    if lists := [*unreadable, *found.lists]:
        alarms[AlarmKind.UNREADABLE] = _place(lists[0])
    return alarms


def municipality_of(books: Books) -> str:
    """Return whose a mediation is, also where its row is lost."""
    if books.mediation:
        return str(books.mediation["municipality"])
    began = read(books.commands[0]["document"]) if books.commands else None
    parties = began.get("parties") if isinstance(began, dict) else None
    return str(parties.get("municipality", "")) if isinstance(parties, dict) else ""


def _place(one: Finding) -> str:
    return f"{one.kind.value}: {one.place}"
