"""Commands that other distributions add, found by their entry points.

The servers and partners of `mediation up` and the city of `mediation demo` are the distribution
`direct-mediation-sandbox`: an installation that serves a municipality does without it.
"""

from contextlib import AbstractAsyncContextManager
from importlib.metadata import entry_points
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, cast

import typer

from console.process import EXIT_USAGE, fail
from runtime import ChoiceWrong
from runtime.settings import Settings

if TYPE_CHECKING:
    from audit.beside import BookSources

COMMANDS = "mediation.commands"
"""Entry points of this group are functions for typer; the name of an entry point is that of its command."""
DATA = "mediation.data"
"""The entry point `reopened` of this group opens the books of a data directory, whether its servers run or not."""
SANDBOX = "direct-mediation-sandbox"
OF_THE_SANDBOX = frozenset({"up", "demo", "backup", "restore"})
"""Commands that are listed also where the sandbox is not installed, with what to install."""


class SandboxMissing(ChoiceWrong):
    """This needs a package that is not installed."""

    def __init__(self) -> None:
        super().__init__(f"pip install {SANDBOX}")


class Reopening(Protocol):
    """Opens the books of a data directory that `mediation up` or `mediation demo` keeps."""

    def __call__(self, data: Path, settings: Settings) -> "AbstractAsyncContextManager[BookSources]":
        """Start for a while the servers that do not run."""


def commands() -> typer.Typer:
    """Return the commands that others bring, and in their place what to install for those of the sandbox."""
    app = typer.Typer()
    brought = {one.name: one for one in entry_points(group=COMMANDS)}
    for name, point in brought.items():
        app.command(name)(point.load())
    for name in sorted(OF_THE_SANDBOX - brought.keys()):
        anything = {"ignore_unknown_options": True, "allow_extra_args": True}
        app.command(name, help=f"Needs the package {SANDBOX}.", context_settings=anything)(_missing)
    return app


def reopening() -> Reopening:
    """Return what opens a data directory. Raises SandboxMissing."""
    for point in entry_points(group=DATA, name="reopened"):
        return cast(Reopening, point.load())
    raise SandboxMissing


def _missing() -> None:
    raise fail(SandboxMissing(), EXIT_USAGE)
