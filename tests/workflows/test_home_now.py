"""The corporation's system is asked how a home is before a yes to it, or a lease, is recorded."""

import pytest

from domain.facts.conditions import Comparison, ConditionUnit, Measured, Norm
from domain.facts.tasks import TaskKind
from domain.messages import answers as a
from domain.messages.commands import AnswerTask
from domain.state.mediation import OfferState
from sandbox.driven.journey import eventually
from tests.journey import Journey, Scene


async def offered(scene: Scene) -> tuple[Journey, str]:
    journey = Journey(scene)
    dwelling = await journey.released()
    await journey.offered(dwelling)
    await journey.task(TaskKind.ANSWER_OFFER)
    return journey, dwelling


async def yes(journey: Journey) -> AnswerTask:
    task = await journey.task(TaskKind.ANSWER_OFFER)
    return AnswerTask(by=journey.institution, task=task.id, answer=a.ClientAnswer(accept=True))


async def test_a_yes_to_a_home_that_costs_too_much_by_now_is_refused_and_another_home_is_sought(scene: Scene) -> None:
    journey, dwelling = await offered(scene)
    await scene.release(dwelling, rentCents=99_000, district="haven")
    refused = (await journey.submit(await yes(journey))).refused
    assert refused
    assert refused.rule == "dwelling_changed"
    (rent,) = refused.conditions
    assert (rent.name, rent.found) == ("rent", Measured(unit=ConditionUnit.CENTS_A_MONTH, value=99_000))
    assert rent.asked == Norm(comparison=Comparison.AT_MOST, value=70_000)

    async def let_go() -> bool:
        return (await journey.state()).offers[-1].state is OfferState.WITHDRAWN

    await eventually(let_go)
    await journey.settled()
    state = await journey.state()
    assert (state.counted_refusals, state.let_down_on is not None) == (0, True)
    assert TaskKind.MAKE_OFFER in await journey.open()


@pytest.mark.parametrize("kind", ["unavailable", "slow"])
async def test_a_system_that_is_away_holds_up_no_yes_and_the_home_is_judged_again_at_the_lease(
    scene: Scene, kind: str
) -> None:
    journey, dwelling = await offered(scene)
    corporation = scene.town.systems.corporation
    away: dict[str, object] = {"fault": kind, "operation": "read_eenheid", "seconds": 3600}
    await corporation.switch({"organisation": scene.town.corporation, **away})
    assert (await journey.submit(await yes(journey))).refused is None
    await corporation.switch()
    await scene.release(dwelling, rentCents=99_000, district="haven")
    task = await journey.task(TaskKind.SIGN_LEASE)
    lease = a.LeaseAnswer(form=journey.policy.lease_forms[0], keys_on=await journey.today())
    refused = (await journey.submit(AnswerTask(by=journey.coordinator, task=task.id, answer=lease))).refused
    assert refused
    assert refused.rule == "dwelling_changed"
