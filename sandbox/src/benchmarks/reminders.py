"""Reminders over a virtual year while worker, Temporal and mail server are killed: what was sent is what was computed.

Every mediation asks an institution for a document and reminds it every week, until the institution answers or the year
is over. The time of each mediation is skipped; all else is real: PostgreSQL, Temporal on its file, SMTP. What should
have been sent is computed afterwards from the policy and from what people did and when, by the pure rules alone: of
timers, retries and mail it knows nothing.
"""

import asyncio
import hashlib
import os
import tempfile
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, suppress
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random
from time import monotonic
from typing import NamedTuple, TypeVar

from temporalio.client import (
    Client,
    WorkflowHandle,
    WorkflowUpdateRPCTimeoutOrCancelledError,
)
from temporalio.service import RPCError
from temporalio.testing import TimeSkipper, TimeSkippingConfig

from benchmarks.shell import PARTIES
from domain.decide.decide import Decided, decide
from domain.exchange.policy_file import parse_policy
from domain.exchange.record import MediationRecord, Submission
from domain.facts.born import Born
from domain.facts.calendar import Term
from domain.facts.parties import Actor, Role
from domain.facts.referral import Document, DwellingNeeds, Referral
from domain.facts.tasks import TaskKind
from domain.facts.value import replace
from domain.messages import answers as a
from domain.messages.answers import KnownFrom
from domain.messages.commands import AnswerTask, AnyCommand, PassTime, StartMediation, Withdraw
from domain.messages.effects import Letter, SendLetter
from domain.policy.policy import Ladder, Policy, ReopeningPolicy, Step
from runtime.directory import Organisation
from runtime.plugin import connect
from runtime.policy_files import text_of
from runtime.search_attributes import KEYS, register
from runtime.telling import starting
from sandbox.data_directory import DataDirectory, Ports
from sandbox.embedded import ports as network
from sandbox.embedded.errors import EmbeddedServerError
from sandbox.embedded.mailbox import Mailbox
from sandbox.embedded.server import Server
from sandbox.embedded.temporal import TemporalServer
from sandbox.stack import Process, Stack
from store import database, journal
from store.database import Pool
from store.vault import Person, PersonContact, Vault
from store.vault_secrets import unlock
from workflows.mediation import MediationWorkflow

WEEKS = 52
DOMAIN = "example.org"
"""Of the sender in the embedded installation."""
AT_ONCE = 16
"""How many mediations are under way together."""
HASTY = 0.15
"""The share of institutions that answer without waiting until every letter was sent."""
CHASING = frozenset({Letter.TASK_REMINDER, Letter.TASK_ESCALATED})
ZONES = ("Europe/Amsterdam", "Pacific/Auckland", "America/Los_Angeles", "Asia/Kathmandu")
"""Each new worker has a machine with another clock."""
SKIPPING = {"frontend.WorkflowTimeSkippingEnabled": "true", "history.timerProcessorMaxTimeShift": '"10ms"'}
INSTITUTION = Actor(role=Role.INSTITUTION, organisation=PARTIES.of_guide, user="u-bench")
MUNICIPALITY = Actor(role=Role.COORDINATOR, organisation=PARTIES.municipality, user="u-bench")
ENGINE = Actor(role=Role.COORDINATOR, organisation=PARTIES.municipality)
CAUGHT_UP = """
SELECT wake_at > $2 AND NOT EXISTS (SELECT FROM effect e WHERE e.mediation = m.id AND e.result IS NULL)
FROM mediation m WHERE id = $1
"""
AWAY = (RPCError, WorkflowUpdateRPCTimeoutOrCancelledError, RuntimeError, OSError)
T = TypeVar("T")


class Plan(NamedTuple):
    """What the people of one mediation do."""

    number: int
    answers_after: timedelta
    hasty: bool

    @property
    def id(self) -> str:
        """The mediation."""
        return f"m-remind{self.number:05}"


class Figures(NamedTuple):
    """How it went."""

    mediations: int
    computed: int
    """Letters that should have been sent, but for those that their task's end made pointless in time."""
    reminders: int
    """Reminders and escalations among what was sent."""
    lost: list[str]
    doubled: list[str]
    """Message-IDs that nobody computed."""
    after_the_end: list[str]
    """Letters about a task that were sent after its answer was acknowledged."""
    pointless: int
    """Letters that were not sent since their task had been answered."""
    copies: int
    """Letters that the mail server took in a second time and threw away."""
    kills: Counter[str]
    seconds: float

    @property
    def exact(self) -> bool:
        """Whether what was sent is what was computed."""
        return not (self.lost or self.doubled or self.after_the_end)


async def measure(reminders: int, kills: int, seed: int) -> Figures:
    """Send so many reminders under so many kills, and print seed and figures."""
    print(f"seed {seed}: {reminders} reminders, {kills} kills", flush=True)
    figures = await run(reminders, kills, seed)
    print(f"{figures.mediations} mediations over a virtual year in {figures.seconds:.0f} s")
    print(f"killed: {', '.join(f'{name} {count}' for name, count in sorted(figures.kills.items())) or 'nothing'}")
    print(f"letters computed {figures.computed}, of which reminders and escalations {figures.reminders}")
    print(f"lost {len(figures.lost)}, not computed {len(figures.doubled)}, after the end {len(figures.after_the_end)}")
    print(f"not sent since the task had ended {figures.pointless}; second copies at the mail server {figures.copies}")
    print("sent set equals computed set" if figures.exact else "NOT EQUAL")
    return figures


async def run(reminders: int, kills: int, seed: int) -> Figures:
    """Do it, and return how it went."""
    started = monotonic()
    chance = Random(seed)
    with tempfile.TemporaryDirectory(prefix="reminders-", ignore_cleanup_errors=True) as folder:
        stack = _stack(Path(folder))
        async with stack.running(_organisations, api=False) as settings:
            client = await connect(settings)
            await register(client)
            async with database.connect(settings.database_url) as pool:
                vault = Vault(pool, await unlock(pool, settings.vault_ring))
                town = Town(client, pool, vault, settings.task_queue, weekly(parse_policy(text_of("almere"))))
                plans = list(_plans(chance, reminders))
                async with _killing(stack, Random(seed + 1), kills, reminders) as killed:
                    ended = await _all(town, plans, stack.mail.mailbox)
                return await _compared(town, plans, ended, stack.mail.mailbox, killed, monotonic() - started)


def weekly(policy: Policy) -> Policy:
    """Return a policy under which a supplement is reminded of every week for a year, and no end can be undone: a
    mediation that can be reopened lives on for weeks after it was withdrawn.
    """
    steps = tuple(Step.model_validate(f"+{week} weeks") for week in range(1, WEEKS))
    ladder = Ladder(due=_term(f"{WEEKS} weeks"), remind=steps, escalate=(_term("0 days"),), repeat=_term("4 weeks"))
    return replace(policy, tasks={**policy.tasks, TaskKind.SUPPLEMENT: ladder}, reopening=ReopeningPolicy())


def _term(text: str) -> Term:
    return Term.model_validate(text)


def _plans(chance: Random, reminders: int) -> Iterator[Plan]:
    """Draw mediations until they have so many reminders together, besides those of which haste may cut off the last."""
    number = 0
    while reminders > 0:
        days, hasty = chance.choice((chance.uniform(20, 364), 366)), chance.random() < HASTY
        yield Plan(number, timedelta(days=days), hasty)
        reminders -= 0 if hasty else int(days // 7)
        number += 1


# -- the stack, and what kills it ----------------------------------------------------------------------------------


def _stack(folder: Path) -> Stack:
    stack = Stack(DataDirectory(folder, Ports.any_free()))
    ports, data = stack.directory.ports, stack.directory.data
    names = {key.name: "Keyword" for key in KEYS}
    stack.temporal = TemporalServer(data / "temporal", ports.temporal, search_attributes=names, dynamic_config=SKIPPING)
    stack.worker = _Worker(stack)
    return stack


class _Worker(Process):
    """The quick worker. It listens nowhere, so it is taken to be ready as soon as it runs."""

    def __init__(self, stack: Stack) -> None:
        words = (str(stack.begin), "worker", "benchmarks.quick_worker")
        log = stack.directory.data / "worker.log"
        super().__init__("the worker", "sandbox.embedded.early", *words, port=0, option="", log=log)
        self.settings = stack.directory.settings_file

    def wanted_ports(self) -> list[network.WantedPort]:
        return []

    async def _answers(self) -> bool:
        return True


def _organisations(stack: Stack) -> list[Organisation]:
    of = {
        PARTIES.municipality: Role.COORDINATOR,
        PARTIES.of_guide: Role.INSTITUTION,
        PARTIES.district_team: Role.DISTRICT_TEAM,
        PARTIES.care_provider: Role.CARE_PROVIDER,
        **dict.fromkeys(PARTIES.corporations, Role.CORPORATION),
    }
    return [
        Organisation(id=name, role=role, name=name, municipalities=("almere",), mail=f"post@{name}.example")
        for name, role in of.items()
    ]


@asynccontextmanager
async def _killing(stack: Stack, chance: Random, kills: int, reminders: int) -> AsyncIterator[Counter[str]]:
    """Kill something whenever a drawn share of the letters has arrived."""
    killed: Counter[str] = Counter()
    moments = sorted(chance.uniform(0.02, 0.95) * reminders for _ in range(kills))
    killing = asyncio.create_task(_kill(stack, chance, moments, killed))
    try:
        yield killed
    finally:
        killing.cancel()
        with suppress(asyncio.CancelledError):
            await killing


async def _kill(stack: Stack, chance: Random, moments: list[float], killed: Counter[str]) -> None:
    victims: tuple[tuple[str, Server], ...] = (
        ("worker", stack.worker),
        ("Temporal", stack.temporal),
        ("mail server", stack.mail),
    )
    for moment in moments:
        while stack.mail.mailbox.count().received < moment:  # noqa: ASYNC110 - the mailbox tells nobody
            await asyncio.sleep(0.1)
        await asyncio.sleep(chance.uniform(0, 0.5))
        name, server = chance.choice(victims)
        server.child.kill()
        killed[name] += 1
        await asyncio.sleep(chance.uniform(0, 2))
        if name == "worker":
            os.environ["TZ"] = chance.choice(ZONES)
        await _start_again(server)


async def _start_again(server: Server) -> None:
    while True:
        await server.stop()
        try:
            await server.start()
            return
        except EmbeddedServerError:
            await asyncio.sleep(0.5)


# -- what people do --------------------------------------------------------------------------------------------------


class Town:
    """Where the mediations take place."""

    def __init__(self, client: Client, pool: Pool, vault: Vault, queue: str, policy: Policy) -> None:
        self.client = client
        self.pool = pool
        self.queue = queue
        self.vault = vault
        self.policy = policy
        self.skipper = TimeSkipper(client, config=TimeSkippingConfig(enabled=False))

    def handle(self, plan: Plan) -> WorkflowHandle[MediationWorkflow, MediationRecord]:
        """Return the workflow of a mediation."""
        return self.client.get_workflow_handle_for(MediationWorkflow.run, plan.id)


async def _all(town: Town, plans: list[Plan], mailbox: Mailbox) -> dict[str, set[str]]:
    """Live every mediation; return, of each, which mails there were when its answer was acknowledged."""
    gate = asyncio.Semaphore(AT_ONCE)

    async def one(plan: Plan) -> tuple[str, set[str]]:
        async with gate:
            return plan.id, await _live(town, plan, mailbox)

    return dict(await asyncio.gather(*map(one, plans)))


async def _live(town: Town, plan: Plan, mailbox: Mailbox) -> set[str]:
    handle = town.handle(plan)
    await _until_heard(lambda: _refer(town, plan))
    incomplete = a.ReadinessAnswer(result=a.Readiness.INCOMPLETE, missing=(Document.IDENTITY,))
    await _give(handle, "check", AnswerTask(by=MUNICIPALITY, task="check_readiness-1", answer=incomplete))
    opened = await _until_heard(lambda: town.skipper.get_current_time(handle))
    await _skip_to(town, handle, opened + plan.answers_after)
    if not plan.hasty:
        await _caught_up(town, plan, opened + plan.answers_after)
    supplied = a.SupplementAnswer(documents=(Document.IDENTITY,))
    await _give(handle, "supply", AnswerTask(by=INSTITUTION, task="supplement-1", answer=supplied))
    sent = {file.stem for file in mailbox.directory.glob("*.eml")}
    await _give(handle, "end", Withdraw(by=MUNICIPALITY, source=KnownFrom.CLIENT))
    await _until_heard(handle.result)
    return sent


async def _caught_up(town: Town, plan: Plan, moment: datetime) -> None:
    """Return when everything that was due by a moment was decided and delivered."""
    while not await town.pool.fetchval(CAUGHT_UP, plan.id, moment):  # noqa: ASYNC110 - what others do is not announced
        await asyncio.sleep(0.1)


async def _refer(town: Town, plan: Plan) -> None:
    guide = PersonContact(name="Guide", mail="guide@example.org")
    born = date(1990, 1, 1)
    person = Person(
        bsn=f"bench{plan.number}",
        name="Client",
        born_on=Born.on(born),
        mail="client@example.org",
        guide=guide,
        consents_to_mail=born,
    )
    referral = Referral(
        person=await town.vault.put_person(person, "bench"),
        target_group="shelter",
        household_size=1,
        needs=DwellingNeeds(rent_limit_cents=70_000),
        documents=tuple(one for one in Document if one is not Document.IDENTITY),
    )
    command = StartMediation(by=INSTITUTION, mediation=plan.id, referral=referral, parties=PARTIES, policy=town.policy)
    await town.skipper.client.execute_update_with_start_workflow(
        MediationWorkflow.submit,
        Submission(command_id="refer", command=command),
        id="refer",
        start_workflow_operation=starting(command, town.queue),
    )


async def _give(handle: WorkflowHandle[MediationWorkflow, MediationRecord], name: str, command: AnyCommand) -> None:
    submission = Submission(command_id=name, command=command)
    recorded = await _until_heard(lambda: handle.execute_update(MediationWorkflow.submit, submission, id=name))
    assert recorded.refused is None, recorded.refused


async def _skip_to(town: Town, handle: WorkflowHandle[MediationWorkflow, MediationRecord], moment: datetime) -> None:
    """Skip the mediation's time until a moment, going on where a kill left it."""

    async def skip() -> bool:
        now = await town.skipper.get_current_time(handle)
        if now < moment:
            await town.skipper.fast_forward(handle, moment - now)
        return await town.skipper.get_current_time(handle) >= moment

    while not await _until_heard(skip):  # noqa: ASYNC110 - nor is virtual time
        await asyncio.sleep(0.1)


async def _until_heard(ask: Callable[[], Awaitable[T]]) -> T:
    """Ask until there is an answer: whoever was killed in between is started again."""
    while True:
        try:
            async with asyncio.timeout(30):
                return await ask()
        except (*AWAY, TimeoutError):
            await asyncio.sleep(0.3)


def file_name(reference: str) -> str:
    """Return under which name the mailbox keeps a letter."""
    return hashlib.sha256(f"<{reference}@{DOMAIN}>".encode()).hexdigest()[:32]


# -- what should have been sent ------------------------------------------------------------------------------------


async def _compared(
    town: Town, plans: list[Plan], ended: dict[str, set[str]], mailbox: Mailbox, killed: Counter[str], seconds: float
) -> Figures:
    computed: dict[str, SendLetter] = {}
    for plan in plans:
        computed |= _references(await _computed(town, plan))
    arrived = {str(mail["Message-ID"]).strip("<> \r\n").rpartition("@")[0] for mail in mailbox.mails()}
    sent = {one for one in arrived if not one.startswith(f"digest-{PARTIES.municipality}.")}  # on a Monday
    void = {row["key"] for row in await town.pool.fetch("SELECT key FROM effect WHERE result = 'void'")}
    pointless = {reference for reference, letter in computed.items() if letter.key in void} - sent
    after = [
        reference
        for reference in sent & computed.keys()
        if computed[reference].task == "supplement-1" and file_name(reference) not in ended[reference.partition(".")[0]]
    ]
    return Figures(
        mediations=len(plans),
        computed=len(computed) - len(pointless),
        reminders=sum(computed[one].letter in CHASING for one in sent & computed.keys()),
        lost=sorted(computed.keys() - sent - pointless),
        doubled=sorted(sent - computed.keys()),
        after_the_end=after,
        pointless=len(pointless),
        copies=mailbox.count().copies,
        kills=killed,
        seconds=seconds,
    )


async def _computed(town: Town, plan: Plan) -> list[SendLetter]:
    """Compute every letter of a mediation from what people did, time passing as the agenda says and nothing besides.

    Who answers in haste may be before what fell due while everything was down: that is not sent then, so of these
    mediations it is looked up until when time had passed.
    """
    state, wake_at, letters = None, None, list[SendLetter]()
    passed = datetime.min.replace(tzinfo=UTC)
    for entry in await journal.entries(town.pool, plan.id):
        if isinstance(entry.command, PassTime):
            passed = entry.at
            continue
        while wake_at and wake_at <= (passed if plan.hasty else entry.at):
            decided = decide(state, PassTime(by=ENGINE), town.policy, wake_at)
            assert isinstance(decided, Decided)
            state, wake_at = decided.state, decided.wake_at
            letters += [effect for effect in decided.effects if isinstance(effect, SendLetter)]
        decided = decide(state, entry.command, town.policy, entry.at)
        assert isinstance(decided, Decided), decided
        state, wake_at = decided.state, decided.wake_at
        letters += [effect for effect in decided.effects if isinstance(effect, SendLetter)]
    return letters


def _references(letters: list[SendLetter]) -> dict[str, SendLetter]:
    """Return the letters by what the mail server knows them, one for each reader."""
    return {
        f"{letter.key}:{reader}".replace(":", "."): letter
        for letter in letters
        for reader in ((letter.organisation,) if letter.organisation else letter.readers)
    }
