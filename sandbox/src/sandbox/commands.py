"""`mediation up`, `backup`, `restore` and `demo`: everything on this machine, and a simulated city.

They are entry points of the group `mediation.commands`. What they need is loaded only when they run: this module is
loaded for every command.
"""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from console.process import EXIT_USAGE, fail, run, settings_here
from runtime.installed import DATA_DIRECTORY, USUAL, data_directory

if TYPE_CHECKING:
    from datetime import datetime

Kept = Annotated[
    Path | None,
    typer.Option("--data", help=f"The directory that keeps all state; else {DATA_DIRECTORY}, else {USUAL}."),
]

Port = Annotated[int, typer.Option(min=1, max=65535, help="A port of this machine that nobody uses.")]


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


def backup(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A folder on another disk, that keeps all backups.")],
    keep: Annotated[int, typer.Option(min=1, help="So many base backups are kept.")] = 14,
    data: Kept = None,
) -> None:
    """Back up the embedded PostgreSQL, with a copy of Temporal's database; its log is archived in DIR from then on.

    Without the vault key, which is not in it, nobody reads in a backup who a client is. Keep settings.env elsewhere.
    """
    from sandbox.backing_up import back_up_here

    made = run(back_up_here(settings_here(data), data_directory(data), folder, keep))
    typer.echo(f"{made.folder}: checked; it can be put back to any moment from {made.moment.isoformat()} on")


def restore(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The folder that keeps all backups.")],
    to: Annotated[
        str | None, typer.Option(metavar="MOMENT", help="Such as 2026-12-01T09:30:00+00:00; else the last there is.")
    ] = None,
    over: Annotated[bool, typer.Option("--over", help="Set the database aside that is there.")] = False,
    temporal: Annotated[
        bool, typer.Option("--temporal", help="Also Temporal's database, as of the base backup.")
    ] = False,
    data: Kept = None,
) -> None:
    """Put the embedded PostgreSQL back as it was at a moment. Then `mediation check --histories` says what differs."""
    from sandbox.putting_back import put_back

    moment = _moment(to) if to else None
    done = run(put_back(folder, data_directory(data), moment, over=over, temporal=temporal))
    if done.set_aside:
        typer.echo(f"what was there is now {done.set_aside}")
    typer.echo(f"put back from {done.base.folder}, to {moment.isoformat() if moment else 'the end of the log'}")


def _moment(text: str) -> "datetime":
    from datetime import datetime

    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise fail(f"{text} is no moment", EXIT_USAGE) from None
    if moment.tzinfo is None:
        raise fail(f"{text} does not say in which time zone: end it with +00:00 or +01:00", EXIT_USAGE)
    return moment
