"""An answer is one of several complete shapes: a mixture of two is refused with both fields, whoever gives it."""

from datetime import date
from typing import get_args

import pytest
from pydantic import ValidationError

from domain.facts.complaints import ComplaintResult
from domain.facts.landing import SoftLanding
from domain.facts.referral import Document
from domain.facts.rules import RuleName
from domain.messages import answers as a
from domain.messages.shapes import SHAPES, apart, contradiction, lacking
from domain.policy.policy import LeaseForm
from domain.state import events as e
from tests.domain.case import along

DAY = date(2026, 7, 1)
EVERY = get_args(get_args(a.TaskAnswer)[0])
ONE_SHAPE = {
    a.OriginAnswer: {"exception", "funded_by"},
    a.FollowOnAnswer: {"result"},
    a.PlanAnswer: {"goals"},
    a.TalkAnswer: {"worries"},
    a.ReminderAnswer: {"settled"},
    a.TenantAnswer: {"settled"},
}
"""The optional fields of answers that have one shape: each goes with whatever else is said."""
MIXTURES = [
    (a.ClientAnswer(accept=True, reason=a.RefusalReason.RENT), "reason", "accept"),
    (
        a.MatchAnswer(corporation="ymere", dwelling="D-1", declined=a.CorporationDecline.OTHER),
        "declined",
        "dwelling",
    ),
    (a.ConfirmationAnswer(number="O-1", declined=a.CorporationDecline.OTHER), "declined", "number"),
    (a.LeaseAnswer(form=LeaseForm.REGULAR, keys_on=DAY, failed_check=True), "failed_check", "form"),
    (
        a.LeaseAnswer(form=LeaseForm.REGULAR, keys_on=DAY, failure=a.CheckFailure.INCOME),
        "failure",
        "form",
    ),
    (a.LeaseAnswer(failed_check=True, ends_on=DAY), "ends_on", "failed_check"),
    (a.SupportAnswer(starts_on=DAY, unable=True), "unable", "starts_on"),
    (a.StartAnswer(started_on=DAY, unable=True), "unable", "started_on"),
    (a.StartAnswer(unable=True, in_place=(SoftLanding.GUIDANCE,)), "in_place", "unable"),
    (
        a.CallAnswer(day_part=a.DayPart.MORNING, reached=False, result=a.CallResult.FINE),
        "result",
        "reached",
    ),
    (a.ReadinessAnswer(result=a.Readiness.READY, missing=(Document.IDENTITY,)), "missing", "result"),
    (a.ReadinessAnswer(result=a.Readiness.READY, review_on=DAY), "review_on", "result"),
    (a.ReadinessAnswer(result=a.Readiness.INCOMPLETE, standstill="consent"), "standstill", "result"),
    (a.ReadinessAnswer(result=a.Readiness.NOT_READY, missing=(Document.IDENTITY,)), "missing", "result"),
    (a.ReviewAnswer(ready=True, give_up=True), "give_up", "ready"),
    (a.TransferAnswer(accepted=True, help_here=False), "help_here", "accepted"),
    (a.TransferReply(accepted=False, takes_over_on=DAY), "takes_over_on", "accepted"),
    (
        a.AssessmentAnswer(result=a.AssessmentResult.NEGATIVE, support=a.SupportProduct.LIGHT),
        "support",
        "result",
    ),
    (
        a.AssessmentAnswer(
            result=a.AssessmentResult.POSITIVE,
            support=a.SupportProduct.LIGHT,
            conditions=(a.UrgencyCondition.DAY_ACTIVITY,),
        ),
        "conditions",
        "result",
    ),
    (
        a.AssessmentAnswer(
            result=a.AssessmentResult.POSITIVE, support=a.SupportProduct.LIGHT, alternative=a.AlternativeForm.STAY
        ),
        "alternative",
        "result",
    ),
    (
        a.HearingAnswer(
            hearing="heard", heard_on=DAY, result=a.HearingResult.DROPPED, reasons=(a.DecisionReason.MONEY,)
        ),
        "reasons",
        "result",
    ),
    (a.ContactAnswer(result="accepted", reason=a.RefusalReason.RENT), "reason", "result"),
    (a.BridgeAnswer(way="more_time", by="leger-des-heils"), "by", "way"),
    (a.SupportReviewAnswer(way="settled", started_on=DAY), "started_on", "way"),
    (a.SignOffAnswer(close=True, visit=True), "visit", "close"),
    (a.VisitAnswer(seen=False, calmed=True), "calmed", "seen"),
    (a.DebtHelpAnswer(settled=True, objects=True), "objects", "settled"),
    (a.TimeOutReviewAnswer(result="goes_on", on=DAY), "on", "result"),
    (a.AbsenceReviewAnswer(result="end", on=DAY), "on", "result"),
    (a.ConversionAnswer(result="extended", on=DAY), "on", "result"),
    (a.ConversionCheckAnswer(result="later", again_on=DAY, on=DAY), "on", "result"),
    (a.DeathConfirmationAnswer(confirmed=False, source=a.KnownFrom.FAMILY), "source", "confirmed"),
    (a.WithdrawalConfirmationAnswer(confirmed="unreached", spoke_on=DAY), "spoke_on", "confirmed"),
    (a.DeliveryAnswer(way="try_again", on=DAY), "on", "way"),
    (a.ObjectionAnswer(result=a.ObjectionResult.WITHDRAWN, hearing="heard"), "hearing", "result"),
    (a.ComplaintAnswer(result=ComplaintResult.SETTLED, hearing="heard"), "hearing", "result"),
]
WHOLE = [
    a.ClientAnswer(accept=True),
    a.ClientAnswer(accept=False, reason=a.RefusalReason.RENT),
    a.AssessmentAnswer(
        result=a.AssessmentResult.CONDITIONAL,
        support=a.SupportProduct.LIGHT,
        conditions=(a.UrgencyCondition.DAY_ACTIVITY,),
        reasons=(a.DecisionReason.MONEY,),
    ),
    a.ConfirmationAnswer(number="O-1"),
    a.MatchAnswer(corporation="ymere", dwelling="D-1"),
    a.MatchAnswer(corporation="ymere", declined=a.CorporationDecline.OTHER),
    a.ConfirmationAnswer(declined=a.CorporationDecline.OTHER),
    a.LeaseAnswer(form=LeaseForm.REGULAR, keys_on=DAY, failed_check=False),
    a.LeaseAnswer(failed_check=True, failure=a.CheckFailure.INCOME),
    a.SupportAnswer(starts_on=DAY, number="S-1"),
    a.SupportAnswer(unable=True),
    a.StartAnswer(started_on=DAY, in_place=()),
    a.CallAnswer(day_part=a.DayPart.MORNING, reached=True, result=a.CallResult.FINE),
    a.CallAnswer(day_part=a.DayPart.MORNING, reached=False),
    a.ReadinessAnswer(result=a.Readiness.INCOMPLETE, missing=(Document.IDENTITY,)),
    a.TransferReply(accepted=True, takes_over_on=DAY),
    a.TransferReply(accepted=False),
    a.TransferAnswer(accepted=True, help_here=True),
    a.TransferAnswer(accepted=False, help_here=False),
    a.UrgencyDecisionAnswer(granted=True, conditions=()),
    a.WithdrawalConfirmationAnswer(confirmed="unreached"),
]
HALF = [
    (a.ClientAnswer(accept=False), "reason"),
    (a.ContactAnswer(result="refused"), "reason"),
    (a.LeaseAnswer(form=LeaseForm.REGULAR), "keys_on"),
    (a.CallAnswer(day_part=a.DayPart.MORNING, reached=True), "result"),
    (a.BridgeAnswer(way="bridge"), "by"),
    (a.ConversionAnswer(result="converted"), "on"),
    (a.ConversionCheckAnswer(result="agreed"), "on"),
    (a.ConversionCheckAnswer(result="later"), "again_on"),
    (a.SupportReviewAnswer(way="corrected"), "started_on"),
    (a.WithdrawalConfirmationAnswer(confirmed=True), "spoke_on"),
    (a.AssessmentAnswer(result=a.AssessmentResult.CONDITIONAL, support=a.SupportProduct.LIGHT), "conditions"),
]


@pytest.mark.parametrize(("answer", "field", "beside"), MIXTURES)
def test_a_mixture_names_what_does_not_go_together(answer: a.Answer, field: str, beside: str) -> None:
    assert contradiction(answer) == (field, beside)


def test_every_kind_that_has_shapes_is_tried_with_a_mixture() -> None:
    tried = {type(answer) for answer, _, _ in MIXTURES} | {a.UrgencyDecisionAnswer}
    assert tried == SHAPES.keys()


@pytest.mark.parametrize("answer", WHOLE)
def test_a_whole_answer_is_of_one_shape(answer: a.Answer) -> None:
    assert (contradiction(answer), lacking(answer)) == (None, None)


@pytest.mark.parametrize(("answer", "field"), HALF)
def test_what_belongs_to_a_shape_must_be_given(answer: a.Answer, field: str) -> None:
    assert (contradiction(answer), lacking(answer)) == (None, field)


@pytest.mark.parametrize("kind", EVERY)
def test_every_field_that_may_be_left_out_belongs_to_a_shape(kind: type[a.Answer]) -> None:
    optional = {name for name, field in kind.model_fields.items() if not field.is_required()} - {"kind", "note"}
    if kind in SHAPES:
        assert optional <= apart(kind), "name it in a shape"
    else:
        assert optional == ONE_SHAPE.get(kind, set()), "with what does it go?"


def test_it_is_refused_whoever_gives_it() -> None:
    case = along(upto="confirm")
    for by in (case.municipality, case.engine):
        answer = case.answering(a.ClientAnswer(accept=True, reason=a.RefusalReason.RENT), by)
        refused = case.refused(answer)
        assert (refused.rule, refused.field, refused.beside) == (RuleName.ANSWER_CONTRADICTS, "reason", "accept")


def test_a_recorded_mixture_is_read_as_it_is() -> None:
    answered = e.TaskAnswered(task="t-1", answer=a.SupportAnswer(starts_on=DAY, unable=True))
    assert e.read_event(answered.model_dump(mode="json")) == answered


def test_a_signed_lease_that_failed_a_check_is_neither() -> None:
    case = along(upto="accept")
    form = case.policy.lease_forms[0]
    mixture = a.LeaseAnswer(form=form, keys_on=case.today, failed_check=True, failure=a.CheckFailure.INCOME)
    assert case.refused_answer(mixture) is RuleName.ANSWER_CONTRADICTS


@pytest.mark.parametrize("number", [1, 0, 1.0])
def test_a_number_is_no_yes_or_no(number: float) -> None:
    with pytest.raises(ValidationError, match="write true or false"):
        a.WithdrawalConfirmationAnswer.model_validate({"confirmed": number})
    assert a.WithdrawalConfirmationAnswer.model_validate({"confirmed": True}).confirmed is True
