"""What `mediation repair --read-model` does: write the lists of mediations anew from their journals."""

from typing import NamedTuple

from audit.verify import verified
from runtime.seals import Speakers
from runtime.settings import Settings
from store.books import books_of, known_mediations
from store.database import connect
from store.lists_anew import NothingRecorded, write_anew
from store.readable import UNREADABLE


class Rewritten(NamedTuple):
    """What became of the lists of mediations."""

    written: int
    right: int
    left: list[str]
    """Those that could not be put right, and why."""


async def lists_anew(settings: Settings, one: str | None) -> Rewritten:
    """Write the lists of one mediation anew, or of all where they differ from their journal."""
    url = settings.owner_url.get_secret_value() if settings.owner_url else settings.database_url
    speakers, written, right, left = Speakers.parse(settings.speakers), 0, 0, list[str]()
    async with connect(url, size=2) as pool:
        names = [one] if one else await known_mediations(pool)
        while names:
            for mediation in names:
                found = verified(await books_of(pool, mediation), speakers)
                if found.journal:
                    left.append(f"{mediation}: the journal itself must be put back first: {found.journal[0]}")
                elif not found.lists and one is None:
                    right += 1
                else:
                    try:
                        await write_anew(pool, mediation)
                    except (*UNREADABLE, NothingRecorded) as fault:
                        left.append(f"{mediation}: its journal cannot be read: {type(fault).__name__}")
                    else:
                        written += 1
            names = [] if one else await known_mediations(pool, names[-1])
    return Rewritten(written, right, left)
