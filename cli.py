"""The `mediation` command."""

import gc
import os
import sys
from collections.abc import Coroutine
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any

import typer
import uvloop
from rich.console import Console

from domain.parties import Role
from runtime import RuntimeFault
from runtime.local_issuer import LocalIssuer
from runtime.logging import start_logging
from runtime.metrics import start_metrics
from runtime.settings import Settings, load_settings

EXIT_FAULT = 1
"""Something the operator can mend: it is told in one line."""

DATA = Path(".data/mediation")

app = typer.Typer(
    help="Direct mediation: from a care institution to a home, with support.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
Data = Annotated[Path, typer.Option(help="The directory that keeps all state.")]


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
    _run(stay_up(data, ports, Console()))


@app.command()
def demo(
    policy: Annotated[str, typer.Option(help="A city with a policy of ours, or a policy file.")] = "almere",
    cases: Annotated[int, typer.Option(min=1, max=5000, help="How many people.")] = 50,
    seed: Annotated[int, typer.Option(min=0, help="The same seed gives the same city.")] = 1,
    json: Annotated[bool, typer.Option("--json", help="End with one JSON object.")] = False,
    data: Annotated[Path | None, typer.Option(help="Keep all state here; else it is thrown away.")] = None,
) -> None:
    """A city lives on a virtual clock until every mediation is closed; then every history is replayed."""
    from sandbox.demo import show

    _run(show(policy, cases, seed, as_json=json, data=data, console=Console(stderr=json)))


@app.command()
def api() -> None:
    """Serve the HTTP API."""
    from api.server import serve

    settings = _settings()
    start_metrics(None)
    serve(settings)


@app.command()
def worker() -> None:
    """Carry out what mediations ask. Exits 0 after SIGTERM, when what was under way is done."""
    from worker import serve

    settings = _settings()
    start_metrics(settings.metrics_address)
    _run(serve(settings))


@app.command()
def migrate() -> None:
    """Bring the database to this release. Safe to repeat, and to run by several at once."""
    from store.database import migrate as apply

    settings = _settings()
    for name in _run(apply(settings.database_url)):
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


programme = typer.Typer(help="A municipality's whole programme.", no_args_is_help=True)
app.add_typer(programme, name="programme")
Municipality = Annotated[str, typer.Option(help="Every open mediation of this municipality.")]
Note = Annotated[str, typer.Option(help="Why. Kept in the vault with each mediation.")]
Key = Annotated[str, typer.Option(help="Your own key of this command; give it again unchanged to go on with it.")]
Api = Annotated[str, typer.Option(help="Where the API is.")]
Token = Annotated[str, typer.Option(envvar="MEDIATION_TOKEN", help="A coordinator's bearer token.")]


@programme.command()
def pause(municipality: Municipality, note: Note, key: Key, token: Token, api: Api = "http://127.0.0.1:8000") -> None:
    """Pause every open mediation: nothing falls due and no letter goes until it is resumed."""
    _change_programme("pause", municipality, note, key, token, api)


@programme.command()
def resume(municipality: Municipality, note: Note, key: Key, token: Token, api: Api = "http://127.0.0.1:8000") -> None:
    """Resume every paused mediation: everything is later by the time it was paused."""
    _change_programme("resume", municipality, note, key, token, api)


def _change_programme(way: str, municipality: str, note: str, key: str, token: str, api: str) -> None:
    import httpx

    from api.programme import Changed, Way, change

    async def give() -> Changed:
        headers = {"Authorization": f"Bearer {token}"}
        async with httpx.AsyncClient(base_url=api, headers=headers, timeout=60) as http:
            return await change(http, municipality, Way(way), note, key)

    try:
        changed = _run(give())
    except httpx.HTTPError as error:
        _fail(RuntimeFault(f"the API at {api} cannot be reached ({type(error).__name__})"))
    typer.echo(f"{way}d: {changed.changed}, before: {changed.before}")


def _settings() -> Settings:
    try:
        settings = load_settings()
    except RuntimeFault as fault:
        _fail(fault)
    start_logging(settings.log_level, settings.log_format)
    return settings


def _run(work: Coroutine[Any, Any, Any]) -> Any:
    from sandbox.embedded.errors import EmbeddedServerError

    try:
        return uvloop.run(work)
    except (RuntimeFault, EmbeddedServerError) as fault:
        _fail(fault)


def _fail(fault: Exception) -> Any:
    typer.echo(str(fault), err=True)
    raise typer.Exit(EXIT_FAULT)


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
