"""A day far from today is a slip of the pen: it is refused with the day that would do, whoever gives it."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import get_args

import pytest

from domain.decide.bounds import BOUNDS, FROM_SYSTEMS
from domain.facts.absences import AbsenceKind
from domain.facts.complaints import Complainant
from domain.facts.default_notice import LateDecision
from domain.facts.parties import Actor, Role
from domain.facts.rules import RuleName
from domain.facts.tasks import TaskKind
from domain.facts.value import Value, replace
from domain.messages import answers as a
from domain.messages import commands as c
from domain.policy.policy_terms import BoundsPolicy
from domain.state import events as e
from tests.domain.case import NOTE, Case, actor, along, checking, every_switch, policy_of

LONG_AGO, FAR_OFF = date(2000, 1, 1), date(2099, 12, 30)
KWINTES = actor(Role.CARE_PROVIDER, "kwintes")
YMERE = actor(Role.CORPORATION, "ymere")
GIVEN_BY_PEOPLE = (*get_args(get_args(a.TaskAnswer)[0]), *get_args(get_args(c.AnyCommand)[0]))


def days_of(kind: type[Value]) -> set[str]:
    """The fields of an answer or command that are a day."""
    return {name for name, hint in kind.__annotations__.items() if hint in {a.Day, a.Day | None}}


def test_every_day_that_anybody_may_give_has_its_bounds() -> None:
    days = {(kind, name) for kind in GIVEN_BY_PEOPLE for name in days_of(kind) if kind not in FROM_SYSTEMS}
    assert days == BOUNDS.keys()


def viewed() -> Case:
    return Case(policy=every_switch()).start().ready().positive().list().match().confirm()


def at_home() -> Case:
    return along(policy=policy_of("almere"), upto="keys")


def landed() -> Case:
    return along(policy=policy_of("almere"))


def away() -> Case:
    return along().away(AbsenceKind.TIME_OUT)


def readmitted() -> Case:
    return along().away(AbsenceKind.READMISSION)


def undone() -> Case:
    case = along()
    number = "S-kwintes"
    report = c.SupportReport.START_WITHDRAWN
    return case.do(
        c.LearnSupportReport(by=kwintes_system(), provider="kwintes", number=number, report=report, on=case.today)
    )


def kwintes_system() -> Actor:
    return actor(Role.CARE_PROVIDER, "kwintes", "system")


def asked_of_another() -> Case:
    case = along(upto="ready")
    asks = c.ProposeTransfer(
        by=case.municipality,
        to="utrecht",
        consent_on=case.today,
        consent="spoken",
        shares=tuple(c.FilePart),
        note=NOTE,
    )
    return case.do(asks)


def converting() -> Case:
    case = along(policy=policy_of("almere")).call_day().call()
    return case.on(case.policy.calendar.today(case.task(TaskKind.DECIDE_CONVERSION).due))


def checked() -> Case:
    case = along(policy=checking()).call_day().call()
    return case.answer(a.ConversionAnswer(result="ended_outside", note=NOTE))


ANSWERS: dict[tuple[type[Value], str], tuple[Callable[[], Case], Callable[[date], a.TaskAnswer]]] = {
    (a.ReadinessAnswer, "review_on"): (
        lambda: Case().start(),
        lambda day: a.ReadinessAnswer(result=a.Readiness.NOT_READY, review_on=day),
    ),
    (a.ViewingPlanAnswer, "on"): (viewed, lambda day: a.ViewingPlanAnswer(on=day)),
    (a.LeaseAnswer, "keys_on"): (
        lambda: along(upto="accept"),
        lambda day: a.LeaseAnswer(form=policy_of("almere").lease_forms[0], keys_on=day),
    ),
    (a.SupportAnswer, "starts_on"): (lambda: along(upto="accept"), lambda day: a.SupportAnswer(starts_on=day)),
    (a.KeysAnswer, "on"): (lambda: along(upto="plan_support").days(30), lambda day: a.KeysAnswer(on=day)),
    (a.StartAnswer, "started_on"): (at_home, lambda day: a.StartAnswer(started_on=day)),
    (a.SupportReviewAnswer, "started_on"): (
        undone,
        lambda day: a.SupportReviewAnswer(way="corrected", started_on=day),
    ),
    (a.PlanAnswer, "agreed_on"): (landed, lambda day: a.PlanAnswer(agreed_on=day)),
    (a.TalkAnswer, "held_on"): (landed, lambda day: a.TalkAnswer(held_on=day)),
    (a.CallAnswer, "on"): (
        lambda: along().call_day(),
        lambda day: a.CallAnswer(day_part=a.DayPart.MORNING, on=day, reached=False),
    ),
    (a.TimeOutReviewAnswer, "on"): (away, lambda day: a.TimeOutReviewAnswer(result="returned", on=day)),
    (a.AbsenceReviewAnswer, "on"): (readmitted, lambda day: a.AbsenceReviewAnswer(result="returned", on=day)),
    (a.TransferReply, "takes_over_on"): (
        asked_of_another,
        lambda day: a.TransferReply(accepted=True, takes_over_on=day),
    ),
    (a.ConversionAnswer, "on"): (converting, lambda day: a.ConversionAnswer(result="converted", on=day)),
    (a.ConversionCheckAnswer, "on"): (checked, lambda day: a.ConversionCheckAnswer(result="agreed", on=day)),
    (a.ConversionCheckAnswer, "again_on"): (
        checked,
        lambda day: a.ConversionCheckAnswer(result="later", again_on=day),
    ),
}
"""How each day in an answer is asked for."""
ELSEWHERE = {
    (a.HearingAnswer, "heard_on"): "tests of the hearing",
    (a.ObjectionAnswer, "heard_on"): "tests of objections",
    (a.ComplaintAnswer, "heard_on"): "tests of complaints",
    (a.ComplaintAnswer, "happened_on"): "tests of complaints",
    (a.ComplaintAnswer, "until"): "tests of complaints",
    (a.LeaseAnswer, "ends_on"): "tests of temporary leases",
    (a.WithdrawalConfirmationAnswer, "spoke_on"): "tests of what is reported",
    (a.DeliveryAnswer, "on"): "tests of what was done by hand",
}


def test_every_day_in_an_answer_is_tried() -> None:
    assert ANSWERS.keys() | ELSEWHERE.keys() == {key for key in BOUNDS if issubclass(key[0], a.Answer)}


@pytest.mark.parametrize("day", [LONG_AGO, FAR_OFF])
@pytest.mark.parametrize("key", ANSWERS, ids=lambda key: f"{key[0].__name__}.{key[1]}")
def test_a_day_that_cannot_be_right_is_refused(key: tuple[type[Value], str], day: date) -> None:
    reach, answer = ANSWERS[key]
    case = reach()
    for given in (answer(day), replace(answer(day), note=NOTE)):
        refused = case.refused(case.answering(given))
        assert refused.field == key[1], refused


@pytest.mark.parametrize(
    ("given", "field"),
    [
        (lambda by: c.ReportAbsence(by=by, kind=AbsenceKind.TIME_OUT, since=LONG_AGO), "since"),
        (lambda by: c.ReportReturn(by=by, on=FAR_OFF), "on"),
        (lambda by: c.SnoozeTask(by=by, task="follow_up_call-1", until=FAR_OFF, note=NOTE), "until"),
        (lambda by: c.NoteDefaultNotice(by=by, late=LateDecision.URGENCY, received_on=LONG_AGO), "received_on"),
        (lambda by: c.FileObjection(by=by, against=c.Disputed.OTHER, made_on=LONG_AGO, note=NOTE), "made_on"),
        (lambda by: c.FileComplaint(by=by, complainant=Complainant.CLIENT, made_on=LONG_AGO, note=NOTE), "made_on"),
        (
            lambda by: c.FileComplaint(by=by, complainant=Complainant.CLIENT, received_on=LONG_AGO, note=NOTE),
            "received_on",
        ),
        (lambda by: c.FileObjection(by=by, against=c.Disputed.OTHER, received_on=LONG_AGO, note=NOTE), "received_on"),
    ],
)
def test_a_day_in_a_command_is_refused_too(given: Callable[[Actor], c.AnyCommand], field: str) -> None:
    case = along().away(AbsenceKind.TIME_OUT) if field == "on" else along()
    assert case.refused(given(case.municipality)).field == field


def test_the_refusal_names_the_day_that_would_do() -> None:
    case = along(upto="accept")
    form = case.policy.lease_forms[0]
    far = a.LeaseAnswer(form=form, keys_on=date(2026, 9, 2))
    refused = case.refused(case.answering(far, YMERE))
    assert (refused.rule, refused.field, refused.day) == (RuleName.DAY_TOO_FAR, "keys_on", date(2026, 9, 1))
    case.answer(replace(far, keys_on=date(2026, 9, 1)), YMERE)


def test_the_municipality_goes_further_with_a_note() -> None:
    case = along(upto="accept")
    far = a.LeaseAnswer(form=case.policy.lease_forms[0], keys_on=date(2027, 9, 1))
    assert case.refused_answer(far) is RuleName.DAY_TOO_FAR
    assert case.refused_answer(replace(far, note=NOTE), YMERE) is RuleName.DAY_TOO_FAR
    beyond = case.refused(case.answering(replace(far, keys_on=date(2027, 9, 2), note=NOTE)))
    assert (beyond.rule, beyond.day) == (RuleName.DAY_TOO_FAR, date(2027, 9, 1))
    case.answer(replace(far, note=NOTE))


def test_what_happened_is_told_within_weeks() -> None:
    case = at_home()
    first = case.today - timedelta(weeks=6)
    refused = case.refused(case.answering(a.StartAnswer(started_on=first - timedelta(days=1)), KWINTES))
    assert (refused.rule, refused.day) == (RuleName.DAY_TOO_EARLY, first)
    case.answer(a.StartAnswer(started_on=first), KWINTES)


def test_support_that_starts_long_after_the_keys_is_bridged_first() -> None:
    case = along(upto="sign").plan_support(200)
    assert case.open == [TaskKind.BRIDGE_SUPPORT]
    assert not case.happened(e.KeysPlanned)
    case.answer(a.BridgeAnswer(way="bridge", by="leger-des-heils"))
    assert case.happened(e.KeysPlanned)
    assert case.open == [TaskKind.HAND_OVER_KEYS]


@pytest.mark.parametrize(("days", "planned"), [(14 + 14, True), (14 + 15, False)])
def test_support_starts_within_two_weeks_of_the_keys(days: int, planned: bool) -> None:
    case = along(upto="accept").request_known().plan_support(days)
    assert case.open == [TaskKind.SIGN_LEASE]
    case.sign(keys_in=14)
    assert bool(case.happened(e.KeysPlanned)) is planned
    assert (TaskKind.BRIDGE_SUPPORT in case.open) is not planned


def test_support_starts_at_most_six_weeks_before_the_keys() -> None:
    """Whoever prepares the move starts before it; months before it a day is a slip of the pen."""
    case = along(upto="accept").request_known().sign(keys_in=80)
    first = case.today + timedelta(days=80 - 42)
    early = a.SupportAnswer(starts_on=first - timedelta(days=1))
    refused = case.refused(case.answering(early, KWINTES))
    assert (refused.rule, refused.field, refused.day) == (RuleName.SUPPORT_LONG_BEFORE_KEYS, "starts_on", first)
    assert case.refused_answer(replace(early, note=NOTE), KWINTES) is RuleName.SUPPORT_LONG_BEFORE_KEYS
    case.answer(replace(early, note=NOTE))
    assert case.happened(e.SupportPlanned)[0].starts_on == early.starts_on
    assert case.happened(e.KeysPlanned), "whoever starts early is there on the day of the keys"


def test_support_that_was_planned_is_not_wrong_for_keys_that_come_later() -> None:
    case = along(upto="accept").request_known().plan_support(7).sign(keys_in=80)
    assert case.happened(e.KeysPlanned)


@pytest.mark.parametrize(("days", "refused"), [(42, False), (43, True)])
def test_support_that_has_started_did_so_at_most_six_weeks_before_the_keys(days: int, refused: bool) -> None:
    case = at_home()
    told = a.StartAnswer(started_on=case.keys_day() - timedelta(days=days), note=NOTE)
    if refused:
        assert case.refused(case.answering(told, KWINTES)).field == "started_on"
    else:
        case.answer(told, KWINTES)


def test_a_start_that_is_corrected_keeps_to_the_keys_too() -> None:
    case = along()
    early = a.StartAnswer(started_on=case.keys_day() - timedelta(weeks=6) - timedelta(days=366))
    assert case.refused(case.correcting(early)).rule is RuleName.DAY_TOO_EARLY
    policy = replace(along().policy, bounds=BoundsPolicy())
    case = along(policy=policy)
    assert case.refused(case.correcting(early)).rule is RuleName.SUPPORT_LONG_BEFORE_KEYS


def test_a_policy_of_before_takes_any_day() -> None:
    policy = along().policy
    any_day = replace(policy.support, starts_within=None, starts_before=None)
    before = replace(policy, bounds=BoundsPolicy(), support=any_day)
    case = along(policy=before, upto="sign").plan_support(2000)
    assert case.happened(e.KeysPlanned)
    early = along(policy=before, upto="accept").request_known().sign(keys_in=80)
    early.answer(a.SupportAnswer(starts_on=early.today - timedelta(days=200)))
    assert early.happened(e.KeysPlanned)
