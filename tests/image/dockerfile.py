"""The build of our image, step by step as its Dockerfile says, on this machine: folders of the image are moved.

Only the instructions that are used are known; any other must be taught here first.
"""

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

VENV = "/opt/mediation"
"""Where the image keeps the program: the one folder that the build hands to the image."""
AS_FOUND = frozenset({"FROM", "LABEL", "USER", "CMD"})
"""What needs nothing here."""
OF_THE_SYSTEM = re.compile(r"useradd\b")
"""Commands for the system of the image, which is not ours to change."""
AWAY = re.compile(r"NewConnectionError|NameResolutionError|Max retries exceeded|ConnectTimeoutError|ProxyError")

NOT_FOUND = "No matching distribution found"


class IndexAway(Exception):
    """No package index can be reached, so nothing can be installed."""


class Built(NamedTuple):
    """What stands in for the image."""

    venv: Path
    entrypoint: Path
    sent: Path


class Step(NamedTuple):
    """One instruction with its words."""

    name: str
    words: str


def steps(text: str) -> list[Step]:
    """Return the instructions of a Dockerfile."""
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    joined = "\n".join(lines).replace("\\\n", " ")
    return [Step(*line.split(maxsplit=1)) for line in joined.splitlines()]


class Build:
    """A build in a folder, with what was sent to it."""

    def __init__(self, folder: Path, sent: Path) -> None:
        self._venv, self._source, self._sent = folder / "opt", folder / "source", sent
        self._source.mkdir()
        # The cache is what makes this bearable; compiling what is used once is not.
        self._environment = {"PIP_RETRIES": "1", "PIP_NO_COMPILE": "1", "PIP_NO_INPUT": "1"}
        self._entrypoint: Path | None = None

    def run(self, text: str) -> Built:
        """Take every step of a Dockerfile."""
        for step in steps(text):
            self._take(step)
        assert self._entrypoint
        assert self._entrypoint.is_file(), "the entrypoint of the image is not in it"
        return Built(self._venv, self._entrypoint, self._sent)

    def _take(self, step: Step) -> None:
        match step.name:
            case name if name in AS_FOUND:
                return
            case "ENV":
                given = dict(pair.split("=", 1) for pair in shlex.split(step.words))
                own = {name: value for name, value in given.items() if name == "PIP_DISABLE_PIP_VERSION_CHECK"}
                self._environment |= own
            case "WORKDIR":
                assert step.words in {"/source", "/tmp"}
            case "COPY":
                self._copy(step.words.split())
            case "RUN":
                self._command(step.words)
            case "ENTRYPOINT":
                [name] = re.findall(r'"([^"]+)"', step.words)
                self._entrypoint = self._venv / "bin" / name
            case _:
                raise AssertionError(f"the test of the image does not know {step.name}")

    def _copy(self, words: list[str]) -> None:
        if words[0].startswith("--from="):
            assert words[1:] == [VENV, VENV]
            return
        *sources, to = words
        assert to in {".", "./"}
        for source in sources:
            if source == ".":
                shutil.copytree(self._sent, self._source, dirs_exist_ok=True)
            else:
                shutil.copy2(self._sent / source, self._source)

    def _command(self, command: str) -> None:
        if OF_THE_SYSTEM.match(command):
            return
        words = [word.replace(VENV, str(self._venv)) for word in shlex.split(command)]
        words[0] = sys.executable if words[0] == "python" else words[0]
        kept = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
        done = subprocess.run(
            words, cwd=self._source, env=kept | self._environment, capture_output=True, text=True, check=False
        )
        if done.returncode and NOT_FOUND in done.stderr and AWAY.search(done.stdout + done.stderr):
            raise IndexAway(command)
        assert done.returncode == 0, f"{command}\n{done.stdout}{done.stderr}"
