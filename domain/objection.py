"""An objection (bezwaar): it runs beside everything else, and stops nothing unless the municipality suspends."""

from domain import events as e
from domain.answers import HearingSubject, ObjectionAnswer, ObjectionResult
from domain.commands import Disputed, FileObjection
from domain.draft import Draft
from domain.effects import Audience, Letter
from domain.mediation import Mediation
from domain.outcome import Stage
from domain.parties import SYSTEM
from domain.tasks import Task, TaskKind

AGAINST_THE_CLIENT = frozenset({ObjectionResult.DISMISSED, ObjectionResult.INADMISSIBLE})


def file_objection(d: Draft, command: FileObjection) -> None:
    """The client objects to a decision: the municipality has a statutory term to decide."""
    municipal = command.by.organisation == d.m.parties.municipality
    d.require(municipal or not command.suspends, "not_yours", "only the municipality suspends a decision")
    d.require(not d.m.open_of(TaskKind.DECIDE_OBJECTION), "objection_open", "the objection before is not decided yet")
    d.require(_was_decided(d.m, command.against), "nothing_disputed", "no such decision stands in this mediation")
    d.emit(e.ObjectionFiled(against=command.against, suspends=command.suspends, note=command.note))
    task = d.open(TaskKind.DECIDE_OBJECTION, about=command.against.value)
    d.letter(Letter.OBJECTION_RECEIVED, Audience.CLIENT, Audience.GUIDE, task=task)


def _was_decided(m: Mediation, against: Disputed) -> bool:
    match against:
        case Disputed.URGENCY_CONDITIONS:
            return bool(m.urgency_conditions)
        case Disputed.REFUSAL_JUDGED:
            return m.counted_refusals > 0
        case Disputed.NO_DECISION:
            return m.urgency is None
        case Disputed.OTHER:
            return True


def decide_objection(d: Draft, task: Task, answer: ObjectionAnswer) -> None:
    """The municipality decided on the objection, or extends its term once."""
    objection = d.m.objection
    if answer.result is ObjectionResult.EXTENDED:
        extended = objection is not None and objection.extended
        d.require(not extended, "objection_extended", "the term of an objection is extended once")
        d.emit(e.ObjectionExtended())
        again = d.open(TaskKind.DECIDE_OBJECTION, about=task.about)
        d.letter(Letter.OBJECTION_EXTENDED, Audience.CLIENT, task=again)
        return
    if answer.result in AGAINST_THE_CLIENT:
        d.require(d.by.user != SYSTEM, "person_needed", "only a person decides against a client")
        d.given(answer.note, "note", "with the reasons of this decision")
    d.emit(e.ObjectionDecided(result=answer.result))
    d.letter(Letter.OBJECTION_DECIDED, Audience.CLIENT, Audience.GUIDE)
    _spare_from_lapse(d)


def _spare_from_lapse(d: Draft) -> None:
    """A refusal turned out to be valid: an urgency that was to lapse for it does not."""
    if d.m.counted_refusals >= d.policy.offers.counted_refusals:
        return
    for task in d.m.tasks:
        if task.kind is TaskKind.HEAR_CLIENT and task.about == HearingSubject.LAPSE_AFTER_REFUSAL:
            d.emit(e.TaskCancelled(task=task.id))
            d.enter(Stage.OFFER)
