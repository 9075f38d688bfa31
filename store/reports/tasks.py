"""The tasks that stages, deadlines and workload are counted from."""

from datetime import date, datetime
from typing import Any, NamedTuple

from domain.facts.tasks import TaskKind
from store.database import Source
from store.queries import query
from store.readable import read_rows
from store.reports.asked import ZONE, ReportRequest
from store.reports.journeys import Journeys


class TaskFact(NamedTuple):
    """One thing that somebody was asked, as the read model has it."""

    mediation: str
    kind: str
    owner: str
    role: str
    """In which role its owner has it."""
    opened_at: datetime
    due: datetime
    """The deadline given last."""
    closed_at: datetime | None
    closed_on: date | None
    reminded: int
    escalated: int
    answered: bool
    """False when it is open, or was no longer needed."""
    overdue: bool
    """Whether a deadline of it ever went by unanswered."""

    @property
    def missed(self) -> bool:
        """Whether it went over a deadline: as the engine recorded it, or as it was answered."""
        return self.overdue or (self.closed_at is not None and self.closed_at > self.due)

    def days(self, now: datetime) -> float:
        """Return for how many days it was, or is, waited for."""
        return ((self.closed_at or now) - self.opened_at).total_seconds() / 86_400


async def load(source: Source, wanted: ReportRequest, journeys: Journeys) -> list[TaskFact]:
    """Return the tasks of the municipality's mediations that are open now, or ended in the period.

    Those of a kind that this release does not know are left out: nobody could say whose they are; and those of a
    mediation whose beginning is lost.
    """
    rows = await source.fetch(query("report_tasks"), wanted.municipality, ZONE, wanted.first, wanted.last)
    return read_rows((row for row in rows if row["mediation"] in journeys), _fact, "task")


def _fact(row: Any) -> TaskFact:
    fact = TaskFact(*row)
    TaskKind(fact.kind)
    return fact
