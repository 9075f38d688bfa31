"""The story of a mediation: one line for each event, with its day, who did it, and what happened.

Nothing personal stands in it: no name, no note, and never more of the client than the events hold.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from pydantic.alias_generators import to_snake

from domain.facts.calendar import Calendar
from domain.facts.groups import GroupId
from domain.policy.groups import SHIPPED, Groups
from domain.state.events import read_event
from texts import Language, of
from texts.telling import called, tell

Told = Mapping[str, Any]
"""A mediation or an event as the API shows it."""
ASIDE = frozenset(
    {"TaskCancelled", "ClockStopped", "PlaceConsumed", "SupportRequestKnown", "LeasePrepared", "LetterHeld"}
    | {"LeftToPeople"}
)
"""Events that a reader can do without."""


def timeline(
    events: Iterable[Told],
    names: Mapping[str, str],
    timezone: str = Calendar().timezone,
    groups: Groups = SHIPPED,
) -> list[str]:
    """Return one line per event, in English: the date, who, and what happened. `names` names organisations by id,
    `groups` are the target groups of the city's own.
    """
    own = called(groups, Language.ENGLISH)
    rows = [_row(event, names, ZoneInfo(timezone), own) for event in events if _worth_telling(event)]
    width = max((len(who) for _, who, _ in rows), default=0)
    return [f"{day}  {who:<{width}}  {what}" for day, who, what in rows]


def _worth_telling(event: Told) -> bool:
    """Leave out a list without a suitable dwelling: that somebody looked tells the same."""
    barren = event["type"] == "DwellingsListed" and not event["document"]["suitable"]
    return event["type"] not in ASIDE and not barren


def _row(event: Told, names: Mapping[str, str], zone: ZoneInfo, groups: Mapping[GroupId, str]) -> tuple[str, str, str]:
    document, at = _snake(event["document"]), event["at"]
    moment = at if isinstance(at, datetime) else datetime.fromisoformat(at)
    who = str(document["task"]["owner"] if event["type"] == "TaskOpened" else event["by"]["organisation"])
    what = tell(read_event({**document, "type": event["type"]}), of(Language.ENGLISH), zone, groups)
    return f"{moment.astimezone(zone):%Y-%m-%d}", names.get(who, who), what


def _snake(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {to_snake(key): _snake(one) for key, one in value.items()}
    return [_snake(one) for one in value] if isinstance(value, list | tuple) else value
