"""A complaint of how somebody was treated (Awb chapter 9), and what became of it. It is no objection to a decision."""

from datetime import date
from enum import StrEnum

from pydantic import Field

from domain.facts.parties import OrganisationId
from domain.facts.value import Value, left_out


class Complainant(StrEnum):
    """Who complains: this one is told, and nobody else."""

    CLIENT = "client"
    GUIDE = "guide"
    ORGANISATION = "organisation"
    """A partner, of how it was treated itself."""


class ComplaintResult(StrEnum):
    """What is done with a complaint."""

    WELL_FOUNDED = "well_founded"
    PARTLY_FOUNDED = "partly_founded"
    UNFOUNDED = "unfounded"
    SETTLED = "settled"
    """The complainant is content with what was done: then nothing more need be (Awb 9:5)."""
    WITHDRAWN = "withdrawn"
    NOT_HANDLED = "not_handled"
    """On a ground of the law (Awb 9:8)."""
    POSTPONED = "postponed"
    """Not answered yet: later, by four weeks at most, or longer if the complainant agrees (Awb 9:11 lid 2 and 3)."""


FINDINGS = frozenset({ComplaintResult.WELL_FOUNDED, ComplaintResult.PARTLY_FOUNDED, ComplaintResult.UNFOUNDED})
"""What is told with the findings, after the complainant could be heard (Awb 9:10 and 9:12)."""


class NotHandled(StrEnum):
    """On which ground a complaint need not be handled (Awb 9:8)."""

    HANDLED_BEFORE = "handled_before"
    OVER_A_YEAR_AGO = "over_a_year_ago"
    OPEN_TO_OBJECTION = "open_to_objection"
    OPEN_TO_APPEAL = "open_to_appeal"
    IN_COURT = "in_court"
    CRIMINAL_INVESTIGATION = "criminal_investigation"
    TOO_SLIGHT = "too_slight"
    """The interest of the complainant or the weight of what happened is plainly too small (lid 2)."""


class ToldComplaint(Value):
    """What a letter about a complaint tells of it."""

    id: str
    committee: bool = Field(default=False, exclude_if=left_out)
    """Whether a committee advises on it (Awb 9:15 lid 1)."""
    agreed: bool = Field(default=False, exclude_if=left_out)
    """Whether the complainant agreed to wait longer."""
    result: ComplaintResult | None = Field(default=None, exclude_if=left_out)
    ground: NotHandled | None = Field(default=None, exclude_if=left_out)


class Complaint(Value):
    """One complaint."""

    id: str
    """What its task is about, such as `complaint-1`."""
    complainant: Complainant
    organisation: OrganisationId | None = None
    """Which partner complains, if it is one."""
    made_on: date
    received_on: date
    last_day: date
    """The last day for the answer, as it was postponed."""
    committee: bool = False
    postponed: int = 0
    result: ComplaintResult | None = None
    ground: NotHandled | None = None
    answered_on: date | None = None
    sent_on: date | None = None
    """When the answer left for the complainant; None as long as it has not."""
