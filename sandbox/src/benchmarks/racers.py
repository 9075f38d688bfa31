"""Many who want the same scarce thing at the same moment: nothing is given twice, and how long it takes.

Each racer claims in a transaction of its own on a connection of its own, as commands of many mediations do.
"""

import asyncio
import tempfile
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import NamedTuple

from domain.policy.scarce import Claim, DwellingClaim, PlaceClaim, Scope, SpreadClaim
from sandbox.embedded.ports import free_port
from sandbox.embedded.postgres import Postgres
from store import scarce
from store.database import Pool, connect, migrate

ROUNDS = 50
PLACES = 10
QUOTA_RACERS = 64
DWELLINGS = 10
DWELLING_RACERS = 80
CAP = 3


class Score(NamedTuple):
    """How one kind of race came out, over all rounds."""

    granted: int
    oversold: int
    """Given beyond what there is."""
    leaked: int
    """Rounds after which what was given back was not all there again."""
    seconds: list[float]


async def measure(rounds: int = ROUNDS) -> None:
    """Run every race so many rounds on a durable PostgreSQL, and print what came of it."""
    with tempfile.TemporaryDirectory(prefix="racers-", ignore_cleanup_errors=True) as folder:
        async with Postgres(Path(folder), free_port(), durable=True) as server:
            url = await server.create_database("racers")
            await migrate(url)
            async with connect(url, size=DWELLING_RACERS) as pool:
                races = {
                    f"{QUOTA_RACERS} racers on one quota of {PLACES} places": await _quota(pool, rounds),
                    f"{DWELLING_RACERS} racers on {DWELLINGS} dwellings": await _dwellings(pool, rounds),
                    f"{QUOTA_RACERS} racers on one complex with a cap of {CAP}": await _complex(pool, rounds),
                }
    for name, score in races.items():
        print(
            f"{name}: {rounds} rounds, {score.granted} granted, {score.oversold} oversold or doubled, "
            f"{score.leaked} leaked, median {median(score.seconds) * 1000:.0f} ms a round",
        )


async def _quota(pool: Pool, rounds: int) -> Score:
    claim = PlaceClaim(municipality="almere", year=2026, units=1, limit=PLACES)
    used = "SELECT used FROM capacity"
    return await _race(pool, rounds, [claim] * QUOTA_RACERS, PLACES, used)


async def _dwellings(pool: Pool, rounds: int) -> Score:
    claims = [DwellingClaim(corporation="ymere", dwelling=f"D-{n % DWELLINGS}") for n in range(DWELLING_RACERS)]
    return await _race(pool, rounds, claims, 1, "SELECT count(*) FROM kept_dwelling")


async def _complex(pool: Pool, rounds: int) -> Score:
    place = {"municipality": "almere", "scope": Scope.COMPLEX, "corporation": "ymere", "name": "De Oever"}
    claim = SpreadClaim.model_validate({**place, "period": "2026", "most": CAP, "on": "2026-06-01"})
    return await _race(pool, rounds, [claim] * QUOTA_RACERS, CAP, "SELECT used FROM spread")


async def _race(pool: Pool, rounds: int, claims: Sequence[Claim], each: int, held: str) -> Score:
    """Let all claim at once, then all give back. Of each thing there are so many; `held` counts what is out."""
    score = Score(0, 0, 0, [])
    for round_ in range(rounds):
        started = perf_counter()
        granted = await asyncio.gather(*(_claimed(pool, f"m-{round_}-{n}", one) for n, one in enumerate(claims)))
        score.seconds.append(perf_counter() - started)
        given = Counter(str(one) for one, got in zip(claims, granted, strict=True) if got)
        out = await pool.fetchval(held)
        oversold = sum(max(0, count - each) for count in given.values()) + abs(out - given.total())
        short = sum(each - given[str(one)] for one in set(claims))
        for n, one in enumerate(claims):
            await _released(pool, f"m-{round_}-{n}", one)
        left = await pool.fetchval(held)
        score = score._replace(
            granted=score.granted + given.total(),
            oversold=score.oversold + oversold,
            leaked=score.leaked + (1 if left or short else 0),
        )
    return score


async def _claimed(pool: Pool, mediation: str, one: Claim) -> bool:
    async with pool.acquire() as connection, connection.transaction():
        return await scarce.claim(connection, mediation, [one]) is None


async def _released(pool: Pool, mediation: str, one: Claim) -> None:
    async with pool.acquire() as connection, connection.transaction():
        await scarce.release(connection, mediation, [one])
