"""kill -9 of the worker while it sees to messages of a provider: nothing is lost, told twice, or answered twice."""

import asyncio
from collections import Counter
from datetime import datetime
from typing import NamedTuple

import pytest

from activities.iwmo.codes import DeliveryStatus, MessageKind
from activities.iwmo.judgement import RetourVerdict
from activities.iwmo.messages import Allocation, Client, ContactAddress, Header, Product, allocation_tree
from activities.iwmo.reception import Reception, message_id
from activities.iwmo.retour import retour_tree
from activities.iwmo.xml_build import build
from domain.facts.tasks import TaskKind
from runtime.directory import Directory
from runtime.ids import Ids
from sandbox.partners.provider_messages import report_tree
from store import care_messages, journal
from store.vault_secrets import End
from tests.acceptance.mortal_worker import AFTER, BEFORE, DONE
from tests.acceptance.successors import Successors
from tests.api.desk import bsn
from tests.journey import Journey, Scene
from tests.town import CLIENT
from workflows.care_message import CareMessageWorkflow

MOMENTS = [
    (MessageKind.ALLOCATION_RETOUR, "HearMessage", AFTER),
    (MessageKind.ALLOCATION_RETOUR, "TellMediation", AFTER),
    (MessageKind.START, "TellMediation", AFTER),
    (MessageKind.STOP, "HearMessage", AFTER),
    (MessageKind.STOP, "TellMediation", BEFORE),
    *((MessageKind.STOP, "SendRetour", moment) for moment in (BEFORE, DONE, AFTER)),
]
"""At which message, in which activity, and when the worker dies."""
AT_ONCE = 4
"""So many clients beside each other: whoever makes the worker die disturbs the others too."""
BESIDE_OTHERS = "Deze woning past bij deze cliënt."
"""Why a home is for this client: several wait for homes at the same time, and another may come first."""
PATIENCE = 90
"""Seconds until a message must have been seen to: several workers may have died meanwhile."""


class Told(NamedTuple):
    """What messages led to, without what differs between any two mediations."""

    commands: Counter[str]
    events: Counter[str]
    tasks: int
    kept: list[tuple[str, tuple[str, ...] | None]]
    """Each message with how it was answered."""


class Exchange:
    """One client's support at the provider, and the messages about it. `place` keeps numbers apart."""

    def __init__(self, scene: Scene, directory: Directory, journey: Journey, place: int) -> None:
        self.scene, self.journey, self.place = scene, journey, place
        self._reception = Reception(scene.pool, scene.vault, directory)
        self._provider = directory.get(scene.town.provider)
        self._who = Client(bsn(place), CLIENT.born_on, "Testpersoon", None, "Noor")

    async def allocated(self) -> None:
        """Let support be allocated: the client accepted an offer."""
        await self.journey.offered(why=BESIDE_OTHERS)
        await self.journey.accept()
        await self.journey.settled()

    async def ours(self) -> care_messages.CareMessage:
        """The allocation that was sent."""
        effect = await self.scene.pool.fetchval(
            "SELECT effect FROM care_message WHERE direction = 'out' AND mediation = $1", self.journey.id
        )
        found = await care_messages.of_effect(self.scene.pool, effect)
        assert found is not None
        return found

    async def retour(self) -> bytes:
        """The provider approves the allocation."""
        header = Header("0034", self._agb, (await self.ours()).identification, await self.journey.today())
        made = Allocation(900_000_001, datetime.now().astimezone(), await self.journey.today())
        tree = allocation_tree(header, self._who, ContactAddress("0612345678", "0031"), made)
        answer = retour_tree(
            MessageKind.ALLOCATION, tree, RetourVerdict(None, ("0200",)), f"ZR{self.place}", await self.journey.today()
        )
        return build(MessageKind.ALLOCATION_RETOUR, answer)

    async def report(self, kind: MessageKind) -> bytes:
        """A start, or a stop, of today."""
        (line,) = await care_messages.products(self.scene.pool, (await self.ours()).id)
        product = Product(line.allocation, "02", await self.journey.today(), DeliveryStatus.FIRST)
        if kind is MessageKind.STOP:
            product = product._replace(ends_on=await self.journey.today(), reason="22")
        header = Header(self._agb, "0034", f"{kind[-1]}A{self.place}", await self.journey.today())
        return build(kind, report_tree(kind, header, self._who, (product,)))

    async def id_of(self, kind: MessageKind, content: bytes) -> str:
        """The message that this is, or that it answers: its workflow is called so."""
        if kind is MessageKind.ALLOCATION_RETOUR:
            return (await self.ours()).id
        return message_id(Ids(self.scene.vault.secrets.of[End.IDS]), self._provider.id, kind, content)

    async def send(self, kind: MessageKind, content: bytes) -> None:
        """Have a message taken in and seen to, as the API does; twice, as an impatient sender does."""
        for _ in range(2):
            taken = await self._reception.take(self._provider, kind, content, await self.journey.now())
            assert taken.id == await self.id_of(kind, content)
            await self._seen_to(taken.id)

    async def _seen_to(self, message: str) -> None:
        handle = await self.scene.client.start_workflow(
            CareMessageWorkflow.run, message, id=message, task_queue=self.scene.queue
        )
        await asyncio.wait_for(handle.result(), PATIENCE)

    async def told(self) -> Told:
        """What the messages led to."""
        entries = await journal.entries(self.scene.pool, self.journey.id)
        rows = await self.scene.pool.fetch(
            "SELECT kind, codes FROM care_message WHERE mediation = $1 ORDER BY kind, noted_at", self.journey.id
        )
        return Told(
            Counter(entry.command.type for entry in entries),
            Counter(event.type for entry in entries for event in entry.events),
            len((await self.journey.state()).tasks),
            [(row["kind"], None if row["codes"] is None else tuple(row["codes"])) for row in rows],
        )

    @property
    def _agb(self) -> str:
        return self.scene.town.agb_of(self._provider.id)


async def exchanged(exchange: Exchange, successors: Successors, crash: tuple[MessageKind, str, str] | None) -> Told:
    """Move a client home with the messages about it; the worker dies once, at the moment of the crash."""
    journey = exchange.journey
    await exchange.allocated()
    await heard(exchange, successors, MessageKind.ALLOCATION_RETOUR, crash)
    await journey.sign()
    await journey.plan_support()
    await journey.keys()
    await journey.task(TaskKind.START_SUPPORT)
    await heard(exchange, successors, MessageKind.START, crash)
    await heard(exchange, successors, MessageKind.STOP, crash)
    await journey.task(TaskKind.REVIEW_SUPPORT)
    await journey.settled()
    return await exchange.told()


async def heard(
    exchange: Exchange, successors: Successors, kind: MessageKind, crash: tuple[MessageKind, str, str] | None
) -> None:
    """Send a message, and see it through."""
    is_retour = kind is MessageKind.ALLOCATION_RETOUR
    content = await exchange.retour() if is_retour else await exchange.report(kind)
    appointment = None
    if crash and crash[0] is kind:
        appointment = successors.appoint(await exchange.id_of(kind, content), *crash[1:])
    await exchange.send(kind, content)
    assert appointment is None or not appointment.exists(), f"{crash} never came"


@pytest.mark.slow("a worker dies at eight moments, and each death is found out by waiting")
@pytest.mark.timeout(300)
async def test_a_worker_killed_while_it_sees_to_a_message_loses_and_doubles_nothing(
    scene: Scene, successors: Successors, directory: Directory
) -> None:
    expected = await exchanged(
        Exchange(scene, directory, Journey(scene, "messages-twin", bsn=bsn(0)), 0), successors, None
    )
    assert expected.commands["LearnRetour"] == expected.commands["LearnSupportReport"] == 1
    assert expected.events["SupportStarted"] == expected.events["SupportReported"] == 1
    assert (MessageKind.STOP.value, ()) in expected.kept

    async def crashed(place: int, crash: tuple[MessageKind, str, str]) -> None:
        journey = Journey(scene, "-".join(crash).lower(), bsn=bsn(place))
        assert await exchanged(Exchange(scene, directory, journey, place), successors, crash) == expected, crash

    places = list(enumerate(MOMENTS, 1))
    for start in range(0, len(places), AT_ONCE):
        await asyncio.gather(*(crashed(*one) for one in places[start : start + AT_ONCE]))
    assert successors.deaths == [-9] * len(MOMENTS)
    await each_report_has_one_retour(scene, 1 + len(MOMENTS))


async def each_report_has_one_retour(scene: Scene, clients: int) -> None:
    """Every start and stop got one retour, under one number; who died before noting it sent the same one again."""
    rows = await scene.pool.fetch(
        "SELECT kind, identification, retour_at, undelivered FROM care_message WHERE direction = 'in' ORDER BY kind"
    )
    assert Counter(row["kind"] for row in rows) == {"WMO305": clients, "WMO307": clients}
    assert all(row["retour_at"] and row["undelivered"] is None for row in rows)
    arrived = {
        (kind, number): counts
        for (kind, number), counts in (await scene.town.systems.provider.ledger(scene.town.provider)).items()
        if kind in {MessageKind.START_RETOUR, MessageKind.STOP_RETOUR}
    }
    assert set(arrived) == {(MessageKind(row["kind"]).retour.value, row["identification"]) for row in rows}
    assert {told for _, told in arrived.values()} == {1}
    assert max(received for received, _ in arrived.values()) >= 2, "whoever dies between sending and noting sends again"
