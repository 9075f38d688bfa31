"""A report as text: CSV for a spreadsheet (RFC 4180), or columns to read."""

from collections.abc import Iterator, Sequence

from domain.exchange.sheet import Cell, written_table
from store.reports.report import Report, ReportTable
from store.reports.suppression import Shown

HEADER = ("report", "from", "to", "municipality", "table", "by", "item", "group", "figure", "unit", "value")
DEFINITION = "definition"
EVERYTHING = "-"
"""In columns, the group of all groups together."""


def as_csv(report: Report, *, definitions: bool = False, spreadsheet: bool = False) -> str:
    """Return one line per figure, under a header; a last column tells the definitions when asked for.

    Text that a spreadsheet could take for a formula gets an apostrophe before it; numbers stay numbers, and what is
    held back stands as `<5` or `hidden`. Where there is nothing to measure the value is empty. `spreadsheet`: as a
    Dutch one opens it.
    """
    header = (*HEADER, DEFINITION) if definitions else HEADER
    return written_table(header, _told(report, definitions), spreadsheet=spreadsheet)


def _told(report: Report, definitions: bool) -> Iterator[list[Cell]]:
    about: list[Cell] = [report.name, report.first, report.last, report.municipality or ""]
    for table in report.tables:
        for line in _lines(table, definitions):
            yield [*about, *line]


def _lines(table: ReportTable, definitions: bool) -> Iterator[list[Shown | str]]:
    for row in table.rows:
        for figure in table.figures:
            line = [table.name, table.group or "", row.item, row.group or "", figure.name, figure.unit.value]
            yield [*line, row.values[figure.name], *([figure.definition] if definitions else [])]


def as_columns(report: Report, *, definitions: bool = False) -> str:
    """Return the tables in columns of equal width, for a terminal."""
    of = report.municipality or "all municipalities"
    parts = [f"{report.title}: {of}, {report.first} to {report.last}"]
    for table in report.tables:
        grouped = (table.group,) if table.group else ()
        lines = [("", *grouped, *(figure.name for figure in table.figures))]
        for row in table.rows:
            values = (_written(row.values[figure.name]) for figure in table.figures)
            lines.append((row.item, *((row.group or EVERYTHING,) if grouped else ()), *values))
        parts.append("\n".join((table.title, *_aligned(lines, 1 + len(grouped)))))
        if definitions:
            parts.append("\n".join(f"  {figure.name}: {figure.definition}" for figure in table.figures))
    return "\n\n".join(parts)


def _written(value: Shown) -> str:
    return "" if value is None else str(value)


def _aligned(lines: Sequence[tuple[str, ...]], names: int) -> Iterator[str]:
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    for line in lines:
        cells = (
            text.ljust(width) if place < names else text.rjust(width)
            for place, (text, width) in enumerate(zip(line, widths, strict=True))
        )
        yield "  " + "  ".join(cells).rstrip()
