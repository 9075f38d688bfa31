"""`mediation check`, `repair` and `refill`: what is stuck behind the scenes, and how it is put right."""

from pathlib import Path
from typing import Annotated

import typer

from console.process import EXIT_FAULT, EXIT_USAGE, Data, fail, run, settings_here
from runtime.settings import Settings

app = typer.Typer()
One = Annotated[str | None, typer.Argument(metavar="[M]", help="The id of a mediation, such as m-...")]
Every = Annotated[bool, typer.Option("--all", help="All that need it.")]


@app.command()
def check(
    histories: Annotated[
        bool, typer.Option("--histories", help="Compare the journal with Temporal's histories instead.")
    ] = False,
    data: Data = None,
) -> None:
    """Tell which mediations the watchman found stuck, since when and in which way. Ends with 1 when there are any.

    With `--histories`: whether journal and history of every mediation know the same, which after a restore they may
    not, and what puts each right.
    """
    settings = settings_here(data)
    if histories:
        different = run(_check(settings, data))
    else:
        found = run(_alarms(settings))
        for line in found or ["nothing is stuck"]:
            typer.echo(line)
        different = bool(found)
    if different:
        raise typer.Exit(EXIT_FAULT)


@app.command()
def repair(
    mediation: One = None,
    every: Every = False,
    read_model: Annotated[
        bool, typer.Option("--read-model", help="Write its rows in the lists anew from the journal, while all go on.")
    ] = False,
    data: Data = None,
) -> None:
    """Start the workflow of a mediation again from the journal, in the place of one that runs.

    Nothing is lost and nothing is done twice. Refused where the history knows commands that the journal lacks: then
    `mediation refill` comes first. With `--all`: of every mediation whose workflow is gone or knows less. With
    `--read-model` workflows are left alone.
    """
    settings = settings_here(data)
    _one_or_all(mediation, every)
    left = _lists_anew(settings, mediation) if read_model else run(_repair(settings, data, mediation))
    if left:
        raise typer.Exit(EXIT_FAULT)


@app.command()
def refill(mediation: One = None, every: Every = False, data: Data = None) -> None:
    """Write into a journal that was put back to an earlier moment what Temporal's histories have of a mediation.

    Stop the API and the workers first. What no history has is told. It may be given again at any time; with `--all` for
    every mediation that needs it. Ends with 1 when something is left to a person.
    """
    settings = settings_here(data)
    _one_or_all(mediation, every)
    if run(_refill(settings, data, mediation)):
        raise typer.Exit(EXIT_FAULT)


def _one_or_all(mediation: str | None, every: bool) -> None:
    if bool(mediation) == every:
        raise fail("name a mediation, or all of them with --all", EXIT_USAGE)


def _lists_anew(settings: Settings, mediation: str | None) -> bool:
    from console.lists import lists_anew

    told = run(lists_anew(settings, mediation))
    for line in told.left:
        typer.echo(line)
    typer.echo(f"{told.written} written anew, {told.right} right")
    return bool(told.left)


async def _check(settings: Settings, data: Path | None) -> bool:
    from console.mending import mending

    async with mending(settings, data, typer.echo) as books:
        return await books.check()


async def _repair(settings: Settings, data: Path | None, mediation: str | None) -> bool:
    from console.mending import mending
    from store.past import Doubtful

    async with mending(settings, data, typer.echo) as books:
        if mediation is None:
            return await books.repair_all()
        try:
            await books.repair(mediation)
        except Doubtful as refused:
            raise fail(str(refused)) from None
        return False


async def _refill(settings: Settings, data: Path | None, mediation: str | None) -> bool:
    from console.mending import mending

    async with mending(settings, data, typer.echo) as books:
        return await books.refill(mediation)


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
