"""Whatever somebody changes behind our back is told by the sweep, and is over once it was put right."""

import dataclasses
from datetime import UTC, datetime

import pytest
from temporalio.testing import ActivityEnvironment

from activities.verifying import SHARES, JournalSweep
from api.alarms import in_words
from audit.verify import verified
from domain.facts.alarms import AlarmKind
from runtime.seals import Speakers
from store.alarms import alarms_now
from store.books import books_of
from store.lists_anew import write_anew
from tests.journey import Journey, Scene
from tests.tampering import tamper
from tests.workflows.test_shell import note
from texts import Language

pytestmark = pytest.mark.usefixtures("rounds_of_its_own")
FALSIFIED = {
    "an event changed": "UPDATE event SET document = replace(document::text, '{', '{ ')::json WHERE sequence = 2",
    "an event of an unknown type": 'UPDATE event SET document = \'{"type": "Moon"}\' WHERE sequence = 2',
    "an event deleted": "DELETE FROM event WHERE sequence = 3",
    "the last event deleted": "DELETE FROM event WHERE sequence = (SELECT max(sequence) FROM event)",
    "the moment of an event": "UPDATE event SET at = at - interval '1 day' WHERE sequence = 1",
    "a command deleted": "DELETE FROM command WHERE ordinal = 2",
    "who gave a command": "UPDATE command SET document = jsonb_set(document::jsonb, '{by,user}', '\"x\"')::json"
    " WHERE seal IS NOT NULL",
    "what was recorded": "UPDATE command SET recorded = replace(recorded::text, 'readiness', 'offer')::json"
    " WHERE ordinal = 1",
    "a seal taken away": "UPDATE command SET seal = NULL WHERE seal IS NOT NULL",
    "a link": "UPDATE command SET link = 'f' WHERE ordinal = 1",
    "an effect deleted": "DELETE FROM effect",
    "the policy deleted": "DELETE FROM policy",
}
UNREADABLE = {
    "an unknown stage": "UPDATE mediation SET stage = 'moon'",
    "an unknown kind": "UPDATE task SET kind = 'moon'",
    "a task deleted": "DELETE FROM task",
    "a part deleted": "DELETE FROM participation",
}
KEPT = ("event", "command", "effect", "policy")
SAVE = ";".join(f"CREATE TABLE saved_{table} AS SELECT * FROM {table}" for table in KEPT)  # noqa: S608
RESTORE = ";".join(f"DELETE FROM {table}; INSERT INTO {table} SELECT * FROM saved_{table}" for table in KEPT)  # noqa: S608


class Sweep:
    """The sweep, so often as is asked."""

    def __init__(self, scene: Scene, mediation: str) -> None:
        self.scene, self.mediation = scene, mediation
        self._environment = ActivityEnvironment(client=scene.client)
        self._environment.info = dataclasses.replace(self._environment.info, task_queue=scene.settings.task_queue)
        self._sweep = JournalSweep(scene.pool, Speakers.parse(scene.settings.speakers))

    async def once(self, number: int | None = None) -> dict[AlarmKind, str | None]:
        """Make the round in which the turn is the mediation's; return which alarms there are then."""
        turn = await turn_of(self.scene, self.mediation)
        await self._environment.run(self._sweep.verify_share, datetime.now(UTC), turn if number is None else number)
        return {one.kind: one.code for one in await alarms_now(self.scene.pool)}


async def test_what_was_changed_is_told_and_over_when_it_is_put_back(scene: Scene) -> None:
    journey = await Journey(scene).start()
    await journey.submit(note(journey))
    await journey.settled()
    sweep = Sweep(scene, journey.id)
    assert await sweep.once() == {}
    await tamper(scene.pool, SAVE)
    told: dict[str, dict[AlarmKind, str | None]] = {}
    try:
        for name, change in FALSIFIED.items():
            await tamper(scene.pool, change)
            told[name] = await sweep.once()
            await tamper(scene.pool, RESTORE)
            # In the next round, and not in a day: whatever has an alarm is looked at each time.
            assert await sweep.once((await turn_of(scene, journey.id)) + 1) == {}, name
        for name, change in UNREADABLE.items():
            await tamper(scene.pool, change)
            told[name] = await sweep.once()
            assert verified(await books_of(scene.pool, journey.id)).lists
            await write_anew(scene.pool, journey.id)
            assert await sweep.once() == {}, name
    finally:
        await tamper(scene.pool, ";".join(f"DROP TABLE saved_{table}" for table in KEPT))
    assert {name: AlarmKind.FALSIFIED in told[name] for name in FALSIFIED} == dict.fromkeys(FALSIFIED, True)
    assert {name: set(told[name]) for name in UNREADABLE} == {name: {AlarmKind.UNREADABLE} for name in UNREADABLE}
    code = told["an event changed"][AlarmKind.FALSIFIED]
    assert code is not None
    assert code.startswith("different: command 1 (StartMediation), events 1 to ")


async def turn_of(scene: Scene, mediation: str) -> int:
    turn: int = await scene.pool.fetchval("SELECT mod(abs(hashtext($1)::bigint), $2)", mediation, SHARES)
    return turn


async def test_an_unknown_word_in_a_list_is_told_in_the_next_round(scene: Scene) -> None:
    journey = await Journey(scene).start()
    await journey.settled()
    await tamper(scene.pool, "UPDATE task SET kind = 'moon'")
    found = await Sweep(scene, journey.id).once((await turn_of(scene, journey.id)) + 7)
    assert set(found) == {AlarmKind.UNREADABLE}


@pytest.mark.parametrize("kind", [AlarmKind.FALSIFIED, AlarmKind.UNREADABLE])
def test_each_alarm_has_words(kind: AlarmKind) -> None:
    assert len({in_words(kind, language) for language in Language}) == len(Language)
