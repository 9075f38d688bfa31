"""The urgency is decided as a step of its own, after the advice: by the municipality, or by a desk for it."""

from datetime import timedelta

import pytest

from domain.facts.clocks import ClockKind
from domain.facts.outcome import HearingSubject, Outcome, Stage
from domain.facts.parties import Actor, Role, Whose
from domain.facts.rules import RuleName
from domain.facts.tasks import TaskKind
from domain.facts.value import replace
from domain.messages import answers as a
from domain.messages import commands as c
from domain.messages.effects import Letter
from domain.state import events as e
from sandbox.driven import road
from tests.domain.case import DESK, NOTE, Case, actor, deciding, policy_of

BY_DESK = actor(Role.DESK, DESK)
GRANTED = a.UrgencyDecisionAnswer(granted=True)
REFUSED = a.UrgencyDecisionAnswer(granted=False, note=NOTE)
NEGATIVE = a.AssessmentAnswer(result=a.AssessmentResult.NEGATIVE, note=NOTE)
ELSEWHERE = a.AssessmentAnswer(
    result=a.AssessmentResult.ALTERNATIVE, alternative=a.AlternativeForm.SHELTERED, note=NOTE
)
ON_CONDITIONS = a.AssessmentAnswer(
    result=a.AssessmentResult.CONDITIONAL,
    support=a.SupportProduct.INTENSIVE,
    conditions=(a.UrgencyCondition.BUDGET_MANAGEMENT, a.UrgencyCondition.DAY_ACTIVITY),
)


def advised(advice: a.TaskAnswer | None = None, *, by: Whose = Whose.DESK) -> Case:
    """A case in which the team has given its advice."""
    return Case(policy=deciding(by)).start().ready().answer(advice or road.positive())


# -- who decides ---------------------------------------------------------------------------------------------------


def test_where_the_policy_does_not_say_so_the_assessment_decides() -> None:
    case = Case().start().ready().answer(road.positive())
    assert case.m.stage is Stage.OFFER
    assert not case.happened(e.UrgencyAdvised)
    assert not case.happened(e.UrgencyDecided)


def test_the_desk_decides_after_the_advice() -> None:
    case = advised()
    assert (case.m.stage, case.m.urgency) == (Stage.ASSESSMENT, None)
    task = case.task(TaskKind.DECIDE_URGENCY)
    assert (task.owner, task.owner_role) == (DESK, Role.DESK)
    assert DESK in case.readers(Letter.TASK_OPENED)
    case.answer(GRANTED, BY_DESK)
    assert case.m.stage is Stage.OFFER
    assert case.clock(ClockKind.URGENCY)
    assert case.readers(Letter.URGENCY_GRANTED) == {"client", "guide"}


def test_the_municipality_decides_where_nobody_else_is_named() -> None:
    case = advised(by=Whose.COORDINATOR)
    assert case.m.parties.desk is None
    assert case.task(TaskKind.DECIDE_URGENCY).owner_role is Role.COORDINATOR
    case.answer(GRANTED)
    assert case.m.stage is Stage.OFFER


def test_without_a_desk_in_the_directory_the_municipality_decides() -> None:
    """A mandate takes no power away (Awb 10:7), and nobody waits for who is not there."""
    case = Case(policy=deciding())
    case.desk = None
    case.start().ready().answer(road.positive())
    task = case.task(TaskKind.DECIDE_URGENCY)
    assert (task.owner, task.owner_role) == ("almere", Role.COORDINATOR)
    case.answer(GRANTED)
    assert case.m.stage is Stage.OFFER


@pytest.mark.parametrize(
    "by",
    [
        actor(Role.DISTRICT_TEAM, "wijkteam-west"),
        actor(Role.INSTITUTION, "leger-des-heils"),
        actor(Role.DESK, "another-desk"),
    ],
)
def test_nobody_else_decides(by: Actor) -> None:
    assert advised().refused_answer(GRANTED, by) is RuleName.NOT_YOURS


@pytest.mark.parametrize("answer", [GRANTED, REFUSED])
def test_no_system_decides(answer: a.TaskAnswer) -> None:
    case = advised()
    assert case.refused_answer(answer, actor(Role.DESK, DESK, "system")) is RuleName.PERSON_NEEDED


def test_the_municipality_may_decide_in_the_place_of_its_desk() -> None:
    """The one who gave the mandate keeps the power to decide (Awb 10:7)."""
    case = advised()
    case.do(c.TakeOverTask(by=case.municipality, task=case.task(TaskKind.DECIDE_URGENCY).id, note=NOTE))
    assert case.task(TaskKind.DECIDE_URGENCY).owner_role is Role.COORDINATOR
    case.answer(GRANTED)
    assert case.happened(e.UrgencyDecided)[0].by == "almere"


@pytest.mark.parametrize(
    ("city", "decider", "role"), [("almere", "almere", Role.COORDINATOR), ("amersfoort", DESK, Role.DESK)]
)
def test_in_each_city_who_its_sources_say_decides_after_the_advice(city: str, decider: str, role: Role) -> None:
    """Almere: burgemeester en wethouders. Amersfoort: a desk in their name. Neither leaves it to who assesses."""
    case = Case(policy=policy_of(city)).start().ready().answer(road.positive())
    task = case.task(TaskKind.DECIDE_URGENCY)
    assert (task.owner, task.owner_role) == (decider, role)
    assert (case.m.stage, case.m.urgency) == (Stage.ASSESSMENT, None)
    assert case.clock(ClockKind.DECISION_TERM).ends_at >= task.due
    case.days(9).answer(GRANTED, actor(role, decider))
    assert case.happened(e.UrgencyDecided)[0].on == case.today
    urgency = case.clock(ClockKind.URGENCY)
    assert case.policy.calendar.today(urgency.started_at) == case.today
    assert case.m.clock(ClockKind.DECISION_TERM) is None


# -- what is decided -----------------------------------------------------------------------------------------------


def test_what_was_decided_is_recorded_with_who_when_why_and_on_which_ground() -> None:
    case = advised(ON_CONDITIONS).answer(replace(GRANTED, note=NOTE), BY_DESK)
    assert case.happened(e.UrgencyDecided) == [
        e.UrgencyDecided(
            by=DESK,
            role=Role.DESK,
            on=case.today,
            support=a.SupportProduct.INTENSIVE,
            conditions=(a.UrgencyCondition.BUDGET_MANAGEMENT, a.UrgencyCondition.DAY_ACTIVITY),
            ground="artikel 13 van de Huisvestingswet 2014",
            as_advised=True,
            note=NOTE,
        )
    ]
    assert case.m.urgency is a.SupportProduct.INTENSIVE
    assert len(case.m.urgency_conditions) == 2
    assert case.readers(Letter.URGENCY_WITH_CONDITIONS) == {"client"}


@pytest.mark.parametrize(
    ("advice", "decision"),
    [
        (ON_CONDITIONS, replace(GRANTED, conditions=())),
        (ON_CONDITIONS, replace(GRANTED, conditions=(a.UrgencyCondition.BUDGET_MANAGEMENT,))),
        (road.positive(), replace(GRANTED, support=a.SupportProduct.LIGHT)),
        (NEGATIVE, replace(GRANTED, support=a.SupportProduct.LIGHT)),
        (ELSEWHERE, replace(GRANTED, support=a.SupportProduct.LIGHT)),
    ],
)
def test_who_departs_from_the_advice_says_why(advice: a.TaskAnswer, decision: a.UrgencyDecisionAnswer) -> None:
    """Awb 3:50: the reasons to depart from an advice are told with the decision."""
    case = advised(advice)
    assert case.refused(case.answering(decision, BY_DESK)).field == "note"
    case.answer(replace(decision, note=NOTE), BY_DESK)
    assert not case.happened(e.UrgencyDecided)[0].as_advised
    assert case.m.stage is Stage.OFFER


def test_the_same_conditions_in_another_order_are_as_advised() -> None:
    turned = tuple(reversed((a.UrgencyCondition.BUDGET_MANAGEMENT, a.UrgencyCondition.DAY_ACTIVITY)))
    case = advised(ON_CONDITIONS).answer(replace(GRANTED, conditions=turned, note=NOTE), BY_DESK)
    assert case.happened(e.UrgencyDecided)[0].as_advised


def test_against_a_negative_advice_the_support_must_be_named() -> None:
    case = advised(NEGATIVE)
    assert case.refused(case.answering(replace(GRANTED, note=NOTE), BY_DESK)).field == "support"


@pytest.mark.parametrize(
    ("field", "answer"),
    [
        ("reasons", replace(GRANTED, reasons=(a.DecisionReason.MONEY,))),
        ("support", replace(REFUSED, support=a.SupportProduct.LIGHT)),
        ("conditions", replace(REFUSED, conditions=(a.UrgencyCondition.DAY_ACTIVITY,))),
    ],
)
def test_what_belongs_to_the_other_decision_is_refused(field: str, answer: a.TaskAnswer) -> None:
    case = advised()
    refused = case.refused(case.answering(answer, BY_DESK))
    assert (refused.rule, refused.field) == (RuleName.ANSWER_CONTRADICTS, field)


# -- against the client --------------------------------------------------------------------------------------------


def test_a_refusal_has_reasons() -> None:
    assert advised().refused_answer(a.UrgencyDecisionAnswer(granted=False), BY_DESK) is RuleName.ANSWER_INCOMPLETE


@pytest.mark.parametrize(
    ("advice", "subject", "outcome", "letter"),
    [
        (road.positive(), HearingSubject.NEGATIVE_ASSESSMENT, Outcome.REJECTED, Letter.REJECTED),
        (NEGATIVE, HearingSubject.NEGATIVE_ASSESSMENT, Outcome.REJECTED, Letter.REJECTED),
        (
            ELSEWHERE,
            HearingSubject.ALTERNATIVE_LIVING_FORM,
            Outcome.ALTERNATIVE_LIVING_FORM,
            Letter.ALTERNATIVE_LIVING_FORM,
        ),
    ],
)
def test_a_refusal_goes_the_road_against_the_client(
    advice: a.TaskAnswer, subject: HearingSubject, outcome: Outcome, letter: Letter
) -> None:
    """First a hearing (Awb 4:7), then a decision with reasons, a letter, and six weeks to object."""
    case = advised(advice).answer(REFUSED, BY_DESK)
    assert case.task(TaskKind.HEAR_CLIENT).about == subject
    assert {"client", "guide"} <= case.readers(Letter.HEARING_INVITED)
    assert case.m.stage is Stage.ASSESSMENT
    case.answer(case.hearing(a.HearingResult.STANDS))
    assert case.m.outcome is outcome
    assert case.readers(letter) == {"client"}
    assert case.m.decision is not None
    case.do(c.FileObjection(by=case.municipality, against=c.Disputed.END, note=NOTE))
    assert case.task(TaskKind.DECIDE_OBJECTION).owner == "almere"


def test_a_negative_advice_is_decided_on_before_the_client_is_heard() -> None:
    case = advised(NEGATIVE)
    assert case.open == [TaskKind.DECIDE_URGENCY]
    assert not case.letters(Letter.HEARING_INVITED)


def test_a_refusal_that_is_dropped_is_assessed_and_decided_again() -> None:
    case = advised().answer(REFUSED, BY_DESK)
    case.answer(case.hearing(a.HearingResult.DROPPED))
    assert case.open == [TaskKind.ASSESS]
    case.positive()
    assert case.m.stage is Stage.OFFER


# -- by when -------------------------------------------------------------------------------------------------------


def test_a_desk_that_never_answers_is_reminded_and_escalated_and_the_term_is_watched() -> None:
    case = advised()
    case.days(120)
    task = case.task(TaskKind.DECIDE_URGENCY)
    assert task.reminded >= 1
    assert task.escalated > 5
    assert {DESK} <= case.readers(Letter.TASK_REMINDER)
    assert {"almere"} <= case.readers(Letter.TASK_ESCALATED)
    assert case.happened(e.ClockExpired)[0].clock is ClockKind.DECISION_TERM
    assert TaskKind.EXTEND_DECISION_TERM not in case.open, "a term that is over is extended no more (Awb 4:14)"
    assert case.readers(Letter.DECISION_TERM_OVER) == {"almere"}
    assert case.last.wake_at is not None
    case.answer(GRANTED, BY_DESK)
    assert case.m.stage is Stage.OFFER
    assert TaskKind.EXTEND_DECISION_TERM not in case.open


def test_it_is_due_before_the_statutory_term_ends_and_later_when_that_is_extended() -> None:
    """Awb 4:13 and 4:14: eight weeks, and longer only when the client was told so."""
    case = Case(policy=deciding()).start().ready().days(54)
    term = case.clock(ClockKind.DECISION_TERM)
    assert case.today + timedelta(days=2) == case.policy.calendar.today(term.ends_at)
    case.answer(road.positive())
    assert case.task(TaskKind.DECIDE_URGENCY).due == term.ends_at
    case.answer(a.TermExtensionAnswer(note=NOTE))
    task = case.task(TaskKind.DECIDE_URGENCY)
    assert term.ends_at < task.due < case.clock(ClockKind.DECISION_TERM).ends_at
    assert not task.agreed


def test_stepping_back_lets_the_question_go() -> None:
    case = advised().steps_back(Stage.READINESS)
    assert TaskKind.DECIDE_URGENCY not in case.open
