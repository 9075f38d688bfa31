"""Target groups are data: several a person, parts of groups by age and trait, sub-targets over them, and one place."""

import pytest
from pydantic import ValidationError

from domain.exchange.policy_file import PolicyInvalid, read_policy
from domain.facts.capacity import SubTarget
from domain.facts.groups import AgeBand, AgeRange, Trait
from domain.facts.outcome import Stage
from domain.facts.referral import Referral, ReferralChanges, Track
from domain.facts.value import replace
from domain.messages import answers as a
from domain.messages import commands as c
from domain.policy.groups import SHIPPED, SIX, Group, GroupWords, counts_for, is_of
from domain.policy.policy import Policy
from domain.policy.scarce import PlaceClaim
from domain.state import events as e
from tests.domain.case import NOTE, Case, policy_of, referral

WORDS = GroupWords(nl="jongeren uit de jeugdhulp", en="young people from youth care")
YOUNG = {"young_from_care": Group(words=WORDS, within=("youth_care",), age=AgeBand(below=23))}
SMALLEST = """
id = "voorbeeld"
version = "2026-01-01"
municipality = "voorbeeld"
name = "Voorbeeld"
valid_from = 2026-01-01
"""


def from_care(age: int | None, **facts: object) -> Referral:
    return referral(target_group="youth_care", age=age, **facts)


def of_young(who: Referral) -> bool | None:
    return is_of(who, ("young_from_care",), YOUNG)


def test_a_group_within_another_takes_in_who_has_the_age_that_it_asks() -> None:
    assert of_young(from_care(22)) is True
    assert of_young(from_care(23)) is False
    assert of_young(from_care(None)) is None
    assert of_young(referral(target_group="shelter", age=22)) is False


def test_who_is_named_of_a_part_is_of_the_whole() -> None:
    named = referral(target_group="young_from_care", age=20)
    assert is_of(named, ("youth_care",), YOUNG) is True
    assert is_of(named, ("shelter",), YOUNG) is False
    assert is_of(replace(named, age=40), ("youth_care",), YOUNG) is False, "named of a group for the young, and is not"


def test_a_part_of_two_groups_is_a_part_of_neither_alone() -> None:
    own = {"from_either": Group(words=WORDS, within=("youth_care", "shelter"))}
    named = referral(target_group="from_either")
    assert is_of(named, ("youth_care",), own) is False
    assert is_of(named, ("youth_care", "shelter"), own) is False, "each group is asked by itself"
    assert is_of(named, ("from_either",), own) is True


def test_a_group_of_a_trait_is_known_by_the_referral() -> None:
    own = {"families": Group(words=WORDS, within=("shelter",), trait=Trait.FAMILY)}
    assert is_of(referral(target_group="shelter", household_size=3), ("families",), own) is True
    assert is_of(referral(target_group="shelter", household_size=1), ("families",), own) is False


@pytest.mark.parametrize(
    ("trait", "facts"),
    [
        (Trait.FAMILY, {"household_size": 2}),
        (Trait.ALONE, {"household_size": 1}),
        (Trait.HOUSING_FIRST, {"track": Track.HOUSING_FIRST}),
        (Trait.MUST_BE_SAFE, {"address_secret": True}),
        (Trait.ACCESSIBLE_HOME, {"needs": {"rent_limit_cents": 60_000, "accessible": True}}),
    ],
)
def test_each_trait_counts_and_its_opposite_does_not(trait: Trait, facts: dict[str, object]) -> None:
    part = SubTarget(trait=trait, target=5)
    plain = referral(household_size=3 if trait is Trait.ALONE else 1)
    assert counts_for(referral(**facts), part, {})
    assert not counts_for(plain, part, {})


@pytest.mark.parametrize(
    ("age", "band", "holds"),
    [
        (17, AgeBand(at_least=18, below=27), False),
        (18, AgeBand(at_least=18, below=27), True),
        (26, AgeBand(at_least=18, below=27), True),
        (27, AgeBand(at_least=18, below=27), False),
        (22, AgeBand(below=23), True),
        (23, AgeBand(below=23), False),
        (55, AgeBand(at_least=55), True),
        (54, AgeBand(at_least=55), False),
    ],
)
def test_an_age_band_begins_at_its_first_age_and_ends_before_its_last(age: int, band: AgeBand, holds: bool) -> None:
    assert band.holds(AgeRange(least=age, most=age)) is holds


@pytest.mark.parametrize(
    ("least", "most", "holds"),
    [(21, 22, True), (22, 23, None), (23, 24, False), (0, 120, None), (17, 18, None), (15, 17, False)],
)
def test_who_may_be_of_two_ages_is_of_a_band_only_when_both_are(least: int, most: int, holds: bool | None) -> None:
    assert AgeBand(at_least=18, below=23).holds(AgeRange(least=least, most=most)) is holds


@pytest.mark.parametrize("band", [{}, {"at_least": 30, "below": 30}, {"at_least": 40, "below": 20}])
def test_an_age_band_that_nobody_is_in_is_refused(band: dict[str, int]) -> None:
    with pytest.raises(ValidationError):
        AgeBand(**band)


# -- places ------------------------------------------------------------------------------------------------------


def counting(*parts: tuple[str, SubTarget], city: str = "almere") -> Policy:
    policy = policy_of(city)
    return replace(policy, capacity=replace(policy.capacity, sub_targets=dict(parts)))


def claim_of(case: Case) -> PlaceClaim:
    (claim,) = (one for one in case.claims if isinstance(one, PlaceClaim))
    return claim


def test_who_is_of_two_sub_targets_counts_in_both_and_has_one_place() -> None:
    youth = SubTarget(groups=("youth_care",), target=20, reserved=True)
    homeless = SubTarget(groups=("homeless",), target=40, reserved=True)
    women = SubTarget(groups=("womens_shelter",), target=5, reserved=True)
    policy = counting(("youth", youth), ("homeless", homeless), ("women", women))
    case = Case(policy=policy).start(from_care(20, other_groups=("homeless",))).ready().positive()
    claim = claim_of(case)
    assert claim.parts == ("youth", "homeless")
    assert (claim.units, [one.name for one in claim.own], [one.name for one in claim.kept]) == (
        1,
        ["youth", "homeless"],
        ["women"],
    )
    (reserved,) = case.happened(e.PlaceReserved)
    assert (reserved.part, reserved.also) == ("youth", ("homeless",))
    assert case.m.place
    assert case.m.place.parts == ("youth", "homeless")


@pytest.mark.parametrize(("referred_at", "granted_at", "counts"), [(22, 22, True), (22, 23, False), (22, None, True)])
def test_the_age_counts_on_the_day_of_the_grant(referred_at: int, granted_at: int | None, counts: bool) -> None:
    case = Case("amersfoort").start(from_care(referred_at)).ready()
    given = case.answering(a.AssessmentAnswer(result=a.AssessmentResult.POSITIVE, support=a.SupportProduct.LIGHT))
    case.do(replace(given, age=granted_at))
    assert claim_of(case).parts == (("young_below_23",) if counts else ())
    assert case.m.referral.age == (granted_at or referred_at)


@pytest.mark.parametrize(
    ("group", "others", "age", "parts"),
    [
        ("shelter", (), 20, ("homeless_youth",)),
        ("youth_care", ("homeless",), 18, ("homeless_youth",)),
        ("youth_care", (), 18, ()),
        ("shelter", (), 27, ()),
    ],
)
def test_the_hundred_homeless_young_people_of_almere_are_counted(
    group: str, others: tuple[str, ...], age: int, parts: tuple[str, ...]
) -> None:
    assert policy_of("almere").capacity.sub_targets["homeless_youth"].target == 100
    case = Case("almere").start(referral(target_group=group, other_groups=others, age=age)).ready().positive()
    assert claim_of(case).parts == parts


# -- who is eligible ---------------------------------------------------------------------------------------------


def test_one_of_several_groups_makes_a_client_eligible() -> None:
    patient = referral(target_group="clinical_care", other_groups=("shelter",))
    assert Case("almere").start(patient).ready().m.stage is Stage.ASSESSMENT


def test_a_correction_of_the_other_groups_counts() -> None:
    case = Case("almere").start(referral(target_group="clinical_care"))
    case.do(c.CorrectReferral(by=case.municipality, changes=ReferralChanges(other_groups=("shelter",)), note=NOTE))
    assert case.m.referral.groups == ("clinical_care", "shelter")
    assert case.ready().m.stage is Stage.ASSESSMENT


@pytest.mark.parametrize("group", [one for one in SHIPPED if one not in SIX])
def test_a_city_may_help_every_group_that_comes_with_the_product(group: str) -> None:
    policy = read_policy(f'{SMALLEST}target_groups = ["{group}"]\norigin = "none"\n').policy
    assert Case(policy=policy).start(referral(target_group=group)).ready().m.stage is Stage.ASSESSMENT
    refused = Case(policy=policy).start(referral())
    assert refused.refused_answer(a.ReadinessAnswer(result=a.Readiness.READY)) == "target_group_not_eligible"


def test_the_groups_that_the_law_names_are_there() -> None:
    named = {one for one, group in SHIPPED.items() if group.statutory}
    assert named >= {
        "sheltered_living",
        "shelter",
        "youth_care",
        "clinical_care",
        "womens_shelter",
        "leaving_detention",
        "violence",
        "human_trafficking",
        "leaving_sex_work",
        "informal_carer",
        "seriously_ill",
    }


# -- the file ----------------------------------------------------------------------------------------------------


def problems(text: str) -> dict[str, str]:
    with pytest.raises(PolicyInvalid) as invalid:
        read_policy(SMALLEST + text)
    return {problem.field: problem.message for problem in invalid.value.problems}


def test_a_city_adds_groups_of_its_own() -> None:
    text = """
target_groups = ["young_from_care"]
[groups.young_from_care]
within = ["youth_care"]
words = { nl = "jongeren uit de jeugdhulp", en = "young people from youth care" }
age = { below = 23 }
"""
    file = read_policy(SMALLEST + text)
    assert is_of(from_care(22), file.policy.target_groups, file.policy.groups) is True
    assert file.policy.groups == YOUNG


def test_an_unknown_group_is_named_with_those_that_are_known() -> None:
    found = problems(
        'target_groups = ["shelter", "youths"]\n[capacity.sub_targets.young]\ngroups = ["jong"]\ntarget = 3\n'
        '[groups.own]\nwithin = ["nobody"]\nwords = { nl = "eigen", en = "own" }\n'
    )
    assert found.keys() == {"target_groups.1", "capacity.sub_targets.young.groups.0", "groups.own.within.0"}
    assert "youth_care" in found["target_groups.1"]
    assert "own," in found["target_groups.1"]


def test_a_group_has_words_and_no_circle_and_one_of_ours_keeps_its_meaning() -> None:
    assert "words" in problems("[groups.own]\nage = { below = 23 }\n")["groups.own.words"]
    circle = '[groups.one]\nwithin = ["two"]\nwords = {nl = "een", en = "one"}\n'
    circle += '[groups.two]\nwithin = ["one"]\nwords = {nl = "twee", en = "two"}\n'
    assert problems(circle).keys() == {"groups.one.within", "groups.two.within"}
    assert problems("[groups.shelter]\nage = { below = 30 }\n").keys() == {"groups.shelter"}
    assert "for whom" in " ".join(problems("[capacity.sub_targets.some]\ntarget = 3\n").values())


def test_a_policy_that_names_no_groups_keeps_its_digest() -> None:
    policy = policy_of("amersfoort")
    assert "groups" not in policy.model_dump(mode="json", exclude_defaults=True)
    assert replace(policy, groups={}).digest() == policy.digest()
    assert replace(policy, groups=YOUNG).digest() != policy.digest()


def test_what_was_recorded_of_one_group_and_one_part_reads_and_is_written_as_it_was() -> None:
    old = '{"type":"place","municipality":"gorzen","year":2026,"units":1,"limit":9,"part":"youth","kept_for_own":3}'
    claim = PlaceClaim.model_validate_json(old)
    assert (claim.parts, [(one.name, one.target) for one in claim.own]) == (("youth",), [("youth", 3)])
    assert "other_groups" not in referral().model_dump_json()
    assert referral().model_dump()["target_group"] == "sheltered_living"
