"""A city may leave the choice of a home to the corporation that has one, or to a table: whose turn it is, and when."""

import pytest

from domain.decide.catalogue import bodies
from domain.exchange.policy_file import PolicyInvalid
from domain.facts.absences import AbsenceKind
from domain.facts.outcome import Stage
from domain.facts.parties import Owner, Role, Whose
from domain.facts.referral import DwellingNeeds, ReferralChanges
from domain.facts.rules import Overridable
from domain.facts.tasks import TaskKind
from domain.facts.value import replace
from domain.messages import answers as a
from domain.messages import commands as c
from domain.messages.effects import Letter, PlaceOffer
from domain.state import events as e
from policy_tools.check import check
from runtime.policy_files import text_of
from tests.domain.case import DESK, NOTE, Case, along, dwelling, main_road, referral
from tests.domain.choosing import (
    ALLIANTIE,
    TURN,
    YMERE,
    asked,
    chooses,
    chooses_none,
    chosen_by,
    listed,
    read_as_file,
    seeking,
)

ALMERE = Owner(Role.COORDINATOR, "almere")


def owner(case: Case) -> Owner:
    return Owner(asked(case).owner_role, asked(case).owner)


# -- whose turn it is --------------------------------------------------------------------------------------------


def test_until_a_home_is_listed_the_choice_is_the_municipalitys() -> None:
    case = seeking()
    assert owner(case) == ALMERE
    case.list(dwelling(1, rent_cents=90_000))
    assert owner(case) == ALMERE, "nothing that suits is listed"


def test_the_corporation_whose_dwelling_has_been_free_the_longest_chooses_first_within_the_term() -> None:
    case = listed()
    assert owner(case) == Owner(Role.CORPORATION, "de-alliantie")
    assert asked(case).due == case.policy.calendar.deadline(case.now, TURN)
    assert asked(case).id == "make_offer-1", "it is the same task, which waits as long as it did"
    [letter] = [letter for letter in case.letters(Letter.TASK_OPENED) if letter.task == "make_offer-1"]
    assert letter.organisation == "de-alliantie"
    assert "de-alliantie" in case.m.organisations()


def test_it_chooses_one_of_its_own_and_is_asked_to_confirm_it() -> None:
    case = chooses(listed(), ALLIANTIE, 4)
    assert case.offer.candidate.dwelling.id == "D-4"
    [placed] = case.done(PlaceOffer)
    assert (placed.corporation, placed.dwelling) == ("de-alliantie", "D-4")
    assert case.open == [TaskKind.CONFIRM_OFFER]
    assert case.answer(a.ConfirmationAnswer(number="O-1"), ALLIANTIE).m.stage is Stage.ACCEPTANCE


def test_it_chooses_no_dwelling_of_another() -> None:
    case = listed()
    assert case.refused_answer(a.MatchAnswer(corporation="ymere", dwelling="D-2"), ALLIANTIE) == "own_dwellings_only"
    assert case.refused_answer(a.MatchAnswer(corporation="ymere", dwelling="D-2"), YMERE) == "not_yours"


def test_who_has_no_turn_takes_no_part() -> None:
    case = listed()
    assert "ymere" not in case.m.organisations()
    assert "de-alliantie" not in case.m.taking_part()
    death = c.ReportDeath(by=ALLIANTIE, source=a.KnownFrom.FAMILY)
    assert case.refused(death).rule == "not_yours", "who chooses among its homes knows nobody yet"


def test_a_turn_that_goes_by_is_the_next_ones_and_then_the_municipalitys_who_hears_of_each() -> None:
    case = listed()
    case.until(asked(case).due)
    assert owner(case) == Owner(Role.CORPORATION, "ymere")
    [left] = case.happened(e.ChoiceLeft)
    assert [home.dwelling for home in left.homes] == ["D-1", "D-4"]
    assert case.readers(Letter.TASK_ESCALATED) == {"almere"}
    assert "de-alliantie" in case.readers(Letter.TASK_PASSED_ON)
    assert "de-alliantie" not in case.m.organisations(), "its turn is over, and so is what it may see"
    case.until(asked(case).due)
    assert owner(case) == ALMERE
    assert len(case.letters(Letter.TASK_ESCALATED)) == 2
    assert chooses(case, case.municipality, 1, ALLIANTIE).open == [TaskKind.CONFIRM_OFFER]


def test_a_corporation_may_say_at_once_that_it_chooses_none() -> None:
    case = chooses_none(listed(), ALLIANTIE, a.CorporationDecline.COMPLEX_OVERLOADED)
    assert owner(case) == Owner(Role.CORPORATION, "ymere")
    assert case.happened(e.ChoiceLeft)[0].reason is a.CorporationDecline.COMPLEX_OVERLOADED
    assert owner(chooses_none(case, YMERE)) == ALMERE


def test_only_for_a_corporation_whose_turn_it_is_is_it_said_that_it_chooses_none() -> None:
    none = a.MatchAnswer(corporation="ymere", declined=a.CorporationDecline.OTHER)
    assert seeking().refused_answer(none) == "answer_contradicts", "the municipality waits, and need not say so"
    case = listed()
    assert case.refused_answer(none, ALLIANTIE) == "own_dwellings_only"
    both = a.MatchAnswer(corporation="de-alliantie", dwelling="D-1", declined=a.CorporationDecline.OTHER)
    assert case.refused_answer(both, ALLIANTIE) == "answer_contradicts"
    neither = case.refused(case.answering(a.MatchAnswer(corporation="de-alliantie"), ALLIANTIE))
    assert (neither.rule, neither.field) == ("answer_incomplete", "dwelling")
    assert owner(chooses_none(case, ALLIANTIE)) == Owner(Role.CORPORATION, "ymere")


def test_a_corporation_is_asked_again_when_it_releases_another_dwelling() -> None:
    case = chooses_none(chooses_none(listed(), ALLIANTIE), YMERE)
    case.list(dwelling(1, "de-alliantie"), dwelling(9))
    assert owner(case) == Owner(Role.CORPORATION, "ymere"), "of the first one nothing is new"


def test_after_an_offer_everybody_may_choose_again() -> None:
    case = chooses(chooses_none(listed(), ALLIANTIE), YMERE, 2)
    case.answer(a.ConfirmationAnswer(declined=a.CorporationDecline.OTHER), YMERE)
    assert owner(case) == Owner(Role.CORPORATION, "de-alliantie")


def test_a_turn_goes_on_when_another_turns_out_to_have_a_dwelling_for_longer() -> None:
    case = seeking().list(dwelling(5))
    case.list(dwelling(5), dwelling(1, "de-alliantie"))
    assert owner(case) == Owner(Role.CORPORATION, "ymere")
    case.list(dwelling(1, "de-alliantie"))
    assert owner(case) == Owner(Role.CORPORATION, "de-alliantie"), "there is nothing left for it to choose from"


def test_of_what_stands_in_the_way_of_a_dwelling_a_corporation_hears_nothing() -> None:
    case = listed()
    lower = ReferralChanges(needs=DwellingNeeds(rooms=1, rent_limit_cents=50_000))
    case.do(c.CorrectReferral(by=case.municipality, changes=lower, note=NOTE))
    refused = case.refused(case.answering(a.MatchAnswer(corporation="de-alliantie", dwelling="D-1"), ALLIANTIE))
    assert (refused.rule, refused.conditions) == ("dwelling_not_listed", ())
    case.do(c.OverrideRule(by=case.municipality, rule=Overridable.DWELLING_UNSUITABLE, note=NOTE))
    assert chooses(case, ALLIANTIE, 1).open == [TaskKind.CONFIRM_OFFER], "the municipality set that aside"


# -- when the municipality chooses after all ---------------------------------------------------------------------


@pytest.mark.parametrize(
    "given",
    [
        referral(address_secret=True),
        referral(needs=DwellingNeeds(rooms=1, rent_limit_cents=68_000, unsafe_districts=("haven",))),
    ],
    ids=["secret address", "unsafe districts"],
)
def test_which_dwellings_suit_is_not_told_of_somebody_who_must_be_safe(given: object) -> None:
    assert isinstance(given, type(referral()))
    case = seeking(given).list(dwelling(1), dwelling(2, "de-alliantie"))
    assert owner(case) == ALMERE
    assert not {"ymere", "de-alliantie"} & {*case.m.organisations()}


def test_an_address_that_becomes_secret_ends_a_turn() -> None:
    case = listed()
    changes = ReferralChanges(address_secret=True)
    case.do(c.CorrectReferral(by=case.municipality, changes=changes, note=NOTE))
    assert owner(case) == ALMERE


def test_while_no_home_may_be_offered_no_corporation_is_asked_and_none_learns_why() -> None:
    case = listed().away(AbsenceKind.DETENTION)
    assert owner(case) == ALMERE
    assert "de-alliantie" not in case.m.organisations()
    case.back()
    assert owner(case) == Owner(Role.CORPORATION, "de-alliantie")


def test_an_urgency_that_ends_takes_the_turn_back_and_one_that_is_extended_gives_it_again() -> None:
    case = seeking()
    case.until(case.m.clocks[-1].ends_at).days(1)
    assert case.m.open_of(TaskKind.EXTEND_URGENCY)
    assert TaskKind.MAKE_OFFER not in case.open
    case.answer(a.UrgencyAnswer(extend=True)).list()
    assert owner(case) == Owner(Role.CORPORATION, "ymere")


def test_in_a_pause_a_turn_stands_still() -> None:
    case = listed()
    due = asked(case).due
    case.paused().days(20)
    assert (owner(case), asked(case).due) == (Owner(Role.CORPORATION, "de-alliantie"), due)
    case.resumed()
    assert owner(case) == Owner(Role.CORPORATION, "de-alliantie")
    assert asked(case).due > due


def test_in_a_pause_no_turn_begins() -> None:
    case = seeking().paused().list()
    assert owner(case) == ALMERE
    assert owner(case.resumed()) == Owner(Role.CORPORATION, "ymere")


def test_the_municipality_takes_the_choice_over_and_keeps_it() -> None:
    case = listed()
    case.do(c.TakeOverTask(by=case.municipality, task="make_offer-1", note=NOTE)).list().days(40)
    assert owner(case) == ALMERE
    assert not case.happened(e.ChoiceLeft)


def test_whom_the_municipality_gave_the_choice_keeps_it_too() -> None:
    case = listed()
    case.do(c.ReassignTask(by=case.municipality, task="make_offer-1", owner="ymere", note=NOTE)).days(10)
    assert owner(case) == Owner(Role.CORPORATION, "ymere")
    assert chooses(case, YMERE, 2).open == [TaskKind.CONFIRM_OFFER]


def test_under_another_policy_a_turn_ends_as_it_began() -> None:
    case = listed()
    other = replace(main_road("almere"), version="2026-07-01")
    case.do(c.AdoptPolicy(by=case.municipality, policy=other, note=NOTE))
    case.policy = other
    assert owner(case) == Owner(Role.CORPORATION, "de-alliantie")
    case.until(asked(case).due)
    assert owner(case) == ALMERE, "nobody comes after it any more"


# -- a table where it is chosen, and what a file may say ---------------------------------------------------------


def test_a_table_may_choose_for_everybody() -> None:
    policy = read_as_file("desk")
    assert bodies(policy) == (Role.DESK,)
    case = Case(policy=chosen_by(Whose.DESK)).start().ready().positive().list()
    assert owner(case) == Owner(Role.DESK, DESK)
    assert DESK in case.readers(Letter.TASK_OPENED)
    assert case.answer(a.MatchAnswer(corporation="ymere", dwelling="D-1")).open == [TaskKind.CONFIRM_OFFER]


def test_a_secret_address_is_no_tables_business() -> None:
    case = Case(policy=chosen_by(Whose.DESK)).start(referral(address_secret=True)).ready().positive().list()
    assert owner(case) == ALMERE
    open_one = Case(policy=chosen_by(Whose.DESK)).start().ready().positive()
    open_one.do(c.CorrectReferral(by=open_one.municipality, changes=ReferralChanges(address_secret=True), note=NOTE))
    assert owner(open_one) == ALMERE


@pytest.mark.parametrize("whose", ["corporation", "desk", "coordinator"])
def test_a_file_says_who_chooses(whose: str) -> None:
    assert read_as_file(whose).owners == {TaskKind.MAKE_OFFER: Whose(whose)}


@pytest.mark.parametrize("whose", ["institution", "care_provider", "district_team", "team_of_client", "auditor"])
def test_nobody_else_chooses(whose: str) -> None:
    with pytest.raises(PolicyInvalid):
        read_as_file(whose)


def test_how_long_a_turn_lasts_is_open_only_where_there_are_turns() -> None:
    text = text_of("almere")
    assert "offers.choose_within" not in check(text).gaps
    assert "offers.choose_within" in check(f'{text}\n[owners]\nmake_offer = "corporation"\n').gaps


def test_where_nothing_is_said_of_it_the_choice_is_the_municipalitys_and_stays_so() -> None:
    case = along(upto="list")
    assert owner(case) == ALMERE
    assert not case.happened(e.ChoicePassedOn)
