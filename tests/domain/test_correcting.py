"""An answer that was wrong: the right one takes its place, and what hangs on it follows."""

from collections.abc import Callable
from datetime import date, timedelta
from itertools import pairwise

import pytest

from domain.decide.catalogue import SPECS
from domain.facts.outcome import Outcome, Stage
from domain.facts.parties import Role
from domain.facts.rules import RuleName
from domain.facts.signals import SignalKind
from domain.facts.tasks import TaskKind
from domain.facts.value import replace
from domain.messages import answers as a
from domain.messages.effects import Audience, GiveNotice, Letter
from domain.policy.policy import CountsAt, LeaseForm
from domain.state import events as e
from domain.state.mediation import OfferState
from sandbox.driven import road
from tests.domain.case import NOTE, Case, actor, along, assert_all_let_go, policy_of
from tests.domain.test_room import CAPACITY, with_capacity
from tests.domain.test_viewing import offered, planned

TEAM = actor(Role.DISTRICT_TEAM, "wijkteam-west")
FINE, LIGHT = road.called(a.CallResult.FINE), road.called(a.CallResult.LIGHT_HELP)


def day_of(case: Case, kind: TaskKind) -> date:
    return case.policy.calendar.today(case.task(kind).due)


def test_every_kind_of_answer_is_corrected_or_stands_by_name_with_what_mends_it() -> None:
    instead = {kind: spec.mended_by for kind, spec in SPECS.items() if not spec.may_be_corrected}
    assert [kind for kind, rule in instead.items() if rule is None] == [], "say how it is corrected, or what mends it"
    assert [kind for kind, spec in SPECS.items() if spec.may_be_corrected and spec.mended_by] == []
    assert set(instead.values()) == {
        RuleName.CORRECT_BY_STEP_BACK,
        RuleName.CORRECT_BY_DECISION,
        RuleName.CORRECT_BY_COMMAND,
        RuleName.CORRECT_WITH_NEXT,
    }


def test_keys_a_week_later_move_everything_that_counts_from_them() -> None:
    """Three months after 22 June 2026 is 22 September, six weeks after it 3 August, both working days."""
    case = along(policy=policy_of("almere"), upto="keys").on(date(2026, 6, 22)).start_support()
    assert case.m.lease.handed_over_on == date(2026, 6, 15)
    assert day_of(case, TaskKind.FOLLOW_UP_CALL) == date(2026, 9, 15)
    assert day_of(case, TaskKind.AGREE_PLAN) == date(2026, 7, 15)
    assert day_of(case, TaskKind.HOLD_TALK) == date(2026, 7, 27)
    case.corrected(a.KeysAnswer(on=date(2026, 6, 22)))
    assert case.m.lease.handed_over_on == date(2026, 6, 22)
    assert day_of(case, TaskKind.FOLLOW_UP_CALL) == date(2026, 9, 22)
    assert day_of(case, TaskKind.AGREE_PLAN) == date(2026, 7, 22)
    assert day_of(case, TaskKind.HOLD_TALK) == date(2026, 8, 3)
    assert case.readers(Letter.APPOINTMENT_MOVED) == {"client", "guide"}
    [corrected] = case.happened(e.AnswerCorrected)
    assert (corrected.task, corrected.was, corrected.answer, corrected.note) == (
        "hand_over_keys-1",
        a.KeysAnswer(on=date(2026, 6, 15)),
        a.KeysAnswer(on=date(2026, 6, 22)),
        NOTE,
    )


def test_a_second_click_and_keys_that_cannot_be_right_are_refused() -> None:
    case = along(upto="keys").days(7)
    right = a.KeysAnswer(on=case.today)
    case.corrected(right)
    assert case.refused(case.correcting(right)).rule is RuleName.NOTHING_TO_CORRECT
    tomorrow = case.refused(case.correcting(a.KeysAnswer(on=case.today + timedelta(days=1))))
    assert (tomorrow.rule, tomorrow.field) == (RuleName.KEYS_IN_FUTURE, "on")
    early = case.refused(case.correcting(a.KeysAnswer(on=date(2026, 6, 12))))
    assert (early.rule, early.day) == (RuleName.KEYS_BEFORE_NOTICE, date(2026, 6, 15))
    case.corrected(a.KeysAnswer(on=date(2026, 6, 15)))
    assert case.m.lease.handed_over_on == date(2026, 6, 15), "a correction is corrected too"


def test_a_call_that_was_made_stays_made_whatever_the_keys() -> None:
    case = along().call_day().no_reply(a.DayPart.MORNING)
    due = case.task(TaskKind.FOLLOW_UP_CALL).due
    case.corrected(a.KeysAnswer(on=date(2026, 6, 22)))
    assert case.task(TaskKind.FOLLOW_UP_CALL).due == due


def test_keys_in_another_year_than_was_noted_take_their_place_along() -> None:
    case = along(upto="positive", policy=with_capacity(replace(CAPACITY, counts_at=CountsAt.KEYS)))
    case.on(date(2026, 11, 30)).list().match().confirm().accept().request_known()
    case.sign(keys_in=30).plan_support(30).keys()
    assert case.keys_day() == date(2026, 12, 30)
    assert case.m.place is not None
    assert case.m.place.year == 2026
    case.on(date(2027, 1, 4)).corrected(a.KeysAnswer(on=date(2027, 1, 4)))
    assert case.m.place is not None
    assert case.m.place.year == 2027
    assert case.last.claims
    assert case.last.releases
    case.corrected(a.KeysAnswer(on=date(2026, 12, 30)))
    assert case.m.place.year == 2026


def test_keys_that_are_agreed_a_week_later_are_told_to_the_client_and_the_receiving_team() -> None:
    case = along(upto="plan_support")
    assert case.keys_day() == date(2026, 6, 15)
    case.corrected(a.LeaseAnswer(form=case.policy.lease_forms[0], keys_on=date(2026, 6, 22)))
    assert case.keys_day() == day_of(case, TaskKind.HAND_OVER_KEYS) == date(2026, 6, 22)
    assert [notice.keys_on for notice in case.done(GiveNotice)] == [date(2026, 6, 15), date(2026, 6, 22)]
    [letter] = case.letters(Letter.KEYS_MOVED)
    assert (letter.readers, letter.by) == ((Audience.CLIENT, Audience.GUIDE), date(2026, 6, 22))
    case.keys()
    assert case.m.lease.handed_over_on == date(2026, 6, 22)


def test_keys_that_come_too_long_before_support_ask_for_a_bridge() -> None:
    case = along(upto="sign").plan_support(28)
    assert case.keys_day() == date(2026, 6, 15)
    case.corrected(a.SupportAnswer(starts_on=date(2026, 7, 20)))
    assert case.m.support is not None
    assert case.m.support.starts_on == date(2026, 7, 20)
    assert TaskKind.BRIDGE_SUPPORT in case.open
    case.on(date(2026, 6, 15))
    assert case.refused_answer(a.KeysAnswer(on=case.today)) is RuleName.SUPPORT_NOT_SECURED


def test_a_provider_that_can_start_after_all_needs_no_bridge() -> None:
    case = along(upto="sign").answer(a.SupportAnswer(unable=True))
    assert TaskKind.BRIDGE_SUPPORT in case.open
    case.corrected(a.SupportAnswer(starts_on=date(2026, 6, 15)))
    assert (case.open, case.keys_day()) == ([TaskKind.HAND_OVER_KEYS], date(2026, 6, 15))


def test_a_provider_that_can_start_after_all_is_asked_to_once_the_client_has_the_keys() -> None:
    """It said that it could not: without the bridge nobody would be asked to support a client who lives there."""
    case = along(upto="keys").answer(a.StartAnswer(unable=True))
    assert TaskKind.BRIDGE_SUPPORT in case.open
    on = case.today + timedelta(days=2)
    case.corrected(a.SupportAnswer(starts_on=on))
    assert TaskKind.BRIDGE_SUPPORT not in case.open
    assert case.policy.calendar.today(case.task(TaskKind.START_SUPPORT).due) >= on


def test_keys_wait_for_the_receiving_team_to_be_named_in_a_correction_too() -> None:
    case = Case()
    case.teams = dict.fromkeys(("centrum", "haven"))  # no team serves them
    case.looks_up = True
    case.start().ready().positive().list().match().confirm().accept().sign().answer(a.SupportAnswer(unable=True))
    assert TaskKind.NAME_RECEIVING_TEAM in case.open
    case.corrected(a.SupportAnswer(starts_on=date(2026, 6, 15)))
    assert case.m.lease.keys_on is None
    assert case.done(GiveNotice) == []


def test_a_lease_of_another_form_before_the_keys_moves_nothing_else() -> None:
    case = along(upto="plan_support")
    form = next(form for form in case.policy.lease_forms if form is not case.m.lease.form)
    letters = len(case.letters())
    case.corrected(a.LeaseAnswer(form=form, keys_on=date(2026, 6, 15)))
    assert (case.m.lease.form, case.keys_day(), len(case.letters())) == (form, date(2026, 6, 15), letters)
    failed = case.refused(case.correcting(a.LeaseAnswer(failed_check=True)))
    assert failed.rule is RuleName.CORRECT_BY_COMMAND
    case.keys()
    late = case.correcting(a.LeaseAnswer(form=LeaseForm.REGULAR, keys_on=case.today))
    assert case.refused(late).rule in {RuleName.ANSWER_COUNTS_NO_MORE, RuleName.LEASE_FORM_NOT_ALLOWED}


def test_a_start_of_support_that_was_noted_wrongly_is_put_right() -> None:
    case = along(upto="keys").days(4).start_support()
    was = case.m.support and case.m.support.started_on
    right = case.today - timedelta(days=2)
    case.corrected(a.StartAnswer(started_on=right))
    assert case.m.support is not None
    assert (case.m.support.started_on, case.m.support.first_started_on) == (right, right) != (was, was)
    refused = case.refused(case.correcting(a.StartAnswer(unable=True)))
    assert (refused.rule, refused.field) == (RuleName.CORRECT_BY_COMMAND, "unable")


@pytest.mark.parametrize("result", [a.CallResult.LIGHT_HELP, a.CallResult.ESCALATE])
def test_fine_that_was_not_fine_asks_the_receiving_team(result: a.CallResult) -> None:
    case = along(policy=policy_of("almere")).call_day().call()
    assert (case.m.stage, case.m.concluded) == (Stage.CONVERSION, Outcome.HOUSED_FOLLOW_UP_HELD)
    case.corrected(road.called(result))
    task = case.task(TaskKind.TAKE_UP_FOLLOW_ON)
    assert (task.about, task.owner, task.owner_role) == (result.value, case.m.receiving_team, Role.DISTRICT_TEAM)
    assert (case.m.concluded, case.m.call_result) == (None, result)
    case.answer(a.FollowOnAnswer(), TEAM)
    assert case.m.concluded is Outcome.HOUSED_FOLLOW_UP_HELD
    assert TaskKind.DECIDE_CONVERSION in case.open, "what went on beside it goes on"


def test_help_that_was_not_needed_after_all_is_asked_no_more() -> None:
    case = along().call_day().call(a.CallResult.LIGHT_HELP).corrected(FINE)
    assert_all_let_go(case, Outcome.HOUSED_FOLLOW_UP_HELD)
    assert case.m.call_result is a.CallResult.FINE


def test_a_client_who_was_not_spoken_to_after_all_is_called_again() -> None:
    case = along().call_day().call(a.CallResult.LIGHT_HELP)
    case.corrected(a.CallAnswer(day_part=a.DayPart.MORNING, reached=False))
    assert (case.open, case.m.call_result) == ([TaskKind.FOLLOW_UP_CALL], None)


def test_an_end_is_not_corrected_but_undone() -> None:
    case = along().call_day().call()
    assert case.m.stage is Stage.CLOSED
    assert case.refused(case.correcting(LIGHT)).rule is RuleName.CLOSED


def test_plan_and_talk_have_another_day_and_worries_after_all_become_a_signal() -> None:
    case = along(policy=policy_of("almere")).days(20)
    case.answer(a.PlanAnswer(agreed_on=case.today)).answer(a.TalkAnswer(held_on=case.today))
    before = case.today - timedelta(days=2)
    case.corrected(a.PlanAnswer(agreed_on=before))
    case.corrected(a.TalkAnswer(held_on=before, worries=True))
    assert case.m.support is not None
    assert (case.m.support.plan_on, case.m.support.talk_on) == (before, before)
    assert [signal.kind for signal in case.m.open_signals] == [SignalKind.WORRY]
    none = case.refused(case.correcting(a.TalkAnswer(held_on=before)))
    assert (none.rule, none.field) == (RuleName.CORRECT_WITH_NEXT, "worries")


def test_a_viewing_on_another_day_and_one_that_was_not_held() -> None:
    case = planned(offered(), days=3)
    case.corrected(a.ViewingPlanAnswer(on=case.today + timedelta(days=7)))
    assert day_of(case, TaskKind.HOLD_VIEWING) == case.today + timedelta(days=7)
    assert case.readers(Letter.APPOINTMENT_MOVED) == {"client", "guide"}
    case.days(7).answer(a.ViewingAnswer(held=True))
    assert case.open == [TaskKind.ANSWER_OFFER]
    case.corrected(a.ViewingAnswer(held=False))
    assert case.open == [TaskKind.PLAN_VIEWING]
    case.corrected(a.ViewingAnswer(held=True))
    assert case.open == [TaskKind.ANSWER_OFFER]
    case.accept()
    assert case.refused(case.correcting(a.ViewingAnswer(held=False))).rule is RuleName.ANSWER_COUNTS_NO_MORE


def test_the_reason_of_a_refusal_is_corrected_until_it_is_judged() -> None:
    case = along(upto="confirm").refuse(a.RefusalReason.RENT)
    case.corrected(a.ClientAnswer(accept=False, reason=a.RefusalReason.SAFETY))
    assert case.task(TaskKind.JUDGE_REFUSAL).about == "safety"
    assert case.offer.state is OfferState.REFUSED
    assert [event.reason for event in case.happened(e.OfferRefused)] == ["rent", "safety"]
    assert case.refused(case.correcting(road.accepted())).rule is RuleName.CORRECT_BY_STEP_BACK
    case.judged(valid=True)
    late = case.correcting(a.ClientAnswer(accept=False, reason=a.RefusalReason.SIZE))
    assert case.refused(late).rule is RuleName.ANSWER_COUNTS_NO_MORE


@pytest.mark.parametrize(
    ("reach", "answer", "rule"),
    [
        (lambda: along(upto="start"), road.ready(), RuleName.TASK_OPEN),
        (lambda: along(upto="ready"), road.ready(), RuleName.CORRECT_BY_STEP_BACK),
        (lambda: along(upto="confirm"), a.ConfirmationAnswer(number="O-9"), RuleName.CORRECT_BY_COMMAND),
    ],
)
def test_what_cannot_be_corrected_is_refused_with_what_mends_it(
    reach: Callable[[], Case], answer: a.TaskAnswer, rule: RuleName
) -> None:
    case = reach()
    assert case.refused(case.correcting(answer)).rule is rule


def test_only_the_municipality_corrects_and_only_an_answer_that_was_given() -> None:
    case = along(upto="keys").days(7)
    right = a.KeysAnswer(on=case.today)
    for by in (TEAM, actor(Role.CORPORATION, "ymere"), actor(Role.CARE_PROVIDER, "kwintes")):
        assert case.refused(case.correcting(right, by)).rule is RuleName.NOT_YOURS
    command = case.correcting(right)
    assert case.refused(replace(command, task="hand_over_keys-9")).rule is RuleName.NO_SUCH_TASK
    assert case.refused(replace(command, task="sign_lease-1")).rule is RuleName.WRONG_ANSWER
    mixed = a.StartAnswer(started_on=case.today, unable=True)
    case.start_support()
    assert case.refused(case.correcting(mixed)).rule is RuleName.ANSWER_CONTRADICTS


def test_an_answer_that_another_came_after_is_not_corrected() -> None:
    case = along("amersfoort", "confirm").refuse(a.RefusalReason.RENT).judged(valid=True)
    case.list().match(2).confirm()
    case.refuse(a.RefusalReason.SIZE)
    old = replace(case.correcting(a.ClientAnswer(accept=False, reason=a.RefusalReason.SAFETY)), task="answer_offer-1")
    assert case.refused(old).rule is RuleName.ANSWER_COUNTS_NO_MORE


def test_far_days_are_refused_in_a_correction_too() -> None:
    case = along(upto="plan_support")
    far = case.correcting(a.LeaseAnswer(form=case.policy.lease_forms[0], keys_on=date(2099, 1, 1)))
    refused = case.refused(far)
    assert (refused.rule, refused.field) == (RuleName.DAY_TOO_FAR, "keys_on")


def test_what_was_said_stays_in_the_history() -> None:
    case = along(upto="keys").days(7)
    count = len(case.events)
    case.corrected(a.KeysAnswer(on=case.today))
    assert case.since(count)[:2] == ["AnswerCorrected", "KeysCorrected"]
    assert [x.on for x in case.happened(e.KeysHandedOver)] == [date(2026, 6, 15)]
    assert all(x.type != y.type or x != y for x, y in pairwise(case.events))
