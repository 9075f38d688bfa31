"""The municipality's list of work: everything it must do or chase in its mediations, whose ever it is, and what others
ask it to carry on; in one order.
"""

from datetime import date, datetime, time
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import Field

from api.auth import Caller
from api.coordinating import Coordinating
from api.installation import Here, Installation
from api.mediations import CursorText, Limit, QueryParameters
from api.views import Page, TaskView, View
from domain.facts.calendar import Calendar
from domain.facts.days import WrittenDay
from domain.facts.outcome import Stage
from domain.facts.parties import OrganisationId
from domain.facts.referral import District
from domain.facts.tasks import Hindrance, TaskKind
from store.work import (
    NOBODY,
    Place,
    WorkFilter,
    WorkGroup,
    WorkLine,
    WorkSort,
    WorkTimes,
    list_work,
    times,
    with_covered,
)

ME, NONE = "me", "none"
FIRST_DAY, LAST_DAY = date(1970, 1, 1), date(2200, 1, 1)
"""Beside the ends of the calendar a zone leads out of it."""
Assignee = Annotated[
    str,
    Field(
        pattern=r"^(me|none|u-[0-9a-f]{32})$",
        description="Whose work: a caseworker's, `me`, or `none` for what is given to nobody. With the work of those "
        "for whom they stand in today",
    ),
]


class OfCaseworker(QueryParameters):
    """Whose work."""

    assignee: Assignee | None = None


class WorkQuery(OfCaseworker):
    """Which work."""

    group: WorkGroup | None = Field(default=None, description="Only of this group; the counts are of all groups")
    stage: Stage | None = None
    kind: TaskKind | None = None
    owner: OrganisationId | None = Field(default=None, description="Whose task: an organisation")
    district: District | None = Field(default=None, description="The district of the referral")
    due_before: WrittenDay | None = Field(
        default=None, ge=FIRST_DAY, lt=LAST_DAY, description="Due before this day begins"
    )
    snoozed: bool = Field(
        default=False,
        description="What rests until a day, or in a pause, and not what is to be done now. What is past the end of a "
        "term of the law never rests",
    )
    test: bool | None = Field(default=None, description="Only of trials, or only of what is none; else of both")
    sort: WorkSort = WorkSort.URGENCY
    cursor: CursorText = None
    limit: Limit = 50


class WorkItem(TaskView):
    """Something to do, or to chase."""

    mediation: str
    reference: str = Field(description="What the mediation is called on the phone", examples=["A26-0019"])
    municipality: str = Field(description="Whose mediation: yours, or of another that asks you to carry it on")
    group: WorkGroup
    stage: Stage | None = Field(description="Null for a mediation of another municipality: see `/v1/transfers`")
    district: str | None = Field(description="Of the referral; null where it was not kept, and for another's")
    reminded: int
    escalated: int
    legal_limit: datetime | None = Field(
        description="When the term of the law ends that this must keep; null without one, or while it stands still"
    )
    snoozed_until: date | None = Field(description="Until which day it was last put to rest")
    paused: bool = Field(description="Whether it rests because the mediation is paused")
    hindrance: Hindrance | None = Field(description="What its owner said of it: more time, or not theirs")
    assignee: str | None = Field(description="Which of your people has it, or has the mediation")
    test: bool = Field(description="Whether it is of a trial with an invented client, that no report counts")


class WorkCounts(View):
    """How much there is of each group."""

    critically_overdue: int
    overdue: int
    due_soon: int
    not_due_yet: int
    waiting_for_partner: int


class WorkPage(Page[WorkItem]):
    """One page of the list of work."""

    counts: WorkCounts = Field(description="Of all that the other filters choose, on every page")


router = APIRouter(tags=["work"])


@router.get("/v1/work", operation_id="listWork", summary="List what is to be done or chased")
async def list_all_work(here: Here, caller: Coordinating, asked: Annotated[WorkQuery, Query()]) -> WorkPage:
    """List every open task of your municipality's mediations, your own and those of partners; and `answer_transfer` of
    another's, that is asked of yours.

    In groups: more than five working days late or past a term of the law, late, due within five working days, not due
    yet, and waiting for a partner. A partner's task that is late stands among what is late: it is to be chased.
    """
    calendar = await calendar_of(here, caller)
    of = f"work {asked.sort.value}"
    known = here.cursors.read(of, asked.cursor)
    # a page goes on with the groups of the first one, however long ago that was read
    at = times(calendar, known[0] if known else await here.clock.now())
    only = WorkFilter(
        caller.organisation,
        await caseworkers_of(here, caller, asked.assignee, at),
        asked.stage,
        asked.kind,
        asked.owner,
        calendar.at(asked.due_before, time()) if asked.due_before else None,
        asked.district,
        asked.snoozed,
        asked.test,
    )
    after = _place(known[1]) if known else None
    lines, counts = await list_work(here.pool, only, at, asked.group, asked.sort, after=after, limit=asked.limit)
    last = lines.last
    places = [" ".join(map(repr, last["place"])), last["mediation"], last["id"]] if last else []
    return WorkPage(
        items=tuple(map(_item, lines)),
        next=here.cursors.write(of, at.now, *places) if last else None,
        unreadable=lines.unreadable,
        counts=WorkCounts(**{group.value: count for group, count in counts.items()}),
    )


async def calendar_of(here: Installation, caller: Caller) -> Calendar:
    """Return on which days a caller's municipality works now."""
    policy = here.policies.in_force(caller.organisation, await here.clock.now())
    return policy.calendar if policy else Calendar()


async def caseworkers_of(here: Installation, caller: Caller, asked: str | None, at: WorkTimes) -> list[str] | None:
    """Return whose work is asked for, those who are covered today among them; None for everybody's."""
    if asked is None:
        return None
    if asked == NONE:
        return [NOBODY]
    return await with_covered(here.pool, caller.organisation, caller.actor.user if asked == ME else asked, at.today)


def _place(ids: tuple[str, ...]) -> Place:
    numbers, mediation, task = ids
    return tuple(map(float, numbers.split())), mediation, task


def _item(line: WorkLine) -> WorkItem:
    return WorkItem(**line.model_dump())
