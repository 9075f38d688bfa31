"""The public API on the virtual clock: the production application, told another time."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

import uvicorn
from temporalio.client import Client

from api.app import create_app
from api.limits import Limits
from api.server import install
from runtime.at_once import AtOnce
from runtime.clock import TimeSource
from runtime.settings import Settings
from store.database import Pool
from store.vault_secrets import unlock


class _Server(uvicorn.Server):
    """A server within a program that minds its own signals."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


@asynccontextmanager
async def serving(settings: Settings, client: Client, pool: Pool, clock: TimeSource) -> AsyncIterator[None]:
    """Serve the API at the settings' address for as long as the block takes. A minute here is months of the city's."""
    secrets = await unlock(pool, settings.vault_ring, settings.key_ring)
    here = install(settings, secrets, pool, client, clock)
    here.limits = Limits.per_minute(caller=1_000_000, address=1_000_000)
    here.at_once = AtOnce(of_one=1_000_000, in_all=1_000_000)
    config = uvicorn.Config(
        create_app(here, public_url=settings.public_url),
        host=settings.api_host,
        port=settings.api_port,
        log_config=None,
        access_log=False,
        lifespan="off",
        timeout_keep_alive=120,
    )
    server = _Server(config)
    serving = asyncio.create_task(server.serve())
    while not server.started:
        if serving.done():
            await serving
        await asyncio.sleep(0.01)
    try:
        yield
    finally:
        server.should_exit = True
        await serving
