"""An objection (bezwaar): it runs beside everything else, and stops nothing unless the municipality suspends.

Against each decision one is taken at any time, also when the mediation has ended: whether it came within the law's term
is decided with it. When one against its end is right the mediation goes on.
"""

from datetime import date

from domain.beside.reopening import UNDECIDED, reopen
from domain.beside.step_back import give_urgency_back
from domain.facts.clocks import ClockKind
from domain.facts.default_notice import LateDecision
from domain.facts.outcome import HearingSubject, Outcome, Stage
from domain.facts.parties import SYSTEM
from domain.facts.rules import RuleName
from domain.facts.tasks import Task, TaskKind
from domain.facts.value import replace
from domain.messages.answers import ObjectionAnswer, ObjectionResult
from domain.messages.commands import Disputed, FileObjection
from domain.messages.effects import Audience, Letter
from domain.messages.told import Meanwhile, NotHeard, Told, Undone
from domain.state import events as e
from domain.state.decision import EarlierDecision, EndDecision
from domain.state.draft import Draft, RuleBroken
from domain.state.mediation import Objection
from domain.state.task_spec import AnySpec, Beside, Lack, TaskSpec, TaskTrack, remains
from domain.steps.decision_letter import meanwhile_of, on_objection
from domain.steps.default_notice import penalty_ends
from domain.steps.objection_term import decide_by, late_after, later_by
from domain.steps.terms import end_when_run_out, extend_urgency

LETTER_OF_RESULT: dict[ObjectionResult, Letter] = {
    ObjectionResult.WELL_FOUNDED: Letter.OBJECTION_UPHELD,
    ObjectionResult.DISMISSED: Letter.OBJECTION_DISMISSED,
    ObjectionResult.INADMISSIBLE: Letter.OBJECTION_INADMISSIBLE,
    ObjectionResult.WITHDRAWN: Letter.OBJECTION_WITHDRAWN,
}


def file_objection(d: Draft, command: FileObjection) -> None:
    """The client objects to a decision: the municipality has a statutory term to decide."""
    municipal = d.by_municipality
    d.require(municipal or not command.suspends, RuleName.NOT_YOURS)
    d.require(municipal or not command.excused, RuleName.NOT_YOURS)
    d.require(not d.m.open_of(TaskKind.DECIDE_OBJECTION), RuleName.OBJECTION_OPEN)
    disputed = _disputed(d, command, municipal)
    received = command.received_on or d.today
    d.require(municipal or received == d.today, RuleName.NOT_YOURS)
    made_on = command.made_on or received
    d.require(received <= d.today, RuleName.OBJECTION_IN_FUTURE, field="received_on")
    d.require(made_on <= received, RuleName.OBJECTION_IN_FUTURE, field="made_on")
    d.require(not command.suspends or d.m.stage is not Stage.CLOSED, RuleName.NOTHING_TO_SUSPEND)
    if disputed:
        _not_decided(disputed)
        _not_before(d, disputed, command, made_on)
    elif command.against is Disputed.NO_DECISION:
        _in_default(d, command, received)
    d.emit(
        e.ObjectionFiled(
            against=command.against,
            decision=disputed.id if isinstance(disputed, EarlierDecision) else None,
            suspends=command.suspends,
            made_on=made_on,
            received_on=received if command.received_on or made_on < received else None,
            excused=command.excused,
            note=command.note,
        )
    )
    due = decide_by(d, disputed, received, command.made_on)
    task = d.open(TaskKind.DECIDE_OBJECTION, about=command.against.value, due=due)
    late = late_after(d.m)
    told = Told(
        decided_on=_day_of(d, disputed),
        received_on=received,
        meanwhile=meanwhile_of(d),
        late_after=None if command.excused else late,
    )
    d.letter(Letter.OBJECTION_RECEIVED, Audience.CLIENT, Audience.GUIDE, task=task, told=told)


def _disputed(d: Draft, command: FileObjection, municipal: bool) -> EndDecision | EarlierDecision | None:
    """Return the decision that an objection is against; None where none was taken, or none was noted as such. What is
    no decision at all only the municipality notes, to decide on it.
    """
    m, against = d.m, command.against
    if against is Disputed.END or m.decision:
        earlier = against is not Disputed.END and (m.earlier(command.decision) or m.decided_on(against))
        d.require(not earlier, RuleName.OBJECT_TO_END, field="against")
        d.require(m.decision is not None and against is Disputed.END, RuleName.NOTHING_DISPUTED)
        return m.decision
    taken = m.earlier(command.decision) if command.decision else m.decided_on(against)
    named = taken is not None and taken.subject is against
    d.require(named or command.decision is None, RuleName.NOTHING_DISPUTED, field="decision")
    if not named:
        noted = {
            Disputed.URGENCY_CONDITIONS: bool(m.urgency_conditions),
            Disputed.REFUSAL_JUDGED: m.counted_refusals > 0,
            Disputed.NO_DECISION: m.urgency is None,
            Disputed.OTHER: municipal,
        }
        d.require(m.stage is not Stage.CLOSED and noted.get(against, False), RuleName.NOTHING_DISPUTED)
    return taken


def _day_of(d: Draft, decided: EndDecision | EarlierDecision | None) -> date | None:
    match decided:
        case EndDecision():
            return d.policy.calendar.today(decided.at)
        case EarlierDecision():
            return decided.on
        case None:
            return None


def _not_decided(decision: EndDecision | EarlierDecision) -> None:
    """One objection to a decision, however late it is noted: whether it came in time is decided with it (Awb 6:11)."""
    if decision.over and not decision.ran_out:
        raise RuleBroken(RuleName.OBJECTION_DECIDED, day=decision.last_day)


def _not_before(d: Draft, decision: EndDecision | EarlierDecision, command: FileObjection, made_on: date) -> None:
    """Nobody objects to what is still to be decided, unless one could think that it was decided (Awb 6:10 lid 1)."""
    decided_on = _day_of(d, decision)
    early = decided_on is not None and made_on < decided_on
    d.require(command.excused or not early, RuleName.OBJECTION_TOO_EARLY, field="made_on", day=decided_on)


def _in_default(d: Draft, command: FileObjection, received: date) -> None:
    """One may object that nothing is decided once the term is over and two weeks have passed since a notice of default
    (Awb 6:12 lid 2), or without a notice where that cannot be asked of the client (lid 3).
    """
    term = d.m.clock(ClockKind.DECISION_TERM)
    last = d.policy.calendar.today(term.ends_at) if term else None
    late = term is None or (term.suspended_at is None and last is not None and received > last)
    d.require(late, RuleName.NOT_LATE, day=last)
    noticed = any(one.late is LateDecision.URGENCY and received >= one.first for one in d.m.notices)
    d.require(command.excused or noticed, RuleName.NOTICE_FIRST)


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
        told = Told(note=d.given(answer.note, "note"), since=d.policy.calendar.today(task.due))
        d.letter(Letter.OBJECTION_EXTENDED, Audience.CLIENT, Audience.GUIDE, task=again, told=told)
        return
    if answer.result is not ObjectionResult.WITHDRAWN:
        d.require(d.by.user != SYSTEM, RuleName.PERSON_NEEDED)
        d.require(not d.acted, RuleName.DECIDED_BY_YOU)
        d.given(answer.note, "note")
        _could_be_heard(d, objection, answer)
        _admitted(d, objection, answer)
    ended = d.m.decision
    disputed = (d.m.earlier(objection.decision) if objection else None) or ended
    told = replace(
        on_objection(d, answer.note, _day_of(d, disputed)),
        not_heard=not_heard(answer),
        late_after=late_after(d.m) if answer.ground == "late" else None,
    )
    d.emit(e.ObjectionDecided(result=answer.result))
    penalty_ends(d, LateDecision.OBJECTION)
    right = answer.result is ObjectionResult.WELL_FOUNDED
    if right and ended and objection and _undoes(objection, ended):
        reopened = reopen(d, ended)
        if reopened and objection.against is Disputed.URGENCY_TAKEN_BACK:
            give_urgency_back(d)
        told = replace(told, meanwhile=meanwhile_of(d) if reopened else Meanwhile.ELSEWHERE)
    elif right and objection and objection.against is Disputed.URGENCY_TAKEN_BACK and d.m.stage is not Stage.CLOSED:
        give_urgency_back(d)
        told = replace(told, meanwhile=meanwhile_of(d))
    elif right and objection and objection.against is Disputed.NOT_EXTENDED and d.m.clock(ClockKind.URGENCY):
        extend_urgency(d)
    else:
        _spare_from_lapse(d)
        end_when_run_out(d)
    if right and objection:
        told = replace(told, undone=_undone(d, objection))
    # two letters, for each is sent, returned and held back by itself
    d.letter(LETTER_OF_RESULT[answer.result], Audience.CLIENT, told=told)
    d.letter(LETTER_OF_RESULT[answer.result], Audience.GUIDE, told=told)


def _admitted(d: Draft, objection: Objection | None, answer: ObjectionAnswer) -> None:
    """A late objection is inadmissible, unless being late is excused: then it is judged like any other (Awb 6:11). One
    that came in time, or is excused, is not inadmissible for being late.
    """
    late = late_after(d.m)
    excused = answer.excused or (objection is not None and objection.excused)
    if answer.result is ObjectionResult.INADMISSIBLE:
        d.require(answer.ground != "late" or (late is not None and not excused), RuleName.OBJECTION_NOT_LATE)
        of_nothing = objection is None or objection.against in {Disputed.OTHER, Disputed.NO_DECISION}
        d.require(answer.ground != "no_decision" or of_nothing, RuleName.IS_DECISION, field="ground")
    else:
        d.require(late is None or excused, RuleName.OBJECTION_TOO_LATE, field="excused", day=late)


def _undone(d: Draft, objection: Objection) -> Undone:
    """Return what no longer holds. Of an urgency on conditions that is the conditions alone: it was granted too."""
    match objection.against:
        case Disputed.URGENCY_CONDITIONS if d.m.urgency is not None and d.m.stage is not Stage.CLOSED:
            return Undone.CONDITIONS
        case Disputed.REFUSAL_JUDGED:
            return Undone.REFUSAL
        case _:
            return Undone.DECISION


def _could_be_heard(d: Draft, objection: Objection | None, answer: ObjectionAnswer) -> None:
    """Who objects is heard, unless one of the exceptions of the law is so (Awb 7:2 and 7:3)."""
    if answer.hearing == "heard":
        heard_on = d.given(answer.heard_on, "heard_on")
        d.given(answer.heard_by, "heard_by")
        d.require(heard_on <= d.today, RuleName.HEARING_IN_FUTURE, field="heard_on")
        made_on = objection.made_on if objection else None
        early = made_on is not None and heard_on < made_on
        d.require(not early, RuleName.HEARD_BEFORE_OBJECTION, field="heard_on", day=made_on)
        return
    for field in ("heard_on", "heard_by"):
        if getattr(answer, field):
            raise RuleBroken(RuleName.ANSWER_CONTRADICTS, field=field, beside="hearing")
    if answer.hearing == "needless" and answer.result is ObjectionResult.WELL_FOUNDED:
        raise RuleBroken(RuleName.ANSWER_CONTRADICTS, field="hearing", beside="result")


def not_heard(answer: ObjectionAnswer) -> NotHeard | None:
    """Return on which ground nobody was heard; None for who was, or who withdrew. An objection that is right is upheld
    as a whole, so where nothing is said of a hearing none was needed.
    """
    match answer.hearing, answer.result:
        case "waived", _:
            return NotHeard.WAIVED
        case "no_reply", _:
            return NotHeard.NO_REPLY
        case "needless", ObjectionResult.INADMISSIBLE:
            return NotHeard.INADMISSIBLE
        case "needless", ObjectionResult.DISMISSED:
            return NotHeard.UNFOUNDED
        case None, ObjectionResult.WELL_FOUNDED:
            return NotHeard.WELL_FOUNDED
        case _:
            return None


def _undoes(objection: Objection, ended: EndDecision) -> bool:
    """Tell whether the mediation would not have ended, had that not been decided to which the client objected."""
    match objection.against:
        case Disputed.END:
            return True
        case Disputed.REFUSAL_JUDGED:
            return ended.outcome is Outcome.REFUSED_LAPSED
        case Disputed.URGENCY_TAKEN_BACK:
            return ended.stage in UNDECIDED
        case _:
            return ended.decided_as is not None and ended.decided_as == objection.decision


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
        lack=Lack.OBJECTION,
        mended_by=RuleName.CORRECT_BY_DECISION,
        grounds=True,
    ),
)
