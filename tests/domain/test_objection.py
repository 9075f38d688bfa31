"""An objection runs beside everything else; only the municipality makes it stop anything."""

from datetime import timedelta

import pytest

from domain.facts.outcome import Outcome, Stage
from domain.facts.parties import Actor, Role
from domain.facts.tasks import TaskKind
from domain.messages import answers as a
from domain.messages import commands as c
from domain.messages.effects import Letter
from domain.state import events as e
from tests.domain.case import NOTE, Case, actor, along, assert_all_let_go

INSTITUTION = actor(Role.INSTITUTION, "leger-des-heils")
DISMISSED = a.ObjectionAnswer(result=a.ObjectionResult.DISMISSED, note=NOTE)
UPHELD = a.ObjectionAnswer(result=a.ObjectionResult.WELL_FOUNDED, note=NOTE)


def objects(case: Case, against: c.Disputed, by: Actor = INSTITUTION, *, suspends: bool = False) -> Case:
    return case.do(c.FileObjection(by=by, against=against, suspends=suspends, note=NOTE))


def conditional() -> Case:
    """The urgency is granted on conditions."""
    return along(upto="ready").answer(
        a.AssessmentAnswer(
            result=a.AssessmentResult.CONDITIONAL,
            support=a.SupportProduct.REGULAR,
            conditions=(a.UrgencyCondition.BUDGET_MANAGEMENT,),
        )
    )


def refused() -> Case:
    """A refusal was judged to be without a valid reason: the client is to be heard before the urgency lapses."""
    return along(upto="confirm").refuse().judged(valid=False)


def test_an_objection_has_a_statutory_term_of_six_weeks_and_stops_nothing() -> None:
    case = objects(conditional(), c.Disputed.URGENCY_CONDITIONS)
    task = case.task(TaskKind.DECIDE_OBJECTION)
    assert case.policy.calendar.today(task.due) == case.today + timedelta(weeks=6)
    assert case.readers(Letter.OBJECTION_RECEIVED) == {"client", "guide"}
    case.list().match().confirm().accept()
    assert case.m.stage is Stage.ACCEPTANCE


def test_conditions_that_were_wrong_are_gone() -> None:
    case = conditional()
    assert list(case.m.urgency_conditions) == [a.UrgencyCondition.BUDGET_MANAGEMENT]
    objects(case, c.Disputed.URGENCY_CONDITIONS).answer(UPHELD)
    assert list(case.m.urgency_conditions) == []
    assert case.readers(Letter.OBJECTION_UPHELD) == {"client", "guide"}


def test_conditions_stand_when_the_objection_is_dismissed() -> None:
    case = objects(conditional(), c.Disputed.URGENCY_CONDITIONS)
    assert case.refused_answer(a.ObjectionAnswer(result=a.ObjectionResult.DISMISSED)) == "answer_incomplete"
    assert case.refused_answer(DISMISSED, case.engine) == "person_needed"
    case.answer(DISMISSED)
    assert list(case.m.urgency_conditions) == [a.UrgencyCondition.BUDGET_MANAGEMENT]


def test_a_refusal_that_turns_out_to_be_valid_is_not_counted_and_the_urgency_does_not_lapse() -> None:
    case = refused()
    assert case.open == [TaskKind.HEAR_CLIENT]
    objects(case, c.Disputed.REFUSAL_JUDGED).answer(UPHELD)
    assert case.m.counted_refusals == 0
    assert case.open == [TaskKind.MAKE_OFFER]


def test_a_refusal_that_was_judged_well_still_leads_to_the_hearing() -> None:
    case = objects(refused(), c.Disputed.REFUSAL_JUDGED).answer(DISMISSED)
    assert case.open == [TaskKind.HEAR_CLIENT]
    case.answer(case.hearing(a.HearingResult.STANDS))
    assert_all_let_go(case, Outcome.REFUSED_LAPSED)


def test_only_the_municipality_suspends() -> None:
    case = refused()
    command = c.FileObjection(by=INSTITUTION, against=c.Disputed.REFUSAL_JUDGED, suspends=True, note=NOTE)
    assert case.refused(command).rule == "not_yours"
    objects(case, c.Disputed.REFUSAL_JUDGED, case.municipality, suspends=True)
    assert case.refused_answer(case.hearing(a.HearingResult.STANDS)) == "objection_suspends"
    case.answer(DISMISSED).answer(case.hearing(a.HearingResult.STANDS))
    assert case.m.outcome is Outcome.REFUSED_LAPSED


def test_while_it_suspends_nothing_is_offered() -> None:
    case = objects(conditional(), c.Disputed.URGENCY_CONDITIONS, conditional().municipality, suspends=True).list()
    assert case.refused(case.matching()).rule == "objection_suspends"
    case.answer(UPHELD).match()


def test_the_term_is_extended_once_and_the_client_is_told() -> None:
    case = objects(conditional(), c.Disputed.OTHER).days(20)
    extended = a.ObjectionAnswer(result=a.ObjectionResult.EXTENDED)
    case.answer(extended)
    assert case.policy.calendar.today(case.task(TaskKind.DECIDE_OBJECTION).due) >= case.today + timedelta(weeks=6)
    assert case.readers(Letter.OBJECTION_EXTENDED) == {"client"}
    assert case.refused_answer(extended) == "objection_extended"


def test_one_objection_at_a_time_against_a_decision_that_stands() -> None:
    case = along(upto="ready")
    for against in (c.Disputed.URGENCY_CONDITIONS, c.Disputed.REFUSAL_JUDGED):
        assert case.refused(c.FileObjection(by=INSTITUTION, against=against, note=NOTE)).rule == "nothing_disputed"
    objects(case, c.Disputed.NO_DECISION)
    again = c.FileObjection(by=INSTITUTION, against=c.Disputed.OTHER, note=NOTE)
    assert case.refused(again).rule == "objection_open"
    case.answer(a.ObjectionAnswer(result=a.ObjectionResult.WITHDRAWN)).do(again)


@pytest.mark.parametrize("role", [Role.DISTRICT_TEAM, Role.CARE_PROVIDER, Role.CORPORATION, Role.AUDITOR])
def test_others_do_not_object(role: Role) -> None:
    case = conditional()
    by = actor(role, {"district_team": "wijkteam-west", "care_provider": "kwintes"}.get(role.value, "ymere"))
    command = c.FileObjection(by=by, against=c.Disputed.OTHER, note=NOTE)
    assert case.refused(command).rule == "not_yours"


def test_an_objection_that_is_open_at_the_end_is_not_forgotten() -> None:
    case = objects(conditional(), c.Disputed.URGENCY_CONDITIONS).withdraws()
    assert case.readers(Letter.OBJECTION_OPEN_AT_END) == {"almere"}
    assert not case.happened(e.ObjectionDecided)
    assert case.refused(c.FileObjection(by=INSTITUTION, against=c.Disputed.OTHER, note=NOTE)).rule == "closed"
