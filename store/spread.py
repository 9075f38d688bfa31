"""Placements over districts and complexes: counted with conditional updates, and looked up for a listing."""

from collections.abc import Sequence

from domain.exchange.record import Recording
from domain.facts.value import replace
from domain.messages.commands import LearnDwellings
from domain.policy.policy import Policy
from domain.policy.scarce import Scope, SpreadClaim
from domain.policy.spread import Standing, claims_for
from domain.state.mediation import Mediation
from store.changed import changed
from store.database import Connection
from store.queries import query


async def claim_placement(connection: Connection, mediation: str, claim: SpreadClaim) -> str | None:
    """Claim a placement; return what stands against it, None when it is granted. One already held stays counted once.

    The register's row is held until the transaction ends, so that a complex is never closed in between.
    """
    key = _key(claim)
    most, closed = claim.most, None
    if claim.scope is Scope.COMPLEX:
        register = await connection.fetchrow(query("hold_complex"), claim.municipality, claim.corporation, claim.name)
        if register:
            caps = [cap for cap in (claim.most, register["most"]) if cap is not None]
            most = min(caps, default=None)
            until = register["closed_until"]
            if not register["eligible"]:
                closed = f"not for direct mediation: {register['reason'] or 'by agreement'}"
            elif until and until >= claim.on:
                closed = f"closed until {until}: {register['reason'] or 'by agreement'}"
    if closed and not claim.beyond_limit:
        return closed
    await connection.execute(query("know_spread"), *key, most)
    if not changed(await connection.execute(query("claim_placement"), *key, mediation, claim.beyond_limit)):
        return None
    if claim.beyond_limit:
        await connection.execute(query("take_spread_beyond"), *key)
    elif not changed(await connection.execute(query("take_spread"), *key, most)):
        return f"{await connection.fetchval(query('spread_used'), *key)} placed, at most {most}"
    return None


async def release_placement(connection: Connection, mediation: str, claim: SpreadClaim) -> None:
    """Give a placement back, if this mediation holds it."""
    await connection.execute(query("release_spread"), *_key(claim), mediation)


async def with_standings(
    connection: Connection, recording: Recording, state: Mediation | None, policy: Policy
) -> Recording:
    """Return the recording of a listing with how its districts and complexes stand; any other as it is."""
    command = recording.command
    if not isinstance(command, LearnDwellings) or state is None or policy.spread is None or not command.dwellings:
        return recording
    today = policy.calendar.today(recording.now)
    municipality = state.parties.municipality
    spread = policy.spread
    claims = [one for dwelling in command.dwellings for one in claims_for(spread, municipality, dwelling, today)]
    told = replace(command, standings=tuple(await _standings(connection, municipality, claims)))
    return replace(recording, command=told)


async def _standings(connection: Connection, municipality: str, claims: Sequence[SpreadClaim]) -> list[Standing]:
    keys = sorted({(c.scope.value, c.corporation, c.name, c.period) for c in claims})
    rows = await connection.fetch(
        query("standings"), municipality, *(list(column) for column in zip(*keys, strict=True))
    )
    return [Standing.model_validate(dict(row)) for row in rows]


def _key(claim: SpreadClaim) -> tuple[str, str, str, str, str]:
    return claim.municipality, claim.scope.value, claim.corporation, claim.name, claim.period
