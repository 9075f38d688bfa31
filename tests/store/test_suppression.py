"""Small counts of a group are held back, and cannot be found from what is shown."""

from itertools import product
from random import Random

import pytest

from store.reports.figures import ALL, Figure, Frame, Number, Row, Table, Unit, ninetieth, tabulate
from store.reports.suppression import LEAST, Mark, Shown, suppressed

COUNT = Figure("mediations", Unit.MEDIATIONS, "How many.")
MEDIAN = Figure("median_days", Unit.DAYS, "The median.", of=("mediations",))
HELD = Figure("held", Unit.MEDIATIONS, "Of those, held.", part_of="mediations")
NOT_HELD = Figure("not_held", Unit.MEDIATIONS, "Of those, not held.", part_of="mediations")


def table(counts: dict[str, int], *, guarded: bool = True, item: str = "a") -> Table:
    """A table of one item with these counts by group."""
    rows: dict[Row, dict[str, Number]] = {(item, None): {"mediations": sum(counts.values())}}
    rows |= {(item, group): {"mediations": count} for group, count in counts.items()}
    return Table("t", "T", "item", "district", (COUNT,), rows, guarded)


def shown(made: Table) -> list[Shown]:
    """The count of each group as it is shown."""
    return [values["mediations"] for (_, group), values in suppressed(made).items() if group]


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        ((9, 8, 7), [9, 8, 7]),
        ((5, 6), [5, 6]),
        ((9, 3, 7), [9, "<5", "hidden"]),
        ((9, 4), ["hidden", "<5"]),
        ((9, 3, 2, 7), [9, "<5", "<5", 7]),
        ((9, 4, 4, 7), [9, "<5", "<5", "hidden"]),
        ((9, 3, 0, 7), [9, "<5", "<5", 7]),
        ((9, 0, 0, 7), [9, 0, 0, 7]),
        ((0, 0), [0, 0]),
    ],
)
def test_a_small_count_is_held_back_and_the_next_smallest_when_it_could_be_found(
    counts: tuple[int, ...], expected: list[int | str]
) -> None:
    assert shown(table({f"district-{n}": count for n, count in enumerate(counts)})) == expected


def test_when_there_is_no_other_group_the_sum_itself_is_held_back() -> None:
    assert suppressed(table({"only": 3})) == {
        ("a", None): {"mediations": Mark.SMALL},
        ("a", "only"): {"mediations": Mark.SMALL},
    }


def test_the_sum_is_told_and_so_is_what_is_not_of_a_group() -> None:
    made = table({"one": 2, "two": 1, "three": 9})
    assert suppressed(made)["a", None] == {"mediations": 12}
    alone = Table("t", "T", "item", None, (COUNT,), {("a", None): {"mediations": 2}})
    assert suppressed(alone) == {("a", None): {"mediations": 2}}


def test_an_unguarded_table_is_shown_as_it_is() -> None:
    assert shown(table({"one": 2, "two": 9}, guarded=False)) == [2, 9]


def test_what_is_derived_from_a_small_count_is_hidden_with_it() -> None:
    facts = [("a", "one", 3.0), *(("a", "two", float(n)) for n in range(8)), *(("a", "three", 1.0) for _ in range(9))]
    made = tabulate(
        Frame("t", "T", "item", (COUNT, MEDIAN)),
        facts,
        lambda days: {"mediations": len(days), "median_days": ninetieth(days)},
        group="district",
        groups=("one", "two", "three"),
    )
    rows = suppressed(made)
    assert rows["a", "one"] == {"mediations": Mark.SMALL, "median_days": Mark.HIDDEN}
    assert rows["a", "two"] == {"mediations": Mark.HIDDEN, "median_days": Mark.HIDDEN}
    assert rows["a", "three"] == {"mediations": 9, "median_days": 1.0}


def test_a_part_of_a_figure_cannot_be_found_from_the_other_parts() -> None:
    rows: dict[Row, dict[str, Number]] = {
        ("a", None): {"mediations": 40, "held": 22, "not_held": 18},
        ("a", "one"): {"mediations": 20, "held": 17, "not_held": 3},
        ("a", "two"): {"mediations": 20, "held": 5, "not_held": 15},
    }
    told = suppressed(Table("t", "T", "item", "district", (COUNT, HELD, NOT_HELD), rows))
    assert told["a", "one"] == {"mediations": 20, "held": Mark.HIDDEN, "not_held": Mark.SMALL}
    assert told["a", "two"] == {"mediations": 20, "held": Mark.HIDDEN, "not_held": Mark.HIDDEN}


def test_an_item_cannot_be_found_from_the_sum_of_all_items() -> None:
    counts = {"x": (9, 8), "y": (3, 9), "z": (7, 7), ALL: (19, 24)}
    rows: dict[Row, dict[str, Number]] = {}
    for item, (one, two) in counts.items():
        rows |= {(item, group): {"mediations": n} for group, n in ((None, one + two), ("one", one), ("two", two))}
    told = suppressed(Table("t", "T", "item", "district", (COUNT,), rows))
    marked = {cell for cell, values in told.items() if isinstance(values["mediations"], Mark)}
    assert marked == {("y", "one"), ("y", "two"), ("z", "one"), ("z", "two")}


def test_of_any_table_no_small_count_can_be_found_by_whoever_tries_every_possibility() -> None:
    for seed in range(300):
        chance = Random(seed)
        counts = {f"g{n}": chance.choice((0, 1, 2, 3, 4, 5, 6, 7)) for n in range(chance.randrange(2, 5))}
        told = suppressed(table(counts))
        total = told["a", None]["mediations"]
        if isinstance(total, Mark):
            continue
        seen = {str(group): values["mediations"] for (_, group), values in told.items() if group}
        held = [group for group, value in seen.items() if isinstance(value, Mark)]
        left = int(total or 0) - sum(int(value or 0) for value in seen.values() if not isinstance(value, Mark))
        choices = [range(LEAST) if seen[group] is Mark.SMALL else range(LEAST, 29) for group in held]
        possible = [guess for guess in product(*choices) if sum(guess) == left]
        assert tuple(counts[group] for group in held) in possible or not held
        for place, group in enumerate(held):
            if 0 < counts[group] < LEAST:
                assert len({guess[place] for guess in possible}) > 1, f"seed {seed}: {counts} shown as {seen}"
