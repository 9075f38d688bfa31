"""How a clock runs under a policy: where it ends, when it stands still, and where it ends after that.

A statutory term is counted by the law (`domain.facts.terms`). The urgency is valid for whole days too: an offer on the
evening of its last day is in time. Other clocks end at closing time. Time that a clock stands still counts in days.
"""

from datetime import date, datetime, timedelta

from domain.facts import terms
from domain.facts.calendar import Calendar, Reckoning, Term, TermUnit
from domain.facts.clocks import Clock, ClockKind
from domain.facts.value import replace
from domain.policy.moments import warnings_of
from domain.policy.policy import Policy

WHOLE_DAYS = frozenset({ClockKind.URGENCY})
"""Clocks that are no statutory term, and yet valid to the end of their last day."""


def by_law(policy: Policy, kind: ClockKind) -> bool:
    """Tell whether the law counts this clock, in days."""
    clock = policy.clocks[kind]
    return clock.statutory and clock.length.unit is not TermUnit.HOURS and in_days(policy)


def in_days(policy: Policy) -> bool:
    """Tell whether the time that a clock stands still counts in days."""
    return policy.calendar.reckoning is Reckoning.BY_LAW


def started(policy: Policy, kind: ClockKind, since: datetime, now: datetime) -> Clock:
    """Return a clock that runs since a moment."""
    ends_at, unrolled = _end(policy, kind, since, policy.clocks[kind].length)
    warnings = warnings_of(policy, kind, now, ends_at)
    return Clock(kind=kind, started_at=since, ends_at=ends_at, unrolled=unrolled, warnings=warnings)


def extended(policy: Policy, clock: Clock, now: datetime) -> Clock:
    """Return a clock with the policy's extension, counted from its end, or from now when it has expired."""
    start = max(clock.ends_at, now)
    ends_at, unrolled = _end(policy, clock.kind, start, policy.clocks[clock.kind].extension)
    warnings = warnings_of(policy, clock.kind, now, ends_at)
    return replace(clock, ends_at=ends_at, unrolled=unrolled, warnings=warnings)


def resumed(policy: Policy, clock: Clock, until: date, now: datetime) -> Clock:
    """Return a clock that stood still up to a day and runs again, its end counted in days."""
    calendar = policy.calendar
    if not clock.suspended_at:
        return clock
    asked = calendar.today(clock.suspended_at)
    if clock.unrolled:
        ending = terms.TermEnd(clock.unrolled, calendar.today(clock.ends_at))
        still = terms.while_asked(asked, until)
        rolls = policy.clocks[clock.kind].length.rolls
        ending = terms.stood_still(calendar, calendar.today(clock.started_at), ending, [still], rolls=rolls)
        return _ending(policy, replace(clock, unrolled=ending.unrolled), ending.last_day, now)
    return _ending(policy, clock, calendar.today(clock.ends_at) + max(until - asked, timedelta()), now)


def settled(policy: Policy, clock: Clock, now: datetime) -> Clock:
    """Return a clock that was moved by hours and minutes with its end at the hour of the day where such clocks end."""
    return _ending(policy, clock, policy.calendar.today(clock.ends_at), clock.suspended_at or now)


def rebased(old: Policy, new: Policy, clock: Clock, now: datetime) -> Clock:
    """Return a clock as it runs under another policy: what was added to it (extensions, pauses) stays added."""
    calendar, term = new.calendar, new.clocks[clock.kind]
    then, first = (started(policy, clock.kind, clock.started_at, now) for policy in (old, new))
    if then.ends_at == first.ends_at:
        return clock
    day = _day(calendar, first) + (_day(calendar, clock) - _day(calendar, then))
    if first.unrolled:
        last_day = terms.rolled(calendar, calendar.today(clock.started_at), day) if term.length.rolls else day
        return replace(clock, unrolled=day, ends_at=calendar.end_of_day(last_day))
    if term.statutory and term.length.rolls:
        day = calendar.working_day_from(day)
    ends_at = _hour(calendar, clock, day) if in_days(new) else calendar.at(day, calendar.local(clock.ends_at).time())
    return replace(clock, unrolled=None, ends_at=ends_at)


def _day(calendar: Calendar, clock: Clock) -> date:
    """Return the day on which a clock ends, before that is rolled on."""
    return clock.unrolled or calendar.today(clock.ends_at)


def _ending(policy: Policy, clock: Clock, last_day: date, now: datetime) -> Clock:
    ends_at = _hour(policy.calendar, clock, last_day)
    warnings = warnings_of(policy, clock.kind, now, ends_at, owed=bool(clock.warnings))
    return replace(clock, ends_at=ends_at, warnings=warnings)


def _hour(calendar: Calendar, clock: Clock, day: date) -> datetime:
    whole = clock.unrolled is not None or clock.kind in WHOLE_DAYS
    return calendar.end_of_day(day) if whole else calendar.closing(day)


def _end(policy: Policy, kind: ClockKind, start: datetime, term: Term) -> tuple[datetime, date | None]:
    """Return when a term of this clock ends, and on which day unrolled if the law counts it."""
    calendar = policy.calendar
    if by_law(policy, kind):
        ending = terms.end(calendar, calendar.today(start), term)
        return calendar.end_of_day(ending.last_day), ending.unrolled
    if policy.clocks[kind].statutory:
        return terms.deadline(calendar, start, term), None
    ends_at = calendar.deadline(start, term)
    whole = kind in WHOLE_DAYS and in_days(policy) and term.unit is not TermUnit.HOURS
    return calendar.end_of_day(calendar.today(ends_at)) if whole else ends_at, None
