"""A database that is kept as it is, and put back later beside the one that went on."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from uuid import uuid4

from sandbox.embedded.postgres import Postgres, binaries
from store.database import Pool, connect
from tests.tampering import as_superuser

TABLES = (
    "command",
    "event",
    "effect",
    "mediation",
    "task",
    "participation",
    "reference",
    "reference_count",
    "open_person",
    "place",
    "kept_dwelling",
    "capacity",
    "placement",
    "spread",
    "waiting_place",
    "waiting_home",
    "policy",
)
"""All that is written with a command. (In `request` the moment is that at which it is written.)"""


async def keep(url: str, file: Path) -> None:
    """Keep a database as it is now."""
    await _run("pg_dump", "--format=custom", "--compress=0", f"--file={file}", as_superuser(url))


@asynccontextmanager
async def put_back(postgres: Postgres, file: Path) -> AsyncIterator[str]:
    """Put what was kept back into a database of its own; its address. It is removed afterwards."""
    name = f"back_{uuid4().hex[:8]}"
    url = await postgres.create_database(name)
    await _run("pg_restore", "--no-owner", f"--dbname={url}", str(file))
    yield postgres.application_url_of(name)
    await postgres.drop_database(name)


async def rows(url: str) -> dict[str, list[str]]:
    """Return every row of all that is written with a command."""
    async with connect(url, size=1) as pool:
        return {table: await _rows(pool, table) for table in TABLES}


async def _rows(pool: Pool, table: str) -> list[str]:
    found = await pool.fetch(f'SELECT t::text AS line FROM "{table}" t ORDER BY 1')  # noqa: S608 - ours
    return [row["line"] for row in found]


async def _run(program: str, *arguments: str) -> None:
    process = await asyncio.create_subprocess_exec(binaries() / program, *arguments)
    assert await process.wait() == 0, program
