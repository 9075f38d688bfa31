"""The blocks of a document, and a way to type its commands as an administrator does."""

import os
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple, Self

from sandbox.embedded.ports import LOOPBACK, free_ports

ROOT = Path(__file__).parents[2]
CONNECT = ROOT / "docs" / "connect"
INSTALLED = {
    "care-provider": "## 6. Try it in `make up`",
    "corporation": "## By hand",
    "mailbox": "## 2. Mail that comes back",
    "webhooks": "",
    "zaaksysteem": "",
}
"""From which heading on a document is tried in an installation; what is not here needs none."""
FENCE = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
PORTS = re.compile(r"\b(8000|81\d\d|18\d\d\d|12525)\b")
"""Ports of the documents, those of `make up` among them: here they are others, so that tests do not meet."""
LEFT_OUT = re.compile(r"(?<![\w.-])(m-|wh-|whsec_)\.\.\.")
"""What a command takes over from what was printed before: a mediation, a webhook, a secret."""
HEREDOC = re.compile(r"<<'?(\w+)'?")
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


def blocks(document: Path, *languages: str, since: str = "", until: str = "") -> list[Block]:
    """Return the blocks of a document that are in one of these languages, between two headings where they are given."""
    text = document.read_text()
    if since:
        text = text[text.index(f"\n{since}\n") :]
    if until:
        text = text[: text.index(f"\n{until}\n")]
    return [Block(*found) for found in FENCE.findall(text) if found[0] in languages]


def steps(text: str) -> list[Step]:
    """Return the commands of a console block: after `$ `, going on in indented lines, and then what they print.

    One that is given its input (`<<'END'`) goes on until that word stands alone.
    """
    found, end = list[Step](), ""
    for line in text.splitlines():
        if line.startswith("$ "):
            found.append(Step(line[2:], ""))
            given = HEREDOC.search(line)
            end = given.group(1) if given else ""
        elif found and (end or (not found[-1].printed and line.startswith("    "))):
            found[-1] = found[-1]._replace(command=f"{found[-1].command}\n{line}")
            end = "" if line == end else end
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
    """A shell in an empty folder, with `python` and `mediation` of this environment, also in its `.venv/bin`.

    With an installation, `.data/mediation` is its data directory, and `ports` are its own in place of the document's.
    """

    def __init__(self, folder: Path, installation: Path | None = None, ports: Mapping[str, str] | None = None) -> None:
        self._folder = folder
        programs = folder / ".venv" / "bin"
        programs.mkdir(parents=True)
        for name, module in (("python", ""), ("mediation", "-m cli ")):
            (programs / name).write_text(f'#!/bin/sh\nexec {sys.executable} {module}"$@"\n')
            (programs / name).chmod(0o755)
        if installation:
            (folder / ".data").mkdir()
            (folder / ".data" / "mediation").symlink_to(installation)
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
        self._ports = dict(ports or {})
        self.seen = ""
        """Everything that was printed."""

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

    def _seen_last(self, left_out: re.Match[str]) -> str:
        """Return the word of this kind that was seen for the first time last."""
        words: list[str] = re.findall(rf"(?<![\w.-]){left_out.group(1)}[\w+/]{{16,}}=*", self.seen)
        assert words, f"nothing that begins with {left_out.group(1)} was printed"
        return max(words, key=words.index)

    def type(self, command: str) -> str:
        """Type a command, with what it leaves out; return what it prints.

        One that goes on in the background must listen before the next.
        """
        command = LEFT_OUT.sub(self._seen_last, command)
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
        self.seen += (printed := "".join(lines))
        return printed


def _until_it_listens(port: str) -> str:
    tries = int(PATIENCE / 0.2)
    return f"for _ in $(seq {tries}); do (: </dev/tcp/{LOOPBACK}/{port}) 2>/dev/null && break; sleep 0.2; done\n"
