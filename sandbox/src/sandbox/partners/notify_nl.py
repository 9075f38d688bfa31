"""NotifyNL as we know it: its HTTP API (version 2) for mails, with its state in memory and faults on request.

Run one with `python -m sandbox.partners.notify_nl --port 8106 --key direct-mediation-... --template ...`. What it was
given to send is at `/sent`, and how a mail stands is said by `PUT /states`, as `{"<its id>": "permanent-failure"}`.
"""

import argparse
import json
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import httpx
import uvicorn
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import OctKey
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

Json = dict[str, Any]
UUID = 36
"""Characters. A key ends in two of them, with a hyphen between: the service, and the secret."""


class NotifyServer:
    """Takes in mails of one service; what is asked of it is in `sent`, by the number it gave."""

    def __init__(self, key: str, template: str) -> None:
        self._service, self._secret, self._template = key[-2 * UUID - 1 : -UUID - 1], key[-UUID:], template
        self.sent: dict[str, Json] = {}
        self.states: dict[str, str] = {}
        self.asked = 0
        self.answers: list[httpx.Response | Exception] = []
        """What it says instead, the next one first."""
        self.forgets = False
        """Whether the next answer gets lost after the mail was taken."""

    def application(self) -> Starlette:
        """Return it as an ASGI application."""
        return Starlette(
            routes=[
                Route("/sent", self.shown),
                Route("/states", self.switch, methods=["PUT"]),
                Route("/v2/{path:path}", self.serve, methods=["GET", "POST"]),
            ]
        )

    async def shown(self, _: Request) -> Response:
        """GET /sent: every mail, by its number."""
        return JSONResponse(self.sent)

    async def switch(self, request: Request) -> Response:
        """PUT /states: how mails stand from now on."""
        self.states |= await request.json()
        return Response(status_code=204)

    async def serve(self, request: Request) -> Response:
        """Answer a request of the API."""
        content = await request.body()
        said = self.respond(httpx.Request(request.method, str(request.url), headers=request.headers, content=content))
        return Response(said.content, said.status_code, media_type="application/json")

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

    def _take(self, body: Json) -> httpx.Response:
        if set(body) != {"email_address", "template_id", "personalisation", "reference"}:
            return _fault(400, "ValidationError", "Additional properties are not allowed")
        if body["template_id"] != self._template:
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
                request.headers["Authorization"].removeprefix("Bearer "), OctKey.import_key(self._secret), ["HS256"]
            )
        except (JoseError, KeyError, ValueError):
            return False
        return token.claims.get("iss") == self._service and isinstance(token.claims.get("iat"), int)


def _fault(status: int, error: str, message: str) -> httpx.Response:
    return httpx.Response(status, json={"status_code": status, "errors": [{"error": error, "message": message}]})


def main() -> None:
    """Serve until told to stop."""
    parser = argparse.ArgumentParser(prog="python -m sandbox.partners.notify_nl", description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--key", required=True, help="the API key callers must have: name, service and secret")
    parser.add_argument("--template", required=True, help="the id of the template")
    asked = parser.parse_args()
    server = NotifyServer(asked.key, asked.template)
    uvicorn.run(server.application(), port=asked.port, access_log=False, lifespan="off", log_level="warning")


if __name__ == "__main__":
    main()
