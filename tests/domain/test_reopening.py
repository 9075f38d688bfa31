"""An end that was no decision is undone by a second person of the municipality, for a while: then it goes on."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest

from domain.facts.absences import AbsenceKind
from domain.facts.calendar import Term, TermUnit
from domain.facts.clocks import ClockKind
from domain.facts.outcome import OPEN_TO_OBJECTION, UNDOABLE, Outcome, Stage
from domain.facts.parties import Actor, Role
from domain.facts.referral import Document
from domain.facts.signals import SignalKind
from domain.facts.tasks import TaskKind
from domain.facts.value import replace
from domain.messages import answers as a
from domain.messages import commands as c
from domain.messages.effects import Audience, Letter, RequestSupport, SendLetter
from domain.policy.policy import ReopeningPolicy
from domain.policy.scarce import DwellingClaim, PersonClaim, PlaceClaim, SpreadClaim
from domain.policy.spread import CapPeriod, SpreadCap, SpreadPolicy
from domain.state import events as e
from domain.state.agenda import agenda
from domain.state.mediation import OfferState
from tests.domain.case import NOTE, Case, actor, along, main_road, policy_of, referral, undoable
from tests.domain.test_decisions import ENDS, objection, sent

SECOND = actor(Role.COORDINATOR, "almere", "user-2")
PROVIDER = actor(Role.CARE_PROVIDER, "kwintes")
ENDED = frozenset({Letter.CLOSED, Letter.ENDED_AT_INSTITUTION})
"""Letters that tell an organisation of an end."""
WRONG, GOES_ON = c.ReopeningReason.END_WAS_WRONG, c.ReopeningReason.CLIENT_GOES_ON


def way(upto: str, given: Case | None = None) -> Case:
    return given or along(upto=upto, policy=undoable())


def reopening(by: Actor = SECOND, because: c.ReopeningReason = WRONG) -> c.ReopenMediation:
    return c.ReopenMediation(by=by, because=because, note=NOTE)


def own_home(case: Case) -> Case:
    found = c.ClientWithdrawal.OWN_HOUSING_FOUND
    return case.do(c.Withdraw(by=case.municipality, reason=found, source=a.KnownFrom.CLIENT, note=NOTE))


def unreachable() -> Case:
    case = way("start_support").call_day()
    for day_part in a.DayPart:
        case.no_reply(day_part)
    return case.answer(a.GuideAnswer(in_contact=False)).answer(a.SignOffAnswer(close=True, note=NOTE))


UNDONE: dict[Outcome, Callable[[], Case]] = {
    Outcome.DIED: lambda: way("accept").dies(),
    Outcome.WITHDRAWN_BY_CLIENT: lambda: way("accept").withdraws(),
    Outcome.OWN_HOUSING_FOUND: lambda: own_home(way("accept")),
    Outcome.HOUSED_FOLLOW_UP_HELD: lambda: way("start_support").call_day().call(),
    Outcome.HOUSED_UNREACHABLE: unreachable,
}
"""A way to each end that can be undone."""
each_end = pytest.mark.parametrize("outcome", UNDONE)


# -- which ends, by whom, until when -------------------------------------------------------------------------------


def test_every_end_is_undone_by_a_second_person_or_by_an_objection() -> None:
    assert UNDONE.keys() == UNDOABLE
    assert set(Outcome) == UNDOABLE | OPEN_TO_OBJECTION
    assert not UNDOABLE & OPEN_TO_OBJECTION


@each_end
def test_an_end_that_was_no_decision_is_undone_on_the_third_day_and_goes_on_to_an_end(outcome: Outcome) -> None:
    case = UNDONE[outcome]()
    assert case.m.outcome is outcome
    case = case.days(3).do(reopening())
    assert case.m.outcome is None
    assert case.open, "somebody is asked"
    assert case.last.wake_at is not None
    assert case.last.wake_at > case.now
    assert PersonClaim(person=case.m.referral.person) in case.last.claims
    (reopened,) = case.happened(e.MediationReopened)
    assert (reopened.because, reopened.note) == (WRONG, NOTE)
    if case.m.stage is Stage.OFFER:
        case.list().match(2).confirm().accept().request_known().sign().plan_support().keys().start_support()
        case.call_day()
    case.call()
    assert case.m.outcome is Outcome.HOUSED_FOLLOW_UP_HELD


@each_end
def test_whoever_ended_it_does_not_undo_it(outcome: Outcome) -> None:
    case = UNDONE[outcome]()
    assert case.refused(reopening(case.municipality)).rule == "second_person_needed"
    assert case.refused(reopening(case.engine)).rule == "person_needed"
    standing_in = replace(case.municipality, substitute="lelystad")
    case.do(reopening(standing_in))
    assert case.m.outcome is None, "a person of another organisation who stands in is another person"


def test_a_death_that_one_person_confirmed_is_undone_by_another_and_by_no_partner() -> None:
    case = way("accept").do(c.ReportDeath(by=PROVIDER, source=a.KnownFrom.FAMILY, note=NOTE))
    case.answer(a.DeathConfirmationAnswer(confirmed=True, source=a.KnownFrom.AUTHORITY))
    assert case.refused(reopening(PROVIDER)).rule == "not_yours"
    assert case.refused(reopening()).rule == "second_person_needed" if case.municipality == SECOND else True
    assert case.refused(reopening(SECOND, GOES_ON)).rule == "answer_contradicts"
    case.do(reopening())
    assert case.readers(Letter.DEATH_UNDONE) == {"client", "guide"}


def test_it_is_undone_within_the_term_of_the_policy_and_not_after_it() -> None:
    case = way("accept").withdraws()
    assert case.policy.reopening.within == Term(amount=6, unit=TermUnit.WEEKS)
    # Monday 1 June 2026 and six weeks, at closing time: 17:00 in Amsterdam
    until = datetime(2026, 7, 13, 15, 0, tzinfo=UTC)
    assert [(moment.name, moment.at) for moment in agenda(case.m)] == [("reopening_term", until)]
    case.now = until + timedelta(minutes=1)
    late = case.refused(reopening())
    assert (late.rule, late.day) == ("reopening_too_late", until.date())
    case.until(case.now)
    assert case.happened(e.ReopeningTermEnded)
    assert case.last.wake_at is None, "it is over for good"
    assert case.refused(reopening()).rule == "reopening_too_late"


def test_on_the_last_day_it_is_still_undone() -> None:
    case = way("accept").withdraws()
    case.now = datetime(2026, 7, 13, 14, 59, tzinfo=UTC)
    assert case.do(reopening()).m.outcome is None


def test_what_goes_on_is_not_undone_and_a_second_click_says_so() -> None:
    case = way("accept")
    assert case.refused(reopening()).rule == "not_ended"
    case.withdraws().do(reopening())
    assert case.refused(reopening()).rule == "not_ended"


def test_what_ends_once_more_is_undone_once_more_by_another_than_who_ended_it_then() -> None:
    case = way("accept").withdraws().days(3).do(reopening())
    case.do(c.Withdraw(by=SECOND, source=a.KnownFrom.CLIENT, note=NOTE))
    assert case.refused(reopening()).rule == "second_person_needed"
    assert case.do(reopening(case.municipality, GOES_ON)).m.outcome is None


def test_an_end_by_decision_is_undone_by_an_objection_only() -> None:
    for decided in ENDS:
        assert decided().refused(reopening()).rule == "ended_by_decision", decided.__name__


def test_where_the_policy_has_no_end_undone_the_end_is_the_end() -> None:
    off = replace(undoable(), reopening=ReopeningPolicy(within=None))
    for policy in (main_road("almere"), off):
        case = along(upto="accept", policy=policy).withdraws()
        assert case.last.wake_at is None
        assert case.refused(reopening()).rule == "not_reopenable"
        (closed,) = case.happened(e.MediationClosed)
        assert not {"by", "until", "told"} & closed.model_dump().keys(), "written as it always was"


def test_a_client_with_another_mediation_by_now_goes_on_there() -> None:
    case = way("accept").withdraws()
    gone = frozenset({PersonClaim(person=case.m.referral.person)})
    assert case.refused(reopening(), gone).rule == "person_has_open_mediation"


# -- where it goes on ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("upto", "stage", "asked"),
    [
        ("start", Stage.READINESS, [TaskKind.CHECK_READINESS]),
        ("ready", Stage.ASSESSMENT, [TaskKind.ASSESS]),
        ("positive", Stage.OFFER, [TaskKind.MAKE_OFFER]),
        ("match", Stage.OFFER, [TaskKind.MAKE_OFFER]),
        ("accept", Stage.OFFER, [TaskKind.MAKE_OFFER]),
        ("plan_support", Stage.OFFER, [TaskKind.MAKE_OFFER]),
        ("keys", Stage.SUPPORT_START, [TaskKind.START_SUPPORT]),
        ("start_support", Stage.FOLLOW_UP, [TaskKind.FOLLOW_UP_CALL]),
    ],
)
def test_it_goes_on_where_it_stood_and_before_the_keys_with_the_search(
    upto: str, stage: Stage, asked: list[TaskKind]
) -> None:
    case = way(upto).dies().days(3).do(reopening())
    assert (case.m.stage, case.open) == (stage, asked)


def test_place_and_home_are_sought_anew_and_what_belonged_to_the_home_is_gone() -> None:
    case = way("plan_support").dies()
    assert {type(one) for one in case.last.releases} >= {DwellingClaim, PlaceClaim, PersonClaim}
    case.do(reopening())
    assert {type(one) for one in case.last.claims} == {PersonClaim, PlaceClaim}
    assert case.offer.state is OfferState.LET_GO
    assert (case.m.live_offer, case.m.support, case.m.lease.agreed_keys_on) == (None, None, None)
    assert case.m.counted_refusals == 0
    case.list().match(1), "the same home may be offered again, if it is still there"


def test_who_finds_the_quota_full_waits_for_a_place() -> None:
    case = way("accept").dies()
    case.full = True
    assert case.do(reopening()).open == [TaskKind.AWAIT_PLACE]


@pytest.mark.parametrize(
    ("upto", "because", "first"),
    [("accept", WRONG, True), ("confirm", WRONG, True), ("match", WRONG, False), ("accept", GOES_ON, False)],
)
def test_who_lost_a_home_by_a_mistake_comes_first_for_the_next(
    upto: str, because: c.ReopeningReason, first: bool
) -> None:
    case = way(upto).withdraws().days(3).do(reopening(because=because))
    assert case.m.let_down_on == (case.today if first else None)


def test_a_refusal_that_waits_for_its_judgement_is_judged_still() -> None:
    case = way("confirm").refuse().withdraws().days(3).do(reopening())
    assert case.open == [TaskKind.JUDGE_REFUSAL]
    assert case.judged(valid=True).open == [TaskKind.MAKE_OFFER]
    heard = way("confirm").refuse().judged(valid=False).withdraws().days(3).do(reopening())
    assert heard.open == [TaskKind.HEAR_CLIENT]


def test_after_the_keys_what_was_asked_at_home_is_asked_again() -> None:
    case = along(policy=policy_of("almere")).signals(SignalKind.NUISANCE).days(2)
    tasks = {task.id: task for task in case.m.tasks}
    case.dies().days(3).do(reopening())
    assert {task.id: task.due - timedelta(days=3) for task in case.m.tasks} == {id: t.due for id, t in tasks.items()}
    asked = {letter.task for letter in case.last.effects if isinstance(letter, SendLetter) and letter.task}
    assert asked == {task.id for task in case.m.tasks if task.owner != "almere"}


def test_after_the_keys_a_placement_that_counts_while_the_mediation_runs_counts_again() -> None:
    spread = SpreadPolicy(every_complex=SpreadCap(most=4, period=CapPeriod.LIVE))
    case = along(policy=replace(undoable(), spread=spread)).dies()
    (given,) = (one for one in case.last.releases if isinstance(one, SpreadClaim))
    case.days(3).do(reopening())
    assert [one for one in case.last.claims if isinstance(one, SpreadClaim)] == [given]


def test_a_call_that_was_held_is_made_anew() -> None:
    case = UNDONE[Outcome.HOUSED_FOLLOW_UP_HELD]().days(3).do(reopening())
    assert (case.m.stage, case.open) == (Stage.FOLLOW_UP, [TaskKind.FOLLOW_UP_CALL])
    assert (case.m.concluded, case.m.call_result) == (None, None)
    case.call(a.CallResult.LIGHT_HELP)
    assert case.open == [TaskKind.TAKE_UP_FOLLOW_ON]


def test_support_that_was_taken_back_is_asked_for_again() -> None:
    case = way("keys").dies()
    assert case.done(RequestSupport)[-1].provider == "kwintes"
    asked = len(case.done(RequestSupport))
    case.do(reopening())
    assert len(case.done(RequestSupport)) == asked + 1
    assert case.m.support is not None
    assert (case.m.support.number, case.m.support.provider) == (None, "kwintes")
    case.do(c.LearnSupportRequest(by=actor(Role.CARE_PROVIDER, "kwintes", "system"), provider="kwintes", number="S-2"))
    assert case.m.support.number == "S-2"
    case.start_support()
    assert case.m.stage is Stage.FOLLOW_UP


def test_who_was_away_is_still_away() -> None:
    case = way("positive").away(AbsenceKind.READMISSION)
    still = case.clock(ClockKind.URGENCY)
    case.dies().days(3).do(reopening())
    assert case.m.absence is not None
    assert case.open.count(TaskKind.REVIEW_ABSENCE) == 1
    assert case.clock(ClockKind.URGENCY) == still


def test_a_pause_is_over_with_the_end_and_its_time_does_not_count() -> None:
    case = way("ready")
    due = case.task(TaskKind.ASSESS).due
    case.days(1).paused().days(10).withdraws().days(3).do(reopening())
    assert case.m.paused_at is None
    assert case.open == [TaskKind.ASSESS]
    assert case.task(TaskKind.ASSESS).due == due + timedelta(days=13)


# -- what the law counts -------------------------------------------------------------------------------------------


def test_of_an_urgency_is_left_what_was_left_when_it_ended() -> None:
    case = way("accept")
    left = {clock.kind: clock.ends_at for clock in case.m.clocks}
    case.dies().days(3).do(reopening())
    for kind in (ClockKind.URGENCY, ClockKind.HOUSING_TARGET):
        assert case.clock(kind).ends_at == left[kind] + timedelta(days=3)


def test_the_decision_term_runs_on_through_a_mistake_and_stands_still_while_the_client_holds_it_up() -> None:
    # received on Monday 1 June 2026: eight weeks, to Monday 27 July (Awb 4:13)
    assert Case(policy=undoable()).start().clock(ClockKind.DECISION_TERM).unrolled == date(2026, 7, 27)
    mistaken = way("ready").withdraws().days(5).do(reopening(because=WRONG))
    assert mistaken.clock(ClockKind.DECISION_TERM).unrolled == date(2026, 7, 27)
    # withdrawn on 1 June and taken back on 6 June: 2, 3, 4 and 5 June do not count (Awb 4:15 lid 2 b)
    taken_back = way("ready").withdraws().days(5).do(reopening(because=GOES_ON))
    assert taken_back.clock(ClockKind.DECISION_TERM).unrolled == date(2026, 7, 31)
    assert taken_back.clock(ClockKind.DECISION_TERM).suspended_at is None


@pytest.mark.parametrize("upto", ["start", "ready"])
def test_what_the_law_counts_and_fell_due_during_a_mistake_is_told_with_the_reopening(upto: str) -> None:
    # eight weeks from 1 June: the decision was due on 27 July (Awb 4:13)
    case = way(upto).on(date(2026, 7, 24)).withdraws().on(date(2026, 8, 5)).do(reopening(because=WRONG))
    assert case.clock(ClockKind.DECISION_TERM).expired
    assert case.letters(Letter.DECISION_TERM_OVER)
    assert TaskKind.EXTEND_DECISION_TERM not in case.open, "it is too late for that (Awb 4:14)"
    assert all(moment.at > case.now for moment in agenda(case.m))


def test_a_supplement_that_was_asked_is_asked_still_with_the_time_that_was_given() -> None:
    kept = tuple(one for one in Document if one is not Document.INCOME_STATEMENT)
    case = Case(policy=undoable()).start(referral(documents=kept))
    case.answer(a.ReadinessAnswer(result=a.Readiness.INCOMPLETE, missing=(Document.INCOME_STATEMENT,)))
    asked = case.task(TaskKind.SUPPLEMENT)
    case.dies().days(3).do(reopening())
    again = case.task(TaskKind.SUPPLEMENT)
    assert (again.id, again.due) == (asked.id, asked.due + timedelta(days=3))
    assert case.m.supplement == again
    assert case.clock(ClockKind.DECISION_TERM).suspended_at is not None
    assert any(x.task == asked.id for x in case.last.effects if isinstance(x, SendLetter)), "the institution is asked"


def test_a_decision_on_the_way_may_be_objected_to_again_after_a_death_that_was_none() -> None:
    city = undoable()
    case = along(upto="confirm", policy=replace(city, offers=replace(city.offers, counted_refusals=2)))
    case.refuse().judged(valid=False)
    letter = case.letters(Letter.REFUSAL_COUNTED)[-1]
    case.do(c.LearnLetterSent(by=case.engine, letter=letter, on=case.today)).dies()
    assert [one.over for one in case.m.decisions] == [True]
    case.days(3).do(reopening())
    assert [one.over for one in case.m.decisions] == [False]
    institution = actor(Role.INSTITUTION, "leger-des-heils")
    case.do(objection(case, by=institution, against=c.Disputed.REFUSAL_JUDGED))
    assert TaskKind.DECIDE_OBJECTION in case.open


def test_an_objection_that_was_not_decided_is_decided_once() -> None:
    case = along(upto="ready", policy=undoable())
    case.do(c.FileObjection(by=case.municipality, against=c.Disputed.OTHER, note=NOTE)).withdraws()
    assert case.open == [TaskKind.DECIDE_OBJECTION]
    case.days(3).do(reopening())
    assert sorted(case.open) == [TaskKind.ASSESS, TaskKind.DECIDE_OBJECTION]
    died = along(upto="ready", policy=undoable())
    died.do(c.FileObjection(by=died.municipality, against=c.Disputed.OTHER, note=NOTE))
    due = died.task(TaskKind.DECIDE_OBJECTION).due
    died.dies().days(3).do(reopening())
    assert died.task(TaskKind.DECIDE_OBJECTION).due == due, "the law's term ran on"


# -- who is told ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("upto", ["start", "ready", "match", "accept", "plan_support", "keys", "start_support"])
def test_whoever_was_told_of_the_end_is_told_that_it_goes_on(upto: str) -> None:
    case = way(upto).do(c.ReportDeath(by=PROVIDER, source=a.KnownFrom.FAMILY, note=NOTE))
    case.answer(a.DeathConfirmationAnswer(confirmed=True, source=a.KnownFrom.AUTHORITY))
    told = {x.organisation for x in case.last.effects if isinstance(x, SendLetter) and x.letter in ENDED}
    assert "kwintes" in told
    case.do(reopening())
    assert case.readers(Letter.REOPENED) == told


@each_end
def test_client_and_guide_hear_that_it_goes_on_and_why(outcome: Outcome) -> None:
    for because in c.ReopeningReason:
        case = UNDONE[outcome]()
        if outcome is Outcome.DIED and because is GOES_ON:
            continue
        case.do(reopening(because=because))
        died = outcome is Outcome.DIED
        letter = Letter.DEATH_UNDONE if died else Letter.ENDED_BY_MISTAKE if because is WRONG else Letter.GOES_ON
        assert case.readers(letter) == {"client", "guide"}
        assert all(one.told and one.told.meanwhile for one in case.letters(letter))


def test_letters_that_waited_for_the_truth_about_a_death_go_only_if_they_still_hold() -> None:
    case = way("match").do(c.ReportDeath(by=PROVIDER, source=a.KnownFrom.FAMILY, note=NOTE))
    granted = SendLetter(key="m-1:x:1", letter=Letter.URGENCY_GRANTED, readers=(Audience.CLIENT,))
    case.do(c.LearnHeldBack(by=case.engine, letter=granted))
    case.confirm().accept().request_known().sign().plan_support()
    assert {held.letter for held in case.m.held_letters} >= {Letter.URGENCY_GRANTED, Letter.KEYS_PLANNED}
    case.answer(a.DeathConfirmationAnswer(confirmed=True, source=a.KnownFrom.AUTHORITY)).days(3)
    since = len(case.effects)
    case.do(reopening())
    gone = [x.letter for x in case.effects[since:] if isinstance(x, SendLetter) and Audience.CLIENT in x.readers]
    assert gone == [Letter.DEATH_UNDONE, Letter.URGENCY_GRANTED]


def test_a_decision_that_waited_for_the_truth_about_a_death_is_told_after_all() -> None:
    city = undoable()
    twice = replace(city, offers=replace(city.offers, counted_refusals=2))
    for held in (True, False):
        told = along(upto="confirm", policy=twice).refuse()
        if held:
            told.do(c.ReportDeath(by=PROVIDER, source=a.KnownFrom.FAMILY, note=NOTE))
        told.judged(valid=False)
        told.do(c.ReportDeath(by=told.municipality, source=a.KnownFrom.FAMILY, note=NOTE))
        since = len(told.effects)
        told.do(reopening())
        sent_now = [x for x in told.effects[since:] if isinstance(x, SendLetter) and x.letter is Letter.REFUSAL_COUNTED]
        assert [x.told.decision for x in sent_now if x.told] == ["refusal_judged-1"]


def test_an_objection_against_an_end_tells_all_who_were_told_of_the_end() -> None:
    case = along(policy=undoable()).signals(SignalKind.NUISANCE).answer(a.AcknowledgementAnswer())
    case.answer(a.JointTalkAnswer(result="case_conference"))
    case.answer(a.ConferenceAnswer(result="placement_failed", note=NOTE))
    case.signals(SignalKind.ARREARS)
    case.answer(case.hearing(a.HearingResult.STANDS))
    told = {x.organisation for x in case.letters() if x.letter in ENDED}
    assert told == {"leger-des-heils", "kwintes"}
    sent(case).do(objection(case))
    case.answer(a.ObjectionAnswer(result=a.ObjectionResult.WELL_FOUNDED, note=NOTE))
    assert case.readers(Letter.REOPENED) == told
