"""The housing corporation's system: dwellings, offers and leases.

A dwelling is under one live offer at most: a unique index, not a check, keeps it so. It is let when the keys are
handed over. The system takes every date from its callers and none from the machine's clock.
"""

import base64
import binascii
import json
import sqlite3
from datetime import date
from enum import StrEnum

from pydantic import AwareDatetime, Field

from .book import Book, Json, Record, Refused
from .system import Answer, Body, Call, Nothing, Operation, Partner, Reason, invalid, worklist

SCHEMA = """
create table if not exists dwellings (
    organisation text, id text, complex text not null, released_on text not null, facts text not null,
    primary key (organisation, id)) without rowid;
create index if not exists dwellings_released on dwellings (organisation, released_on, id);
create table if not exists closed_complexes (organisation text, complex text, primary key (organisation, complex));
create unique index if not exists one_live_offer_a_dwelling on records (organisation, about)
    where kind = 'offer' and state in ('offered', 'accepted', 'let');
create unique index if not exists one_lease_an_offer on records (organisation, about) where kind = 'lease';
"""

UPSERT_DWELLING = """
insert into dwellings values (?, ?, ?, ?, ?)
on conflict do update set complex = excluded.complex, released_on = excluded.released_on, facts = excluded.facts
"""
RELEASED_DWELLINGS = """
select released_on, id, facts from dwellings
where organisation = :organisation and released_on <= :released_by and (released_on, id) > (:after_date, :after_id)
  and not exists (select 1 from records where records.organisation = dwellings.organisation and about = dwellings.id
                  and kind = 'offer' and state in ('offered', 'accepted', 'let'))
order by released_on, id limit :limit
"""
IS_CLOSED = """
select exists (select 1 from closed_complexes where organisation = ? and complex = ?)
"""


class LivingForm(StrEnum):
    """How one lives there (woonvorm)."""

    INDEPENDENT = "independent"
    CLUSTERED = "clustered"
    SHARED = "shared"


class LeaseForm(StrEnum):
    """How it is rented (huurvorm): in one's own name, first the provider's (omklap), between three, temporary."""

    REGULAR = "regular"
    CONVERSION = "conversion"
    TRIPARTITE = "tripartite"
    TEMPORARY = "temporary"


class ClientAnswer(StrEnum):
    """What the client says to an offer."""

    ACCEPTED = "accepted"
    REFUSED = "refused"


class Dwelling(Body):
    """A dwelling (woning) and from when it may be offered. The rent is in cents a month; the ground floor is 0."""

    id: str = Field(min_length=1, max_length=100)
    complex: str = Field(min_length=1, max_length=100)
    district: str = Field(min_length=1, max_length=100)
    rooms: int = Field(ge=1, le=50)
    floor: int = Field(ge=-5, le=200)
    rent_cents: int = Field(ge=0)
    accessible: bool
    low_stimulus: bool
    living_form: LivingForm
    released_on: date


class Released(Body):
    """Which dwellings to list: released on or before a date, from a cursor, at most `limit`."""

    released_by: date
    cursor: str | None = None
    limit: int = Field(default=100, ge=1, le=100)


class NewOffer(Body):
    """An offer (aanbod) of one dwelling to one mediation's household, open until a moment."""

    mediation: str = Field(min_length=1, max_length=200)
    dwelling: str = Field(min_length=1, max_length=100)
    household: int = Field(ge=1, le=30)
    respond_by: AwareDatetime


class AnswerToOffer(Body):
    """The client's answer, written down by the corporation's staff, with its date if they give one."""

    state: ClientAnswer
    reason: str | None = Field(default=None, max_length=2000)
    answered_on: date | None = None


class NewLease(Body):
    """A lease (huurovereenkomst) to be prepared for an offer."""

    offer: str
    mediation: str
    form: LeaseForm


class Keys(Body):
    """The day on which the keys are handed over."""

    on: date


class Placements(Body):
    """Whether a complex is closed for placements (draagkracht)."""

    closed: bool


def list_dwellings(book: Book, call: Call[Released]) -> Answer:
    """The dwellings one may offer, oldest release first."""
    wanted = call.asked
    after_date, after_id = place_of(wanted.cursor) if wanted.cursor else ("", "")
    place = {"organisation": call.organisation, "after_date": after_date, "after_id": after_id}
    limits = {"released_by": wanted.released_by.isoformat(), "limit": wanted.limit + 1}
    rows = book.connection.execute(RELEASED_DWELLINGS, place | limits).fetchall()
    page, more = rows[: wanted.limit], len(rows) > wanted.limit
    following = cursor_at(page[-1]["released_on"], page[-1]["id"]) if more else None
    return Answer({"dwellings": [json.loads(row["facts"]) for row in page], "next": following})


def cursor_at(released_on: str, dwelling: str) -> str:
    """The cursor that continues after this dwelling."""
    return base64.urlsafe_b64encode(f"{released_on}|{dwelling}".encode()).decode()


def place_of(cursor: str) -> tuple[str, str]:
    """Release date and dwelling a cursor points after; Refused (400) for one we did not make."""
    try:
        released_on, _, dwelling = base64.urlsafe_b64decode(cursor.encode()).decode().partition("|")
        return date.fromisoformat(released_on).isoformat(), dwelling
    except (binascii.Error, ValueError):
        raise invalid("cursor", "is not a cursor of this list") from None


def place_offer(book: Book, call: Call[NewOffer]) -> Answer:
    """Offer a dwelling that is free, in a complex that is open."""
    asked = call.asked
    whose = (call.organisation, asked.dwelling)
    dwelling = book.connection.execute(
        "select complex from dwellings where organisation = ? and id = ?", whose
    ).fetchone()
    if dwelling is None:
        raise Refused(409, "dwelling_unavailable")
    if book.connection.execute(IS_CLOSED, (call.organisation, dwelling["complex"])).fetchone()[0]:
        raise Refused(409, "complex_overloaded")
    details: Json = {"reason": None, "answeredOn": None, **asked.facts()}
    try:
        offer = book.open(call.organisation, "offer", "A", asked.mediation, "offered", details, about=asked.dwelling)
    except sqlite3.IntegrityError:
        raise Refused(409, "dwelling_unavailable") from None
    return Answer({"number": offer.number, "state": offer.state}, 201)


def offer_shown(offer: Record) -> Answer:
    """An offer as the engine sees it."""
    details = offer.details
    answered = {"reason": details["reason"], "answeredOn": details["answeredOn"]}
    return Answer({"number": offer.number, "state": offer.state, **answered})


def read_offer(book: Book, call: Call[Nothing]) -> Answer:
    """The offer and how it was answered."""
    return offer_shown(book.read(call.organisation, "offer", call.number))


def withdraw_offer(book: Book, call: Call[Reason]) -> Answer:
    """Take back a live offer, also an accepted one: the dwelling is free again."""
    offer = book.read(call.organisation, "offer", call.number)
    if offer.state == "withdrawn":
        raise offer.known()
    offer.need("offered", "accepted")
    return offer_shown(book.change(offer, "withdrawn", reason=call.asked.reason))


def retract_offer(book: Book, call: Call[Reason]) -> Answer:
    """The corporation's own people take an offer back; doing so twice is doing it once."""
    offer = book.read(call.organisation, "offer", call.number)
    if offer.state == "withdrawn":
        return offer_shown(offer)
    offer.need("offered", "accepted")
    return offer_shown(book.change(offer, "withdrawn", reason=call.asked.reason))


def answer_offer(book: Book, call: Call[AnswerToOffer]) -> Answer:
    """Staff write down what the client answered; the same answer twice is one answer."""
    offer = book.read(call.organisation, "offer", call.number)
    answer = call.asked
    if offer.state == answer.state:
        return offer_shown(offer)
    offer.need("offered")
    answered_on = answer.answered_on.isoformat() if answer.answered_on else None
    return offer_shown(book.change(offer, answer.state, reason=answer.reason, answeredOn=answered_on))


def prepare_lease(book: Book, call: Call[NewLease]) -> Answer:
    """A lease for a live offer; preparing it takes the offer as accepted. An offer has one lease."""
    asked = call.asked
    offer = book.read(call.organisation, "offer", asked.offer)
    if offer.mediation != asked.mediation:
        raise Refused(409, "other_mediation", number=offer.number)
    offer.need("offered", "accepted")
    try:
        lease = book.open(
            call.organisation, "lease", "L", asked.mediation, "prepared", asked.facts(), about=offer.number
        )
    except sqlite3.IntegrityError:
        raise Refused(409, "lease_exists", number=offer.number) from None
    book.change(offer, "accepted")
    return Answer({"number": lease.number, "state": lease.state}, 201)


def hand_over_keys(book: Book, call: Call[Keys]) -> Answer:
    """The keys change hands: the dwelling is let."""
    lease = book.read(call.organisation, "lease", call.number)
    if lease.state == "keys_handed_over":
        raise lease.known()
    offer = book.read(call.organisation, "offer", str(lease.about))
    offer.need("accepted")
    book.change(offer, "let")
    handed = book.change(lease, "keys_handed_over", keysOn=call.asked.on.isoformat())
    return Answer({"number": handed.number, "state": handed.state})


def register_dwellings(book: Book, call: Call[list[Dwelling]]) -> Answer:
    """Write down dwellings, or what is new about them."""
    rows = [
        (call.organisation, home.id, home.complex, home.released_on.isoformat(), home.model_dump_json(by_alias=True))
        for home in call.asked
    ]
    book.connection.executemany(UPSERT_DWELLING, rows)
    return Answer({"dwellings": len(rows)})


def mark_complex(book: Book, call: Call[Placements]) -> Answer:
    """Close a complex for placements, or open it again."""
    whose = (call.organisation, call.number)
    if call.asked.closed:
        book.connection.execute("insert or ignore into closed_complexes values (?, ?)", whose)
    else:
        book.connection.execute("delete from closed_complexes where organisation = ? and complex = ?", whose)
    return Answer({"complex": call.number, "closed": call.asked.closed})


CORPORATION = Partner(
    "corporation",
    SCHEMA,
    (
        Operation("list_dwellings", "GET", "/dwellings", Released, list_dwellings),
        Operation("place_offer", "POST", "/offers", NewOffer, place_offer, keyed=True),
        Operation("read_offer", "GET", "/offers/{number}", Nothing, read_offer),
        Operation("withdraw_offer", "POST", "/offers/{number}/withdrawal", Reason, withdraw_offer, keyed=True),
        Operation("prepare_lease", "POST", "/leases", NewLease, prepare_lease, keyed=True),
        Operation("hand_over_keys", "POST", "/leases/{number}/keys", Keys, hand_over_keys, keyed=True),
        Operation("register_dwellings", "PUT", "/dwellings", list[Dwelling], register_dwellings, by_staff=True),
        Operation("mark_complex", "PUT", "/complexes/{number}", Placements, mark_complex, by_staff=True),
        Operation("answer_offer", "POST", "/offers/{number}/answer", AnswerToOffer, answer_offer, by_staff=True),
        Operation("retract_offer", "POST", "/offers/{number}/staff-withdrawal", Reason, retract_offer, by_staff=True),
        worklist("offer", "/offers"),
        worklist("lease", "/leases"),
    ),
)
