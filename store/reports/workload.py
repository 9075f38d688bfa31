"""What every organisation has on its desk now, and what it did in the period."""

from collections.abc import Sequence
from datetime import timedelta
from typing import NamedTuple

from store.database import Source
from store.reports import tasks
from store.reports.asked import ReportRequest
from store.reports.figures import ALL, Figure, Frame, Number, Table, Unit, tabulate
from store.reports.journeys import Journeys, groups
from store.reports.tasks import TaskFact

SOON = timedelta(days=7)
DESK = Frame(
    "desk",
    "Tasks by the organisation that owns them",
    "organisation",
    (
        Figure("open", Unit.TASKS, "Tasks that are open now."),
        Figure("overdue", Unit.TASKS, "Of those, past their deadline.", part_of="open"),
        Figure("due_soon", Unit.TASKS, "Of those, due within seven days from now.", part_of="open"),
        Figure("due_later", Unit.TASKS, "Of those, due after that.", part_of="open"),
        Figure("reminders", Unit.EVENTS, "Reminders sent until now about the tasks that are open."),
        Figure("escalations", Unit.EVENTS, "Escalations until now of the tasks that are open."),
        Figure("answered", Unit.TASKS, "Tasks that were answered in the period."),
        Figure("cancelled", Unit.TASKS, "Tasks that were no longer needed and ended so in the period."),
    ),
    guarded=False,
)


class WorkloadFacts(NamedTuple):
    """What this report counts."""

    journeys: Journeys
    tasks: list[TaskFact]


async def load(source: Source, wanted: ReportRequest, journeys: Journeys) -> WorkloadFacts:
    """Return the tasks that are open or ended in the period."""
    return WorkloadFacts(journeys, await tasks.load(source, wanted, journeys))


def count(facts: WorkloadFacts, wanted: ReportRequest) -> tuple[Table, ...]:
    """Count the tasks of each organisation. They are work, not people: held back only when broken down."""
    group = wanted.by.value if wanted.by else None
    desks = (
        (task.owner, facts.journeys[task.mediation].group(wanted.by), task)
        for task in facts.tasks
        if task.closed_at is None or wanted.covers(task.closed_on)
    )

    def loaded(of: Sequence[TaskFact]) -> dict[str, Number]:
        waiting = [task for task in of if task.closed_at is None]
        overdue = sum(task.due < wanted.now for task in waiting)
        soon = sum(wanted.now <= task.due < wanted.now + SOON for task in waiting)
        ended = [task.answered for task in of if task.closed_at is not None]
        return {
            "open": len(waiting),
            "overdue": overdue,
            "due_soon": soon,
            "due_later": len(waiting) - overdue - soon,
            "reminders": sum(task.reminded for task in waiting),
            "escalations": sum(task.escalated for task in waiting),
            "answered": ended.count(True),
            "cancelled": ended.count(False),
        }

    frame = DESK._replace(guarded=bool(group))
    return (tabulate(frame, desks, loaded, items=(ALL,), group=group, groups=groups(facts.journeys, wanted)),)
