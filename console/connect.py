"""`mediation connect`: try the connection to a partner's system, before any mediation depends on it."""

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from console.process import Data, fail, partner_hosts_here, run, settings_here

if TYPE_CHECKING:
    from runtime.directory import Directory
    from runtime.directory import Organisation as OneOrganisation

app = typer.Typer(help="Try the connections to partners.", no_args_is_help=True)
Organisation = Annotated[str, typer.Argument(help="The organisation's id in the directory.")]
DirectoryFile = Annotated[
    Path | None, typer.Option("--directory", help="The file of the organisations; else that of the installation.")
]


@app.command()
def check(organisation: Organisation, directory: DirectoryFile = None, data: Data = None) -> None:
    """Try whether an organisation's system is there and lets us in, and tell what it released. Changes nothing."""
    from activities.partner import PartnerAway, PartnerRefused
    from runtime import RuntimeFault
    from runtime.addresses import NOT_CALLED
    from runtime.directory import Directory
    from runtime.settings import variable

    try:
        known = Directory.load(directory or settings_here(data).directory)
        one = known.get(organisation)
    except RuntimeFault as fault:
        raise fail(fault) from None
    try:
        said = run(_tried(partner_hosts_here(data), known, one))
    except PartnerAway as away:
        if away.code in NOT_CALLED:
            raise fail(
                f"{organisation} is not called ({away.code}): a system on your own network, or without https, is named "
                f"in {variable('partner_hosts')}"
            ) from None
        raise fail(f"{organisation} is away: {away.code}") from None
    except PartnerRefused as refused:
        raise fail(f"{organisation} refuses: {refused.code}") from None
    for line in said:
        typer.echo(line)


async def _tried(hosts: str, directory: "Directory", one: "OneOrganisation") -> list[str]:
    """Run the check as an activity, outside a worker."""
    from dataclasses import replace

    from temporalio.testing import ActivityEnvironment

    from activities.connection_check import check_connection
    from activities.partner import Partners
    from domain.facts.calendar import Calendar
    from runtime.addresses import AllowList
    from runtime.guard import guarded

    now = datetime.now(UTC)
    environment = ActivityEnvironment()
    environment.info = replace(environment.info, started_time=now)
    async with guarded(AllowList.parse(hosts)) as http:
        return await environment.run(check_connection, Partners(http, directory), directory, one, Calendar().today(now))
