"""The desk of a care provider's system: messages come in here, and leave for the municipality."""

import asyncio
import functools
import hashlib
import ssl
from pathlib import Path
from typing import Any, cast

import httpx
from pydantic import TypeAdapter
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from activities.iwmo import transport
from activities.iwmo.codes import Change, MessageKind, RetourCode
from activities.iwmo.judgement import RetourVerdict
from activities.iwmo.messages import Retour
from activities.iwmo.retour import retour_of, retour_tree
from activities.iwmo.xml_build import build
from activities.iwmo.xml_parse import Branch, MessageWrong, parse
from domain.facts.born import Born
from sandbox.partners.provider_messages import Allocated, allocated_of

from .book import Book, Json, Refused
from .broken import broken_answer, drop
from .care_exchange import Exchange, Waiting
from .desk import Desk, Handler, check, moment_of
from .faults import ANSWERING, ONCE_MORE, Arrival, Fault, FaultKind
from .system import Body, Operation, Partner

AGAIN = 1.0
"""Seconds until what was not taken is sent again."""


OPERATION = "receive_message"
ANSWER = "answer_allocation"
"""What a fault strikes that is about the retour only."""
FOLDER = "file://"
TAKEN = (MessageKind.ALLOCATION, MessageKind.START_RETOUR, MessageKind.STOP_RETOUR)


class Address(Body):
    """Under which AGB code an organisation exchanges messages, and where its own go, with which token.

    `file:///folder` as the address has them put in that folder as files, as the client of a hub does it.
    """

    agb: str
    url: str
    token: str = ""


ADDRESS: TypeAdapter[Address] = TypeAdapter(Address)


class CareDesk(Desk):
    """A desk that also takes and sends messages."""

    besides = frozenset({OPERATION})

    def __init__(self, partner: Partner, book: Book, token: str | None = None) -> None:
        super().__init__(partner, book, token)
        self.exchange = Exchange(book)
        self._sending: asyncio.Task[None] | None = None
        self._one_sends = asyncio.Lock()

    def routes(self) -> list[Route]:
        """See `Desk`."""
        return [
            Route("/{organisation}/istandaarden/berichten", self.endpoint(self.receive), methods=["POST"]),
            Route("/organisations/{organisation}/exchange", self.endpoint(self.set_up), methods=["PUT"]),
            Route("/{organisation}/messages", self.endpoint(self.sent)),
        ]

    def serving(self, operation: Operation[Any]) -> Handler:
        """What staff did may be told by a message, which leaves before they are answered."""
        serve = super().serving(operation)

        async def serve_and_send(request: Request) -> Response:
            answer = await serve(request)
            await self.send()
            return answer

        return serve_and_send

    async def set_up(self, request: Request) -> Response:
        """PUT /organisations/{organisation}/exchange."""
        address = check(ADDRESS, request, await request.body())
        self.exchange.set_up(request.path_params["organisation"], address.agb, address.url, address.token)
        await self.send()
        return JSONResponse(address.facts())

    async def sent(self, request: Request) -> Response:
        """GET /{organisation}/messages: what was sent, and how it was answered."""
        return JSONResponse(self.exchange.sent(request.path_params["organisation"]))

    def struck_by(self, fault: Fault) -> set[str]:
        """See `Desk`."""
        return super().struck_by(fault) | ({ANSWER} if fault.fault in ANSWERING | ONCE_MORE else set())

    # -- going out -------------------------------------------------------------------------------------------------

    async def send(self) -> None:
        """Send what waits; what is not taken now is sent again later."""
        if await self._send_all() and (self._sending is None or self._sending.done()):
            self._sending = asyncio.create_task(self._keep_sending())

    async def _keep_sending(self) -> None:
        left = True
        while left:
            await asyncio.sleep(AGAIN)
            left = await self._send_all()

    async def _send_all(self) -> bool:
        """Send everything that waits, in order; tell whether something still waits for somebody to take it."""
        left = False
        # What is on its way still waits until it is taken: a second sender would send it again.
        async with self._one_sends, httpx.AsyncClient(verify=_trusted(), trust_env=False, timeout=10) as http:
            for one in self.exchange.waiting():
                try:
                    status = put(one) if one.url.startswith(FOLDER) else await posted(http, one)
                except (httpx.HTTPError, OSError):
                    status = 503
                if status >= 500:
                    left = True
                else:
                    self.exchange.taken(one.place, status)
        return left

    # -- coming in -------------------------------------------------------------------------------------------------

    async def receive(self, request: Request) -> Response:
        """POST /{organisation}/istandaarden/berichten: met by the faults that are on, then taken in."""
        organisation = request.path_params["organisation"]
        kind, content = request.headers.get("x-berichtsoort", ""), await request.body()
        if organisation not in self.book.organisations:
            raise Refused(404, "not_found")
        if kind not in TAKEN:
            raise Refused(400, "other_message")
        key = hashlib.sha256(content).hexdigest()
        attempt = self.faults.attempt_of(organisation, OPERATION, key)
        strike = self.faults.strike(Arrival(organisation, OPERATION, key, attempt, moment=moment_of(request)))
        if strike.wait:
            await asyncio.sleep(strike.wait)
        if broken := broken_answer(strike, request):
            return broken
        try:
            self.take(organisation, MessageKind(kind), content)
            await self.send()
        finally:
            if strike.ending is FaultKind.LOST_ANSWER:
                await drop(request)
        return JSONResponse({}, 202)

    def take(self, organisation: str, kind: MessageKind, content: bytes) -> None:
        """Take a message in; one that cannot be read is refused, and gets no retour."""
        try:
            tree = parse(content, kind)
        except MessageWrong as wrong:
            raise Refused(400, wrong.code) from None
        if kind is MessageKind.ALLOCATION:
            self._allocate(organisation, tree, hashlib.sha256(content).hexdigest())
        else:
            self._hear(organisation, kind, retour_of(kind, tree), hashlib.sha256(content).hexdigest())

    def _hear(self, organisation: str, kind: MessageKind, retour: Retour, digest: str) -> None:
        """Note a retour. Another one to the same message is an effect of its own, and shows in the ledger."""
        answered, key = cast(MessageKind, kind.answers), retour.answered.identification
        self.book.arrived(organisation, kind.value, key)
        with self.book.transaction():
            if self.exchange.receive(organisation, kind, retour.identification, digest) is None:
                self.book.executed(organisation, kind.value, key, digest, retour.identification)
            self.exchange.answered(organisation, answered, key, retour.codes)

    def _allocate(self, organisation: str, tree: Branch, digest: str) -> None:
        """Carry out an allocation, once, and answer it. A copy is rejected, by the standard or with a 409."""
        said = allocated_of(tree)
        number = said.header.identification
        attempt = self.book.arrived(organisation, MessageKind.ALLOCATION.value, number)
        arrival = Arrival(organisation, ANSWER, number, attempt)
        with self.book.transaction():
            known = self.exchange.receive(organisation, MessageKind.ALLOCATION, number, digest)
            if known == digest:
                if self.faults.first_of(ONCE_MORE, arrival) is FaultKind.NOT_UNIQUE:
                    raise self.not_unique()
                self._answer(organisation, tree, said, RetourVerdict(RetourCode.NOT_UNIQUE))
                return
            verdict = self._verdict(organisation, used=known is not None)
            if verdict.approved:
                self._carry_out(organisation, said)
                allocation = str(said.allocation.number)
                self.book.executed(organisation, MessageKind.ALLOCATION.value, number, digest, allocation)
            self._answer(organisation, tree, said, verdict, self.faults.first_of(ANSWERING, arrival))

    def _verdict(self, organisation: str, *, used: bool) -> RetourVerdict:
        habits = self.exchange.habits_of(organisation)
        if used:
            return RetourVerdict(RetourCode.NOT_UNIQUE)
        if habits.retour != "rejected":
            return RetourVerdict(None, (RetourCode.NO_REMARK,))
        technical = habits.retour_code == RetourCode.REJECTED.value
        return RetourVerdict(RetourCode.REJECTED) if technical else RetourVerdict(None, (habits.retour_code,))

    def _answer(
        self,
        organisation: str,
        tree: Branch,
        said: Allocated,
        verdict: RetourVerdict,
        mishap: FaultKind | None = None,
    ) -> None:
        habit = self.exchange.habits_of(organisation).retour
        if habit == "missing" or mishap is FaultKind.NEVER:
            return
        number = self.exchange.number(organisation)
        answer = retour_tree(MessageKind.ALLOCATION, tree, verdict, number, said.header.dated)
        content = build(MessageKind.ALLOCATION_RETOUR, answer)
        if habit == "malformed":
            content = content.replace(b"Header>", b"Kop>")
        late = str(said.allocation.number) if mishap is FaultKind.LATE else None
        for _ in range(2 if mishap is FaultKind.TWICE else 1):
            self.exchange.put(organisation, MessageKind.ALLOCATION_RETOUR, number, content, late)

    def _carry_out(self, organisation: str, said: Allocated) -> None:
        """Enter support, or change what has this number: the latest allocation counts (OP033x1)."""
        allocation, client = said.allocation, said.client
        # Its people type over what they need: the name in capitals, and of the birth date often no more than the year.
        precise = allocation.number % 2 == 0
        born = client.born_on if precise else Born(client.born_on.year, 0, 0)
        known: Json = {"bsn": client.bsn, "bornOn": born.isoformat(), "surname": client.surname.upper()}
        details: Json = {
            "municipality": said.header.sender,
            "client": known,
            "allocatedFrom": allocation.starts_on.isoformat(),
            "allocatedTo": allocation.ends_on.isoformat() if allocation.ends_on else None,
        }
        record = self.exchange.support(organisation, str(allocation.number))
        if record is None:
            planned: Json = {"startsOn": None, "startedOn": None, "endedOn": None, "reason": None}
            self.exchange.enter(organisation, "support_request", str(allocation.number), details | planned)
        elif allocation.change is None:
            self.book.change(record, record.state, **details)
        else:
            used = record.state in {"started", "stopped"} and allocation.change is not Change.REMOVED
            self.book.change(record, "ended" if used else "cancelled", **details)


@functools.cache
def _trusted() -> ssl.SSLContext:
    """Whom we trust: reading that takes longer than sending a message."""
    return httpx.create_ssl_context(trust_env=False)


async def posted(http: httpx.AsyncClient, one: Waiting) -> int:
    """Post a message; return the status that it was answered with."""
    headers = {"Content-Type": "application/xml", "X-Berichtsoort": one.kind, "Authorization": f"Bearer {one.token}"}
    return (await http.post(one.url, content=one.content, headers=headers)).status_code


def put(one: Waiting) -> int:
    """Put a message in a folder: whoever reads there takes it in."""
    name = f"{one.kind}-{one.identification}.xml"
    transport.drop(Path(one.url.removeprefix(FOLDER)) / name, one.content)
    return 202
