"""Every command there is, and a way to type one in a folder of its own."""

import asyncio
import os
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import typer

import cli

HOUSE = Path(__file__).parents[2]


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
    for name, one in commands.items():
        yield from _below((*words, name), one)


async def typed(folder: Path, *words: str, environment: Mapping[str, str] | None = None) -> Said:
    """Type a command in a folder, where the environment says nothing else of an installation."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("MEDIATION_")}
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "cli", *words),
        cwd=folder,
        env={**kept, "PYTHONPATH": str(HOUSE), "NO_COLOR": "1", "COLUMNS": "200", **(environment or {})},
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, err = await asyncio.wait_for(process.communicate(), 60)
    return Said(process.returncode or 0, out.decode(), err.decode())
