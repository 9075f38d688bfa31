"""Reading mediations: lists, one of them, and what happened in it."""

import re
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any

from fastapi import APIRouter, Query, Response
from pydantic import AfterValidator, AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field
from pydantic.alias_generators import to_camel

from api.auth import Authenticated, Caller, InSight
from api.event_views import EventPage, event_view
from api.events_seen import events_seen
from api.installation import Here, Installation
from api.openapi import problems
from api.problems import Invalid
from api.secrecy import team_hidden
from api.shown import Details, Summary, mediation_details, summary
from api.views import Page
from domain.facts.outcome import Outcome, Stage
from domain.facts.parties import OrganisationId, Role
from store import journal
from store.participation import Asker
from store.read_model import ListOrder, MediationFilter, MediationLine, list_mediations
from store.readable import UNREADABLE as CANNOT_BE_READ
from store.readable import read_part

Limit = Annotated[int, Field(ge=1, le=100, description="How many at most")]
CursorText = Annotated[str | None, Field(max_length=512, description="`next` of the page before")]


MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:\d\d)", re.ASCII)


def _written(moment: Any) -> Any:
    """Refuse all but a moment as RFC 3339 writes it: a parser also takes `5`, for five seconds after 1970 began."""
    if not (isinstance(moment, str) and MOMENT.fullmatch(moment)):
        raise ValueError("give a moment with its zone, such as 2026-11-25T10:12:00Z (in an address, write + as %2B)")
    return moment


def _within_reach(moment: datetime) -> datetime:
    if not 1970 <= moment.year <= 2199:  # beside the ends of the calendar a zone leads out of it
        raise ValueError("give a moment between 1970 and 2199")
    return moment


Moment = Annotated[AwareDatetime, BeforeValidator(_written), AfterValidator(_within_reach)]
"""A moment that somebody asks for."""


class QueryParameters(BaseModel):
    """Query parameters: nothing unknown besides."""

    model_config = ConfigDict(alias_generator=to_camel, extra="forbid", hide_input_in_errors=True)


class Sort(StrEnum):
    """The order of a list of mediations."""

    OPENED = "openedAt"
    OPENED_LAST = "-openedAt"
    CHANGED = "changedAt"
    CHANGED_LAST = "-changedAt"


class MediationQuery(QueryParameters):
    """Which mediations."""

    stage: Stage | None = None
    outcome: Outcome | None = None
    owner: OrganisationId | None = Field(default=None, description="Who must act")
    overdue: bool | None = Field(default=None, description="Only those with a task past its due moment")
    organisation: OrganisationId | None = Field(default=None, description="Who takes part")
    municipality: OrganisationId | None = None
    changed_since: Moment | None = Field(
        default=None, description="Only those that changed at this moment or later", examples=["2026-11-25T10:12:00Z"]
    )
    reference: str | None = Field(
        default=None, max_length=20, description="What it is called on the phone", examples=["A26-0019"]
    )
    home: str | None = Field(
        default=None,
        max_length=100,
        description="The dwelling that is offered or let, by its corporation's id; for the municipality",
    )
    test: bool | None = Field(default=None, description="Only trials, or only what is none; else both")
    sort: Sort = Field(default=Sort.OPENED, description="In which order; with `-` the last first")
    cursor: CursorText = None
    limit: Limit = 50


class EventQuery(QueryParameters):
    """Which events."""

    after: int = Field(default=0, ge=0, le=1_000_000, description="The sequence number after which to go on")
    limit: Limit = 50


class MediationPage(Page[Summary]):
    """One page of mediations."""


router = APIRouter(tags=["mediations"])


@router.get(
    "/v1/mediations",
    operation_id="listMediations",
    summary="List mediations",
)
async def list_all(here: Here, caller: Authenticated, asked: Annotated[MediationQuery, Query()]) -> MediationPage:
    """List the mediations you may see, in the order in which they were opened unless you ask for another.

    A corporation selects by municipality and reference only, and by its own tasks, in the order of opening.
    """
    wanted = _scope(caller, asked, await here.clock.now())
    of = f"mediations {asked.sort.value}" if asked.sort is not Sort.OPENED else "mediations"
    after = here.cursors.read(of, asked.cursor)
    if wanted is None:
        return MediationPage(items=())
    overdue_at = await here.clock.now() if asked.overdue else None
    place = (after[0], after[1][0]) if after else None
    wanted = wanted._replace(overdue_at=overdue_at, changed_since=asked.changed_since)
    order = ListOrder(asked.sort.value.removeprefix("-") == "changedAt", asked.sort.value.startswith("-"))
    lines = await list_mediations(here.pool, wanted, order, after=place, limit=asked.limit)
    last = lines.last
    cursor = (
        here.cursors.write(of, last["changed_at" if order.by_change else "opened_at"], last["id"]) if last else None
    )
    items = tuple([summary(line, caller, await _team_hidden(here, caller, line)) for line in lines])
    return MediationPage(items=items, next=cursor, unreadable=lines.unreadable)


async def _team_hidden(here: Installation, caller: Caller, line: MediationLine) -> str | None:
    """Return the team that a line of a list may not name to this reader. Of most lines no mediation is read for it."""
    teams = [task.owner for task in line.tasks if task.owner_role is Role.DISTRICT_TEAM]
    if caller.role in {Role.COORDINATOR, Role.CORPORATION} or not teams:
        return None
    try:
        loaded = await journal.load(here.pool, line.id)
    except (*CANNOT_BE_READ, journal.MediationUnknown):
        return teams[0]
    return team_hidden(loaded.state, loaded.policy, caller) if loaded else None


def _scope(caller: Caller, asked: MediationQuery, now: datetime) -> MediationFilter | None:
    """Return the filter that keeps a caller to what they may see; None when that is nothing."""
    wanted = MediationFilter(
        municipality=asked.municipality,
        stage=asked.stage,
        outcome=asked.outcome,
        owner=asked.owner,
        organisation=asked.organisation,
        reference=asked.reference.upper() if asked.reference else None,
        home=asked.home,
        test=asked.test,
    )
    if asked.home and caller.role is not Role.COORDINATOR:  # it would tell whose a secret address is
        raise Invalid([("home", "only the municipality selects by the home")])
    if caller.role is Role.CORPORATION:
        _refuse_what_tells(caller, asked)
    municipality, visible_to = municipality_of(caller, asked.municipality)
    if municipality is None and visible_to is None and caller.role is not Role.ADMIN:
        return None
    return wanted._replace(municipality=municipality, reader=Asker(visible_to, now) if visible_to else None)


def municipality_of(
    caller: Caller, named: OrganisationId | None
) -> tuple[OrganisationId | None, OrganisationId | None]:
    """Return whose mediations a list holds for a caller: of a municipality, and of an organisation that takes part.

    (None, None) is all of them for an administrator, and none of them for anybody else. Raises `Invalid` when the
    caller has several municipalities and names none.
    """
    if caller.role is Role.ADMIN:
        return named, None
    if caller.role not in {Role.COORDINATOR, Role.AUDITOR}:
        return named, caller.organisation
    if named is None and len(caller.municipalities) > 1:
        raise Invalid([("municipality", "name one of your municipalities")])
    own = named or next(iter(caller.municipalities), None)
    return (own if own in caller.municipalities else None), None


def _refuse_what_tells(caller: Caller, asked: MediationQuery) -> None:
    """Raise `Invalid` when a corporation selects by a fact that it is not shown: the list would give the fact away."""
    own = {"municipality", "reference", "cursor", "limit"} | (
        {"owner"} if asked.owner == caller.organisation else set()
    )
    if wrong := sorted(asked.model_fields_set - own):
        raise Invalid(
            (name, "a corporation selects by municipality, by reference and by its own tasks") for name in wrong
        )


@router.get(
    "/v1/mediations/{mediation}",
    operation_id="readMediation",
    summary="Read one mediation",
    responses=problems(404),
)
async def read_one(caller: Authenticated, seen: InSight, response: Response) -> Details:
    """Read how one mediation stands: what is waited for, until when, and who acts next."""
    response.headers["ETag"] = f'"{seen.loaded.state.sequence}"'
    return mediation_details(seen.loaded, caller)


@router.get(
    "/v1/mediations/{mediation}/events",
    operation_id="listEvents",
    summary="List what happened",
    responses=problems(404),
)
async def list_events(
    here: Here, caller: Authenticated, seen: InSight, asked: Annotated[EventQuery, Query()]
) -> EventPage:
    """List the events of one mediation, in order: a partner sees those of the days of its part, and a corporation of
    them what concerns its own offers.

    Where the address is secret, only those who must know it are shown which dwelling it is.
    """
    rows = [row for row in await events_seen(here, caller, seen) if row["sequence"] > asked.after]
    part = read_part(rows, asked.limit, lambda row: event_view(row, caller), "event")
    return EventPage(items=tuple(part), next=part.last["sequence"] if part.last else None, unreadable=part.unreadable)
