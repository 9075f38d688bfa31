"""Terms as the law counts them: in days, from the day after an event, to the end of their last day.

The Algemene termijnenwet (Atw) says where a term ends, the Algemene wet bestuursrecht (Awb) when it starts, stands
still or is extended. `docs/terms.md` says how each article is read and where two readings are possible.
"""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import NamedTuple

from domain.facts.calendar import Calendar, Reckoning, Term, TermUnit
from domain.facts.value import replace

DAY = timedelta(days=1)
OBJECTION = Term(amount=6, unit=TermUnit.WEEKS)
"""How long one may object (Awb 6:7)."""
POST = timedelta(weeks=1)
"""How long after that what was posted in time may come in (Awb 6:9 lid 2)."""
ON_OBJECTION = Term(amount=6, unit=TermUnit.WEEKS)
"""How long the decision on an objection may take (Awb 7:10 lid 1)."""
BY_COMMITTEE = Term(amount=12, unit=TermUnit.WEEKS)
"""And if a committee advises on it (Awb 7:13)."""
NOT_PROCESSED = Term(amount=4, unit=TermUnit.WEEKS)
"""Within which time a request that stays incomplete may be left unprocessed (Awb 4:5 lid 4)."""
COMPLAINT = Term(amount=6, unit=TermUnit.WEEKS)
"""Within which time a complaint is dealt with (Awb 9:11 lid 1), counted from its receipt."""
COMPLAINT_BY_COMMITTEE = Term(amount=10, unit=TermUnit.WEEKS)
"""And if a person or committee advises on it (Awb 9:11 lid 1 with 9:14)."""
COMPLAINT_LATER = Term(amount=4, unit=TermUnit.WEEKS)
"""By how much the answer may be postponed at most, without the complainant's consent (Awb 9:11 lid 2)."""
COMPLAINT_LEFT = Term(amount=4, unit=TermUnit.WEEKS)
"""Within which time it is told that a complaint is not handled (Awb 9:8 lid 3)."""
YEAR = Term(amount=12, unit=TermUnit.MONTHS)
"""What happened longer ago than this need not be looked into (Awb 9:8 lid 1 b)."""
PENALTY_DAYS = 42
"""For how many days a penalty runs at most (Awb 4:17 lid 1)."""
PENALTY_SET = Term(amount=2, unit=TermUnit.WEEKS)
"""Within which time after its last day a penalty is set by a decision (Awb 4:18)."""
PENALTY_CENTS = ((14, 23_00), (14, 35_00), (14, 45_00))
"""So many days at so many cents a day (Awb 4:17 lid 2, amounts since 1 January 2019: Stcrt. 2018, 65542)."""


class YearUnknown(Exception):
    """A statutory term ends in a year of which this policy does not know the holidays."""

    def __init__(self, day: date) -> None:
        self.day = day
        super().__init__(f"the days equated with a holiday in {day.year} are not known: a newer policy knows them")


class TermEnd(NamedTuple):
    """Where a term ends."""

    unrolled: date
    """Where it would end if that day were an ordinary one."""
    last_day: date


class Standstill(NamedTuple):
    """The first and the last day on which a term stands still (Awb 4:15, 7:10 lid 2)."""

    first: date
    last: date


def end(calendar: Calendar, event: date, term: Term) -> TermEnd:
    """Return where a statutory term ends that starts on the day after an event."""
    unrolled = calendar.add(event, term)
    return TermEnd(unrolled, rolled(calendar, event, unrolled) if term.rolls else unrolled)


def rolled(calendar: Calendar, event: date, unrolled: date) -> date:
    """Roll on to an ordinary day. A municipality's own closing days are ordinary days (Atw art. 1 and 3)."""
    last = _national(calendar).rolled(event, unrolled)
    if calendar.known_to is not None and last.year > calendar.known_to:
        raise YearUnknown(last)
    return last


def deadline(calendar: Calendar, start: datetime, term: Term) -> datetime:
    """Return the moment a statutory term ends, in UTC. One in hours ends to the minute."""
    if term.unit is TermUnit.HOURS:
        return start + timedelta(hours=term.amount)
    return _deadline(calendar, calendar.today(start), term)


def end_of(calendar: Calendar, day: date) -> datetime:
    """Return the end of a term's last day, in UTC: of the whole day, unless the policy is of before that was so."""
    return calendar.end_of_day(day) if calendar.reckoning is Reckoning.BY_LAW else calendar.at(day, calendar.closes)


def stood_still(
    calendar: Calendar, event: date, ending: TermEnd, pauses: Iterable[Standstill], *, rolls: bool = True
) -> TermEnd:
    """Return where a term ends that stood still meanwhile: so many days later, and only then rolled on, once.

    A day counts once. What starts when the term is over moves nothing.
    """
    counted_to = event
    for pause in sorted(pauses):
        first = max(pause.first, counted_to + DAY)
        if pause.first > ending.last_day:
            break
        if pause.last >= first:
            unrolled = ending.unrolled + (pause.last - first + DAY)
            last_day = rolled(calendar, event, unrolled) if rolls else unrolled
            ending, counted_to = TermEnd(unrolled, last_day), pause.last
    return ending


def while_asked(asked: date, given_until: date, completed: date | None = None) -> Standstill:
    """Return the days on which a term stands still because something lacks (Awb 4:15 lid 1 a, 7:10 lid 2).

    From the day after it was asked to the day before it was there, or before the last day that was given for it.
    """
    until = min(completed, given_until) if completed else given_until
    return Standstill(asked + DAY, until - DAY)


def not_processed(calendar: Calendar, given_until: date, completed: date | None = None) -> date:
    """Return the last day to tell that a request is not processed (Awb 4:5 lid 4)."""
    return end(calendar, min(completed, given_until) if completed else given_until, NOT_PROCESSED).last_day


def objection(calendar: Calendar, sent_on: date) -> date:
    """Return the last day to object to a decision that was sent on a day (Awb 6:7 and 6:8 with 3:41)."""
    return end(calendar, sent_on, OBJECTION).last_day


def in_time(last_day: date, received: date, posted: date | None = None) -> bool:
    """Tell whether an objection came in time: received by the last day, or posted by then and received within a week
    (Awb 6:9).
    """
    return received <= last_day or (posted is not None and posted <= last_day and received <= last_day + POST)


def on_objection(calendar: Calendar, objected_until: date, *, committee: bool = False) -> TermEnd:
    """Return where the term to decide on an objection ends: counted from the last day to object (Awb 7:10 lid 1)."""
    return end(calendar, objected_until, BY_COMMITTEE if committee else ON_OBJECTION)


def complaint(calendar: Calendar, received: date, term: Term = COMPLAINT) -> date:
    """Return the last day to answer a complaint that came in on a day (Awb 9:11 lid 1)."""
    return end(calendar, received, term).last_day


def complaint_later(calendar: Calendar, last_day: date) -> date:
    """Return the last day to which an answer may be postponed that was due on a day (Awb 9:11 lid 2)."""
    return end(calendar, last_day, COMPLAINT_LATER).last_day


def complaint_left(calendar: Calendar, received: date) -> date:
    """Return the last day to tell that a complaint is not handled (Awb 9:8 lid 3)."""
    return end(calendar, received, COMPLAINT_LEFT).last_day


def year_before(calendar: Calendar, made_on: date) -> date:
    """Return the first day that is not longer than a year before a complaint was made (Awb 9:8 lid 1 b)."""
    return calendar.subtract(made_on, YEAR)


class Penalty(NamedTuple):
    """The days of a penalty for deciding too late, if nothing is decided before (Awb 4:17)."""

    first: date
    last: date

    def days(self, until: date) -> int:
        """Return for how many days it is owed when nothing was decided up to and including a day."""
        return max((min(until, self.last) - self.first).days + 1, 0)

    def cents(self, until: date) -> int:
        """Return how much is owed then, in cents, to all applicants together."""
        left, owed = self.days(until), 0
        for days, cents in PENALTY_CENTS:
            owed += min(left, days) * cents
            left -= min(left, days)
        return owed


def penalty(last_day: date, notice: date) -> Penalty | None:
    """Return the penalty after a notice of default (ingebrekestelling) that came in on a day.

    It runs when two weeks have passed since, for 42 days at most, over weekends and holidays and never rolled on. None
    for a notice that came before the term was over: it has no effect, and does not ripen.
    """
    if notice <= last_day:
        return None
    first = notice + timedelta(weeks=2) + DAY
    return Penalty(first, first + timedelta(days=PENALTY_DAYS - 1))


def penalty_set(calendar: Calendar, until: date) -> date:
    """Return the last day to set a penalty that was owed up to and including a day (Awb 4:18)."""
    return end(calendar, until, PENALTY_SET).last_day


def age(born_on: date, day: date) -> int:
    """Return how many years old somebody is on a day: a year older from the start of the birthday."""
    return day.year - born_on.year - ((day.month, day.day) < (born_on.month, born_on.day))


@lru_cache(maxsize=64)
def _national(calendar: Calendar) -> Calendar:
    return replace(calendar, closing_days=()) if calendar.reckoning is Reckoning.BY_LAW else calendar


@lru_cache(maxsize=4096)
def _deadline(calendar: Calendar, start: date, term: Term) -> datetime:
    """Many terms start on the same days: each of them is counted once."""
    return end_of(calendar, end(calendar, start, term).last_day)
