"""Every command there is, and a way to type one in a folder of its own."""

import asyncio
import json
import os
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import typer

import cli

HOUSE = Path(__file__).parents[2]
MOST = 16 * 2**20
"""So many bytes a command may print."""


class Said(NamedTuple):
    """How a command ended, and what it printed."""

    code: int
    out: str
    err: str


def leaves() -> Iterator[tuple[tuple[str, ...], Any]]:
    """Every command that does something, by its words."""
    yield from _below((), typer.main.get_command(cli.application()))


def _below(words: tuple[str, ...], command: Any) -> Iterator[tuple[tuple[str, ...], Any]]:
    if (commands := getattr(command, "commands", None)) is None:
        yield words, command
        return
    if command.invoke_without_command:
        yield words, command
    for name, one in commands.items():
        yield from _below((*words, name), one)


class Typist:
    """Types commands, one after another, into a process that has loaded them."""

    def __init__(self) -> None:
        self._process: asyncio.subprocess.Process | None = None
        self._turn = asyncio.Lock()

    async def type(self, folder: Path, words: tuple[str, ...], environment: Mapping[str, str]) -> Said:
        """Type a command and wait until it has ended."""
        told = {"folder": str(folder), "words": words, "environment": {**environment}}
        async with self._turn:
            return await asyncio.wait_for(self._said(json.dumps(told)), 60)

    async def _said(self, told: str) -> Said:
        if self._process is None:
            self._process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "tests.console.loaded"),
                cwd=HOUSE,
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                limit=MOST,
            )
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(f"{told}\n".encode())
        return Said(*json.loads(await self._process.stdout.readline()))


TYPIST = Typist()
"""One for all tests of this process. What it types into ends with us, when there is nobody who tells it more."""


async def typed(folder: Path, *words: str, environment: Mapping[str, str] | None = None) -> Said:
    """Type a command in a folder, where the environment says nothing else of an installation."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("MEDIATION_")}
    more = {"PYTHONPATH": str(HOUSE), "NO_COLOR": "1", "COLUMNS": "200", **(environment or {})}
    return await TYPIST.type(folder, words, kept | more)
