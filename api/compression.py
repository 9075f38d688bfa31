"""Answers of the API are compressed with gzip for callers that accept it, where that saves a packet."""

from starlette.datastructures import MutableHeaders
from starlette.middleware.gzip import GZipMiddleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.entity_tags import GZIP

LEAST = 1024
"""Bytes: a shorter answer fits in one packet as it is."""
LEVEL = 4
"""Of 9: most of the gain for a third of the time."""


class Compression:
    """The layer that compresses. A compressed answer has an entity tag of its own (RFC 9110, 8.8.3.3)."""

    def __init__(self, app: ASGIApp) -> None:
        self._plain = app
        self._gzip = GZipMiddleware(app, minimum_size=LEAST, compresslevel=LEVEL)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """See ASGI. The pages of links are not compressed: beside what a visitor typed, the length of the compressed
        page could give away the pass that it holds.
        """
        if scope["type"] != "http" or not scope["path"].startswith("/v1"):
            await self._plain(scope, receive, send)
            return

        async def named(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                if "content-encoding" in headers and "etag" in headers:
                    headers["ETag"] = f'"{headers["etag"].strip(chr(34))}{GZIP}"'
            await send(message)

        await self._gzip(scope, receive, named)
