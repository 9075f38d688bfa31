"""The outbox: what was decided to be done outside, and whether it has been done."""

from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple

from domain.facts.outcome import Outcome
from domain.messages.effects import SendLetter
from store.changed import changed
from store.database import Pool, Source
from store.queries import query


class Result(StrEnum):
    """What became of an effect."""

    DONE = "done"
    VOID = "void"
    """No longer needed when its turn came, such as a reminder of a task that has been answered."""
    REFUSED = "refused"
    """The partner refused it for good; a person was asked."""


async def settle(source: Source, key: str, result: Result, at: datetime) -> bool:
    """Note what became of an effect; tell whether that is new. What was noted first stays."""
    return changed(await source.execute(query("settle_effect"), key, result.value, at))


async def effects_of(pool: Pool, mediation: str) -> list[dict[str, Any]]:
    """Return every effect of a mediation, in the order in which they were asked for."""
    return [dict(row) for row in await pool.fetch(query("effects_of"), mediation)]


class EffectStanding(NamedTuple):
    """What decides whether an effect is still wanted."""

    outcome: Outcome | None
    still_asked: bool
    """Whether the task that the effect is about is open; true when it is about none."""
    municipality: str = ""
    due: datetime | None = None
    """When that task is due, while it is open."""
    owner: str = ""
    """Who has it to do, while it is open."""


async def standing(source: Source, mediation: str, task: str | None) -> EffectStanding:
    """Return how a mediation stands, for an effect about it and this task."""
    row = await source.fetchrow(query("standing"), mediation, task)
    if row is None:
        raise KeyError(mediation)
    outcome = Outcome(row["outcome"]) if row["outcome"] else None
    return EffectStanding(outcome, row["still_asked"], row["municipality"], row["due"], row["owner"] or "")


async def letters_to_go(source: Source, mediation: str) -> list[SendLetter]:
    """Return the letters of a mediation that are still to go."""
    rows = await source.fetch(query("letters_to_go"), mediation)
    return [SendLetter.model_validate_json(row["document"]) for row in rows]


class PlaceInLane(NamedTuple):
    """A place among the mediations that wait in a lane: so many before it, of so many that wait."""

    before: int
    waiting: int


async def place_in_lane(source: Source, lane: str, mediation: str) -> PlaceInLane:
    """Return the place of a mediation among those that wait in this lane."""
    row = await source.fetchrow(query("place_in_lane"), lane, mediation)
    return PlaceInLane(row["before"], max(row["waiting"], row["before"] + 1)) if row else PlaceInLane(0, 1)


async def note_turn(source: Source, key: str, at: datetime) -> None:
    """Note when an effect is tried again, unless its mediation is woken before."""
    await source.execute(query("note_turn"), key, at)


async def wake_others(source: Source, lane: str, mediation: str, after: datetime, some: int) -> list[str]:
    """Return some other mediations whose turn in this lane comes after a moment, the last ones: their turn is now.

    Those that another transaction is waking are passed over.
    """
    return [row["mediation"] for row in await source.fetch(query("wake_others"), lane, mediation, after, some)]
