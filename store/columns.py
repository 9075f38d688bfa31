"""Rows as the columns in which statements take them: `unnest` of one array for each column makes them rows again."""

from collections.abc import Sequence


def columns(rows: Sequence[Sequence[object]], width: int) -> list[list[object]]:
    """Return rows of this many values as columns; empty columns when there are no rows."""
    return [[row[n] for row in rows] for n in range(width)]
