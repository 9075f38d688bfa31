"""Who read personal data of a client, what of it, and why: kept for the term of the policy (`reads_years`)."""

from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from asyncpg import Record

from domain.facts.parties import Actor
from store.changed import changed
from store.database import Pool
from store.queries import query
from store.readable import Readable, read_part


class ReadPurpose(StrEnum):
    """Why somebody reads who a client is, or what was written about the client."""

    CONTACT = "contact"
    """To reach the client or the guide."""
    DECIDE = "decide"
    """To advise, decide or answer what is asked."""
    SUPPORT = "support"
    """To arrange or give support."""
    TENANCY = "tenancy"
    """To let the home."""
    POST = "post"
    """To print a letter and post it."""
    HAND_OVER = "hand_over"
    """To take over from a colleague or another organisation."""
    RIGHTS = "rights"
    """The client asks to see, correct or erase data, or complains."""
    SUPERVISION = "supervision"
    """To look over what was decided, or a court or supervisor asks."""


class PersonalData(StrEnum):
    """What was read."""

    PERSON = "person"
    """Who the client is, with the citizen service number."""
    CLIENT = "client"
    """Who the client is, without that number."""
    TENANT = "tenant"
    """Name and contacts, for a landlord."""
    NOTES = "notes"
    GROUNDS = "grounds"
    """The notes on which decisions rest."""
    LETTER = "letter"
    """A letter on paper: the name and address of its reader, and what it says."""
    ACTOR = "actor"
    """Who it was that acted, behind a pseudonym."""
    SEARCH = "search"
    """The client was among those whom a search showed."""


class PersonalRead(NamedTuple):
    """One read, or one search that showed the client."""

    at: datetime
    mediation: str
    by: Actor
    what: PersonalData
    purpose: str


class NotRecorded(Exception):
    """A read could not be recorded: what was to be read must not be shown."""


async def record_read(
    pool: Pool, mediation: str, actor: Actor, what: PersonalData, purpose: ReadPurpose, now: datetime
) -> None:
    """Record a read, before anything of it is shown. Each read is a record of its own."""
    by = (actor.role.value, actor.organisation, actor.substitute, actor.user)
    done = await pool.execute(query("record_personal_read"), now, mediation, *by, what.value, purpose.value)
    if not changed(done):
        raise NotRecorded(mediation)


async def reads_of(
    pool: Pool, mediation: str, *, of_client: bool, after: tuple[datetime, int, str, str] | None, limit: int
) -> Readable[PersonalRead]:
    """Return who read what of a mediation, or of its client in all mediations of its municipality, the last first.

    The list goes on after `after`: moment, id, mediation and what was read, of the last row before.
    """
    place = after or (None, None, None, None)
    rows = await pool.fetch(query("personal_reads"), mediation, of_client, *place, limit + 1)
    return read_part(rows, limit, _read, "read")


def _read(row: Record) -> PersonalRead:
    by = Actor(role=row["role"], organisation=row["organisation"], user=row["caseworker"], substitute=row["substitute"])
    return PersonalRead(row["at"], row["mediation"], by, PersonalData(row["what"]), row["purpose"])


async def took_part_in(pool: Pool, mediation: str, caseworker: str) -> bool:
    """Tell whether somebody acted in a mediation, was given its work, or read personal data of its client."""
    found: bool = await pool.fetchval(query("took_part_in"), mediation, caseworker)
    return found


async def name_of(pool: Pool, organisation: str, caseworker: str) -> str | None:
    """Return the reference of a caseworker's name in the vault; None when the organisation has none of that id."""
    name: str | None = await pool.fetchval(query("name_of_caseworker"), organisation, caseworker)
    return name
