"""How long mediations are in each stage and wait for each actor, and where they wait now."""

from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime
from math import fsum
from typing import Any, NamedTuple

from domain.facts.outcome import Stage
from domain.facts.parties import TAKING_PART, Role
from store.database import Source
from store.queries import query
from store.readable import read_rows
from store.reports import tasks
from store.reports.asked import ZONE, ReportRequest
from store.reports.figures import ALL, Figure, Frame, Number, Table, Unit, middle, ninetieth, tabulate
from store.reports.journeys import Journey, Journeys, groups
from store.reports.tasks import TaskFact

STAGES = tuple(stage.value for stage in Stage if stage is not Stage.CLOSED)
ROLES = tuple(role.value for role in Role if role in TAKING_PART)

LEFT = Frame(
    "stages",
    "Time per stage",
    "stage",
    (
        Figure(
            "stays",
            Unit.STAYS,
            "Stays in the stage that ended in the period. A mediation may come back to a stage and stay there again.",
        ),
        Figure("median_days", Unit.DAYS, "The median of days from entering the stage to leaving it.", of=("stays",)),
        Figure(
            "p90_days", Unit.DAYS, "The days that at least nine of ten of these stays did not exceed.", of=("stays",)
        ),
    ),
)
WAITED = (
    Figure(
        "tasks",
        Unit.TASKS,
        "Tasks that ended in the period, answered or no longer needed. One that was no longer needed at the moment at "
        "which it was asked is not counted.",
    ),
    Figure("median_days", Unit.DAYS, "The median of days from asking to the end of the task.", of=("tasks",)),
    Figure("p90_days", Unit.DAYS, "The days that at least nine of ten of these tasks did not exceed.", of=("tasks",)),
    Figure(
        "total_days",
        Unit.DAYS,
        "The days of these tasks together: the larger, the more of the waiting is for this actor.",
        of=("tasks",),
    ),
)
ACTORS = Frame("actors", "Time per actor", "role of the task's owner", WAITED)
OWNERS_WAITED = Frame("owners", "Time per organisation", "organisation that owns the task", WAITED, guarded=False)
WAITING_STAGE = Frame(
    "waiting_stages",
    "Waiting now, by stage",
    "stage",
    (
        Figure("mediations", Unit.MEDIATIONS, "Mediations that are in the stage now, whenever they were referred."),
        Figure("overdue", Unit.MEDIATIONS, "Of those, with an open task past its deadline now.", part_of="mediations"),
        Figure("in_time", Unit.MEDIATIONS, "Of those, without one.", part_of="mediations"),
        Figure("median_days", Unit.DAYS, "The median of days since they entered it.", of=("mediations",)),
        Figure(
            "longest_days", Unit.DAYS, "The days since the one that is longest in it entered it.", of=("mediations",)
        ),
    ),
)
WAITING = (
    Figure("tasks", Unit.TASKS, "Tasks that are open now. A mediation may wait for several."),
    Figure("overdue", Unit.TASKS, "Of those, past their deadline now.", part_of="tasks"),
    Figure("in_time", Unit.TASKS, "Of those, not past their deadline.", part_of="tasks"),
    Figure("median_days", Unit.DAYS, "The median of days since they were asked.", of=("tasks",)),
    Figure(
        "total_days",
        Unit.DAYS,
        "The days since they were asked, together: where the most waiting is, is the bottleneck.",
        of=("tasks",),
    ),
)
WAITING_KIND = Frame("waiting_tasks", "Waiting now, for what", "kind of task", WAITING)
WAITING_OWNER = Frame(
    "waiting_owners", "Waiting now, for whom", "organisation that owns the task", WAITING, guarded=False
)


class Stay(NamedTuple):
    """One stay of a mediation in a stage."""

    mediation: str
    stage: str
    entered_at: datetime
    left_at: datetime | None
    left_on: date | None

    def days(self, now: datetime) -> float:
        """Return for how many days it lasted, or lasts."""
        return ((self.left_at or now) - self.entered_at).total_seconds() / 86_400


class StagesFacts(NamedTuple):
    """What this report counts."""

    journeys: Journeys
    stays: list[Stay]
    tasks: list[TaskFact]


async def load(source: Source, wanted: ReportRequest, journeys: Journeys) -> StagesFacts:
    """Return every stay in a stage and every task."""
    rows = await source.fetch(query("report_stays"), wanted.municipality, ZONE)

    def stay(row: Any) -> Stay:
        stay = Stay(*row)
        Stage(stay.stage)
        journeys[stay.mediation]  # else its beginning is lost
        return stay

    return StagesFacts(journeys, read_rows(rows, stay, "event"), await tasks.load(source, wanted, journeys))


def count(facts: StagesFacts, wanted: ReportRequest) -> tuple[Table, ...]:
    """Count the time per stage and per actor, and who is waited for now."""
    group = wanted.by.value if wanted.by else None
    known = tuple(groups(facts.journeys, wanted))
    stays = [(stay, _of(facts, stay).group(wanted.by)) for stay in facts.stays]
    asked = [(task, _of(facts, task).group(wanted.by)) for task in facts.tasks]
    left = ((stay.stage, name, stay.days(wanted.now)) for stay, name in stays if wanted.covers(stay.left_on))
    late = {task.mediation for task in facts.tasks if task.closed_at is None and task.due < wanted.now}
    inside = (
        (stay.stage, name, (stay.days(wanted.now), stay.mediation in late))
        for stay, name in stays
        if stay.left_at is None
    )
    ended = [(task, name) for task, name in asked if wanted.covers(task.closed_on)]
    waiting = [(task, name) for task, name in asked if task.closed_at is None]
    # Who is waited for is the inbox that its reader has anyway; broken down by something else, it is held back too.
    owners, waiting_owners = (frame._replace(guarded=bool(group)) for frame in (OWNERS_WAITED, WAITING_OWNER))

    def lasting(stays: Sequence[float]) -> dict[str, Number]:
        return {"stays": len(stays), "median_days": middle(stays), "p90_days": ninetieth(stays)}

    def now_inside(stays: Sequence[tuple[float, bool]]) -> dict[str, Number]:
        days, overdue = [days for days, _ in stays], sum(overdue for _, overdue in stays)
        longest = round(max(days), 1) if days else None
        counts: dict[str, Number] = {"mediations": len(stays), "overdue": overdue, "in_time": len(stays) - overdue}
        return counts | {"median_days": middle(days), "longest_days": longest}

    def waited(of: Sequence[TaskFact]) -> dict[str, Number]:
        days = [task.days(wanted.now) for task in of]
        return {"tasks": len(of), "median_days": middle(days), "p90_days": ninetieth(days), "total_days": _sum(days)}

    def waited_now(of: Sequence[TaskFact]) -> dict[str, Number]:
        days, past = [task.days(wanted.now) for task in of], sum(task.due < wanted.now for task in of)
        counts: dict[str, Number] = {"tasks": len(of), "overdue": past, "in_time": len(of) - past}
        return counts | {"median_days": middle(days), "total_days": _sum(days)}

    def rows(of: list[tuple[TaskFact, str]], item: Callable[[TaskFact], str]) -> Iterator[tuple[str, str, TaskFact]]:
        return ((item(task), name, task) for task, name in of)

    return (
        tabulate(LEFT, left, lasting, items=STAGES, group=group, groups=known),
        tabulate(ACTORS, rows(ended, lambda task: task.role), waited, items=(*ROLES, ALL), group=group, groups=known),
        tabulate(owners, rows(ended, lambda task: task.owner), waited, group=group, groups=known),
        tabulate(WAITING_STAGE, inside, now_inside, items=(*STAGES, ALL), group=group, groups=known),
        tabulate(WAITING_KIND, rows(waiting, lambda t: t.kind), waited_now, items=(ALL,), group=group, groups=known),
        tabulate(waiting_owners, rows(waiting, lambda t: t.owner), waited_now, group=group, groups=known),
    )


def _of(facts: StagesFacts, one: Stay | TaskFact) -> Journey:
    return facts.journeys[one.mediation]


def _sum(days: Sequence[float]) -> Number:
    return round(fsum(days), 1)
