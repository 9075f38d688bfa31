"""What several tests of workflows need."""

from collections.abc import AsyncIterator
from contextlib import suppress

import pytest
from temporalio.service import RPCError

from tests.journey import Scene


@pytest.fixture
async def rounds_of_its_own(scene: Scene) -> AsyncIterator[None]:
    """The rounds of a municipality have one name, and the server is shared: each test begins and ends without."""
    rounds = scene.client.get_workflow_handle(f"digest-{scene.town.municipality}")
    with suppress(RPCError):
        await rounds.terminate()
    yield
    with suppress(RPCError):
        await rounds.terminate()
