"""Even spread over districts and complexes (spreiding): caps, when one is reached, and what that says of a dwelling.

Counts are claimed in the store as every scarce thing is. A claim of a period stays in that period once the client has
the keys; a `live` one counts as long as the mediation runs. Where the policy names no cap the placement is counted all
the same: a cap that is agreed later then knows of it.
"""

from collections.abc import Iterable
from datetime import date
from enum import StrEnum
from typing import Annotated

from pydantic import Field, StringConstraints

from domain.facts.conditions import Comparison, Condition, ConditionName, ConditionUnit, Measured, Norm, condition
from domain.facts.dwelling import Dwelling
from domain.facts.names import comparable
from domain.facts.parties import OrganisationId
from domain.facts.periods import Span
from domain.facts.referral import District
from domain.facts.value import Value
from domain.policy.scarce import Scope, SpreadClaim

ComplexName = Annotated[str, StringConstraints(min_length=1, max_length=60, pattern=r"^[^\x00-\x1f=+@-][^\x00-\x1f]*$")]
"""A complex as its corporation calls it. What a spreadsheet would read as a formula is no name."""


class CapPeriod(StrEnum):
    """In which period a cap counts."""

    LIVE = "live"
    """Mediations that run now, up to their end."""
    YEAR = "year"
    HALF_YEAR = "half_year"

    def at(self, day: date) -> str:
        """Return the period in which a day lies."""
        return "live" if self is CapPeriod.LIVE else Span(self.value).period(day)

    def between(self, first: date, last: date) -> list[str]:
        """Return every period that has a day from the first to the last."""
        return ["live"] if self is CapPeriod.LIVE else Span(self.value).between(first, last)


class SpreadCap(Value):
    """How many placements there may be in one district or complex."""

    most: int | None = Field(default=None, ge=0)
    period: CapPeriod = CapPeriod.YEAR
    closed_until: date | None = None
    """No placements up to and including this day."""
    review_on: date | None = None
    """When those who agreed on it look at it again."""


ROOM = {Scope.DISTRICT: ConditionName.DISTRICT_ROOM, Scope.COMPLEX: ConditionName.COMPLEX_ROOM}
OPEN = {Scope.DISTRICT: ConditionName.DISTRICT_OPEN, Scope.COMPLEX: ConditionName.COMPLEX_OPEN}
"""What is judged of each."""
UNCAPPED = SpreadCap()
"""Where nothing was agreed: placements are counted, and none is refused."""


class SpreadPolicy(Value):
    """The caps that partners agreed on; one that is named replaces the one for all."""

    every_district: SpreadCap | None = None
    every_complex: SpreadCap | None = None
    districts: dict[District, SpreadCap] = Field(default_factory=dict)
    complexes: dict[str, SpreadCap] = Field(default_factory=dict)
    """By corporation and complex, such as `ymere/De Oever`."""

    def cap(self, scope: Scope, corporation: str, name: str) -> SpreadCap:
        """Return the cap of one district or complex; one without a number when there is none."""
        every = self.every_district if scope is Scope.DISTRICT else self.every_complex
        return self.named(scope, corporation, name) or every or UNCAPPED

    def named(self, scope: Scope, corporation: str, name: str) -> SpreadCap | None:
        """Return the cap of one place of its own, however its name is written there and here."""
        caps = self.districts if scope is Scope.DISTRICT else self.complexes
        key = comparable(name if scope is Scope.DISTRICT else f"{corporation}/{name}")
        return next((cap for written, cap in caps.items() if comparable(written) == key), None)


class ClosedReason(StrEnum):
    """Why a complex takes no placements for a while."""

    LOAD = "load"
    """Draagkracht: too many vulnerable tenants for now."""
    NUISANCE = "nuisance"
    RENOVATION = "renovation"
    DEMOLITION = "demolition"
    SUPPORT_LACKING = "support_lacking"
    OTHER = "other"


class Standing(Value):
    """How a district or complex stood when it was looked up: a fact that a listing was judged on."""

    scope: Scope
    corporation: str = ""
    name: str
    period: str
    used: int = 0
    most: int | None = None
    """The cap of the complex register."""
    eligible: bool = True
    closed_until: date | None = None
    reason: ClosedReason | None = None
    review_on: date | None = None


def claims_for(policy: SpreadPolicy, municipality: OrganisationId, dwelling: Dwelling, day: date) -> list[SpreadClaim]:
    """Return what is claimed when this dwelling is offered on a day: a placement in its district and its complex."""
    places = ((Scope.COMPLEX, dwelling.corporation, dwelling.complex), (Scope.DISTRICT, "", dwelling.district))
    claims = []
    for scope, corporation, name in places:
        cap = policy.cap(scope, corporation, name)
        claims.append(
            SpreadClaim(
                municipality=municipality,
                scope=scope,
                corporation=corporation,
                name=name,
                period=cap.period.at(day),
                most=cap.most,
                on=day,
            ),
        )
    return claims


def room(policy: SpreadPolicy, claims: Iterable[SpreadClaim], standings: Iterable[Standing]) -> tuple[Condition, ...]:
    """Judge whether there is room for a placement in the district and the complex of a dwelling."""
    known = {(s.scope, s.corporation, comparable(s.name), s.period): s for s in standings}
    judged: list[Condition] = []
    for claim in claims:
        place = (claim.scope, claim.corporation, claim.key, claim.period)
        standing = known.get(place) or Standing(scope=claim.scope, name=claim.name, period=claim.period)
        judged += _room(policy.cap(claim.scope, claim.corporation, claim.name), claim, standing)
    return tuple(judged)


def is_open(cap: SpreadCap, day: date) -> bool:
    """Tell whether the policy lets a district or complex have placements on a day."""
    return cap.closed_until is None or day > cap.closed_until


def under_cap(claim: SpreadClaim, used: int | None, most: int | None, review: date | None = None) -> Condition:
    """Judge whether there is room under a cap. Where the count or the cap is not known there is none."""
    return condition(
        ROOM[claim.scope],
        used is not None and most is not None and used < most,
        found=None if used is None else Measured(unit=ConditionUnit.PLACEMENTS, value=used),
        asked=None
        if most is None
        else Norm(comparison=Comparison.AT_MOST, value=most, period=claim.period, review=review),
    )


def takes_any(
    claim: SpreadClaim, *, holds: bool, eligible: bool = True, until: date | None = None, reason: str | None = None
) -> Condition:
    """Judge whether a district or complex takes placements: why not is what the register says, or was agreed on."""
    return condition(
        OPEN[claim.scope],
        holds,
        found=Measured(
            unit=ConditionUnit.YES_NO,
            value=holds,
            until=until if eligible and not holds else None,
            reason=None if holds else reason,
        ),
        asked=Norm(comparison=Comparison.IS, value=True),
    )


def _room(cap: SpreadCap, claim: SpreadClaim, standing: Standing) -> Iterable[Condition]:
    caps = [most for most in (cap.most, standing.most) if most is not None]
    review = cap.review_on or standing.review_on
    if caps:
        yield under_cap(claim, standing.used, min(caps), review)
    until = max((day for day in (cap.closed_until, standing.closed_until) if day), default=None)
    if not standing.eligible or until:
        holds = standing.eligible and (until is None or claim.on > until)
        yield takes_any(claim, holds=holds, eligible=standing.eligible, until=until, reason=standing.reason)
