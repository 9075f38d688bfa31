"""Who waits for which home, in the policy's order (`domain.steps.home_queue`)."""

import json
from collections.abc import Sequence
from datetime import date, datetime
from typing import NamedTuple

from domain.exchange.record import Recording
from domain.facts.dwelling import HomeRef
from domain.facts.value import replace
from domain.messages.answers import MatchAnswer
from domain.messages.commands import AnswerTask
from domain.policy.queue import Turn
from domain.policy.scarce import HomeLine, HomesWanted, InLine
from domain.state.mediation import Mediation
from store.database import Connection, Pool
from store.queries import query
from store.scarce import Called

MOST_NAMED = 20
"""So many of those who come before are noted with a choice that passes them over."""


async def stand_in_line(connection: Connection, mediation: str, wanted: HomesWanted, now: datetime) -> None:
    """Wait for these homes, at the turn as it is now; or for none any more."""
    if wanted.turn is None:
        await connection.execute(query("want_no_home"), mediation)
        return
    await connection.execute(
        query("wait_for_homes"),
        mediation,
        wanted.municipality,
        wanted.ledger,
        list(wanted.corporations),
        [_key(one) for one in wanted.homes],
        list(wanted.turn.rank),
        wanted.turn.model_dump_json(),
        wanted.resting,
        now if wanted.asks else None,
    )


async def with_line(connection: Connection, recording: Recording, state: Mediation | None) -> Recording:
    """Return the recording of the choice of a home with who else waits for it; any other as it is."""
    command = recording.command
    if not isinstance(command, AnswerTask):
        return recording
    line, answer = None, command.answer
    if state and isinstance(answer, MatchAnswer) and answer.dwelling:
        home = HomeRef(corporation=answer.corporation, dwelling=answer.dwelling)
        line = await _line(connection, recording.mediation, home, state.parties.municipality)
    return replace(recording, command=replace(command, line=line))


async def _line(connection: Connection, mediation: str, home: HomeRef, municipality: str) -> HomeLine:
    rows = await connection.fetch(query("line_for_home"), mediation, _key(home), municipality, 500)
    waiting = [(row["ahead"], InLine(mediation=row["mediation"], turn=_turn(row["turn"]))) for row in rows]
    ahead = tuple(one for before, one in waiting if before)
    return HomeLine(ahead=ahead[:MOST_NAMED], following=next((one for before, one in waiting if not before), None))


class Waiting(NamedTuple):
    """Somebody who is to be offered a home."""

    mediation: str
    turn: Turn
    resting: bool
    """Nothing may be offered now: others go before."""
    listed: bool
    """Whether this home is among those that suited by the last listing."""


async def line_of(pool: Pool, home: HomeRef, municipalities: Sequence[str], limit: int) -> tuple[list[Waiting], int]:
    """Return the first of those who are to be offered a home of this corporation, in their order, and how many there
    are.
    """
    rows = await pool.fetch(query("line_of_home"), _key(home), list(municipalities), home.corporation, limit)
    line = [Waiting(row["mediation"], _turn(row["turn"]), row["resting"], row["listed"]) for row in rows]
    return line, rows[0]["of_all"] if rows else 0


async def waiting_for_homes_of(pool: Pool, corporation: str) -> list[Called]:
    """Return the mediations for which a home of this corporation may be, in their order."""
    rows = await pool.fetch(query("waiting_for_homes_of"), corporation)
    return [Called(row["mediation"], row["municipality"]) for row in rows]


async def waiting_since_release(pool: Pool, municipality: str, today: date, midnight: datetime) -> list[Called]:
    """Return those of a municipality for whom a home may be that was released here since they asked; `midnight` is when
    today began.
    """
    rows = await pool.fetch(query("waiting_since_release"), municipality, today, midnight)
    return [Called(row["mediation"], row["municipality"]) for row in rows]


async def waited_for_by(pool: Pool, corporation: str) -> list[str]:
    """Return the municipalities of those who wait for a home of this corporation."""
    return [row["municipality"] for row in await pool.fetch(query("waited_for_by"), corporation)]


def _key(home: HomeRef) -> str:
    return f"{home.corporation} {home.dwelling}"


def _turn(document: object) -> Turn:
    return Turn.model_validate(json.loads(document) if isinstance(document, str) else document)
