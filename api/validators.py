"""Every answer to a GET of the contract has an entity tag, and a caller who has it already gets 304 (RFC 9110, 13)."""

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.entity_tags import read_tags, tag_of
from api.problems import MovedOn

KEPT = ("cache-control", "content-location", "date", "etag", "expires", "vary", "access-control-allow-origin")
"""Headers of a 304 (RFC 9110, 15.4.5); the last lets a page read it."""


class Validators:
    """The layer that tells what has not changed."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """See ASGI. Raises `Invalid` for what is no list of entity tags, which the envelope tells."""
        if scope["type"] != "http" or scope["method"] != "GET" or not scope["path"].startswith("/v1"):
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        wanted, known = read_tags(headers, "If-Match"), read_tags(headers, "If-None-Match")
        start: Message | None = None
        parts: list[bytes] = []

        async def judged(message: Message) -> None:
            nonlocal start
            if message["type"] == "http.response.start" and message["status"] == 200:
                start = message
                return
            if start is None:
                await send(message)
                return
            parts.append(message.get("body", b""))
            if message.get("more_body"):
                return
            content = b"".join(parts)
            told = MutableHeaders(scope=start)
            tag = tag_of(content, told.get("etag", "").strip('"') or None)
            told["ETag"] = f'"{tag}"'
            if wanted is not None and not wanted.has(tag):
                raise MovedOn("what you have seen has changed since: look again")
            if known is not None and known.may_have(tag):
                kept = {name: value for name, value in told.items() if name in KEPT}
                await Response(status_code=304, headers=kept)(scope, receive, send)
                return
            await send(start)
            await send({"type": "http.response.body", "body": content})

        await self._app(scope, receive, judged)
