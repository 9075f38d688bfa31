"""Histories replayed on every core get the verdicts they get one after another."""

from temporalio.client import WorkflowHistory

from audit.beside import FEW
from audit.replay import CANNOT_READ, replay
from runtime.keys import KeyRing
from sandbox.replaying import replay_beside
from tests.histories import golden
from tests.histories.golden import Golden


async def test_beside_each_other_every_history_gets_its_own_verdict_in_the_given_order(goldens: list[Golden]) -> None:
    histories = [one.history for one in goldens]
    assert len(histories) > FEW, "fewer are not parted"
    alone = await replay(golden.RING, histories)
    assert await replay_beside(golden.RING, histories) == alone
    assert [verdict.workflow for verdict in alone] == [history.workflow_id for history in histories]


async def test_beside_each_other_what_cannot_be_read_is_told_of_each(goldens: list[Golden]) -> None:
    histories = [one.history for one in goldens]
    verdicts = await replay_beside(KeyRing.generate("other"), histories)
    assert [verdict.failure for verdict in verdicts] == [CANNOT_READ] * len(histories)


async def test_each_run_of_a_mediation_gets_its_own_verdict(goldens: list[Golden]) -> None:
    runs = [WorkflowHistory("m-of-many-runs", one.history.events) for one in goldens]
    verdicts = await replay_beside(golden.RING, runs)
    assert [verdict.events for verdict in verdicts] == [len(run.events) for run in runs]
