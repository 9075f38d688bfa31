"""When a task is due, reminded of, escalated and looked at again, and when a clock warns."""

from datetime import date, datetime, time, timedelta

from domain.facts import terms
from domain.facts.clocks import ClockKind
from domain.facts.periods import bounds
from domain.facts.tasks import TaskKind
from domain.policy.policy import Policy


def due_of(policy: Policy, kind: TaskKind, start: datetime) -> datetime:
    """Return when the term of a task ends that runs from `start`."""
    ladder = policy.tasks[kind]
    if ladder.statutory:
        return terms.deadline(policy.calendar, start, ladder.due)
    return policy.calendar.deadline(start, ladder.due)


def reminders_of(policy: Policy, kind: TaskKind, start: datetime, due: datetime) -> tuple[datetime, ...]:
    """Return the reminders of a task whose term runs from `start`, on working days between then and its due moment."""
    calendar = policy.calendar
    moments = set()
    for step in policy.tasks[kind].remind:
        day = (
            calendar.add(calendar.today(start), step.term)
            if step.after_opening
            else calendar.subtract(calendar.today(due), step.term)
        )
        moments.add(calendar.opening(calendar.working_day_from(day, -1)))  # at opening time, which is never quiet
    return tuple(sorted(at for at in moments if start < at < due))


def escalations_of(policy: Policy, kind: TaskKind, due: datetime) -> tuple[datetime, ...]:
    """Return the first escalations of a task, from its due moment on."""
    calendar, reminders = policy.calendar, policy.reminders
    # a deadline ends at closing time, which may lie before a due moment later that day
    moments = (max(calendar.deadline(due, term), due) for term in policy.tasks[kind].escalate)
    return tuple(sorted(reminders.audible(calendar, at) for at in moments))


def next_check(policy: Policy, kind: TaskKind, now: datetime) -> datetime | None:
    """Return when the engine looks again by itself at a task of this kind."""
    check = policy.tasks[kind].check
    calendar = policy.calendar
    looks = [calendar.opening(calendar.working_day_from(calendar.add(calendar.today(now), check)))] if check else []
    if kind is TaskKind.AWAIT_PLACE and policy.queue:
        looks.append(_new_period(policy, now))
    return min(looks, default=None)


def _new_period(policy: Policy, now: datetime) -> datetime:
    """Return the first moment of the next period in which places are counted."""
    _, last = bounds(policy.capacity.period.period(policy.calendar.today(now)))
    return policy.calendar.at(last + timedelta(days=1), time())


def warnings_of(
    policy: Policy, kind: ClockKind, now: datetime, ends_at: datetime, *, owed: bool = True
) -> tuple[datetime, ...]:
    """Return the warnings still to come before a clock ends.

    When the days of all of them are past and one is still owed (a referral that was entered late, a clock that stood
    still so long), that one comes at once: without it nobody would be asked to extend the term.
    """
    moments = all_warnings(policy, kind, policy.calendar.today(ends_at))
    to_come = tuple(sorted(at for at in moments if now < at < ends_at))
    late = moments and owed and not to_come and now < ends_at
    return (now,) if late else to_come


def all_warnings(policy: Policy, kind: ClockKind, last: date) -> set[datetime]:
    """Return the moments of every warning, also of those that were given, before a clock ends on its last day."""
    calendar = policy.calendar
    days = (calendar.subtract(last, term) for term in policy.clocks[kind].warn)
    return {calendar.opening(calendar.working_day_from(day, -1)) for day in days}
