"""The call after three months, and signals of how it goes at home."""

from collections.abc import Callable
from datetime import date
from typing import Literal

from pydantic import Field

from domain.facts.outcome import Outcome
from domain.facts.signals import Signal, SignalState
from domain.facts.value import left_out, replace
from domain.messages.answers import CallResult, DayPart, Note
from domain.state.events.event import Event
from domain.state.mediation import Mediation


def _changed(m: Mediation, signal_id: str, change: Callable[[Signal], Signal]) -> Mediation:
    return replace(m, signals=tuple(change(s) if s.id == signal_id else s for s in m.signals))


class CallAttempted(Event):
    type: Literal["CallAttempted"] = "CallAttempted"
    day_part: DayPart
    on: date | None = Field(default=None, exclude_if=left_out)
    """On which day; None in events of before attempts were spread over days."""

    def apply(self, m: Mediation) -> Mediation:
        days = (*m.call_days, self.on) if self.on else m.call_days
        return replace(m, call_attempts=(*m.call_attempts, self.day_part), call_days=days)


class CallsRestarted(Event):
    """The client is to be called again: earlier attempts no longer count, but their days are taken."""

    type: Literal["CallsRestarted"] = "CallsRestarted"

    def apply(self, m: Mediation) -> Mediation:
        return replace(m, call_attempts=())


class FollowUpHeld(Event):
    type: Literal["FollowUpHeld"] = "FollowUpHeld"
    result: CallResult

    def apply(self, m: Mediation) -> Mediation:
        return replace(m, call_result=self.result)


class FollowUpReopened(Event):
    """What was noted of the call was wrong: the follow-up is not done after all, and has no result yet."""

    type: Literal["FollowUpReopened"] = "FollowUpReopened"

    def apply(self, m: Mediation) -> Mediation:
        return replace(m, call_result=None, concluded=None, concluded_note=None)


class FollowUpConcluded(Event):
    """The follow-up is done and has its outcome; the mediation stays open for what is still to be done."""

    type: Literal["FollowUpConcluded"] = "FollowUpConcluded"
    outcome: Outcome
    note: Note | None = None

    def apply(self, m: Mediation) -> Mediation:
        return replace(m, concluded=self.outcome, concluded_note=self.note)


class SignalReported(Event):
    type: Literal["SignalReported"] = "SignalReported"
    signal: Signal
    note: Note | None = None

    def apply(self, m: Mediation) -> Mediation:
        return replace(m, signals=(*m.signals, self.signal))


class ArrearsNotPassedOn(Event):
    """The tenant objects: the municipality is not told of the arrears."""

    type: Literal["ArrearsNotPassedOn"] = "ArrearsNotPassedOn"
    signal: str

    def apply(self, m: Mediation) -> Mediation:
        return _changed(m, self.signal, lambda s: replace(s, objected=True))


class SignalCalmed(Event):
    type: Literal["SignalCalmed"] = "SignalCalmed"
    signal: str

    def apply(self, m: Mediation) -> Mediation:
        return _changed(m, self.signal, lambda s: replace(s, state=SignalState.CALMED))


class SignalHandedOver(Event):
    """Others go on with the signal, outside the engine."""

    type: Literal["SignalHandedOver"] = "SignalHandedOver"
    signal: str

    def apply(self, m: Mediation) -> Mediation:
        return _changed(m, self.signal, lambda s: replace(s, state=SignalState.HANDED_OVER))
