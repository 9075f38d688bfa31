"""Small counts are held back where somebody could be recognised by them.

In the rows of a group (a target group, a district, a partner) a count under five is shown as `<5`, a zero too unless
the others tell it anyway: it would narrow them down. The rows over all groups are shown as they are: whoever may read a
report may also read the mediations that it counts. So a count could be found by taking the other groups, or the other
parts of the same figure, from what they sum to; then the next smallest is held back as well (`hidden`). What is derived
from a count that is held back, such as its median, is hidden with it.

Two tables over periods that overlap could be taken from each other, so that none is told: see `asked.requested`. It
does not guard against knowledge from elsewhere, nor against what is corrected between two times that a table is made.
"""

from collections.abc import Iterator, Mapping
from enum import StrEnum

from store.reports.figures import ALL, Figure, Number, Row, Table

LEAST = 5
"""The smallest count of a group that is shown."""


class Mark(StrEnum):
    """Shown in place of a figure that is held back."""

    SMALL = "<5"
    HIDDEN = "hidden"
    """Not small itself, but a small one could be found from it."""


Shown = Number | Mark
Cell = tuple[str, str | None, str]
"""Item, group and figure."""
Line = tuple[Cell, tuple[Cell, ...]]
"""A sum, and the parts it consists of."""


def suppressed(table: Table) -> dict[Row, dict[str, Shown]]:
    """Return a table's rows with small counts held back."""
    marks = _marks(table) if table.guarded and table.group else {}
    return {row: _shown(table, row, values, marks) for row, values in table.rows.items()}


def _shown(table: Table, row: Row, values: Mapping[str, Number], marks: Mapping[Cell, Mark]) -> dict[str, Shown]:
    shown: dict[str, Shown] = {}
    for figure in table.figures:
        mark = marks.get((*row, figure.name))
        if mark is None and any((*row, count) in marks for count in figure.of) and values[figure.name] is not None:
            mark = Mark.HIDDEN
        shown[figure.name] = mark or values[figure.name]
    return shown


def _marks(table: Table) -> dict[Cell, Mark]:
    """Mark small counts, then go on for as long as one of them could be found from a sum it stands in."""
    counts = {
        (*row, figure.name): int(values[figure.name] or 0)
        for row, values in table.rows.items()
        for figure in table.figures
        if figure.counts and values[figure.name] is not None
    }
    marks = {cell: Mark.SMALL for cell, count in counts.items() if cell[1] is not None and count < LEAST}
    told: set[Cell] = set()
    lines = list(_lines(table, counts))
    while any(_settle(line, counts, marks, told) for line in lines):
        pass
    return marks


def _settle(line: Line, counts: Mapping[Cell, int], marks: dict[Cell, Mark], told: set[Cell]) -> bool:
    """Hold one more cell of a line back, or tell its zeros when they can be found anyway; tell whether it did."""
    whole, parts = line
    held = [cell for cell in (*parts, whole) if cell in marks]
    if not held or not _found(held, counts, marks):
        return False
    if not any(counts[cell] for cell in held):
        told.update(held)
        for cell in held:
            del marks[cell]
        return True
    covers = [cell for cell in parts if cell not in marks and cell not in told] or [whole]
    cover = min(covers, key=lambda cell: (counts[cell], cell[0], cell[1] or "", cell[2]))
    if cover in marks:
        return False
    marks[cover] = Mark.SMALL if counts[cover] < LEAST else Mark.HIDDEN
    return True


def _found(held: list[Cell], counts: Mapping[Cell, int], marks: Mapping[Cell, Mark]) -> bool:
    """Tell whether the cells held back in one line leave no doubt: one alone, or all at an end of what they can be."""
    if len(held) == 1:
        return True
    together = sum(counts[cell] for cell in held)
    all_small = all(marks[cell] is Mark.SMALL for cell in held)
    return all_small and together in {0, (LEAST - 1) * len(held)}


def _lines(table: Table, counts: Mapping[Cell, int]) -> Iterator[Line]:
    """Yield every sum in the table: over the groups, over the items, and over the parts of a figure."""
    items = list(dict.fromkeys(item for item, _ in table.rows))
    groups = list(dict.fromkeys(group for _, group in table.rows))
    figures = [figure for figure in table.figures if figure.counts]
    wholes = {figure.part_of for figure in figures if figure.part_of}
    sums: list[tuple[Cell, list[Cell]]] = []
    for figure in figures:
        named = [group for group in groups if group is not None]
        for item in items:
            there = [group for group in named if (item, group) in table.rows]
            sums.append(((item, None, figure.name), [(item, group, figure.name) for group in there]))
        if ALL in items:
            parts = [item for item in items if item != ALL]
            sums += [((ALL, group, figure.name), [(item, group, figure.name) for item in parts]) for group in groups]
    for whole in sorted(wholes):
        sums += [((*row, whole), [(*row, part) for part in _parts(figures, whole)]) for row in table.rows]
    for cell, cells in sums:
        if cell in counts and all(part in counts for part in cells):
            yield cell, tuple(cells)


def _parts(figures: list[Figure], whole: str) -> list[str]:
    return [figure.name for figure in figures if figure.part_of == whole]
