"""Who fits this home: those who wait for one, in the policy's order, each with the conditions by which it suits."""

from datetime import date, datetime
from typing import Annotated

from fastapi import APIRouter, Path, Query
from pydantic import Field

from api.auth import Authenticated
from api.installation import Here, Installation
from api.mediations import QueryParameters
from api.openapi import problems
from api.problems import Forbidden, NotFound
from api.views import ConditionView, DwellingView, View
from domain.facts.conditions import all_met
from domain.facts.dwelling import Dwelling, HomeRef
from domain.facts.parties import OrganisationId, Role
from domain.policy.queue import Precedence
from domain.state.mediation import Mediation
from domain.steps.suitability import judge_dwelling
from store import journal, released
from store.home_queue import Waiting, line_of
from store.journal import Loaded

router = APIRouter(tags=["mediations"])


class TurnView(View):
    """By what somebody's turn comes."""

    order: tuple[Precedence, ...] = Field(description="What the policy looks at, the first first")
    since: datetime = Field(description="Since when the urgency is valid")
    let_down_on: date | None = Field(description="When an offer fell through that was not the client's doing")
    for_safety: bool = Field(description="The client must be safe of somebody")
    ends_on: date | None = Field(description="The last day of an urgency that ends soon")
    out_of_turn: bool = Field(description="A person let this client go before all others, with a reason")


class FittingView(View):
    """Somebody who waits for a home."""

    mediation: str
    turn: TurnView
    resting: bool = Field(
        description="Nothing can be offered now (a pause, an absence, an objection): others go before"
    )
    listed: bool = Field(description="The home was among those that suited when homes were last listed")
    suits: bool = Field(description="It suits by what is known now")
    conditions: tuple[ConditionView, ...] = Field(description="Met and unmet, each with what was found and asked")


class FittingClients(View):
    """Who fits a home, in the order in which it is offered."""

    dwelling: DwellingView
    waiting: int = Field(description="How many wait for a home of this corporation, also those beyond `limit`")
    items: tuple[FittingView, ...]


class FittingQuery(QueryParameters):
    """How many to judge."""

    limit: Annotated[int, Query(ge=1, le=500)] = 100


@router.get(
    "/v1/dwellings/{corporation}/{dwelling}/clients",
    operation_id="listFittingClients",
    summary="Who fits this home, in order",
    responses=problems(403, 404),
)
async def who_fits(
    here: Here,
    caller: Authenticated,
    corporation: OrganisationId,
    dwelling: Annotated[str, Path(pattern=r"^[A-Za-z0-9._-]{1,40}$", description="The corporation's number of it")],
    asked: Annotated[FittingQuery, Query()],
) -> FittingClients:
    """Tell of everybody who waits for a home of this corporation whether this one suits, in the order in which homes
    are offered: for the municipality and its auditors. A home is known when it was released here, or listed for
    somebody.
    """
    if caller.role not in {Role.COORDINATOR, Role.AUDITOR}:
        raise Forbidden("who fits a home is shown to the municipality")
    home = HomeRef(corporation=corporation, dwelling=dwelling)
    line, waiting = await line_of(here.pool, home, caller.municipalities, asked.limit)
    loaded = [(one, await journal.load(here.pool, one.mediation)) for one in line]
    known = [(one, of) for one, of in loaded if of is not None]
    there = await _home(here, home, [of.state for _, of in known])
    if there is None:
        raise NotFound
    today = await here.today()
    items = tuple(_judged(one, of, there, today) for one, of in known)
    return FittingClients(dwelling=DwellingView.model_validate(there), waiting=waiting, items=items)


async def _home(here: Installation, home: HomeRef, waiting: list[Mediation]) -> Dwelling | None:
    """Return a home as its corporation released it here, or as its system last listed it for one who waits."""
    by_hand = await released.known(here.pool, home.corporation, home.dwelling)
    if by_hand:
        return by_hand.dwelling
    listed = (one.dwelling for state in waiting for one in (*state.candidates, *state.full))
    return next((one for one in listed if (one.corporation, one.id) == (home.corporation, home.dwelling)), None)


def _judged(one: Waiting, of: Loaded, home: Dwelling, today: date) -> FittingView:
    conditions = judge_dwelling(of.state.referral, home, of.policy, today)
    return FittingView(
        mediation=one.mediation,
        turn=TurnView.model_validate(one.turn),
        resting=one.resting,
        listed=one.listed,
        suits=all_met(conditions),
        conditions=ConditionView.of_each(conditions),
    )
