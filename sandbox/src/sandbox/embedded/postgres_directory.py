"""The directory an embedded PostgreSQL lives in: one owner at a time, a password, a log, and the data itself."""

import asyncio
import os
import secrets
import shutil
import signal
from pathlib import Path

from sandbox.embedded.accounts import hand_over, unprivileged_account, user_id
from sandbox.embedded.directory_lock import DirectoryLock
from sandbox.embedded.errors import DirectoryForeign, OtherServerVersion
from sandbox.embedded.process import Account, Child, Program

_INITDB_OPTIONS = (
    "--username=postgres",
    "--auth=scram-sha-256",
    "--encoding=UTF8",
    "--locale-provider=builtin",
    "--builtin-locale=C.UTF-8",
    "--locale=C",
    "--no-instructions",
)


class PostgresDirectory:
    """Creates, locks, checks and tidies the directory; the server itself is ``Postgres``."""

    def __init__(self, path: Path, binaries: Path, *, durable: bool) -> None:
        self.path = path.absolute()
        self.data = self.path / "data"
        self.log = self.path / "postgres.log"
        self._binaries = binaries
        self._durable = durable
        self._lock = DirectoryLock(self.path)

    @property
    def password(self) -> str:
        """The password of the account ``postgres``."""
        return (self.path / "password").read_text()

    @property
    def application_password(self) -> str:
        """The password of the account under which our own programs work. Directories of before get one too."""
        file = self.path / "application-password"
        if not file.exists():
            draft = self.path / "application-password.draft"
            draft.touch(mode=0o600)
            draft.write_text(secrets.token_urlsafe(24))
            draft.rename(file)
        return file.read_text()

    async def open(self) -> Account | None:
        """Take the directory, fill it when it is new, end what a crash left running; the account to run as.

        Raises ``DirectoryInUse``, ``DirectoryForeign``, ``OtherServerVersion`` and the errors of ``accounts``; the
        directory stays taken until ``close``.
        """
        self._lock.take()
        account = unprivileged_account([self.path, self._binaries])
        if self.data.exists():
            self._check(account)
        else:
            await self._initialise(account)
        await self._end_leftovers()
        return account

    def close(self) -> None:
        """Let go of the directory."""
        self._lock.release()

    def _check(self, account: Account | None) -> None:
        if self.data.stat().st_uid != user_id(account):
            raise DirectoryForeign(directory=self.data, account=account.name if account else os.geteuid())
        found = (self.data / "PG_VERSION").read_text().strip()
        with (self._binaries.parent / "share" / "postgres.bki").open() as catalogue:
            wanted = catalogue.readline().split()[-1]
        if found != wanted:
            raise OtherServerVersion(directory=self.data, found=found, wanted=wanted)

    async def _initialise(self, account: Account | None) -> None:
        """Fill a directory beside the final one, then rename: a crash half-way leaves nothing that looks complete."""
        draft = self.path / "data.draft"
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(mode=0o700)
        hand_over(draft, account)
        password = self.path / "password"
        password.touch(mode=0o600)
        password.write_text(secrets.token_urlsafe(24))
        hand_over(password, account)
        options = [*_INITDB_OPTIONS, f"--pgdata={draft}", f"--pwfile={password}"]
        if not self._durable:
            options.append("--no-sync")
        command: list[str | Path] = [self._binaries / "initdb", *options]
        initdb = await Child.start(Program("initdb", command, self.path / "initdb.log", account=account))
        try:
            if await initdb.exited() != 0:
                raise initdb.failure()
        finally:
            initdb.kill()
        draft.rename(self.data)

    async def _end_leftovers(self) -> None:
        """End the server processes of a parent that crashed, and their mark in the directory.

        We hold the lock, so whatever still runs in the directory has lost its parent. The mark, ``postmaster.pid``,
        goes too: the process number in it may belong to a stranger by now, which would keep PostgreSQL from starting.
        """
        while leftovers := self._server_processes():
            for process_id in leftovers:
                try:
                    os.kill(process_id, signal.SIGKILL)
                except ProcessLookupError:
                    continue
            await asyncio.sleep(0.02)
        (self.data / "postmaster.pid").unlink(missing_ok=True)

    def _server_processes(self) -> list[int]:
        return [int(entry.name) for entry in Path("/proc").glob("[0-9]*") if self._serves_here(entry)]

    def _serves_here(self, process: Path) -> bool:
        try:
            is_server = (process / "comm").read_text().strip() == "postgres"
            return is_server and (process / "cwd").readlink() == self.data.resolve()
        except OSError:
            return False
