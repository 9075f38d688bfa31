"""How often something may be tried: so many times within a time, which begins with the first of them."""

import time
from collections import OrderedDict
from collections.abc import Callable
from datetime import timedelta
from math import ceil
from typing import NamedTuple


class Limit(NamedTuple):
    """How often something may be tried."""

    kind: str
    most: int
    within: timedelta


class TooOften(Exception):
    """This was tried too often; `seconds` tells when it may be tried again."""

    def __init__(self, seconds: int) -> None:
        self.seconds = seconds
        super().__init__(str(seconds))


class Counted(NamedTuple):
    """What is left after a try."""

    remaining: int
    seconds: int
    """Until it begins anew."""


class TryCounter:
    """Counts tries of each caller in this process's memory. Limits that hold for all processes are in `store.links`.

    It remembers 20,000 callers, some 5 MB; when there are more, the one that began first is forgotten.
    """

    def __init__(self, limit: Limit, now: Callable[[], float] = time.monotonic, remembered: int = 20_000) -> None:
        self.limit = limit
        self._now = now
        self._remembered = remembered
        self._tries: OrderedDict[str, tuple[float, int]] = OrderedDict()

    def count(self, who: str) -> Counted:
        """Count a try; raises TooOften."""
        now, lasts = self._now(), self.limit.within.total_seconds()
        self._forget(now - lasts, 0 if who in self._tries else 1)
        began, tries = self._tries.get(who, (now, 0))
        # an entry keeps its place when it changes, so that the first is always the one that began first
        self._tries[who] = (began, tries + 1)
        seconds = max(1, ceil(began + lasts - now))
        if tries >= self.limit.most:
            raise TooOften(seconds)
        return Counted(self.limit.most - tries - 1, seconds)

    def __len__(self) -> int:
        return len(self._tries)

    def _forget(self, before: float, needed: int) -> None:
        """Forget the callers that began before that moment, and more when room is needed."""
        while self._tries:
            began, _ = next(iter(self._tries.values()))
            if began > before and len(self._tries) + needed <= self._remembered:
                return
            self._tries.popitem(last=False)
