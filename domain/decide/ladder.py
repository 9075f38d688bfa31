"""What passing time does: reminders, escalations, checks, and clocks that warn and run out."""

from collections.abc import Callable

from domain.facts.clocks import Clock
from domain.facts.default_notice import DefaultNotice
from domain.facts.tasks import Task
from domain.messages.commands import PassTime
from domain.messages.effects import Audience, Letter
from domain.state import events as e
from domain.state.agenda import Due, next_moment
from domain.state.decision import EarlierDecision, EndDecision, UndoableEnd
from domain.state.draft import Draft
from domain.steps import default_notice, terms
from domain.steps.reading import consult


def pass_time(d: Draft, _command: PassTime) -> None:
    do_due(d)


def do_due(d: Draft) -> None:
    """Do everything that is due by now, in the order in which it fell due."""
    while (moment := next_moment(d.m)) and moment.at <= d.now:
        match moment.subject:
            case Task() as task:
                _TASK[moment.due](d, task)
            case Clock() as clock:
                _CLOCK[moment.due](d, clock)
            case DefaultNotice() as notice:
                _PENALTY[moment.due](d, notice)
            case EndDecision():
                d.emit(e.ObjectionTermEnded())
            case UndoableEnd():
                d.emit(e.ReopeningTermEnded())
            case EarlierDecision(id=decision):
                d.emit(e.ObjectionTermEnded(decision=decision))


def _remind(d: Draft, task: Task) -> None:
    d.emit(e.TaskReminded(task=task.id))
    consult(d, task)
    if d.spec(task.kind).client_acts:
        d.letter(Letter.TASK_REMINDER, Audience.CLIENT, Audience.GUIDE, task=task)
    else:
        d.letter(Letter.TASK_REMINDER, task=task)


def _overdue(d: Draft, task: Task) -> None:
    d.emit(e.TaskOverdue(task=task.id))
    consult(d, task)
    overdue = d.spec(task.kind).overdue
    if overdue:
        overdue(d, task)


def _escalate(d: Draft, task: Task) -> None:
    last = len(task.escalations) == 1
    ladder, calendar = d.policy.tasks[task.kind], d.policy.calendar
    again_at = d.policy.reminders.audible(calendar, calendar.deadline(d.now, ladder.repeat)) if last else None
    d.emit(e.TaskEscalated(task=task.id, again_at=again_at))
    if task.due < d.now:
        consult(d, task)
    for organisation in dict.fromkeys(d.organisation(role) for role in ladder.told(task.escalated + 1)):
        d.letter(Letter.TASK_ESCALATED, organisation=organisation, task=task)


def _check(d: Draft, task: Task) -> None:
    d.emit(e.TaskChecked(task=task.id, next_check=d.next_check(task.kind)))
    check = d.spec(task.kind).check
    if check:
        check(d)


_TASK: dict[Due, Callable[[Draft, Task], None]] = {
    Due.REMIND: _remind,
    Due.OVERDUE: _overdue,
    Due.ESCALATE: _escalate,
    Due.CHECK: _check,
}
_CLOCK: dict[Due, Callable[[Draft, Clock], None]] = {Due.WARN: terms.warn, Due.EXPIRE: terms.expire}
_PENALTY: dict[Due, Callable[[Draft, DefaultNotice], None]] = {
    Due.WARN: default_notice.begin,
    Due.EXPIRE: default_notice.run_out,
}
