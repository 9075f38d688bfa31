"""Messages to a provider's system, its retours, and what it later reports of support that has started.

Every message of the national standard is answered with a retour within three working days, and who sent it watches for
it (iWmo OP090). The provider ends the wait, so it owns the task; the municipality hears of it when the term is over.
"""

from domain.beside.learned import learn_support_request, report_undelivered
from domain.facts.outcome import Stage
from domain.facts.parties import OrganisationId, Owner, Role
from domain.facts.rules import RuleName
from domain.facts.tasks import Task, TaskKind
from domain.messages.answers import RetourAnswer, SupportReviewAnswer
from domain.messages.commands import (
    LearnRetour,
    LearnSent,
    LearnSupportReport,
    LearnSupportRequest,
    ReportUndelivered,
    SupportReport,
)
from domain.messages.effects import RequestSupport
from domain.stages import follow_up
from domain.stages.support import request_support
from domain.state import events as e
from domain.state.draft import Draft
from domain.state.task_spec import AnySpec, Beside, TaskSpec, TaskTrack
from domain.steps.ending import go_on

OPPOSITE = {SupportReport.STOPPED: SupportReport.STOP_WITHDRAWN, SupportReport.STOP_WITHDRAWN: SupportReport.STOPPED}
"""What makes a question of the same kind pointless."""


def learn_request(d: Draft, command: LearnSupportRequest) -> None:
    """A provider's system was asked for support, and owes a retour if it was asked by a message."""
    learn_support_request(d, command)
    support = d.m.support
    if command.message and support and support.number == command.number:
        await_retour(d, command.provider, command.message)


def learn_sent(d: Draft, command: LearnSent) -> None:
    """A message went to a provider."""
    await_retour(d, command.provider, command.message)


def await_retour(d: Draft, provider: OrganisationId, message: str) -> None:
    """Wait for the retour to a message, unless it was quicker than we were; a closed mediation waits for nothing.

    A provider that has left the mediation does not come back into it: then the municipality watches, who sent it.
    """
    waiting = d.m.open_of(TaskKind.AWAIT_RETOUR, message)
    if d.m.stage is not Stage.CLOSED and message not in d.m.retours and waiting is None:
        taking_part = provider in d.m.organisations()
        municipality = Owner(Role.COORDINATOR, d.m.parties.municipality)
        owner = Owner(Role.CARE_PROVIDER, provider) if taking_part else municipality
        d.open(TaskKind.AWAIT_RETOUR, owner=owner, about=message)


def learn_retour(d: Draft, command: LearnRetour) -> None:
    """The retour came. A rejected message was not processed: a person must see to it."""
    message, codes = command.message, command.codes
    if message in d.m.retours:
        return
    asked = isinstance(command.effect, RequestSupport)
    wanted = asked and _is_present(d, command)
    d.emit(e.RetourReceived(message=message, codes=codes, request_rejected=wanted and bool(codes)))
    waiting = d.m.open_of(TaskKind.AWAIT_RETOUR, message)
    if waiting:
        d.emit(e.TaskAnswered(task=waiting.id, answer=RetourAnswer(way="received")))
    if codes and (wanted or not asked):
        code = "_".join(("retour", *codes))[:60]
        report_undelivered(d, ReportUndelivered(by=command.by, effect=command.effect, code=code))


def retour_answered(d: Draft, task: Task, answer: RetourAnswer) -> None:
    """A person says that the provider has the message, or has it sent again."""
    support = d.m.support
    if answer.way == "send_again" and support and support.provider == (task.asked_first or task.owner):
        request_support(d, support.provider)


def learn_support_report(d: Draft, command: LearnSupportReport) -> None:
    """Support ended, or its start or stop is taken back: a person decides what that means for the client.

    What is taken back nobody need find out about any more: that question is replaced.
    """
    support = d.m.support
    if d.m.stage is Stage.CLOSED or support is None or support.started_on is None:
        return
    if (support.provider, support.number) != (command.provider, command.number):
        return
    d.emit(e.SupportReported(report=command.report, on=command.on, reason=command.reason))
    opposite = OPPOSITE.get(command.report)
    d.cancel_where(lambda task, _: task.kind is TaskKind.REVIEW_SUPPORT and task.about == opposite)
    if not d.m.open_of(TaskKind.REVIEW_SUPPORT, command.report):
        d.open(TaskKind.REVIEW_SUPPORT, about=command.report.value)
    if command.report is SupportReport.START_WITHDRAWN and not d.m.open_of(TaskKind.BRIDGE_SUPPORT):
        # the client is at home, and perhaps nobody supports: that waits for no review
        calendar = d.policy.calendar
        d.open(TaskKind.BRIDGE_SUPPORT, due=calendar.closing(calendar.next_working_day(d.today)))


def review_support(d: Draft, task: Task, answer: SupportReviewAnswer) -> None:
    """The municipality found out how it stands."""
    if answer.way != "start_again" and d.m.support and d.m.support.started_on:
        d.cancel(TaskKind.BRIDGE_SUPPORT)
    if answer.way == "corrected":
        started_on = d.given(answer.started_on, "started_on")
        d.require(started_on <= d.today, RuleName.SUPPORT_IN_FUTURE, field="started_on")
        d.emit(e.SupportStartCorrected(on=started_on))
        follow_up.count_again(d)
    elif answer.way == "start_again" and not d.m.open_of(TaskKind.START_SUPPORT):
        if task.about == SupportReport.START_WITHDRAWN:
            d.emit(e.SupportStartUndone())
        d.open(TaskKind.START_SUPPORT)
    go_on(d)


def _is_present(d: Draft, command: LearnRetour) -> bool:
    support = d.m.support
    return (
        support is not None and support.provider == command.by.organisation and support.number in {None, command.number}
    )


TASKS: tuple[AnySpec, ...] = (
    TaskSpec(
        SupportReviewAnswer,
        review_support,
        group=Stage.FOLLOW_UP,
        track=TaskTrack.ALONE,
        mended_by=RuleName.CORRECT_WITH_NEXT,
    ),
    TaskSpec(
        RetourAnswer,
        retour_answered,
        group=Beside.DELIVERY,
        owner=Role.CARE_PROVIDER,
        track=TaskTrack.ALONE,
        mended_by=RuleName.CORRECT_WITH_NEXT,
    ),
)
