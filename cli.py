"""The `mediation` command: every subject's commands together."""

import gc
import os
import sys

import typer

from console import audit, capacity, connect, directory, letters, policies, programme, reports, running, webhooks
from console.process import EXIT_FAULT

app = typer.Typer(
    help="Direct mediation: from a care institution to a home, with support.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
app.add_typer(running.app)
app.add_typer(reports.app)
app.add_typer(letters.app)
app.add_typer(policies.app, name="policy")
app.add_typer(capacity.app, name="capacity")
app.add_typer(connect.app, name="connect")
app.add_typer(programme.app, name="programme")
app.add_typer(directory.app, name="directory")
app.add_typer(webhooks.app, name="webhook")
app.add_typer(audit.app, name="audit")


def main() -> None:
    """Run the command line, and end at once: Temporal's core may otherwise abort while the interpreter shuts down."""
    gc.freeze()  # what was imported stays; and many small values come and go, few in circles
    gc.set_threshold(20_000, 20, 50)
    code = 0
    try:
        app()
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else EXIT_FAULT
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


if __name__ == "__main__":
    main()
