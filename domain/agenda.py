"""The agenda: every future moment of a mediation's tasks and clocks, and what is to be done at each."""

from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from domain.clocks import Clock
from domain.mediation import Mediation
from domain.tasks import Task, TaskKind


class Due(StrEnum):
    """What is to be done at a moment, in the order in which things at the same moment are done."""

    CHECK = "check"
    REMIND = "remind"
    OVERDUE = "overdue"
    ESCALATE = "escalate"
    WARN = "warn"
    EXPIRE = "expire"


_ORDER = {due: n for n, due in enumerate(Due)}


class Moment(NamedTuple):
    """A future moment, in UTC, of one task or clock."""

    at: datetime
    due: Due
    subject: Task | Clock


def agenda(m: Mediation) -> list[Moment]:
    """Return the next moments of every task and clock, the earliest first; in a pause those of its review only."""
    moments: list[Moment] = []
    paused = m.paused_at is not None
    for task in m.tasks:
        if paused and task.kind is not TaskKind.REVIEW_PAUSE:
            continue
        moments += [Moment(at, Due.REMIND, task) for at in task.reminders]
        moments += [Moment(at, Due.ESCALATE, task) for at in task.escalations]
        moments += [Moment(task.due, Due.OVERDUE, task)] if not task.overdue else []
        moments += [Moment(task.check_at, Due.CHECK, task)] if task.check_at else []
    for clock in m.clocks:
        if paused or clock.suspended_at or clock.expired:
            continue
        moments += [Moment(at, Due.WARN, clock) for at in clock.warnings]
        moments.append(Moment(clock.ends_at, Due.EXPIRE, clock))
    return sorted(moments, key=lambda moment: (moment.at, _ORDER[moment.due]))


def wake_at(m: Mediation) -> datetime | None:
    """Return the earliest moment on the agenda, in UTC; None when the mediation is closed."""
    moments = agenda(m)
    return moments[0].at if moments else None
