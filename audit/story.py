"""The story of a mediation as people tell it: one line per event, with the Dutch term where it helps.

Nothing personal stands in it: no name, no note, and never more of the client than the events hold.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from pydantic.alias_generators import to_snake

from domain.state.events import read_event
from texts import Language, of
from texts.telling import tell

Document = Mapping[str, Any]
Told = Mapping[str, Any]
ZONE = "Europe/Amsterdam"


ASIDE = frozenset(
    {"TaskCancelled", "ClockStopped", "PlaceConsumed", "SupportRequestKnown", "LeasePrepared", "LetterHeld"}
    | {"LeftToPeople"}
)
"""Events that a reader can do without."""


def sentence(type_: str, document: Document, timezone: str = ZONE, language: Language = Language.ENGLISH) -> str:
    """Say what happened. Raises ValueError for an event of another release."""
    event = read_event({**_snake(document), "type": type_})
    return tell(event, of(language), ZoneInfo(timezone))


def timeline(
    events: Iterable[Told],
    names: Mapping[str, str],
    timezone: str = ZONE,
    language: Language = Language.ENGLISH,
) -> list[str]:
    """Return one line per event: the date, who, and what happened. `names` gives the names of organisations."""
    rows = [_row(event, names, timezone, language) for event in events if _worth_telling(event)]
    width = max((len(who) for _, who, _ in rows), default=0)
    return [f"{day}  {who:<{width}}  {what}" for day, who, what in rows]


def _worth_telling(event: Told) -> bool:
    """A list without a suitable dwelling is told by the looking itself."""
    barren = event["type"] == "DwellingsListed" and not event["document"]["suitable"]
    return event["type"] not in ASIDE and not barren


def _row(event: Told, names: Mapping[str, str], timezone: str, language: Language) -> tuple[str, str, str]:
    document, at = _snake(event["document"]), event["at"]
    moment = at if isinstance(at, datetime) else datetime.fromisoformat(at)
    who = str(document["task"]["owner"] if event["type"] == "TaskOpened" else event["by"]["organisation"])
    day = f"{moment.astimezone(ZoneInfo(timezone)):%Y-%m-%d}"
    return day, names.get(who, who), sentence(event["type"], document, timezone, language)


def _snake(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {to_snake(key): _snake(one) for key, one in value.items()}
    return [_snake(one) for one in value] if isinstance(value, list | tuple) else value
