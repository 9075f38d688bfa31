"""Every end before the keys: each negative one by a person, with a reason, after a hearing."""

import pytest

from domain.beside.heard import GO_ON
from domain.facts.outcome import HEARINGS, HearingSubject, Outcome, Stage
from domain.facts.parties import Role, Whose
from domain.facts.referral import Checklist, Known, ReadinessItem, Track
from domain.facts.rules import Overridable
from domain.facts.tasks import TaskKind
from domain.facts.value import replace
from domain.messages import answers as a
from domain.messages import commands as c
from domain.messages.effects import Letter
from domain.state import events as e
from tests.domain.case import NOTE, Case, actor, along, assert_all_let_go, deciding, referral

OTHER_ROUTE = a.ReadinessAnswer(result=a.Readiness.OTHER_ROUTE, note=NOTE)
FRAUD = a.LeaseAnswer(failed_check=True, failure=a.CheckFailure.FRAUD_SUSPECTED)
YMERE = actor(Role.CORPORATION, "ymere")


def heard(case: Case, subject: HearingSubject, result: a.HearingResult = a.HearingResult.STANDS) -> Case:
    assert case.task(TaskKind.HEAR_CLIENT).about == subject
    return case.answer(case.hearing(result))


# -- readiness -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("item", ReadinessItem)
def test_a_client_who_lacks_something_is_not_ready_and_what_is_lacking_is_named(item: ReadinessItem) -> None:
    case = along(upto="start")
    lacking = Checklist.model_validate({item.value: Known.NO})
    refused = case.refused(case.answering(a.ReadinessAnswer(result=a.Readiness.READY, checklist=lacking)))
    assert refused.rule == "client_not_ready"
    assert [one.name for one in refused.conditions if one.verdict == "unmet"] == [f"readiness.{item.value}"]


def test_what_is_not_known_bars_nothing() -> None:
    checked = Checklist(money=Known.YES)
    case = along(upto="start").answer(a.ReadinessAnswer(result=a.Readiness.READY, checklist=checked))
    assert case.m.referral.checklist == checked
    assert case.open == [TaskKind.ASSESS]


def test_what_the_referral_says_counts_until_it_is_checked() -> None:
    case = Case().start(referral(checklist=Checklist(living_skills=Known.NO)))
    assert case.refused_answer(a.ReadinessAnswer(result=a.Readiness.READY)) == "client_not_ready"
    case.answer(a.ReadinessAnswer(result=a.Readiness.NOT_READY))
    case.answer(a.ReviewAnswer(ready=True, checklist=Checklist(living_skills=Known.YES))).ready()


def test_what_a_later_look_does_not_know_stays_as_it_was() -> None:
    case = Case().start(referral(checklist=Checklist(living_skills=Known.NO, money=Known.YES)))
    case.answer(a.ReadinessAnswer(result=a.Readiness.NOT_READY, checklist=Checklist(day_activity=Known.YES)))
    known = case.m.referral.checklist
    assert (known.living_skills, known.money, known.day_activity) == (Known.NO, Known.YES, Known.YES)


def test_a_coordinator_may_set_readiness_aside() -> None:
    case = Case().start(referral(checklist=Checklist(day_activity=Known.NO)))
    case.do(c.OverrideRule(by=case.municipality, rule=Overridable.CLIENT_NOT_READY, note=NOTE)).ready()
    assert case.open == [TaskKind.ASSESS]


def test_the_policy_says_which_items_count() -> None:
    case = Case().start(referral(checklist=Checklist(day_activity=Known.NO)))
    case.policy = replace(case.policy, readiness_items=(ReadinessItem.MONEY,))
    assert case.ready().open == [TaskKind.ASSESS]


def test_housing_first_is_a_home_first_without_a_test_of_readiness() -> None:
    lacking = Checklist(living_skills=Known.NO, treatment_done=Known.NO)
    case = Case().start(referral(track=Track.HOUSING_FIRST, checklist=lacking))
    for result in (a.Readiness.NOT_READY, a.Readiness.OTHER_ROUTE):
        assert case.refused_answer(a.ReadinessAnswer(result=result, note=NOTE)) == "no_readiness_test"
    assert case.ready().m.stage is Stage.ASSESSMENT


def test_housing_first_is_assessed_for_the_support_and_not_for_the_home() -> None:
    case = Case().start(referral(track=Track.HOUSING_FIRST)).ready()
    negative = a.AssessmentAnswer(result=a.AssessmentResult.NEGATIVE, note=NOTE)
    alternative = a.AlternativeForm.SHELTERED
    other = a.AssessmentAnswer(result=a.AssessmentResult.ALTERNATIVE, alternative=alternative, note=NOTE)
    assert [case.refused_answer(one) for one in (negative, other)] == ["no_fitness_test"] * 2
    assert case.positive().m.stage is Stage.OFFER
    ordinary = Case().start(referral()).ready().answer(negative)
    assert ordinary.open == [TaskKind.HEAR_CLIENT]


def test_where_the_urgency_is_decided_after_the_advice_housing_first_is_not_refused_either() -> None:
    positive = a.AssessmentAnswer(result=a.AssessmentResult.POSITIVE, support=a.SupportProduct.LIGHT)
    case = Case(policy=deciding(Whose.COORDINATOR)).start(referral(track=Track.HOUSING_FIRST)).ready().answer(positive)
    assert case.open == [TaskKind.DECIDE_URGENCY]
    assert case.refused_answer(a.UrgencyDecisionAnswer(granted=False, note=NOTE)) == "no_fitness_test"
    assert case.answer(a.UrgencyDecisionAnswer(granted=True)).m.stage is Stage.OFFER


def test_another_route_is_taken_only_after_a_hearing() -> None:
    case = along(upto="start")
    assert case.refused_answer(a.ReadinessAnswer(result=a.Readiness.OTHER_ROUTE)) == "answer_incomplete"
    case.answer(OTHER_ROUTE)
    assert_all_let_go(heard(case, HearingSubject.NOT_READY), Outcome.NOT_READY)


def test_who_convinces_at_the_hearing_is_checked_again() -> None:
    case = heard(along(upto="start").answer(OTHER_ROUTE), HearingSubject.NOT_READY, a.HearingResult.DROPPED)
    assert case.open == [TaskKind.CHECK_READINESS]


def test_who_sleeps_is_looked_at_when_the_institution_gives_up() -> None:
    case = along(upto="start").answer(a.ReadinessAnswer(result=a.Readiness.NOT_READY))
    assert case.refused_answer(a.ReviewAnswer(ready=True, give_up=True)) == "answer_contradicts"
    case.answer(a.ReviewAnswer(ready=False, give_up=True))
    assert case.open == [TaskKind.CHECK_READINESS]


# -- assessment ------------------------------------------------------------------------------------------------


def test_an_urgency_on_conditions_names_them() -> None:
    case = along(upto="ready")
    bare = a.AssessmentAnswer(result=a.AssessmentResult.CONDITIONAL, support=a.SupportProduct.LIGHT, note=NOTE)
    assert case.refused_answer(bare) == "answer_incomplete"
    conditions = (a.UrgencyCondition.ACCEPT_SUPPORT, a.UrgencyCondition.DAY_ACTIVITY)
    case.answer(replace(bare, conditions=conditions))
    assert (case.m.stage, case.m.urgency_conditions) == (Stage.OFFER, conditions)


@pytest.mark.parametrize("form", a.AlternativeForm)
def test_another_living_form_is_named_and_the_client_is_heard(form: a.AlternativeForm) -> None:
    alternative = a.AssessmentAnswer(result=a.AssessmentResult.ALTERNATIVE, alternative=form, note=NOTE)
    case = along(upto="ready").answer(alternative)
    assert case.m.alternative is form
    heard(case, HearingSubject.ALTERNATIVE_LIVING_FORM)
    assert_all_let_go(case, Outcome.ALTERNATIVE_LIVING_FORM)


def test_a_decision_against_the_client_tells_on_what_it_rests() -> None:
    case = along(upto="ready").answer(a.AssessmentAnswer(result=a.AssessmentResult.NEGATIVE, note=NOTE))
    reasons = (a.DecisionReason.SKILLS, a.DecisionReason.SUPPORT_REFUSED)
    hearing = case.hearing(a.HearingResult.STANDS)
    case.answer(replace(hearing, reasons=reasons))
    assert case.happened(e.MediationClosed)[0].reasons == reasons


# -- acceptance ------------------------------------------------------------------------------------------------


def test_a_person_judges_a_refusal_to_be_without_a_valid_reason() -> None:
    case = along(upto="confirm").refuse(a.RefusalReason.STATE_OF_REPAIR)
    assert case.refused_answer(a.JudgementAnswer(valid=False, note=NOTE), case.engine) == "person_needed"


@pytest.mark.parametrize("failure", sorted(set(a.CheckFailure) - {a.CheckFailure.FRAUD_SUSPECTED}))
def test_a_check_that_fails_leads_back_to_matching(failure: a.CheckFailure) -> None:
    case = along(upto="request_known").answer(a.LeaseAnswer(failed_check=True, failure=failure), YMERE)
    assert case.happened(e.LeaseFailed) == [e.LeaseFailed(failure=failure, let_down_on=case.today)]
    assert case.open == [TaskKind.MAKE_OFFER]
    assert case.readers(Letter.OFFER_WITHDRAWN) == {"client", "guide"}


def test_suspected_fraud_is_judged_by_the_coordinator_first() -> None:
    case = along(upto="request_known").answer(FRAUD, YMERE)
    assert case.open == [TaskKind.JUDGE_FRAUD]
    assert case.task(TaskKind.JUDGE_FRAUD).owner == "almere"
    assert case.m.live_offer is None
    case.answer(a.FraudAnswer(founded=False))
    assert case.open == [TaskKind.MAKE_OFFER]


def test_fraud_that_is_founded_ends_after_a_hearing() -> None:
    case = along(upto="request_known").answer(FRAUD, YMERE)
    assert case.refused_answer(a.FraudAnswer(founded=True)) == "answer_incomplete"
    case.answer(a.FraudAnswer(founded=True, note=NOTE))
    assert_all_let_go(heard(case, HearingSubject.FRAUD), Outcome.URGENCY_WITHDRAWN)


def no_care() -> Case:
    case = along(upto="request_known").answer(a.SupportAnswer(unable=True))
    assert case.refused_answer(a.BridgeAnswer(way="no_care")) == "answer_incomplete"
    return case.answer(a.BridgeAnswer(way="no_care", note=NOTE))


def test_without_care_the_dwelling_is_let_go_and_the_client_is_heard() -> None:
    case = no_care()
    assert case.open == [TaskKind.HEAR_CLIENT]
    assert (case.m.live_offer, case.m.support) == (None, None)
    assert_all_let_go(heard(case, HearingSubject.CARE_NOT_AVAILABLE), Outcome.CARE_NOT_AVAILABLE)


def test_care_that_turns_up_after_all_leads_back_to_matching() -> None:
    case = heard(no_care(), HearingSubject.CARE_NOT_AVAILABLE, a.HearingResult.DROPPED)
    assert case.open == [TaskKind.MAKE_OFFER]


def test_who_has_the_keys_does_not_lose_the_home_for_want_of_care() -> None:
    case = along(upto="keys").answer(a.StartAnswer(unable=True))
    assert case.refused_answer(a.BridgeAnswer(way="no_care", note=NOTE)) == "keys_handed_over"


# -- leaving ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("reason", c.ClientWithdrawal)
def test_why_a_client_leaves_is_a_code(reason: c.ClientWithdrawal) -> None:
    case = along(upto="confirm")
    case.do(c.Withdraw(by=case.municipality, source=a.KnownFrom.CLIENT, reason=reason))
    found = reason is c.ClientWithdrawal.OWN_HOUSING_FOUND
    assert_all_let_go(case, Outcome.OWN_HOUSING_FOUND if found else Outcome.WITHDRAWN_BY_CLIENT)
    assert case.happened(e.MediationClosed)[0].withdrawal is reason


def test_it_is_said_of_every_hearing_how_it_ends_and_how_it_goes_on() -> None:
    assert set(HEARINGS) == set(HearingSubject)
    assert set(GO_ON) == {subject for subject, hearing in HEARINGS.items() if hearing.if_dropped is None}
