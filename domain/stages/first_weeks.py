"""The first weeks at home: the soft landing, the support plan and the corporation's talk, beside the wait for the call.

Source: werkafspraken Thuis in de Wijk 3 and 4 (a plan after one month, a talk after six weeks).
"""

from datetime import datetime

from domain.facts.calendar import Term
from domain.facts.landing import SoftLanding
from domain.facts.outcome import Stage
from domain.facts.parties import EITHER_TEAM, Role, Whose
from domain.facts.rules import RuleName
from domain.facts.signals import SignalKind
from domain.facts.tasks import Task, TaskKind
from domain.messages.answers import LandingAnswer, PlanAnswer, StartAnswer, TalkAnswer
from domain.messages.effects import Audience, Letter
from domain.policy.agreements import AgreementKind, agreed, told_early
from domain.policy.policy import Policy
from domain.state import events as e
from domain.state.draft import Draft
from domain.state.task_spec import AnySpec, Asked, TaskSpec, TaskTrack
from domain.steps.raising import confer, report


def lacking(d: Draft, answer: StartAnswer) -> tuple[SoftLanding, ...]:
    """Return what the policy asks of a soft landing that is not in place at the first contact."""
    in_place = answer.in_place or ()
    return tuple(item for item in d.policy.support.soft_landing if item not in in_place)


def begin(d: Draft) -> None:
    """Ask for what the first weeks need, as far as this municipality has agreed on it."""
    _complete(d)
    plan = _ask(d, TaskKind.AGREE_PLAN, plan_after(d.policy))
    if plan:
        d.letter(Letter.PLAN_ASKED, Audience.CLIENT, Audience.GUIDE, task=plan)
    talk = _ask(d, TaskKind.HOLD_TALK, talk_after(d.policy))
    if talk:
        d.letter(Letter.TALK_PLANNED, Audience.CLIENT, Audience.GUIDE, task=talk)


def plan_after(policy: Policy) -> Term | None:
    """Return how long after the keys the support plan is agreed; None where it was not agreed that there is one."""
    return policy.support.plan if agreed(policy.agreements, AgreementKind.TAILORED_GUIDANCE) else None


def talk_after(policy: Policy) -> Term | None:
    """Return how long after the keys the corporation talks with its tenant; None where that was not agreed."""
    return policy.support.talk if agreed(policy.agreements, AgreementKind.GOOD_TENANCY) else None


def complete_landing(d: Draft, _task: Task, answer: LandingAnswer) -> None:
    """More is in place; what still lacks is asked again."""
    d.emit(e.LandingCompleted(in_place=answer.in_place))
    _complete(d)


def agree_plan(d: Draft, _task: Task, answer: PlanAnswer) -> None:
    """The support plan is agreed."""
    d.require(answer.agreed_on <= d.today, RuleName.PLAN_IN_FUTURE, field="agreed_on")
    d.emit(e.PlanAgreed(on=answer.agreed_on, goals=answer.goals))


def hold_talk(d: Draft, _task: Task, answer: TalkAnswer) -> None:
    """The corporation talked with its tenant; worries become a signal, unless there is one already. Where partners did
    not agree to tell signals early, all of them talk at once.
    """
    d.require(answer.held_on <= d.today, RuleName.TALK_IN_FUTURE, field="held_on")
    d.emit(e.TalkHeld(on=answer.held_on))
    if answer.worries and not d.m.signal_of(SignalKind.WORRY):
        if told_early(d.policy.agreements, SignalKind.WORRY):
            report(d, SignalKind.WORRY, answer.note)
        else:
            confer(d, answer.note)


def _complete(d: Draft) -> None:
    still = d.m.support.lacking if d.m.support else ()
    if still:
        d.open(TaskKind.COMPLETE_LANDING, about=",".join(still))


def _ask(d: Draft, kind: TaskKind, after: Term | None) -> Task | None:
    """Ask it by a term after the keys, and never sooner than the task's own term from now. None when switched off."""
    return None if after is None else d.open(kind, due=_due(d, kind, after, d.now))


def _due(d: Draft, kind: TaskKind, after: Term, asked_at: datetime) -> datetime:
    calendar = d.policy.calendar
    day = calendar.add(d.known(d.m.lease.handed_over_on, "the day of the keys"), after)
    least = calendar.deadline(asked_at, d.policy.tasks[kind].due)
    return max(least, calendar.closing(calendar.working_day_from(day)))


def count_again(d: Draft) -> None:
    """The keys came on another day than was known: plan and talk are asked by another day."""
    for kind, after in ((TaskKind.AGREE_PLAN, d.policy.support.plan), (TaskKind.HOLD_TALK, d.policy.support.talk)):
        asked = d.m.open_of(kind)
        if asked and after:
            due = _due(d, kind, after, asked.opened_at)
            if due != asked.due:
                d.give_time(asked, due)


def correct_plan(d: Draft, _was: PlanAnswer, now: PlanAnswer) -> None:
    """The plan was agreed on another day, or has other goals."""
    d.require(now.agreed_on <= d.today, RuleName.PLAN_IN_FUTURE, field="agreed_on")
    d.emit(e.PlanAgreed(on=now.agreed_on, goals=now.goals))


def correct_talk(d: Draft, was: TalkAnswer, now: TalkAnswer) -> None:
    """The talk was held on another day, or there were worries after all; those there were calm by a signal."""
    d.require(now.held_on <= d.today, RuleName.TALK_IN_FUTURE, field="held_on")
    d.require(now.worries or not was.worries, RuleName.CORRECT_WITH_NEXT, field="worries")
    d.emit(e.TalkHeld(on=now.held_on))
    if now.worries and not was.worries and not d.m.signal_of(SignalKind.WORRY):
        report(d, SignalKind.WORRY, None)


TASKS: tuple[AnySpec, ...] = (
    TaskSpec(
        LandingAnswer,
        complete_landing,
        group=Stage.FOLLOW_UP,
        owner=Role.CARE_PROVIDER,
        asked=Asked.LETTER,
        track=TaskTrack.ALONE,
        reachable=lambda policy: bool(policy.support.soft_landing),
        mended_by=RuleName.CORRECT_WITH_NEXT,
        at_home=True,
    ),
    TaskSpec(
        PlanAnswer,
        agree_plan,
        correct_plan,
        group=Stage.FOLLOW_UP,
        own_day=True,
        owner=Role.CARE_PROVIDER,
        asked=Asked.LETTER,
        track=TaskTrack.ALONE,
        reachable=lambda policy: policy.support.plan is not None,
        agreements=(AgreementKind.TAILORED_GUIDANCE,),
    ),
    TaskSpec(
        TalkAnswer,
        hold_talk,
        correct_talk,
        group=Stage.FOLLOW_UP,
        own_day=True,
        owner=Role.CORPORATION,
        owners=frozenset({Whose.COORDINATOR, Whose.DISTRICT_TEAM, Whose.CARE_PROVIDER}) | EITHER_TEAM,
        asked=Asked.LETTER,
        track=TaskTrack.ALONE,
        reachable=lambda policy: policy.support.talk is not None,
        agreements=(AgreementKind.GOOD_TENANCY,),
    ),
)
