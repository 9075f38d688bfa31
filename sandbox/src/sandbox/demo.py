"""`mediation demo`: a city lives on a virtual clock until every mediation is closed; then everything is checked."""

import asyncio
import json
import shutil
import sys
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from time import monotonic
from typing import TypeAlias

import httpx
from rich.console import Console
from temporalio.client import Client
from temporalio.worker import Worker

from audit.histories import keep
from domain.exchange.policy_file import PolicyInvalid, parse_policy
from domain.facts.parties import Role
from domain.policy.policy import Policy
from runtime import RuntimeFault
from runtime.clock import TimeSource
from runtime.contact_fields import as_dialled, phone_number
from runtime.directory import Organisation
from runtime.histories import InTemporal
from runtime.logging import start_logging
from runtime.metrics import start_metrics
from runtime.plugin import connect
from runtime.policy_files import text_of
from runtime.search_attributes import register
from runtime.settings import PolicySettings, Settings, load
from sandbox import replaying, standing
from sandbox.checks import check
from sandbox.city import City
from sandbox.city.actor import AT_IT, Arrival, Neighbourhood, ResidentLife
from sandbox.city.organisations import directory
from sandbox.city.stories import choose_stories
from sandbox.city.troubles import troubles
from sandbox.data_directory import DataDirectory, free_for_a_city
from sandbox.embedded.directory_lock import usable
from sandbox.embedded.errors import DirectoryUnusable
from sandbox.embedded.temporal import VirtualClock
from sandbox.municipal import MunicipalSystems
from sandbox.progress import Progress
from sandbox.reopened import HISTORIES
from sandbox.stack import PARTNER_ROLES, Stack
from sandbox.story import timeline
from sandbox.summary import Summary, print_summary
from store import database, read_model
from store.database import Pool
from store.read_model import MediationFilter

Serving: TypeAlias = Callable[[Settings, Client, Pool, TimeSource], AbstractAsyncContextManager[None]]
"""Serves the API on a clock."""
QUEUE = "city"
CITY = "a-simulated-city"
"""The file by which a directory is known as one that the next city may have."""
LOOK_EVERY = 0.2
"""Seconds between two looks at how the city does."""
AT_ONCE = 500
"""Dwellings that are released in one request."""
LONGEST = timedelta(days=9 * 365)
"""No city needs longer, in virtual time: somebody is waiting for nothing then. After ten years the server whose clock
runs ahead ends a workflow.
"""
STUCK_AFTER = 120
"""Seconds without anything new after which the city is given up."""


class PolicyWrong(RuntimeFault):
    """The policy of the city is not valid."""


class CityStuck(RuntimeFault):
    """The city did not come to an end."""


class CityUnsound(RuntimeFault):
    """The city came to an end, but a check did not hold."""


async def show(policy: str, cases: int, seed: int, *, as_json: bool, data: Path | None, console: Console) -> None:
    """Let a city live and tell how it went. Raises CityStuck and CityUnsound."""
    started = monotonic()
    start_logging("ERROR", "console")
    start_metrics(None)
    text = text_of(policy, load(PolicySettings).policy_folder)
    rules = _parsed(policy, text)
    opens = opening_day(rules, datetime.now(UTC))
    if not rules.in_force(opens):
        raise PolicyWrong(
            f"The policy of {rules.name} is in force until {rules.valid_to}: nobody can be referred then."
        )
    city = City(rules, seed, cases, opens)
    console.print(f"The city of {city.policy.name}: {cases} people, seed {seed}.", highlight=False)
    with working_directory(data) as directory:
        ports, municipal = free_for_a_city()
        stack = Stack(DataDirectory(directory, ports), virtual=True, municipal=municipal)
        policies = directory / "policies"
        policies.mkdir()
        (policies / f"{rules.municipality}.toml").write_text(text, encoding="utf-8")
        loading = asyncio.create_task(asyncio.to_thread(_load_api))
        async with (
            stack.running(lambda it: organisations(city, it), policies=policies, api=False) as settings,
            database.connect(settings.database_url) as pool,
        ):
            untold = await _live(city, stack, settings, pool, console, await loading)
            if data:
                await keep_histories(await connect(settings), pool, directory / HISTORIES)
            summary = await _checked(city, stack, settings, pool, started, untold)
            await print_summary(console, pool, summary, await _stories(pool, city))
    if as_json:
        sys.stdout.write(f"{json.dumps(summary.as_json())}\n")
    if not summary.sound:
        raise CityUnsound


async def keep_histories(client: Client, pool: Pool, folder: Path) -> None:
    """Keep every history in a file: a Temporal with a virtual clock keeps nothing when it ends."""
    histories = InTemporal(client)
    for mediation in await standing.mediation_ids(pool):
        keep(folder, await histories.of(mediation), mediation)


def _parsed(name: str, text: str) -> Policy:
    try:
        return parse_policy(text)
    except PolicyInvalid as invalid:
        raise PolicyWrong("\n  ".join(map(str, [name, *invalid.problems]))) from None


def opening_day(policy: Policy, now: datetime) -> date:
    """Return the day on which the city opens: the first working day of next year, while the policy is in force.

    The virtual clock cannot go back before the machine's, so this is the one date that a run takes from the machine.
    """
    next_year = date(policy.calendar.today(now).year + 1, 1, 1)
    opens = max(policy.valid_from, next_year)
    if not policy.in_force(opens):
        opens = max(policy.valid_from, policy.calendar.today(now) + timedelta(days=1))
    return policy.calendar.working_day_from(opens)


@contextmanager
def working_directory(data: Path | None) -> Iterator[Path]:
    """Use the directory given, emptied of an earlier city and of nothing else, or one that is thrown away."""
    if data:
        with usable(data):
            strange = data.is_dir() and any(data.iterdir()) and not (data / CITY).exists()
            if strange:
                raise DirectoryUnusable(directory=data, reason="it holds something else than an earlier city")
            if data.is_dir():
                shutil.rmtree(data)
            data.mkdir(parents=True)
            (data / CITY).touch()
        yield data
        return
    with tempfile.TemporaryDirectory(prefix="mediation-", ignore_cleanup_errors=True) as temporary:
        yield Path(temporary)


def organisations(city: City, stack: Stack) -> list[Organisation]:
    """Return the city's organisations, with their systems on this machine."""
    systems = {role: stack.partner_url(role) for role in PARTNER_ROLES}
    return [Organisation.model_validate(entry) for entry in directory([city.organisations], systems)]


def _load_api() -> Serving:
    """Load what serves the API: it takes a second, in which the servers start."""
    from sandbox.virtual_api import serving

    return serving


async def _live(city: City, stack: Stack, settings: Settings, pool: Pool, console: Console, serving: Serving) -> int:
    """Fill the city, let time run, and hold it again when the last mediation is closed and delivered.

    Return how many events the municipality's own systems were not told of.
    """
    client = await connect(settings)
    await register(client)
    clock = stack.clock or VirtualClock(client)
    await clock.hold()
    # To pack an answer for somebody on this machine, and to unpack it, is work for nothing.
    plainly = httpx.AsyncClient(trust_env=False, timeout=30, headers={"Accept-Encoding": "identity"})
    async with plainly as http, serving(settings, client, pool, clock):
        await _release_dwellings(city, stack, settings, http)
        municipal = MunicipalSystems(city.policy.municipality, stack, http)
        await municipal.connect()
        await _make_trouble(city, stack, http)
        neighbourhood = Neighbourhood(city, http, stack.directory.issuer, settings.public_url, stack.partner_url)
        async with _people(stack.temporal.address, neighbourhood) as people:
            for n, resident in enumerate(city.residents):
                arrival = Arrival(resident=n, at=resident.arrives_at)
                await people.start_workflow(
                    ResidentLife.run, arrival, id=f"resident-{n}", task_queue=QUEUE, task_timeout=AT_IT
                )
            await clock.release()
            await asyncio.to_thread(replaying.make_ready, len(city.residents))  # for the replay at the end
            await _until_done(neighbourhood, clock, pool, Progress(console, len(city.residents)))
            untold = await municipal.until_told()
            await clock.hold()
    return untold


@asynccontextmanager
async def _people(address: str, neighbourhood: Neighbourhood) -> AsyncIterator[Client]:
    """The people of the city. They are no part of the engine: their workflows have a client and worker of their own."""
    client = await Client.connect(address)
    async with Worker(
        client,
        task_queue=QUEUE,
        workflows=[ResidentLife],
        activities=[neighbourhood.live],
        max_cached_workflows=10_000,
    ):
        yield client


async def _release_dwellings(city: City, stack: Stack, settings: Settings, http: httpx.AsyncClient) -> None:
    """Fill the corporations' systems. Who has none releases its dwellings here."""
    url = stack.partner_url(Role.CORPORATION)
    for corporation in city.organisations.corporations:
        if corporation.id in city.organisations.by_hand:
            await _release_here(city, stack, f"{settings.public_url}/v1/released-dwellings", corporation.id, http)
            continue
        (await http.put(f"{url}/{corporation.id}/dwellings", json=city.dwellings(corporation.id))).raise_for_status()
        strange = city.strange_units(corporation)
        (await http.put(f"{url}/{corporation.id}/strange-units", json=strange)).raise_for_status()


async def _make_trouble(city: City, stack: Stack, http: httpx.AsyncClient) -> None:
    """Let every system be as systems are."""
    plan, systems = troubles(city), stack.reference_systems()
    for system, faults in plan.items():
        (await http.put(f"{systems[system]}/faults", json=faults)).raise_for_status()


async def _release_here(city: City, stack: Stack, url: str, corporation: str, http: httpx.AsyncClient) -> None:
    """Have the people of a corporation release its dwellings through the API."""
    token = stack.directory.issuer.issue(Role.CORPORATION, corporation, "corporation-1", timedelta(days=365))
    rows = city.releases(corporation)
    for first in range(0, len(rows), AT_ONCE):
        headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": f"{city.seed}-release-{first}"}
        (await http.post(url, headers=headers, json={"rows": rows[first : first + AT_ONCE]})).raise_for_status()


async def _until_done(neighbourhood: Neighbourhood, clock: VirtualClock, pool: Pool, progress: Progress) -> None:
    first: datetime | None = None
    seen, since = None, monotonic()
    with progress:
        while True:
            now, tally = await clock.now(), await standing.tally(pool)
            progress.show(now, tally)
            if neighbourhood.failure:
                raise CityStuck(neighbourhood.failure)
            if neighbourhood.all_done and not tally.effects_waiting:
                return
            if seen != (seen := (tally, neighbourhood.acts)):
                since = monotonic()
            if first is None:
                first = now
            if tally.opened and now - first > LONGEST:
                raise CityStuck(f"it is {now:%d %b %Y} there, and {tally.opened - tally.closed} mediations are open")
            if monotonic() - since > STUCK_AFTER:
                raise CityStuck(f"nothing happened for {STUCK_AFTER} seconds; it is {now:%d %b %Y} there")
            await asyncio.sleep(LOOK_EVERY)


async def _checked(city: City, stack: Stack, settings: Settings, pool: Pool, started: float, untold: int) -> Summary:
    data = stack.directory.data
    span = await standing.span(pool)
    logs = [file for file in data.rglob("*.log") if file.is_file()]
    client, systems = await connect(settings), stack.reference_systems()
    checks = await check(city, pool, client, settings.key_ring, _marks(city), logs, stack.mail.mailbox, systems, untold)
    return Summary(
        policy=city.policy.id,
        seed=city.seed,
        cases=len(city.residents),
        tally=await standing.tally(pool),
        stages=await standing.stages_entered(pool),
        virtual_days=(span[1] - span[0]).days if span else 0,
        wall_seconds=monotonic() - started,
        checks=checks,
    )


def _marks(city: City) -> Iterator[str]:
    """Name everything that tells who somebody is. Every note that people write names one of them."""
    for resident in city.residents:
        yield resident.bsn
        for person in (resident.person, resident.guide):
            kept = phone_number(person.phone)
            yield from (str(person.name), person.mail, person.phone, kept, as_dialled(kept))


async def _stories(pool: Pool, city: City) -> list[tuple[str, list[str]]]:
    """Tell one mediation that went well and one that did not."""
    told = [
        {"id": line.id, "outcome": line.outcome, "events": await read_model.journal_of(pool, line.id)}
        for line in await read_model.list_mediations(pool, MediationFilter(), limit=10_000)
    ]
    names = {one.id: one.name for one in city.organisations.all()}
    titles = ("One that went well", "One that did not go by itself")
    return [
        (f"{title}: {story['id']}", timeline(story["events"], names, city.policy.calendar.timezone, city.policy.groups))
        for title, story in zip(titles, choose_stories(told), strict=True)
        if story
    ]
