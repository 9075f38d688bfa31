"""A home is judged again when the client says yes and when the lease is signed, and when its corporation changes it."""

import pytest

from domain.facts.conditions import Comparison, ConditionUnit, Measured, Norm, Verdict
from domain.facts.dwelling import Dwelling, HomeNow
from domain.facts.parties import Role
from domain.facts.referral import ReferralChanges
from domain.facts.rules import Overridable
from domain.facts.tasks import TaskKind
from domain.facts.value import replace
from domain.messages import answers as a
from domain.messages import commands as c
from domain.messages.effects import CancelSupport, FreeDwelling, Letter, PrepareLease
from domain.state import events as e
from domain.state.mediation import OfferState
from tests.domain.case import NOTE, Case, actor, along, dwelling

YMERE = actor(Role.CORPORATION, "ymere", "system")


def now(**facts: object) -> HomeNow:
    """The home that is offered, but for these facts."""
    home = dwelling(1, "ymere", **facts)
    return HomeNow(corporation=home.corporation, id=home.id, dwelling=home)


GONE = HomeNow(corporation="ymere", id="D-1", gone=True)
UNREAD = HomeNow(corporation="ymere", id="D-1")
DEARER, TOO_DEAR = now(rent_cents=66_000), now(rent_cents=99_000)


def accepting(case: Case, home: HomeNow | None) -> c.AnswerTask:
    return replace(case.answering(a.ClientAnswer(accept=True)), home_now=home)


def signing(case: Case, home: HomeNow | None) -> c.AnswerTask:
    answer = a.LeaseAnswer(form=case.policy.lease_forms[0], keys_on=case.today)
    return replace(case.answering(answer), home_now=home)


def told(case: Case, home: HomeNow) -> Case:
    return case.do(c.LearnHome(by=YMERE, home_now=home))


def test_a_home_that_costs_more_than_the_limit_by_now_cannot_be_accepted() -> None:
    refused = along(upto="confirm").refused(accepting(along(upto="confirm"), TOO_DEAR))
    assert refused.rule == "dwelling_changed"
    (rent,) = refused.conditions
    assert (rent.name, rent.verdict) == ("rent", Verdict.UNMET)
    assert (rent.found, rent.asked) == (
        Measured(unit=ConditionUnit.CENTS_A_MONTH, value=99_000),
        Norm(comparison=Comparison.AT_MOST, value=68_000),
    )


def test_a_home_is_judged_again_on_the_phone_and_at_the_lease_too() -> None:
    case = along(upto="confirm")
    case.on(case.policy.calendar.today(case.task(TaskKind.ANSWER_OFFER).due)).days(1)
    phoned = replace(case.answering(a.ContactAnswer(result="accepted", note=NOTE)), home_now=GONE)
    assert case.refused(phoned).rule == "dwelling_changed"
    signed = along(upto="accept")
    for home in (GONE, TOO_DEAR, DEARER):
        assert signed.refused(signing(signed, home)).rule == "dwelling_changed"


@pytest.mark.parametrize("home", [None, UNREAD, now(), now(complex="DE  OEVER"), now(closed_for_placement=True)])
def test_what_is_the_same_or_cannot_be_read_stands_in_nobodys_way(home: HomeNow | None) -> None:
    case = along(upto="confirm")
    case.do(accepting(case, home)).request_known().do(signing(case, home))
    assert not case.happened(e.OfferChanged)


def test_what_changed_and_still_suits_at_no_higher_rent_is_noted_with_the_answer() -> None:
    case = along(upto="confirm")
    case.do(accepting(case, now(rooms=3, rent_cents=59_000)))
    (changed,) = case.happened(e.OfferChanged)
    assert (changed.candidate.dwelling.rooms, case.offer.candidate.dwelling.rent_cents) == (3, 59_000)
    assert case.offer.state is OfferState.ACCEPTED


@pytest.mark.parametrize(
    ("upto", "home", "reason"),
    [
        ("confirm", TOO_DEAR, c.WithdrawalReason.CHANGED),
        ("confirm", GONE, c.WithdrawalReason.LET_OTHERWISE),
        ("accept", TOO_DEAR, c.WithdrawalReason.CHANGED),
        ("accept", GONE, c.WithdrawalReason.LET_OTHERWISE),
    ],
)
def test_a_home_that_suits_no_more_or_is_gone_is_let_go_as_no_refusal_and_the_client_comes_first(
    upto: str, home: HomeNow, reason: c.WithdrawalReason
) -> None:
    case = told(along(upto=upto), home)
    assert case.happened(e.OfferWithdrawn)[0].reason is reason
    assert (case.m.counted_refusals, case.m.let_down_on) == (0, case.today)
    assert case.open == [TaskKind.MAKE_OFFER]
    assert case.readers(Letter.OFFER_WITHDRAWN) == {"client", "guide"}
    assert [x.reason.value for x in case.done(FreeDwelling)] == [reason.value]


def test_a_rent_that_goes_up_within_the_limit_is_asked_anew_from_who_had_not_answered() -> None:
    case = along(upto="confirm").days(3)
    due = case.task(TaskKind.ANSWER_OFFER).due
    told(case, DEARER)
    assert case.task(TaskKind.ANSWER_OFFER).due > due
    assert case.readers(Letter.RENT_RAISED) == {"client", "guide"}
    assert case.accept().offer.candidate.dwelling.rent_cents == 66_000


def test_a_rent_that_goes_up_within_the_limit_is_asked_anew_from_who_had_said_yes() -> None:
    case = told(along(upto="request_known"), DEARER)
    assert (case.offer.state, case.open) == (OfferState.PLACED, [TaskKind.ANSWER_OFFER])
    assert len(case.done(CancelSupport)) == 1
    case.accept()
    assert case.open == [TaskKind.SIGN_LEASE, TaskKind.CONFIRM_SUPPORT]
    assert len(case.done(PrepareLease)) == 1, "the lease that was asked for is still asked for"
    case.request_known().sign().plan_support().keys()
    refuses = told(along(upto="request_known"), DEARER).refuse(a.RefusalReason.RENT)
    assert refuses.m.support is None
    assert refuses.open == [TaskKind.JUDGE_REFUSAL]


def test_another_change_is_told_and_asks_nothing() -> None:
    case = told(along(upto="accept"), now(rooms=3))
    assert case.offer.state is OfferState.ACCEPTED
    assert case.readers(Letter.OFFER_CHANGED) == {"client", "guide"}


def test_nobody_hears_of_a_change_before_the_offer_is_made_nor_after_the_lease_is_signed() -> None:
    prepared = told(along(upto="match"), DEARER)
    assert prepared.offer.candidate.dwelling.rent_cents == 66_000
    assert not prepared.letters(Letter.RENT_RAISED)
    for upto in ("sign", "keys", "list"):
        case = along(upto=upto)
        events = len(case.events)
        assert told(case, TOO_DEAR).since(events) == []


def test_a_home_that_was_offered_with_the_rule_set_aside_is_not_let_go_for_it() -> None:
    case = along(upto="positive")
    case.do(c.OverrideRule(by=case.municipality, rule=Overridable.DWELLING_UNSUITABLE, note=NOTE))
    case.list(dwelling(1, rent_cents=70_000)).match().confirm()
    told(case, now(rent_cents=69_000, rooms=1))
    assert case.offer.state is OfferState.PLACED


def test_what_stood_in_the_way_before_the_home_changed_is_not_the_homes_change() -> None:
    case = along(upto="confirm")
    needs = replace(case.m.referral.needs, rooms=4)
    case.do(c.CorrectReferral(by=case.municipality, changes=ReferralChanges(needs=needs), note=NOTE))
    assert told(case, now(rent_cents=59_000)).offer.state is OfferState.PLACED


def test_another_dwelling_than_the_one_that_is_offered_says_nothing() -> None:
    case = along(upto="confirm")
    other: Dwelling = dwelling(2, rent_cents=99_000)
    events = len(case.events)
    assert told(case, HomeNow(corporation="ymere", id="D-2", dwelling=other)).since(events) == []
