"""A date of birth that the BRP knows only in part (Logisch Ontwerp 01.03.10), and how old that may make somebody."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from domain.facts.born import BirthDate, Born
from domain.facts.groups import AgeRange
from domain.facts.referral import DwellingNeeds, Referral
from domain.policy.rent import RentLimits, is_young, limits_for
from store.birth_index import born_terms, born_ways

TAKEN: TypeAdapter[Born] = TypeAdapter(BirthDate)
LIMITS = RentLimits(quality_discount_cents=47_000, small_cents=68_000, large_cents=73_000, young_below=23)


def between(least: int, most: int) -> AgeRange:
    return AgeRange(least=least, most=most)


@pytest.mark.parametrize("written", ["1991-04-12", "1960-05-00", "1960-00-00", "0000-00-00", "2004-02-29"])
def test_a_date_of_birth_is_written_as_the_brp_has_it(written: str) -> None:
    born = TAKEN.validate_json(f'"{written}"', strict=True)
    assert TAKEN.dump_json(born).decode() == f'"{written}"'


NO_DATES = "1960-00-12 0000-05-00 0000-05-12 1960-13-00 1960-02-30 2003-02-29 1960 1960-05 19600000 12-4-1991 1960-5-0"
OTHERS = ("", "1640995200", "1991-04-12T00:00:00", "\u0661\u0669\u0669\u0661-04-12")


@pytest.mark.parametrize("written", [*NO_DATES.split(), *OTHERS])
def test_what_is_no_date_of_birth_is_refused_in_words(written: str) -> None:
    with pytest.raises(ValidationError, match="give a date of birth such as 1991-04-12"):
        TAKEN.validate_python(written)
    for number in (0, 1640995200, 1991.0, True, None):
        with pytest.raises(ValidationError):
            TAKEN.validate_python(number)


@pytest.mark.parametrize(
    ("born", "on", "ages"),
    [
        ("2003-06-09", date(2026, 6, 8), between(22, 22)),
        ("2003-06-09", date(2026, 6, 9), between(23, 23)),
        ("2003-06-00", date(2026, 6, 1), between(22, 23)),
        ("2003-06-00", date(2026, 5, 31), between(22, 22)),
        ("2003-06-00", date(2026, 6, 29), between(22, 23)),
        ("2003-06-00", date(2026, 6, 30), between(23, 23)),
        ("2003-00-00", date(2026, 1, 1), between(22, 23)),
        ("2003-00-00", date(2026, 12, 30), between(22, 23)),
        ("2003-00-00", date(2026, 12, 31), between(23, 23)),
        ("2026-00-00", date(2026, 6, 8), between(0, 0)),
        ("0000-00-00", date(2026, 6, 8), None),
        ("2026-06-09", date(2026, 6, 8), None),
    ],
)
def test_how_old_somebody_may_be(born: str, on: date, ages: AgeRange | None) -> None:
    assert Born.read(born).ages(on) == ages


@given(st.dates(date(1920, 1, 1), date(2026, 6, 8)), st.sampled_from([0, 1, 2]))
def test_the_true_age_is_always_one_of_those_that_are_possible(day: date, unknown: int) -> None:
    today = date(2026, 6, 8)
    known = Born(day.year, day.month if unknown < 2 else 0, day.day if unknown < 1 else 0)
    true, ages = Born.on(day).ages(today), known.ages(today)
    assert true is not None
    assert ages is not None
    assert ages.least <= true.least <= ages.most
    assert ages.most - ages.least <= (1 if unknown else 0)
    assert known.earliest <= day <= known.latest


def of_age(least: int, most: int) -> Referral:
    return Referral(
        person="p-1",
        target_group="shelter",
        household_size=1,
        needs=DwellingNeeds(rent_limit_cents=65_000),
        age_between=between(least, most),
    )


@pytest.mark.parametrize(
    ("ages", "young", "limits"),
    [((21, 22), True, (47_000,)), ((22, 23), None, (47_000, 68_000)), ((23, 24), False, (68_000,))],
)
def test_the_rent_limit_of_an_age_that_is_not_certain_is_both(
    ages: tuple[int, int], young: bool | None, limits: tuple[int, ...]
) -> None:
    assert is_young(of_age(*ages), LIMITS) is young
    assert limits_for(of_age(*ages), LIMITS) == limits


@pytest.mark.parametrize(
    ("kept", "sought", "found"),
    [
        ("1960-05-17", "1960-05-17", True),
        ("1960-05-17", "1960-05-18", False),
        ("1960-00-00", "1960-00-00", True),
        ("1960-00-00", "1960-05-17", True),
        ("1960-05-00", "1960-05-17", True),
        ("1960-05-00", "1960-06-17", False),
        ("1960-05-17", "1960-00-00", True),
        ("1960-05-17", "1960-05-00", True),
        ("1960-05-00", "1960-00-00", True),
        ("1960-00-00", "1960-05-00", True),
        ("1960-05-17", "1961-00-00", False),
        ("0000-00-00", "0000-00-00", True),
    ],
)
def test_what_is_not_known_of_a_date_of_birth_stands_in_the_way_of_no_search(
    kept: str, sought: str, found: bool
) -> None:
    assert bool(born_terms(Born.read(kept)) & set(born_ways(Born.read(sought)))) is found


def test_a_date_that_is_known_is_found_as_before() -> None:
    day = Born.on(date(2001, 2, 3))
    assert "born 2001-02-03" in born_terms(day)
    assert born_ways(day)[0] == "born 2001-02-03"
    assert Born.on(date(2001, 2, 3) + timedelta(days=1)) > day
