"""A coordinator lets a task rest, gives it to another organisation or takes it over; escalations go on to the next."""

from datetime import date, timedelta

import pytest

from domain.facts.calendar import Term
from domain.facts.outcome import Stage
from domain.facts.parties import Actor, Role
from domain.facts.referral import Document
from domain.facts.tasks import TaskKind
from domain.facts.value import replace
from domain.messages import answers as a
from domain.messages import commands as c
from domain.messages.effects import Letter
from domain.policy.policy import Policy
from domain.state import events as e
from domain.state.mediation import Mediation
from tests.domain.case import NOTE, Case, actor, along, main_road

TEAM, OTHER, NORTH = "wijkteam-west", "wijkteam-oost", "wijkteam-noord"
REPORT = a.AssessmentAnswer(result=a.AssessmentResult.POSITIVE, support=a.SupportProduct.REGULAR)


def snoozing(case: Case, until: date, task: str = "assess-1") -> c.SnoozeTask:
    return c.SnoozeTask(by=case.municipality, task=task, until=until, note=NOTE)


def giving(case: Case, owner: str = OTHER, task: str = "assess-1") -> c.ReassignTask:
    return c.ReassignTask(by=case.municipality, task=task, owner=owner, note=NOTE)


def taking(case: Case, task: str = "assess-1") -> c.TakeOverTask:
    return c.TakeOverTask(by=case.municipality, task=task, note=NOTE)


def test_a_task_that_rests_is_not_reminded_of_before_that_day_and_stays_due_when_it_was() -> None:
    case = along(upto="ready")
    before = case.task(TaskKind.ASSESS)
    case.do(snoozing(case, date(2026, 6, 22)))
    resting = case.task(TaskKind.ASSESS)
    assert resting.due == before.due
    case.on(date(2026, 6, 20))
    assert (case.letters(Letter.TASK_REMINDER), case.letters(Letter.TASK_ESCALATED)) == ([], [])
    assert case.task(TaskKind.ASSESS).overdue
    case.on(date(2026, 6, 22))
    assert len(case.letters(Letter.TASK_ESCALATED)) == 1
    case.days(200)
    assert case.task(TaskKind.ASSESS).escalated > 5


def test_what_lies_after_the_rest_stays_on_the_ladder() -> None:
    case = along(upto="ready")
    reminders = case.task(TaskKind.ASSESS).reminders
    case.do(snoozing(case, date(2026, 6, 10)))
    assert case.task(TaskKind.ASSESS).reminders == reminders[1:]
    case.on(date(2026, 6, 16))
    assert (case.task(TaskKind.ASSESS).reminded, case.task(TaskKind.ASSESS).escalated) == (1, 1)


def test_a_task_rests_no_longer_than_the_policy_allows() -> None:
    case = along(upto="ready")
    for until in (case.today, case.today - timedelta(days=1), case.today + timedelta(days=29)):
        assert case.refused(snoozing(case, until)).rule == "snooze_too_long"
    assert case.refused(snoozing(case, date(2026, 6, 8), "assess-2")).rule == "no_such_task"
    assert case.refused(snoozing(case, date(2026, 6, 8), "check_readiness-1")).rule == "task_closed"
    case.do(snoozing(case, case.today + timedelta(days=28)))


def test_in_a_pause_only_its_review_may_rest_and_a_rest_is_paused_with_the_rest() -> None:
    case = along(upto="ready").do(snoozing(along(upto="ready"), date(2026, 6, 22)))
    at = case.task(TaskKind.ASSESS).escalations
    case.paused()
    assert case.refused(snoozing(case, date(2026, 6, 8))).rule == "already_paused"
    case.do(snoozing(case, date(2026, 6, 8), "review_pause-1"))
    case.days(10).resumed()
    assert case.task(TaskKind.ASSESS).escalations == tuple(x + timedelta(days=10) for x in at)


def test_a_reassigned_task_is_the_others_who_hears_of_it_and_may_do_it() -> None:
    case = along(upto="ready").do(giving(along(upto="ready")))
    task = case.task(TaskKind.ASSESS)
    assert (task.owner, task.asked_first) == (OTHER, TEAM)
    assert OTHER in case.m.organisations()
    assert case.readers(Letter.TASK_PASSED_ON) == {TEAM}
    opened = [letter for letter in case.letters(Letter.TASK_OPENED) if letter.organisation == OTHER]
    assert [(x.task, x.owner) for x in opened] == [("assess-1", OTHER)]
    case.on(date(2026, 6, 9))
    assert case.readers(Letter.TASK_REMINDER) == {OTHER}
    case.answer(REPORT, actor(Role.DISTRICT_TEAM, OTHER))
    assert case.m.stage is Stage.OFFER
    assert OTHER in case.m.organisations(), "who did the work may still see it"


def passed_on_twice() -> Case:
    return along(upto="ready").do(giving(along(upto="ready"))).do(giving(along(upto="ready"), NORTH))


@pytest.mark.parametrize("former", [TEAM, OTHER])
def test_who_no_longer_has_a_task_is_told_who_has_it(former: str) -> None:
    case = passed_on_twice()
    refused = case.refused(case.answering(REPORT, actor(Role.DISTRICT_TEAM, former)))
    assert (refused.rule, refused.owner) == ("not_owner_any_more", NORTH)
    taken = along(upto="ready").do(taking(along(upto="ready")))
    refused = taken.refused(taken.answering(REPORT, actor(Role.DISTRICT_TEAM, TEAM)))
    assert (refused.rule, refused.owner) == ("not_owner_any_more", "almere")


def test_a_stranger_to_a_task_is_told_nothing_of_who_has_it() -> None:
    refused = (case := passed_on_twice()).refused(case.answering(REPORT, actor(Role.DISTRICT_TEAM, "wijkteam-zuid")))
    assert (refused.rule, refused.owner) == ("not_yours", None)


@pytest.mark.parametrize("by", [actor(Role.DISTRICT_TEAM, NORTH), actor(Role.COORDINATOR, "almere")])
def test_a_task_that_was_passed_on_is_answered_by_its_owner_or_the_municipality(by: Actor) -> None:
    assert passed_on_twice().answer(REPORT, by).m.stage is Stage.OFFER


def test_what_a_system_answered_before_the_task_was_passed_on_counts() -> None:
    by_itself = Actor(role=Role.DISTRICT_TEAM, organisation=TEAM)
    assert passed_on_twice().answer(REPORT, by_itself).m.stage is Stage.OFFER


def test_a_reassigned_task_that_was_late_is_asked_afresh_unless_the_law_sets_its_term() -> None:
    late = along(upto="ready").on(date(2026, 6, 17))
    was = late.task(TaskKind.ASSESS)
    task = late.do(giving(late)).task(TaskKind.ASSESS)
    assert (was.overdue, task.overdue, task.due > late.now) == (True, False, True)
    missing = a.ReadinessAnswer(result=a.Readiness.INCOMPLETE, missing=(Document.IDENTITY,))
    law = Case().start().answer(missing)
    ladder = law.policy.tasks[TaskKind.SUPPLEMENT]
    assert ladder.statutory
    due = law.task(TaskKind.SUPPLEMENT).due
    law.until(due).do(giving(law, "exodus", "supplement-1"))
    assert (law.task(TaskKind.SUPPLEMENT).due, law.task(TaskKind.SUPPLEMENT).overdue) == (due, True)


def test_a_task_is_given_to_another_and_the_municipality_takes_it_over_instead() -> None:
    case = along(upto="ready")
    assert case.refused(giving(case, TEAM)).rule == "same_owner"
    assert case.refused(giving(case, "almere")).rule == "take_it_over"
    assert case.refused(taking(case, "check_readiness-1")).rule == "task_closed"
    assert Case().start().refused(taking(case, "check_readiness-1")).rule == "same_owner"


def test_the_municipality_answers_in_the_owners_place_after_taking_over() -> None:
    case = along(upto="ready").do(taking(along(upto="ready")))
    assert case.task(TaskKind.ASSESS).owner == "almere"
    assert case.readers(Letter.TASK_PASSED_ON) == {TEAM}
    case.on(date(2026, 6, 9))
    assert case.readers(Letter.TASK_REMINDER) == {"almere"}
    assert case.answer(REPORT).m.stage is Stage.OFFER


@pytest.mark.parametrize("make", [giving, taking])
def test_only_the_municipality_chases(make: object) -> None:
    case = along(upto="ready")
    for role, name in ((Role.DISTRICT_TEAM, TEAM), (Role.INSTITUTION, "leger-des-heils")):
        command = replace(make(case), by=actor(role, name))  # type: ignore[operator]
        assert case.refused(command).rule == "not_yours"
    assert case.refused(replace(snoozing(case, date(2026, 6, 8)), by=actor(Role.DISTRICT_TEAM, TEAM)))


def test_a_step_back_ends_what_was_given_to_another() -> None:
    case = along(upto="positive").do(giving(along(upto="positive"), "de-regio", "make_offer-1"))
    case.steps_back(Stage.ASSESSMENT)
    assert case.task(TaskKind.ASSESS).owner == TEAM
    assert not case.m.open_of(TaskKind.MAKE_OFFER)


def test_a_system_that_confirms_an_offer_taken_over_is_heard() -> None:
    case = along(upto="match").do(taking(along(upto="match"), "confirm_offer-1"))
    by = actor(Role.CORPORATION, "ymere", "system")
    assert case.answer(a.ConfirmationAnswer(number="O-1"), by).m.stage is Stage.ACCEPTANCE


def slow(*then_to: Role) -> Policy:
    policy = main_road("almere")
    ladder = replace(policy.tasks[TaskKind.ASSESS], then_to=then_to)
    return replace(policy, tasks={**policy.tasks, TaskKind.ASSESS: ladder})


def test_an_escalation_goes_to_the_coordinator_first_and_to_the_next_owner_if_it_goes_on() -> None:
    case = along(policy=slow(Role.DISTRICT_TEAM, Role.INSTITUTION), upto="ready")
    told = []
    for day in (date(2026, 6, 16), date(2026, 7, 7), date(2026, 7, 21), date(2026, 8, 5)):
        seen = len(case.letters(Letter.TASK_ESCALATED))
        case.on(day)
        new = case.letters(Letter.TASK_ESCALATED)[seen:]
        told.append([letter.organisation for letter in new if letter.task == "assess-1"])
    assert told == [["almere"], ["almere", TEAM], *[["almere", TEAM, "leger-des-heils"]] * 2]
    about = [letter for letter in case.letters(Letter.TASK_ESCALATED) if letter.task == "assess-1"]
    assert {letter.owner for letter in about} == {TEAM}


def test_a_stored_task_and_state_of_before_read_as_they_did() -> None:
    case = along(upto="ready")
    stored = case.m.model_dump(mode="json")
    del stored["stand_ins"]
    for task in stored["tasks"]:
        del task["asked_first"]
    assert Mediation.model_validate(stored) == case.m
    assert case.happened(e.TaskReassigned) == []


def test_the_longest_rest_is_policy() -> None:
    policy = main_road("almere")
    reminders = replace(policy.reminders, snooze=Term.model_validate("2 days"))
    short = replace(policy, reminders=reminders)
    case = along(policy=short, upto="ready")
    assert case.refused(snoozing(case, date(2026, 6, 4))).rule == "snooze_too_long"
    assert case.do(snoozing(case, date(2026, 6, 3))).happened(e.TaskSnoozed)[0].until == date(2026, 6, 3)
