"""A run is not the mediation: it goes on in new runs, and nothing is lost, doubled or decided again on the way.

Temporal takes thirty updates in a run here, and suggests a new one after half of them.
"""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from temporalio.client import WorkflowExecutionStatus, WorkflowHistory

from audit.examine import Evidence, examine, gather, judge
from audit.finding import FindingKind
from audit.replay import OTHER_REQUEST, OTHER_RESULT, replay
from domain.exchange.record import Opening
from domain.facts.outcome import Stage
from domain.facts.tasks import TaskKind
from domain.facts.value import replace
from domain.messages import answers as a
from domain.messages.commands import AnswerTask, Withdraw
from runtime.histories import InTemporal
from runtime.search_attributes import STAGE
from sandbox.driven.journey import eventually
from sandbox.embedded.ports import free_port
from sandbox.embedded.temporal import TemporalServer
from store import journal
from tests.conftest import TIME_SKIPPING
from tests.journey import Journey, Scene
from tests.replay.test_wrong_edits import Edit, edited
from tests.workflows.test_decisions import rejected
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
async def scene(idle: Scene, small: TemporalServer) -> AsyncIterator[Scene]:
    """A scene with a worker, on that server."""
    settings = replace(idle.settings, temporal_address=small.address)
    scene = await Scene.of(settings, idle.pool, idle.vault, idle.town, idle.mail)
    async with mediation_worker(settings, scene.client) as worker, worker:
        yield scene


async def runs(scene: Scene, mediation: str) -> list[WorkflowHistory]:
    """The histories of all runs, the first first."""
    found: list[WorkflowHistory] = []
    run: str | None = None
    while run is None or run:
        history = await scene.client.get_workflow_handle(mediation, run_id=run).fetch_history()
        found.insert(0, history)
        run = history.events[0].workflow_execution_started_event_attributes.continued_execution_run_id
    return found


async def opening_of(scene: Scene, history: WorkflowHistory) -> Opening:
    payloads = history.events[0].workflow_execution_started_event_attributes.input.payloads
    [opening] = await scene.client.data_converter.decode(payloads, [Opening])
    assert isinstance(opening, Opening)
    return opening


async def all_replay(scene: Scene, histories: list[WorkflowHistory]) -> bool:
    """Whether today's code reproduces every run, and all of them together tell what the journal tells."""
    ring, mediation = scene.settings.key_ring, histories[0].workflow_id
    verdicts = await replay(ring, histories)
    assert [one.failure for one in verdicts] == [None] * len(histories)
    [examined] = await examine(ring, InTemporal(scene.client), scene.pool, [mediation])
    assert examined.finding is None
    return examined.runs >= len(histories)


async def test_a_hundred_notes_pass_where_a_run_takes_thirty(scene: Scene) -> None:
    journey = await Journey(scene).start()
    first = await journey.submit(note(journey), "note-0")
    for n in range(1, 100):
        recorded = await journey.submit(note(journey), f"note-{n}")
        assert recorded.refused is None
    await journey.settled()
    entries = await journal.entries(scene.pool, journey.id)
    assert [entry.ordinal for entry in entries] == list(range(1, 102))
    assert (await journey.happened()).count("NoteAdded") == 100
    effects = await scene.pool.fetch("SELECT key, result, settled_at FROM effect ORDER BY key")
    # a key of a run long ago: answered from the journal, and nothing comes of it
    assert await journey.submit(note(journey), "note-0") == first
    assert len(await journal.entries(scene.pool, journey.id)) == len(entries)
    assert await scene.pool.fetch("SELECT key, result, settled_at FROM effect ORDER BY key") == effects
    assert (await journey.submit(Withdraw(by=journey.coordinator, source=a.KnownFrom.CLIENT))).refused is None
    await journey.ended()
    histories = await runs(scene, journey.id)
    assert len(histories) > 100 / MOST
    assert await all_replay(scene, histories)
    await all_runs_are_examined_as_one(scene, journey.id)


async def all_runs_are_examined_as_one(scene: Scene, mediation: str) -> None:
    """The runs together say what the journal says; without one of them they do not, and a forgotten one is told."""
    whole = await gather(InTemporal(scene.client), scene.pool, mediation)
    fetched = whole.fetched
    assert len(fetched.runs) == len(fetched.lengths) > 2

    def of(*runs: WorkflowHistory, forgotten: bool = False) -> Evidence:
        return whole._replace(fetched=fetched._replace(runs=runs, lengths=(), earlier_forgotten=forgotten))

    first, second, *_, last = fetched.runs
    told = await judge(
        scene.settings.key_ring,
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


async def test_a_new_run_carries_what_the_journal_says(scene: Scene) -> None:
    journey = await Journey(scene).start()
    await journey.settled()
    while len(histories := await runs(scene, journey.id)) < 3:
        await journey.submit(note(journey))
    opening = await opening_of(scene, histories[-1])
    assert opening.carried
    assert opening.carried.lanes == ()
    entries = await journal.entries(scene.pool, journey.id)
    last = entries[opening.carried.commands - 1]
    assert opening.carried.last == last.recorded.brief
    described = await journey.handle.describe()
    assert described.typed_search_attributes.get(STAGE) == (await journey.state()).stage
    assert "check_readiness" in str(await journey.handle.query("__temporal_workflow_metadata"))


async def test_many_at_a_time_pass_from_run_to_run(scene: Scene) -> None:
    journey = await Journey(scene).start()
    waiting = iter(range(96))

    async def client() -> None:
        for n in waiting:
            await asyncio.wait_for(journey.submit(note(journey), f"note-{n}"), 30)

    await asyncio.gather(*(client() for _ in range(5)))
    entries = await journal.entries(scene.pool, journey.id)
    assert [entry.ordinal for entry in entries] == list(range(1, 98))
    assert (await journey.happened()).count("NoteAdded") == 96
    assert await all_replay(scene, await runs(scene, journey.id))


async def test_a_partner_that_is_down_meanwhile_is_asked_once(scene: Scene) -> None:
    journey = await Journey(scene).start()
    await journey.settled()
    team = scene.town.systems.team
    await team.switch({"fault": "unavailable", "organisation": scene.town.team, "seconds": 1})
    await journey.ready()
    before = len(await runs(scene, journey.id))
    while len(histories := await runs(scene, journey.id)) < before + 2:
        await journey.submit(note(journey))
    opening = await opening_of(scene, histories[-1])
    assert opening.carried
    assert "AskAssessment" in [lane[0].type for lane in opening.carried.lanes]
    await team.switch()
    await journey.settled()
    assert len(await team.records(scene.town.team, "/assessment-requests", journey.id)) == 1
    await journey.positive()
    assert await all_replay(scene, await runs(scene, journey.id))


async def test_a_closed_mediation_that_waits_for_an_objection_goes_on_in_a_new_run_too(scene: Scene) -> None:
    journey = await rejected(scene)
    before = len(await runs(scene, journey.id))
    while len(await runs(scene, journey.id)) == before:
        await journey.submit(note(journey))
    assert (await journey.state()).stage is Stage.CLOSED
    assert (await journey.handle.describe()).status is WorkflowExecutionStatus.RUNNING
    await journey.objects()
    assert await journey.open() == [TaskKind.DECIDE_OBJECTION]
    assert await all_replay(scene, await runs(scene, journey.id))


async def test_what_a_run_may_have_tried_the_next_knows_as_tried(scene: Scene) -> None:
    journey = await Journey(scene).start()
    await journey.settled()
    team = scene.town.systems.team
    await team.switch({"fault": "unavailable", "organisation": scene.town.team, "seconds": 1})
    await journey.ready()
    before = len(await runs(scene, journey.id))
    while len(await runs(scene, journey.id)) == before:
        await journey.submit(note(journey))

    async def asked() -> list[bool]:
        told = []
        for history in await runs(scene, journey.id):
            for event in history.events:
                scheduled = event.activity_task_scheduled_event_attributes
                if scheduled.activity_type.name == "AskAssessment":
                    [delivery] = await scene.client.data_converter.decode(scheduled.input.payloads, [dict])
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
    scene: Scene, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    journey = await Journey(scene).start()
    await journey.settled()
    team = scene.town.systems.team
    await team.switch({"fault": "unavailable", "organisation": scene.town.team, "seconds": 1})
    task = await journey.task(TaskKind.CHECK_READINESS)
    ready = AnswerTask(by=journey.coordinator, task=task.id, answer=a.ReadinessAnswer(result=a.Readiness.READY))
    first = await journey.submit(ready, "ready")
    while len(await runs(scene, journey.id)) < 3:
        await journey.submit(note(journey))
    assert await journey.submit(ready, "ready") == first
    await team.switch()
    await journey.settled()
    await journey.submit(note(journey))
    histories = await runs(scene, journey.id)
    assert await all_replay(scene, histories)
    monkeypatch.syspath_prepend(tmp_path)
    for name, edit in EDITS.items():
        verdicts = await replay(scene.settings.key_ring, histories, edited(tmp_path, name, edit))
        assert edit.caught in {one.failure for one in verdicts}, name
