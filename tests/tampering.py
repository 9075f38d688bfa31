"""Changes behind the application's back, as somebody makes them who has all rights in the database."""

from typing import Any
from urllib.parse import urlsplit

import asyncpg

from sandbox.embedded.postgres import Postgres
from store.database import Pool

SERVERS: dict[int, Postgres] = {}
"""The servers of the tests, by their port."""
FOLLOWS = """
DELETE FROM event_feed f
WHERE NOT EXISTS (SELECT FROM event e WHERE e.mediation = f.mediation AND e.sequence = f.sequence)
"""
"""What the schema itself does after events are deleted, when its triggers are on."""


def as_superuser(url: str) -> str:
    """Return the URL of the same database under its superuser: for tests that lock a whole table, or change it."""
    place = urlsplit(url)
    assert place.port
    return SERVERS[place.port].url_of(place.path.removeprefix("/"))


async def tamper(pool: Pool, statement: str, *values: Any) -> str:
    """Execute a statement as the superuser, whom neither rights nor triggers stop, in the database of a pool."""
    row = await pool.fetchrow("SELECT inet_server_port() AS port, current_database() AS name")
    assert row is not None
    url = SERVERS[row["port"]].url_of(row["name"])
    connection = await asyncpg.connect(url, server_settings={"session_replication_role": "replica"})
    try:
        done: str = await connection.execute(statement, *values)
        await connection.execute(FOLLOWS)
        return done
    finally:
        await connection.close()
