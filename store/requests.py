"""Idempotency keys: what each was used for. A key is used in the transaction that records something under it.

So a request that is refused does not use up its key, and of two requests under one key at the same moment one gets it.
"""

from typing import NamedTuple

from domain.decide.decide import Refused
from domain.exchange.record import Recording
from domain.facts.parties import OrganisationId
from domain.facts.rules import RuleName
from store.changed import changed
from store.database import Connection, Source
from store.queries import query

KEY_REUSED = Refused(rule=RuleName.KEY_REUSED)
"""What is recorded for a command under a key that another request had used."""


class KeyTaken(Exception):
    """Something else was recorded under this key before."""


class Request(NamedTuple):
    """An organisation's request to do something once."""

    organisation: OrganisationId
    key: str
    subject: str
    """The mediation that it is about, or what else."""
    fingerprint: str


def request_of(recording: Recording) -> Request | None:
    """Return the request that a command came with; None for one that the engine gave itself."""
    if recording.keyed is None:
        return None
    by = recording.command.by.organisation
    return Request(by, recording.keyed.key, recording.mediation, recording.keyed.fingerprint)


async def claim(connection: Connection, asked: Request) -> bool:
    """Use a key for a request, within the transaction that records it; false when it was used for another."""
    return (
        changed(await connection.execute(query("claim_key"), *asked))
        or await claimed_for(connection, asked.organisation, asked.key) == asked.fingerprint
    )


async def claimed_for(source: Source, organisation: OrganisationId, key: str) -> str | None:
    """Return the fingerprint of the request that used a key; None while nothing is recorded under it."""
    fingerprint: str | None = await source.fetchval(query("claimed_for"), organisation, key)
    return fingerprint
