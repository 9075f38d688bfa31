"""What hinders the owner of a task: it needs more time, or the task is not its own. The municipality decides on it.

Until it does, whose the task is and when it is due stay as they are, so that nothing waits for the decision. A term of
the law never moves, and what the municipality itself must decide is neither put off nor passed on in this way.
"""

from datetime import date

from domain.facts.parties import Role
from domain.facts.rules import RuleName
from domain.facts.tasks import Hindrance, Task
from domain.facts.value import replace
from domain.messages.commands import AnswerHindrance, ReportHindrance
from domain.messages.effects import Audience, Letter
from domain.state import events as e
from domain.state.draft import Draft, RuleBroken
from domain.steps.limits import legal_limit

REPORTED = {Hindrance.MORE_TIME: Letter.MORE_TIME_ASKED, Hindrance.NOT_MINE: Letter.TASK_NOT_THEIRS}
REFUSED = {Hindrance.MORE_TIME: Letter.MORE_TIME_REFUSED, Hindrance.NOT_MINE: Letter.TASK_STAYS}


def report_hindrance(d: Draft, command: ReportHindrance) -> None:
    """Tell the municipality that a task takes longer, or is not for who has it."""
    task = d.open_task(command.task)
    if command.by.organisation not in {task.owner, d.m.parties.municipality}:
        raise RuleBroken(RuleName.NOT_OWNER_ANY_MORE, owner=task.owner)
    mandated = task.owner_role is Role.DESK
    d.require(not mandated and task.owner != d.m.parties.municipality, RuleName.MUNICIPALITY_DECIDES)
    d.require(task.hindrance is not command.hindrance, RuleName.ALREADY_REPORTED)
    unfit = "to" if command.hindrance is Hindrance.MORE_TIME else "until"
    if getattr(command, unfit):
        raise RuleBroken(RuleName.ANSWER_CONTRADICTS, field="hindrance", beside=unfit)
    if command.hindrance is Hindrance.MORE_TIME:
        d.require(not task.more_time_asked, RuleName.MORE_TIME_ASKED_BEFORE)
        _later(d, task, d.given(command.until, "until"))
    d.require(command.to != task.owner, RuleName.SAME_OWNER, field="to")
    d.emit(
        e.HindranceReported(
            task=task.id, hindrance=command.hindrance, until=command.until, to=command.to, note=command.note
        )
    )
    d.letter(REPORTED[command.hindrance], organisation=d.m.parties.municipality, task=task)


def answer_hindrance(d: Draft, command: AnswerHindrance) -> None:
    """Grant more time, or leave the task as it is. One that is not theirs is given to another, or taken over."""
    task = d.open_task(command.task)
    d.require(d.m.paused_at is None or task.runs_on, RuleName.ALREADY_PAUSED)
    if task.hindrance is None:
        raise RuleBroken(RuleName.NOTHING_HINDERS)
    if not command.granted:
        if command.until:
            raise RuleBroken(RuleName.ANSWER_CONTRADICTS, field="granted", beside="until")
        d.emit(e.HindranceRefused(task=task.id, hindrance=task.hindrance, note=command.note))
        d.letter(REFUSED[task.hindrance], task=task)
        return
    d.require(task.hindrance is Hindrance.MORE_TIME, RuleName.HAND_IT_ON, field="granted")
    until = d.given(command.until or task.hindrance_until, "until")
    limit = _later(d, task, until)
    until = d.policy.calendar.working_day_from(until)
    due = d.policy.calendar.closing(min(until, limit) if limit else until)
    given = replace(d.afresh(task, due), more_time_asked=True)
    d.emit(e.MoreTimeGranted(task=given, note=command.note))
    people = (Audience.CLIENT, Audience.GUIDE) if d.spec(task.kind).client_acts else ()
    d.letter(Letter.DEADLINE_CHANGED, *people, task=given)


def _later(d: Draft, task: Task, until: date) -> date | None:
    """Refuse a day that gives no more time, too much, or that the law does not leave; return the law's last day."""
    calendar = d.policy.calendar
    now_due, ends = calendar.today(task.due), legal_limit(d.m, task, d.policy)
    limit = calendar.today(ends) if ends else None
    if limit:
        d.require(until <= limit, RuleName.PAST_LEGAL_TERM, field="until", day=limit)
    first = max(d.today, now_due)
    d.require(until > first, RuleName.NOT_MORE_TIME, field="until", day=first)
    latest = calendar.add(first, d.policy.reminders.snooze)
    d.require(until <= latest, RuleName.SNOOZE_TOO_LONG, field="until", day=latest)
    return limit
