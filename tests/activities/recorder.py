"""Keeps every request that our client sends, as it goes out."""

import json
from typing import Any, NamedTuple

import httpx


class Sent(NamedTuple):
    """One request."""

    method: str
    path: str
    headers: httpx.Headers
    body: Any


class Recording(httpx.AsyncHTTPTransport):
    """A transport that notes what it sends."""

    def __init__(self) -> None:
        super().__init__()
        self.sent: list[Sent] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Note the request, then send it."""
        body = json.loads(request.content) if request.headers.get("content-type") == "application/json" else None
        self.sent.append(Sent(request.method, request.url.path, request.headers, body))
        return await super().handle_async_request(request)
