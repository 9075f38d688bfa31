"""A drill: everything is killed, PostgreSQL is put back to one moment and Temporal to another, and nothing is lost.

Every acknowledged key is counted from outside. After the commands of the runbook each is sent again: it must be
answered word for word as before, stand in the journal once, and no partner may have done anything twice. Then the
reverse: an older Temporal beside a whole journal, and a Temporal that knows nothing.
"""

import asyncio
import json
import os
import shlex
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic
from typing import Any, NamedTuple

import asyncpg
import httpx

from domain.facts.parties import Role
from runtime.logging import start_logging
from sandbox.backups import TEMPORAL, back_up, copy_temporal
from sandbox.city.bsn import test_number
from sandbox.data_directory import DataDirectory, Ports
from sandbox.driven.journey import eventually
from sandbox.ledgers import ledger_of
from sandbox.stack import Stack
from sandbox.up import organisations

RUNBOOK = (
    "mediation restore DIR --to MOMENT --over --data DATA",
    "mediation check --histories --data DATA",
    "mediation refill --all --data DATA",
    "mediation repair --all --data DATA",
    "mediation check --histories --data DATA",
)
"""What is typed after the API and the workers were stopped, as docs/operations.md has it."""
AT_ONCE, PATIENCE = 4, 120.0
REFERRAL = {
    "municipality": "almere",
    "institution": "kwintes-beschermd-wonen",
    "careProvider": "kwintes",
    "district": "stad-centrum",
    "targetGroup": "sheltered_living",
    "householdSize": 1,
    "needs": {"rooms": 1, "rentLimitCents": 65_000},
    "documents": ["consent", "identity", "address_history", "income_statement", "readiness_statement"],
}
Json = dict[str, Any]


class Acknowledged(NamedTuple):
    """A request that was answered with success, and the answer."""

    role: Role
    organisation: str
    path: str
    body: Json
    answer: str


class Round(NamedTuple):
    """What came of one round of the drill."""

    name: str
    seconds: float
    """From the first command of the runbook until the API is ready: the recovery time."""
    acknowledged: int
    lost: int
    """Acknowledged, and not answered as before."""
    twice: int
    """Commands that stand in the journal more than once, or effects that a partner carried out twice."""
    left: bool
    """Whether the last check found something."""

    @property
    def sound(self) -> bool:
        """Whether nothing was lost or doubled."""
        return not (self.lost or self.twice or self.left)


class Drill:
    """An installation, and everything that it has acknowledged."""

    def __init__(self, folder: Path, runbook: Sequence[str]) -> None:
        self.runbook = runbook
        self.directory = DataDirectory(folder / "data", Ports.any_free())
        self.backups = folder / "backups"
        self.said: dict[str, Acknowledged] = {}
        self.typed: list[str] = []

    @asynccontextmanager
    async def up(self) -> AsyncIterator[Stack]:
        """Everything runs, and the API is ready."""
        stack = Stack(self.directory)
        async with stack.running(organisations), self._http() as http:
            deadline = monotonic() + PATIENCE
            while (await http.get("/readyz")).status_code != httpx.codes.OK:
                if monotonic() > deadline:
                    raise TimeoutError("the API is not ready")
                await asyncio.sleep(0.1)
            yield stack

    def _http(self) -> httpx.AsyncClient:
        ports = self.directory.ports
        return httpx.AsyncClient(base_url=ports.url(ports.api), timeout=30, trust_env=False)

    async def ask(self, key: str, one: Acknowledged) -> str | None:
        """Send a request under its key until it is answered; return the answer, None where it is refused."""
        token = self.directory.issuer.issue(one.role, one.organisation, "drill")
        headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": key}
        deadline = monotonic() + PATIENCE
        async with self._http() as http:
            while True:
                response = await http.post(one.path, json=one.body, headers=headers)
                if response.status_code < httpx.codes.INTERNAL_SERVER_ERROR and response.status_code != 429:
                    return response.text if response.is_success else None
                if monotonic() > deadline:
                    return None
                await asyncio.sleep(0.2)

    async def refer(self, numbers: range) -> None:
        """Refer so many clients, and say of each that they are ready: the team is asked by its system."""
        await _beside([lambda n=n: self._refer(n) for n in numbers])  # type: ignore[misc]

    async def _refer(self, number: int) -> None:
        guide = {"name": "Bram Begeleider", "mail": "bram@guide.example"}
        person = {
            "bsn": test_number(0, number),
            "name": f"Testpersoon {number}",
            "bornOn": "1990-01-01",
            "guide": guide,
        }
        path, body = "/v1/mediations", REFERRAL | {"person": person | {"guide": guide}}
        started = await self._acknowledged(f"refer-{number}", Role.INSTITUTION, "kwintes-beschermd-wonen", path, body)
        mediation = json.loads(started)
        task = next(one["id"] for one in mediation["tasks"] if one["kind"] == "check_readiness")
        answer = {"kind": "check_readiness", "result": "ready"}
        path = f"/v1/mediations/{mediation['id']}/tasks/{task}/answer"
        await self._acknowledged(f"ready-{number}", Role.COORDINATOR, "almere", path, answer)

    @property
    def mediations(self) -> list[str]:
        """Those that were referred."""
        return [json.loads(one.answer)["id"] for key, one in self.said.items() if key.startswith("refer-")]

    async def note(self, numbers: range, word: str) -> None:
        """Add a note to each of these mediations."""
        await _beside([lambda n=n: self._note(n, word) for n in numbers])  # type: ignore[misc]

    async def _note(self, number: int, word: str) -> None:
        mediation = json.loads(self.said[f"refer-{number}"].answer)["id"]
        body = {"type": "add_note", "note": f"{word} {number}"}
        path = f"/v1/mediations/{mediation}/commands"
        await self._acknowledged(f"{word}-{number}", Role.COORDINATOR, "almere", path, body)

    async def _acknowledged(self, key: str, role: Role, organisation: str, path: str, body: Json) -> str:
        asked = Acknowledged(role, organisation, path, body, "")
        answer = await self.ask(key, asked)
        if answer is None:
            raise RuntimeError(f"{key} was not taken")
        self.said[key] = asked._replace(answer=answer)
        return answer

    async def settled(self, stack: Stack) -> None:
        """Wait until everything is delivered."""
        connection = await asyncpg.connect(stack.postgres.url)
        waiting = "SELECT count(*) FROM effect WHERE result IS NULL"

        async def done() -> bool:
            return not await connection.fetchval(waiting)

        await eventually(done, lambda: "not delivered", PATIENCE, 0.2)
        await connection.close()

    async def archived(self, stack: Stack) -> None:
        """Wait until the log so far is archived. By itself that takes a minute at most."""
        connection = await asyncpg.connect(stack.postgres.url)
        segment = await connection.fetchval("SELECT pg_walfile_name(pg_switch_wal())")

        async def done() -> bool:
            return bool(await connection.fetchval("SELECT last_archived_wal >= $1 FROM pg_stat_archiver", segment))

        await eventually(done, lambda: "not archived", PATIENCE, 0.2)
        await connection.close()

    async def type(self, line: str, moment: datetime) -> int:
        """Type a command of the runbook; return its exit code."""
        places = {"DIR": str(self.backups), "DATA": str(self.directory.data), "MOMENT": moment.isoformat()}
        program, *words = [places.get(word, word) for word in shlex.split(line)]
        if program != "mediation":
            raise ValueError(line)
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "cli", *words),
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            env={**os.environ, "NO_COLOR": "1"},
        )
        said, _ = await process.communicate()
        self.typed.append(f"$ {line}\n{said.decode()}")
        return process.returncode or 0

    async def counted(self, name: str, began: float, stack: Stack, *, left: bool) -> Round:
        """Send every acknowledged key again, and count."""
        seconds = monotonic() - began
        again = await _beside([lambda k=k, o=o: self.ask(k, o) for k, o in self.said.items()])  # type: ignore[misc]
        lost = [key for key, answer in zip(self.said, again, strict=True) if answer != self.said[key].answer]
        await self.settled(stack)
        connection = await asyncpg.connect(stack.postgres.url)
        row = "SELECT type, document::text FROM command WHERE type IN ('AddNote', 'StartMediation') AND NOT refused"
        given = await connection.fetch(row)
        await connection.close()
        twice = max(0, len(given) - sum(not key.startswith("ready-") for key in self.said))
        async with httpx.AsyncClient(trust_env=False) as http:
            systems = stack.reference_systems()
            twice += sum([len((await ledger_of(http, name, url)).doubled) for name, url in systems.items()])
        for key in lost[:5]:
            self.typed.append(f"lost: {key}")
        return Round(name, seconds, len(self.said), len(lost), twice, left)


async def drill(folder: Path, mediations: int, runbook: Sequence[str] = RUNBOOK) -> tuple[list[Round], list[str]]:
    """Make the drill in an empty folder; return its rounds, and what was typed with what it said."""
    drill = Drill(folder, runbook)
    half, more = mediations // 2, max(1, mediations // 10)
    temporal = drill.directory.data / "temporal" / TEMPORAL
    older = folder / "older-temporal.db"
    async with drill.up() as stack:
        await drill.refer(range(mediations))
        await drill.settled(stack)
        await back_up(drill.directory.data, stack.postgres.url, drill.backups)
        await drill.note(range(half), "first")
        moment = datetime.now(UTC)
        await asyncio.sleep(0.05)
        await drill.note(range(half, mediations), "second")
        await drill.refer(range(mediations, mediations + more))
        await drill.settled(stack)
        await drill.archived(stack)
        copy_temporal(temporal, older)
        stack.postgres.child.kill()  # without a word: what is not in the archive is with the old directory
    rounds = [await _restored(drill, moment)]
    rounds.append(await _older_temporal(drill, temporal, older, mediations, moment))
    rounds.append(await _no_temporal(drill, temporal))
    return rounds, drill.typed


async def _restored(drill: Drill, moment: datetime) -> Round:
    """PostgreSQL is put back to a moment; Temporal has all that came after."""
    began, codes = monotonic(), []
    for line in drill.runbook:
        codes.append(await drill.type(line, moment))
    async with drill.up() as stack:
        return await drill.counted("PostgreSQL put back", began, stack, left=codes[-1] != 0 or codes[1] == 0)


async def _older_temporal(drill: Drill, temporal: Path, older: Path, mediations: int, moment: datetime) -> Round:
    """Temporal is put back to an earlier moment; the journal has all that came after."""
    async with drill.up() as stack:
        await drill.note(range(mediations), "third")
        await drill.settled(stack)
    _replaced(temporal, older)
    began = monotonic()
    found = await drill.type(drill.runbook[1], moment)
    await drill.type(drill.runbook[3], moment)
    left = await drill.type(drill.runbook[4], moment)
    async with drill.up() as stack:
        return await drill.counted("Temporal put back", began, stack, left=left != 0 or found == 0)


async def _no_temporal(drill: Drill, temporal: Path) -> Round:
    """Temporal has lost everything: the worker begins again by itself."""
    _replaced(temporal, None)
    began = monotonic()
    async with drill.up() as stack:
        counted = await drill.counted("Temporal empty", began, stack, left=False)
    left = await drill.type(drill.runbook[4], datetime.now(UTC))
    return counted._replace(left=left != 0)


def _replaced(temporal: Path, by: Path | None) -> None:
    for file in temporal.parent.glob(f"{TEMPORAL}*"):
        file.unlink()
    if by:
        temporal.write_bytes(by.read_bytes())


async def _beside(calls: Sequence[Callable[[], Awaitable[Any]]]) -> list[Any]:
    """Do several things, a few at once."""
    gate = asyncio.Semaphore(AT_ONCE)

    async def one(call: Callable[[], Awaitable[Any]]) -> Any:
        async with gate:
            return await call()

    return list(await asyncio.gather(*map(one, calls)))


def told(rounds: Sequence[Round]) -> str:
    """Return the figures in words."""
    return "\n".join(
        f"{one.name}: RTO {one.seconds:.0f} s; {one.acknowledged} keys acknowledged, {one.lost} lost, {one.twice} twice"
        f"{'' if not one.left else '; the check is not content'}"
        for one in rounds
    )


def measure(folder: Path, mediations: int) -> bool:
    """Make the drill and print it; return whether nothing was lost or doubled."""
    start_logging("ERROR", "console")
    rounds, typed = asyncio.run(drill(folder, mediations))
    print("\n".join(typed))
    print(told(rounds))
    print(f"RPO 0: what the archive lacks was refilled; {mediations} mediations")
    return all(one.sound for one in rounds)
