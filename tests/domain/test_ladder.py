"""What passing time does: reminders, escalations, checks, and clocks that warn and run out."""

from datetime import UTC, date, datetime, timedelta

import pytest

from domain.facts.clocks import ClockKind
from domain.facts.referral import Document
from domain.facts.tasks import TaskKind
from domain.facts.value import replace
from domain.messages import answers as a
from domain.messages import commands as c
from domain.messages.effects import Letter, SendLetter
from domain.policy.policy import Ladder
from domain.policy.reminding import ReminderPolicy
from domain.state import events as e
from domain.state.agenda import Due, agenda
from tests.domain.case import MONDAY, STEPS, Case, along, policy_of, referral


def local(case: Case, moment: datetime) -> str:
    return case.policy.calendar.local(moment).strftime("%a %d %b %H:%M")


def test_an_assessment_is_reminded_then_overdue_then_escalated_for_ever() -> None:
    case = along(upto="ready")
    task = case.task(TaskKind.ASSESS)
    assert [local(case, at) for at in task.reminders] == ["Mon 08 Jun 09:00", "Fri 12 Jun 09:00"]
    assert local(case, task.due) == "Mon 15 Jun 17:00"
    assert [local(case, at) for at in task.escalations] == ["Mon 15 Jun 17:00", "Mon 06 Jul 17:00"]
    case.on(date(2026, 6, 9))
    assert case.task(TaskKind.ASSESS).reminded == 1
    assert case.readers(Letter.TASK_REMINDER) == {"wijkteam-west"}
    case.on(date(2026, 6, 16))
    task = case.task(TaskKind.ASSESS)
    assert (task.reminded, task.overdue, task.escalated) == (2, True, 1)
    assert case.readers(Letter.TASK_ESCALATED) == {"almere"}
    case.on(date(2026, 7, 7))
    assert case.task(TaskKind.ASSESS).escalated == 2
    assert [local(case, at) for at in case.task(TaskKind.ASSESS).escalations] == ["Mon 20 Jul 17:00"]
    case.days(365)
    assert case.task(TaskKind.ASSESS).escalated > 20
    assert len(case.task(TaskKind.ASSESS).escalations) == 1


def test_a_reminder_names_the_task_and_the_date_and_each_is_sent_once() -> None:
    case = along(upto="ready").on(date(2026, 6, 16))
    reminders = case.letters(Letter.TASK_REMINDER)
    assert [(x.task, x.task_kind, x.by) for x in reminders] == [("assess-1", TaskKind.ASSESS, date(2026, 6, 15))] * 2
    assert len({x.key for x in case.letters()}) == len(case.letters())


def test_a_reminder_on_a_day_that_is_not_worked_goes_out_on_the_working_day_before() -> None:
    # +12 days from 1 December 2026 is Sunday the 13th
    case = Case(now=datetime(2026, 12, 1, 9, tzinfo=UTC)).start().ready()
    assert [local(case, at) for at in case.task(TaskKind.ASSESS).reminders] == ["Tue 08 Dec 09:00", "Fri 11 Dec 09:00"]


def test_an_answer_in_time_is_not_chased() -> None:
    case = Case().start().ready().positive()
    assert not case.letters(Letter.TASK_REMINDER)
    assert not case.happened(e.TaskOverdue)


def test_what_fell_due_while_nobody_looked_is_done_once_in_its_order() -> None:
    case = along(upto="ready")
    case.now += timedelta(days=30)
    seen = len(case.events)
    case.do(c.PassTime(by=case.engine))
    done = [event for event in case.since(seen) if event.startswith("Task")]
    assert done == ["TaskReminded", "TaskReminded", "TaskOverdue", "TaskEscalated"]
    assert all(moment.at > case.now for moment in agenda(case.m))


def test_time_that_brings_nothing_changes_nothing() -> None:
    case = along(upto="ready")
    before = case.m
    case.do(c.PassTime(by=case.engine)).do(c.PassTime(by=case.engine))
    assert case.m == before
    assert case.last.events == ()
    assert case.last.wake_at == agenda(before)[0].at


@pytest.mark.parametrize("city", ["almere", "amersfoort"])
@pytest.mark.parametrize("upto", STEPS)
def test_however_long_nobody_answers_no_wait_is_forgotten(upto: str, city: str) -> None:
    case = along(city, upto)
    for _ in range(3):
        case.days(300)
        assert case.m.outcome is None
        for task in case.m.tasks:
            assert task.owner
            assert any(moment.subject is task and moment.at > case.now for moment in agenda(case.m))
        late = [task for task in case.m.tasks if task.overdue]
        assert late
        assert all(task.escalated for task in late)


def test_at_one_moment_checks_come_first_and_ends_last() -> None:
    assert list(Due) == [Due.CHECK, Due.REMIND, Due.OVERDUE, Due.ESCALATE, Due.WARN, Due.EXPIRE]
    moments = agenda(along(upto="positive").m)
    assert [moment.at for moment in moments] == sorted(moment.at for moment in moments)


def test_partners_without_a_system_get_a_letter_when_they_are_asked() -> None:
    missing = a.ReadinessAnswer(result=a.Readiness.INCOMPLETE, missing=(Document.IDENTITY,))
    case = Case().start(referral(documents=())).answer(missing)
    letter = case.letters(Letter.TASK_OPENED)[0]
    assert (letter.organisation, letter.task_kind) == ("leger-des-heils", TaskKind.SUPPLEMENT)
    assert letter.by == case.policy.calendar.today(case.task(TaskKind.SUPPLEMENT).due)


def test_a_statutory_term_of_a_task_rolls_on() -> None:
    case = Case(now=datetime(2026, 12, 11, 9, tzinfo=UTC)).start(referral(documents=()))
    case.answer(a.ReadinessAnswer(result=a.Readiness.INCOMPLETE, missing=(Document.IDENTITY,)))
    assert local(case, case.task(TaskKind.SUPPLEMENT).due) == "Mon 28 Dec 23:59"  # two weeks end on Christmas Day


# -- clocks --------------------------------------------------------------------------------------------------------


def test_each_clock_warns_as_the_policy_says_and_ends_once() -> None:
    case = along(upto="positive")
    urgency = case.clock(ClockKind.URGENCY)
    assert [local(case, at) for at in urgency.warnings] == ["Thu 01 Oct 09:00", "Fri 30 Oct 09:00"]
    case.days(400)
    ends = [event.clock for event in case.happened(e.ClockExpired)]
    assert sorted(ends) == [ClockKind.HOUSING_TARGET, ClockKind.URGENCY]
    warned = [event.clock for event in case.happened(e.ClockWarned)]
    assert (warned.count(ClockKind.URGENCY), warned.count(ClockKind.HOUSING_TARGET), len(warned)) == (2, 1, 3)
    assert case.open.count(TaskKind.EXTEND_URGENCY) == 1


def test_a_clock_extended_after_its_end_runs_from_now() -> None:
    case = along(upto="positive").on(date(2027, 2, 1)).answer(a.UrgencyAnswer(extend=True))
    assert case.policy.calendar.today(case.clock(ClockKind.URGENCY).ends_at) == date(2027, 8, 1)


def test_all_clocks_stop_at_the_keys() -> None:
    case = along(upto="plan_support").keys()
    assert {event.clock for event in case.happened(e.ClockStopped)} == set(ClockKind)
    case.days(60)
    assert not case.happened(e.ClockExpired)


# -- any ladder ----------------------------------------------------------------------------------------------------


def test_a_ladder_without_reminders_still_escalates() -> None:
    policy = policy_of("almere")
    bare = Ladder.model_validate({"due": "1 day", "escalate": ["0 days"], "repeat": "1 hour"})
    tasks = {**policy.tasks, TaskKind.CHECK_READINESS: bare}
    case = Case(policy=replace(policy, tasks=tasks, reminders=ReminderPolicy())).start()
    case.days(2)
    assert case.task(TaskKind.CHECK_READINESS).escalated > 10
    assert not case.letters(Letter.TASK_REMINDER)


@pytest.mark.parametrize("field", ["repeat", "check"])
def test_nothing_comes_round_without_end(field: str) -> None:
    ladder = {"due": "1 day", "escalate": ["0 days"], "repeat": "1 day", field: "0 days"}
    with pytest.raises(ValueError, match="without end"):
        Ladder.model_validate(ladder)


def test_every_owner_of_a_task_takes_part_in_the_mediation() -> None:
    case = along()
    for event in case.happened(e.TaskOpened):
        assert event.task.owner in case.m.organisations()
        assert event.task.opened_at >= MONDAY


def test_no_letter_about_a_task_goes_out_after_it_was_answered() -> None:
    case = along(upto="ready").positive()
    seen = len(case.effects)
    case.days(25)
    about = {effect.task for effect in case.effects[seen:] if isinstance(effect, SendLetter)}
    assert "assess-1" not in about
