"""A siege from its first client to its verdict: `python -m benchmarks siege --seed 1 --minutes 5`."""

import asyncio
import pickle
import shutil
import tempfile
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic
from typing import NamedTuple

import httpx

from api.idempotency import command_id
from benchmarks.shell import PARTIES, organisations
from benchmarks.siege import disk, searched
from benchmarks.siege.alarms import alarms_come_and_go
from benchmarks.siege.blows import Besieger
from benchmarks.siege.evidence import Seen, dumped, ledgers_of, rows_of, workflow_of
from benchmarks.siege.invariants import broken, everything_is_delivered, open_mediations_go_on
from benchmarks.siege.notes import Notebook
from benchmarks.siege.people import People
from benchmarks.siege.plan import YET_TO_BE_DEALT, drawn
from domain.exchange.policy_file import parse_policy
from domain.facts.parties import Role
from runtime.ids import Ids
from runtime.plugin import connect
from runtime.policy_files import text_of
from runtime.search_attributes import register
from runtime.settings import Settings
from sandbox.data_directory import DataDirectory, Ports
from sandbox.driven.home import home
from sandbox.embedded.ports import WantedPort
from sandbox.stack import PARTNER_ROLES, Process, Stack
from store.database import connect as connected
from store.vault_secrets import End, unlock

AT_WORK = 5
"""People who have a client each, beside each other."""
HOMES = 90
"""Released dwellings: one page of a corporation's list, so that a list that is read while answers get lost is read."""
ANSWERED_WITHIN = 60.0
"""Seconds in which, when nothing goes wrong any more, everybody must be answered."""
SETTLED_WITHIN = 90.0
"""Seconds in which everything must have come to rest after that."""
EVIDENCE = "evidence.pickle"
"""What is left of what was seen: a Python pickle of `Seen`."""
ATTEMPTS = 3
"""How often a command may have been refused and judged anew under its key."""
PATIENCE = httpx.Timeout(25, connect=2)


class Verdict(NamedTuple):
    """What came of a siege."""

    broken: dict[str, list[str]]
    stuck: list[str]
    mediations: int
    acknowledged: int
    answers: Counter[int]
    blows: Counter[str]
    ended_by_itself: Counter[str]
    calls: int
    alarms: Counter[str]
    real_disk: bool
    disk: Counter[str]
    """What PostgreSQL answered while its disk was full."""
    settled: float
    """Seconds from the end of the last blow until everything had come to rest."""
    seconds: float


def tell_plan(seed: int, minutes: float) -> None:
    """Print what a seed has in store."""
    for blow in drawn(seed, minutes):
        print(blow)
    print(f"not dealt: {'; '.join(YET_TO_BE_DEALT)}", flush=True)


def measure(seed: int, minutes: float, kept: Path | None = None) -> bool:
    """Besiege a city, print what came of it, and tell whether it held."""
    print(f"seed {seed}, {minutes:g} minutes", flush=True)
    tell_plan(seed, minutes)
    verdict = asyncio.run(run(seed, minutes, kept))
    told = ", ".join(f"{name} {count}" for name, count in sorted(verdict.blows.items()))
    print(f"{verdict.mediations} mediations, {verdict.acknowledged} commands acknowledged", end="")
    print(f", {verdict.calls} keys at partners")
    full = f"{'a small file system' if verdict.real_disk else 'a trigger'}, {dict(verdict.disk)}"
    print(f"blows: {told}; full disk: {full}")
    print(f"answers: {dict(sorted(verdict.answers.items()))}; ended by themselves: {dict(verdict.ended_by_itself)}")
    print(f"alarms: {dict(verdict.alarms)}; at rest {verdict.settled:.0f} s after the last blow", end="")
    print(f", {verdict.seconds:.0f} s in all")
    for line in verdict.stuck:
        print(f"  stuck: {line}")
    for name, wrong in verdict.broken.items():
        print(f"BROKEN: {name}")
        for line in wrong:
            print(f"  {line}")
    print(f"BROKEN: {len(verdict.broken)} invariants" if verdict.broken else "held")
    return not verdict.broken


async def run(seed: int, minutes: float, kept: Path | None = None) -> Verdict:
    """Do it; with `kept`, evidence and logs are left in that folder for whoever looks, or breaks them on purpose."""
    began = monotonic()
    with tempfile.TemporaryDirectory(prefix="siege-", ignore_cleanup_errors=True) as folder:
        async with _city(Path(folder)) as (stack, settings, full):
            return await _besieged(stack, settings, full, seed, minutes, began, kept)


@asynccontextmanager
async def _city(folder: Path) -> AsyncIterator[tuple[Stack, Settings, disk.Disk]]:
    stack = Stack(DataDirectory(folder, Ports.any_free()))
    stack.worker = _Worker(stack)
    real = disk.small(folder / "postgres")
    async with stack.running(organisations) as settings:
        full = disk.Disk(folder / "postgres", stack.postgres.url, real=real)
        await full.limit()
        async with httpx.AsyncClient(trust_env=False, timeout=60) as http:
            homes = [home(f"E-{n}", district="stad-centrum", releasedOn="2026-01-01") for n in range(HOMES)]
            url = f"{stack.partner_url(Role.CORPORATION)}/{PARTIES.corporations[0]}/dwellings"
            (await http.put(url, json=homes)).raise_for_status()
        yield stack, settings, full


class _Worker(Process):
    """The worker of a siege. It listens nowhere, so it is taken to be ready as soon as it runs."""

    def __init__(self, stack: Stack) -> None:
        words = (str(stack.begin), "worker", "benchmarks.siege.worker")
        log = stack.directory.data / "worker.log"
        super().__init__("the worker", "sandbox.embedded.early", *words, port=0, option="", log=log)
        self.settings = stack.directory.settings_file

    def wanted_ports(self) -> list[WantedPort]:
        return []

    async def _answers(self) -> bool:
        return True


async def _besieged(
    stack: Stack, settings: Settings, full: disk.Disk, seed: int, minutes: float, began: float, kept: Path | None
) -> Verdict:
    client = await connect(settings)
    await register(client)
    notebook = Notebook(stack.directory.data / "notes.jsonl")
    limits = httpx.Limits(max_keepalive_connections=0)  # what was killed leaves no connection behind
    url = stack.directory.ports.url(stack.directory.ports.api)
    async with httpx.AsyncClient(trust_env=False, base_url=url, timeout=PATIENCE, limits=limits) as http:
        people = People(http, stack.directory.issuer, notebook, parse_policy(text_of("almere")))
        besieger = Besieger(stack, full, client, settings.key_ring, people.mediations, seed)
        for role in PARTNER_ROLES:
            await besieger.unkind(role)
        async with people.at_work(AT_WORK, seed):
            await besieger.deal(drawn(seed, minutes))
            await besieger.kind_again()
            people.until, quiet = monotonic() + ANSWERED_WITHIN, monotonic()
        witness = Witness(stack, settings, people, besieger)
        settled = await witness.settled()
        seen = await witness.seen(again=True)
    if kept:
        await asyncio.to_thread(_keep, kept, seen, stack.directory.data)
    wrong = broken(seen)
    open_ = [
        row["id"] for row in seen.rows["mediation"] if any(row["id"] in one for all_ in wrong.values() for one in all_)
    ]
    return Verdict(
        broken=wrong,
        stuck=[dumped(seen, mediation) for mediation in open_],
        mediations=len(seen.rows["mediation"]),
        acknowledged=sum(note.acknowledged for note in seen.notes),
        answers=notebook.answers,
        blows=Counter(one.kind.value for one in seen.struck),
        ended_by_itself=besieger.ended_by_itself,
        calls=len(seen.calls),
        alarms=Counter(row["kind"] for row in seen.rows["alarm"]),
        real_disk=full.real,
        disk=full.said,
        settled=settled - quiet,
        seconds=monotonic() - began,
    )


def _keep(folder: Path, seen: Seen, data: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / EVIDENCE).write_bytes(pickle.dumps(seen))
    for log in data.rglob("*.log"):
        shutil.copy(log, folder)


class Witness:
    """Looks at everything from outside."""

    def __init__(self, stack: Stack, settings: Settings, people: People, besieger: Besieger) -> None:
        self._stack = stack
        self._settings = settings
        self._people = people
        self._besieger = besieger

    async def settled(self) -> float:
        """Return when everything had come to rest, or nobody waits for that any longer."""
        until = monotonic() + SETTLED_WITHIN
        while monotonic() < until:
            seen = await self.seen(again=False)
            resting = (everything_is_delivered, open_mediations_go_on, alarms_come_and_go)
            if not any(True for invariant in resting for _ in invariant(seen)):
                break
            await asyncio.sleep(2)
        return monotonic()

    async def seen(self, *, again: bool) -> Seen:
        """Look at everything; with `again`, also at what only the end can show: answers once more, and leaks."""
        client, notebook = await connect(self._settings), self._people.notebook
        rows = await rows_of(self._settings.database_url)
        ids_of = await self._ids()
        data = self._stack.directory.data
        calls, offers = ledgers_of(data / f"{role.value}.sqlite" for role in PARTNER_ROLES)
        acknowledged = [note for note in notebook.notes if note.acknowledged]
        ids = [row["id"] for row in rows["mediation"]]
        leaks = await searched.leaks(client, self._settings, data, ids, self._people.marks) if again else searched.NONE
        return Seen(
            now=datetime.now(UTC),
            rows=rows,
            notes=notebook.notes,
            again=await self._asked_again() if again else {},
            commands_of={
                note.key: tuple(command_id(ids_of, note.organisation, note.key, n) for n in range(1, ATTEMPTS + 1))
                for note in acknowledged
            },
            workflows={mediation: await workflow_of(client, mediation) for mediation in ids},
            calls=calls,
            offers=offers,
            struck=self._besieger.struck,
            wrong_answers=notebook.wrong,
            unanswered=[note.key for note in notebook.notes if note.status is None],
            leaks=leaks.found,
            blind=leaks.blind,
        )

    async def _ids(self) -> Ids:
        """By what the API makes the id of a command of a key."""
        async with connected(self._settings.database_url, size=1) as pool:
            secrets = await unlock(pool, self._settings.vault_ring, self._settings.key_ring)
        return Ids(secrets.of[End.IDS])

    async def _asked_again(self) -> dict[str, tuple[int, str]]:
        """Give every acknowledged command once more, under its key."""
        told = {}
        for note in self._people.notebook.notes:
            if note.acknowledged:
                who = (Role(note.role), note.organisation)
                response = await self._people.send("POST", note.path, who, note.body, note.key)
                told[note.key] = (response.status_code, response.text) if response is not None else (0, "")
        return told
