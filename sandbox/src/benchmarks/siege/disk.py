"""A full disk: PostgreSQL's directory lies on a small file system of its own, which is filled and emptied.

That takes the right to mount, which root has in most containers. The mount is private to this process and what it
starts, so it is gone when they are, however they end. Without the right (an ordinary user has no quota to set on a
directory, and a limit on the size of files, RLIMIT_FSIZE, is another error than a full disk) a trigger answers what
PostgreSQL answers then, 53100, to whoever records a command or an event: the answer is real, the disk is not.
"""

import asyncio
import ctypes
import os
import subprocess
from collections import Counter
from pathlib import Path

import asyncpg

CLONE_NEWNS = 0x00020000
SIZE = 400
"""Megabytes: enough for a siege of an hour, and filled at once."""
PIECE = 1 << 20
SMALL_WAL = ("ALTER SYSTEM SET max_wal_size = '64MB'", "ALTER SYSTEM SET min_wal_size = '32MB'")
FULL = """
CREATE FUNCTION siege_full() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = '53100'; END $$;
CREATE TRIGGER siege_full BEFORE INSERT OR UPDATE ON command FOR EACH STATEMENT EXECUTE FUNCTION siege_full();
CREATE TRIGGER siege_full BEFORE INSERT OR UPDATE ON event FOR EACH STATEMENT EXECUTE FUNCTION siege_full();
CREATE TRIGGER siege_full BEFORE INSERT OR UPDATE ON effect FOR EACH STATEMENT EXECUTE FUNCTION siege_full();
"""
MARK = "UPDATE command SET id = id"
LARGE = "CREATE TABLE siege_large AS SELECT repeat('x', 1000) AS text FROM generate_series(1, 200000)"
ROOM = "DROP FUNCTION IF EXISTS siege_full() CASCADE"


def small(directory: Path) -> bool:
    """Put a directory that does not exist yet on a small file system; tell whether that can be done here."""
    directory.mkdir(parents=True)
    if os.geteuid() != 0 or ctypes.CDLL(None).unshare(CLONE_NEWNS) != 0:
        return False
    mount = ["mount", "-t", "tmpfs", "-o", f"size={SIZE}m", "tmpfs", str(directory)]
    for command in (["mount", "--make-rprivate", "/"], mount):
        if subprocess.run(command, check=False, capture_output=True).returncode != 0:
            return False
    return True


class Disk:
    """The disk of PostgreSQL."""

    def __init__(self, directory: Path, url: str, *, real: bool) -> None:
        self._filler = directory / "filler"
        self._url = url
        self.real = real
        """Whether it can be filled, or only says that it is."""
        self.said: Counter[str] = Counter()
        """What whoever wanted to write was answered while it was full: SQLSTATE, or that nobody answered."""

    async def limit(self) -> None:
        """Have PostgreSQL keep no more of its log than there is room for."""
        if self.real:
            await self._say(*SMALL_WAL, "SELECT pg_reload_conf()")

    async def fill(self) -> None:
        """Leave no room, and see what that is answered with."""
        await (asyncio.to_thread(self._fill) if self.real else self._say(FULL))
        try:
            await asyncio.wait_for(self._say(LARGE if self.real else MARK), 2)
        except asyncpg.PostgresError as error:
            self.said[str(error.sqlstate)] += 1
        except (OSError, TimeoutError, asyncpg.InterfaceError):
            self.said["nobody answered"] += 1

    def _fill(self) -> None:
        with self._filler.open("wb", buffering=0) as filler:
            for size in (PIECE, 4096):
                try:
                    while True:
                        filler.write(bytes(size))
                except OSError:
                    pass

    async def empty(self) -> None:
        """Leave room again."""
        self._filler.unlink(missing_ok=True)
        if not self.real:
            await self._say(ROOM)

    async def _say(self, *statements: str) -> None:
        connection = await asyncpg.connect(self._url)
        try:
            for statement in statements:
                await connection.execute(statement)
        finally:
            await connection.close()
