"""A real worker process that publishes and is killed in the middle of it."""

import asyncio
import os
import random
import signal
import sys
from asyncio.subprocess import Process
from pathlib import Path

from runtime.settings import SETTINGS_FILE, Settings
from sandbox.partners.receiver import Receiver
from store.database import Pool


class MortalWorker:
    """`mediation worker`, killed with -9 as soon as the receiver has seen some more."""

    def __init__(self, settings: Settings, folder: Path, seed: int) -> None:
        self._file = folder / "settings.env"
        self._log = folder / "worker.log"
        self._draw = random.Random(seed)
        settings.save(self._file)

    async def start(self) -> Process:
        """Start it."""
        environment = os.environ | {SETTINGS_FILE: str(self._file)}
        with self._log.open("ab") as log:
            return await asyncio.create_subprocess_exec(
                sys.executable, "-m", "cli", "worker", env=environment, stdout=log, stderr=log
            )

    async def die(self, process: Process, receiver: Receiver) -> None:
        """Wait until a few more arrived, and kill it."""
        enough = sum(receiver.arrivals.values()) + self._draw.randint(1, 8)
        for _ in range(9_000):
            if sum(receiver.arrivals.values()) >= enough:
                break
            await asyncio.sleep(0.02)
        else:
            raise AssertionError("nothing arrives")
        process.send_signal(signal.SIGKILL)
        await process.wait()


async def published_under_kills(worker: MortalWorker, receiver: Receiver, pool: Pool, kills: int) -> None:
    """Publish everything that waits while the worker is killed so often."""
    for _ in range(kills):
        await worker.die(await worker.start(), receiver)
    process = await worker.start()
    try:
        for _ in range(6_000):
            if not await pool.fetchval("SELECT count(*) FROM notification WHERE result IS NULL"):
                return
            await asyncio.sleep(0.05)
        raise AssertionError("something is never told")
    finally:
        process.terminate()
        await process.wait()
