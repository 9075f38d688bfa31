"""The embedded stack: PostgreSQL, Temporal, mail, the partners' systems, the worker and the API, as child processes.

Everything dies with this process and starts again where it was: each server keeps its state in the data directory.
"""

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta
from pathlib import Path

import httpx
import structlog
from temporalio.client import Client

from domain.facts.parties import Role
from runtime.directory import Organisation
from runtime.search_attributes import KEYS
from runtime.settings import SETTINGS_FILE, Settings
from runtime.systems import Iwmo
from sandbox.data_directory import WEBHOOK_SECONDS, DatabaseLogins, DataDirectory, MunicipalPorts
from sandbox.embedded import ports as network
from sandbox.embedded.mail import MailServer
from sandbox.embedded.ports import WantedPort
from sandbox.embedded.postgres import Postgres
from sandbox.embedded.process import Program
from sandbox.embedded.server import Server
from sandbox.embedded.temporal import TemporalServer, VirtualClock, VirtualTemporal
from store import database
from store.vault_secrets import ensure_keys

TOKEN_LASTS = timedelta(days=365)
"""How long a provider's system may send us messages before the next start gives it another token."""
VIRTUAL_WEBHOOK_SECONDS = 28 * 24 * 3600
"""On a virtual clock a look at what is to be told is dear, for years pass in a minute; and at the end all is told."""
CASE_SYSTEM_CLIENT, CASE_SYSTEM_SECRET = "direct-mediation", "the-secret-of-the-reference-case-system"
"""As whom we are known in the reference case system."""
LONGEST_START = 120.0
"""Seconds until a program of ours must answer: meanwhile all that it needs is started and prepared."""
PARTNER_ROLES = (Role.CORPORATION, Role.CARE_PROVIDER, Role.DISTRICT_TEAM)


class Process(Server):
    """One of our own programs in a process of its own, listening on a port."""

    def __init__(self, name: str, module: str, *arguments: str, port: int, log: Path, option: str = "none") -> None:
        super().__init__()
        self.name = name
        self.command = [sys.executable, "-m", module, *arguments]
        self._port = port
        self._option = option
        self._log = log
        self.settings: Path | None = None
        """The settings file it is told of."""

    def wanted_ports(self) -> list[WantedPort]:
        return [WantedPort(self._port, self.name, self._option)]

    async def _program(self) -> Program:
        environment = {**os.environ, SETTINGS_FILE: str(self.settings)} if self.settings else None
        return Program(name=self.name, command=self.command, log=self._log, environment=environment, grace=25)

    async def _answers(self) -> bool:
        return await network.accepts(self._port)

    def _let_go(self) -> None:
        pass


@asynccontextmanager
async def _beside_each_other(servers: Iterable[Server]) -> AsyncIterator[None]:
    """Start servers beside each other, and stop them so, each whatever becomes of the others.

    When one does not start, or we are told to end, all are stopped before we go.
    """
    servers = tuple(servers)
    try:
        try:
            async with asyncio.TaskGroup() as group:
                for server in servers:
                    group.create_task(server.start())
        except BaseExceptionGroup as several:
            raise several.exceptions[0] from None
        yield
    finally:
        stopped = await asyncio.gather(*(server.stop() for server in servers), return_exceptions=True)
        for error in filter(None, stopped):
            raise error


@asynccontextmanager
async def _loading(own: Iterable[Server]) -> AsyncIterator[Callable[[], Awaitable[object]]]:
    """Start programs of ours, which load meanwhile; what is returned waits until they can be used."""
    own = tuple(own)
    starting = [asyncio.create_task(one.start()) for one in own]
    try:
        yield lambda: asyncio.gather(*starting)
    finally:
        for one in starting:
            one.cancel()
        await asyncio.gather(*starting, return_exceptions=True)
        await asyncio.gather(*(one.stop() for one in own))


class Stack:
    """Everything on one machine. With a virtual clock, Temporal keeps its state in memory only.

    With ports for them, a municipality's own systems are there too: a receiver of webhooks, and a case system.
    """

    def __init__(
        self, directory: DataDirectory, *, virtual: bool = False, municipal: MunicipalPorts | None = None
    ) -> None:
        data, ports = directory.data, directory.ports
        self.directory = directory
        self.postgres = Postgres(data / "postgres", ports.postgres, durable=not virtual)
        self.temporal: TemporalServer | VirtualTemporal = (
            VirtualTemporal(data / "temporal", ports.temporal)
            if virtual
            else TemporalServer(
                data / "temporal",
                ports.temporal,
                ui_port=ports.temporal_ui,
                search_attributes={key.name: "Keyword" for key in KEYS},
            )
        )
        self.mail = MailServer(data / "mail", ports.smtp, durable=not virtual)
        self.partners = {role: self._partner(role) for role in PARTNER_ROLES}
        self.municipal = (self._receiver(municipal), self._case_system(municipal)) if municipal else ()
        self._municipal_ports = municipal._asdict() if municipal else {}
        self.begin = data / "begin"
        """Comes when all is there that our own programs need: they load before that."""
        self.worker = self._own("worker", ports.metrics, "worker")
        self.api = self._own("api", ports.api, "api.server")
        self.settings: Settings | None = None
        self.clock: VirtualClock | None = None
        """With a virtual clock: held from the start, so that time begins when its user lets it."""

    def partner_url(self, role: Role) -> str:
        """Return where the systems of the partners with this role answer."""
        return self.directory.ports.url(getattr(self.directory.ports, role.value))

    def reference_systems(self) -> dict[str, str]:
        """Return where each system that tells its effects and faults is, by its name."""
        partners = {role.value: self.partner_url(role) for role in PARTNER_ROLES}
        return partners | {name: self.directory.ports.url(port) for name, port in self._municipal_ports.items()}

    def servers(self) -> Iterable[Server]:
        """Return what keeps state, in the order in which it starts."""
        return (self.postgres, self.temporal, self.mail, *self.partners.values(), *self.municipal)

    @asynccontextmanager
    async def running(
        self,
        organisations: Callable[["Stack"], Iterable[Organisation]],
        *,
        policies: Path | None = None,
        api: bool = True,
    ) -> AsyncIterator[Settings]:
        """Start everything in order, with the database migrated; stop our own before what keeps state.

        Before anything starts the directory is taken, and every port is looked at.
        """
        async with AsyncExitStack() as stack:
            self.directory.lock.take()
            stack.callback(self.directory.lock.release)
            own = (self.worker, self.api) if api else (self.worker,)
            await network.ensure_free(port for server in (*self.servers(), *own) for port in server.wanted_ports())
            self.begin.unlink(missing_ok=True)
            started = await stack.enter_async_context(_loading(own))
            await stack.enter_async_context(_beside_each_other(self.servers()))
            if isinstance(self.temporal, VirtualTemporal):
                self.clock = VirtualClock(await Client.connect(self.temporal.address))
                await self.clock.hold()
            pace = VIRTUAL_WEBHOOK_SECONDS if self.clock else WEBHOOK_SECONDS
            logins = DatabaseLogins(self.postgres.application_url, self.postgres.url)
            self.settings = self.directory.prepare(
                logins, organisations(self), policies, pace, watch=self.clock is None
            )
            await database.migrate(logins.owner, logins.application)
            async with database.connect(self.postgres.application_url, size=1) as pool:
                await ensure_keys(pool, self.settings.vault_ring, self.settings.key_ring)
            await self._introduce(organisations(self))
            for process in own:
                stack.push_async_callback(process.stop)
            self.begin.touch()
            await started()
            yield self.settings

    async def keep_alive(self) -> None:
        """Start again whatever ends by itself, for ever: nothing is lost by it."""
        async with asyncio.TaskGroup() as group:
            for server in (*self.servers(), self.worker, self.api):
                group.create_task(self._keep(server))

    async def _keep(self, server: Server) -> None:
        log = structlog.get_logger()
        while True:
            code = await server.child.exited()
            log.warning("a process ended and is started again", server=server.name, exit_code=code)
            await server.start_again(1)

    async def _introduce(self, organisations: Iterable[Organisation]) -> None:
        """Make the partners' systems know whom they serve."""
        async with httpx.AsyncClient(trust_env=False) as http:
            for organisation in organisations:
                if organisation.role in PARTNER_ROLES:
                    url = self.partner_url(organisation.role)
                    (await http.put(f"{url}/organisations/{organisation.id}")).raise_for_status()
                if isinstance(organisation.system, Iwmo):
                    told = self._exchange(organisation, organisation.system)
                    exchange = f"{url}/organisations/{organisation.id}/exchange"
                    (await http.put(exchange, json=told)).raise_for_status()

    def _exchange(self, organisation: Organisation, system: Iwmo) -> dict[str, str]:
        """Return what a provider's system must know to send us messages."""
        address = f"{self.directory.ports.url(self.directory.ports.api)}/v1/istandaarden/berichten"
        token = self.directory.issuer.issue(organisation.role, organisation.id, "care-system", TOKEN_LASTS)
        return {"agb": system.agb, "url": address, "token": token}

    def _partner(self, role: Role) -> Process:
        data, port = self.directory.data, getattr(self.directory.ports, role.value)
        words = role.value.replace("_", " ")
        return Process(
            f"the {words}s' system",
            "sandbox.partners",
            *(role.value, "--port", str(port), "--state", str(data / f"{role.value}.sqlite")),
            port=port,
            option=f"--{role.value.replace('_', '-')}-port",
            log=data / f"{role.value}.log",
        )

    def _receiver(self, ports: MunicipalPorts) -> Process:
        port = ports.receiver
        return Process(
            "the receiver of webhooks",
            "sandbox.partners.receiver",
            *("--port", str(port), "--virtual-clock"),
            port=port,
            log=self.directory.data / "receiver.log",
        )

    def _case_system(self, ports: MunicipalPorts) -> Process:
        data, port = self.directory.data, ports.case_system
        return Process(
            "the case system",
            "sandbox.partners.case_system",
            *("--port", str(port), "--state", str(data / "case_system.sqlite")),
            *("--client-id", CASE_SYSTEM_CLIENT, "--secret", CASE_SYSTEM_SECRET),
            port=port,
            log=data / "case_system.log",
        )

    def _own(self, command: str, port: int, loaded: str) -> Process:
        option = "--api-port" if command == "api" else "--metrics-port"
        process = Process(
            f"the {command}",
            "sandbox.embedded.early",
            *(str(self.begin), loaded, "cli", command),
            port=port,
            option=option,
            log=self.directory.data / f"{command}.log",
        )
        process.settings = self.directory.settings_file
        process.patience = LONGEST_START
        return process
