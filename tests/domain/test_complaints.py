"""Complaints of how somebody was treated (Awb chapter 9). The table of terms was worked out by hand from the acts."""

from datetime import UTC, date, datetime, timedelta

import pytest

from domain.facts import terms
from domain.facts.complaints import Complainant, ComplaintResult, NotHandled
from domain.facts.outcome import Outcome, Stage
from domain.facts.parties import Actor, Role
from domain.facts.rules import RuleName
from domain.facts.tasks import OUTLIVES_END, TaskKind
from domain.facts.value import replace
from domain.messages import answers as a
from domain.messages import commands as c
from domain.messages.effects import Letter
from domain.policy.policy import Policy
from domain.state import events as e
from domain.steps import still_so
from tests.domain.case import NOTE, Case, actor, along, main_road, undoable

INSTITUTION = actor(Role.INSTITUTION, "leger-des-heils")
TEAM = actor(Role.DISTRICT_TEAM, "wijkteam-west")
STRANGER = actor(Role.CORPORATION, "de-alliantie")
HANDLER = actor(Role.COORDINATOR, "almere", "user-9")
RIGHT = a.ComplaintAnswer(result=ComplaintResult.WELL_FOUNDED, hearing="waived", note=NOTE)
LATER = a.ComplaintAnswer(result=ComplaintResult.POSTPONED, note=NOTE)

# Holidays of 2026 (Atw art. 3): Good Friday 3-4, Easter Monday 6-4, King's Day 27-4, 5-5, Whit Monday 25-5, Christmas.
TERMS = [
    # Awb 9:11 lid 1: six weeks after receipt
    ("9:11 lid 1", date(2026, 6, 1), date(2026, 7, 13)),
    ("9:11 lid 1", date(2026, 6, 5), date(2026, 7, 17)),
    ("9:11 lid 1, Atw 1: Saturday", date(2026, 6, 6), date(2026, 7, 20)),
    ("9:11 lid 1, Atw 1: Sunday", date(2026, 6, 7), date(2026, 7, 20)),
    ("9:11 lid 1, Atw 3: King's Day", date(2026, 3, 16), date(2026, 4, 28)),
    ("9:11 lid 1, Atw 3: 5 May", date(2026, 3, 24), date(2026, 5, 6)),
    ("9:11 lid 1, Atw 3: Whit Monday", date(2026, 4, 13), date(2026, 5, 26)),
    ("9:11 lid 1, Atw 3: Good Friday to Easter Monday", date(2026, 2, 20), date(2026, 4, 7)),
    ("9:11 lid 1, Atw 3: Easter Monday", date(2026, 2, 23), date(2026, 4, 7)),
    ("9:11 lid 1, Atw 3: Christmas and a weekend", date(2026, 11, 13), date(2026, 12, 28)),
    ("9:11 lid 1, Atw 3: New Year and a weekend", date(2026, 11, 20), date(2027, 1, 4)),
    # Awb 9:11 lid 1 with 9:14: ten weeks, where somebody advises
    ("9:14", date(2026, 6, 1), date(2026, 8, 10)),
    ("9:14, Atw 1: Saturday", date(2026, 6, 6), date(2026, 8, 17)),
    ("9:14, Atw 3: King's Day", date(2026, 2, 16), date(2026, 4, 28)),
    ("9:14, Atw 3: Christmas and a weekend", date(2026, 10, 16), date(2026, 12, 28)),
    # Awb 9:11 lid 2: four weeks more, from the last day
    ("9:11 lid 2", date(2026, 7, 13), date(2026, 8, 10)),
    ("9:11 lid 2, after a day that was rolled on", date(2026, 7, 20), date(2026, 8, 17)),
    ("9:11 lid 2, Atw 3: King's Day", date(2026, 3, 30), date(2026, 4, 28)),
    ("9:11 lid 2, Atw 3: Christmas and a weekend", date(2026, 11, 27), date(2026, 12, 28)),
    # Awb 9:8 lid 3: four weeks after receipt
    ("9:8 lid 3", date(2026, 6, 1), date(2026, 6, 29)),
    ("9:8 lid 3, Atw 1: Saturday", date(2026, 6, 6), date(2026, 7, 6)),
    ("9:8 lid 3, Atw 3: King's Day", date(2026, 3, 30), date(2026, 4, 28)),
    ("9:8 lid 3, Atw 3: Good Friday to Easter Monday", date(2026, 3, 6), date(2026, 4, 7)),
    # Awb 9:8 lid 1 b: what happened before this day happened longer than a year before
    ("9:8 lid 1 b", date(2026, 3, 10), date(2025, 3, 10)),
    ("9:8 lid 1 b: no such day a year before", date(2028, 2, 29), date(2027, 2, 28)),
]


@pytest.mark.parametrize(("article", "event", "last"), TERMS, ids=[f"{x} from {y}" for x, y, _ in TERMS])
def test_each_term_of_chapter_nine_ends_where_the_law_says(article: str, event: date, last: date) -> None:
    calendar = main_road("almere").calendar
    counted = {
        "9:11 lid 1": lambda: terms.complaint(calendar, event),
        "9:14": lambda: terms.complaint(calendar, event, terms.COMPLAINT_BY_COMMITTEE),
        "9:11 lid 2": lambda: terms.complaint_later(calendar, event),
        "9:8 lid 3": lambda: terms.complaint_left(calendar, event),
        "9:8 lid 1 b": lambda: terms.year_before(calendar, event),
    }
    name = next(name for name in counted if article.startswith(name))
    assert counted[name]() == last


def complaint(case: Case, by: Actor | None = None, **facts: object) -> c.FileComplaint:
    given = {"by": by or case.municipality, "complainant": Complainant.CLIENT, "note": NOTE, **facts}
    return c.FileComplaint.model_validate(given)


def complained(by: Actor | None = None) -> Case:
    """The assessment is awaited on 1 June 2026, and the client complains."""
    case = along(upto="ready")
    return case.do(complaint(case, by))


def due(case: Case) -> date:
    return case.policy.calendar.today(case.task(TaskKind.HANDLE_COMPLAINT).due)


def advised() -> Policy:
    policy = main_road("almere")
    ladder = replace(policy.tasks[TaskKind.HANDLE_COMPLAINT], due=terms.COMPLAINT_BY_COMMITTEE)
    return replace(policy, tasks={**policy.tasks, TaskKind.HANDLE_COMPLAINT: ladder})


def sent(case: Case, letter: Letter, on: date) -> Case:
    return case.do(c.LearnLetterSent(by=case.engine, letter=case.letters(letter)[-1], on=on))


def test_a_complaint_is_acknowledged_and_must_be_answered_within_six_weeks() -> None:
    case = complained()
    assert due(case) == date(2026, 7, 13)
    (noted,) = case.m.complaints
    assert (noted.received_on, noted.last_day, noted.result) == (date(2026, 6, 1), date(2026, 7, 13), None)
    (letter,) = case.letters(Letter.COMPLAINT_RECEIVED)
    assert (letter.readers, letter.by, letter.told and letter.told.note) == (("client",), date(2026, 7, 13), NOTE)


def test_where_a_committee_advises_it_is_ten_weeks_and_the_complainant_is_told() -> None:
    case = along(upto="ready", policy=advised())
    case.do(complaint(case))
    assert due(case) == date(2026, 8, 10)
    (letter,) = case.letters(Letter.COMPLAINT_RECEIVED)
    about = letter.told.complaint if letter.told else None
    assert about is not None
    assert about.committee, "Awb 9:15 lid 1"


def test_the_term_runs_from_the_day_it_came_in_and_not_from_the_day_it_was_noted() -> None:
    case = along(upto="ready").on(date(2026, 6, 10))
    case.do(complaint(case, made_on=date(2026, 6, 1), received_on=date(2026, 6, 3)))
    assert due(case) == date(2026, 7, 15)
    assert case.refused(complaint(case, received_on=date(2026, 6, 11))).field == "received_on"
    assert case.refused(complaint(case, received_on=date(2026, 6, 3), made_on=date(2026, 6, 4))).field == "made_on"
    assert case.refused(complaint(case, INSTITUTION, received_on=date(2026, 6, 3))).rule is RuleName.NOT_YOURS


def test_a_partner_complains_for_the_client_its_guide_or_itself_and_only_the_complainant_is_told() -> None:
    for by, who, reader in (
        (INSTITUTION, Complainant.CLIENT, "client"),
        (INSTITUTION, Complainant.GUIDE, "guide"),
        (TEAM, Complainant.ORGANISATION, "wijkteam-west"),
    ):
        case = along(upto="ready")
        case.do(complaint(case, by, complainant=who))
        case.answer(RIGHT, HANDLER)
        assert case.readers(Letter.COMPLAINT_RECEIVED, Letter.COMPLAINT_ANSWERED) == {reader}


@pytest.mark.parametrize(
    ("by", "facts", "rule", "field"),
    [
        (STRANGER, {}, RuleName.NOT_YOURS, None),
        (TEAM, {"complainant": "guide"}, RuleName.NOT_YOURS, None),
        (TEAM, {"complainant": "organisation", "organisation": "ymere"}, RuleName.NOT_YOURS, None),
        (None, {"complainant": "organisation"}, RuleName.ANSWER_INCOMPLETE, "organisation"),
        (None, {"complainant": "client", "organisation": "ymere"}, RuleName.ANSWER_CONTRADICTS, "organisation"),
        (None, {"complainant": "organisation", "organisation": "x-ray"}, RuleName.COMPLAINANT_UNKNOWN, "organisation"),
        (None, {"complainant": "organisation", "organisation": "almere"}, RuleName.COMPLAINANT_UNKNOWN, "organisation"),
    ],
)
def test_who_complains_is_known(by: Actor | None, facts: dict[str, str], rule: RuleName, field: str | None) -> None:
    case = along(upto="ready")
    refused = case.refused(complaint(case, by, **facts))
    assert (refused.rule, refused.field) == (rule, field)


def test_only_a_person_who_did_not_act_in_the_mediation_answers() -> None:
    case = complained()
    involved = replace(case.answering(RIGHT, HANDLER), acted=True)
    assert case.refused(involved).rule is RuleName.HANDLER_INVOLVED, "Awb 9:7 lid 1"
    assert case.refused(replace(case.answering(LATER, HANDLER), acted=True)).rule is RuleName.HANDLER_INVOLVED
    assert case.refused_answer(RIGHT, case.engine) is RuleName.PERSON_NEEDED
    assert case.answer(RIGHT, HANDLER).m.complaints[0].result is ComplaintResult.WELL_FOUNDED


@pytest.mark.parametrize(
    ("answer", "rule"),
    [
        ({"result": "well_founded"}, RuleName.ANSWER_INCOMPLETE),  # 9:10 lid 1
        ({"result": "well_founded", "hearing": "heard"}, RuleName.ANSWER_INCOMPLETE),
        ({"result": "unfounded", "hearing": "heard", "heard_on": "2026-05-31"}, RuleName.HEARD_BEFORE_COMPLAINT),
        ({"result": "unfounded", "hearing": "heard", "heard_on": "2026-06-02"}, RuleName.HEARING_IN_FUTURE),
        ({"result": "unfounded", "hearing": "waived", "heard_on": "2026-06-01"}, RuleName.ANSWER_CONTRADICTS),
        ({"result": "partly_founded", "hearing": "needless"}, RuleName.ANSWER_CONTRADICTS),  # 9:10 lid 2
        ({"result": "well_founded", "hearing": "waived", "note": None}, RuleName.ANSWER_INCOMPLETE),  # 9:12 lid 1
        ({"result": "not_handled"}, RuleName.ANSWER_INCOMPLETE),  # 9:8: only on a ground
        ({"result": "not_handled", "ground": "over_a_year_ago"}, RuleName.ANSWER_INCOMPLETE),
        ({"result": "not_handled", "ground": "in_court", "happened_on": "2026-05-01"}, RuleName.ANSWER_CONTRADICTS),
        ({"result": "settled", "ground": "in_court"}, RuleName.ANSWER_CONTRADICTS),
        ({"result": "postponed", "agreed": True}, RuleName.ANSWER_INCOMPLETE),
    ],
)
def test_what_does_not_go_together_is_refused(answer: dict[str, object], rule: RuleName) -> None:
    given = a.ComplaintAnswer.model_validate({"note": NOTE, **answer})
    assert complained().refused_answer(given, HANDLER) is rule


@pytest.mark.parametrize(
    "answer",
    [
        {"result": "well_founded", "hearing": "heard", "heard_on": "2026-06-01", "note": NOTE},
        {"result": "partly_founded", "hearing": "waived", "note": NOTE},
        {"result": "unfounded", "hearing": "no_reply", "note": NOTE},
        {"result": "unfounded", "hearing": "needless", "note": NOTE},
        {"result": "settled", "note": NOTE},
        {"result": "withdrawn"},
        *(
            {"result": "not_handled", "ground": x, "note": NOTE}
            for x in NotHandled
            if x is not NotHandled.OVER_A_YEAR_AGO
        ),
        {"result": "not_handled", "ground": "over_a_year_ago", "happened_on": "2025-05-31", "note": NOTE},
    ],
)
def test_each_way_to_end_a_complaint_is_told_to_the_complainant(answer: dict[str, object]) -> None:
    case = complained().answer(a.ComplaintAnswer.model_validate(answer), HANDLER)
    assert TaskKind.HANDLE_COMPLAINT not in case.open
    told = (Letter.COMPLAINT_ANSWERED, Letter.COMPLAINT_NOT_HANDLED, Letter.COMPLAINT_OVER)
    assert [len(case.letters(letter)) for letter in told].count(1) == 1
    assert case.readers(*told) == {"client"}


def test_what_happened_a_year_ago_to_the_day_is_not_longer_than_a_year_ago() -> None:
    answer = a.ComplaintAnswer(
        result=ComplaintResult.NOT_HANDLED, ground=NotHandled.OVER_A_YEAR_AGO, happened_on=date(2025, 6, 1), note=NOTE
    )
    refused = complained().refused(complained().answering(answer, HANDLER))
    assert (refused.rule, refused.field) == (RuleName.NOT_OVER_A_YEAR_AGO, "happened_on"), "Awb 9:8 lid 1 b"


def test_that_it_is_not_handled_is_told_within_four_weeks() -> None:
    answer = a.ComplaintAnswer(result=ComplaintResult.NOT_HANDLED, ground=NotHandled.IN_COURT, note=NOTE)
    late = complained().on(date(2026, 6, 30))
    refused = late.refused(late.answering(answer, HANDLER))
    assert (refused.rule, refused.day) == (RuleName.MUST_BE_HANDLED, date(2026, 6, 29)), "Awb 9:8 lid 3"
    assert complained().on(date(2026, 6, 29)).answer(answer, HANDLER).letters(Letter.COMPLAINT_NOT_HANDLED)


def test_the_answer_is_postponed_once_by_four_weeks_and_the_complainant_told() -> None:
    case = complained().answer(LATER, HANDLER)
    assert due(case) == date(2026, 8, 10), "Awb 9:11 lid 2"
    (letter,) = case.letters(Letter.COMPLAINT_POSTPONED)
    assert letter.told
    assert (letter.readers, letter.by, letter.told.since) == (("client",), date(2026, 8, 10), date(2026, 7, 13))
    assert case.refused_answer(LATER, HANDLER) is RuleName.COMPLAINT_POSTPONED
    further = replace(LATER, agreed=True, until=date(2026, 10, 1))
    assert due(case.answer(further, HANDLER)) == date(2026, 10, 1), "Awb 9:11 lid 3"


@pytest.mark.parametrize(
    ("until", "agreed", "rule"),
    [
        (date(2026, 8, 11), False, RuleName.COMPLAINT_POSTPONED),
        (date(2026, 7, 13), False, RuleName.NOT_LATER),
        (date(2026, 7, 1), True, RuleName.NOT_LATER),
    ],
)
def test_it_is_postponed_no_further_than_the_law_allows(until: date, agreed: bool, rule: RuleName) -> None:
    assert complained().refused_answer(replace(LATER, until=until, agreed=agreed), HANDLER) is rule


def test_a_term_that_is_over_is_not_postponed() -> None:
    assert complained().on(date(2026, 7, 14)).refused_answer(LATER, HANDLER) is RuleName.TERM_OVER
    assert complained().on(date(2026, 7, 13)).answer(LATER, HANDLER).open


def test_the_day_on_which_the_answer_left_is_kept_and_a_second_letter_does_not_change_it() -> None:
    case = complained().on(date(2026, 7, 13)).answer(RIGHT, HANDLER)
    assert case.m.complaints[0].sent_on is None
    sent(case, Letter.COMPLAINT_ANSWERED, date(2026, 7, 13))
    sent(case.on(date(2026, 8, 1)), Letter.COMPLAINT_ANSWERED, date(2026, 7, 20))
    assert [one.on for one in case.happened(e.ComplaintAnswerSent)] == [date(2026, 7, 13)]


def test_the_acknowledgement_leaves_only_while_the_complaint_is_open() -> None:
    case = complained()
    (letter,) = case.letters(Letter.COMPLAINT_RECEIVED)
    assert still_so.holds(case.m, letter)
    assert not still_so.holds(case.answer(RIGHT, HANDLER).m, letter)


# -- beside the main road ------------------------------------------------------------------------------------------


def test_the_road_goes_on_as_if_nobody_had_complained() -> None:
    def without(case: Case) -> list[str]:
        about = {"ComplaintFiled", "ComplaintAnswered"}
        mine = [x for x in case.events if x.type not in about]
        return [x.type for x in mine if getattr(getattr(x, "task", None), "kind", None) not in OUTLIVES_END]

    ordinary, complained_of = along(upto="keys"), along(upto="keys")
    complained_of.do(complaint(complained_of))
    for case in (ordinary, complained_of):
        case.days(20)
    assert without(complained_of) == without(ordinary)
    assert complained_of.m.stage is ordinary.m.stage


def test_a_complaint_may_come_after_the_end_and_one_that_is_open_outlives_it() -> None:
    case = along(upto="ready")
    case.do(c.Withdraw(by=case.municipality, source=a.KnownFrom.CLIENT))
    assert case.m.stage is Stage.CLOSED
    case.do(complaint(case))
    assert case.open == [TaskKind.HANDLE_COMPLAINT]
    before = complained()
    task = before.task(TaskKind.HANDLE_COMPLAINT)
    before.do(c.Withdraw(by=before.municipality, source=a.KnownFrom.CLIENT))
    assert before.m.tasks == (task,)
    before.on(date(2026, 7, 20))
    assert before.task(TaskKind.HANDLE_COMPLAINT).escalated, "nobody forgets it after the end"
    assert before.answer(RIGHT, HANDLER).readers(Letter.COMPLAINT_ANSWERED) == {"client"}


def test_when_the_end_is_undone_the_complaint_is_asked_once() -> None:
    case = along(upto="ready", policy=undoable())
    case.do(complaint(case))
    case.do(c.Withdraw(by=case.municipality, source=a.KnownFrom.CLIENT))
    second = actor(Role.COORDINATOR, "almere", "user-2")
    case.do(c.ReopenMediation(by=second, because=c.ReopeningReason.END_WAS_WRONG, note=NOTE))
    assert case.open.count(TaskKind.HANDLE_COMPLAINT) == 1


def test_nobody_writes_to_a_client_who_died() -> None:
    case = complained()
    case.do(c.ReportDeath(by=case.municipality, source=a.KnownFrom.FAMILY))
    assert case.m.outcome is Outcome.DIED
    case.answer(RIGHT, HANDLER)
    assert case.letters(Letter.COMPLAINT_ANSWERED) == []


def test_a_pause_holds_neither_the_term_nor_the_letters() -> None:
    case = complained()
    case.do(c.PauseMediation(by=case.municipality, note=NOTE))
    assert due(case) == date(2026, 7, 13)
    case.answer(RIGHT, HANDLER)
    assert case.readers(Letter.COMPLAINT_ANSWERED) == {"client"}


def test_its_owner_is_reminded_and_the_municipality_hears_when_it_is_late() -> None:
    case = complained()
    case.until(datetime(2026, 7, 13, tzinfo=UTC) + timedelta(days=3))
    letters = {sent.letter for sent in case.letters() if sent.task_kind is TaskKind.HANDLE_COMPLAINT}
    assert {Letter.TASK_OPENED, Letter.TASK_REMINDER, Letter.TASK_ESCALATED} <= letters


def test_each_complaint_has_its_own_task() -> None:
    case = complained()
    case.do(complaint(case, TEAM, complainant="organisation"))
    assert [task.about for task in case.m.tasks if task.kind is TaskKind.HANDLE_COMPLAINT] == [
        "complaint-1",
        "complaint-2",
    ]
