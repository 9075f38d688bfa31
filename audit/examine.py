"""The examination of a mediation: its history is replayed with today's code, and compared with the journal.

The columns and lists that the history says nothing about are then compared with the journal's own events.
"""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import NamedTuple

from audit.against import against
from audit.finding import Finding, FindingKind, FoundAt
from audit.histories import Histories
from audit.replay import Replayed, replayed
from audit.verify import verify
from runtime.histories import Fetched
from runtime.keys import KeyRing
from runtime.seals import Speakers
from store.books import Books, books_of
from store.database import Pool

LOOKS, PAUSE = 4, 0.5
"""How often, and how many seconds apart, a running mediation is looked at before a difference counts: history and
journal are read one after the other, and it may go on in between."""


class Examined(NamedTuple):
    """What came of examining one mediation."""

    mediation: str
    runs: int = 0
    events: int = 0
    commands: int = 0
    finding: Finding | None = None
    """The first difference."""


class Evidence(NamedTuple):
    """What there is of one mediation."""

    fetched: Fetched
    books: Books


async def examine(
    ring: KeyRing, histories: Histories, pool: Pool, mediations: Sequence[str], speakers: Speakers | None = None
) -> list[Examined]:
    """Examine some mediations. Of a running one a difference counts only when it is still there after some time."""
    found: dict[str, Examined] = {}
    left = list(mediations)
    for look in range(LOOKS):
        evidence = [await gather(histories, pool, mediation) for mediation in left]
        found |= {one.mediation: one for one in await judge(ring, evidence, speakers)}
        left = [one.books.id for one in evidence if one.fetched.running and found[one.books.id].finding]
        if not left:
            break
        if look < LOOKS - 1:
            await asyncio.sleep(PAUSE)
    return [found[mediation] for mediation in mediations]


async def gather(histories: Histories, pool: Pool, mediation: str) -> Evidence:
    """Read the history and then the journal, which may be ahead by then, but never behind."""
    fetched = await histories.of(mediation)
    return Evidence(fetched, await books_of(pool, mediation))


async def judge(ring: KeyRing, evidence: Sequence[Evidence], speakers: Speakers | None = None) -> list[Examined]:
    """Replay all runs, and compare each mediation with its books."""
    runs = [run for one in evidence for run in one.fetched.runs]
    told = iter(await replayed(ring, runs))
    now = datetime.now(UTC)
    return [_judged(one, [next(told) for _ in one.fetched.runs], now, speakers) for one in evidence]


def _judged(evidence: Evidence, runs: Sequence[Replayed], now: datetime, speakers: Speakers | None) -> Examined:
    fetched, books = evidence
    events = sum(len(run.history.events) for run in runs)
    findings = [] if runs else [_absent(fetched, books, now)]
    findings += [_of_run(n, one.verdict.finding) for n, one in enumerate(runs, start=1) if one.verdict.finding]
    readable = [one.written for one in runs if one.written]
    if runs and len(readable) == len(runs):
        findings += against(readable, books, earlier_forgotten=fetched.earlier_forgotten)
    for n, (run, length) in enumerate(zip(runs, fetched.lengths, strict=False), start=1):
        if len(run.history.events) < length:
            place = FoundAt(run=n, event=len(run.history.events))
            findings.append(Finding(FindingKind.CUT, place, f"there are {length} events"))
    found = first(findings)
    if not books.empty and (found is None or found.kind is FindingKind.FORGOTTEN):
        found = next(iter(verify(books, speakers)), found)
    return Examined(books.id, len(runs), events, len(books.commands), found)


def first(findings: Sequence[Finding]) -> Finding | None:
    """Return the first of these findings; that a history is no longer kept counts only when nothing differs."""
    return min(findings, key=lambda one: (one.kind is FindingKind.FORGOTTEN, one.place.order), default=None)


def _absent(fetched: Fetched, books: Books, now: datetime) -> Finding:
    if fetched.unreadable:
        return Finding(FindingKind.UNREADABLE, FoundAt("history"), fetched.unreadable)
    if books.empty:
        return Finding(FindingKind.UNKNOWN, FoundAt(), "neither histories nor journal have it")
    row = books.mediation
    since = (row["closed_at"] if row else books.commands[-1]["at"]) or now
    if fetched.kept_for is not None and since + fetched.kept_for < now:
        return Finding(FindingKind.FORGOTTEN, FoundAt("history"), f"Temporal keeps it {fetched.kept_for.days} days")
    return Finding(FindingKind.CUT, FoundAt("history"), "it is not there, and should be")


def _of_run(number: int, finding: Finding) -> Finding:
    return finding._replace(place=finding.place._replace(run=number))
