"""No request body over 256 KiB is taken in, whatever it says of its own length, and none that takes over 20 seconds."""

import asyncio

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.problems import TooLarge, TooSlow

LIMIT = 256 * 1024
"""Bytes."""
BODY_SECONDS = 20.0
"""For the whole body, from the first time that it is asked for."""


class BodyLimit:
    """Answers 413 before anything is parsed: at once when the length is told, else when the limit is passed.

    A body that does not come in time is answered 408.
    """

    def __init__(self, app: ASGIApp, limit: int = LIMIT) -> None:
        self._app = app
        self._limit = limit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """See ASGI."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        told = dict(scope["headers"]).get(b"content-length", b"0")
        if told.isdigit() and int(told[:20]) > self._limit:
            raise TooLarge
        await self._app(scope, self._counted(receive), send)

    def _counted(self, receive: Receive) -> Receive:
        taken = 0
        until: float | None = None
        whole = False

        async def counted() -> Message:
            nonlocal taken, until, whole
            if whole:
                return await receive()  # whether the caller is still there
            until = until or asyncio.get_running_loop().time() + BODY_SECONDS
            try:
                async with asyncio.timeout_at(until):
                    message = await receive()
            except TimeoutError:
                raise TooSlow from None
            whole = not message.get("more_body", False)
            taken += len(message.get("body", b""))
            if taken > self._limit:
                raise TooLarge
            return message

        return counted
