"""A step back, with a reason, before the keys: to an earlier stage, or to the begin of the stage itself while the
urgency is still to be decided, so that what was answered there can be answered again. What was asked from there on is
let go; nothing is erased: the events stay, and a refusal that was counted stays counted.

Where it takes a granted urgency away from a client who does not agree, it is a decision: first it is intended and the
client is heard (Awb 4:8), then a person decides, and the client may object. Meanwhile no home is sought. A home that is
on offer is settled before that.
"""

from domain.beside.reopening import left
from domain.facts.clocks import Clock, ClockKind
from domain.facts.default_notice import LateDecision
from domain.facts.outcome import HEARINGS, HearingSubject, Stage
from domain.facts.rules import RuleName
from domain.facts.tasks import TaskKind
from domain.facts.value import replace
from domain.messages.answers import HearingAnswer, Note
from domain.messages.commands import Disputed, StepBack
from domain.messages.effects import Audience, LetGo, Letter
from domain.state import events as e
from domain.state.decision import Basis
from domain.state.draft import Draft
from domain.state.task_spec import TaskTrack
from domain.steps.deciding import take, tell
from domain.steps.default_notice import penalty_ends
from domain.steps.ending import let_go_of_dwelling, let_go_of_support
from domain.steps.hearing import intend
from domain.steps.terms import OF_URGENCY, ask_extensions, keep_to_absence

BEFORE_KEYS = (Stage.READINESS, Stage.ASSESSMENT, Stage.OFFER, Stage.ACCEPTANCE)
"""The stages between which a mediation can step back, in their order."""
FIRST = {Stage.READINESS: TaskKind.CHECK_READINESS, Stage.ASSESSMENT: TaskKind.ASSESS}
"""What is asked first in the stages that can be begun again: as long as that is open, there is nothing to answer again.
"""


def step_back(d: Draft, command: StepBack) -> None:
    """Go back and do what that stage does on entry, or intend to do so."""
    d.require(d.m.stage in BEFORE_KEYS, RuleName.KEYS_HANDED_OVER)
    earlier = command.to in BEFORE_KEYS and BEFORE_KEYS.index(command.to) < BEFORE_KEYS.index(d.m.stage)
    d.require(earlier or _answered_in(d, command.to), RuleName.NOT_EARLIER, field="to")
    takes_urgency = d.m.urgency is not None and command.to is not Stage.OFFER
    if takes_urgency and not command.agreed:
        _intend(d, command)
        return
    _go_back(d, command.to, command.note)
    letter = Letter.URGENCY_GIVEN_UP if takes_urgency else Letter.STEPPED_BACK
    d.letter(letter, Audience.CLIENT, Audience.GUIDE)
    d.enter(command.to)


def _answered_in(d: Draft, stage: Stage) -> bool:
    """Tell whether the mediation stands in this stage, and something can be answered there again."""
    return stage is d.m.stage and stage in FIRST and d.m.open_of(FIRST[stage]) is None


def _intend(d: Draft, command: StepBack) -> None:
    """Hear the client first. No home is sought meanwhile; what else was asked is still asked."""
    searching = d.m.stage is Stage.OFFER and d.m.live_offer is None
    d.require(searching, RuleName.CLIENT_MUST_AGREE, field="agreed")
    heard = [task.about for task in d.m.tasks if task.kind is TaskKind.HEAR_CLIENT]
    d.require(not any(HEARINGS[HearingSubject(about or "")].if_dropped for about in heard), RuleName.HEARING_OPEN)
    d.emit(e.StepBackIntended(to=command.to, note=command.note))
    d.cancel_where(lambda _task, spec: spec.group is Stage.OFFER and spec.track is TaskTrack.MAIN)
    intend(d, HearingSubject.URGENCY_TAKEN_BACK, Basis(notes=(command.note,)))


def take_urgency_back(d: Draft, note: Note, basis: Basis, heard: HearingAnswer) -> None:
    """The client was heard, and it stands: the urgency is taken back, and the application is judged anew."""
    to = d.known(d.m.step_back_to, "the stage to step back to")
    support = d.known(d.m.urgency, "the urgency")
    take(d, Disputed.URGENCY_TAKEN_BACK, note, basis)
    clocks = tuple(clock for clock in d.m.clocks if clock.kind in OF_URGENCY)
    taken = e.UrgencyTakenBack(support=support, conditions=d.m.urgency_conditions, clocks=clocks, at=d.now)
    d.emit(taken)
    _go_back(d, to, note)
    tell(d, Disputed.URGENCY_TAKEN_BACK, heard)
    d.enter(to)


def give_urgency_back(d: Draft) -> None:
    """An objection was right: the search goes on with what was left of the urgency, unless there is one again."""
    taken = d.m.taken_back
    if taken is None or d.m.urgency is not None:
        return
    d.cancel_where(lambda task, spec: not spec.stays(task, Stage.OFFER))
    d.cancel(TaskKind.EXTEND_DECISION_TERM)
    penalty_ends(d, LateDecision.URGENCY)
    d.stop_clocks(ClockKind.DECISION_TERM)
    clocks = tuple(_not_over_yet(d, left(d, clock, taken.at)) for clock in taken.clocks)
    d.emit(e.UrgencyGivenBack(support=taken.support, conditions=taken.conditions, clocks=clocks))
    keep_to_absence(d)
    d.enter(Stage.OFFER)
    ask_extensions(d)


def _not_over_yet(d: Draft, clock: Clock) -> Clock:
    """Return a clock that ends now at the earliest: what was over when it was taken is asked about again at once. Of
    one that stood still is left what was left then.
    """
    return clock if clock.suspended_at else replace(clock, ends_at=max(clock.ends_at, d.now), expired=False)


def _go_back(d: Draft, to: Stage, note: Note) -> None:
    let_go_of_dwelling(d, LetGo.STEPPED_BACK)
    let_go_of_support(d)
    asked = d.m.open_of(TaskKind.SUPPLEMENT)
    unasked = asked is not None and not asked.overdue and d.policy.supplement_rounds is not None
    d.cancel_where(lambda task, spec: not spec.stays(task, to))
    if to is not Stage.OFFER:
        _undo_urgency(d)
        d.resume_clock(ClockKind.DECISION_TERM)  # nobody is waited for any more
    d.emit(e.SteppedBack(to=to, note=note, origin_anew=_origin_anew(d, to), unasked=unasked))


def _origin_anew(d: Draft, to: Stage) -> bool:
    return to is Stage.READINESS and d.m.origin is not None


def _undo_urgency(d: Draft) -> None:
    """The decision is still to be taken: its term runs, and the place is for others."""
    d.release_place()
    d.stop_clocks(*OF_URGENCY)
    if not d.m.clock(ClockKind.DECISION_TERM):
        d.start_clock(ClockKind.DECISION_TERM)
