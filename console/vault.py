"""`mediation vault`: what those who run the installation do with the vault, without reading it."""

import typer

from console.process import Data, run, settings_here
from runtime.settings import Settings

app = typer.Typer(help="Who clients are, kept encrypted.", no_args_is_help=True)


@app.callback()
def _vault() -> None:
    """Keep the group a group, also with one command."""


@app.command()
def index(data: Data = None) -> None:
    """Make every client findable by name and day of birth, also who was stored before there was an index.

    It may be broken off and given again.
    """
    persons, unreadable = run(_index(settings_here(data)))
    typer.echo(f"{persons} persons can be found, {unreadable} could not be read")


async def _index(settings: Settings) -> tuple[int, int]:
    from runtime.keys import read_key
    from store.database import connect
    from store.vault import Vault

    key = read_key(settings.vault_key.get_secret_value())
    async with connect(settings.database_url, size=1) as pool:
        return await Vault(pool, key).index_people()
