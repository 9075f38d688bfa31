"""One mediation driven through its workflow: give commands as the API does, let its time pass, see what was recorded.

Its steps have the names and answers of the main road. Where a road leaves that one, it gives its own answers.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from typing import Any, Self, TypeVar

from temporalio.client import (
    Client,
    WorkflowExecutionStatus,
    WorkflowHandle,
    WorkflowHistory,
    WorkflowUpdateRPCTimeoutOrCancelledError,
)
from temporalio.testing import TimeSkipper, TimeSkippingConfig

from domain.exchange.record import MediationRecord, Recorded, Submission
from domain.facts.parties import Actor, Parties, Role
from domain.facts.referral import Document, DwellingNeeds, Referral
from domain.facts.tasks import Task, TaskKind
from domain.facts.value import replace
from domain.messages import answers as a
from domain.messages import commands as c
from domain.policy.policy import Policy
from domain.state.mediation import Mediation
from runtime.telling import starting, tell
from sandbox.driven import road
from sandbox.driven.skipping import let_pass
from store import journal
from store.database import Pool
from store.vault import Person, Vault

PATIENCE = 60.0
"""Seconds until what is waited for must be there: a worker may have to be started again first."""
ANSWER_WITHIN = timedelta(seconds=30)
"""How long an answer to a command is waited for before it is given again."""
Answer = TypeVar("Answer")
OPEN = """
SELECT id FROM task WHERE mediation = $1 AND kind = $2 AND closed_at IS NULL
   AND ($2 <> 'make_offer' OR EXISTS (SELECT FROM event WHERE mediation = $1 AND type = 'DwellingsListed'))
"""
"""The task of this kind that can be answered; asked so that asking costs next to nothing."""


@dataclass(frozen=True)
class Place:
    """Where mediations take place: servers, and a queue with a worker. Where time is skipped, the server allows it."""

    client: Client
    pool: Pool
    vault: Vault
    queue: str
    look_every: float = 0.02
    """Seconds between two looks at whether something has come about. Where speed is measured, looking takes from it."""
    patience: float = PATIENCE
    """Seconds until what is waited for must be there."""


class Journey:
    """One mediation and its client. What answers nothing else returns the journey itself."""

    def __init__(self, place: Place, mediation: str, person: Person, parties: Parties, policy: Policy) -> None:
        self.place = place
        self.id = mediation
        self.person = person
        self.parties = parties
        self.policy = policy
        self.coordinator = Actor(role=Role.COORDINATOR, organisation=parties.municipality, user="user-1")
        self.colleague = replace(self.coordinator, user="user-2")
        """Who decides on an objection to what the coordinator decided."""
        self.institution = Actor(role=Role.INSTITUTION, organisation=parties.of_guide, user="user-2")
        self.trial = False
        """Whether the client is invented: then the municipality refers."""
        self._referred = False
        self._given = 0

    @cached_property
    def handle(self) -> WorkflowHandle[Any, MediationRecord]:
        """The mediation's workflow."""
        return self.place.client.get_workflow_handle(self.id, result_type=MediationRecord)

    # -- commands ----------------------------------------------------------------------------------------------

    async def refer(self, **facts: object) -> Recorded:
        """Refer the client, with these facts in place of the ordinary ones: the workflow starts with this command."""
        referral = Referral.model_validate(
            {
                "person": await self.place.vault.put_person(
                    self.person, self.parties.of_guide, trial=self.id if self.trial else ""
                ),
                "target_group": "shelter",
                "household_size": 1,
                "needs": DwellingNeeds(rent_limit_cents=70_000),
                "documents": tuple(Document),
                **facts,
            },
        )
        self._referred = True
        command = c.StartMediation(
            by=self.coordinator if self.trial else self.institution,
            mediation=self.id,
            referral=referral,
            parties=self.parties,
            policy=self.policy,
            test=self.trial,
        )
        recorded: Recorded = await self.place.client.execute_update_with_start_workflow(
            "submit",
            Submission(command_id="refer", command=command),
            id="refer",
            start_workflow_operation=starting(command, self.place.queue),
            result_type=Recorded,
        )
        return recorded

    async def start(self, **facts: object) -> Self:
        """Refer the client, which must be accepted."""
        recorded = await self.refer(**facts)
        assert recorded.refused is None, recorded.refused
        return self

    async def submit(self, command: c.AnyCommand, command_id: str | None = None) -> Recorded:
        """Give a command, whatever comes of it."""
        self._given += 1
        submission = Submission(command_id=command_id or f"command-{self._given}", command=command)
        return await self._in_time(self._told(submission), f"{self.id} does not answer a {command.type}")

    async def _told(self, submission: Submission) -> Recorded:
        """Give a command, and again when no answer comes, as callers of the API do: it is done once."""
        this = asyncio.current_task()
        while True:
            try:
                return await tell(self.place.client, self.id, submission, ANSWER_WITHIN)
            except WorkflowUpdateRPCTimeoutOrCancelledError:
                if this and this.cancelling():  # the client says the same of what is broken off
                    raise

    async def do(self, command: c.AnyCommand) -> Self:
        """Give a command that must be accepted."""
        recorded = await self.submit(command)
        assert recorded.refused is None, recorded.refused
        return self

    async def answer(self, answer: a.TaskAnswer, by: Actor | None = None) -> Self:
        """Answer the task of this kind as soon as it is open and, to make an offer, the dwellings are listed."""
        task = await self._opened(answer.kind)
        usual = self.colleague if answer.kind is TaskKind.DECIDE_OBJECTION else self.coordinator
        return await self.do(c.AnswerTask(by=by or usual, task=task, answer=answer))

    async def note(self, text: str) -> str:
        """Put free text into the vault; return its reference."""
        return await self.place.vault.put_note(self.id, text, self.parties.municipality, key=text)

    # -- time --------------------------------------------------------------------------------------------------

    async def now(self) -> datetime:
        """The moment it is for this mediation."""
        return await self._skipper.get_current_time(self.handle)

    async def today(self) -> date:
        """The day it is for this mediation."""
        return self.policy.calendar.today(await self.now())

    async def skip(self, by: timedelta) -> bool:
        """Let time pass, whether or not everything is done; return whether the workflow lives on after that."""
        return await self._in_time(let_pass(self._skipper, self.handle, by), f"{self.id} does not let {by} pass")

    async def until(self, moment: datetime) -> Self:
        """Let time pass once everything so far is done, and wait until what fell due is done too."""
        await self.settled()
        left = moment - await self.now()
        if left > timedelta():
            assert await self.skip(left)
        return await self.settled()

    async def on(self, day: date) -> Self:
        """Let time pass until noon of a day."""
        return await self.until(datetime(day.year, day.month, day.day, 12, tzinfo=UTC))

    async def days(self, n: int) -> Self:
        """Let days pass."""
        return await self.until(await self.now() + timedelta(days=n))

    async def overdue(self, kind: TaskKind) -> Self:
        """Let time pass until this task is just overdue."""
        return await self.until((await self.task(kind)).due + timedelta(minutes=1))

    async def settled(self) -> Self:
        """Wait until every effect so far is delivered, what it taught is recorded, and nothing is due."""
        await self._until(self._is_settled, lambda: f"{self.id} is still busy")
        return self

    async def _is_settled(self) -> bool:
        if (await self.loaded()).deliveries_waiting:
            return False
        # In this order: what an effect taught is recorded by a later activity, which a workflow task asks for.
        if not await idle(self.handle):
            return False
        wake_at = await self.place.pool.fetchval("SELECT wake_at FROM mediation WHERE id = $1", self.id)
        return wake_at is None or wake_at > await self.now()

    @cached_property
    def _skipper(self) -> TimeSkipper:
        return TimeSkipper(self.place.client, config=TimeSkippingConfig(enabled=False))

    # -- looking -----------------------------------------------------------------------------------------------

    async def loaded(self) -> journal.Loaded:
        """The mediation as the journal has it."""
        loaded = await journal.load(self.place.pool, self.id)
        assert loaded is not None
        return loaded

    async def state(self) -> Mediation:
        """How the mediation stands."""
        return (await self.loaded()).state

    async def open(self) -> list[TaskKind]:
        """The kinds of the open tasks."""
        return [task.kind for task in (await self.state()).tasks]

    async def task(self, kind: TaskKind) -> Task:
        """The open task of this kind, once it can be answered."""
        await self._opened(kind)
        task = (await self.state()).open_of(kind)
        assert task is not None
        return task

    async def _opened(self, kind: TaskKind) -> str:
        found: str | None = None

        async def opened() -> bool:
            nonlocal found
            found = await self.place.pool.fetchval(OPEN, self.id, kind)
            return found is not None

        await self._until(opened, lambda: f"{kind} does not open in {self.id}")
        assert found is not None
        return found

    async def happened(self) -> list[str]:
        """The kinds of all events so far."""
        entries = await journal.entries(self.place.pool, self.id)
        return [event.type for entry in entries for event in entry.events]

    async def history(self) -> WorkflowHistory:
        """What Temporal has of it."""
        return await self.handle.fetch_history()

    async def ended(self) -> MediationRecord:
        """Wait until the workflow is done; its record is what the journal says."""
        record = await asyncio.wait_for(self.handle.result(), self.place.patience)
        loaded = await self.loaded()
        assert (record.mediation, record.outcome) == (self.id, loaded.state.outcome)
        assert (record.events, record.commands, record.head) == (loaded.state.sequence, loaded.commands, loaded.head)
        assert loaded.deliveries_waiting == 0
        return record

    async def _until(self, holds: Callable[[], Awaitable[bool]], otherwise: Callable[[], str]) -> None:
        try:
            await eventually(holds, otherwise, self.place.patience, self.place.look_every)
        except TimeoutError as late:
            raise await self._stuck(str(late)) from late

    async def _in_time(self, coming: Awaitable[Answer], otherwise: str) -> Answer:
        """What the server answers, which its client would wait for without end. To let years pass takes longer."""
        try:
            return await asyncio.wait_for(coming, 2 * self.place.patience)
        except (TimeoutError, WorkflowUpdateRPCTimeoutOrCancelledError) as late:
            raise await self._stuck(otherwise) from late

    async def _stuck(self, what: str) -> TimeoutError:
        """An error that tells how the mediation stands."""
        busy = (await self.handle.describe()).raw_description
        underway = [
            f"{one.activity_type.name}, attempt {one.attempt}, {one.last_failure.message}"
            for one in busy.pending_activities
        ]
        if busy.HasField("pending_workflow_task"):
            underway.append(f"a workflow task, attempt {busy.pending_workflow_task.attempt}")
        stands = f"open: {await self.open()}; last: {(await self.happened())[-8:]}"
        return TimeoutError(f"{what}; under way: {underway}; {stands}")

    # -- the ordinary way --------------------------------------------------------------------------------------

    async def ready(self) -> Self:
        """Everything is there."""
        return await self.answer(road.ready())

    async def positive(self) -> Self:
        """The client can live in a home of their own, with support."""
        return await self.answer(road.positive())

    async def assessed(self) -> Self:
        """From the referral, which is made unless it was, to the search for a home."""
        if not self._referred:
            await self.start()
        for step in road.assessed(self.policy):
            await self.answer(step.answer)
        return self

    async def match(self, dwelling: str, why: str | None = None) -> Self:
        """Offer a dwelling of the first corporation, which is listed, and wait until it confirms the offer. `why` tells
        why to this client, in case others who wait for it come first.
        """
        await self.settled()
        note = await self.note(why) if why else None
        await self.answer(road.match(self.parties.corporations[0], dwelling, note))
        await self._opened(TaskKind.ANSWER_OFFER)
        return self

    async def accept(self) -> Self:
        """The client wants it."""
        return await self.answer(road.accepted())

    async def refuse(self, reason: a.RefusalReason = a.RefusalReason.OTHER) -> Self:
        """The client does not want it."""
        note = await self.note("Deze woning past niet bij mij.")
        return await self.answer(a.ClientAnswer(accept=False, reason=reason, note=note))

    async def sign(self) -> Self:
        """The lease, with the day of the keys."""
        return await self.answer(road.signed(self.policy, await self.today()))

    async def plan_support(self) -> Self:
        """The provider has the request, and starts on the day of the keys."""
        await self.received()
        return await self.answer(road.planned(await self.today()))

    async def received(self) -> Self:
        """The provider has what was sent, though its retours go to nobody here."""
        await self.settled()
        while (await self.state()).open_of(TaskKind.AWAIT_RETOUR):
            await self.answer(a.RetourAnswer(way="received"))
        return self

    async def keys(self) -> Self:
        """The keys are handed over on their day."""
        await self._opened(TaskKind.HAND_OVER_KEYS)
        keys_on = (await self.state()).lease.keys_on
        assert keys_on is not None
        await self.on(keys_on)
        return await self.answer(a.KeysAnswer(on=keys_on))

    async def start_support(self) -> Self:
        """Support starts today."""
        return await self.answer(a.StartAnswer(started_on=await self.today()))

    async def moved(self) -> Self:
        """From the answer to the offer to a client at home, with support."""
        await self.accept()
        await self.settled()
        await self.sign()
        await self.plan_support()
        await self.keys()
        return await self.start_support()

    async def housed(self) -> Self:
        """From the answer to the offer to the day of the call."""
        await self.moved()
        return await self.call_day()

    async def call_day(self) -> Self:
        """Let time pass until the day of the call."""
        return await self.on(self.policy.calendar.today((await self.task(TaskKind.FOLLOW_UP_CALL)).due))

    async def call(self, result: a.CallResult = a.CallResult.FINE) -> Self:
        """The client was reached."""
        return await self.answer(road.called(result))

    async def heard(self, result: a.HearingResult = a.HearingResult.STANDS, note: str | None = None) -> Self:
        """The client is heard today, and this comes of what was meant."""
        await self.settled()
        note = note or await self.note("Wij hebben gehoord wat u vindt.")
        return await self.answer(road.heard(await self.today(), result, note))

    async def objects(self) -> Self:
        """The client objects to the decision with which it ended."""
        note = await self.note("De cliënt is het niet eens met het besluit.")
        return await self.do(c.FileObjection(by=self.institution, against=c.Disputed.END, note=note))

    async def term_over(self) -> MediationRecord:
        """Wait until nobody can object to its end any more."""
        await self.settled()
        assert (await self.handle.describe()).status is WorkflowExecutionStatus.RUNNING
        await self._skipper.fast_forward(self.handle)
        return await self.ended()


async def idle(handle: WorkflowHandle[Any, Any]) -> bool:
    """Whether the workflow has nothing under way: it waits for a command or a moment, or it is done."""
    underway = (await handle.describe()).raw_description
    return not underway.pending_activities and not underway.HasField("pending_workflow_task")


async def eventually(
    holds: Callable[[], Awaitable[bool]],
    otherwise: Callable[[], str] = lambda: "does not come about",
    within: float = PATIENCE,
    every: float = 0.02,
) -> None:
    """Wait until this holds, in seconds. Raises TimeoutError."""
    deadline = asyncio.get_running_loop().time() + within
    while not await holds():
        if asyncio.get_running_loop().time() > deadline:
            raise TimeoutError(otherwise())
        await asyncio.sleep(every)
