"""Finding a client by name, day of birth or citizen service number: for the municipality, with the purpose recorded."""

from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from typing import Annotated

import structlog
from fastapi import APIRouter, Depends
from pydantic import AfterValidator, Field

from api.auth import Acting
from api.bodies import Body, Name, RequestPart
from api.installation import Here, Installation
from api.openapi import problems
from api.problems import Forbidden, Invalid, SearchedTooOften
from api.referrals import CitizenNumber
from api.views import UNREADABLE, View
from domain.facts.born import BirthDate
from domain.facts.outcome import Outcome, Stage
from domain.facts.parties import Role
from runtime.sealing import Tampered
from store.name_index import parts
from store.people import (
    MOST_SEARCHES,
    MOST_SHOWN,
    WITHIN,
    Search,
    SearchPurpose,
    TheirMediation,
    mediations_of_people,
    record_search,
    searches_left,
)
from store.vault import Erased, Sought


def _long_enough(name: str) -> str:
    if not any(len(part) > 1 for part in parts(name)):
        raise ValueError("give a name, or at least two letters that one begins with")
    return name


class SearchBody(RequestPart):
    """Whom you look for, and why. All facts that are given must hold; at least one is given."""

    name: Annotated[Name, AfterValidator(_long_enough)] | None = Field(
        default=None,
        description="A name or parts of it, each by the first three letters or more; case, accents, prefixes, hyphens "
        "and spaces do not matter, misspellings do",
    )
    born_on: BirthDate | None = None
    bsn: CitizenNumber | None = None
    purpose: SearchPurpose


class FoundMediation(View):
    """A mediation of somebody who was found."""

    id: str
    reference: str = Field(description="What it is called on the phone")
    stage: Stage
    outcome: Outcome | None
    opened_at: datetime
    closed_at: datetime | None
    test: bool = Field(description="Whether it is a trial with an invented client")


class FoundPerson(View):
    """Somebody who was found, with what tells people of the same name apart."""

    name: str
    born_on: BirthDate
    mediations: tuple[FoundMediation, ...] = Field(description="Those in your municipality, the newest first")


class FoundPeople(View):
    """Who was found, the newest client first."""

    items: tuple[FoundPerson, ...]
    unreadable: int = UNREADABLE
    too_many: bool = Field(description=f"More than {MOST_SHOWN} were found, and none is shown: give more facts")


SEARCH: Body[SearchBody] = Body(SearchBody)
EXAMPLES = {
    "name": {
        "summary": "By parts of a name and the day of birth",
        "value": {"name": "noor wit", "bornOn": "1991-04-12", "purpose": "client_calls"},
    },
    "number": {
        "summary": "By the citizen service number",
        "value": {"bsn": "999990019", "purpose": "known_before"},
    },
}
log = structlog.get_logger("api")
router = APIRouter(tags=["persons"])


@router.post(
    "/v1/people/search",
    operation_id="findPeople",
    summary="Find a client by name, day of birth or citizen service number",
    openapi_extra=SEARCH.documented(EXAMPLES),
    responses=problems(),
)
async def find_people(here: Here, caller: Acting, body: Annotated[SearchBody, Depends(SEARCH)]) -> FoundPeople:
    """Find clients of your own municipality. Of more than 20 none is shown; each of you has 60 searches an hour.

    Who looked, why, and which mediations were shown is recorded; what was looked for is not.
    """
    if caller.role is not Role.COORDINATOR:
        raise Forbidden("only the municipality looks for clients; you find yours by the mediation's reference")
    sought = Sought(body.name, body.born_on, body.bsn)
    facts = tuple(name for name, fact in sought._asdict().items() if fact is not None)
    if not facts:
        raise Invalid([("name", "give a name, a day of birth or a citizen service number")])
    now = await here.clock.now()
    if await searches_left(here.pool, caller.actor, now) <= 0:
        raise SearchedTooOften(MOST_SEARCHES, int(WITHIN.total_seconds()))
    people = await here.vault.find_people(caller.organisation, sought, MOST_SHOWN + 1)
    too_many = len(people) > MOST_SHOWN
    shown = [] if too_many else people
    theirs = await mediations_of_people(here.pool, caller.organisation, shown)
    ids = tuple(one.id for one in theirs)
    await record_search(here.pool, Search(now, caller.actor, body.purpose, facts, ids, too_many))
    log.info("people searched", organisation=caller.organisation, user=caller.actor.user, purpose=body.purpose.value)
    found = [one async for one in _read(here, shown, theirs)]
    items = tuple(filter(None, found))
    return FoundPeople(items=items, unreadable=len(found) - len(items), too_many=too_many)


async def _read(
    here: Installation, people: Sequence[str], theirs: Sequence[TheirMediation]
) -> AsyncIterator[FoundPerson | None]:
    """Return each who was found; None for one who cannot be read."""
    for reference in people:
        own = [one for one in theirs if one.person == reference]
        if not own:
            continue
        try:
            person = await here.vault.person_of(own[0].id)  # as the newest mediation knows the person
        except Erased:
            continue  # it was erased since it was found
        except Tampered:
            yield None
            continue
        mediations = tuple(FoundMediation.model_validate(one) for one in own)
        yield FoundPerson(name=person.name, born_on=person.born_on, mediations=mediations)
