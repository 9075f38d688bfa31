"""Requests by idempotency key: the same key with the same request is answered alike for the life of a case."""

from typing import NamedTuple

from domain.parties import OrganisationId
from store.database import Pool
from store.queries import query


class Remembered(NamedTuple):
    """What a key was first used for."""

    mediation: str
    fingerprint: str


async def remember(pool: Pool, organisation: OrganisationId, key: str, wanted: Remembered) -> Remembered:
    """Note what an organisation uses a key for, and return what it was first used for."""
    row = await pool.fetchrow(query("remember_request"), organisation, key, *wanted)
    return Remembered(row["mediation"], row["fingerprint"]) if row else wanted
