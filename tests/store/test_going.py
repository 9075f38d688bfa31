"""PostgreSQL that says that it goes, on a connection that waits in the pool: whoever asks next finds it away."""

import asyncpg
import pytest

from activities.postgres import postgres_may_be_away
from api.envelope import as_problem
from api.problems import DatabaseAway
from runtime.away import SystemAway

FIELDS = b"SFATAL\0VFATAL\0C57P01\0Mterminating connection due to administrator command\0\0"
LAST_WORDS = b"E" + (len(FIELDS) + 4).to_bytes(4, "big") + FIELDS
"""What a server that is stopped says on every connection, also where nothing was asked, before it hangs up."""


async def test_the_next_to_ask_a_server_that_is_going_finds_it_away(postgres_url: str) -> None:
    connection = await asyncpg.connect(postgres_url)
    try:
        protocol = connection._protocol  # type: ignore[attr-defined]
        protocol.data_received(LAST_WORDS)  # they have come, and that the server hung up has not
        with pytest.raises(asyncpg.InternalClientError) as caught:
            await connection.fetchval("SELECT 1")
        assert isinstance(as_problem(caught.value), DatabaseAway)
        with pytest.raises(SystemAway), postgres_may_be_away():
            await connection.fetchval("SELECT 1")
    finally:
        connection.terminate()
