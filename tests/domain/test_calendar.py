"""Working days, holidays and terms, held against a slow oracle that counts day by day from a literal table."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import islice
from random import Random

import pytest
from pydantic import TypeAdapter

from domain.facts import terms
from domain.facts.calendar import Calendar, Reckoning, Term, TermUnit, add_months, easter_sunday

EASTER = {
    2020: (4, 12), 2021: (4, 4), 2022: (4, 17), 2023: (4, 9), 2024: (3, 31), 2025: (4, 20), 2026: (4, 5),
    2027: (3, 28), 2028: (4, 16), 2029: (4, 1), 2030: (4, 21), 2031: (4, 13), 2032: (3, 28), 2033: (4, 17),
    2034: (4, 9), 2035: (3, 25), 2036: (4, 13), 2037: (4, 5), 2038: (4, 25), 2039: (4, 10), 2040: (4, 1),
}  # fmt: skip
"""Easter Sundays as printed in almanacs."""
FIXED = ((1, 1), (5, 5), (12, 25), (12, 26))
FREE: set[date] = set()
for _year, (_month, _day) in EASTER.items():
    _easter = date(_year, _month, _day)
    FREE |= {date(_year, month, day) for month, day in FIXED}
    FREE |= {_easter + timedelta(days=n) for n in (-2, 1, 39, 50)}
    FREE.add(date(_year, 4, 26) if date(_year, 4, 27).isoweekday() == 7 else date(_year, 4, 27))

CALENDAR = Calendar(reckoning=Reckoning.BY_LAW)
LONGEST = {TermUnit.DAYS: 90, TermUnit.WORKING_DAYS: 90, TermUnit.WEEKS: 12, TermUnit.MONTHS: 3}


def term(text: str) -> Term:
    return TypeAdapter(Term).validate_python(text)


def works(day: date) -> bool:
    return day.isoweekday() < 6 and day not in FREE


def last_day(start: date, length: Term) -> date:
    """Count on one day at a time."""
    day, left = start, length.amount
    match length.unit:
        case TermUnit.MONTHS:
            while left:
                day += timedelta(days=1)
                left -= day.day == 1
            first_of_next = (day.replace(day=28) + timedelta(days=4)).replace(day=1) if length.amount else day
            while length.amount and day.day < start.day and day + timedelta(days=1) < first_of_next:
                day += timedelta(days=1)
        case TermUnit.WORKING_DAYS:
            while left:
                day += timedelta(days=1)
                left -= works(day)
        case unit:
            for _ in range(left * (7 if unit is TermUnit.WEEKS else 1)):
                day += timedelta(days=1)
    return day


def legal_last_day(start: date, length: Term) -> date:
    """The law's last day: on a working day, and two working days in a term that is set at three days or more."""
    day = last_day(start, length)
    if length.amount > LONGEST[length.unit]:
        return day
    as_set = (day - start).days
    while not works(day):
        day += timedelta(days=1)
    while as_set >= 3 and not two_are_worked(start, day):
        day += timedelta(days=1)
    return day


def two_are_worked(start: date, end: date) -> bool:
    days = (start + timedelta(days=n) for n in range(1, (end - start).days + 1))
    return len([*islice(filter(works, days), 2)]) == 2


def test_terms_end_on_the_day_that_counting_by_hand_gives() -> None:
    seed = 20260601
    random = Random(seed)
    units = (TermUnit.DAYS, TermUnit.WORKING_DAYS, TermUnit.WEEKS, TermUnit.MONTHS)
    for _ in range(12_000):
        start = date(2020, 1, 1) + timedelta(days=random.randrange(365 * 18))
        unit = random.choice(units)
        length = Term(amount=random.randrange(1, 14 if unit in {TermUnit.WEEKS, TermUnit.MONTHS} else 120), unit=unit)
        about = f"seed {seed}: {length} from {start}"
        assert CALENDAR.add(start, length) == last_day(start, length), about
        noon = datetime(start.year, start.month, start.day, 11, tzinfo=UTC)
        plain = CALENDAR.local(CALENDAR.deadline(noon, length))
        legal = CALENDAR.local(terms.deadline(CALENDAR, noon, length))
        assert (plain.date(), plain.time()) == (last_day(start, length), time(17)), about
        assert (legal.date(), legal.time()) == (legal_last_day(start, length), time(23, 59, 59)), about


def test_every_day_of_two_decades_is_worked_or_free_as_the_almanac_says() -> None:
    day = date(2020, 1, 1)
    while day.year <= 2040:
        assert CALENDAR.is_working_day(day) == works(day), day
        day += timedelta(days=1)
    assert {year: (day.month, day.day) for year in EASTER for day in [easter_sunday(year)]} == EASTER


def test_a_working_day_term_counts_back_to_where_it_came_from() -> None:
    for n in range(1000):
        start = CALENDAR.working_day_from(date(2026, 1, 1) + timedelta(days=n))
        length = Term(amount=1 + n % 30, unit=TermUnit.WORKING_DAYS)
        assert CALENDAR.subtract(CALENDAR.add(start, length), length) == start


@pytest.mark.parametrize(
    ("start", "length", "plain", "legal"),
    [
        # 2, 6, 8 and 12 weeks and 3 months roll on from a day that is not worked
        (date(2026, 12, 12), "2 weeks", date(2026, 12, 26), date(2026, 12, 28)),
        (date(2027, 2, 12), "6 weeks", date(2027, 3, 26), date(2027, 3, 30)),  # Good Friday
        (date(2027, 3, 10), "8 weeks", date(2027, 5, 5), date(2027, 5, 7)),  # Liberation Day, then Ascension
        (date(2027, 2, 10), "12 weeks", date(2027, 5, 5), date(2027, 5, 7)),
        (date(2027, 2, 5), "3 months", date(2027, 5, 5), date(2027, 5, 7)),
        # longer ones do not
        (date(2027, 2, 3), "13 weeks", date(2027, 5, 5), date(2027, 5, 5)),
        (date(2026, 11, 5), "6 months", date(2027, 5, 5), date(2027, 5, 5)),
        (date(2027, 1, 4), "91 days", date(2027, 4, 5), date(2027, 4, 5)),
        # three days hold two working days: Good Friday, Saturday, Easter, Monday, then two
        (date(2026, 4, 2), "3 days", date(2026, 4, 5), date(2026, 4, 8)),
        (date(2027, 3, 25), "3 days", date(2027, 3, 28), date(2027, 3, 31)),
        # a term set at two days rolls on (art. 1), and is none "of at least three days" (art. 2) for being rolled
        (date(2026, 4, 2), "2 days", date(2026, 4, 4), date(2026, 4, 7)),
        (date(2027, 3, 25), "2 days", date(2027, 3, 27), date(2027, 3, 30)),
    ],
)
def test_statutory_terms_roll_on_as_the_law_says(start: date, length: str, plain: date, legal: date) -> None:
    at = datetime(start.year, start.month, start.day, 9, tzinfo=UTC)
    assert CALENDAR.today(CALENDAR.deadline(at, term(length))) == plain
    assert CALENDAR.today(terms.deadline(CALENDAR, at, term(length))) == legal


def test_a_term_in_hours_ends_to_the_minute_also_on_a_holiday_and_through_the_change_of_the_clocks() -> None:
    saturday_before_summer_time = datetime(2027, 3, 27, 15, 7, tzinfo=UTC)
    ends = CALENDAR.deadline(saturday_before_summer_time, term("24 hours"))
    assert ends == terms.deadline(CALENDAR, saturday_before_summer_time, term("24 hours"))
    assert ends == datetime(2027, 3, 28, 15, 7, tzinfo=UTC)
    assert CALENDAR.local(ends).hour - CALENDAR.local(saturday_before_summer_time).hour == 1


def test_closing_time_is_the_town_halls_in_summer_and_in_winter() -> None:
    friday = datetime(2027, 3, 26, 12, tzinfo=UTC)
    assert CALENDAR.deadline(friday, term("1 day")) == datetime(2027, 3, 27, 16, tzinfo=UTC)
    assert CALENDAR.deadline(friday, term("2 days")) == datetime(2027, 3, 28, 15, tzinfo=UTC)
    autumn = datetime(2027, 10, 30, 12, tzinfo=UTC)
    assert CALENDAR.deadline(autumn, term("0 days")) == datetime(2027, 10, 30, 15, tzinfo=UTC)
    assert CALENDAR.deadline(autumn, term("1 day")) == datetime(2027, 10, 31, 16, tzinfo=UTC)


def test_an_hour_that_does_not_exist_or_comes_twice_still_gives_one_moment() -> None:
    gap = CALENDAR.at(date(2027, 3, 28), time(2, 30))
    assert gap == datetime(2027, 3, 28, 1, 30, tzinfo=UTC)
    assert CALENDAR.at(date(2027, 3, 28), time(1, 59)) < gap < CALENDAR.at(date(2027, 3, 28), time(4))
    fold = CALENDAR.at(date(2027, 10, 31), time(2, 30))
    assert fold == datetime(2027, 10, 31, 0, 30, tzinfo=UTC)
    assert CALENDAR.at(date(2027, 10, 31), time(1, 59)) < fold < CALENDAR.at(date(2027, 10, 31), time(3))


def test_the_date_is_the_municipalitys_not_greenwichs() -> None:
    assert CALENDAR.today(datetime(2026, 6, 30, 22, 30, tzinfo=UTC)) == date(2026, 7, 1)
    assert CALENDAR.today(datetime(2026, 12, 31, 22, 59, tzinfo=UTC)) == date(2026, 12, 31)
    assert CALENDAR.today(datetime(2026, 12, 31, 23, 0, tzinfo=UTC)) == date(2027, 1, 1)


def test_a_month_from_its_last_day_ends_on_the_last_day_of_a_shorter_one() -> None:
    assert add_months(date(2028, 1, 31), 1) == date(2028, 2, 29)
    assert add_months(date(2027, 1, 31), 1) == date(2027, 2, 28)
    assert add_months(date(2028, 2, 29), 12) == date(2029, 2, 28)
    assert add_months(date(2028, 2, 29), 48) == date(2032, 2, 29)
    assert add_months(date(2026, 1, 15), -1) == date(2025, 12, 15)
    assert CALENDAR.subtract(date(2028, 3, 31), term("1 month")) == date(2028, 2, 29)


def test_days_off_by_decree_and_days_the_town_hall_is_closed_are_the_policys() -> None:
    calendar = Calendar(decree_days=(date(2026, 12, 24),), closing_days=(date(2026, 12, 28),))
    assert CALENDAR.working_day_from(date(2026, 12, 24)) == date(2026, 12, 24)
    assert calendar.working_day_from(date(2026, 12, 24)) == date(2026, 12, 29)
    assert calendar.add(date(2026, 12, 23), term("1 working day")) == date(2026, 12, 29)


@pytest.mark.parametrize("text", ["2 weeks", "1 week", "5 working days", "1 working day", "3 months", "48 hours"])
def test_a_term_reads_back_as_it_was_written(text: str) -> None:
    assert str(term(text)) == text
    assert term(str(term(text))) == term(text)


@pytest.mark.parametrize("text", ["", "two weeks", "2 decades", "-1 day", "2  weeks", "1.5 days", "99999 days"])
def test_what_is_no_term_is_not_taken_for_one(text: str) -> None:
    with pytest.raises(ValueError, match="is no term"):
        term(text)
