"""An installation as its user has it, and workers that die on a scene with partners."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path

import pytest

from runtime.plugin import connect
from runtime.search_attributes import register
from runtime.settings import Settings
from store.database import Pool
from store.vault import Vault
from tests.acceptance.installation import Up, installed
from tests.acceptance.successors import Successors
from tests.histories.walk import Scene
from tests.town import Town


@pytest.fixture
async def up(tmp_path: Path) -> AsyncIterator[Up]:
    """An installation that is up."""
    async with installed(tmp_path) as up:
        yield up


@pytest.fixture
async def successors(tmp_path: Path, settings: Settings) -> AsyncIterator[Successors]:
    """Workers, one at a time."""
    keeper = Successors(tmp_path, settings)
    working = asyncio.create_task(keeper.work())
    yield keeper
    working.cancel()
    with suppress(asyncio.CancelledError):
        await working


@pytest.fixture
async def scene(settings: Settings, pool: Pool, vault: Vault, town: Town) -> Scene:
    """Where the mediations take place."""
    client = await connect(settings)
    await register(client)
    return Scene(client, pool, vault, town, settings.task_queue)
