"""The plan of a siege: what is struck, at which moments, for how long. One seed gives one plan.

Blows are dealt as cards from a shuffled deck: within one deck every blow falls once, so that also a short siege meets
many kinds, and no seed leaves one out for long.
"""

from collections.abc import Iterator
from enum import StrEnum
from random import Random
from typing import NamedTuple


class Kind(StrEnum):
    """What is done to what stands."""

    KILL = "kill"
    """SIGKILL, of the process and all it started; after `seconds` it is started again."""
    PAUSE = "pause"
    """SIGSTOP for `seconds`: it keeps its connections and answers nobody."""
    RESTART = "restart"
    """Stopped in order, and started again."""
    STRANGER = "stranger"
    """Plain, garbled and forged payloads arrive at the workflow of a mediation."""
    TERMINATE = "terminate"
    """The workflow of a mediation is terminated."""
    OTHER_BUILD = "other_build"
    """The worker is replaced by one of another build, and after `seconds` by one of this build again."""
    DISK_FULL = "disk_full"
    """PostgreSQL cannot write for `seconds`."""
    AWAY = "away"
    """Killed, and away for longer than what waits for it may wait before a person is told."""


class Blow(NamedTuple):
    """One blow: when it falls, in seconds from the beginning, and what it needs to fall the same way again."""

    at: float
    kind: Kind
    victim: str
    seconds: float
    draw: int
    """From which everything else about it is drawn, such as which mediation it meets."""

    def __str__(self) -> str:
        return f"{self.at:7.1f} s  {self.kind:<12} {self.victim:<14} {self.seconds:5.1f} s  {self.draw:08x}"


SERVERS = ("worker", "api", "temporal", "postgres", "mail", "corporation", "care_provider", "district_team")
PAUSED = ("worker", "api", "temporal", "postgres", "corporation", "care_provider")
PARTNERS = ("corporation", "care_provider", "district_team")
DOWN, STOPPED, FULL, OTHER, AWAY = (0.0, 2.0), (1.0, 4.0), (3.0, 6.0), (4.0, 8.0), (60.0, 75.0)
"""Seconds, from and to."""
BETWEEN = (1.5, 4.0)
"""Seconds between two blows. One may still last when the next falls on something else."""
BEGINS = 4.0
"""Seconds in which there is something to strike."""
LONG_ENOUGH = 150.0
"""Seconds a siege must last for a partner to be away so long in it."""
YET_TO_BE_DEALT = ("PostgreSQL or Temporal put back to an earlier copy, and made whole by the commands for that",)
"""What belongs in the deck and is not in it: there is nothing yet in the product that could be told to put it right."""

Card = tuple[Kind, str, tuple[float, float]]


def deck(lasts: float) -> list[Card]:
    """Return every blow once, those that count for more several times."""
    cards: list[Card] = [(Kind.KILL, one, DOWN) for one in SERVERS]
    cards += [(Kind.PAUSE, one, STOPPED) for one in PAUSED]
    cards += [(Kind.RESTART, one, (0.0, 0.0)) for one in ("worker", "api", "temporal", "postgres")]
    cards += [(Kind.STRANGER, "a mediation", (0.0, 0.0))] * 4
    cards += [(Kind.TERMINATE, "a mediation", (0.0, 0.0))] * 3
    cards += [(Kind.OTHER_BUILD, "worker", OTHER), (Kind.DISK_FULL, "postgres", FULL)]
    if lasts >= LONG_ENOUGH:
        cards += [(Kind.AWAY, one, AWAY) for one in PARTNERS[:1]]
    return cards


def drawn(seed: int, minutes: float) -> list[Blow]:
    """Draw the plan of a seed, in the order of its moments."""
    return list(_dealt(Random(seed), minutes * 60))


def _dealt(chance: Random, lasts: float) -> Iterator[Blow]:
    at, cards = BEGINS, list[Card]()
    while True:
        if not cards:
            cards = deck(lasts)
            chance.shuffle(cards)
        kind, victim, (least, most) = cards.pop()
        seconds, draw = round(chance.uniform(least, most), 1), chance.getrandbits(32)
        if at >= lasts:
            return
        yield Blow(round(at, 1), kind, victim, seconds, draw)
        at += chance.uniform(*BETWEEN)
