"""Quiet hours and working days: when people are reminded, and on which days the digest goes."""

from datetime import UTC, date, datetime, time, timedelta

import pytest

from domain.facts.calendar import Calendar
from domain.facts.tasks import TaskKind
from domain.facts.value import replace
from domain.messages.effects import Letter
from domain.policy.policy import Policy
from domain.policy.reminding import ReminderPolicy, Weekday
from tests.domain.case import Case, along, main_road

CALENDAR = Calendar()
QUIET = ReminderPolicy(quiet_after=time(18))


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("at", "goes"),
    [
        ("2026-06-01T15:00", "2026-06-01T15:00"),
        ("2026-06-01T16:00", "2026-06-01T16:00"),
        ("2026-06-01T16:01", "2026-06-02T07:00"),
        ("2026-06-01T03:00", "2026-06-01T07:00"),
        ("2026-06-05T20:00", "2026-06-08T07:00"),
        ("2026-06-06T12:00", "2026-06-08T07:00"),
        ("2026-12-24T19:00", "2026-12-28T08:00"),
        ("2027-03-27T23:30", "2027-03-30T07:00"),
        ("2026-10-25T00:30", "2026-10-26T08:00"),
    ],
)
def test_at_night_and_on_free_days_nobody_is_reminded(at: str, goes: str) -> None:
    """Amsterdam is two hours ahead in summer; Easter Monday 2027 is the day after the clocks go forward."""
    assert QUIET.audible(CALENDAR, moment(at)) == moment(goes)


def test_without_quiet_hours_every_moment_stands() -> None:
    for hour in range(24 * 8):
        at = moment("2026-06-01T00:00") + timedelta(hours=hour)
        assert ReminderPolicy().audible(CALENDAR, at) == at


def quiet(policy: Policy) -> Policy:
    ladder = policy.tasks[TaskKind.ASSESS]
    weekend = ladder.model_validate(
        {**ladder.model_dump(mode="json"), "escalate": ["5 days", "12 days"], "repeat": "5 days"}
    )
    return replace(policy, tasks={**policy.tasks, TaskKind.ASSESS: weekend}, reminders=QUIET)


def test_reminders_and_escalations_go_in_working_hours_only() -> None:
    case = along(policy=quiet(main_road("almere")), upto="ready")
    for _ in range(300):
        if case.last.wake_at:
            case.until(case.last.wake_at)
    chased = [event for event in case.events if event.type in {"TaskReminded", "TaskEscalated"}]
    assert len(chased) > 40
    task = case.task(TaskKind.ASSESS)
    for at in (*task.reminders, *task.escalations):
        assert QUIET.audible(CALENDAR, at) == at


def test_an_escalation_due_on_saturday_goes_on_monday_morning() -> None:
    loud = along(policy=replace(quiet(main_road("almere")), reminders=ReminderPolicy()), upto="ready")
    soft = along(policy=quiet(main_road("almere")), upto="ready")
    assert [f"{at:%a %d %H:%M}" for at in loud.task(TaskKind.ASSESS).escalations] == ["Sat 20 15:00", "Sat 27 15:00"]
    assert [f"{at:%a %d %H:%M}" for at in soft.task(TaskKind.ASSESS).escalations] == ["Mon 22 07:00", "Mon 29 07:00"]
    soft.on(date(2026, 6, 21))
    assert soft.letters(Letter.TASK_ESCALATED) == []
    assert soft.on(date(2026, 6, 22)).readers(Letter.TASK_ESCALATED) == {"almere"}


def test_a_ladder_keeps_to_the_hour_of_the_town_hall_when_the_clocks_change() -> None:
    case = Case(policy=main_road("almere"), now=datetime(2027, 3, 18, 9, tzinfo=UTC)).start().ready()
    local = [CALENDAR.local(at) for at in case.task(TaskKind.ASSESS).reminders]
    assert [f"{at:%d-%m %H:%M %z}" for at in local] == ["25-03 09:00 +0100", "30-03 09:00 +0200"]


def digests(days: tuple[Weekday, ...], first: date, last: date) -> list[str]:
    policy = ReminderPolicy(digest=days)
    count = (last - first).days + 1
    every = (first + timedelta(days=n) for n in range(count))
    return [f"{day:%a %d-%m}" for day in every if policy.digest_day(CALENDAR, day)]


def test_the_digest_goes_once_a_week_on_the_first_working_day() -> None:
    found = digests((Weekday.MONDAY,), date(2026, 3, 30), date(2026, 4, 19))
    assert found == ["Mon 30-03", "Tue 07-04", "Mon 13-04"], "6 April is Easter Monday"


def test_the_digest_goes_on_the_days_that_the_policy_names() -> None:
    assert digests((Weekday.TUESDAY, Weekday.FRIDAY), date(2026, 4, 20), date(2026, 5, 10)) == [
        *("Tue 21-04", "Fri 24-04", "Tue 28-04", "Fri 01-05", "Wed 06-05", "Fri 08-05")
    ]
    assert digests((), date(2026, 1, 1), date(2026, 12, 31)) == []
    weekend = digests((Weekday.SATURDAY,), date(2026, 6, 1), date(2026, 6, 14))
    assert weekend == ["Mon 01-06", "Mon 08-06"]
