"""One running server to a directory, kept by a lock that the kernel drops with its holder, however that ends."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from sandbox.embedded.errors import DirectoryInUse, DirectoryUnusable


@contextmanager
def usable(directory: Path) -> Iterator[None]:
    """Tell what the system says of a directory that cannot be used. Raises ``DirectoryUnusable``."""
    try:
        yield
    except OSError as error:
        said = os.strerror(error.errno) if error.errno else type(error).__name__
        where = f" ({error.filename})" if error.filename and str(error.filename) != str(directory) else ""
        raise DirectoryUnusable(directory=directory, reason=f"{said.lower()}{where}") from None


class DirectoryLock:
    """The right to use a directory. It is not inherited by child processes."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._file: IO[str] | None = None

    def take(self) -> None:
        """Take the directory, making it when it is not there. Raises ``DirectoryInUse`` and ``DirectoryUnusable``."""
        with usable(self._directory):
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
