"""Figures that others deliver, as JSON or CSV: used when all of it is right; else each wrong line is named.

A delivery is not trusted: counts are plain digits, names cannot be formulas, and no message repeats what a cell holds.
"""

import csv
import io
import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import date
from types import MappingProxyType
from typing import Annotated, Any, ClassVar, TypeVar, get_args

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError
from pydantic.alias_generators import to_camel

from domain.exchange.headings import CLOSED_REASONS, COMPLEXES, VACATED, plain
from domain.exchange.sheet import day_of_a_sheet, unguarded
from domain.facts.days import WrittenDay
from domain.facts.names import comparable
from domain.facts.parties import OrganisationId
from domain.facts.periods import Period, bounds
from domain.facts.value import Value, replace
from domain.policy.spread import ClosedReason, ComplexName

MOST_ROWS = 5_000
SEPARATOR = re.compile(r'"?sep=([;,])"?\s*', re.IGNORECASE)
"""The first line by which a spreadsheet says how the cells are separated."""
MISREAD = re.compile("[ÃÂ][\u0080-\u00bf\u2018-\u201e\u20ac\u2122]|â‚¬|\ufffd")
"""Letters with accents that were written as UTF-8 and read as something else: `CafÃ©`."""


YES_OR_NO: Mapping[str, bool] = MappingProxyType(
    dict.fromkeys(("yes", "ja", "j", "waar", "true"), True)
    | dict.fromkeys(("no", "nee", "n", "onwaar", "false"), False)
)


def digits(value: Any) -> Any:
    """Take a count in plain digits only: `1.000` is a thousand to one reader and one to another."""
    if isinstance(value, bool | float) or (isinstance(value, str) and not (value.isascii() and value.isdigit())):
        raise ValueError("no count")
    return value


def yes_or_no(value: Any) -> Any:
    """Take yes and no for what they say, in either language, and as a spreadsheet in either writes true and false."""
    return YES_OR_NO.get(value.lower(), value) if isinstance(value, str) else value


Count = Annotated[int, BeforeValidator(digits), Field(ge=0, le=1_000_000)]

RIGHT: Mapping[str, str] = {
    "period": "a year, half year or month, such as 2026, 2026-H1 or 2026-03",
    "vacated": "a whole number in digits, such as 120",
    "expected": "a whole number in digits, such as 120, or nothing",
    "other_lettings": "a whole number in digits, such as 12",
    "corporation": "an organisation's id, such as ymere",
    "complex": "the name of the complex, at most 60 characters, and not beginning with = + - or @",
    "eligible": "yes or no",
    "most": "a whole number in digits, such as 5, or nothing",
    "closed_until": "a date such as 2026-12-31, or nothing",
    "reason": f"one of {', '.join(ClosedReason)}, or nothing",
    "review_on": "a date such as 2026-12-31, or nothing",
}
"""What would be right, by field."""


class FedRow(BaseModel):
    """One row of a delivery: nothing unknown, its fields named as in CSV or in JSON."""

    model_config = ConfigDict(
        alias_generator=to_camel, populate_by_name=True, extra="forbid", frozen=True, hide_input_in_errors=True
    )
    right: ClassVar[Mapping[str, str]] = RIGHT
    """What would be right, by field."""
    also: ClassVar[Mapping[str, tuple[str, Callable[[str], str]]]] = {}
    """Columns of a table that stand for a field, and how a cell of one is written in that field."""
    headings: ClassVar[Mapping[str, str]] = {}
    """What columns are called in a Dutch table, as `headings.plain` returns it, and which column that is."""
    said: ClassVar[Mapping[str, Mapping[str, str]]] = {}
    """By field: Dutch words in a cell of a table, and what they stand for."""

    def about(self) -> tuple[str, str] | None:
        """Return the field that names the subject of the row, and the subject: a delivery has one row about each."""
        return None


class VacatedRow(FedRow):
    """How many dwellings were vacated in a municipality in a period, and let to other urgent people."""

    period: Period
    vacated: Count
    expected: Count | None = None
    """How many are expected in the whole of the period."""
    other_lettings: Count = 0

    headings: ClassVar[Mapping[str, str]] = VACATED


class ComplexRow(FedRow):
    """What was agreed on placements in one complex."""

    corporation: OrganisationId
    complex: ComplexName
    eligible: Annotated[bool, BeforeValidator(yes_or_no)] = True
    """Whether it takes placements at all."""
    most: Count | None = None
    closed_until: WrittenDay | None = None
    reason: ClosedReason | None = None
    review_on: WrittenDay | None = None

    headings: ClassVar[Mapping[str, str]] = COMPLEXES
    said: ClassVar[Mapping[str, Mapping[str, str]]] = {"reason": CLOSED_REASONS}

    def about(self) -> tuple[str, str]:
        """Return the complex, of this corporation."""
        return "complex", f"{self.corporation} {comparable(self.complex)}"


class LineError(Value):
    """What is wrong in one line."""

    line: int
    """From 1: in CSV the line of the file, in JSON the number of the row."""
    field: str
    message: str

    def __str__(self) -> str:
        return f"line {self.line}, {self.field}: {self.message}"


class LinesWrong(Exception):
    """Some lines cannot be used: nothing was."""

    def __init__(self, errors: Iterable[LineError]) -> None:
        self.errors = tuple(errors)
        super().__init__("; ".join(map(str, self.errors)))


RowT = TypeVar("RowT", bound=FedRow)
Numbered = list[tuple[int, RowT]]
"""Rows with the line each stood on."""


def read_rows(
    rows: Iterable[tuple[int, Any]], model: type[RowT], left_out: list[LineError] | None = None
) -> Numbered[RowT]:
    """Read rows that each have a line number. Raises LinesWrong, unless what is wrong is to be added to `left_out`.

    Then only the lines in which nothing is wrong are returned; of those about one subject none.
    """
    read: Numbered[RowT] = []
    errors: list[LineError] = []
    for line, row in rows:
        if len(read) + len(errors) >= MOST_ROWS:
            errors.append(LineError(line=line, field="file", message=f"deliver at most {MOST_ROWS} rows at once"))
            break
        try:
            read.append((line, model.model_validate(row)))
        except ValidationError as wrong:
            errors += [_error(line, p["loc"], p["type"], model) for p in wrong.errors(include_url=False)]
    errors += _repeated(read)
    if errors and left_out is None:
        raise LinesWrong(sorted(errors, key=lambda error: error.line))
    if left_out is not None:
        left_out += errors
        several = {about for about, times in Counter(row.about() for _, row in read).items() if about and times > 1}
        refused = {error.line for error in errors}
        read = [(n, row) for n, row in read if n not in refused and row.about() not in several]
    return read


def read_csv(text: str, model: type[RowT], left_out: list[LineError] | None = None) -> Numbered[RowT]:
    """Read CSV with a header, separated by commas or semicolons. An empty cell is nothing. As `read_rows`."""
    required = sorted(name for name, field in model.model_fields.items() if field.is_required())
    also = {column: field for column, (field, _) in model.also.items()}
    header, lines = read_table(text, tuple(model.model_fields), required, also, model.headings)
    return read_rows(((n, dict(_cells(header, cells, model))) for n, cells in lines), model, left_out)


def as_headed(errors: Iterable[LineError], text: str, headings: Mapping[str, str]) -> list[LineError]:
    """Return what is wrong in a table, by what its own first line calls the columns."""
    first = next((line for line in text.splitlines() if line.strip() and not SEPARATOR.fullmatch(line)), "")
    called = {headings.get(plain(cell), plain(cell)): plain(cell) for cell in re.split("[;,]", first.replace('"', ""))}
    return [replace(error, field=called.get(error.field, error.field)) for error in errors]


def _cells(header: list[str], cells: list[str], model: type[FedRow]) -> Iterable[tuple[str, str]]:
    days = {name for name, field in model.model_fields.items() if _is_day(field.annotation)}
    for column, cell in zip(header, cells, strict=False):
        field, written = model.also.get(column, (column, str))
        said = model.said.get(field, {}).get(plain(cell), cell)
        if cell:
            yield field, day_of_a_sheet(cell) if field in days else written(said)


def _is_day(hint: Any) -> bool:
    """Tell whether a field holds a day, or a day or nothing."""
    return any(date in (part, *get_args(part)) for part in (hint, *get_args(hint)))


def decoded(content: bytes) -> str:
    """Return what a file says: in UTF-8, or in windows-1252, as spreadsheets save it. Raises LinesWrong."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        try:
            text = content.decode("cp1252")
        except UnicodeDecodeError:
            raise LinesWrong([LineError(line=1, field="file", message="write it in UTF-8")]) from None
    message = "letters with accents were lost here: save the table again, in UTF-8"
    if lost := [n for n, line in enumerate(text.splitlines(), 1) if MISREAD.search(line)]:
        raise LinesWrong([LineError(line=n, field="file", message=message) for n in lost])
    return text


def read_table(
    text: str,
    known: Collection[str],
    required: Collection[str],
    also: Mapping[str, str] = MappingProxyType({}),
    headings: Mapping[str, str] = MappingProxyType({}),
) -> tuple[list[str], list[tuple[int, list[str]]]]:
    """Read CSV with these columns, separated by commas or semicolons: its header, and each line that is not empty.

    Lines come with their number in the file. `also` says which other column may stand for a column, `headings` what a
    column is called besides. The header that is returned has the columns' own names. Raises LinesWrong.
    """
    text = text.removeprefix("\ufeff")
    first, _, rest = text.partition("\n")
    said = SEPARATOR.fullmatch(first)
    text = f"\n{rest}" if said else text  # the empty line keeps the numbers of the lines
    separator = said[1] if said else ";" if ";" in first else ","
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    try:
        lines = [(reader.line_num, [unguarded(cell.strip()) for cell in cells]) for cells in reader]
    except csv.Error:
        message = "no CSV: a quote is not closed, or a line holds what no cell may"
        raise LinesWrong([LineError(line=reader.line_num, field="file", message=message)]) from None
    lines = lines[1:] if said else lines
    given = [plain(heading) for heading in lines[0][1]] if lines else []
    header = [headings.get(heading, heading) for heading in given]
    named = [also.get(column, column) for column in header]
    if set(named) - set(known) or set(required) - set(named) or len(set(named)) < len(named):
        columns = f"{', '.join(dict.fromkeys((*known, *also, *headings)))}; needed: {', '.join(required)}"
        lacking = ", ".join(name for name in required if name not in named)
        message = f"the first line names the columns, each once, out of: {columns}"
        strange = ", ".join(str(n) for n, name in enumerate(named, 1) if name not in known)
        message = f"column {strange} is not known; {message}" if strange else message
        message = f"there is no column {lacking}; {message}" if lacking else message
        raise LinesWrong([LineError(line=1, field="header", message=message)])
    message = f"give {len(header)} cells, as the header has"
    if errors := [LineError(line=n, field="file", message=message) for n, cells in lines if len(cells) > len(header)]:
        raise LinesWrong(errors)
    return header, [(n, cells) for n, cells in lines[1:] if any(cells)]


def _error(line: int, loc: tuple[int | str, ...], kind: str, model: type[FedRow]) -> LineError:
    names = {to_camel(name): name for name in model.model_fields}
    field = names.get(str(loc[0]), str(loc[0])) if loc else "row"
    if field not in model.model_fields:
        known = ", ".join(model.model_fields)
        return LineError(line=line, field="row", message=f"give an object with no other fields than: {known}")
    return LineError(
        line=line, field=field, message=("missing: " if kind == "missing" else "") + f"give {model.right[field]}"
    )


def _repeated(rows: Iterable[tuple[int, FedRow]]) -> list[LineError]:
    """Name the rows about a subject or a period that an earlier row is about."""
    errors: list[LineError] = []
    seen: list[tuple[int, str]] = []
    told: dict[tuple[str, str], int] = {}
    for line, row in rows:
        if isinstance(row, VacatedRow):
            errors += [overlap(line, f"line {other}") for other, period in seen if overlaps(row.period, period)][:1]
            seen.append((line, row.period))
        elif about := row.about():
            first = told.setdefault(about, line)
            if first != line:
                errors.append(LineError(line=line, field=about[0], message=f"line {first} has this {about[0]} already"))
    return errors


def overlaps(one: str, other: str) -> bool:
    """Tell whether two periods share a day."""
    (a, b), (c, d) = bounds(one), bounds(other)
    return a <= d and c <= b


def overlap(line: int, other: str) -> LineError:
    """Return the error for a period with days that another period has too."""
    return LineError(line=line, field="period", message=f"give a period that does not overlap with that of {other}")
