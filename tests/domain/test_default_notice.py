"""A decision that is too late: the notice of default, and the penalty after it (Awb 4:17, 4:18 and 7:14).

The days and amounts are worked out by hand from the act. A referral of Monday 1 June 2026 must be decided by Monday
27 July (eight weeks). A notice of Tuesday 28 July: two weeks have passed when Tuesday 11 August is over, so the first
day of the penalty is 12 August, and the forty-second is 22 September.
"""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from domain.facts.clocks import ClockKind
from domain.facts.default_notice import LateDecision
from domain.facts.outcome import Outcome
from domain.facts.parties import Actor, Role
from domain.facts.tasks import TaskKind
from domain.facts.value import replace
from domain.messages import answers as a
from domain.messages import commands as c
from domain.messages.effects import Audience, Letter
from domain.state import events as e
from domain.state.agenda import Due, agenda
from tests.domain.case import NOTE, Case, actor, along, undoable

INSTITUTION = actor(Role.INSTITUTION, "leger-des-heils")
LATE = date(2026, 7, 28)
"""The day after the term to decide."""
FIRST, LAST = date(2026, 8, 12), date(2026, 9, 22)


def notice(case: Case, by: Actor | None = None, **facts: object) -> c.NoteDefaultNotice:
    given = {"by": by or case.municipality, "late": LateDecision.URGENCY, **facts}
    return c.NoteDefaultNotice.model_validate(given)


def in_default(on: date = LATE) -> Case:
    """The assessment is awaited, the term is over, and the applicant wrote so."""
    case = along(upto="ready").on(on)
    return case.do(notice(case))


def owed(case: Case) -> list[tuple[int, int, date | None]]:
    return [(one.days, one.cents, one.set_by) for one in case.happened(e.PenaltyEnded)]


def by_of(case: Case, letter: Letter) -> set[date | None]:
    return {sent.by for sent in case.letters(letter)}


def test_the_penalty_runs_from_the_fifteenth_day_after_the_notice_for_42_days() -> None:
    case = in_default()
    (noted,) = case.m.notices
    assert (noted.received_on, noted.term_ended_on) == (LATE, date(2026, 7, 27))
    assert (noted.first, noted.last) == (FIRST, LAST)
    zone = ZoneInfo("Europe/Amsterdam")
    moments = [(m.due, m.at.astimezone(zone)) for m in agenda(case.m) if m.name == "penalty_urgency"]
    assert moments == [(Due.WARN, datetime(2026, 8, 12, tzinfo=zone))]
    case.on(FIRST)
    moments = [(m.due, m.at.astimezone(zone)) for m in agenda(case.m) if m.name == "penalty_urgency"]
    assert moments == [(Due.EXPIRE, datetime(2026, 9, 22, 23, 59, 59, tzinfo=zone))]


def test_everybody_concerned_is_told_by_when_it_must_be_decided() -> None:
    case = in_default()
    assert case.readers(Letter.DEFAULT_NOTICE_RECEIVED) == {"client", "guide", "almere", "wijkteam-west"}
    assert by_of(case, Letter.DEFAULT_NOTICE_RECEIVED) == {date(2026, 8, 11)}
    assert case.letters(Letter.PENALTY_RUNS) == []
    case.on(FIRST)
    assert case.readers(Letter.PENALTY_RUNS) == {"almere"}
    assert by_of(case, Letter.PENALTY_RUNS) == {LAST}


@pytest.mark.parametrize(
    ("decided_on", "days", "cents", "set_by"),
    [
        (date(2026, 8, 11), 0, 0, None),
        (date(2026, 8, 12), 1, 23_00, date(2026, 8, 26)),
        (date(2026, 8, 25), 14, 322_00, date(2026, 9, 8)),
        (date(2026, 8, 26), 15, 357_00, date(2026, 9, 9)),
        (date(2026, 9, 9), 29, 857_00, date(2026, 9, 23)),
    ],
)
def test_the_decision_ends_the_penalty(decided_on: date, days: int, cents: int, set_by: date | None) -> None:
    """14 days at 23 euro, 14 at 35, 14 at 45; within two weeks after its last day it is set (Awb 4:18)."""
    case = in_default().on(decided_on).positive()
    assert owed(case) == [(days, cents, set_by)]
    assert by_of(case, Letter.PENALTY_OWED) == ({set_by} if set_by else set())
    assert owed(case.on(date(2026, 12, 1))) == [(days, cents, set_by)], "no day counts after the decision"


def test_without_a_decision_it_ends_after_42_days_and_counts_no_second_time() -> None:
    case = in_default().on(date(2026, 10, 1))
    assert owed(case) == [(42, 1442_00, date(2026, 10, 6))]
    assert case.refused(notice(case)).rule == "default_noted"
    case.positive()
    assert len(owed(case)) == 1


def test_a_decision_against_the_client_ends_it_too() -> None:
    case = in_default().on(date(2026, 8, 13))
    case.answer(
        a.AssessmentAnswer(result=a.AssessmentResult.NEGATIVE, note=NOTE), actor(Role.DISTRICT_TEAM, "wijkteam-west")
    )
    assert owed(case) == [], "what is intended is no decision"
    case.on(date(2026, 8, 20)).answer(case.hearing(a.HearingResult.STANDS))
    assert case.m.outcome is Outcome.REJECTED
    assert owed(case) == [(9, 207_00, date(2026, 9, 3))]


def test_a_notice_before_the_term_is_over_has_no_effect_and_does_not_ripen() -> None:
    case = along(upto="ready").on(date(2026, 7, 27))
    refused = case.refused(notice(case))
    assert (refused.rule, refused.day) == ("not_late", date(2026, 7, 27))
    case.on(date(2026, 8, 20))
    early = case.refused(notice(case, received_on=date(2026, 7, 27)))
    assert early.rule == "not_late"
    case.do(notice(case, received_on=LATE))
    assert case.m.notices[0].first == FIRST, "counted from the day it came in"
    assert case.on(date(2026, 8, 21)).m.notices[0].begun


def test_a_term_that_stands_still_is_not_over() -> None:
    case = along(upto="start").on(date(2026, 7, 20))
    policy = case.policy.required_documents
    case.answer(a.ReadinessAnswer(result=a.Readiness.INCOMPLETE, missing=policy[:1]))
    assert case.clock(ClockKind.DECISION_TERM).suspended_at
    assert case.on(date(2026, 7, 28)).refused(notice(case)).rule == "not_late"


def test_who_may_note_it_and_of_which_day() -> None:
    case = along(upto="ready").on(date(2026, 7, 30))
    assert case.refused(notice(case, INSTITUTION, received_on=LATE)).rule == "not_yours"
    in_future = case.refused(notice(case, received_on=date(2026, 7, 31)))
    assert (in_future.rule, in_future.field) == ("received_in_future", "received_on")
    case.do(notice(case, INSTITUTION))
    assert case.refused(notice(case)).rule == "default_noted"
    assert case.refused(notice(case, late=LateDecision.OBJECTION)).rule == "nothing_late"
    assert case.positive().refused(notice(case)).rule == "nothing_late"


def test_a_pause_stops_no_penalty() -> None:
    case = in_default().paused().on(date(2026, 10, 1)).resumed()
    assert owed(case) == [(42, 1442_00, date(2026, 10, 6))]


def objected() -> Case:
    """A rejection that left on 3 August 2026, and an objection of 17 August: to be decided by 26 October."""
    case = along(upto="ready").on(date(2026, 8, 3))
    case.answer(a.AssessmentAnswer(result=a.AssessmentResult.NEGATIVE, note=NOTE))
    case.answer(case.hearing(a.HearingResult.STANDS))
    letter = next(one for one in case.letters(Letter.REJECTED) if Audience.CLIENT in one.readers)
    case.do(c.LearnLetterSent(by=case.engine, letter=letter, on=case.today)).on(date(2026, 8, 17))
    return case.do(c.FileObjection(by=case.municipality, against=c.Disputed.END, note=NOTE))


def test_a_decision_on_an_objection_that_is_late_costs_the_same() -> None:
    case = objected().on(date(2026, 10, 26))
    assert case.refused(notice(case, late=LateDecision.OBJECTION)).rule == "not_late", (
        "Monday 26 October is the last day"
    )
    case.on(date(2026, 10, 27)).do(notice(case, late=LateDecision.OBJECTION))
    (noted,) = case.m.notices
    assert (noted.first, noted.last) == (date(2026, 11, 11), date(2026, 12, 22))
    assert case.readers(Letter.DEFAULT_NOTICE_RECEIVED) == {"client", "guide", "almere"}
    case.on(date(2026, 11, 12)).answer(
        a.ObjectionAnswer(result=a.ObjectionResult.DISMISSED, hearing="waived", note=NOTE)
    )
    assert owed(case) == [(2, 46_00, date(2026, 11, 26))]
    assert TaskKind.DECIDE_OBJECTION not in case.open


def test_an_end_that_was_wrong_holds_no_penalty_up() -> None:
    case = along(upto="ready", policy=undoable()).on(LATE)
    case.do(notice(case)).withdraws().on(date(2026, 8, 20))
    assert not case.happened(e.PenaltyBegan)
    second = replace(case.municipality, user="user-9")
    case.do(c.ReopenMediation(by=second, because=c.ReopeningReason.END_WAS_WRONG, note=NOTE))
    assert len(case.happened(e.PenaltyBegan)) == 1
    assert all(moment.at > case.now for moment in agenda(case.m))
    case.on(date(2026, 9, 23))
    assert owed(case) == [(0, 0, None), (42, 1442_00, date(2026, 10, 6))]
