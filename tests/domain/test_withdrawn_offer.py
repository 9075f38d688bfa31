"""A home whose lease is signed is not the corporation's to take back: it reports so, and the municipality decides."""

import pytest

from domain.facts.outcome import Outcome, Stage
from domain.facts.parties import SYSTEM, Actor, Role
from domain.facts.tasks import TaskKind
from domain.facts.value import replace
from domain.messages import answers as a
from domain.messages import commands as c
from domain.messages.effects import FreeDwelling, Letter
from domain.policy.policy import Policy
from domain.state import events as e
from domain.state.mediation import OfferState
from tests.domain.case import NOTE, Case, actor, along, main_road

YMERE = actor(Role.CORPORATION, "ymere")
YMERES_SYSTEM = actor(Role.CORPORATION, "ymere", SYSTEM)
WHY = c.WithdrawalReason.LET_OTHERWISE
SIGNED = ("sign", "plan_support")
YES = a.OfferWithdrawalAnswer(confirmed=True, note=NOTE)
NO = a.OfferWithdrawalAnswer(confirmed=False, note=NOTE)
ASKED = TaskKind.CONFIRM_OFFER_WITHDRAWAL


def takes_back(by: Actor = YMERE, reason: c.WithdrawalReason = WHY) -> c.WithdrawOffer:
    return c.WithdrawOffer(by=by, reason=reason, note=None if by.user == SYSTEM else NOTE)


@pytest.mark.parametrize("by", [YMERE, YMERES_SYSTEM], ids=["a person", "its system"])
@pytest.mark.parametrize("upto", SIGNED)
def test_after_the_lease_is_signed_taking_back_is_a_report_and_takes_nothing_from_the_client(
    upto: str, by: Actor
) -> None:
    case = along(upto=upto)
    before, tasks, releases, effects = case.m, set(case.open), len(case.releases), len(case.effects)
    case.do(takes_back(by))
    assert (case.m.stage, case.m.lease, case.m.support) == (before.stage, before.lease, before.support)
    assert case.offer.state is OfferState.ACCEPTED
    assert len(case.releases) == releases
    assert [effect.type for effect in case.effects[effects:]] == ["SendLetter"], "only the letter with the task"
    assert "client" not in case.readers(Letter.OFFER_WITHDRAWN)
    (reported,) = case.happened(e.OfferWithdrawalReported)
    assert (reported.reporter, reported.reason, reported.by_system) == ("ymere", WHY, by is YMERES_SYSTEM)
    assert set(case.open) == tasks | {ASKED}
    task = case.task(ASKED)
    assert (task.owner, task.about) == ("almere", "ymere")
    assert task.due == case.policy.calendar.deadline(case.now, case.policy.tasks[ASKED].due)
    assert task.escalations
    assert "almere" in case.readers(Letter.TASK_OPENED), "told at once"


@pytest.mark.parametrize("by", [YMERE, YMERES_SYSTEM], ids=["a person", "its system"])
def test_a_person_of_the_municipality_confirms_it_with_a_reason_and_the_client_comes_first(by: Actor) -> None:
    case = along(upto="plan_support").do(takes_back(by))
    assert case.refused_answer(replace(YES, note=None)) == "answer_incomplete"
    machine = replace(case.municipality, user=SYSTEM)
    assert case.refused_answer(YES, machine) == "person_needed"
    assert case.refused_answer(YES, YMERE) == "not_yours"
    case.answer(YES)
    assert case.happened(e.OfferWithdrawn)[0].reason is WHY
    assert (case.m.stage, case.open, case.offer.state) == (Stage.OFFER, [TaskKind.MAKE_OFFER], OfferState.WITHDRAWN)
    assert (case.m.let_down_on, case.m.counted_refusals) == (case.today, 0)
    assert case.readers(Letter.OFFER_WITHDRAWN) == {"client", "guide"}
    told = [] if by is YMERES_SYSTEM else [("O-1", WHY.value)]
    assert [(x.number, x.reason) for x in case.done(FreeDwelling)] == told, "its system knew"


def test_or_denies_it_the_corporation_hears_that_the_lease_stands_and_all_goes_on() -> None:
    case = along(upto="plan_support")
    tasks, before = set(case.open), case.m
    case.do(takes_back()).answer(NO)
    assert case.readers(Letter.LEASE_STANDS) == {"ymere"}
    assert set(case.open) == tasks
    assert (case.offer.state, case.m.lease) == (OfferState.ACCEPTED, before.lease)
    assert not case.letters(Letter.OFFER_WITHDRAWN)
    assert case.keys().m.lease.handed_over_on == case.today


def test_a_report_that_is_made_again_opens_no_second_task() -> None:
    case = along(upto="plan_support").do(takes_back())
    assert case.refused(takes_back()).rule == "already_reported"
    seen = len(case.events)
    case.do(takes_back(YMERES_SYSTEM)).do(takes_back(YMERES_SYSTEM, c.WithdrawalReason.OTHER))
    assert len(case.events) == seen, "nobody reads what is refused to a system"


def test_what_its_system_goes_on_saying_after_a_no_is_no_news_and_a_person_or_another_reason_is() -> None:
    case = along(upto="plan_support").do(takes_back(YMERES_SYSTEM)).answer(NO)
    assert ASKED not in case.do(takes_back(YMERES_SYSTEM)).open
    assert ASKED in case.do(takes_back(YMERES_SYSTEM, c.WithdrawalReason.CHANGED)).open
    assert ASKED in case.answer(NO).do(takes_back()).open


def test_the_municipality_itself_takes_it_back_at_once_by_a_person_who_says_why() -> None:
    case = along(upto="plan_support").do(takes_back(YMERES_SYSTEM))
    by = case.municipality
    assert case.refused(c.WithdrawOffer(by=by, reason=WHY)).rule == "answer_incomplete"
    machine = replace(by, user=SYSTEM)
    assert case.refused(c.WithdrawOffer(by=machine, reason=WHY, note=NOTE)).rule == "person_needed"
    case.do(c.WithdrawOffer(by=by, reason=WHY, note=NOTE))
    assert (case.open, case.offer.state) == ([TaskKind.MAKE_OFFER], OfferState.WITHDRAWN)


@pytest.mark.parametrize("by", [YMERE, YMERES_SYSTEM], ids=["a person", "its system"])
@pytest.mark.parametrize("upto", ["confirm", "accept"])
def test_before_the_lease_is_signed_the_corporation_takes_it_back_as_ever(upto: str, by: Actor) -> None:
    case = along(upto=upto).do(takes_back(by))
    assert case.offer.state is OfferState.WITHDRAWN
    assert not case.happened(e.OfferWithdrawalReported)


def test_the_question_ends_with_the_keys() -> None:
    case = along(upto="plan_support").do(takes_back()).keys()
    assert ASKED not in case.open, "the corporation gave the home all the same"
    assert case.refused(takes_back()).rule == "keys_handed_over"


def test_the_question_ends_with_the_mediation_and_is_not_asked_again() -> None:
    case = along(upto="plan_support").do(takes_back()).dies()
    assert case.m.outcome is Outcome.DIED
    assert ASKED not in case.open


def test_the_question_ends_with_an_offer_that_falls_through_otherwise() -> None:
    back = along(upto="plan_support").do(takes_back())
    back.do(c.StepBack(by=back.municipality, to=Stage.OFFER, note=NOTE))
    no_care = along(upto="sign").days(10).do(takes_back())
    no_care.answer(a.BridgeAnswer(way="no_care", note=NOTE))
    for case in (back, no_care):
        assert case.m.live_offer is None
        assert ASKED not in case.open


def test_a_pause_holds_the_question_as_any_other() -> None:
    case = along(upto="plan_support").do(takes_back())
    due = case.task(ASKED).due
    case.paused().days(30).do(c.ResumeMediation(by=case.municipality))
    assert case.task(ASKED).due > due


def test_it_is_escalated_until_somebody_finds_out() -> None:
    case = along(upto="plan_support").do(takes_back())
    case.until(case.task(ASKED).due).days(10)
    assert case.task(ASKED).escalated >= 2
    assert case.offer.state is OfferState.ACCEPTED, "silence takes nothing away"


def test_a_city_whose_file_does_not_name_it_has_the_ladder_of_the_product() -> None:
    said = main_road("almere").model_dump(mode="json")
    del said["tasks"][ASKED.value]
    read = Policy.model_validate(said)
    assert (read.tasks[ASKED], read.digest()) == (main_road("almere").tasks[ASKED], main_road("almere").digest())
    case: Case = along(upto="plan_support", policy=read).do(takes_back())
    assert ASKED in case.open
