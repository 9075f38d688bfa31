"""A command that cannot be recorded whatever is tried is parked: its mediation lives on, the municipality knows."""

import asyncio
from datetime import timedelta
from email.message import EmailMessage

import pytest

from audit.examine import examine
from domain.facts.rules import RuleName
from domain.facts.tasks import TaskKind
from domain.messages.answers import KnownFrom
from domain.messages.commands import Withdraw
from runtime.histories import InTemporal
from sandbox.driven.journey import eventually
from store import journal
from tests.journey import Journey, Scene
from tests.tampering import tamper
from tests.workflows.test_shell import note

POISON = "ALTER TABLE event ADD CONSTRAINT poison CHECK (type !~ '{types}') NOT VALID"
"""From now on no event of these types can be written: a fault that is in nobody's power to pass."""
CURE = "ALTER TABLE event DROP CONSTRAINT poison"
LATE = 60.0
"""Seconds: four attempts take seven, on an idle machine."""
pytestmark = pytest.mark.usefixtures("rounds_of_its_own")
SUBJECT = "Iets is niet vastgelegd: kijk ernaar"


async def poisoned(scene: Scene, types: str) -> None:
    await tamper(scene.pool, POISON.format(types=types))


def told(scene: Scene) -> list[EmailMessage]:
    """The letters to the municipality about what could not be recorded."""
    return [mail for mail in scene.mail.mailbox.mails() if mail["Subject"] == SUBJECT]


def content(mail: EmailMessage) -> str:
    body = mail.get_body()
    assert body is not None
    text: str = body.get_content()
    return text


async def times(scene: Scene, mediation: str) -> int:
    """How many moments were parked."""
    asked = "SELECT count(*) FROM command WHERE mediation = $1 AND type = 'PassTime' AND refused"
    return int(await scene.pool.fetchval(asked, mediation))


async def test_a_command_that_cannot_be_recorded_is_refused_for_good_and_the_mediation_lives_on(scene: Scene) -> None:
    journey = await Journey(scene).start()
    await journey.settled()
    await poisoned(scene, "NoteAdded")
    before = await journey.loaded()
    parked = await asyncio.wait_for(journey.submit(note(journey), "poison"), LATE)
    assert parked.refused
    assert parked.refused.rule == RuleName.NOT_RECORDED
    after = await journey.loaded()
    assert (after.state, after.commands) == (before.state, before.commands + 1)
    assert (parked.sequence, parked.stage, parked.head) == (after.state.sequence, after.state.stage, after.head)
    assert parked.wake_at == await scene.pool.fetchval("SELECT wake_at FROM mediation WHERE id = $1", journey.id)
    await tamper(scene.pool, CURE)
    assert await journal.recorded(scene.pool, journey.id, "poison") == parked, "final for this key"
    assert (await journey.submit(note(journey))).refused is None
    assert (await journey.submit(Withdraw(by=journey.coordinator, source=KnownFrom.CLIENT))).refused is None
    await journey.ended()
    [examined] = await examine(scene.settings.key_ring, InTemporal(scene.client), scene.pool, [journey.id])
    assert examined.finding is None, "it is in the journal and in the history alike"


async def test_the_municipality_is_written_to_once_for_all_that_was_parked(scene: Scene) -> None:
    journey = await Journey(scene).start()
    await journey.settled()
    await poisoned(scene, "NoteAdded")
    await asyncio.gather(*(asyncio.wait_for(journey.submit(note(journey), f"poison-{n}"), LATE) for n in range(2)))

    number = (await journey.loaded()).reference

    async def all_told() -> bool:
        return sum(content(mail).count(f"({number})") for mail in told(scene)) == 2

    await eventually(all_told, lambda: str(told(scene)), LATE)
    assert {mail["To"] for mail in told(scene)} == {scene.town.mail_of(scene.town.municipality)}
    await asyncio.sleep(2)
    assert await all_told()


async def test_time_that_cannot_be_recorded_is_tried_again_each_hour(scene: Scene) -> None:
    journey = await Journey(scene).start()
    await journey.settled()
    await poisoned(scene, "Escalat|Remind")
    due = (await journey.task(TaskKind.CHECK_READINESS)).due
    await journey.skip(due - await journey.now() + timedelta(minutes=1))
    # (a reminder may fall due before: whatever comes first is what cannot be recorded)

    async def one() -> bool:
        return await times(scene, journey.id) > 0

    await eventually(one, within=LATE)
    found = await times(scene, journey.id)
    await asyncio.sleep(3)
    assert await times(scene, journey.id) == found, "no hot loop"
    assert (await journey.submit(note(journey))).refused is None, "commands go on meanwhile"
    assert await times(scene, journey.id) == found
    await tamper(scene.pool, CURE)
    await journey.skip(timedelta(hours=1, minutes=1))

    async def escalated() -> bool:
        return "TaskEscalated" in await journey.happened()

    await eventually(escalated, within=LATE)


async def test_what_a_partner_taught_and_cannot_be_recorded_holds_up_nothing(scene: Scene) -> None:
    journey = await Journey(scene).start()
    await journey.ready()
    await journey.settled()
    await poisoned(scene, "DwellingsListed")
    await journey.positive()

    async def settled() -> bool:
        asked = "SELECT result FROM effect WHERE mediation = $1 AND type = 'ListDwellings'"
        return {row["result"] for row in await scene.pool.fetch(asked, journey.id)} == {"refused"}

    await eventually(settled, within=LATE)
    await journey.settled()
    assert (await journey.submit(note(journey))).refused is None

    async def is_told() -> bool:
        return any("een bericht van een partner" in content(mail) for mail in told(scene))

    await eventually(is_told, within=LATE)
