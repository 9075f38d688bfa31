"""Working days, Dutch holidays and the arithmetic of a municipality's own terms.

Holidays are those of the Algemene termijnenwet art. 3: 5 May and Good Friday count every year. A policy brings the days
equated with them by royal decree, as they were known when it was read, and its municipality's closing days. How the law
counts the terms that it sets itself: `domain.facts.terms`.
"""

import calendar as gregorian
import re
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from pydantic import model_serializer, model_validator

from domain.facts.value import Value


class TermUnit(StrEnum):
    """What a term is counted in."""

    HOURS = "hours"
    DAYS = "days"
    WORKING_DAYS = "working days"
    WEEKS = "weeks"
    MONTHS = "months"


_TERM = re.compile(r"^(\d{1,4}) (hour|day|working day|week|month|year)s?$")
_LONGEST_ROLLING = {TermUnit.DAYS: 90, TermUnit.WORKING_DAYS: 90, TermUnit.WEEKS: 12, TermUnit.MONTHS: 3}


class Term(Value):
    """A length of time as people write it: `2 weeks`, `5 working days`, `3 months`; a year is twelve months."""

    amount: int
    unit: TermUnit

    @model_validator(mode="before")
    @classmethod
    def _parse(cls, value: Any) -> Any:
        if not isinstance(value, str):
            return value
        found = _TERM.match(value)
        if not found:
            raise ValueError(f"'{value}' is no term: write for example '2 weeks', '5 working days' or '3 months'")
        if found[2] == "year":
            return {"amount": int(found[1]) * 12, "unit": TermUnit.MONTHS}
        return {"amount": int(found[1]), "unit": f"{found[2]}s"}

    @model_serializer
    def __str__(self) -> str:
        return f"{self.amount} {self.unit.value if self.amount != 1 else self.unit.value[:-1]}"

    @property
    def rolls(self) -> bool:
        """Whether a statutory term of this length rolls on to a working day (Algemene termijnenwet art. 4)."""
        return self.amount <= _LONGEST_ROLLING.get(self.unit, -1)


class Reckoning(StrEnum):
    """How statutory terms are counted: an edition, which a policy keeps as it was when it was read."""

    CLOSING_HOUR = "closing_hour"
    """As up to 0.2.0: to closing time of the last day; a term that stands still does so for hours and minutes, in a
    pause too; and the municipality's own closing days roll it on."""
    BY_LAW = "by_law"
    """To the end of the last day, rolled on by national holidays only; a term that stands still does so for whole days,
    and never in a pause."""


class Calendar(Value):
    """The days on which a municipality works, carried by its policy so that no upgrade changes an old case."""

    timezone: str = "Europe/Amsterdam"
    opens: time = time(9)
    closes: time = time(17)
    decree_days: tuple[date, ...] = ()
    """Days equated with a holiday by royal decree (Algemene termijnenwet art. 3.3)."""
    closing_days: tuple[date, ...] = ()
    """Days on which this municipality is closed."""
    reckoning: Reckoning = Reckoning.CLOSING_HOUR
    known_to: int | None = None
    """The last year in which a statutory term may end, for want of its holidays after that; None: not asked."""

    def local(self, moment: datetime) -> datetime:
        """Return the moment on the clock of the town hall."""
        return _local(self.timezone, moment)

    def today(self, now: datetime) -> date:
        """Return the date in the municipality at this moment."""
        return self.local(now).date()

    def is_working_day(self, day: date) -> bool:
        """Tell whether people work on this day."""
        return not (
            day.weekday() >= 5 or day in holidays(day.year) or day in self.decree_days or day in self.closing_days
        )

    def working_day_from(self, day: date, step: int = 1) -> date:
        """Return the day itself, or the first working day after it (before it, when step is -1)."""
        while not self.is_working_day(day):
            day += timedelta(days=step)
        return day

    def add(self, start: date, term: Term) -> date:
        """Return the last day of a term that starts after this day. Hours count as whole days begun."""
        match term.unit:
            case TermUnit.HOURS:
                return start + timedelta(days=-(-term.amount // 24))  # rounded up
            case TermUnit.DAYS:
                return start + timedelta(days=term.amount)
            case TermUnit.WEEKS:
                return start + timedelta(weeks=term.amount)
            case TermUnit.MONTHS:
                return add_months(start, term.amount)
            case TermUnit.WORKING_DAYS:
                return self._step(start, term.amount, 1)

    def subtract(self, end: date, term: Term) -> date:
        """Return the day that lies a term before this day."""
        if term.unit is TermUnit.WORKING_DAYS:
            return self._step(end, term.amount, -1)
        if term.unit is TermUnit.MONTHS:
            return add_months(end, -term.amount)
        return end - (self.add(end, term) - end)

    def deadline(self, start: datetime, term: Term) -> datetime:
        """Return the moment one of the municipality's own terms ends: at closing time of its last day, in UTC.

        A term in hours ends to the minute.
        """
        if term.unit is TermUnit.HOURS:
            return start + timedelta(hours=term.amount)
        return _deadline(self, self.today(start), term)

    def rolled(self, start: date, last: date) -> date:
        """Roll on to a working day (art. 1); a term that was set at three days or more holds at least two (art. 2)."""
        long = (last - start).days >= 3
        last = self.working_day_from(last)
        return max(last, self._step(start, 2, 1)) if long else last

    def at(self, day: date, hour: time) -> datetime:
        """Return this hour of this day in UTC."""
        return datetime.combine(day, hour, ZoneInfo(self.timezone)).astimezone(UTC)

    def opening(self, day: date) -> datetime:
        """Return when the town hall opens on this day, in UTC."""
        return self.at(day, self.opens)

    def closing(self, day: date) -> datetime:
        """Return when the town hall closes on this day, in UTC."""
        return self.at(day, self.closes)

    def end_of_day(self, day: date) -> datetime:
        """Return the last second of this day, in UTC."""
        return self.at(day, time(23, 59, 59))

    def next_working_day(self, day: date) -> date:
        """Return the first working day after this day."""
        return self.working_day_from(day + timedelta(days=1))

    def _step(self, day: date, working_days: int, step: int) -> date:
        for _ in range(working_days):
            day = self.working_day_from(day + timedelta(days=step), step)
        return day


@lru_cache(maxsize=1024)
def _local(timezone: str, moment: datetime) -> datetime:
    """One decision asks many times for the day on which it is taken."""
    return moment.astimezone(ZoneInfo(timezone))


@lru_cache(maxsize=4096)
def _deadline(calendar: Calendar, start: date, term: Term) -> datetime:
    """Many terms start on the same days: each of them is counted once."""
    return calendar.closing(calendar.add(start, term))


def add_months(day: date, months: int) -> date:
    """Return the same day so many months on, or the last day of that month when it is shorter."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, gregorian.monthrange(year, month + 1)[1]))


@lru_cache(maxsize=256)
def holidays(year: int) -> frozenset[date]:
    """Return the recognised holidays of a year (Algemene termijnenwet art. 3.1 and 3.2)."""
    easter = easter_sunday(year)
    kings_day = date(year, 4, 27)
    if kings_day.weekday() == 6:
        kings_day = date(year, 4, 26)
    moving = (easter + timedelta(days=n) for n in (-2, 0, 1, 39, 49, 50))
    return frozenset(
        {date(year, 1, 1), kings_day, date(year, 5, 5), date(year, 12, 25), date(year, 12, 26), *moving},
    )


def easter_sunday(year: int) -> date:
    """Return Easter Sunday in the Gregorian calendar (the anonymous algorithm of 1876)."""
    a, (b, c) = year % 19, divmod(year, 100)
    d, e = divmod(b, 4)
    g = (b - (b + 8) // 25 + 1) // 3
    h = (19 * a + b - d - g + 15) % 30
    i, k = divmod(c, 4)
    n = (32 + 2 * e + 2 * i - h - k) % 7
    m = (a + 11 * h + 22 * n) // 451
    month, day = divmod(h + n - 7 * m + 114, 31)
    return date(year, month, day + 1)
