"""What changed since yesterday, mediation by mediation."""

from datetime import datetime, time, timedelta
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import Field

from api.auth import Caller
from api.coordinating import Coordinating
from api.event_views import Acted, acted
from api.installation import Here
from api.mediations import CursorText, Limit
from api.spelling import spelled
from api.views import Page, View
from api.work import FIRST_DAY, LAST_DAY, OfCaseworker, calendar_of, caseworkers_of
from domain.facts.days import WrittenDay
from domain.facts.outcome import Outcome, Stage
from store.work import ChangedLine, list_changed, times


class ChangesQuery(OfCaseworker):
    """Since when."""

    since: WrittenDay | None = Field(
        default=None, ge=FIRST_DAY, lt=LAST_DAY, description="Since the beginning of this day; else of yesterday"
    )
    cursor: CursorText = None
    limit: Limit = 50


class ChangeView(View):
    """Something that happened. The whole event stands in the mediation's `/events`."""

    sequence: int
    at: datetime
    type: str = Field(examples=["assessed"])
    by: Acted


class ChangedView(View):
    """A mediation in which something happened."""

    mediation: str
    reference: str = Field(examples=["A26-0019"])
    stage: Stage
    outcome: Outcome | None
    assignee: str | None
    changed_at: datetime
    test: bool = Field(description="Whether it is a trial")
    changes: tuple[ChangeView, ...] = Field(description="In order")


class ChangedPage(Page[ChangedView]):
    """One page of mediations, that in which something happened last first."""


router = APIRouter(tags=["work"])


@router.get("/v1/work/changes", operation_id="listChanges", summary="What changed since yesterday")
async def list_changes(here: Here, caller: Coordinating, asked: Annotated[ChangesQuery, Query()]) -> ChangedPage:
    """List the mediations in which something happened since the beginning of a day, with what happened in each."""
    calendar = await calendar_of(here, caller)
    at = times(calendar, await here.clock.now())
    since = calendar.at(asked.since or at.today - timedelta(days=1), time())
    caseworkers = await caseworkers_of(here, caller, asked.assignee, at)
    known = here.cursors.read("changes", asked.cursor)
    after = (known[0], known[1][0]) if known else None
    lines = await list_changed(here.pool, caller.organisation, since, caseworkers, after=after, limit=asked.limit)
    last = lines.last
    return ChangedPage(
        items=tuple(_view(line, caller) for line in lines),
        next=here.cursors.write("changes", last["changed_at"], last["id"]) if last else None,
        unreadable=lines.unreadable,
    )


def _view(line: ChangedLine, reader: Caller) -> ChangedView:
    changes = tuple(
        ChangeView(
            sequence=one.sequence,
            at=one.at,
            type=spelled(one.type),
            by=acted(one.by, reader),
        )
        for one in line.events
    )
    return ChangedView(mediation=line.id, **line.model_dump(exclude={"id", "events"}), changes=changes)
