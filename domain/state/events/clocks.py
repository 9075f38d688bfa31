"""How the terms run."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Literal

from pydantic import Field

from domain.facts.clocks import Clock, ClockKind, Suspension
from domain.facts.value import left_out, replace
from domain.messages.commands import Disputed
from domain.state.decision import no_longer
from domain.state.events.event import Event
from domain.state.mediation import Mediation


def _changed(m: Mediation, kind: ClockKind, change: Callable[[Clock], Clock]) -> Mediation:
    return replace(m, clocks=tuple(change(c) if c.kind is kind else c for c in m.clocks))


class ClockStarted(Event):
    type: Literal["ClockStarted"] = "ClockStarted"
    clock: Clock

    def apply(self, m: Mediation) -> Mediation:
        return replace(m, clocks=(*m.clocks, self.clock))


class ClockSuspended(Event):
    type: Literal["ClockSuspended"] = "ClockSuspended"
    clock: ClockKind
    at: datetime
    ground: Suspension | None = Field(default=None, exclude_if=left_out)
    """Why, of a term that the law counts."""

    def apply(self, m: Mediation) -> Mediation:
        return _changed(m, self.clock, lambda c: replace(c, suspended_at=self.at, suspended_for=self.ground))


class ClockResumed(Event):
    type: Literal["ClockResumed"] = "ClockResumed"
    clock: ClockKind
    at: datetime
    ends_at: datetime | None = Field(default=None, exclude_if=left_out)
    """When it ends now, counted in days; None in policies of before that: later by the time that it stood still."""
    unrolled: date | None = Field(default=None, exclude_if=left_out)
    warnings: tuple[datetime, ...] = Field(default=(), exclude_if=left_out)

    def apply(self, m: Mediation) -> Mediation:
        return _changed(m, self.clock, lambda c: self._running(c, m))

    def _running(self, c: Clock, m: Mediation) -> Clock:
        if self.ends_at:
            ending = replace(c, ends_at=self.ends_at, unrolled=self.unrolled, warnings=self.warnings)
            return replace(ending, suspended_at=None, suspended_for=None)
        # During a pause only the time before it counts here: the pause itself is added when it ends.
        return c.resumed(max(c.suspended_at or self.at, m.paused_at or self.at))


class ClockExtended(Event):
    type: Literal["ClockExtended"] = "ClockExtended"
    clock: ClockKind
    ends_at: datetime
    warnings: tuple[datetime, ...] = ()
    unrolled: date | None = Field(default=None, exclude_if=left_out)

    def apply(self, m: Mediation) -> Mediation:
        if self.clock is ClockKind.URGENCY:
            m = replace(m, decisions=no_longer(m.decisions, Disputed.NOT_EXTENDED))
        return _changed(m, self.clock, self._longer)

    def _longer(self, c: Clock) -> Clock:
        times = c.extended + (self.unrolled is not None)
        longer = replace(c, ends_at=self.ends_at, warnings=self.warnings, expired=False)
        return replace(longer, unrolled=self.unrolled, extended=times)


class ClockRescheduled(Event):
    """The clock has another end or other warnings: another policy gives them, or a pause has moved it."""

    type: Literal["ClockRescheduled"] = "ClockRescheduled"
    clock: Clock

    def apply(self, m: Mediation) -> Mediation:
        return _changed(m, self.clock.kind, lambda _: self.clock)


class ClockWarned(Event):
    type: Literal["ClockWarned"] = "ClockWarned"
    clock: ClockKind

    def apply(self, m: Mediation) -> Mediation:
        return _changed(m, self.clock, lambda c: replace(c, warnings=c.warnings[1:]))


class ClockExpired(Event):
    type: Literal["ClockExpired"] = "ClockExpired"
    clock: ClockKind

    def apply(self, m: Mediation) -> Mediation:
        return _changed(m, self.clock, lambda c: replace(c, expired=True))


class ClockStopped(Event):
    type: Literal["ClockStopped"] = "ClockStopped"
    clock: ClockKind

    def apply(self, m: Mediation) -> Mediation:
        return replace(m, clocks=tuple(c for c in m.clocks if c.kind is not self.clock))
