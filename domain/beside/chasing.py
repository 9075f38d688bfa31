"""What a coordinator does about a task that waits: let it rest, give it to another, or do it in the owner's place.

When a statutory term ends is not the municipality's to move: none of these changes it.
"""

from domain.facts.parties import Owner, Role
from domain.facts.rules import RuleName
from domain.facts.tasks import Task, TaskKind
from domain.facts.value import replace
from domain.messages.commands import ReassignTask, SnoozeTask, TakeOverTask
from domain.messages.effects import Letter
from domain.state import events as e
from domain.state.draft import Draft


def snooze(d: Draft, command: SnoozeTask) -> None:
    """Let a task rest: what its ladder has before that day is left out, and it is asked about again on that day."""
    task = d.open_task(command.task)
    _not_paused(d, task)
    calendar = d.policy.calendar
    latest = calendar.add(d.today, d.policy.reminders.snooze)
    d.require(d.today < command.until <= latest, RuleName.SNOOZE_TOO_LONG, field="until", day=latest)
    again = calendar.opening(calendar.working_day_from(command.until))
    resting = replace(
        task.settled(),
        reminders=tuple(at for at in task.reminders if at >= again),
        escalations=tuple(dict.fromkeys(max(at, again) for at in task.escalations)),
    )
    d.emit(e.TaskSnoozed(task=resting, until=command.until, note=command.note))


def reassign(d: Draft, command: ReassignTask) -> None:
    """Give a task to another organisation. One that was late already gets the term of a task that is asked now."""
    task = d.open_task(command.task)
    d.require(command.owner != task.owner, RuleName.SAME_OWNER)
    d.require(command.owner != d.m.parties.municipality, RuleName.TAKE_IT_OVER, field="owner")
    # another municipality is asked only with the client's consent to that one
    d.require(task.kind is not TaskKind.ANSWER_TRANSFER, RuleName.TRANSFER_OPEN)
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
    return replace(
        task.settled(),
        owner=owner.organisation,
        owner_role=owner.role,
        asked_first=asked_first,
        more_time_asked=False,
    )
