"""Stage 3: a place within the quota, a suitable dwelling, and an offer that the corporation confirms."""

from datetime import UTC, date, datetime, time, timedelta

import pytest

from domain.decide.decide import Refused
from domain.facts.clocks import ClockKind
from domain.facts.outcome import Outcome, Stage
from domain.facts.parties import Role
from domain.facts.referral import DwellingNeeds, ReferralChanges
from domain.facts.rules import Overridable
from domain.facts.tasks import TaskKind
from domain.messages import answers as a
from domain.messages import commands as c
from domain.messages.effects import Letter, ListDwellings, PlaceOffer
from domain.policy.scarce import DwellingClaim, PlaceClaim
from domain.state import events as e
from domain.state.mediation import OfferState
from tests.domain.case import NOTE, Case, actor, along, assert_all_let_go, dwelling, referral

YMERE = actor(Role.CORPORATION, "ymere", "system")


def waiting_for_a_place() -> Case:
    case = along(upto="ready")
    case.full = True
    return case.positive()


# -- a place -----------------------------------------------------------------------------------------------------


def test_a_place_is_claimed_for_everybody_in_the_household_or_for_the_mediation_as_the_policy_counts() -> None:
    family = referral(household_size=4)
    units = {}
    for city in ("almere", "amersfoort"):
        case = Case(city).start(family).ready().positive()
        units[city] = [(x.units, x.limit, x.year) for x in case.claims if isinstance(x, PlaceClaim)]
    assert units == {"almere": [(4, 250, 2026)], "amersfoort": [(1, 300, 2026)]}


def test_with_the_quota_full_the_client_waits_and_is_looked_at_every_month() -> None:
    case = waiting_for_a_place()
    assert case.open == [TaskKind.AWAIT_PLACE]
    assert not case.happened(e.PlaceReserved)
    case.days(70)
    assert len(case.happened(e.TaskChecked)) == 2
    assert case.open == [TaskKind.AWAIT_PLACE]
    case.full = False
    case.days(31)
    assert case.open == [TaskKind.MAKE_OFFER]
    assert len(case.happened(e.PlaceReserved)) == 1
    assert len(case.happened(e.PlaceUnavailable)) == 1


def test_a_place_of_the_new_year_is_sought_in_the_new_year() -> None:
    case = waiting_for_a_place().on(date(2026, 12, 20))
    case.answer(a.UrgencyAnswer(extend=True))
    case.on(date(2027, 1, 4))
    case.full = False
    case.days(31)
    assert case.m.place is not None
    assert case.m.place.year == 2027


def test_the_municipality_may_look_for_a_place_at_once() -> None:
    case = waiting_for_a_place().answer(a.PlaceAnswer())
    assert case.open == [TaskKind.AWAIT_PLACE]
    case.full = False
    assert case.answer(a.PlaceAnswer()).open == [TaskKind.MAKE_OFFER]


def test_an_override_gives_a_place_beyond_the_quota_and_is_counted_apart() -> None:
    case = waiting_for_a_place()
    case.do(c.OverrideRule(by=case.municipality, rule=Overridable.QUOTA_FULL, note=NOTE))
    assert case.open == [TaskKind.MAKE_OFFER]
    assert case.happened(e.PlaceReserved)[0].beyond_limit
    assert [x.beyond_limit for x in case.claims if isinstance(x, PlaceClaim)] == [True]


# -- a dwelling --------------------------------------------------------------------------------------------------


def test_every_corporation_is_asked_what_it_released_and_again_every_month() -> None:
    case = along(upto="positive")
    assert [x.corporations for x in case.done(ListDwellings)] == [("ymere", "de-alliantie")]
    case.days(35)
    assert [x.corporations for x in case.done(ListDwellings)] == [("ymere", "de-alliantie")] * 2
    assert case.open == [TaskKind.MAKE_OFFER]


def test_a_corporation_may_tell_what_it_released_before_it_ever_made_an_offer_but_a_stranger_is_not_heard() -> None:
    case = along(upto="positive")
    case.do(c.LearnDwellings(by=YMERE, dwellings=(dwelling(1), dwelling(2, "stadgenoot"))))
    assert [x.dwelling.corporation for x in case.m.candidates] == ["ymere"]
    person = actor(Role.CORPORATION, "ymere")
    assert case.refused(c.LearnDwellings(by=person, dwellings=(dwelling(1),))).rule == "not_yours"


def test_only_what_suits_is_kept_the_longest_released_first() -> None:
    case = along(upto="positive").list(
        dwelling(3),
        dwelling(1),
        dwelling(4, rent_cents=90_000),
        dwelling(5, district="haven"),
    )
    assert [x.dwelling.id for x in case.m.candidates] == ["D-1", "D-3"]
    assert case.happened(e.DwellingsListed)[0].considered == 4
    case.list(dwelling(9, "de-alliantie"), dwelling(2), dwelling(9))
    assert [(x.dwelling.corporation, x.dwelling.id) for x in case.m.candidates] == [
        ("ymere", "D-2"),
        ("de-alliantie", "D-9"),
        ("ymere", "D-9"),
    ]


def test_a_corporation_that_is_away_does_not_hold_up_the_others_and_keeps_what_was_known_of_it() -> None:
    case = along(upto="positive").list(dwelling(1), dwelling(3, "de-alliantie"))
    case.list(dwelling(2), away=("de-alliantie",))
    listed = case.happened(e.DwellingsListed)[-1]
    assert (listed.considered, listed.away) == (1, ("de-alliantie",))
    assert [x.dwelling.id for x in listed.suitable] == ["D-2"]
    assert sorted(x.dwelling.id for x in case.m.candidates) == ["D-2", "D-3"]
    assert case.match(2).offer.candidate.dwelling.corporation == "ymere"


@pytest.mark.parametrize(
    ("today", "asked_again"),
    [
        (date(2026, 6, 2), date(2026, 6, 3)),
        (date(2026, 6, 5), date(2026, 6, 8)),
        (date(2026, 12, 24), date(2026, 12, 28)),
    ],
)
def test_a_corporation_that_is_away_is_asked_again_the_next_working_day_until_it_answers(
    today: date, asked_again: date
) -> None:
    case = Case(now=datetime.combine(today, time(8), UTC)).start().ready().positive()
    calendar = case.policy.calendar
    for _ in range(2):
        asked = len(case.done(ListDwellings))
        case.list(dwelling(1), away=("ymere", "de-alliantie"))
        morning = calendar.at(asked_again, calendar.opens)
        assert case.task(TaskKind.MAKE_OFFER).check_at == morning
        case.until(morning - timedelta(seconds=1))
        assert len(case.done(ListDwellings)) == asked
        case.until(morning)
        assert len(case.done(ListDwellings)) == asked + 1
        asked_again = calendar.working_day_from(asked_again + timedelta(days=1))
    case.list()
    check_at = case.task(TaskKind.MAKE_OFFER).check_at
    assert check_at is not None
    assert check_at > case.now + timedelta(days=25), "the ordinary month again"


@pytest.mark.parametrize(
    ("facts", "unmet"),
    [
        ({"rooms": 1}, "rooms"),
        ({"rent_cents": 68_001}, "rent"),
        ({"accessible": False}, "accessible"),
        ({"low_stimulus": False}, "low_stimulus"),
        ({"district": "buiten"}, "district_wanted"),
        ({"district": "haven"}, "district_wanted"),
    ],
)
def test_each_need_is_judged_apart(facts: dict[str, object], unmet: str) -> None:
    needs = DwellingNeeds(
        rooms=2, rent_limit_cents=68_000, accessible=True, low_stimulus=True, wanted_districts=("centrum",)
    )
    case = Case().start(referral(needs=needs)).ready().positive()
    case.do(c.OverrideRule(by=case.municipality, rule=Overridable.DWELLING_UNSUITABLE, note=NOTE))
    case.list(dwelling(1, "ymere", **{"accessible": True, "low_stimulus": True, **facts}))
    assert [x.name for x in case.m.candidates[0].conditions if x.verdict != "met" and not x.advisory] == [unmet]


def test_an_unsuitable_dwelling_is_offered_only_when_the_rule_is_set_aside() -> None:
    case = along(upto="positive").list(dwelling(1, rooms=1, rent_cents=90_000))
    assert case.refused(case.matching(1)).rule == "dwelling_not_listed"
    listings = len(case.done(ListDwellings))
    case.do(c.OverrideRule(by=case.municipality, rule=Overridable.DWELLING_UNSUITABLE, note=NOTE))
    assert len(case.done(ListDwellings)) == listings + 1
    case.list(dwelling(1, rooms=1, rent_cents=90_000)).match(1)
    assert case.offer.state is OfferState.PREPARED


def test_a_dwelling_listed_before_a_correction_is_judged_on_the_facts_of_today() -> None:
    case = along(upto="list")
    needs = DwellingNeeds(rooms=1, rent_limit_cents=68_000, excluded_districts=("centrum",))
    case.do(c.CorrectReferral(by=case.municipality, changes=ReferralChanges(needs=needs), note=NOTE))
    refused = case.refused(case.matching(1))
    assert refused.rule == "dwelling_unsuitable"
    assert [x.name for x in refused.conditions if x.verdict == "unmet"] == ["district_excluded"]


def test_a_dwelling_that_somebody_else_has_is_not_offered() -> None:
    case = along(upto="list")
    gone = frozenset({DwellingClaim(corporation="ymere", dwelling="D-1")})
    assert case.refused(case.matching(1), gone).rule == "dwelling_taken"
    assert case.match(2).offer.candidate.dwelling.id == "D-2"


# -- an offer ----------------------------------------------------------------------------------------------------


def test_the_corporation_is_asked_to_confirm_and_the_client_is_then_written_to() -> None:
    case = along(upto="match")
    task = case.task(TaskKind.CONFIRM_OFFER)
    assert task.owner == "ymere"
    assert [(x.task, x.dwelling) for x in case.done(PlaceOffer)] == [(task.id, "D-1")]
    case.answer(a.ConfirmationAnswer(number="O-7"), YMERE)
    assert case.m.stage is Stage.ACCEPTANCE
    assert case.offer.number == "O-7"
    assert case.readers(Letter.OFFER_MADE) == {"client", "guide"}


def test_a_confirmation_has_a_number_or_a_reason() -> None:
    assert along(upto="match").refused_answer(a.ConfirmationAnswer()) == "answer_incomplete"


def test_a_declined_offer_is_not_counted_and_another_dwelling_is_sought() -> None:
    case = along(upto="match").answer(a.ConfirmationAnswer(declined=a.CorporationDecline.UNAVAILABLE), YMERE)
    assert case.open == [TaskKind.MAKE_OFFER]
    assert case.offer.state is OfferState.DECLINED
    assert case.m.counted_refusals == 0
    assert DwellingClaim(corporation="ymere", dwelling="D-1", not_free=True) in case.releases
    case.list(dwelling(1), dwelling(2))
    assert [x.dwelling.id for x in case.m.candidates] == ["D-2"]


# -- the urgency -------------------------------------------------------------------------------------------------


def test_the_urgency_warns_in_time_and_is_extended_without_losing_a_day() -> None:
    case = along(upto="positive")
    ends_at = case.clock(ClockKind.URGENCY).ends_at
    case.on(date(2026, 10, 2))
    assert case.open == [TaskKind.MAKE_OFFER, TaskKind.EXTEND_URGENCY]
    case.answer(a.UrgencyAnswer(extend=True))
    assert case.policy.calendar.today(ends_at) == date(2026, 12, 1)
    assert case.policy.calendar.today(case.clock(ClockKind.URGENCY).ends_at) == date(2027, 6, 1)
    assert len(case.clock(ClockKind.URGENCY).warnings) == 2
    assert case.readers(Letter.URGENCY_EXTENDED) == {"client", "guide"}


def test_no_offer_is_made_on_an_expired_urgency_until_it_is_extended() -> None:
    case = along(upto="list").on(date(2026, 12, 2))
    assert case.clock(ClockKind.URGENCY).expired
    assert TaskKind.MAKE_OFFER not in case.open
    case.answer(a.UrgencyAnswer(extend=True)).list().match(1)
    assert case.offer.state is OfferState.PREPARED
    assert case.clock(ClockKind.URGENCY).ends_at > case.now + timedelta(days=170)


def test_no_offer_is_made_at_the_very_end_of_an_urgency_though_nobody_noted_it_yet() -> None:
    case = along(upto="list")
    end = case.clock(ClockKind.URGENCY).ends_at
    case.now = end - timedelta(seconds=1)
    assert not isinstance(case.judge(case.matching(1)), Refused)
    case.now = end
    assert not case.clock(ClockKind.URGENCY).expired
    assert case.refused(case.matching(1)).rule == "urgency_expired"


def test_an_urgency_lapses_only_after_a_hearing() -> None:
    case = along(upto="list").on(date(2026, 10, 2))
    assert case.refused_answer(a.UrgencyAnswer(extend=False)) == "answer_incomplete"
    case.answer(a.UrgencyAnswer(extend=False, note=NOTE))
    assert case.open == [TaskKind.MAKE_OFFER, TaskKind.HEAR_CLIENT]
    case.on(date(2026, 12, 2))
    assert TaskKind.EXTEND_URGENCY not in case.open
    case.answer(case.hearing(a.HearingResult.STANDS))
    assert_all_let_go(case, Outcome.URGENCY_EXPIRED)


def test_a_hearing_may_save_the_urgency() -> None:
    case = along(upto="list").on(date(2026, 12, 2)).answer(a.UrgencyAnswer(extend=False, note=NOTE))
    case.answer(case.hearing(a.HearingResult.DROPPED))
    assert case.open == [TaskKind.MAKE_OFFER]
    assert not case.clock(ClockKind.URGENCY).expired


def test_an_urgency_does_not_lapse_under_an_open_offer() -> None:
    case = along(upto="confirm").on(date(2026, 10, 2))
    assert case.refused_answer(a.UrgencyAnswer(extend=False, note=NOTE)) == "offer_live"


def test_an_intended_lapse_ends_nothing_once_an_offer_is_open_and_is_off_when_the_keys_are_given() -> None:
    case = along(upto="list").on(date(2026, 10, 2)).answer(a.UrgencyAnswer(extend=False, note=NOTE))
    case.match().confirm()
    assert case.refused_answer(case.hearing(a.HearingResult.STANDS)) == "offer_live"
    case.accept().sign().plan_support().keys()
    assert TaskKind.HEAR_CLIENT not in case.open


def test_the_housing_target_is_an_aim_that_is_only_reported() -> None:
    case = along(upto="positive").on(date(2026, 11, 2))
    assert case.readers(Letter.HOUSING_TARGET_NEAR) == {"almere"}, "a month before 1 December is a Sunday"
    assert case.letters(Letter.HOUSING_TARGET_MISSED) == []
    case.on(date(2026, 12, 2))
    assert case.readers(Letter.HOUSING_TARGET_MISSED) == {"almere"}
    assert case.m.outcome is None
