"""The housing corporation's system: it speaks VERA 4.3, and its own people work in it.

What the engine asks stands in `vera` and `dwellings`. Here is what the staff do: answer an offer that a client came to
tell about, take one back, hand over keys. The system takes every date from its callers, none from the machine's clock.
"""

from datetime import date
from enum import StrEnum

from pydantic import Field, JsonValue

from . import dwellings, vera
from .book import Book, Record
from .dwellings import Dwelling, Placements, mark_complex, register_dwellings, write_strange
from .system import Answer, Body, Call, Operation, Partner, Reason, worklist
from .vera import VERA, rewrite

REFUSALS = {"rent": "HUU", "neighbourhood": "WOB", "state_of_repair": "WKN", "size": "WBN", "health": "PER"}
"""VERA's code for a reason that staff choose; any other is no interest (GEE)."""


class ClientAnswer(StrEnum):
    """What the client says to an offer."""

    ACCEPTED = "accepted"
    REFUSED = "refused"


class AnswerToOffer(Body):
    """The client's answer, written down by the corporation's staff, with its date if they give one."""

    state: ClientAnswer
    reason: str | None = Field(default=None, max_length=2000)
    answered_on: date | None = None


class Keys(Body):
    """The day on which the keys are handed over."""

    on: date


def offer_shown(offer: Record) -> Answer:
    """An offer as staff see it."""
    details = offer.details
    answered = {"reason": details["reason"], "answeredOn": details["answeredOn"]}
    return Answer({"number": offer.number, "state": offer.state, **answered})


def answer_offer(book: Book, call: Call[AnswerToOffer]) -> Answer:
    """Staff write down what the client answered; the same answer twice is one answer."""
    offer = book.read(call.organisation, "offer", call.number)
    answer = call.asked
    if offer.state == answer.state:
        return offer_shown(offer)
    offer.need("offered")
    answered_on = answer.answered_on.isoformat() if answer.answered_on else None
    day = answered_on or str(offer.details["respondBy"])[:10]
    changes: dict[str, JsonValue] = {"status": {"code": "TOE"}, "antwoorddatum": f"{day}T12:00:00Z"}
    if answer.state is ClientAnswer.REFUSED:
        detail: JsonValue = {"code": REFUSALS.get(answer.reason or "", "GEE")}
        changes |= {"status": {"code": "GEW"}, "detailStatus": detail, "antwoordToelichting": answer.reason}
    return offer_shown(rewrite(book, offer, answer.state, changes, reason=answer.reason, answeredOn=answered_on))


def retract_offer(book: Book, call: Call[Reason]) -> Answer:
    """The corporation's own people take an offer back; doing so twice is doing it once."""
    offer = book.read(call.organisation, "offer", call.number)
    if offer.state == "withdrawn":
        return offer_shown(offer)
    offer.need("offered", "accepted")
    why: dict[str, JsonValue] = {"code": "TOE" if call.asked.reason == "let_otherwise" else "ONT"}
    changes: dict[str, JsonValue] = {"status": {"code": "ING"}, "detailStatus": why}
    return offer_shown(rewrite(book, offer, "withdrawn", changes, reason=call.asked.reason))


def hand_over_keys(book: Book, call: Call[Keys]) -> Answer:
    """The keys change hands: the dwelling is let, and the lease runs."""
    lease = book.read(call.organisation, "lease", call.number)
    if lease.state == "keys_handed_over":
        raise lease.known()
    offer = book.read(call.organisation, "offer", str(lease.about))
    offer.need("accepted")
    rewrite(book, offer, "let", {})
    day = call.asked.on.isoformat()
    running: dict[str, JsonValue] = {"status": {"code": "LOP"}, "begindatum": day}
    handed = rewrite(book, lease, "keys_handed_over", running, keysOn=day)
    return Answer({"number": handed.number, "state": handed.state})


CORPORATION = Partner(
    "corporation",
    dwellings.SCHEMA + vera.SCHEMA,
    (
        *VERA,
        Operation("register_dwellings", "PUT", "/dwellings", list[Dwelling], register_dwellings, by_staff=True),
        Operation("write_strange", "PUT", "/strange-units", list[dict[str, JsonValue]], write_strange, by_staff=True),
        Operation("mark_complex", "PUT", "/complexes/{number}", Placements, mark_complex, by_staff=True),
        Operation("answer_offer", "POST", "/offers/{number}/answer", AnswerToOffer, answer_offer, by_staff=True),
        Operation("retract_offer", "POST", "/offers/{number}/staff-withdrawal", Reason, retract_offer, by_staff=True),
        Operation("hand_over_keys", "POST", "/leases/{number}/keys", Keys, hand_over_keys, by_staff=True),
        worklist("offer", "/offers"),
        worklist("lease", "/leases"),
        worklist("candidate", "/candidates"),
        worklist("allocation", "/allocations"),
        worklist("ground", "/grounds"),
    ),
)
