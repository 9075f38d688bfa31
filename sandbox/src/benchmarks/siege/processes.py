"""Processes and all they started: killed, stopped and let go on together."""

import os
import signal
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path


def family(pid: int) -> list[int]:
    """Return a process and all that it and those have started, itself first. PostgreSQL has one for each client."""
    children: dict[int, list[int]] = {}
    for child, parent in _processes():
        children.setdefault(parent, []).append(child)
    found = [pid]
    for one in found:
        found += children.get(one, [])
    return found


def signalled(pid: int, number: signal.Signals) -> None:
    """Send a signal to a process and all that it started. One that has ended since needs none."""
    for one in family(pid):
        with suppress(ProcessLookupError):
            os.kill(one, number)


def _processes() -> Iterator[tuple[int, int]]:
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            with suppress(OSError):
                yield int(folder.name), int((folder / "stat").read_text().rpartition(") ")[2].split()[1])
