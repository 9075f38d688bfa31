"""The `mediation` command, with the commands of every subject.

The modules are imported only when the command runs: that takes a moment, and Ctrl-C meanwhile must end without a
traceback.
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
        imports,
        keeping,
        language,
        letters,
        plugins,
        policies,
        programme,
        reports,
        running,
        tokens,
        vault,
        webhooks,
        work,
    )

    app = typer.Typer(
        help="Direct mediation: from a care institution to a home, with support.",
        no_args_is_help=True,
        pretty_exceptions_enable=False,
        add_completion=False,
    )
    app.add_typer(plugins.commands())  # first, so that no other distribution takes the place of a command of ours
    app.add_typer(running.app)
    app.add_typer(keeping.app)
    app.add_typer(language.app)
    app.add_typer(reports.app)
    app.add_typer(letters.app)
    app.add_typer(tokens.app, name="token")
    app.add_typer(policies.app, name="policy")
    app.add_typer(capacity.app, name="capacity")
    app.add_typer(connect.app, name="connect")
    app.add_typer(programme.app, name="programme")
    app.add_typer(directory.app, name="directory")
    app.add_typer(webhooks.app, name="webhook")
    app.add_typer(audit.app, name="audit")
    app.add_typer(vault.app, name="vault")
    app.add_typer(work.app, name="work")
    app.add_typer(imports.app, name="import")
    return app


def main() -> None:
    """Run the command line, and end at once."""
    code = 0
    try:
        app = application()
        # What is imported by now stays until the end, so the garbage collector need not look through it each time. And
        # a decision makes thousands of short-lived values without cycles: after each 700 of them, Python's default,
        # there is nothing to collect.
        gc.freeze()
        gc.set_threshold(20_000, 20, 50)
        app()
    except KeyboardInterrupt:
        code = 130  # by the custom of shells
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else 1
    sys.stdout.flush()
    sys.stderr.flush()
    # Temporal's core has threads of its own, which may abort the process while the interpreter shuts down: a command
    # that succeeded would seem to have failed. Everything of ours is closed by now.
    os._exit(code)


if __name__ == "__main__":
    main()
