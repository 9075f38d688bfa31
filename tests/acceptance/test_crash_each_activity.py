"""kill -9 of the worker around each kind of activity: the mediation ends as it would have, each effect done once."""

import asyncio
from collections import Counter
from typing import NamedTuple

import pytest

from domain.facts.outcome import Outcome
from domain.facts.tasks import TaskKind
from domain.messages import answers as a
from domain.messages import commands as c
from domain.messages.effects import Audience
from sandbox.driven import road
from sandbox.embedded.mail import MailServer
from store import journal, outbox
from tests.acceptance.mortal_worker import AFTER, BEFORE, DONE
from tests.acceptance.outside import (
    LOOKED_UP,
    OPERATIONS,
    keys_of_messages,
    mailbox_has_what_was_noted,
    partners_did_what_was_decided,
)
from tests.acceptance.successors import Successors
from tests.api.desk import bsn
from tests.journey import Journey, Scene

READING = {"ListDwellings", "ReadOffer", "ReadSupport", "CallWaiting"}
"""The effects that change nothing at a partner. Who is called looks for a place in a mediation of its own."""
TEACHING = {"ListDwellings", "PlaceOffer", "PrepareLease", "RequestSupport", "CancelSupport", "Record"}
"""What is noted by `Record` with what it taught, and not by the hand itself."""
MOMENTS = [
    (kind, moment)
    for kind in (*OPERATIONS, *sorted(READING), "SendLetter", "Record")
    for moment in (BEFORE, AFTER if kind in TEACHING else DONE)
]
MOMENTS += [("SendLetter", AFTER)]
CALLED = {"LearnRoom", "ListDwellings", "LearnDwellings", "DwellingsListed", "TaskChecked"}
"""What a mediation that waits for a home does when another gives one back: how often depends on who ends first."""
AT_ONCE = 7
"""So many mediations go on beside each other: whoever makes the worker die disturbs the others too."""


async def walk_to_the_end(journey: Journey, dwelling: str) -> None:
    """A mediation that asks every kind of activity, and is then withdrawn: its dwelling is free again.

    Every letter goes before the next answer: what it says may not be so any more after that, and then it is not sent.
    """
    await journey.start()
    for step in road.assessed(journey.policy):
        await journey.settled()
        await journey.answer(step.answer)
    await journey.match(dwelling, "Deze woning past bij deze cliënt.")  # others wait beside this one
    await journey.days(7)  # the client is reminded, after the answer was looked for at the corporation
    await journey.accept()
    await journey.days(5)  # the same at the provider
    await journey.sign()
    await journey.settled()
    await journey.plan_support()
    await journey.task(TaskKind.HAND_OVER_KEYS)
    await journey.settled()
    await journey.do(c.Withdraw(by=journey.coordinator, source=a.KnownFrom.CLIENT))
    await journey.ended()


class Ending(NamedTuple):
    """How a mediation ended, without what differs between any two: ids, moments and the order across partners."""

    outcome: Outcome | None
    commands: Counter[str]
    events: Counter[str]
    effects: Counter[tuple[str, str | None]]
    asked: set[tuple[str, str | None]]
    """Each kind of effect with its results, also the one that is not counted."""
    tasks: int


async def ending(journey: Journey) -> Ending:
    """Look at how a mediation ended; its journal is sound in itself."""
    entries = await journal.entries(journey.scene.pool, journey.id)
    state = await journey.state()
    effects = await outbox.effects_of(journey.scene.pool, journey.id)
    assert [entry.ordinal for entry in entries] == list(range(1, len(entries) + 1))
    assert (await journey.ended()).commands == len(entries)
    return Ending(
        state.outcome,
        Counter(entry.command.type for entry in entries if entry.command.type not in CALLED),
        Counter(event.type for entry in entries for event in entry.events if event.type not in CALLED),
        Counter((effect["type"], effect["result"]) for effect in effects if effect["type"] not in CALLED),
        {(effect["type"], effect["result"]) for effect in effects},
        len(state.tasks),
    )


@pytest.mark.slow("a worker dies at every kind of activity, and each death is found out by waiting")
@pytest.mark.timeout(800)
async def test_a_worker_killed_around_any_activity_loses_and_doubles_nothing(
    scene: Scene, successors: Successors, mail: MailServer
) -> None:
    twin = Journey(scene, "twin")
    dwellings = [await twin.released(str(place)) for place in range(AT_ONCE)]
    await walk_to_the_end(twin, dwellings[0])
    expected = await ending(twin)
    asked = {kind for kind, _ in expected.asked} | {"Record"}
    assert asked == {kind for kind, _ in MOMENTS}, "the walk asks every kind of activity"
    assert successors.deaths == []

    async def crashed(place: int, kind: str, moment: str) -> None:
        journey = Journey(scene, f"{kind.lower()}-{moment}", bsn=bsn(place))
        appointment = successors.appoint(journey.id, kind, moment)
        await walk_to_the_end(journey, dwellings[place])
        assert not appointment.exists(), f"{journey.id} never came to its moment"
        assert await ending(journey) == expected, journey.id
        await each_effect_once(journey, kind, moment)
        await mailbox_has_what_was_noted(scene.pool, journey.id, mail.mailbox, frozenset(Audience))

    for start in range(0, len(MOMENTS), AT_ONCE):
        together = MOMENTS[start : start + AT_ONCE]
        await asyncio.gather(*(crashed(place, *moment) for place, moment in enumerate(together)))
    assert successors.deaths == [-9] * len(MOMENTS)


async def each_effect_once(journey: Journey, killed: str, moment: str) -> None:
    """Every effect took place once at the partner. The one at which the worker died arrived twice, unless looked up."""
    town = journey.town
    parties = ((town.systems.corporation, town.corporations), (town.systems.provider, (town.provider,)))
    lines = [
        (operation, key, received, executed)
        for system, organisations in (*parties, (town.systems.team, (town.team,)))
        for organisation in organisations
        for (operation, key), (received, executed) in (await system.ledger(organisation)).items()
    ]
    ledger = [(operation, key, executed) for operation, key, _, executed in lines]
    await partners_did_what_was_decided(journey.scene.pool, journey.id, ledger)
    if killed in OPERATIONS:
        keys = await keys_of_messages(journey.scene.pool)
        told = [(operation, keys.get(key, key), n) for operation, key, n, _ in lines]
        ours = [n for operation, key, n in told if key.startswith(journey.id) and operation == OPERATIONS[killed]]
        assert max(ours) >= (1 if moment == BEFORE or killed in LOOKED_UP else 2)
