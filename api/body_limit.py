"""No request body over 256 KiB is taken in, whatever it says of its own length."""

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.problems import TooLarge

LIMIT = 256 * 1024
"""Bytes."""


class BodyLimit:
    """Answers 413 before anything is parsed: at once when the length is told, else when the limit is passed."""

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

        async def counted() -> Message:
            nonlocal taken
            message = await receive()
            taken += len(message.get("body", b""))
            if taken > self._limit:
                raise TooLarge
            return message

        return counted
