"""A hearing is one: after the invitation, in the form that the client chose, and over when the client's time is over.

Expected days are those of the law (Awb 4:7 to 4:9) and of the invitation, which names the last day to come.
"""

from datetime import date

import pytest

from domain.facts.absences import AbsenceKind
from domain.facts.outcome import HearingSubject, Outcome
from domain.facts.tasks import TaskKind
from domain.messages import answers as a
from domain.messages.effects import Letter
from tests.domain.case import NOTE, Case, along

STANDS = a.HearingResult.STANDS
INVITED, UNTIL = date(2026, 6, 1), date(2026, 6, 15)


def invited() -> Case:
    """On 1 June a client is invited, to come until 15 June."""
    case = along(upto="ready").answer(a.AssessmentAnswer(result=a.AssessmentResult.NEGATIVE, note=NOTE))
    assert case.today == INVITED
    assert [letter.by for letter in case.letters(Letter.HEARING_INVITED)] == [UNTIL]
    return case


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
    assert case.refused_answer(said("did_not_appear", case.today)) == "hearing_not_over"


def test_an_answer_of_an_earlier_release_reads_and_is_written_as_it_was() -> None:
    was = '{"note":null,"kind":"hear_client","hearing":"heard","heard_on":"2026-06-01","result":"dropped","reasons":[]}'
    assert a.HearingAnswer.model_validate_json(was).model_dump_json() == was
