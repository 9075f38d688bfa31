"""`mediation check` and `mediation repair`: what is stuck behind the scenes, and how it is put right."""

from typing import Annotated

import typer

from console.process import EXIT_FAULT, Data, fail, run, settings_here
from runtime.settings import Settings

app = typer.Typer()


@app.command()
def check(data: Data = None) -> None:
    """Tell which mediations the watchman found stuck, since when and in which way. Ends with 1 when there are any."""
    found = run(_alarms(settings_here(data)))
    for line in found:
        typer.echo(line)
    if found:
        raise typer.Exit(EXIT_FAULT)
    typer.echo("nothing is stuck")


@app.command()
def repair(
    mediation: Annotated[str, typer.Argument(help="The id of a mediation, such as m-...")],
    data: Data = None,
) -> None:
    """Start the workflow of a mediation again from the journal, in the place of one that runs.

    Nothing is lost and nothing is done twice. Refused where the history knows commands that the journal lacks: then the
    journal must be put back first.
    """
    typer.echo(run(_repair(settings_here(data), mediation)))


async def _alarms(settings: Settings) -> list[str]:
    from api.alarms import in_words
    from store.alarms import alarms_now
    from store.database import connect
    from texts import Language

    async with connect(settings.database_url, size=1) as pool:
        found = await alarms_now(pool)
    return [
        f"{one.mediation} ({one.reference or 'no number'}), since {one.since:%Y-%m-%d %H:%M} UTC: {one.kind.value}, "
        f"{one.code or 'no code'}: {in_words(one.kind, Language.ENGLISH)}"
        for one in found
    ]


async def _repair(settings: Settings, mediation: str) -> str:
    from runtime.looking import look
    from runtime.plugin import connect as to_temporal
    from runtime.rebuilding import rebuild
    from store.database import connect
    from store.journal import opening_of
    from store.vault_secrets import ensure_keys

    client = await to_temporal(settings)
    async with connect(settings.database_url, size=2) as pool:
        await ensure_keys(pool, settings.vault_ring, settings.key_ring)
        seen = await look(client, mediation)
        opening = await opening_of(pool, mediation, seen.run or None)
        if opening is None or opening.carried is None:
            raise fail(f"the journal has no mediation {mediation}", EXIT_FAULT)
        await rebuild(client, opening, settings.task_queue)
        waiting = sum(map(len, opening.carried.lanes))
        return f"{mediation} goes on after {opening.carried.commands} commands, with {waiting} things to deliver"
