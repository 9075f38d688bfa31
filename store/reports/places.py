"""Places of a period as the store holds them, and where the period is heading."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import NamedTuple

from domain.facts.periods import bounds
from domain.policy.policy import Policy
from domain.policy.scarce import ledger
from store.database import Source
from store.queries import query
from store.reports.asked import ReportRequest
from store.reports.journeys import Journeys
from store.scarce import OutsideFigures, fed, limit_from

FORECAST = (
    "Places given by the end of the period when it goes on like this: those given, also beyond the limit, x days of "
    "the period / days of it gone, today included; rounded half up."
)
FULL = (
    "In how many days, today being 0, the limit is reached when it goes on like this: the first day on which the "
    "places given within it x days of the period gone by then / days gone today reach it; 0 when it is reached, and "
    "nothing when the period ends before."
)
ELSEWHERE = "other municipalities"
"""The group of places that other municipalities gave, of a limit they share."""


class PlaceLedger(NamedTuple):
    """The places of one municipality, or of several that share them, in one period."""

    ledger: str
    period: str
    policy: Policy
    limit: int | None
    """None: no limit was decided."""
    fed: OutsideFigures | None
    """None: no figures were fed."""

    @property
    def name(self) -> str:
        """Which places, in which period."""
        return f"{self.ledger} {self.period}"


class GivenPlaces(NamedTuple):
    """What one mediation was given."""

    mediation: str
    ledger: str
    period: str
    municipality: str
    parts: tuple[str, ...]
    """The sub-targets it counts for."""
    units: int
    consumed: bool
    """Whether the client has the keys."""
    beyond: bool
    """By an authorised override."""

    @property
    def books(self) -> str:
        """The name of the books it stands in."""
        return f"{self.ledger} {self.period}"


class Places(NamedTuple):
    """Everything given in the periods that are asked for."""

    journeys: Journeys
    books: tuple[PlaceLedger, ...]
    given: list[GivenPlaces]

    def group(self, one: GivenPlaces, wanted: ReportRequest) -> str:
        """Return the group that what was given belongs to in the breakdown."""
        journey = self.journeys.get(one.mediation)
        return journey.group(wanted.by) if journey else ELSEWHERE


async def load(source: Source, wanted: ReportRequest, journeys: Journeys) -> Places:
    """Return the books of every period that has a day in the one asked for, by the policies in force now."""
    books: dict[str, PlaceLedger] = {}
    for policy in wanted.policies:
        for period in policy.capacity.period.between(wanted.first, wanted.last):
            one = await _books(source, policy, period)
            books.setdefault(one.name, one)
    ledgers, periods = {one.ledger for one in books.values()}, {one.period for one in books.values()}
    rows = await source.fetch(query("places_given"), [*ledgers], [*periods])
    given = [GivenPlaces(**{**row, "parts": tuple(row["parts"])}) for row in rows]
    return Places(journeys, tuple(books.values()), [one for one in given if one.books in books])


async def _books(source: Source, policy: Policy, period: str) -> PlaceLedger:
    capacity = policy.capacity
    figures = await fed(source, [policy.municipality, *capacity.shared_by], period)
    share = capacity.share if capacity.denominator else None
    limit = limit_from(figures, capacity.limit, share, capacity.denominator)
    return PlaceLedger(ledger(policy.municipality, capacity.shared_by), period, policy, limit, figures)


def units(of: Iterable[GivenPlaces]) -> int:
    """Return how many places these are together."""
    return sum(one.units for one in of)


def left(limit: int | None, of: Iterable[GivenPlaces]) -> int | None:
    """Return the limit less what was given within it, never below none; None without a limit."""
    return None if limit is None else max(0, limit - units(one for one in of if not one.beyond))


def forecast(given: int, period: str, day: date) -> int:
    """Return how many places will have been given by the end of a period, when it goes on as up to this day."""
    first, last = bounds(period)
    if day >= last:
        return given
    gone = (max(day, first) - first).days + 1
    length = (last - first).days + 1
    return (2 * given * length + gone) // (2 * gone)


def full_in(given: int, limit: int | None, period: str, day: date) -> int | None:
    """Return in how many days from this one a limit is reached, when it goes on as up to this day; 0 when it is.

    None without a limit, or when the period ends before.
    """
    first, last = bounds(period)
    if limit is None or day > last:
        return None
    if given >= limit:
        return 0
    gone = (max(day, first) - first).days + 1
    needed = -(-limit * gone // given) if given else (last - first).days + 2
    reached = needed - gone + max(first - day, timedelta()).days
    return reached if day + timedelta(days=reached) <= last else None
