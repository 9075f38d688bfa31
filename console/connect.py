"""`mediation connect`: try how a partner is asked, before any mediation depends on it."""

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from console.process import fail, run

if TYPE_CHECKING:
    from activities.ports import Listing
    from runtime.systems import Vera

app = typer.Typer(help="Try how partners are asked.", no_args_is_help=True)
Organisation = Annotated[str, typer.Argument(help="The organisation's id in the directory.")]
DirectoryFile = Annotated[Path, typer.Option("--directory", help="The directory of organisations.")]


@app.command()
def check(organisation: Organisation, directory: DirectoryFile) -> None:
    """Ask a corporation's VERA system whether it lets us in, and what it has released by today. Changes nothing."""
    from activities.partner import PartnerAway, PartnerRefused
    from runtime import RuntimeFault
    from runtime.directory import Directory
    from runtime.systems import Vera

    try:
        system = Directory.load(directory).get(organisation).system
    except RuntimeFault as fault:
        raise fail(fault) from None
    if not isinstance(system, Vera):
        raise fail(f"{organisation} is not asked over VERA, but by {system.kind}")
    try:
        listing = run(_asked(organisation, system))
    except PartnerAway as away:
        raise fail(f"{organisation} is away: {(away.type or '').partition(':')[2]}") from None
    except PartnerRefused as refused:
        raise fail(f"{organisation} refuses: {refused.code}") from None
    typer.echo(f"{organisation} lets us in and has {len(listing.dwellings)} dwellings released by today")
    for lacking, count in listing.skipped.most_common():
        typer.echo(f"  skipped {count}: {lacking}")


async def _asked(organisation: str, system: "Vera") -> "Listing":
    """Do what the worker does, outside a worker."""
    from dataclasses import replace

    import httpx
    from temporalio.testing import ActivityEnvironment

    from activities.partner import Partners
    from activities.vera.client import VeraClient
    from activities.vera.corporation import VeraCorporation
    from activities.vera.tokens import Tokens
    from runtime.directory import Directory

    now = datetime.now(UTC)
    environment = ActivityEnvironment()
    environment.info = replace(environment.info, started_time=now)
    async with httpx.AsyncClient(trust_env=False) as http:
        partners = Partners(http, Directory([]))
        tokens = Tokens(partners)

        async def ask() -> "Listing":
            await VeraClient(partners, tokens, organisation, system, "check").ping()
            corporation = VeraCorporation(partners, tokens, organisation, system)
            return await corporation.released(organisation, now.date(), "check")

        return await environment.run(ask)
