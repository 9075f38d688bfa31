"""`mediation report`: figures over many mediations."""

from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated

import typer

from console.process import Data, fail, run, settings_here
from runtime.settings import Settings
from store.reports.asked import Dimension, PeriodWrong, ReportRequest, requested

app = typer.Typer()
DAY = ["%Y-%m-%d"]


class Format(StrEnum):
    """How a report is printed."""

    TABLE = "table"
    JSON = "json"
    CSV = "csv"
    SPREADSHEET = "spreadsheet"
    """CSV as a Dutch spreadsheet opens it."""


@app.command()
def report(
    name: Annotated[str, typer.Argument(help="Which report; for a wrong name all of them are listed.")],
    first: Annotated[
        datetime | None, typer.Option("--from", formats=DAY, help="The first day; else 1 January of this year.")
    ] = None,
    last: Annotated[datetime | None, typer.Option("--to", formats=DAY, help="The last day; else today.")] = None,
    municipality: Annotated[str | None, typer.Option(help="Else all of them together.")] = None,
    by: Annotated[
        Dimension | None, typer.Option(help="Break the figures of a half-year down; small counts are held back.")
    ] = None,
    form: Annotated[Format, typer.Option("--format", help="How it is printed.")] = Format.TABLE,
    definitions: Annotated[bool, typer.Option("--definitions", help="Tell what each figure is.")] = False,
    data: Data = None,
) -> None:
    """Print a report over the mediations in the database of the settings."""
    from runtime.policies import Policies, PolicyFolderWrong
    from store.reports.catalogue import REPORTS

    if name not in REPORTS:
        raise fail(f"there is no report {name}; choose {', '.join(sorted(REPORTS))}")
    now = datetime.now(UTC)
    begin, end = first.date() if first else None, last.date() if last else None
    settings = settings_here(data)
    try:
        policies = Policies.load(settings.policy_folder).all_in_force(now)
        wanted = requested(name, begin, end, now, municipality, by, policies)
    except (PeriodWrong, PolicyFolderWrong) as wrong:
        raise fail(wrong) from None
    typer.echo(run(_report(settings, name, wanted, form, definitions)), nl=form not in {Format.CSV, Format.SPREADSHEET})


async def _report(settings: Settings, name: str, wanted: ReportRequest, form: Format, definitions: bool) -> str:
    from store.database import connect
    from store.reports.catalogue import make
    from store.reports.written import as_columns, as_csv

    async with connect(settings.database_url, size=1) as pool:
        made = await make(pool, name, wanted)
    match form:
        case Format.JSON:
            return made.model_dump_json(by_alias=True, indent=2)
        case Format.CSV | Format.SPREADSHEET:
            return as_csv(made, definitions=definitions, spreadsheet=form is Format.SPREADSHEET)
        case Format.TABLE:
            return as_columns(made, definitions=definitions)
