"""The desk of a system that speaks VERA: its way in, its keys, and its errors.

VERA promises nobody that a POST sent twice is done once. So this system makes whatever it is sent, every time. If
started with `--remembers-keys` it knows a POST again by its `idExtern`, and a PATCH by the caller's reference
(X-Stuurgegevens-Referentienummer). One gets in with an API key or an OAuth 2.0 token, when it was started with either.
"""

import base64
import hmac
import secrets
from hashlib import blake2b
from time import monotonic
from typing import Any, NamedTuple
from urllib.parse import parse_qs, unquote_plus

from pydantic import ValidationError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from .book import Book, Refused
from .desk import LONGEST_KEY, Desk
from .system import Answer, Call, Operation, Partner
from .vera import CREATES, made
from .vera_words import fault

LASTS = 3600


class Access(NamedTuple):
    """Who is let in at the VERA addresses: anybody, unless a key or a client is named."""

    api_key: str | None = None
    client: tuple[str, str] | None = None
    """Name and secret of the one OAuth client."""
    token_seconds: int = LASTS


class VeraDesk(Desk):
    """Answers every call to a corporation's system; what its own people do there has no VERA words."""

    def __init__(
        self,
        partner: Partner,
        book: Book,
        token: str | None = None,
        access: Access | None = None,
        *,
        remembers_keys: bool = False,
    ) -> None:
        super().__init__(partner, book, token)
        self.access = access or Access()
        self.remembers_keys = remembers_keys
        self._tokens: dict[str, float] = {}

    def routes(self) -> list[Route]:
        """Beside the operations: where tokens come from."""
        return [Route("/{organisation}/oauth/token", self.endpoint(self.give_token), methods=["POST", "DELETE"])]

    def admit(self, request: Request) -> None:
        """Refuse a caller of VERA who shows neither the key nor a token that lives."""
        if "/v4/" not in request.url.path:
            super().admit(request)
        elif (self.access.api_key or self.access.client) and not self._knows(request):
            raise fault(401, "niet_geautoriseerd", "geen geldige sleutel of geldig token")

    def _knows(self, request: Request) -> bool:
        shown = request.headers.get("x-api-key", "")
        key = self.access.api_key
        if key and hmac.compare_digest(shown.encode(), key.encode()):
            return True
        kind, _, token = request.headers.get("authorization", "").partition(" ")
        return kind == "Bearer" and self._tokens.get(token, 0) > monotonic()

    async def give_token(self, request: Request) -> Response:
        """POST /{organisation}/oauth/token: client credentials. DELETE: every token ends now."""
        if request.method == "DELETE":
            self._tokens.clear()
            return Response(status_code=204)
        form = parse_qs((await request.body()).decode(errors="replace"))
        if form.get("grant_type") != ["client_credentials"]:
            return JSONResponse({"error": "unsupported_grant_type"}, 400)
        if self.access.client is None or _basic(request) != self.access.client:
            return JSONResponse({"error": "invalid_client"}, 401)
        token = secrets.token_urlsafe(32)
        self._tokens[token] = monotonic() + self.access.token_seconds
        return JSONResponse({"access_token": token, "token_type": "Bearer", "expires_in": self.access.token_seconds})

    def refusal(self, request: Request, no: Refused) -> Response:
        """An error in the words of the one who is told: a Foutbericht for a caller of VERA."""
        if "/v4/" not in request.url.path:
            return super().refusal(request, no)
        said = {"code": no.content["code"], "omschrijving": no.content.get("omschrijving", "niet uitgevoerd")}
        return JSONResponse(said, no.status)

    def key_of(self, operation: Operation[Any], request: Request, body: bytes) -> str:
        """Our key in the document, or the reference of a change."""
        if not operation.path.startswith("/v4/"):
            return super().key_of(operation, request, body)
        if operation.method == "PATCH":
            reference = request.headers.get("x-stuurgegevens-referentienummer", "")[:LONGEST_KEY]
            return reference or f"{request.url.path}#{blake2b(body, digest_size=8).hexdigest()}"
        try:
            key = operation.checker.validate_json(body).get("idExtern")
        except ValidationError:
            key = None
        if not isinstance(key, str) or not 0 < len(key) <= LONGEST_KEY:
            raise fault(400, "geen_sleutel", "idExtern ontbreekt")
        return key

    def knows_again(self, operation: Operation[Any]) -> bool:
        """Of what it makes and changes it knows no key again, unless it was started so."""
        return self.remembers_keys or not operation.path.startswith("/v4/")

    def not_unique(self) -> Refused:
        """See `Desk`."""
        return fault(409, "niet_uniek", "idExtern bestaat al")

    def repeated(
        self, operation: Operation[Any], call: Call[Any], fingerprint: str, carried_out: str, number: str
    ) -> Answer:
        """The same key again: what was made first; a change is not made again."""
        if of := CREATES.get(operation.name):
            return made(of, call.url, self.book.read(call.organisation, of.kind, number))
        if operation.method == "PATCH":
            return Answer(None)
        return super().repeated(operation, call, fingerprint, carried_out, number)


def _basic(request: Request) -> tuple[str, str] | None:
    kind, _, text = request.headers.get("authorization", "").partition(" ")
    if kind != "Basic":
        return None
    try:
        name, _, secret = base64.b64decode(text).decode().partition(":")
    except ValueError:
        return None
    return unquote_plus(name), unquote_plus(secret)
