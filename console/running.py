"""Starting one process of an installation, and what it needs first: its database, its key."""

from datetime import UTC, datetime
from typing import Annotated

import typer

from console.process import Data, fail, run, settings_here
from domain.facts.calendar import Calendar
from runtime.metrics import start_metrics
from runtime.seals import Process, SealKey
from runtime.settings import variable
from runtime.tracing import start_tracing, stop_tracing

app = typer.Typer()
EXIT_OTHER_RELEASE = 75
"""By the custom of sysexits: it passes, try again."""


@app.command()
def api(data: Data = None) -> None:
    """Serve the HTTP API."""
    from api.server import prepare, serve
    from store.database import check_rights

    settings = settings_here(data)
    run(check_rights(settings.database_url))  # told in one line, and not in the words of the web server
    start_metrics(settings.api_metrics_address)
    start_tracing(settings.traces_url, Process.API)
    try:
        run(prepare(settings))
        serve(settings)
    finally:
        stop_tracing()


@app.command()
def worker(data: Data = None) -> None:
    """Carry out what mediations ask. Exits 0 after SIGTERM, when what was under way is done.

    Exits 75 when another release is at work, for the supervisor to start the release that is installed now.
    """
    from store.language import NewerBuild, OlderLanguage
    from worker import serve

    async def work() -> None:
        try:
            await serve(settings)
        except (NewerBuild, OlderLanguage) as other:
            raise fail(other, EXIT_OTHER_RELEASE) from None

    settings = settings_here(data)
    start_metrics(settings.metrics_address)
    start_tracing(settings.traces_url, Process.WORKER)
    try:
        run(work())
    finally:
        stop_tracing()


@app.command()
def migrate(data: Data = None) -> None:
    """Bring the database to this release, with the rights of API and worker, as its owner (MEDIATION_OWNER_URL).

    Safe to repeat, and to run by several at once.
    """
    from store.database import migrate as apply

    settings = settings_here(data)
    named = settings.owner_url.get_secret_value() if settings.owner_url else None
    for name in run(apply(named or settings.database_url, settings.database_url if named else None)):
        typer.echo(f"applied {name}")


@app.command("seal-key")
def seal_key(
    process: Annotated[Process, typer.Argument(help="Which kind of process seals with it.")],
    number: Annotated[int, typer.Option(min=1, max=999, help="The next one, when another takes its place.")] = 1,
) -> None:
    """Make a key with which a process seals its commands: a secret line for it alone, and a public one for all."""
    key = SealKey.generate(f"{process}-{number}")
    typer.echo(f"{variable('seal_key')}={key.private}")
    typer.echo(f"one of {variable('speakers')}: {key.listed(Calendar().today(datetime.now(UTC)))}")
