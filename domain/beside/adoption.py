"""Moving a running mediation to another policy: what was opened stays open, with the moments the new policy gives.

A task keeps the moment from which its term runs, and a clock the moment it started. What was agreed with somebody (the
day of the keys, a review date) is no term of the policy and stays. Three rules protect people:

- No term is shortened into the past. Where the new policy's moment has gone by, a task is due at the end of the next
  working day, or at its old moment if that is earlier; the change says so (`held`).
- An urgency never ends earlier than the client was told.
- What is overdue already and stays so keeps its escalations.
"""

from collections.abc import Mapping
from datetime import datetime

from domain.facts.clocks import Clock, ClockKind
from domain.facts.parties import SYSTEM
from domain.facts.rules import RuleName
from domain.facts.tasks import Task, TaskKind
from domain.facts.value import Value, replace
from domain.messages.commands import AdoptPolicy
from domain.messages.effects import Audience, Letter
from domain.policy import running
from domain.policy.moments import escalations_of, next_check, reminders_of, warnings_of
from domain.policy.policy import Policy
from domain.stages.offer import seek_place
from domain.state import events as e
from domain.state.draft import Draft
from domain.state.mediation import Mediation
from domain.state.task_spec import AnySpec, runs_on

Specs = Mapping[TaskKind, AnySpec]

NEVER_EARLIER = frozenset({ClockKind.URGENCY})
"""Clocks that give the client a right: another policy never makes them shorter."""


class DeadlineChange(Value):
    """A moment that another policy changes. Moments are in UTC."""

    subject: str
    """The task's id or the clock's kind."""
    kind: TaskKind | ClockKind
    before: datetime
    after: datetime
    held: bool = False
    """Whether the new policy's own moment lies in the past or would take a right away, and was not used."""


def deadline_changes(specs: Specs, m: Mediation, old: Policy, new: Policy, now: datetime) -> list[DeadlineChange]:
    """Tell which due moments and ends of clocks would change if this mediation went over to another policy."""
    changes = [_task_change(task, *_due(specs, m, task, old, new, now)) for task in m.tasks]
    changes += [_clock_change(clock, *_end(clock, old, new, now)) for clock in m.clocks]
    return [change for change in changes if change.held or change.before != change.after]


def adopt(d: Draft, command: AdoptPolicy) -> None:
    """Go over to another policy of this municipality."""
    old, new = d.policy, command.policy
    d.require(d.by.user != SYSTEM, RuleName.PERSON_NEEDED)
    d.require(
        new.municipality == d.m.parties.municipality and new.in_force(new.calendar.today(d.now)),
        RuleName.POLICY_NOT_IN_FORCE,
    )
    digest = new.digest()
    d.require(digest != d.m.policy_digest, RuleName.POLICY_ADOPTED_ALREADY)
    d.emit(e.PolicyAdopted(policy_id=new.id, policy_version=new.version, policy_digest=digest, note=command.note))
    before, d.policy = d.m, new
    for task in before.tasks:
        moved = _moved(d.specs, before, task, old, new, d.now)
        if moved != task:
            d.emit(e.TaskRescheduled(task=moved))
        if moved.due != task.due:
            _tell(d, moved)
    for clock in before.clocks:
        ticking = _ticking(clock, old, new, d.now)
        if ticking != clock:
            d.emit(e.ClockRescheduled(clock=ticking))
    if d.m.open_of(TaskKind.AWAIT_PLACE) and d.m.paused_at is None:
        seek_place(d)


def _tell(d: Draft, task: Task) -> None:
    """Tell whoever must act by when it is now."""
    people = (Audience.CLIENT, Audience.GUIDE) if d.spec(task.kind).client_acts else ()
    d.letter(Letter.DEADLINE_CHANGED, *people, task=task)


# -- tasks -----------------------------------------------------------------------------------------------------


def _due(specs: Specs, m: Mediation, task: Task, old: Policy, new: Policy, now: datetime) -> tuple[datetime, bool]:
    """Return when a task is due under the new policy, and whether the new policy's own moment was not used."""
    due_under = specs[task.kind].due_under
    wanted = due_under(m, task, new)
    if wanted is None or due_under(m, task, old) != task.due:
        return task.due, False
    return _not_past(wanted, task.due, new, now)


def _not_past(wanted: datetime, before: datetime, policy: Policy, now: datetime) -> tuple[datetime, bool]:
    if wanted == before or wanted > now:
        return wanted, False
    soonest = policy.calendar.closing(policy.calendar.next_working_day(policy.calendar.today(now)))
    return min(before, soonest), True


def _moved(specs: Specs, m: Mediation, task: Task, old: Policy, new: Policy, now: datetime) -> Task:
    """Return the task with the moments that the new policy gives."""
    due, _ = _due(specs, m, task, old, new, now)
    ladder = new.tasks[task.kind]
    if due == task.due and ladder == old.tasks[task.kind] and new.calendar == old.calendar:
        return task
    same_check = ladder.check == old.tasks[task.kind].check
    moved = replace(
        task,
        due=due,
        runs_on=runs_on(specs[task.kind], new),
        check_at=task.check_at if same_check else next_check(new, task.kind, now),
    )
    if due > now:
        start = task.term_from or task.opened_at
        reminders = tuple(at for at in reminders_of(new, task.kind, start, due) if at > now)
        escalations = escalations_of(new, task.kind, due)
        return replace(moved, overdue=False, reminders=reminders, escalations=escalations)
    return moved


def _task_change(task: Task, due: datetime, held: bool) -> DeadlineChange:
    return DeadlineChange(subject=task.id, kind=task.kind, before=task.due, after=due, held=held)


# -- clocks ----------------------------------------------------------------------------------------------------


def _end(clock: Clock, old: Policy, new: Policy, now: datetime) -> tuple[Clock, bool]:
    """Return how a clock runs under the new policy, and whether that policy's own end was not used."""
    wanted = running.rebased(old, new, clock, now)
    if clock.kind in NEVER_EARLIER and wanted.ends_at < clock.ends_at:
        return clock, True
    ends_at, held = _not_past(wanted.ends_at, clock.ends_at, new, clock.suspended_at or now)
    return (replace(wanted, ends_at=ends_at) if held else wanted), held


def _ticking(clock: Clock, old: Policy, new: Policy, now: datetime) -> Clock:
    """Return the clock with the moments that the new policy gives."""
    moved, _ = _end(clock, old, new, now)
    if moved == clock and new.clocks[clock.kind].warn == old.clocks[clock.kind].warn:
        return clock
    now = clock.suspended_at or now
    warnings = warnings_of(new, clock.kind, now, moved.ends_at, owed=bool(clock.warnings))
    return replace(moved, warnings=warnings, expired=clock.expired and moved.ends_at <= now)


def _clock_change(clock: Clock, moved: Clock, held: bool) -> DeadlineChange:
    return DeadlineChange(
        subject=clock.kind.value, kind=clock.kind, before=clock.ends_at, after=moved.ends_at, held=held
    )
