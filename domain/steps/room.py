"""Claiming room for a client: a place within the municipality's capacity, a placement in a district and a complex."""

from datetime import date

from domain.facts.capacity import KeptPart
from domain.facts.conditions import Condition
from domain.facts.dwelling import Dwelling
from domain.facts.rules import Overridable, RuleName
from domain.facts.value import replace
from domain.policy.groups import counts_for
from domain.policy.policy import CapacityModel, CapacityUnit, CountsAt
from domain.policy.scarce import Against, PlaceClaim, SpreadClaim
from domain.policy.spread import CapPeriod, claims_for, is_open, takes_any, under_cap
from domain.state import events as e
from domain.state.draft import Draft, RuleBroken
from domain.steps.turn import turn


def place_claim(d: Draft) -> PlaceClaim:
    """Return the claim of a place for this household in the period of today."""
    capacity = d.policy.capacity
    groups, referral = d.policy.groups, d.m.referral
    ceiling = capacity.model is CapacityModel.CEILING
    parts = tuple(name for name, part in capacity.sub_targets.items() if counts_for(referral, part, groups))
    kept = [KeptPart(name=name, target=part.target) for name, part in capacity.sub_targets.items() if part.reserved]
    return PlaceClaim(
        municipality=d.m.parties.municipality,
        year=d.today.year,
        half=capacity.period.half(d.today),
        units=d.m.referral.household_size if capacity.unit is CapacityUnit.PEOPLE else 1,
        limit=capacity.limit,
        share=capacity.share if ceiling and capacity.denominator else None,
        denominator=capacity.denominator if ceiling else None,
        shared_by=capacity.shared_by,
        parts=parts,
        kept=tuple(one for one in kept if one.name not in parts),
        own=tuple(one for one in kept if one.name in parts),
        beyond_limit=Overridable.QUOTA_FULL in d.m.overrides,
        rank=turn(d).rank,
    )


def move_place(d: Draft, keys_on: date) -> None:
    """Count the place in the period of the keys, where the policy says so and it was reserved in an earlier one.

    The home is let: without room it counts beyond the limit.
    """
    place, capacity = d.m.place, d.policy.capacity
    half = capacity.period.half(keys_on)
    if place is None or capacity.counts_at is not CountsAt.KEYS or (place.year, place.half) == (keys_on.year, half):
        return
    there = replace(
        place_claim(d),
        year=keys_on.year,
        half=half,
        units=place.units,
        parts=place.parts,
        shared_by=place.shared_by,
        beyond_limit=place.beyond_limit,
        rank=(),  # nobody in the queue comes before who has a home
    )
    if not d.claim(there):
        there = replace(there, beyond_limit=True)
        d.claim(there)
    d.release(replace(there, year=place.year, half=place.half, limit=0))
    d.emit(e.PlaceMoved(year=there.year, half=there.half, beyond_limit=there.beyond_limit))


def claim_spread(d: Draft, dwelling: Dwelling) -> tuple[SpreadClaim, ...]:
    """Claim a placement in the dwelling's district and complex; refuse the command when there is no room.

    With the rule set aside, a placement beyond the cap is counted apart.
    """
    spread = d.policy.spread
    if spread is None:
        return ()
    aside = Overridable.SPREAD_FULL in d.m.overrides
    granted = []
    for claim in claims_for(spread, d.m.parties.municipality, dwelling, d.today):
        cap = spread.cap(claim.scope, claim.corporation, claim.name)
        takes = is_open(cap, d.today)
        beyond = replace(claim, beyond_limit=True)
        if takes and d.claim(claim):
            granted.append(claim)
        elif aside and d.claim(beyond):
            granted.append(beyond)
        else:
            against = _against(d, claim) if takes else Against(until=cap.closed_until)
            raise RuleBroken(RuleName.SPREAD_FULL, (_unmet(claim, against),))
    return tuple(granted)


def end_live_placements(d: Draft) -> None:
    """Let others have the placements of a client who was housed that count while the mediation runs."""
    for claim in d.offer.spread:
        if claim.period == CapPeriod.LIVE:
            d.release(claim)


def count_live_placements(d: Draft) -> None:
    """Count the placements of a client who is housed again, whether or not there is room: the home is let."""
    for claim in d.m.live_offer.spread if d.m.live_offer else ():
        if claim.period == CapPeriod.LIVE and not d.claim(claim):
            d.claim(replace(claim, beyond_limit=True))


def _against(d: Draft, claim: SpreadClaim) -> Against | None:
    gone = d.why_gone(claim)
    return gone.against if isinstance(gone, SpreadClaim) else None


def _unmet(claim: SpreadClaim, against: Against | None) -> Condition:
    if against is None:
        return under_cap(claim, None, claim.most)
    if against.used is not None:
        return under_cap(claim, against.used, against.most)
    return takes_any(claim, holds=False, eligible=against.eligible, until=against.until, reason=against.reason)
