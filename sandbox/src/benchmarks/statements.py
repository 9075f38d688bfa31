"""A pool of one connection that tells what is said over it, and how much processor time that takes on both sides."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from time import process_time

import asyncpg
from asyncpg.connection import LoggedQuery

from store.database import Connection, Pool

BOUNDS = ("BEGIN", "COMMIT", "ROLLBACK")
"""Around what is counted. A savepoint is counted as a statement of its own."""


class Statements:
    """What was said over the connection, beside BEGIN and COMMIT."""

    def __init__(self, pool: Pool) -> None:
        self.pool = pool
        self.said: list[LoggedQuery] = []

    def note(self, said: LoggedQuery) -> None:
        """Note a statement."""
        if not said.query.upper().startswith(BOUNDS):
            self.said.append(said)

    async def processor(self) -> float:
        """Return how many seconds of processor time this process and the server's side of the connection took."""
        process = await self.pool.fetchval("SELECT pg_backend_pid()")
        fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()  # noqa: ASYNC240 - no disk
        ticks = int(fields[11]) + int(fields[12])
        return process_time() + ticks / os.sysconf("SC_CLK_TCK")


@asynccontextmanager
async def counted(url: str) -> AsyncIterator[Statements]:
    """Open such a pool."""

    async def nothing_to_reset(_: Connection) -> None:
        """As in production: see `store.database.connect`."""

    async def listen(connection: Connection) -> None:
        connection.add_query_logger(statements.note)

    async with asyncpg.create_pool(url, min_size=1, max_size=1, reset=nothing_to_reset, setup=listen) as pool:
        statements = Statements(pool)
        yield statements
