"""The directory as a table that people edit, CSV or JSON: all of it is taken in, or each wrong line is named.

Every organisation stays in the table: one whose work has ended gets a `valid_to`. Folders and secrets stand in the
operator's file only; in the table stars stand for secrets.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple, get_origin

from pydantic import BaseModel, SecretStr, ValidationError
from pydantic.alias_generators import to_camel
from pydantic_core import ErrorDetails

from domain.exchange.feed import MOST_ROWS, LineError, LinesWrong, decoded, read_table
from domain.exchange.sheet import Cell, day_of_a_sheet, written_table
from domain.facts.parties import Role
from domain.facts.value import replace
from runtime import strict_json
from runtime.addresses import AddressRefused, AllowList
from runtime.addresses import judged as judged_address
from runtime.directory import Directory, Organisation
from runtime.systems import ByHand
from store.organisations import without_secrets
from texts.misread import to_callers

COLUMNS = tuple(Organisation.model_fields)
NEEDED = tuple(name for name, field in Organisation.model_fields.items() if field.is_required())
SEVERAL = frozenset(name for name, field in Organisation.model_fields.items() if get_origin(field.annotation) is tuple)
"""Columns whose cells hold several values, with a bar between them."""
DAYS = frozenset({"valid_from", "valid_to"})
BETWEEN = " | "
COORDINATED = frozenset(
    {"name", "municipalities", "districts", "mail", "substitute", "absences", "contacts", "valid_from", "valid_to"}
    | {"places", "channel", "desk"},
)
"""What a coordinator may change. How a system is connected is for an administrator."""
STARS = "**********"


class Row(NamedTuple):
    """One organisation as somebody gave it."""

    line: int
    """From 1: in CSV the line of the file, in JSON the number of the row."""
    given: Mapping[str, Any]


class DirectoryWriter(NamedTuple):
    """Who changes the directory, and what that person may change."""

    municipality: str | None
    """The municipality whose coordinator it is; None for somebody who may change all of it."""
    camel: bool = False
    """Whether errors name fields as in JSON (`validTo`) or as in CSV (`valid_to`)."""
    partner_hosts: AllowList = AllowList()
    """Hosts of the site's own network that partners' systems may be at."""
    webhook_hosts: AllowList = AllowList()
    """Hosts of it that letters may be sent to."""


def as_csv(organisations: Iterable[Organisation], *, spreadsheet: bool = False) -> str:
    """Write organisations as CSV that no spreadsheet takes for formulas, without secrets."""
    lines = ([_cell(getattr(one, column)) for column in COLUMNS] for one in organisations)
    return written_table(COLUMNS, lines, spreadsheet=spreadsheet)


def as_json(one: Organisation) -> dict[str, Any]:
    """Write an organisation as JSON, without secrets."""
    document: dict[str, Any] = one.model_dump(mode="json", by_alias=True, exclude_none=True)
    return document


def read_csv(content: bytes) -> list[Row]:
    """Read CSV with a header, separated by commas or semicolons. Raises LinesWrong.

    A column that is missing keeps what the directory has; an empty cell is no value.
    """
    text = decoded(content)
    if strict_json.holds_control(text):
        raise _wrong(1, "file", strict_json.CONTROL)
    header, lines = read_table(text, COLUMNS, NEEDED)
    return [Row(n, _values(header, cells, n)) for n, cells in lines]


def read_json(document: Any) -> list[Row]:
    """Read `{"organisations": [...]}`. Raises LinesWrong."""
    rows = document.get("organisations") if isinstance(document, dict) and len(document) == 1 else None
    if not isinstance(rows, list):
        raise _wrong(1, "organisations", 'send {"organisations": [...]} and nothing else')
    names = {to_camel(name): name for name in COLUMNS}
    read = []
    for line, row in enumerate(rows, 1):
        if not isinstance(row, dict) or (unknown := sorted(row.keys() - names.keys())):
            what = f"no field {unknown[0][:40]}" if isinstance(row, dict) else "an object"
            raise _wrong(line, "row", f"give {what}: the fields are {', '.join(names)}")
        read.append(Row(line, dict.fromkeys(COLUMNS) | {names[name]: value for name, value in row.items()}))
    return read


def judged(rows: Sequence[Row], known: Directory, writer: DirectoryWriter) -> list[Organisation]:
    """Return the organisations that change. Raises LinesWrong with all that is wrong."""
    if len(rows) > MOST_ROWS:
        raise _wrong(rows[MOST_ROWS].line, "file", f"give at most {MOST_ROWS} rows at once")
    before = {one.id: one for one in known}
    after: dict[str, tuple[int, Organisation]] = {}
    errors: list[LineError] = []
    for row in rows:
        try:
            one = _organisation(row.given, before)
        except ValidationError as wrong:
            errors += [_error(row.line, str(f["loc"][0] if f["loc"] else "row"), _said(f)) for f in _faults(wrong)]
            continue
        if one.id in after:
            errors.append(_error(row.line, "id", f"line {after[one.id][0]} has this organisation already"))
        else:
            errors += [_error(row.line, *fault) for fault in _refused(one, before.get(one.id), writer)]
            after[one.id] = (row.line, one)
    errors += _left_out(before.values(), after, writer) if not errors else []
    if not errors:
        whole = before | {name: one for name, (_, one) in after.items()}
        errors += [
            _error(after.get(name, (1,))[0], fault.split()[0], fault)
            for name, fault in Directory.faults(whole.values())
        ]
    if errors:
        told = [replace(e, field=to_camel(e.field)) for e in errors] if writer.camel else errors
        raise LinesWrong(sorted(told, key=lambda error: error.line))
    return [one for name, (_, one) in after.items() if one != before.get(name)]


def in_view(directory: Iterable[Organisation], municipality: str | None) -> list[Organisation]:
    """Return the organisations of the table that this municipality's coordinators edit; of all for None."""
    return [one for one in directory if municipality is None or municipality in one.municipalities]


def _organisation(given: Mapping[str, Any], before: Mapping[str, Organisation]) -> Organisation:
    """Return a row as an organisation: missing columns and secrets behind stars keep what the directory has."""
    stands = before.get(str(given.get("id")))
    values = {name: value for name, value in given.items() if value is not None}
    if stands:
        values = {name: getattr(stands, name) for name in COLUMNS if name not in given} | values
        # Stars are no webhook secrets, and `without_secrets` leaves these out, so they are put back here.
        signs = values.get("webhook_secrets")
        if signs and isinstance(signs, list) and all(part == STARS for part in signs):
            values["webhook_secrets"] = stands.webhook_secrets
    one = Organisation.model_validate(values)
    if stands is None:
        return one
    kept, now = without_secrets(stands), without_secrets(one)
    hidden = {
        name: getattr(stands, name)
        for name in COLUMNS
        if kept.get(name) == now.get(name) and all(_is_stars(part) for part in _guarded(getattr(one, name)))
    }
    return replace(one, **hidden)


def _refused(one: Organisation, stands: Organisation | None, writer: DirectoryWriter) -> Iterator[tuple[str, str]]:
    """Yield each field that this writer may not change in this way, and why."""
    changed = [n for n in COLUMNS if getattr(one, n) != (getattr(stands, n) if stands else _default(n))]
    if stands and "role" in changed:
        yield "role", "an organisation keeps its role: give another one a name of its own"
    if "places" in changed and one.places is not None and one.role not in {Role.CARE_PROVIDER, Role.CORPORATION}:
        yield "places", "places are agreed with a care provider or a corporation"
    for name, hosts in (("system", writer.partner_hosts), ("webhook", writer.webhook_hosts)):
        if name in changed and any(not _callable(url, hosts) for url in _addresses(getattr(one, name))):
            yield name, "an address is called by https at a public host, unless the installation names it as its own"
    for name in changed:
        if any(True for _ in _guarded(getattr(one, name))):
            yield name, "secrets and folders are told in the operator's file, with the settings they belong to"
        elif writer.municipality and stands and name not in COORDINATED:
            yield name, "this is for an administrator to change"
        elif writer.municipality and name not in {*COORDINATED, "id", "role"}:
            yield name, "this is for an administrator to tell"
    shared = {*one.municipalities, *(stands.municipalities if stands else ())} - {writer.municipality}
    if writer.municipality and changed and (shared or writer.municipality not in one.municipalities):
        yield (
            "municipalities",
            f"an organisation that works for others than {writer.municipality} is for an administrator",
        )


def _left_out(
    before: Iterable[Organisation], after: Mapping[str, object], writer: DirectoryWriter
) -> Iterator[LineError]:
    for one in in_view(before, writer.municipality):
        if one.id not in after:
            yield _error(1, "file", f"{one.id} is left out: keep it, with a valid_to if its work ends")


def _default(name: str) -> Any:
    field = Organisation.model_fields[name]
    return None if field.is_required() else field.get_default()


def _guarded(value: Any) -> Iterator[SecretStr | Path]:
    """Find the secrets and folders in a value."""
    if isinstance(value, SecretStr | Path):
        yield value
    elif isinstance(value, BaseModel):
        for name in type(value).model_fields:
            yield from _guarded(getattr(value, name))
    elif isinstance(value, tuple):
        for part in value:
            yield from _guarded(part)


def _addresses(value: Any) -> Iterator[str]:
    """Find the addresses in a value: whatever is called there."""
    if isinstance(value, BaseModel):
        for name in type(value).model_fields:
            part = getattr(value, name)
            if isinstance(part, str) and name.endswith("url"):
                yield part
            else:
                yield from _addresses(part)


def _callable(url: str, hosts: AllowList) -> bool:
    try:
        judged_address(url, hosts)
    except AddressRefused:
        return False
    return True


def _is_stars(part: SecretStr | Path) -> bool:
    return isinstance(part, Path) or part.get_secret_value() == STARS


def _cell(value: Any) -> Cell:
    match value:
        case None | ByHand():
            return ""
        case date():
            return value
        case tuple():
            return BETWEEN.join(map(str, value))
        case BaseModel():
            return json.dumps(value.model_dump(mode="json", by_alias=True, exclude_none=True), ensure_ascii=False)
        case _:
            return str(value)


def _values(header: Sequence[str], cells: Sequence[str], line: int) -> dict[str, Any]:
    values: dict[str, Any] = dict.fromkeys(header)
    for name, cell in zip(header, cells, strict=False):
        plain = day_of_a_sheet(cell) if name in DAYS else cell
        if name in SEVERAL:
            values[name] = [part.strip() for part in plain.split("|") if part.strip()]
        elif plain.startswith("{"):
            try:
                values[name] = strict_json.read_json(plain)
            except strict_json.JsonWrong as wrong:
                raise _wrong(line, name, f"no JSON that can be read: {wrong.message}") from None
        else:
            values[name] = plain or None
    return values


def _faults(wrong: ValidationError) -> list[Any]:
    return wrong.errors(include_url=False, include_input=False)


def _said(fault: ErrorDetails) -> str:
    return to_callers(fault["type"], fault.get("ctx", {}))


def _error(line: int, field: str, message: str) -> LineError:
    return LineError(line=line, field=field, message=message)


def _wrong(line: int, field: str, message: str) -> LinesWrong:
    return LinesWrong([_error(line, field, message)])
