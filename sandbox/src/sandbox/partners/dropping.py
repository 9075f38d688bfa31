"""How a partner's answer gets lost on the way."""

import asyncio
from collections.abc import MutableMapping
from typing import Any

from starlette.types import Receive, Send
from uvicorn.protocols.http.h11_impl import H11Protocol


class DroppableProtocol(H11Protocol):
    """HTTP/1.1 whose application can break the connection: how an answer gets lost on the way."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Give every request of this connection the means to end it."""
        super().connection_made(transport)
        application = self.app

        async def droppable(scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
            scope["extensions"] = {"partner.drop": transport.abort}
            await application(scope, receive, send)

        self.app = droppable
