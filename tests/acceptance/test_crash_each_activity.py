"""kill -9 of the worker around each kind of activity: the mediation ends as it would have, each effect done once."""

import asyncio
import os
import sys
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

import pytest

from domain import commands as c
from domain.effects import Audience
from domain.outcome import Outcome
from domain.tasks import TaskKind
from runtime.plugin import connect
from runtime.search_attributes import register
from runtime.settings import SETTINGS_FILE, Settings
from sandbox.embedded.mail import MailServer
from sandbox.embedded.process import Child, Program
from store import journal, outbox
from store.database import Pool
from store.vault import Vault
from tests.acceptance.mortal_worker import AFTER, BEFORE, DONE
from tests.acceptance.outside import (
    LOOKED_UP,
    OPERATIONS,
    keys_of_messages,
    mailbox_has_what_was_noted,
    partners_did_what_was_decided,
)
from tests.api.desk import bsn
from tests.histories.walk import Scene, Walk
from tests.town import Town

READING = {"ListDwellings", "ReadOffer", "ReadSupport"}
"""The effects that change nothing at a partner."""
TEACHING = {"ListDwellings", "PlaceOffer", "PrepareLease", "RequestSupport", "CancelSupport", "Record"}
"""What is noted by `Record` with what it taught, and not by the hand itself."""
MOMENTS = [
    (kind, moment)
    for kind in (*OPERATIONS, *sorted(READING), "SendLetter", "Record")
    for moment in (BEFORE, AFTER if kind in TEACHING else DONE)
]
MOMENTS += [("SendLetter", AFTER)]
AT_ONCE = 7
"""So many mediations go on beside each other: whoever makes the worker die disturbs the others too."""


async def walk_to_the_end(walk: Walk, dwelling: str) -> None:
    """A mediation that asks every kind of activity, and is then withdrawn: its dwelling is free again."""
    await walk.start()
    await walk.offered(dwelling)
    await walk.days(7)  # the client is reminded, after the answer was looked for at the corporation
    await walk.accept()
    await walk.days(5)  # the same at the provider
    await walk.sign()
    await walk.plan_support()
    await walk.task(TaskKind.HAND_OVER_KEYS)
    await walk.settled()
    await walk.give(c.Withdraw(by=walk.coordinator))
    await walk.result()


class Ending(NamedTuple):
    """How a mediation ended, without what differs between any two: ids, moments and the order across partners."""

    outcome: Outcome | None
    commands: Counter[str]
    events: Counter[str]
    effects: Counter[tuple[str, str | None]]
    tasks: int


async def ending(walk: Walk) -> Ending:
    """Look at how a mediation ended; its journal is sound in itself."""
    entries = await journal.entries(walk.scene.pool, walk.mediation)
    state = await walk.state()
    effects = await outbox.effects_of(walk.scene.pool, walk.mediation)
    assert [entry.ordinal for entry in entries] == list(range(1, len(entries) + 1))
    assert (await walk.result()).commands == len(entries)
    return Ending(
        state.outcome,
        Counter(entry.command.type for entry in entries),
        Counter(event.type for entry in entries for event in entry.events),
        Counter((effect["type"], effect["result"]) for effect in effects),
        len(state.tasks),
    )


class Successors:
    """Starts a new worker whenever the last one died."""

    def __init__(self, folder: Path, settings: Settings) -> None:
        self.appointments = folder / "appointments"
        self.deaths: list[int] = []
        self._settings = folder / "settings.env"
        self.appointments.mkdir()
        settings.save(self._settings)

    async def work(self) -> None:
        """Keep a worker at work until cancelled."""
        command = [sys.executable, "-m", "tests.acceptance.mortal_worker", str(self.appointments)]
        environment = {**os.environ, SETTINGS_FILE: str(self._settings)}
        log = self._settings.with_name("worker.log")
        while True:
            child = await Child.start(Program("worker", command, log, environment, grace=0))
            try:
                self.deaths.append(await child.exited())
            finally:
                child.kill()

    def appoint(self, mediation: str, kind: str, moment: str) -> Path:
        """Have the worker die once, at this moment of this mediation."""
        appointment = self.appointments / f"{mediation}.{kind}.{moment}"
        appointment.touch()
        return appointment


@pytest.fixture
async def successors(tmp_path: Path, settings: Settings) -> AsyncIterator[Successors]:
    """Workers, one at a time."""
    keeper = Successors(tmp_path, settings)
    working = asyncio.create_task(keeper.work())
    yield keeper
    working.cancel()
    with suppress(asyncio.CancelledError):
        await working


@pytest.fixture
async def scene(settings: Settings, pool: Pool, vault: Vault, town: Town) -> Scene:
    """Where the mediations take place."""
    client = await connect(settings)
    await register(client)
    return Scene(client, pool, vault, town, settings.task_queue)


@pytest.mark.timeout(300)
async def test_a_worker_killed_around_any_activity_loses_and_doubles_nothing(
    scene: Scene, successors: Successors, mail: MailServer
) -> None:
    twin = Walk(scene, "twin")
    dwellings = [await twin.released(str(place)) for place in range(AT_ONCE)]
    await walk_to_the_end(twin, dwellings[0])
    expected = await ending(twin)
    asked = {kind for kind, _ in expected.effects} | {"Record"}
    assert asked == {kind for kind, _ in MOMENTS}, "the walk asks every kind of activity"
    assert successors.deaths == []

    async def crashed(place: int, kind: str, moment: str) -> None:
        walk = Walk(scene, f"{kind.lower()}-{moment}", bsn=bsn(place))
        appointment = successors.appoint(walk.mediation, kind, moment)
        await walk_to_the_end(walk, dwellings[place])
        assert not appointment.exists(), f"{walk.mediation} never came to its moment"
        assert await ending(walk) == expected, walk.mediation
        await each_effect_once(walk, kind, moment)
        await mailbox_has_what_was_noted(scene.pool, walk.mediation, mail.mailbox, frozenset(Audience))

    for start in range(0, len(MOMENTS), AT_ONCE):
        together = MOMENTS[start : start + AT_ONCE]
        await asyncio.gather(*(crashed(place, *moment) for place, moment in enumerate(together)))
    assert successors.deaths == [-9] * len(MOMENTS)
    assert mail.mailbox.count().copies == 0, "a letter that was handed over was noted with it"


async def each_effect_once(walk: Walk, killed: str, moment: str) -> None:
    """Every effect took place once at the partner. The one at which the worker died arrived twice, unless looked up."""
    town = walk.scene.town
    parties = ((town.systems.corporation, town.corporations), (town.systems.provider, (town.provider,)))
    lines = [
        (operation, key, received, executed)
        for system, organisations in (*parties, (town.systems.team, (town.team,)))
        for organisation in organisations
        for (operation, key), (received, executed) in (await system.ledger(organisation)).items()
    ]
    ledger = [(operation, key, executed) for operation, key, _, executed in lines]
    await partners_did_what_was_decided(walk.scene.pool, walk.mediation, ledger)
    if killed in OPERATIONS:
        keys = await keys_of_messages(walk.scene.pool)
        told = [(operation, keys.get(key, key), n) for operation, key, n, _ in lines]
        ours = [n for operation, key, n in told if key.startswith(walk.mediation) and operation == OPERATIONS[killed]]
        assert max(ours) >= (1 if moment == BEFORE or killed in LOOKED_UP else 2)
