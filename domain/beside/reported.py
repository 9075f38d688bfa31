"""A death or a withdrawal that a partner reports: the municipality finds out whether it is so before anything ends.

Meanwhile everything goes on, but for letters to a client who is said to be dead: those wait, also the ones that were on
their way, and go when the report turns out to be wrong. What the municipality knows itself counts at once.
"""

from domain.beside.pause import send_held
from domain.facts.outcome import Outcome, Stage
from domain.facts.parties import OrganisationId
from domain.facts.rules import RuleName
from domain.facts.tasks import Task, TaskKind
from domain.messages.answers import DeathConfirmationAnswer, KnownFrom, WithdrawalConfirmationAnswer
from domain.messages.commands import ClientWithdrawal, LearnHeldBack, ReportDeath, Withdraw
from domain.messages.effects import Audience, Letter
from domain.state import events as e
from domain.state.draft import Draft
from domain.state.task_spec import AnySpec, Asked, Beside, TaskSpec, TaskTrack, remains
from domain.steps.ending import end
from domain.steps.raising import confer


def report_death(d: Draft, command: ReportDeath) -> None:
    """Somebody tells that the client died, and how that is known."""
    source = _known_from(d, command.source, command.note)
    if d.by_municipality:
        end(d, Outcome.DIED, command.note)
        return
    d.require(d.m.reported_death is None, RuleName.ALREADY_REPORTED)
    reporter = d.by.organisation
    d.emit(e.DeathReported(reporter=reporter, source=source, note=command.note))
    d.open(TaskKind.CONFIRM_DEATH, about=reporter)


def confirm_death(d: Draft, _task: Task, answer: DeathConfirmationAnswer) -> None:
    """The municipality found out whether the client died."""
    reporter = d.m.reported_death
    if answer.confirmed:
        _known_from(d, answer.source, answer.note)
        end(d, Outcome.DIED, answer.note, reporter=reporter)
        return
    waiting = d.m.held_letters if d.m.paused_at is None else ()
    d.emit(e.DeathDenied(note=answer.note))
    for letter in waiting:
        send_held(d, letter)
    _tell_denied(d, reporter)


def hold_back(d: Draft, command: LearnHeldBack) -> None:
    """A letter to the client did not leave, for a death was reported: it waits, or goes if the client lives."""
    if d.m.stage is Stage.CLOSED:
        return
    if d.m.reported_death or d.m.paused_at:
        d.emit(e.LetterHeld(letter=command.letter))
    else:
        send_held(d, command.letter)


def withdraw(d: Draft, command: Withdraw) -> None:
    """The client wants to stop, or somebody says so."""
    source = _known_from(d, command.source, command.note)
    if d.by_municipality:
        withdrawn(d, command.reason, command.note)
        return
    d.require(d.m.reported_withdrawal is None, RuleName.ALREADY_REPORTED)
    reason = d.given(command.reason, "reason")
    note = d.given(command.note, "note")
    reporter = d.by.organisation
    d.emit(e.WithdrawalReported(reporter=reporter, source=source, reason=reason, note=note))
    d.open(TaskKind.CONFIRM_WITHDRAWAL, about=reporter)


def confirm_withdrawal(d: Draft, task: Task, answer: WithdrawalConfirmationAnswer) -> None:
    """The municipality asked the client, or could not reach the client yet: then nothing stops."""
    if answer.confirmed == "unreached":
        d.open(TaskKind.CONFIRM_WITHDRAWAL, about=task.about)
        return
    spoke_on = d.given(answer.spoke_on, "spoke_on")
    d.require(spoke_on <= d.today, RuleName.TALK_IN_FUTURE, field="spoke_on")
    asked_on = d.policy.calendar.today(task.opened_at)
    d.require(spoke_on >= asked_on, RuleName.TALK_BEFORE_REPORT, field="spoke_on", day=asked_on)
    reported = d.m.reported_withdrawal
    reporter = reported.reporter if reported else None
    if answer.confirmed is True:
        note = d.given(answer.note, "note")
        d.emit(e.WithdrawalConfirmed(spoke_on=spoke_on))
        withdrawn(d, reported.reason if reported else None, note, reporter)
    else:
        d.emit(e.WithdrawalDenied(spoke_on=spoke_on, note=answer.note))
        _tell_denied(d, reporter)


def withdrawn(
    d: Draft, reason: ClientWithdrawal | None, note: str | None, reporter: OrganisationId | None = None
) -> None:
    """The client stops. Who has the keys is called after three months all the same: until then nothing ends by it."""
    d.cancel(TaskKind.CONFIRM_WITHDRAWAL)
    if d.m.lease.handed_over_on is None:
        housed = reason is ClientWithdrawal.OWN_HOUSING_FOUND
        outcome = Outcome.OWN_HOUSING_FOUND if housed else Outcome.WITHDRAWN_BY_CLIENT
        end(d, outcome, note, withdrawal=reason, reporter=reporter)
    elif d.m.concluded or d.m.call_result:
        end(d, d.m.concluded or Outcome.HOUSED_FOLLOW_UP_HELD, note, withdrawal=reason, reporter=reporter)
    else:
        d.emit(e.ClientWithdrew(reason=reason, note=note))
        d.letter(Letter.STOPPED_AFTER_KEYS, Audience.CLIENT, Audience.GUIDE)
        confer(d, note)


def _known_from(d: Draft, source: KnownFrom | None, note: str | None) -> KnownFrom:
    source = d.given(source, "source")
    d.require(source is not KnownFrom.OTHER or note is not None, RuleName.ANSWER_INCOMPLETE, field="note")
    return source


def _tell_denied(d: Draft, reporter: OrganisationId | None) -> None:
    if reporter:
        d.letter(Letter.REPORT_DENIED, organisation=reporter)


TASKS: tuple[AnySpec, ...] = (
    TaskSpec(
        DeathConfirmationAnswer,
        confirm_death,
        group=Beside.REPORTED,
        asked=Asked.LETTER,
        track=TaskTrack.ALONE,
        stays=remains,
        mended_by=RuleName.CORRECT_BY_COMMAND,
    ),
    TaskSpec(
        WithdrawalConfirmationAnswer,
        confirm_withdrawal,
        group=Beside.REPORTED,
        asked=Asked.LETTER,
        track=TaskTrack.ALONE,
        stays=remains,
        mended_by=RuleName.CORRECT_BY_COMMAND,
        grounds=True,
    ),
)
