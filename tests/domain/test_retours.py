"""Messages to a provider's system: each is answered with a retour, and a missing or rejecting one is seen to."""

from datetime import date, timedelta
from typing import Literal

import pytest

from domain.facts.outcome import Outcome, Stage
from domain.facts.parties import Role
from domain.facts.tasks import TaskKind
from domain.facts.value import replace
from domain.messages import answers as a
from domain.messages import commands as c
from domain.messages.effects import AnyEffect, CancelSupport, Letter, ReadSupport, RequestSupport
from domain.policy.policy_terms import CallAnchor
from domain.state import events as e
from tests.domain.case import NOTE, Case, actor, along

SYSTEM = actor(Role.CARE_PROVIDER, "kwintes", "system")
PROVIDER = actor(Role.CARE_PROVIDER, "kwintes")


def asked(upto: str = "accept", message: str = "DM1") -> Case:
    """Support is asked for by a message."""
    return known(along(upto=upto), message)


def known(case: Case, message: str = "DM1", number: str = "1001") -> Case:
    return case.do(c.LearnSupportRequest(by=SYSTEM, provider="kwintes", number=number, message=message))


def retour(case: Case, *codes: str, message: str = "DM1", number: str = "1001") -> c.LearnRetour:
    effect: AnyEffect = case.done(RequestSupport)[-1]
    return c.LearnRetour(by=SYSTEM, message=message, number=number, effect=effect, codes=codes)


def report(case: Case, kind: c.SupportReport, number: str = "1001") -> c.LearnSupportReport:
    return c.LearnSupportReport(
        by=SYSTEM, provider="kwintes", number=number, report=kind, on=case.today - timedelta(days=1), reason="19"
    )


def started() -> Case:
    case = asked()
    case.do(retour(case))
    return case.sign().plan_support().keys().start_support()


def test_the_provider_owes_the_retour_within_three_working_days_and_both_hear_when_it_does_not_come() -> None:
    case = asked()
    task = case.task(TaskKind.AWAIT_RETOUR)
    assert (task.owner, task.about) == ("kwintes", "DM1")
    assert task.due == case.policy.calendar.deadline(case.now, case.policy.tasks[TaskKind.AWAIT_RETOUR].due)
    assert case.policy.calendar.today(task.due) == case.today + timedelta(days=3)
    case.until(task.due)
    told = [x.organisation for x in case.letters(Letter.TASK_ESCALATED) if x.task == task.id]
    assert told == ["kwintes", "almere"]


def test_a_retour_without_codes_ends_the_wait() -> None:
    case = asked()
    case.do(retour(case))
    assert TaskKind.AWAIT_RETOUR not in case.open
    assert TaskKind.RESOLVE_DELIVERY not in case.open
    assert case.m.support
    assert case.m.support.number == "1001"


def test_a_retour_that_is_quicker_than_our_own_record_is_not_waited_for() -> None:
    case = along(upto="accept")
    known(case.do(retour(case)))
    assert TaskKind.AWAIT_RETOUR not in case.open
    assert case.m.support
    assert case.m.support.number == "1001"


def test_a_rejected_request_is_for_a_person_who_may_have_it_sent_again() -> None:
    case = asked()
    case.do(retour(case, "9332"))
    assert TaskKind.AWAIT_RETOUR not in case.open
    assert case.m.support
    assert case.m.support.number is None
    assert case.happened(e.DeliveryFailed)[-1].code == "retour_9332"
    case.answer(a.DeliveryAnswer(way="try_again"))
    assert len(case.done(RequestSupport)) == 2
    known(case, "DM2", "1002")
    assert case.task(TaskKind.AWAIT_RETOUR).about == "DM2"


def test_a_rejection_that_is_quicker_than_our_own_record_leaves_the_request_unknown() -> None:
    case = along(upto="accept")
    known(case.do(retour(case, "0001")))
    assert case.m.support
    assert case.m.support.number is None
    assert case.done(CancelSupport) == []


def test_the_same_retour_twice_is_one_retour() -> None:
    case = asked()
    case.do(retour(case, "0001")).do(retour(case, "0001"))
    assert len(case.happened(e.RetourReceived)) == 1
    assert case.open.count(TaskKind.RESOLVE_DELIVERY) == 1


def test_a_person_may_have_the_message_sent_again_or_say_that_it_was_received() -> None:
    case = asked().answer(a.RetourAnswer(way="send_again"), PROVIDER)
    assert len(case.done(RequestSupport)) == 2
    known(case, "DM2")
    assert case.task(TaskKind.AWAIT_RETOUR).about == "DM2"
    case.answer(a.RetourAnswer(way="received"), PROVIDER)
    assert TaskKind.AWAIT_RETOUR not in case.open
    assert len(case.done(RequestSupport)) == 2


def test_the_withdrawal_of_a_request_waits_for_its_own_retour() -> None:
    case = asked().do(c.WithdrawOffer(by=along().municipality, reason=c.WithdrawalReason.OTHER))
    assert TaskKind.AWAIT_RETOUR not in case.open
    assert [(x.number, x.ended_on) for x in case.done(CancelSupport)] == [("1001", None)]
    case.do(c.LearnSent(by=SYSTEM, provider="kwintes", message="DM2"))
    assert case.task(TaskKind.AWAIT_RETOUR).about == "DM2"
    cancelled = case.done(CancelSupport)[0]
    case.do(c.LearnRetour(by=SYSTEM, message="DM2", number="1001", effect=cancelled, codes=("9385",)))
    assert TaskKind.RESOLVE_DELIVERY in case.open


def test_a_rejection_of_what_is_no_longer_asked_bothers_nobody() -> None:
    case = asked().do(c.WithdrawOffer(by=along().municipality, reason=c.WithdrawalReason.OTHER))
    case.do(retour(case, "0001"))
    assert TaskKind.RESOLVE_DELIVERY not in case.open


def test_nothing_waits_for_a_retour_when_the_mediation_has_ended() -> None:
    case = asked().withdraws().do(c.LearnSent(by=SYSTEM, provider="kwintes", message="DM2"))
    assert case.open == []
    case.do(retour(case, "0001"))
    assert case.m.stage is Stage.CLOSED


def test_a_start_that_is_known_already_is_read_as_soon_as_it_is_asked() -> None:
    case = asked().sign().plan_support().keys()
    task = case.task(TaskKind.START_SUPPORT)
    assert [x.task for x in case.done(ReadSupport)][-1:] == [task.id]


def test_another_provider_after_the_start_ends_the_support_of_the_former_on_that_day() -> None:
    case = started().do(c.ChangeProvider(by=along().municipality, provider="blijf-groep", note=NOTE))
    assert [(x.provider, x.number, x.ended_on) for x in case.done(CancelSupport)] == [("kwintes", "1001", case.today)]
    assert not any(task.owner == "kwintes" for task in case.m.tasks)


def test_the_retour_of_a_provider_that_has_left_is_watched_for_by_the_municipality() -> None:
    case = started().do(c.ChangeProvider(by=along().municipality, provider="blijf-groep", note=NOTE))
    case.do(c.LearnSent(by=SYSTEM, provider="kwintes", message="DM2"))
    assert case.task(TaskKind.AWAIT_RETOUR).owner == "kwintes", "who was named at the referral stays in the mediation"
    case.start_support().do(c.ChangeProvider(by=along().municipality, provider="de-brug", note=NOTE))
    left = actor(Role.CARE_PROVIDER, "blijf-groep", "system")
    case.do(c.LearnSent(by=left, provider="blijf-groep", message="DM3"))
    assert {t.about: t.owner for t in case.m.tasks if t.kind is TaskKind.AWAIT_RETOUR} == {"DM3": "almere"}


def test_a_stop_is_noted_and_the_municipality_finds_out_what_follows() -> None:
    case = started()
    case.do(report(case, c.SupportReport.STOPPED)).do(report(case, c.SupportReport.STOPPED))
    task = case.task(TaskKind.REVIEW_SUPPORT)
    assert (task.owner, task.about) == ("almere", "stopped")
    assert case.open.count(TaskKind.REVIEW_SUPPORT) == 1
    case.answer(a.SupportReviewAnswer(way="settled"))
    assert TaskKind.REVIEW_SUPPORT not in case.open


def test_a_start_that_is_taken_back_is_corrected_or_asked_again_by_a_person() -> None:
    case = started()
    case.do(report(case, c.SupportReport.START_WITHDRAWN))
    assert case.refused_answer(a.SupportReviewAnswer(way="corrected")) == "answer_incomplete"
    later = case.today + timedelta(days=1)
    assert case.refused_answer(a.SupportReviewAnswer(way="corrected", started_on=later)) == "support_in_future"
    case.answer(a.SupportReviewAnswer(way="corrected", started_on=case.today))
    assert case.m.support
    assert case.m.support.started_on == case.today
    case.do(report(case, c.SupportReport.START_WITHDRAWN)).answer(a.SupportReviewAnswer(way="start_again"))
    assert TaskKind.START_SUPPORT in case.open
    case.start_support()
    assert TaskKind.START_SUPPORT not in case.open


def test_a_stop_that_is_taken_back_replaces_the_question_about_it_or_is_a_question_of_its_own() -> None:
    case = started()
    case.do(report(case, c.SupportReport.STOPPED)).do(report(case, c.SupportReport.STOP_WITHDRAWN))
    assert [t.about for t in case.m.tasks if t.kind is TaskKind.REVIEW_SUPPORT] == ["stop_withdrawn"]
    case.answer(a.SupportReviewAnswer(way="settled"))
    case.do(report(case, c.SupportReport.STOPPED)).answer(a.SupportReviewAnswer(way="settled"))
    case.do(report(case, c.SupportReport.STOP_WITHDRAWN))
    task = case.task(TaskKind.REVIEW_SUPPORT)
    assert (task.owner, task.about) == ("almere", "stop_withdrawn")
    case.do(report(case, c.SupportReport.STOPPED))
    assert case.task(TaskKind.REVIEW_SUPPORT).about == "stopped"


def from_support(case: Case) -> Case:
    """A case of a city that counts the call from the start of support."""
    terms = replace(case.policy.follow_up, anchor=CallAnchor.SUPPORT_START)
    case.policy = replace(case.policy, follow_up=terms)
    return case


def call_is_due(case: Case) -> date:
    return case.policy.calendar.today(case.task(TaskKind.FOLLOW_UP_CALL).due)


def expected(case: Case, started_on: date) -> date:
    calendar = case.policy.calendar
    return calendar.working_day_from(calendar.add(started_on, case.policy.follow_up.after))


def test_a_start_that_was_none_and_is_made_again_is_what_the_call_counts_from() -> None:
    case = from_support(asked())
    case.do(retour(case)).sign().plan_support().keys().start_support()
    first = case.today
    assert call_is_due(case) == expected(case, first)
    case.do(report(case, c.SupportReport.START_WITHDRAWN)).answer(a.SupportReviewAnswer(way="start_again"))
    case.days(20).start_support()
    assert case.m.support
    assert case.m.support.first_started_on == case.m.support.started_on == case.today > first
    assert call_is_due(case) == expected(case, case.today)


def test_a_start_that_is_corrected_moves_the_call_that_counts_from_it() -> None:
    case = from_support(asked())
    case.do(retour(case)).sign().plan_support().keys().start_support().days(15)
    case.do(report(case, c.SupportReport.START_WITHDRAWN))
    case.answer(a.SupportReviewAnswer(way="corrected", started_on=case.today))
    assert call_is_due(case) == expected(case, case.today)


def test_support_that_stopped_and_starts_again_still_counts_from_its_first_start() -> None:
    case = from_support(asked())
    case.do(retour(case)).sign().plan_support().keys().start_support()
    first, due = case.today, case.task(TaskKind.FOLLOW_UP_CALL).due
    case.do(report(case, c.SupportReport.STOPPED)).answer(a.SupportReviewAnswer(way="start_again"))
    case.days(20).start_support()
    assert case.m.support
    assert case.m.support.first_started_on == first
    assert case.task(TaskKind.FOLLOW_UP_CALL).due == due


@pytest.mark.parametrize("number", ["999", "1001"])
def test_what_is_reported_of_support_that_has_not_started_or_is_not_ours_changes_nothing(number: str) -> None:
    case = asked() if number == "1001" else started()
    before = len(case.events)
    case.do(report(case, c.SupportReport.STOPPED, number))
    assert len(case.events) == before


def test_only_the_provider_s_own_system_may_say_so() -> None:
    case = started()
    other = actor(Role.CARE_PROVIDER, "blijf-groep", "system")
    for by in (PROVIDER, other):
        assert case.refused(replace(retour(case), by=by)).rule == "not_yours"
        said = replace(report(case, c.SupportReport.STOPPED), by=by)
        assert case.refused(said).rule == "not_yours"
        assert case.refused(c.LearnSent(by=by, provider="kwintes", message="DM9")).rule == "not_yours"


def test_a_start_that_is_taken_back_after_the_keys_has_support_bridged_by_the_next_working_day() -> None:
    case = started()
    case.do(report(case, c.SupportReport.START_WITHDRAWN))
    bridge = case.task(TaskKind.BRIDGE_SUPPORT)
    calendar = case.policy.calendar
    assert (bridge.owner, calendar.today(bridge.due)) == ("almere", calendar.next_working_day(case.today))
    case.answer(a.SupportReviewAnswer(way="start_again"))
    assert TaskKind.BRIDGE_SUPPORT in case.open, "until somebody supports"
    case.start_support()
    assert TaskKind.BRIDGE_SUPPORT not in case.open


def test_a_start_that_was_right_after_all_needs_no_bridge() -> None:
    case = started()
    case.do(report(case, c.SupportReport.START_WITHDRAWN)).answer(a.SupportReviewAnswer(way="settled"))
    assert TaskKind.BRIDGE_SUPPORT not in case.open


@pytest.mark.parametrize("way", ["settled", "corrected"])
def test_after_the_call_a_start_that_was_right_after_all_lets_the_mediation_go_on(
    way: Literal["settled", "corrected"],
) -> None:
    case = started()
    case.do(report(case, c.SupportReport.START_WITHDRAWN)).call_day().call()
    assert case.m.outcome is None, "somebody must still bridge"
    case.answer(a.SupportReviewAnswer(way=way, started_on=case.today if way == "corrected" else None))
    assert case.m.outcome is Outcome.HOUSED_FOLLOW_UP_HELD


def test_support_of_another_provider_that_has_not_started_stays_bridged() -> None:
    case = started()
    case.do(report(case, c.SupportReport.START_WITHDRAWN))
    case.answer(a.BridgeAnswer(way="other_provider", by="blijf-groep")).answer(a.StartAnswer(unable=True))
    case.answer(a.SupportReviewAnswer(way="settled"))
    assert TaskKind.BRIDGE_SUPPORT in case.open, "nobody supports the client yet"
