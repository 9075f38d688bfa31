"""Reports: figures over many mediations, each with its definition, as JSON or as CSV."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Header, Path, Query, Response
from pydantic import Field

from api.auth import Authenticated, Caller
from api.installation import Here
from api.mediations import QueryParameters, municipality_of
from api.openapi import problems
from api.problems import Forbidden, Invalid, NotFound
from api.tables import CSV, ForSpreadsheet, or_table, wants_csv
from domain.facts.days import WrittenDay
from domain.facts.parties import LOOKING_ON, OrganisationId, Role
from store.reports.asked import Dimension, PeriodWrong, requested
from store.reports.catalogue import REPORTS, make
from store.reports.report import Report
from store.reports.written import HEADER, as_csv

READERS = LOOKING_ON | {Role.COORDINATOR}
"""Who reads reports. Partners see their own mediations, not everybody's together."""
FIRST_YEAR, LAST_YEAR = date(2000, 1, 1), date(2100, 1, 1)


class ReportQuery(QueryParameters):
    """Which figures."""

    first: WrittenDay | None = Field(
        default=None,
        alias="from",
        ge=FIRST_YEAR,
        lt=LAST_YEAR,
        description="The first day; else 1 January of this year",
    )
    last: WrittenDay | None = Field(
        default=None, alias="to", ge=FIRST_YEAR, lt=LAST_YEAR, description="The last day, which counts too; else today"
    )
    municipality: OrganisationId | None = Field(
        default=None, description="Else yours; a reader of more than one must name one, an administrator need not"
    )
    by: Dimension | None = Field(
        default=None,
        description="Break the figures down, of one municipality and over a calendar half-year that has ended (else "
        "the last one). Counts under five of a group are then told as `<5`, and what such a count could be found from "
        "as `hidden`",
    )
    definitions: bool = Field(default=False, description="Add the definitions to CSV; JSON always has them")
    spreadsheet: ForSpreadsheet = False


router = APIRouter(tags=["reports"])


@router.get(
    "/v1/reports/{report}",
    operation_id="readReport",
    summary="Read a report",
    response_model=Report,
    responses={
        **or_table("The report", HEADER),
        **problems(404),
    },
)
async def read(
    here: Here,
    caller: Authenticated,
    report: Annotated[str, Path(description="Which report", json_schema_extra={"enum": [*REPORTS]})],
    query: Annotated[ReportQuery, Query()],
    accept: Annotated[str, Header(include_in_schema=False)] = "*/*",
) -> Report | Response:
    """Read figures over the mediations of a municipality, for coordinators, auditors and administrators.

    Ask for `text/csv` by `Accept` to have one line per figure.
    """
    municipality = _municipality(caller, query)
    if report not in REPORTS:
        raise NotFound
    now = await here.clock.now()
    policies = here.policies.all_in_force(now)
    try:
        wanted = requested(report, query.first, query.last, now, municipality, query.by, policies)
    except PeriodWrong as wrong:
        raise Invalid([("to", str(wrong))]) from None
    made = await make(here.pool, report, wanted)
    if not wants_csv(accept):
        return made
    file = f"{report}-{made.first}-{made.last}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{file}"', "Vary": "Accept"}
    if made.unreadable:
        headers["Unreadable"] = str(made.unreadable)
    return Response(
        as_csv(made, definitions=query.definitions, spreadsheet=query.spreadsheet),
        headers=headers,
        media_type=f"{CSV}; header=present",
    )


def _municipality(caller: Caller, query: ReportQuery) -> str | None:
    """Return whose figures a caller gets; raises `Forbidden` for those of others."""
    if caller.role not in READERS:
        raise Forbidden("reports are for coordinators, auditors and administrators")
    municipality, _ = municipality_of(caller, query.municipality)
    if municipality is None and caller.role is not Role.ADMIN:
        raise Forbidden("this municipality's figures are not yours to read")
    return municipality
