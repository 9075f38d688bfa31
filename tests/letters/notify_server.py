"""The reference NotifyNL, without a network between."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import uuid4

import httpx

from sandbox.partners import notify_nl

KEY, TEMPLATE = f"direct-mediation-{uuid4()}-{uuid4()}", str(uuid4())


class NotifyServer(notify_nl.NotifyServer):
    """One that knows our key and template."""

    def __init__(self) -> None:
        super().__init__(KEY, TEMPLATE)


@asynccontextmanager
async def reached(server: NotifyServer) -> AsyncIterator[httpx.AsyncClient]:
    """A client whose requests the server answers."""
    async with httpx.AsyncClient(transport=httpx.MockTransport(server.respond)) as http:
        yield http
