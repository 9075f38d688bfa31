"""The description of the API as it is sent: made once, beside the requests, from when the process starts."""

import asyncio
import json

from fastapi import FastAPI
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from api.openapi import describe


class ApiDescription:
    """Makes the description when it is told to begin, or else when it is first asked for."""

    def __init__(self, app: FastAPI, public_url: str) -> None:
        self._app = app
        self._public_url = public_url
        self._making: asyncio.Task[bytes] | None = None

    def begin(self) -> None:
        """Begin to make it. It takes most of a second: in a thread of its own, so that others are served meanwhile."""
        if self._making is None:
            self._making = asyncio.create_task(run_in_threadpool(self._made))

    async def send(self, _: Request) -> Response:
        """Return it, as soon as it is made. Any page may read it."""
        self.begin()
        assert self._making is not None  # noqa: S101 - it has begun
        # a caller that gives up waiting must not cancel it for the others
        content = await asyncio.shield(self._making)
        return Response(content, headers={"Access-Control-Allow-Origin": "*"}, media_type="application/json")

    def _made(self) -> bytes:
        return json.dumps(describe(self._app, self._public_url), ensure_ascii=False, separators=(",", ":")).encode()
