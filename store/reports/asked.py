"""What a report is asked for: over which period, of which municipality, broken down by what."""

from datetime import date, datetime, timedelta
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
    """The period ends before it begins, or is none that is broken down."""


BY_THEMSELVES = frozenset({"ceiling", "spread"})
"""Reports with periods of their own, those of the policy, which nothing breaks down."""


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
    groups: bool = True
    """Whether rows of groups are shown in which small counts are held back."""

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


def half_year(day: date) -> tuple[date, date]:
    """Return the calendar half-year of a day: its first and its last day."""
    if day.month < 7:
        return date(day.year, 1, 1), date(day.year, 6, 30)
    return date(day.year, 7, 1), date(day.year, 12, 31)


def last_half_year(today: date) -> tuple[date, date]:
    """Return the half-year that ended last before a day."""
    return half_year(half_year(today)[0] - timedelta(days=1))


def requested(
    report: str,
    first: date | None,
    last: date | None,
    now: datetime,
    municipality: OrganisationId | None,
    by: Dimension | None,
    policies: tuple[Policy, ...],
) -> ReportRequest:
    """Return what somebody asks for, as it may be told. Raises `PeriodWrong`.

    Small counts of groups are held back within one table. They could still be found by taking one table from another:
    of two periods that overlap, or of one municipality from all. So groups are told over calendar half-years that have
    ended, which never overlap, and of one municipality. Over any other period only the rows over all groups are told.
    """
    today = Calendar().today(now)
    broken_down = by is not None and report not in BY_THEMSELVES
    begin, end = last_half_year(today) if broken_down else (date(today.year, 1, 1), today)
    if broken_down and (first is None) != (last is None):
        raise PeriodWrong("name both days of the half-year, or neither for the last one")
    wanted = asked(first or begin, last or end, now, municipality, by, policies)
    fixed = (wanted.first, wanted.last) == half_year(wanted.first) and wanted.last < today and municipality is not None
    if broken_down and not fixed:
        raise PeriodWrong(
            "what is broken down is told of one municipality, over a calendar half-year that has ended, such as "
            f"{begin} to {end}: over other periods small counts could be found"
        )
    return wanted._replace(groups=fixed or report in BY_THEMSELVES)
