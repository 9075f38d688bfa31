"""Limits how many commands of one mediation are under way at once: Temporal accepts ten, and refuses the eleventh."""

import asyncio
from weakref import WeakValueDictionary

AT_ONCE = 5
"""Half of what Temporal accepts. A mediation decides its commands one after the other: more would only wait there."""


class Gates:
    """A gate for each mediation that has commands under way. Further commands wait at it, in the order they came."""

    def __init__(self) -> None:
        self._gates: WeakValueDictionary[str, asyncio.Semaphore] = WeakValueDictionary()

    def of(self, mediation: str) -> asyncio.Semaphore:
        """Return the gate of a mediation; a command is under way while it holds the gate."""
        return self._gates.setdefault(mediation, asyncio.Semaphore(AT_ONCE))
