"""Placements per district and per complex, in the periods that each cap counts. The places are the groups."""

from collections.abc import Mapping
from datetime import date
from typing import NamedTuple

from domain.policy.policy import Policy
from domain.policy.scarce import Scope
from domain.policy.spread import CapPeriod, SpreadPolicy
from store.database import Source
from store.queries import query
from store.reports.asked import ReportRequest
from store.reports.figures import Figure, Frame, Number, Row, Table, Unit
from store.reports.journeys import HIDDEN, Journeys

FIGURES = (
    Figure(
        "placed",
        Unit.PLACES,
        "Placements, also beyond the cap: offered now, or housed; those at a secret address are in the group `hidden`.",
    ),
    Figure(
        "most", Unit.DECIDED, "The cap, the lower one of the policy and the complex register; empty: there is none."
    ),
    Figure(
        "open", Unit.DECIDED, "1: placements may be made today, unless it is full; 0: closed, or not for mediation."
    ),
    Figure(
        "agreed",
        Unit.DECIDED,
        "1: the policy or the complex register names it; 0: neither does.",
    ),
    Figure(
        "review_in", Unit.DAYS, "Days from today to when those who agreed on it look at it again; below zero: gone by."
    ),
)
ITEM = "the municipality, and the period in which the cap counts; live: mediations that run"
FRAMES = {
    Scope.DISTRICT: Frame("districts", "Placements per district", ITEM, FIGURES),
    Scope.COMPLEX: Frame("complexes", "Placements per complex", ITEM, FIGURES),
}


class PlacementCount(NamedTuple):
    """The placements in one district or complex in one period."""

    municipality: str
    scope: str
    corporation: str
    name: str
    period: str
    placed: int
    hidden: int
    """How many of them are people whose address is secret."""
    most: int | None
    """By the complex register, as the next three."""
    closed_until: date | None
    review_on: date | None
    eligible: bool
    registered: bool
    """Whether the complex register names it."""

    @property
    def item(self) -> str:
        """Its municipality and period."""
        return f"{self.municipality} {self.period}"

    @property
    def place(self) -> str:
        """How it is called."""
        return f"{self.corporation}/{self.name}" if self.corporation else self.name


async def load(source: Source, wanted: ReportRequest, journeys: Journeys) -> list[PlacementCount]:
    """Return every placement of the periods that have a day in the one asked for; `live` is now."""
    periods = [period for cap in CapPeriod for period in cap.between(wanted.first, wanted.last)]
    towns = [policy.municipality for policy in wanted.policies]
    rows = await source.fetch(query("placements_given"), towns, periods)
    return [PlacementCount(*(row[name] for name in PlacementCount._fields)) for row in rows]


def count(facts: list[PlacementCount], wanted: ReportRequest) -> tuple[Table, ...]:
    """Tell what is placed where; small counts are held back as in any breakdown."""
    policies = {policy.municipality: policy for policy in wanted.policies}
    return tuple(
        _table(frame, [one for one in facts if one.scope == scope], policies, wanted) for scope, frame in FRAMES.items()
    )


def _table(frame: Frame, facts: list[PlacementCount], policies: Mapping[str, Policy], wanted: ReportRequest) -> Table:
    rows: dict[Row, dict[str, Number]] = {}
    counted = [one for one in facts if _counts(one, policies[one.municipality], wanted)]
    for item in dict.fromkeys(one.item for one in counted):
        own = [one for one in counted if one.item == item]
        rows[item, None] = {
            "placed": sum(one.placed for one in own),
            "most": None,
            "open": None,
            "agreed": None,
            "review_in": None,
        }
        told = {(item, one.place): _measured(one, policies[one.municipality], wanted) for one in own}
        # a place that is there for the sake of a secret address alone is not named either
        rows |= {row: of for (row, of), one in zip(told.items(), own, strict=True) if of["placed"] or not one.hidden}
        if hidden := sum(one.hidden for one in own):
            rows[item, HIDDEN] = rows[item, None] | {"placed": hidden}
    return Table(frame.name, frame.title, frame.item, frame.name, frame.figures, rows)


def _counts(one: PlacementCount, policy: Policy, wanted: ReportRequest) -> bool:
    cap = (policy.spread or SpreadPolicy()).cap(Scope(one.scope), one.corporation, one.name)
    return one.period in cap.period.between(wanted.first, wanted.last)


def _measured(one: PlacementCount, policy: Policy, wanted: ReportRequest) -> dict[str, Number]:
    spread, today = policy.spread or SpreadPolicy(), wanted.today
    named = spread.named(Scope(one.scope), one.corporation, one.name)
    cap = spread.cap(Scope(one.scope), one.corporation, one.name)
    caps = [most for most in (cap.most, one.most) if most is not None]
    closed = [day for day in (cap.closed_until, one.closed_until) if day]
    review = cap.review_on or one.review_on
    return {
        "placed": one.placed - one.hidden,
        "most": min(caps, default=None),
        "open": int(one.eligible and all(today > day for day in closed)),
        "agreed": int(one.registered or named is not None),
        "review_in": (review - today).days if review else None,
    }
