"""Which language the journal is written in: the newest that a worker has begun to write.

A build that speaks an older one records nothing more, since it would decide on what it does not understand. The worker
of a newer release begins the newer language when it starts; nothing else does.
"""

import json
from typing import Any

from pydantic import TypeAdapter, ValidationError

from domain.exchange.language import LANGUAGE
from domain.exchange.record import Recorded
from domain.messages.commands import AnyCommand
from domain.state.events import AnyEvent
from runtime import RuntimeFault
from store.changed import changed
from store.database import Pool, Source
from store.queries import query

PART = 100
"""How many mediations are read at a time."""
KINDS: dict[str, TypeAdapter[Any]] = {
    "events": TypeAdapter(AnyEvent),
    "commands": TypeAdapter(AnyCommand),
    "recorded": TypeAdapter(Recorded),
}


class NewerBuild(RuntimeFault):
    """A newer release is at work: the journal is written in a language that this build does not speak."""


class OlderLanguage(RuntimeFault):
    """The journal was put back to an older language than this build speaks: its worker must be started again first."""


async def language_of(source: Source) -> int:
    """Return the language that the journal is written in; 0 when nothing was ever written."""
    return await source.fetchval(query("language")) or 0


async def ensure_language(source: Source) -> None:
    """Raise `NewerBuild` or `OlderLanguage` unless the journal is written in our language, or in none yet."""
    ensure_spoken(await language_of(source))


def ensure_spoken(spoken: int) -> None:
    """Raise `NewerBuild` or `OlderLanguage` unless this is our language, or 0."""
    if spoken > LANGUAGE:
        raise NewerBuild(f"{spoken}, and this one speaks {LANGUAGE}")
    if 0 < spoken < LANGUAGE:
        raise OlderLanguage(f"{spoken}, and this one speaks {LANGUAGE}")


async def begin_language(source: Source) -> bool:
    """Begin to write in our language; tell whether that is new. Raises `NewerBuild`."""
    began = changed(await source.execute(query("raise_language"), LANGUAGE))
    await ensure_language(source)
    return began


async def put_back(pool: Pool) -> str | None:
    """Let the journal be written in our language again, though a newer one was begun.

    Return the first mediation in which anything stands that this build would not keep; then nothing is changed. Nobody
    records while this looks: who waits goes on in whichever language it is then.
    """
    async with pool.acquire() as connection, connection.transaction():
        await connection.execute("SET LOCAL statement_timeout = 0")
        await connection.execute(query("lock_language"))
        after = ""
        while rows := await connection.fetch(query("documents_to_read"), after, PART):
            for row in rows:
                after = row["mediation"]
                if not all(_keeps(kind, text) for kind in KINDS for text in row[kind] or ()):
                    return str(after)
        await connection.execute(query("put_language_back"), LANGUAGE)
    return None


def _keeps(kind: str, text: str) -> bool:
    """Tell whether this build understands a document, with all that it says."""
    adapter = KINDS[kind]
    try:
        again = json.loads(adapter.dump_json(adapter.validate_json(text)))
    except ValidationError:
        return False
    return _within(json.loads(text), again)


def _within(said: Any, again: Any) -> bool:
    """Tell whether everything that was said is said again. What says nothing need not be."""
    if isinstance(said, dict) and isinstance(again, dict):
        return all(_within(value, again.get(name)) for name, value in said.items())
    if isinstance(said, list) and isinstance(again, list):
        return len(said) == len(again) and all(map(_within, said, again))
    return not said or (said is not None and again is not None)
