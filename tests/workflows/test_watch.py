"""The watchman finds what is stuck, says so, and starts a workflow that is gone again from the journal."""

import asyncio
import dataclasses
from datetime import UTC, datetime, timedelta

import pytest
from temporalio.client import WorkflowExecutionStatus
from temporalio.testing import ActivityEnvironment

from activities.watch import SEEN_FROM_OUTSIDE, SHARES, Watchman, wrong_with
from audit.examine import examine
from domain.facts.alarms import AlarmKind
from domain.facts.value import replace
from domain.messages.answers import KnownFrom
from domain.messages.commands import Withdraw
from runtime.histories import InTemporal
from runtime.looking import Looked, look
from runtime.rebuilding import HistoryAhead, known_commands, rebuild
from runtime.seals import Speakers
from sandbox.driven.journey import eventually
from store import journal
from store.alarms import Alarm, Suspect, alarms_now
from store.journal import STATES, opening_of
from tests.journey import Journey, Scene
from tests.tampering import tamper
from tests.workflows.test_parking import content
from tests.workflows.test_shell import note
from workflows.watch import EVERY

NOW = datetime(2026, 12, 1, 9, tzinfo=UTC)
RUNS = Looked("run", WorkflowExecutionStatus.RUNNING)
FINE = Suspect("m-1", "almere", NOW + timedelta(days=1), None)
SUBJECT = "Een bemiddeling staat stil: kijk ernaar"
LATE = 60.0
pytestmark = pytest.mark.usefixtures("rounds_of_its_own")


async def watched(scene: Scene, after: timedelta = timedelta(minutes=30)) -> list[Alarm]:
    """Let the watchman look at every mediation, as if some time had passed; return what it found."""
    environment = ActivityEnvironment(client=scene.client)
    environment.info = dataclasses.replace(environment.info, task_queue=scene.settings.task_queue)
    watchman = Watchman(scene.pool, scene.settings.task_queue, Speakers.parse(scene.settings.speakers))
    found: dict[str, Alarm] = {}
    for number in range(SHARES):
        await environment.run(watchman.watch, datetime.now(UTC) + after, number)
        found |= {alarm.kind: alarm for alarm in await alarms_now(scene.pool)}
    return list(found.values())


def test_what_is_wrong_is_told_by_kind() -> None:
    assert wrong_with(FINE, RUNS, NOW) == []
    late, old = NOW - timedelta(minutes=11), NOW - timedelta(days=4)
    cases = {
        AlarmKind.WORKFLOW_GONE: (FINE, Looked()),
        AlarmKind.WORKFLOW_FAILS: (FINE, RUNS._replace(task_attempts=5)),
        AlarmKind.NOT_RECORDED: (FINE, RUNS._replace(recording="Skewed")),
        AlarmKind.MOMENT_MISSED: (FINE._replace(wake_at=late), RUNS),
        AlarmKind.UNDELIVERED: (FINE._replace(undelivered_since=old), RUNS),
        AlarmKind.PERSON_LOST: (FINE._replace(person_lost=True), RUNS),
    }
    assert cases.keys() == SEEN_FROM_OUTSIDE
    for kind, (suspect, seen) in cases.items():
        assert [found for found, _ in wrong_with(suspect, seen, NOW)] == [kind]


def test_every_mediation_is_looked_at_within_a_quarter_of_an_hour() -> None:
    assert timedelta(minutes=15) >= SHARES * EVERY


async def test_where_all_is_well_nothing_is_told(scene: Scene) -> None:
    await (await Journey(scene).start()).settled()
    assert await watched(scene, timedelta(minutes=3)) == []


async def test_a_workflow_that_was_terminated_is_told_and_goes_on_by_itself(scene: Scene) -> None:
    journey = await Journey(scene).start()
    await journey.settled()
    before = await journey.loaded()
    await journey.handle.terminate()
    [alarm] = await watched(scene, timedelta(minutes=3))
    assert (alarm.mediation, alarm.kind, alarm.code) == (journey.id, AlarmKind.WORKFLOW_GONE, "terminated")
    assert (await look(scene.client, journey.id)).runs
    assert (await journey.submit(note(journey))).refused is None
    assert (await journey.loaded()).commands == before.commands + 1

    async def told() -> bool:
        mails = [mail for mail in scene.mail.mailbox.mails() if mail["Subject"] == SUBJECT]
        return any(f"({before.reference})" in content(mail) for mail in mails)

    await eventually(told, lambda: "no letter", LATE)
    assert await watched(scene, timedelta(minutes=3)) == [], "it is over"
    ended = "SELECT count(*) FROM alarm WHERE mediation = $1 AND ended_at IS NOT NULL"
    assert await scene.pool.fetchval(ended, journey.id) == 1
    assert (await journey.submit(Withdraw(by=journey.coordinator, source=KnownFrom.CLIENT))).refused is None
    await journey.ended()
    [examined] = await examine(scene.settings.key_ring, InTemporal(scene.client), scene.pool, [journey.id])
    assert (examined.runs, examined.finding) == (2, None)


async def test_what_was_to_be_delivered_is_delivered_once_by_the_workflow_that_takes_its_place(scene: Scene) -> None:
    journey = await Journey(scene).start()
    await journey.settled()
    away = {"fault": "unavailable", "attempts": 1_000, "organisation": scene.town.team}
    await scene.town.systems.team.switch(away)
    await journey.ready()
    opening = await opening_of(scene.pool, journey.id, None)
    assert opening
    assert opening.carried
    assert any(effect.type == "AskAssessment" for lane in opening.carried.lanes for effect in lane)
    await journey.handle.terminate()
    await rebuild(scene.client, opening, scene.settings.task_queue)
    await scene.town.systems.team.switch()
    await journey.settled()
    keys = "SELECT count(*) FROM effect WHERE mediation = $1 AND type = 'AskAssessment' AND result = 'done'"
    assert await scene.pool.fetchval(keys, journey.id) == 1


async def test_a_command_that_waits_since_the_journal_lost_some_is_told(scene: Scene) -> None:
    journey = await Journey(scene).start()
    await journey.submit(note(journey), "lost")
    await journey.settled()
    last = (await journey.loaded()).commands
    await tamper(scene.pool, "DELETE FROM command WHERE mediation = $1 AND ordinal = $2", journey.id, last)
    STATES.drop(journey.id)
    waiting = asyncio.create_task(journey.submit(note(journey), "waits"))

    async def seen() -> bool:
        return (await look(scene.client, journey.id)).recording == "Skewed"

    await eventually(seen, lambda: "not skewed", LATE)
    found = {alarm.kind: alarm.code for alarm in await watched(scene, timedelta(minutes=3))}
    assert found[AlarmKind.NOT_RECORDED] == "Skewed"
    assert await known_commands(scene.client, journey.id) == last
    opening = await opening_of(scene.pool, journey.id, None)
    assert opening
    assert opening.carried
    assert opening.carried.commands < last
    waiting.cancel()
    await journey.handle.terminate()
    found = {alarm.kind: alarm.code for alarm in await watched(scene, timedelta(minutes=3))}
    assert found[AlarmKind.WORKFLOW_GONE] == "terminated"
    left = await look(scene.client, journey.id)
    assert not left.runs, "no second past is begun: the journal must be put back first"
    with pytest.raises(HistoryAhead):
        await rebuild(scene.client, replace(opening, after_run=left.run), scene.settings.task_queue)


async def test_events_that_somebody_changed_are_built_on_no_more(scene: Scene) -> None:
    journey = await Journey(scene).start()
    await journey.submit(note(journey))
    await journey.settled()
    spaced = "UPDATE event SET document = replace(document::text, '{', '{ ')::json WHERE mediation = $1"
    await tamper(scene.pool, spaced, journey.id)
    STATES.drop(journey.id)
    waiting = asyncio.create_task(journey.submit(note(journey), "waits"))

    async def seen() -> bool:
        return (await look(scene.client, journey.id)).recording == "Falsified"

    await eventually(seen, lambda: "not falsified", LATE)
    assert await journal.recorded(scene.pool, journey.id, "waits") is None
    waiting.cancel()
    await journey.handle.terminate()
