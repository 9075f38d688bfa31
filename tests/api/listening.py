"""The API behind a real port, for what is tried from outside."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Literal

import uvicorn
from fastapi import FastAPI

from sandbox.embedded.ports import free_port


@asynccontextmanager
async def listening(app: FastAPI, lifespan: Literal["auto", "off"]) -> AsyncIterator[str]:
    """Serve an application until the end of the block; yields where it answers."""
    port = free_port()
    running = uvicorn.Server(uvicorn.Config(app, port=port, log_config=None, access_log=False, lifespan=lifespan))
    serving = asyncio.create_task(running.serve())
    for _ in range(500):
        if running.started:
            break
        await asyncio.sleep(0.02)
    yield f"http://127.0.0.1:{port}"
    running.should_exit = True
    await serving
