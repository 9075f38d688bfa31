"""Rows that cannot be read are left out of a list, counted, and reported to the operator.

A row may have been written by another build, or restored from an old backup: one unknown word in it must not keep a
whole municipality from seeing its list.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TypeAlias, TypeVar

import structlog
from asyncpg import Record

from runtime.error_report import described
from runtime.metrics import count
from runtime.sealing import Tampered

UNREADABLE = (ValueError, TypeError, LookupError, AttributeError, Tampered)
"""What reading a row raises: for a wrong type, an unknown word, a missing field, or text under another key."""

T = TypeVar("T")
Row: TypeAlias = Mapping[str, Any] | Record
log = structlog.get_logger("store")


class Readable(list[T]):
    """What could be read of some rows, in their order."""

    unreadable: int = 0
    """How many of them could not be read."""
    last: Row | None = None
    """Of a list that is read part by part: the last row of this part, readable or not, after which the list goes on;
    None at its end."""


def read_rows(rows: Iterable[Row], read: Callable[[Any], T], kind: str) -> Readable[T]:
    """Read each row, leaving out those that cannot be read. `kind` is what a row is, for the log and the metric."""
    readable: Readable[T] = Readable()
    for row in rows:
        try:
            readable.append(read(row))
        except UNREADABLE as error:
            readable.unreadable += 1
            log.error("a row cannot be read", kind=kind, row=_name(row), error=described(error))
    if readable.unreadable:
        count("unreadable_rows", readable.unreadable, {"kind": kind})
    return readable


def read_part(rows: Sequence[Row], limit: int | None, read: Callable[[Any], T], kind: str) -> Readable[T]:
    """Read at most so many rows, of which one more was fetched to know whether the list goes on."""
    shown = rows[:limit]
    readable = read_rows(shown, read, kind)
    readable.last = shown[-1] if len(rows) > len(shown) else None
    return readable


def _name(row: Row) -> str:
    """Return which row it is: by its own id, and the mediation that it belongs to."""
    names = [row.get(name) for name in ("mediation", "organisation", "id", "key", "sequence")]
    return " ".join(str(name) for name in names if name is not None)[:200]
