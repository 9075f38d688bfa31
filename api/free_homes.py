"""The homes that were released to a municipality and that nobody has, each with who comes first for it."""

from collections.abc import Iterator
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import Field

from api.auth import Authenticated, Caller
from api.installation import Here, Installation
from api.mediations import CursorText, Limit, QueryParameters
from api.openapi import problems
from api.problems import Forbidden
from api.views import DwellingView, Page
from domain.exchange.releases import ReleaseState
from domain.facts.parties import OrganisationId, Role
from runtime.systems import ByHand
from store import released
from store.released import Free

router = APIRouter(tags=["releases"])


class FreeHomeView(DwellingView):
    """A home that was released here and that nobody has, as the municipality sees it."""

    state: ReleaseState = Field(description="`released`: it may be offered; `planned`: from `releasedOn` on")
    closed_for_placement: bool = Field(description="Its corporation lets nobody in there now: the complex has its load")
    waiting: int = Field(description="For how many of yours it was listed as suitable, to whom it can be offered now")
    first: str | None = Field(description="The mediation that comes first among them")


class FreeHomes(Page[FreeHomeView]):
    """One page of the homes that were released to your municipality."""


class FreeHomesQuery(QueryParameters):
    """Which homes, and which part of the list."""

    corporation: OrganisationId | None = Field(default=None, description="Only the homes of this corporation")
    cursor: CursorText = None
    limit: Limit = 50


@router.get(
    "/v1/dwellings",
    operation_id="listFreeHomes",
    summary="List the homes that were released to your municipality",
    responses=problems(403),
)
async def list_free(here: Here, caller: Authenticated, asked: Annotated[FreeHomesQuery, Query()]) -> FreeHomes:
    """List the homes that corporations without a system of their own released here, now or from a later day on, and
    that nobody has: the longest released first. `/v1/dwellings/{corporation}/{dwelling}/clients` tells who fits one.
    The homes in a corporation's own system are looked up for each client (`/v1/mediations/{mediation}/dwellings`).
    """
    if caller.role is not Role.COORDINATOR:
        raise Forbidden("the homes that were released are shown to the municipality; a corporation lists its own")
    today = await here.today()
    after = here.cursors.read_day("free_homes", asked.cursor)
    homes = await released.free_for(
        here.pool,
        [one for one in _releasing_here(here, caller) if asked.corporation in {None, one}],
        caller.municipalities,
        today,
        after=(after[0], after[1][0], after[1][1]) if after else None,
        limit=asked.limit,
    )
    last = homes.last
    place = (last["released_on"], last["corporation"], last["id"]) if last else None
    cursor = here.cursors.write_day("free_homes", *place) if place else None
    return FreeHomes(items=tuple(_view(one, today) for one in homes), next=cursor, unreadable=homes.unreadable)


def _releasing_here(here: Installation, caller: Caller) -> Iterator[str]:
    """Return the corporations that release to the caller's municipality and have no system of their own."""
    for municipality in caller.municipalities:
        for one in here.directory.of(municipality, Role.CORPORATION):
            if isinstance(one.system, ByHand):
                yield one.id


def _view(one: Free, today: date) -> FreeHomeView:
    home = one.released
    return FreeHomeView(**home.dwelling.model_dump(), state=home.state(today), waiting=one.waiting, first=one.first)
