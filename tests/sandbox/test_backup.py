"""The embedded PostgreSQL is put back to a moment, from a base backup and the log after it, and loses nothing else."""

import asyncio
import json
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import asyncpg
import pytest

from sandbox.backups import MANIFEST, SERVER, BackupFailed, back_up, base_backups
from sandbox.driven.journey import eventually
from sandbox.embedded.archive import ARCHIVED, RECEIVED
from sandbox.embedded.errors import DirectoryInUse
from sandbox.embedded.ports import free_port
from sandbox.embedded.postgres import Postgres, binaries
from sandbox.putting_back import NothingToPutBack, WouldReplace, put_back
from store.database import migrate

WAIT_FOR_IT = ("ALTER SYSTEM SET synchronous_standby_names = 'receiver'", "SELECT pg_reload_conf()")
pytestmark = pytest.mark.slow("servers are started, killed and recovered")


async def rows(url: str) -> int:
    connection = await asyncpg.connect(url)
    try:
        count: int = await connection.fetchval("SELECT count(*) FROM care_count")
    finally:
        await connection.close()
    return count


async def write(url: str, first: int, last: int) -> datetime:
    """Commit so many rows one by one; return a moment after the last of them."""
    connection = await asyncpg.connect(url)
    try:
        for n in range(first, last):
            await connection.execute("INSERT INTO care_count VALUES ($1, 'message', 1)", f"sender-{n}")
        moment: datetime = await connection.fetchval("SELECT clock_timestamp()")
    finally:
        await connection.close()
    return moment


async def test_it_is_put_back_to_a_moment_and_never_over_another_without_a_second_word(tmp_path: Path) -> None:
    data, backups = tmp_path / "an 'odd' 100% folder", tmp_path / "backups, elsewhere"
    port = free_port()
    async with Postgres(data / "postgres", port) as server:
        await migrate(server.url)
        await write(server.url, 0, 10)
        made = await back_up(data, server.url, backups)
        told = json.loads((made.folder / MANIFEST).read_text())
        assert told["postgresql"].startswith("18")
        moment = await write(server.url, 10, 50)
        await asyncio.sleep(0.05)
        connection = await asyncpg.connect(server.url)
        await connection.execute("SET session_replication_role = replica")
        await connection.execute("DELETE FROM care_count WHERE sender < 'sender-3'")
        await connection.execute("SELECT pg_switch_wal()")
        await connection.close()

        async def archived() -> bool:
            return len(list((backups / ARCHIVED).glob("*.gz"))) >= 3

        await eventually(archived, lambda: "not archived")
        with pytest.raises(DirectoryInUse):
            await put_back(backups, data, moment, over=True)
    with pytest.raises(WouldReplace, match="say --over"):
        await put_back(backups, data, moment)
    with pytest.raises(NothingToPutBack):
        await put_back(backups, data, made.moment - timedelta(days=1), over=True)
    done = await put_back(backups, data, moment, over=True)
    assert done.set_aside
    assert done.set_aside.is_dir()
    async with Postgres(data / "postgres", port) as server:
        assert await rows(server.url) == 50
        connection = await asyncpg.connect(server.url)
        assert await connection.fetchval("SELECT timeline_id FROM pg_control_checkpoint()") == 2
        await connection.close()
        again = await back_up(data, server.url, backups, keep=1)
        assert base_backups(backups) == [again]
    new = tmp_path / "new"
    assert (await put_back(backups, new)).set_aside is None
    async with Postgres(new / "postgres", port) as server:
        assert await rows(server.url) == 50
    (again.folder / SERVER / "PG_VERSION").write_text("17\n")
    with pytest.raises(BackupFailed, match="pg_verifybackup"):
        await put_back(backups, tmp_path / "other")


@asynccontextmanager
async def receiving(url: str, folder: Path) -> AsyncIterator[None]:
    """Receive the log as it is written, and say so only when it is on the disk."""
    options = ("--slot=receiver", f"--dbname={url}?application_name=receiver")
    create = await asyncio.create_subprocess_exec(binaries() / "pg_receivewal", *options, "--create-slot")
    assert await create.wait() == 0
    receiver = await asyncio.create_subprocess_exec(
        binaries() / "pg_receivewal", *options, "--synchronous", f"--directory={folder}"
    )
    try:
        yield
    finally:
        receiver.terminate()
        await receiver.wait()


async def test_with_a_receiver_not_one_commit_is_lost_with_the_machine(tmp_path: Path) -> None:
    data, backups = tmp_path / "data", tmp_path / "backups"
    server = Postgres(data / "postgres", free_port())
    acknowledged = 0
    async with server:
        admin = server.url.rpartition("/")[0] + "/postgres"
        (backups / RECEIVED).mkdir(parents=True)
        async with receiving(admin, backups / RECEIVED):
            await migrate(server.url)
            connection = await asyncpg.connect(server.url)
            for statement in WAIT_FOR_IT:
                await connection.execute(statement)
            await connection.close()
            await back_up(data, server.url, backups)
            for n in range(200):
                await write(server.url, n, n + 1)
                acknowledged += 1
            server.child.kill()
    shutil.rmtree(data)
    began = datetime.now(UTC)
    await put_back(backups, data)
    async with Postgres(data / "postgres", free_port()) as server:
        assert await rows(server.url) == acknowledged == 200
    assert datetime.now(UTC) - began < timedelta(minutes=1)
