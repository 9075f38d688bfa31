"""Examining many mediations at once, in several processes: one process would use one core only.

Each process reads what it examines itself, a few mediations at a time, so that little is in memory however many there
are.
"""

import asyncio
import multiprocessing
from collections import deque
from collections.abc import AsyncIterator, Iterable
from concurrent.futures import ProcessPoolExecutor
from contextlib import asynccontextmanager
from datetime import timedelta
from multiprocessing.context import BaseContext
from pathlib import Path
from typing import NamedTuple

import asyncpg

from audit.examine import Examined, examine
from audit.histories import Histories, InFiles
from runtime import RuntimeFault
from runtime.histories import InTemporal
from runtime.logging import start_logging
from runtime.metrics import start_metrics
from runtime.plugin import connect
from runtime.seals import Speakers
from runtime.settings import Settings
from store import database
from store.books import known_mediations
from store.database import UNAVAILABLE, Pool

PATIENCE = timedelta(seconds=10)
"""How long Temporal may take to answer at all."""
FEW = 10
"""So many mediations are a share of work for one process: examined sooner than another process has started."""


class BookSources(NamedTuple):
    """Where the books are: the journal by the settings, the histories in Temporal or in a folder."""

    settings: Settings
    folder: Path | None = None


class CannotLook(RuntimeFault):
    """The audit could not look."""


class JournalAway(RuntimeFault):
    """The journal cannot be read in PostgreSQL, so nothing can be said of it."""


class Opened(NamedTuple):
    """The books, opened."""

    pool: Pool
    histories: Histories


@asynccontextmanager
async def journal(books: BookSources) -> AsyncIterator[Pool]:
    """Open the journal; raises `JournalAway`, also when it goes away meanwhile."""
    try:
        async with database.connect(books.settings.database_url, size=2) as pool:
            yield pool
    except (*UNAVAILABLE, asyncpg.PostgresError) as away:
        raise JournalAway(type(away).__name__) from None


@asynccontextmanager
async def opened(books: BookSources) -> AsyncIterator[Opened]:
    """Open journal and histories; raises `JournalAway` and `TemporalUnreachable`."""
    async with journal(books) as pool:
        if books.folder:
            yield Opened(pool, InFiles(books.folder))
        else:
            yield Opened(pool, InTemporal(await connect(books.settings, patience=PATIENCE)))


async def everything(pool: Pool, histories: Histories) -> list[str]:
    """Return every mediation that the journal or Temporal knows, in the order of their ids."""
    known = {mediation async for mediation in histories.known()}
    async for mediation in in_journal(pool):
        known.add(mediation)
    return sorted(known)


async def in_journal(pool: Pool) -> AsyncIterator[str]:
    """Return every mediation of which the journal has anything, in the order of their ids."""
    after = ""
    while some := await known_mediations(pool, after):
        for mediation in some:
            yield mediation
        after = some[-1]


async def examine_beside(books: BookSources, mediations: Iterable[str], jobs: int) -> AsyncIterator[Examined]:
    """Examine mediations in this many processes; yield the results in the order of the mediations."""
    left = iter(mediations)
    shares = iter(lambda: [one for _, one in zip(range(FEW), left, strict=False)], [])
    with processes(jobs) as pool:
        loop = asyncio.get_running_loop()
        under_way: deque[asyncio.Future[list[Examined] | str]] = deque()
        for share in shares:
            under_way.append(loop.run_in_executor(pool, _examined, books, share))
            if len(under_way) > 2 * jobs:
                for one in _told(await under_way.popleft()):
                    yield one
        while under_way:
            for one in _told(await under_way.popleft()):
                yield one


def _told(result: list[Examined] | str) -> list[Examined]:
    if isinstance(result, str):
        raise CannotLook(result)
    return result


def _examined(books: BookSources, share: list[str]) -> list[Examined] | str:
    """Examine some mediations, in a process of the pool. A fault is returned as its text."""
    start_logging("ERROR", "console")
    start_metrics(None)
    try:
        return asyncio.run(_examine(books, share))
    except RuntimeFault as fault:
        return str(fault)


async def _examine(books: BookSources, share: list[str]) -> list[Examined]:
    async with opened(books) as (pool, histories):
        speakers = Speakers.parse(books.settings.speakers)
        return await examine(books.settings.key_ring, histories, pool, share, speakers)


def processes(jobs: int) -> ProcessPoolExecutor:
    """Return a pool of so many processes, each of which has loaded what examining a mediation takes."""
    return ProcessPoolExecutor(jobs, mp_context=context())


def context() -> BaseContext:
    """Return how those processes are started."""
    # A plain fork would copy a process with running threads. A spawned process ends as an interpreter that has used
    # Temporal's library, which sometimes aborts then. The children of a fork server do neither.
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([__name__])
    return context
