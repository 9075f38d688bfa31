"""What passing time does: reminders, escalations, checks, and clocks that warn and run out."""

from collections.abc import Callable

from domain.facts.clocks import Clock
from domain.facts.tasks import Task, TaskKind
from domain.messages import events as e
from domain.messages.commands import PassTime
from domain.messages.effects import Audience, Letter
from domain.stages import acceptance, offer, readiness
from domain.stages.support import support_missing
from domain.state.agenda import Due, next_moment
from domain.state.decision import Decision
from domain.state.draft import Draft
from domain.steps import terms

OVERDUE: dict[TaskKind, Callable[[Draft, Task], None]] = {
    TaskKind.SUPPLEMENT: readiness.supplement_overdue,
    TaskKind.ANSWER_OFFER: acceptance.unanswered,
    TaskKind.CONFIRM_SUPPORT: support_missing,
    TaskKind.START_SUPPORT: support_missing,
}
"""What follows at once when a task is not done in time; every task is escalated besides."""


def pass_time(d: Draft, _command: PassTime) -> None:
    """Do everything that is due by now, in the order in which it fell due."""
    while (moment := next_moment(d.m)) and moment.at <= d.now:
        match moment.subject:
            case Task() as task:
                _TASK[moment.due](d, task)
            case Clock() as clock:
                _CLOCK[moment.due](d, clock)
            case Decision():
                d.emit(e.ObjectionTermEnded())


def _remind(d: Draft, task: Task) -> None:
    d.emit(e.TaskReminded(task=task.id))
    acceptance.consult(d, task)
    if task.kind in {TaskKind.ANSWER_OFFER, TaskKind.HOLD_VIEWING}:
        d.letter(Letter.TASK_REMINDER, Audience.CLIENT, Audience.GUIDE, task=task)
    else:
        d.letter(Letter.TASK_REMINDER, task=task)


def _overdue(d: Draft, task: Task) -> None:
    d.emit(e.TaskOverdue(task=task.id))
    acceptance.consult(d, task)
    if task.kind in OVERDUE:
        OVERDUE[task.kind](d, task)


def _escalate(d: Draft, task: Task) -> None:
    last = len(task.escalations) == 1
    ladder, calendar = d.policy.tasks[task.kind], d.policy.calendar
    again_at = d.policy.reminders.audible(calendar, calendar.deadline(d.now, ladder.repeat)) if last else None
    d.emit(e.TaskEscalated(task=task.id, again_at=again_at))
    if task.due < d.now:
        acceptance.consult(d, task)
    for organisation in dict.fromkeys(d.organisation(role) for role in ladder.told(task.escalated + 1)):
        d.letter(Letter.TASK_ESCALATED, organisation=organisation, task=task)


def _check(d: Draft, task: Task) -> None:
    d.emit(e.TaskChecked(task=task.id, next_check=d.next_check(task.kind)))
    if task.kind is TaskKind.AWAIT_PLACE:
        offer.seek_place(d)
    else:
        offer.list_dwellings(d)


_TASK: dict[Due, Callable[[Draft, Task], None]] = {
    Due.REMIND: _remind,
    Due.OVERDUE: _overdue,
    Due.ESCALATE: _escalate,
    Due.CHECK: _check,
}
_CLOCK: dict[Due, Callable[[Draft, Clock], None]] = {Due.WARN: terms.warn, Due.EXPIRE: terms.expire}
