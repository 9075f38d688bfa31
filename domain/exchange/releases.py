"""Dwellings that a corporation without a system releases here, one by one or as a table.

They have the same facts that a corporation's own system would give: a district and a complex, never an address.
"""

import re
from collections.abc import Callable, Mapping
from datetime import date
from enum import StrEnum
from typing import Annotated, ClassVar

from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints

from domain.exchange.feed import Count, FedRow, digits, yes_or_no
from domain.exchange.headings import HOMES, LIVING_FORMS
from domain.facts.days import written_day
from domain.facts.dwelling import HIGHEST_RENT, LOWEST_RENT, Dwelling, LivingForm
from domain.facts.referral import District
from domain.messages.answers import Day
from domain.policy.spread import ComplexName

DwellingId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,39}$")]
"""A `DwellingNumber` that a corporation gives here: it begins with a letter or a digit."""


class ReleaseState(StrEnum):
    """How a dwelling stands that its corporation released here."""

    PLANNED = "planned"
    """It is released on a later day."""
    RELEASED = "released"
    """It may be offered."""
    KEPT = "kept"
    """It is offered to somebody, or somebody lives there by direct mediation: nobody else gets it."""
    TAKEN_BACK = "taken_back"
    """The corporation took it back."""


YesOrNo = Annotated[bool, BeforeValidator(yes_or_no)]
EUROS = re.compile(r"(?:€|EUR)?\s*(\d{1,4}|\d\.\d{3})(?:[.,](\d\d?|-))?", re.ASCII | re.IGNORECASE)
"""`612,45`, and with what a spreadsheet adds: `€ 1.112,5` or `612,-`. Three digits after a point are a thousand's."""
DAY_OF_A_SHEET = r"^\d{1,2}-(jan|feb|mrt|mar|apr|mei|may|jun|jul|aug|sep|okt|oct|nov|dec)$"
"""What a spreadsheet makes of a number such as 1-12."""


def in_cents(cell: str) -> str:
    """Return euros, such as 612,45, in cents; a cell that is none as it is."""
    euros = EUROS.fullmatch(cell)
    return f"{euros[1].replace('.', '')}{(euros[2] or '').strip('-').ljust(2, '0')}" if euros else cell


def no_day(value: str) -> str:
    """Refuse a number that a spreadsheet took for a day."""
    if re.match(DAY_OF_A_SHEET, value, re.IGNORECASE):
        raise ValueError("a day")
    return value


class DwellingFacts(FedRow):
    """What a corporation tells of a dwelling. The rent is in cents a month."""

    complex: ComplexName
    district: District
    rooms: Annotated[int, BeforeValidator(digits), Field(ge=1, le=20)]
    rent_cents: Annotated[Count, Field(ge=LOWEST_RENT, le=HIGHEST_RENT)]
    accessible: YesOrNo = False
    low_stimulus: YesOrNo = False
    living_form: LivingForm = LivingForm.INDEPENDENT
    released_on: Annotated[Day, BeforeValidator(written_day)]
    closed_for_placement: YesOrNo = False
    """Direct mediation places nobody here now, because the complex can take no more."""


def home_number(name: str) -> str:
    """Return the number of a dwelling as it is compared: a spreadsheet makes 12 of 0012."""
    return name.lstrip("0")


class ReleasedRow(DwellingFacts):
    """A dwelling in a table."""

    id: Annotated[DwellingId, AfterValidator(no_day)]

    right: ClassVar[Mapping[str, str]] = {
        "id": "your own number of the dwelling: letters, digits, dots and dashes, at most 40; no day such as 1-dec",
        "complex": "the name of the complex, at most 60 characters, and not beginning with = + - or @",
        "district": "a district's short name, such as stad-centrum",
        "rooms": "a whole number from 1 to 20",
        "rent_cents": f"the rent a month in whole cents, such as 61245, from {LOWEST_RENT} to {HIGHEST_RENT}; "
        "or in euros in a column `rent`, such as 612,45",
        "accessible": "yes or no",
        "low_stimulus": "yes or no",
        "living_form": f"one of {', '.join(LivingForm)}",
        "released_on": "a date such as 2026-12-31",
        "closed_for_placement": "yes or no",
    }

    also: ClassVar[Mapping[str, tuple[str, Callable[[str], str]]]] = {"rent": ("rent_cents", in_cents)}
    headings: ClassVar[Mapping[str, str]] = HOMES
    said: ClassVar[Mapping[str, Mapping[str, str]]] = {"living_form": LIVING_FORMS}

    def about(self) -> tuple[str, str]:
        """Return which dwelling it is. A spreadsheet drops the zeros that a number begins with."""
        return "id", home_number(self.id)


def state_of(dwelling: Dwelling, taken_back_on: date | None, kept: bool, today: date) -> ReleaseState:
    """Tell how a dwelling stands today."""
    if kept:
        return ReleaseState.KEPT
    if taken_back_on is not None and taken_back_on <= today:
        return ReleaseState.TAKEN_BACK
    return ReleaseState.PLANNED if dwelling.released_on > today else ReleaseState.RELEASED
