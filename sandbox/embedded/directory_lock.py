"""One running server to a directory, kept by a lock that the kernel drops with its holder, however that ends."""

import fcntl
from pathlib import Path
from typing import IO

from sandbox.embedded.errors import DirectoryInUse


class DirectoryLock:
    """The right to use a directory. It is not inherited by child processes."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._file: IO[str] | None = None

    def take(self) -> None:
        """Take the directory, making it when it is not there. Raises ``DirectoryInUse``."""
        self._directory.mkdir(parents=True, exist_ok=True)
        file = (self._directory / "lock").open("a")
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.close()
            raise DirectoryInUse(directory=self._directory) from None
        self._file = file

    def release(self) -> None:
        """Let go. Safe to repeat."""
        if self._file:
            self._file.close()
            self._file = None
