"""Figures in tables: a row tells of one item, over all mediations or over those of one group."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from enum import StrEnum
from statistics import fmean, median
from typing import NamedTuple, TypeVar

ALL = "all"
"""The item that the other items of a table sum to."""
NONE = "none"
"""The group of what has no group yet, such as the corporation before any offer."""

Fact = TypeVar("Fact")
Number = int | float | None
"""A figure's value; None where there is nothing to measure or the figure does not apply."""
Row = tuple[str, str | None]
"""An item, and a group or None for all groups together."""


class Unit(StrEnum):
    """What a figure counts or measures."""

    MEDIATIONS = "mediations"
    PEOPLE = "people"
    OFFERS = "offers"
    TASKS = "tasks"
    STAYS = "stays"
    CALLS = "calls"
    EVENTS = "events"
    PLACES = "places"
    """In the unit of the policy: people, households or dwellings."""
    DECIDED = "decided"
    """A limit or a figure from outside, or reckoned with one: it counts no mediations."""
    DAYS = "days"
    CENTS = "cents"
    SHARE = "share"
    """Between 0 and 1."""
    MEAN = "mean"


COUNTS = frozenset(Unit) - {Unit.DECIDED, Unit.DAYS, Unit.CENTS, Unit.SHARE, Unit.MEAN}


class Figure(NamedTuple):
    """One column of a table."""

    name: str
    unit: Unit
    definition: str
    part_of: str | None = None
    """The figure that this one sums to, together with the others that are part of it."""
    of: tuple[str, ...] = ()
    """The counts that this figure would tell something about: where one is held back, it is too."""

    @property
    def counts(self) -> bool:
        """Whether it counts, so that it can be small enough to point at somebody."""
        return self.unit in COUNTS


class Table(NamedTuple):
    """Figures by item and group."""

    name: str
    title: str
    item: str
    """What an item is."""
    group: str | None
    """What a group is."""
    figures: tuple[Figure, ...]
    rows: dict[Row, dict[str, Number]]
    guarded: bool = True
    """Whether counts of a group are held back when they are small."""


class Frame(NamedTuple):
    """A table before anything is counted."""

    name: str
    title: str
    item: str
    figures: tuple[Figure, ...]
    guarded: bool = True


def tabulate(
    frame: Frame,
    facts: Iterable[tuple[str, str, Fact]],
    measure: Callable[[Sequence[Fact]], Mapping[str, Number]],
    *,
    items: Sequence[str] = (),
    group: str | None = None,
    groups: Iterable[str] = (),
) -> Table:
    """Measure facts, each given with its item and its group, in every row of a table.

    `items` come first and in this order, also when there is nothing of them; `ALL` among them sums up the others.
    With `group` there is a row for every one of `groups` too. So which rows there are tells nothing.
    """
    everything: list[tuple[str, Fact]] = []
    by_item: dict[str, list[tuple[str, Fact]]] = {}
    for item, name, fact in facts:
        everything.append((name, fact))
        by_item.setdefault(item, []).append((name, fact))
    names = [*items, *sorted(by_item.keys() - set(items))]
    known = sorted({*groups, *(name for name, _ in everything)}) if group else []
    rows: dict[Row, dict[str, Number]] = {}
    for item in names:
        found = everything if item == ALL else by_item.get(item, [])
        rows[item, None] = dict(measure([fact for _, fact in found]))
        parted: dict[str, list[Fact]] = {name: [] for name in known}
        for name, fact in found if group else ():
            parted[name].append(fact)
        rows |= {(item, name): dict(measure(part)) for name, part in parted.items()}
    return Table(frame.name, frame.title, frame.item, group, frame.figures, rows, frame.guarded)


def middle(days: Sequence[float]) -> Number:
    """Return the median, to a tenth."""
    return round(median(days), 1) if days else None


def ninetieth(days: Sequence[float]) -> Number:
    """Return the smallest value that at least nine of ten do not exceed, to a tenth."""
    return round(sorted(days)[-(-9 * len(days) // 10) - 1], 1) if days else None


def mean(values: Sequence[float]) -> Number:
    """Return the mean, to a hundredth."""
    return round(fmean(values), 2) if values else None


def share(part: int, whole: int) -> Number:
    """Return which part of a whole this is, to a thousandth."""
    return round(part / whole, 3) if whole else None
