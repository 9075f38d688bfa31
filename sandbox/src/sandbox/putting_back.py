"""`mediation restore`: the embedded PostgreSQL as it was at a moment, from a base backup and the archived log.

It is put into a directory that has none. Where there is one it is set aside, and only after a second word.
"""

import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from runtime import ChoiceWrong, RuntimeFault
from sandbox.backups import PASSWORD, SERVER, TEMPORAL, BaseBackup, base_backups, run
from sandbox.embedded.accounts import hand_over, unprivileged_account
from sandbox.embedded.archive import restore_command
from sandbox.embedded.directory_lock import DirectoryLock
from sandbox.embedded.errors import EmbeddedServerError
from sandbox.embedded.ports import free_port
from sandbox.embedded.postgres import Postgres, binaries

LONGEST = 3600.0
"""Seconds that the log may take to be read."""


class NothingToPutBack(ChoiceWrong):
    """There is no base backup from before this moment in this folder."""


class WouldReplace(ChoiceWrong):
    """This directory has a database: say --over as well, and it is set aside"""


class NotPutBack(RuntimeFault):
    """The log does not reach this moment, or cannot be read. What was there is there still."""


class PutBack(NamedTuple):
    """What was put back."""

    base: BaseBackup
    set_aside: Path | None
    """Where what was there before is now."""


async def put_back(
    backups: Path, data: Path, to: datetime | None = None, *, over: bool = False, temporal: bool = False
) -> PutBack:
    """Put PostgreSQL back as it was at a moment, or as far as the log goes; with `temporal` also its database, as it
    was when the base backup was made. Nothing of the directory may run.

    Raises `NothingToPutBack`, `WouldReplace`, `NotPutBack`, `BackupFailed` and `DirectoryInUse`.
    """
    base = _chosen(backups, to)
    backups, data = base.folder.parent, _whole(data)
    await run("pg_verifybackup", str(base.folder / SERVER))
    server = data / "postgres"
    server.mkdir(parents=True, exist_ok=True)
    lock = DirectoryLock(data)
    lock.take()
    try:
        _see_that_nothing_runs(server)
        aside = _set_aside(server, over=over)
        try:
            _copy(base, server)
            await _recover(server, backups, to)
        except EmbeddedServerError as failed:
            _undo(server, aside)
            raise NotPutBack(str(failed)) from None
        if temporal:
            _put_temporal_back(base, data)
    finally:
        lock.release()
    return PutBack(base, aside)


def _whole(path: Path) -> Path:
    return path.absolute()


def _chosen(backups: Path, to: datetime | None) -> BaseBackup:
    found = [one for one in base_backups(_whole(backups)) if to is None or one.moment <= to]
    if not found:
        raise NothingToPutBack(str(backups))
    return found[-1]


def _see_that_nothing_runs(server: Path) -> None:
    lock = DirectoryLock(server)
    lock.take()
    lock.release()


def _set_aside(server: Path, *, over: bool) -> Path | None:
    data = server / "data"
    if not data.exists():
        return None
    if not over:
        raise WouldReplace(str(data))
    aside = server / f"data.before-{datetime.now(UTC):%Y%m%dT%H%M%S}"
    data.rename(aside)
    return aside


def _copy(base: BaseBackup, server: Path) -> None:
    draft, data = server / "data.draft", server / "data"
    shutil.rmtree(draft, ignore_errors=True)
    shutil.copytree(base.folder / SERVER, draft)
    if not (server / PASSWORD).exists():
        shutil.copy(base.folder / PASSWORD, server / PASSWORD)
    (draft / "recovery.signal").touch()
    _wait_for_nobody(draft / "postgresql.auto.conf")
    account = unprivileged_account([server, binaries()])
    for path in (server / PASSWORD, draft, *draft.rglob("*")):
        hand_over(path, account)
    draft.chmod(0o700)
    draft.rename(data)


def _wait_for_nobody(settings: Path) -> None:
    """Let a server commit without a receiver of its log: the one of before knows another past, and is set up anew."""
    lines = settings.read_text().splitlines(keepends=True)
    settings.write_text("".join(line for line in lines if not line.startswith("synchronous_standby_names")))


async def _recover(server: Path, backups: Path, to: datetime | None) -> None:
    """Let a server read the log up to the moment and begin a new timeline there; then end it."""
    settings = {
        "restore_command": restore_command(backups),
        "recovery_target_action": "promote",
        # Nobody is to connect before the moment is reached: what begins with a connection would find it read-only.
        "hot_standby": "off",
        **({"recovery_target_time": to.astimezone(UTC).isoformat(sep=" ")} if to else {}),
    }
    postgres = Postgres(server, free_port(), settings=settings)
    postgres.patience = LONGEST
    async with postgres:
        pass


def _undo(server: Path, aside: Path | None) -> None:
    if (server / "data").exists():
        shutil.rmtree(server / "data.failed", ignore_errors=True)
        (server / "data").rename(server / "data.failed")
    if aside:
        aside.rename(server / "data")


def _put_temporal_back(base: BaseBackup, data: Path) -> None:
    folder = data / "temporal"
    folder.mkdir(exist_ok=True)
    now = f"{datetime.now(UTC):%Y%m%dT%H%M%S}"
    for file in folder.glob(f"{TEMPORAL}*"):
        if ".before-" not in file.name:
            file.rename(file.with_name(f"{file.name}.before-{now}"))
    shutil.copy(base.folder / TEMPORAL, folder / TEMPORAL)
