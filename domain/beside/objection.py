"""An objection (bezwaar): it runs beside everything else, and stops nothing unless the municipality suspends.

Against the decision with which a mediation ended it is possible afterwards, within the law's term. When it is right the
mediation goes on.
"""

from datetime import date

from domain.beside.reopening import reopen
from domain.facts import terms
from domain.facts.outcome import HearingSubject, Stage
from domain.facts.parties import SYSTEM
from domain.facts.rules import RuleName
from domain.facts.tasks import Task, TaskKind
from domain.facts.value import replace
from domain.messages.answers import ObjectionAnswer, ObjectionResult
from domain.messages.commands import Disputed, FileObjection
from domain.messages.effects import Audience, Letter
from domain.messages.told import Meanwhile, Told
from domain.state import events as e
from domain.state.decision import Decision
from domain.state.draft import Draft, RuleBroken
from domain.state.mediation import Mediation
from domain.state.task_spec import AnySpec, Beside, TaskSpec, TaskTrack, remains
from domain.steps.decision_letter import meanwhile_of, on_objection
from domain.steps.objection_term import decide_by, later_by

LETTERS: dict[ObjectionResult, Letter] = {
    ObjectionResult.WELL_FOUNDED: Letter.OBJECTION_UPHELD,
    ObjectionResult.DISMISSED: Letter.OBJECTION_DISMISSED,
    ObjectionResult.INADMISSIBLE: Letter.OBJECTION_INADMISSIBLE,
    ObjectionResult.WITHDRAWN: Letter.OBJECTION_WITHDRAWN,
}


def file_objection(d: Draft, command: FileObjection) -> None:
    """The client objects to a decision: the municipality has a statutory term to decide."""
    municipal = command.by.organisation == d.m.parties.municipality
    d.require(municipal or not command.suspends, RuleName.NOT_YOURS)
    d.require(municipal or not command.excused, RuleName.NOT_YOURS)
    d.require(not d.m.open_of(TaskKind.DECIDE_OBJECTION), RuleName.OBJECTION_OPEN)
    d.require(_was_decided(d.m, command.against), RuleName.NOTHING_DISPUTED)
    received = command.received_on or d.today
    made_on = command.made_on or received
    d.require(received <= d.today, RuleName.OBJECTION_IN_FUTURE, field="received_on")
    d.require(made_on <= received, RuleName.OBJECTION_IN_FUTURE, field="made_on")
    if d.m.decision:
        _in_time(d, d.m.decision, command, received)
    d.emit(
        e.ObjectionFiled(
            against=command.against,
            suspends=command.suspends,
            made_on=made_on,
            received_on=command.received_on,
            excused=command.excused,
            note=command.note,
        )
    )
    task = d.open(TaskKind.DECIDE_OBJECTION, about=command.against.value, due=decide_by(d, received, command.made_on))
    decided_on = d.policy.calendar.today(d.m.decision.at) if d.m.decision else None
    told = Told(decided_on=decided_on, received_on=received, meanwhile=meanwhile_of(d))
    d.letter(Letter.OBJECTION_RECEIVED, Audience.CLIENT, Audience.GUIDE, task=task, told=told)


def _was_decided(m: Mediation, against: Disputed) -> bool:
    if m.stage is Stage.CLOSED:
        return against is Disputed.END
    match against:
        case Disputed.URGENCY_CONDITIONS:
            return bool(m.urgency_conditions)
        case Disputed.REFUSAL_JUDGED:
            return m.counted_refusals > 0
        case Disputed.NO_DECISION:
            return m.urgency is None
        case Disputed.END:
            return False
        case Disputed.OTHER:
            return True


def _in_time(d: Draft, decision: Decision, command: FileObjection, received: date) -> None:
    """An objection against the end: one, before its letter has left (Awb 6:10) or by the last day after that. What was
    posted by then is in time if it came in within a week (Awb 6:9 lid 2).
    """
    d.require(not command.suspends, RuleName.NOTHING_TO_SUSPEND)
    last = decision.last_day
    if decision.over:
        ended = last is not None and d.today > last
        raise RuleBroken(RuleName.OBJECTION_TOO_LATE if ended else RuleName.OBJECTION_DECIDED, day=last)
    late = last is not None and not terms.in_time(last, received, command.made_on)
    d.require(command.excused or not late, RuleName.OBJECTION_TOO_LATE, day=last)


def decide_objection(d: Draft, task: Task, answer: ObjectionAnswer) -> None:
    """The municipality decided on the objection, or extends its term once."""
    objection = d.m.objection
    if answer.result is ObjectionResult.EXTENDED:
        extended = objection is not None and objection.extended
        d.require(not extended, RuleName.OBJECTION_EXTENDED)
        due = later_by(d, task)
        last = d.policy.calendar.today(task.due)
        d.require(due is None or d.today <= last, RuleName.TERM_OVER, day=last)
        d.emit(e.ObjectionExtended())
        again = d.open(TaskKind.DECIDE_OBJECTION, about=task.about, due=due)
        d.letter(Letter.OBJECTION_EXTENDED, Audience.CLIENT, task=again)
        return
    if answer.result is not ObjectionResult.WITHDRAWN:
        d.require(d.by.user != SYSTEM, RuleName.PERSON_NEEDED)
        d.given(answer.note, "note")
    decision = d.m.decision
    told = on_objection(d, answer.note)
    d.emit(e.ObjectionDecided(result=answer.result))
    if decision and answer.result is ObjectionResult.WELL_FOUNDED:
        reopened = reopen(d, decision)
        told = replace(told, meanwhile=meanwhile_of(d) if reopened else Meanwhile.ELSEWHERE)
    else:
        _spare_from_lapse(d)
    # two letters, for each is sent, returned and held back by itself
    d.letter(LETTERS[answer.result], Audience.CLIENT, told=told)
    d.letter(LETTERS[answer.result], Audience.GUIDE, told=told)


def _spare_from_lapse(d: Draft) -> None:
    """A refusal turned out to be valid: an urgency that was to lapse for it does not."""
    if d.m.counted_refusals >= d.policy.offers.counted_refusals:
        return
    hearing = d.m.open_of(TaskKind.HEAR_CLIENT, HearingSubject.LAPSE_AFTER_REFUSAL)
    if hearing:
        d.emit(e.TaskCancelled(task=hearing.id))
        d.enter(Stage.OFFER)


TASKS: tuple[AnySpec, ...] = (
    TaskSpec(
        ObjectionAnswer,
        decide_objection,
        group=Beside.RIGHTS,
        track=TaskTrack.SIDE,
        stays=remains,
    ),
)
