"""How much may be under way at once in this process: for one caller, and in all."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager


class TooMuchOfOne(Exception):
    """This caller has as much under way as one may have."""


class TooMuchInAll(Exception):
    """As much is under way as this process takes."""


class AtOnce:
    """The places of one process, held while something is under way."""

    def __init__(self, of_one: int, in_all: int) -> None:
        self.of_one = of_one
        self.in_all = in_all
        self._held: Counter[str] = Counter()
        self._taken = 0

    @contextmanager
    def place(self, who: str) -> Iterator[None]:
        """Hold a place; raises TooMuchOfOne or TooMuchInAll."""
        if self._held[who] >= self.of_one:
            raise TooMuchOfOne
        if self._taken >= self.in_all:
            raise TooMuchInAll
        self._held[who] += 1
        self._taken += 1
        try:
            yield
        finally:
            self._taken -= 1
            self._held[who] -= 1
            if not self._held[who]:
                del self._held[who]

    def __len__(self) -> int:
        return self._taken
