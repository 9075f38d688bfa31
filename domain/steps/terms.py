"""What happens when a clock warns or runs out: a person is asked. A clock never decides."""

from domain.facts.clocks import Clock, ClockKind
from domain.facts.outcome import HearingSubject
from domain.facts.tasks import Task, TaskKind
from domain.messages.answers import TermExtensionAnswer
from domain.messages.effects import Audience, Letter
from domain.state import events as e
from domain.state.draft import Draft

ASK = {ClockKind.DECISION_TERM: TaskKind.EXTEND_DECISION_TERM, ClockKind.URGENCY: TaskKind.EXTEND_URGENCY}
"""Which extension is asked of the municipality before a clock runs out."""


def warn(d: Draft, clock: Clock) -> None:
    """A clock will run out before long."""
    d.emit(e.ClockWarned(clock=clock.kind))
    _ask_extension(d, clock)


def expire(d: Draft, clock: Clock) -> None:
    """A clock ran out."""
    d.emit(e.ClockExpired(clock=clock.kind))
    _ask_extension(d, clock)
    if clock.kind is ClockKind.HOUSING_TARGET:
        d.letter(Letter.HOUSING_TARGET_MISSED, organisation=d.m.parties.municipality)


def extend_decision_term(d: Draft, _task: Task, _answer: TermExtensionAnswer) -> None:
    """The client got notice that the decision takes longer."""
    d.extend_clock(ClockKind.DECISION_TERM)


def extend_urgency(d: Draft) -> None:
    """The urgency stays valid."""
    d.extend_clock(ClockKind.URGENCY)
    d.letter(Letter.URGENCY_EXTENDED, Audience.CLIENT)


def ask_extensions(d: Draft) -> None:
    """Ask what to do about every clock that has run out already."""
    for clock in d.m.clocks:
        if clock.expired:
            _ask_extension(d, clock)


def _ask_extension(d: Draft, clock: Clock) -> None:
    kind = ASK.get(clock.kind)
    if kind and not d.m.open_of(TaskKind.HEAR_CLIENT, HearingSubject.URGENCY_NOT_EXTENDED):
        d.open_once(kind)
