"""The golden histories, read once."""

import pytest

from tests.histories import golden
from tests.histories.golden import Golden


@pytest.fixture(scope="session")
def goldens() -> list[Golden]:
    """Every mediation of every release."""
    return list(golden.read())
