"""A corporation's system that knows no key again, and a lane that comes back to it: nothing stands twice there."""

from typing import Any

import pytest

from domain.facts.tasks import TaskKind
from domain.messages import answers as a
from sandbox.driven.journey import eventually
from tests.journey import Journey, Scene
from tests.workflows.test_new_run import runs, scene, small
from tests.workflows.test_shell import note
from workflows.mediation import MediationWorkflow

__all__ = ["scene", "small"]

MADE = {"kandidaat": "kandidaten", "aanbieding": "aanbiedingen"}


async def offering(scene: Scene, made: str) -> Journey:
    """An offer is on its way. Whatever the corporation makes of this, its answer is lost, and it shows no list."""
    await scene.release("D-1")
    journey = await Journey(scene).assessed()
    await journey.settled()
    wrong: list[dict[str, object]] = [
        {"fault": "lost_answer", "operation": f"create_{made}"},
        {"fault": "unavailable", "operation": f"list_{MADE[made]}", "seconds": 3600},
    ]
    corporation = scene.town.corporation
    await scene.town.systems.corporation.switch(*({"organisation": corporation, **one} for one in wrong))
    await journey.answer(a.MatchAnswer(corporation=corporation, dwelling="D-1"))

    async def is_made() -> bool:
        return bool(await standing(scene, MADE[made]))

    await eventually(is_made)
    return journey


async def standing(scene: Scene, resource: str) -> list[dict[str, Any]]:
    """What the corporation has, as its own people see it."""
    kind = {"kandidaten": "candidates", "aanbiedingen": "offers"}[resource]
    answer = await scene.town.systems.corporation.staff("GET", scene.town.corporation, f"/{kind}")
    records: list[dict[str, Any]] = answer["records"]
    return records


async def one_offer(scene: Scene, journey: Journey) -> None:
    await scene.town.systems.corporation.switch()
    await journey.handle.signal(MediationWorkflow.try_again, scene.town.corporation)
    await journey.task(TaskKind.ANSWER_OFFER)
    for resource in MADE.values():
        assert len(await standing(scene, resource)) == 1, resource


@pytest.mark.parametrize("made", list(MADE))
async def test_a_lane_that_goes_on_in_a_new_run_makes_nothing_twice(scene: Scene, made: str) -> None:
    journey = await offering(scene, made)
    before = len(await runs(scene, journey.id))
    while len(await runs(scene, journey.id)) < before + 2:
        await journey.submit(note(journey))
    await one_offer(scene, journey)


@pytest.mark.parametrize("made", list(MADE))
async def test_a_lane_that_is_called_in_makes_nothing_twice(scene: Scene, made: str) -> None:
    journey = await offering(scene, made)
    for _ in range(3):
        await journey.handle.signal(MediationWorkflow.try_again, scene.town.corporation)
        await journey.submit(note(journey))
    await one_offer(scene, journey)
