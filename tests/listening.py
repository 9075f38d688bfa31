"""An ASGI application that really listens, within the test's own process."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import uvicorn
from starlette.types import ASGIApp

from sandbox.embedded.ports import free_port
from sandbox.partners.dropping import DroppableProtocol


@asynccontextmanager
async def listening(app: ASGIApp, port: int | None = None) -> AsyncIterator[str]:
    """Serve it on the loopback; its address is what the block gets."""
    port = port or free_port()
    options = {"log_config": None, "access_log": False, "lifespan": "off", "http": DroppableProtocol}
    server = uvicorn.Server(uvicorn.Config(app, port=port, **options))  # type: ignore[arg-type]
    serving = asyncio.create_task(server.serve())
    while not server.started:
        if serving.done():
            await serving
        await asyncio.sleep(0.01)
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        await serving
