"""How people write what others compare: flags, names of complexes and years, each hand in its own way.

Hand 0 is neat. Which hand wrote a dwelling down is told when it is registered (`spelling`).
"""

from typing import NamedTuple

NO_BREAK_SPACE = "\u00a0"


class Hand(NamedTuple):
    """What one hand makes of a yes and a no, and of a space and the letters of a name."""

    yes: str
    no: str
    space: str = " "
    loud: bool = False
    """Whether names are in capitals."""
    precise: bool = True
    """Whether the year in which a home was built is a number, and not a date of which only the year is known."""

    def flag(self, said: bool) -> str:
        """Write a yes or no."""
        return self.yes if said else self.no

    def name(self, neat: str) -> str:
        """Write a name."""
        spaced = neat.replace(" ", self.space)
        return spaced.upper() if self.loud else spaced

    def built_in(self, year: int) -> int | str:
        """Write the year in which a home was built."""
        return year if self.precise else f"{year}-00-00"


HANDS = (
    Hand("ja", "nee"),
    Hand("ja ", "nee.", "  ", precise=False),
    Hand("J", "N", loud=True),
    Hand(" JA", "Nee", NO_BREAK_SPACE, precise=False),
    Hand("true", "false", f"{NO_BREAK_SPACE} ", loud=True),
)


def hand(spelling: int) -> Hand:
    """Return the hand that wrote something down."""
    return HANDS[spelling % len(HANDS)]


def plain(name: str) -> str:
    """Return a name as people here find it again, whoever wrote it: without case, and with single spaces."""
    return " ".join(name.replace(NO_BREAK_SPACE, " ").casefold().split())
