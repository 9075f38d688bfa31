"""A municipality's rounds go morning after morning, one at a time, however often they are started."""

from datetime import timedelta
from itertools import pairwise

from temporalio import activity
from temporalio.testing import TimeSkipper, TimeSkippingConfig
from temporalio.worker import Worker

from activities.letters.rounds import next_round
from domain.exchange.record import Round, RoundMade
from domain.facts.calendar import Calendar
from runtime.plugin import connect
from runtime.settings import Settings
from sandbox.driven.skipping import let_pass
from tests.town import Town
from tests.workflows.rounds import begun_anew
from workflows.digest import ROUNDS, DigestWorkflow, start_rounds


async def test_rounds_go_morning_after_morning_and_begin_anew_after_some(settings: Settings, town: Town) -> None:
    client = await connect(settings)
    seen: list[Round] = []

    @activity.defn(name="MakeRound")
    async def make_round(asked: Round) -> RoundMade:
        seen.append(asked)
        return RoundMade(next_at=next_round(Calendar(), asked.now))

    seat = f"seat-{town.tag}"
    skipper = TimeSkipper(client, config=TimeSkippingConfig(enabled=False))
    queue = f"rounds-{town.tag}"
    async with Worker(client, task_queue=queue, workflows=[DigestWorkflow], activities=[make_round]):
        for _ in range(2):
            await start_rounds(skipper.client, queue, [seat])
        handle = client.get_workflow_handle(f"digest-{seat}")
        assert await let_pass(skipper, handle, timedelta(days=7 * (ROUNDS // 5 + 2)))
        history = await client.get_workflow_handle(handle.id).fetch_history()
        await client.get_workflow_handle(handle.id).terminate()
    assert {asked.municipality for asked in seen} == {seat}
    rounds = [Calendar().local(asked.now) for asked in seen]
    assert rounds == sorted(rounds)
    assert len(rounds) > ROUNDS
    # Where one run ends and the next begins, the server that skips time may skip some hours more.
    mornings = [at for at in rounds if (at.hour, at.minute) == (9, 0)]
    assert len(mornings) >= ROUNDS - 1
    assert all(Calendar().is_working_day(at.date()) for at in mornings)
    assert all(earlier.date() < later.date() for earlier, later in pairwise(mornings)), "one round a day"
    assert begun_anew(history)
