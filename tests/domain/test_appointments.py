"""The viewing and the call go to the client and the guide as calendar files: planned, moved, called off."""

from datetime import date, timedelta

from domain.facts.outcome import Stage
from domain.facts.signals import SignalKind
from domain.facts.tasks import TaskKind
from domain.facts.value import replace
from domain.messages import answers as a
from domain.messages import commands as c
from domain.messages.effects import Audience, Letter, SendLetter
from domain.policy.policy import Policy
from tests.domain.case import NOTE, Case, along, main_road

BOTH = (Audience.CLIENT, Audience.GUIDE)


def viewed() -> Policy:
    return replace(main_road("almere"), viewing=True)


def planned(case: Case, on: date) -> Case:
    return case.answer(a.ViewingPlanAnswer(on=on))


def appointments(case: Case) -> list[tuple[Letter, str, date, bool]]:
    sent = [(letter.letter, letter.appointment) for letter in case.letters() if letter.appointment]
    assert [x.sequence for _, x in sent] == sorted({x.sequence for _, x in sent}), "each counts higher than before"
    assert all(letter.readers == BOTH for letter in case.letters() if letter.appointment)
    return [(letter, x.name, x.on, x.off) for letter, x in sent]


def test_a_viewing_goes_with_the_letter_that_plans_it_and_again_when_another_day_is_planned() -> None:
    case = planned(along(policy=viewed(), upto="confirm"), date(2026, 6, 5))
    assert appointments(case) == [(Letter.VIEWING_PLANNED, "viewing-1", date(2026, 6, 5), False)]
    case.on(date(2026, 6, 5)).answer(a.ViewingAnswer(held=False))
    planned(case, date(2026, 6, 9))
    assert appointments(case)[1:] == [(Letter.VIEWING_PLANNED, "viewing-1", date(2026, 6, 9), False)]


def test_a_viewing_that_is_off_is_called_off_and_one_that_was_held_is_not() -> None:
    held = planned(along(policy=viewed(), upto="confirm"), date(2026, 6, 1)).answer(a.ViewingAnswer(held=True))
    assert [x[0] for x in appointments(held)] == [Letter.VIEWING_PLANNED]
    for leave in (_withdrawn, _back, Case.withdraws):
        case = leave(planned(along(policy=viewed(), upto="confirm"), date(2026, 6, 5)))
        assert appointments(case)[-1] == (Letter.APPOINTMENT_OFF, "viewing-1", date(2026, 6, 5), True)
    dead = planned(along(policy=viewed(), upto="confirm"), date(2026, 6, 5)).dies()
    assert len(appointments(dead)) == 1, "nobody writes to the dead"


def _withdrawn(case: Case) -> Case:
    return case.do(c.WithdrawOffer(by=case.municipality, reason=c.WithdrawalReason.OTHER))


def _back(case: Case) -> Case:
    return case.steps_back(Stage.ASSESSMENT)


def test_the_viewing_of_another_offer_is_another_appointment() -> None:
    case = planned(along(policy=viewed(), upto="confirm"), date(2026, 6, 5))
    case.do(c.WithdrawOffer(by=case.municipality, reason=c.WithdrawalReason.OTHER)).match(2).confirm()
    planned(case, date(2026, 6, 9))
    assert [(x[0], x[1]) for x in appointments(case)] == [
        (Letter.VIEWING_PLANNED, "viewing-1"),
        (Letter.APPOINTMENT_OFF, "viewing-1"),
        (Letter.VIEWING_PLANNED, "viewing-2"),
    ]


def test_the_call_is_planned_moved_by_a_pause_and_over_when_it_was_made() -> None:
    case = along()
    due = case.policy.calendar.today(case.task(TaskKind.FOLLOW_UP_CALL).due)
    assert appointments(case) == [(Letter.CALL_PLANNED, "call-1", due, False)]
    case.paused().days(10).resumed()
    moved = due + timedelta(days=10)
    assert appointments(case)[1:] == [(Letter.APPOINTMENT_MOVED, "call-1", moved, False)]
    case.call_day().call()
    assert len(appointments(case)) == 2


def test_a_call_that_does_not_come_is_called_off() -> None:
    case = along().signals(SignalKind.WORRY).answer(a.ClientContactAnswer(result="no_contact"))
    case.answer(a.VisitAnswer(seen=False)).answer(a.ConferenceAnswer(result="placement_failed", note=NOTE))
    case.answer(case.hearing(a.HearingResult.STANDS))
    assert [(x[0], x[3]) for x in appointments(case)][-1] == (Letter.APPOINTMENT_OFF, True)


def test_another_policy_that_moves_the_call_moves_the_appointment() -> None:
    case = along()
    later = replace(case.policy.follow_up, after=case.policy.follow_up.after.model_validate("4 months"))
    policy = replace(case.policy, follow_up=later, version="2026-02-02")
    case.do(c.AdoptPolicy(by=case.municipality, policy=policy, note=NOTE))
    letter, name, _, off = appointments(case)[-1]
    assert (letter, name, off) == (Letter.APPOINTMENT_MOVED, "call-1", False)


def test_where_the_policy_does_not_ask_for_it_nothing_of_it_goes() -> None:
    policy = main_road("almere")
    silent = replace(policy, reminders=replace(policy.reminders, invitations=False))
    case = along(policy=silent)
    planned(viewing := along(policy=replace(silent, viewing=True), upto="confirm"), date(2026, 6, 5))
    viewing.withdraws()
    for one in (case.withdraws(), viewing):
        assert not [letter for letter in one.done(SendLetter) if letter.appointment]
        kinds = {Letter.CALL_PLANNED, Letter.APPOINTMENT_MOVED, Letter.APPOINTMENT_OFF}
        assert not kinds & {letter.letter for letter in one.letters()}
