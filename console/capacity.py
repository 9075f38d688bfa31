"""`mediation capacity`: figures about scarce things, and the proof that they are counted right."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from console.process import EXIT_FAULT, Data, run, settings_here

app = typer.Typer(
    help="Scarce things: take in outside figures, and prove that what is held agrees with the events.",
    no_args_is_help=True,
)


class Figures(StrEnum):
    """What a file of figures tells."""

    VACATED = "vacated"
    COMPLEXES = "complexes"


@app.command()
def feed(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="CSV with a header, in UTF-8.")],
    municipality: Annotated[str, typer.Option(help="Whose figures, such as almere.")],
    figures: Annotated[Figures, typer.Option(help="What the file tells.")] = Figures.VACATED,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only tell what it would do: keep nothing.")] = False,
    data: Data = None,
) -> None:
    """Take in a municipality's figures: all of the file, or nothing and what is wrong with each line."""
    from domain.exchange.feed import LinesWrong
    from store.feed import feed_file

    try:
        url, content = settings_here(data).database_url, file.read_bytes()
        taken = run(feed_file(url, municipality, figures.value, content, dry_run=dry_run))
    except LinesWrong as wrong:
        for error in wrong.errors:
            typer.echo(f"{file}: {error}", err=True)
        raise typer.Exit(EXIT_FAULT) from None
    what = "would be taken in" if dry_run else "taken in"
    typer.echo(f"{taken.rows} rows {what}: {taken.new} new, {taken.changed} changed, {taken.unchanged} unchanged")


@app.command()
def check(data: Data = None) -> None:
    """Work out everything scarce from the events and compare. Reads only; exits 1 and tells each difference."""
    from store.sweep import sweep_at

    swept = run(sweep_at(settings_here(data).database_url))
    for difference in swept.differences:
        typer.echo(str(difference), err=True)
    typer.echo(f"{swept.mediations} mediations, {len(swept.differences)} differences")
    if swept.differences:
        raise typer.Exit(EXIT_FAULT)
