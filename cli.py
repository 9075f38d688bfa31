"""The `mediation` command: every subject's commands together.

They are loaded only when the command runs, for that takes a moment, and whoever stops us meanwhile need not read where.
"""

import functools
import gc
import os
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import typer


@functools.cache
def application() -> "typer.Typer":
    """Join all commands."""
    import typer

    from console import (
        audit,
        capacity,
        connect,
        directory,
        letters,
        plugins,
        policies,
        programme,
        reports,
        running,
        webhooks,
    )

    app = typer.Typer(
        help="Direct mediation: from a care institution to a home, with support.",
        no_args_is_help=True,
        pretty_exceptions_enable=False,
        add_completion=False,
    )
    app.add_typer(plugins.commands())  # first, so that no other distribution takes the place of a command of ours
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
    return app


def main() -> None:
    """Run the command line, and end at once."""
    code = 0
    try:
        app = application()
        # What is imported by now stays until the end: each collection would walk through it and free nothing. And a
        # decision makes thousands of values that come and go without circles, so that the usual 700 new ones are too
        # few to look for any.
        gc.freeze()
        gc.set_threshold(20_000, 20, 50)
        app()
    except KeyboardInterrupt:
        code = 130  # by the custom of shells
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else 1
    sys.stdout.flush()
    sys.stderr.flush()
    # Temporal's core has threads of its own, which may abort the process while the interpreter is taken down: a command
    # that had succeeded would end as if it had failed. Everything of ours is closed by now.
    os._exit(code)


if __name__ == "__main__":
    main()
