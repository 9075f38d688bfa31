"""What came of a hearing and of an objection: as it is recorded, and as it is said.

The journal has the word `upheld` for both, with opposite meanings: of a hearing, that the intended decision stands
(against the client); of an objection, that the client is right. What is recorded cannot change, so the journal keeps
that word. The API, forms and pages say `stands` and `well_founded` instead. Either word is understood.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Self


class _InTwoWords(StrEnum):
    """A choice whose members are recorded with one word and said with another; it takes either."""

    @classmethod
    def _missing_(cls, value: object) -> Self | None:
        other = next((one for pair in SAID.items() for one in pair if cls in pair and one is not cls), None)
        name = next((one.name for one in other if one.value == value), None) if other else None
        return cls[name] if name else None


class HearingResult(_InTwoWords):
    """What is decided after a hearing, as it is recorded."""

    STANDS = "upheld"
    """The intended decision stands: it goes against the client."""
    DROPPED = "dropped"
    """The client is given what was asked, or another chance."""


class HearingSaid(_InTwoWords):
    """What is decided after a hearing."""

    STANDS = "stands"
    DROPPED = "dropped"


class ObjectionResult(_InTwoWords):
    """What is decided on an objection, as it is recorded."""

    WELL_FOUNDED = "upheld"
    """Gegrond: the client is right."""
    DISMISSED = "dismissed"
    """Ongegrond."""
    INADMISSIBLE = "inadmissible"
    """Niet-ontvankelijk: too late, or against what is no decision."""
    WITHDRAWN = "withdrawn"
    EXTENDED = "extended"
    """Not decided yet: the term is extended once (Awb 7:10, third paragraph)."""


class ObjectionSaid(_InTwoWords):
    """What is decided on an objection."""

    WELL_FOUNDED = "well_founded"
    DISMISSED = "dismissed"
    INADMISSIBLE = "inadmissible"
    WITHDRAWN = "withdrawn"
    EXTENDED = "extended"


SAID: Mapping[type[StrEnum], type[StrEnum]] = {HearingResult: HearingSaid, ObjectionResult: ObjectionSaid}
"""By the choice as it is recorded: the one with the words that are said."""


def said(value: StrEnum) -> str:
    """Return the word that is said for a value: most often the one with which it is recorded."""
    spelled = SAID.get(type(value))
    return (spelled[value.name] if spelled else value).value
