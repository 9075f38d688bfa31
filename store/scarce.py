"""Scarce things are claimed by constraints of the database (conditional updates, unique keys), not by checks.

All mediations make their claims in the same order, so that two of them never wait for each other in a circle.
"""

import json
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from decimal import Decimal
from math import floor
from typing import NamedTuple

import asyncpg

from domain.decide.decide import Decided
from domain.facts.capacity import Denominator
from domain.facts.periods import bounds
from domain.facts.value import replace
from domain.policy.scarce import Against, Claim, PlaceClaim, Queued, SpreadClaim
from domain.state.events import PlaceConsumed, PlaceMoved
from domain.state.mediation import PlaceState
from store.database import Connection, Pool, Source
from store.queries import query


class RoomAfterAll(Exception):
    """A place came free after this decision looked for one in vain, and before it waits for one."""


def concerns(decided: Decided) -> bool:
    """Tell whether a decision claims, gives back, uses or waits for anything that is scarce."""
    waits = decided.queued or decided.homes_wanted
    return bool(decided.claims or decided.releases or waits) or _consumes(decided)


async def settle(
    connection: Connection, mediation: str, decided: Decided, gone: AbstractSet[Claim] = frozenset()
) -> Claim | None:
    """Claim, give back, use and wait for what a decision says; return the first claim that is gone.

    Raises `RoomAfterAll` when a place that is among those `gone` is there after all. In both cases the transaction must
    be undone: the decision was taken on what is not so. A mediation has one place: one that moves to another period is
    given back first.
    """
    await _lock_ledgers(connection, decided)
    moves = any(isinstance(one, PlaceClaim) for one in decided.claims)
    first = [one for one in decided.releases if moves and isinstance(one, PlaceClaim)]
    if missing := await _claim_after(connection, mediation, first, decided.claims):
        return missing
    await release(connection, mediation, [one for one in decided.releases if one not in first])
    if _consumes(decided):
        await connection.execute(query("consume_place"), mediation)
    if decided.queued:
        await _stand_in_line(connection, mediation, decided.queued, any(isinstance(one, PlaceClaim) for one in gone))
    return None


async def _claim_after(
    connection: Connection, mediation: str, given_back: Sequence[Claim], claims: Sequence[Claim]
) -> Claim | None:
    """Claim everything when this was given back; if a claim is gone, nothing is given back either."""
    if not given_back:
        return await claim(connection, mediation, claims)
    both = connection.transaction()
    await both.start()
    await release(connection, mediation, given_back)
    missing = await claim(connection, mediation, claims)
    await (both.rollback() if missing else both.commit())
    return missing


async def _lock_ledgers(connection: Connection, decided: Decided) -> None:
    """Be the only one who changes places, queue or figures of these municipalities until the transaction ends.

    It comes before all other locks of a decision, in one order for all.
    """
    waits = [decided.queued.claim] if decided.queued and decided.queued.claim else []
    places = [one for one in (*decided.claims, *decided.releases, *waits) if isinstance(one, PlaceClaim)]
    if members := {name for one in places for name in (one.municipality, *one.shared_by)}:
        await connection.execute(query("lock_ledgers"), sorted(members))


async def _stand_in_line(connection: Connection, mediation: str, queued: Queued, sought: bool) -> None:
    """Wait in the queue for a place, at the turn as it is now; or leave it."""
    if queued.claim is None:
        await connection.execute(query("wait_no_more"), mediation)
        return
    document = _documents([await _with_limit(connection, queued.claim)])[0]
    if await connection.fetchval(query("wait_for_place"), mediation, json.dumps(document), queued.resting, sought):
        raise RoomAfterAll


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
    one: Claim = ordered[gone["place"]]
    against = gone["against"]
    match one:
        case SpreadClaim():
            return replace(one, against=Against.model_validate(against))
        case PlaceClaim():
            return replace(one, ahead=against["ahead"])
        case _:
            return one


class Called(NamedTuple):
    """A mediation whose turn has come, and whose it is."""

    mediation: str
    municipality: str


async def whose_turn(pool: Pool, municipality: str) -> list[Called]:
    """Return the mediations that wait and now have a place to come for, in their order.

    Those are among them that wait and are in no queue, as of before there was one: they join it when they look.
    """
    rows = await pool.fetch(query("waiting_with"), municipality)
    claims = [(row["mediation"], PlaceClaim.model_validate_json(row["claim"])) for row in rows]
    figures: dict[tuple[str, str], OutsideFigures | None] = {}
    for _, one in claims:
        if one.share is not None and (one.ledger, one.period) not in figures:
            figures[one.ledger, one.period] = await fed(pool, [one.municipality, *one.shared_by], one.period)
    now = [
        replace(one, limit=limit_from(figures[one.ledger, one.period], one.limit, one.share, one.denominator))
        if one.share is not None
        else one
        for _, one in claims
    ]
    names = [mediation for mediation, _ in claims]
    found = await pool.fetch(query("whose_turn"), names, [json.dumps(one) for one in _documents(now)], municipality)
    return [Called(row["mediation"], row["municipality"]) for row in found]


async def release(connection: Connection, mediation: str, claims: Sequence[Claim]) -> None:
    """Give back what this mediation holds; what it does not hold stays as it is."""
    if claims:
        await connection.execute(query("release_scarce"), mediation, _document(sorted(claims, key=_known_as)))


def _document(claims: Sequence[Claim]) -> str:
    """Return claims as the database takes them: with what each is counted under."""
    return json.dumps(_documents(claims))


def _documents(claims: Sequence[Claim]) -> list[dict[str, object]]:
    return [one.model_dump(mode="json") | _counted_under(one) for one in claims]


def _counted_under(one: Claim) -> dict[str, str]:
    match one:
        case PlaceClaim():
            return {"ledger": one.ledger, "period": one.period}
        case SpreadClaim():
            return {"key": one.key}
    return {}


def _known_as(one: Claim) -> str:
    """Return the text by which claims are ordered. It is the same for one complex, however its name is written."""
    return str(replace(one, name=one.key)) if isinstance(one, SpreadClaim) else str(one)


async def _with_limit(connection: Connection, one: Claim) -> Claim:
    """Return a claim of a place with how many there are, by the figures that were fed; any other as it is."""
    return replace(one, limit=await _limit(connection, one)) if isinstance(one, PlaceClaim) else one


def _consumes(decided: Decided) -> bool:
    """Tell whether the mediation's place was used, or one that was used moved to another period."""
    place = decided.state.place if decided.state else None
    used = place is not None and place.state is PlaceState.CONSUMED
    return used and any(isinstance(event, PlaceConsumed | PlaceMoved) for event in decided.events)


class OutsideFigures(NamedTuple):
    """The outside figures of a period."""

    vacated: int
    expected: int
    """At least those vacated already."""
    carried: int
    """Those vacated, and those expected in months in which none was vacated yet."""
    other_lettings: int
    months: int
    """How many months were told, of every municipality that shares."""
    of_months: int
    """How many there are to be told."""

    @property
    def whole(self) -> bool:
        """Whether every month was told: a share of a part of the year is no share of the year."""
        return self.months >= self.of_months


async def fed(source: Source, municipalities: Sequence[str], period: str) -> OutsideFigures | None:
    """Return what was fed for a period by all these municipalities together; None when nothing was."""
    return _fed(await source.fetchrow(query("fed"), municipalities, *bounds(period)), municipalities, period)


def _fed(row: asyncpg.Record | None, municipalities: Sequence[str], period: str) -> OutsideFigures | None:
    first, last = bounds(period)
    of_months = (last.month - first.month + 1) * len(set(municipalities))
    return OutsideFigures(**row, of_months=of_months) if row and row["vacated"] is not None else None


def limit_from(
    figures: OutsideFigures | None, limit: int | None, share: float | None, of: Denominator | None
) -> int | None:
    """Return how many places there are: of a ceiling its share of the dwellings, less those let to others.

    The policy's own limit stands until every month of the period was told.
    """
    if share is None or figures is None or not figures.whole:
        return limit
    dwellings = figures.expected if of is Denominator.EXPECTED else figures.carried
    return max(0, floor(Decimal(str(share)) * dwellings) - figures.other_lettings)


async def _limit(connection: Connection, claim: PlaceClaim) -> int | None:
    """Return how many places there are; the figures stay as they are until this transaction ends."""
    if claim.share is None:
        return claim.limit
    members = [claim.municipality, *claim.shared_by]
    figures = _fed(
        await connection.fetchrow(query("fed_and_held"), members, *bounds(claim.period)), members, claim.period
    )
    return limit_from(figures, claim.limit, claim.share, claim.denominator)
