"""The agenda: every future moment of a mediation's tasks and clocks, and what is to be done at each."""

from collections.abc import Iterator
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from domain.facts.clocks import Clock
from domain.facts.default_notice import DefaultNotice
from domain.facts.tasks import Task, TaskKind
from domain.state.decision import OBJECTION_TERM, REOPENING_TERM, EarlierDecision, EndDecision, UndoableEnd
from domain.state.mediation import Mediation


class Due(StrEnum):
    """What is to be done at a moment, in the order in which things at the same moment are done."""

    CHECK = "check"
    REMIND = "remind"
    OVERDUE = "overdue"
    ESCALATE = "escalate"
    WARN = "warn"
    EXPIRE = "expire"


REST_WHILE_AWAY = frozenset({TaskKind.FOLLOW_UP_CALL, TaskKind.HAND_OVER_KEYS})
"""What nobody is reminded of while the client is elsewhere: it rests, and runs on when the client is back."""
_ORDER = {due: n for n, due in enumerate(Due)}


class Moment(NamedTuple):
    """A future moment, in UTC, of one task or clock, of the penalty after a notice of default, of a decision to which
    one may object, or of an end that can be undone.
    """

    at: datetime
    due: Due
    subject: Task | Clock | DefaultNotice | EndDecision | EarlierDecision | UndoableEnd

    @property
    def name(self) -> str:
        """Return the id of the task or of the earlier decision, or the clock's kind; `penalty_urgency` or
        `penalty_objection` for a penalty, `objection_term` for the decision that ended the mediation, and
        `reopening_term` for another end.
        """
        match self.subject:
            case Task(id=name) | EarlierDecision(id=name):
                return name
            case Clock(kind=kind):
                return kind.value
            case DefaultNotice(late=late):
                return f"penalty_{late.value}"
            case EndDecision():
                return OBJECTION_TERM
            case UndoableEnd():
                return REOPENING_TERM


def agenda(m: Mediation) -> list[Moment]:
    """Return every moment that is known to come, the earliest first; in a pause only those of its review, and of what
    the law counts.
    """
    return sorted(_moments(m), key=_when)


def next_moment(m: Mediation) -> Moment | None:
    """Return the first moment on the agenda; None when nothing is to come."""
    return min(_moments(m), key=_when, default=None)


def wake_at(m: Mediation) -> datetime | None:
    """Return the earliest moment on the agenda, in UTC; None when nothing is to come."""
    moment = next_moment(m)
    return moment.at if moment else None


def _when(moment: Moment) -> tuple[datetime, int]:
    return moment.at, _ORDER[moment.due]


def _moments(m: Mediation) -> Iterator[Moment]:
    paused = m.paused_at is not None
    for task in m.tasks:
        if m.absence and task.kind in REST_WHILE_AWAY:
            continue
        if paused and task.kind is not TaskKind.REVIEW_PAUSE and not task.runs_on:
            continue
        for at in task.reminders:
            yield Moment(at, Due.REMIND, task)
        for at in task.escalations:
            yield Moment(at, Due.ESCALATE, task)
        if not task.overdue:
            yield Moment(task.due, Due.OVERDUE, task)
        if task.check_at:
            yield Moment(task.check_at, Due.CHECK, task)
    for clock in m.clocks:
        if (paused and not clock.unrolled) or clock.suspended_at or clock.expired:
            continue
        for at in clock.warnings:
            yield Moment(at, Due.WARN, clock)
        yield Moment(clock.ends_at, Due.EXPIRE, clock)
    for notice in m.notices:
        if not notice.begun and not notice.over:
            yield Moment(notice.begins_at, Due.WARN, notice)
        elif not notice.over:
            yield Moment(notice.ends_at, Due.EXPIRE, notice)
    if m.decision and m.decision.open_until:
        yield Moment(m.decision.open_until, Due.EXPIRE, m.decision)
    if m.undoable_end and not m.undoable_end.over:
        yield Moment(m.undoable_end.until, Due.EXPIRE, m.undoable_end)
    for decision in m.decisions:
        if decision.open_until:
            yield Moment(decision.open_until, Due.EXPIRE, decision)
