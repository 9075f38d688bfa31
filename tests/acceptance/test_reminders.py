"""Reminders over a virtual year, with everything killed in between. The long run: `python -m benchmarks reminders`."""

import pytest

from benchmarks.reminders import run


@pytest.mark.slow("a year of reminders, with servers that are started again")
@pytest.mark.timeout(300)
async def test_what_was_sent_is_what_was_computed_whatever_is_killed() -> None:
    figures = await run(reminders=200, kills=3, seed=4)
    assert (figures.lost, figures.doubled, figures.after_the_end) == ([], [], []), figures
    assert figures.kills.total() == 3
    assert figures.reminders >= 200
