"""Which rent fits (passend toewijzen): limits by year, as the national government publishes them each November."""

from collections.abc import Mapping
from datetime import date
from enum import StrEnum

from pydantic import Field

from domain.facts.groups import AgeBand
from domain.facts.referral import Referral
from domain.facts.value import Value

SMALL_HOUSEHOLD = 2
"""Up to so many people the first aftoppingsgrens holds; from three on the second."""


class RentLimits(Value):
    """The limits of one year, in cents a month."""

    quality_discount_cents: int = Field(gt=0)
    """Kwaliteitskortingsgrens: the limit for young people."""
    small_cents: int = Field(gt=0)
    """Aftoppingsgrens for one or two people."""
    large_cents: int = Field(gt=0)
    """Aftoppingsgrens for three people or more."""
    young_below: int = Field(ge=18, le=30)
    """Who is younger than this has the limit for young people: 23 up to 2025, 21 from 2026 on."""


class RentBand(StrEnum):
    """Between which limits of its year a rent lies."""

    QUALITY_DISCOUNT = "up_to_quality_discount"
    SMALL = "up_to_small"
    LARGE = "up_to_large"
    ABOVE = "above"
    NOT_KNOWN = "not_known"
    """No limits are known for the year."""


def limits_of(rents: Mapping[int, RentLimits], day: date) -> tuple[int, RentLimits] | None:
    """Return the limits that hold on a day and of which year they are: the last year known by then."""
    year = max((year for year in rents if year <= day.year), default=None)
    return None if year is None else (year, rents[year])


def is_young(referral: Referral, limits: RentLimits) -> bool | None:
    """Tell whether the limit for young people holds; None when that is not certain, or no age is known."""
    return AgeBand(below=limits.young_below).holds(referral.ages)


def limits_for(referral: Referral, limits: RentLimits) -> tuple[int, ...]:
    """Return the limit for a household, in cents a month; the lower and the higher one where it hangs on an age that
    is known only in part, and nothing where no age is known.
    """
    if referral.household_size > SMALL_HOUSEHOLD:
        return (limits.large_cents,)
    young = is_young(referral, limits)
    if referral.household_size > 1 or young is False:
        return (limits.small_cents,)
    if young:
        return (limits.quality_discount_cents,)
    return (limits.quality_discount_cents, limits.small_cents) if referral.ages else ()


def band_of(rent_cents: int, rents: Mapping[int, RentLimits], day: date) -> RentBand:
    """Return the lowest band that a rent in cents a month fits in on a day."""
    known = limits_of(rents, day)
    if known is None:
        return RentBand.NOT_KNOWN
    limits = known[1]
    if rent_cents <= limits.quality_discount_cents:
        return RentBand.QUALITY_DISCOUNT
    if rent_cents <= limits.small_cents:
        return RentBand.SMALL
    return RentBand.LARGE if rent_cents <= limits.large_cents else RentBand.ABOVE
