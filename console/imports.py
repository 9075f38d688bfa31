"""`mediation import`: tables that people keep in a spreadsheet, taken in through the API."""

from pathlib import Path
from typing import Annotated, Any

import typer

from console.asking import Api, Token, address, ask, told_line
from console.process import EXIT_FAULT, Data

app = typer.Typer(help="Take in tables from a spreadsheet, saved as CSV.", no_args_is_help=True)
Table = Annotated[
    Path, typer.Argument(exists=True, dir_okay=False, help="CSV with a header, English or Dutch; commas or semicolons.")
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Only tell what it would do, and what is wrong: keep nothing.")]


@app.command()
def referrals(table: Table, token: Token, dry_run: DryRun = False, api: Api = None, data: Data = None) -> None:
    """Refer the clients of a table. A wrong line is told and left out; the same file again refers nobody twice."""
    taken = _sent("/referrals", table, token, address(api, data), dryRun=dry_run)
    for one in taken["items"]:
        typer.echo(f"line {one['line']}: {one['reference']}  {one['mediation']}")
    typer.echo(f"{taken['new']} {'would be referred' if dry_run else 'referred'}, {taken['unchanged']} were before")
    _end(taken)


@app.command()
def homes(
    table: Table,
    token: Token,
    dry_run: DryRun = False,
    skip_wrong: Annotated[bool, typer.Option("--skip-wrong", help="Take in the lines that are right.")] = False,
    api: Api = None,
    data: Data = None,
) -> None:
    """Release the dwellings of a table, as their corporation: all of them or none, unless wrong lines are skipped."""
    where = address(api, data)
    taken = _sent("/released-dwellings", table, token, where, dryRun=dry_run, skipWrong=skip_wrong)
    if dry_run:
        typer.echo(f"{taken['new']} new, {taken['changed']} changed, {taken['unchanged']} unchanged; nothing was kept")
    else:
        typer.echo(f"{taken['rows']} rows taken in")
    _end(taken)


def _sent(path: str, table: Path, token: str, api: str, **query: bool) -> dict[str, Any]:
    chosen = {name: str(value).lower() for name, value in query.items()}
    return ask("POST", path, token, api, query=chosen, table=table.read_bytes())


def _end(taken: dict[str, Any]) -> None:
    """Tell what is wrong with the lines that were left out; with any, the command has failed."""
    for error in taken.get("wrong", ()):
        typer.echo(told_line(error), err=True)
    if taken.get("wrong"):
        raise typer.Exit(EXIT_FAULT)
