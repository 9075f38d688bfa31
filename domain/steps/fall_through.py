"""When an accepted offer falls through: support is let go, and nothing more is asked about that dwelling."""

from domain.facts.tasks import TaskKind
from domain.messages import events as e
from domain.state.draft import Draft
from domain.steps.ending import let_go_of_support

OF_THE_OFFER = (
    TaskKind.CONFIRM_OFFER,
    TaskKind.PLAN_VIEWING,
    TaskKind.HOLD_VIEWING,
    TaskKind.ANSWER_OFFER,
    TaskKind.RESOLVE_NO_ANSWER,
    TaskKind.SIGN_LEASE,
    TaskKind.NAME_RECEIVING_TEAM,
    TaskKind.CONFIRM_SUPPORT,
    TaskKind.BRIDGE_SUPPORT,
    TaskKind.HAND_OVER_KEYS,
)
"""Tasks that end with the offer they belong to."""


def fall_through(d: Draft, why: e.OfferWithdrawn | e.LeaseFailed) -> None:
    """Let go of everything that belongs to an offer but its dwelling, which is let go of before."""
    let_go_of_support(d)
    d.emit(why)
    d.cancel(*OF_THE_OFFER)
