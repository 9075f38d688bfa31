"""What a coordinator does about a task that waits: let it rest, give it to another, or do it in the owner's place.

When a statutory term ends is not the municipality's to move: none of these changes it.
"""

from domain.facts.parties import Owner, Role
from domain.facts.rules import RuleName
from domain.facts.tasks import Hindrance, Task, TaskKind
from domain.facts.value import replace
from domain.messages.commands import ReassignTask, ReportHindrance, SnoozeTask, TakeOverTask
from domain.messages.effects import Letter
from domain.state import events as e
from domain.state.draft import Draft, RuleBroken


def snooze(d: Draft, command: SnoozeTask) -> None:
    """Let a task rest: what its ladder has before that day is left out, and it is asked about again on that day."""
    task = d.open_task(command.task)
    _not_paused(d, task)
    calendar = d.policy.calendar
    latest = calendar.add(d.today, d.policy.reminders.snooze)
    d.require(d.today < command.until <= latest, RuleName.SNOOZE_TOO_LONG, field="until", day=latest)
    again = calendar.opening(calendar.working_day_from(command.until))
    resting = replace(
        task,
        hindrance=None,
        reminders=tuple(at for at in task.reminders if at >= again),
        escalations=tuple(dict.fromkeys(max(at, again) for at in task.escalations)),
    )
    d.emit(e.TaskSnoozed(task=resting, until=command.until, note=command.note))


def report_hindrance(d: Draft, command: ReportHindrance) -> None:
    """Tell the municipality that a task takes longer, or is not for who has it. What is done about it is its own to
    decide: let it rest, give it to another, take it over, or nothing.
    """
    task = d.open_task(command.task)
    d.require(task.hindrance is not command.hindrance, RuleName.ALREADY_REPORTED)
    if command.hindrance is Hindrance.MORE_TIME:
        until = d.given(command.until, "until")
        latest = d.policy.calendar.add(d.today, d.policy.reminders.snooze)
        d.require(d.today < until <= latest, RuleName.SNOOZE_TOO_LONG, field="until", day=latest)
    elif command.until:
        raise RuleBroken(RuleName.ANSWER_CONTRADICTS, field="hindrance", beside="until")
    d.emit(e.HindranceReported(task=task.id, hindrance=command.hindrance, until=command.until, note=command.note))
    letter = Letter.MORE_TIME_ASKED if command.until else Letter.TASK_NOT_THEIRS
    d.letter(letter, organisation=d.m.parties.municipality, task=task)


def reassign(d: Draft, command: ReassignTask) -> None:
    """Give a task to another organisation. One that was late already gets the term of a task that is asked now."""
    task = d.open_task(command.task)
    d.require(command.owner != task.owner, RuleName.SAME_OWNER)
    d.require(command.owner != d.m.parties.municipality, RuleName.TAKE_IT_OVER, field="owner")
    given = _given(task, Owner(task.owner_role, command.owner))
    if task.overdue and not d.policy.tasks[task.kind].statutory and d.m.paused_at is None:
        given = d.afresh(given)
    d.emit(e.TaskReassigned(task=given, note=command.note))
    d.letter(Letter.TASK_PASSED_ON, organisation=task.owner, task=given)
    d.letter(Letter.TASK_OPENED, task=given)


def take_over(d: Draft, command: TakeOverTask) -> None:
    """The municipality does it. Who was asked is told, and answers no more."""
    task = d.open_task(command.task)
    municipality = d.m.parties.municipality
    d.require(task.owner != municipality, RuleName.SAME_OWNER)
    given = _given(task, Owner(Role.COORDINATOR, municipality))
    d.emit(e.TaskTakenOver(task=given, note=command.note))
    d.letter(Letter.TASK_PASSED_ON, organisation=task.owner, task=given)


def _not_paused(d: Draft, task: Task) -> None:
    resting = d.m.paused_at is not None and task.kind is not TaskKind.REVIEW_PAUSE
    d.require(not resting, RuleName.ALREADY_PAUSED)


def _given(task: Task, owner: Owner) -> Task:
    asked_first = task.asked_first or task.owner
    return replace(task, owner=owner.organisation, owner_role=owner.role, asked_first=asked_first, hindrance=None)
