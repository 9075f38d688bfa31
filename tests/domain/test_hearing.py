"""A hearing is one: after the invitation, in the form that the client chose, and over when the client's time is over.

Expected days are those of the law (Awb 4:7 to 4:9) and of the invitation, which names the last day to come.
"""

from datetime import date

import pytest

from domain.facts.absences import AbsenceKind
from domain.facts.outcome import HearingSubject, Outcome
from domain.facts.tasks import TaskKind
from domain.messages import answers as a
from domain.messages import commands as c
from domain.messages.effects import Letter
from domain.state import events as e
from tests.domain.case import NOTE, Case, along

STANDS = a.HearingResult.STANDS
INVITED, UNTIL = date(2026, 6, 1), date(2026, 6, 15)


def intended() -> Case:
    """On 1 June a client is to be invited, to come until 15 June; nobody knows yet that the letter has left."""
    case = along(upto="ready").answer(a.AssessmentAnswer(result=a.AssessmentResult.NEGATIVE, note=NOTE))
    assert case.today == INVITED
    assert [letter.by for letter in case.letters(Letter.HEARING_INVITED)] == [UNTIL]
    return case


def left(case: Case, on: date | None = None) -> Case:
    """The invitation leaves, today or on a day before."""
    letter = case.letters(Letter.HEARING_INVITED)[-1]
    return case.do(c.LearnLetterSent(by=case.engine, letter=letter, on=on or case.today))


def invited() -> Case:
    """On 1 June a client is invited, to come until 15 June."""
    return left(intended())


def on_paper(case: Case) -> Case:
    """The post room has the invitation to print: until it has left that is a task of the municipality."""
    letter = case.letters(Letter.HEARING_INVITED)[-1]
    return case.do(c.ReportUndelivered(by=case.engine, effect=letter, code="on_paper"))


def said(hearing: str, heard_on: date, **facts: object) -> a.HearingAnswer:
    shape = {"hearing": hearing, "heard_on": heard_on, "result": STANDS, "note": NOTE}
    return a.HearingAnswer.model_validate(shape | facts)


HEARD = {"form": "written"}
WAIVED = {"said_by": "client"}


@pytest.mark.parametrize(("hearing", "facts"), [("heard", HEARD), ("waived", WAIVED), ("did_not_appear", {})])
def test_nothing_is_heard_before_the_invitation_or_in_the_future(hearing: str, facts: dict[str, object]) -> None:
    case = invited()
    for day in (date(2001, 1, 1), date(2026, 5, 31)):
        refused = case.refused(case.answering(said(hearing, day, **facts)))
        assert (refused.rule, refused.field, refused.day) == ("hearing_before_invitation", "heard_on", INVITED)
    assert case.refused_answer(said(hearing, date(2026, 6, 2), **facts)) == "hearing_in_future"


def test_who_comes_on_the_day_of_the_invitation_is_heard() -> None:
    assert invited().answer(said("heard", INVITED, **HEARD)).m.outcome is Outcome.REJECTED


@pytest.mark.parametrize("result", list(a.HearingResult))
def test_who_may_still_come_has_not_stayed_away(result: a.HearingResult) -> None:
    """Awb 4:8: the client is given the opportunity, which the invitation leaves open to the end of its last day."""
    case = invited()
    for day in (INVITED, date(2026, 6, 10), UNTIL):
        case.on(day)
        refused = case.refused(case.answering(said("did_not_appear", day, result=result)))
        assert (refused.rule, refused.field, refused.day) == ("hearing_not_over", "hearing", UNTIL)
    case.on(date(2026, 6, 16)).answer(said("did_not_appear", UNTIL, result=result))
    assert TaskKind.HEAR_CLIENT not in case.open


def test_a_pause_takes_nothing_of_the_clients_time() -> None:
    case = invited().paused().on(date(2026, 6, 6)).resumed()
    until = case.policy.calendar.today(case.task(TaskKind.HEAR_CLIENT).due)
    assert until > UNTIL
    case.on(date(2026, 6, 16))
    assert case.refused(case.answering(said("did_not_appear", UNTIL))).day == until


def test_a_waiver_is_the_clients_own_and_names_who_said_so() -> None:
    case = invited()
    refused = case.refused(case.answering(said("waived", INVITED)))
    assert (refused.rule, refused.field) == ("answer_incomplete", "said_by")
    case.answer(said("waived", INVITED, said_by="representative"))
    assert case.m.outcome is Outcome.REJECTED


def test_a_hearing_says_whether_it_was_spoken_or_written_as_the_client_chose() -> None:
    """Awb 4:9."""
    refused = invited().refused(invited().answering(said("heard", INVITED)))
    assert (refused.rule, refused.field) == ("answer_incomplete", "form")


def test_who_gave_up_the_hearing_was_not_heard_in_any_form() -> None:
    case = invited()
    refused = case.refused(case.answering(said("waived", INVITED, **HEARD, **WAIVED)))
    assert (refused.rule, refused.field) == ("answer_contradicts", "form")


@pytest.mark.parametrize("stray", ["form", "said_by"])
def test_who_did_not_appear_said_nothing(stray: str) -> None:
    case = invited().on(date(2026, 6, 16))
    refused = case.refused(case.answering(said("did_not_appear", UNTIL, **{stray: (HEARD | WAIVED)[stray]})))
    assert (refused.rule, refused.field) == ("answer_contradicts", stray)


def test_every_subject_is_heard_under_the_same_rules() -> None:
    """Also what is heard beside the main road: an absence, a placement that may have failed."""
    case = along(upto="positive").away(AbsenceKind.DETENTION)
    case.answer(a.AbsenceReviewAnswer(result="end", note=NOTE))
    assert case.task(TaskKind.HEAR_CLIENT).about == HearingSubject.DETAINED
    assert case.refused_answer(said("waived", date(2001, 1, 1), **WAIVED)) == "hearing_before_invitation"
    assert case.refused_answer(said("did_not_appear", case.today)) == "invitation_not_sent"
    assert left(case).refused_answer(said("did_not_appear", case.today)) == "hearing_not_over"


def test_an_answer_of_an_earlier_release_reads_and_is_written_as_it_was() -> None:
    was = '{"note":null,"kind":"hear_client","hearing":"heard","heard_on":"2026-06-01","result":"dropped","reasons":[]}'
    assert a.HearingAnswer.model_validate_json(was).model_dump_json() == was


@pytest.mark.parametrize("result", list(a.HearingResult))
def test_who_was_not_invited_has_not_stayed_away(result: a.HearingResult) -> None:
    """Awb 4:7 and 4:8: the opportunity begins with the invitation, and one that lies on a desk gives none."""
    case = on_paper(intended()).on(date(2026, 7, 20))
    refused = case.refused(case.answering(said("did_not_appear", case.today, result=result)))
    assert (refused.rule, refused.field) == ("invitation_not_sent", "hearing")
    assert TaskKind.RESOLVE_DELIVERY in case.open


@pytest.mark.parametrize(("hearing", "facts"), [("heard", HEARD), ("waived", WAIVED)])
def test_who_was_not_invited_and_says_something_all_the_same_is_heard(hearing: str, facts: dict[str, object]) -> None:
    """A client who calls is heard; the letter that nobody posted yet need not be posted any more."""
    case = on_paper(intended()).on(date(2026, 6, 3))
    case.answer(said(hearing, case.today, result=a.HearingResult.DROPPED, **facts))
    assert {TaskKind.HEAR_CLIENT, TaskKind.RESOLVE_DELIVERY}.isdisjoint(case.open)
    before = len(case.events)
    on_paper(case)
    assert case.since(before) == [], "nor is it asked when the post room tells later"


def test_the_clients_time_runs_from_the_day_on_which_the_invitation_was_posted() -> None:
    """Posted on Wednesday 10 June, two weeks are over on Wednesday 24 June: on the 25th nobody comes any more."""
    case = on_paper(intended()).on(date(2026, 6, 12))
    too_early = case.refused(case.answering(a.DeliveryAnswer(way="done_by_hand", on=date(2026, 5, 31))))
    assert (too_early.rule, too_early.field, too_early.day) == ("done_before_invitation", "on", INVITED)
    case.answer(a.DeliveryAnswer(way="done_by_hand", on=date(2026, 6, 10)))
    [event] = case.happened(e.ClientInvited)
    hearing, until = case.task(TaskKind.HEAR_CLIENT), date(2026, 6, 24)
    assert (event.on, event.task) == (date(2026, 6, 10), hearing)
    assert (case.policy.calendar.today(hearing.due), hearing.overdue) == (until, False)
    case.on(until)
    assert case.refused(case.answering(said("did_not_appear", until))).day == until
    case.on(date(2026, 6, 25)).answer(said("did_not_appear", until))
    assert case.m.outcome is Outcome.REJECTED


def test_an_invitation_that_is_mailed_at_once_moves_nothing() -> None:
    case = intended()
    was = case.task(TaskKind.HEAR_CLIENT)
    hearing = left(case).task(TaskKind.HEAR_CLIENT)
    assert was.awaits_letter
    assert (hearing.due, hearing.reminders, hearing.awaits_letter) == (was.due, was.reminders, False)


def test_a_posting_that_is_told_long_after_gives_no_moment_that_is_over() -> None:
    case = on_paper(intended()).on(date(2026, 7, 20))
    case.answer(a.DeliveryAnswer(way="done_by_hand", on=date(2026, 6, 10)))
    hearing = case.task(TaskKind.HEAR_CLIENT)
    assert min(hearing.due, *hearing.escalations) >= case.now
    case.on(date(2026, 7, 21)).answer(said("did_not_appear", date(2026, 6, 24)))
    assert case.m.outcome is Outcome.REJECTED


def test_a_hearing_of_an_earlier_release_awaits_no_letter() -> None:
    """When its letter left was not recorded then: its last day stays the one that was told."""
    opened = next(one for one in intended().happened(e.TaskOpened) if one.task.kind is TaskKind.HEAR_CLIENT)
    assert '"awaits_letter":true' in opened.model_dump_json()
    was = opened.model_dump_json().replace(',"awaits_letter":true', "")
    assert e.TaskOpened.model_validate_json(was).model_dump_json() == was
    assert not e.TaskOpened.model_validate_json(was).task.awaits_letter
