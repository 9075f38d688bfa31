"""The figures of capacity and spread: used, reserved, left, and where a period is heading; each says how it counts."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from domain.capacity import Denominator
from domain.periods import bounds
from domain.policy import CapacityModel, CapacityPolicy, CapacityUnit, Policy
from domain.scarce import Scope, ledger
from domain.spread import CapPeriod, SpreadPolicy
from domain.value import Value
from store.database import Pool
from store.queries import query
from store.scarce import Fed, fed, limit_from

SMALLEST = 5
"""Counts below this are not told where people could be recognised; none is told as none."""
FORECAST = (
    "places given in the period (used and reserved, also beyond the limit) x days of the period / days of it gone, "
    "today included; rounded half up"
)


class Count(Value):
    """How many places are used, reserved and left, and how many will be given when it goes on like this."""

    limit: int | None
    """None: no limit was decided."""
    used: int
    """Places of clients who have the keys."""
    reserved: int
    """Places of clients on their way."""
    beyond: int
    """How many of both were given beyond the limit, by an authorised override."""
    left: int | None
    """The limit less what was given within it; never below none."""
    forecast: int
    """Places given by the end of the period, by `formula`."""


class PartCount(Count):
    """The same for a sub-target; its limit is its target."""

    name: str
    kept: bool
    """Whether places are kept free for it."""


class QuotaReport(Value):
    """The places of a municipality, or of several that share them, in one period."""

    ledger: str
    period: str
    first_day: date
    last_day: date
    model: CapacityModel
    unit: CapacityUnit
    total: Count
    parts: tuple[PartCount, ...]
    given_by: Mapping[str, int]
    """Places given, by municipality."""
    formula: str = FORECAST


class CeilingReport(Value):
    """A ceiling with the outside figures that it is a share of."""

    ledger: str
    period: str
    share: float | None
    denominator: Denominator | None
    vacated: int | None
    """Dwellings vacated in the period so far; None when no figures were fed."""
    expected: int | None
    other_lettings: int | None
    """Lettings to other urgent people, which count too."""
    total: Count
    share_used: float | None
    """Other lettings and places given, as a part of the dwellings vacated."""
    formula: str = "limit = share x dwellings, rounded down, less other lettings; not fed: the limit of the policy"


class SpreadLine(Value):
    """Placements in one district or complex: offered now, or housed."""

    scope: Scope
    corporation: str
    name: str
    period: str
    placed: int | None
    """None: some, but fewer than five."""
    most: int | None
    open: bool
    review_on: date | None


class SpreadReport(Value):
    """Placements per district and per complex, in the period that each cap counts."""

    municipality: str
    lines: tuple[SpreadLine, ...]
    smallest: int = SMALLEST


async def quota(pool: Pool, policy: Policy, day: date) -> QuotaReport:
    """Report the places of the period in which a day lies."""
    capacity = policy.capacity
    name, period = ledger(policy.municipality, capacity.shared_by), capacity.period.period(day)
    rows = [dict(row) for row in await pool.fetch(query("places_given"), name, period)]
    first, last = bounds(period)
    given_by: dict[str, int] = {}
    for row in rows:
        given_by[row["municipality"]] = given_by.get(row["municipality"], 0) + row["units"]
    limit = limit_from(await _fed(pool, policy, period), capacity.limit, _share(capacity), capacity.denominator)
    return QuotaReport(
        ledger=name,
        period=period,
        first_day=first,
        last_day=last,
        model=capacity.model,
        unit=capacity.unit,
        total=Count(**_count(rows, limit, period, day)),
        parts=tuple(
            PartCount(
                **_count((row for row in rows if row["part"] == part), sub.target, period, day),
                name=part,
                kept=sub.reserved,
            )
            for part, sub in capacity.sub_targets.items()
        ),
        given_by=given_by,
    )


async def ceiling(pool: Pool, policy: Policy, day: date) -> CeilingReport:
    """Report the ceiling of the period in which a day lies, beside the figures it is a share of."""
    counted = await quota(pool, policy, day)
    figures = await _fed(pool, policy, counted.period)
    given = counted.total.used + counted.total.reserved
    return CeilingReport(
        ledger=counted.ledger,
        period=counted.period,
        share=policy.capacity.share,
        denominator=policy.capacity.denominator,
        vacated=figures.vacated if figures else None,
        expected=figures.expected if figures else None,
        other_lettings=figures.other_lettings if figures else None,
        total=counted.total,
        share_used=round((figures.other_lettings + given) / figures.vacated, 4)
        if figures and figures.vacated
        else None,
    )


async def spread(pool: Pool, policy: Policy, day: date) -> SpreadReport:
    """Report the placements per district and complex, in the periods that hold on a day."""
    periods = {period: period.at(day) for period in CapPeriod}
    caps = policy.spread or SpreadPolicy()
    lines = []
    for row in await pool.fetch(query("placements_given"), policy.municipality, list(periods.values())):
        cap = caps.cap(Scope(row["scope"]), row["corporation"], row["name"])
        if row["period"] != periods[cap.period]:
            continue
        most = min((n for n in (cap.most, row["most"]) if n is not None), default=None)
        closed = max((d for d in (cap.closed_until, row["closed_until"]) if d), default=None)
        lines.append(
            SpreadLine(
                scope=Scope(row["scope"]),
                corporation=row["corporation"],
                name=row["name"],
                period=row["period"],
                placed=row["placed"] if row["placed"] == 0 or row["placed"] >= SMALLEST else None,
                most=most,
                open=row["eligible"] and (closed is None or day > closed),
                review_on=cap.review_on or row["review_on"],
            ),
        )
    return SpreadReport(municipality=policy.municipality, lines=tuple(lines))


def forecast(given: int, period: str, day: date) -> int:
    """Return how many places will have been given by the end of a period, when it goes on as up to this day."""
    first, last = bounds(period)
    if day >= last:
        return given
    gone = (max(day, first) - first).days + 1
    length = (last - first).days + 1
    return (2 * given * length + gone) // (2 * gone)


async def _fed(pool: Pool, policy: Policy, period: str) -> Fed | None:
    return await fed(pool, [policy.municipality, *policy.capacity.shared_by], period)


def _share(capacity: CapacityPolicy) -> float | None:
    return capacity.share if capacity.denominator else None


def _count(rows: Iterable[Mapping[str, Any]], limit: int | None, period: str, day: date) -> dict[str, Any]:
    rows = list(rows)
    given = sum(row["units"] for row in rows)
    beyond = sum(row["units"] for row in rows if row["beyond"])
    used = sum(row["units"] for row in rows if row["consumed"])
    return {
        "limit": limit,
        "used": used,
        "reserved": given - used,
        "beyond": beyond,
        "left": None if limit is None else max(0, limit - (given - beyond)),
        "forecast": forecast(given, period, day),
    }
