"""What is scarce is claimed with constraints: conditional updates and unique keys, never check-then-act.

Claims are made in one order for all mediations, so that two of them never wait for each other in a circle.
"""

from collections.abc import Sequence
from decimal import Decimal
from math import floor
from typing import NamedTuple

from domain.facts.capacity import Denominator
from domain.facts.periods import bounds
from domain.facts.value import replace
from domain.policy.scarce import Claim, DwellingClaim, PersonClaim, PlaceClaim, SpreadClaim
from domain.state.events import AnyEvent, PlaceConsumed
from store.changed import changed
from store.database import Connection, Source
from store.queries import query
from store.spread import claim_placement, release_placement


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
                if isinstance(one, SpreadClaim):
                    if found := await claim_placement(connection, mediation, one):
                        raise _Gone(replace(one, found=found))
                elif not await _claim(connection, mediation, one):
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
            case SpreadClaim():
                await release_placement(connection, mediation, one)


async def consume(connection: Connection, mediation: str, events: Sequence[AnyEvent]) -> None:
    """Note that the mediation's place was used, if that is among what happened."""
    if any(isinstance(event, PlaceConsumed) for event in events):
        await connection.execute(query("consume_place"), mediation)


class OutsideFigures(NamedTuple):
    """The outside figures of a period."""

    vacated: int
    expected: int
    """Never fewer than those vacated already."""
    other_lettings: int


async def fed(source: Source, municipalities: Sequence[str], period: str) -> OutsideFigures | None:
    """Return what was fed for a period by all these municipalities together; None when nothing was."""
    row = await source.fetchrow(query("fed"), municipalities, *bounds(period))
    return OutsideFigures(**row) if row and row["vacated"] is not None else None


def limit_from(
    figures: OutsideFigures | None, limit: int | None, share: float | None, of: Denominator | None
) -> int | None:
    """Return how many places there are: of a ceiling its share of the figures, less what others were let."""
    if share is None or figures is None:
        return limit
    dwellings = figures.expected if of is Denominator.EXPECTED else figures.vacated
    return max(0, floor(Decimal(str(share)) * dwellings) - figures.other_lettings)


async def _limit(connection: Connection, claim: PlaceClaim) -> int | None:
    """Return how many places there are; the figures stay as they are until this transaction ends."""
    if claim.share is None:
        return claim.limit
    members = [claim.municipality, *claim.shared_by]
    await connection.fetch(query("hold_vacated"), members, *bounds(claim.period))
    return limit_from(await fed(connection, members, claim.period), claim.limit, claim.share, claim.denominator)


async def _claim(connection: Connection, mediation: str, one: PersonClaim | PlaceClaim | DwellingClaim) -> bool:
    match one:
        case PersonClaim(person=person):
            status = await connection.execute(query("claim_person"), person, mediation)
        case DwellingClaim(corporation=corporation, dwelling=dwelling):
            status = await connection.execute(query("claim_dwelling"), corporation, dwelling, mediation)
        case PlaceClaim():
            return await _claim_place(connection, mediation, one)
    return changed(status)


async def _claim_place(connection: Connection, mediation: str, one: PlaceClaim) -> bool:
    limit = await _limit(connection, one)
    key = one.ledger, one.period
    await connection.execute(query("know_capacity"), *key, limit)
    if one.beyond_limit:
        status = await connection.execute(query("take_capacity_beyond"), *key, one.units)
    else:
        kept = [part.name for part in one.kept], [part.target for part in one.kept]
        status = await connection.execute(query("take_capacity"), *key, one.units, limit, one.part, *kept)
    held = (one.units, one.beyond_limit, one.municipality, one.part)
    return changed(status) and changed(await connection.execute(query("claim_place"), mediation, *key, *held))
