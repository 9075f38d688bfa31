"""Why this home and why not: a dwelling held against a household and against what the municipality has agreed."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date

from domain.facts.conditions import (
    Comparison,
    Condition,
    ConditionName,
    ConditionUnit,
    Measured,
    Norm,
    condition,
    unmet,
)
from domain.facts.dwelling import Candidate, Dwelling, LivingForm, Unsuitable, suitability
from domain.facts.names import comparable
from domain.facts.referral import Referral
from domain.policy.groups import is_of
from domain.policy.policy import Policy, SuitabilityPolicy
from domain.policy.rent import is_young, limits_for, limits_of


def judge_dwelling(referral: Referral, dwelling: Dwelling, policy: Policy, today: date) -> tuple[Condition, ...]:
    """Judge whether a dwelling suits: the household's needs, and what the policy asks besides."""
    asked = policy.suitability
    if asked is None:
        return suitability(referral, dwelling)
    rent = rent_to_pay(referral, dwelling, policy, today)
    return (
        *suitability(referral, dwelling, rent),
        _rent_band(referral, rent, asked, today),
        _household(referral, dwelling, asked),
        _safety(referral, dwelling),
        _complex_load(dwelling, asked),
        _provider_present(referral, dwelling),
    )


def rent_to_pay(referral: Referral, dwelling: Dwelling, policy: Policy, today: date) -> int:
    """Return the rent in cents a month: the corporation caps it for young people of the groups agreed on."""
    asked = policy.suitability
    known = limits_of(asked.rents, today) if asked else None
    if asked is None or known is None or not is_of(referral, asked.capped_rent_for, policy.groups):
        return dwelling.rent_cents
    limits = known[1]
    capped = is_young(referral, limits) and dwelling.rent_cents <= limits.small_cents
    return min(dwelling.rent_cents, limits.quality_discount_cents) if capped else dwelling.rent_cents


def _rent_band(referral: Referral, rent: int, asked: SuitabilityPolicy, today: date) -> Condition:
    """The limits are a ratio over all of a corporation's lettings: beyond one there is a warning, and no bar."""
    known = limits_of(asked.rents, today)
    limits = limits_for(referral, known[1]) if known else ()
    # Of two possible limits both must hold, or neither: between them a person looks at it.
    verdicts = {rent <= limit for limit in limits}
    holds = verdicts.pop() if len(verdicts) == 1 else None
    limit = min(limits, default=None) if holds else max(limits, default=None)
    norm = (
        Norm(comparison=Comparison.AT_MOST, value=limit, period=str(known[0]))
        if known and limit is not None and holds is not None
        else None
    )
    found = Measured(unit=ConditionUnit.CENTS_A_MONTH, value=rent)
    return condition(ConditionName.RENT_BAND, holds, found=found, asked=norm, advisory=True)


def _household(referral: Referral, dwelling: Dwelling, asked: SuitabilityPolicy) -> Condition:
    room_for = dwelling.rooms * asked.people_per_room
    alone = dwelling.living_form is LivingForm.SHARED
    most = 1 if alone else room_for
    return condition(
        ConditionName.HOUSEHOLD,
        referral.household_size <= most,
        found=Measured(unit=ConditionUnit.PEOPLE, value=referral.household_size),
        asked=Norm(comparison=Comparison.AT_MOST, value=most, rooms=dwelling.rooms, shared=alone),
    )


def _safety(referral: Referral, dwelling: Dwelling) -> Condition:
    """Which districts are unsafe is not said: the conditions of an offer are shown to its corporation."""
    safe = dwelling.district not in referral.needs.unsafe_districts
    return condition(ConditionName.SAFETY, safe, found=_district(dwelling), asked=Norm(comparison=Comparison.UNTOLD))


def _complex_load(dwelling: Dwelling, asked: SuitabilityPolicy) -> Condition:
    named = {comparable(name) for name in asked.closed_complexes}
    closed = dwelling.closed_for_placement or comparable(dwelling.complex) in named
    return condition(
        ConditionName.COMPLEX_LOAD,
        not closed,
        found=Measured(unit=ConditionUnit.YES_NO, value=not closed),
        asked=Norm(comparison=Comparison.IS, value=True),
    )


def _provider_present(referral: Referral, dwelling: Dwelling) -> Condition:
    """A provider may come from elsewhere: this is said, and bars nothing."""
    known = referral.support_districts
    present = None if known is None else dwelling.district in known
    asked = None if known is None else Norm(comparison=Comparison.AMONG, value=known)
    return condition(ConditionName.PROVIDER_PRESENT, present, found=_district(dwelling), asked=asked, advisory=True)


def _district(dwelling: Dwelling) -> Measured:
    return Measured(unit=ConditionUnit.DISTRICT, value=dwelling.district)


def unsuitable(candidate: Candidate) -> Unsuitable:
    """Keep of a dwelling that does not suit only what stands in the way."""
    home = candidate.dwelling
    return Unsuitable(
        corporation=home.corporation,
        dwelling=home.id,
        complex=home.complex,
        district=home.district,
        unmet=unmet(candidate.conditions),
    )


def count_unmet(candidates: Iterable[Candidate]) -> Mapping[str, int]:
    """Count for each condition how many dwellings it kept away, the most frequent first."""
    counts = Counter(c.name for candidate in candidates for c in unmet(candidate.conditions))
    return dict(sorted(counts.items(), key=lambda counted: (-counted[1], counted[0])))
