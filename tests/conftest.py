"""Real servers for every tier, started once and shared: each test gets an empty database and partners of its own."""

import base64
import secrets
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import hypothesis
import pytest
from pydantic import SecretStr

from runtime.directory import Directory
from runtime.keys import KeyRing
from runtime.settings import Settings
from sandbox.data_directory import new_seals
from sandbox.embedded.mail import MailServer
from sandbox.embedded.ports import free_port
from sandbox.embedded.postgres import Postgres
from sandbox.embedded.temporal import TemporalServer
from store.database import Pool, connect
from store.vault import Vault
from store.vault_secrets import Secrets, unlock
from tests.databases import Databases
from tests.drawn import GIVEN
from tests.journey import Scene
from tests.partner_system import PartnerSystem
from tests.tampering import SERVERS
from tests.town import Systems, Town
from worker import mediation_worker

pytest_plugins = ("tests.named",)
# How long an input takes to draw or to try says something of the machine: beside much else each is slow now and then.
hypothesis.settings.register_profile(
    "any machine", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow], derandomize=not GIVEN
)
hypothesis.settings.load_profile("any machine")
TIME_SKIPPING = {
    "frontend.WorkflowTimeSkippingEnabled": "true",
    "history.timerProcessorMaxTimeShift": '"10ms"',
}
"""What lets a test skip the time of one workflow; without the second every skip takes a second."""


LONG = 30.0
"""Seconds, also on a machine that is busy, above which a test is to say why it is slow."""
Tell = Callable[[str], None]


@pytest.fixture
def tell(record_property: Callable[[str, object], None]) -> Tell:
    """Tell something at the end of the run, such as the seed that repeats it."""
    return lambda text: record_property("told", text)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print what tests had to tell, whichever process they ran in, and which took long without saying why."""
    for report in (one for reports in terminalreporter.stats.values() for one in reports):
        if isinstance(report, pytest.TestReport) and report.when == "call":
            if report.duration > LONG and "slow" not in report.keywords:
                terminalreporter.write_line(f"{report.duration:.0f} s, and no reason given: {report.nodeid}")
            for name, text in report.user_properties:
                if name == "told":
                    terminalreporter.write_line(str(text))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Spread the files that take long over the first two thirds of the run.

    At the end no worker is left with one while the others have nothing to do. Most of them wait more than they compute,
    and that is best done beside what computes.
    """
    slow = list(dict.fromkeys(item.path for item in items if item.get_closest_marker("slow")))
    rest = list(dict.fromkeys(item.path for item in items if item.path not in slow))
    places = {path: n for n, path in enumerate(rest)} | {
        path: n * len(rest) * 2 / (3 * len(slow)) for n, path in enumerate(slow)
    }
    items.sort(key=lambda item: (places[item.path], item.path in rest))


@pytest.fixture(scope="session")
async def postgres(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Postgres]:
    """A throw-away PostgreSQL server."""
    async with Postgres(tmp_path_factory.mktemp("postgres"), free_port(), durable=False) as server:
        SERVERS[server.port] = server
        yield server


@pytest.fixture(scope="session")
async def databases(postgres: Postgres) -> Databases:
    """Databases with every migration, one for each test at a time."""
    databases = Databases(postgres)
    await databases.prepare()
    return databases


@pytest.fixture(scope="session")
def migrated(databases: Databases) -> str:
    """The name of a database with every migration, for others to be copied from."""
    return databases.template


@pytest.fixture
async def postgres_url(databases: Databases) -> AsyncIterator[str]:
    """A database with every migration and not a row, with the rights of the application."""
    name = await databases.take()
    yield databases.server.application_url_of(name)
    await databases.give_back(name)


@pytest.fixture
async def pool(postgres_url: str) -> AsyncIterator[Pool]:
    """Connections to the fresh database."""
    async with connect(postgres_url, size=20) as opened:
        yield opened


@pytest.fixture(scope="session")
async def temporal(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[TemporalServer]:
    """A real Temporal server on which a test may skip the time of its workflows."""
    async with TemporalServer(tmp_path_factory.mktemp("temporal"), free_port(), dynamic_config=TIME_SKIPPING) as server:
        yield server


@pytest.fixture(scope="session")
async def mail_server(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[MailServer]:
    """The mail server of all tests."""
    async with MailServer(tmp_path_factory.mktemp("mail"), free_port(), durable=False) as server:
        yield server


@pytest.fixture
async def mail(mail_server: MailServer) -> MailServer:
    """The mail server with an empty mailbox."""
    for file in mail_server.mailbox.directory.glob("*"):
        file.unlink()
    return mail_server


@pytest.fixture(scope="session")
async def corporation_system(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[PartnerSystem]:
    """The reference system of housing corporations."""
    async with PartnerSystem("corporation", tmp_path_factory.mktemp("corporation"), free_port()) as system:
        yield system


@pytest.fixture(scope="session")
async def provider_system(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[PartnerSystem]:
    """The reference system of care providers."""
    async with PartnerSystem("care-provider", tmp_path_factory.mktemp("provider"), free_port()) as system:
        yield system


@pytest.fixture(scope="session")
async def team_system(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[PartnerSystem]:
    """The reference system of district teams."""
    async with PartnerSystem("district-team", tmp_path_factory.mktemp("team"), free_port()) as system:
        yield system


@pytest.fixture
async def town(
    corporation_system: PartnerSystem, provider_system: PartnerSystem, team_system: PartnerSystem, tmp_path: Path
) -> AsyncIterator[Town]:
    """A municipality whose partners no other test knows; afterwards their systems have no faults left."""
    systems = Systems(corporation_system, provider_system, team_system)
    town = Town(systems, tmp_path)
    await town.settle()
    yield town
    for system in systems:
        await system.switch()


@pytest.fixture
def settings(town: Town, postgres_url: str, temporal: TemporalServer, mail: MailServer) -> Settings:
    """Settings of an installation on these servers, with a task queue of its own."""
    return Settings(
        database_url=postgres_url,
        temporal_address=temporal.address,
        task_queue=f"mediations-{town.tag}",
        directory=town.file,
        payload_keys=SecretStr(KeyRing.generate().text()),
        vault_keys=SecretStr(base64.b64encode(secrets.token_bytes(32)).decode()),
        **new_seals(),
        smtp_host="127.0.0.1",
        smtp_port=mail.port,
        mail_from="mediation@almere.example",
        public_url="https://mediation.example.org",
        token_keys="none",
        token_issuer="https://login.example.org",
        token_audience="mediation",
        partner_hosts="127.0.0.1",
        # tests look again and again
        caller_requests=1_000_000,
        address_requests=1_000_000,
        caller_at_once=1_000,
        requests_at_once=1_000,
    )


@pytest.fixture
async def secrets_here(pool: Pool, settings: Settings) -> Secrets:
    """The secrets of this installation."""
    return await unlock(pool, settings.vault_ring, settings.key_ring)


@pytest.fixture
def vault(pool: Pool, secrets_here: Secrets) -> Vault:
    """The vault of this installation."""
    return Vault(pool, secrets_here)


@pytest.fixture
async def idle(settings: Settings, pool: Pool, vault: Vault, town: Town, mail: MailServer) -> Scene:
    """A scene without a worker."""
    return await Scene.of(settings, pool, vault, town, mail)


@pytest.fixture
async def scene(idle: Scene) -> AsyncIterator[Scene]:
    """A scene with a worker that has every hand."""
    async with mediation_worker(idle.settings, idle.client) as worker, worker:
        yield idle


@pytest.fixture
def directory(settings: Settings) -> Directory:
    """The organisations of this installation."""
    return Directory.load(settings.directory)
