"""What is known of every mediation, for a report to count: its group in each breakdown, and its great moments."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any, NamedTuple

from domain.facts.referral import Track
from domain.policy.groups import SIX
from store.database import Source
from store.queries import query
from store.readable import read_rows
from store.reports.asked import ZONE, Dimension, ReportRequest
from store.reports.figures import NONE

HIDDEN = "hidden"
"""The group of those whose address is secret."""


class Journey(NamedTuple):
    """One mediation from referral to end."""

    mediation: str
    outcome: str | None
    stage: str
    institution: str | None
    district_team: str
    care_provider: str
    """The provider asked last, else the one named at the referral."""
    target_group: str
    """The one that the referral names first."""
    track: str
    people: int
    """How many live in the household."""
    corporation: str | None
    district: str | None
    address_secret: bool
    urgency_at: datetime | None
    keys_at: datetime | None
    """When the keys were reported."""
    keys_on: date | None
    """The day on which the client got the keys."""
    support_started_on: date | None
    opened_at: datetime
    referred_on: date
    urgency_on: date | None
    housing_target_on: date | None
    """The day on which the policy's housing target ended when the urgency was granted."""
    closed_on: date | None

    def group(self, by: Dimension | None) -> str:
        """Return the group it belongs to in a breakdown."""
        if by is Dimension.DISTRICT:
            return self.place(self.district or NONE)
        return NONE if by is None else getattr(self, by.value) or NONE

    def place(self, name: str) -> str:
        """Return how the place of one of its dwellings is told: who has a secret address is counted, and where is not
        told.
        """
        return HIDDEN if self.address_secret and name != NONE else name


Journeys = Mapping[str, Journey]
"""Every mediation of the municipality by its id."""


async def load(source: Source, wanted: ReportRequest) -> Journeys:
    """Return every mediation of the municipality, in the order in which they were opened."""
    rows = await source.fetch(query("report_journeys"), wanted.municipality, ZONE)
    return {one.mediation: one for one in read_rows(rows, _journey, "mediation")}


def _journey(row: Any) -> Journey:
    journey = Journey(*(row[name] for name in Journey._fields))
    if None in (journey.district_team, journey.care_provider, journey.target_group, journey.people):
        raise LookupError("its beginning does not say what every beginning says")
    return journey


def groups(journeys: Journeys, wanted: ReportRequest) -> Iterable[str]:
    """Return every group of a breakdown, also those without any mediation in the period."""
    by = wanted.by
    if by is None:
        return ()
    known: set[str] = set()
    if by is Dimension.TARGET_GROUP:
        known = {group for policy in wanted.policies for group in policy.target_groups} or set(SIX)
    elif by is Dimension.TRACK:
        known = {track.value for track in Track}
    return known | {journey.group(by) for journey in journeys.values()}
