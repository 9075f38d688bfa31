"""The care provider's system: requests for support, planned, started, or not possible."""

from datetime import date

from pydantic import Field

from .book import Book, Json, Record
from .system import Answer, Body, Call, Nothing, Operation, Partner, Reason, worklist

KIND = "support_request"
PATH = "/support-requests"


class NewSupportRequest(Body):
    """Support (begeleiding) asked for: which product, in which district, and from when if that is known."""

    mediation: str = Field(min_length=1, max_length=200)
    product: str = Field(min_length=1, max_length=200)
    district: str = Field(min_length=1, max_length=200)
    wanted_by: date | None


class Plan(Body):
    """The day on which support is to start."""

    starts_on: date


class Start(Body):
    """The day on which support started."""

    started_on: date


def request_support(book: Book, call: Call[NewSupportRequest]) -> Answer:
    """Write down a request for support."""
    details: Json = {"startsOn": None, "startedOn": None, "reason": None, **call.asked.facts()}
    request = book.open(call.organisation, KIND, "S", call.asked.mediation, "requested", details)
    return Answer({"number": request.number, "state": request.state}, 201)


def shown(request: Record) -> Answer:
    """A request as the engine sees it."""
    known = {name: request.details[name] for name in ("startsOn", "startedOn", "reason")}
    return Answer({"number": request.number, "state": request.state, **known})


def read_support_request(book: Book, call: Call[Nothing]) -> Answer:
    """How far a request is."""
    return shown(book.read(call.organisation, KIND, call.number))


def cancel_support_request(book: Book, call: Call[Reason]) -> Answer:
    """Support is no longer needed; support that has started is ended elsewhere, not cancelled."""
    request = book.read(call.organisation, KIND, call.number)
    if request.state == "cancelled":
        raise request.known()
    request.need("requested", "planned")
    return shown(book.change(request, "cancelled", reason=call.asked.reason))


def plan_support(book: Book, call: Call[Plan]) -> Answer:
    """Staff plan the start, or move it."""
    request = book.read(call.organisation, KIND, call.number)
    request.need("requested", "planned")
    return shown(book.change(request, "planned", startsOn=call.asked.starts_on.isoformat()))


def start_support(book: Book, call: Call[Start]) -> Answer:
    """Support has started; saying so twice is saying it once."""
    request = book.read(call.organisation, KIND, call.number)
    if request.state == "started":
        return shown(request)
    request.need("requested", "planned")
    return shown(book.change(request, "started", startedOn=call.asked.started_on.isoformat()))


def report_unable(book: Book, call: Call[Reason]) -> Answer:
    """The provider cannot start; saying so twice is saying it once."""
    request = book.read(call.organisation, KIND, call.number)
    if request.state == "unable":
        return shown(request)
    request.need("requested", "planned")
    return shown(book.change(request, "unable", reason=call.asked.reason))


CARE_PROVIDER = Partner(
    "care_provider",
    "",
    (
        Operation("request_support", "POST", PATH, NewSupportRequest, request_support, keyed=True),
        Operation("read_support_request", "GET", PATH + "/{number}", Nothing, read_support_request),
        Operation(
            "cancel_support_request",
            "POST",
            PATH + "/{number}/cancellation",
            Reason,
            cancel_support_request,
            keyed=True,
        ),
        Operation("plan_support", "POST", PATH + "/{number}/plan", Plan, plan_support, by_staff=True),
        Operation("start_support", "POST", PATH + "/{number}/start", Start, start_support, by_staff=True),
        Operation("report_unable", "POST", PATH + "/{number}/unable", Reason, report_unable, by_staff=True),
        worklist(KIND, PATH),
    ),
)
