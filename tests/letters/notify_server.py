"""NotifyNL as we know it: its HTTP API (version 2) for mails, with its state in memory and faults on request."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import httpx
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import OctKey

SERVICE, SECRET, TEMPLATE = (str(uuid4()) for _ in range(3))
KEY = f"direct-mediation-{SERVICE}-{SECRET}"


class NotifyServer:
    """Takes in mails; what is asked of it is in `sent`, by the number it gave."""

    def __init__(self) -> None:
        self.sent: dict[str, dict[str, Any]] = {}
        self.states: dict[str, str] = {}
        self.asked = 0
        self.answers: list[httpx.Response | Exception] = []
        """What it says instead, the next one first."""
        self.forgets = False
        """Whether the next answer gets lost after the mail was taken."""

    def respond(self, request: httpx.Request) -> httpx.Response:
        """Answer a request."""
        self.asked += 1
        if self.answers:
            answer = self.answers.pop(0)
            if isinstance(answer, Exception):
                raise answer
            return answer
        if not self._known(request):
            return _fault(403, "AuthError", "Invalid token: API key not found")
        url = urlsplit(str(request.url))
        if request.method == "POST" and url.path == "/v2/notifications/email":
            return self._take(json.loads(request.content))
        if request.method == "GET" and url.path == "/v2/notifications":
            wanted = parse_qs(url.query)["reference"][0]
            found = [{"id": n, "reference": wanted} for n, one in self.sent.items() if one["reference"] == wanted]
            return httpx.Response(200, json={"notifications": found, "links": {}})
        number = url.path.rpartition("/")[2]
        if number in self.sent:
            return httpx.Response(200, json={"id": number, "status": self.states.get(number, "sending")})
        return _fault(404, "NoResultFound", "No result found")

    def _take(self, body: dict[str, Any]) -> httpx.Response:
        if set(body) != {"email_address", "template_id", "personalisation", "reference"}:
            return _fault(400, "ValidationError", "Additional properties are not allowed")
        if body["template_id"] != TEMPLATE:
            return _fault(400, "BadRequestError", "Template not found")
        if "@" not in body["email_address"]:
            return _fault(400, "ValidationError", "email_address Not a valid email address")
        number = str(uuid4())
        self.sent[number] = body
        if self.forgets:
            self.forgets = False
            raise httpx.ReadTimeout("the answer got lost")
        return httpx.Response(201, json={"id": number, "reference": body["reference"]})

    def _known(self, request: httpx.Request) -> bool:
        try:
            token = jwt.decode(
                request.headers["Authorization"].removeprefix("Bearer "), OctKey.import_key(SECRET), ["HS256"]
            )
        except (JoseError, KeyError, ValueError):
            return False
        return token.claims.get("iss") == SERVICE and isinstance(token.claims.get("iat"), int)


def _fault(status: int, error: str, message: str) -> httpx.Response:
    return httpx.Response(status, json={"status_code": status, "errors": [{"error": error, "message": message}]})


@asynccontextmanager
async def reached(server: NotifyServer) -> AsyncIterator[httpx.AsyncClient]:
    """A client whose requests the server answers."""
    async with httpx.AsyncClient(transport=httpx.MockTransport(server.respond)) as http:
        yield http
