"""`mediation backup`: a base backup of the embedded PostgreSQL, checked, with an archive of what is written after it.

A folder of backups has `base-...` (each with a manifest), `archived` and `received`. In it are the journal, which
refers to persons by numbers, and the vault, which is encrypted: without the vault key of the installation's settings,
which is not in it, nobody reads who a client is. A copy of Temporal's database is beside each base backup.
"""

import asyncio
import json
import shutil
import sqlite3
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any, NamedTuple, Self

import asyncpg

from runtime import RuntimeFault
from sandbox.embedded.accounts import hand_over, unprivileged_account
from sandbox.embedded.archive import ARCHIVED, LINK, RECEIVED
from sandbox.embedded.postgres import binaries

MANIFEST, SERVER, TEMPORAL, PASSWORD = "manifest.json", "postgresql", "temporal.db", "password"
KEPT = 14
"""So many base backups are kept; the log before the oldest of them goes with those that are not."""


class BackupFailed(RuntimeFault):
    """The backup could not be made, or is not whole."""


class BaseBackup(NamedTuple):
    """A base backup in a folder of backups."""

    folder: Path
    moment: datetime
    """From which moment on it can be put back, in UTC."""
    first_segment: str
    """Of the log that it needs."""

    @classmethod
    def read(cls, folder: Path) -> Self:
        """Read its manifest."""
        told = json.loads((folder / MANIFEST).read_text())
        return cls(folder, datetime.fromisoformat(told["moment"]), told["first_segment"])


def base_backups(backups: Path) -> list[BaseBackup]:
    """Return the base backups of a folder, the oldest first. What was broken off has no manifest, and is none."""
    found = [BaseBackup.read(file.parent) for file in backups.glob(f"base-*/{MANIFEST}")]
    return sorted(found, key=lambda one: one.moment)


async def back_up(data: Path, server_url: str, backups: Path, keep: int = KEPT) -> BaseBackup:
    """Make a base backup of the server of a data directory, which runs, and begin to archive its log.

    `server_url` names a login that may replicate. Raises `BackupFailed`.
    """
    backups = _archive(data, backups)
    folder = backups / f"base-{datetime.now(UTC):%Y%m%dT%H%M%S}"
    folder.mkdir(mode=0o700)
    await run("pg_basebackup", f"--dbname={server_url}", f"--pgdata={folder / SERVER}", "--checkpoint=fast")
    await run("pg_verifybackup", str(folder / SERVER))
    shutil.copy(data / "postgres" / PASSWORD, folder / PASSWORD)
    if (data / "temporal" / TEMPORAL).exists():
        copy_temporal(data / "temporal" / TEMPORAL, folder / TEMPORAL)
    told = await _told(server_url) | {"first_segment": _first_segment(folder / SERVER), "archive": str(backups)}
    draft = folder / f"{MANIFEST}.part"
    draft.write_text(json.dumps(told, indent=1) + "\n")
    draft.rename(folder / MANIFEST)
    await _prune(backups, keep)
    return BaseBackup.read(folder)


def _archive(data: Path, backups: Path) -> Path:
    """Lead the log of a server into a folder of backups; return its whole path."""
    backups = backups.absolute()
    account = unprivileged_account([backups.parent])
    for folder in (backups, backups / ARCHIVED, backups / RECEIVED):
        if not folder.exists():
            folder.mkdir(mode=0o700, parents=True)
            hand_over(folder, account)
    link = data.absolute() / "postgres" / LINK
    if link.is_symlink() and link.readlink() != backups:
        link.unlink()
    if not link.is_symlink():
        link.symlink_to(backups)
    return backups


def copy_temporal(source: Path, target: Path) -> None:
    """Copy Temporal's database as of one moment, while it is in use or not."""
    with sqlite3.connect(f"file:{source}?mode=ro", uri=True) as read, sqlite3.connect(target) as written:
        read.backup(written)
    read.close()
    written.close()


async def _told(server_url: str) -> dict[str, Any]:
    """Return what the manifest says of the server, and from which moment on the backup can be put back."""
    connection = await asyncpg.connect(server_url)
    try:
        await connection.fetchval("SELECT pg_switch_wal()")
        at = await connection.fetchval("SELECT clock_timestamp()")
        last = await connection.fetchval("SELECT max(name) FROM migration")
        server = await connection.fetchval("SHOW server_version")
    finally:
        await connection.close()
    return {
        "moment": at.astimezone(UTC).isoformat(),
        "postgresql": server,
        "release": version("direct-mediation"),
        "last_migration": last,
    }


def _first_segment(server: Path) -> str:
    """Return the first segment of the log that a base backup needs, by its label."""
    label = (server / "backup_label").read_text()
    return label.partition("(file ")[2].partition(")")[0]


async def _prune(backups: Path, keep: int) -> None:
    every = base_backups(backups)
    old, kept = every[:-keep], every[-keep:]
    for one in old:
        shutil.rmtree(one.folder)
    if old:
        await run("pg_archivecleanup", "--strip-extension=.gz", str(backups / ARCHIVED), kept[0].first_segment)


async def run(program: str, *arguments: str, allowed: Sequence[int] = (0,)) -> None:
    """Run one of PostgreSQL's programs. Raises `BackupFailed` with the last line that it said."""
    process = await asyncio.create_subprocess_exec(
        binaries() / program, *arguments, stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.PIPE
    )
    _, said = await process.communicate()
    if process.returncode not in allowed:
        lines = said.decode(errors="replace").strip().splitlines() or ["it said nothing"]
        raise BackupFailed(f"{program}: {lines[-1]}")
