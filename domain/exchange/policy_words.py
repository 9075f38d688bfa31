"""What is wrong with a value of a policy file, in words for whoever writes it. Pydantic's own are for a programmer."""

import re
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import Any, NamedTuple

from pydantic import ValidationError

from domain.exchange.misread import MISREADINGS, Misreading
from domain.policy.value_bounds import said

NAME = "2 to 40 small letters, digits and hyphens, such as 'west-gorzen'"
GROUP = "small letters, digits and _, such as 'youth_care'"
PATTERNS: Mapping[str, str] = {
    "id": NAME,
    "municipality": NAME,
    "version": "the day of the text, such as '2026-01-31'",
    "shared_by": NAME,
    "districts": NAME,
    "groups": GROUP,
    "target_groups": GROUP,
    "within": GROUP,
    "capped_rent_for": GROUP,
    "complexes": "a corporation and a complex, such as 'ymere/De Oever'",
}
"""By the part of a path that asks for it: how a name is written."""
IN_WORDS: Mapping[Misreading, str] = {
    Misreading.MISSING: "this is missing: a policy must give it",
    Misreading.NO_WHOLE_NUMBER: "{value} is no whole number: write for example 3, without quotes",
    Misreading.NO_NUMBER: "{value} is no number: write for example 0.5, without quotes",
    Misreading.TOO_LOW: "{value} is too low: at least {ge}",
    Misreading.NOT_ABOVE: "{value} is too low: more than {gt}",
    Misreading.TOO_HIGH: "{value} is too high: at most {le}",
    Misreading.NOT_BELOW: "{value} is too high: less than {lt}",
    Misreading.NO_TEXT: "{value} is no text: write it between quotes",
    Misreading.TOO_LONG: "{value} is too long: at most {max_length} characters",
    Misreading.TOO_SHORT: "{value} is too short: at least {min_length} characters",
    Misreading.NO_YES_OR_NO: "{value} is neither yes nor no: write true or false, without quotes",
    Misreading.NO_LIST: "{value} is one value, and this is a list: write it between square brackets",
    Misreading.TOO_FEW: "the list is empty: name at least one",
    Misreading.TOO_MANY: "the list is too long",
    Misreading.NO_PARTS: "{value} is one value, and this is a table with values of its own",
    Misreading.NO_DAY: "{value} is no day: write for example 2026-01-31, without quotes",
    Misreading.NO_HOUR: "{value} is no time of the day: write for example 09:00:00, without quotes",
}
"""What is said to whoever writes the file; all else is `UNREADABLE`."""
UNREADABLE = "{value} cannot be read here"


class Misread(NamedTuple):
    """What cannot be read, as pydantic tells it."""

    at: tuple[int | str, ...]
    kind: str
    value: object
    context: Mapping[str, Any]


def misread(wrong: ValidationError) -> list[Misread]:
    """Return what cannot be read. That a list is empty is left out where what was in it cannot be read."""
    found = [Misread(one["loc"], one["type"], one["input"], one.get("ctx", {})) for one in wrong.errors()]
    return [one for one in found if one.kind != "too_short" or not one.value] or found


def in_words(error: Misread) -> str:
    """Return in words what is wrong."""
    at, kind, value, context = error
    misreading = MISREADINGS.get(kind)
    if misreading is Misreading.NO_CHOICE:
        return unknown(value, re.findall(r"'([^']+)'", str(context.get("expected", ""))), "{name} is not known here")
    if misreading is Misreading.WRITTEN_OTHERWISE:
        asked = next((PATTERNS[str(part)] for part in reversed(at) if part in PATTERNS), "letters and digits")
        return f"{said(value)} is not written as a name here: {asked}"
    if kind == "value_error":
        return str(context.get("error", "")) or UNREADABLE.format(value=said(value))
    return IN_WORDS.get(misreading or Misreading.UNREADABLE, UNREADABLE).format(value=said(value), **context)


def unknown(name: Any, known: Iterable[str], what: str) -> str:
    """Return that a name is not known, which are, and which was probably meant."""
    names = list(known)
    meant = get_close_matches(name, names, 1) if isinstance(name, str) else []
    told = f"{what.format(name=said(name))}; known here: {', '.join(names)}"
    return f"{told}; did you mean {meant[0]}?" if meant else told
