"""`mediation directory`: the organisations, as a table to keep (woonwaaier)."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from console.asking import Api, Token, address, ask
from console.process import EXIT_FAULT, Data, fail, run, settings_here
from console.two_people import Alone, FirstPerson, Hands, SecondPerson, hands
from runtime.settings import Settings

if TYPE_CHECKING:
    from runtime.directory import Organisation
    from store.directory import Versions
    from store.directory_exchange import DirectoryWriter, Row

app = typer.Typer(help="The organisations that work on mediations, and how to reach them.", no_args_is_help=True)
Table = Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="CSV with a header, in UTF-8.")]
Since = Annotated[datetime | None, typer.Option("--from", formats=["%Y-%m-%d"], help="The first day; else today.")]
Day = Annotated[datetime | None, typer.Option("--on", formats=["%Y-%m-%d"], help="On which day; else today.")]
ProposalId = Annotated[str, typer.Argument(help="The id of the change, as `proposals` lists it.")]
ForSpreadsheet = Annotated[bool, typer.Option("--spreadsheet", help="As a Dutch spreadsheet opens it.")]
Municipality = Annotated[str | None, typer.Option(help="Only the organisations that work for this municipality.")]


@app.command("export")
def export_(
    on: Day = None, municipality: Municipality = None, spreadsheet: ForSpreadsheet = False, data: Data = None
) -> None:
    """Print the directory as CSV, as it is on a day. It holds no secrets: stars stand for them."""
    from store.directory_exchange import as_csv, in_view

    known = run(_known(settings_here(data), on.date() if on else None))
    typer.echo(as_csv(in_view(known, municipality), spreadsheet=spreadsheet), nl=False)


@app.command("import")
def import_(
    table: Table,
    since: Since = None,
    proposed_by: FirstPerson = None,
    confirmed_by: SecondPerson = None,
    alone: Alone = None,
    data: Data = None,
) -> None:
    """Take in the whole table, changed: all of it, or nothing and what is wrong with each line.

    Where letters go, a system, a substitute and who looks on are not changed by one person: name both, or say why there
    is one. Organisations are told at the address that they had.
    """
    by = hands(proposed_by, confirmed_by, alone)
    day = since.date() if since else None
    changed = run(_judge(settings_here(data), table, table.read_bytes(), day, by))
    typer.echo(f"{len(changed)} organisations changed")


@app.command()
def proposals(token: Token, api: Api = None, data: Data = None) -> None:
    """List the changes that wait for a second person."""
    items = ask("GET", "/directory/proposals", token, address(api, data))["items"]
    for one in items:
        typer.echo(f"{one['id']}  {one['organisation']}  from {one['from']}  {', '.join(one['watched'])}")
    if not items:
        typer.echo("no change waits")


@app.command()
def confirm(proposal: ProposalId, token: Token, api: Api = None, data: Data = None) -> None:
    """Confirm a change, as another person than proposed it."""
    one = ask("POST", f"/directory/proposals/{proposal}/confirm", token, address(api, data))
    typer.echo(f"{one['organisation']} changes from {one['from']} on")


@app.command()
def withdraw(proposal: ProposalId, token: Token, api: Api = None, data: Data = None) -> None:
    """Withdraw a change that waits."""
    one = ask("POST", f"/directory/proposals/{proposal}/withdraw", token, address(api, data))
    typer.echo(f"{one['organisation']} stays as it is")


@app.command()
def check(table: Table, since: Since = None, data: Data = None) -> None:
    """Tell what `import` would change, or what is wrong with each line. Changes nothing."""
    changed = run(_judge(settings_here(data), table, table.read_bytes(), since.date() if since else None))
    for one in changed:
        typer.echo(f"{one.id} changes")
    typer.echo(f"{len(changed)} organisations would change")


def _writer(settings: Settings) -> "DirectoryWriter":
    """Return the operator, who may change all of it."""
    from runtime.addresses import AllowList
    from store.directory_exchange import DirectoryWriter

    own = AllowList.parse(settings.partner_hosts), AllowList.parse(settings.webhook_hosts)
    return DirectoryWriter(None, partner_hosts=own[0], webhook_hosts=own[1])


async def _known(settings: Settings, on: date | None) -> "list[Organisation]":
    from store.database import connect
    from store.directory import LiveDirectory

    async with connect(settings.database_url, size=2) as pool:
        directory = LiveDirectory(pool, settings.directory)
        await directory.reread()
        return list(directory.on(on or directory.today()))


async def _judge(
    settings: Settings, table: Path, content: bytes, since: date | None, by: Hands | None = None
) -> "list[Organisation]":
    from domain.exchange.feed import LinesWrong
    from store.directory_exchange import read_csv

    try:
        rows = read_csv(content)
        return await (_change(settings, rows, since, by) if by else _compare(settings, rows, since))
    except LinesWrong as wrong:
        for error in wrong.errors:
            typer.echo(f"{table}: {error}", err=True)
        raise typer.Exit(EXIT_FAULT) from None


async def _compare(settings: Settings, rows: "list[Row]", since: date | None) -> "list[Organisation]":
    from runtime.directory import Directory
    from store.directory_exchange import judged

    known = await _known(settings, since)
    return judged(rows, Directory(known), _writer(settings))


async def _change(settings: Settings, rows: "list[Row]", since: date | None, by: Hands) -> "list[Organisation]":
    from store.database import connect
    from store.directory import LiveDirectory, change
    from store.directory_exchange import judged
    from store.organisations import watched

    async with connect(settings.database_url, size=2) as pool:
        directory = LiveDirectory(pool, settings.directory)
        await directory.reread()
        first = since or directory.today()
        if first < directory.today():
            raise fail("what was true before today stays as it was")
        changed: list[Organisation] = []

        def judge(known: "Versions") -> "list[Organisation]":
            changed[:] = judged(rows, known.on(first), _writer(settings))
            held = [one.id for one in changed if watched(known.latest(one.id, first), one)]
            if held and not by.enough:
                raise fail(
                    f"two people change {', '.join(held)}: name them with --proposed-by and --confirmed-by, "
                    "or say with --alone why there is one"
                )
            return changed

        await change(pool, by.written, datetime.now(UTC), first, judge)
        return changed
