"""A data directory that `mediation up` or `mediation demo` keeps, to be read: what of it does not run is started."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from urllib.parse import urlsplit

import asyncpg

from audit.beside import BookSources
from domain.facts.value import replace
from runtime.settings import Settings
from sandbox.embedded import ports
from sandbox.embedded.ports import free_port
from sandbox.embedded.postgres import Postgres
from sandbox.embedded.temporal import TemporalServer
from store.database import UNAVAILABLE

HISTORIES = "histories"
"""Where a city on a virtual clock leaves its histories: its Temporal keeps everything in memory only."""
PATIENCE = 5.0


@asynccontextmanager
async def reopened(data: Path, settings: Settings) -> AsyncIterator[BookSources]:
    """Use what runs in a data directory with these settings; start for a while the servers that do not run."""
    histories = data / HISTORIES if (data / HISTORIES).is_dir() else None
    async with AsyncExitStack() as stack:
        if not await _database_answers(settings.database_url):
            server = Postgres(data / "postgres", free_port(), durable=histories is None)
            await stack.enter_async_context(server)
            settings = replace(settings, database_url=server.url)
        port = urlsplit(f"//{settings.temporal_address}").port or 0
        if histories is None and not await ports.accepts(port):
            temporal = TemporalServer(data / "temporal", free_port())
            await stack.enter_async_context(temporal)
            settings = replace(settings, temporal_address=temporal.address)
        yield BookSources(settings, histories)


async def _database_answers(url: str) -> bool:
    """Tell whether this very database answers: no other has its password."""
    try:
        connection = await asyncpg.connect(url, timeout=PATIENCE)
    except (*UNAVAILABLE, asyncpg.PostgresError):
        return False
    await connection.close()
    return True
