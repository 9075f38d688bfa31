"""When people act: on working days, at their hour.

What concerns one client only is done at a whole hour, so that on a virtual clock many act at once. What claims, frees
or looks at something shared (a place, a dwelling) is done at a minute and second of the client's own: then no two of
a city come together, and who comes first is the same in every run.
"""

from datetime import date, datetime, time, timedelta

from domain.facts.calendar import Calendar, Term, TermUnit
from domain.facts.tasks import TaskKind
from domain.policy.moments import due_of
from domain.policy.policy import Policy
from sandbox.city.chance import Chance

GRACE = timedelta(minutes=10)
"""How long after their moment people still act on it; after that they do so on their next working day."""
_FIRST_SECOND = 60
_SECONDS = 3540
"""The seconds of an hour from its first minute on: as many clients of one city never meet."""
_STRIDE = 1009
"""Prime to the number of seconds."""


def own_second(seed: int, n: int) -> timedelta:
    """Return the time past the hour that belongs to the nth client alone."""
    return timedelta(seconds=_FIRST_SECOND + (seed * 631 + n * _STRIDE) % _SECONDS)


def working_days_after(calendar: Calendar, day: date, days: int) -> date:
    """Return the day so many working days on, or the first working day from this day on when there are none."""
    if days <= 0:
        return calendar.working_day_from(day)
    return calendar.add(day, Term(amount=days, unit=TermUnit.WORKING_DAYS))


def at_most(calendar: Calendar, today: date, wanted: date, bound: Term | None) -> date:
    """Return the day that is wanted, or the last that may be given today where the policy bounds it."""
    return min(wanted, calendar.add(today, bound)) if bound else wanted


def at_least(calendar: Calendar, today: date, wanted: date, bound: Term | None) -> date:
    """Return the day that is wanted, or the first that may still be told today where the policy bounds it."""
    return max(wanted, calendar.subtract(today, bound)) if bound else wanted


def term_of(policy: Policy, kind: TaskKind, opened_at: datetime) -> date:
    """Return the day a task was first due, whatever time it has been given since."""
    return policy.calendar.today(due_of(policy, kind, opened_at))


def within(policy: Policy, kind: TaskKind, opened_at: datetime, chance: Chance, until: float = 0.85) -> date:
    """Draw a working day well before a task of this kind is due."""
    first, last = policy.calendar.today(opened_at), term_of(policy, kind, opened_at)
    share = chance.triangular(0.05, 0.35, until, "share of the term")
    day = policy.calendar.working_day_from(first + timedelta(days=int(share * (last - first).days)))
    return min(day, policy.calendar.working_day_from(last, -1))


def office_hour(calendar: Calendar, chance: Chance) -> int:
    """Draw when people go through what waits for them: once in the morning or once in the afternoon."""
    return chance.one_of((calendar.opens.hour + 1, calendar.closes.hour - 3), "hour")


def next_moment(
    calendar: Calendar,
    day: date,
    hour: int,
    *,
    after: datetime,
    now: datetime,
    past_the_hour: timedelta = timedelta(0),
) -> datetime:
    """Return the first moment at this hour, from this day on, that lies after one moment and not before now (UTC)."""
    day = calendar.working_day_from(day)
    while True:
        moment = calendar.at(day, time(hour)) + past_the_hour
        if moment > after and moment >= now - GRACE:
            return moment
        day = calendar.working_day_from(max(day, calendar.today(now) - timedelta(days=1)) + timedelta(days=1))
