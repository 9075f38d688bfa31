"""The rules run here, once: a command on a state leads to events, effects and claims, or is refused by a rule."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from domain.beside import absence, aftercare, chasing, heard, learned, made_known, objection, pause, reported, retours
from domain.beside.adoption import adopt
from domain.beside.hint import look_again
from domain.beside.provider import change_provider
from domain.beside.step_back import step_back
from domain.decide.ladder import pass_time
from domain.decide.permits import permit
from domain.facts.conditions import Condition
from domain.facts.outcome import Stage
from domain.facts.referral import ReferralChanges
from domain.facts.tasks import Task, TaskKind
from domain.facts.value import Value
from domain.messages import events as e
from domain.messages.commands import (
    AddNote,
    AdoptPolicy,
    AnswerTask,
    AnyCommand,
    ChangeProvider,
    Command,
    CorrectReferral,
    FileObjection,
    LearnDwellings,
    LearnHeldBack,
    LearnLease,
    LearnLetterSent,
    LearnNoSystem,
    LearnRetour,
    LearnSent,
    LearnSupportReport,
    LearnSupportRequest,
    LookAgain,
    OverrideRule,
    PassTime,
    PauseMediation,
    ReassignTask,
    ReportAbsence,
    ReportDeath,
    ReportReturn,
    ReportSignal,
    ReportUndelivered,
    ResumeMediation,
    Rule,
    SnoozeTask,
    StartMediation,
    StepBack,
    TakeOverTask,
    Withdraw,
    WithdrawOffer,
)
from domain.messages.effects import AnyEffect
from domain.messages.events import AnyEvent
from domain.policy.policy import Policy
from domain.policy.scarce import Claim
from domain.stages import (
    acceptance,
    assessment,
    conversion,
    first_weeks,
    follow_up,
    offer,
    onward,
    origin,
    readiness,
    support,
    support_start,
    viewing,
)
from domain.state.agenda import wake_at
from domain.state.draft import Draft, RuleBroken
from domain.state.mediation import Mediation
from domain.steps import appointments, terms
from domain.steps.receiving import catch_up, tell_off


class Decided(Value):
    """What a command leads to."""

    state: Mediation | None
    events: tuple[AnyEvent, ...] = ()
    effects: tuple[AnyEffect, ...] = ()
    claims: tuple[Claim, ...] = ()
    releases: tuple[Claim, ...] = ()

    @property
    def wake_at(self) -> datetime | None:
        """When time must be told to pass, in UTC."""
        return wake_at(self.state) if self.state else None


class Refused(Value):
    """A rule forbids the command: nothing happens."""

    rule: str
    reason: str
    conditions: tuple[Condition, ...] = ()


ENTRIES: dict[Stage, Callable[[Draft], None]] = {
    Stage.READINESS: readiness.enter,
    Stage.ASSESSMENT: assessment.enter,
    Stage.OFFER: offer.enter,
    Stage.ACCEPTANCE: acceptance.enter,
    Stage.SUPPORT_START: support_start.enter,
    Stage.FOLLOW_UP: follow_up.enter,
    Stage.CONVERSION: conversion.enter,
}

ANSWERS: dict[TaskKind, Callable[[Draft, Task, Any], None]] = {
    TaskKind.CHECK_READINESS: readiness.check_readiness,
    TaskKind.SUPPLEMENT: readiness.supplement,
    TaskKind.DECIDE_INCOMPLETE: readiness.decide_incomplete,
    TaskKind.REVIEW_READINESS: readiness.review,
    TaskKind.DETERMINE_ORIGIN: origin.determine_origin,
    TaskKind.AWAIT_TRANSFER: origin.transfer_answered,
    TaskKind.ASSESS: assessment.assess,
    TaskKind.EXTEND_DECISION_TERM: terms.extend_decision_term,
    TaskKind.HEAR_CLIENT: heard.hear,
    TaskKind.DECIDE_OBJECTION: objection.decide_objection,
    TaskKind.AWAIT_PLACE: offer.await_place,
    TaskKind.MAKE_OFFER: offer.make_offer,
    TaskKind.EXTEND_URGENCY: offer.answer_urgency,
    TaskKind.CONFIRM_OFFER: offer.confirm_offer,
    TaskKind.PLAN_VIEWING: viewing.viewing_planned,
    TaskKind.HOLD_VIEWING: viewing.viewing_held,
    TaskKind.ANSWER_OFFER: acceptance.answer_offer,
    TaskKind.RESOLVE_NO_ANSWER: acceptance.resolve_no_answer,
    TaskKind.JUDGE_REFUSAL: acceptance.judge_refusal,
    TaskKind.SIGN_LEASE: acceptance.sign_lease,
    TaskKind.JUDGE_FRAUD: acceptance.judge_fraud,
    TaskKind.NAME_RECEIVING_TEAM: acceptance.team_named,
    TaskKind.CONFIRM_SUPPORT: support.confirm_support,
    TaskKind.AWAIT_RETOUR: retours.retour_answered,
    TaskKind.BRIDGE_SUPPORT: support.bridge_support,
    TaskKind.HAND_OVER_KEYS: acceptance.hand_over_keys,
    TaskKind.ARRANGE_ONWARD_MOVE: onward.onward_move,
    TaskKind.START_SUPPORT: support_start.start_support,
    TaskKind.REVIEW_SUPPORT: retours.review_support,
    TaskKind.COMPLETE_LANDING: first_weeks.complete_landing,
    TaskKind.AGREE_PLAN: first_weeks.agree_plan,
    TaskKind.HOLD_TALK: first_weeks.hold_talk,
    TaskKind.FOLLOW_UP_CALL: follow_up.call,
    TaskKind.ASK_GUIDE: follow_up.ask_guide,
    TaskKind.SIGN_OFF_UNREACHABLE: follow_up.sign_off,
    TaskKind.TAKE_UP_FOLLOW_ON: follow_up.take_up_follow_on,
    TaskKind.VISIT_CLIENT: aftercare.visit,
    TaskKind.ACKNOWLEDGE_SIGNAL: aftercare.acknowledge,
    TaskKind.HOLD_JOINT_TALK: aftercare.joint_talk,
    TaskKind.REVIEW_SIGNAL: aftercare.review_signal,
    TaskKind.HOLD_CASE_CONFERENCE: aftercare.case_conference,
    TaskKind.REMIND_ARREARS: aftercare.remind_arrears,
    TaskKind.CONTACT_TENANT: aftercare.contact_tenant,
    TaskKind.OFFER_DEBT_HELP: aftercare.offer_debt_help,
    TaskKind.TAKE_UP_ARREARS: aftercare.take_up_arrears,
    TaskKind.CONTACT_CLIENT: aftercare.contact_client,
    TaskKind.REVIEW_TIME_OUT: absence.review_time_out,
    TaskKind.REVIEW_ABSENCE: absence.review_absence,
    TaskKind.DECIDE_CONVERSION: conversion.decide_conversion,
    TaskKind.CONFIRM_DEATH: reported.confirm_death,
    TaskKind.CONFIRM_WITHDRAWAL: reported.confirm_withdrawal,
    TaskKind.REVIEW_PAUSE: pause.review_pause,
}

AFTER_CLOSE = (
    *(PassTime, LearnLease, LearnSupportRequest, LearnSent, LearnRetour, LearnDwellings, ReportUndelivered),
    *(LearnNoSystem, LearnLetterSent, LearnHeldBack),
)
"""What may still come in when a mediation has just ended."""


def decide(
    m: Mediation | None,
    command: AnyCommand,
    policy: Policy,
    now: datetime,
    gone: frozenset[Claim] = frozenset(),
) -> Decided | Refused:
    """Judge a command. `gone` names what the store found to be claimed already: it is decided knowing so."""
    d = Draft(m, policy, now, command.by, gone, ENTRIES)
    try:
        _apply(d, command)
        appointments.tell(d, m)
        tell_off(d, m)
    except RuleBroken as broken:
        return Refused(rule=broken.rule, reason=broken.reason, conditions=broken.conditions)
    return Decided.of(
        state=d.state,
        events=tuple(d.events),
        effects=tuple(d.effects),
        claims=tuple(d.claims),
        releases=tuple(d.releases),
    )


def _apply(d: Draft, command: AnyCommand) -> None:
    if isinstance(command, StartMediation):
        d.require(d.state is None, "already_started", "this mediation has been started")
        readiness.start(d, command)
        return
    late = isinstance(command, AnswerTask) and learned.is_late_confirmation(d, command)
    closed = d.m.stage is Stage.CLOSED and not late
    d.require(not closed or _comes_after(d.m, command), "closed", "this mediation has ended")
    permit(d, command)
    if late and isinstance(command, AnswerTask):
        learned.give_offer_back(d, command)
    else:
        COMMANDS[type(command)](d, command)


def _comes_after(m: Mediation, command: Command) -> bool:
    """Tell whether a command may come when the mediation has ended."""
    match command:
        case FileObjection():
            return m.decision is not None
        case AnswerTask(task=task) | SnoozeTask(task=task) | ReassignTask(task=task) | TakeOverTask(task=task):
            return m.task(task) is not None
        case _:
            return isinstance(command, AFTER_CLOSE)


def _answer(d: Draft, command: AnswerTask) -> None:
    task = d.m.task(command.task)
    if task is None:
        was = d.m.was_opened(command.task)
        rule = "task_closed" if was else "no_such_task"
        raise RuleBroken(rule, "this task is no longer open" if was else "this mediation has no such task")
    d.require(task.kind is command.answer.kind, "wrong_answer", f"this task asks for an answer of kind {task.kind}")
    effect = d.m.undelivered.get(task.id)
    d.emit(e.TaskAnswered(task=task.id, answer=command.answer))
    d.served = command.served
    catch_up(d)
    if command.answer.kind is not TaskKind.RESOLVE_DELIVERY:
        ANSWERS[task.kind](d, task, command.answer)
    elif command.answer.way == "try_again" and effect:
        learned.try_again(d, effect)
    else:
        made_known.done_by_hand(d, effect, command.answer.on)


def _note(d: Draft, command: AddNote) -> None:
    d.emit(e.NoteAdded(note=command.note))


def _correct(d: Draft, command: CorrectReferral) -> None:
    d.require(command.changes != ReferralChanges(), "nothing_to_correct", "give the facts that change")
    d.emit(e.ReferralCorrected(changes=command.changes, note=command.note))
    _seek_again(d)


def _override(d: Draft, command: OverrideRule) -> None:
    d.emit(e.RuleOverridden(rule=command.rule, note=command.note))
    _seek_again(d, command.rule)


def _seek_again(d: Draft, rule: Rule | None = None) -> None:
    """The facts or the rules changed while a place or a dwelling is sought: look again."""
    if d.m.open_of(TaskKind.MAKE_OFFER) and rule in {None, Rule.DWELLING_UNSUITABLE, Rule.SPREAD_FULL}:
        offer.list_dwellings(d)
    if d.m.open_of(TaskKind.AWAIT_PLACE) and rule in {None, Rule.QUOTA_FULL}:
        offer.seek_place(d)


COMMANDS: dict[type[Command], Callable[[Draft, Any], None]] = {
    AnswerTask: _answer,
    Withdraw: reported.withdraw,
    ReportDeath: reported.report_death,
    AddNote: _note,
    FileObjection: objection.file_objection,
    CorrectReferral: _correct,
    OverrideRule: _override,
    AdoptPolicy: adopt,
    WithdrawOffer: acceptance.withdraw_offer,
    ReportSignal: aftercare.report_signal,
    ReportAbsence: absence.report_absence,
    ReportReturn: absence.report_return,
    ChangeProvider: change_provider,
    PauseMediation: pause.pause,
    ResumeMediation: pause.resume,
    StepBack: step_back,
    SnoozeTask: chasing.snooze,
    ReassignTask: chasing.reassign,
    TakeOverTask: chasing.take_over,
    LookAgain: look_again,
    PassTime: pass_time,
    LearnDwellings: offer.learn_dwellings,
    LearnLease: learned.learn_lease,
    LearnSupportRequest: retours.learn_request,
    LearnSent: retours.learn_sent,
    LearnRetour: retours.learn_retour,
    LearnSupportReport: retours.learn_support_report,
    ReportUndelivered: learned.report_undelivered,
    LearnNoSystem: learned.leave_to_people,
    LearnLetterSent: made_known.learn_sent,
    LearnHeldBack: reported.hold_back,
}
"""What each command leads to, once it is allowed."""
