"""PostgreSQL that is away comes back: an attempt that found it away is made again, and counts as no failure."""

from collections.abc import Iterator
from contextlib import contextmanager

from runtime.away import SystemAway
from store.database import UNAVAILABLE

AWAY = "PostgreSQL is away"


@contextmanager
def postgres_may_be_away() -> Iterator[None]:
    """Report what PostgreSQL raises while it is away, full or too busy (`UNAVAILABLE`) as `SystemAway`."""
    try:
        yield
    except UNAVAILABLE as away:
        raise SystemAway(AWAY, type(away).__name__) from None
