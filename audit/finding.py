"""What an audit finds: where history and journal of a mediation differ, told without anything personal."""

import hashlib
import json
from collections.abc import Iterator
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple

NOTHING = object()
"""Stands for what one of the two sides does not have."""

SHOWN = frozenset(
    {
        "asked_at",
        "at",
        "commands",
        "due",
        "ends",
        "escalated",
        "events",
        "head",
        "key",
        "kind",
        "lane",
        "link",
        "now",
        "open_tasks",
        "owner_role",
    }
    | {"ordinal", "outcome", "owner", "refused", "reminded", "result", "rule", "sequence", "settled_at", "stage"}
    | {"start_to_fire_timeout", "type", "wake_at", "changed_at", "opened_at", "closed_at", "policy", "municipality"}
)
"""Fields whose values are told as they are: moments, words of the process, hashes. Of all others only a hash is told,
for what stands there may say something of a person."""
LAST = 1_000_000
"""More than the number of any event of a history."""
LONGEST = 80
"""A longer value is told by its hash."""


class FindingKind(StrEnum):
    """What is wrong."""

    DIFFERENT = "different"
    """History and journal, or two places of the journal, do not say the same."""
    BROKEN = "broken"
    """Today's code does not reproduce what was recorded."""
    CUT = "cut"
    """Something that must have been there is missing."""
    UNREADABLE = "unreadable"
    """What stands there cannot be decrypted or read: nothing can be said about the rest."""
    FORGOTTEN = "forgotten"
    """Temporal keeps closed histories for a limited time; this one is gone, so it was not looked at."""
    UNPROVEN = "unproven"
    """Nobody whose key is listed has given this command in these words."""
    UNKNOWN = "unknown"
    """There is no such mediation."""


class Said(NamedTuple):
    """What one side says, by its name."""

    who: str
    what: str


class FoundAt(NamedTuple):
    """Where something stands: a row of the journal, an event of a run of the history, or both."""

    row: str = ""
    run: int = 0
    event: int = 0

    def __str__(self) -> str:
        run = f"run {self.run}" if self.run else ""
        event = f"event {self.event} of the history" if self.event else ""
        return ", ".join(filter(None, (run, event, self.row)))

    @property
    def order(self) -> tuple[int, int, int]:
        """Return what comes first: by run and event; a row that the history says nothing of comes last."""
        return (0 if self.run else 1, self.run, self.event or LAST)


class Finding(NamedTuple):
    """One difference in a mediation."""

    kind: FindingKind
    place: FoundAt
    field: str = ""
    sides: tuple[Said, ...] = ()

    def __str__(self) -> str:
        told = ", ".join(f"{who} says {what}" for who, what in self.sides)
        return ": ".join(filter(None, (self.kind.value, str(self.place), self.field, told)))


class Differing(NamedTuple):
    """The first place where two documents differ."""

    field: str
    one: Any
    other: Any


def first_difference(one: Any, other: Any, *, grown: bool = False, field: str = "") -> Differing | None:
    """Return the first place where two JSON values differ; with `grown` the other may say more than the one."""
    if isinstance(one, dict) and isinstance(other, dict):
        names = one if grown else one | other
        pairs = ((f"{field}.{name}" if field else name, one, other, name) for name in names)
        found = (
            first_difference(a.get(name, NOTHING), b.get(name, NOTHING), grown=grown, field=place)
            for place, a, b, name in pairs
        )
        return next(filter(None, found), None)
    if isinstance(one, list) and isinstance(other, list):
        longest = max(len(one), len(other))
        found = (
            first_difference(_at(one, n), _at(other, n), grown=grown, field=f"{field}[{n}]") for n in range(longest)
        )
        return next(filter(None, found), None)
    return None if type(one) is type(other) and one == other else Differing(field, one, other)


def different(
    place: FoundAt,
    one: tuple[str, Any],
    other: tuple[str, Any],
    *,
    kind: FindingKind = FindingKind.DIFFERENT,
    grown: bool = False,
) -> Iterator[Finding]:
    """Compare what two sides say, each given with its name; yield the first difference, if there is one."""
    found = first_difference(one[1], other[1], grown=grown)
    if found:
        sides = (Said(one[0], shown(found.field, found.one)), Said(other[0], shown(found.field, found.other)))
        yield Finding(kind, place, found.field, sides)


def moment(at: datetime | str | None) -> str | None:
    """Return a moment in ISO 8601, however it was written; a text that is no moment as it is."""
    if at is None:
        return None
    try:
        return (datetime.fromisoformat(at) if isinstance(at, str) else at).isoformat()
    except ValueError:
        return str(at)


def shown(field: str, value: Any) -> str:
    """Return a value as it may be shown: as it is in the fields of `SHOWN`, else its hash."""
    if value is NOTHING:
        return "nothing"
    text = value if isinstance(value, str) else json.dumps(value, sort_keys=True, ensure_ascii=False)
    if value is None or isinstance(value, bool) or (SHOWN & set(_names(field)) and len(text) <= LONGEST):
        return text
    return f"(sha256 {hashlib.sha256(text.encode()).hexdigest()[:12]})"


def _names(field: str) -> Iterator[str]:
    """Yield the last name in a path: `key` of `effects[0].key`, `open_tasks` of `open_tasks[1]`."""
    yield field.rpartition(".")[2].partition("[")[0]


def _at(values: list[Any], place: int) -> Any:
    return values[place] if place < len(values) else NOTHING
