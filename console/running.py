"""Starting things: everything on this machine, a simulated city, or one process of an installation."""

from datetime import timedelta
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from console.process import EXIT_USAGE, Data, fail, run, settings_here
from domain.facts.parties import Role
from runtime.installed import DATA_DIRECTORY, USUAL, data_directory
from runtime.metrics import start_metrics
from runtime.settings import Settings

Kept = Annotated[
    Path | None,
    typer.Option("--data", help=f"The directory that keeps all state; else {DATA_DIRECTORY}, else {USUAL}."),
]

Port = Annotated[int, typer.Option(min=1, max=65535, help="A port of this machine that nobody uses.")]

app = typer.Typer()


@app.command()
def up(
    data: Kept = None,
    api_port: Port = 8000,
    temporal_port: Port = 7233,
    temporal_ui_port: Port = 8233,
    postgres_port: Port = 5433,
    smtp_port: Port = 2525,
    corporation_port: Port = 8101,
    care_provider_port: Port = 8102,
    district_team_port: Port = 8103,
    metrics_port: Port = 9464,
) -> None:
    """Start everything on this machine, and keep it until Ctrl-C. All state stays in the data directory."""
    from sandbox.data_directory import Ports
    from sandbox.up import stay_up

    ports = Ports(
        api=api_port,
        temporal=temporal_port,
        temporal_ui=temporal_ui_port,
        postgres=postgres_port,
        smtp=smtp_port,
        corporation=corporation_port,
        care_provider=care_provider_port,
        district_team=district_team_port,
        metrics=metrics_port,
    )
    run(stay_up(data_directory(data), ports, Console(markup=False, highlight=False)))


@app.command()
def demo(
    city: Annotated[str, typer.Option("--policy", help="A city with a policy of ours, or a policy file.")] = "almere",
    cases: Annotated[int, typer.Option(min=1, max=5000, help="How many people.")] = 20,
    seed: Annotated[int, typer.Option(min=0, help="The same seed gives the same city.")] = 1,
    as_json: Annotated[bool, typer.Option("--json", help="End with one JSON object.")] = False,
    data: Annotated[Path | None, typer.Option(help="Keep all state here; else it is thrown away.")] = None,
) -> None:
    """A city lives on a virtual clock until every mediation is closed; then every history is replayed."""
    from sandbox.demo import show
    from sandbox.interruption import ENDED, Interrupted, until_interrupted

    console = Console(stderr=as_json)
    try:
        run(until_interrupted(show(city, cases, seed, as_json=as_json, data=data, console=console), console))
    except Interrupted:
        raise fail("Stopped before its end.", ENDED) from None


@app.command()
def api(data: Data = None) -> None:
    """Serve the HTTP API."""
    from api.server import serve

    settings = settings_here(data)
    start_metrics(None)
    serve(settings)


@app.command()
def worker(data: Data = None) -> None:
    """Carry out what mediations ask. Exits 0 after SIGTERM, when what was under way is done."""
    from worker import serve

    settings = settings_here(data)
    start_metrics(settings.metrics_address)
    run(serve(settings))


@app.command()
def migrate(data: Data = None) -> None:
    """Bring the database to this release. Safe to repeat, and to run by several at once."""
    from store.database import migrate as apply

    settings = settings_here(data)
    for name in run(apply(settings.database_url)):
        typer.echo(f"applied {name}")


@app.command()
def token(
    role: Annotated[Role, typer.Option(help="What the organisation does.")],
    organisation: Annotated[str, typer.Option(help="Its id, such as almere.")],
    subject: Annotated[str, typer.Option(help="Who asks; only a pseudonym of it is kept.")] = "local",
    hours: Annotated[int, typer.Option(min=1, max=24 * 30)] = 8,
    data: Data = None,
) -> None:
    """Print a bearer token of the local issuer, for an organisation in the directory."""
    typer.echo(run(_token(settings_here(data), role, organisation, subject, timedelta(hours=hours))))


async def _token(settings: Settings, role: Role, organisation: str, subject: str, lifetime: timedelta) -> str:
    from runtime.local_issuer import LocalIssuer
    from store import database
    from store.directory import LiveDirectory

    issuer = LocalIssuer.of(settings)
    async with database.connect(settings.database_url, size=1) as pool:
        directory = LiveDirectory(pool, settings.directory)
        await directory.reread()
        known = {one.id: one for one in directory}
    if organisation not in known:
        there = ", ".join(one.id for one in known.values() if one.role is role) or "none"
        told = f"{organisation} is not in the directory; its {role.value} organisations are: {there}"
        raise fail(told, EXIT_USAGE)
    if known[organisation].role is not role:
        raise fail(
            f"{organisation} is no {role.value}: the directory has it as {known[organisation].role.value}", EXIT_USAGE
        )
    return issuer.issue(role, organisation, subject, lifetime)
