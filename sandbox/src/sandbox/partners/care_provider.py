"""The care provider's system: support that municipalities allocate to it by messages (iWmo), started and stopped.

It takes an allocation (WMO301) and answers it with a retour (WMO302). What its staff do here becomes a start (WMO305)
or a stop (WMO307), which it sends to the municipality; the retour to that is noted with the message.
"""

from datetime import date
from typing import cast

from pydantic import Field

from activities.iwmo.codes import Category, DeliveryStatus, Ending, MessageKind
from activities.iwmo.messages import Product

from .book import Book, Json, Record, Refused
from .care_exchange import SCHEMA, Exchange, Habits, Said
from .faults import FaultKind
from .system import Answer, Body, Call, Nothing, Operation, Partner, worklist

KIND = "support_request"
PATH = "/support-requests"


class Plan(Body):
    """The day on which support is to start. No message tells it: staff say it in the municipality's own system."""

    starts_on: date


class Start(Body):
    """The day on which support started."""

    started_on: date


class Stop(Body):
    """The last day of support, and why it ended (WMO588)."""

    ended_on: date
    reason: Ending = Ending.AS_PLANNED


class Anything(Body):
    """A start or stop of any allocation, known here or not: what a system in disorder may send."""

    kind: str = Field(pattern="^WMO30[57]$")
    municipality: str = Field(pattern=r"^\d{4}$")
    allocation: int = Field(ge=0, le=999_999_999)
    bsn: str
    begins_on: date
    ends_on: date | None = None
    reason: Ending | None = None
    removed: bool = False


def shown(record: Record) -> Answer:
    """Support as the staff see it."""
    return Answer({"number": record.number, "state": record.state, **record.details})


def read_support_request(book: Book, call: Call[Nothing]) -> Answer:
    """How far it is."""
    return shown(book.read(call.organisation, KIND, call.number))


def plan_support(book: Book, call: Call[Plan]) -> Answer:
    """Staff plan the start, or move it."""
    record = book.read(call.organisation, KIND, call.number)
    record.need("requested", "planned")
    return shown(book.change(record, "planned", startsOn=call.asked.starts_on.isoformat()))


def start_support(book: Book, call: Call[Start]) -> Answer:
    """Support has started: the municipality is told by a WMO305. Saying so twice is saying it once."""
    record = book.read(call.organisation, KIND, call.number)
    if record.state == "started":
        return shown(record)
    record.need("requested", "planned", "stopped")
    began = call.asked.started_on
    changed = book.change(record, "started", startedOn=began.isoformat(), endedOn=None)
    product = Product(_number(record), None, began, DeliveryStatus.FIRST)
    Exchange(book).say(call.organisation, _said(changed, MessageKind.START, product))
    return shown(changed)


def tell_twice(book: Book, organisation: str, number: str) -> None:
    """The message that tells of a start is sent twice."""
    Exchange(book).repeat(organisation, MessageKind.START)


def tell_early(book: Book, organisation: str, number: str) -> None:
    """The start was told before the allocation was entered here: by a message without its number, so it is refused."""
    record = book.read(organisation, KIND, number)
    product = Product(None, None, _day(record, "startedOn"), DeliveryStatus.FIRST)
    Exchange(book).forestall(organisation, _said(record, MessageKind.START, product))


def take_start_back(book: Book, call: Call[Nothing]) -> Answer:
    """The start was reported in error: a WMO305 with StatusAanlevering 3."""
    record = book.read(call.organisation, KIND, call.number)
    record.need("started")
    began = _day(record, "startedOn")
    changed = book.change(record, "requested", startedOn=None)
    product = Product(_number(record), None, began, DeliveryStatus.REMOVED)
    Exchange(book).say(call.organisation, _said(changed, MessageKind.START, product))
    return shown(changed)


def stop_support(book: Book, call: Call[Stop]) -> Answer:
    """Support has ended: the municipality is told by a WMO307."""
    record = book.read(call.organisation, KIND, call.number)
    record.need("started")
    asked = call.asked
    changed = book.change(record, "stopped", endedOn=asked.ended_on.isoformat(), reason=asked.reason.value)
    began = _day(record, "startedOn")
    product = Product(_number(record), None, began, DeliveryStatus.FIRST, asked.ended_on, asked.reason)
    Exchange(book).say(call.organisation, _said(changed, MessageKind.STOP, product))
    return shown(changed)


def send_anything(book: Book, call: Call[Anything]) -> Answer:
    """Send a message that no work here led to, such as a start before the allocation."""
    asked = call.asked
    delivery = DeliveryStatus.REMOVED if asked.removed else DeliveryStatus.FIRST
    category = Category.GUIDANCE.value
    product = Product(asked.allocation, category, asked.begins_on, delivery, asked.ends_on, asked.reason)
    client: Json = {"bsn": asked.bsn, "bornOn": "1990-01-01", "surname": "Onbekend"}
    said = Said(MessageKind(asked.kind), asked.municipality, client, product)
    return Answer({"identification": Exchange(book).say(call.organisation, said)}, 201)


def set_habits(book: Book, call: Call[Habits]) -> Answer:
    """How this provider's system answers from now on: what tests and demonstrations switch."""
    Exchange(book).behave(call.organisation, call.asked)
    return Answer(call.asked.facts())


def _said(record: Record, kind: MessageKind, product: Product) -> Said:
    client = cast(Json, record.details["client"])
    return Said(kind, str(record.details["municipality"]), client, product._replace(category=Category.GUIDANCE.value))


def _number(record: Record) -> int:
    if not record.number.isdecimal():
        raise Refused(404, "not_found")
    return int(record.number)


def _day(record: Record, name: str) -> date:
    return date.fromisoformat(str(record.details[name]))


STARTS_BADLY = {FaultKind.TWICE: tell_twice, FaultKind.EARLY: tell_early}

CARE_PROVIDER = Partner(
    "care_provider",
    SCHEMA,
    (
        Operation("read_support_request", "GET", PATH + "/{number}", Nothing, read_support_request, by_staff=True),
        Operation("plan_support", "POST", PATH + "/{number}/plan", Plan, plan_support, by_staff=True),
        Operation(
            "start_support", "POST", PATH + "/{number}/start", Start, start_support, by_staff=True, mishaps=STARTS_BADLY
        ),
        Operation(
            "take_start_back", "POST", PATH + "/{number}/start-withdrawal", Nothing, take_start_back, by_staff=True
        ),
        Operation("stop_support", "POST", PATH + "/{number}/stop", Stop, stop_support, by_staff=True),
        Operation("send_anything", "POST", "/any-message", Anything, send_anything, by_staff=True),
        Operation("set_habits", "PUT", "/habits", Habits, set_habits, by_staff=True),
        worklist(KIND, PATH),
    ),
)
