"""When somebody was born, as far as that is known: the BRP knows of some people only the year, or year and month.

Written as the BRP has it (Logisch Ontwerp, 01.03.10 and its standard value): `1960-05-17`, `1960-05-00` when the day
is not known, `1960-00-00` when only the year is, `0000-00-00` when nothing is.
"""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, Self

from pydantic import PlainSerializer, PlainValidator, WithJsonSchema

from domain.facts.groups import AgeRange
from domain.facts.terms import age

WRITTEN = re.compile(r"(\d{4})-(\d\d)-(\d\d)", re.ASCII)
WRONG = (
    "give a date of birth such as 1991-04-12; what is not known of it stands as zeros: 1960-05-00, 1960-00-00, "
    "or 0000-00-00"
)
FIRST, LAST = date(1900, 1, 1), date(9999, 12, 31)
OLDEST = 120
"""Years: nobody is older."""


@dataclass(frozen=True, order=True)
class Born:
    """A date of birth. A zero is a part that is not known; of a day that is known the month is, and so on."""

    year: int
    month: int
    day: int

    @classmethod
    def on(cls, day: date) -> Self:
        """Return a date of birth that is known."""
        return cls(day.year, day.month, day.day)

    @classmethod
    def read(cls, value: Any) -> Self:
        """Return a date of birth as it is written, or as a date. Raises ValueError, in words."""
        if isinstance(value, cls):
            return value
        if type(value) is date:
            return cls.on(value)
        parts = WRITTEN.fullmatch(value) if isinstance(value, str) else None
        year, month, day = map(int, parts.groups()) if parts else (0, 0, 1)
        if (month and not year) or (day and not month):
            raise ValueError(WRONG)
        try:
            date(year or 2000, month or 1, day or 1)
        except ValueError:
            raise ValueError(WRONG) from None
        return cls(year, month, day)

    def may_be(self, other: "Born") -> bool:
        """Tell whether two dates of birth, as far as they are known, may be the same."""
        return self.earliest <= other.latest and other.earliest <= self.latest

    @property
    def earliest(self) -> date:
        """Return the first day that it can have been."""
        return date(self.year, self.month or 1, self.day or 1) if self.year else FIRST

    @property
    def latest(self) -> date:
        """Return the last day that it can have been."""
        if not self.year:
            return LAST
        month = self.month or 12
        return date(self.year, month, self.day or monthrange(self.year, month)[1])

    def isoformat(self) -> str:
        """Return it as the BRP writes it, with zeros for what is not known."""
        return f"{self.year:04}-{self.month:02}-{self.day:02}"

    __str__ = isoformat

    def ages(self, day: date) -> AgeRange | None:
        """Return how old somebody may be on a day, in whole years; None when no year is known, or for no age at all."""
        if not self.year or self.earliest > day:
            return None
        least, most = age(min(self.latest, day), day), age(self.earliest, day)
        return AgeRange(least=least, most=most) if most <= OLDEST else None


BirthDate = Annotated[
    Born,
    PlainValidator(Born.read),
    PlainSerializer(Born.isoformat, return_type=str),
    WithJsonSchema(
        {
            "type": "string",
            "pattern": r"^\d{4}-\d{2}-\d{2}$",
            "description": "A date of birth; what is not known of it stands as zeros, as in the BRP",
            "examples": ["1991-04-12", "1960-05-00", "1960-00-00"],
        }
    ),
]
