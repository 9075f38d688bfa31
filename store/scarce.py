"""What is scarce is claimed with constraints: conditional updates and unique keys, never check-then-act.

Claims are made in one order for all mediations, so that two of them never wait for each other in a circle.
"""

from collections.abc import Sequence

from domain.scarce import Claim, DwellingClaim, PersonClaim, PlaceClaim
from store.database import Connection
from store.queries import query


class _Gone(Exception):
    """Something claimed is gone already."""

    def __init__(self, claim: Claim) -> None:
        self.claim = claim


async def claim(connection: Connection, mediation: str, claims: Sequence[Claim]) -> Claim | None:
    """Claim everything, or nothing and return the first claim that is gone."""
    if not claims:
        return None
    try:
        async with connection.transaction():
            for one in sorted(claims, key=str):
                if not await _claim(connection, mediation, one):
                    raise _Gone(one)
    except _Gone as gone:
        return gone.claim
    return None


async def release(connection: Connection, mediation: str, claims: Sequence[Claim]) -> None:
    """Give back what this mediation holds; what it does not hold stays as it is."""
    for one in sorted(claims, key=str):
        match one:
            case PersonClaim(person=person):
                await connection.execute(query("release_person"), person, mediation)
            case PlaceClaim():
                await connection.execute(query("release_place"), mediation)
            case DwellingClaim(corporation=corporation, dwelling=dwelling):
                await connection.execute(query("release_dwelling"), corporation, dwelling, mediation)


async def _claim(connection: Connection, mediation: str, one: Claim) -> bool:
    match one:
        case PersonClaim(person=person):
            status = await connection.execute(query("claim_person"), person, mediation)
        case DwellingClaim(corporation=corporation, dwelling=dwelling):
            status = await connection.execute(query("claim_dwelling"), corporation, dwelling, mediation)
        case PlaceClaim():
            return await _claim_place(connection, mediation, one)
    return _changed(status)


async def _claim_place(connection: Connection, mediation: str, one: PlaceClaim) -> bool:
    await connection.execute(query("know_capacity"), one.municipality, one.year, one.limit)
    if one.beyond_limit:
        status = await connection.execute(query("take_capacity_beyond"), one.municipality, one.year, one.units)
    else:
        status = await connection.execute(query("take_capacity"), one.municipality, one.year, one.units, one.limit)
    return _changed(status) and _changed(
        await connection.execute(
            query("claim_place"), mediation, one.municipality, one.year, one.units, one.beyond_limit
        ),
    )


def _changed(status: str) -> bool:
    """Tell from a command tag such as `INSERT 0 1` whether a row was written."""
    return not status.endswith(" 0")
