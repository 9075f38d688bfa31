"""Clocks: terms that run beside the tasks, kept apart from each other. A clock never decides; it asks a person."""

from datetime import date, datetime, timedelta
from enum import StrEnum

from pydantic import Field

from domain.facts.value import Value, left_out, replace


class ClockKind(StrEnum):
    """What is timed."""

    DECISION_TERM = "decision_term"
    """From referral to decision (beslistermijn, Awb 4:13): suspended while a supplement is awaited (Awb 4:15)."""
    URGENCY = "urgency"
    """How long the urgency is valid: no offer without it."""
    HOUSING_TARGET = "housing_target"
    """The aim to have a dwelling within so many months of the urgency: an aim, not a term."""


class Suspension(StrEnum):
    """Why a statutory term stands still: the law names when it does (Awb 4:15)."""

    SUPPLEMENT = "supplement"
    """What the referral lacks was asked for (lid 1 a)."""
    CONSENT = "consent"
    """The client agreed in writing to a later decision (lid 2 a)."""
    APPLICANT = "applicant"
    """The client's side holds the decision up (lid 2 b)."""


class Clock(Value):
    """A running term. Moments are in UTC."""

    kind: ClockKind
    started_at: datetime
    ends_at: datetime
    warnings: tuple[datetime, ...] = ()
    """Warnings still to come, the next one first."""
    suspended_at: datetime | None = None
    expired: bool = False
    unrolled: date | None = Field(default=None, exclude_if=left_out)
    """Its last day before that is rolled on to a working day, if the law counts this term; else None. Such a term
    stands still for whole days, on the law's grounds only, and runs on in a pause."""
    suspended_for: Suspension | None = Field(default=None, exclude_if=left_out)
    extended: int = Field(default=0, exclude_if=left_out)
    """How often a term that the law counts was extended."""

    def runs_at(self, now: datetime) -> bool:
        """Tell whether the term has not ended yet, whether or not its end has been noted."""
        return not self.expired and (self.suspended_at is not None or now < self.ends_at)

    def resumed(self, now: datetime) -> "Clock":
        """Return the clock running again, everything on it later by the time it stood still."""
        if not self.suspended_at:
            return self
        return replace(self.moved(now - self.suspended_at), suspended_at=None)

    def moved(self, by: timedelta) -> "Clock":
        """Return the clock with everything on it so much later."""
        return replace(self, ends_at=self.ends_at + by, warnings=tuple(w + by for w in self.warnings))
