"""A command is given to a mediation whichever run it is in, and one run's end is not the mediation's."""

import uuid

import pytest
from temporalio import workflow
from temporalio.client import Client, WorkflowUpdateFailedError
from temporalio.exceptions import ApplicationError
from temporalio.worker import Worker

from domain.exchange.record import MOVING, Recorded, Submission, Submitted
from domain.facts.parties import Actor, Role
from domain.messages.commands import AddNote
from runtime.plugin import MediationPlugin, connect
from runtime.settings import Settings
from runtime.telling import has_ended, tell

SUBMISSION = Submission(
    command_id="c-1",
    command=AddNote(by=Actor(role=Role.COORDINATOR, organisation="almere"), note="note-12345678"),
)
TIMES = 2


@workflow.defn(name="Moves")
class Moves:
    """Turns the first commands away, as a mediation does between two runs."""

    @workflow.init
    def __init__(self, reason: str) -> None:
        self._reason = reason
        self._turned_away = 0

    @workflow.run
    async def run(self, reason: str) -> None:
        await workflow.wait_condition(lambda: False)

    @workflow.update
    async def submit(self, submission: Submitted) -> Recorded:
        return Recorded(sequence=self._turned_away)

    @submit.validator
    def check(self, submission: Submitted) -> None:
        if self._turned_away < TIMES:
            self._turned_away += 1
            raise ApplicationError("not now", type=self._reason)


@pytest.fixture
async def client(settings: Settings) -> Client:
    return await connect(settings, plugin=MediationPlugin(settings.key_ring, (), __name__))


async def test_what_a_moving_mediation_turns_away_is_given_again(client: Client) -> None:
    name = f"moves-{uuid.uuid4()}"
    async with Worker(client, task_queue=name, workflows=[Moves]):
        handle = await client.start_workflow(Moves.run, MOVING, id=name, task_queue=name)
        assert (await tell(client, name, SUBMISSION)).sequence == TIMES
        await handle.terminate()


async def test_what_is_turned_away_for_another_reason_is_an_error(client: Client) -> None:
    name = f"refuses-{uuid.uuid4()}"
    async with Worker(client, task_queue=name, workflows=[Moves]):
        handle = await client.start_workflow(Moves.run, "NotAuthentic", id=name, task_queue=name)
        with pytest.raises(WorkflowUpdateFailedError):
            await tell(client, name, SUBMISSION)
        await handle.terminate()


async def test_a_mediation_has_ended_when_its_workflow_is_closed_or_unknown(client: Client) -> None:
    name = f"ends-{uuid.uuid4()}"
    handle = await client.start_workflow(Moves.run, MOVING, id=name, task_queue=name)
    assert not await has_ended(client, name)
    await handle.terminate()
    assert await has_ended(client, name)
    assert await has_ended(client, "m-nobody")
