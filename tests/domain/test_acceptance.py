"""Stage 4: the client answers, the lease is signed, support is confirmed, and the keys are handed over."""

from datetime import timedelta

import pytest
from pydantic import ValidationError

from domain.facts.outcome import Outcome, Stage
from domain.facts.parties import Actor, Role
from domain.facts.tasks import TaskKind
from domain.facts.value import replace
from domain.messages import answers as a
from domain.messages import commands as c
from domain.messages.effects import (
    CancelSupport,
    FreeDwelling,
    GiveNotice,
    LetGo,
    Letter,
    PrepareLease,
    ReadOffer,
    ReadSupport,
    RequestSupport,
)
from domain.policy.policy import LeaseForm
from domain.policy.scarce import DwellingClaim
from domain.state import events as e
from domain.state.mediation import OfferState
from tests.domain.case import NOTE, STEPS, Case, actor, along, assert_all_let_go

YMERE = actor(Role.CORPORATION, "ymere")
YMERES_SYSTEM = actor(Role.CORPORATION, "ymere", "system")
KWINTES = actor(Role.CARE_PROVIDER, "kwintes")
INSTITUTION = actor(Role.INSTITUTION, "leger-des-heils")
D1 = DwellingClaim(corporation="ymere", dwelling="D-1")


# -- the answer ----------------------------------------------------------------------------------------------------


def test_an_acceptance_asks_for_the_lease_and_for_support() -> None:
    case = along(upto="confirm").answer(a.ClientAnswer(accept=True), INSTITUTION)
    assert case.open == [TaskKind.SIGN_LEASE, TaskKind.CONFIRM_SUPPORT]
    assert [(x.number, x.form) for x in case.done(PrepareLease)] == [("O-1", LeaseForm.CONVERSION)]
    assert [(x.provider, x.product) for x in case.done(RequestSupport)] == [("kwintes", a.SupportProduct.REGULAR)]


def test_an_answer_given_in_the_corporations_system_counts() -> None:
    case = along(upto="confirm").answer(a.ClientAnswer(accept=True), YMERES_SYSTEM)
    assert case.offer.state is OfferState.ACCEPTED
    other = along(upto="confirm")
    de_alliantie = actor(Role.CORPORATION, "de-alliantie")
    assert other.refused_answer(a.ClientAnswer(accept=True), de_alliantie) == "not_yours"


def test_nobody_of_a_corporation_answers_for_the_client() -> None:
    for answer in (a.ClientAnswer(accept=True), a.ClientAnswer(accept=False, reason=a.RefusalReason.RENT, note=NOTE)):
        for on in (along(upto="confirm"), unanswered()):
            assert on.refused_answer(answer, YMERE) == "not_yours"
    said_no = a.ClientAnswer(accept=False, reason=a.RefusalReason.RENT)
    case = along(upto="confirm").answer(said_no, YMERES_SYSTEM)
    assert case.open == [TaskKind.JUDGE_REFUSAL], "what the client told the corporation stands in its system"


@pytest.mark.parametrize("by", [INSTITUTION, actor(Role.COORDINATOR, "almere")])
def test_a_no_is_in_the_clients_own_words(by: Actor) -> None:
    case = along(upto="confirm")
    silent = case.refused(case.answering(a.ClientAnswer(accept=False, reason=a.RefusalReason.RENT), by))
    assert (silent.rule, silent.field) == ("answer_incomplete", "note")
    phoned = unanswered()
    refused = phoned.refused(phoned.answering(a.ContactAnswer(result="refused", reason=a.RefusalReason.RENT)))
    assert (refused.rule, refused.field) == ("answer_incomplete", "note")


@pytest.mark.parametrize("by", [INSTITUTION, YMERES_SYSTEM, actor(Role.COORDINATOR, "almere")])
def test_that_no_answer_came_is_said_only_by_who_phoned_once_the_term_is_over(by: Actor) -> None:
    for case in (along(upto="confirm"), unanswered()):
        no_answer = a.ClientAnswer(accept=False, reason=a.RefusalReason.NO_ANSWER, note=NOTE)
        refused = case.refused(case.answering(no_answer, by))
        assert (refused.rule, refused.field) == ("answer_contradicts", "reason")
    phoned = unanswered()
    contradicts = a.ContactAnswer(result="refused", reason=a.RefusalReason.NO_ANSWER, note=NOTE)
    assert phoned.refused_answer(contradicts) == "answer_contradicts"
    phoned.answer(a.ContactAnswer(result="not_reached"))


@pytest.mark.parametrize("valid", [True, False])
def test_who_gave_no_answer_does_not_read_to_have_said_no(valid: bool) -> None:
    case = unanswered().answer(a.ContactAnswer(result="not_reached")).judged(valid=valid)
    letters = case.letters(Letter.REFUSAL_NOT_COUNTED if valid else Letter.REFUSAL_COUNTED)
    assert {one.told.reasons for one in letters if one.told} == {(a.DecisionReason.NOT_ANSWERED,)}
    said_no = along(upto="confirm").refuse().judged(valid=False).letters(Letter.REFUSAL_COUNTED)
    assert {one.told.reasons for one in said_no if one.told} == {(a.DecisionReason.REFUSED_SUITABLE,)}


def test_a_refusal_has_a_reason_and_frees_the_dwelling_before_it_is_judged() -> None:
    case = along(upto="confirm")
    assert case.refused_answer(a.ClientAnswer(accept=False)) == "answer_incomplete"
    case.refuse(a.RefusalReason.RENT)
    assert case.open == [TaskKind.JUDGE_REFUSAL]
    assert D1 in case.releases
    assert [(x.number, x.reason) for x in case.done(FreeDwelling)] == [("O-1", "refused")]


def test_for_whatever_reason_a_corporation_takes_an_offer_back_the_dwelling_is_let_go_for_the_same() -> None:
    for reason in c.WithdrawalReason:
        case = along(upto="confirm")
        case.do(c.WithdrawOffer(by=case.municipality, reason=reason, note=NOTE))
        assert [x.reason.value for x in case.done(FreeDwelling)] == [reason.value]


def test_a_reason_to_let_go_is_read_as_it_was_written_and_any_other_word_is_none() -> None:
    written = {"key": "m-1:withdraw-offer:9", "corporation": "ymere", "number": "O-1"}
    for reason in (*LetGo, *Outcome):
        read = FreeDwelling.model_validate(written | {"reason": reason.value})
        assert read.model_dump(mode="json")["reason"] == reason.value
    with pytest.raises(ValidationError):
        FreeDwelling.model_validate(written | {"reason": "just so"})


def test_a_valid_refusal_is_not_counted() -> None:
    case = along(upto="confirm").refuse(a.RefusalReason.SAFETY).judged(valid=True)
    assert case.open == [TaskKind.MAKE_OFFER]
    assert case.m.counted_refusals == 0
    assert case.offer.state is OfferState.REFUSED_VALID


def test_an_invalid_refusal_is_judged_with_reasons() -> None:
    case = along(upto="confirm").refuse()
    assert case.refused_answer(a.JudgementAnswer(valid=False)) == "answer_incomplete"


def test_how_many_refusals_count_is_policy() -> None:
    almere = along("almere", "confirm").refuse().judged(valid=False)
    assert almere.open == [TaskKind.HEAR_CLIENT]
    amersfoort = along("amersfoort", "confirm").refuse().judged(valid=False)
    assert amersfoort.open == [TaskKind.MAKE_OFFER]
    amersfoort.list().match(2).confirm().refuse().judged(valid=False)
    assert amersfoort.open == [TaskKind.HEAR_CLIENT]
    assert amersfoort.m.counted_refusals == 2


def test_the_urgency_lapses_after_refusals_only_when_the_hearing_upholds_it() -> None:
    case = along(upto="confirm").refuse().judged(valid=False)
    assert case.m.outcome is None
    assert case.refused_answer(case.hearing(a.HearingResult.STANDS, note=None)) == "answer_incomplete"
    case.answer(case.hearing(a.HearingResult.STANDS))
    assert_all_let_go(case, Outcome.REFUSED_LAPSED)


def test_a_hearing_may_give_another_offer() -> None:
    case = along(upto="confirm").refuse().judged(valid=False)
    case.answer(case.hearing(a.HearingResult.DROPPED)).list().match(2).confirm().accept()
    assert case.offer.state is OfferState.ACCEPTED


# -- no answer -----------------------------------------------------------------------------------------------------


def unanswered() -> Case:
    case = along(upto="confirm")
    return case.until(case.task(TaskKind.ANSWER_OFFER).due)


def test_client_and_guide_are_reminded_before_the_coordinator_phones() -> None:
    case = along(upto="confirm")
    due = case.task(TaskKind.ANSWER_OFFER).due
    case.until(due - timedelta(minutes=1))
    assert case.readers(Letter.TASK_REMINDER) == {"client", "guide"}
    assert TaskKind.RESOLVE_NO_ANSWER not in case.open
    assert [x.number for x in case.done(ReadOffer)] == ["O-1"]
    case.until(due)
    assert case.open == [TaskKind.ANSWER_OFFER, TaskKind.RESOLVE_NO_ANSWER]
    assert case.task(TaskKind.RESOLVE_NO_ANSWER).owner == "almere"
    assert case.offer.state is OfferState.PLACED


def test_the_client_may_still_answer_after_the_term() -> None:
    assert unanswered().accept().open == [TaskKind.SIGN_LEASE, TaskKind.CONFIRM_SUPPORT]


def test_an_acceptance_by_telephone_is_an_acceptance() -> None:
    case = unanswered().answer(a.ContactAnswer(result="accepted"))
    assert case.open == [TaskKind.SIGN_LEASE, TaskKind.CONFIRM_SUPPORT]


def test_more_time_starts_the_term_and_its_reminders_anew() -> None:
    case = unanswered().answer(a.ContactAnswer(result="more_time"))
    assert case.open == [TaskKind.ANSWER_OFFER]
    task = case.task(TaskKind.ANSWER_OFFER)
    assert task.reminders
    assert not task.overdue
    case.until(task.due)
    assert case.open == [TaskKind.ANSWER_OFFER, TaskKind.RESOLVE_NO_ANSWER]
    assert [x.readers for x in case.letters(Letter.TASK_REMINDER)] == [("client", "guide")] * 2


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (a.ContactAnswer(result="refused", reason=a.RefusalReason.SIZE, note=NOTE), "size"),
        (a.ContactAnswer(result="not_reached"), "no_answer"),
    ],
)
def test_a_refusal_by_telephone_or_silence_is_judged_by_a_person(answer: a.ContactAnswer, reason: str) -> None:
    case = unanswered().answer(answer)
    assert case.open == [TaskKind.JUDGE_REFUSAL]
    assert case.task(TaskKind.JUDGE_REFUSAL).about == reason
    assert case.m.counted_refusals == 0


def test_a_refusal_by_telephone_has_a_reason() -> None:
    assert unanswered().refused_answer(a.ContactAnswer(result="refused")) == "answer_incomplete"


# -- the corporation withdraws -------------------------------------------------------------------------------------

UNTIL_SIGNED = STEPS[STEPS.index("match") : STEPS.index("sign")]
SIGNED = STEPS[STEPS.index("sign") : STEPS.index("keys")]


@pytest.mark.parametrize("upto", [*UNTIL_SIGNED, *SIGNED])
def test_a_withdrawal_by_the_corporation_is_never_counted_and_all_starts_again(upto: str) -> None:
    case = along(upto=upto)
    knew = case.m.support is not None and case.m.support.number is not None
    case.do(c.WithdrawOffer(by=YMERES_SYSTEM, reason=c.WithdrawalReason.LET_OTHERWISE))
    if upto in SIGNED:
        case.answer(a.OfferWithdrawalAnswer(confirmed=True, note=NOTE))
    assert case.open == [TaskKind.MAKE_OFFER]
    assert case.m.stage is Stage.OFFER
    assert case.offer.state is OfferState.WITHDRAWN
    assert case.m.counted_refusals == 0
    assert case.m.place is not None
    assert case.m.support is None
    assert case.m.lease.keys_on is None
    assert replace(D1, not_free=True) in case.releases, "it is let to somebody else"
    assert not case.done(FreeDwelling)
    assert [x.number for x in case.done(CancelSupport)] == (["S-kwintes"] if knew else [])
    case.list().match(2).confirm().accept().sign().plan_support().keys()
    assert case.m.lease.handed_over_on == case.today


def test_support_is_cancelled_once_also_when_the_client_withdraws_later() -> None:
    case = along(upto="plan_support")
    case.do(c.WithdrawOffer(by=case.municipality, reason=c.WithdrawalReason.OTHER, note=NOTE)).withdraws()
    assert len(case.done(CancelSupport)) == 1


def test_a_bridge_for_one_dwelling_gives_no_keys_of_the_next() -> None:
    case = along(upto="sign").days(10).answer(a.BridgeAnswer(way="bridge", by="leger-des-heils"))
    case.do(c.WithdrawOffer(by=case.municipality, reason=c.WithdrawalReason.OTHER, note=NOTE))
    case.list().match(2).confirm().accept().sign()
    assert TaskKind.HAND_OVER_KEYS not in case.open


def test_a_person_who_withdraws_the_offer_has_it_withdrawn_in_the_system_too() -> None:
    case = along(upto="accept").do(c.WithdrawOffer(by=YMERE, reason=c.WithdrawalReason.NOT_READY))
    assert [(x.number, x.reason) for x in case.done(FreeDwelling)] == [("O-1", "not_ready")]


@pytest.mark.parametrize("upto", ["confirm", "accept"])
def test_a_client_who_is_let_down_hears_so_with_the_guide_and_may_get_the_home_when_it_comes_back(upto: str) -> None:
    case = along(upto=upto).do(c.WithdrawOffer(by=YMERE, reason=c.WithdrawalReason.NOT_READY))
    assert case.readers(Letter.OFFER_WITHDRAWN) == {"client", "guide"}
    assert (case.m.let_down_on, case.m.counted_refusals) == (case.today, 0)
    case.list()
    assert "D-1" in {candidate.dwelling.id for candidate in case.m.candidates}
    first = case.today
    case.days(3).match(2).confirm().accept().do(c.WithdrawOffer(by=YMERE, reason=c.WithdrawalReason.OTHER))
    assert case.m.let_down_on == first, "who was let down first comes first"
    assert len(case.letters(Letter.OFFER_WITHDRAWN)) == 2
    case.list().match(1).confirm().refuse()
    assert case.m.let_down_on is None, "a home was there, and the client said no"


def test_an_offer_of_which_the_client_was_not_told_lets_nobody_down() -> None:
    case = along(upto="match").do(c.WithdrawOffer(by=YMERE, reason=c.WithdrawalReason.OTHER))
    assert case.letters(Letter.OFFER_WITHDRAWN) == []
    assert case.m.let_down_on is None


def test_a_home_that_the_client_said_no_to_does_not_come_back() -> None:
    case = along(upto="confirm").refuse().judged(valid=True).list()
    assert "D-1" not in {candidate.dwelling.id for candidate in case.m.candidates}


def test_the_second_withdrawal_alerts_the_municipality() -> None:
    case = along(upto="accept").do(c.WithdrawOffer(by=YMERE, reason=c.WithdrawalReason.OTHER))
    assert not case.letters(Letter.OFFERS_WITHDRAWN)
    case.list().match(2).do(c.WithdrawOffer(by=YMERE, reason=c.WithdrawalReason.OTHER))
    assert case.readers(Letter.OFFERS_WITHDRAWN) == {"almere"}


def test_no_lease_is_ended_once_the_client_has_the_keys() -> None:
    case = along(upto="keys")
    assert case.refused(c.WithdrawOffer(by=YMERE, reason=c.WithdrawalReason.OTHER)).rule == "keys_handed_over"
    nothing = along(upto="list").refused(c.WithdrawOffer(by=YMERE, reason=c.WithdrawalReason.OTHER))
    assert nothing.rule == "no_offer"


# -- the lease -----------------------------------------------------------------------------------------------------


def test_a_lease_that_fails_its_check_is_not_counted() -> None:
    case = along(upto="request_known").answer(a.LeaseAnswer(failed_check=True), YMERE)
    assert case.open == [TaskKind.MAKE_OFFER]
    assert case.offer.state is OfferState.FAILED_CHECK
    assert case.m.counted_refusals == 0
    assert len(case.done(CancelSupport)) == 1
    assert D1 in case.releases


def test_a_lease_has_a_form_this_municipality_knows_and_a_day_for_the_keys() -> None:
    case = along(upto="accept")
    tomorrow = case.today + timedelta(days=1)
    regular = a.LeaseAnswer(form=LeaseForm.REGULAR, keys_on=tomorrow)
    assert case.refused_answer(regular) == "lease_form_not_allowed"
    assert case.refused_answer(a.LeaseAnswer(keys_on=tomorrow)) == "answer_incomplete"
    assert case.refused_answer(a.LeaseAnswer(form=LeaseForm.TRIPARTITE)) == "answer_incomplete"
    past = a.LeaseAnswer(form=LeaseForm.TRIPARTITE, keys_on=case.today - timedelta(days=1))
    assert case.refused_answer(past) == "keys_in_past"
    amersfoort = along("amersfoort", "accept").answer(a.LeaseAnswer(form=LeaseForm.REGULAR, keys_on=tomorrow))
    assert amersfoort.m.lease.form is LeaseForm.REGULAR


def test_the_number_of_the_lease_is_kept() -> None:
    case = along(upto="accept").do(c.LearnLease(by=YMERES_SYSTEM, offer="O-1", number="L-5"))
    assert case.m.lease.number == "L-5"


# -- support and keys ----------------------------------------------------------------------------------------------


def test_no_keys_are_planned_without_a_start_date() -> None:
    case = along(upto="sign")
    assert case.open == [TaskKind.CONFIRM_SUPPORT]
    assert case.plan_support().open == [TaskKind.HAND_OVER_KEYS]


def test_the_order_of_lease_and_support_does_not_matter() -> None:
    assert along(upto="accept").plan_support().sign().open == [TaskKind.HAND_OVER_KEYS]


def test_the_keys_leave_the_district_team_its_notice() -> None:
    soon = along(upto="accept").plan_support().sign(keys_in=1)
    keys_on = soon.keys_day()
    assert keys_on == soon.policy.calendar.add(soon.today, soon.policy.support.notice_to_team)
    assert [(x.team, x.keys_on, x.district) for x in soon.done(GiveNotice)] == [("wijkteam-west", keys_on, "centrum")]
    assert soon.readers(Letter.KEYS_PLANNED) == {"client", "guide"}
    saturday = along(upto="accept").plan_support().sign(keys_in=19)
    assert saturday.keys_day() == saturday.today + timedelta(days=21)


def test_the_keys_are_not_handed_over_before_the_notice_nor_in_the_future() -> None:
    case = along(upto="plan_support")
    keys_on = case.keys_day()
    assert case.refused_answer(a.KeysAnswer(on=keys_on - timedelta(days=1))) == "keys_before_notice"
    assert case.refused_answer(a.KeysAnswer(on=keys_on)) == "keys_in_future"
    case.keys()
    assert case.m.stage is Stage.SUPPORT_START
    assert case.m.place is not None
    assert case.m.place.state == "consumed"
    assert not case.m.clocks


def unable() -> Case:
    return along(upto="sign").answer(a.SupportAnswer(unable=True), KWINTES)


def test_a_provider_that_cannot_start_is_the_municipalitys_to_solve() -> None:
    case = unable()
    assert case.open == [TaskKind.BRIDGE_SUPPORT]
    assert case.happened(e.SupportUnable)[0].provider == "kwintes"
    assert not case.happened(e.KeysPlanned)


def test_a_silent_provider_is_read_then_bridged_by_the_municipality() -> None:
    case = along(upto="sign")
    case.until(case.task(TaskKind.CONFIRM_SUPPORT).due)
    assert case.open == [TaskKind.CONFIRM_SUPPORT, TaskKind.BRIDGE_SUPPORT]
    assert [x.number for x in case.done(ReadSupport)] == ["S-kwintes"] * 2
    case.plan_support()
    assert case.open == [TaskKind.HAND_OVER_KEYS]


def test_a_bridge_lets_the_keys_go_ahead_while_the_provider_is_still_asked() -> None:
    case = unable().answer(a.BridgeAnswer(way="bridge", by="leger-des-heils"))
    assert case.open == [TaskKind.HAND_OVER_KEYS, TaskKind.CONFIRM_SUPPORT]
    assert case.m.support is not None
    assert case.m.support.bridged_by == "leger-des-heils"
    case.keys()
    assert case.open == [TaskKind.START_SUPPORT]


def test_another_provider_is_asked_in_the_place_of_the_first() -> None:
    case = unable().answer(a.BridgeAnswer(way="other_provider", by="blijf-groep"))
    assert [x.provider for x in case.done(CancelSupport)] == ["kwintes"]
    assert [x.provider for x in case.done(RequestSupport)] == ["kwintes", "blijf-groep"]
    assert case.task(TaskKind.CONFIRM_SUPPORT).owner == "blijf-groep"
    answer = a.SupportAnswer(starts_on=case.today + timedelta(days=10))
    assert case.refused_answer(answer, KWINTES) == "not_yours"
    case.answer(answer, actor(Role.CARE_PROVIDER, "blijf-groep"))
    assert case.open == [TaskKind.HAND_OVER_KEYS]


def test_a_late_number_of_the_first_provider_is_not_taken_for_the_seconds() -> None:
    case = along(upto="sign").answer(a.SupportAnswer(unable=True))
    case.answer(a.BridgeAnswer(way="other_provider", by="blijf-groep")).request_known("kwintes")
    assert case.m.support is not None
    assert case.m.support.number is None
    known = case.request_known("blijf-groep").m.support
    assert known is not None
    assert known.number == "S-blijf-groep"


@pytest.mark.parametrize("way", ["bridge", "other_provider"])
def test_the_provider_that_said_it_cannot_start_is_no_way_out(way: str) -> None:
    case = unable()
    refused = case.refused(case.answering(a.BridgeAnswer.model_validate({"way": way, "by": "kwintes"})))
    assert (refused.rule, refused.field) == ("same_provider", "by")


def test_more_time_asks_the_same_provider_again() -> None:
    case = unable().answer(a.BridgeAnswer(way="more_time"))
    assert case.open == [TaskKind.CONFIRM_SUPPORT]
    assert case.task(TaskKind.CONFIRM_SUPPORT).owner == "kwintes"
    assert len(case.done(RequestSupport)) == 1


@pytest.mark.parametrize("way", ["bridge", "other_provider"])
def test_who_steps_in_is_named(way: str) -> None:
    answer = a.BridgeAnswer.model_validate({"way": way, "note": NOTE})
    assert unable().refused_answer(answer) == "answer_incomplete"


def test_support_has_a_start_date_or_a_no() -> None:
    assert along(upto="accept").refused_answer(a.SupportAnswer()) == "answer_incomplete"


def test_where_the_district_team_supports_no_provider_is_asked() -> None:
    case = along(upto="ready").answer(
        a.AssessmentAnswer(result=a.AssessmentResult.POSITIVE, support=a.SupportProduct.DISTRICT)
    )
    case.list().match().confirm().accept().sign()
    assert case.done(RequestSupport) == []
    assert case.task(TaskKind.CONFIRM_SUPPORT).owner == case.m.parties.district_team
    answer = a.SupportAnswer(starts_on=case.today + timedelta(days=10))
    assert case.refused_answer(answer, KWINTES) == "not_yours"
    case.answer(answer)
    assert case.open == [TaskKind.HAND_OVER_KEYS]
    case.keys().answer(a.StartAnswer(started_on=case.today))
    assert case.m.support is not None
    assert (case.m.support.provider, case.m.support.started_on) == (case.m.parties.district_team, case.today)
