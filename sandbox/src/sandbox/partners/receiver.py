"""A municipality's own system that takes webhooks: it checks each signature, keeps what it has seen once, and shows it.

Run one with `python -m sandbox.partners.receiver --port 8105 --secret whsec_...`: every event is a line on its output.
What goes wrong there is switched at `/faults`, as in every reference system.
"""

import argparse
import asyncio
import base64
import hashlib
import hmac
import json
import sys
import time
from collections import Counter
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from .broken import broken_answer, drop
from .desk import check
from .dropping import DroppableProtocol
from .faults import FAULTS, Arrival, FaultKind, Faults

OURS, OPERATION = "receiver", "hook"
TOLERANCE = 300
"""Seconds."""

Json = dict[str, Any]


class Receiver:
    """Takes CloudEvents at `/hook`; what it answers can be switched at `/answer`.

    `tolerance` is how old a webhook may be, in seconds; None, for a sender on a virtual clock, does not ask.
    """

    def __init__(self, *secrets: str, show: bool = False, tolerance: int | None = TOLERANCE) -> None:
        self.secrets = list(secrets)
        self.tolerance = tolerance
        self.faults = Faults()
        self.taken: Counter[str] = Counter()
        """How often each id was taken as something new."""
        self.arrivals: Counter[str] = Counter()
        """How often each id arrived."""
        self.events: list[Json] = []
        """What was taken, each once, in the order of its first arrival."""
        self.status = 204
        self.wait = 0.0
        """Seconds until it answers."""
        self.headers: dict[str, str] = {}
        self._show = show

    def application(self) -> Starlette:
        """Return it as an ASGI application."""
        return Starlette(
            routes=[
                Route("/health", self.health),
                Route("/hook", self.hook, methods=["POST"]),
                Route("/answer", self.switch, methods=["PUT"]),
                Route("/events", self.shown),
                Route("/effects", self.effects),
                Route("/faults", self.switch_faults, methods=["GET", "PUT"]),
                Route("/secrets", self.agree, methods=["PUT"]),
            ]
        )

    async def hook(self, request: Request) -> Response:
        """POST /hook: 401 unless it is signed, else what it was told to answer."""
        body = await request.body()
        if not any(signed(secret, request, body, self.tolerance) for secret in self.secrets):
            return Response(status_code=401)
        name = request.headers["webhook-id"]
        self.arrivals[name] += 1
        arrival = Arrival(OURS, OPERATION, name, self.arrivals[name])
        strike = self.faults.strike(arrival)
        await asyncio.sleep(self.wait + strike.wait)
        if broken := broken_answer(strike, request):
            return broken
        if self.taken[name] and self.faults.first_of({FaultKind.NOT_UNIQUE}, arrival):
            return Response(status_code=409)
        if 200 <= self.status < 300 and (not self.taken[name] or self.faults.first_of({FaultKind.FORGOTTEN}, arrival)):
            self._keep(name, json.loads(body))
        if strike.ending is FaultKind.LOST_ANSWER:
            await drop(request)
        return Response(status_code=self.status, headers=self.headers)

    async def switch(self, request: Request) -> Response:
        """PUT /answer: {"status": 503, "headers": {}} is what every webhook is answered from now on."""
        wanted = await request.json()
        self.status, self.headers = int(wanted["status"]), dict(wanted.get("headers", {}))
        return Response(status_code=204)

    async def shown(self, _: Request) -> Response:
        """GET /events: what was taken, and how often each id arrived."""
        return JSONResponse({"events": self.events, "arrivals": self.arrivals})

    async def effects(self, _: Request) -> Response:
        """GET /effects: per id how often it arrived, and how often it was taken."""
        return JSONResponse(
            [
                {"organisation": OURS, "operation": OPERATION, "key": name, "received": n, "executed": self.taken[name]}
                for name, n in self.arrivals.items()
            ]
        )

    async def switch_faults(self, request: Request) -> Response:
        """GET and PUT /faults: what goes wrong from now on."""
        if request.method == "PUT":
            self.faults.switch(check(FAULTS, request, await request.body()))
        return JSONResponse(self.faults.report())

    async def agree(self, request: Request) -> Response:
        """PUT /secrets: a list of what signs webhooks from now on."""
        self.secrets = [str(secret) for secret in await request.json()]
        return Response(status_code=204)

    async def health(self, _: Request) -> Response:
        """GET /health: it is up."""
        return JSONResponse({"status": "ok"})

    def _keep(self, name: str, event: Json) -> None:
        self.taken[name] += 1
        self.events.append(event)
        if self._show:
            sys.stdout.write(f"{json.dumps(event)}\n")
            sys.stdout.flush()


def signed(secret: str, request: Request, body: bytes, tolerance: int | None = TOLERANCE) -> bool:
    """Tell whether a webhook was signed with this secret, not longer ago than is tolerated."""
    message, moment = request.headers.get("webhook-id", ""), request.headers.get("webhook-timestamp", "")
    if not moment.isdecimal() or (tolerance is not None and abs(time.time() - int(moment)) > tolerance):
        return False
    key = base64.b64decode(secret.removeprefix("whsec_"))
    wanted = hmac.digest(key, f"{message}.{moment}.".encode() + body, hashlib.sha256)
    given = request.headers.get("webhook-signature", "").split(" ")
    return any(hmac.compare_digest(f"v1,{base64.b64encode(wanted).decode()}", one) for one in given)


def main() -> None:
    """Take webhooks until told to stop."""
    parser = argparse.ArgumentParser(prog="python -m sandbox.partners.receiver", description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--secret", action="append", default=[], help="what signs them; may be repeated")
    parser.add_argument("--virtual-clock", action="store_true", help="the sender's clock is another: take any moment")
    asked = parser.parse_args()
    receiver = Receiver(*asked.secret, show=True, tolerance=None if asked.virtual_clock else TOLERANCE)
    uvicorn.run(
        receiver.application(),
        port=asked.port,
        http=DroppableProtocol,
        access_log=False,
        lifespan="off",
        log_level="warning",
    )


if __name__ == "__main__":
    main()
