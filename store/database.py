"""Connections to PostgreSQL, and the migrations of its schema."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import TypeAlias

import asyncpg

from runtime import RuntimeFault
from store import rights
from store.filling import FILLING
from store.queries import query

MIGRATIONS = Path(__file__).parent / "migrations"
_MIGRATING = 7_304_001
"""The advisory lock under which one process migrates and others wait."""

Pool: TypeAlias = "asyncpg.Pool[asyncpg.Record]"
Connection: TypeAlias = "asyncpg.Connection[asyncpg.Record] | asyncpg.pool.PoolConnectionProxy[asyncpg.Record]"
Source: TypeAlias = "Connection | Pool"
"""Where to read from: a connection within a transaction, or any of the pool."""

UNAVAILABLE = (
    OSError,
    asyncio.TimeoutError,
    asyncpg.InterfaceError,
    asyncpg.PostgresConnectionError,  # class 08
    asyncpg.InternalClientError,  # the server said that it goes while nothing was asked: the next to ask finds out
    asyncpg.ReadOnlySQLTransactionError,  # 25006: a standby, or a server that is being put back
    asyncpg.InvalidAuthorizationSpecificationError,  # class 28: its password was changed
    asyncpg.InvalidCatalogNameError,  # 3D000: the database is being put back
    asyncpg.TransactionRollbackError,  # class 40: deadlocks, serialization
    asyncpg.InsufficientResourcesError,  # class 53: disk full, out of memory, too many connections
    asyncpg.ObjectNotInPrerequisiteStateError,  # class 55: a lock that is not to be had
    asyncpg.OperatorInterventionError,  # class 57: shut down, cancelled, starting up
    asyncpg.PostgresSystemError,  # class 58: the machine below it
)
"""What asyncpg raises while PostgreSQL is away, full or too busy: it passes, and what was asked is tried again.

Whole classes of SQLSTATE are listed, since a server in trouble may answer with any code of them."""

NOT_OURS = (
    asyncpg.UndefinedTableError,
    asyncpg.UndefinedColumnError,
    asyncpg.UndefinedFunctionError,
    asyncpg.InsufficientPrivilegeError,
)
"""The database does not fit this build, or the build has no rights in it: a migration or rights are still missing."""


class DatabaseUnreachable(RuntimeFault, ConnectionError):
    """PostgreSQL cannot be reached."""


@asynccontextmanager
async def connect(url: str, *, size: int = 10) -> AsyncIterator[Pool]:
    """Open a pool of at most `size` connections. Every statement may take 10 s, every wait for a lock 5 s.

    Raises `DatabaseUnreachable`.
    """

    async def nothing_to_reset(_: Connection) -> None:
        """Reset nothing: our settings and locks end with their transaction, and a reset costs a round trip."""

    settings = {"statement_timeout": "10s", "lock_timeout": "5s", "synchronous_commit": "on", "timezone": "UTC"}
    # The locks of a machine that went down without closing its connections end within a minute, and not after hours.
    settings |= {"tcp_keepalives_idle": "30", "tcp_keepalives_interval": "10", "tcp_keepalives_count": "3"}
    pool = asyncpg.create_pool(
        url, min_size=1, max_size=size, server_settings=settings, timeout=10, reset=nothing_to_reset
    )
    with _reaching(url):
        await pool
    async with pool:
        yield pool


async def migrate(owner: str, application: str | None = None) -> list[str]:
    """Apply the migrations that this database lacks, in order, then the rights; return the names of the migrations.

    `owner` is the URL of whoever may; the login of the URL `application` is made a writer. Safe to run by several at
    once. Raises `DatabaseUnreachable`, and NotTheOwner or NotTheWriter of `store.rights`.
    """
    with _reaching(owner):
        connection = await asyncpg.connect(owner, timeout=10)
    try:
        await connection.execute("SELECT pg_advisory_lock($1)", _MIGRATING)
        await rights.become_owner(connection)
        await connection.execute(
            "CREATE TABLE IF NOT EXISTS migration (name text PRIMARY KEY, applied_at timestamptz DEFAULT now())",
        )
        known = {row["name"] for row in await connection.fetch(query("migrations_applied"))}
        missing = [file for file in sorted(MIGRATIONS.glob("*.sql")) if file.stem not in known]
        for file in missing:
            async with connection.transaction():
                await connection.execute(file.read_text())
                if fill := FILLING.get(file.stem):
                    await fill(connection)
                await connection.execute("INSERT INTO migration (name) VALUES ($1)", file.stem)
        await rights.grant(connection)
        if application:
            await rights.let_write(connection, application)
        return [file.stem for file in missing]
    finally:
        await connection.close()


async def check_rights(url: str) -> None:
    """Check that the application may work in this database under this login, and can do no more than it must.

    Raises `DatabaseUnreachable`, and NotTheWriter or NotMigrated of `store.rights`.
    """
    with _reaching(url):
        connection = await asyncpg.connect(url, timeout=10)
    try:
        await rights.fit_to_serve(connection, {file.stem for file in MIGRATIONS.glob("*.sql")})
    finally:
        await connection.close()


@contextmanager
def _reaching(url: str) -> Iterator[None]:
    """Raise `DatabaseUnreachable` with the place of the database, without user and password."""
    try:
        yield
    except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        place = url.partition("?")[0].rpartition("@")[2]
        raise DatabaseUnreachable(f"{place} ({type(error).__name__})") from None


async def tables(pool: Pool) -> list[str]:
    """Return the names of all our tables."""
    rows = await pool.fetch(query("our_tables"))
    return [row["tablename"] for row in rows]


async def rows_of(pool: Pool, table: str) -> list[str]:
    """Return every row of one of our tables as text, for searches through all of it."""
    if table not in await tables(pool):
        raise KeyError(table)
    return [row[0] for row in await pool.fetch(f'SELECT t::text FROM "{table}" AS t')]  # noqa: S608 - a known name
