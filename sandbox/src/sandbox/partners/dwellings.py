"""The dwellings of the reference corporation: what its people write down, and how VERA shows it (eenheden).

A dwelling that waits for a tenant has status LEE and detail NIB from the day of its release; one under an offer has
lost that detail, and one that is let has status VEH. The system takes its date from the caller, as VERA lets it.
"""

import base64
import binascii
import json
import sqlite3
from collections.abc import Mapping
from datetime import date, datetime
from enum import StrEnum

from pydantic import Field, JsonValue

from .book import Book, Json
from .handwriting import hand, plain
from .system import Answer, Body, Call
from .vera_words import fault

SCHEMA = """
create table if not exists dwellings (
    organisation text, id text, complex text not null, released_on text not null, facts text not null,
    primary key (organisation, id)) without rowid;
create index if not exists dwellings_released on dwellings (organisation, released_on, id);
create table if not exists closed_complexes (organisation text, complex text, primary key (organisation, complex));
create table if not exists strange_units (
    place integer primary key, organisation text not null, document text not null);
"""
UPSERT_DWELLING = """
insert into dwellings values (?, ?, ?, ?, ?)
on conflict do update set complex = excluded.complex, released_on = excluded.released_on, facts = excluded.facts
"""
SHOWN = """
select released_on, id, facts,
  exists (select 1 from closed_complexes c where c.organisation = d.organisation and c.complex = d.complex) as closed,
  (select state from records r where r.organisation = d.organisation and r.about = d.id
     and r.kind = 'offer' and r.state in ('offered', 'accepted', 'let') order by r.state = 'let' desc limit 1) as taken
from dwellings d
"""
ONE = f"{SHOWN} where organisation = ? and id = ?"
PAGE = f"""{SHOWN}
where organisation = :organisation and (released_on, id) > (:after_date, :after_id)
  and (not :free or (released_on <= :day and taken is null))
order by released_on, id limit :limit
"""
STRANGE = "select document from strange_units where organisation = ? order by place"
ALWAYS = "9999-12-31"
BUILT = 1960
"""The year in which homes here were built."""
MOST = 100
"""VERA shows no more at once."""


class LivingForm(StrEnum):
    """How one lives there (woonvorm)."""

    INDEPENDENT = "independent"
    CLUSTERED = "clustered"
    SHARED = "shared"


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
    spelling: int = Field(default=0, ge=0, le=99)
    """By which hand it was written down (see `handwriting`)."""


class Placements(Body):
    """Whether a complex is closed for placements (draagkracht)."""

    closed: bool


def register_dwellings(book: Book, call: Call[list[Dwelling]]) -> Answer:
    """Staff write down dwellings, or what is new about them."""
    rows = [
        (
            call.organisation,
            home.id,
            plain(home.complex),
            home.released_on.isoformat(),
            home.model_dump_json(by_alias=True),
        )
        for home in call.asked
    ]
    book.connection.executemany(UPSERT_DWELLING, rows)
    return Answer({"dwellings": len(rows)})


def mark_complex(book: Book, call: Call[Placements]) -> Answer:
    """Staff close a complex for placements, or open it again."""
    whose = (call.organisation, plain(call.number))
    if call.asked.closed:
        book.connection.execute("insert or ignore into closed_complexes values (?, ?)", whose)
    else:
        book.connection.execute("delete from closed_complexes where organisation = ? and complex = ?", whose)
    return Answer({"complex": call.number, "closed": call.asked.closed})


def write_strange(book: Book, call: Call[list[dict[str, JsonValue]]]) -> Answer:
    """Staff left records that are no dwellings as anybody knows them: they stand in the list, among the good ones."""
    rows = [(call.organisation, json.dumps(one)) for one in call.asked]
    book.connection.executemany("insert into strange_units (organisation, document) values (?, ?)", rows)
    return Answer({"units": len(rows)})


def strange_units(book: Book, organisation: str) -> list[JsonValue]:
    """The records that are no dwellings."""
    rows = book.connection.execute(STRANGE, (organisation,))
    return [json.loads(row["document"]) for row in rows]


def list_eenheden(book: Book, call: Call[dict[str, str]]) -> Answer:
    """All dwellings, the first released first; with `detailStatus=NIB` only those that wait for a tenant."""
    if unknown := set(call.asked) - {"cursor", "detailStatus", "idExtern"}:
        raise fault(400, "onbekend_filter", f"onbekend: {', '.join(sorted(unknown))[:200]}")
    limit = page_size(call.headers)
    after_date, after_id = place_of(call.asked["cursor"]) if "cursor" in call.asked else ("", "")
    day = day_of(call.headers)
    place = {"organisation": call.organisation, "after_date": after_date, "after_id": after_id, "limit": limit + 1}
    rows = book.connection.execute(PAGE, {**place, "free": "detailStatus" in call.asked, "day": day}).fetchall()
    page = rows[:limit]
    headers = {"X-Parameters-AantalPerPagina": str(limit)}
    if len(rows) > limit:
        headers["X-Parameters-Cursor"] = cursor_at(page[-1]["released_on"], page[-1]["id"])
    units: list[JsonValue] = [eenheid(row, day) for row in page]
    if "cursor" not in call.asked:
        units[1:1] = strange_units(book, call.organisation)
    return Answer(units, headers=headers)


def read_eenheid(book: Book, call: Call[dict[str, str]]) -> Answer:
    """One dwelling."""
    return Answer(eenheid(found(book, call.organisation, call.number), day_of(call.headers)))


def found(book: Book, organisation: str, dwelling: str) -> sqlite3.Row:
    """The dwelling with this number; Refused (404) when there is none."""
    row: sqlite3.Row | None = book.connection.execute(ONE, (organisation, dwelling)).fetchone()
    if row is None:
        raise fault(404, "niet_gevonden", "de eenheid bestaat niet")
    return row


def eenheid(row: sqlite3.Row, day: str) -> Json:
    """A dwelling as VERA shows it on a day."""
    home = Dwelling.model_validate_json(row["facts"])
    form = {LivingForm.CLUSTERED: "GEC", LivingForm.SHARED: "GRO"}.get(home.living_form)
    says = {"prikkelarm": home.low_stimulus, "plaatsingsstop": bool(row["closed"])}
    by = hand(home.spelling)
    waits = row["taken"] is None and row["released_on"] <= day
    document: Json = {
        "id": home.id,
        "soort": {"code": "WOO", "naam": "Woonruimte"},
        "status": {"code": "VEH" if row["taken"] == "let" or row["released_on"] > day else "LEE"},
        "opleverdatum": home.released_on.isoformat(),
        "adres": {"wijk": {"code": home.district}},
        "clusters": [
            {"id": f"F-{home.complex}", "soort": {"code": "FIN"}, "naam": "Bezit"},
            {"id": f"C-{home.complex}", "soort": {"code": "VEX"}, "naam": by.name(home.complex)},
        ],
        "bouwjaar": by.built_in(BUILT),
        "kamersAantal": home.rooms,
        "etage": home.floor,
        "rekenhuur": home.rent_cents / 100,
        "toegankelijkheidslabel": {"code": "ROL" if home.accessible else "ZON"},
        "zelfstandig": home.living_form is not LivingForm.SHARED,
        "extra-attributen": [{"naam": name, "waarde": by.flag(said)} for name, said in says.items()],
    }
    if waits:
        document["detailStatus"] = {"code": "NIB", "naam": "Wacht op nieuwe huurder - niet-regulier"}
    if form:
        document["woonvorm"] = {"code": form}
    return document


def day_of(headers: Mapping[str, str]) -> str:
    """The day as of which something is asked (peiltijdstip); the end of time when none is named."""
    asked = headers.get("x-parameters-peiltijdstipmaterieel")
    if asked is None:
        return ALWAYS
    try:
        return datetime.fromisoformat(asked).date().isoformat()
    except ValueError:
        raise fault(400, "ongeldig_peiltijdstip", "geen tijdstip") from None


def page_size(headers: Mapping[str, str]) -> int:
    """How many entities are wanted at once."""
    asked = headers.get("x-parameters-aantalperpagina", "20")
    if not asked.isdigit() or not 1 <= int(asked) <= MOST:
        raise fault(400, "ongeldig_aantal", f"1 tot {MOST}")
    return int(asked)


def cursor_at(released_on: str, dwelling: str) -> str:
    """The cursor that continues after this dwelling."""
    return base64.urlsafe_b64encode(f"{released_on}|{dwelling}".encode()).decode()


def place_of(cursor: str) -> tuple[str, str]:
    """Release date and dwelling a cursor points after; Refused (400) for one we did not make."""
    try:
        released_on, _, dwelling = base64.urlsafe_b64decode(cursor.encode()).decode().partition("|")
        return date.fromisoformat(released_on).isoformat(), dwelling
    except (binascii.Error, ValueError):
        raise fault(400, "ongeldige_cursor", "geen cursor van deze lijst") from None
