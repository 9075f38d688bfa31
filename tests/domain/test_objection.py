"""An objection runs beside everything else; only the municipality makes it stop anything."""

from datetime import date, timedelta

import pytest

from domain.beside.objection import LETTER_OF_RESULT
from domain.facts.calendar import Term, TermUnit
from domain.facts.clocks import ClockKind
from domain.facts.default_notice import LateDecision
from domain.facts.outcome import Outcome, Stage
from domain.facts.parties import Actor, Role
from domain.facts.referral import Document
from domain.facts.tasks import TaskKind
from domain.facts.value import replace
from domain.messages import answers as a
from domain.messages import commands as c
from domain.messages.effects import Audience, Letter
from domain.messages.told import Meanwhile, NotHeard
from domain.state import events as e
from tests.domain.case import NOTE, Case, actor, along, assert_all_let_go, main_road

INSTITUTION = actor(Role.INSTITUTION, "leger-des-heils")
DISMISSED = a.ObjectionAnswer(result=a.ObjectionResult.DISMISSED, hearing="waived", note=NOTE)
UPHELD = a.ObjectionAnswer(result=a.ObjectionResult.WELL_FOUNDED, note=NOTE)


NOT_RIGHT = (a.ObjectionResult.DISMISSED, a.ObjectionResult.INADMISSIBLE)
INADMISSIBLE = replace(DISMISSED, result=a.ObjectionResult.INADMISSIBLE, ground="incomplete")
COLLEAGUE = actor(Role.COORDINATOR, "almere", "user-2")


def objects(case: Case, against: c.Disputed, by: Actor = INSTITUTION, *, suspends: bool = False) -> Case:
    return case.do(c.FileObjection(by=by, against=against, suspends=suspends, note=NOTE))


def conditional() -> Case:
    """The urgency is granted on conditions."""
    return along(upto="ready").answer(
        a.AssessmentAnswer(
            result=a.AssessmentResult.CONDITIONAL,
            support=a.SupportProduct.REGULAR,
            conditions=(a.UrgencyCondition.BUDGET_MANAGEMENT,),
            note=NOTE,
        )
    )


def refused() -> Case:
    """A refusal was judged to be without a valid reason: the client is to be heard before the urgency lapses."""
    return along(upto="confirm").refuse().judged(valid=False)


def test_an_objection_has_a_statutory_term_of_six_weeks_and_stops_nothing() -> None:
    case = objects(conditional(), c.Disputed.URGENCY_CONDITIONS)
    task = case.task(TaskKind.DECIDE_OBJECTION)
    assert case.policy.calendar.today(task.due) == case.today + timedelta(weeks=6 + 6), "Awb 6:7, then 7:10"
    assert case.readers(Letter.OBJECTION_RECEIVED) == {"client", "guide"}
    case.list().match().confirm().accept()
    assert case.m.stage is Stage.ACCEPTANCE


def sent(on: date) -> Case:
    """A rejection whose letter left on a day."""
    case = along(upto="ready").on(on).answer(a.AssessmentAnswer(result=a.AssessmentResult.NEGATIVE, note=NOTE))
    case.answer(case.hearing(a.HearingResult.STANDS))
    letter = next(one for one in case.letters(Letter.REJECTED) if Audience.CLIENT in one.readers)
    return case.do(c.LearnLetterSent(by=case.engine, letter=letter, on=on))


def against_the_end(case: Case) -> c.FileObjection:
    return c.FileObjection(by=case.municipality, against=c.Disputed.END, note=NOTE)


def due(case: Case) -> date:
    return case.policy.calendar.today(case.task(TaskKind.DECIDE_OBJECTION).due)


def test_the_decision_on_an_objection_is_due_six_weeks_after_the_term_to_object_and_extended_from_there_once() -> None:
    case = sent(date(2026, 8, 3)).on(date(2026, 8, 17)).do(against_the_end(sent(date(2026, 8, 3))))
    assert due(case) == date(2026, 10, 26), "Monday 14 September is the last day to object"
    case.on(date(2026, 10, 26)).answer(a.ObjectionAnswer(result=a.ObjectionResult.EXTENDED, note=NOTE))
    assert due(case) == date(2026, 12, 7), "six weeks from the end, not from the day it was extended"
    late = sent(date(2026, 8, 3)).on(date(2026, 8, 17)).do(against_the_end(case)).on(date(2026, 10, 27))
    assert late.refused_answer(a.ObjectionAnswer(result=a.ObjectionResult.EXTENDED, note=NOTE)) == "term_over"


def test_with_a_committee_it_is_twelve_weeks_and_the_extension_six() -> None:
    policy = main_road("almere")
    ladder = replace(policy.tasks[TaskKind.DECIDE_OBJECTION], due=Term(amount=12, unit=TermUnit.WEEKS))
    case = sent(date(2026, 8, 3))
    case.policy = replace(policy, tasks={**policy.tasks, TaskKind.DECIDE_OBJECTION: ladder})
    case.on(date(2026, 8, 17)).do(against_the_end(case))
    assert due(case) == date(2026, 12, 7)
    case.answer(a.ObjectionAnswer(result=a.ObjectionResult.EXTENDED, note=NOTE))
    assert due(case) == date(2027, 1, 18)


def test_what_was_posted_in_time_may_come_in_within_a_week_and_the_day_it_came_counts() -> None:
    last_chance = sent(date(2026, 8, 3)).on(date(2026, 9, 25))
    posted = replace(against_the_end(last_chance), made_on=date(2026, 9, 14))
    came_in = replace(posted, received_on=date(2026, 9, 21))
    assert last_chance.refused(replace(came_in, by=INSTITUTION)).rule == "not_yours"
    last_chance.do(came_in)
    assert due(last_chance) == date(2026, 10, 26), "six weeks from the last day to object"
    too_late = sent(date(2026, 8, 3)).on(date(2026, 9, 25))
    too_late.do(replace(posted, received_on=date(2026, 9, 22)))
    assert due(too_late) == date(2026, 11, 3), "late: six weeks from the day on which it came in"


# -- an objection is taken whenever it is noted; what counts is when it was made and came in (Awb 6:9 and 6:11) ----


def noted(posted: date, received: date, on: date, *, excused: bool = False) -> Case:
    """An objection against a rejection of which the last day to object is Monday 14 September 2026, noted on a day."""
    case = sent(date(2026, 8, 3)).on(on)
    objection = replace(against_the_end(case), made_on=posted, received_on=received, excused=excused)
    return case.do(objection)


def late(*, excused: bool = False) -> Case:
    return noted(date(2026, 9, 15), date(2026, 9, 16), date(2027, 4, 1), excused=excused)


def told_of_lateness(case: Case, letter: Letter) -> set[date | None]:
    return {one.told.late_after for one in case.letters(letter) if one.told}


@pytest.mark.parametrize("on", [date(2026, 9, 28), date(2026, 9, 29), date(2027, 4, 1)])
def test_what_came_in_time_is_in_time_however_late_it_is_noted(on: date) -> None:
    """Awb 6:9: posted by the last day and received within a week."""
    case = noted(date(2026, 9, 14), date(2026, 9, 21), on)
    assert due(case) == max(date(2026, 10, 26), on), "six weeks from the last day to object (Awb 7:10), or at once"
    assert told_of_lateness(case, Letter.OBJECTION_RECEIVED) == {None}
    late = replace(INADMISSIBLE, ground="late")
    assert case.refused_answer(late) == "objection_not_late"
    assert case.answer(UPHELD).m.stage is Stage.ASSESSMENT


def test_one_that_came_after_the_term_is_noted_and_decided_on_all_the_same() -> None:
    assert due(noted(date(2026, 9, 15), date(2026, 9, 16), date(2026, 9, 17))) == date(2026, 10, 28), "Awb 7:10"
    case = late()
    assert told_of_lateness(case, Letter.OBJECTION_RECEIVED) == {date(2026, 9, 14)}
    for judged in (DISMISSED, UPHELD):
        refused = case.refused(case.answering(judged))
        assert (refused.rule, refused.day) == ("objection_too_late", date(2026, 9, 14)), "Awb 6:11"
    lacking = case.refused(case.answering(replace(DISMISSED, result=a.ObjectionResult.INADMISSIBLE)))
    assert (lacking.rule, lacking.field) == ("answer_incomplete", "ground")
    case.answer(replace(INADMISSIBLE, ground="late"))
    assert case.readers(Letter.OBJECTION_INADMISSIBLE) == {"client", "guide"}
    assert told_of_lateness(case, Letter.OBJECTION_INADMISSIBLE) == {date(2026, 9, 14)}
    assert case.refused(against_the_end(case)).rule == "objection_decided", "what is left is the court"


@pytest.mark.parametrize("at_once", [True, False])
def test_one_that_was_late_for_a_good_reason_is_judged_like_any_other(at_once: bool) -> None:
    excuse = not at_once
    dismissed = late(excused=at_once).answer(replace(DISMISSED, excused=excuse))
    assert dismissed.readers(Letter.OBJECTION_DISMISSED) == {"client", "guide"}
    upheld = late(excused=at_once).answer(replace(UPHELD, excused=excuse))
    assert upheld.m.stage is Stage.ASSESSMENT


def test_one_of_which_it_was_noted_that_being_late_is_excused_is_not_inadmissible_for_that() -> None:
    case = late(excused=True)
    assert told_of_lateness(case, Letter.OBJECTION_RECEIVED) == {None}
    assert case.refused_answer(replace(INADMISSIBLE, ground="late")) == "objection_not_late"
    case.answer(replace(INADMISSIBLE, ground="incomplete"))


def test_the_institution_notes_one_that_is_late_and_only_the_municipality_excuses_it() -> None:
    case = sent(date(2026, 8, 3)).on(date(2027, 4, 1))
    objection = replace(against_the_end(case), by=INSTITUTION)
    assert case.refused(replace(objection, excused=True)).rule == "not_yours"
    assert case.do(objection).open == [TaskKind.DECIDE_OBJECTION]


def test_a_decision_on_the_way_can_be_objected_to_late_also_when_the_client_is_housed_since() -> None:
    case = conditional().days(1)
    letter = case.letters(Letter.URGENCY_WITH_CONDITIONS)[0]
    case.do(c.LearnLetterSent(by=case.engine, letter=letter, on=case.today)).days(70)
    assert case.m.decisions[0].over
    case.withdraws()
    objects(case, c.Disputed.URGENCY_CONDITIONS).answer(replace(INADMISSIBLE, ground="late"))
    again = c.FileObjection(by=INSTITUTION, against=c.Disputed.URGENCY_CONDITIONS, note=NOTE)
    assert case.refused(again).rule in {"closed", "objection_decided"}


def test_a_last_day_that_turns_out_to_be_later_makes_an_open_objection_one_in_time() -> None:
    case = along(upto="ready").on(date(2026, 8, 3))
    case.answer(a.AssessmentAnswer(result=a.AssessmentResult.NEGATIVE, note=NOTE))
    case.answer(case.hearing(a.HearingResult.STANDS))
    letter = next(one for one in case.letters(Letter.REJECTED) if Audience.CLIENT in one.readers)
    case.do(c.ReportUndelivered(by=case.engine, effect=letter, code="on_paper"))
    posted = case.task(TaskKind.RESOLVE_DELIVERY)
    case.answer(a.DeliveryAnswer(way="done_by_hand", on=date(2026, 8, 3))).on(date(2026, 9, 16))
    case.do(against_the_end(case))
    assert case.refused_answer(DISMISSED) == "objection_too_late"
    right = a.DeliveryAnswer(way="done_by_hand", on=date(2026, 8, 5))
    case.do(c.CorrectAnswer(by=case.municipality, task=posted.id, answer=right, note=NOTE))
    case.answer(DISMISSED)


def test_what_is_a_decision_is_not_inadmissible_as_if_it_were_none() -> None:
    case = objects(conditional(), c.Disputed.URGENCY_CONDITIONS)
    no_decision = replace(INADMISSIBLE, ground="no_decision")
    assert case.refused_answer(no_decision) == "is_decision"
    other = along(upto="ready")
    objects(other, c.Disputed.OTHER, other.municipality).answer(no_decision)


def test_an_objection_before_the_decision_is_sent_is_due_after_the_term_that_begins_then() -> None:
    case = along(upto="ready").on(date(2026, 8, 3))
    case.answer(a.AssessmentAnswer(result=a.AssessmentResult.NEGATIVE, note=NOTE))
    case.answer(case.hearing(a.HearingResult.STANDS)).do(against_the_end(case))
    assert due(case) == date(2026, 10, 26)
    letter = next(one for one in case.letters(Letter.REJECTED) if Audience.CLIENT in one.readers)
    case.on(date(2026, 8, 6)).do(c.LearnLetterSent(by=case.engine, letter=letter, on=date(2026, 8, 6)))
    assert due(case) == date(2026, 10, 29), "sent three days later"


def test_a_pause_moves_no_decision_on_an_objection() -> None:
    case = objects(conditional(), c.Disputed.URGENCY_CONDITIONS)
    before = due(case)
    assert due(case.paused().days(20).resumed()) == before


def test_conditions_that_were_wrong_are_gone() -> None:
    case = conditional()
    assert list(case.m.urgency_conditions) == [a.UrgencyCondition.BUDGET_MANAGEMENT]
    objects(case, c.Disputed.URGENCY_CONDITIONS).answer(UPHELD)
    assert list(case.m.urgency_conditions) == []
    assert case.readers(Letter.OBJECTION_UPHELD) == {"client", "guide"}


def test_conditions_stand_when_the_objection_is_dismissed() -> None:
    case = objects(conditional(), c.Disputed.URGENCY_CONDITIONS)
    assert case.refused_answer(replace(DISMISSED, note=None)) == "answer_incomplete"
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


@pytest.mark.parametrize(
    ("upto", "suspends", "meanwhile"),
    [
        ("positive", False, Meanwhile.SEARCHING),
        ("accept", False, Meanwhile.SEARCHING),
        ("accept", True, Meanwhile.SUSPENDED),
        ("keys", False, Meanwhile.HOUSED),
        ("keys", True, Meanwhile.HOUSED),
    ],
)
def test_the_letter_tells_how_things_are_meanwhile(upto: str, suspends: bool, meanwhile: Meanwhile) -> None:
    """Nobody reads that we go on searching who has a home by now, or while the search stands still."""
    case = along(upto=upto)
    objects(case, c.Disputed.OTHER, case.municipality, suspends=suspends)
    assert {one.told.meanwhile for one in case.letters(Letter.OBJECTION_RECEIVED) if one.told} == {meanwhile}


def test_the_term_is_extended_once_and_the_client_is_told() -> None:
    case = objects(conditional(), c.Disputed.URGENCY_CONDITIONS).days(20)
    extended = a.ObjectionAnswer(result=a.ObjectionResult.EXTENDED, note=NOTE)
    case.answer(extended)
    assert case.policy.calendar.today(case.task(TaskKind.DECIDE_OBJECTION).due) >= case.today + timedelta(weeks=6)
    assert case.readers(Letter.OBJECTION_EXTENDED) == {"client", "guide"}
    assert case.refused_answer(extended) == "objection_extended"


def test_one_objection_at_a_time_against_a_decision_that_stands() -> None:
    case = along(upto="ready")
    for against in (c.Disputed.URGENCY_CONDITIONS, c.Disputed.REFUSAL_JUDGED):
        assert case.refused(c.FileObjection(by=INSTITUTION, against=against, note=NOTE)).rule == "nothing_disputed"
    case = objects(conditional(), c.Disputed.URGENCY_CONDITIONS)
    again = c.FileObjection(by=INSTITUTION, against=c.Disputed.URGENCY_CONDITIONS, note=NOTE)
    assert case.refused(again).rule == "objection_open"
    case.answer(a.ObjectionAnswer(result=a.ObjectionResult.WITHDRAWN)).do(again)


def undecided() -> Case:
    """Referred on Monday 1 June 2026: the term to decide ends on Monday 27 July (Awb 4:13)."""
    return along(upto="ready")


NOTHING_DECIDED = c.FileObjection(by=INSTITUTION, against=c.Disputed.NO_DECISION, note=NOTE)
TAKEN_ALL_THE_SAME = replace(NOTHING_DECIDED, by=actor(Role.COORDINATOR, "almere"), excused=True)


@pytest.mark.parametrize("day", [date(2026, 6, 1), date(2026, 7, 27)])
def test_nobody_objects_that_nothing_is_decided_while_the_term_to_decide_runs(day: date) -> None:
    case = undecided().on(day)
    for command in (NOTHING_DECIDED, TAKEN_ALL_THE_SAME):
        refused = case.refused(command)
        assert (refused.rule, refused.day) == ("not_late", date(2026, 7, 27))


def test_nobody_objects_that_nothing_is_decided_while_the_term_stands_still() -> None:
    case = Case().start()
    case.answer(a.ReadinessAnswer(result=a.Readiness.INCOMPLETE, missing=(Document.IDENTITY,)))
    assert case.m.clock(ClockKind.DECISION_TERM) is not None
    assert case.refused(TAKEN_ALL_THE_SAME).rule == "not_late"


def test_one_objects_that_nothing_is_decided_two_weeks_after_a_notice_of_default() -> None:
    case = undecided().on(date(2026, 8, 10))
    assert case.refused(NOTHING_DECIDED).rule == "notice_first"
    case.do(c.NoteDefaultNotice(by=INSTITUTION, late=LateDecision.URGENCY, note=NOTE))
    assert case.on(date(2026, 8, 24)).refused(NOTHING_DECIDED).rule == "notice_first", "Awb 6:12 lid 2 b"
    assert case.on(date(2026, 8, 25)).do(NOTHING_DECIDED).m.open_of(TaskKind.DECIDE_OBJECTION)


def test_where_no_notice_can_be_asked_of_the_client_the_municipality_takes_it_without_one() -> None:
    case = undecided().on(date(2026, 7, 28))
    assert case.refused(replace(TAKEN_ALL_THE_SAME, by=INSTITUTION)).rule == "not_yours"
    assert case.do(TAKEN_ALL_THE_SAME).m.open_of(TaskKind.DECIDE_OBJECTION), "Awb 6:12 lid 3"


def test_an_objection_is_not_dated_before_the_decision_that_it_is_against() -> None:
    on_the_way = conditional().days(3)
    granted = on_the_way.m.decisions[0].on
    early = c.FileObjection(
        by=on_the_way.municipality,
        against=c.Disputed.URGENCY_CONDITIONS,
        made_on=granted - timedelta(days=1),
        note=NOTE,
    )
    refused = on_the_way.refused(early)
    assert (refused.rule, refused.field, refused.day) == ("objection_too_early", "made_on", granted)
    on_the_way.do(replace(early, made_on=granted))
    ended = sent(date(2026, 8, 3)).on(date(2026, 8, 5))
    before = replace(against_the_end(ended), made_on=date(2026, 8, 2))
    assert ended.refused(before).rule == "objection_too_early"
    ended.do(replace(before, excused=True))
    assert ended.open == [TaskKind.DECIDE_OBJECTION], "one could think that it had been decided (Awb 6:10 lid 1 b)"


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
    assert case.open == [TaskKind.DECIDE_OBJECTION]


# -- who objects is heard, and by whom it is decided (Awb 7:2, 7:3, 7:5, 10:3) --------------------


@pytest.mark.parametrize("result", NOT_RIGHT)
def test_who_is_not_right_was_heard_or_it_is_said_why_not(result: a.ObjectionResult) -> None:
    case = objects(conditional(), c.Disputed.URGENCY_CONDITIONS)
    silent = case.refused(case.answering(a.ObjectionAnswer(result=result, note=NOTE)))
    assert (silent.rule, silent.field) == ("answer_incomplete", "hearing"), "Awb 7:2"
    for why in ("waived", "no_reply", "needless"):
        ended = objects(conditional(), c.Disputed.URGENCY_CONDITIONS)
        ground: a.Inadmissible | None = "incomplete" if result is a.ObjectionResult.INADMISSIBLE else None
        ended.answer(a.ObjectionAnswer(result=result, hearing=why, ground=ground, note=NOTE))
        assert ended.m.objection is not None
        assert ended.m.objection.result is result, "Awb 7:3, a to d"


def test_of_a_hearing_is_said_when_it_was_and_who_held_it() -> None:
    case = objects(conditional(), c.Disputed.URGENCY_CONDITIONS).days(7)
    heard = replace(DISMISSED, hearing="heard", heard_on=case.today, heard_by="uninvolved")
    for field, lacks in {"heard_on": replace(heard, heard_on=None), "heard_by": replace(heard, heard_by=None)}.items():
        refused = case.refused(case.answering(lacks))
        assert (refused.rule, refused.field) == ("answer_incomplete", field), "Awb 7:5"
    tomorrow, before = case.today + timedelta(days=1), case.today - timedelta(days=8)
    assert case.refused_answer(replace(heard, heard_on=tomorrow)) == "hearing_in_future"
    assert case.refused_answer(replace(heard, heard_on=before)) == "heard_before_objection"
    case.answer(heard)
    assert case.happened(e.ObjectionDecided)[-1].result is a.ObjectionResult.DISMISSED


def test_who_was_not_heard_was_heard_on_no_day_and_a_hearing_is_needless_only_for_who_is_not_right() -> None:
    case = objects(conditional(), c.Disputed.URGENCY_CONDITIONS)
    waived = case.refused(case.answering(replace(DISMISSED, heard_on=case.today)))
    assert (waived.rule, waived.field) == ("answer_contradicts", "heard_on")
    right = case.refused(case.answering(replace(UPHELD, hearing="needless")))
    assert (right.rule, right.field) == ("answer_contradicts", "hearing")
    case.answer(UPHELD)
    assert case.m.urgency_conditions == (), "who is fully right need not be heard (Awb 7:3 e)"


WITHOUT_HEARING = (
    (replace(INADMISSIBLE, hearing="needless"), NotHeard.INADMISSIBLE),  # a
    (replace(DISMISSED, hearing="needless"), NotHeard.UNFOUNDED),  # b
    (DISMISSED, NotHeard.WAIVED),  # c
    (replace(UPHELD, hearing="waived"), NotHeard.WAIVED),
    (replace(INADMISSIBLE, hearing="no_reply"), NotHeard.NO_REPLY),  # d
    (UPHELD, NotHeard.WELL_FOUNDED),  # e
)
"""By the letters of Awb 7:3."""


@pytest.mark.parametrize(("answer", "ground"), WITHOUT_HEARING)
def test_a_decision_without_a_hearing_tells_the_ground_on_which_nobody_was_heard(
    answer: a.ObjectionAnswer, ground: NotHeard
) -> None:
    case = objects(conditional(), c.Disputed.URGENCY_CONDITIONS)
    case.answer(answer)
    told = [one.told.not_heard for one in case.letters(LETTER_OF_RESULT[answer.result]) if one.told]
    assert told == [ground, ground], "Awb 7:12 lid 1: to the client, and to the guide"


def test_who_was_heard_or_withdrew_reads_no_ground_for_not_hearing() -> None:
    for answer in (UPHELD, DISMISSED, a.ObjectionAnswer(result=a.ObjectionResult.WITHDRAWN)):
        case = objects(conditional(), c.Disputed.URGENCY_CONDITIONS)
        heard = replace(answer, hearing="heard", heard_on=case.today, heard_by="uninvolved")
        case.answer(answer if answer.note is None else heard)
        letters = case.letters(LETTER_OF_RESULT[answer.result])
        assert [one.told.not_heard for one in letters if one.told] == [None, None]


@pytest.mark.parametrize("answer", [UPHELD, DISMISSED, INADMISSIBLE])
def test_who_took_a_decision_does_not_decide_on_the_objection_to_it(answer: a.ObjectionAnswer) -> None:
    case = objects(conditional(), c.Disputed.URGENCY_CONDITIONS)
    own = replace(case.answering(answer), acted=True)
    assert case.refused(own).rule == "decided_by_you", "Awb 10:3 lid 3"
    case.answer(answer, COLLEAGUE)


def test_who_took_a_decision_notes_that_the_objection_takes_longer_or_was_withdrawn() -> None:
    case = objects(conditional(), c.Disputed.URGENCY_CONDITIONS)
    longer = a.ObjectionAnswer(result=a.ObjectionResult.EXTENDED, note=NOTE)
    case.do(replace(case.answering(longer), acted=True))
    case.do(replace(case.answering(a.ObjectionAnswer(result=a.ObjectionResult.WITHDRAWN)), acted=True))
    assert TaskKind.DECIDE_OBJECTION not in case.open


def test_what_was_asked_anew_when_it_ended_is_closed_under_its_old_number_and_not_over() -> None:
    case = objects(conditional(), c.Disputed.URGENCY_CONDITIONS)
    old = case.answering(DISMISSED)
    case.do(c.Withdraw(by=case.municipality, reason=c.ClientWithdrawal.OTHER, source=a.KnownFrom.CLIENT, note=NOTE))
    assert (case.m.stage, case.task(TaskKind.DECIDE_OBJECTION).id) == (Stage.CLOSED, "decide_objection-2")
    assert case.refused(old).rule == "task_closed"
    rests = c.SnoozeTask(by=case.municipality, task=old.task, until=case.today + timedelta(days=2), note=NOTE)
    assert case.refused(rests).rule == "task_closed"
    case.answer(DISMISSED)
    assert case.refused(old).rule == "closed"
