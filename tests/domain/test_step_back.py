"""A step back to an earlier stage: what belongs to later stages is let go, and nothing is erased."""

from datetime import date, timedelta

import pytest

from domain.decide.catalogue import SPECS
from domain.facts.absences import AbsenceKind
from domain.facts.clocks import ClockKind
from domain.facts.outcome import HearingSubject, Outcome, Stage
from domain.facts.parties import Role
from domain.facts.referral import Document
from domain.facts.rules import RuleName
from domain.facts.tasks import TaskKind
from domain.facts.terms import objection
from domain.facts.value import replace
from domain.messages import answers as a
from domain.messages import commands as c
from domain.messages.effects import CancelSupport, FreeDwelling, Letter, ListDwellings
from domain.state import events as e
from domain.state.mediation import OfferState
from tests.domain.case import NOTE, STEPS, Case, actor, along, assert_all_let_go, main_road, scarce_key

FIRST_TASK = {
    Stage.READINESS: TaskKind.CHECK_READINESS,
    Stage.ASSESSMENT: TaskKind.ASSESS,
    Stage.OFFER: TaskKind.MAKE_OFFER,
}


def kept(case: Case) -> set[str]:
    return {scarce_key(x)[0] for x in case.claims} - {scarce_key(x)[0] for x in case.releases}


@pytest.mark.parametrize("to", FIRST_TASK)
def test_from_a_signed_lease_to_any_earlier_stage(to: Stage) -> None:
    case = along(upto="plan_support")
    before = list(case.events)
    case.steps_back(to)
    assert case.m.stage is to
    assert case.open == [FIRST_TASK[to]]
    assert case.events[: len(before)] == before
    assert case.offer.state is OfferState.LET_GO
    assert (len(case.done(FreeDwelling)), len(case.done(CancelSupport))) == (1, 1)
    assert kept(case) == ({"person", "place"} if to is Stage.OFFER else {"person"})
    kept_urgency, given_up = Letter.STEPPED_BACK, Letter.URGENCY_GIVEN_UP
    assert case.readers(kept_urgency if to is Stage.OFFER else given_up) == {"client", "guide"}
    assert not case.readers(given_up if to is Stage.OFFER else kept_urgency)


def test_before_the_decision_its_term_runs_again_and_the_urgency_does_not() -> None:
    case = along(upto="match").steps_back(Stage.ASSESSMENT)
    assert [clock.kind for clock in case.m.clocks] == [ClockKind.DECISION_TERM]
    assert case.m.urgency is None
    assert case.positive().m.stage is Stage.OFFER


@pytest.mark.parametrize("to", [Stage.READINESS, Stage.ASSESSMENT])
@pytest.mark.parametrize("upto", ["match", "confirm", "plan_support"])
def test_a_home_on_offer_is_settled_before_an_urgency_is_taken_away_against_the_client(upto: str, to: Stage) -> None:
    case = along(upto=upto)
    against = c.StepBack(by=case.municipality, to=to, note=NOTE)
    refused = case.refused(against)
    assert (refused.rule, refused.field) == ("client_must_agree", "agreed")
    assert case.do(replace(against, agreed=True)).m.urgency is None


def test_what_takes_no_urgency_away_needs_no_agreement() -> None:
    undecided = along(upto="ready")
    assert undecided.do(c.StepBack(by=undecided.municipality, to=Stage.READINESS, note=NOTE)).m.stage is Stage.READINESS
    searching = along(upto="accept")
    urgency = searching.m.urgency
    assert searching.do(c.StepBack(by=searching.municipality, to=Stage.OFFER, note=NOTE)).m.urgency is urgency


def test_back_at_the_offer_the_urgency_runs_on() -> None:
    case = along(upto="confirm")
    clocks = case.m.clocks
    case.steps_back(Stage.OFFER)
    assert case.m.clocks == clocks
    assert case.happened(e.SteppedBack)[0].note == NOTE


@pytest.mark.parametrize("upto", STEPS[: STEPS.index("keys")])
@pytest.mark.parametrize("to", FIRST_TASK)
def test_from_wherever_it_steps_back_it_gets_home_all_the_same(upto: str, to: Stage) -> None:
    case = along(upto=upto)
    stages = list(Stage)
    if stages.index(to) >= stages.index(case.m.stage):
        assert case.refused(c.StepBack(by=case.municipality, to=to, note=NOTE)).rule == "not_earlier"
        return
    case.steps_back(to)
    first = {"readiness": "ready", "assessment": "positive", "offer": "list"}[to.value]
    for step in STEPS[STEPS.index(first) :]:
        getattr(case, step)()
    assert_all_let_go(case.call_day().call(), Outcome.HOUSED_FOLLOW_UP_HELD)


# -- a wrong answer in the stage itself ------------------------------------------------------------------------------

ASKS_ORIGIN = replace(main_road("amersfoort"), decision=replace(main_road("amersfoort").decision, after_advice=True))
ONE_PAPER = (Document.INCOME_STATEMENT,)
WRONG: dict[str, tuple[Stage, tuple[a.TaskAnswer, ...]]] = {
    "not ready": (
        Stage.READINESS,
        (a.ReadinessAnswer(result=a.Readiness.NOT_READY, standstill="consent", note=NOTE),),
    ),
    "incomplete": (Stage.READINESS, (a.ReadinessAnswer(result=a.Readiness.INCOMPLETE, missing=ONE_PAPER),)),
    "incomplete once more": (
        Stage.READINESS,
        (
            a.ReadinessAnswer(result=a.Readiness.INCOMPLETE, missing=ONE_PAPER),
            a.SupplementAnswer(documents=ONE_PAPER),
            a.ReadinessAnswer(result=a.Readiness.INCOMPLETE, missing=ONE_PAPER),
        ),
    ),
    "not of a target group": (Stage.READINESS, (a.ReadinessAnswer(result=a.Readiness.NOT_ELIGIBLE, note=NOTE),)),
    "another route": (Stage.READINESS, (a.ReadinessAnswer(result=a.Readiness.OTHER_ROUTE, note=NOTE),)),
    "not processed": (
        Stage.READINESS,
        (
            a.ReadinessAnswer(result=a.Readiness.INCOMPLETE, missing=ONE_PAPER),
            a.SupplementAnswer(documents=ONE_PAPER),
            a.ReadinessAnswer(result=a.Readiness.INCOMPLETE, missing=ONE_PAPER),
            a.IncompleteAnswer(decision="not_processed", note=NOTE),
        ),
    ),
    "not ready after all": (
        Stage.READINESS,
        (
            a.ReadinessAnswer(result=a.Readiness.NOT_READY, standstill="consent", note=NOTE),
            a.ReviewAnswer(ready=False, note=NOTE),
        ),
    ),
    "ready": (Stage.READINESS, (a.ReadinessAnswer(result=a.Readiness.READY),)),
    "from elsewhere": (
        Stage.READINESS,
        (a.ReadinessAnswer(result=a.Readiness.READY), a.OriginAnswer(origin="leusden", note=NOTE)),
    ),
    "helped nowhere": (
        Stage.READINESS,
        (
            a.ReadinessAnswer(result=a.Readiness.READY),
            a.OriginAnswer(origin="leusden", note=NOTE),
            a.TransferAnswer(accepted=False, help_here=False, note=NOTE),
        ),
    ),
    "assessed": (
        Stage.ASSESSMENT,
        (
            a.ReadinessAnswer(result=a.Readiness.READY),
            a.OriginAnswer(origin="amersfoort"),
            a.AssessmentAnswer(result=a.AssessmentResult.NEGATIVE, note=NOTE),
        ),
    ),
    "refused": (
        Stage.ASSESSMENT,
        (
            a.ReadinessAnswer(result=a.Readiness.READY),
            a.OriginAnswer(origin="amersfoort"),
            a.AssessmentAnswer(result=a.AssessmentResult.NEGATIVE, note=NOTE),
            a.UrgencyDecisionAnswer(granted=False, note=NOTE),
        ),
    ),
}


@pytest.mark.parametrize("wrong", WRONG)
def test_a_wrong_answer_is_mended_by_a_step_back_to_the_stage_itself(wrong: str) -> None:
    stage, answers = WRONG[wrong]
    case = along(policy=ASKS_ORIGIN, upto="start")
    for answer in answers:
        case.answer(answer)
    assert case.m.stage is stage
    back = c.StepBack(by=case.municipality, to=stage, note=NOTE)
    case.do(back)
    assert (case.m.stage, case.open) == (stage, [FIRST_TASK[stage]])
    assert case.clock(ClockKind.DECISION_TERM).suspended_at is None
    assert case.readers(Letter.STEPPED_BACK) == {"client", "guide"}
    assert case.refused(back).rule == "not_earlier", "a second click: nothing was answered since"
    for step in STEPS[STEPS.index("ready" if stage is Stage.READINESS else "positive") :]:
        getattr(case, step)()
    assert_all_let_go(case.call_day().call(), Outcome.HOUSED_FOLLOW_UP_HELD)


def test_every_answer_that_is_mended_by_a_step_back_is_among_them() -> None:
    mended = {kind for kind, spec in SPECS.items() if spec.mended_by is RuleName.CORRECT_BY_STEP_BACK}
    assert mended == {answer.kind for _, answers in WRONG.values() for answer in answers} - {TaskKind.DECIDE_URGENCY}


def test_where_a_client_comes_from_is_asked_again_from_the_assessment_too() -> None:
    case = along(policy=ASKS_ORIGIN, upto="ready")
    case.steps_back(Stage.READINESS).answer(a.ReadinessAnswer(result=a.Readiness.READY))
    assert case.open == [TaskKind.DETERMINE_ORIGIN]


def test_papers_that_were_asked_for_by_mistake_do_not_count_as_asked_for() -> None:
    """Who lacks something has the opportunity to send just that, before the referral is left (Awb 4:5)."""
    case = along(upto="start").answer(a.ReadinessAnswer(result=a.Readiness.INCOMPLETE, missing=ONE_PAPER))
    case.steps_back(Stage.READINESS)
    case.answer(a.ReadinessAnswer(result=a.Readiness.INCOMPLETE, missing=(Document.IDENTITY,)))
    assert (case.open, case.task(TaskKind.SUPPLEMENT).about) == ([TaskKind.SUPPLEMENT], "identity")


def test_papers_that_did_not_come_in_time_stay_asked_for_once() -> None:
    case = along(upto="start").answer(a.ReadinessAnswer(result=a.Readiness.INCOMPLETE, missing=ONE_PAPER))
    case.until(case.task(TaskKind.SUPPLEMENT).due + timedelta(hours=1)).steps_back(Stage.READINESS)
    case.answer(a.ReadinessAnswer(result=a.Readiness.INCOMPLETE, missing=ONE_PAPER))
    assert case.open == [TaskKind.DECIDE_INCOMPLETE]


def test_the_decision_term_stood_still_only_while_somebody_was_waited_for() -> None:
    """Eight weeks from Monday 1 June 2026 end on 27 July; asked on 1 June and no more on the 8th: six days (2 to 7)."""
    case = along(upto="start").answer(a.ReadinessAnswer(result=a.Readiness.INCOMPLETE, missing=ONE_PAPER))
    case.days(7).steps_back(Stage.READINESS)
    term = case.clock(ClockKind.DECISION_TERM)
    assert case.policy.calendar.today(term.ends_at) == date(2026, 8, 3), "27 July and six days: a Sunday, so Monday"


def test_a_search_is_not_begun_again_by_a_step_back() -> None:
    case = along(upto="match")
    assert case.refused(c.StepBack(by=case.municipality, to=Stage.OFFER, note=NOTE)).rule == "not_earlier"


def test_counted_refusals_stay_counted() -> None:
    case = along("amersfoort", "confirm").refuse().judged(valid=False).steps_back(Stage.ASSESSMENT)
    assert case.m.counted_refusals == 1


def test_nobody_steps_back_once_the_client_has_the_keys() -> None:
    case = along(upto="keys")
    assert case.refused(c.StepBack(by=case.municipality, to=Stage.OFFER, note=NOTE)).rule == "keys_handed_over"


def test_only_the_municipality_steps_back() -> None:
    by = actor(Role.CORPORATION, "ymere")
    assert along(upto="accept").refused(c.StepBack(by=by, to=Stage.OFFER, note=NOTE)).rule == "not_yours"


def test_what_belongs_to_no_stage_stays() -> None:
    case = along(upto="match")
    case.do(c.ReportUndelivered(by=case.engine, effect=case.done(ListDwellings)[0], code="unknown"))
    case.away(AbsenceKind.DETENTION).answer(a.AbsenceReviewAnswer(result="end", note=NOTE)).steps_back(Stage.READINESS)
    assert case.open == [TaskKind.RESOLVE_DELIVERY, TaskKind.HEAR_CLIENT, TaskKind.CHECK_READINESS]


# -- against the client ----------------------------------------------------------------------------------------------

TAKEN_BACK = HearingSubject.URGENCY_TAKEN_BACK
STANDS, DROPPED = a.HearingResult.STANDS, a.HearingResult.DROPPED


def intended(to: Stage = Stage.ASSESSMENT, upto: str = "positive") -> Case:
    case = along(upto=upto)
    return case.do(c.StepBack(by=case.municipality, to=to, note=NOTE))


def taken_back(to: Stage = Stage.ASSESSMENT) -> Case:
    case = intended(to).days(7)
    return case.answer(case.hearing(STANDS))


def told(case: Case) -> Case:
    """The letter with the decision has left."""
    letter = next(one for one in reversed(case.letters()) if one.letter is Letter.URGENCY_TAKEN_BACK)
    return case.do(c.LearnLetterSent(by=case.engine, letter=letter, on=case.today))


def objects(case: Case) -> Case:
    return case.do(
        c.FileObjection(by=actor(Role.INSTITUTION, "leger-des-heils"), against=c.Disputed.URGENCY_TAKEN_BACK, note=NOTE)
    )


UPHELD = a.ObjectionAnswer(result=a.ObjectionResult.WELL_FOUNDED, note=NOTE)


def test_against_the_client_it_is_intended_only_and_the_client_is_heard_first() -> None:
    granted = along(upto="positive")
    case = intended()
    task = case.task(TaskKind.HEAR_CLIENT)
    assert (task.about, case.open) == (TAKEN_BACK.value, [TaskKind.HEAR_CLIENT])
    assert case.readers(Letter.HEARING_INVITED) == {"client", "guide"}
    assert not case.happened(e.SteppedBack)
    assert (case.m.stage, case.m.urgency) == (Stage.OFFER, granted.m.urgency)
    assert {clock.kind for clock in case.m.clocks} == {ClockKind.URGENCY, ClockKind.HOUSING_TARGET}
    assert "place" in kept(case), "nothing is given away before it is decided"


def test_it_is_not_intended_twice() -> None:
    case = intended()
    assert case.refused(c.StepBack(by=case.municipality, to=Stage.READINESS, note=NOTE)).rule == "hearing_open"


def test_a_client_who_comes_to_agree_need_not_be_heard() -> None:
    case = intended()
    case.do(c.StepBack(by=case.municipality, to=Stage.ASSESSMENT, agreed=True, note=NOTE))
    assert case.open == [TaskKind.ASSESS]
    assert not case.m.decisions


@pytest.mark.parametrize("to", [Stage.READINESS, Stage.ASSESSMENT])
def test_after_the_hearing_it_is_a_decision_with_grounds_a_letter_and_a_way_to_object(to: Stage) -> None:
    case = intended(to).days(7)
    assert case.refused_answer(case.hearing(STANDS, note=None)) == "answer_incomplete"
    assert case.refused_answer(case.hearing(STANDS), case.engine) == "person_needed"
    case.answer(case.hearing(STANDS))
    assert (case.m.stage, case.m.urgency, case.open) == (to, None, [FIRST_TASK[to]])
    [decision] = case.m.decisions
    assert (decision.subject, decision.on, decision.note) == (c.Disputed.URGENCY_TAKEN_BACK, case.today, NOTE)
    [letter] = [one for one in case.letters() if one.letter is Letter.URGENCY_TAKEN_BACK]
    assert letter.told
    assert (letter.told.decision, letter.told.hearing, bool(letter.told.ground)) == (decision.id, "heard", True)
    assert not case.readers(Letter.STEPPED_BACK)
    told(case)
    [known] = case.m.decisions
    assert known.last_day == objection(case.policy.calendar, case.today)
    assert case.clock(ClockKind.DECISION_TERM).suspended_at is None


def test_when_it_is_dropped_the_search_goes_on() -> None:
    case = intended().days(7)
    urgency = case.clock(ClockKind.URGENCY)
    case.answer(case.hearing(DROPPED))
    assert (case.m.stage, case.open) == (Stage.OFFER, [TaskKind.MAKE_OFFER])
    assert case.clock(ClockKind.URGENCY) == urgency
    assert not case.m.decisions


@pytest.mark.parametrize("to", [Stage.READINESS, Stage.ASSESSMENT])
def test_an_objection_that_is_right_gives_the_urgency_back_with_what_was_left_of_it(to: Stage) -> None:
    granted = along(upto="positive")
    case = taken_back(to)
    taken_at, [taken] = case.now, case.happened(e.UrgencyTakenBack)
    objects(told(case)).days(20).answer(UPHELD)
    assert (case.m.stage, case.m.urgency, case.open) == (Stage.OFFER, granted.m.urgency, [TaskKind.MAKE_OFFER])
    for clock in taken.clocks:
        assert case.clock(clock.kind).ends_at == clock.ends_at + (case.now - taken_at)
    assert not case.m.clock(ClockKind.DECISION_TERM)
    for step in STEPS[STEPS.index("list") :]:
        getattr(case, step)()
    assert_all_let_go(case.call_day().call(), Outcome.HOUSED_FOLLOW_UP_HELD)


def test_what_was_taken_from_a_client_who_was_away_is_given_back_running_to_one_who_is_back() -> None:
    case = intended().away(AbsenceKind.DETENTION).days(7)
    case.answer(case.hearing(STANDS))
    [taken] = case.happened(e.UrgencyTakenBack)
    objects(told(case)).days(3).back().days(20).answer(UPHELD)
    for clock in taken.clocks:
        stood_still = case.now - clock.suspended_at if clock.suspended_at else None
        assert stood_still == timedelta(days=30)
        assert case.clock(clock.kind).suspended_at is None
        assert case.clock(clock.kind).ends_at == clock.ends_at + stood_still


def test_what_is_given_back_to_a_client_who_is_away_stands_still_until_the_return() -> None:
    case = objects(told(taken_back())).away(AbsenceKind.DETENTION).days(20).answer(UPHELD)
    given = {clock.kind: clock for clock in case.m.clocks}
    assert all(clock.suspended_at == case.now for clock in given.values())
    case.days(5).back()
    for kind, clock in given.items():
        assert case.clock(kind).suspended_at is None
        assert case.clock(kind).ends_at == clock.ends_at + timedelta(days=5)


def test_it_is_given_back_also_when_the_mediation_has_ended_meanwhile() -> None:
    case = objects(told(taken_back()))
    case.answer(a.AssessmentAnswer(result=a.AssessmentResult.NEGATIVE, note=NOTE)).days(7)
    case.answer(case.hearing(STANDS))
    assert [event.outcome for event in case.happened(e.MediationClosed)] == [Outcome.REJECTED]
    case.answer(UPHELD)
    assert (case.m.stage, case.m.outcome, case.open) == (Stage.OFFER, None, [TaskKind.MAKE_OFFER])
    assert case.m.urgency is not None


def test_one_that_was_granted_anew_is_not_given_back_once_more() -> None:
    case = objects(told(taken_back())).positive()
    clocks = case.m.clocks
    case.answer(UPHELD)
    assert (case.m.stage, case.m.clocks) == (Stage.OFFER, clocks)
    assert not case.happened(e.UrgencyGivenBack)


def test_nobody_objects_to_what_was_not_taken_back() -> None:
    case = intended()
    against = c.FileObjection(by=case.municipality, against=c.Disputed.URGENCY_TAKEN_BACK, note=NOTE)
    assert case.refused(against).rule == "nothing_disputed"
