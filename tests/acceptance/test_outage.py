"""A corporation that is down for days, and is back. The long run: `python -m benchmarks outage`."""

from datetime import timedelta

import pytest

from benchmarks.outage import run


@pytest.mark.slow("a corporation is away for three days of virtual time")
@pytest.mark.timeout(600)
async def test_an_outage_disturbs_nobody_else_is_escalated_by_the_policy_and_what_waited_is_done_at_once() -> None:
    figures = await run(waiting=12, seed=4, others=4, lasts=3)
    wrong = (figures.untimely, figures.disturbed, figures.held_up, figures.doubled, figures.lost)
    assert wrong == ([], [], [], [], []), figures
    assert figures.not_replayed == 0
    assert figures.drained_in < timedelta(minutes=5), figures
    assert figures.escalations > 0
    assert figures.knocks < 12 * 10 + 5 * 24 * 30 + 30, "ten in haste each, then thirty an hour for five days"
