"""Tables for a Dutch spreadsheet: exported, opened, saved and read again they are unchanged."""

import csv
import io
import re
from datetime import date
from enum import StrEnum
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.exchange.feed import ComplexRow, LinesWrong, VacatedRow, decoded, read_csv, read_table
from domain.exchange.releases import ReleasedRow
from domain.exchange.sheet import MARK, Cell, day_of_a_sheet, guarded, unguarded, written_table

HEADER = ("id", "name", "count", "share", "on")
MONTHS = ("jan", "feb", "mrt", "apr", "mei", "jun", "jul", "aug", "sep", "okt", "nov", "dec")


def saved_by_a_spreadsheet(text: str) -> str:
    """What a Dutch spreadsheet saves of a table that it opened: it takes for numbers and days what looks like them."""
    assert text.startswith(MARK), "without the mark letters with accents are misread"
    out = io.StringIO(newline="")
    write = csv.writer(out, dialect="excel", delimiter=";").writerow
    for cells in csv.reader(io.StringIO(text.removeprefix(MARK), newline=""), delimiter=";", strict=True):
        write([_saved(cell) for cell in cells])
    return out.getvalue()


def _saved(cell: str) -> str:
    assert not cell.startswith(("=", "+", "-", "@")) or re.fullmatch(r"-\d+(,\d+)?", cell), "a formula would be run"
    if re.fullmatch(r"\d+", cell, re.ASCII):
        return str(int(cell)) if len(cell) < 12 else f"{int(cell):.5E}".replace(".", ",")
    if re.fullmatch(r"\d+[eE]\d+", cell, re.ASCII):
        return f"{float(cell):.2E}".replace(".", ",") if len(cell) < 8 else "0,00E+00"
    if short := re.fullmatch(r"(\d{1,2})[-/](\d{1,2})", cell, re.ASCII):
        return f"{int(short[1])}-{MONTHS[int(short[2]) % 12 - 1]}"
    if whole := re.fullmatch(r"(\d{4})-(\d\d)-(\d\d)", cell, re.ASCII):
        return f"{int(whole[3])}-{int(whole[2])}-{whole[1]}"
    return cell


LIKE_NUMBERS = ("0012", "12", "1-12", "1/2", "3e5", "00000001803240912000", "2026-12-31", "'0012", "'=x", "12:30")
TEXTS = (
    st.one_of(
        st.from_regex(r"[ '=+@-]{0,3}[A-Za-z0-9éëŞ;,\" ]{1,12}", fullmatch=True),
        st.sampled_from(LIKE_NUMBERS),
    )
    .map(str.strip)
    .filter(bool)
)


@given(st.lists(st.tuples(TEXTS, TEXTS, st.integers(-999_999, 999_999), st.dates(date(1901, 1, 1))), max_size=5))
def test_a_table_that_is_opened_and_saved_is_unchanged(rows: list[tuple[str, str, int, date]]) -> None:
    lines: list[tuple[Cell, ...]] = [(one, two, count, count / 4, on) for one, two, count, on in rows]
    saved = saved_by_a_spreadsheet(written_table(HEADER, lines, spreadsheet=True))
    _, read = read_table(saved, HEADER, HEADER)
    told = [(one, two, int(count), day_of_a_sheet(on)) for _, (one, two, count, _, on) in read]
    assert told == [(one, two, count, on.isoformat()) for one, two, count, on in rows]


@given(st.one_of(st.text(max_size=30), st.from_regex(r"'{0,3}[0-9=-]{1,6}", fullmatch=True)), st.booleans())
def test_what_is_guarded_is_read_as_it_was(text: str, spreadsheet: bool) -> None:
    kept = guarded(text, spreadsheet=spreadsheet)
    assert unguarded(kept) == text
    assert not kept.lstrip(" ").startswith(("=", "+", "-", "@"))


def test_a_day_that_a_spreadsheet_saved_is_read_where_a_day_belongs() -> None:
    text = "corporation;complex;closed_until;reason;review_on\r\nymere;1-12-2026;31-12-2026;;1-2-2027\r\n"
    [(_, row)] = read_csv(text, ComplexRow)
    assert (row.complex, row.closed_until, row.review_on) == ("1-12-2026", date(2026, 12, 31), date(2027, 2, 1))


def test_a_dutch_spreadsheet_gets_a_mark_semicolons_and_decimal_commas() -> None:
    lines: list[tuple[Cell, ...]] = [
        ("Café; het", 2.5, 61245, date(2026, 12, 31), None),
        ("=1+1", -2.5, 0, None, "0012"),
    ]
    assert written_table(HEADER, lines, spreadsheet=True) == (
        "\ufeffid;name;count;share;on\r\n\"Café; het\";2,5;61245;2026-12-31;\r\n'=1+1;-2,5;0;;'0012\r\n"
    )
    assert written_table(HEADER, lines) == (
        "id,name,count,share,on\r\nCafé; het,2.5,61245,2026-12-31,\r\n'=1+1,-2.5,0,,0012\r\n"
    )


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
def test_dwellings_go_round_by_a_spreadsheet(encoding: str) -> None:
    columns = ("id", "complex", "district", "rooms", "rent_cents", "released_on")
    rows: list[tuple[Cell, ...]] = [
        ("0012", "Café Zuid", "haven", 2, 61245, date(2026, 12, 1)),
        ("1-12", "De Oever", "haven", 3, 70000, date(2026, 1, 31)),
    ]
    saved = saved_by_a_spreadsheet(written_table(columns, rows, spreadsheet=True))
    read = [row for _, row in read_csv(decoded(saved.encode(encoding)), ReleasedRow)]
    assert [tuple(getattr(row, column) for column in columns) for row in read] == rows


DUTCH = "Nummer;Complex;Wijk;Aantal kamers;Huur;Toegankelijk;Prikkelarm;Woonvorm;Vrijgegeven op;Plaatsingsstop\r\n"


@pytest.mark.parametrize(
    ("rent", "cents"),
    [("612,45", 61245), ("€ 612,45", 61245), ("612,5", 61250), ("612,-", 61200), ("1.112,45", 111245), ("612", 61200)],
)
def test_a_table_with_dutch_headings_and_cells_is_read(rent: str, cents: int) -> None:
    line = f"E-1;De Oever;haven;3;{rent};ja;ONWAAR;Zelfstandig;1-12-2026;nee\r\n"
    [(_, row)] = read_csv(decoded(("\ufeff" + DUTCH + line).encode()), ReleasedRow)
    assert row.model_dump() == {
        "id": "E-1",
        "complex": "De Oever",
        "district": "haven",
        "rooms": 3,
        "rent_cents": cents,
        "accessible": True,
        "low_stimulus": False,
        "living_form": "independent",
        "released_on": date(2026, 12, 1),
        "closed_for_placement": False,
    }


def test_every_column_has_a_dutch_heading_and_every_choice_a_dutch_word() -> None:
    for model in (ReleasedRow, ComplexRow, VacatedRow):
        english = {model.also.get(name, (name, None))[0] for name in model.headings.values()}
        assert english == set(model.model_fields), model
        for field, annotation in ((name, one.annotation) for name, one in model.model_fields.items()):
            kinds = [one for one in (annotation, *get_args(annotation)) if isinstance(one, type)]
            choices = {str(one) for kind in kinds if issubclass(kind, StrEnum) for one in kind}
            assert set(model.said.get(field, {}).values()) == choices, field


def test_a_column_that_lacks_or_is_not_known_is_named() -> None:
    with pytest.raises(LinesWrong) as found:
        read_csv("nummer;complex;straat;kamers;huur;vrijgegeven op\r\n", ReleasedRow)
    assert str(found.value).startswith("line 1, header: there is no column district; column 3 is not known; the first")
