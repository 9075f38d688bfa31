"""Referrals in a table: its columns, in English and in Dutch, and how a line becomes the body of a referral.

What is wrong is told by the column, and never repeats what a cell holds: most of it is personal data.
"""

import json
import re
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from types import MappingProxyType
from typing import Any, NamedTuple

from pydantic import ValidationError
from pydantic.alias_generators import to_camel

from api.installation import Installation
from api.problems import Invalid, invalid_json
from api.referrals import REFERRAL, ReferralBody
from domain.exchange.feed import LineError, LinesWrong, read_table, yes_or_no
from domain.exchange.headings import REFERRALS, plain
from domain.exchange.releases import in_cents
from domain.exchange.sheet import day_of_a_sheet
from domain.facts.referral import ReadinessItem
from texts import Language, of

MOST_REFERRALS = 200
"""Each line is a mediation of its own: so many begin within the time that a caller waits for an answer."""
OWN_NUMBER = "own_number"
OWN_NUMBER_RULE = re.compile(r"[A-Za-z0-9._/-]{1,40}", re.ASCII)
DOCUMENTS = MappingProxyType(
    {
        "toestemming": "consent",
        "identiteitsbewijs": "identity",
        "woongeschiedenis": "address_history",
        "inkomensverklaring": "income_statement",
        "gereedheidsverklaring": "readiness_statement",
        "begeleidingsplan": "support_plan",
    }
)
WORDS = MappingProxyType({"ja": "yes", "nee": "no", "onbekend": "unknown", "nederlands": "nl", "engels": "en"})
TRACKS = MappingProxyType({"gewoon": "ordinary"})


class ReferralLine(NamedTuple):
    """A referral as it stands in a table."""

    line: int
    own_number: str
    """By which who refers knows it; empty where none is given."""
    body: ReferralBody


Cell = Callable[[str], Any]


def _count(cell: str) -> Any:
    return int(cell) if cell.isascii() and cell.isdigit() and len(cell) < 10 else cell


def _cents(cell: str) -> Any:
    return _count(in_cents(cell))


def _several(cell: str) -> list[str]:
    return [part.strip() for part in re.split(r"[|,\n]", cell) if part.strip()]


def _lines(cell: str) -> list[str]:
    return [part.strip() for part in re.split(r"[|\n]", cell) if part.strip()]


def _said(words: Mapping[str, str]) -> Cell:
    return lambda cell: words.get(plain(cell), cell.lower())


def _documents(cell: str) -> list[str]:
    return [DOCUMENTS.get(plain(one), one.lower()) for one in _several(cell)]


@cache
def _groups() -> Mapping[str, str]:
    """Return what target groups are called in either language, and their ids."""
    named = {plain(words): group for one in Language for group, words in of(one).value.target_group.items()}
    return MappingProxyType(named)


def _group(cell: str) -> str:
    return _groups().get(plain(cell), cell.lower())


def _other_groups(cell: str) -> list[str]:
    return [_group(one) for one in _lines(cell)]


PERSON = ("surname", "name", "first_names", "prefix", "bsn", "mail", "phone")
"""What is wrong with a name as a whole is told by the first."""
COLUMNS: Mapping[str, tuple[str, Cell]] = MappingProxyType(
    {
        **{name: (to_camel(name), str) for name in ("municipality", "institution", "care_provider", "district_team")},
        "district": ("district", str),
        **{name: (f"person.{to_camel(name)}", str) for name in PERSON},
        "born_on": ("person.bornOn", day_of_a_sheet),
        "language": ("person.language", _said(WORDS)),
        "consents_to_mail": ("person.consentsToMail", day_of_a_sheet),
        "postal_address": ("person.postalAddress", _lines),
        **{f"guide_{name}": (f"person.guide.{name}", str) for name in ("name", "mail", "phone")},
        "target_group": ("targetGroup", _group),
        "other_groups": ("otherGroups", _other_groups),
        "household_size": ("householdSize", _count),
        "rooms": ("needs.rooms", _count),
        "rent_limit": ("needs.rentLimitCents", _cents),
        "accessible": ("needs.accessible", yes_or_no),
        "low_stimulus": ("needs.lowStimulus", yes_or_no),
        **{f"{way}_districts": (f"needs.{way}Districts", _several) for way in ("wanted", "excluded", "unsafe")},
        "documents": ("documents", _documents),
        "track": ("track", _said(TRACKS)),
        **{item.value: (f"checklist.{to_camel(item.value)}", _said(WORDS)) for item in ReadinessItem},
        "support_districts": ("supportDistricts", _several),
        "received_on": ("receivedOn", day_of_a_sheet),
        "address_secret": ("addressSecret", yes_or_no),
        "transferred_municipality": ("transferredFrom.municipality", str),
        "transferred_reference": ("transferredFrom.reference", str),
        "test": ("test", yes_or_no),
        OWN_NUMBER: (to_camel(OWN_NUMBER), str),
    }
)
"""By column: the field of a referral, and how a cell is written in it."""
NEEDED = (
    "municipality",
    "care_provider",
    "district",
    "bsn",
    "born_on",
    "guide_name",
    "target_group",
    "household_size",
    "rent_limit",
)
FIELDS = {field: column for column, (field, _) in COLUMNS.items()}


def from_table(text: str) -> list[tuple[int, Any]]:
    """Read a table of referrals: each line as the object that JSON would have. Raises LinesWrong."""
    header, lines = read_table(text, tuple(COLUMNS), NEEDED, headings=REFERRALS)
    return [(n, _document(zip(header, cells, strict=False))) for n, cells in lines]


def _document(cells: Iterable[tuple[str, str]]) -> dict[str, Any]:
    document: dict[str, Any] = {}
    for column, cell in cells:
        if not cell:
            continue
        field, written = COLUMNS[column]
        *parts, name = field.split(".")
        part = document
        for one in parts:
            part = part.setdefault(one, {})
        part[name] = written(cell)
    return document


def read_lines(
    rows: Iterable[tuple[int, Any]], here: Installation, *, table: bool
) -> tuple[list[ReferralLine], list[LineError]]:
    """Read referrals; return those that can be read, and what is wrong with the others."""
    read, wrong = list[ReferralLine](), list[LineError]()
    for line, row in rows:
        given = dict(row) if isinstance(row, dict) else {}
        number = given.pop(to_camel(OWN_NUMBER), "")
        if not isinstance(number, str) or (number and not OWN_NUMBER_RULE.fullmatch(number)):
            wrong.append(LineError(line=line, field=OWN_NUMBER, message="give your own number of the referral"))
            continue
        try:
            body = REFERRAL.shape.validate_json(json.dumps(given), strict=True, context=here)
        except ValidationError as error:
            wrong += of_problem(line, invalid_json(error), table=table)
        else:
            read.append(ReferralLine(line, number, body))
    return read, wrong


def of_problem(line: int, invalid: Invalid, *, table: bool) -> list[LineError]:
    """Return what is wrong with a line, by its columns where it stands in a table."""
    told = []
    for error in invalid.members["errors"]:
        field = _column(error.field) if table else error.field
        told.append(LineError(line=line, field=field, message=error.message))
    return told


def _column(field: str) -> str:
    """Return the column of a field, of what it is a part of, or the first of its parts; `row` for the whole."""
    parts = field.split(".")
    while parts:
        path = ".".join(parts)
        within = (column for one, column in FIELDS.items() if one.startswith(f"{path}."))
        if column := FIELDS.get(path) or next(within, None):
            return column
        parts.pop()
    return "row"


def at_most(rows: list[Any]) -> None:
    """Raise LinesWrong for more than can be taken in at once."""
    if len(rows) > MOST_REFERRALS:
        message = f"send at most {MOST_REFERRALS} referrals at once"
        raise LinesWrong([LineError(line=MOST_REFERRALS + 1, field="file", message=message)])
