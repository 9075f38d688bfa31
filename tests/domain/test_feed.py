"""Figures that others deliver: all right, or every wrong line told with what would be right."""

from datetime import date

import pytest

from domain.exchange.feed import ComplexRow, LinesWrong, VacatedRow, read_csv, read_rows


def wrong(text: str, model: type[VacatedRow] | type[ComplexRow] = VacatedRow) -> list[tuple[int, str]]:
    with pytest.raises(LinesWrong) as found:
        read_csv(text, model)
    assert all(one.message for one in found.value.errors)
    return [(one.line, one.field) for one in found.value.errors]


def test_csv_with_commas_or_semicolons_with_a_byte_order_mark_and_empty_cells_is_read() -> None:
    commas = "period,vacated,expected,other_lettings\r\n2026-01,52,60,9\r\n\r\n2026-02, 48 ,,\r\n"
    rows = read_csv(commas, VacatedRow)
    assert [line for line, _ in rows] == [2, 4]
    assert rows[0][1] == VacatedRow(period="2026-01", vacated=52, expected=60, other_lettings=9)
    assert rows[1][1] == VacatedRow(period="2026-02", vacated=48)
    assert read_csv("\ufeff" + commas.replace(",", ";"), VacatedRow) == rows


def test_a_complex_is_read_with_its_dates_and_its_yes_or_no() -> None:
    text = 'corporation,complex,eligible,most,closed_until,reason\nymere,"De Oever, fase 2",No,4,2026-12-31,load\n'
    ((_, row),) = read_csv(text, ComplexRow)
    assert (row.complex, row.eligible, row.most, row.closed_until) == ("De Oever, fase 2", False, 4, date(2026, 12, 31))


def test_every_wrong_line_is_told_with_its_field() -> None:
    text = "period,vacated\n2026-13,1\n2026-01,many\n2026-02,-1\n2026-03,\n2026-04,1.000\n2026-05,7\n2026-06,1,2\n"
    assert wrong(text.replace("2026-06,1,2\n", "")) == [
        (2, "period"),
        (3, "vacated"),
        (4, "vacated"),
        (5, "vacated"),
        (6, "vacated"),
    ]
    assert wrong(text) == [(8, "file")]


@pytest.mark.parametrize("header", ["", "period", "period,vacated,colour", "period,vacated,vacated", "a;b"])
def test_a_header_that_is_not_understood_is_told_before_any_line(header: str) -> None:
    assert wrong(f"{header}\n2026,1,1\n") == [(1, "header")]


@pytest.mark.parametrize("name", ["=SUM(A1)", "+1", "-1", "@x", "a\tb", "x" * 61])
def test_a_name_that_a_spreadsheet_would_run_or_nobody_can_read_is_no_name(name: str) -> None:
    assert wrong(f'corporation,complex\nymere,"{name}"\n', ComplexRow) == [(2, "complex")]


def test_no_message_repeats_what_was_sent() -> None:
    with pytest.raises(LinesWrong) as found:
        read_csv("period,vacated\nJan Jansen,999990019\n", VacatedRow)
    assert "Jansen" not in str(found.value)
    assert "2026-03" in str(found.value)


def test_a_file_that_breaks_off_in_a_quote_is_told() -> None:
    assert wrong('period,vacated\n"2026,1\n') == [(2, "file")]


@pytest.mark.parametrize(("first", "second"), [("2026-03", "2026-03"), ("2026-H1", "2026-06"), ("2026-07", "2026")])
def test_periods_of_one_delivery_do_not_overlap(first: str, second: str) -> None:
    assert wrong(f"period,vacated\n{first},1\n{second},1\n") == [(3, "period")]


def test_halves_and_months_beside_each_other_do_not_overlap() -> None:
    assert len(read_csv("period,vacated\n2026-H1,1\n2026-07,1\n2025,3\n", VacatedRow)) == 3


def test_a_complex_is_told_once_in_a_delivery() -> None:
    text = "corporation,complex\nymere,A\nde-alliantie,A\nymere,A\n"
    assert wrong(text, ComplexRow) == [(4, "complex")]


@pytest.mark.parametrize("row", [None, 3, [], {"period": "2026", "vacated": 1.0}, {"period": "2026", "vacated": True}])
def test_json_rows_are_held_to_the_same(row: object) -> None:
    with pytest.raises(LinesWrong):
        read_rows([(1, row)], VacatedRow)


def test_json_rows_may_be_in_camel_case_and_have_nothing_unknown() -> None:
    row = {"period": "2026", "vacated": 1, "otherLettings": 2}
    assert read_rows([(1, row)], VacatedRow)[0][1].other_lettings == 2
    with pytest.raises(LinesWrong):
        read_rows([(1, {**row, "name": "x"})], VacatedRow)


def test_a_delivery_has_an_end() -> None:
    rows = [(n, {"corporation": "ymere", "complex": f"C-{n}"}) for n in range(1, 5002)]
    with pytest.raises(LinesWrong) as found:
        read_rows(rows, ComplexRow)
    assert [(one.line, one.field) for one in found.value.errors] == [(5001, "file")]
