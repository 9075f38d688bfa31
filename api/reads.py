"""Who read personal data, and who it was that acted or read: for the municipality, its auditors, and the client."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from pydantic import Field

from api.auth import Authenticated, Caller, Visible
from api.bodies import Body, RequestPart
from api.caseworkers import one_example
from api.coordinating import Coordinating
from api.event_views import Acted, acted
from api.installation import Here, Installation
from api.mediations import CursorText, Limit, QueryParameters
from api.openapi import problems
from api.problems import Forbidden, NotFound
from api.views import Page, View
from domain.facts.parties import Role
from store.personal_reads import PersonalData, ReadPurpose, name_of, reads_of, record_read, took_part_in
from store.vault import Erased


class ReadView(View):
    """Somebody read personal data."""

    at: datetime
    mediation: str
    by: Acted
    what: PersonalData
    purpose: str = Field(description="Why, as it was said then", examples=["contact"])


class ReadPage(Page[ReadView]):
    """One page of reads, the last first."""


class ReadsQuery(QueryParameters):
    """Which reads."""

    cursor: CursorText = None
    limit: Limit = 50


class ResolveBody(RequestPart):
    """Whose name is asked for."""

    person: str = Field(pattern=r"^u-[0-9a-f]{32}$", description="The pseudonym")
    purpose: ReadPurpose


class ResolvedView(View):
    """Who it is."""

    person: str
    name: str | None = Field(
        description="As your municipality knows its people; null for somebody of another organisation, which knows them"
    )


RESOLVE: Body[ResolveBody] = Body(ResolveBody)
EXAMPLE = {"person": "u-" + "0123456789abcdef" * 2, "purpose": "rights"}
router = APIRouter(tags=["persons"])


async def overseeing(caller: Authenticated) -> Caller:
    """Return who may see who read what; raises `Forbidden`."""
    if caller.role not in {Role.COORDINATOR, Role.AUDITOR}:
        raise Forbidden("who read personal data is told to the municipality and its auditors")
    return caller


Overseeing = Annotated[Caller, Depends(overseeing)]


@router.get(
    "/v1/mediations/{mediation}/reads",
    operation_id="listReads",
    summary="Who read personal data of a mediation",
    responses=problems(404),
)
async def list_reads(
    here: Here, caller: Overseeing, loaded: Visible, asked: Annotated[ReadsQuery, Query()]
) -> ReadPage:
    """Tell who read who the client is or what was noted, or printed a letter, when and why; also whose search showed
    the client. For the municipality and its auditors.
    """
    return await _page(here, caller, loaded.state.id, asked, of_client=False)


@router.get(
    "/v1/mediations/{mediation}/person/reads",
    operation_id="listReadsOfClient",
    summary="Who read personal data of a client, for the client who asks",
    responses=problems(404),
)
async def list_reads_of_client(
    here: Here, caller: Overseeing, loaded: Visible, asked: Annotated[ReadsQuery, Query()]
) -> ReadPage:
    """Tell the same of all mediations of this client in the municipality: what a client who asks is given."""
    return await _page(here, caller, loaded.state.id, asked, of_client=True)


@router.post(
    "/v1/mediations/{mediation}/actors",
    operation_id="resolveActor",
    summary="Who somebody is that acted or read",
    responses=problems(404),
    openapi_extra=RESOLVE.documented(one_example("For a complaint", EXAMPLE)),
)
async def resolve(
    here: Here, caller: Coordinating, loaded: Visible, body: Annotated[ResolveBody, Depends(RESOLVE)]
) -> ResolvedView:
    """Tell who is behind the pseudonym of somebody who acted in this mediation, had its work, or read of its client.
    It is recorded.
    """
    if not await took_part_in(here.pool, loaded.state.id, body.person):
        raise NotFound
    name, now = await _name(here, caller, body.person), await here.clock.now()
    await record_read(here.pool, loaded.state.id, caller.actor, PersonalData.ACTOR, body.purpose, now)
    return ResolvedView(person=body.person, name=name)


async def _name(here: Installation, caller: Caller, person: str) -> str | None:
    reference = await name_of(here.pool, caller.organisation, person)
    if reference is None:
        return None
    try:
        return await here.vault.message(reference)
    except (Erased, KeyError):
        return None


async def _page(here: Installation, caller: Caller, mediation: str, asked: ReadsQuery, *, of_client: bool) -> ReadPage:
    of = f"reads of the client of {mediation}" if of_client else f"reads of {mediation}"
    known = here.cursors.read(of, asked.cursor)
    after = (known[0], int(known[1][0]), known[1][1], known[1][2]) if known else None
    reads = await reads_of(here.pool, mediation, of_client=of_client, after=after, limit=asked.limit)
    last = reads.last
    return ReadPage(
        items=tuple(
            ReadView(at=one.at, mediation=one.mediation, by=acted(one.by, caller), what=one.what, purpose=one.purpose)
            for one in reads
        ),
        next=here.cursors.write(of, last["at"], str(last["id"]), last["mediation"], last["what"]) if last else None,
        unreadable=reads.unreadable,
    )
