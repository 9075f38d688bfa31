"""Why somebody waits for a dwelling."""

from collections.abc import Mapping
from enum import StrEnum

from pydantic import Field

from domain.facts.tasks import TaskKind
from domain.facts.value import Value
from domain.state.mediation import Mediation


class WaitingReason(StrEnum):
    """What is lacking."""

    NO_PLACE = "no_place"
    """The quota or ceiling of this year is used up."""
    NOT_LISTED = "not_listed"
    """The corporations have not told yet what they released."""
    NOTHING_RELEASED = "nothing_released"
    NOTHING_SUITABLE = "nothing_suitable"
    """There are dwellings, and none that suits."""
    CHOICE = "choice"
    """There are suitable dwellings: the municipality is to choose."""


class WaitingFor(Value):
    """Why this client waits."""

    reason: WaitingReason
    considered: int = 0
    """How many released dwellings were looked at the last time."""
    unmet: Mapping[str, int] = Field(default_factory=dict)
    """How many of them each condition kept away, the most frequent first."""


def waiting_for(m: Mediation) -> WaitingFor | None:
    """Tell why somebody waits for a place or a dwelling; None when they do not."""
    if m.open_of(TaskKind.AWAIT_PLACE):
        return WaitingFor(reason=WaitingReason.NO_PLACE)
    if not m.open_of(TaskKind.MAKE_OFFER):
        return None
    if m.candidates:
        return WaitingFor(reason=WaitingReason.CHOICE, considered=m.considered or 0, unmet=m.unmet)
    if m.considered is None:
        return WaitingFor(reason=WaitingReason.NOT_LISTED)
    reason = WaitingReason.NOTHING_SUITABLE if m.considered else WaitingReason.NOTHING_RELEASED
    return WaitingFor(reason=reason, considered=m.considered, unmet=m.unmet)
