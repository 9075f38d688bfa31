"""Days as people and systems write them."""

import re
from datetime import date
from typing import Annotated, Any

from pydantic import BeforeValidator

WRITTEN = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


def written_day(value: Any) -> Any:
    """Take a day as a date or as text such as 2026-12-31, and refuse all else that can be read as one.

    A parser of dates also takes `1640995200`, for the seconds since 1970, and a moment at midnight.
    """
    if value is None or type(value) is date:
        return value
    if isinstance(value, str) and WRITTEN.fullmatch(value):
        return date.fromisoformat(value)
    raise ValueError("give a day, such as 2026-12-31")


WrittenDay = Annotated[date, BeforeValidator(written_day)]
