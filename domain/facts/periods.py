"""The periods in which places are counted: a year, half a year, or a month of figures. `2026`, `2026-H1`, `2026-03`."""

import re
from calendar import monthrange
from datetime import date, timedelta
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import AfterValidator

_PERIOD = re.compile(r"(?P<year>20\d\d)(-(?:H(?P<half>[12])|(?P<month>0[1-9]|1[0-2])))?", re.ASCII)


class Span(StrEnum):
    """How long a period lasts over which is counted."""

    YEAR = "year"
    HALF_YEAR = "half_year"

    def half(self, day: date) -> Literal[1, 2] | None:
        """Return in which half of its year a day lies; None where whole years are counted."""
        return None if self is Span.YEAR else 1 if day.month <= 6 else 2

    def period(self, day: date) -> str:
        """Return the period of this length in which a day lies."""
        return period_of(day.year, self.half(day))

    def between(self, first: date, last: date) -> list[str]:
        """Return every period of this length that has a day from the first to the last."""
        found = [self.period(first)]
        while (end := bounds(found[-1])[1]) < last:
            found.append(self.period(end + timedelta(days=1)))
        return found


def period_of(year: int, half: Literal[1, 2] | None) -> str:
    """Return how a year, or a half of it, is written."""
    return f"{year}-H{half}" if half else str(year)


def bounds(period: str) -> tuple[date, date]:
    """Return the first and last day of a period. Raises ValueError when it is none."""
    found = _PERIOD.fullmatch(period)
    if not found:
        raise ValueError("write a year, half year or month: for example '2026', '2026-H1' or '2026-03'")
    year = int(found["year"])
    first, last = 1, 12
    if found["half"]:
        first, last = (1, 6) if found["half"] == "1" else (7, 12)
    elif found["month"]:
        first = last = int(found["month"])
    return date(year, first, 1), date(year, last, monthrange(year, last)[1])


def _known(period: str) -> str:
    bounds(period)
    return period


Period = Annotated[str, AfterValidator(_known)]
"""A year, half year or month."""
