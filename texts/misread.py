"""Says what cannot be read of a request, a form or a table, in the words of a language; the value is never repeated."""

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from domain.exchange.misread import MISREADINGS, NOTATIONS, Misreading, Notation
from texts import Language, Texts, of

OWN = frozenset({"value_error", "assertion_error"})
"""What a check of ours says, in its own words."""
NAMED = re.compile(r"'([^']+)'")
"""What may be chosen, as pydantic lists it."""
SPELLED = re.compile("[a-z0-9_]+")


def in_words(kind: str, context: Mapping[str, Any], words: Texts) -> str:
    """Say what is wrong, by what pydantic calls it and what it tells with it."""
    if kind in OWN:
        return str(context.get("error", "")) or words.misread[Misreading.UNREADABLE]
    misreading = MISREADINGS.get(kind, Misreading.UNREADABLE)
    least = context.get("min_length", context.get("ge", context.get("gt")))
    if misreading in {Misreading.TOO_SHORT, Misreading.TOO_FEW} and least == 1:
        misreading = Misreading.MISSING
    return words.misread[misreading].format(
        least=_written(least),
        most=_written(context.get("max_length", context.get("le", context.get("lt")))),
        how=words.notation[NOTATIONS.get(str(context.get("pattern")), Notation.OTHER)],
    )


def _written(bound: Any) -> Any:
    """Return a bound as it is written: a day or a moment as it is sent."""
    return bound.isoformat() if isinstance(bound, date) else bound


def to_callers(kind: str, context: Mapping[str, Any]) -> str:
    """Say it to whoever calls the API or sends a table: in English, with what may be chosen as it is written there."""
    said, known = in_words(kind, context, of(Language.ENGLISH)), _known(context)
    return f"{said}: {', '.join(known)}" if known else said


def _known(context: Mapping[str, Any]) -> list[str]:
    """Return what may be chosen. Of kinds those in our one spelling only: words of before are taken, and not told."""
    if "expected_tags" in context:
        named = [one for one in NAMED.findall(context["expected_tags"]) if SPELLED.fullmatch(one)]
    else:
        named = NAMED.findall(str(context.get("expected", "")))
    return list(dict.fromkeys(named))
