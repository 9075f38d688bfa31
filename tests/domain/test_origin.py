"""Where the client comes from: helped here, by an exception, taken over elsewhere, or heard before a refusal."""

from datetime import timedelta

import pytest

from domain.facts.outcome import HearingSubject, Outcome, Stage
from domain.facts.tasks import TaskKind
from domain.facts.value import replace
from domain.messages import answers as a
from domain.messages.effects import Letter
from domain.policy.policy import OriginException
from domain.state import events as e
from tests.domain.case import NOTE, Case, along, assert_all_let_go


def asked() -> Case:
    """Ready, in a city that asks where the client comes from."""
    return along("amersfoort", "start").answer(a.ReadinessAnswer(result=a.Readiness.READY))


def elsewhere() -> Case:
    return asked().answer(a.OriginAnswer(origin="leusden", note=NOTE))


def test_where_the_policy_does_not_ask_the_client_is_assessed_at_once() -> None:
    case = along("almere", "ready")
    assert case.open == [TaskKind.ASSESS]
    assert case.m.origin is None


def test_a_client_from_here_is_assessed() -> None:
    case = asked()
    assert (case.m.stage, case.open) == (Stage.READINESS, [TaskKind.DETERMINE_ORIGIN])
    case.answer(a.OriginAnswer(origin="amersfoort"))
    assert case.open == [TaskKind.ASSESS]


@pytest.mark.parametrize("exception", OriginException)
def test_a_client_from_elsewhere_may_be_helped_here_by_an_exception(exception: OriginException) -> None:
    case = asked().answer(a.OriginAnswer(origin="leusden", exception=exception, note=NOTE))
    assert case.open == [TaskKind.ASSESS]
    assert case.happened(e.OriginDetermined) == [e.OriginDetermined(origin="leusden", exception=exception)]


def test_an_exception_that_the_policy_does_not_know_is_refused() -> None:
    case = asked()
    case.policy = replace(case.policy, origin_exceptions=(OriginException.SAFETY,))
    answer = a.OriginAnswer(origin="leusden", exception=OriginException.OWN_NETWORK, note=NOTE)
    assert case.refused_answer(answer) == "exception_unknown"


def test_elsewhere_needs_reasons_and_here_no_exception() -> None:
    case = asked()
    assert case.refused_answer(a.OriginAnswer(origin="leusden")) == "answer_incomplete"
    here = a.OriginAnswer(origin="amersfoort", exception=OriginException.SAFETY, note=NOTE)
    assert case.refused_answer(here) == "no_exception_needed"


def test_the_other_municipality_has_ten_working_days_and_the_client_is_told() -> None:
    case = elsewhere()
    task = case.task(TaskKind.AWAIT_TRANSFER)
    assert task.about == "leusden"
    assert case.policy.calendar.today(task.due) == case.today + timedelta(days=14)
    assert case.readers(Letter.TRANSFER_ASKED) == {"client", "guide"}
    case.until(task.due + timedelta(hours=1))
    assert case.task(TaskKind.AWAIT_TRANSFER).reminded == 1
    assert case.task(TaskKind.AWAIT_TRANSFER).escalated == 1


def test_who_is_taken_over_ends_here() -> None:
    case = elsewhere().answer(a.TransferAnswer(accepted=True, note=NOTE))
    assert_all_let_go(case, Outcome.OTHER_MUNICIPALITY)


def test_who_is_not_taken_over_goes_on_here() -> None:
    case = elsewhere().answer(a.TransferAnswer(accepted=False))
    assert case.open == [TaskKind.ASSESS]
    assert case.m.origin is not None
    assert case.m.origin.transfer_refused


def test_who_is_helped_nowhere_is_heard_first() -> None:
    case = elsewhere()
    assert case.refused_answer(a.TransferAnswer(accepted=False, help_here=False)) == "answer_incomplete"
    case.answer(a.TransferAnswer(accepted=False, help_here=False, note=NOTE))
    assert case.task(TaskKind.HEAR_CLIENT).about == HearingSubject.NOT_FROM_HERE
    case.answer(
        a.HearingAnswer(
            hearing="heard",
            heard_on=case.today,
            form="spoken",
            result=a.HearingResult.STANDS,
            reasons=(a.DecisionReason.NOT_FROM_HERE,),
            note=NOTE,
        )
    )
    assert_all_let_go(case, Outcome.REJECTED)
    assert case.happened(e.MediationClosed)[0].reasons == (a.DecisionReason.NOT_FROM_HERE,)


def test_who_convinces_at_the_hearing_is_assessed() -> None:
    case = elsewhere().answer(a.TransferAnswer(accepted=False, help_here=False, note=NOTE))
    case.answer(case.hearing(a.HearingResult.DROPPED))
    assert case.open == [TaskKind.ASSESS]


def test_no_system_decides_where_a_client_is_helped() -> None:
    case = elsewhere()
    assert case.refused_answer(a.TransferAnswer(accepted=True), case.engine) == "person_needed"


def test_the_origin_is_asked_once() -> None:
    case = asked().answer(a.OriginAnswer(origin="leusden", exception=OriginException.SAFETY, note=NOTE))
    negative = a.AssessmentAnswer(result=a.AssessmentResult.NEGATIVE, note=NOTE)
    case.answer(negative).answer(case.hearing(a.HearingResult.DROPPED))
    assert len(case.happened(e.OriginDetermined)) == 1
    assert case.open == [TaskKind.ASSESS]


def test_who_pays_is_told_apart_from_where_the_client_comes_from_and_who_helps() -> None:
    case = asked().answer(a.OriginAnswer(origin="leusden", funded_by="utrecht", note=NOTE))
    case.answer(a.TransferAnswer(accepted=False, note=NOTE))
    assert case.m.origin is not None
    assert (case.m.origin.municipality, case.m.origin.funded_by) == ("leusden", "utrecht")
    assert case.m.origin.transfer_refused
    assert case.m.parties.municipality == case.policy.municipality
