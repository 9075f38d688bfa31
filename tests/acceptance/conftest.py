"""An installation as its user has it, and workers that die on a scene with partners."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest

from runtime.settings import Settings
from tests.acceptance.installation import Up, installed
from tests.acceptance.successors import Successors
from tests.journey import Scene


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
async def scene(idle: Scene) -> Scene:
    """Where the mediations take place; those who work there are the `successors`. A workflow task that dies with one of
    them is found out after ten seconds, and any of many may die at each step.
    """
    return replace(idle, patience=180)
