"""Answers are sent compressed to who takes that: gzip, of what is worth it."""

from starlette.datastructures import MutableHeaders
from starlette.middleware.gzip import GZipMiddleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.entity_tags import GZIP

LEAST = 1024
"""Bytes: a shorter answer fits in one packet as it is."""
LEVEL = 4
"""Of 9: most of the gain for a third of the time."""


class Compression:
    """The layer that compresses. What is compressed has another entity tag (RFC 9110, 8.8.3.3)."""

    def __init__(self, app: ASGIApp) -> None:
        self._plain = app
        self._gzip = GZipMiddleware(app, minimum_size=LEAST, compresslevel=LEVEL)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """See ASGI. Pages for people are left alone: they hold codes, whose length must tell nothing."""
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
