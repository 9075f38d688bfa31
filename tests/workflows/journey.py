"""One mediation through the real shell: give commands as the API does, let its time pass, see what was recorded."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from datetime import date, datetime, timedelta
from email.message import EmailMessage
from typing import Self
from uuid import uuid4

from temporalio.api.enums.v1 import EventType
from temporalio.client import (
    WithStartWorkflowOperation,
    WorkflowExecutionStatus,
    WorkflowHandle,
    WorkflowHistory,
)
from temporalio.common import WorkflowIDConflictPolicy, WorkflowIDReusePolicy
from temporalio.testing import TimeSkipper

from domain.exchange.record import MediationRecord, Opening, Recorded, Submission
from domain.facts.parties import Actor
from domain.facts.referral import Document, DwellingNeeds, Referral, TargetGroup
from domain.facts.tasks import Task, TaskKind
from domain.messages import answers as a
from domain.messages.commands import AnswerTask, AnyCommand, StartMediation
from domain.policy.policy import Policy
from domain.state.mediation import Mediation
from runtime.settings import Settings
from runtime.telling import tell
from sandbox.driven import road
from sandbox.embedded.mail import MailServer
from store import journal
from store.database import Pool
from store.vault import Person, Vault
from tests.activities.effects import home
from tests.domain.case import main_road
from tests.town import CLIENT, Town
from workflows.mediation import MediationWorkflow

SOON = 20.0
"""Seconds within which what must happen at once has happened."""


class Shell:
    """Everything that a mediation runs on."""

    def __init__(
        self, skipper: TimeSkipper, pool: Pool, vault: Vault, town: Town, settings: Settings, mail: MailServer
    ) -> None:
        self.skipper = skipper
        self.client = skipper.client
        self.pool = pool
        self.vault = vault
        self.town = town
        self.settings = settings
        self.mail = mail

    async def release(self, *dwellings: str, **facts: object) -> None:
        """Let the first corporation release these dwellings."""
        homes = [home(name, **facts) for name in dwellings]
        await self.town.systems.corporation.staff("PUT", self.town.corporation, "/dwellings", homes)


class Journey:
    """One mediation and its client."""

    def __init__(self, shell: Shell, *, policy: Policy | None = None, **parties: object) -> None:
        self.shell = shell
        self.policy = policy or main_road("almere")
        self.town = shell.town
        self.id = f"m-{uuid4().hex[:10]}"
        self._parties = self.town.parties(**parties)
        self._given = 0

    @property
    def handle(self) -> WorkflowHandle[MediationWorkflow, MediationRecord]:
        return self.shell.client.get_workflow_handle_for(MediationWorkflow.run, self.id)

    # -- commands ----------------------------------------------------------------------------------------------

    async def refer(self, person: Person = CLIENT, **facts: object) -> Recorded:
        """Refer the client: the workflow starts with its first command."""
        reference = await self.shell.vault.put_person(person, self.town.institution)
        referral = Referral.model_validate(
            {
                "person": reference,
                "target_group": TargetGroup.SHELTER,
                "household_size": 1,
                "needs": DwellingNeeds(rent_limit_cents=70_000),
                "documents": tuple(Document),
                **facts,
            },
        )
        command = StartMediation(
            by=self.coordinator, mediation=self.id, referral=referral, parties=self._parties, policy=self.policy
        )
        start = WithStartWorkflowOperation(
            MediationWorkflow.run,
            Opening(mediation=self.id, municipality=self.town.municipality, policy_version=self.policy.version),
            id=self.id,
            task_queue=self.shell.settings.task_queue,
            id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
            id_reuse_policy=WorkflowIDReusePolicy.REJECT_DUPLICATE,
        )
        return await self.shell.client.execute_update_with_start_workflow(
            MediationWorkflow.submit,
            Submission(command_id="refer", command=command),
            id="refer",
            start_workflow_operation=start,
        )

    async def start(self, person: Person = CLIENT, **facts: object) -> Self:
        recorded = await self.refer(person, **facts)
        assert recorded.refused is None
        return self

    async def submit(self, command: AnyCommand, command_id: str | None = None) -> Recorded:
        """Give a command, whatever comes of it."""
        self._given += 1
        command_id = command_id or f"command-{self._given}"
        submission = Submission(command_id=command_id, command=command)
        return await tell(self.shell.client, self.id, submission)

    async def do(self, command: AnyCommand) -> Self:
        """Give a command that must be accepted."""
        recorded = await self.submit(command)
        assert recorded.refused is None, recorded.refused
        return self

    async def answer(self, answer: a.TaskAnswer, by: Actor | None = None) -> Self:
        """Answer the open task of this kind, which may open any moment now."""
        task = await self.task(answer.kind)
        return await self.do(AnswerTask(by=by or self.coordinator, task=task.id, answer=answer))

    @property
    def coordinator(self) -> Actor:
        return self.town.coordinator

    # -- time --------------------------------------------------------------------------------------------------

    async def now(self) -> datetime:
        """The moment it is for this mediation."""
        return await self.shell.skipper.get_current_time(self.handle)

    async def today(self) -> date:
        return self.policy.calendar.today(await self.now())

    async def until(self, moment: datetime) -> Self:
        """Let time pass, and wait until what fell due has been done."""
        await self.settled()
        left = moment - await self.now()
        if left > timedelta():
            await self.shell.skipper.fast_forward(self.handle, left)
        await self.settled()
        return self

    async def on(self, day: date) -> Self:
        """Let time pass until the town hall closes on a day, and a minute more."""
        return await self.until(self.policy.calendar.at(day, self.policy.calendar.closes) + timedelta(minutes=1))

    async def days(self, n: int) -> Self:
        return await self.until(await self.now() + timedelta(days=n))

    async def overdue(self, kind: TaskKind) -> Self:
        """Let time pass until this task is just overdue."""
        return await self.until((await self.task(kind)).due + timedelta(minutes=1))

    async def settled(self) -> Self:
        """Wait until every effect so far is delivered, what it taught is recorded, and nothing is due."""
        await eventually(self._is_settled)
        return self

    async def _is_settled(self) -> bool:
        if (await self.loaded()).deliveries_waiting:
            return False
        # In this order: what an effect taught is recorded by a later activity, which a workflow task asks for.
        underway = (await self.handle.describe()).raw_description
        if underway.pending_activities or underway.HasField("pending_workflow_task"):
            return False
        line = await self.shell.pool.fetchrow("SELECT wake_at FROM mediation WHERE id = $1", self.id)
        assert line is not None
        return line["wake_at"] is None or line["wake_at"] > await self.now()

    # -- looking -----------------------------------------------------------------------------------------------

    async def loaded(self) -> journal.Loaded:
        loaded = await journal.load(self.shell.pool, self.id)
        assert loaded is not None
        return loaded

    async def state(self) -> Mediation:
        return (await self.loaded()).state

    async def open(self) -> list[TaskKind]:
        """The kinds of the open tasks."""
        return [task.kind for task in (await self.state()).tasks]

    async def task(self, kind: TaskKind) -> Task:
        """The open task of this kind, once it is open."""

        async def found() -> bool:
            return (await self.state()).open_of(kind) is not None

        await eventually(found, lambda: f"{kind} does not open")
        task = (await self.state()).open_of(kind)
        assert task is not None
        return task

    async def happened(self) -> list[str]:
        """The kinds of all events so far."""
        return [event.type for entry in await journal.entries(self.shell.pool, self.id) for event in entry.events]

    def mails(self, to: str) -> list[EmailMessage]:
        """The letters about this mediation that this address got."""
        mails = self.shell.mail.mailbox.mails()
        return [mail for mail in mails if mail["To"] == to and self.id in str(mail["Subject"])]

    def subjects(self, to: str) -> list[str]:
        return [str(mail["Subject"]).removesuffix(f" ({self.id})") for mail in self.mails(to)]

    async def history(self) -> WorkflowHistory:
        return await self.handle.fetch_history()

    async def ended(self) -> MediationRecord:
        """Wait until the workflow is done; its record is what the journal says."""
        record = await asyncio.wait_for(self.handle.result(), SOON)
        loaded = await self.loaded()
        assert (record.mediation, record.outcome) == (self.id, loaded.state.outcome)
        assert (record.events, record.commands, record.head) == (loaded.state.sequence, loaded.commands, loaded.head)
        assert loaded.deliveries_waiting == 0
        return record

    # -- the ordinary way --------------------------------------------------------------------------------------

    async def assessed(self) -> Self:
        """Referred, found ready and assessed positively."""
        await self.start()
        for step in road.assessed(self.policy):
            await self.answer(step.answer)
        return self

    async def positive(self) -> Self:
        return await self.answer(road.positive())

    async def offered(self, dwelling: str) -> Self:
        """Matched with a released dwelling, which the corporation's system confirms."""
        await self.settled()
        await self.answer(road.match(self.town.corporation, dwelling))
        await self.task(TaskKind.ANSWER_OFFER)
        return self

    async def signed(self) -> Self:
        """Accepted, with a lease; the keys in two weeks."""
        await self.answer(road.accepted())
        await self.settled()
        return await self.answer(road.signed(self.policy, await self.today()))

    async def support_planned(self) -> Self:
        """The provider has the request, though its retour goes to nobody here, and names a day."""
        await self.settled()
        if (await self.state()).open_of(TaskKind.AWAIT_RETOUR):
            await self.answer(a.RetourAnswer(way="received"))
        return await self.answer(road.planned(await self.today()))

    async def keys(self) -> Self:
        """The keys are handed over on their day."""
        await self.task(TaskKind.HAND_OVER_KEYS)
        keys_on = (await self.state()).lease.keys_on
        assert keys_on is not None
        await self.until(self.policy.calendar.at(keys_on, self.policy.calendar.opens))
        return await self.answer(a.KeysAnswer(on=keys_on))

    async def moved(self) -> Self:
        """The keys handed over and support started."""
        await self.signed()
        await self.support_planned()
        await self.keys()
        return await self.answer(a.StartAnswer(started_on=await self.today()))

    async def call_day(self) -> Self:
        """Let time pass until the morning of the call."""
        due = (await self.task(TaskKind.FOLLOW_UP_CALL)).due
        return await self.until(due - timedelta(hours=6))

    async def call(self, result: a.CallResult = a.CallResult.FINE) -> Self:
        return await self.answer(road.called(result))

    async def hearing(self, result: a.HearingResult) -> Self:
        await self.settled()
        heard_on = await self.today()
        note = await self.shell.vault.put_note(self.id, "Wij hebben gehoord wat u vindt.", "somebody", key="hearing")
        return await self.answer(
            a.HearingAnswer(hearing="heard", heard_on=heard_on, form="spoken", result=result, note=note)
        )

    async def term_over(self) -> MediationRecord:
        """Wait until nobody can object to its end any more."""
        await self.settled()
        assert (await self.handle.describe()).status is WorkflowExecutionStatus.RUNNING
        await self.shell.skipper.fast_forward(self.handle)
        return await self.ended()


def table(history: WorkflowHistory) -> Counter[str]:
    """How many events of each type a history has."""
    names = (EventType.Name(event.event_type).removeprefix("EVENT_TYPE_") for event in history.events)
    return Counter(names)


async def eventually(
    holds: Callable[[], Awaitable[bool]], otherwise: Callable[[], str] = lambda: "does not settle", within: float = SOON
) -> None:
    """Wait until this holds. Raises TimeoutError."""
    deadline = asyncio.get_running_loop().time() + within
    while not await holds():
        if asyncio.get_running_loop().time() > deadline:
            raise TimeoutError(otherwise())
        await asyncio.sleep(0.02)
