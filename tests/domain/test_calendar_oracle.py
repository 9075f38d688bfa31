"""The calendar against the law read day by day: a slow oracle that shares nothing with `domain.facts.calendar`.

Written from the text of the Algemene termijnenwet (art. 1: a term that ends on a Saturday, Sunday or recognised holiday
is extended up to and including the next day that is none of these; art. 2: a term of at least three days is extended,
if need be, so that it holds at least two days that are none of these; art. 3: which days these are, and days equated
with them; art. 4: not for terms in hours, of more than 90 days, 12 weeks or 3 months). Summer time by the directive:
from the last Sunday of March 01:00 UTC to the last Sunday of October 01:00 UTC.
"""

from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from itertools import islice
from random import Random

import pytest

from domain.facts.calendar import Calendar, Term, TermUnit

DAY = timedelta(days=1)
SEED = 20260823
DATES = 10_000


@cache
def easter(year: int) -> date:
    """Gauss's rule in Lichtenberg's form: the Sunday after the full moon of spring, counted in days of March."""
    k = year // 100
    m = 15 + (3 * k + 3) // 4 - (8 * k + 13) // 25
    a = year % 19
    d = (19 * a + m) % 30
    r = (d + a // 11) // 29
    full_moon = 21 + d - r
    first_sunday = 7 - (year + year // 4 + (2 - (3 * k + 3) // 4)) % 7
    return date(year, 3, 1) + (full_moon + 7 - (full_moon - first_sunday) % 7 - 1) * DAY


@cache
def weekday(day: date) -> str:
    return day.strftime("%a")


def is_holiday(day: date, decreed: frozenset[date]) -> bool:
    """Art. 3: the days named, 5 May every year, the King's birthday (the day before when it is a Sunday)."""
    from_easter = (day - easter(day.year)).days
    if day in decreed or from_easter in {-2, 0, 1, 39, 49, 50}:
        return True
    if (day.month, day.day) in {(1, 1), (5, 5), (12, 25), (12, 26)}:
        return True
    if (day.month, day.day) == (4, 26):
        return (day + DAY).strftime("%a") == "Sun"
    return (day.month, day.day) == (4, 27) and day.strftime("%a") != "Sun"


class Law:
    """What the law makes of a term, one day at a time; a town hall's closing days are as free as the law's."""

    def __init__(self, decreed: frozenset[date], closed: frozenset[date]) -> None:
        self.decreed = decreed
        self.closed = closed

    def works(self, day: date) -> bool:
        weekend = weekday(day) in {"Sat", "Sun"}
        return not (weekend or is_holiday(day, self.decreed) or day in self.closed)

    def plain_end(self, start: date, amount: int, unit: str) -> date:
        """Count on from the day after the first."""
        day = start
        if unit == "months":
            return self._months_on(start, amount)
        left = amount * 7 if unit == "weeks" else amount
        while left:
            day += DAY
            left -= 1 if unit != "working days" or self.works(day) else 0
        return day

    def _months_on(self, start: date, months: int) -> date:
        """Walk into the right month, then to the same number or the month's last day."""
        day, passed = start, 0
        while passed < months:
            day += DAY
            passed += day.day == 1
        while day.day != start.day and months and (day + DAY).month == day.month:
            day += DAY
        return day

    def legal_end(self, start: date, amount: int, unit: str) -> date:
        """The last day as the law extends it."""
        day = self.plain_end(start, amount, unit)
        longest = {"days": 90, "working days": 90, "weeks": 12, "months": 3}
        if amount > longest[unit]:
            return day
        set_at = (day - start).days
        while not self.works(day):
            day += DAY
        if set_at >= 3:
            while not self.two_are_worked(start, day):
                day += DAY
        return day

    def two_are_worked(self, start: date, end: date) -> bool:
        days = (start + n * DAY for n in range(1, (end - start).days + 1))
        return len([*islice((day for day in days if self.works(day)), 2)]) == 2


@cache
def last_sunday(year: int, month: int) -> datetime:
    day = date(year, month, 31)
    while day.strftime("%a") != "Sun":
        day -= DAY
    return datetime(year, month, day.day, 1, tzinfo=UTC)


def five_o_clock(day: date) -> datetime:
    """Closing time in Amsterdam as a moment in UTC."""
    winter = datetime(day.year, day.month, day.day, 16, tzinfo=UTC)
    summer = last_sunday(day.year, 3) <= winter < last_sunday(day.year, 10)
    return winter - timedelta(hours=1) if summer else winter


def test_ten_thousand_terms_end_when_the_law_says() -> None:
    random = Random(SEED)
    rolled = two_days = summer = leap = 0
    for n in range(DATES):
        start = date(2000, 1, 1) + random.randrange(36_000) * DAY
        near = [start + random.randrange(1, 30) * DAY for _ in range(4)]
        law = Law(frozenset(near[:2]) if n % 2 else frozenset(), frozenset(near[2:]) if n % 3 else frozenset())
        calendar = Calendar(decree_days=tuple(law.decreed), closing_days=tuple(law.closed))
        unit = random.choice(("days", "days", "working days", "weeks", "months"))
        most = {"days": 100, "working days": 40, "weeks": 14, "months": 7}[unit]
        amount = random.choice((1, 2, 3, random.randint(1, most), most))
        term = Term(amount=amount, unit=TermUnit(unit))
        about = f"seed {SEED}, date {n}: {term} from {start}, decreed {law.decreed}, closed {law.closed}"
        noon = datetime(start.year, start.month, start.day, 11, tzinfo=UTC)
        plain, legal = law.plain_end(start, amount, unit), law.legal_end(start, amount, unit)
        assert calendar.is_working_day(start) == law.works(start), about
        assert calendar.deadline(noon, term) == five_o_clock(plain), about
        assert calendar.deadline(noon, term, statutory=True) == five_o_clock(legal), about
        rolled += legal > plain
        next_worked = plain
        while not law.works(next_worked):
            next_worked += DAY
        two_days += legal > next_worked
        summer += five_o_clock(legal).hour == 15
        leap += (start.month, start.day) == (2, 29) or (plain.month, plain.day) == (2, 29)
    assert min(rolled, two_days, summer, leap) >= 5, (rolled, two_days, summer, leap)


def test_every_day_of_the_century_is_worked_or_free_as_the_law_says() -> None:
    law, calendar = Law(frozenset(), frozenset()), Calendar()
    day = date(2000, 1, 1)
    while day.year < 2100:
        assert calendar.is_working_day(day) == law.works(day), day
        day += DAY


@pytest.mark.parametrize(
    ("start", "text", "last"),
    [
        (date(2026, 3, 23), "6 weeks", date(2026, 5, 4)),
        (date(2026, 3, 24), "6 weeks", date(2026, 5, 6)),  # ends on 5 May
        (date(2026, 2, 5), "3 months", date(2026, 5, 6)),  # three months roll on
        (date(2025, 11, 5), "6 months", date(2026, 5, 5)),  # six do not
        (date(2026, 2, 17), "11 weeks", date(2026, 5, 6)),
        (date(2026, 2, 10), "12 weeks", date(2026, 5, 6)),
        (date(2026, 2, 3), "13 weeks", date(2026, 5, 5)),
        (date(2028, 1, 31), "1 month", date(2028, 2, 29)),
        (date(2026, 4, 2), "3 days", date(2026, 4, 8)),  # Easter: two worked days within
    ],
)
def test_known_cases_are_the_same_for_the_law_and_the_calendar(start: date, text: str, last: date) -> None:
    term = Term.model_validate(text)
    assert Law(frozenset(), frozenset()).legal_end(start, term.amount, term.unit.value) == last
    at = datetime.combine(start, time(9), UTC)
    assert Calendar().deadline(at, term, statutory=True) == five_o_clock(last)
