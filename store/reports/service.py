"""How each organisation keeps to what is asked of it: answered in time, late, and how often it was chased."""

from collections.abc import Sequence

from store.reports.asked import ReportRequest
from store.reports.figures import ALL, Figure, Frame, Number, Table, Unit, middle, share, tabulate
from store.reports.journeys import groups
from store.reports.stages import ROLES
from store.reports.tasks import TaskFact
from store.reports.workload import WorkloadFacts

KEPT = (
    Figure("answered", Unit.TASKS, "Tasks that were answered in the period."),
    Figure("in_time", Unit.TASKS, "Of those, answered before any deadline of them went by.", part_of="answered"),
    Figure("late", Unit.TASKS, "Of those, answered after a deadline of them had gone by.", part_of="answered"),
    Figure("in_time_share", Unit.SHARE, "The share that was answered in time.", of=("answered", "in_time")),
    Figure("median_days", Unit.DAYS, "The median of days from asking to the answer.", of=("answered",)),
    Figure(
        "chased", Unit.TASKS, "Of the tasks answered in the period, those that were reminded of or escalated first."
    ),
    Figure("reminders", Unit.EVENTS, "Reminders that were sent about the tasks answered in the period."),
    Figure("escalations", Unit.EVENTS, "Escalations of the tasks answered in the period."),
    Figure("open_late", Unit.TASKS, "Tasks that are open now and past their deadline, whenever they were asked."),
)
ORGANISATIONS = Frame(
    "service", "Kept and late, by organisation", "organisation that owns the task", KEPT, guarded=False
)
BY_ROLE = Frame("service_roles", "Kept and late, by role", "role of the task's owner", KEPT)


def count(facts: WorkloadFacts, wanted: ReportRequest) -> tuple[Table, ...]:
    """Count how tasks were kept. A task counts for who owned it last, and for the role in which that was."""
    group = wanted.by.value if wanted.by else None
    known = tuple(groups(facts.journeys, wanted))
    counted = [
        (facts.journeys[task.mediation].group(wanted.by), task)
        for task in facts.tasks
        if task.closed_at is None or (task.answered and wanted.covers(task.closed_on))
    ]

    def kept(of: Sequence[TaskFact]) -> dict[str, Number]:
        answered = [task for task in of if task.closed_at is not None]
        late = sum(task.missed for task in answered)
        return {
            "answered": len(answered),
            "in_time": len(answered) - late,
            "late": late,
            "in_time_share": share(len(answered) - late, len(answered)),
            "median_days": middle([task.days(wanted.now) for task in answered]),
            "chased": sum(bool(task.reminded or task.escalated) for task in answered),
            "reminders": sum(task.reminded for task in answered),
            "escalations": sum(task.escalated for task in answered),
            "open_late": sum(task.closed_at is None and task.due < wanted.now for task in of),
        }

    owners = ((task.owner, name, task) for name, task in counted)
    roles = ((task.role, name, task) for name, task in counted)
    frame = ORGANISATIONS._replace(guarded=bool(group))
    return (
        tabulate(frame, owners, kept, items=(ALL,), group=group, groups=known),
        tabulate(BY_ROLE, roles, kept, items=(*ROLES, ALL), group=group, groups=known),
    )
