"""Tables as text, and what spreadsheets do to their cells.

A table is written as programs read it (RFC 4180: commas, no mark of the encoding), or as a Dutch spreadsheet opens it
(semicolons, decimal commas, a byte order mark). In either no text becomes a formula. For a spreadsheet no text becomes
a number or a day either, such as 0012 or 1-12. What was guarded so is read as it was: a table that is opened, saved and
read again is unchanged.
"""

import csv
import io
import re
from collections.abc import Iterable, Sequence
from datetime import date

RISKY = ("=", "+", "-", "@", "\t", "\r", "\n")
"""With these a spreadsheet takes a cell for a formula, or the text runs on into another cell."""
ALTERED = re.compile(
    r"0\d+|\d{12,}|\d+[eE]\d+|\d{1,2}[-/]\d{1,2}([-/]\d{2,4})?|\d{4}[-/]\d{1,2}([-/]\d{1,2})?|\d{1,2}:\d{2}(:\d{2})?",
    re.ASCII,
)
"""Texts that a spreadsheet takes for a number, a day or a time, and saves in another form."""
SAVED_DAY = re.compile(r"(\d{1,2})-(\d{1,2})-(\d{4})", re.ASCII)
MARK = "\ufeff"
Cell = str | int | float | date | None


def written_table(header: Sequence[str], lines: Iterable[Sequence[Cell]], *, spreadsheet: bool = False) -> str:
    """Return a table as CSV; for `spreadsheet` as one of the Netherlands opens it."""
    out = io.StringIO(newline="")
    write = csv.writer(out, dialect="excel", delimiter=";" if spreadsheet else ",").writerow
    write(header)
    for line in lines:
        write([_written(cell, spreadsheet=spreadsheet) for cell in line])
    return f"{MARK if spreadsheet else ''}{out.getvalue()}"


def _written(cell: Cell, *, spreadsheet: bool) -> str | int | float | None:
    if isinstance(cell, str):
        return guarded(cell, spreadsheet=spreadsheet)
    if isinstance(cell, float) and spreadsheet:
        return str(cell).replace(".", ",")
    return cell.isoformat() if isinstance(cell, date) else cell


def guarded(text: str, *, spreadsheet: bool = False) -> str:
    """Return a text with an apostrophe before it where a spreadsheet would take it for something else."""
    altered = (spreadsheet or text.startswith("'")) and ALTERED.fullmatch(text.lstrip("'"))
    return f"'{text}" if altered or _is_formula(text) else text


def unguarded(cell: str) -> str:
    """Return a cell as it was before it was guarded."""
    if cell.startswith("'") and (_is_formula(cell) or ALTERED.fullmatch(cell.lstrip("'"))):
        return cell[1:]
    return cell


def day_of_a_sheet(cell: str) -> str:
    """Return a day as a Dutch spreadsheet saves it (31-12-2026) in the form of 2026-12-31; another cell as it is."""
    day = SAVED_DAY.fullmatch(cell)
    return f"{day[3]}-{int(day[2]):02}-{int(day[1]):02}" if day else cell


def _is_formula(text: str) -> bool:
    """Tell whether a text, after the apostrophes that guard it, begins as a formula does."""
    return text.lstrip("'").lstrip(" ").startswith(RISKY)
