"""`Record` decides once, and waits while PostgreSQL is away."""

import pytest
from temporalio.exceptions import ApplicationError
from temporalio.testing import ActivityEnvironment

from activities.record import Recorder
from domain.record import Recorded
from store.database import Pool, connect
from tests.store.script import script


async def test_a_command_tried_again_is_recorded_once(pool: Pool) -> None:
    (start,) = script("start").recordings()
    recorder = Recorder(pool)
    first: Recorded = await ActivityEnvironment().run(recorder.record, start)
    assert await ActivityEnvironment().run(recorder.record, start) == first
    assert await pool.fetchval("SELECT count(*) FROM command") == 1


async def test_while_postgresql_is_away_the_command_waits(postgres_url: str) -> None:
    (start,) = script("start").recordings()
    async with connect(postgres_url) as pool:
        recorder = Recorder(pool)
    with pytest.raises(ApplicationError) as caught:
        await ActivityEnvironment().run(recorder.record, start)
    assert not caught.value.non_retryable
    assert caught.value.message == "PostgreSQL is away"
    async with connect(postgres_url) as pool:
        recorded: Recorded = await ActivityEnvironment().run(Recorder(pool).record, start)
        assert recorded.refused is None
