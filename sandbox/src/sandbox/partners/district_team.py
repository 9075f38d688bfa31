"""The district team's system: assessments asked for, and notices of people who move into the district."""

from datetime import date
from typing import Any

from pydantic import Field

from .book import Book, Json, Record
from .system import Answer, Body, Call, Nothing, Operation, Partner, Reason, worklist

KIND = "assessment_request"
PATH = "/assessment-requests"
UNDER_KEY = """
select number from records where organisation = ? and json_extract(details, '$.key') = ? order by number
"""


class Under(Body):
    """What is looked for: everything that was taken in under a key."""

    key: str = Field(min_length=1, max_length=255)


class NewAssessmentRequest(Body):
    """An assessment asked for: is living on one's own best, and with what support."""

    mediation: str = Field(min_length=1, max_length=200)
    due_on: date


class Completion(Body):
    """The day on which the assessment was done."""

    completed_on: date


class NewMoveNotice(Body):
    """Someone with support moves into the district, and the day on which the keys are handed over."""

    mediation: str = Field(min_length=1, max_length=200)
    district: str = Field(min_length=1, max_length=200)
    keys_on: date


def request_assessment(book: Book, call: Call[NewAssessmentRequest]) -> Answer:
    """Write down that an assessment is asked for."""
    details = {"completedOn": None, "reason": None, **_key(call), **call.asked.facts()}
    request = book.open(call.organisation, KIND, "R", call.asked.mediation, "requested", details)
    return Answer({"number": request.number, "state": request.state}, 201)


def shown(request: Record) -> Answer:
    """A request as the engine sees it. What was found is the team's own file, and is not told here."""
    known = {name: request.details[name] for name in ("dueOn", "completedOn", "reason")}
    return Answer({"number": request.number, "state": request.state, **known})


def read_assessment_request(book: Book, call: Call[Nothing]) -> Answer:
    """How far a request is: `requested`, `completed` or `cancelled`."""
    return shown(book.read(call.organisation, KIND, call.number))


def cancel_assessment_request(book: Book, call: Call[Reason]) -> Answer:
    """The assessment is no longer needed."""
    request = book.read(call.organisation, KIND, call.number)
    if request.state == "cancelled":
        raise request.known()
    request.need("requested")
    return shown(book.change(request, "cancelled", reason=call.asked.reason))


def complete_assessment(book: Book, call: Call[Completion]) -> Answer:
    """Staff did the assessment; saying so twice is saying it once."""
    request = book.read(call.organisation, KIND, call.number)
    if request.state == "completed":
        return shown(request)
    request.need("requested")
    return shown(book.change(request, "completed", completedOn=call.asked.completed_on.isoformat()))


def give_move_notice(book: Book, call: Call[NewMoveNotice]) -> Answer:
    """The team now knows who moves in, and when."""
    details = {**_key(call), **call.asked.facts()}
    notice = book.open(call.organisation, "move_notice", "N", call.asked.mediation, "received", details)
    return Answer({"number": notice.number, "state": notice.state}, 201)


def find_messages(book: Book, call: Call[Under]) -> Answer:
    """What was taken in under a key, of either kind."""
    rows = book.connection.execute(UNDER_KEY, (call.organisation, call.asked.key))
    return Answer({"numbers": [row["number"] for row in rows]})


def _key(call: Call[Any]) -> Json:
    """The key under which something was asked: the sender can look for it."""
    return {"key": call.headers["idempotency-key"]}


DISTRICT_TEAM = Partner(
    "district_team",
    "",
    (
        Operation("request_assessment", "POST", PATH, NewAssessmentRequest, request_assessment, keyed=True),
        Operation("read_assessment_request", "GET", PATH + "/{number}", Nothing, read_assessment_request),
        Operation(
            "cancel_assessment_request",
            "POST",
            PATH + "/{number}/cancellation",
            Reason,
            cancel_assessment_request,
            keyed=True,
        ),
        Operation("find_messages", "GET", "/messages", Under, find_messages),
        Operation("give_move_notice", "POST", "/move-notices", NewMoveNotice, give_move_notice, keyed=True),
        Operation(
            "complete_assessment", "POST", PATH + "/{number}/completion", Completion, complete_assessment, by_staff=True
        ),
        worklist(KIND, PATH),
        worklist("move_notice", "/move-notices"),
    ),
)
