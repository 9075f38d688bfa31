"""Why this home, and why not: every dwelling that was considered for a client, with the conditions it was judged by."""

from fastapi import APIRouter
from pydantic import Field

from api.auth import Authenticated, Visible
from api.openapi import problems
from api.secrecy import hides_address, veiled
from api.sights.corporation import OwnDwellings, own_dwellings
from api.sights.shapes import CORPORATION, sight_of
from api.views import CandidateView, ConditionView, DwellingView, View, WaitingView
from api.waiting import waiting_for
from domain.facts.dwelling import Candidate
from domain.state.mediation import OfferState


class SuitableView(CandidateView):
    """A dwelling that suits."""

    offer: OfferState | None = Field(default=None, description="How it stands when it was offered")


class UnsuitableView(View):
    """A dwelling that does not suit."""

    corporation: str
    dwelling: str
    complex: str
    district: str
    unmet: tuple[ConditionView, ...] = Field(description="What stands in the way, with its numbers")


class FurtherView(View):
    """A dwelling that suits and is not shown whole."""

    corporation: str
    dwelling: str


class DwellingsView(View):
    """The dwellings that were considered for a client."""

    waiting_for: WaitingView | None = Field(description="Why the client waits; null when nothing is sought")
    offered: tuple[SuitableView, ...] = Field(description="What was offered, with the conditions as judged then")
    suitable: tuple[SuitableView, ...] = Field(description="Of the last listing: what can be offered")
    further: tuple[FurtherView, ...] = Field(
        description="Of the last listing: more that suit, beyond as many as the policy shows; they can be offered too"
    )
    unsuitable: tuple[UnsuitableView, ...] = Field(
        description="Of the last listing: why not. As many as the policy keeps"
    )


router = APIRouter(tags=["mediations"])


@router.get(
    "/v1/mediations/{mediation}/dwellings",
    operation_id="listDwellings",
    summary="Why this home, and why not",
    responses=problems(404),
)
async def why(caller: Authenticated, loaded: Visible) -> DwellingsView | OwnDwellings:
    """Tell of every dwelling that was considered why it suits or not. A corporation is shown what it offered itself,
    and what it is to choose from.
    """
    state = loaded.state
    if sight_of(caller.role) is CORPORATION:
        return own_dwellings(state, caller.organisation)
    secret = hides_address(state, loaded.policy, caller)
    return DwellingsView(
        waiting_for=waiting_for(state, secret=secret),
        offered=tuple(_suitable(o.candidate, secret=secret, offer=o.state) for o in state.offers),
        suitable=() if secret else tuple(_suitable(c, secret=False) for c in state.candidates),
        further=() if secret else tuple(FurtherView.model_validate(one) for one in state.further),
        unsuitable=() if secret else tuple(UnsuitableView.model_validate(one) for one in state.unsuitable),
    )


def _suitable(candidate: Candidate, *, secret: bool, offer: OfferState | None = None) -> SuitableView:
    shown = veiled(candidate) if secret else candidate
    home = DwellingView.model_validate(shown.dwelling)
    return SuitableView(dwelling=home, conditions=ConditionView.of_each(shown.conditions), offer=offer)
