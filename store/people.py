"""Looking for a person: which mediations of a municipality are theirs, and the record of who looked and why."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from domain.facts.outcome import Outcome, Stage
from domain.facts.parties import Actor, OrganisationId
from domain.facts.value import Value
from store.database import Pool
from store.queries import query

MOST_SHOWN = 20
"""Persons of one answer. Of more none is shown: the answer asks for more facts."""
MOST_SEARCHES = 60
WITHIN = timedelta(hours=1)
"""So many searches of one caseworker are answered within this time, whichever process of the API they come in at."""


class SearchPurpose(StrEnum):
    """Why somebody looks for a person."""

    CLIENT_CALLS = "client_calls"
    """The client, or somebody for the client, is on the phone or at the desk."""
    PARTNER_CALLS = "partner_calls"
    """A partner asks about the client."""
    POST = "post"
    """Post came in about the client."""
    KNOWN_BEFORE = "known_before"
    """Is the client of a new referral known here?"""
    RIGHTS = "rights"
    """The client asks to see, correct or erase data, or complains."""
    SUPERVISION = "supervision"
    """A supervisor, a court or the municipality's own control asks."""


class Search(NamedTuple):
    """That somebody looked for a person; never whom."""

    at: datetime
    by: Actor
    purpose: SearchPurpose
    facts: tuple[str, ...]
    """By which kinds of facts: `name`, `born_on`, `bsn`."""
    shown: tuple[str, ...]
    """The mediations that were shown."""
    too_many: bool


class TheirMediation(Value):
    """A mediation of a person who was found."""

    person: str
    id: str
    reference: str
    stage: Stage
    outcome: Outcome | None
    opened_at: datetime
    closed_at: datetime | None
    test: bool


async def searches_left(pool: Pool, by: Actor, now: datetime) -> int:
    """Return how many more searches of this caseworker are answered now; none when it is 0 or less."""
    done: int = await pool.fetchval(query("searches_since"), by.organisation, by.user, now - WITHIN)
    return MOST_SEARCHES - done


async def record_search(pool: Pool, search: Search) -> None:
    """Keep that somebody looked for a person."""
    by = search.by
    await pool.execute(
        query("record_search"),
        search.at,
        by.organisation,
        by.user,
        search.purpose.value,
        search.facts,
        search.shown,
        search.too_many,
    )


async def mediations_of_people(pool: Pool, municipality: OrganisationId, people: Sequence[str]) -> list[TheirMediation]:
    """Return the mediations of these persons in this municipality, the newest first."""
    rows = await pool.fetch(query("mediations_of_people"), municipality, people)
    return [TheirMediation.model_validate(dict(row)) for row in rows]
