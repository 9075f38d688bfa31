"""Support that does not start in time after the keys: somebody's task whatever brought it about, and no secret.

The keys of the main road are on 15 June 2026. Almere has support start within two weeks after them: by 29 June.
"""

from collections.abc import Callable
from datetime import date, timedelta

import pytest

from domain.facts.calendar import Term
from domain.facts.outcome import Stage
from domain.facts.rules import RuleName
from domain.facts.tasks import TaskKind
from domain.facts.value import replace
from domain.messages import answers as a
from domain.messages import commands as c
from domain.messages.effects import FreeDwelling, GiveNotice, Letter
from domain.state import events as e
from domain.state.mediation import OfferState
from tests.domain.case import NOTE, Case, along, main_road
from tests.domain.test_onward import GROUND, lease

KEYS, IN_TIME, LATE = date(2026, 6, 15), date(2026, 6, 29), date(2026, 6, 30)
OTHER = "blijf-groep"
TIMELY, TOO_LATE = a.SupportAnswer(starts_on=IN_TIME), a.SupportAnswer(starts_on=LATE)
MORE_TIME, AT_START = a.BridgeAnswer(way="more_time"), a.BridgeAnswer(way="keys_at_start")


def first_answer(case: Case, answer: a.SupportAnswer) -> Case:
    """Correct what the provider said the first time."""
    command = c.CorrectAnswer(by=case.municipality, task="confirm_support-1", answer=answer, note=NOTE)
    return case.do(command)


def planned() -> Case:
    """The keys are planned, and support starts in time."""
    return along(upto="sign").answer(TIMELY)


def asked_again() -> Case:
    """The keys are planned for 15 June, and the provider was given more time when it could not start."""
    return planned().corrected(a.SupportAnswer(unable=True)).answer(MORE_TIME)


BROUGHT_ABOUT: dict[str, Callable[[], Case]] = {
    "answered": lambda: asked_again().answer(TOO_LATE),
    "corrected": lambda: planned().corrected(TOO_LATE),
    "corrected, and asked again": lambda: planned().corrected(TOO_LATE).answer(MORE_TIME).answer(TOO_LATE),
    "after the keys": lambda: planned().keys().corrected(TOO_LATE),
    "unable after the keys": lambda: planned().keys().answer(a.StartAnswer(unable=True)).corrected(TOO_LATE),
}


@pytest.mark.parametrize("how", BROUGHT_ABOUT)
def test_a_gap_is_the_municipalitys_task_whatever_brought_it_about(how: str) -> None:
    case = BROUGHT_ABOUT[how]()
    assert case.m.lease.keys_on == KEYS
    assert case.task(TaskKind.BRIDGE_SUPPORT).owner == "almere"
    assert not [one for one in case.letters(Letter.SUPPORT_STARTS) if one.by == LATE], "a day that may not stay"


def test_keys_that_move_before_a_start_that_was_in_time_make_a_gap_and_close_one() -> None:
    case = along(upto="accept").sign(keys_in=28).answer(a.SupportAnswer(starts_on=date(2026, 7, 10)))
    case.corrected(a.LeaseAnswer(form=case.m.lease.form, keys_on=KEYS))
    assert case.open == [TaskKind.HAND_OVER_KEYS, TaskKind.BRIDGE_SUPPORT]
    assert [one.told and one.told.since for one in case.letters(Letter.SUPPORT_OFF)] == [date(2026, 7, 10)]
    case.corrected(a.LeaseAnswer(form=case.m.lease.form, keys_on=date(2026, 6, 29)))
    assert case.open == [TaskKind.HAND_OVER_KEYS]
    assert [one.by for one in case.letters(Letter.SUPPORT_STARTS)] == [date(2026, 7, 10)] * 2


def test_a_correction_cancels_what_was_asked_because_of_the_answer_that_it_replaces() -> None:
    case = along(upto="sign").answer(TOO_LATE).answer(MORE_TIME)
    assert case.open == [TaskKind.CONFIRM_SUPPORT]
    first_answer(case, TIMELY)
    assert case.open == [TaskKind.HAND_OVER_KEYS]


def test_what_a_former_provider_said_is_not_corrected_as_if_the_present_one_had() -> None:
    case = along(upto="sign").answer(TOO_LATE).answer(a.BridgeAnswer(way="other_provider", by=OTHER))
    command = c.CorrectAnswer(by=case.municipality, task="confirm_support-1", answer=TIMELY, note=NOTE)
    assert case.refused(command).rule is RuleName.ANSWER_COUNTS_NO_MORE


@pytest.mark.parametrize("unable", [a.SupportAnswer(unable=True), a.StartAnswer(unable=True)])
def test_a_start_of_which_the_client_was_told_and_that_falls_away_is_told(unable: a.TaskAnswer) -> None:
    case = planned()
    assert [one.by for one in case.letters(Letter.SUPPORT_STARTS)] == [IN_TIME]
    if isinstance(unable, a.StartAnswer):
        case.keys().answer(unable)
    else:
        case.corrected(unable)
    assert case.readers(Letter.SUPPORT_OFF) == {"client", "guide"}
    assert [one.told and one.told.since for one in case.letters(Letter.SUPPORT_OFF)] == [IN_TIME]


def test_a_day_that_was_never_told_does_not_fall_away_and_a_bridge_has_the_day_told() -> None:
    case = along(upto="sign").answer(TOO_LATE)
    assert not case.letters(Letter.SUPPORT_STARTS)
    case.answer(a.BridgeAnswer(way="bridge", by="leger-des-heils"))
    assert [one.by for one in case.letters(Letter.SUPPORT_STARTS)] == [LATE]
    assert not case.letters(Letter.SUPPORT_OFF)


# -- the keys wait for support -------------------------------------------------------------------------------------


def test_the_keys_are_planned_for_the_day_on_which_support_starts() -> None:
    case = along(upto="sign").answer(TOO_LATE).answer(AT_START)
    assert (case.open, case.keys_day()) == ([TaskKind.HAND_OVER_KEYS], LATE)
    assert [one.keys_on for one in case.done(GiveNotice)] == [LATE]
    assert [one.by for one in case.letters(Letter.KEYS_PLANNED)] == [LATE]
    case.keys().on(LATE).answer(a.StartAnswer(started_on=LATE))
    assert case.m.stage is Stage.FOLLOW_UP


def test_keys_that_were_planned_move_to_that_day_and_stay_there_when_the_lease_is_corrected_otherwise() -> None:
    case = planned().corrected(TOO_LATE).answer(AT_START)
    assert (case.open, case.keys_day()) == ([TaskKind.HAND_OVER_KEYS], LATE)
    assert [one.by for one in case.letters(Letter.KEYS_MOVED)] == [LATE]
    form = next(form for form in case.policy.lease_forms if form is not case.m.lease.form)
    case.corrected(a.LeaseAnswer(form=form, keys_on=KEYS))
    assert case.keys_day() == LATE
    assert case.open == [TaskKind.HAND_OVER_KEYS]


def test_support_that_starts_in_a_weekend_has_the_keys_on_the_first_working_day_after_it() -> None:
    case = along(upto="sign").answer(a.SupportAnswer(starts_on=date(2026, 7, 4))).answer(AT_START)
    assert case.keys_day() == date(2026, 7, 6)


def test_the_keys_do_not_wait_for_a_day_that_nobody_knows_or_that_is_too_far_off() -> None:
    """Keys are agreed three months ahead at most: on 1 September after 1 June. Who says why may go further."""
    unknown = along(upto="sign").answer(a.SupportAnswer(unable=True))
    assert unknown.refused_answer(AT_START) is RuleName.START_UNKNOWN
    far = along(upto="sign").answer(a.SupportAnswer(starts_on=date(2026, 9, 2)))
    refused = far.refused(far.answering(AT_START))
    assert (refused.rule, refused.day) == (RuleName.DAY_TOO_FAR, date(2026, 9, 1))
    far.answer(replace(AT_START, note=NOTE))
    assert far.keys_day() == date(2026, 9, 2)
    housed = planned().keys().answer(a.StartAnswer(unable=True))
    assert housed.refused_answer(AT_START) is RuleName.KEYS_HANDED_OVER


def test_however_often_support_starts_too_late_every_round_can_be_the_last() -> None:
    """A city that has support start within a day, and a provider that never can: the keys wait once, and that is it."""
    policy = main_road("almere")
    policy = replace(policy, support=replace(policy.support, starts_within=Term.model_validate("1 day")))
    case = along(policy=policy, upto="sign")
    for _ in range(5):
        case.answer(TOO_LATE).answer(MORE_TIME)
    case.answer(TOO_LATE).answer(AT_START).keys()
    assert case.m.lease.handed_over_on == LATE


# -- a temporary lease ---------------------------------------------------------------------------------------------


def short_lease(ends_on: date) -> Case:
    case = along("amersfoort", "request_known")
    return case.answer(lease(case, legal_ground=GROUND, ends_on=ends_on, keys_on=KEYS))


def test_the_keys_do_not_come_when_a_temporary_lease_is_over() -> None:
    case = short_lease(date(2026, 7, 1)).answer(a.SupportAnswer(starts_on=date(2026, 7, 1)))
    refused = case.refused(case.answering(AT_START))
    assert (refused.rule, refused.day) == (RuleName.KEYS_AFTER_LEASE, date(2026, 7, 1))


def test_keys_that_can_only_be_planned_after_the_lease_are_the_municipalitys_to_see_to() -> None:
    case = short_lease(date(2026, 6, 16)).on(date(2026, 6, 12)).answer(a.SupportAnswer(starts_on=date(2026, 6, 15)))
    assert case.m.lease.keys_on is None
    assert TaskKind.BRIDGE_SUPPORT in case.open


def test_keys_are_not_handed_over_on_the_day_on_which_the_lease_ends_though_nobody_noted_that_yet() -> None:
    case = short_lease(date(2026, 7, 1)).answer(a.SupportAnswer(starts_on=KEYS)).on(date(2026, 6, 30))
    case.now += timedelta(days=1)
    assert case.refused_answer(a.KeysAnswer(on=date(2026, 7, 1))) is RuleName.KEYS_AFTER_LEASE
    case.answer(a.KeysAnswer(on=date(2026, 6, 30)))
    assert case.m.stage is Stage.SUPPORT_START


@pytest.mark.parametrize("planned", [True, False])
def test_a_temporary_lease_that_ends_before_the_keys_falls_through_and_people_hear_of_it(planned: bool) -> None:
    case = short_lease(date(2026, 7, 15))
    if planned:
        case.answer(a.SupportAnswer(starts_on=KEYS))
    case.on(date(2026, 7, 14))
    assert not case.happened(e.LeaseFailed)
    case.days(14)
    assert case.offer.state is OfferState.FAILED_CHECK
    assert (case.m.stage, case.open) == (Stage.OFFER, [TaskKind.MAKE_OFFER])
    assert case.m.counted_refusals == 0
    assert case.done(FreeDwelling)
    assert case.readers(Letter.OFFER_WITHDRAWN) == {"client", "guide"}
    assert case.readers(Letter.LEASE_RAN_OUT) == {case.policy.municipality}


def test_a_correction_that_has_the_lease_end_before_the_keys_is_refused() -> None:
    case = short_lease(date(2026, 8, 1)).answer(a.SupportAnswer(starts_on=date(2026, 6, 30))).answer(AT_START)
    answer = lease(case, legal_ground=GROUND, ends_on=date(2026, 6, 20), keys_on=KEYS)
    refused = case.refused(case.correcting(answer))
    assert (refused.rule, refused.field) == (RuleName.KEYS_AFTER_LEASE, "ends_on")
