"""A notice of default (ingebrekestelling): the applicant writes that a decision is too late (Awb 4:17).

When two weeks have passed since, the municipality owes a penalty (dwangsom) for each day, until it decides.
"""

from datetime import date, datetime
from enum import StrEnum

from domain.facts.value import Value


class LateDecision(StrEnum):
    """Which decision is too late."""

    URGENCY = "urgency"
    """That on the referral, by the end of the decision term (Awb 4:13)."""
    OBJECTION = "objection"
    """That on an objection, by the end of its term (Awb 7:10): paragraph 4.1.3.2 holds for it too (Awb 7:14)."""


class DefaultNotice(Value):
    """A notice of default that has effect, and the days of the penalty that follows. Moments are in UTC."""

    late: LateDecision
    received_on: date
    term_ended_on: date
    """The last day of the term that is over. One notice about it counts."""
    first: date
    """The first day for which a penalty is owed."""
    last: date
    """The last one, if nothing is decided before."""
    begins_at: datetime
    """When that first day begins."""
    ends_at: datetime
    """When that last day ends."""
    begun: bool = False
    over: bool = False
    """Whether no further day counts: it was decided, or the most days have passed."""
