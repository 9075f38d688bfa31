"""The resources of the reference corporation that speak VERA 4.3: candidates, offers, allocations, leases, grounds.

Every POST carries our key (`idExtern`). It is kept and can be looked for, and that is all: the same POST again makes
another of the same (see `vera_desk`). A dwelling is kept for one client at a time, who may stand offered it twice.
Offers and leases keep beside their VERA document a state in the words of the people who work here.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, cast

from pydantic import JsonValue

from .book import Book, Json, Record
from .dwellings import found, list_eenheden, page_size, read_eenheid
from .faults import FaultKind
from .system import Answer, Call, Operation
from .vera_words import check_words, code_in, extra, fault, key_in, last_part

Document = dict[str, JsonValue]

SCHEMA = """
drop index if exists one_live_offer_a_dwelling;
drop index if exists one_lease_an_offer;
create index if not exists records_about on records (organisation, about);
"""
LIST = """
select * from records where organisation = :organisation and kind = :kind and number > :after
  and (:key is null or json_extract(details, '$.document.idExtern') = :key)
order by number limit :limit
"""
KEPT_FOR_ANOTHER = """
select number from records where organisation = ? and kind = 'offer' and about = ? and mediation <> ?
  and state in ('offered', 'accepted', 'let') limit 1
"""
LIVE_OFFER = """
select number from records where organisation = ? and kind = 'offer' and about = ? and state in ('offered', 'accepted')
order by number limit 1
"""
STATES = {"AAN": "offered", "TOE": "accepted", "GEW": "refused", "ING": "withdrawn"}
CLOSED = ("refused", "withdrawn", "let")
DONE_WITH = ("AFG", "GEW")
"""How a candidate stands who is one no more."""


@dataclass(frozen=True)
class Resource:
    """One kind of entity: its address, how its numbers begin, and what making and changing one leads to."""

    path: str
    single: str
    kind: str
    letter: str
    make: Callable[[Book, Call[Document], "Resource"], Record]
    change: Callable[[Book, Record, Document], Record]


def document_of(record: Record) -> Json:
    """An entity as VERA shows it."""
    return {"id": record.number, **_document(record)}


def _document(record: Record) -> Json:
    return cast(Json, record.details["document"])


def enter(book: Book, call: Call[Document], of: Resource, state: str, about: str | None = None, **facts: Any) -> Record:
    """Enter a new entity in the book."""
    details: Json = {**facts, "document": call.asked}
    return book.open(call.organisation, of.kind, of.letter, mediation_of(call.asked), state, details, about)


def mediation_of(document: Document) -> str:
    """The number of the mediation, with which our key begins."""
    return str(document["idExtern"]).partition(":")[0]


def rewrite(book: Book, record: Record, state: str, changes: Document, **facts: JsonValue) -> Record:
    """Change an entity's document, and with it what is known about it here."""
    return book.change(record, state, document={**_document(record), **changes}, **facts)


# -- making ------------------------------------------------------------------------------------------------------------


def make_plainly(book: Book, call: Call[Document], of: Resource) -> Record:
    """Something that is only written down."""
    return enter(book, call, of, "noted")


def make_offer(book: Book, call: Call[Document], of: Resource) -> Record:
    """An offer of a dwelling that is free, in a complex that is open, to a candidate for that dwelling."""
    asked = call.asked
    dwelling = last_part(asked.get("eenheid"))
    closed = bool(found(book, call.organisation, dwelling)["closed"])
    candidate = book.read(call.organisation, "candidate", key_in(asked, "kandidaat"))
    document = document_of(candidate)
    if last_part(document.get("eenheid")) != dwelling:
        raise fault(422, "andere_eenheid", "de kandidaat is er een voor een andere eenheid")
    if closed:
        raise fault(409, "plaatsingsstop", "het complex is gesloten voor plaatsing")
    facts = {
        "dwelling": dwelling,
        "household": int(extra(document, "huishoudgrootte") or 1),
        "respondBy": asked.get("vervaldatum"),
        "reason": None,
        "answeredOn": None,
    }
    whose = (call.organisation, dwelling, mediation_of(asked))
    if book.connection.execute(KEPT_FOR_ANOTHER, whose).fetchone():
        raise fault(409, "niet_beschikbaar", "de eenheid is niet beschikbaar")
    return enter(book, call, of, "offered", dwelling, **facts)


def make_lease(book: Book, call: Call[Document], of: Resource) -> Record:
    """A lease of the one dwelling that is under an offer."""
    units = call.asked.get("eenheden")
    dwelling = last_part(units[0]) if isinstance(units, list) and len(units) == 1 else ""
    offer = book.connection.execute(LIVE_OFFER, (call.organisation, dwelling)).fetchone()
    if offer is None:
        raise fault(409, "geen_aanbieding", "voor de eenheid loopt geen aanbieding")
    return enter(book, call, of, "prepared", offer["number"], offer=offer["number"], form=_form(call.asked))


def _form(lease: Document) -> str:
    special = {"omklapcontract": "conversion", "driepartijenovereenkomst": "tripartite"}
    plain = "temporary" if code_in(lease, "detailSoort") == "TIJ" else "regular"
    return special.get(extra(lease, "contractvorm") or "", plain)


def make_allocation(book: Book, call: Call[Document], of: Resource) -> Record:
    """The allocation that goes with an offer that was accepted."""
    offer = book.read(call.organisation, "offer", key_in(call.asked, "aanbieding"))
    if offer.state != "accepted":
        raise fault(409, "niet_geaccepteerd", "de aanbieding is niet geaccepteerd")
    return enter(book, call, of, "noted", offer=offer.number, lease=last_part(call.asked.get("overeenkomst")))


# -- changing ----------------------------------------------------------------------------------------------------------


def change_plainly(book: Book, record: Record, changes: Document) -> Record:
    """Something of which only the document changes."""
    return rewrite(book, record, record.state, changes)


def change_candidate(book: Book, record: Record, changes: Document) -> Record:
    """A candidate who was turned down is closed."""
    if code_in(_document(record), "status") in DONE_WITH:
        raise fault(409, "kandidaat_gesloten", "de kandidaat is gesloten")
    return rewrite(book, record, record.state, changes)


def change_offer(book: Book, record: Record, changes: Document) -> Record:
    """Answer an offer or take it back. One that is closed takes no change, not even the one that closed it."""
    state = STATES.get(code_in(changes, "status"), record.state)
    if record.state in CLOSED:
        raise fault(409, "aanbieding_gesloten", "de aanbieding is gesloten")
    return rewrite(book, record, state, changes)


def retract_allocation(book: Book, organisation: str, number: str) -> None:
    """The corporation's people take the offer back after all: the dwelling was allocated wrongly."""
    allocation = book.read(organisation, "allocation", number)
    offer = book.read(organisation, "offer", str(allocation.details["offer"]))
    wrongly: Document = {"status": {"code": "ING"}, "detailStatus": {"code": "ONT"}}
    rewrite(book, offer, "withdrawn", wrongly, reason="onterecht aangeboden")
    lease = book.read(organisation, "lease", str(allocation.details["lease"]))
    rewrite(book, lease, "cancelled", {"status": {"code": "GEA"}})


# -- the operations ----------------------------------------------------------------------------------------------------

RESOURCES = (
    Resource("kandidaten", "kandidaat", "candidate", "K", make_plainly, change_candidate),
    Resource("aanbiedingen", "aanbieding", "offer", "A", make_offer, change_offer),
    Resource("toewijzingen", "toewijzing", "allocation", "T", make_allocation, change_plainly),
    Resource("huurovereenkomsten", "huurovereenkomst", "lease", "L", make_lease, change_plainly),
    Resource("voorrangsregelingen", "voorrangsregeling", "ground", "V", make_plainly, change_plainly),
)


def _listing(of: Resource) -> Callable[[Book, Call[dict[str, str]]], Answer]:
    def show(book: Book, call: Call[dict[str, str]]) -> Answer:
        if unknown := set(call.asked) - {"cursor", "idExtern"}:
            raise fault(400, "onbekend_filter", f"onbekend: {', '.join(sorted(unknown))[:200]}")
        limit = page_size(call.headers)
        wanted = {"organisation": call.organisation, "kind": of.kind, "key": call.asked.get("idExtern")}
        after = call.asked.get("cursor", "")
        rows = book.connection.execute(LIST, {**wanted, "after": after, "limit": limit + 1}).fetchall()
        page = [book.read(call.organisation, of.kind, row["number"]) for row in rows[:limit]]
        more = {"X-Parameters-Cursor": page[-1].number} if len(rows) > limit else {}
        content = [document_of(record) for record in page]
        return Answer(list(content), headers={"X-Parameters-AantalPerPagina": str(limit), **more})

    return show


def _reading(of: Resource) -> Callable[[Book, Call[dict[str, str]]], Answer]:
    def show(book: Book, call: Call[dict[str, str]]) -> Answer:
        return Answer(document_of(book.read(call.organisation, of.kind, call.number)))

    return show


def _making(of: Resource) -> Callable[[Book, Call[Document]], Answer]:
    def make(book: Book, call: Call[Document]) -> Answer:
        check_words(of.path, call.asked)
        return made(of, call.url, of.make(book, call, of))

    return make


def made(of: Resource, url: str, record: Record) -> Answer:
    """What a POST is answered: the entity, and where it is."""
    where = {"Location": f"{url}/v4/{of.path}/{record.number}"}
    return Answer(document_of(record), 201, where, record.number)


def _changing(of: Resource) -> Callable[[Book, Call[Document]], Answer]:
    def change(book: Book, call: Call[Document]) -> Answer:
        check_words(of.path, call.asked)
        record = book.read(call.organisation, of.kind, call.number)
        changed = of.change(book, record, call.asked)
        return Answer(None, record=changed.number, changed=changed != record)

    return change


def _operations(of: Resource) -> tuple[Operation[Any], ...]:
    path, one = f"/v4/{of.path}", f"/v4/{of.path}/{{number}}"
    mishaps = {FaultKind.RETRACTED: retract_allocation} if of.kind == "allocation" else {}
    return (
        Operation(f"list_{of.path}", "GET", path, dict[str, str], _listing(of)),
        Operation(f"read_{of.single}", "GET", one, dict[str, str], _reading(of)),
        Operation(f"create_{of.single}", "POST", path, dict[str, JsonValue], _making(of), keyed=True, mishaps=mishaps),
        Operation(f"update_{of.single}", "PATCH", one, dict[str, JsonValue], _changing(of), keyed=True),
    )


def ping(book: Book, call: Call[dict[str, str]]) -> Answer:
    """It is there, and lets the caller in."""
    return Answer({})


VERA: tuple[Operation[Any], ...] = (
    Operation("ping", "GET", "/v4/ping", dict[str, str], ping),
    Operation("list_eenheden", "GET", "/v4/eenheden", dict[str, str], list_eenheden),
    Operation("read_eenheid", "GET", "/v4/eenheden/{number}", dict[str, str], read_eenheid),
    *(operation for of in RESOURCES for operation in _operations(of)),
)
CREATES = {f"create_{of.single}": of for of in RESOURCES}
