"""A run is not the mediation: it goes on in new runs, and nothing is lost, doubled or decided again on the way.

Temporal takes thirty updates in a run here, and suggests a new one after half of them.
"""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from temporalio.client import WorkflowExecutionStatus, WorkflowHistory
from temporalio.testing import TimeSkipper, TimeSkippingConfig

from audit.examine import Evidence, examine, gather, judge
from audit.finding import FindingKind
from audit.replay import OTHER_REQUEST, OTHER_RESULT, replay
from domain.exchange.record import Opening
from domain.facts.outcome import Stage
from domain.facts.tasks import TaskKind
from domain.messages import answers as a
from domain.messages.commands import AnswerTask, Withdraw
from runtime.histories import InTemporal
from runtime.plugin import connect
from runtime.search_attributes import STAGE, register
from sandbox.embedded.ports import free_port
from sandbox.embedded.temporal import TemporalServer
from store import journal
from tests.conftest import TIME_SKIPPING
from tests.replay.test_wrong_edits import Edit, edited
from tests.workflows.journey import Journey, Shell, eventually
from tests.workflows.test_decisions import objects, rejected
from tests.workflows.test_shell import note
from worker import mediation_worker

MOST = 30


@pytest.fixture(scope="module")
async def small(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[TemporalServer]:
    """A server with little room in a run."""
    config = TIME_SKIPPING | {"history.maxTotalUpdates": str(MOST)}
    async with TemporalServer(tmp_path_factory.mktemp("small"), free_port(), dynamic_config=config) as server:
        yield server


@pytest.fixture
async def shell(idle: Shell, small: TemporalServer) -> AsyncIterator[Shell]:
    """A shell that works on that server."""
    settings = idle.settings.model_copy(update={"temporal_address": small.address})
    client = await connect(settings)
    await register(client)
    skipper = TimeSkipper(client, config=TimeSkippingConfig(enabled=False))
    async with mediation_worker(settings, client) as worker, worker:
        yield Shell(skipper, idle.pool, idle.vault, idle.town, settings, idle.mail)


async def runs(shell: Shell, mediation: str) -> list[WorkflowHistory]:
    """The histories of all runs, the first first."""
    found: list[WorkflowHistory] = []
    run: str | None = None
    while run is None or run:
        history = await shell.client.get_workflow_handle(mediation, run_id=run).fetch_history()
        found.insert(0, history)
        run = history.events[0].workflow_execution_started_event_attributes.continued_execution_run_id
    return found


async def opening_of(shell: Shell, history: WorkflowHistory) -> Opening:
    payloads = history.events[0].workflow_execution_started_event_attributes.input.payloads
    [opening] = await shell.client.data_converter.decode(payloads, [Opening])
    assert isinstance(opening, Opening)
    return opening


async def all_replay(shell: Shell, histories: list[WorkflowHistory]) -> bool:
    """Whether today's code reproduces every run, and all of them together tell what the journal tells."""
    ring, mediation = shell.settings.key_ring, histories[0].workflow_id
    verdicts = await replay(ring, histories)
    assert [one.failure for one in verdicts] == [None] * len(histories)
    [examined] = await examine(ring, InTemporal(shell.client), shell.pool, [mediation])
    assert examined.finding is None
    return examined.runs >= len(histories)


async def test_a_hundred_notes_pass_where_a_run_takes_thirty(shell: Shell) -> None:
    journey = await Journey(shell).start()
    first = await journey.submit(note(journey), "note-0")
    for n in range(1, 100):
        recorded = await journey.submit(note(journey), f"note-{n}")
        assert recorded.refused is None
    await journey.settled()
    entries = await journal.entries(shell.pool, journey.id)
    assert [entry.ordinal for entry in entries] == list(range(1, 102))
    assert (await journey.happened()).count("NoteAdded") == 100
    effects = await shell.pool.fetch("SELECT key, result, settled_at FROM effect ORDER BY key")
    # a key of a run long ago: answered from the journal, and nothing comes of it
    assert await journey.submit(note(journey), "note-0") == first
    assert len(await journal.entries(shell.pool, journey.id)) == len(entries)
    assert await shell.pool.fetch("SELECT key, result, settled_at FROM effect ORDER BY key") == effects
    assert (await journey.submit(Withdraw(by=journey.coordinator, source=a.KnownFrom.CLIENT))).refused is None
    await journey.ended()
    histories = await runs(shell, journey.id)
    assert len(histories) > 100 / MOST
    assert await all_replay(shell, histories)
    await all_runs_are_examined_as_one(shell, journey.id)


async def all_runs_are_examined_as_one(shell: Shell, mediation: str) -> None:
    """The runs together say what the journal says; without one of them they do not, and a forgotten one is told."""
    whole = await gather(InTemporal(shell.client), shell.pool, mediation)
    fetched = whole.fetched
    assert len(fetched.runs) == len(fetched.lengths) > 2

    def of(*runs: WorkflowHistory, forgotten: bool = False) -> Evidence:
        return whole._replace(fetched=fetched._replace(runs=runs, lengths=(), earlier_forgotten=forgotten))

    first, second, *_, last = fetched.runs
    told = await judge(
        shell.settings.key_ring,
        [
            whole,
            of(*fetched.runs[1:], forgotten=True),
            of(*fetched.runs[1:]),
            of(*fetched.runs[:-1]),
            of(first, *fetched.runs[2:]),
            of(second, first, *fetched.runs[2:]),
            of(last),
        ],
    )
    kinds = [one.finding and one.finding.kind for one in told]
    assert kinds == [None, FindingKind.FORGOTTEN, *[FindingKind.CUT] * 5]
    assert told[0].runs == len(fetched.runs)


async def test_a_new_run_carries_what_the_journal_says(shell: Shell) -> None:
    journey = await Journey(shell).start()
    await journey.settled()
    while len(histories := await runs(shell, journey.id)) < 3:
        await journey.submit(note(journey))
    opening = await opening_of(shell, histories[-1])
    assert opening.carried
    assert opening.carried.lanes == ()
    entries = await journal.entries(shell.pool, journey.id)
    last = entries[opening.carried.commands - 1]
    assert opening.carried.last == last.recorded.model_copy(update={"effects": ()})
    described = await journey.handle.describe()
    assert described.typed_search_attributes.get(STAGE) == (await journey.state()).stage
    assert "check_readiness" in str(await journey.handle.query("__temporal_workflow_metadata"))


async def test_many_at_a_time_pass_from_run_to_run(shell: Shell) -> None:
    journey = await Journey(shell).start()
    waiting = iter(range(96))

    async def client() -> None:
        for n in waiting:
            await asyncio.wait_for(journey.submit(note(journey), f"note-{n}"), 30)

    await asyncio.gather(*(client() for _ in range(5)))
    entries = await journal.entries(shell.pool, journey.id)
    assert [entry.ordinal for entry in entries] == list(range(1, 98))
    assert (await journey.happened()).count("NoteAdded") == 96
    assert await all_replay(shell, await runs(shell, journey.id))


async def test_a_partner_that_is_down_meanwhile_is_asked_once(shell: Shell) -> None:
    journey = await Journey(shell).start()
    await journey.settled()
    team = shell.town.systems.team
    await team.switch({"fault": "unavailable", "organisation": shell.town.team, "seconds": 1})
    await journey.answer(a.ReadinessAnswer(result=a.Readiness.READY))
    before = len(await runs(shell, journey.id))
    while len(histories := await runs(shell, journey.id)) < before + 2:
        await journey.submit(note(journey))
    opening = await opening_of(shell, histories[-1])
    assert opening.carried
    assert "AskAssessment" in [lane[0].type for lane in opening.carried.lanes]
    await team.switch()
    await journey.settled()
    assert len(await team.records(shell.town.team, "/assessment-requests", journey.id)) == 1
    await journey.positive()
    assert await all_replay(shell, await runs(shell, journey.id))


async def test_a_closed_mediation_that_waits_for_an_objection_goes_on_in_a_new_run_too(shell: Shell) -> None:
    journey = await rejected(shell)
    before = len(await runs(shell, journey.id))
    while len(await runs(shell, journey.id)) == before:
        await journey.submit(note(journey))
    assert (await journey.state()).stage is Stage.CLOSED
    assert (await journey.handle.describe()).status is WorkflowExecutionStatus.RUNNING
    await objects(journey)
    assert await journey.open() == [TaskKind.DECIDE_OBJECTION]
    assert await all_replay(shell, await runs(shell, journey.id))


async def test_what_a_run_may_have_tried_the_next_knows_as_tried(shell: Shell) -> None:
    journey = await Journey(shell).start()
    await journey.settled()
    team = shell.town.systems.team
    await team.switch({"fault": "unavailable", "organisation": shell.town.team, "seconds": 1})
    await journey.answer(a.ReadinessAnswer(result=a.Readiness.READY))
    before = len(await runs(shell, journey.id))
    while len(await runs(shell, journey.id)) == before:
        await journey.submit(note(journey))

    async def asked() -> list[bool]:
        told = []
        for history in await runs(shell, journey.id):
            for event in history.events:
                scheduled = event.activity_task_scheduled_event_attributes
                if scheduled.activity_type.name == "AskAssessment":
                    [delivery] = await shell.client.data_converter.decode(scheduled.input.payloads, [dict])
                    told.append(bool(delivery["tried_before"]))
        return told

    async def twice() -> bool:
        return len(await asked()) == 2

    await eventually(twice)
    assert await asked() == [False, True]


EDITS = {
    "lanes not carried": Edit("lanes=tuple(tuple(lane) for lane in self._lanes.values()),", "lanes=(),", OTHER_RESULT),
    "commands not carried": Edit(
        "commands=self._commands,\n            lanes", "commands=0,\n            lanes", OTHER_RESULT
    ),
    "lanes not taken up": Edit("for lane in carried.lanes:", "for lane in ():"),
    "attempts before the move forgotten": Edit(
        "self._deliver(lane[0].lane, tried=True)", "self._deliver(lane[0].lane)", OTHER_REQUEST
    ),
    "a known command queued again": Edit("if recorded.ordinal and recorded.ordinal <= self._commands:", "if False:"),
    "no patch": Edit(" and workflow.patched(NEW_RUN)", ""),
    "no fence": Edit("after=self._commands,", "after=None,", OTHER_REQUEST),
}


async def test_a_wrong_edit_is_caught_by_a_mediation_of_several_runs(
    shell: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    journey = await Journey(shell).start()
    await journey.settled()
    team = shell.town.systems.team
    await team.switch({"fault": "unavailable", "organisation": shell.town.team, "seconds": 1})
    task = await journey.task(TaskKind.CHECK_READINESS)
    ready = AnswerTask(by=journey.coordinator, task=task.id, answer=a.ReadinessAnswer(result=a.Readiness.READY))
    first = await journey.submit(ready, "ready")
    while len(await runs(shell, journey.id)) < 3:
        await journey.submit(note(journey))
    assert await journey.submit(ready, "ready") == first
    await team.switch()
    await journey.settled()
    await journey.submit(note(journey))
    histories = await runs(shell, journey.id)
    assert await all_replay(shell, histories)
    monkeypatch.syspath_prepend(tmp_path)
    for name, edit in EDITS.items():
        verdicts = await replay(shell.settings.key_ring, histories, edited(tmp_path, name, edit))
        assert edit.caught in {one.failure for one in verdicts}, name
