"""Chance without order: every draw follows from the seed and from what is drawn, never from what was drawn before.

So two runs of a city agree on every choice whatever happens first, and one more draw somewhere changes no other.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from math import sqrt
from typing import TypeVar

T = TypeVar("T")

_FRACTION_BITS = 53
"""As many as a float holds exactly: with all 64 a draw could round up to 1.0."""


def draw(seed: int, *identity: object) -> float:
    """Return the number in [0, 1) that belongs to this seed and identity: the first 53 bits of a SHA-256."""
    digest = sha256("\x1f".join(map(str, (seed, *identity))).encode()).digest()
    return (int.from_bytes(digest[:8], "big") >> (64 - _FRACTION_BITS)) / float(2**_FRACTION_BITS)


@dataclass(frozen=True)
class Chance:
    """Draws about one subject: a seed and who or what is drawn for. Every draw names its purpose."""

    seed: int
    subject: tuple[object, ...] = ()

    def of(self, *subject: object) -> "Chance":
        """Return the chance of something within this subject."""
        return Chance(self.seed, (*self.subject, *subject))

    def draw(self, *purpose: object) -> float:
        """Draw in [0, 1)."""
        return draw(self.seed, *self.subject, *purpose)

    def happens(self, probability: float, *purpose: object) -> bool:
        """Tell whether something of this probability happens."""
        return self.draw(*purpose) < probability

    def whole(self, low: int, high: int, *purpose: object) -> int:
        """Draw a whole number from low to high, both included, each as likely."""
        return low + int(self.draw(*purpose) * (high - low + 1))

    def triangular(self, low: float, mode: float, high: float, *purpose: object) -> float:
        """Draw between low and high, most often near the mode."""
        u, span = self.draw(*purpose), high - low
        if span <= 0:
            return low
        turn = (mode - low) / span
        if u < turn:
            return low + sqrt(u * span * (mode - low))
        return high - sqrt((1 - u) * span * (high - mode))

    def one_of(self, options: Sequence[T], *purpose: object) -> T:
        """Pick one, each as likely. Raises IndexError when there are none."""
        return options[int(self.draw(*purpose) * len(options))]

    def pick(self, weights: Mapping[T, float], *purpose: object) -> T:
        """Pick one by weight. Weights need not add up to one. Raises ValueError when there are none."""
        left = self.draw(*purpose) * sum(weights.values())
        for option, weight in weights.items():
            left -= weight
            if left < 0:
                return option
        if not weights:
            raise ValueError("nothing to pick from")
        return list(weights)[-1]

    def some(self, options: Sequence[T], count: int, *purpose: object) -> tuple[T, ...]:
        """Pick so many different ones, in the order in which they stand."""
        ranked = sorted(range(len(options)), key=lambda i: self.draw(*purpose, i))
        return tuple(options[i] for i in sorted(ranked[:count]))
