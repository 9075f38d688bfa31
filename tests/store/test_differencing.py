"""Whoever takes one report from another learns nothing of a few people: an attacker with every report that is told."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import combinations
from random import Random

import pytest

from store.reports.asked import Dimension, PeriodWrong, ReportRequest, asked, half_year, requested
from store.reports.figures import ALL, Figure, Frame, Unit, tabulate
from store.reports.report import ReportTable
from store.reports.suppression import LEAST

NOW = datetime(2026, 12, 1, 9, tzinfo=UTC)
COUNT = Figure("mediations", Unit.MEDIATIONS, "How many.")
GROUPS = ("haven", "hout", "poort", "buiten")
DAYS = [date(2024, 1, 1) + timedelta(days=n) for n in range(1060)]

Case = tuple[str, str, date]
"""A municipality, a group, and the day on which somebody is counted."""


def told(cases: list[Case], wanted: ReportRequest) -> dict[str, int]:
    """The counts of groups that a report tells as numbers."""
    found = [c for c in cases if wanted.covers(c[2]) and wanted.municipality in {None, c[0]}]
    facts = [(ALL, group, day) for _, group, day in found]
    frame = Frame("cases", "Cases", "case", (COUNT,))
    table = tabulate(frame, facts, lambda of: {COUNT.name: len(of)}, items=(ALL,), group="district", groups=GROUPS)
    rows = ReportTable.of(table, groups=wanted.groups).rows
    counts = {row.group: row.values[COUNT.name] for row in rows if row.group}
    return {group: count for group, count in counts.items() if isinstance(count, int)}


def attempts(random: Random) -> Iterator[tuple[date, date, str | None]]:
    """Periods that an attacker would ask for: a day more, a day less, parts of each other, and all municipalities."""
    for _ in range(40):
        first, last = sorted(random.sample(DAYS, 2))
        for town in ("almere", "amersfoort", None):
            yield from ((first, last, town), (first, last + timedelta(days=1), town))
    for year in (2024, 2025, 2026):
        for begin, end in (((1, 1), (6, 30)), ((7, 1), (12, 31)), ((1, 1), (12, 31)), ((1, 1), (3, 31))):
            for town in ("almere", "amersfoort", None):
                yield date(year, *begin), date(year, *end), town


def found_by(cases: list[Case], answers: list[ReportRequest]) -> list[tuple[str, int]]:
    """Every small count that the difference of two answers tells of what only one of them covers."""
    found = []
    numbers = {one: told(cases, one) for one in answers}
    for one, other in combinations(answers, 2):
        if _overlap(one, other):
            for group in numbers[one].keys() & numbers[other].keys():
                difference = abs(numbers[one][group] - numbers[other][group])
                if 0 < difference < LEAST:
                    found.append((group, difference))
    return found


def _overlap(one: ReportRequest, other: ReportRequest) -> bool:
    """Whether one is part of the other, so that their difference is a count of the rest."""
    within = (one.first <= other.first and other.last <= one.last) or (
        other.first <= one.first and one.last <= other.last
    )
    towns = one.municipality == other.municipality or None in {one.municipality, other.municipality}
    return within and towns and one != other


def cases_of(random: Random) -> list[Case]:
    return [
        (random.choice(["almere", "almere", "amersfoort"]), random.choice(GROUPS), random.choice(DAYS))
        for _ in range(random.randint(20, 400))
    ]


@pytest.mark.parametrize("seed", range(12), ids=lambda seed: f"seed-{seed}")
def test_no_two_reports_that_are_told_differ_by_a_few_people(seed: int) -> None:
    random = Random(seed)
    cases, answers = cases_of(random), []
    for first, last, town in attempts(random):
        try:
            answers.append(requested("council", first, last, NOW, town, Dimension.DISTRICT, ()))
        except PeriodWrong:
            continue
    assert len(answers) == 2 * 5, "the half-years that have ended, of each municipality"
    assert any(told(cases, one) for one in answers), "something is told"
    assert found_by(cases, answers) == []
    for one, other in combinations(answers, 2):
        assert one.municipality != other.municipality or one.last < other.first or other.last < one.first
    free = [requested("council", first, last, NOW, town, None, ()) for first, last, town in attempts(random)]
    assert all(told(cases, one) == {} for one in free if (one.first, one.last) not in _ended())


def _ended() -> set[tuple[date, date]]:
    return {half_year(day) for day in DAYS if half_year(day)[1] < NOW.date()}


def test_the_attack_works_where_nothing_keeps_it_off() -> None:
    """So that the test above can fail."""
    random = Random(1)
    cases = cases_of(random)
    answers = [asked(first, last, NOW, town, Dimension.DISTRICT) for first, last, town in attempts(random)]
    assert found_by(cases, answers)


@pytest.mark.parametrize(
    ("day", "first", "last"),
    [
        (date(2026, 1, 1), date(2026, 1, 1), date(2026, 6, 30)),
        (date(2026, 6, 30), date(2026, 1, 1), date(2026, 6, 30)),
        (date(2026, 7, 1), date(2026, 7, 1), date(2026, 12, 31)),
        (date(2026, 12, 31), date(2026, 7, 1), date(2026, 12, 31)),
    ],
    ids=["new-year", "june-ends", "july-begins", "year-ends"],
)
def test_a_half_year_is_that_of_the_calendar(day: date, first: date, last: date) -> None:
    assert half_year(day) == (first, last)
