"""What a letter says is looked at when it leaves: it goes with the facts as they are then, or not at all."""

from datetime import date, timedelta

import pytest

from domain.facts.tasks import TaskKind
from domain.facts.value import replace
from domain.messages.effects import Appointment, Audience, Letter, SendLetter
from domain.steps import still_so

OPENED = SendLetter(
    key="m-1:task-opened-haven:4",
    letter=Letter.TASK_OPENED,
    organisation="haven",
    task="confirm_offer-1",
    task_kind=TaskKind.CONFIRM_OFFER,
    by=date(2026, 6, 15),
    owner="haven",
)
TODAY = date(2026, 7, 25)


def later(letter: SendLetter, number: int, kind: Letter, **facts: object) -> SendLetter:
    """What was asked for after it, about the same task."""
    changed = {"letter": kind, "key": f"m-1:later:{number}", **facts}
    return SendLetter.model_validate({**letter.model_dump(), **changed})


def test_every_letter_either_happened_or_hangs_on_its_task_or_on_the_state() -> None:
    kinds = (still_so.HAPPENED, still_so.WITH_ITS_TASK, frozenset(still_so.HOLDS))
    assert sorted(one for kind in kinds for one in kind) == sorted(Letter), "each stands in one of them"


def test_after_a_standstill_each_reader_gets_the_last_letter_about_a_task_and_no_other() -> None:
    reminders = [later(OPENED, n, Letter.TASK_REMINDER) for n in (6, 8)]
    escalations = [later(OPENED, n, Letter.TASK_ESCALATED, organisation="almere") for n in (10, 12, 14)]
    waiting = [OPENED, *reminders, *escalations]
    left = [one for one in waiting if not still_so.overtaken(one, waiting)]
    assert left == [reminders[-1], escalations[-1]], "one to who has it to do, one to who sees to it"


def test_of_what_one_command_asks_for_twice_the_last_one_goes_and_the_order_of_the_numbers_is_no_alphabet() -> None:
    first = replace(OPENED, key="m-1:task-reminder-haven:9")
    twin = replace(OPENED, key="m-1:task-reminder-haven:9.2")
    tenth = replace(OPENED, key="m-1:task-reminder-haven:10")
    assert [still_so.overtaken(one, [first, twin, tenth]) for one in (first, twin, tenth)] == [True, True, False]


def test_a_letter_to_somebody_else_or_about_another_task_overtakes_nothing() -> None:
    to_both = replace(OPENED, organisation=None, readers=(Audience.CLIENT, Audience.GUIDE))
    for other in (
        later(OPENED, 8, Letter.TASK_REMINDER, task="sign_lease-1"),
        later(OPENED, 8, Letter.TASK_REMINDER, organisation="almere"),
        later(OPENED, 8, Letter.TASK_PASSED_ON),
    ):
        assert not still_so.overtaken(OPENED, [other])
    only_guide = later(to_both, 8, Letter.TASK_REMINDER, readers=(Audience.GUIDE,))
    assert not still_so.overtaken(to_both, [only_guide]), "the client would hear nothing"


def test_of_an_appointment_that_moved_twice_only_the_last_day_is_told() -> None:
    told = [
        SendLetter(
            key=f"m-1:appointment-moved-client:{n}",
            letter=Letter.APPOINTMENT_MOVED,
            readers=(Audience.CLIENT,),
            appointment=Appointment(
                name=name, kind=TaskKind.HOLD_VIEWING, sequence=n, on=date(2026, 6, 9) + timedelta(days=n)
            ),
        )
        for n, name in ((3, "viewing-1"), (7, "viewing-1"), (8, "call-1"))
    ]
    assert [still_so.overtaken(one, told) for one in told] == [True, False, False]


def test_a_letter_about_a_task_tells_its_day_and_its_owner_as_they_are_when_it_leaves() -> None:
    moved = still_so.as_its_task_is(OPENED, date(2026, 8, 3), "haven", TODAY)
    assert moved == replace(OPENED, by=date(2026, 8, 3))
    keys = SendLetter(letter=Letter.KEYS_PLANNED, readers=(Audience.CLIENT,), task="hand_over_keys-1", by=TODAY)
    assert still_so.as_its_task_is(keys, date(2026, 8, 6), "haven", TODAY) == replace(keys, by=date(2026, 8, 6))


def test_nobody_is_asked_what_is_anothers_to_do_by_now() -> None:
    assert still_so.as_its_task_is(OPENED, OPENED.by or TODAY, "almere", TODAY) is None
    passed = later(OPENED, 8, Letter.TASK_PASSED_ON, organisation="haven", owner="almere")
    assert still_so.as_its_task_is(passed, TODAY, "haven", TODAY) is None, "it is the reader's again"
    assert still_so.as_its_task_is(passed, TODAY, "buiten", TODAY) == replace(passed, by=TODAY, owner="buiten")
    escalated = later(OPENED, 9, Letter.TASK_ESCALATED, organisation="almere")
    assert still_so.as_its_task_is(escalated, OPENED.by or TODAY, "buiten", TODAY) == replace(escalated, owner="buiten")


def test_nobody_is_said_to_be_too_late_who_was_given_more_time() -> None:
    escalated = later(OPENED, 9, Letter.TASK_ESCALATED, organisation="almere")
    assert still_so.as_its_task_is(escalated, TODAY + timedelta(days=5), "haven", TODAY) is None


@pytest.mark.parametrize("kind", sorted(still_so.ON_A_DAY))
def test_a_day_that_is_over_is_not_told_as_one_to_come(kind: Letter) -> None:
    letter = SendLetter(letter=kind, readers=(Audience.CLIENT,), by=TODAY)
    assert not still_so.day_is_over(letter, TODAY)
    assert still_so.day_is_over(letter, TODAY + timedelta(days=1))
