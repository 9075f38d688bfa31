"""The public list of routes and contacts (woonwaaier): who does what where, and how to reach the right function."""

from datetime import date, datetime
from typing import Annotated

from fastapi import APIRouter, Query, Response
from pydantic import Field

from api.installation import Here, Installation
from api.mediations import QueryParameters
from api.views import UNREADABLE, View
from domain.facts.calendar import Calendar
from domain.facts.groups import GroupId
from domain.facts.parties import TAKING_PART, OrganisationId, Role
from domain.policy.groups import Group, GroupWords, known_groups
from domain.policy.policy import Policy
from runtime.contact_fields import as_dialled
from runtime.contacts import Purpose
from runtime.directory import Directory, Organisation
from texts import Language, of

FRESH = 300
"""Seconds that others may keep the list."""

router = APIRouter(tags=["directory"])


class ListQuery(QueryParameters):
    """Which part of the list."""

    municipality: OrganisationId | None = None
    role: Role | None = None
    district: str | None = Field(default=None, max_length=60)


class TeamOf(View):
    """Which team receives the clients of a district."""

    district: str | None = Field(description="None: every district that no other team has")
    team: str


class GroupView(View):
    """A target group that is helped here."""

    id: GroupId
    nl: str = Field(description="What people call it in Dutch")
    en: str = Field(description="and in English")
    statutory: str | None = Field(description="The law in which it stands, if it does")


class Route(View):
    """How direct mediation goes in a municipality: for whom it is, and which team a client comes to."""

    municipality: str
    name: str
    target_groups: tuple[GroupId, ...]
    groups: tuple[GroupView, ...] = Field(description="The same with what people call them")
    teams: tuple[TeamOf, ...]


class ListedContact(View):
    """Whom to turn to for what, in that organisation."""

    purpose: Purpose
    mail: str | None
    phone: str | None = Field(description="As it is dialled in the Netherlands", examples=["036 123 4567"])


class Listed(View):
    """An organisation as everybody may know it."""

    id: str
    name: str
    role: Role
    municipalities: tuple[str, ...]
    districts: tuple[str, ...]
    contacts: tuple[ListedContact, ...]
    answered_by: str | None = Field(default=None, description="Who answers for it today, while it is absent")


class Woonwaaier(View):
    """The routes and contacts of today."""

    on: date
    routes: tuple[Route, ...]
    organisations: tuple[Listed, ...]
    unreadable: int = UNREADABLE


@router.get(
    "/v1/woonwaaier",
    operation_id="readWoonwaaier",
    summary="Read routes and contacts",
    response_model=Woonwaaier,
    response_model_exclude_none=True,
)
async def read_woonwaaier(here: Here, query: Annotated[ListQuery, Query()], response: Response) -> Woonwaaier:
    """Read who does what and how to reach them, without logging in. Mailboxes and phones are those of functions."""
    response.headers.update({"Cache-Control": f"public, max-age={FRESH}", "Access-Control-Allow-Origin": "*"})
    return _shown(here, query, await here.clock.now())


def _shown(here: Installation, query: ListQuery, now: datetime) -> Woonwaaier:
    today = Calendar().today(now)
    directory = here.directory.on(today)
    listed = [one for one in directory if one.role in TAKING_PART and one.contracted(today)]
    seats = [one for one in listed if one.role is Role.COORDINATOR and query.municipality in {None, one.id}]
    return Woonwaaier(
        on=today,
        routes=tuple(_route(directory, seat, today, here.policies.in_force(seat.id, now)) for seat in seats),
        organisations=tuple(_listed(directory, one, today) for one in listed if _wanted(one, query)),
        unreadable=here.directory.unreadable,
    )


def _wanted(one: Organisation, query: ListQuery) -> bool:
    return (
        (query.municipality is None or query.municipality in one.municipalities)
        and query.role in {None, one.role}
        and (query.district is None or not one.districts or query.district in one.districts)
    )


def _route(directory: Directory, seat: Organisation, today: date, policy: Policy | None) -> Route:
    teams = [
        TeamOf(district=district, team=team.id)
        for team in directory.of(seat.id, Role.DISTRICT_TEAM, today)
        for district in team.districts or (None,)
    ]
    groups = policy.target_groups if policy else ()
    named = tuple(_group(policy, one) for one in groups) if policy else ()
    return Route(municipality=seat.id, name=seat.name, target_groups=groups, groups=named, teams=tuple(teams))


def _group(policy: Policy, one: GroupId) -> GroupView:
    group = known_groups(policy.groups).get(one, Group())
    said = group.words or GroupWords(**{lang.value: of(lang).value.target_group[one] for lang in Language})
    return GroupView(id=one, nl=said.nl, en=said.en, statutory=group.statutory)


def _listed(directory: Directory, one: Organisation, today: date) -> Listed:
    acting = directory.acting_for(one.id, today).id
    shown = {name: getattr(one, name) for name in Listed.model_fields.keys() & type(one).model_fields.keys()}
    contacts = tuple(
        ListedContact(purpose=c.purpose, mail=c.mail, phone=as_dialled(c.phone) if c.phone else None)
        for c in one.contacts
    )
    return Listed(**shown | {"contacts": contacts}, answered_by=acting if acting != one.id else None)
