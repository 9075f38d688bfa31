"""Signals: what goes wrong at home, told early (vroegsignalering), and worked on by tasks that de-escalate."""

from datetime import datetime
from enum import StrEnum

from domain.facts.parties import OrganisationId
from domain.facts.value import Value


class SignalKind(StrEnum):
    """What is told."""

    NUISANCE = "nuisance"
    """Overlast."""
    ARREARS = "arrears"
    """Huurachterstand."""
    CARE_AVOIDANCE = "care_avoidance"
    """The client keeps support away, or wants none of it any more (zorgmijding)."""
    WORRY = "worry"


class SignalState(StrEnum):
    """How a signal stands."""

    OPEN = "open"
    CALMED = "calmed"
    HANDED_OVER = "handed_over"
    """Others go on with it, outside the engine."""


class Signal(Value):
    """One signal. What was told is in the vault. Moments are in UTC."""

    id: str
    kind: SignalKind
    reported_by: OrganisationId
    reported_at: datetime
    state: SignalState = SignalState.OPEN
    objected: bool = False
    """The tenant does not want the arrears passed on to the municipality."""
