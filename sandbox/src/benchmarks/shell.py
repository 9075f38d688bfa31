"""Mediations against a bare workflow: as many updates, activities and timers, on the same server, in one run.

A mediation here goes from referral to a signed lease and planned keys, then the client withdraws: that is as far as one
can come without waiting for a day to pass. Everything in it is real: PostgreSQL, the partners' systems, mail.
"""

import asyncio
import os
import tempfile
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from time import monotonic
from typing import Any

import httpx
from temporalio.api.enums.v1 import EventType
from temporalio.client import Client, WorkflowHandle
from temporalio.worker import Worker

from benchmarks.bare import QUEUE, BareWorkflow, Load, nothing
from domain.exchange.policy_file import parse_policy
from domain.facts.born import Born
from domain.facts.parties import Parties, Role
from domain.facts.referral import DwellingNeeds
from domain.facts.value import replace as with_changes
from domain.messages.answers import KnownFrom
from domain.messages.commands import Withdraw
from domain.policy.policy import Policy, ReopeningPolicy
from runtime.directory import Organisation
from runtime.plugin import connect
from runtime.policy_files import text_of
from runtime.search_attributes import register
from runtime.settings import Settings
from sandbox.city.organisations import directory, organisations_of
from sandbox.data_directory import DataDirectory, Ports
from sandbox.driven import road
from sandbox.driven.home import home
from sandbox.driven.journey import Journey, Place
from sandbox.stack import PARTNER_ROLES, Stack
from store import database
from store.database import Pool
from store.vault import Person, PersonContact, Vault
from store.vault_secrets import unlock

BY_HAND = "triade-vitree"
"""The provider without a system: its people do everything by hand."""
AT_ONCE = 20
"""How many mediations are under way together."""
LOOK_EVERY = 0.1
"""Seconds between two looks at whether a task is open: to look more often takes from what is measured."""
QUIET = 0.5
"""Processes that may be at work when it begins."""
PARTIES = Parties(
    municipality="almere",
    institution="kwintes-beschermd-wonen",
    district_team="wijkteam-stad-haven",
    care_provider="kwintes",
    corporations=("ymere", "de-alliantie"),
)


async def measure(mediations: int) -> None:
    """Complete so many mediations and so many bare workflows, and print both rates and the events of a history.

    How busy the machine was is printed too: a ratio counts from a machine that had nothing else to do.
    """
    busy = os.getloadavg()[0]
    with tempfile.TemporaryDirectory(prefix="bench-", ignore_cleanup_errors=True) as folder:
        stack = Stack(DataDirectory(Path(folder), Ports.any_free()))
        async with stack.running(organisations, api=False) as settings:
            await release(stack, "ymere", range(mediations))
            client = await connect(settings)
            await register(client)
            async with database.connect(settings.database_url) as pool:
                ours, histories = await _mediations(client, pool, settings, mediations)
            load = _load(histories)
            theirs = await _bare(settings.temporal_address, load, mediations)
    average = sum(histories, Counter[str]())
    print(f"history of one mediation: {average.total() / mediations:.0f} events")
    for name, count in average.most_common():
        print(f"  {count / mediations:7.1f} {name}")
    print(f"bare workflow with {load.updates} updates, {load.activities} activities, {load.timers} timers")
    print(f"{mediations} of each, {AT_ONCE} at once")
    print(f"mediations {ours:.2f}/s, bare {theirs:.2f}/s, ratio {ours / theirs:.2f}")
    quiet = "quiet" if busy < QUIET else f"busy: begin when the load of the last minute is under {QUIET}"
    print(f"load of the machine before: {busy:.2f} ({quiet})")


def organisations(stack: Stack) -> list[Organisation]:
    """Return the organisations of Almere, with their systems on this machine. Here both corporations have one."""
    systems = {role: stack.partner_url(role) for role in PARTNER_ROLES}
    almere = replace(organisations_of("almere", "Almere"), by_hand=frozenset({BY_HAND}))
    return [Organisation.model_validate(entry) for entry in directory([almere], systems)]


async def release(stack: Stack, corporation: str, numbers: Iterable[int]) -> None:
    """Let a corporation release a dwelling for each of these mediations, each in a district of its own."""
    homes = [home(f"E-{n}", district=district_of(f"E-{n}"), releasedOn="2026-01-01") for n in numbers]
    async with httpx.AsyncClient(trust_env=False) as http:
        url = stack.partner_url(Role.CORPORATION)
        (await http.put(f"{url}/{corporation}/dwellings", json=homes)).raise_for_status()


async def _mediations(client: Client, pool: Pool, settings: Settings, count: int) -> tuple[float, list[Counter[str]]]:
    vault = Vault(pool, await unlock(pool, settings.vault_ring))
    place = Place(client, pool, vault, settings.task_queue, LOOK_EVERY)
    # a mediation that can be reopened lives on for weeks: it is the road to the end that is measured
    policy = with_changes(parse_policy(text_of("almere")), reopening=ReopeningPolicy())
    journeys = [journey_of(place, n, policy) for n in range(count)]
    rate = await _rate([partial(run, journey, f"E-{n}") for n, journey in enumerate(journeys)])
    return rate, [await _kinds(journey.handle) for journey in journeys]


async def _bare(address: str, load: Load, count: int) -> float:
    client = await Client.connect(address)
    async with Worker(client, task_queue=QUEUE, workflows=[BareWorkflow], activities=[nothing]):

        async def one(n: int) -> None:
            handle = await client.start_workflow(BareWorkflow.run, load, id=f"bare-{n}", task_queue=QUEUE)
            for _ in range(load.updates):
                await handle.execute_update(BareWorkflow.step)
            await handle.result()

        return await _rate([lambda n=n: one(n) for n in range(count)])  # type: ignore[misc]


async def _rate(runs: Iterable[Callable[[], Awaitable[None]]]) -> float:
    """Return how many of these complete a second."""
    gate = asyncio.Semaphore(AT_ONCE)

    async def one(run: Callable[[], Awaitable[None]]) -> None:
        async with gate:
            await run()

    started = monotonic()
    finished = await asyncio.gather(*map(one, runs))
    return len(finished) / (monotonic() - started)


async def _kinds(handle: WorkflowHandle[Any, Any]) -> Counter[str]:
    history = await handle.fetch_history()
    return Counter(EventType.Name(event.event_type).removeprefix("EVENT_TYPE_") for event in history.events)


def _load(histories: list[Counter[str]]) -> Load:
    def each(name: str) -> int:
        return round(sum(history[name] for history in histories) / len(histories))

    return Load(
        updates=each("WORKFLOW_EXECUTION_UPDATE_ACCEPTED"),
        activities=each("ACTIVITY_TASK_SCHEDULED"),
        timers=each("TIMER_STARTED"),
    )


async def run(journey: Journey, dwelling: str) -> None:
    """Go from referral to planned keys, and withdraw."""
    await refer(journey, dwelling)
    today = journey.policy.calendar.today(datetime.now(UTC))
    for step in road.to_the_keys(journey.policy, today, journey.parties.corporations[0], dwelling):
        await journey.answer(step.answer)
    await journey.do(Withdraw(by=journey.coordinator, source=KnownFrom.CLIENT))
    await journey.handle.result()


async def refer(journey: Journey, dwelling: str) -> None:
    """Refer the client, who wants to live in the district in which this dwelling alone is."""
    await journey.start(needs=DwellingNeeds(rent_limit_cents=70_000, wanted_districts=(district_of(dwelling),)))


def journey_of(place: Place, n: int, policy: Policy, parties: Parties = PARTIES) -> Journey:
    """Return the nth mediation."""
    guide = PersonContact(name="Guide", mail="guide@example.org")
    person = Person(bsn=f"bench{n}", name="Client", born_on=Born(1990, 1, 1), guide=guide)
    return Journey(place, f"m-bench{n:05}", person, parties, policy)


def district_of(dwelling: str) -> str:
    """Return the district of a dwelling, which has no other."""
    return f"district-of-{dwelling.lower()}"
