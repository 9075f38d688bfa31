"""What is done about a signal: steps that de-escalate, each a task with an owner and a term, until it has calmed.

    nuisance                 acknowledged -> joint talk -> agreements, reviewed -> case conference
    arrears                  written reminder -> personal contact -> help offered -> municipality, if not objected to
    care avoidance, worry    provider gets in touch -> district team visits -> case conference

Sources: vroegsignalering (the landlord's steps before arrears are passed on), Thuis in de Wijk. A case conference may
hand a signal over to the formal route outside the engine, or intend to call the placement failed; the client is then
heard. The engine ends no lease.
"""

from domain.facts.parties import Role
from domain.facts.rules import RuleName
from domain.facts.signals import Signal
from domain.facts.tasks import Task, TaskKind
from domain.messages.answers import (
    AcknowledgementAnswer,
    ArrearsAnswer,
    ClientContactAnswer,
    ConferenceAnswer,
    DebtHelpAnswer,
    HearingSubject,
    JointTalkAnswer,
    ReminderAnswer,
    SignalReviewAnswer,
    TenantAnswer,
    VisitAnswer,
)
from domain.messages.commands import ReportSignal
from domain.messages.effects import Audience, Letter
from domain.stages.follow_up import call_again
from domain.state import events as e
from domain.state.draft import Draft
from domain.state.task_spec import AnySpec, Asked, Beside, TaskSpec
from domain.steps.closing import go_on
from domain.steps.hearing import intend
from domain.steps.raising import landlord, report, step


def report_signal(d: Draft, command: ReportSignal) -> None:
    """A partner tells that something goes wrong at home."""
    d.require(d.m.lease.handed_over_on is not None, RuleName.NO_KEYS_YET)
    known = d.m.signal_of(command.kind)
    d.require(known is None, RuleName.SIGNAL_KNOWN)
    report(d, command.kind, command.note)


def take_up_again(d: Draft) -> None:
    """The client was heard, and the placement has not failed: look again at what nobody works on."""
    worked_on = {task.about for task in d.m.tasks}
    for signal in d.m.open_signals:
        if signal.id not in worked_on:
            step(d, TaskKind.REVIEW_SIGNAL, signal)


# -- nuisance ----------------------------------------------------------------------------------------------------


def acknowledge(d: Draft, task: Task, _answer: AcknowledgementAnswer) -> None:
    """Who told of the nuisance knows that it is seen to: now talk with the client."""
    talk = step(d, TaskKind.HOLD_JOINT_TALK, _signal(d, task))
    d.letter(Letter.JOINT_TALK_PLANNED, Audience.CLIENT, Audience.GUIDE, task=talk)


def joint_talk(d: Draft, task: Task, answer: JointTalkAnswer) -> None:
    """The client, the corporation and the provider have talked."""
    match answer.result:
        case "calmed":
            _calmed(d, task)
        case "agreements":
            step(d, TaskKind.REVIEW_SIGNAL, _signal(d, task))
        case _:
            step(d, TaskKind.HOLD_CASE_CONFERENCE, _signal(d, task))


def review_signal(d: Draft, task: Task, answer: SignalReviewAnswer) -> None:
    """The provider has seen whether the agreements work."""
    match answer.result:
        case "calmed":
            _calmed(d, task)
        case "more_time":
            step(d, TaskKind.REVIEW_SIGNAL, _signal(d, task))
        case _:
            step(d, TaskKind.HOLD_CASE_CONFERENCE, _signal(d, task))


def case_conference(d: Draft, task: Task, answer: ConferenceAnswer) -> None:
    """All partners have talked: agreements once more, another route, or the home did not work out."""
    match answer.result:
        case "calmed":
            _calmed(d, task)
        case "agreements":
            step(d, TaskKind.REVIEW_SIGNAL, _signal(d, task))
        case "handed_over":
            d.given(answer.note, "note")
            _handed_over(d, task)
        case _:
            d.given(answer.note, "note")
            subject = HearingSubject.PLACEMENT_FAILED
            if not any(t.kind is TaskKind.HEAR_CLIENT and t.about == subject for t in d.m.tasks):
                intend(d, subject)


# -- arrears -----------------------------------------------------------------------------------------------------


def remind_arrears(d: Draft, task: Task, answer: ReminderAnswer) -> None:
    """The landlord reminded the tenant in writing."""
    if answer.settled:
        _calmed(d, task)
    else:
        step(d, TaskKind.CONTACT_TENANT, _signal(d, task))


def contact_tenant(d: Draft, task: Task, answer: TenantAnswer) -> None:
    """The landlord spoke to the tenant, or tried to."""
    if answer.settled:
        _calmed(d, task)
    else:
        step(d, TaskKind.OFFER_DEBT_HELP, _signal(d, task))


def offer_debt_help(d: Draft, task: Task, answer: DebtHelpAnswer) -> None:
    """The landlord pointed to help; the arrears are passed on only if the tenant does not object."""
    if answer.settled:
        _calmed(d, task)
    elif answer.objects:
        d.emit(e.ArrearsNotPassedOn(signal=_signal(d, task).id))
        step(d, TaskKind.REVIEW_SIGNAL, _signal(d, task))
    else:
        step(d, TaskKind.TAKE_UP_ARREARS, _signal(d, task))


def take_up_arrears(d: Draft, task: Task, answer: ArrearsAnswer) -> None:
    """The municipality offered help."""
    match answer.result:
        case "settled":
            _calmed(d, task)
        case "handed_over":
            d.given(answer.note, "note")
            _handed_over(d, task)
        case _:
            step(d, TaskKind.HOLD_CASE_CONFERENCE, _signal(d, task))


# -- care avoidance and worry ------------------------------------------------------------------------------------


def contact_client(d: Draft, task: Task, answer: ClientContactAnswer) -> None:
    """The provider got in touch with the client, or could not."""
    match answer.result:
        case "calmed":
            _calmed(d, task)
        case "agreements":
            step(d, TaskKind.REVIEW_SIGNAL, _signal(d, task))
        case _:
            step(d, TaskKind.VISIT_CLIENT, _signal(d, task))


def visit(d: Draft, task: Task, answer: VisitAnswer) -> None:
    """The district team was at the client's door: because of a signal, or to reach the client for the call."""
    if task.about:
        _visited(d, task, answer)
    elif answer.seen:
        call_again(d)
    else:
        d.open(TaskKind.SIGN_OFF_UNREACHABLE)


def _visited(d: Draft, task: Task, answer: VisitAnswer) -> None:
    """The district team was at the client's door because of a signal."""
    if answer.seen and answer.calmed:
        _calmed(d, task)
    elif answer.seen:
        step(d, TaskKind.REVIEW_SIGNAL, _signal(d, task))
    else:
        step(d, TaskKind.HOLD_CASE_CONFERENCE, _signal(d, task))


# -- steps -------------------------------------------------------------------------------------------------------


def _signal(d: Draft, task: Task) -> Signal:
    return d.given(d.m.signal(task.about), "about")


def _calmed(d: Draft, task: Task) -> None:
    d.emit(e.SignalCalmed(signal=_signal(d, task).id))
    go_on(d)


def _handed_over(d: Draft, task: Task) -> None:
    d.emit(e.SignalHandedOver(signal=_signal(d, task).id))
    go_on(d)


TASKS: tuple[AnySpec, ...] = (
    TaskSpec(AcknowledgementAnswer, acknowledge, group=Beside.SIGNALS, owner=Role.CORPORATION, asked=Asked.LETTER),
    TaskSpec(JointTalkAnswer, joint_talk, group=Beside.SIGNALS, owner=Role.CARE_PROVIDER, asked=Asked.LETTER),
    TaskSpec(
        ReminderAnswer, remind_arrears, group=Beside.SIGNALS, owner=Role.CORPORATION, asked=Asked.LETTER, whose=landlord
    ),
    TaskSpec(
        TenantAnswer, contact_tenant, group=Beside.SIGNALS, owner=Role.CORPORATION, asked=Asked.LETTER, whose=landlord
    ),
    TaskSpec(
        DebtHelpAnswer,
        offer_debt_help,
        group=Beside.SIGNALS,
        owner=Role.CORPORATION,
        asked=Asked.LETTER,
        whose=landlord,
    ),
    TaskSpec(ArrearsAnswer, take_up_arrears, group=Beside.SIGNALS),
    TaskSpec(ClientContactAnswer, contact_client, group=Beside.SIGNALS, owner=Role.CARE_PROVIDER, asked=Asked.LETTER),
    TaskSpec(
        VisitAnswer,
        visit,
        group=Beside.SIGNALS,
        owner=Role.DISTRICT_TEAM,
        owners=frozenset({Role.COORDINATOR, Role.CARE_PROVIDER}),
        asked=Asked.LETTER,
    ),
    TaskSpec(
        SignalReviewAnswer,
        review_signal,
        group=Beside.SIGNALS,
        owner=Role.CARE_PROVIDER,
        owners=frozenset({Role.COORDINATOR, Role.DISTRICT_TEAM}),
        asked=Asked.LETTER,
    ),
    TaskSpec(ConferenceAnswer, case_conference, group=Beside.SIGNALS),
)
