"""Every judgement is a list of conditions: each met, unmet or not known, with what was found and what was asked.

Both are data. Their words are made where a person reads them (`texts.conditions`).
"""

from collections.abc import Iterable
from datetime import date
from enum import StrEnum
from typing import TypeAlias

from pydantic import Field

from domain.facts.value import Value, left_out, unsaid


class Verdict(StrEnum):
    """How a condition came out."""

    MET = "met"
    UNMET = "unmet"
    UNKNOWN = "unknown"


class ConditionName(StrEnum):
    """What may be judged. Of documents and items of readiness each is a condition of its own: `document.consent`."""

    ROOMS = "rooms"
    RENT = "rent"
    RENT_BAND = "rent_band"
    ACCESSIBLE = "accessible"
    LOW_STIMULUS = "low_stimulus"
    DISTRICT_WANTED = "district_wanted"
    DISTRICT_EXCLUDED = "district_excluded"
    HOUSEHOLD = "household"
    SAFETY = "safety"
    COMPLEX_LOAD = "complex_load"
    PROVIDER_PRESENT = "provider_present"
    COMPLEX_ROOM = "complex_room"
    COMPLEX_OPEN = "complex_open"
    DISTRICT_ROOM = "district_room"
    DISTRICT_OPEN = "district_open"
    DOCUMENT = "document"
    READINESS = "readiness"
    TARGET_GROUP = "target_group"
    EXCLUSION = "exclusion"


class ConditionUnit(StrEnum):
    """What a value is of."""

    ROOMS = "rooms"
    CENTS_A_MONTH = "cents_a_month"
    PEOPLE = "people"
    PLACEMENTS = "placements"
    DISTRICT = "district"
    TARGET_GROUP = "target_group"
    OUTCOME = "outcome"
    """How an earlier mediation ended."""
    DAY = "day"
    KNOWN = "known"
    """`yes`, `no` or `unknown`, as somebody said."""
    YES_NO = "yes_no"


Amount: TypeAlias = int | bool | str | tuple[str, ...]
"""A count, an amount, whether something is so, a name or a day, or several names."""


class Measured(Value):
    """What was found."""

    unit: ConditionUnit
    value: Amount
    on: date | None = Field(default=None, exclude_if=unsaid)
    """On which day it was so."""
    until: date | None = Field(default=None, exclude_if=unsaid)
    """Up to and including which day it is so."""
    reason: str | None = Field(default=None, exclude_if=unsaid)
    """Why it is so, by the register that says it."""


class Comparison(StrEnum):
    """How what was found is held against what is asked."""

    ANY = "any"
    """Nothing is asked."""
    IS = "is"
    AT_LEAST = "at_least"
    AT_MOST = "at_most"
    AMONG = "among"
    NOT_AMONG = "not_among"
    FROM_DAY = "from_day"
    UNTOLD = "untold"
    """It is held against what not everybody who sees the judgement may know."""


class Norm(Value):
    """What is asked, in the unit in which it is found unless it says otherwise."""

    comparison: Comparison
    value: Amount | None = Field(default=None, exclude_if=unsaid)
    unit: ConditionUnit | None = Field(default=None, exclude_if=unsaid)
    period: str | None = Field(default=None, exclude_if=unsaid)
    """In which it holds: `2026`, `2026-H1`, or `live` for what runs now."""
    review: date | None = Field(default=None, exclude_if=unsaid)
    """When those who agreed on it look at it again."""
    rooms: int | None = Field(default=None, exclude_if=unsaid)
    """In so many rooms."""
    shared: bool = Field(default=False, exclude_if=left_out)
    """In a home that is shared."""


class Condition(Value):
    """One thing that must hold."""

    name: str
    """A `ConditionName`, or one with the item of it that is judged."""
    verdict: Verdict
    fact: str = Field(default="", exclude_if=left_out)
    """In place of `found`, as releases up to 0.2.0 wrote it, in English."""
    norm: str = Field(default="", exclude_if=left_out)
    """In place of `asked`, likewise."""
    advisory: bool = False
    """It is said and stands in nobody's way."""
    found: Measured | None = Field(default=None, exclude_if=unsaid)
    """None: it is not known."""
    asked: Norm | None = Field(default=None, exclude_if=unsaid)
    """None: it is not known."""


def condition(
    name: ConditionName,
    holds: bool | None,
    *,
    found: Measured | None,
    asked: Norm | None,
    advisory: bool = False,
    item: StrEnum | None = None,
) -> Condition:
    """Judge one condition, or one item of it; None means that it cannot be known yet."""
    verdict = Verdict.UNKNOWN if holds is None else Verdict.MET if holds else Verdict.UNMET
    whole = f"{name.value}.{item.value}" if item else name.value
    return Condition(name=whole, verdict=verdict, advisory=advisory, found=found, asked=asked)


def all_met(conditions: Iterable[Condition]) -> bool:
    """Tell whether every condition is met; an unknown one is not. An advisory one need not be."""
    return all(c.advisory or c.verdict is Verdict.MET for c in conditions)


def unmet(conditions: Iterable[Condition]) -> tuple[Condition, ...]:
    """Return the conditions that stand in the way."""
    return tuple(c for c in conditions if not c.advisory and c.verdict is not Verdict.MET)
