"""Starting things: everything on this machine, a simulated city, or one process of an installation."""

from datetime import timedelta
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from console.process import run, settings_here
from domain.parties import Role
from runtime.local_issuer import LocalIssuer
from runtime.metrics import start_metrics

DATA = Path(".data/mediation")
Data = Annotated[Path, typer.Option(help="The directory that keeps all state.")]

app = typer.Typer()


@app.command()
def up(
    data: Data = DATA,
    api_port: int = 8000,
    temporal_port: int = 7233,
    temporal_ui_port: int = 8233,
    postgres_port: int = 5433,
    smtp_port: int = 2525,
    corporation_port: int = 8101,
    care_provider_port: int = 8102,
    district_team_port: int = 8103,
    metrics_port: int = 9464,
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
    run(stay_up(data, ports, Console()))


@app.command()
def demo(
    city: Annotated[str, typer.Option("--policy", help="A city with a policy of ours, or a policy file.")] = "almere",
    cases: Annotated[int, typer.Option(min=1, max=5000, help="How many people.")] = 50,
    seed: Annotated[int, typer.Option(min=0, help="The same seed gives the same city.")] = 1,
    as_json: Annotated[bool, typer.Option("--json", help="End with one JSON object.")] = False,
    data: Annotated[Path | None, typer.Option(help="Keep all state here; else it is thrown away.")] = None,
) -> None:
    """A city lives on a virtual clock until every mediation is closed; then every history is replayed."""
    from sandbox.demo import show

    run(show(city, cases, seed, as_json=as_json, data=data, console=Console(stderr=as_json)))


@app.command()
def api() -> None:
    """Serve the HTTP API."""
    from api.server import serve

    settings = settings_here()
    start_metrics(None)
    serve(settings)


@app.command()
def worker() -> None:
    """Carry out what mediations ask. Exits 0 after SIGTERM, when what was under way is done."""
    from worker import serve

    settings = settings_here()
    start_metrics(settings.metrics_address)
    run(serve(settings))


@app.command()
def migrate() -> None:
    """Bring the database to this release. Safe to repeat, and to run by several at once."""
    from store.database import migrate as apply

    settings = settings_here()
    for name in run(apply(settings.database_url)):
        typer.echo(f"applied {name}")


@app.command()
def token(
    role: Annotated[Role, typer.Option(help="What the organisation does.")],
    organisation: Annotated[str, typer.Option(help="Its id, such as almere.")],
    subject: Annotated[str, typer.Option(help="Who asks; only a pseudonym of it is kept.")] = "local",
    hours: Annotated[int, typer.Option(min=1, max=24 * 30)] = 8,
    data: Data = DATA,
) -> None:
    """Print a bearer token of the local issuer."""
    data.mkdir(parents=True, exist_ok=True)
    issuer = LocalIssuer(data / "token-key.json")
    typer.echo(issuer.issue(role, organisation, subject, timedelta(hours=hours)))
