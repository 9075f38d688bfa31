"""What is scarce is claimed with constraints: conditional updates and unique keys, never check-then-act.

Claims are made in one order for all mediations, so that two of them never wait for each other in a circle.
"""

import json
from collections.abc import Sequence
from decimal import Decimal
from math import floor
from typing import NamedTuple

import asyncpg

from domain.decide.decide import Decided
from domain.facts.capacity import Denominator
from domain.facts.periods import bounds
from domain.facts.value import replace
from domain.policy.scarce import Claim, PlaceClaim, SpreadClaim
from domain.state.events import AnyEvent, PlaceConsumed
from store.database import Connection, Source
from store.queries import query
from store.spread import told


def concerns(decided: Decided) -> bool:
    """Tell whether a decision claims, gives back or uses anything that is scarce."""
    return bool(decided.claims or decided.releases) or _consumes(decided.events)


async def settle(connection: Connection, mediation: str, decided: Decided) -> Claim | None:
    """Claim, give back and use what a decision says; return the first claim that is gone: nothing was done then."""
    if missing := await claim(connection, mediation, decided.claims):
        return missing
    await release(connection, mediation, decided.releases)
    if _consumes(decided.events):
        await connection.execute(query("consume_place"), mediation)
    return None


async def claim(connection: Connection, mediation: str, claims: Sequence[Claim]) -> Claim | None:
    """Claim everything, or nothing and return the first claim that is gone."""
    if not claims:
        return None
    ordered = sorted(claims, key=_known_as)
    found = await connection.fetchval(
        query("claim_scarce"), mediation, _document([await _with_limit(connection, one) for one in ordered])
    )
    if found is None:
        return None
    gone = json.loads(found)
    one, against = ordered[gone["place"]], gone["against"]
    return replace(one, found=told(against)) if isinstance(one, SpreadClaim) else one


async def release(connection: Connection, mediation: str, claims: Sequence[Claim]) -> None:
    """Give back what this mediation holds; what it does not hold stays as it is."""
    if claims:
        await connection.execute(query("release_scarce"), mediation, _document(sorted(claims, key=_known_as)))


def _document(claims: Sequence[Claim]) -> str:
    """Return claims as the database takes them: with what each is counted under."""
    return json.dumps([one.model_dump(mode="json") | _counted_under(one) for one in claims])


def _counted_under(one: Claim) -> dict[str, str]:
    match one:
        case PlaceClaim():
            return {"ledger": one.ledger, "period": one.period}
        case SpreadClaim():
            return {"key": one.key}
    return {}


def _known_as(one: Claim) -> str:
    """Return by what a claim is put in order: the same of one place, however its name is written."""
    return str(replace(one, name=one.key)) if isinstance(one, SpreadClaim) else str(one)


async def _with_limit(connection: Connection, one: Claim) -> Claim:
    """Return a claim of a place with how many there are, by the figures that were fed; any other as it is."""
    return replace(one, limit=await _limit(connection, one)) if isinstance(one, PlaceClaim) else one


def _consumes(events: Sequence[AnyEvent]) -> bool:
    """Tell whether the mediation's place was used."""
    return any(isinstance(event, PlaceConsumed) for event in events)


class OutsideFigures(NamedTuple):
    """The outside figures of a period."""

    vacated: int
    expected: int
    """Never fewer than those vacated already."""
    other_lettings: int


async def fed(source: Source, municipalities: Sequence[str], period: str) -> OutsideFigures | None:
    """Return what was fed for a period by all these municipalities together; None when nothing was."""
    return _fed(await source.fetchrow(query("fed"), municipalities, *bounds(period)))


def _fed(row: asyncpg.Record | None) -> OutsideFigures | None:
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
    figures = _fed(await connection.fetchrow(query("fed_and_held"), members, *bounds(claim.period)))
    return limit_from(figures, claim.limit, claim.share, claim.denominator)
