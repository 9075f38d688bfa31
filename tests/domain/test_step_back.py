"""A step back to an earlier stage: what belongs to later stages is let go, and nothing is erased."""

import pytest

from domain.facts.absences import AbsenceKind
from domain.facts.clocks import ClockKind
from domain.facts.outcome import Outcome, Stage
from domain.facts.parties import Role
from domain.facts.tasks import TaskKind
from domain.facts.value import replace
from domain.messages import answers as a
from domain.messages import commands as c
from domain.messages.effects import CancelSupport, FreeDwelling, Letter, ListDwellings
from domain.state import events as e
from domain.state.mediation import OfferState
from tests.domain.case import NOTE, STEPS, Case, actor, along, assert_all_let_go, scarce_key

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
    assert case.readers(Letter.STEPPED_BACK) == {"client", "guide"}


def test_before_the_decision_its_term_runs_again_and_the_urgency_does_not() -> None:
    case = along(upto="match").steps_back(Stage.ASSESSMENT)
    assert [clock.kind for clock in case.m.clocks] == [ClockKind.DECISION_TERM]
    assert case.m.urgency is None
    assert case.positive().m.stage is Stage.OFFER


@pytest.mark.parametrize("to", [Stage.READINESS, Stage.ASSESSMENT])
@pytest.mark.parametrize("upto", ["positive", "confirm", "plan_support"])
def test_no_granted_urgency_is_taken_away_by_it_unless_the_client_agrees(upto: str, to: Stage) -> None:
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
