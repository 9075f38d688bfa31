"""The reasons and facts of a decision against the client reach the client: first with the invitation to the hearing
(Awb 4:7), then by default with the decision and its letter (Awb 3:46, 3:47 and 3:49).
"""

from collections.abc import Callable
from datetime import timedelta

import pytest

from activities.letters.wording.around import around
from domain.facts.absences import AbsenceKind
from domain.facts.clocks import ClockKind
from domain.facts.outcome import HEARINGS, HearingSubject, Stage
from domain.facts.parties import Role
from domain.facts.signals import SignalKind
from domain.facts.tasks import TaskKind
from domain.facts.value import replace
from domain.messages import answers as a
from domain.messages import commands as c
from domain.messages.effects import Letter
from domain.messages.told import Lost, Meanwhile, Told, Undone
from domain.state import events as e
from domain.steps.decision_letter import LETTER_OF_END, ON_THE_WAY
from sandbox.driven import road
from tests.domain import test_conversion as conversion
from tests.domain import test_home_now as home_now
from tests.domain.case import Case, actor, along, policy_of

WHY = "note-00000000000000a1"
"""Written by who intends to decide against the client."""
ADVICE = "note-00000000000000a2"
HEARD = "note-00000000000000a3"
"""Written by who decides after the hearing."""
AT_NIGHT = (a.DecisionReason.CARE_AT_NIGHT,)
NEGATIVE = a.AssessmentAnswer(result=a.AssessmentResult.NEGATIVE, reasons=AT_NIGHT, note=ADVICE)
NO = a.UrgencyDecisionAnswer(granted=False, note=WHY)


def advised(advice: a.TaskAnswer = NEGATIVE) -> Case:
    """A case in Almere as it is: the municipality decides after the advice."""
    return Case(policy=policy_of("almere")).start().ready().answer(advice)


def told(case: Case, letter: Letter) -> Told:
    found = [one for one in case.letters(letter) if "client" in one.readers][-1].told
    assert found is not None
    return found


def stands(case: Case, reasons: tuple[a.DecisionReason, ...] = ()) -> Case:
    return case.answer(replace(case.hearing(a.HearingResult.STANDS, HEARD), reasons=reasons))


def test_what_an_advice_says_and_who_follows_it_are_told_before_and_with_the_refusal() -> None:
    case = advised().answer(NO)
    invited = told(case, Letter.HEARING_INVITED)
    assert (invited.reasons, invited.basis) == (AT_NIGHT, (ADVICE, WHY))
    stands(case)
    refused = told(case, Letter.REJECTED)
    assert (refused.reasons, refused.basis, refused.note) == (AT_NIGHT, (ADVICE, WHY), HEARD)
    closed = case.happened(e.MediationClosed)[0]
    assert (closed.reasons, closed.basis, closed.note) == (AT_NIGHT, (ADVICE, WHY), HEARD)


def test_who_decides_may_give_other_reasons_than_the_advice() -> None:
    case = advised().answer(replace(NO, reasons=(a.DecisionReason.MONEY,)))
    assert told(case, Letter.HEARING_INVITED).reasons == (a.DecisionReason.MONEY,)


def test_who_departs_from_a_positive_advice_tells_the_own_reasons_alone() -> None:
    case = advised(replace(road.positive(), note=ADVICE)).answer(replace(NO, reasons=AT_NIGHT))
    invited = told(case, Letter.HEARING_INVITED)
    assert (invited.reasons, invited.basis) == (AT_NIGHT, (WHY,))


def test_after_the_hearing_it_may_be_motivated_anew() -> None:
    """The client may have shown that a fact was wrong: what was written then is not told as the reason."""
    case = stands(advised().answer(NO), (a.DecisionReason.SKILLS,))
    refused = told(case, Letter.REJECTED)
    assert (refused.reasons, refused.basis, refused.note) == ((a.DecisionReason.SKILLS,), (), HEARD)


@pytest.mark.parametrize("as_advised", [True, False])
def test_conditions_are_told_with_the_reasons_of_the_advice_that_is_followed(as_advised: bool) -> None:
    """And without them where other conditions are set than were advised: why stands with who sets these."""
    conditions = (a.UrgencyCondition.BUDGET_MANAGEMENT,)
    money = (a.DecisionReason.MONEY,)
    advice = a.AssessmentAnswer(
        result=a.AssessmentResult.CONDITIONAL,
        support=a.SupportProduct.REGULAR,
        conditions=conditions,
        reasons=money,
        note=ADVICE,
    )
    other = None if as_advised else (a.UrgencyCondition.DAY_ACTIVITY,)
    case = advised(advice).answer(a.UrgencyDecisionAnswer(granted=True, conditions=other, note=WHY))
    granted = told(case, Letter.URGENCY_WITH_CONDITIONS)
    expected = (money, (ADVICE,), WHY) if as_advised else ((), (), WHY)
    assert (granted.reasons, granted.basis, granted.note) == expected
    taken = case.m.decisions[-1]
    assert (taken.reasons, taken.basis, taken.note) == expected


# -- every subject -------------------------------------------------------------------------------------------------


def at_check(result: a.Readiness) -> Case:
    return Case().start().answer(a.ReadinessAnswer(result=result, note=WHY))


def not_from_here() -> Case:
    case = Case(policy=policy_of("almere")).start().answer(road.ready())
    case.answer(a.OriginAnswer(origin="utrecht", note=HEARD))
    return case.answer(a.TransferAnswer(accepted=False, help_here=False, note=WHY))


def alternative() -> Case:
    other = a.AssessmentAnswer(result=a.AssessmentResult.ALTERNATIVE, alternative=a.AlternativeForm.SHELTERED, note=WHY)
    return Case().start().ready().answer(other)


def lapse() -> Case:
    case = along(upto="confirm").refuse()
    return case.answer(a.JudgementAnswer(valid=False, note=WHY))


def fraud() -> Case:
    case = along(upto="request_known")
    case.answer(
        a.LeaseAnswer(failed_check=True, failure=a.CheckFailure.FRAUD_SUSPECTED), actor(Role.CORPORATION, "ymere")
    )
    return case.answer(a.FraudAnswer(founded=True, note=WHY))


def no_care() -> Case:
    case = along(upto="sign")
    case.answer(a.SupportAnswer(unable=True, note=HEARD))
    return case.answer(a.BridgeAnswer(way="no_care", note=WHY))


def not_extended() -> Case:
    case = along(upto="list")
    while case.m.open_of(TaskKind.EXTEND_URGENCY) is None:
        case.days(30)
    return case.answer(a.UrgencyAnswer(extend=False, note=WHY))


def not_processed() -> Case:
    case = Case().start()
    missing = case.policy.required_documents[:1]
    case.answer(a.ReadinessAnswer(result=a.Readiness.INCOMPLETE, missing=missing))
    case.on(case.policy.calendar.today(case.task(TaskKind.SUPPLEMENT).due)).days(1)
    return case.answer(a.IncompleteAnswer(decision="not_processed", note=WHY))


def away(kind: AbsenceKind) -> Case:
    case = along(upto="list").away(kind)
    case.on(case.policy.calendar.today(case.task(TaskKind.REVIEW_ABSENCE).due))
    return case.answer(a.AbsenceReviewAnswer(result="end", note=WHY))


def failed() -> Case:
    case = along().signals(SignalKind.NUISANCE).answer(a.AcknowledgementAnswer())
    case.answer(a.JointTalkAnswer(result="case_conference"))
    return case.answer(a.ConferenceAnswer(result="placement_failed", note=WHY))


def taken_back() -> Case:
    case = along(upto="list")
    return case.do(c.StepBack(by=case.municipality, to=Stage.ASSESSMENT, agreed=False, note=WHY))


INTENDED: dict[HearingSubject, Callable[[], Case]] = {
    HearingSubject.NOT_READY: lambda: at_check(a.Readiness.OTHER_ROUTE),
    HearingSubject.NOT_ELIGIBLE: lambda: at_check(a.Readiness.NOT_ELIGIBLE),
    HearingSubject.NOT_FROM_HERE: not_from_here,
    HearingSubject.NEGATIVE_ASSESSMENT: lambda: advised().answer(NO),
    HearingSubject.ALTERNATIVE_LIVING_FORM: alternative,
    HearingSubject.LAPSE_AFTER_REFUSAL: lapse,
    HearingSubject.FRAUD: fraud,
    HearingSubject.CARE_NOT_AVAILABLE: no_care,
    HearingSubject.URGENCY_NOT_EXTENDED: not_extended,
    HearingSubject.NOT_PROCESSED: not_processed,
    HearingSubject.READMITTED_LONG: lambda: away(AbsenceKind.READMISSION),
    HearingSubject.DETAINED: lambda: away(AbsenceKind.DETENTION),
    HearingSubject.PLACEMENT_FAILED: failed,
    HearingSubject.URGENCY_TAKEN_BACK: taken_back,
}


@pytest.mark.parametrize("subject", HearingSubject)
def test_of_every_subject_why_it_is_intended_is_told_with_the_invitation_and_with_the_decision(
    subject: HearingSubject,
) -> None:
    case = INTENDED[subject]()
    assert case.task(TaskKind.HEAR_CLIENT).about == subject
    assert WHY in told(case, Letter.HEARING_INVITED).basis
    stands(case)
    outcome = HEARINGS[subject].outcome
    on_the_way = {
        HearingSubject.URGENCY_NOT_EXTENDED: c.Disputed.NOT_EXTENDED,
        HearingSubject.URGENCY_TAKEN_BACK: c.Disputed.URGENCY_TAKEN_BACK,
    }
    letter = ON_THE_WAY[on_the_way[subject]] if subject in on_the_way or outcome is None else LETTER_OF_END[outcome]
    decided = told(case, letter)
    assert WHY in decided.basis
    assert decided.note == HEARD


# -- what else says no ---------------------------------------------------------------------------------------------


def upheld(case: Case, against: c.Disputed) -> Told:
    by = actor(Role.INSTITUTION, "leger-des-heils")
    case.do(c.FileObjection(by=by, against=against, note=WHY))
    case.answer(a.ObjectionAnswer(result=a.ObjectionResult.WELL_FOUNDED, note=HEARD))
    return told(case, Letter.OBJECTION_UPHELD)


def test_an_objection_against_conditions_undoes_these_and_not_the_urgency() -> None:
    advice = a.AssessmentAnswer(
        result=a.AssessmentResult.CONDITIONAL,
        support=a.SupportProduct.REGULAR,
        conditions=(a.UrgencyCondition.BUDGET_MANAGEMENT,),
        note=ADVICE,
    )
    case = advised(advice).answer(a.UrgencyDecisionAnswer(granted=True, note=WHY))
    assert upheld(case, c.Disputed.URGENCY_CONDITIONS).undone is Undone.CONDITIONS
    assert case.m.urgency is not None
    assert not case.m.urgency_conditions


def test_an_objection_against_a_refusal_that_counts_undoes_that_and_one_against_the_end_the_decision() -> None:
    assert upheld(
        along("amersfoort", upto="confirm").refuse().judged(valid=False), c.Disputed.REFUSAL_JUDGED
    ).undone is (Undone.REFUSAL)
    assert upheld(stands(advised().answer(NO)), c.Disputed.END).undone is Undone.DECISION


def test_after_an_upheld_objection_to_a_refusal_the_day_of_the_new_decision_is_known() -> None:
    """A new decision belongs in the place of the old one (Awb 7:11 lid 2); where it needs a judgement, by when."""
    case = stands(advised().answer(NO))
    meant = upheld(case, c.Disputed.END)
    assert meant.meanwhile is Meanwhile.ASSESSMENT
    letter = case.letters(Letter.OBJECTION_UPHELD)[0]
    assert around(case.m, case.policy, letter).decide_by == case.policy.calendar.today(
        case.clock(ClockKind.DECISION_TERM).ends_at
    )


def test_who_is_not_ready_yet_reads_what_the_municipality_wrote() -> None:
    case = Case().start().answer(a.ReadinessAnswer(result=a.Readiness.NOT_READY, note=WHY))
    assert told(case, Letter.NOT_READY_YET).note == WHY


def test_who_keeps_another_lease_reads_why() -> None:
    for answer, letter in (
        (a.ConversionCheckAnswer(result="left", note=WHY), Letter.LEASE_NOT_CONVERTED),
        (a.ConversionCheckAnswer(result="later", note=WHY), Letter.LEASE_CONVERSION_LATER),
    ):
        case = conversion.advised()
        again = case.today + timedelta(days=60)
        case.answer(answer if answer.result == "left" else replace(answer, again_on=again))
        assert told(case, letter).note == WHY


def test_a_home_that_became_too_dear_is_told_to_be_so() -> None:
    case = along(upto="confirm")
    case.do(c.LearnHome(by=home_now.YMERE, home_now=home_now.TOO_DEAR))
    assert told(case, Letter.OFFER_WITHDRAWN).lost is Lost.RENT
