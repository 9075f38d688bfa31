"""The blocks of a document, and a way to type its commands as an administrator does."""

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple, Self

from sandbox.embedded.ports import LOOPBACK, free_ports

ROOT = Path(__file__).parents[2]
CONNECT = ROOT / "docs" / "connect"
FENCE = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
PORTS = re.compile(r"\b1(8\d\d\d|2525)\b")
"""Ports that the documents let somebody listen on: here they are others, so that tests do not meet."""
DONE = "--- done"
PATIENCE = 30.0
"""Seconds until something that was started must listen."""


class Block(NamedTuple):
    """A fenced block: what it is written in, and its text."""

    language: str
    text: str


class Step(NamedTuple):
    """A command, and what the document says it prints."""

    command: str
    printed: str


def blocks(document: Path, *languages: str, until: str = "\0") -> list[Block]:
    """Return the blocks of a document that are in one of these languages, up to a heading if one is given."""
    text = document.read_text().partition(f"\n{until}\n")[0]
    return [Block(*found) for found in FENCE.findall(text) if found[0] in languages]


def steps(text: str) -> list[Step]:
    """Return the commands of a console block: after `$ `, going on in indented lines, and then what they print."""
    found = list[Step]()
    for line in text.splitlines():
        if line.startswith("$ "):
            found.append(Step(line[2:], ""))
        elif found and not found[-1].printed and line.startswith("    "):
            found[-1] = found[-1]._replace(command=f"{found[-1].command}\n{line}")
        elif found:
            found[-1] = found[-1]._replace(printed=f"{found[-1].printed}{line}\n")
    return found


def differs(printed: str, told: str) -> str | None:
    """Return the first piece that a document tells and that was not printed, in this order.

    Lines and what stands between dots (`...`) are pieces: more may be printed in between.
    """
    left = _bare(printed)
    for piece in re.split(r"\.\.\.|\n", told):
        if bare := _bare(piece):
            _, found, left = left.partition(bare)
            if not found:
                return piece
    return None


def _bare(text: str) -> str:
    return re.sub(r"\s+", "", text)


class Terminal:
    """A shell in an empty folder, with `python` and `mediation` of this environment."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        programs = folder / "bin"
        programs.mkdir()
        for name, module in (("python", ""), ("mediation", "-m cli ")):
            (programs / name).write_text(f'#!/bin/sh\nexec {sys.executable} {module}"$@"\n')
            (programs / name).chmod(0o755)
        kept = {name: value for name, value in os.environ.items() if not name.startswith("MEDIATION_")}
        path = {"PATH": f"{programs}:{kept['PATH']}", "PYTHONPATH": str(ROOT), "NO_COLOR": "1"}
        self._shell = subprocess.Popen(
            ["bash", "--noprofile", "--norc"],
            cwd=folder,
            env={**kept, **path},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        self._ports: dict[str, str] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.type("kill $(jobs -p); wait")
        self._shell.communicate(timeout=30)

    def here(self, text: str) -> str:
        """Return a text with our ports in place of the document's."""
        for port in {found.group() for found in PORTS.finditer(text)} - self._ports.keys():
            self._ports[port] = str(free_ports(1)[0])
        return PORTS.sub(lambda found: self._ports[found.group()], text)

    def type(self, command: str) -> str:
        """Type a command; return what it prints. One that goes on in the background must listen before the next."""
        assert self._shell.stdin
        assert self._shell.stdout
        self._shell.stdin.write(f"{command}\n")
        if command.endswith("&") and (port := re.search(r"--port (\d+)", command)):
            self._shell.stdin.write(_until_it_listens(port.group(1)))
        self._shell.stdin.write(f"echo; echo '{DONE}'\n")
        self._shell.stdin.flush()
        lines = list[str]()
        while (line := self._shell.stdout.readline()) and line.strip() != DONE:
            lines.append(line)
        return "".join(lines)


def _until_it_listens(port: str) -> str:
    tries = int(PATIENCE / 0.2)
    return f"for _ in $(seq {tries}); do (: </dev/tcp/{LOOPBACK}/{port}) 2>/dev/null && break; sleep 0.2; done\n"
