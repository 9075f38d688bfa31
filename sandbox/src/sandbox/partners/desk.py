"""The desk: how every call to a partner system is answered.

A call is admitted (token), counted (its Idempotency-Key), met by the faults that are on, checked, and carried out in
one transaction. The same key again is answered 409 `already_known`, as a kind system does; faults make it unkind.
"""

import asyncio
import hmac
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from hashlib import blake2b
from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError
from pydantic_core import ErrorDetails
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from .book import Book, Json, Refused
from .broken import broken_answer, drop
from .faults import FAULTS, MISHAPS, ONCE_MORE, Arrival, Fault, FaultKind, Faults
from .system import Answer, Call, Operation, Partner, invalid

Asked = TypeVar("Asked")
LONGEST_KEY = 255

Handler = Callable[[Request], Awaitable[Response]]


class Desk:
    """Answers every call to one process: one kind of partner, many organisations."""

    besides: frozenset[str] = frozenset()
    """What a fault may strike beside the partner's operations."""

    def __init__(self, partner: Partner, book: Book, token: str | None = None) -> None:
        self.partner = partner
        self.book = book
        self.faults = Faults()
        self.token = token

    def application(self) -> Starlette:
        """The whole system as one ASGI application."""
        own = [
            Route("/health", self.health),
            Route("/effects", self.endpoint(self.effects)),
            Route("/faults", self.endpoint(self.switch_faults), methods=["GET", "PUT", "DELETE"]),
            Route("/organisations/{organisation}", self.endpoint(self.register), methods=["PUT"]),
        ]
        served = [
            Route(
                "/{organisation}" + operation.path, self.endpoint(self.serving(operation)), methods=[operation.method]
            )
            for operation in self.partner.operations
        ]
        routes = [*own, *self.routes(), *served]
        return Starlette(routes=routes, exception_handlers={HTTPException: no_such_address})

    def routes(self) -> list[Route]:
        """What this desk has beside the operations."""
        return []

    def endpoint(self, handler: Handler) -> Handler:
        """A handler behind the token, whose refusals are answers."""

        async def answer(request: Request) -> Response:
            try:
                self.admit(request)
                return await handler(request)
            except Refused as no:
                return self.refusal(request, no)

        return answer

    def refusal(self, request: Request, no: Refused) -> Response:
        """How a refusal is told."""
        return JSONResponse(no.content, no.status)

    def admit(self, request: Request) -> None:
        """Refuse a caller without the token, if there is one."""
        if self.token is None:
            return
        shown = request.headers.get("authorization", "")
        if not hmac.compare_digest(shown.encode(), f"Bearer {self.token}".encode()):
            raise Refused(401, "unauthorised")

    def serving(self, operation: Operation[Any]) -> Handler:
        """The handler of one operation: counted, met by the faults that are on, then carried out."""

        async def serve(request: Request) -> Response:
            organisation = request.path_params["organisation"]
            if organisation not in self.book.organisations:
                raise Refused(404, "not_found")
            body = await request.body()
            arrival = self.arrive(operation, organisation, request, body)
            strike = self.faults.strike(arrival)
            if strike.wait:
                await asyncio.sleep(strike.wait)
            if broken := broken_answer(strike, request):
                return broken
            try:
                answer = self.carry_out(operation, arrival, request, body)
            finally:
                if strike.ending is FaultKind.LOST_ANSWER:
                    await drop(request)
            if strike.ending in MISHAPS:
                with self.book.transaction():
                    operation.mishaps[strike.ending](self.book, organisation, answer.number)
            return told(answer)

        return serve

    def arrive(self, operation: Operation[Any], organisation: str, request: Request, body: bytes) -> Arrival:
        """Count this arrival: in the book if it has a key, so that the count outlives the process."""
        if operation.keyed:
            key = self.key_of(operation, request, body)
            attempt = self.book.arrived(organisation, operation.name, key)
        else:
            key = f"{request.url.path}?{request.url.query}"
            attempt = self.faults.attempt_of(organisation, operation.name, key)
        return Arrival(organisation, operation.name, key, attempt, operation.by_staff, moment_of(request))

    def key_of(self, operation: Operation[Any], request: Request, body: bytes) -> str:
        """Under which key something is asked; Refused (400) without one."""
        key = request.headers.get("idempotency-key", "")
        if not 0 < len(key) <= LONGEST_KEY:
            raise invalid("Idempotency-Key", f"must have 1 to {LONGEST_KEY} characters")
        return key

    def knows_again(self, operation: Operation[Any]) -> bool:
        """Whether a key that was carried out is known again when it comes once more."""
        return True

    def carry_out(self, operation: Operation[Any], arrival: Arrival, request: Request, body: bytes) -> Answer:
        """Do what is asked in one transaction; under a key, once, where it is known again."""
        asked = check(operation.checker, request, body)
        number = request.path_params.get("number", "")
        url = f"{str(request.base_url).rstrip('/')}/{arrival.organisation}"
        call = Call(arrival.organisation, number, asked, url, request.headers)
        if not operation.keyed:
            with self.book.transaction():
                return operation.perform(self.book, call)
        whose = (arrival.organisation, operation.name, arrival.key)
        fingerprint = blake2b(number.encode() + b"\0" + operation.checker.dump_json(asked), digest_size=16).hexdigest()
        with self.book.transaction():
            earlier = self.book.carried_out(*whose)
            played = self.faults.first_of(ONCE_MORE, arrival) if earlier and operation.method == "POST" else None
            if played is FaultKind.NOT_UNIQUE:
                raise self.not_unique()
            if earlier and not played and self.knows_again(operation):
                return self.repeated(operation, call, fingerprint, *earlier)
            answer = operation.perform(self.book, call)
            if answer.changed:
                self.book.executed(*whose, fingerprint, answer.number)
        return answer

    def not_unique(self) -> Refused:
        """How a system refuses what it has already, without a word about what that is."""
        return Refused(409, "not_unique")

    def repeated(
        self, operation: Operation[Any], call: Call[Any], fingerprint: str, carried_out: str, number: str
    ) -> Answer:
        """What a key that was carried out before is told: already known, or used for something else."""
        if fingerprint != carried_out:
            raise Refused(422, "key_reused")
        state = self.book.state_of(call.organisation, number)
        raise Refused(409, "already_known", number=number, state=state)

    async def health(self, request: Request) -> Response:
        """GET /health: it is up, and what it is."""
        return JSONResponse({"status": "ok", "partner": self.partner.kind})

    async def effects(self, request: Request) -> Response:
        """GET /effects: the ledger by which exactly-once is proved."""
        return JSONResponse(self.book.effects())

    async def register(self, request: Request) -> Response:
        """PUT /organisations/{organisation}: this process now serves it."""
        organisation = request.path_params["organisation"]
        new = self.book.register(organisation)
        return JSONResponse({"organisation": organisation}, 201 if new else 200)

    async def switch_faults(self, request: Request) -> Response:
        """GET, PUT and DELETE /faults."""
        if request.method == "DELETE":
            self.faults.switch([])
        if request.method == "PUT":
            wanted = check(FAULTS, request, await request.body())
            for place, fault in enumerate(wanted):
                names = self.struck_by(fault)
                if fault.operation not in names:
                    raise invalid(f"{place}.operation", f"must be one of {', '.join(sorted(names))}")
            self.faults.switch(wanted)
        return JSONResponse(self.faults.report())

    def struck_by(self, fault: Fault) -> set[str]:
        """The operations that a fault of this kind can strike."""
        if fault.fault in MISHAPS:
            return {operation.name for operation in self.partner.operations if fault.fault in operation.mishaps}
        return {"*", *self.besides} | {operation.name for operation in self.partner.operations}


def check(checker: TypeAdapter[Asked], request: Request, body: bytes) -> Asked:
    """The body (or for a GET the query) as what may be asked; Refused (400) names each field that may not."""
    try:
        if request.method == "GET":
            return checker.validate_python(dict(request.query_params))
        return checker.validate_json(body or b"{}")
    except ValidationError as error:
        raise Refused(400, "invalid", errors=[complaint(found) for found in error.errors()]) from None


def complaint(found: ErrorDetails) -> Json:
    """One validation error as the field it is about and what is wrong with it."""
    return {"field": ".".join(map(str, found["loc"])) or "body", "message": found["msg"]}


def told(answer: Answer) -> Response:
    """An answer as it is sent; one without content has no body."""
    if answer.content is None:
        return Response(status_code=answer.status, headers=answer.headers)
    return JSONResponse(answer.content, answer.status, answer.headers)


def moment_of(request: Request) -> datetime | None:
    """When the caller says that it calls, if it does."""
    try:
        moment = parsedate_to_datetime(request.headers.get("date", ""))
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


async def no_such_address(request: Request, error: Exception) -> Response:
    """An address or method that does not exist, in the words of every other refusal."""
    if isinstance(error, HTTPException) and error.status_code == 405:
        return JSONResponse({"code": "method_not_allowed"}, 405, error.headers)
    return JSONResponse({"code": "not_found"}, 404)
