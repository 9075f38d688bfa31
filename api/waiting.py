"""Why a client waits for a place or a dwelling, as far as the state of the mediation tells it."""

from api.secrecy import unmet_of
from api.views import WaitingReason, WaitingView
from domain.facts.outcome import Stage
from domain.facts.tasks import TaskKind
from domain.state.mediation import Mediation
from domain.steps.seeking import ran_out


def waiting_for(m: Mediation, *, secret: bool = False) -> WaitingView | None:
    """Tell why a client waits for a place or a dwelling; None when nothing is sought now.

    Of a secret address no condition is told that says where it may be.
    """
    if m.open_of(TaskKind.AWAIT_PLACE):
        return WaitingView(reason=WaitingReason.NO_PLACE, considered=0, unmet={})
    if m.stage is Stage.OFFER and m.live_offer is None and ran_out(m):
        return WaitingView(reason=WaitingReason.URGENCY_EXPIRED, considered=0, unmet={})
    if not m.open_of(TaskKind.MAKE_OFFER):
        return None
    if m.candidates:
        reason = WaitingReason.CHOICE
    elif m.considered is None:
        reason = WaitingReason.NOT_LISTED
    else:
        reason = WaitingReason.NOTHING_SUITABLE if m.considered else WaitingReason.NOTHING_RELEASED
    return WaitingView(
        reason=reason, considered=m.considered or 0, unmet=unmet_of(m.unmet) if secret else dict(m.unmet)
    )
