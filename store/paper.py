"""Letters that wait to be printed: a list of numbers in the open, what they say in the vault."""

from datetime import datetime
from typing import NamedTuple

from pydantic import BaseModel, ConfigDict

from domain.messages.effects import Letter, SendLetter
from store.changed import changed
from store.database import Pool
from store.queries import query


class PaperLetter(BaseModel):
    """A letter as it is printed."""

    model_config = ConfigDict(frozen=True)

    to: tuple[str, ...]
    """Name and address of its reader, line by line."""
    heading: str
    body: str


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


async def to_print(pool: Pool, municipality: str, most: int) -> list[ToPrint]:
    """Return the letters of a municipality that wait to be printed, the oldest first."""
    rows = await pool.fetch(query("letters_to_print"), municipality, most)
    return [ToPrint(r["id"], r["mediation"], Letter(r["letter"]), r["reader"], r["at"], r["waits"]) for r in rows]


async def find(pool: Pool, municipality: str, letter: str) -> OnPaper | None:
    """Return one letter on paper of a municipality, printed or not; None when it has none of this number."""
    row = await pool.fetchrow(query("letter_on_paper"), municipality, letter)
    if row is None:
        return None
    effect = SendLetter.model_validate_json(row["document"])
    line = ToPrint(row["id"], row["mediation"], effect.letter, row["reader"], row["at"], row["waits"])
    return OnPaper(line, row["key"], effect)


async def left(pool: Pool, letter: str, at: datetime) -> bool:
    """Note that a letter on paper left; False when that was noted before."""
    return changed(await pool.execute(query("letter_left"), letter, at))
