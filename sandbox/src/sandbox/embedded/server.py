"""What every embedded server is: a child process with a port, started and stopped as an async context manager."""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Sequence
from types import TracebackType
from typing import Self

from sandbox.embedded.errors import EmbeddedServerError, NotStarted
from sandbox.embedded.ports import WantedPort, ensure_free
from sandbox.embedded.process import Child, Program


class Server(ABC):
    """One server in one child process. ``start`` and ``stop`` may alternate; the state stays between them."""

    name: str
    patience = 30.0
    """Seconds until it must answer, once its process is there."""

    def __init__(self) -> None:
        self._child: Child | None = None

    @property
    def child(self) -> Child:
        """The running process. Raises ``NotStarted``."""
        if self._child is None:
            raise NotStarted(name=self.name)
        return self._child

    async def start(self) -> None:
        """Start, and return when the server can be used.

        Raises ``PortTaken``, ``DirectoryInUse``, ``BinaryMissing``, ``ChildExited`` and ``ChildNotReady``.
        """
        await ensure_free(self.wanted_ports())
        try:
            self._child = await Child.start(await self._program())
            await self._child.ready(self._answers, within=self.patience)
            await self._prepare()
        except BaseException:
            await self.stop()
            raise

    async def stop(self) -> None:
        """End the server in an orderly way. Safe to repeat."""
        if self._child:
            await self._child.stop()
            self._child = None
        self._let_go()

    async def start_again(self, pause: float) -> None:
        """Stop, and start as often as it takes, with so many seconds between two tries."""
        while True:
            await self.stop()
            try:
                await self.start()
                return
            except EmbeddedServerError:
                await asyncio.sleep(pause)

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()

    @abstractmethod
    def wanted_ports(self) -> Sequence[WantedPort]:
        """The ports it will listen on."""

    @abstractmethod
    async def _program(self) -> Program:
        """Take the directory, make it ready, and say what to run."""

    @abstractmethod
    async def _answers(self) -> bool:
        """Whether the server can be talked to."""

    async def _prepare(self) -> None:  # noqa: B027 - most servers need nothing here
        """What is left to do once the server answers."""

    @abstractmethod
    def _let_go(self) -> None:
        """Give the directory back."""
