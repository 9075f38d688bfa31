"""Why this home, and why not: each condition with the numbers it used, and why somebody waits."""

from datetime import date
from typing import Any

import pytest

from domain.facts.conditions import Comparison, Condition, ConditionUnit, Measured, Norm, Verdict, all_met, unmet
from domain.facts.referral import DwellingNeeds, ReferralChanges
from domain.facts.value import replace
from domain.messages import commands as c
from domain.policy.policy import Policy
from domain.policy.rent import RentBand, band_of, limits_of
from domain.steps.suitability import judge_dwelling
from tests.domain.case import NOTE, Case, along, dwelling, policy_of, referral

TODAY = date(2026, 6, 1)


def judged(name: str, *, day: date = TODAY, city: str = "almere", home: Any = None, **facts: Any) -> Condition:
    conditions = judge_dwelling(referral(**facts), home or dwelling(1), policy_of(city), day)
    return next(condition for condition in conditions if condition.name == name)


def monthly(cents: int) -> Measured:
    return Measured(unit=ConditionUnit.CENTS_A_MONTH, value=cents)


@pytest.mark.parametrize(
    ("size", "age", "year", "limit"),
    [
        (1, 30, 2026, 71_302),
        (2, 19, 2026, 71_302),
        (3, 30, 2026, 76_414),
        (3, None, 2025, 73_193),
        (1, 20, 2026, 49_820),
        (1, 21, 2026, 71_302),
        (1, 22, 2025, 47_720),
        (1, 23, 2025, 68_296),
        (1, 30, 2031, 71_302),
    ],
)
def test_the_rent_band_is_that_of_the_year_the_household_and_the_age(
    size: int, age: int | None, year: int, limit: int
) -> None:
    band = judged("rent_band", household_size=size, age=age, day=date(year, 7, 1))
    assert band.asked == Norm(comparison=Comparison.AT_MOST, value=limit, period=str(min(year, 2026)))
    assert band.verdict is (Verdict.MET if limit >= 60_000 else Verdict.UNMET)


def test_without_an_age_the_band_of_one_person_is_not_known() -> None:
    assert judged("rent_band", age=None).verdict is Verdict.UNKNOWN


def test_before_the_first_year_of_the_table_no_limit_is_known() -> None:
    assert policy_of("almere").suitability is not None
    assert limits_of(policy_of("almere").suitability.rents, date(2023, 12, 31)) is None  # type: ignore[union-attr]
    assert judged("rent_band", age=40, day=date(2023, 12, 31)).verdict is Verdict.UNKNOWN


@pytest.mark.parametrize(
    ("cents", "year", "band"),
    [
        (49_820, 2026, RentBand.QUALITY_DISCOUNT),
        (49_820, 2025, RentBand.SMALL),
        (71_302, 2026, RentBand.SMALL),
        (71_303, 2026, RentBand.LARGE),
        (76_414, 2031, RentBand.LARGE),
        (76_415, 2026, RentBand.ABOVE),
        (40_000, 2023, RentBand.NOT_KNOWN),
    ],
)
def test_a_rent_lies_in_the_lowest_band_of_its_year_that_it_fits_in(cents: int, year: int, band: RentBand) -> None:
    assert policy_of("almere").suitability is not None
    assert band_of(cents, policy_of("almere").suitability.rents, date(year, 7, 1)) is band  # type: ignore[union-attr]


def test_a_rent_beyond_the_band_is_a_warning_and_no_bar() -> None:
    conditions = judge_dwelling(referral(age=20), dwelling(1), policy_of("almere"), TODAY)
    assert all_met(conditions)
    assert [one.name for one in conditions if one.verdict is Verdict.UNMET] == ["rent_band"]


@pytest.mark.parametrize(
    ("city", "group", "age", "day", "rent"),
    [
        ("amersfoort", "youth_care", 20, TODAY, 49_820),
        ("amersfoort", "youth_care", 21, TODAY, 60_000),
        ("amersfoort", "shelter", 22, date(2025, 6, 1), 47_720),
        ("amersfoort", "clinical_care", 20, TODAY, 60_000),
        ("almere", "youth_care", 20, TODAY, 60_000),
    ],
)
def test_the_rent_of_the_young_is_capped_where_that_was_agreed(
    city: str, group: str, age: int, day: date, rent: int
) -> None:
    assert judged("rent", city=city, target_group=group, age=age, day=day).found == monthly(rent)


def test_a_rent_above_the_first_limit_is_not_capped() -> None:
    dear = dwelling(1, rent_cents=72_000)
    assert judged("rent", city="amersfoort", home=dear, target_group="youth_care", age=20).found == monthly(72_000)


@pytest.mark.parametrize(
    ("name", "home", "facts"),
    [
        ("household", {"rooms": 1}, {"household_size": 3}),
        ("household", {"rooms": 4, "living_form": "shared"}, {"household_size": 2}),
        ("safety", {}, {"needs": DwellingNeeds(rent_limit_cents=70_000, unsafe_districts=("centrum",))}),
        ("complex_load", {"closed_for_placement": True}, {}),
    ],
)
def test_what_stands_in_the_way_is_named(name: str, home: dict[str, Any], facts: dict[str, Any]) -> None:
    conditions = judge_dwelling(referral(**facts), dwelling(1, **home), policy_of("almere"), TODAY)
    assert [one.name for one in unmet(conditions)] == [name]


def test_a_complex_that_the_municipality_closed_is_closed() -> None:
    policy = policy_of("almere")
    assert policy.suitability is not None
    closed = replace(policy.suitability, closed_complexes=("De Oever",))
    conditions = judge_dwelling(referral(), dwelling(1), replace(policy, suitability=closed), TODAY)
    assert [one.name for one in unmet(conditions)] == ["complex_load"]


def test_unsafe_districts_are_not_named_to_whoever_sees_the_offer() -> None:
    unsafe = DwellingNeeds(rent_limit_cents=70_000, unsafe_districts=("stripheldenbuurt",))
    conditions = judge_dwelling(referral(needs=unsafe), dwelling(1), policy_of("almere"), TODAY)
    assert "stripheldenbuurt" not in repr(conditions)


@pytest.mark.parametrize(
    ("districts", "verdict"),
    [(None, Verdict.UNKNOWN), (("haven",), Verdict.UNMET), (("haven", "centrum"), Verdict.MET)],
)
def test_whether_the_provider_is_present_is_said_and_bars_nothing(
    districts: tuple[str, ...] | None, verdict: Verdict
) -> None:
    present = judged("provider_present", support_districts=districts)
    assert (present.verdict, present.advisory) == (verdict, True)


def test_a_policy_of_the_first_release_judges_the_needs_alone() -> None:
    first = Policy.model_validate(policy_of("almere").model_dump(mode="json", exclude={"suitability"}))
    names = [one.name for one in judge_dwelling(referral(), dwelling(1), first, TODAY)]
    assert names == ["rooms", "rent", "accessible", "low_stimulus", "district_wanted", "district_excluded"]
    case = Case(policy=first).start().ready().positive().list(dwelling(1, rooms=1, rent_cents=90_000))
    assert case.m.unsuitable == ()
    assert case.m.unmet == {}


# -- what is kept, and why somebody waits ----------------------------------------------------------------------


def test_what_does_not_suit_is_kept_with_only_what_stands_in_the_way() -> None:
    case = along(upto="positive").list(dwelling(1), dwelling(2, rent_cents=90_000), dwelling(3, district="haven"))
    assert [(u.dwelling, [one.name for one in u.unmet]) for u in case.m.unsuitable] == [
        ("D-2", ["rent"]),
        ("D-3", ["district_excluded"]),
    ]
    assert case.m.unmet == {"district_excluded": 1, "rent": 1}


def test_no_more_is_kept_than_the_policy_says_but_everything_is_counted() -> None:
    case = along(upto="positive").list(*(dwelling(n, rent_cents=90_000) for n in range(1, 31)))
    assert len(case.m.unsuitable) == 20
    assert case.m.unmet == {"rent": 30}


def test_of_a_corporation_that_is_away_what_did_not_suit_stays_known() -> None:
    case = along(upto="positive").list(dwelling(1, "de-alliantie", rooms=1, rent_cents=90_000))
    case.list(dwelling(2, rent_cents=90_000), away=("de-alliantie",))
    assert [u.corporation for u in case.m.unsuitable] == ["de-alliantie", "ymere"]


def test_an_age_that_is_corrected_is_judged_at_the_next_listing() -> None:
    case = along("amersfoort", "positive")
    young = ReferralChanges(age=19, target_group="youth_care")
    case.list(dwelling(1, rent_cents=70_000))
    assert not case.m.candidates
    case.do(c.CorrectReferral(by=case.municipality, changes=young, note=NOTE)).list(dwelling(1, rent_cents=70_000))
    assert [one.dwelling.id for one in case.m.candidates] == ["D-1"]
