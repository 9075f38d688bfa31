"""A step back to an earlier stage, with a reason, before the keys. What belongs to later stages is let go; nothing is
erased: the events stay, and a refusal that was counted stays counted.

A granted urgency is taken away by it only if the client agrees. Against the client it is a decision, which is heard
first (Awb 4:8) and told with the way to object: a step back is none.
"""

from domain.facts.clocks import ClockKind
from domain.facts.outcome import Stage
from domain.facts.rules import RuleName
from domain.messages.commands import StepBack
from domain.messages.effects import Audience, LetGo, Letter
from domain.state import events as e
from domain.state.draft import Draft
from domain.steps.ending import let_go_of_dwelling, let_go_of_support

BEFORE_KEYS = (Stage.READINESS, Stage.ASSESSMENT, Stage.OFFER, Stage.ACCEPTANCE)
"""The stages between which a mediation can step back, in their order."""


def step_back(d: Draft, command: StepBack) -> None:
    """Go back to an earlier stage and do what it does on entry."""
    d.require(d.m.stage in BEFORE_KEYS, RuleName.KEYS_HANDED_OVER)
    earlier = command.to in BEFORE_KEYS and BEFORE_KEYS.index(command.to) < BEFORE_KEYS.index(d.m.stage)
    d.require(earlier, RuleName.NOT_EARLIER, field="to")
    takes_urgency = d.m.urgency is not None and command.to is not Stage.OFFER
    d.require(command.agreed or not takes_urgency, RuleName.CLIENT_MUST_AGREE, field="agreed")
    let_go_of_dwelling(d, LetGo.STEPPED_BACK)
    let_go_of_support(d)
    d.cancel_where(lambda task, spec: not spec.stays(task, command.to))
    if command.to is not Stage.OFFER:
        _undo_urgency(d)
    d.emit(e.SteppedBack(to=command.to, note=command.note))
    d.letter(Letter.STEPPED_BACK, Audience.CLIENT, Audience.GUIDE)
    d.enter(command.to)


def _undo_urgency(d: Draft) -> None:
    """The decision is still to be taken: its term runs, and the place is for others."""
    d.release_place()
    d.stop_clocks(ClockKind.URGENCY, ClockKind.HOUSING_TARGET)
    if not d.m.clock(ClockKind.DECISION_TERM):
        d.start_clock(ClockKind.DECISION_TERM)
