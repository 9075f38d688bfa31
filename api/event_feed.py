"""What happened in all mediations that a caller may see, in one order, to be read on from where they stopped."""

import json
from collections.abc import Mapping
from typing import Annotated, Any, TypeAlias

from fastapi import APIRouter, Query
from pydantic import Field

from api.auth import Authenticated, Caller, seen_by
from api.event_views import CorporationEventView, EventView, PartnerEventView, event_view
from api.events_seen import events_seen
from api.installation import Here, Installation
from api.mediations import CursorText, Limit, QueryParameters, municipality_of
from api.views import UNREADABLE, View
from domain.facts.parties import OrganisationId, Role
from store import journal
from store.event_feed import FeedPosition, read_feed
from store.participation import Asker
from store.readable import UNREADABLE as CANNOT_BE_READ
from store.readable import read_rows

MOST_PARTS = 20
"""How many parts of the feed one request looks through until it finds an event that the caller is shown.

At the end of the feed the cursor stands after the last event that was shown, and not after those that were left out:
a cursor that moved would tell a corporation that something happened to its former candidate.
"""
MEDIATION = Field(description="In which mediation")


class FeedEvent(EventView):
    """Something that happened in a mediation."""

    mediation: str = MEDIATION


class PartnerFeedEvent(PartnerEventView):
    """Something that happened in a mediation, as those see it who work with the client."""

    mediation: str = MEDIATION


class CorporationFeedEvent(CorporationEventView):
    """Something that happened to an offer, a task or a tenancy of yours."""

    mediation: str = MEDIATION


AnyFeedEvent: TypeAlias = FeedEvent | PartnerFeedEvent | CorporationFeedEvent
SHAPES: Mapping[type[View], type[AnyFeedEvent]] = {
    EventView: FeedEvent,
    PartnerEventView: PartnerFeedEvent,
    CorporationEventView: CorporationFeedEvent,
}


class FeedPage(View):
    """Some of what happened, in order."""

    items: tuple[AnyFeedEvent, ...]
    next: str = Field(description="Give this as `cursor`, now or later, to go on after this: it is never null")
    more: bool = Field(description="Whether there is more at once")
    unreadable: int = UNREADABLE


class FeedQuery(QueryParameters):
    """From where."""

    municipality: OrganisationId | None = None
    cursor: CursorText = None
    limit: Limit = 50


router = APIRouter(tags=["mediations"])


@router.get("/v1/events", operation_id="readEvents", summary="Follow what happens")
async def read_events(here: Here, caller: Authenticated, asked: Annotated[FeedQuery, Query()]) -> FeedPage:
    """List what happened in all mediations that you may see, in the order in which it became known.

    Keep `next` and ask again later: nothing is left out between two pages, also not what was recorded at the same
    moment. A page may have fewer items than asked for, or none, while there is more: what is not for your role is left
    out. Each mediation's own events come in the order of their `sequence`.
    """
    known = here.cursors.read("events", asked.cursor)
    after = int(known[1][0]) if known else 0
    municipality, visible_to = municipality_of(caller, asked.municipality)
    reader = Asker(visible_to, await here.clock.now()) if visible_to else None
    rows: list[Mapping[str, Any]] = []
    more = municipality is not None or visible_to is not None or caller.role is Role.ADMIN
    position = after
    for _ in range(MOST_PARTS):
        if rows or not more:
            break
        placed = await read_feed(here.pool, position, asked.limit + 1, municipality=municipality, reader=reader)
        page, more = placed[: asked.limit], len(placed) > asked.limit
        rows = await _rows(here, caller, page)
        if more:
            position = page[-1].position
    if rows and not more:
        position = rows[-1]["position"]
    items = read_rows(rows, lambda row: _shown(row, caller), "event")
    return FeedPage(
        items=tuple(items),
        next=here.cursors.write("events", await here.clock.now(), str(position)),
        more=more,
        unreadable=items.unreadable,
    )


async def _rows(here: Installation, caller: Caller, page: list[FeedPosition]) -> list[Mapping[str, Any]]:
    """Return those events of a page that the caller is shown, in the page's order."""
    seen: dict[tuple[str, int], Mapping[str, Any]] = {}
    for mediation in dict.fromkeys(one.mediation for one in page):
        for row in await _of(here, caller, mediation):
            seen[mediation, row["sequence"]] = {**row, "mediation": mediation}
    return [
        {**seen[one.mediation, one.sequence], "position": one.position}
        for one in page
        if (one.mediation, one.sequence) in seen
    ]


async def _of(here: Installation, caller: Caller, mediation: str) -> list[Mapping[str, Any]]:
    """Return the events of one mediation as this caller sees them; none when the mediation cannot be read."""
    try:
        seen = await seen_by(here, caller, mediation)
        return await events_seen(here, caller, seen) if seen else []
    except (*CANNOT_BE_READ, journal.MediationUnknown, json.JSONDecodeError):
        return []


def _shown(row: Mapping[str, Any], caller: Caller) -> AnyFeedEvent:
    view = event_view(row, caller)
    return SHAPES[type(view)].model_validate({**dict(view), "mediation": row["mediation"]})
