"""Every command there is: what it leads to once it is allowed, who may give it, and whether it may follow the end."""

from domain.beside import (
    absence,
    aftercare,
    chasing,
    complaint,
    hindered,
    learned,
    made_known,
    objection,
    pause,
    reported,
    retours,
    transfer,
    withdrawn_offer,
)
from domain.beside.adoption import adopt
from domain.beside.contact import change_contact
from domain.beside.correcting import correct_answer, corrects_posting
from domain.beside.learned import look_again
from domain.beside.provider import change_provider
from domain.beside.reopening import reopen_mediation
from domain.beside.step_back import step_back
from domain.decide import permits
from domain.decide.ladder import pass_time
from domain.facts.outcome import Outcome
from domain.facts.rules import Overridable, RuleName
from domain.facts.tasks import TaskKind
from domain.facts.value import made, replace
from domain.messages import commands as c
from domain.messages.answers import Answer, TermExtensionAnswer
from domain.messages.shapes import contradiction, each_once, lacking
from domain.stages import acceptance, offer, readiness
from domain.state import events as e
from domain.state.command_spec import AnyCommandSpec, CommandSpec, always, by_command
from domain.state.draft import Draft, RuleBroken
from domain.steps.default_notice import note_default_notice
from domain.steps.receiving import catch_up
from domain.steps.terms import extension_in_time

_OfTask = c.SnoozeTask | c.ReportHindrance | c.AnswerHindrance | c.ReassignTask | c.TakeOverTask


def _answer(d: Draft, command: c.AnswerTask) -> None:
    """Take the answer off the open tasks first, and then do what it leads to: that may open a task of the same kind."""
    command = replace(command, answer=each_once(command.answer))
    _one_shape(command.answer)
    if learned.is_late_confirmation(d, command):
        learned.give_offer_back(d, command)
        return
    if isinstance(command.answer, TermExtensionAnswer) and d.m.task(command.task) is None:
        extension_in_time(d)  # the task went with the term: say that the term is over, and not that the task is closed
    task = d.open_task(command.task)
    if not permits.is_asked(d.m, task, command.by):
        raise RuleBroken(RuleName.NOT_OWNER_ANY_MORE, owner=task.owner)
    d.require(task.kind is command.answer.kind, RuleName.WRONG_ANSWER)
    d.emit(made(e.TaskAnswered, task=task.id, answer=command.answer))
    d.served = command.served  # for `catch_up` and, when keys are planned or a home is accepted, `note_receiving_team`
    d.home_now, d.line = command.home_now, command.line
    d.age, d.age_between = command.age, command.age_between  # for `grant_urgency`
    d.acted = command.acted  # for `handle_complaint` and `decide_objection`
    catch_up(d)
    d.spec(task.kind).give(d, task, command.answer)


def _one_shape(answer: Answer) -> None:
    """Refuse an answer that is a mixture of two, or that lacks what belongs to it."""
    if wrong := contradiction(answer):
        raise RuleBroken(RuleName.ANSWER_CONTRADICTS, field=wrong.field, beside=wrong.beside)
    if missing := lacking(answer):
        raise RuleBroken(RuleName.ANSWER_INCOMPLETE, field=missing)


def _note(d: Draft, command: c.AddNote) -> None:
    d.emit(e.NoteAdded(note=command.note))


def _correct(d: Draft, command: c.CorrectReferral) -> None:
    changes = any(value not in (None, getattr(d.m.referral, name)) for name, value in command.changes)
    d.require(changes, RuleName.NOTHING_TO_CORRECT)
    if needs := command.changes.needs:
        readiness.districts_agree(d, needs)
    readiness.from_elsewhere(d, command.changes.transferred_from, d.m.parties.municipality)
    d.emit(e.ReferralCorrected(changes=command.changes, note=command.note))
    _seek_again(d)


def _correct_answer(d: Draft, command: c.CorrectAnswer) -> None:
    command = replace(command, answer=each_once(command.answer))
    _one_shape(command.answer)
    correct_answer(d, command)


def _override(d: Draft, command: c.OverrideRule) -> None:
    d.emit(e.RuleOverridden(rule=command.rule, note=command.note))
    _seek_again(d, command.rule)


def _learn_room(d: Draft, _command: c.LearnRoom) -> None:
    if d.m.paused_at is None:
        _seek_again(d, Overridable.QUEUE_ORDER)
        if asked := d.m.open_of(TaskKind.MAKE_OFFER):
            d.emit(e.TaskChecked(task=asked.id, next_check=asked.check_at))
            offer.list_dwellings(d)


def _seek_again(d: Draft, rule: Overridable | None = None) -> None:
    """The facts or the rules changed while a place or a dwelling is sought: look again."""
    if d.m.open_of(TaskKind.MAKE_OFFER) and rule in {None, Overridable.DWELLING_UNSUITABLE, Overridable.SPREAD_FULL}:
        offer.list_dwellings(d)
    if d.m.open_of(TaskKind.AWAIT_PLACE) and rule in {None, Overridable.QUOTA_FULL, Overridable.QUEUE_ORDER}:
        offer.seek_place(d)


def _of_open_task(d: Draft, command: _OfTask | c.AnswerTask) -> bool:
    """Tell whether what is asked is open, or was asked anew under another number: then it is said that this one is
    closed, and not that all is over.
    """
    kind = command.task.rpartition("-")[0]
    return any(task.kind.value == kind for task in d.m.tasks)


def _answers_still(d: Draft, command: c.AnswerTask) -> bool:
    return _of_open_task(d, command) or learned.is_late_confirmation(d, command)


def _of_decision(d: Draft, _command: c.FileObjection) -> bool:
    open_to = any(not one.over or one.ran_out for one in d.m.decisions) and d.m.outcome is not Outcome.DIED
    return d.m.decision is not None or open_to


def _letters_to_come(d: Draft, _command: c.ChangeContact) -> bool:
    undisclosed = d.m.decision is not None or any(not one.over for one in d.m.decisions)
    return undisclosed or d.m.open_of(TaskKind.DECIDE_OBJECTION) is not None


def _objects_still(d: Draft, _command: c.NoteDefaultNotice) -> bool:
    return d.m.open_of(TaskKind.DECIDE_OBJECTION) is not None


SPECS: tuple[AnyCommandSpec, ...] = (
    CommandSpec(c.StartMediation, readiness.start, permits.WHO_MAY_REFER),
    CommandSpec(c.AnswerTask, _answer, permits.WHO_WAS_ASKED, _answers_still),
    CommandSpec(c.Withdraw, reported.withdraw, permits.WHO_TAKES_PART),
    CommandSpec(c.ReportDeath, reported.report_death, permits.WHO_TAKES_PART),
    CommandSpec(c.AddNote, _note, permits.WHO_ACTS),
    CommandSpec(c.FileObjection, objection.file_objection, permits.THE_INSTITUTION, _of_decision),
    CommandSpec(c.FileComplaint, complaint.file_complaint, permits.WHO_TOOK_PART, always),
    CommandSpec(c.NoteDefaultNotice, note_default_notice, permits.THE_INSTITUTION, _objects_still),
    CommandSpec(c.CorrectReferral, _correct, permits.THE_INSTITUTION),
    CommandSpec(c.CorrectAnswer, _correct_answer, permits.MUNICIPALITY_ONLY, corrects_posting),
    CommandSpec(c.ChangeContact, change_contact, permits.OF_THE_GUIDE, _letters_to_come),
    CommandSpec(c.OverrideRule, _override, permits.MUNICIPALITY_ONLY),
    CommandSpec(c.AdoptPolicy, adopt, permits.MUNICIPALITY_ONLY),
    CommandSpec(c.WithdrawOffer, withdrawn_offer.withdraw_offer, permits.WHO_OFFERED),
    CommandSpec(c.ReportSignal, aftercare.report_signal, permits.WHO_TAKES_PART),
    CommandSpec(c.ReportAbsence, absence.report_absence, permits.WHO_TAKES_PART),
    CommandSpec(c.ReportReturn, absence.report_return, permits.WHO_TAKES_PART),
    CommandSpec(c.ChangeProvider, change_provider, permits.MUNICIPALITY_ONLY),
    CommandSpec(c.PauseMediation, pause.pause, permits.MUNICIPALITY_ONLY),
    CommandSpec(c.ResumeMediation, pause.resume, permits.MUNICIPALITY_ONLY),
    CommandSpec(c.ReopenMediation, reopen_mediation, permits.MUNICIPALITY_ONLY, always),
    CommandSpec(c.StepBack, step_back, permits.MUNICIPALITY_ONLY),
    CommandSpec(c.ProposeTransfer, transfer.propose_transfer, permits.MUNICIPALITY_ONLY),
    CommandSpec(c.WithdrawTransfer, transfer.withdraw_transfer, permits.MUNICIPALITY_ONLY),
    CommandSpec(c.SnoozeTask, chasing.snooze, permits.MUNICIPALITY_ONLY, _of_open_task),
    CommandSpec(c.ReportHindrance, hindered.report_hindrance, permits.WHO_HAS_IT, _of_open_task),
    CommandSpec(c.AnswerHindrance, hindered.answer_hindrance, permits.MUNICIPALITY_ONLY, _of_open_task),
    CommandSpec(c.ReassignTask, chasing.reassign, permits.MUNICIPALITY_ONLY, _of_open_task),
    CommandSpec(c.TakeOverTask, chasing.take_over, permits.MUNICIPALITY_ONLY, _of_open_task),
    CommandSpec(c.LookAgain, look_again, permits.SYSTEM_TAKING_PART),
    CommandSpec(c.LearnRoom, _learn_room, permits.MUNICIPALITY_ONLY),
    CommandSpec(c.PassTime, pass_time, permits.MUNICIPALITY_ONLY, always),
    CommandSpec(c.LearnDwellings, offer.learn_dwellings, permits.SYSTEMS, always),
    CommandSpec(c.LearnHome, acceptance.learn_home, permits.LANDLORDS_SYSTEM, always),
    CommandSpec(c.LearnLease, learned.learn_lease, permits.SYSTEMS, always),
    CommandSpec(c.LearnSupportRequest, retours.learn_request, permits.SENDERS_SYSTEM, always),
    CommandSpec(c.LearnSent, retours.learn_sent, permits.SENDERS_SYSTEM, always),
    CommandSpec(c.LearnRetour, retours.learn_retour, permits.ASKED_SYSTEM, always),
    CommandSpec(c.LearnSupportReport, retours.learn_support_report, permits.SENDERS_SYSTEM),
    CommandSpec(c.ReportUndelivered, learned.report_undelivered, permits.SYSTEMS, always),
    CommandSpec(c.LearnLetterSent, made_known.learn_letter_sent, permits.SYSTEMS, always),
    CommandSpec(c.LearnNoSystem, learned.leave_to_people, permits.ASKED_SYSTEM, always),
    CommandSpec(c.LearnHeldBack, reported.hold_back, permits.MUNICIPALITY_ONLY, always),
)
"""A command is named here and nowhere else: the import fails when one has no spec."""
COMMANDS = by_command(SPECS)
