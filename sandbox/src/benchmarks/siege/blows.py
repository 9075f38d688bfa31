"""The blows of a siege as they are dealt, and what was standing at each moment."""

import asyncio
import os
import signal
from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from random import Random
from time import monotonic

import httpx
from temporalio.client import Client, WorkflowExecutionStatus
from temporalio.service import RPCError

from benchmarks.siege import strangers
from benchmarks.siege.disk import Disk
from benchmarks.siege.pace import BUILD
from benchmarks.siege.plan import PARTNERS, Blow, Kind
from benchmarks.siege.processes import signalled
from domain.facts.parties import Role
from runtime.keys import KeyRing
from sandbox.embedded.server import Server
from sandbox.stack import Stack


@dataclass
class Struck:
    """A blow that fell, and until when it lasted."""

    kind: Kind
    victim: str
    began: datetime
    ended: datetime | None = None
    mediation: str = ""


class Besieger:
    """Deals the blows of a plan to a stack."""

    def __init__(
        self, stack: Stack, disk: Disk, client: Client, ring: KeyRing, mediations: list[str], seed: int
    ) -> None:
        self._stack = stack
        self._disk = disk
        self._client = client
        self._ring = ring
        self._mediations = mediations
        self._seed = seed
        self._servers: Mapping[str, Server] = {
            "worker": stack.worker,
            "api": stack.api,
            "temporal": stack.temporal,
            "postgres": stack.postgres,
            "mail": stack.mail,
            **{role.value: server for role, server in stack.partners.items()},
        }
        self._one_at_a_time: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._hands: Mapping[Kind, Callable[[Blow, Struck], Awaitable[None]]] = {
            Kind.KILL: self._kill,
            Kind.PAUSE: self._pause,
            Kind.RESTART: self._restart,
            Kind.STRANGER: self._strangers,
            Kind.TERMINATE: self._terminate,
            Kind.OTHER_BUILD: self._other_build,
            Kind.DISK_FULL: self._fill,
            Kind.AWAY: self._kill,
        }
        self.ended_by_itself: Counter[str] = Counter()
        self.struck: list[Struck] = []
        """What fell, in the order in which it began."""

    async def deal(self, plan: list[Blow]) -> None:
        """Deal every blow at its moment, and return when all that was struck stands again."""
        began, keeping = monotonic(), asyncio.create_task(self._keep())
        async with asyncio.TaskGroup() as group:
            for blow in plan:
                await asyncio.sleep(max(0.0, began + blow.at - monotonic()))
                group.create_task(self._fall(blow))
        keeping.cancel()
        await asyncio.gather(keeping, return_exceptions=True)
        await self._look_round()

    async def _fall(self, blow: Blow) -> None:
        """Let one blow fall. What is struck already is struck again only when it stands."""
        async with self._one_at_a_time[blow.victim if blow.victim in self._servers else ""]:
            struck = Struck(blow.kind, blow.victim, datetime.now(UTC))
            self.struck.append(struck)
            try:
                await self._hands[blow.kind](blow, struck)
            finally:
                struck.ended = datetime.now(UTC)

    async def unkind(self, role: Role) -> None:
        """Have the systems of these partners lose answers, fail and forget, as drawn from the seed.

        They forget this when they are started again.
        """
        by = {"seed": self._seed}
        faults = [
            {"fault": "lost_answer", "probability": 0.1, **by},
            {"fault": "unavailable", "probability": 0.08, "seconds": 1, **by},
            {"fault": "server_error", "probability": 0.05, **by},
            {"fault": "wrong_schema", "probability": 0.02, **by},
            {"fault": "slow", "probability": 0.1, "seconds": 1.0, **by},
        ]
        if role is Role.DISTRICT_TEAM:
            faults.append({"fault": "forgotten", **by})
        async with httpx.AsyncClient(trust_env=False) as http:
            (await http.put(f"{self._stack.partner_url(role)}/faults", json=faults)).raise_for_status()

    async def kind_again(self) -> None:
        """End what goes wrong at partners."""
        async with httpx.AsyncClient(trust_env=False) as http:
            for name in PARTNERS:
                (await http.delete(f"{self._stack.partner_url(Role(name))}/faults")).raise_for_status()

    # -- the hands -----------------------------------------------------------------------------------------------------

    async def _kill(self, blow: Blow, _: Struck) -> None:
        signalled(self._servers[blow.victim].child.pid, signal.SIGKILL)
        await asyncio.sleep(blow.seconds)
        await self._start_again(blow.victim)

    async def _pause(self, blow: Blow, _: Struck) -> None:
        pid = self._servers[blow.victim].child.pid
        signalled(pid, signal.SIGSTOP)
        try:
            await asyncio.sleep(blow.seconds)
        finally:
            signalled(pid, signal.SIGCONT)

    async def _restart(self, blow: Blow, _: Struck) -> None:
        await self._start_again(blow.victim)

    async def _strangers(self, blow: Blow, struck: Struck) -> None:
        if self._mediations:
            chance = Random(blow.draw)
            struck.mediation = chance.choice(self._mediations)
            await strangers.send(self._client, struck.mediation, chance, self._ring)

    async def _terminate(self, blow: Blow, struck: Struck) -> None:
        running = [one for one in self._mediations if await self._runs(one)]
        if not running:
            return
        chosen = Random(blow.draw).choice(running)
        with suppress(RPCError):
            await self._client.get_workflow_handle(chosen).terminate("by a siege")
            struck.mediation, struck.began = chosen, datetime.now(UTC)

    async def _runs(self, mediation: str) -> bool:
        with suppress(RPCError):
            described = await self._client.get_workflow_handle(mediation).describe()
            return described.status is WorkflowExecutionStatus.RUNNING
        return False

    async def _other_build(self, blow: Blow, _: Struck) -> None:
        os.environ[BUILD] = "another-build"
        try:
            await self._start_again("worker")
            await asyncio.sleep(blow.seconds)
        finally:
            os.environ.pop(BUILD)
            await self._start_again("worker")

    async def _fill(self, blow: Blow, _: Struck) -> None:
        await self._disk.fill()
        try:
            await asyncio.sleep(blow.seconds)
        finally:
            await self._disk.empty()

    async def _start_again(self, name: str) -> None:
        await self._servers[name].start_again(0.5)
        if name in PARTNERS:
            await self.unkind(Role(name))

    async def _keep(self) -> None:
        while True:
            await self._look_round()
            await asyncio.sleep(0.5)

    async def _look_round(self) -> None:
        """Start what ended by itself, as a supervisor does."""
        for name, server in self._servers.items():
            lock = self._one_at_a_time[name]
            if lock.locked() or server.child.running:
                continue
            async with lock:
                self.ended_by_itself[name] += 1
                await self._start_again(name)
