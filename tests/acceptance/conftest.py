"""An installation as its user has it."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.acceptance.installation import Up


@pytest.fixture
async def up(tmp_path: Path) -> AsyncIterator[Up]:
    """An installation that is up."""
    up = Up(tmp_path)
    await up.start()
    yield up
    assert up.child is not None
    await up.child.stop()
    await up.http.aclose()
