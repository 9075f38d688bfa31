"""A child process: started into its own group with a log file, awaited until healthy, stopped, and never orphaned."""

import asyncio
import os
import shutil
import signal
import sys
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import monotonic

from sandbox.embedded import launch
from sandbox.embedded.errors import BinaryMissing, ChildExited, ChildNotReady

_TAIL_LINES = 20
_TAIL_BYTES = 16_384


@dataclass(frozen=True)
class Account:
    """The account a child of root runs as; ``with_reach`` lets it enter directories closed to that account."""

    name: str
    with_reach: bool = False


@dataclass(frozen=True)
class Program:
    """What to run: command, log file, and the signals that end it (gracefully, and when the parent is killed)."""

    name: str
    command: Sequence[str | Path]
    log: Path
    environment: Mapping[str, str] | None = None
    account: Account | None = None
    stop_signal: signal.Signals = signal.SIGTERM
    death_signal: signal.Signals = signal.SIGKILL
    grace: float = 10.0


def find_binary(program: str, package: str) -> Path:
    """A program that came with ``package``: beside the running interpreter first, then on the PATH.

    Raises ``BinaryMissing``.
    """
    beside = Path(sys.executable).parent / program
    found = beside if beside.exists() else shutil.which(program)
    if found is None:
        raise BinaryMissing(program=program, interpreter=sys.executable, package=package)
    return Path(found)


class Child:
    """A running child process. It dies when the thread that started it ends, even by ``kill -9`` of the parent."""

    def __init__(self, program: Program, process: asyncio.subprocess.Process, log_start: int) -> None:
        self._program = program
        self._process = process
        self._log_start = log_start

    @classmethod
    async def start(cls, program: Program) -> "Child":
        """Start the program; output is added to the end of its log file."""
        program.log.parent.mkdir(parents=True, exist_ok=True)
        with program.log.open("ab") as log:
            log_start = log.seek(0, os.SEEK_END)
            process = await asyncio.create_subprocess_exec(
                *_launcher(program),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=program.environment,
                # Its own session: Ctrl-C in the terminal reaches the parent only, which then stops children in order.
                start_new_session=True,
            )
        return cls(program, process, log_start)

    @property
    def pid(self) -> int:
        """The process id, which stays the same from start to end."""
        return self._process.pid

    @property
    def running(self) -> bool:
        """Whether the process has not ended yet."""
        return self._process.returncode is None

    async def exited(self) -> int:
        """Wait until the process has ended; its exit code, negative for a signal."""
        return await self._process.wait()

    async def ready(self, healthy: Callable[[], Awaitable[bool]], *, within: float = 30.0) -> None:
        """Wait until ``healthy`` says yes.

        Raises ``ChildExited`` when the process ends first, ``ChildNotReady`` after ``within`` seconds.
        """
        deadline = monotonic() + within
        while not await healthy():
            if not self.running:
                raise self.failure()
            if monotonic() > deadline:
                raise ChildNotReady(name=self._program.name, seconds=within, log=self._program.log, tail=self.tail())
            await asyncio.sleep(0.02)

    def failure(self) -> ChildExited:
        """The error to raise for a process that ended by itself."""
        code = self._process.returncode
        return ChildExited(name=self._program.name, code=code, log=self._program.log, tail=self.tail())

    def tail(self) -> str:
        """The last lines this process logged."""
        with self._program.log.open("rb") as log:
            end = log.seek(0, os.SEEK_END)
            log.seek(max(self._log_start, end - _TAIL_BYTES))
            lines = log.read().decode(errors="replace").splitlines()
        return "\n".join(lines[-_TAIL_LINES:])

    def kill(self) -> None:
        """End the process and its group at once, as a crash would."""
        if self.running:
            os.killpg(self.pid, signal.SIGKILL)

    async def stop(self) -> None:
        """End the process gracefully; after its grace period, at once. Safe to repeat."""
        if not self.running:
            return
        self._process.send_signal(self._program.stop_signal)
        try:
            await asyncio.wait_for(self._process.wait(), self._program.grace)
        except TimeoutError:
            self.kill()
            await self._process.wait()


def _launcher(program: Program) -> list[str]:
    account = program.account or Account("")
    return [
        *(sys.executable, "-I", "-S", launch.__file__),
        *(str(os.getpid()), str(int(program.death_signal))),
        *(account.name, "reach" if account.with_reach else ""),
        *(str(part) for part in program.command),
    ]
