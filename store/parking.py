"""Commands that could not be recorded are put aside (parked), with their number, so that the mediation can go on.

A parked command is refused for good: whenever it is sent again under its key, the answer is the same refusal. The
municipality is told by a letter that does not depend on the mediation.
"""

from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from domain.decide.decide import Refused
from domain.exchange.record import Recorded, Recording
from domain.facts.rules import RuleName
from domain.facts.value import replace
from domain.messages.commands import PassTime, StartMediation
from store import outbox
from store.database import Pool, Source
from store.journal import NONE_GONE, link, recorded, stored_of
from store.queries import query


class ParkedFrom(StrEnum):
    """Where a parked command came from."""

    TIME = "time"
    """A moment on the agenda. It is tried again each hour, and told once a day for each mediation."""
    PARTNER = "partner"
    """What was learned by carrying out an effect."""
    GIVEN = "given"
    """A person or a system gave it."""


class Parked(NamedTuple):
    """A parked command, as the municipality is told."""

    mediation: str
    """What people call it; its id where it never began."""
    origin: ParkedFrom
    at: datetime


async def park(pool: Pool, recording: Recording, fault: str) -> Recorded:
    """Put a command aside. As little as possible is written, so that this succeeds where recording failed."""
    async with pool.acquire() as connection, connection.transaction():
        if known := await recorded(connection, recording.mediation, recording.command_id):
            return known
        if recording.settles:
            await outbox.settle(connection, recording.settles, outbox.Result.REFUSED, recording.now)
        row = await connection.fetchrow(query("last_recorded"), recording.mediation)
        last = Recorded.model_validate_json(row["recorded"]) if row else Recorded(sequence=0)
        refused = Refused(rule=RuleName.NOT_RECORDED)
        fingerprint = recording.keyed.fingerprint if recording.keyed else None
        ordinal = row["ordinal"] + 1 if row else 1
        outcome = replace(last, refused=refused, effects=(), fingerprint=fingerprint, ordinal=ordinal)
        document, told = recording.command.model_dump_json(), outcome.model_dump_json()
        seal = recording.seal.model_dump_json() if recording.seal else None
        before = row["link"] if row else None
        its_link = link(before, ordinal, recording.command_id, recording.now, document, NONE_GONE, told, seal or "")
        await connection.execute(
            query("park"),
            recording.mediation,
            recording.now,
            recording.command_id,
            ordinal,
            recording.command.type,
            recording.command.by.organisation,
            document,
            told,
            origin_of(recording).value,
            _about(recording),
            fault,
            _municipality(recording),
            seal,
            its_link,
        )
        stored = stored_of(document, NONE_GONE, recording.seal.text if recording.seal else None, 0)
        return replace(outcome, link=its_link, stored=stored)


def origin_of(recording: Recording) -> ParkedFrom:
    """Return where a command came from."""
    if isinstance(recording.command, PassTime):
        return ParkedFrom.TIME
    return ParkedFrom.PARTNER if recording.settles else ParkedFrom.GIVEN


def _about(recording: Recording) -> str:
    """Return what the municipality is told of once: a command; of moments that fail, a mediation's day."""
    return f"time-{recording.now:%Y-%m-%d}" if isinstance(recording.command, PassTime) else recording.command_id


def _municipality(recording: Recording) -> str | None:
    """Return the municipality of a mediation that does not exist yet."""
    return recording.command.parties.municipality if isinstance(recording.command, StartMediation) else None


async def told_to(source: Source, recording: Recording) -> str | None:
    """Return the municipality that is still to be told of a parked command; None when it has been put in a letter."""
    municipality: str | None = await source.fetchval(query("parked_for"), recording.mediation, _about(recording))
    return municipality


async def put_in_letters(source: Source, municipality: str, key: str) -> list[str]:
    """Put what no letter tells yet into a letter with this key; return the keys of all letters that are to be sent.

    What was put into a letter stays in it, so that another attempt sends the same letter.
    """
    return [row["letter"] for row in await source.fetch(query("letters_of_parked"), municipality, key)]


async def parked_in(source: Source, letter: str) -> list[Parked]:
    """Return what a letter tells."""
    rows = await source.fetch(query("parked_in"), letter)
    return [Parked(row["mediation"], ParkedFrom(row["origin"]), row["at"]) for row in rows]
