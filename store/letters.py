"""What became of each letter to each reader: noted once, and changed only by what its channel tells later."""

import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, NamedTuple

from domain.messages.effects import Letter, SendLetter
from store.columns import columns
from store.database import Connection, Pool, Source
from store.queries import query
from store.readable import Readable, read_rows


class LetterState(StrEnum):
    """How a letter to one reader stands."""

    WAITING = "waiting"
    """It has not been taken by its channel yet."""
    TO_PRINT = "to_print"
    """It waits for the post room, which prints it and reports when it left."""
    POSTED = "posted"
    """Its channel took it."""
    DELIVERED = "delivered"
    """Its channel says that it arrived. Mail does not tell."""
    FAILED = "failed"
    """It was refused or came back, and a person was asked; or nothing is noted of it, as of a guide without address."""
    NOT_SENT = "not_sent"
    """Its reader gets no letters: only tasks."""
    VOID = "void"
    """It had become pointless."""


async def death_reported(source: Source, mediation: str) -> bool:
    """Tell whether the municipality is finding out about a death that a partner reported."""
    return bool(await source.fetchval(query("death_reported"), mediation))


class NotedLetter(NamedTuple):
    """What is noted of a letter to one reader."""

    key: str
    reader: str
    mediation: str | None
    municipality: str | None
    """Of a letter about no mediation; else None, for a mediation has one."""
    channel: str
    state: LetterState
    reference: str | None
    """By what its channel knows it: the first part of the Message-ID, or NotifyNL's id."""
    at: datetime
    code: str | None = None


class LetterLine(NamedTuple):
    """A letter of a mediation, to one reader."""

    key: str
    letter: Letter
    reader: str
    channel: str | None
    state: LetterState
    at: datetime
    code: str | None
    task: str | None


class SentLetter(NamedTuple):
    """A letter as it is found again by what its channel knows it."""

    key: str
    reader: str
    mediation: str | None
    state: LetterState
    code: str | None
    effect: dict[str, Any] | None


class UnderWay(NamedTuple):
    """A letter of which its channel has not told what became of it."""

    key: str
    reader: str
    mediation: str | None
    reference: str


class BeingSent(Exception):
    """Another attempt is sending this letter at the moment."""


@asynccontextmanager
async def claimed(pool: Pool, key: str, reader: str) -> AsyncIterator[Connection]:
    """Let nobody else send this letter to this reader within the block. Raises BeingSent when another attempt does.

    No transaction is open meanwhile, and nothing waits for the claim. It ends with its connection, so also when the
    worker dies.
    """
    async with pool.acquire() as connection:
        if not await connection.fetchval(query("claim_letter"), f"{key}:{reader}"):
            raise BeingSent
        try:
            yield connection
        finally:
            try:
                await connection.fetchval(query("let_go_of_letter"), f"{key}:{reader}")
            except BaseException:
                connection.terminate()
                raise


async def hold(connection: Connection, mediation: str) -> None:
    """Have nothing recorded that changes this mediation until the transaction ends.

    So a letter about a task is sent before the task's answer is recorded, or not at all.
    """
    await connection.execute(query("hold_mediation"), mediation)


async def known(source: Source, key: str, reader: str) -> bool:
    """Tell whether it is noted already what became of a letter to this reader."""
    return await source.fetchval(query("letter_known"), key, reader) is not None


async def note(source: Source, *noted: NotedLetter) -> None:
    """Note what became of letters, each to one reader. What was noted first stays."""
    if noted:
        await source.execute(query("note_letters"), *columns(noted, len(NotedLetter._fields)))


async def refused(source: Source, key: str) -> str | None:
    """Return why a letter could not reach one of its readers; None if nobody refused it."""
    code: str | None = await source.fetchval(query("letter_refused"), key)
    return code


async def sent_at(source: Source, key: str, reader: str) -> datetime | None:
    """Return when a letter was handed over to the channel of this reader; None when it was not."""
    at: datetime | None = await source.fetchval(query("letter_sent_at"), key, reader)
    return at


async def to_print(source: Source, key: str, reader: str) -> bool:
    """Tell whether a letter to this reader waits for the post room."""
    return bool(await source.fetchval(query("letter_to_print"), key, reader))


async def letters_of(source: Source, mediation: str) -> Readable[LetterLine]:
    """Return every letter of a mediation to each reader, in the order in which they were asked for."""
    return read_rows(await source.fetch(query("letters_of"), mediation), _line, "letter")


async def asked_lately(source: Source, mediation: str, reader: str, since: datetime) -> list[SendLetter]:
    """Return what this reader was asked by letter since then and is still asked: the last letter about each task."""
    rows = await source.fetch(query("letters_asked_lately"), mediation, reader, since)
    return [SendLetter.model_validate_json(row["document"]) for row in rows]


def _line(row: Mapping[str, Any]) -> LetterLine:
    return LetterLine(**{**row, "letter": Letter(row["letter"]), "state": LetterState(row["state"])})


async def under_way(pool: Pool, municipality: str) -> list[UnderWay]:
    """Return the letters of which NotifyNL has not told yet what became of them: all, in parts of a hundred."""
    found: list[UnderWay] = []
    place: tuple[datetime, str, str] = (datetime.min.replace(tzinfo=UTC), "", "")
    while rows := await pool.fetch(query("letters_under_way"), municipality, *place):
        found += [UnderWay(row["key"], row["reader"], row["mediation"], row["reference"]) for row in rows]
        place = (rows[-1]["at"], rows[-1]["key"], rows[-1]["reader"])
    return found


async def reference_of(source: Source, mediation: str) -> str | None:
    """Return what people call a mediation on the phone, such as `A26-0019`."""
    reference: str | None = await source.fetchval(query("reference_of"), mediation)
    return reference


async def arrived(source: Source, reference: str, at: datetime) -> None:
    """Note that a letter arrived."""
    await source.execute(query("letter_arrived"), reference, at)


async def came_back(source: Source, reference: str, code: str, at: datetime) -> None:
    """Note that a letter did not arrive. The reason noted first stays."""
    await source.execute(query("letter_came_back"), reference, code, at)


async def by_reference(source: Source, reference: str) -> SentLetter | None:
    """Find a letter by what its channel knows it; None when it is none of ours."""
    row = await source.fetchrow(query("letter_by_reference"), reference)
    if row is None:
        return None
    effect = json.loads(row["document"]) if row["document"] else None
    return SentLetter(row["key"], row["reader"], row["mediation"], LetterState(row["state"]), row["code"], effect)
