"""Dwellings, and whether one suits a household: a list of conditions, each with its numbers."""

from datetime import date
from enum import StrEnum
from typing import Annotated

from pydantic import Field, StringConstraints

from domain.facts.conditions import Comparison, Condition, ConditionName, ConditionUnit, Measured, Norm, condition
from domain.facts.parties import OrganisationId
from domain.facts.referral import District, Referral
from domain.facts.value import Value

DwellingNumber = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._-]{1,40}$")]
"""A dwelling as its corporation calls it in its own system."""


LOWEST_RENT, HIGHEST_RENT = 15_000, 250_000
"""In cents a month. What is beyond was typed or sent in another unit, or is not known: no home is let for it."""


class LivingForm(StrEnum):
    """How one lives there (woonvorm)."""

    INDEPENDENT = "independent"
    CLUSTERED = "clustered"
    SHARED = "shared"


class Dwelling(Value):
    """A vacated dwelling that its corporation released for direct mediation."""

    id: DwellingNumber
    corporation: OrganisationId
    complex: Annotated[str, StringConstraints(max_length=60)]
    district: District
    rooms: int = Field(ge=1, le=20)
    rent_cents: int = Field(ge=0)
    accessible: bool = False
    low_stimulus: bool = False
    living_form: LivingForm = LivingForm.INDEPENDENT
    released_on: date
    closed_for_placement: bool = False
    """The corporation lets nobody in by direct mediation here now, for the load of the complex."""


class Candidate(Value):
    """A dwelling held against one household's needs."""

    dwelling: Dwelling
    conditions: tuple[Condition, ...]


class HomeRef(Value):
    """Which dwelling, and nothing else of it."""

    corporation: OrganisationId
    dwelling: DwellingNumber


class HomeNow(Value):
    """What its corporation says of one dwelling now: how it is, that it is gone, or nothing when it cannot be asked."""

    corporation: OrganisationId
    id: DwellingNumber
    dwelling: Dwelling | None = None
    gone: bool = False
    """It is let to others or was taken back: nobody can have it."""


class Unsuitable(Value):
    """A dwelling that does not suit, with only what stands in the way."""

    corporation: OrganisationId
    dwelling: DwellingNumber
    complex: Annotated[str, StringConstraints(max_length=60)]
    district: District
    unmet: tuple[Condition, ...]


class LeftOut(Value):
    """A dwelling that its corporation released and that cannot be used, for what it lacks: somebody there can mend it.

    `lacks` is in words of ours, never anything that stood there.
    """

    corporation: OrganisationId
    number: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._/-]{1,40}$")] | None = None
    """The corporation's own, where it can be read."""
    lacks: Annotated[str, StringConstraints(max_length=60)]


def suitability(referral: Referral, dwelling: Dwelling, rent_cents: int | None = None) -> tuple[Condition, ...]:
    """Judge whether a dwelling suits a household. `rent_cents` is what is to be paid, when it is not the rent asked."""
    needs = referral.needs
    to_pay = dwelling.rent_cents if rent_cents is None else rent_cents
    district = Measured(unit=ConditionUnit.DISTRICT, value=dwelling.district)
    return (
        condition(
            ConditionName.ROOMS,
            dwelling.rooms >= needs.rooms,
            found=Measured(unit=ConditionUnit.ROOMS, value=dwelling.rooms),
            asked=Norm(comparison=Comparison.AT_LEAST, value=needs.rooms),
        ),
        condition(
            ConditionName.RENT,
            to_pay <= needs.rent_limit_cents,
            found=Measured(unit=ConditionUnit.CENTS_A_MONTH, value=to_pay),
            asked=Norm(comparison=Comparison.AT_MOST, value=needs.rent_limit_cents),
        ),
        _trait(ConditionName.ACCESSIBLE, dwelling.accessible, needed=needs.accessible),
        _trait(ConditionName.LOW_STIMULUS, dwelling.low_stimulus, needed=needs.low_stimulus),
        condition(
            ConditionName.DISTRICT_WANTED,
            not needs.wanted_districts or dwelling.district in needs.wanted_districts,
            found=district,
            asked=_named(Comparison.AMONG, needs.wanted_districts),
        ),
        condition(
            ConditionName.DISTRICT_EXCLUDED,
            dwelling.district not in needs.excluded_districts,
            found=district,
            asked=_named(Comparison.NOT_AMONG, needs.excluded_districts),
        ),
    )


def _trait(name: ConditionName, has: bool, *, needed: bool) -> Condition:
    asked = Norm(comparison=Comparison.IS, value=True) if needed else Norm(comparison=Comparison.ANY)
    return condition(name, has or not needed, found=Measured(unit=ConditionUnit.YES_NO, value=has), asked=asked)


def _named(comparison: Comparison, districts: tuple[District, ...]) -> Norm:
    return Norm(comparison=comparison, value=districts) if districts else Norm(comparison=Comparison.ANY)
