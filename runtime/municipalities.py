"""The municipalities of the Netherlands by their CBS codes, as they have been since 1 January 2023 and are in 2026.

Source: CBS, Gemeentelijke indeling op 1 januari 2026 (CC BY 4.0): 342 municipalities. When municipalities merge, the
table is written anew; an id that was recorded before stays what it is.
"""

import csv
import re
import unicodedata
from collections.abc import Collection
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import NamedTuple

TABLE = Path(__file__).parent / "municipalities.csv"
ALSO = {"den-haag": "GM0518", "den-bosch": "GM0796"}
"""Names in common use that CBS does not use."""
CLOSE = 3
"""So many similar names are told for a name that no municipality has."""


class Municipality(NamedTuple):
    """A municipality."""

    code: str
    name: str

    @property
    def id(self) -> str:
        """Its name as organisations are named here, such as `utrecht`."""
        return _plain(self.name)


class MunicipalityUnknown(ValueError):
    """There is no such municipality."""


@cache
def municipalities() -> tuple[Municipality, ...]:
    """Return all of them, in the order of their names."""
    with TABLE.open(encoding="utf-8", newline="") as file:
        return tuple(Municipality(row["code"], row["name"]) for row in csv.DictReader(file, delimiter=";"))


@cache
def _by_word() -> dict[str, str]:
    """Return each municipality's id by its code, its name, and what else it is called."""
    ids = {one.code.lower(): one.id for one in municipalities()}
    return ids | {one: one for one in ids.values()} | {name: name for name in ALSO}


def municipality_id(text: str, ours: Collection[str] = ()) -> str:
    """Return the id of a municipality that is named by id, name or CBS code; raises MunicipalityUnknown.

    `ours` are ids that an installation knows besides: a policy may be of a municipality that CBS does not have yet.
    The error names similar ones. `Den Haag` and `Den Bosch` keep that name.
    """
    word = _plain(text)
    found = word if word in ours else _by_word().get(word)
    if found is None:
        names = [name for name in (*ours, *_by_word()) if not re.fullmatch(r"gm\d{4}", name)]
        near = get_close_matches(word, dict.fromkeys(names), CLOSE)
        told = f"; close to it: {', '.join(near)}" if near else ""
        raise MunicipalityUnknown(f"no municipality has this name or CBS code{told}")
    return found


def _plain(text: str) -> str:
    """Return a name without accents, in small letters, its words joined by hyphens."""
    letters = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", letters).strip("-")
