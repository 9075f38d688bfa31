"""Rounds that were begun under an earlier release, each in a run of its own, go on under this one."""

from datetime import datetime, timedelta

import pytest
from temporalio import activity, workflow
from temporalio.testing import TimeSkipper, TimeSkippingConfig
from temporalio.worker import Replayer, Worker

from domain.exchange.record import Round, RoundMade
from runtime.plugin import MediationPlugin, connect
from runtime.settings import Settings
from sandbox.driven.skipping import let_pass
from tests.town import Town
from workflows.digest import ATTEMPT, RETRY, DigestWorkflow
from workflows.upkeep import EVERY, UpkeepWorkflow


@workflow.defn(name="Digest", sandboxed=False)
class DigestOf020:
    """The rounds as release 0.2.0 had them."""

    @workflow.run
    async def run(self, municipality: str) -> None:
        made: RoundMade = await workflow.execute_activity(
            "MakeRound",
            Round(municipality=municipality, now=workflow.now()),
            result_type=RoundMade,
            start_to_close_timeout=ATTEMPT,
            retry_policy=RETRY,
        )
        await workflow.sleep(made.next_at - workflow.now())
        workflow.continue_as_new(municipality)


@workflow.defn(name="Upkeep", sandboxed=False)
class UpkeepOf020:
    """The upkeep as release 0.2.0 had it."""

    @workflow.run
    async def run(self) -> None:
        await workflow.execute_activity("Prune", workflow.now(), start_to_close_timeout=ATTEMPT, retry_policy=RETRY)
        await workflow.sleep(EVERY)
        workflow.continue_as_new()


@activity.defn(name="MakeRound")
async def make_round(asked: Round) -> RoundMade:
    return RoundMade(next_at=asked.now + timedelta(days=1))


@activity.defn(name="Prune")
async def prune(_: datetime) -> None:
    """There is nothing to prune."""


@pytest.mark.parametrize(
    ("kind", "of_then", "of_now", "asked"),
    [("Digest", DigestOf020, DigestWorkflow, ("almere",)), ("Upkeep", UpkeepOf020, UpkeepWorkflow, ())],
    ids=["digest", "upkeep"],
)
async def test_runs_of_one_round_replay_whether_they_have_ended_or_not(
    settings: Settings, town: Town, kind: str, of_then: type, of_now: type, asked: tuple[str, ...]
) -> None:
    client = await connect(settings)
    name = f"round-{town.tag}"
    skipper = TimeSkipper(client, config=TimeSkippingConfig(enabled=False))
    worker = Worker(client, task_queue=name, workflows=[of_then], activities=[make_round, prune])
    async with worker:
        await skipper.client.start_workflow(kind, args=asked, id=name, task_queue=name)
        assert await let_pass(skipper, client.get_workflow_handle(name), timedelta(days=8))
        under_way = await client.get_workflow_handle(name).fetch_history()
        await client.get_workflow_handle(name).terminate()
    started = under_way.events[0].workflow_execution_started_event_attributes
    ended = await client.get_workflow_handle(name, run_id=started.continued_execution_run_id).fetch_history()
    assert ended.events[-1].HasField("workflow_execution_continued_as_new_event_attributes")
    replayer = Replayer(workflows=[of_now], plugins=[MediationPlugin(settings.key_ring)])
    for history in (ended, under_way):
        await replayer.replay_workflow(history)
