"""What moment it is for an activity: that of Temporal's clock, which is a virtual one in the simulated city."""

from datetime import UTC, date, datetime

from temporalio import activity

from domain.facts.calendar import Calendar


def moment() -> datetime:
    """Return when the present activity was scheduled; outside an activity, what the machine's clock says."""
    return activity.info().scheduled_time if activity.in_activity() else datetime.now(UTC)


def today() -> date:
    """Return the day of that moment in the municipality."""
    return Calendar().today(moment())
