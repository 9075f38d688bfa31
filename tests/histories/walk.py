"""One mediation walked through the real workflow, on a clock of its own that is moved on when told."""

import asyncio
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from time import monotonic
from typing import NamedTuple

from temporalio.client import Client, WithStartWorkflowOperation, WorkflowHandle
from temporalio.common import SearchAttributePair, TypedSearchAttributes, WorkflowIDConflictPolicy
from temporalio.testing import TimeSkipper, TimeSkippingConfig

from domain.exchange.record import MediationRecord, Opening, Recorded, Submission
from domain.facts.outcome import Stage
from domain.facts.parties import Actor, Role
from domain.facts.referral import Document, DwellingNeeds, Referral, TargetGroup
from domain.facts.tasks import Task, TaskKind
from domain.messages import answers as a
from domain.messages import commands as c
from domain.policy.policy import Policy
from domain.state.mediation import Mediation
from runtime.search_attributes import MUNICIPALITY, POLICY_VERSION, STAGE
from sandbox.driven import road
from store import journal, outbox
from store.database import Pool
from store.vault import Person, PersonContact, Vault
from tests.domain.case import main_road
from tests.town import Town
from workflows.mediation import MediationWorkflow

ALMERE = main_road("almere")
PATIENCE = 60.0
"""Seconds until what is waited for must be there: a worker may have to be started again first."""


class Scene(NamedTuple):
    """Where mediations take place: servers, partners, and a task queue with a worker."""

    client: Client
    pool: Pool
    vault: Vault
    town: Town
    task_queue: str


class Walk:
    """One mediation, given its commands by hand."""

    def __init__(self, scene: Scene, mediation: str, *, bsn: str = "999990019", policy: Policy = ALMERE) -> None:
        self.scene = scene
        self.mediation = mediation
        self.policy = policy
        self._bsn = bsn
        self._commands = 0
        self._ahead = timedelta()

    @cached_property
    def handle(self) -> WorkflowHandle[MediationWorkflow, MediationRecord]:
        """The mediation's workflow."""
        return self.scene.client.get_workflow_handle_for(MediationWorkflow.run, self.mediation)

    @property
    def coordinator(self) -> Actor:
        return self.scene.town.coordinator

    @property
    def now(self) -> datetime:
        """What time it is for this mediation."""
        return datetime.now(UTC) + self._ahead

    @property
    def today(self) -> date:
        return self.policy.calendar.today(self.now)

    # -- commands ----------------------------------------------------------------------------------------------

    async def start(self, *, documents: tuple[Document, ...] = tuple(Document), **parties: object) -> Recorded:
        """Refer a client of whom the vault alone knows the name."""
        guide = PersonContact(name="Bram Begeleider", mail=f"guide.{self.mediation}@guide.example")
        mail = f"{self.mediation}@client.example"
        person = Person(
            bsn=self._bsn,
            name="Noor Testpersoon",
            born_on=date(2001, 2, 3),
            mail=mail,
            phone="0612345678",
            guide=guide,
        )
        referral = Referral(
            person=await self.scene.vault.put_person(person, self.scene.town.institution),
            target_group=TargetGroup.SHELTERED_LIVING,
            household_size=1,
            needs=DwellingNeeds(rooms=2, rent_limit_cents=65_000),
            documents=documents,
        )
        command = c.StartMediation(
            by=Actor(role=Role.INSTITUTION, organisation=self.scene.town.institution, user="user-2"),
            mediation=self.mediation,
            referral=referral,
            parties=self.scene.town.parties(**parties),
            policy=self.policy,
        )
        return await self.scene.client.execute_update_with_start_workflow(
            MediationWorkflow.submit,
            Submission(command_id="start", command=command),
            id="start",
            start_workflow_operation=self._opening(),
        )

    async def give(self, command: c.AnyCommand) -> Recorded:
        """Give a command that must be accepted."""
        recorded = await self.submit(command)
        assert recorded.refused is None, recorded.refused
        return recorded

    async def submit(self, command: c.AnyCommand) -> Recorded:
        """Give a command, whatever comes of it."""
        self._commands += 1
        number = f"step-{self._commands}"
        submission = Submission(command_id=number, command=command)
        return await self.handle.execute_update(MediationWorkflow.submit, submission, id=number)

    async def answer(self, answer: a.TaskAnswer) -> Recorded:
        """Answer the open task of this answer's kind, once it is there."""
        task = await self.task(answer.kind)
        return await self.give(c.AnswerTask(by=self.coordinator, task=task.id, answer=answer))

    async def note(self, text: str) -> str:
        """Put free text into the vault."""
        return await self.scene.vault.put_note(self.mediation, text, self.scene.town.municipality, key=text)

    # -- looking -----------------------------------------------------------------------------------------------

    async def loaded(self) -> journal.Loaded:
        """The mediation as the journal has it."""
        loaded = await journal.load(self.scene.pool, self.mediation)
        assert loaded is not None
        return loaded

    async def state(self) -> Mediation:
        """How the mediation stands."""
        return (await self.loaded()).state

    async def task(self, kind: TaskKind) -> Task:
        """The open task of this kind, once it is there."""
        for _ in _patiently():
            state = await self.state()
            if task := state.open_of(kind):
                return task
            await asyncio.sleep(0.02)
        raise AssertionError(f"{kind} is not open in {self.mediation}, but {[task.kind for task in state.tasks]}")

    async def settled(self) -> None:
        """Return when everything asked for is done, and what was learned by it is recorded."""
        for _ in _patiently():
            raw = (await self.handle.describe()).raw_description
            busy = bool(raw.pending_activities) or raw.HasField("pending_workflow_task")
            if not busy and not (await self.loaded()).deliveries_waiting:
                return
            await asyncio.sleep(0.02)
        raise AssertionError(f"{self.mediation} is still busy with {await self._waiting()}")

    async def _waiting(self) -> list[str]:
        effects = await outbox.effects_of(self.scene.pool, self.mediation)
        return [effect["key"] for effect in effects if effect["result"] is None]

    async def result(self) -> MediationRecord:
        """What the mediation ended with."""
        return await asyncio.wait_for(self.handle.result(), PATIENCE)

    # -- time --------------------------------------------------------------------------------------------------

    async def days(self, days: int) -> None:
        """Let days pass, once everything is delivered."""
        await self._pass(timedelta(days=days))

    async def on(self, day: date) -> None:
        """Let time pass until the afternoon of a day."""
        await self._pass(max(datetime(day.year, day.month, day.day, 13, tzinfo=UTC) - self.now, timedelta(seconds=1)))

    async def _pass(self, by: timedelta) -> None:
        await self.settled()
        skipper = TimeSkipper(self.scene.client, config=TimeSkippingConfig(enabled=False))
        assert await skipper.fast_forward(self.handle, by)
        self._ahead += by
        await self.settled()

    # -- the ordinary way --------------------------------------------------------------------------------------

    async def ready(self) -> None:
        await self.answer(road.ready())

    async def positive(self) -> None:
        await self.answer(road.positive())

    async def released(self, number: str = "1", district: str = "haven") -> str:
        """Let the corporation release a dwelling that suits; return its number."""
        dwelling = f"{self.mediation}-{number}"
        released = _dwelling(dwelling, district, self.today - timedelta(days=30))
        await self.scene.town.systems.corporation.staff("PUT", self.scene.town.corporation, "/dwellings", [released])
        return dwelling

    async def match(self, dwelling: str) -> None:
        """Choose a dwelling as soon as it is listed."""
        for _ in _patiently():
            if any(candidate.dwelling.id == dwelling for candidate in (await self.state()).candidates):
                break
            await asyncio.sleep(0.02)
        await self.answer(road.match(self.scene.town.corporation, dwelling))
        await self.task(TaskKind.ANSWER_OFFER)

    async def offered(self, dwelling: str | None = None) -> None:
        """Go from the referral to an offer that the client is to answer, of a dwelling of its own if none is given."""
        dwelling = dwelling or await self.released()
        await self.ready()
        await self.positive()
        await self.match(dwelling)

    async def accept(self) -> None:
        await self.answer(road.accepted())

    async def refuse(self) -> None:
        await self.answer(a.ClientAnswer(accept=False, reason=a.RefusalReason.NEIGHBOURHOOD))

    async def sign(self) -> None:
        """Sign the lease, with keys in two weeks."""
        await self.answer(road.signed(self.policy, self.today))

    async def plan_support(self) -> None:
        await self.received()
        await self.answer(road.planned(self.today))

    async def received(self) -> None:
        """The provider has what was sent, though its retours go to nobody here."""
        await self.settled()
        while (await self.state()).open_of(TaskKind.AWAIT_RETOUR):
            await self.answer(a.RetourAnswer(way="received"))

    async def move(self) -> None:
        """Wait for the day of the keys, and take them."""
        await self.task(TaskKind.HAND_OVER_KEYS)
        keys_on = (await self.state()).lease.keys_on
        assert keys_on is not None
        await self.on(keys_on)
        await self.answer(a.KeysAnswer(on=keys_on))

    async def start_support(self) -> None:
        await self.answer(a.StartAnswer(started_on=self.today))

    async def call_day(self) -> None:
        """Wait for the day of the call."""
        await self.on(self.policy.calendar.today((await self.task(TaskKind.FOLLOW_UP_CALL)).due))

    async def housed(self) -> None:
        """Go from an accepted offer to the day of the call."""
        await self.accept()
        await self.sign()
        await self.plan_support()
        await self.move()
        await self.start_support()
        await self.call_day()

    async def call(self) -> None:
        await self.answer(road.called())

    async def hearing(self) -> a.HearingAnswer:
        """A hearing after which the intended decision stands."""
        note = await self.note("The client was heard and the reasons hold.")
        return a.HearingAnswer(
            hearing="heard", heard_on=self.today, form="spoken", result=a.HearingResult.STANDS, note=note
        )

    async def object_to_the_end(self) -> None:
        """Object to the decision with which it ended."""
        note = await self.note("De cliënt is het niet eens met het besluit.")
        await self.give(c.FileObjection(by=self.coordinator, against=c.Disputed.END, note=note))

    async def term_over(self) -> None:
        """Wait until nobody can object any more."""
        await self.settled()
        skipper = TimeSkipper(self.scene.client, config=TimeSkippingConfig(enabled=False))
        await skipper.fast_forward(self.handle)

    def _opening(self) -> WithStartWorkflowOperation[MediationWorkflow, MediationRecord]:
        found_by = [
            SearchAttributePair(MUNICIPALITY, self.policy.municipality),
            SearchAttributePair(POLICY_VERSION, self.policy.version),
            SearchAttributePair(STAGE, Stage.READINESS.value),
        ]
        return WithStartWorkflowOperation(
            MediationWorkflow.run,
            Opening(
                mediation=self.mediation, municipality=self.policy.municipality, policy_version=self.policy.version
            ),
            id=self.mediation,
            task_queue=self.scene.task_queue,
            id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
            search_attributes=TypedSearchAttributes(found_by),
        )


def _patiently() -> Iterator[None]:
    """Look again and again, for as long as there is patience."""
    deadline = monotonic() + PATIENCE
    while monotonic() < deadline:
        yield


def _dwelling(number: str, district: str, released_on: date) -> dict[str, object]:
    return {
        "id": number,
        "complex": "Stadswerf",
        "district": district,
        "rooms": 2,
        "floor": 0,
        "rentCents": 60_000,
        "accessible": False,
        "lowStimulus": False,
        "livingForm": "independent",
        "releasedOn": released_on.isoformat(),
    }
