"""Every answer to a GET has an entity tag, and a caller who has that answer already gets 304 (RFC 9110, 13)."""

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.entity_tags import read_tags, tag_of
from api.problems import MovedOn
from api.web.assets import ADDRESS
from api.web.links import LINKS

KEPT = (
    *("cache-control", "content-location", "date", "etag", "expires", "vary"),
    *("access-control-allow-origin", "content-security-policy"),
)
"""Headers of a 304 (RFC 9110, 15.4.5). Of the last two the first lets a page read it, and the second is the page's own
policy, which the usual one would otherwise replace in the browser's copy."""
APART = (LINKS, ADDRESS)
"""Where addresses begin that are left alone: a page with a code is new each time, and assets have tags of their own."""


class Validators:
    """The layer that answers 304 when the caller has the answer already, and 412 when it has another one."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """See ASGI. Raises `Invalid` for what is no list of entity tags, which `Envelope` sends."""
        if scope["type"] != "http" or scope["method"] != "GET" or scope["path"].startswith(APART):
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
