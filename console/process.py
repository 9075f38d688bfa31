"""What every command needs: settings, a loop to run in, and a way to tell a fault in one line."""

from collections.abc import Coroutine
from typing import Any, TypeVar

import typer
import uvloop

from runtime import RuntimeFault
from runtime.logging import start_logging
from runtime.settings import Settings, load_settings

EXIT_FAULT = 1
"""Something the operator can mend: it is told in one line."""

T = TypeVar("T")


def settings_here() -> Settings:
    """Return the settings of this process, with logging started."""
    try:
        settings = load_settings()
    except RuntimeFault as fault:
        raise fail(fault) from None
    start_logging(settings.log_level, settings.log_format)
    return settings


def run(work: Coroutine[Any, Any, T]) -> T:
    """Do something asynchronous."""
    from sandbox.embedded.errors import EmbeddedServerError

    try:
        return uvloop.run(work)
    except (RuntimeFault, EmbeddedServerError) as fault:
        raise fail(fault) from None


def fail(fault: Exception | str) -> typer.Exit:
    """Tell a fault; return what ends the command, to be raised."""
    typer.echo(str(fault), err=True)
    return typer.Exit(EXIT_FAULT)
