"""When an accepted offer falls through: support is let go, and nothing more is asked about that dwelling."""

from domain.state import events as e
from domain.state.draft import Draft
from domain.steps.ending import let_go_of_support


def fall_through(d: Draft, why: e.OfferWithdrawn | e.LeaseFailed) -> None:
    """Let go of everything that belongs to an offer but its dwelling, which is let go of before."""
    let_go_of_support(d)
    d.emit(why)
    cancel_of_offer(d)


def cancel_of_offer(d: Draft) -> None:
    """Ask nothing more of what ends with the offer."""
    d.cancel_where(lambda spec: spec.of_offer)
