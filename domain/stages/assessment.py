"""Stage 2: is living independently best, and with which support (beoordeling)? The district team judges, or who the
policy names; that judgement decides on the urgency or, where the policy says so, is the advice to whom decides.
"""

from datetime import datetime

from domain.facts.clocks import ClockKind
from domain.facts.default_notice import LateDecision
from domain.facts.outcome import HearingSubject, Stage
from domain.facts.parties import SYSTEM, Role, Whose
from domain.facts.referral import Track
from domain.facts.rules import RuleName
from domain.facts.tasks import Task, TaskKind
from domain.facts.value import replace
from domain.messages.answers import (
    AssessmentAnswer,
    AssessmentResult,
    SupportProduct,
    TermExtensionAnswer,
    UrgencyCondition,
    UrgencyDecisionAnswer,
)
from domain.messages.commands import Disputed
from domain.messages.effects import AskAssessment, Audience, Letter
from domain.messages.told import Told
from domain.policy.moments import due_of
from domain.state import events as e
from domain.state.decision import Basis
from domain.state.draft import Draft
from domain.state.mediation import Advice
from domain.state.task_spec import AnySpec, TaskSpec, TaskTrack, remains
from domain.steps.deciding import take, tell
from domain.steps.decision_letter import in_favour
from domain.steps.default_notice import penalty_ends
from domain.steps.hearing import intend
from domain.steps.terms import extend_decision_term, keep_to_absence


def enter(d: Draft) -> None:
    """Have the client assessed: by the district team, whose system is asked, or by whom the policy names."""
    task = d.open(TaskKind.ASSESS)
    if task.owner_role is Role.DISTRICT_TEAM:
        d.do(AskAssessment(team=task.owner, due_on=d.policy.calendar.today(task.due)))


def assess(d: Draft, _task: Task, answer: AssessmentAnswer) -> None:
    """The client was assessed. That decides, or it is the advice on which the urgency is decided next."""
    _not_tested(d, answer.result in {AssessmentResult.POSITIVE, AssessmentResult.CONDITIONAL})
    support, conditions = _found(d, answer)
    if support is None and answer.alternative:
        d.emit(e.AlternativeAdvised(form=answer.alternative))
    if d.policy.decision.after_advice:
        advised = e.UrgencyAdvised(
            result=answer.result, support=support, conditions=conditions, reasons=answer.reasons, note=answer.note
        )
        d.emit(advised)
        d.open(TaskKind.DECIDE_URGENCY, due=_before_term_ends(d))
    elif support is None:
        _intend_refusal(d, answer.result, Basis(reasons=answer.reasons, notes=(d.given(answer.note, "note"),)))
    else:
        grant_urgency(d, support, conditions, answer.note, Basis(reasons=answer.reasons))


def _not_tested(d: Draft, home: bool) -> None:
    """With Housing First the home comes first: whether one suits is not judged, only which support goes with it."""
    d.require(home or d.m.referral.track is not Track.HOUSING_FIRST, RuleName.NO_FITNESS_TEST)


def _found(d: Draft, answer: AssessmentAnswer) -> tuple[SupportProduct | None, tuple[UrgencyCondition, ...]]:
    """Return which support and conditions belong to a home of the client's own; no support when that will not do."""
    if answer.result is AssessmentResult.CONDITIONAL:
        d.require(bool(answer.conditions), RuleName.ANSWER_INCOMPLETE, field="conditions")
        return d.given(answer.support, "support"), answer.conditions
    if answer.result is AssessmentResult.POSITIVE:
        return d.given(answer.support, "support"), ()
    d.given(answer.note, "note")
    return None, ()


def _intend_refusal(d: Draft, result: AssessmentResult | None, basis: Basis) -> None:
    other_form = result is AssessmentResult.ALTERNATIVE
    subject = HearingSubject.ALTERNATIVE_LIVING_FORM if other_form else HearingSubject.NEGATIVE_ASSESSMENT
    intend(d, subject, basis)


def _before_term_ends(d: Draft) -> datetime | None:
    """Return the end of the statutory term to decide, where that comes before the policy's own; else None."""
    term = d.m.clock(ClockKind.DECISION_TERM)
    if term is None or term.suspended_at:
        return None
    return term.ends_at if term.ends_at < due_of(d.policy, TaskKind.DECIDE_URGENCY, d.now) else None


def decide_urgency(d: Draft, _task: Task, answer: UrgencyDecisionAnswer) -> None:
    """Who decides on the urgency grants it, as was advised or otherwise, or intends to refuse it."""
    d.require(d.by.user != SYSTEM, RuleName.PERSON_NEEDED)
    advice = d.m.advice
    _not_tested(d, answer.granted)
    if not answer.granted:
        against = advice if advice and advice.support is None else None
        because = _followed(against, answer)
        note = d.given(answer.note, "note")
        _intend_refusal(d, advice.result if advice else None, replace(because, notes=(*because.notes, note)))
        return
    support = d.given(answer.support or (advice.support if advice else None), "support")
    advised = advice.conditions if advice else ()
    conditions = advised if answer.conditions is None else answer.conditions
    as_advised = advice is not None and (advice.support, set(advised)) == (support, set(conditions))
    if not as_advised:
        d.given(answer.note, "note")  # Awb 3:50
    d.emit(
        e.UrgencyDecided(
            by=d.by.organisation,
            role=d.by.role,
            on=d.today,
            support=support,
            conditions=conditions,
            ground=d.policy.decision.ground,
            as_advised=as_advised,
            note=answer.note,
        )
    )
    grant_urgency(d, support, conditions, answer.note, _followed(advice if as_advised else None, answer))


def _followed(advice: Advice | None, answer: UrgencyDecisionAnswer) -> Basis:
    """Return the basis of a decision that follows an advice: what that says, under the reasons that are given now, if
    any are. One that departs from the advice, or had none, rests on what is said now alone.
    """
    basis = advice.basis if advice else Basis()
    return replace(basis, reasons=answer.reasons or basis.reasons)


def grant_urgency(
    d: Draft,
    support: SupportProduct,
    conditions: tuple[UrgencyCondition, ...],
    note: str | None,
    basis: Basis,
) -> None:
    """The client is entitled to a dwelling. Conditions are a decision against the client, with reasons in own words."""
    if conditions:
        take(d, Disputed.URGENCY_CONDITIONS, note, basis)
    d.emit(e.UrgencyGranted(support=support, conditions=conditions, age=d.age, age_between=d.age_between))
    penalty_ends(d, LateDecision.URGENCY)
    d.stop_clocks(ClockKind.DECISION_TERM)
    d.cancel(TaskKind.EXTEND_DECISION_TERM)
    d.start_clock(ClockKind.URGENCY)
    d.start_clock(ClockKind.HOUSING_TARGET)
    keep_to_absence(d)
    if conditions:
        tell(d, Disputed.URGENCY_CONDITIONS)
    else:
        d.letter(Letter.URGENCY_GRANTED, Audience.CLIENT, Audience.GUIDE, told=in_favour(d))
    d.enter(Stage.OFFER)


def more_time(d: Draft, task: Task, answer: TermExtensionAnswer) -> None:
    """The client is told that the decision takes longer, and why (Awb 4:14). Who was to decide before the old last day
    has more time too.
    """
    note, before = d.given(answer.note, "note"), d.m.clock(ClockKind.DECISION_TERM)
    extend_decision_term(d, task, answer)
    now, calendar = d.m.clock(ClockKind.DECISION_TERM), d.policy.calendar
    if before and now:
        told = Told(note=note, since=calendar.today(before.ends_at))
        by = calendar.today(now.ends_at)
        d.letter(Letter.DECISION_TERM_EXTENDED, Audience.CLIENT, Audience.GUIDE, told=told, by=by)
    waiting = d.m.open_of(TaskKind.DECIDE_URGENCY)
    if waiting and waiting.agreed:
        d.give_time(waiting, _before_term_ends(d))


TASKS: tuple[AnySpec, ...] = (
    TaskSpec(
        AssessmentAnswer,
        assess,
        group=Stage.ASSESSMENT,
        owner=Role.DISTRICT_TEAM,
        owners=frozenset({Whose.COORDINATOR, Whose.DESK, Whose.COMMITTEE, Whose.TEAM_OF_CLIENT}),
        asked=AskAssessment,
        by_age=True,
        mended_by=RuleName.CORRECT_BY_STEP_BACK,
        grounds=True,
    ),
    TaskSpec(
        UrgencyDecisionAnswer,
        decide_urgency,
        group=Stage.ASSESSMENT,
        owners=frozenset({Whose.DESK}),
        by_age=True,
        reachable=lambda policy: policy.decision.after_advice,
        mended_by=RuleName.CORRECT_BY_DECISION,
        grounds=True,
    ),
    TaskSpec(
        TermExtensionAnswer,
        more_time,
        group=Stage.ASSESSMENT,
        track=TaskTrack.EXTENSION,
        stays=remains,
        runs_on=True,
        mended_by=RuleName.CORRECT_BY_DECISION,
        grounds=True,
    ),
)
