"""A municipality's own system that takes webhooks: it checks each signature, keeps what it has seen once, and shows it.

Run one with `python -m sandbox.partners.receiver --port 8105 --secret whsec_...`: every event is a line on its output.
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

TOLERANCE = 300
"""Seconds."""

Json = dict[str, Any]


class Receiver:
    """Takes CloudEvents at `/hook`; what it answers can be switched at `/answer`."""

    def __init__(self, *secrets: str, show: bool = False) -> None:
        self.secrets = list(secrets)
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
            ]
        )

    async def hook(self, request: Request) -> Response:
        """POST /hook: 401 unless it is signed, else what it was told to answer."""
        body = await request.body()
        if not any(signed(secret, request, body) for secret in self.secrets):
            return Response(status_code=401)
        self.arrivals[request.headers["webhook-id"]] += 1
        await asyncio.sleep(self.wait)
        known = any(event["id"] == request.headers["webhook-id"] for event in self.events)
        if 200 <= self.status < 300 and not known:
            self._keep(json.loads(body))
        return Response(status_code=self.status, headers=self.headers)

    async def switch(self, request: Request) -> Response:
        """PUT /answer: {"status": 503, "headers": {}} is what every webhook is answered from now on."""
        wanted = await request.json()
        self.status, self.headers = int(wanted["status"]), dict(wanted.get("headers", {}))
        return Response(status_code=204)

    async def shown(self, _: Request) -> Response:
        """GET /events: what was taken, and how often each id arrived."""
        return JSONResponse({"events": self.events, "arrivals": self.arrivals})

    async def health(self, _: Request) -> Response:
        """GET /health: it is up."""
        return JSONResponse({"status": "ok"})

    def _keep(self, event: Json) -> None:
        self.events.append(event)
        if self._show:
            sys.stdout.write(f"{json.dumps(event)}\n")
            sys.stdout.flush()


def signed(secret: str, request: Request, body: bytes) -> bool:
    """Tell whether a webhook was signed with this secret, just now."""
    message, moment = request.headers.get("webhook-id", ""), request.headers.get("webhook-timestamp", "")
    if not moment.isdecimal() or abs(time.time() - int(moment)) > TOLERANCE:
        return False
    key = base64.b64decode(secret.removeprefix("whsec_"))
    wanted = hmac.digest(key, f"{message}.{moment}.".encode() + body, hashlib.sha256)
    given = request.headers.get("webhook-signature", "").split(" ")
    return any(hmac.compare_digest(f"v1,{base64.b64encode(wanted).decode()}", one) for one in given)


def main() -> None:
    """Take webhooks until told to stop."""
    parser = argparse.ArgumentParser(prog="python -m sandbox.partners.receiver", description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--secret", action="append", required=True, help="what signs them; may be repeated")
    asked = parser.parse_args()
    receiver = Receiver(*asked.secret, show=True)
    uvicorn.run(receiver.application(), port=asked.port, access_log=False, lifespan="off", log_level="warning")


if __name__ == "__main__":
    main()
