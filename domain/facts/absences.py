"""Absence: the client is elsewhere for some time. A home is kept, the place stays counted, clocks stand still."""

from datetime import date
from enum import StrEnum

from domain.facts.clocks import ClockKind
from domain.facts.value import Value


class AbsenceKind(StrEnum):
    """Where the client is."""

    TIME_OUT = "time_out"
    """Elsewhere for a short while so as not to lose the home; the rent continues."""
    READMISSION = "readmission"
    """Back in a 24-hour institution (heropname)."""
    DETENTION = "detention"
    """Held by the police, in custody or in prison (detentie)."""


class Absence(Value):
    """An absence that goes on."""

    kind: AbsenceKind
    since: date
    suspended: tuple[ClockKind, ...] = ()
    """The clocks that stand still because of it."""
