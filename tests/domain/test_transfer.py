"""Another municipality carries a mediation on: with the client's consent, and everything goes on until it said yes."""

from datetime import date, timedelta

import pytest

from domain.facts.outcome import Outcome, Stage
from domain.facts.parties import Role
from domain.facts.tasks import TaskKind
from domain.facts.value import replace
from domain.messages import answers as a
from domain.messages import commands as c
from domain.messages.effects import Letter
from domain.state import events as e
from domain.state.mediation import OfferState
from domain.state.participation import parts
from tests.domain.case import NOTE, Case, actor, along, assert_all_let_go
from tests.domain.test_decisions import UPHELD, decision_letter, objection, sent

UTRECHT = actor(Role.COORDINATOR, "utrecht", "user-7")
WHY = "note-0123456789why"
SHARED = (c.FilePart.PERSON, c.FilePart.URGENCY)


def proposing(case: Case, **facts: object) -> c.ProposeTransfer:
    given = {
        "by": case.municipality,
        "to": "utrecht",
        "consent_on": case.today,
        "consent": "written",
        "shares": SHARED,
        "note": WHY,
        **facts,
    }
    return c.ProposeTransfer.model_validate(given)


def proposed(upto: str = "positive", **facts: object) -> Case:
    case = along(upto=upto)
    return case.do(proposing(case, **facts))


def yes(case: Case, **facts: object) -> a.TransferReply:
    given = {"accepted": True, "takes_over_on": case.today + timedelta(days=5), "note": NOTE, **facts}
    return a.TransferReply.model_validate(given)


NO = a.TransferReply(accepted=False, note=NOTE)


def withdrawing(case: Case) -> c.WithdrawTransfer:
    return c.WithdrawTransfer(by=case.municipality, note=NOTE)


def test_the_other_municipality_is_asked_with_a_term_and_the_client_is_told_while_everything_goes_on() -> None:
    case = proposed()
    task = case.task(TaskKind.ANSWER_TRANSFER)
    assert (task.owner, task.about) == ("utrecht", "utrecht")
    assert case.policy.calendar.today(task.due) == case.policy.calendar.add(
        case.today, case.policy.tasks[TaskKind.ANSWER_TRANSFER].due
    )
    assert case.readers(Letter.TRANSFER_PROPOSED) == {"client", "guide"}
    assert case.readers(Letter.TASK_OPENED) >= {"utrecht"}
    assert (case.m.stage, case.open) == (Stage.OFFER, [TaskKind.MAKE_OFFER, TaskKind.ANSWER_TRANSFER])


def test_silence_is_reminded_of_and_escalated_to_the_municipality_that_asks() -> None:
    case = proposed()
    case.until(case.task(TaskKind.ANSWER_TRANSFER).due + timedelta(hours=1))
    task = case.task(TaskKind.ANSWER_TRANSFER)
    assert (task.reminded, task.escalated) == (1, 1)
    assert "almere" in case.readers(Letter.TASK_ESCALATED)


def test_with_a_yes_it_ends_here_as_transferred_and_all_that_is_scarce_is_given_back() -> None:
    case = proposed("confirm")
    case.answer(yes(case), UTRECHT)
    assert_all_let_go(case, Outcome.TRANSFERRED)
    letter = decision_letter(case)
    assert letter.told is not None
    assert (letter.letter, letter.told.elsewhere, letter.told.note) == (Letter.TRANSFERRED, "utrecht", WHY)
    assert letter.told.takes_over_on == case.today + timedelta(days=5)
    assert case.readers(Letter.TRANSFERRED) == {"client"}


def test_the_client_may_object_and_when_right_it_goes_on_where_it_stood() -> None:
    case = proposed()
    sent(case.answer(yes(case), UTRECHT))
    case.do(objection(case)).answer(UPHELD)
    assert (case.m.outcome, case.m.stage) == (None, Stage.OFFER)
    assert case.m.urgency is not None, "what was granted still is"


@pytest.mark.parametrize("upto", ["match", "confirm", "accept"])
def test_a_home_that_was_let_go_with_a_transfer_is_not_on_offer_when_that_is_undone(upto: str) -> None:
    case = proposed(upto)
    sent(case.answer(yes(case), UTRECHT))
    case.do(objection(case)).answer(UPHELD)
    assert (case.m.stage, case.m.live_offer, case.m.offers[-1].state) == (Stage.OFFER, None, OfferState.LET_GO)
    assert case.m.let_down_on == (None if upto == "match" else case.today), "the client had not heard of it yet"
    assert TaskKind.MAKE_OFFER in case.open


def test_after_a_transfer_that_was_undone_a_decision_names_the_municipality_that_it_is_on() -> None:
    case = along("amersfoort", "start")
    sent(case.do(proposing(case)).answer(yes(case), UTRECHT))
    case.do(objection(case)).answer(UPHELD).answer(a.ReadinessAnswer(result=a.Readiness.READY))
    case.answer(a.OriginAnswer(origin="leusden", note=NOTE)).answer(a.TransferAnswer(accepted=True, note=NOTE))
    told = decision_letter(case).told
    assert told is not None
    assert (case.m.outcome, told.elsewhere, told.takes_over_on) == (Outcome.OTHER_MUNICIPALITY, "leusden", None)


def test_with_a_no_it_goes_on_and_municipality_client_and_guide_hear() -> None:
    case = proposed().answer(NO, UTRECHT)
    assert (case.m.stage, case.open) == (Stage.OFFER, [TaskKind.MAKE_OFFER])
    assert case.readers(Letter.TRANSFER_DECLINED) == {"almere"}
    assert case.readers(Letter.TRANSFER_STOPPED) == {"client", "guide"}
    case.do(proposing(case, to="lelystad"))
    assert case.task(TaskKind.ANSWER_TRANSFER).owner == "lelystad"


def test_a_consent_that_is_taken_back_ends_the_asking_and_everybody_hears() -> None:
    case = proposed()
    case.do(withdrawing(case))
    assert case.open == [TaskKind.MAKE_OFFER]
    assert case.readers(Letter.TRANSFER_OFF) == {"utrecht"}
    assert case.readers(Letter.TRANSFER_STOPPED) == {"client", "guide"}
    late = c.AnswerTask(by=UTRECHT, task="answer_transfer-1", answer=yes(case))
    assert case.refused(late).rule in {"task_closed", "not_yours"}
    assert case.refused(withdrawing(case)).rule == "no_transfer"


def test_the_keys_end_the_asking_for_then_the_client_lives_here() -> None:
    case = along(upto="plan_support")
    case.do(proposing(case)).keys()
    assert case.m.open_of(TaskKind.ANSWER_TRANSFER) is None
    assert case.readers(Letter.TRANSFER_OFF) == {"utrecht"}
    assert case.refused(proposing(case)).rule == "lives_here"


def test_one_that_does_not_work_here_is_asked_by_hand_and_ours_notes_its_answer() -> None:
    case = proposed(by_hand=True)
    assert case.task(TaskKind.ANSWER_TRANSFER).owner == "almere"
    case.answer(yes(case))
    assert case.m.outcome is Outcome.TRANSFERRED


@pytest.mark.parametrize("by_hand", [True, False])
def test_the_other_municipality_takes_no_part_in_the_mediation(by_hand: bool) -> None:
    case = proposed(by_hand=by_hand)
    assert "utrecht" not in {one.organisation for one in parts(case.m)}
    assert "utrecht" not in case.m.taking_part()
    assert case.refused(c.AddNote(by=UTRECHT, note=NOTE)).rule == "not_yours"


@pytest.mark.parametrize(
    ("facts", "rule", "field"),
    [
        ({"to": "almere"}, "transfer_to_self", "to"),
        ({"consent_on": date(2026, 12, 31)}, "consent_in_future", "consent_on"),
        ({"consent_on": date(2020, 1, 1)}, "day_too_early", "consent_on"),
    ],
)
def test_it_is_not_proposed_without_a_consent_that_can_be(facts: dict[str, object], rule: str, field: str) -> None:
    case = along(upto="positive")
    refused = case.refused(proposing(case, **facts))
    assert (refused.rule, refused.field) == (rule, field)


def test_who_stands_in_for_a_task_takes_part_also_while_it_is_asked_to_carry_the_mediation_on() -> None:
    case = along(upto="ready")
    task = case.task(TaskKind.ASSESS).id
    case.do(c.ReassignTask(by=case.municipality, task=task, owner="wijkteam-oost", note=NOTE))
    case.do(proposing(case, to="wijkteam-oost"))
    assert "wijkteam-oost" in case.m.taking_part()


def test_what_another_municipality_is_asked_is_given_to_no_third_without_the_clients_consent_to_that() -> None:
    case = proposed()
    third = c.ReassignTask(by=case.municipality, task="answer_transfer-1", owner="lelystad", note=NOTE)
    assert case.refused(third).rule == "transfer_open"


def test_only_the_municipality_proposes_and_one_at_a_time() -> None:
    case = proposed()
    assert case.refused(proposing(case)).rule == "transfer_open"
    institution = actor(Role.INSTITUTION, "leger-des-heils")
    assert case.refused(replace(proposing(case), by=institution)).rule == "not_yours"


def test_a_yes_has_a_day_that_can_be_and_a_person_and_a_reason() -> None:
    case = proposed()
    assert case.refused_answer(yes(case, takes_over_on=case.today - timedelta(days=1)), UTRECHT) == "taken_over_in_past"
    assert case.refused_answer(yes(case, takes_over_on=None), UTRECHT) == "answer_incomplete"
    assert case.refused_answer(yes(case, note=None), UTRECHT) == "answer_incomplete"
    assert case.refused_answer(yes(case), actor(Role.COORDINATOR, "utrecht", "system")) == "person_needed"


def test_what_was_agreed_to_is_recorded_each_thing_once() -> None:
    case = proposed(shares=SHARED * 2, notes=(NOTE, NOTE))
    [asked] = case.happened(e.TransferProposed)
    assert (asked.shares, asked.notes, asked.consent) == (SHARED, (NOTE,), "written")
