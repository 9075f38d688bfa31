"""Dwellings that a corporation without a system releases here, one by one or as a table.

They have the same facts that a corporation's own system would give: a district and a complex, never an address.
"""

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from typing import Annotated, ClassVar

from pydantic import BeforeValidator, Field, StringConstraints

from domain.exchange.feed import Count, FedRow, digits, yes_or_no
from domain.facts.days import written_day
from domain.facts.dwelling import Dwelling, LivingForm
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


class DwellingFacts(FedRow):
    """What a corporation tells of a dwelling. The rent is in cents a month."""

    complex: ComplexName
    district: District
    rooms: Annotated[int, BeforeValidator(digits), Field(ge=1, le=20)]
    rent_cents: Count
    accessible: YesOrNo = False
    low_stimulus: YesOrNo = False
    living_form: LivingForm = LivingForm.INDEPENDENT
    released_on: Annotated[Day, BeforeValidator(written_day)]
    closed_for_placement: YesOrNo = False
    """Direct mediation places nobody here now, because the complex can take no more."""


class ReleasedRow(DwellingFacts):
    """A dwelling in a table."""

    id: DwellingId

    right: ClassVar[Mapping[str, str]] = {
        "id": "your own number of the dwelling: letters, digits, dots and dashes, at most 40",
        "complex": "the name of the complex, at most 60 characters, and not beginning with = + - or @",
        "district": "a district's short name, such as stad-centrum",
        "rooms": "a whole number from 1 to 20",
        "rent_cents": "the rent a month in whole cents, such as 61245",
        "accessible": "yes or no",
        "low_stimulus": "yes or no",
        "living_form": f"one of {', '.join(LivingForm)}",
        "released_on": "a date such as 2026-12-31",
        "closed_for_placement": "yes or no",
    }

    def about(self) -> tuple[str, str]:
        """Return which dwelling it is."""
        return "id", self.id


def state_of(dwelling: Dwelling, taken_back_on: date | None, kept: bool, today: date) -> ReleaseState:
    """Tell how a dwelling stands today."""
    if kept:
        return ReleaseState.KEPT
    if taken_back_on is not None and taken_back_on <= today:
        return ReleaseState.TAKEN_BACK
    return ReleaseState.PLANNED if dwelling.released_on > today else ReleaseState.RELEASED
