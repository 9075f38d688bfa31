"""More time, and a task that is not for who has it: what a partner may say of its task, and what comes of it."""

from datetime import date, timedelta

import pytest

from domain.facts.clocks import ClockKind
from domain.facts.parties import Actor, Role
from domain.facts.referral import Document
from domain.facts.tasks import Hindrance, TaskKind
from domain.facts.value import replace
from domain.messages import answers as a
from domain.messages import commands as c
from domain.messages.effects import Letter
from domain.state import events as e
from tests.domain.case import NOTE, Case, actor, along

TEAM, OTHER = "wijkteam-west", "wijkteam-oost"
MORE, NOT_MINE = Hindrance.MORE_TIME, Hindrance.NOT_MINE


def due_day(case: Case) -> date:
    return case.policy.calendar.today(case.task(TaskKind.ASSESS).due)


def hindered(
    case: Case, says: Hindrance, until: date | None = None, by: Actor | None = None, to: str | None = None
) -> c.ReportHindrance:
    task = case.m.open_of(TaskKind.ASSESS)
    team = by or actor(Role.DISTRICT_TEAM, task.owner if task else TEAM)
    return c.ReportHindrance(by=team, task="assess-1", hindrance=says, until=until, to=to, note=NOTE)


def answered(case: Case, granted: bool, until: date | None = None) -> c.AnswerHindrance:
    return c.AnswerHindrance(by=case.municipality, task="assess-1", granted=granted, until=until, note=NOTE)


def asked(days: int = 7) -> Case:
    """A district team that asks for so many days more."""
    case = along(upto="ready")
    return case.do(hindered(case, MORE, due_day(case) + timedelta(days=days)))


def test_more_time_is_told_to_the_municipality_and_changes_nothing_until_it_decides() -> None:
    case = along(upto="ready")
    before, until = case.task(TaskKind.ASSESS), due_day(case) + timedelta(days=7)
    case.do(hindered(case, MORE, until))
    said = replace(before, hindrance=MORE, hindrance_until=until, more_time_asked=True)
    assert case.task(TaskKind.ASSESS) == said
    assert case.readers(Letter.MORE_TIME_ASKED) == {"almere"}


def test_not_theirs_is_told_with_whose_it_is_and_the_task_keeps_its_owner_and_day() -> None:
    case = along(upto="ready")
    before = case.task(TaskKind.ASSESS)
    case.do(hindered(case, NOT_MINE, to=OTHER))
    assert case.task(TaskKind.ASSESS) == replace(before, hindrance=NOT_MINE, hindrance_to=OTHER)
    assert case.readers(Letter.TASK_NOT_THEIRS) == {"almere"}
    assert [(one.hindrance, one.to) for one in case.happened(e.HindranceReported)] == [(NOT_MINE, OTHER)]


def test_granted_the_task_has_the_day_that_was_asked_for_and_its_owner_hears() -> None:
    case = asked(7)
    wanted = case.policy.calendar.working_day_from(due_day(case) + timedelta(days=7))
    case.do(answered(case, granted=True))
    task = case.task(TaskKind.ASSESS)
    assert (due_day(case), task.hindrance, task.hindrance_until) == (wanted, None, None)
    assert case.readers(Letter.DEADLINE_CHANGED) == {TEAM}
    case.days((wanted - case.today).days)
    assert not case.happened(e.TaskOverdue)
    case.days(4)
    assert case.happened(e.TaskOverdue)


def test_no_term_of_the_law_or_of_the_urgency_moves_with_it() -> None:
    case = asked()
    before = case.m.clocks
    case.do(answered(case, granted=True))
    assert case.m.clocks == before


def test_the_municipality_may_give_another_day_than_was_asked_for() -> None:
    case = asked(14)
    other = due_day(case) + timedelta(days=3)
    case.do(answered(case, granted=True, until=other))
    assert due_day(case) == case.policy.calendar.working_day_from(other)


def test_refused_the_task_stays_as_it_was_and_its_owner_hears() -> None:
    case = along(upto="ready")
    due = case.task(TaskKind.ASSESS).due
    case.do(hindered(case, MORE, due_day(case) + timedelta(days=7))).do(answered(case, granted=False))
    assert (case.task(TaskKind.ASSESS).due, case.task(TaskKind.ASSESS).hindrance) == (due, None)
    assert case.readers(Letter.MORE_TIME_REFUSED) == {TEAM}
    case.do(hindered(case, NOT_MINE)).do(answered(case, granted=False))
    assert case.readers(Letter.TASK_STAYS) == {TEAM}


@pytest.mark.parametrize("granted", [True, False])
def test_more_time_is_asked_for_once_in_a_term(granted: bool) -> None:
    case = asked()
    again = hindered(case, MORE, due_day(case) + timedelta(days=9))
    assert case.refused(again).rule == "already_reported"
    case.do(answered(case, granted))
    later = hindered(case, MORE, due_day(case) + timedelta(days=9))
    assert case.refused(later).rule == "more_time_asked_before"
    case.do(c.ReassignTask(by=case.municipality, task="assess-1", owner=OTHER, note=NOTE))
    case.do(hindered(case, MORE, due_day(case) + timedelta(days=2)))


def test_what_is_not_theirs_goes_to_another_and_is_not_granted() -> None:
    case = along(upto="ready")
    due = case.task(TaskKind.ASSESS).due
    case.do(hindered(case, NOT_MINE, to=OTHER))
    refused = case.refused(answered(case, granted=True))
    assert (refused.rule, refused.field) == ("hand_it_on", "granted")
    case.do(c.ReassignTask(by=case.municipality, task="assess-1", owner=OTHER, note=NOTE))
    given = case.task(TaskKind.ASSESS)
    assert (given.owner, given.due, given.hindrance, given.hindrance_to) == (OTHER, due, None, None)
    late = hindered(case, NOT_MINE, by=actor(Role.DISTRICT_TEAM, TEAM))
    told = case.refused(late)
    assert (told.rule, told.owner) == ("not_owner_any_more", OTHER)


def test_there_is_no_more_time_past_the_decision_term() -> None:
    case = along(upto="ready")
    term = case.m.clock(ClockKind.DECISION_TERM)
    assert term
    limit = case.policy.calendar.today(term.ends_at)
    refused = case.refused(hindered(case, MORE, limit + timedelta(days=1)))
    assert (refused.rule, refused.day) == ("past_legal_term", limit)


def test_a_term_that_the_law_sets_becomes_no_longer() -> None:
    case = Case().start()
    case.answer(a.ReadinessAnswer(result=a.Readiness.INCOMPLETE, missing=(Document.INCOME_STATEMENT,)))
    task = case.task(TaskKind.SUPPLEMENT)
    last = case.policy.calendar.today(task.due)
    institution = actor(Role.INSTITUTION, task.owner)
    asks = c.ReportHindrance(by=institution, task=task.id, hindrance=MORE, until=last + timedelta(days=1), note=NOTE)
    refused = case.refused(asks)
    assert (refused.rule, refused.day) == ("past_legal_term", last)


def test_what_the_municipality_must_decide_is_neither_put_off_nor_passed_on() -> None:
    case = Case().start()
    task = case.task(TaskKind.CHECK_READINESS)
    for says, until in ((MORE, case.today + timedelta(days=20)), (NOT_MINE, None)):
        asks = c.ReportHindrance(by=case.municipality, task=task.id, hindrance=says, until=until, note=NOTE)
        assert case.refused(asks).rule == "municipality_decides"


def test_only_who_has_the_task_says_so_and_only_of_an_open_one_and_the_municipality_notes_it_for_them() -> None:
    case = along(upto="ready")
    assert case.refused(hindered(case, NOT_MINE, by=actor(Role.DISTRICT_TEAM, OTHER))).rule == "not_yours"
    assert case.refused(replace(hindered(case, NOT_MINE), task="check_readiness-1")).rule == "task_closed"
    assert case.refused(answered(case, granted=False)).rule == "nothing_hinders"
    team = actor(Role.DISTRICT_TEAM, TEAM)
    case.do(hindered(case, NOT_MINE, by=case.municipality))
    assert case.refused(replace(answered(case, granted=False), by=team)).rule == "not_yours"


@pytest.mark.parametrize(
    ("says", "days", "to", "rule", "field"),
    [
        (MORE, None, None, "answer_incomplete", "until"),
        (MORE, 0, None, "not_more_time", "until"),
        (MORE, 29, None, "snooze_too_long", "until"),
        (MORE, 5, OTHER, "answer_contradicts", "hindrance"),
        (NOT_MINE, 5, None, "answer_contradicts", "hindrance"),
        (NOT_MINE, None, TEAM, "same_owner", "to"),
    ],
)
def test_more_time_asks_for_a_day_that_can_be_and_not_mine_for_none(
    says: Hindrance, days: int | None, to: str | None, rule: str, field: str
) -> None:
    case = along(upto="ready")
    until = None if days is None else due_day(case) + timedelta(days=days)
    refused = case.refused(hindered(case, says, until, to=to))
    assert (refused.rule, refused.field) == (rule, field)


def test_putting_a_task_to_rest_answers_what_was_said_of_it() -> None:
    case = asked()
    until = case.today + timedelta(days=2)
    case.do(c.SnoozeTask(by=case.municipality, task="assess-1", until=until, note=NOTE))
    assert case.task(TaskKind.ASSESS).hindrance is None
    assert case.refused(answered(case, granted=True)).rule == "nothing_hinders"
