"""`mediation up` as its user has it: a child process on free ports, and people who send requests to it."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic
from typing import Any, NamedTuple

import httpx
from temporalio.client import Client

from domain.facts.calendar import Calendar
from domain.facts.parties import Role
from runtime.local_issuer import LocalIssuer
from runtime.settings import Settings, load_settings
from sandbox.data_directory import Ports
from sandbox.driven import road
from sandbox.driven.home import home
from sandbox.driven.journey import eventually, idle
from sandbox.embedded.mailbox import Mailbox
from sandbox.embedded.process import Child, Program
from tests.domain.case import policy_of

Json = dict[str, Any]
Who = tuple[str, str]
COORDINATOR: Who = ("coordinator", "almere")
INSTITUTION: Who = ("institution", "kwintes-beschermd-wonen")
TEAM: Who = ("district_team", "wijkteam-stad-haven")
CORPORATION: Who = ("corporation", "ymere")
PROVIDER: Who = ("care_provider", "kwintes")
WHO = {Role(who[0]): who for who in (COORDINATOR, INSTITUTION, TEAM, CORPORATION, PROVIDER)}
PATIENCE = 150.0
"""Seconds within which a command must be acknowledged, whatever is killed: Temporal notices a lost attempt in 60."""
DISTRICT = "stad-centrum"
DOCUMENTS = ["consent", "identity", "address_history", "income_statement", "readiness_statement"]


class Up:
    """One installation in a data directory; it may be ended and started again."""

    def __init__(self, folder: Path) -> None:
        self.data = folder / "data"
        self.log = folder / "up.log"
        self.ports = Ports.any_free()
        self.child: Child | None = None
        self.http = httpx.AsyncClient(base_url=self.ports.url(self.ports.api), timeout=30, trust_env=False)

    @property
    def settings(self) -> Settings:
        return load_settings(self.data / "settings.env")

    @property
    def owner_url(self) -> str:
        """Where its database is, under the login that owns it."""
        owner = self.settings.owner_url
        assert owner is not None
        return owner.get_secret_value()

    @property
    def mailbox(self) -> Mailbox:
        return Mailbox(self.data / "mail" / "mails")

    @property
    def pid(self) -> int:
        assert self.child is not None
        return self.child.pid

    async def start(self) -> None:
        """Start it, and return when it answers."""
        self.child = await Child.start(Program("up", command_of(self.data, self.ports), self.log))
        await self.child.ready(self._ready, within=60)

    async def _ready(self) -> bool:
        try:
            return (await self.http.get("/readyz")).status_code == 200
        except httpx.HTTPError:
            return False

    async def end(self, number: signal.Signals) -> int:
        """Send a signal, and return the exit code."""
        os.kill(self.pid, number)
        assert self.child is not None
        return await asyncio.wait_for(self.child.exited(), 60)

    def kill(self, word: str) -> None:
        """kill -9 of the child process whose command line has this word, with what it started."""
        [pid] = [pid for pid in children_of(self.pid) if word in command_line(pid)]
        for each in (pid, *descendants_of(pid)):
            os.kill(each, signal.SIGKILL)

    # -- requests ----------------------------------------------------------------------------------------------

    def headers(self, who: Who, key: str | None = None) -> dict[str, str]:
        """The headers of a request by somebody of an organisation."""
        token = LocalIssuer(self.data / "token-key.json").issue(*who, subject="somebody")
        return {"Authorization": f"Bearer {token}"} | ({"Idempotency-Key": key} if key else {})

    async def read(self, who: Who, path: str) -> Json:
        """Read something as soon as it can be read."""
        deadline = monotonic() + PATIENCE
        while True:
            try:
                response = await self.http.get(path, headers=self.headers(who))
                if response.status_code == 200:
                    found: Json = response.json()
                    return found
                told = response.text
            except httpx.HTTPError as error:
                told = repr(error)
            assert monotonic() < deadline, f"{path}: {told}"
            await asyncio.sleep(0.1)

    async def command(self, who: Who, path: str, body: Json, key: str) -> httpx.Response:
        """Give a command, again and again under its key, until it is acknowledged."""
        deadline = monotonic() + PATIENCE
        while True:
            try:
                response = await self.http.post(path, headers=self.headers(who, key), json=body)
                if response.status_code < 500:
                    assert response.is_success, (path, response.text)
                    return response
                told = response.text
            except httpx.HTTPError as error:
                told = repr(error)
            assert monotonic() < deadline, f"{path}: {told}"
            await asyncio.sleep(0.1)

    async def task(self, mediation: str, kind: str) -> Json:
        """The open task of this kind, once it is there."""
        found: Json = await self.seen(mediation, lambda m: next((t for t in m["tasks"] if t["kind"] == kind), None))
        return found

    async def seen(self, mediation: str, look: Any) -> Any:
        """What is seen in a mediation as soon as it is there."""
        deadline = monotonic() + PATIENCE
        while True:
            state = await self.read(COORDINATOR, f"/v1/mediations/{mediation}")
            if found := look(state):
                return found
            assert monotonic() < deadline, state
            await asyncio.sleep(0.1)

    async def settled(self, client: Client, mediation: str) -> None:
        """Wait until everything is delivered, and what that taught is recorded."""
        await self.seen(mediation, lambda state: not state["deliveriesWaiting"])
        handle = client.get_workflow_handle(mediation)
        await eventually(lambda: idle(handle), lambda: f"{mediation} is still busy")

    async def release(self, *dwellings: str) -> None:
        """Let the corporation release dwellings."""
        url = f"{self.ports.url(self.ports.corporation)}/{CORPORATION[1]}/dwellings"
        async with httpx.AsyncClient(trust_env=False) as http:
            (await http.put(url, json=[home(name, district=DISTRICT) for name in dwellings])).raise_for_status()


@asynccontextmanager
async def installed(folder: Path) -> AsyncIterator[Up]:
    """An installation that is up for as long as the block takes."""
    up = Up(folder)
    await up.start()
    yield up
    assert up.child is not None
    await up.child.stop()
    await up.http.aclose()


class Step(NamedTuple):
    """One command on the way: by whom, answering which kind of task, with what."""

    who: Who
    kind: str
    answer: Json


def steps(dwelling: str) -> list[Step]:
    """The main road from a referral to the day of the keys, which real time does not reach."""
    today = Calendar().today(datetime.now(UTC))
    note = (
        "note-0123456789abcdef"  # as text of the API; several wait for homes beside each other, and one may come first
    )
    way = road.to_the_keys(policy_of("almere"), today, CORPORATION[1], dwelling, note)
    return [Step(WHO[step.by], step.answer.kind, step.body) for step in way]


def referral(person: Json) -> Json:
    """A referral of this person by the institution."""
    return {
        "municipality": "almere",
        "careProvider": PROVIDER[1],
        "district": DISTRICT,
        "person": {"phone": "0612345678", "surname": "Testpersoon", **person},
        "targetGroup": "sheltered_living",
        "householdSize": 1,
        "needs": {"rooms": 2, "rentLimitCents": 65_000},
        "documents": DOCUMENTS,
    }


def command_of(data: Path, ports: Ports) -> list[str]:
    """The command that a user gives."""
    options = [
        part for name, port in ports._asdict().items() for part in (f"--{name.replace('_', '-')}-port", str(port))
    ]
    return [sys.executable, "-m", "cli", "up", "--data", str(data), *options]


def children_of(parent: int) -> list[int]:
    """The processes that this one started and that live."""
    return [pid for pid, owner, state in _processes() if owner == parent and state != "Z"]


def descendants_of(parent: int) -> list[int]:
    """The processes that this one and those it started have started."""
    found = children_of(parent)
    return found + [below for child in found for below in descendants_of(child)]


def alive(pids: list[int]) -> list[int]:
    """Those of these processes that still live."""
    living = {pid for pid, _, state in _processes() if state != "Z"}
    return [pid for pid in pids if pid in living]


async def gone(pids: list[int]) -> None:
    """Return when none of these processes lives."""
    for _ in range(100):
        if not alive(pids):
            return
        await asyncio.sleep(0.1)
    raise AssertionError([command_line(pid) for pid in alive(pids)])


def command_line(pid: int) -> str:
    """How a process was started."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    except OSError:
        return ""


def _processes() -> Iterator[tuple[int, int, str]]:
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                state, owner = (folder / "stat").read_text().rpartition(") ")[2].split()[:2]
            except OSError:
                continue
            yield int(folder.name), int(owner), state
