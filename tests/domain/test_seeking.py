"""An urgency that ends and was not decided on: told on the day, and nothing is sought until it is extended.

Almere's urgency of 1 June 2026 is valid for six months, to and including 1 December.
"""

from datetime import UTC, date, datetime

import pytest

from domain.facts.clocks import ClockKind
from domain.facts.outcome import Outcome, Stage
from domain.facts.tasks import TaskKind
from domain.facts.terms import end_of
from domain.messages import answers as a
from domain.messages import commands as c
from domain.messages.effects import Letter, ListDwellings
from domain.state import events as e
from tests.domain.case import NOTE, Case, along
from tests.domain.test_acceptance import YMERE

AFTER = date(2026, 12, 2)


def ran_out(upto: str = "list") -> Case:
    case = along(upto=upto).on(AFTER)
    assert case.clock(ClockKind.URGENCY).expired
    return case


def test_the_client_and_the_municipality_hear_on_the_day_that_it_ended_without_a_decision() -> None:
    case = along(upto="list")
    ends_at = case.clock(ClockKind.URGENCY).ends_at
    assert ends_at.date() == date(2026, 12, 1)
    case.on(date(2026, 12, 1))
    assert not case.letters(Letter.URGENCY_RAN_OUT)
    case.on(AFTER)
    assert case.readers(Letter.URGENCY_RAN_OUT) == {"client", "guide", "almere"}
    case.days(60)
    assert len(case.letters(Letter.URGENCY_RAN_OUT)) == 2, "once"


def test_nobody_is_asked_to_choose_a_home_that_may_not_be_offered_and_the_extension_is_asked_still() -> None:
    case = ran_out()
    assert (case.m.stage, case.open) == (Stage.OFFER, [TaskKind.EXTEND_URGENCY])
    case.days(120)
    assert case.open == [TaskKind.EXTEND_URGENCY]
    assert case.task(TaskKind.EXTEND_URGENCY).escalated > 3


@pytest.mark.parametrize("hearing", [False, True])
def test_an_urgency_that_is_extended_after_all_has_a_home_sought_again(hearing: bool) -> None:
    case = ran_out()
    listed = len(case.done(ListDwellings))
    if hearing:
        case.answer(a.UrgencyAnswer(extend=False, note=NOTE))
        case.answer(case.hearing(a.HearingResult.DROPPED))
    else:
        case.answer(a.UrgencyAnswer(extend=True))
    assert (case.m.stage, case.open) == (Stage.OFFER, [TaskKind.MAKE_OFFER])
    assert len(case.done(ListDwellings)) == listed + 1
    assert case.readers(Letter.URGENCY_EXTENDED) == {"client", "guide"}
    case.list().match(2).confirm()
    assert case.m.stage is Stage.ACCEPTANCE


def test_one_that_is_not_extended_ends_it() -> None:
    case = ran_out().answer(a.UrgencyAnswer(extend=False, note=NOTE))
    case.answer(case.hearing(a.HearingResult.STANDS))
    assert case.m.outcome is Outcome.URGENCY_EXPIRED


def test_an_offer_that_was_made_in_time_goes_on_and_when_it_falls_through_nothing_is_sought() -> None:
    case = along(upto="list").on(date(2026, 11, 30)).match().confirm().on(AFTER)
    assert case.readers(Letter.URGENCY_RAN_OUT) == {"client", "guide", "almere"}
    assert case.m.stage is Stage.ACCEPTANCE
    case.do(c.WithdrawOffer(by=YMERE, reason=c.WithdrawalReason.OTHER))
    assert (case.m.stage, case.open) == (Stage.OFFER, [TaskKind.EXTEND_URGENCY])
    case.answer(a.UrgencyAnswer(extend=True))
    assert case.open == [TaskKind.MAKE_OFFER]


def test_an_offer_that_the_corporation_declines_after_the_end_has_nothing_sought_either() -> None:
    case = along(upto="list").on(date(2026, 11, 30)).match().on(AFTER)
    case.answer(a.ConfirmationAnswer(declined=a.CorporationDecline.UNAVAILABLE))
    assert case.open == [TaskKind.EXTEND_URGENCY]


def test_who_waited_for_a_place_waits_again_from_when_the_urgency_is_extended_and_takes_none_before() -> None:
    case = Case()
    case.full = True
    case.start().ready().positive()
    assert case.open == [TaskKind.AWAIT_PLACE]
    case.on(AFTER)
    assert case.open == [TaskKind.EXTEND_URGENCY]
    case.full = False
    case.days(60)
    assert not case.happened(e.PlaceReserved)
    case.answer(a.UrgencyAnswer(extend=True))
    assert case.m.place is not None
    assert case.open == [TaskKind.MAKE_OFFER]


def test_no_home_is_sought_while_the_client_is_heard_on_losing_the_urgency_also_when_it_is_extended_meanwhile() -> None:
    case = ran_out().do(c.StepBack(by=Case().municipality, to=Stage.READINESS, agreed=False, note=NOTE))
    assert case.open == [TaskKind.EXTEND_URGENCY, TaskKind.HEAR_CLIENT]
    case.answer(a.UrgencyAnswer(extend=True))
    assert case.open == [TaskKind.HEAR_CLIENT]
    case.answer(case.hearing(a.HearingResult.DROPPED))
    assert case.open == [TaskKind.MAKE_OFFER]


# -- notice that the decision takes longer -------------------------------------------------------------------------


def test_notice_that_the_decision_takes_longer_is_asked_within_the_term() -> None:
    """Eight weeks after Monday 2 November 2026 is Monday 28 December (Awb 4:14 lid 3: within the term). Five working
    days after the warning of a week before it would be Tuesday 29 December, for Christmas lies between.
    """
    case = Case(now=datetime(2026, 11, 2, 8, tzinfo=UTC))
    case.start()
    term = case.clock(ClockKind.DECISION_TERM)
    assert term.ends_at == end_of(case.policy.calendar, date(2026, 12, 28))
    case.on(date(2026, 12, 22))
    task = case.task(TaskKind.EXTEND_DECISION_TERM)
    assert case.policy.calendar.today(task.due) == date(2026, 12, 28)
    assert task.due <= term.ends_at
    case.until(task.due).answer(a.TermExtensionAnswer(note=NOTE))
    assert case.happened(e.ClockExtended)
