"""What a report is asked for: over which period, of which municipality, broken down by what."""

from datetime import date, datetime
from enum import StrEnum
from typing import NamedTuple

from domain.facts.calendar import Calendar
from domain.facts.parties import OrganisationId
from domain.policy.policy import Policy

ZONE = Calendar().timezone
"""Whose days a period consists of."""


class Dimension(StrEnum):
    """What the figures of a report may be broken down by."""

    TARGET_GROUP = "target_group"
    """The one that the referral names first."""
    TRACK = "track"
    """Which way through the process: the ordinary one, or Housing First."""
    DISTRICT = "district"
    """Where the (last) dwelling offered is."""
    INSTITUTION = "institution"
    DISTRICT_TEAM = "district_team"
    CARE_PROVIDER = "care_provider"
    """The provider asked last."""
    CORPORATION = "corporation"
    """Whose dwelling was offered (last)."""


class PeriodWrong(ValueError):
    """The period ends before it begins."""


class ReportRequest(NamedTuple):
    """Which figures, as they are at `now`. Both days of the period count."""

    first: date
    last: date
    now: datetime
    municipality: OrganisationId | None = None
    """None: all municipalities together."""
    by: Dimension | None = None
    policies: tuple[Policy, ...] = ()
    """Those in force now, of this municipality or of all."""

    def covers(self, day: date | None) -> bool:
        """Tell whether a day lies in the period."""
        return day is not None and self.first <= day <= self.last

    @property
    def today(self) -> date:
        """The day of `now`."""
        return Calendar().today(self.now)


def asked(
    first: date,
    last: date,
    now: datetime,
    municipality: OrganisationId | None = None,
    by: Dimension | None = None,
    policies: tuple[Policy, ...] = (),
) -> ReportRequest:
    """Return what is asked, with the policies of the municipality only.

    Raises `PeriodWrong` when the period ends before it begins.
    """
    if last < first:
        raise PeriodWrong(f"the period ends on {last}, before it begins on {first}")
    own = tuple(policy for policy in policies if municipality in {None, policy.municipality})
    return ReportRequest(first, last, now, municipality, by, own)
