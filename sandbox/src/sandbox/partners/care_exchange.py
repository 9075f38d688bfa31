"""What a care provider's system keeps of its exchange of messages: with whom, what came in, and what goes out.

Everything that goes out is first written down, in the transaction of what it is about, and sent until it is taken; a
process that is killed in between sends it after it comes back.
"""

import json
from typing import Literal, NamedTuple

from activities.iwmo.codes import MessageKind
from activities.iwmo.messages import Client, Header, Product
from activities.iwmo.xml_build import build
from domain.facts.born import Born
from sandbox.partners.provider_messages import report_tree

from .book import Book, Json, Record, Refused, record_of
from .system import Body

SCHEMA = """
create table if not exists exchange (
    organisation text primary key, agb text not null, url text not null, token text not null) without rowid;
create table if not exists habits (organisation text primary key, document text not null) without rowid;
create table if not exists received (
    organisation text, kind text, identification text, digest text not null,
    primary key (organisation, kind, identification)) without rowid;
create table if not exists outgoing (
    place integer primary key, organisation text not null, kind text not null, identification text not null,
    content blob not null, status integer, codes text);
create table if not exists held (place integer primary key, until text not null);
create table if not exists late (place integer primary key, organisation text not null, allocation text not null);
"""
WAITING = """
select o.place, o.kind, o.identification, o.content, e.url, e.token from outgoing o join exchange e using (organisation)
where o.status is null and not exists (select 1 from late where late.place = o.place) and not exists (
    select 1 from held join outgoing early on early.organisation = o.organisation and early.identification = held.until
    where held.place = o.place and early.codes is null and coalesce(early.status, 0) < 400)
order by o.place
"""
LAST = """
select place, identification, content from outgoing where organisation = ? and kind = ? order by place desc limit 1
"""
NO_LONGER_LATE = "delete from late where organisation = ? and allocation = ?"
SENT = "select kind, identification, status, codes from outgoing where organisation = ? order by place"
NOTE_CODES = "update outgoing set codes = ? where organisation = ? and kind = ? and identification = ?"


class Habits(Body):
    """What a provider's system does out of the ordinary."""

    retour: Literal["sent", "missing", "rejected", "malformed"] = "sent"
    """To an allocation."""
    retour_code: Literal["0001", "9019", "9332"] = "0001"
    """With which it rejects: 0001 in the header, another with the product."""
    starts: Literal["once", "twice", "twice_anew", "malformed"] = "once"
    """A start is sent so often: the same message, or another one that says the same."""


class Said(NamedTuple):
    """A start or a stop that is to be sent, and about whom."""

    kind: MessageKind
    municipality: str
    """Its code."""
    client: Json
    product: Product


class Waiting(NamedTuple):
    """A message that nobody has taken yet."""

    place: int
    kind: str
    identification: str
    content: bytes
    url: str
    token: str


class Exchange:
    """The exchange of messages of all organisations of a book."""

    def __init__(self, book: Book) -> None:
        self.book = book

    def set_up(self, organisation: str, agb: str, url: str, token: str) -> None:
        """Say under which code an organisation is known, and where its messages go."""
        values = (organisation, agb, url, token)
        self.book.connection.execute("insert or replace into exchange values (?, ?, ?, ?)", values)

    def agb_of(self, organisation: str) -> str:
        """Return the AGB code of an organisation."""
        row = self.book.connection.execute(
            "select agb from exchange where organisation = ?", (organisation,)
        ).fetchone()
        if row is None:
            raise Refused(409, "not_set_up")
        return str(row["agb"])

    def behave(self, organisation: str, habits: Habits) -> None:
        """Behave so from now on."""
        values = (organisation, habits.model_dump_json(by_alias=True))
        self.book.connection.execute("insert or replace into habits values (?, ?)", values)

    def habits_of(self, organisation: str) -> Habits:
        """Return how an organisation's system behaves."""
        row = self.book.connection.execute(
            "select document from habits where organisation = ?", (organisation,)
        ).fetchone()
        return Habits.model_validate_json(row["document"]) if row else Habits()

    def number(self, organisation: str) -> str:
        """Return the next Identificatie of an organisation."""
        row = self.book.connection.execute(
            "insert into numbers values (?, 'message', 1) on conflict do update set last = last + 1 returning last",
            (organisation,),
        ).fetchall()[0]
        return f"ZA{row[0]:010}"

    # -- what came in ----------------------------------------------------------------------------------------------

    def receive(self, organisation: str, kind: MessageKind, identification: str, digest: str) -> str | None:
        """Note that a message came in; return the digest of the one that had its Identificatie before."""
        key = (organisation, kind.value, identification)
        row = self.book.connection.execute(
            "select digest from received where (organisation, kind, identification) = (?, ?, ?)", key
        ).fetchone()
        self.book.connection.execute("insert or ignore into received values (?, ?, ?, ?)", (*key, digest))
        return str(row["digest"]) if row else None

    def support(self, organisation: str, number: str) -> Record | None:
        """Return what is known under an allocation's number."""
        row = self.book.connection.execute(
            "select * from records where organisation = ? and number = ?", (organisation, number)
        ).fetchone()
        return record_of(row) if row else None

    def enter(self, organisation: str, kind: str, number: str, details: Json) -> None:
        """Enter support under the number of its allocation."""
        values = (organisation, number, kind, "", "requested", None, json.dumps(details))
        self.book.connection.execute("insert into records values (?, ?, ?, ?, ?, ?, ?)", values)

    # -- what goes out ---------------------------------------------------------------------------------------------

    def say(self, organisation: str, said: Said) -> str:
        """Write a start or stop down to be sent, as often as is this system's habit; return its Identificatie."""
        habit = self.habits_of(organisation).starts if said.kind is MessageKind.START else "once"
        number, allocation = "", str(said.product.allocation)
        self.book.connection.execute(NO_LONGER_LATE, (organisation, allocation))
        for _ in range(2 if habit == "twice_anew" else 1):
            number = self.number(organisation)
            content = self._report(organisation, said, number)
            for _ in range(2 if habit == "twice" else 1):
                self.put(organisation, said.kind, number, content[:-20] if habit == "malformed" else content)
        return number

    def repeat(self, organisation: str, kind: MessageKind) -> None:
        """Send the last message of a kind once more, the very same."""
        last = self.book.connection.execute(LAST, (organisation, kind.value)).fetchone()
        self.put(organisation, kind, last["identification"], last["content"])

    def forestall(self, organisation: str, said: Said) -> None:
        """Send this before the last message of its kind, which waits until this one is answered or refused."""
        last = self.book.connection.execute(LAST, (organisation, said.kind.value)).fetchone()
        early = self.number(organisation)
        self.put(organisation, said.kind, early, self._report(organisation, said, early))
        self.book.connection.execute("insert into held values (?, ?)", (last["place"], early))

    def put(
        self, organisation: str, kind: MessageKind, identification: str, content: bytes, late: str | None = None
    ) -> None:
        """Write a message down to be sent; a late one when there is more to tell of this allocation."""
        written = self.book.connection.execute(
            "insert into outgoing (organisation, kind, identification, content) values (?, ?, ?, ?)",
            (organisation, kind.value, identification, content),
        )
        if late:
            values = (written.lastrowid, organisation, late)
            self.book.connection.execute("insert into late values (?, ?, ?)", values)

    def _report(self, organisation: str, said: Said, number: str) -> bytes:
        client = Client(
            bsn=str(said.client["bsn"]),
            born_on=Born.read(str(said.client["bornOn"])),
            surname=str(said.client["surname"]),
            prefix=None,
            first_names=None,
        )
        dated = max(said.product.ends_on or said.product.begins_on, said.product.begins_on)
        header = Header(self.agb_of(organisation), said.municipality, number, dated)
        return build(said.kind, report_tree(said.kind, header, client, (said.product,)))

    def waiting(self) -> list[Waiting]:
        """Return what is to be sent, in order."""
        return [
            Waiting(row["place"], row["kind"], row["identification"], row["content"], row["url"], row["token"])
            for row in self.book.connection.execute(WAITING)
        ]

    def taken(self, place: int, status: int) -> None:
        """Note with which status a message was taken, or refused for good."""
        self.book.connection.execute("update outgoing set status = ? where place = ?", (status, place))

    def answered(self, organisation: str, kind: MessageKind, identification: str, codes: tuple[str, ...]) -> None:
        """Note the retour to a message: without codes it was approved."""
        values = (json.dumps(codes), organisation, kind.value, identification)
        self.book.connection.execute(NOTE_CODES, values)

    def sent(self, organisation: str) -> list[Json]:
        """Return what was sent: the status it was taken with, and the codes of its retour once that came."""
        rows = self.book.connection.execute(SENT, (organisation,))
        return [{**dict(row), "codes": json.loads(row["codes"]) if row["codes"] else None} for row in rows]
