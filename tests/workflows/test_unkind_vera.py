"""A corporation's system that knows no key again, and a lane that comes back to it: nothing stands twice there."""

from typing import Any

import pytest

from domain.facts.tasks import TaskKind
from domain.messages import answers as a
from tests.workflows.journey import Journey, Shell, eventually
from tests.workflows.test_new_run import runs, shell, small
from tests.workflows.test_shell import note
from workflows.mediation import MediationWorkflow

__all__ = ["shell", "small"]

MADE = {"kandidaat": "kandidaten", "aanbieding": "aanbiedingen"}


async def offering(shell: Shell, made: str) -> Journey:
    """An offer is on its way. Whatever the corporation makes of this, its answer is lost, and it shows no list."""
    await shell.release("D-1")
    journey = await Journey(shell).assessed()
    await journey.settled()
    wrong: list[dict[str, object]] = [
        {"fault": "lost_answer", "operation": f"create_{made}"},
        {"fault": "unavailable", "operation": f"list_{MADE[made]}", "seconds": 3600},
    ]
    corporation = shell.town.corporation
    await shell.town.systems.corporation.switch(*({"organisation": corporation, **one} for one in wrong))
    await journey.answer(a.MatchAnswer(corporation=corporation, dwelling="D-1"))

    async def is_made() -> bool:
        return bool(await standing(shell, MADE[made]))

    await eventually(is_made)
    return journey


async def standing(shell: Shell, resource: str) -> list[dict[str, Any]]:
    """What the corporation has, as its own people see it."""
    kind = {"kandidaten": "candidates", "aanbiedingen": "offers"}[resource]
    answer = await shell.town.systems.corporation.staff("GET", shell.town.corporation, f"/{kind}")
    records: list[dict[str, Any]] = answer["records"]
    return records


async def one_offer(shell: Shell, journey: Journey) -> None:
    await shell.town.systems.corporation.switch()
    await journey.handle.signal(MediationWorkflow.try_again, shell.town.corporation)
    await journey.task(TaskKind.ANSWER_OFFER)
    for resource in MADE.values():
        assert len(await standing(shell, resource)) == 1, resource


@pytest.mark.parametrize("made", list(MADE))
async def test_a_lane_that_goes_on_in_a_new_run_makes_nothing_twice(shell: Shell, made: str) -> None:
    journey = await offering(shell, made)
    before = len(await runs(shell, journey.id))
    while len(await runs(shell, journey.id)) < before + 2:
        await journey.submit(note(journey))
    await one_offer(shell, journey)


@pytest.mark.parametrize("made", list(MADE))
async def test_a_lane_that_is_called_in_makes_nothing_twice(shell: Shell, made: str) -> None:
    journey = await offering(shell, made)
    for _ in range(3):
        await journey.handle.signal(MediationWorkflow.try_again, shell.town.corporation)
        await journey.submit(note(journey))
    await one_offer(shell, journey)
