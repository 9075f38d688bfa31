"""Reports as CSV and as columns: one line per figure, and nothing that a spreadsheet takes for a formula."""

import csv
import io
from datetime import UTC, date, datetime

import pytest

from domain.exchange.sheet import guarded, written_table
from store.reports.asked import Dimension, asked
from store.reports.figures import Figure, Number, Row, Table, Unit
from store.reports.report import Report, shown
from store.reports.written import HEADER, as_columns, as_csv

FIGURES = (
    Figure("mediations", Unit.MEDIATIONS, 'How many, "all" of them.'),
    Figure("median_days", Unit.DAYS, "The median, in days.", of=("mediations",)),
)


def report(item: str = "Zoë, één", group: str = "=cmd|' /C calc'!A0") -> Report:
    """A report with text that does not belong in a spreadsheet."""
    rows: dict[Row, dict[str, Number]] = {
        (item, None): {"mediations": 17, "median_days": -2.5},
        (item, group): {"mediations": 3, "median_days": 1.0},
        (item, "almere-haven"): {"mediations": 14, "median_days": None},
    }
    wanted = asked(date(2026, 1, 1), date(2026, 6, 30), datetime(2026, 7, 1, tzinfo=UTC), "almere", Dimension.DISTRICT)
    return shown("leadtime", "Lead times", wanted, (Table("spans", "Spans", "span", "district", FIGURES, rows),))


def test_csv_has_a_header_one_line_per_figure_and_reads_back() -> None:
    text = as_csv(report())
    assert text.count("\r\n") == 7
    assert text.replace("\r\n", "").isprintable()
    lines = list(csv.reader(io.StringIO(text.encode().decode("utf-8"), newline=""), strict=True))
    assert lines[0] == list(HEADER)
    about = ["leadtime", "2026-01-01", "2026-06-30", "almere", "spans", "district", "Zoë, één"]
    assert lines[1] == [*about, "", "mediations", "mediations", "17"]
    assert lines[2] == [*about, "", "median_days", "days", "-2.5"]
    assert lines[3] == [*about, "'=cmd|' /C calc'!A0", "mediations", "mediations", "<5"]
    assert lines[4][-1] == "hidden"
    assert lines[5] == [*about, "almere-haven", "mediations", "mediations", "hidden"]
    assert lines[6][-1] == ""


def test_definitions_are_a_last_column_when_asked_for() -> None:
    lines = list(csv.reader(io.StringIO(as_csv(report(), definitions=True), newline=""), strict=True))
    assert lines[0] == [*HEADER, "definition"]
    assert [line[-1] for line in lines[1:3]] == ['How many, "all" of them.', "The median, in days."]


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "  =1"])
def test_text_that_looks_like_a_formula_gets_an_apostrophe(text: str) -> None:
    assert guarded(text) == f"'{text}"
    cells = list(csv.reader(io.StringIO(as_csv(report(item=text)), newline="")))[1]
    assert cells[6] == f"'{text}"


@pytest.mark.parametrize("value", [-3, -2.5, 0, None, "a=b", "almere-haven", "", "2026-01-01", "<5"])
def test_numbers_and_plain_text_stay_as_they_are(value: float | str | None) -> None:
    (line,) = written_table(("a",), [("x", value)]).splitlines()[1:]
    assert line == f"x,{'' if value is None else value}"


def test_columns_tell_the_tables_and_the_definitions_when_asked_for() -> None:
    text = as_columns(report(group="buiten"))
    assert "Lead times: almere, 2026-01-01 to 2026-06-30" in text
    assert [line.split() for line in text.splitlines() if "buiten" in line] == [
        ["Zoë,", "één", "buiten", "<5", "hidden"]
    ]
    assert "in days" not in text
    assert "  median_days: The median, in days." in as_columns(report(), definitions=True)
