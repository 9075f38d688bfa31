"""Stage 2: the district team assesses; no negative decision without a hearing, a reason and a person."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from domain.facts.clocks import ClockKind
from domain.facts.outcome import Outcome, Stage
from domain.facts.parties import Role
from domain.facts.tasks import TaskKind
from domain.facts.value import replace
from domain.messages import answers as a
from domain.messages.effects import AskAssessment, Letter
from domain.state import events as e
from tests.domain.case import NOTE, Case, actor, along, assert_all_let_go

TEAM = actor(Role.DISTRICT_TEAM, "wijkteam-west")


def assessed(result: a.AssessmentResult) -> Case:
    return along(upto="ready").answer(a.AssessmentAnswer(result=result, note=NOTE), TEAM)


def test_the_district_team_is_asked_and_told_until_when() -> None:
    case = along(upto="ready")
    task = case.task(TaskKind.ASSESS)
    assert task.owner == "wijkteam-west"
    assert [x.due_on for x in case.done(AskAssessment)] == [case.policy.calendar.today(task.due)]


def test_a_positive_assessment_grants_the_urgency_and_starts_its_clocks() -> None:
    case = along(upto="positive")
    assert case.m.urgency is a.SupportProduct.REGULAR
    assert {clock.kind for clock in case.m.clocks} == {ClockKind.URGENCY, ClockKind.HOUSING_TARGET}
    assert case.readers(Letter.URGENCY_GRANTED) == {"client", "guide"}
    assert case.m.stage is Stage.OFFER


def test_a_positive_assessment_names_the_support() -> None:
    case = along(upto="ready")
    assert case.refused_answer(a.AssessmentAnswer(result=a.AssessmentResult.POSITIVE)) == "answer_incomplete"


@pytest.mark.parametrize("result", [a.AssessmentResult.NEGATIVE, a.AssessmentResult.ALTERNATIVE])
def test_another_assessment_gives_its_reasons_and_leads_to_a_hearing(result: a.AssessmentResult) -> None:
    case = along(upto="ready")
    assert case.refused_answer(a.AssessmentAnswer(result=result), TEAM) == "answer_incomplete"
    case.answer(a.AssessmentAnswer(result=result, note=NOTE), TEAM)
    assert case.open == [TaskKind.HEAR_CLIENT]
    assert case.task(TaskKind.HEAR_CLIENT).owner == "almere"
    assert case.readers(Letter.HEARING_INVITED) == {"client", "guide"}
    assert case.m.outcome is None


@pytest.mark.parametrize(
    ("result", "outcome"),
    [
        (a.AssessmentResult.NEGATIVE, Outcome.REJECTED),
        (a.AssessmentResult.ALTERNATIVE, Outcome.ALTERNATIVE_LIVING_FORM),
    ],
)
def test_an_upheld_assessment_ends_the_mediation(result: a.AssessmentResult, outcome: Outcome) -> None:
    case = assessed(result)
    assert case.refused_answer(case.hearing(a.HearingResult.STANDS, note=None)) == "answer_incomplete"
    case.answer(case.hearing(a.HearingResult.STANDS))
    assert_all_let_go(case, outcome)
    assert case.happened(e.MediationClosed)[0].note == NOTE
    assert case.readers(Letter.ENDED_AT_INSTITUTION) == {"leger-des-heils"}


@pytest.mark.parametrize("result", [a.AssessmentResult.NEGATIVE, a.AssessmentResult.ALTERNATIVE])
def test_a_dropped_assessment_is_done_again(result: a.AssessmentResult) -> None:
    case = assessed(result)
    case.answer(case.hearing(a.HearingResult.DROPPED, note=None))
    assert case.open == [TaskKind.ASSESS]
    assert len(case.done(AskAssessment)) == 2
    assert case.positive().m.stage is Stage.OFFER


def test_the_hearing_has_taken_place() -> None:
    case = assessed(a.AssessmentResult.NEGATIVE)
    answer = replace(case.hearing(a.HearingResult.STANDS), heard_on=case.today + timedelta(days=1))
    assert case.refused_answer(answer) == "hearing_in_future"


def test_no_machine_decides_against_a_client() -> None:
    case = assessed(a.AssessmentResult.NEGATIVE)
    assert case.refused_answer(case.hearing(a.HearingResult.STANDS), case.engine) == "person_needed"


def test_the_decision_term_is_extended_with_notice_before_it_ends() -> None:
    case = along(upto="ready")
    ends_at = case.clock(ClockKind.DECISION_TERM).ends_at
    case.until(ends_at - timedelta(days=5))
    assert TaskKind.EXTEND_DECISION_TERM in case.open
    case.answer(a.TermExtensionAnswer(note=NOTE))
    assert case.policy.calendar.today(case.clock(ClockKind.DECISION_TERM).ends_at) == case.policy.calendar.today(
        ends_at + timedelta(weeks=6)
    )


def test_a_decision_term_is_extended_by_its_last_day_and_once() -> None:
    case = along(upto="ready").on(date(2026, 7, 22))
    extend = case.answering(a.TermExtensionAnswer(note=NOTE))
    late = along(upto="ready").on(date(2026, 7, 28))
    refused = late.refused(extend)
    assert (refused.rule, refused.day) == ("term_over", date(2026, 7, 27)), "eight weeks from 1 June 2026"
    in_time = along(upto="ready").on(date(2026, 7, 22))
    in_time.now = datetime(2026, 7, 27, 21, 0, tzinfo=ZoneInfo("Europe/Amsterdam"))
    in_time.do(extend)
    ends = in_time.policy.calendar.local(in_time.clock(ClockKind.DECISION_TERM).ends_at)
    assert (ends.date(), f"{ends:%H:%M}") == (date(2026, 9, 7), "23:59"), "six weeks from Monday 27 July 2026"
    assert in_time.refused(extend).rule == "term_extended"
    assert TaskKind.EXTEND_DECISION_TERM not in in_time.on(date(2026, 9, 4)).open


def test_a_decision_term_that_runs_out_decides_nothing() -> None:
    case = along(upto="ready").days(120)
    assert case.clock(ClockKind.DECISION_TERM).expired
    assert case.m.outcome is None
    assert TaskKind.EXTEND_DECISION_TERM not in case.open, "a term that is over is extended no more (Awb 4:14)"
    assert case.readers(Letter.DECISION_TERM_OVER) == {"almere"}
    case.positive()
    assert case.m.clock(ClockKind.DECISION_TERM) is None
