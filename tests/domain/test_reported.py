"""No partner alone ends a case: a death or a withdrawal is reported, and the municipality finds out if it is so."""

from datetime import timedelta

import pytest

from domain.facts.absences import AbsenceKind
from domain.facts.outcome import Outcome, Stage
from domain.facts.parties import Actor, Role
from domain.facts.signals import SignalKind
from domain.facts.tasks import TaskKind
from domain.facts.value import replace
from domain.messages import answers as a
from domain.messages import commands as c
from domain.messages.effects import Audience, Letter, SendLetter
from domain.state import events as e
from domain.state.mediation import OfferState
from tests.domain.case import NOTE, STEPS, Case, actor, along

INSTITUTION = actor(Role.INSTITUTION, "leger-des-heils")
TEAM = actor(Role.DISTRICT_TEAM, "wijkteam-west")
PROVIDER = actor(Role.CARE_PROVIDER, "kwintes")
CORPORATION = actor(Role.CORPORATION, "ymere")
PARTNERS = (INSTITUTION, TEAM, PROVIDER, CORPORATION)
FAMILY, CLIENT = a.KnownFrom.FAMILY, a.KnownFrom.CLIENT


def death(by: Actor = PROVIDER) -> c.ReportDeath:
    return c.ReportDeath(by=by, source=FAMILY, note=NOTE)


def leaving(by: Actor = INSTITUTION) -> c.Withdraw:
    return c.Withdraw(by=by, source=CLIENT, reason=c.ClientWithdrawal.STAYS_IN_CARE, note=NOTE)


def to_the_client(case: Case, since: int) -> list[SendLetter]:
    return [x for x in case.effects[since:] if isinstance(x, SendLetter) and Audience.CLIENT in x.readers]


# -- a reported death ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("by", PARTNERS)
def test_a_death_that_a_partner_reports_ends_nothing_until_the_municipality_confirms_it(by: Actor) -> None:
    case = along(upto="accept")
    stage, tasks = case.m.stage, set(case.open)
    case.do(death(by))
    assert case.m.stage is stage
    assert set(case.open) == tasks | {TaskKind.CONFIRM_DEATH}
    task = case.task(TaskKind.CONFIRM_DEATH)
    assert (task.owner, task.about) == ("almere", by.organisation)
    assert task.due <= case.policy.calendar.deadline(case.now, case.policy.tasks[TaskKind.CONFIRM_DEATH].due)
    assert task.escalations
    (reported,) = case.happened(e.DeathReported)
    assert (reported.reporter, reported.source, reported.note) == (by.organisation, FAMILY, NOTE)
    assert "almere" in case.readers(Letter.TASK_OPENED), "told at once"
    case.answer(a.DeathConfirmationAnswer(confirmed=True, source=a.KnownFrom.AUTHORITY))
    assert case.m.outcome is Outcome.DIED
    assert by.organisation in case.readers(Letter.CLOSED)


@pytest.mark.parametrize("by", PARTNERS)
def test_who_reports_says_how_it_is_known(by: Actor) -> None:
    case = along(upto="accept")
    assert case.refused(c.ReportDeath(by=by)).rule == "answer_incomplete"
    assert case.refused(c.ReportDeath(by=by, source=a.KnownFrom.OTHER)).rule == "answer_incomplete"
    assert case.refused(c.ReportDeath(by=case.municipality)).rule == "answer_incomplete"
    whole = leaving(by)
    for lacking in (replace(whole, source=None), replace(whole, reason=None), replace(whole, note=None)):
        assert case.refused(lacking).rule == "answer_incomplete"


def test_no_partner_confirms_its_own_report() -> None:
    case = along(upto="accept").do(death()).do(leaving())
    for by in PARTNERS:
        assert case.refused_answer(a.DeathConfirmationAnswer(confirmed=True, source=FAMILY), by) == "not_yours"
        told = a.WithdrawalConfirmationAnswer(confirmed=True, spoke_on=case.today, note=NOTE)
        assert case.refused_answer(told, by) == "not_yours"


def test_a_second_report_of_the_same_changes_nothing() -> None:
    case = along(upto="accept").do(death()).do(leaving())
    assert case.refused(death(TEAM)).rule == "already_reported"
    assert case.refused(leaving(TEAM)).rule == "already_reported"


def test_letters_to_the_client_stop_at_once_and_go_when_the_client_lives() -> None:
    case = along(upto="match").do(death())
    since = len(case.effects)
    case.confirm().accept()
    assert to_the_client(case, since) == []
    assert any(x.readers == (Audience.GUIDE,) for x in case.effects[since:] if isinstance(x, SendLetter))
    waiting = [held.letter for held in case.m.held_letters]
    assert all(held.readers == (Audience.CLIENT,) for held in case.m.held_letters)
    assert waiting
    case.answer(a.DeathConfirmationAnswer(confirmed=False, note=NOTE))
    gone = to_the_client(case, since)
    assert {x.letter for x in gone} <= set(waiting)
    assert case.m.held_letters == ()
    assert case.m.reported_death is None
    assert case.readers(Letter.REPORT_DENIED) == {"kwintes"}
    case.sign().plan_support()
    assert Letter.KEYS_PLANNED in {x.letter for x in to_the_client(case, since)}, "from now on as before"


def test_a_letter_that_was_on_its_way_waits_and_goes_when_the_client_lives() -> None:
    letter = SendLetter(key="m-1:x:1", letter=Letter.URGENCY_GRANTED, readers=(Audience.CLIENT,))
    case = along(upto="match").do(death()).do(c.LearnHeldBack(by=Case().engine, letter=letter))
    assert [held.letter for held in case.m.held_letters] == [Letter.URGENCY_GRANTED]
    since = len(case.effects)
    case.answer(a.DeathConfirmationAnswer(confirmed=False))
    assert [x.letter for x in to_the_client(case, since)] == [Letter.URGENCY_GRANTED]
    late = case.do(c.LearnHeldBack(by=case.engine, letter=letter))
    assert to_the_client(late, since)[-1].letter is Letter.URGENCY_GRANTED, "held back, and denied meanwhile"


def test_letters_wait_for_the_end_of_a_pause_as_well() -> None:
    case = along(upto="match").paused().do(death())
    case.do(c.AnswerTask(by=CORPORATION, task="confirm_offer-1", answer=a.ConfirmationAnswer(number="O-1")))
    waiting = case.m.held_letters
    assert waiting
    since = len(case.effects)
    case.answer(a.DeathConfirmationAnswer(confirmed=False))
    assert to_the_client(case, since) == []
    case.do(c.ResumeMediation(by=case.municipality))
    assert to_the_client(case, since)
    again = along(upto="match").paused().do(death())
    again.do(c.AnswerTask(by=CORPORATION, task="confirm_offer-1", answer=a.ConfirmationAnswer(number="O-1")))
    since = len(again.effects)
    again.do(c.ResumeMediation(by=again.municipality))
    assert to_the_client(again, since) == []
    assert again.m.held_letters


@pytest.mark.parametrize("upto", STEPS)
def test_the_municipality_ends_a_case_itself_and_says_how_it_knows(upto: str) -> None:
    assert along(upto=upto).do(death(Case().municipality)).m.outcome is Outcome.DIED


# -- a reported withdrawal -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("by", PARTNERS)
def test_a_withdrawal_counts_when_the_municipality_has_asked_the_client(by: Actor) -> None:
    case = along(upto="accept").do(leaving(by))
    assert case.m.stage is Stage.ACCEPTANCE
    assert case.task(TaskKind.CONFIRM_WITHDRAWAL).owner == "almere"
    case.answer(a.WithdrawalConfirmationAnswer(confirmed="unreached"))
    assert case.m.stage is Stage.ACCEPTANCE, "nothing stops"
    assert case.task(TaskKind.CONFIRM_WITHDRAWAL).about == by.organisation
    yes = a.WithdrawalConfirmationAnswer(confirmed=True, spoke_on=case.today, note=NOTE)
    for lacking in (replace(yes, spoke_on=None), replace(yes, note=None)):
        assert case.refused_answer(lacking) == "answer_incomplete"
    case.answer(yes)
    assert case.m.outcome is Outcome.WITHDRAWN_BY_CLIENT
    assert case.happened(e.MediationClosed)[0].withdrawal is c.ClientWithdrawal.STAYS_IN_CARE
    assert {"client", by.organisation} <= case.readers(
        Letter.CLOSED, Letter.STOPPED_AT_REQUEST, Letter.ENDED_AT_INSTITUTION
    )


def test_who_reported_a_withdrawal_hears_that_the_client_goes_on() -> None:
    case = along(upto="accept").do(leaving())
    tasks = set(case.open) - {TaskKind.CONFIRM_WITHDRAWAL}
    case.answer(a.WithdrawalConfirmationAnswer(confirmed=False, spoke_on=case.today))
    assert (case.m.stage, set(case.open)) == (Stage.ACCEPTANCE, tasks)
    assert case.readers(Letter.REPORT_DENIED) == {"leger-des-heils"}
    assert case.do(leaving()).m.reported_withdrawal, "it may be reported once more"


@pytest.mark.parametrize("upto", ["keys", "start_support"])
@pytest.mark.parametrize("confirmed", [True, False], ids=["reported", "by the municipality"])
def test_after_the_keys_the_call_is_made_all_the_same(upto: str, confirmed: bool) -> None:
    case = along(upto=upto)
    planned = case.m.open_of(TaskKind.FOLLOW_UP_CALL)
    if confirmed:
        case.do(leaving())
        case.answer(a.WithdrawalConfirmationAnswer(confirmed=True, spoke_on=case.today, note=NOTE))
    else:
        case.do(leaving(case.municipality))
    assert case.m.outcome is None
    assert case.m.open_of(TaskKind.FOLLOW_UP_CALL) == planned
    assert case.happened(e.ClientWithdrew)[0].reason is c.ClientWithdrawal.STAYS_IN_CARE
    assert TaskKind.HOLD_CASE_CONFERENCE in case.open, "the partners decide how to go on"


def test_after_the_call_a_withdrawal_ends_what_is_left_and_keeps_the_outcome() -> None:
    case = along(upto="start_support").call_day()
    case.answer(a.CallAnswer(day_part=a.DayPart.MORNING, reached=True, result=a.CallResult.LIGHT_HELP))
    case.do(leaving(case.municipality))
    assert case.m.outcome is Outcome.HOUSED_FOLLOW_UP_HELD
    signalled = along(upto="start_support").call_day().signals(SignalKind.WORRY).call()
    assert signalled.m.concluded
    assert signalled.do(leaving(signalled.municipality)).m.outcome is Outcome.HOUSED_FOLLOW_UP_HELD


# -- absence: what cannot be undone --------------------------------------------------------------------------------


@pytest.mark.parametrize("by", PARTNERS)
@pytest.mark.parametrize("kind", [AbsenceKind.READMISSION, AbsenceKind.DETENTION])
def test_no_partner_alone_takes_an_offered_home_away(by: Actor, kind: AbsenceKind) -> None:
    case = along(upto="accept").away(kind, by)
    assert case.m.live_offer
    task = case.task(TaskKind.REVIEW_ABSENCE)
    assert task.owner == "almere"
    assert (case.policy.calendar.today(task.due) - case.today).days <= 4, "the next working day"
    back = along(upto="accept").away(kind, by)
    back.answer(a.AbsenceReviewAnswer(result="returned", on=back.today))
    assert back.offer.state is OfferState.ACCEPTED
    case.answer(a.AbsenceReviewAnswer(result="goes_on"))
    assert case.offer.state is OfferState.LET_GO
    assert case.m.stage is Stage.OFFER
    assert "client" in case.readers(Letter.ABSENCE_NOTED_OFFER_GONE)
    assert TaskKind.REVIEW_ABSENCE in case.open
    ends = along(upto="accept").away(kind, by)
    ends.answer(a.AbsenceReviewAnswer(result="end", note=NOTE))
    assert ends.m.live_offer is None, "no home is kept for somebody whose mediation is to end"


# -- journals of 0.1.0 ---------------------------------------------------------------------------------------------


def test_commands_of_0_1_0_read_as_they_were() -> None:
    by = PROVIDER.model_dump()
    assert c.ReportDeath.model_validate({"type": "ReportDeath", "by": by}).source is None
    assert c.Withdraw.model_validate({"type": "Withdraw", "by": by, "reason": None, "note": None}).source is None


@pytest.mark.parametrize("confirmed", [True, False])
def test_the_client_is_spoken_to_after_the_report(confirmed: bool) -> None:
    case = along(upto="accept").do(leaving())
    reported = case.today
    case.days(1)
    for spoke_on, rule in (
        (reported - timedelta(days=1), "talk_before_report"),
        (case.today + timedelta(days=1), "talk_in_future"),
    ):
        answer = a.WithdrawalConfirmationAnswer(confirmed=confirmed, spoke_on=spoke_on, note=NOTE)
        assert case.refused_answer(answer) == rule
    case.answer(a.WithdrawalConfirmationAnswer(confirmed=confirmed, spoke_on=reported, note=NOTE))
