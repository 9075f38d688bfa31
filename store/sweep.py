"""The sweep: what is held and counted of all scarce things, worked out again from the events and compared. Read-only.

Constraints of the database guard the claims. The sweep proves afterwards that nothing stays held by mistake, nothing
was given twice, and every counter is the sum of what is held.
"""

from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

from domain.facts.tasks import TaskKind
from domain.policy.scarce import SpreadClaim, ledger
from domain.policy.spread import CapPeriod
from domain.state.fold import fold
from domain.state.mediation import Mediation, PlaceState
from store.database import Connection, Pool, connect
from store.journal import EVENTS
from store.queries import query

TABLES = {
    "held_people": query("held_people"),
    "held_dwellings": query("held_dwellings"),
    "held_places": query("held_places"),
    "held_placements": query("held_placements"),
    "waiting_places": query("waiting_places"),
    "waiting_homes": query("waiting_homes"),
    "counted_places": query("counted_places"),
    "counted_placements": query("counted_placements"),
}
"""What is compared, and how it is read."""


class Mismatch(NamedTuple):
    """Something that the store counts otherwise than the events."""

    table: str
    key: str
    events: int
    """How many it should be."""
    store: int
    """How many it is."""

    def __str__(self) -> str:
        return f"{self.table}: {self.key}: {self.events} by the events, {self.store} in the store"


class Swept(NamedTuple):
    """What a sweep found."""

    mediations: int
    differences: tuple[Mismatch, ...]


async def sweep(pool: Pool) -> Swept:
    """Work out everything scarce from the events, at one moment, and compare it with what the store keeps."""
    async with pool.acquire() as connection, connection.transaction(isolation="repeatable_read", readonly=True):
        expected: dict[str, Counter[str]] = {table: Counter() for table in TABLES}
        mediations = 0
        async for row in connection.cursor(query("histories"), prefetch=100):
            state = fold(EVENTS.validate_json(row["events"]))
            if state:
                mediations += 1
                for table, key, count in _holds(state):
                    expected[table][key] += count
        differences = [one for table in TABLES for one in await _compared(connection, table, expected[table])]
    return Swept(mediations, tuple(differences))


async def sweep_at(url: str) -> Swept:
    """Sweep the database at a URL."""
    async with connect(url, size=1) as pool:
        return await sweep(pool)


async def _compared(connection: Connection, table: str, expected: Counter[str]) -> list[Mismatch]:
    rows = await connection.fetch(TABLES[table])
    found = {row["key"]: row["count"] for row in rows}
    wrong = [key for key in sorted(expected.keys() | found.keys()) if expected[key] != found.get(key, 0)]
    return [Mismatch(table, key, expected[key], found.get(key, 0)) for key in wrong]


def _holds(m: Mediation) -> Iterator[tuple[str, str, int]]:
    """What a mediation holds, and what counters it is in: table, key, count. A trial holds nothing."""
    if m.test:
        return
    if m.outcome is None:
        yield "held_people", f"{m.id} {m.referral.person}", 1
    if m.place:
        yield from _place(m)
    if m.open_of(TaskKind.AWAIT_PLACE):
        yield "waiting_places", f"{m.id} {'rests' if m.paused_at else 'waits'}", 1
    if m.open_of(TaskKind.MAKE_OFFER):
        yield "waiting_homes", m.id, 1
    offer = m.live_offer
    housed = m.lease.handed_over_on is not None
    if offer and (m.outcome is None or housed):
        dwelling = offer.candidate.dwelling
        yield "held_dwellings", f"{m.id} {dwelling.corporation} {dwelling.id}", 1
        for claim in offer.spread:
            if m.outcome is None or claim.period != CapPeriod.LIVE:
                yield "held_placements", f"{m.id} {_placement(claim)}", 1
                yield "counted_placements", _placement(claim), 1


def _place(m: Mediation) -> Iterator[tuple[str, str, int]]:
    place = m.place
    if place is None:
        return
    shared = ledger(m.parties.municipality, place.shared_by)
    counted = f"{shared} {place.year}-H{place.half}" if place.half else f"{shared} {place.year}"
    within = "beyond" if place.beyond_limit else "within"
    state = "consumed" if place.state is PlaceState.CONSUMED else "reserved"
    held = f"{m.id} {counted} {m.parties.municipality} {','.join(place.parts) or '-'} {within} {state}"
    yield "held_places", held, place.units
    yield "counted_places", f"{counted} {within}", place.units
    for part in () if place.beyond_limit else place.parts:
        yield "counted_places", f"{counted} part {part}", place.units


def _placement(claim: SpreadClaim) -> str:
    within = "beyond" if claim.beyond_limit else "within"
    return f"{claim.municipality} {claim.scope} {claim.corporation} {claim.key} {claim.period} {within}"
