"""A time-out, a readmission, detention: the home and the place are kept, and somebody looks again in time."""

from datetime import date, timedelta

import pytest

from domain.facts.absences import AbsenceKind
from domain.facts.clocks import ClockKind
from domain.facts.outcome import Outcome, Stage
from domain.facts.parties import Actor, Role
from domain.facts.tasks import TaskKind
from domain.facts.value import replace
from domain.messages import answers as a
from domain.messages import commands as c
from domain.messages.effects import CancelSupport, FreeDwelling, GiveNotice, Letter
from domain.policy.policy import Policy
from domain.state import events as e
from domain.state.mediation import OfferState, PlaceState
from tests.domain.case import NOTE, Case, actor, along, assert_all_let_go, main_road, scarce_key

KWINTES = actor(Role.CARE_PROVIDER, "kwintes")
LONG = {
    AbsenceKind.READMISSION: Outcome.READMITTED_LONG,
    AbsenceKind.DETENTION: Outcome.DETAINED,
}


def test_a_time_out_keeps_home_and_place_and_is_looked_at_after_two_weeks() -> None:
    case = along().away(AbsenceKind.TIME_OUT, KWINTES)
    task = case.task(TaskKind.REVIEW_TIME_OUT)
    assert task.owner == "kwintes"
    assert case.policy.calendar.today(task.due) == case.today + timedelta(weeks=2)
    assert case.m.place is not None
    assert case.m.place.state is PlaceState.CONSUMED
    assert case.m.live_offer is not None
    assert {"client", "guide"} == case.readers(Letter.ABSENCE_NOTED)
    case.answer(a.TimeOutReviewAnswer(result="goes_on"), KWINTES).days(3)
    case.answer(a.TimeOutReviewAnswer(result="returned", on=case.today), KWINTES)
    assert case.m.absence is None
    assert case.open == [TaskKind.FOLLOW_UP_CALL]


def test_a_time_out_is_from_a_home() -> None:
    case = along(upto="sign")
    command = c.ReportAbsence(by=KWINTES, kind=AbsenceKind.TIME_OUT, since=case.today)
    assert case.refused(command).rule == "no_keys_yet"


def test_an_absence_is_reported_once_and_not_before_it_began() -> None:
    case = along()
    tomorrow = c.ReportAbsence(by=KWINTES, kind=AbsenceKind.TIME_OUT, since=case.today + timedelta(days=1))
    assert case.refused(tomorrow).rule == "absence_in_future"
    assert case.refused(c.ReportReturn(by=KWINTES, on=case.today)).rule == "not_absent"
    case.away(AbsenceKind.TIME_OUT)
    again = c.ReportAbsence(by=KWINTES, kind=AbsenceKind.TIME_OUT, since=case.today)
    assert case.refused(again).rule == "already_absent"
    before = c.ReportReturn(by=KWINTES, on=case.today - timedelta(days=1))
    assert case.refused(before).rule == "return_out_of_order"


@pytest.mark.parametrize("kind", LONG)
def test_who_is_away_may_go_on_to_another_place(kind: AbsenceKind) -> None:
    case = along().away(AbsenceKind.TIME_OUT, KWINTES).days(5)
    before = c.ReportAbsence(by=KWINTES, kind=kind, since=case.today - timedelta(days=6))
    refused = case.refused(before)
    assert (refused.rule, refused.field, refused.day) == (
        "return_out_of_order",
        "since",
        case.today - timedelta(days=5),
    )
    case.away(kind, KWINTES)
    assert case.m.absence is not None
    assert (case.m.absence.kind, case.m.absence.since) == (kind, case.today)
    assert [ended.on for ended in case.happened(e.AbsenceEnded)] == [case.today]
    assert case.open == [TaskKind.FOLLOW_UP_CALL, TaskKind.REVIEW_ABSENCE]
    assert case.policy.calendar.today(case.task(TaskKind.REVIEW_ABSENCE).due) == case.today + timedelta(weeks=6)
    assert not case.letters(Letter.RETURN_NOTED)


def test_clocks_stand_still_from_the_first_place_to_the_return() -> None:
    case = along(upto="positive").days(10)
    ends_at = case.clock(ClockKind.URGENCY).ends_at
    case.away(AbsenceKind.DETENTION).days(20).away(AbsenceKind.READMISSION).days(10).back()
    assert case.clock(ClockKind.URGENCY).ends_at == ends_at + timedelta(days=30)


def test_nobody_is_heard_for_an_absence_that_became_another() -> None:
    case = along().away(AbsenceKind.DETENTION).answer(a.AbsenceReviewAnswer(result="end", note=NOTE))
    case.away(AbsenceKind.READMISSION)
    assert TaskKind.HEAR_CLIENT not in case.open
    assert TaskKind.REVIEW_ABSENCE in case.open


@pytest.mark.parametrize("kind", LONG)
def test_before_the_keys_the_offer_is_let_go_and_the_place_is_kept(kind: AbsenceKind) -> None:
    case = along(upto="accept").request_known().away(kind)
    assert case.m.stage is Stage.OFFER
    assert case.offer.state is OfferState.LET_GO
    assert case.m.counted_refusals == 0
    assert [x.reason for x in case.done(FreeDwelling)] == ["client_absent"]
    assert len(case.done(CancelSupport)) == 1
    kept = {scarce_key(x)[0] for x in case.claims} - {scarce_key(x)[0] for x in case.releases}
    assert kept == {"person", "place"}
    assert case.open == [TaskKind.REVIEW_ABSENCE, TaskKind.MAKE_OFFER]
    assert case.readers(Letter.ABSENCE_NOTED_OFFER_GONE) == {"client", "guide"}


@pytest.mark.parametrize("by", [None, KWINTES])
def test_a_home_of_which_the_lease_is_signed_is_not_let_go_on_the_day_of_the_report(by: Actor | None) -> None:
    """Ten working days after Monday 1 June 2026 is Monday 15 June."""
    case = along(upto="sign")
    assert case.today == date(2026, 6, 1)
    case.away(AbsenceKind.READMISSION, by)
    assert case.offer.state is OfferState.ACCEPTED
    day = case.policy.calendar.today(case.task(TaskKind.REVIEW_ABSENCE).due)
    assert day == (date(2026, 6, 2) if by else date(2026, 6, 15)), "what a partner says is looked at the next day"
    case.days(1).answer(a.AbsenceReviewAnswer(result="goes_on"))
    assert case.offer.state is OfferState.ACCEPTED
    assert case.policy.calendar.today(case.task(TaskKind.REVIEW_ABSENCE).due) == date(2026, 6, 15)
    assert not case.letters(Letter.ABSENCE_NOTED_OFFER_GONE)
    case.on(date(2026, 6, 16)).answer(a.AbsenceReviewAnswer(result="goes_on"))
    assert [event.reason for event in case.happened(e.OfferLetGo)] == [AbsenceKind.READMISSION]
    assert case.readers(Letter.ABSENCE_NOTED_OFFER_GONE) == {"client", "guide"}


def test_who_is_back_in_time_has_the_home_still() -> None:
    case = along(upto="sign").away(AbsenceKind.DETENTION).days(3).back()
    assert case.offer.state is OfferState.ACCEPTED
    assert TaskKind.REVIEW_ABSENCE not in case.open


def test_a_policy_of_before_homes_were_held_lets_go_at_once() -> None:
    policy = main_road("almere")
    case = along(policy=replace(policy, absence=replace(policy.absence, holds_home=None)), upto="sign")
    assert case.away(AbsenceKind.DETENTION).offer.state is OfferState.LET_GO


def test_nobody_is_chased_for_the_call_while_the_client_is_away() -> None:
    case = along().away(AbsenceKind.READMISSION)
    due = case.task(TaskKind.FOLLOW_UP_CALL).due
    case.until(due + timedelta(days=60))
    assert [x for x in case.letters() if x.task_kind is TaskKind.FOLLOW_UP_CALL and not x.appointment] == []
    assert not case.task(TaskKind.FOLLOW_UP_CALL).overdue
    case.back()
    call = case.task(TaskKind.FOLLOW_UP_CALL)
    assert call.due == case.policy.calendar.deadline(case.now, case.policy.tasks[TaskKind.FOLLOW_UP_CALL].due)
    case.until(call.escalations[0])
    assert case.letters(Letter.TASK_ESCALATED)[-1].task == call.id, "it runs on"


def test_a_call_that_is_still_to_come_keeps_its_day() -> None:
    case = along()
    due = case.task(TaskKind.FOLLOW_UP_CALL).due
    assert case.away(AbsenceKind.TIME_OUT).days(5).back().task(TaskKind.FOLLOW_UP_CALL).due == due


def test_an_absence_that_is_to_end_it_ends_nothing_twice() -> None:
    """The urgency is over and is not extended: without the home of the offer there is nothing left to be heard on."""
    case = along(upto="positive")
    case.until(case.clock(ClockKind.URGENCY).warnings[0]).answer(a.UrgencyAnswer(extend=False, note=NOTE))
    case.answer(case.hearing(a.HearingResult.STANDS)).list().match().confirm().accept()
    case.until(case.clock(ClockKind.URGENCY).ends_at).away(AbsenceKind.DETENTION, KWINTES)
    case.answer(a.AbsenceReviewAnswer(result="end", note=NOTE))
    assert case.m.outcome is Outcome.URGENCY_EXPIRED
    assert TaskKind.HEAR_CLIENT not in case.open


def test_no_offer_is_made_while_the_client_is_away_and_the_same_home_may_be_offered_again() -> None:
    case = along(upto="accept").away(AbsenceKind.READMISSION).list()
    assert case.refused(case.matching()).rule == "client_absent"
    assert case.back().match().offer.candidate.dwelling.id == "D-1"


def test_clocks_stand_still_while_the_client_is_away() -> None:
    case = along(upto="positive").days(10)
    ends_at = case.clock(ClockKind.URGENCY).ends_at
    case.away(AbsenceKind.DETENTION)
    assert case.clock(ClockKind.URGENCY).suspended_at == case.now
    case.days(20).back()
    assert case.clock(ClockKind.URGENCY).ends_at == ends_at + timedelta(days=20)
    warned = [case.policy.calendar.today(at) for at in case.clock(ClockKind.URGENCY).warnings]
    assert warned == [date(2026, 10, 21), date(2026, 11, 20)], "two months and one before 21 December; a Sunday is not"
    assert case.clock(ClockKind.HOUSING_TARGET).suspended_at is None


def test_an_urgency_granted_to_a_client_who_is_away_runs_from_the_return() -> None:
    case = along(upto="ready").away(AbsenceKind.DETENTION).positive()
    granted = {clock.kind: clock for clock in case.m.clocks}
    assert {kind for kind, clock in granted.items() if clock.suspended_at} == {
        ClockKind.URGENCY,
        ClockKind.HOUSING_TARGET,
    }
    case.days(10).back()
    for kind, clock in granted.items():
        assert case.clock(kind).ends_at == clock.ends_at + timedelta(days=10)
        assert case.clock(kind).suspended_at is None


def test_the_policy_says_which_clocks_stand_still() -> None:
    policy = main_road("almere")
    none = replace(policy.absence, suspends=())
    case = along(upto="positive", policy=replace(policy, absence=none)).away(AbsenceKind.DETENTION)
    assert case.clock(ClockKind.URGENCY).suspended_at is None


@pytest.mark.parametrize(("kind", "outcome"), LONG.items())
@pytest.mark.parametrize("upto", ["positive", "accept", "start_support"])
def test_only_a_long_absence_ends_it_by_a_person_after_a_hearing(
    kind: AbsenceKind, outcome: Outcome, upto: str
) -> None:
    case = along(upto=upto).away(kind)
    assert case.policy.calendar.today(case.task(TaskKind.REVIEW_ABSENCE).due) == case.today + timedelta(weeks=6)
    assert case.refused_answer(a.AbsenceReviewAnswer(result="end")) == "answer_incomplete"
    case.answer(a.AbsenceReviewAnswer(result="goes_on")).answer(a.AbsenceReviewAnswer(result="end", note=NOTE))
    assert case.m.outcome is None
    assert case.refused_answer(case.hearing(a.HearingResult.STANDS), case.engine) == "person_needed"
    case.answer(case.hearing(a.HearingResult.STANDS))
    assert_all_let_go(case, outcome)


def test_who_may_stay_after_the_hearing_is_looked_at_again() -> None:
    case = along().away(AbsenceKind.DETENTION).answer(a.AbsenceReviewAnswer(result="end", note=NOTE))
    case.answer(case.hearing(a.HearingResult.DROPPED))
    assert TaskKind.REVIEW_ABSENCE in case.open
    assert case.m.absence is not None


def test_who_comes_back_before_the_hearing_is_not_heard() -> None:
    case = along().away(AbsenceKind.DETENTION).answer(a.AbsenceReviewAnswer(result="end", note=NOTE)).back()
    assert case.open == [TaskKind.FOLLOW_UP_CALL]
    assert case.readers(Letter.RETURN_NOTED) == {"client", "guide"}


def test_nobody_is_followed_up_to_the_end_while_away() -> None:
    case = along().away(AbsenceKind.TIME_OUT).call_day().call()
    assert case.m.outcome is None
    assert case.happened(e.FollowUpConcluded)
    assert case.back().m.outcome is Outcome.HOUSED_FOLLOW_UP_HELD


def test_a_return_resumes_only_what_the_absence_suspended() -> None:
    case = Case(policy=_suspending_the_decision()).start()
    case.answer(a.ReadinessAnswer(result=a.Readiness.NOT_READY))
    since = case.clock(ClockKind.DECISION_TERM).suspended_at
    case.away(AbsenceKind.READMISSION).days(7).back()
    assert case.clock(ClockKind.DECISION_TERM).suspended_at == since


def _suspending_the_decision() -> Policy:
    policy = main_road("almere")
    absence = replace(policy.absence, suspends=(ClockKind.DECISION_TERM,))
    return replace(policy, absence=absence)


# -- the keys ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("by", [None, KWINTES])
def test_who_is_away_hears_what_becomes_of_the_day_of_the_keys_and_nobody_is_chased_for_them(by: Actor | None) -> None:
    """The keys are planned for Monday 15 June 2026."""
    case = along(upto="plan_support").on(date(2026, 6, 10)).away(AbsenceKind.DETENTION, by)
    assert case.readers(Letter.ABSENCE_NOTED_KEYS_LATER) == {"client", "guide"}
    assert [one.told and one.told.since for one in case.letters(Letter.ABSENCE_NOTED_KEYS_LATER)] == [date(2026, 6, 15)]
    assert not case.letters(Letter.ABSENCE_NOTED)
    before = len(case.letters())
    case.on(date(2026, 6, 24))
    keys = case.task(TaskKind.HAND_OVER_KEYS)
    assert (keys.overdue, keys.escalated, keys.reminded) == (False, 0, 0)
    assert keys.id not in {letter.task for letter in case.letters()[before:]}


def test_who_is_back_before_the_day_of_the_keys_gets_them_on_it() -> None:
    case = along(upto="plan_support").away(AbsenceKind.DETENTION).on(date(2026, 6, 12)).back()
    assert case.keys_day() == date(2026, 6, 15)
    assert not case.letters(Letter.KEYS_MOVED)
    assert case.policy.calendar.today(case.task(TaskKind.HAND_OVER_KEYS).due) == date(2026, 6, 15)
    case.keys()


def test_who_is_back_later_gets_the_keys_on_a_new_day_of_which_the_team_has_its_notice() -> None:
    """Five working days after Wednesday 17 June 2026 is Wednesday 24 June."""
    case = along(upto="plan_support").on(date(2026, 6, 10)).away(AbsenceKind.DETENTION).on(date(2026, 6, 17)).back()
    assert case.keys_day() == date(2026, 6, 24)
    assert [one.keys_on for one in case.done(GiveNotice)] == [date(2026, 6, 15), date(2026, 6, 24)]
    assert case.readers(Letter.KEYS_MOVED) == {"client", "guide"}
    case.keys()


def test_without_a_day_of_the_keys_the_letter_tells_of_none() -> None:
    case = along(upto="sign").away(AbsenceKind.DETENTION)
    assert case.readers(Letter.ABSENCE_NOTED) == {"client", "guide"}
    assert not case.letters(Letter.ABSENCE_NOTED_KEYS_LATER)
