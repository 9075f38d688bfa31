"""How many commands of one mediation are under way at once: Temporal takes ten, and refuses the eleventh."""

import asyncio
from weakref import WeakValueDictionary

AT_ONCE = 5
"""A mediation decides one command after the other, so more would only wait elsewhere."""


class Gates:
    """A gate for each mediation that somebody is at; the others wait in front of it in the order they came."""

    def __init__(self) -> None:
        self._gates: WeakValueDictionary[str, asyncio.Semaphore] = WeakValueDictionary()

    def of(self, mediation: str) -> asyncio.Semaphore:
        """Return the gate of a mediation: let in what is to be under way."""
        return self._gates.setdefault(mediation, asyncio.Semaphore(AT_ONCE))
