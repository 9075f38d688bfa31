"""Every report by its name. A new one is a module with `load` and `count`, and a line here."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, NamedTuple

from domain.facts.outcome import Outcome, Stage
from domain.facts.tasks import TaskKind
from store.database import Pool, Source
from store.queries import query
from store.reports import (
    aftercare,
    ceiling,
    council,
    journeys,
    leadtime,
    quota,
    refusals,
    service,
    shortage,
    spread,
    stages,
    workload,
)
from store.reports.asked import ReportRequest
from store.reports.figures import Table
from store.reports.journeys import Journeys
from store.reports.report import Report, shown


class ReportUnknown(KeyError):
    """There is no report of this name."""


class ReportKind(NamedTuple):
    """How a report is made."""

    title: str
    load: Callable[[Source, ReportRequest, Journeys], Awaitable[Any]]
    """Read its facts; the mediations themselves are given."""
    tables: Callable[[Any, ReportRequest], tuple[Table, ...]]
    """Count them: pure, and given whatever `load` returned."""


REPORTS: dict[str, ReportKind] = {
    "leadtime": ReportKind("Lead times", leadtime.load, leadtime.count),
    "stages": ReportKind("Time per stage and actor, and who waits", stages.load, stages.count),
    "refusals": ReportKind("Offers and refusals", refusals.load, refusals.count),
    "shortage": ReportKind("Dwellings needed and offered", shortage.load, shortage.count),
    "aftercare": ReportKind("After the keys", aftercare.load, aftercare.count),
    "council": ReportKind("For the council", council.load, council.count),
    "workload": ReportKind("Workload", workload.load, workload.count),
    "service": ReportKind("Service levels", workload.load, service.count),
    "quota": ReportKind("Places", quota.load, quota.count),
    "ceiling": ReportKind("The ceiling and its figures", ceiling.load, ceiling.count),
    "spread": ReportKind("Placements per district and complex", spread.load, spread.count),
}
"""The reports there are."""
WORDS = tuple([word.value for word in words] for words in (Stage, Outcome, TaskKind))
"""What a mediation's stage and outcome can be, and a task's kind."""


async def make(pool: Pool, name: str, wanted: ReportRequest) -> Report:
    """Make a report, all of it as the database was at one moment; raises `ReportUnknown`."""
    kind = REPORTS.get(name)
    if kind is None:
        raise ReportUnknown(name)
    async with pool.acquire() as connection, connection.transaction(isolation="repeatable_read", readonly=True):
        await connection.execute(query("report_memory"))  # else very many rows are sorted on disk
        facts = await kind.load(connection, wanted, await journeys.load(connection, wanted))
        unreadable = await connection.fetchval(query("report_unreadable"), wanted.municipality, *WORDS)
    return await asyncio.to_thread(lambda: shown(name, kind.title, wanted, kind.tables(facts, wanted), unreadable))
