"""The last look at a letter before it leaves: whether it still says what is so, by what is recorded at that moment."""

from datetime import date
from typing import NamedTuple

from domain.facts.calendar import Calendar
from domain.facts.outcome import Outcome
from domain.messages.effects import SendLetter
from domain.steps import still_so
from store import outbox
from store.database import Source
from store.journal import STATES, find


class LookedAt(NamedTuple):
    """A letter as it was looked at."""

    municipality: str
    letter: SendLetter | None
    """With day and owner of its task as they are now; None: it no longer says what is so, or the client died."""


async def as_it_is(source: Source, mediation: str, letter: SendLetter, today: date) -> LookedAt:
    """Look at a letter of a mediation."""
    standing = await outbox.standing(source, mediation, letter.task)
    pointless = LookedAt(standing.municipality, None)
    if letter.readers and standing.outcome is Outcome.DIED:
        return pointless
    if still_so.hangs_on_task(letter):
        due_on = standing.due and Calendar().today(standing.due)
        now = still_so.as_its_task_is(letter, due_on, standing.owner, today) if due_on else None
        if now is None:
            return pointless
        letter = now
    if still_so.day_is_over(letter, today):
        return pointless
    if still_so.may_be_overtaken(letter) and still_so.overtaken(letter, await outbox.letters_to_go(source, mediation)):
        return pointless
    if still_so.hangs_on_state(letter):
        loaded = (await find(source, mediation, STATES)).loaded
        if loaded and not still_so.holds(loaded.state, letter):
            return pointless
    return LookedAt(standing.municipality, letter)
