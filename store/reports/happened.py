"""Events that reports count by their type."""

from datetime import date
from typing import NamedTuple

from store.database import Source
from store.queries import query
from store.reports.asked import ZONE, ReportRequest
from store.reports.journeys import Journeys

ORDINARY = (
    *("MediationStarted", "StageEntered", "MediationClosed", "DwellingsListed", "OfferPrepared"),
    *("TaskOpened", "TaskAnswered", "TaskCancelled", "TaskOverdue", "TaskReminded", "TaskEscalated"),
    *("TaskChecked", "TaskGivenTime", "TaskRescheduled", "ClockRescheduled", "LetterHeld", "ReadinessChecked"),
    *("DecisionIntended", "TaskSnoozed", "TaskReassigned", "TaskTakenOver", "ChoicePassedOn"),
    *("ClockStarted", "ClockStopped", "ClockWarned", "ClockSuspended", "ClockResumed"),
    *("DocumentsSupplied", "PlaceReserved", "PlaceUnavailable", "PlaceConsumed", "PlaceReleased", "NoteAdded"),
    "PlaceMoved",
    *("LeasePrepared", "LeaseSigned", "SupportRequestKnown", "KeysPlanned", "KeysHandedOver", "OfferReturned"),
)
"""Types of which every mediation has many, or that other facts of reports are made of: not read one by one."""


class Happened(NamedTuple):
    """One event."""

    mediation: str
    type: str
    happened_on: date
    after_keys: bool
    """Whether it was recorded with the keys or later."""
    what: str | None
    """The result of a call or of an objection; the rule set aside, the clock extended or expired; the kind of a signal
    or an absence; what is objected to; which decision is too late; who complains, what was found,
    and on which day an answer left or is to be there; whether a client's origin is here or elsewhere."""
    about: str | None
    """Which signal; the day on which an absence began or ended; the exception to a client's origin; whether an
    objection suspends; for how many days a penalty is owed; which complaint,
    and at first the last day for its answer."""
    cents: int | None
    """How much a penalty is."""


async def load(source: Source, wanted: ReportRequest, journeys: Journeys) -> list[Happened]:
    """Return every event that is not ordinary, also of types that this release does not know yet; and when the decision
    on an objection was not there in time.
    """
    rows = await source.fetch(query("report_happened"), wanted.municipality, ZONE, list(ORDINARY))
    known = (row for row in rows if row["mediation"] in journeys)  # of any other the beginning is lost
    return [Happened(row[0], row[1], row[2], bool(row[3]), row[4], row[5], row[6]) for row in known]
