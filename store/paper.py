"""Letters that wait to be printed: a list of numbers in the open, what they say in the vault."""

from collections.abc import AsyncIterator, Callable
from datetime import UTC, date, datetime
from typing import NamedTuple

from asyncpg import Record
from pydantic import BaseModel, ConfigDict

from domain.messages.effects import Audience, Letter, SendLetter
from domain.state.decision import last_day
from store.changed import changed
from store.database import Pool, Source
from store.last_look import as_it_is
from store.letters import death_reported
from store.queries import query

LAST_DAY = "{last_day}"
"""Where the last day to object comes in a letter on paper, once it is printed."""
TOGETHER = 100
"""So many letters are read at a time."""


class PaperLetter(BaseModel):
    """A letter as it is printed."""

    model_config = ConfigDict(frozen=True)

    to: tuple[str, ...]
    """Name and address of its reader, line by line."""
    heading: str
    body: str

    def printed(self, day: date, effect: SendLetter, in_words: Callable[[date], str]) -> "PaperLetter":
        """Return the letter as it is printed on a day. It is posted then or later, so until the day that it names one
        can object in any case.
        """
        last = last_day(day, effect.told.decree_days if effect.told else ())
        return PaperLetter(to=self.to, heading=self.heading, body=self.body.replace(LAST_DAY, in_words(last)))


class ToPrint(NamedTuple):
    """A letter on paper, as the post room's list has it."""

    id: str
    mediation: str
    letter: Letter
    reader: str
    at: datetime
    """Since when it waits; once it has left, when that was."""
    waits: bool


class OnPaper(NamedTuple):
    """One letter on paper, and the effect that asked for it."""

    line: ToPrint
    key: str
    effect: SendLetter


async def to_print(pool: Pool, municipality: str, most: int, today: date) -> list[ToPrint]:
    """Return the letters of a municipality that are to be printed, the oldest first: what still says what is so."""
    found: list[ToPrint] = []
    async for one, still in _waiting(pool, municipality, today):
        if still:
            found.append(one.line)
        if len(found) == most:
            break
    return found


async def void_pointless(pool: Pool, municipality: str, today: date, at: datetime) -> None:
    """Note of what waits to be printed which letters have become pointless."""
    for letter in [one.line.id async for one, still in _waiting(pool, municipality, today) if not still]:
        await pool.execute(query("letter_not_printed"), letter, at)


async def find(pool: Pool, municipality: str, letter: str) -> OnPaper | None:
    """Return one letter on paper of a municipality, printed or not; None when it has none of this number."""
    row = await pool.fetchrow(query("letter_on_paper"), municipality, letter)
    return _on_paper(row) if row else None


async def wanted(source: Source, one: OnPaper, today: date) -> bool:
    """Tell whether a letter may be printed: it still says what is so, and no death of its reader is reported."""
    mediation = one.line.mediation
    if one.line.reader == Audience.CLIENT and await death_reported(source, mediation):
        return False
    return (await as_it_is(source, mediation, one.effect, today)).letter is not None


async def _waiting(pool: Pool, municipality: str, today: date) -> AsyncIterator[tuple[OnPaper, bool]]:
    """Return the letters that wait for the post room, the oldest first, and whether each still says what is so."""
    after: tuple[datetime, str] = (datetime.min.replace(tzinfo=UTC), "")
    while rows := await pool.fetch(query("letters_to_print"), municipality, *after, TOGETHER):
        for row in rows:
            one = _on_paper(row)
            yield one, (await as_it_is(pool, one.line.mediation, one.effect, today)).letter is not None
        after = (rows[-1]["at"], rows[-1]["id"])


def _on_paper(row: Record) -> OnPaper:
    effect = SendLetter.model_validate_json(row["document"])
    line = ToPrint(row["id"], row["mediation"], effect.letter, row["reader"], row["at"], row["waits"])
    return OnPaper(line, row["key"], effect)


async def left(pool: Pool, letter: str, at: datetime) -> bool:
    """Note that a letter on paper left; False when that was noted before."""
    return changed(await pool.execute(query("letter_left"), letter, at))
