"""The reference case system: the part of ZGW (Catalogi API 1.3, Zaken API 1.5) that a mirrored mediation needs.

It is strict where the standard is: tokens (HS256), coordinate headers, fields, the number that is unique within an
organisation (zrc-002), the status that closes a case (zrc-007). It keeps state, and its ledger tells per key how often
something was asked and how often it took effect. Run one with
`python -m sandbox.partners.case_system --port 8104 --state zaken.sqlite --client-id direct-mediation --secret ...`.
"""

import argparse
import asyncio
import json
import signal
import sqlite3
import sys
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import uvicorn
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import OctKey
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from .book import Book
from .broken import broken_answer, drop
from .desk import Handler, check
from .dropping import DroppableProtocol
from .faults import FAULTS, Arrival, FaultKind, Faults

Json = dict[str, Any]
CRS = "EPSG:4326"
OURS = "case-system"
CASE_TYPE = "DIRECTE-BEMIDDELING"
STATUS_TYPES = (
    *("Aangemeld", "Gereedheid bevestigd", "Beoordeeld", "Aangeboden", "Geaccepteerd"),
    *("Verhuisd en begeleiding gestart", "Nazorggesprek gedaan", "Afgesloten"),
)
RESULT_TYPES = ("Gehuisvest met begeleiding", "Ingetrokken", "Niet gereed", "Afgebroken")
SCHEMA = """
create table if not exists cases (
    url text primary key, number text not null, organisation text not null, document text not null,
    unique (number, organisation)) without rowid;
create table if not exists statuses (
    url text primary key, zaak text not null, moment text not null, document text not null, unique (zaak, moment));
create table if not exists results (url text primary key, zaak text not null unique, document text not null);
create table if not exists taken_away (url text primary key, zaak text not null);
"""
FIELDS = {
    "zaken": {"identificatie", "bronorganisatie", "verantwoordelijkeOrganisatie", "zaaktype", "startdatum"}
    | {"omschrijving", "toelichting", "vertrouwelijkheidaanduiding", "kenmerken", "einddatumGepland"},
    "statussen": {"zaak", "statustype", "datumStatusGezet", "statustoelichting"},
    "resultaten": {"zaak", "resultaattype", "toelichting"},
}
"""What may be given, of what the standard has."""
REQUIRED = {
    "zaken": {"bronorganisatie", "verantwoordelijkeOrganisatie", "zaaktype", "startdatum"},
    "statussen": {"zaak", "statustype", "datumStatusGezet"},
    "resultaten": {"zaak", "resultaattype"},
}


class Wrong(Exception):
    """The standard forbids it: a problem with its code, and with the field that is wrong if it is one."""

    def __init__(self, status: int, code: str, field: str | None = None) -> None:
        super().__init__(code)
        self.status, self.code, self.field = status, code, field

    def response(self) -> Response:
        """Return it as the standard tells it."""
        params = [{"name": self.field, "code": self.code, "reason": self.code}] if self.field else []
        problem = {"type": f"about:{self.code}", "code": "invalid" if self.field else self.code, "title": self.code}
        more = {"status": self.status, "detail": self.code, "instance": f"urn:uuid:{uuid4()}", "invalidParams": params}
        return JSONResponse(problem | more, self.status, media_type="application/problem+json")


class CaseSystem:
    """One case system of one municipality."""

    def __init__(self, book: Book, url: str, clients: dict[str, str]) -> None:
        self.book = book
        self.faults = Faults()
        self._zaken, self._catalogi = f"{url}/zaken/api/v1", f"{url}/catalogi/api/v1"
        self._clients = clients

    def application(self) -> Starlette:
        """Return it as an ASGI application."""
        zaken, catalogi = "/zaken/api/v1", "/catalogi/api/v1"
        return Starlette(
            routes=[
                Route("/health", self.health),
                Route("/effects", self.effects),
                Route("/faults", self.switch_faults, methods=["GET", "PUT"]),
                Route("/shown", self.shown),
                *(Route(f"{catalogi}/{kind}", self.serve(self.types)) for kind in ("zaaktypen", "statustypen")),
                Route(f"{catalogi}/resultaattypen", self.serve(self.types)),
                *(Route(f"{zaken}/{kind}", self.serve(self.list), methods=["GET"]) for kind in FIELDS),
                *(Route(f"{zaken}/{kind}", self.serve(self.make), methods=["POST"]) for kind in FIELDS),
                Route(f"{zaken}/resultaten/{{number}}", self.serve(self.take_away), methods=["DELETE"]),
            ]
        )

    def serve(self, handler: Handler) -> Handler:
        """A handler behind token and headers, met by the faults that are on."""

        async def answer(request: Request) -> Response:
            kind = request.url.path.rpartition("/")[2]
            name = f"{'make' if request.method == 'POST' else 'list'}_{kind}"
            key = f"{request.url.query} {(await request.body()).decode(errors='replace')}"
            strike = self.faults.strike(Arrival(OURS, name, key, self.faults.attempt_of(OURS, name, key)))
            await asyncio.sleep(strike.wait)
            if broken := broken_answer(strike, request):
                return broken
            try:
                self.admit(request, kind)
                response = await handler(request)
            except Wrong as wrong:
                response = wrong.response()
            if strike.ending is FaultKind.LOST_ANSWER:
                await drop(request)
            return response

        return answer

    def admit(self, request: Request, kind: str) -> None:
        """Check token and headers. Raises Wrong."""
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if scheme != "Bearer" or not any(genuine(token, *client) for client in self._clients.items()):
            raise Wrong(403, "not_authenticated")
        if kind == "zaken":
            for header, status in (("accept-crs", 406), ("content-crs", 415)):
                if request.headers.get(header) != CRS and not (header == "content-crs" and request.method == "GET"):
                    raise Wrong(412 if header not in request.headers else status, "crs-not-supported")

    async def types(self, request: Request) -> Response:
        """GET the case type, its status types or its result types."""
        kind, asked = request.url.path.rpartition("/")[2], dict(request.query_params)
        case_type = f"{self._catalogi}/zaaktypen/1"
        if kind == "zaaktypen":
            known = asked.get("identificatie") == CASE_TYPE and asked.get("status", "definitief") == "definitief"
            one = {
                "url": case_type,
                "identificatie": CASE_TYPE,
                "omschrijving": "Directe bemiddeling",
                "concept": False,
            }
            return listed([one] if known else [], request)
        if asked.get("zaaktype") != case_type:
            return listed([], request)
        names = STATUS_TYPES if kind == "statustypen" else RESULT_TYPES
        entries = [
            {"url": f"{self._catalogi}/{kind}/{n}", "zaaktype": case_type, "omschrijving": name}
            | ({"volgnummer": n, "isEindstatus": n == len(names)} if kind == "statustypen" else {})
            for n, name in enumerate(names, 1)
        ]
        return listed(entries, request)

    async def list(self, request: Request) -> Response:
        """GET cases by number and organisation, or the statuses or result of a case."""
        kind, asked = request.url.path.rpartition("/")[2], request.query_params
        match kind:
            case "zaken":
                sql = "select document from cases where number = ? and organisation = ?"
                wanted: tuple[str, ...] = (asked.get("identificatie", ""), asked.get("bronorganisatie", ""))
            case "statussen":
                sql, wanted = "select document from statuses where zaak = ? order by moment", (asked.get("zaak", ""),)
            case _:
                sql, wanted = "select document from results where zaak = ?", (asked.get("zaak", ""),)
        return listed([json.loads(row[0]) for row in self.book.connection.execute(sql, wanted)], request)

    async def make(self, request: Request) -> Response:
        """POST a case, a status or a result, checked as the standard checks it."""
        kind = request.url.path.rpartition("/")[2]
        body = _body(kind, await request.body())
        key = "|".join(str(body.get(part, "")) for part in ("identificatie", "zaak", "datumStatusGezet"))
        if kind == "resultaten":
            key += self._taken_away(str(body.get("zaak", "")))
        self.book.arrived(OURS, kind, key)
        document = {"url": f"{self._zaken}/{kind}/{uuid4()}", **body}
        with self.book.transaction() as connection:
            {"zaken": self._case, "statussen": self._status, "resultaten": self._result}[kind](connection, document)
            self.book.executed(OURS, kind, key, "", document["url"])
        return JSONResponse(document, 201)

    async def take_away(self, request: Request) -> Response:
        """DELETE the result of a case that is open (again)."""
        url = f"{self._zaken}/resultaten/{request.path_params['number']}"
        with self.book.transaction() as connection:
            row = connection.execute("select zaak from results where url = ?", (url,)).fetchone()
            if row is None:
                raise Wrong(404, "not_found")
            case = self._open_case(connection, {"zaak": row[0]})
            connection.execute("delete from results where url = ?", (url,))
            connection.execute("insert into taken_away values (?, ?)", (url, row[0]))
            self._change(connection, case | {"resultaat": None})
        return Response(status_code=204)

    def _taken_away(self, case: str) -> str:
        """Return how many results of a case were taken away: what is made after that doubles nothing."""
        (times,) = self.book.connection.execute("select count(*) from taken_away where zaak = ?", (case,)).fetchone()
        return str(times or "")

    def _case(self, connection: sqlite3.Connection, document: Json) -> None:
        for field in ("bronorganisatie", "verantwoordelijkeOrganisatie"):
            if not is_rsin(str(document[field])):
                raise Wrong(400, "invalid", field)
        if document["zaaktype"] != f"{self._catalogi}/zaaktypen/1":
            raise Wrong(400, "bad-url", "zaaktype")
        try:
            date.fromisoformat(str(document["startdatum"]))
        except ValueError:
            raise Wrong(400, "invalid", "startdatum") from None
        number = str(document.setdefault("identificatie", f"ZAAK-{uuid4().hex[:12]}"))
        if not 0 < len(number) <= 40:
            raise Wrong(400, "max_length", "identificatie")
        document.update(einddatum=None, resultaat=None, status=None)
        values = (document["url"], number, document["bronorganisatie"], json.dumps(document))
        try:
            connection.execute("insert into cases values (?, ?, ?, ?)", values)
        except sqlite3.IntegrityError:
            raise Wrong(400, "identificatie-niet-uniek", "identificatie") from None

    def _status(self, connection: sqlite3.Connection, document: Json) -> None:
        case = self._known_case(connection, document)
        place = str(document["statustype"]).removeprefix(f"{self._catalogi}/statustypen/")
        if not place.isdecimal() or not 0 < int(place) <= len(STATUS_TYPES):
            raise Wrong(400, "zaaktype-mismatch", "statustype")
        try:
            moment = datetime.fromisoformat(str(document["datumStatusGezet"])).astimezone(UTC)
        except ValueError:
            raise Wrong(400, "invalid", "datumStatusGezet") from None
        last = int(place) == len(STATUS_TYPES)
        if last and case["einddatum"]:
            raise Wrong(403, "permission_denied")
        if last and case["resultaat"] is None:
            raise Wrong(400, "resultaat-does-not-exist", "nonFieldErrors")
        values = (document["url"], case["url"], moment.isoformat(), json.dumps(document))
        try:
            connection.execute("insert into statuses values (?, ?, ?, ?)", values)
        except sqlite3.IntegrityError:
            raise Wrong(400, "unique", "nonFieldErrors") from None
        # Another status than the last one opens a case that was closed, for who may (zaken.heropenen, zrc-008).
        closes = {"einddatum": moment.date().isoformat() if last else None}
        self._change(connection, case | {"status": document["url"]} | closes)

    def _result(self, connection: sqlite3.Connection, document: Json) -> None:
        case = self._open_case(connection, document)
        place = str(document["resultaattype"]).removeprefix(f"{self._catalogi}/resultaattypen/")
        if not place.isdecimal() or not 0 < int(place) <= len(RESULT_TYPES):
            raise Wrong(400, "zaaktype-mismatch", "resultaattype")
        try:
            connection.execute(
                "insert into results values (?, ?, ?)", (document["url"], case["url"], json.dumps(document))
            )
        except sqlite3.IntegrityError:
            raise Wrong(400, "unique", "zaak") from None
        self._change(connection, case | {"resultaat": document["url"]})

    def _open_case(self, connection: sqlite3.Connection, document: Json) -> Json:
        case = self._known_case(connection, document)
        if case["einddatum"]:
            raise Wrong(403, "permission_denied")
        return case

    def _known_case(self, connection: sqlite3.Connection, document: Json) -> Json:
        row = connection.execute("select document from cases where url = ?", (document["zaak"],)).fetchone()
        if row is None:
            raise Wrong(400, "does_not_exist", "zaak")
        case: Json = json.loads(row[0])
        return case

    def _change(self, connection: sqlite3.Connection, case: Json) -> None:
        connection.execute("update cases set document = ? where url = ?", (json.dumps(case), case["url"]))

    async def health(self, _: Request) -> Response:
        """GET /health: it is up."""
        return JSONResponse({"status": "ok"})

    async def effects(self, _: Request) -> Response:
        """GET /effects: per key how often it was asked and how often it took effect."""
        return JSONResponse(self.book.effects())

    async def shown(self, _: Request) -> Response:
        """GET /shown: every case with the names of its statuses and its result, as a case worker sees it."""
        cases = [json.loads(row[0]) for row in self.book.connection.execute("select document from cases")]
        return JSONResponse([self._seen(case) for case in cases])

    def _seen(self, case: Json) -> Json:
        def names(table: str, field: str, known: tuple[str, ...]) -> list[str]:
            order = "moment" if table == "statuses" else "url"
            rows = self.book.connection.execute(
                f"select document from {table} where zaak = ? order by {order}",  # noqa: S608 - two names of our own
                (case["url"],),
            )
            return [known[int(json.loads(row[0])[field].rpartition("/")[2]) - 1] for row in rows]

        return {
            **case,
            "statussen": names("statuses", "statustype", STATUS_TYPES),
            "resultaten": names("results", "resultaattype", RESULT_TYPES),
        }

    async def switch_faults(self, request: Request) -> Response:
        """GET and PUT /faults: what goes wrong from now on."""
        if request.method == "PUT":
            self.faults.switch(check(FAULTS, request, await request.body()))
        return JSONResponse(self.faults.report())


def genuine(token: str, client_id: str, secret: str) -> bool:
    """Tell whether a token is of this client, and not over an hour old."""
    try:
        claims = jwt.decode(token, OctKey.import_key(secret), algorithms=["HS256"]).claims
    except (JoseError, ValueError):
        return False
    named = claims.get("iss") == claims.get("client_id") == client_id and "user_id" in claims
    fresh = isinstance(claims.get("iat"), int) and datetime.now(UTC).timestamp() - claims["iat"] < 3600
    return named and fresh and "user_representation" in claims


def is_rsin(text: str) -> bool:
    """Tell whether nine digits satisfy the elfproef of an RSIN."""
    if len(text) != 9 or not text.isdecimal():
        return False
    return (sum(int(d) * w for d, w in zip(text, (9, 8, 7, 6, 5, 4, 3, 2, -1), strict=True))) % 11 == 0


def listed(entries: list[Json], request: Request, size: int = 5) -> Response:
    """Return one page of a list."""
    page = int(request.query_params.get("page", "1"))
    part = entries[(page - 1) * size : page * size]
    following = str(request.url.include_query_params(page=page + 1)) if len(entries) > page * size else None
    return JSONResponse({"count": len(entries), "next": following, "previous": None, "results": part})


def _body(kind: str, content: bytes) -> Json:
    try:
        body = json.loads(content)
    except ValueError:
        raise Wrong(400, "parse_error") from None
    if not isinstance(body, dict):
        raise Wrong(400, "parse_error")
    for field in sorted(set(body) - FIELDS[kind]):
        raise Wrong(400, "unknown-field", field)
    for field in sorted(REQUIRED[kind] - set(body)):
        raise Wrong(400, "required", field)
    return body


def main() -> None:
    """Serve until told to stop."""
    parser = argparse.ArgumentParser(prog="python -m sandbox.partners.case_system", description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--state", type=Path, required=True, help="the SQLite file that holds everything it knows")
    parser.add_argument("--client-id", required=True)
    parser.add_argument("--secret", required=True)
    asked = parser.parse_args()
    book = Book(asked.state, SCHEMA)
    system = CaseSystem(book, f"http://127.0.0.1:{asked.port}", {asked.client_id: asked.secret})
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    try:
        uvicorn.run(
            system.application(),
            port=asked.port,
            http=DroppableProtocol,
            ws="none",
            lifespan="off",
            access_log=False,
            log_level="warning",
        )
    finally:
        book.close()


if __name__ == "__main__":
    main()
