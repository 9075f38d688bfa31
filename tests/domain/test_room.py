"""Room for a placement: what is claimed under which policy, and what a full or closed complex means for a client."""

from datetime import date

import pytest
from pydantic import ValidationError

from domain.decide.decide import Decided
from domain.exchange.policy_file import PolicyInvalid, parse_policy, read_policy
from domain.facts.capacity import Denominator, KeptPart, SubTarget
from domain.facts.conditions import Comparison, ConditionUnit, Measured, Norm, Verdict
from domain.facts.outcome import Outcome
from domain.facts.periods import Span, bounds
from domain.facts.rules import Overridable
from domain.facts.tasks import TaskKind
from domain.facts.value import replace
from domain.messages import answers as a
from domain.messages import commands as c
from domain.messages.effects import CallWaiting
from domain.policy.policy import CapacityModel, CapacityPolicy, CapacityUnit, ConversionPolicy, CountsAt, Policy
from domain.policy.scarce import Against, Claim, PlaceClaim, Scope, SpreadClaim
from domain.policy.spread import CapPeriod, SpreadCap, SpreadPolicy, Standing
from domain.state import events as e
from runtime.policy_files import text_of
from tests.domain.case import NOTE, Case, along, assert_all_let_go, dwelling, policy_of, referral

CAPACITY = policy_of("almere").capacity


def with_capacity(capacity: CapacityPolicy) -> Policy:
    return replace(policy_of("almere"), capacity=capacity)


def with_caps(**caps: object) -> Policy:
    return replace(policy_of("almere"), spread=SpreadPolicy.model_validate(caps))


def place_of(case: Case) -> PlaceClaim:
    return next(claim for claim in case.claims if isinstance(claim, PlaceClaim))


def spread_of(claims: list[Claim]) -> list[SpreadClaim]:
    return [claim for claim in claims if isinstance(claim, SpreadClaim)]


SPELLINGS = ("De oever", "De  Oever", "De\u00a0Oever", "DE OEVER")


@pytest.mark.parametrize("written", SPELLINGS)
def test_what_was_agreed_on_a_complex_holds_however_its_name_is_written(written: str) -> None:
    caps = with_caps(complexes={"ymere/De Oever": {"most": 1, "closed_until": "2026-07-01"}})
    assert caps.spread
    assert caps.spread.cap(Scope.COMPLEX, "ymere", written).most == 1
    assert caps.spread.cap(Scope.COMPLEX, "de-alliantie", written).most is None
    told = Standing(scope=Scope.COMPLEX, corporation="ymere", name="DE\u00a0OEVER", period="2026", used=3, most=3)
    policy = with_caps(every_complex=SpreadCap(most=9))
    case = Case(policy=policy).start().ready().positive()
    case.do(c.LearnDwellings(by=case.engine, dwellings=(dwelling(1, complex=written),), standings=(told,)))
    assert [one.dwelling.complex for one in case.m.full] == [written]


@pytest.mark.parametrize("written", SPELLINGS)
def test_a_complex_that_the_policy_closes_is_closed_however_its_name_is_written(written: str) -> None:
    policy = policy_of("almere")
    assert policy.suitability
    closed = replace(policy.suitability, closed_complexes=("De Oever",))
    case = Case(policy=replace(policy, suitability=closed)).start().ready().positive()
    case.list(dwelling(1, complex=written), dwelling(2, complex="De Werf"))
    assert [one.dwelling.id for one in case.m.candidates] == ["D-2"]


# -- a place -----------------------------------------------------------------------------------------------------


def test_a_place_of_half_a_year_a_shared_quota_and_a_sub_target_is_claimed_and_recorded_as_such() -> None:
    young = SubTarget(groups=("youth_care", "sheltered_living"), target=9, reserved=True)
    women = SubTarget(groups=("womens_shelter",), target=4, reserved=True)
    counted = SubTarget(groups=("shelter",), target=7)
    parts = {"young": young, "women": women, "shelter": counted}
    shared = replace(CAPACITY, period=Span.HALF_YEAR, shared_by=("almere", "urk"), sub_targets=parts)
    policy = with_capacity(shared)
    claim = place_of(case := Case(policy=policy).start().ready().positive())
    assert (claim.ledger, claim.period, claim.parts) == ("almere+urk", "2026-H1", ("young",))
    assert claim.kept == (KeptPart(name="women", target=4),)
    (reserved,) = case.happened(e.PlaceReserved)
    assert (reserved.half, reserved.shared_by, reserved.part) == (1, ("almere", "urk"), "young")
    second_half = Case(policy=policy).start().ready().on(date(2026, 7, 1)).positive()
    assert place_of(second_half).period == "2026-H2"


def across_the_year(counts_at: CountsAt, *, full: bool = False) -> Case:
    """Granted on 20 December 2026, and the keys in January."""
    policy = with_capacity(replace(CAPACITY, counts_at=counts_at))
    case = Case(policy=policy).on(date(2026, 12, 1)).start().ready().on(date(2026, 12, 21)).positive()
    case.list().match().confirm().accept().request_known().sign(keys_in=20).plan_support(20)
    case.full = full
    return case.keys()


def test_a_place_counts_in_the_year_of_the_reservation_or_of_the_keys_as_the_policy_says() -> None:
    stays = across_the_year(CountsAt.RESERVATION)
    assert stays.m.place is not None
    assert (stays.m.place.year, stays.happened(e.PlaceMoved)) == (2026, [])
    moves = across_the_year(CountsAt.KEYS)
    assert moves.keys_day() == date(2027, 1, 11)
    assert moves.happened(e.PlaceMoved) == [e.PlaceMoved(year=2027)]
    assert moves.m.place == replace(stays.m.place, year=2027)
    claimed = [one.period for one in moves.claims if isinstance(one, PlaceClaim)]
    given_back = [one.period for one in moves.releases if isinstance(one, PlaceClaim)]
    assert (claimed, given_back) == (["2026", "2027"], ["2026"])


def test_a_place_that_moves_to_a_full_year_counts_beyond_the_limit_for_the_home_is_let() -> None:
    case = across_the_year(CountsAt.KEYS, full=True)
    assert case.happened(e.PlaceMoved) == [e.PlaceMoved(year=2027, beyond_limit=True)]
    assert case.m.place is not None
    assert case.m.place.beyond_limit


def test_who_waits_is_called_when_a_place_moves_to_another_year() -> None:
    """It comes free in the year that it leaves: that of the reservation, or of a day of the keys that was wrong."""
    case = across_the_year(CountsAt.KEYS)
    assert [effect.corporation for effect in case.done(CallWaiting)] == [None]
    late = Case(policy=case.policy).on(date(2026, 12, 1)).start().ready().on(date(2026, 12, 8)).positive()
    late.list().match().confirm().accept().request_known().sign(keys_in=20).plan_support(20)
    late.on(date(2027, 1, 4)).answer(a.KeysAnswer(on=late.today)).corrected(a.KeysAnswer(on=late.keys_day()))
    assert late.happened(e.PlaceMoved) == [e.PlaceMoved(year=2027), e.PlaceMoved(year=2026)]
    assert len(late.done(CallWaiting)) == 2


def test_keys_in_the_year_of_the_reservation_move_nothing() -> None:
    case = along(policy=with_capacity(replace(CAPACITY, counts_at=CountsAt.KEYS)))
    assert case.happened(e.PlaceMoved) == []


def test_a_ceiling_with_a_denominator_is_claimed_by_its_share_and_one_without_by_its_limit() -> None:
    fed = with_capacity(
        replace(CAPACITY, model=CapacityModel.CEILING, share=0.5, denominator=Denominator.EXPECTED, limit=300)
    )
    claim = place_of(Case(policy=fed).start().ready().positive())
    assert (claim.share, claim.denominator, claim.limit) == (0.5, Denominator.EXPECTED, 300)
    fixed = with_capacity(replace(CAPACITY, model=CapacityModel.CEILING, share=0.5, limit=300))
    assert place_of(Case(policy=fixed).start().ready().positive()).share is None


@pytest.mark.parametrize("unit", [CapacityUnit.HOUSEHOLDS, CapacityUnit.MEDIATIONS, CapacityUnit.DWELLINGS])
def test_a_household_is_one_place_unless_people_are_counted(unit: CapacityUnit) -> None:
    case = Case(policy=with_capacity(replace(CAPACITY, unit=unit))).start(referral(household_size=4)).ready().positive()
    assert place_of(case).units == 1


def test_a_part_of_nobody_is_no_policy() -> None:
    parts = {"none": {"groups": [], "target": 4}}
    with pytest.raises(ValidationError):
        CapacityPolicy.model_validate({"model": "quota", "unit": "people", "sub_targets": parts})


def test_a_city_that_says_nothing_of_capacity_has_no_limit_and_that_is_a_gap() -> None:
    text = text_of("almere")
    before, _, rest = text.partition("[capacity]")
    said = read_policy(before + rest[rest.index("[offers]") :])
    assert (said.policy.capacity.model, said.policy.capacity.limit) == (CapacityModel.UNLIMITED, None)
    assert {"capacity.model", "capacity.unit", "capacity.period"} <= set(said.gaps)


@pytest.mark.parametrize("said", ["", 'limit = "unspecified"\n'])
def test_a_quota_without_a_number_is_no_quota(said: str) -> None:
    with pytest.raises(PolicyInvalid, match=r"capacity\.limit: a quota needs a number"):
        read_policy(text_of("almere").replace("limit = 250\n", said))


def test_a_policy_of_before_placements_were_spread_claims_none() -> None:
    document = policy_of("almere").model_dump(mode="json", exclude={"spread"})
    case = Case(policy=Policy.model_validate(document)).start().ready().positive().list().match()
    assert spread_of(case.claims) == []
    assert case.offer.spread == ()


@pytest.mark.parametrize(
    ("period", "first", "last"),
    [
        ("2026", date(2026, 1, 1), date(2026, 12, 31)),
        ("2026-H1", date(2026, 1, 1), date(2026, 6, 30)),
        ("2026-H2", date(2026, 7, 1), date(2026, 12, 31)),
        ("2028-02", date(2028, 2, 1), date(2028, 2, 29)),
    ],
)
def test_a_period_has_a_first_and_a_last_day(period: str, first: date, last: date) -> None:
    assert bounds(period) == (first, last)


@pytest.mark.parametrize("period", ["", "26", "2026-H3", "2026-13", "2026-1", "2026-H1 ", "live"])
def test_anything_else_is_no_period(period: str) -> None:
    with pytest.raises(ValueError, match="write a year"):
        bounds(period)


# -- spread ------------------------------------------------------------------------------------------------------


def test_a_policy_file_names_caps_per_district_and_complex_and_for_all() -> None:
    open_yet = 'every_district = "unspecified"\nevery_complex = "unspecified"\n'
    text = text_of("almere").replace(open_yet, "") + (
        "\n[spread.every_complex]\nmost = 4\nreview_on = 2026-12-01\n"
        "\n[spread.districts.haven]\nmost = 12\nperiod = 'half_year'\n"
        "\n[spread.complexes.'ymere/De Oever']\nclosed_until = 2026-09-01\n"
    )
    spread = parse_policy(text).spread
    assert spread is not None
    assert spread.cap(Scope.COMPLEX, "ymere", "De Kade").most == 4
    assert spread.cap(Scope.COMPLEX, "ymere", "De Oever") == SpreadCap(closed_until=date(2026, 9, 1))
    assert spread.cap(Scope.DISTRICT, "", "haven").period is CapPeriod.HALF_YEAR
    assert spread.cap(Scope.DISTRICT, "", "stad") == SpreadCap()


def test_an_offer_claims_a_placement_in_the_complex_and_the_district_and_remembers_them() -> None:
    policy = with_caps(every_complex={"most": 4, "period": "live"}, every_district={"most": 9, "period": "half_year"})
    case = Case(policy=policy).start().ready().positive().list().match()
    found = [(x.scope, x.corporation, x.name, x.period, x.most) for x in spread_of(case.claims)]
    assert found == [
        (Scope.COMPLEX, "ymere", "De Oever", "live", 4),
        (Scope.DISTRICT, "", "centrum", "2026-H1", 9),
    ]
    assert list(case.offer.spread) == spread_of(case.claims)


def full_at(case: Case, **found: object) -> frozenset[Claim]:
    """What the store says when the complex of the first dwelling is full."""
    decided = case.judge(case.matching())
    assert isinstance(decided, Decided)
    claim = spread_of(list(decided.claims))[0]
    return frozenset({replace(claim, against=Against(used=2, most=2))})


def test_a_full_complex_refuses_the_offer_with_its_numbers_and_an_override_lets_it_pass_beyond() -> None:
    case = Case(policy=with_caps(every_complex={"most": 2})).start().ready().positive().list()
    gone = full_at(case)
    refused = case.refused(case.matching(), gone)
    assert refused.rule == "spread_full"
    (full,) = refused.conditions
    assert (full.name, full.verdict) == ("complex_room", Verdict.UNMET)
    assert full.found == Measured(unit=ConditionUnit.PLACEMENTS, value=2)
    assert full.asked == Norm(comparison=Comparison.AT_MOST, value=2, period="2026")
    case.do(c.OverrideRule(by=case.municipality, rule=Overridable.SPREAD_FULL, note=NOTE)).do(case.matching(), gone)
    assert [one.beyond_limit for one in case.offer.spread] == [True, False]


def test_a_complex_that_the_policy_closed_is_refused_up_to_that_day_and_not_after() -> None:
    agreed = with_caps(complexes={"ymere/De Oever": {"closed_until": date(2026, 6, 3)}})
    case = Case(policy=agreed).start().ready().positive().list()
    assert [one.dwelling.id for one in case.m.full] == ["D-1", "D-2"]
    refused = case.refused(case.matching())
    (closed,) = refused.conditions
    assert (refused.rule, closed.name, closed.verdict) == ("spread_full", "complex_open", Verdict.UNMET)
    assert closed.found == Measured(unit=ConditionUnit.YES_NO, value=False, until=date(2026, 6, 3))
    case.on(date(2026, 6, 4)).match()
    assert case.open == [TaskKind.CONFIRM_OFFER]


@pytest.mark.parametrize(
    ("standing", "unmet"),
    [
        ({"used": 3}, "complex_room"),
        ({"used": 2}, None),
        ({"used": 2, "most": 2}, "complex_room"),
        ({"eligible": False}, "complex_open"),
        ({"closed_until": "2026-06-01"}, "complex_open"),
        ({"closed_until": "2026-05-31"}, None),
    ],
)
def test_what_a_listing_is_told_of_a_complex_decides_whether_its_dwellings_have_room(
    standing: dict[str, object], unmet: str | None
) -> None:
    case = Case(policy=with_caps(every_complex={"most": 3})).start().ready().positive()
    told = Standing.model_validate(
        {"scope": "complex", "corporation": "ymere", "name": "De Oever", "period": "2026", **standing}
    )
    homes = (dwelling(1), dwelling(2, complex="De Kade"), dwelling(3, rent_cents=99_000))
    case.do(c.LearnDwellings(by=case.engine, dwellings=homes, standings=(told,)))
    named = [x.name for one in case.m.full for x in one.conditions if x.verdict is Verdict.UNMET]
    assert named == ([unmet] if unmet else [])
    assert [one.dwelling.id for one in case.m.candidates] == (["D-2"] if unmet else ["D-1", "D-2"])


def test_setting_the_rule_aside_looks_again_and_lists_full_complexes_too() -> None:
    case = Case(policy=with_caps(every_complex={"most": 0})).start().ready().positive().list()
    assert case.m.candidates == ()
    case.do(c.OverrideRule(by=case.municipality, rule=Overridable.SPREAD_FULL, note=NOTE))
    assert [effect.type for effect in case.last.effects] == ["ListDwellings"]
    case.list()
    assert len(case.m.candidates) == 2


def test_placements_are_released_with_the_dwelling_and_at_the_end_only_live_ones() -> None:
    for ending in ("declined", "refused", "withdrawn"):
        case = along(upto="match" if ending == "declined" else "confirm")
        claimed = spread_of(case.claims)
        if ending == "declined":
            case.answer(a.ConfirmationAnswer(declined=a.CorporationDecline.OTHER))
        elif ending == "refused":
            case.refuse()
        else:
            case.withdraws()
        assert spread_of(case.releases) == claimed
    live = replace(with_caps(every_district={"period": "live"}), conversion=ConversionPolicy())
    case = Case(policy=live)
    for step in ("start", "ready", "positive", "list", "match", "confirm", "accept", "request_known", "sign"):
        getattr(case, step)()
    case.plan_support().keys().start_support()
    assert spread_of(case.releases) == []
    case.call_day().call()
    assert [one.scope for one in spread_of(case.releases)] == [Scope.DISTRICT]


def test_a_case_that_ends_early_lets_all_go() -> None:
    case = along(upto="sign").withdraws()
    assert_all_let_go(case, Outcome.WITHDRAWN_BY_CLIENT)
