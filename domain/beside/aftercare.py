"""What is done about a signal: steps that de-escalate, each a task with an owner and a term, until it has calmed.

    nuisance                 acknowledged -> joint talk -> agreements, reviewed -> case conference
    arrears                  written reminder -> personal contact -> help offered -> municipality, if not objected to
    care avoidance, worry    provider gets in touch -> district team visits -> case conference

Sources: vroegsignalering (the landlord's steps before arrears are passed on), Thuis in de Wijk. A case conference may
hand a signal over to the formal route outside the engine, or intend to call the placement failed; the client is then
heard. The engine ends no lease.
"""

from collections.abc import Mapping
from typing import Literal

from domain.facts.outcome import HearingSubject
from domain.facts.parties import EITHER_TEAM, Role, Whose
from domain.facts.rules import RuleName
from domain.facts.signals import Signal
from domain.facts.tasks import Task, TaskKind
from domain.messages.answers import (
    AcknowledgementAnswer,
    ArrearsAnswer,
    ClientContactAnswer,
    ConferenceAnswer,
    DebtHelpAnswer,
    JointTalkAnswer,
    ReminderAnswer,
    SignalReviewAnswer,
    TenantAnswer,
    VisitAnswer,
)
from domain.messages.commands import ReportSignal
from domain.messages.effects import Audience, Letter
from domain.policy.agreements import AgreementKind, told_early
from domain.stages.follow_up import call_again
from domain.state import events as e
from domain.state.decision import Basis
from domain.state.draft import Draft
from domain.state.task_spec import AnySpec, Asked, Beside, TaskSpec
from domain.steps.ending import go_on
from domain.steps.hearing import intend
from domain.steps.raising import landlord, open_step, report

WHAT_FOLLOWS: Mapping[
    Literal["calmed", "settled", "agreements", "more_time", "no_contact", "case_conference"], TaskKind | None
] = {
    "calmed": None,
    "settled": None,
    "agreements": TaskKind.REVIEW_SIGNAL,
    "more_time": TaskKind.REVIEW_SIGNAL,
    "no_contact": TaskKind.VISIT_CLIENT,
    "case_conference": TaskKind.HOLD_CASE_CONFERENCE,
}
"""Which step follows on a result, alike in every step that has that result; None: it has calmed."""


def report_signal(d: Draft, command: ReportSignal) -> None:
    """A partner tells that something goes wrong at home."""
    d.require(told_early(d.policy.agreements, command.kind), RuleName.SIGNAL_NOT_AGREED)
    d.require(d.m.lease.handed_over_on is not None, RuleName.NO_KEYS_YET)
    known = d.m.signal_of(command.kind)
    d.require(known is None, RuleName.SIGNAL_KNOWN)
    report(d, command.kind, command.note)


def take_up_again(d: Draft) -> None:
    """The client was heard, and the placement has not failed: look again at what nobody works on."""
    worked_on = {task.about for task in d.m.tasks}
    for signal in d.m.open_signals:
        if signal.id not in worked_on:
            open_step(d, TaskKind.REVIEW_SIGNAL, signal)


# -- nuisance ----------------------------------------------------------------------------------------------------


def acknowledge(d: Draft, task: Task, _answer: AcknowledgementAnswer) -> None:
    """Who told of the nuisance knows that it is seen to: now talk with the client."""
    talk = open_step(d, TaskKind.HOLD_JOINT_TALK, _signal(d, task))
    d.letter(Letter.JOINT_TALK_PLANNED, Audience.CLIENT, Audience.GUIDE, task=talk)


def joint_talk(d: Draft, task: Task, answer: JointTalkAnswer) -> None:
    """The client, the corporation and the provider have talked."""
    _take_step(d, task, WHAT_FOLLOWS[answer.result])


def review_signal(d: Draft, task: Task, answer: SignalReviewAnswer) -> None:
    """The provider has seen whether the agreements work."""
    _take_step(d, task, WHAT_FOLLOWS[answer.result])


def case_conference(d: Draft, task: Task, answer: ConferenceAnswer) -> None:
    """All partners have talked: agreements once more, another route, or the home did not work out."""
    match answer.result:
        case "calmed" | "agreements":
            _take_step(d, task, WHAT_FOLLOWS[answer.result])
        case "handed_over":
            _handed_over(d, task, answer.note)
        case _:
            basis = Basis(notes=(d.given(answer.note, "note"),))
            if not d.m.open_of(TaskKind.HEAR_CLIENT, HearingSubject.PLACEMENT_FAILED):
                intend(d, HearingSubject.PLACEMENT_FAILED, basis)


# -- arrears -----------------------------------------------------------------------------------------------------


def remind_arrears(d: Draft, task: Task, answer: ReminderAnswer) -> None:
    """The landlord reminded the tenant in writing."""
    _take_step(d, task, None if answer.settled else TaskKind.CONTACT_TENANT)


def contact_tenant(d: Draft, task: Task, answer: TenantAnswer) -> None:
    """The landlord spoke to the tenant, or tried to."""
    _take_step(d, task, None if answer.settled else TaskKind.OFFER_DEBT_HELP)


def offer_debt_help(d: Draft, task: Task, answer: DebtHelpAnswer) -> None:
    """The landlord pointed to help; the arrears are passed on only if the tenant does not object."""
    objects = answer.objects and not answer.settled
    if objects:
        d.emit(e.ArrearsNotPassedOn(signal=_signal(d, task).id))
    onward = TaskKind.REVIEW_SIGNAL if objects else TaskKind.TAKE_UP_ARREARS
    _take_step(d, task, None if answer.settled else onward)


def take_up_arrears(d: Draft, task: Task, answer: ArrearsAnswer) -> None:
    """The municipality offered help."""
    if answer.result == "handed_over":
        _handed_over(d, task, answer.note)
    else:
        _take_step(d, task, WHAT_FOLLOWS[answer.result])


# -- care avoidance and worry ------------------------------------------------------------------------------------


def contact_client(d: Draft, task: Task, answer: ClientContactAnswer) -> None:
    """The provider got in touch with the client, or could not."""
    _take_step(d, task, WHAT_FOLLOWS[answer.result])


def visit(d: Draft, task: Task, answer: VisitAnswer) -> None:
    """The district team was at the client's door: because of a signal, or to reach the client for the call."""
    if task.about:
        onward = TaskKind.REVIEW_SIGNAL if answer.seen else TaskKind.HOLD_CASE_CONFERENCE
        _take_step(d, task, None if answer.seen and answer.calmed else onward)
    elif answer.seen:
        call_again(d)
    else:
        d.open(TaskKind.SIGN_OFF_UNREACHABLE)


# -- steps -------------------------------------------------------------------------------------------------------


def _signal(d: Draft, task: Task) -> Signal:
    return d.known(d.m.signal(task.about), "the signal that is worked on")


def _take_step(d: Draft, task: Task, onward: TaskKind | None) -> None:
    """Take the next step about the signal of this task; None: it has calmed."""
    signal = _signal(d, task)
    if onward:
        open_step(d, onward, signal)
    else:
        d.emit(e.SignalCalmed(signal=signal.id))
        go_on(d)


def _handed_over(d: Draft, task: Task, note: str | None) -> None:
    """Somebody outside goes on with it: the note says who, and why."""
    d.given(note, "note")
    d.emit(e.SignalHandedOver(signal=_signal(d, task).id))
    go_on(d)


OF_NUISANCE = (AgreementKind.NUISANCE, AgreementKind.EARLY_SIGNALS)
OF_MONEY = (AgreementKind.MONEY, AgreementKind.EARLY_SIGNALS)

TASKS: tuple[AnySpec, ...] = (
    TaskSpec(
        AcknowledgementAnswer,
        acknowledge,
        group=Beside.SIGNALS,
        owner=Role.CORPORATION,
        asked=Asked.LETTER,
        agreements=OF_NUISANCE,
        mended_by=RuleName.CORRECT_WITH_NEXT,
    ),
    TaskSpec(
        JointTalkAnswer,
        joint_talk,
        group=Beside.SIGNALS,
        owner=Role.CARE_PROVIDER,
        asked=Asked.LETTER,
        agreements=OF_NUISANCE,
        mended_by=RuleName.CORRECT_WITH_NEXT,
    ),
    TaskSpec(
        ReminderAnswer,
        remind_arrears,
        group=Beside.SIGNALS,
        owner=Role.CORPORATION,
        asked=Asked.LETTER,
        whose=landlord,
        agreements=OF_MONEY,
        mended_by=RuleName.CORRECT_WITH_NEXT,
    ),
    TaskSpec(
        TenantAnswer,
        contact_tenant,
        group=Beside.SIGNALS,
        owner=Role.CORPORATION,
        asked=Asked.LETTER,
        whose=landlord,
        agreements=OF_MONEY,
        mended_by=RuleName.CORRECT_WITH_NEXT,
    ),
    TaskSpec(
        DebtHelpAnswer,
        offer_debt_help,
        group=Beside.SIGNALS,
        owner=Role.CORPORATION,
        asked=Asked.LETTER,
        whose=landlord,
        agreements=OF_MONEY,
        mended_by=RuleName.CORRECT_WITH_NEXT,
    ),
    TaskSpec(
        ArrearsAnswer, take_up_arrears, group=Beside.SIGNALS, mended_by=RuleName.CORRECT_WITH_NEXT, agreements=OF_MONEY
    ),
    TaskSpec(
        ClientContactAnswer,
        contact_client,
        group=Beside.SIGNALS,
        owner=Role.CARE_PROVIDER,
        asked=Asked.LETTER,
        agreements=(AgreementKind.EARLY_SIGNALS,),
        mended_by=RuleName.CORRECT_WITH_NEXT,
    ),
    TaskSpec(
        VisitAnswer,
        visit,
        group=Beside.SIGNALS,
        owner=Role.DISTRICT_TEAM,
        owners=frozenset({Whose.COORDINATOR, Whose.CARE_PROVIDER}) | EITHER_TEAM,
        asked=Asked.LETTER,
        mended_by=RuleName.CORRECT_WITH_NEXT,
        at_home=True,
    ),
    TaskSpec(
        SignalReviewAnswer,
        review_signal,
        group=Beside.SIGNALS,
        owner=Role.CARE_PROVIDER,
        owners=frozenset({Whose.COORDINATOR, Whose.DISTRICT_TEAM}) | EITHER_TEAM,
        asked=Asked.LETTER,
        mended_by=RuleName.CORRECT_WITH_NEXT,
    ),
    TaskSpec(
        ConferenceAnswer,
        case_conference,
        group=Beside.SIGNALS,
        mended_by=RuleName.CORRECT_WITH_NEXT,
        grounds=True,
    ),
)
