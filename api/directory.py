"""The partner directory as its keepers read and change it: one table, as JSON or CSV, from a day on."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated, Any

import structlog
from fastapi import APIRouter, Header, Query, Request, Response
from pydantic import Field

from api.auth import Authenticated, Caller
from api.bodies import SHAPES, media_type
from api.entity_tags import Conditional
from api.installation import Here
from api.mediations import QueryParameters
from api.openapi import REF, problems
from api.problems import ChangeWaits, DirectoryInvalid, Forbidden, Invalid, MovedOn, NotDirectory
from api.proposals import ProposalView, person_of, view_of
from api.reports import FIRST_YEAR, LAST_YEAR
from api.tables import CSV, DryRun, ForSpreadsheet, or_table, wants_csv
from api.views import UNREADABLE, View
from domain.exchange.feed import LineError, LinesWrong
from domain.facts.days import WrittenDay
from domain.facts.parties import Role
from runtime.directory import DirectoryWrong, Organisation
from runtime.strict_json import JsonWrong, read_json
from store.database import Connection
from store.directory import DirectoryMovedOn, Versions, change
from store.directory_exchange import COLUMNS, DirectoryWriter, Row, as_csv, in_view, judged, read_csv
from store.directory_exchange import read_json as rows_of
from store.directory_proposals import Proposal, ProposalOpen, propose

KEEPERS = frozenset({Role.COORDINATOR, Role.ADMIN})
"""Who keeps the directory: coordinators what concerns their own municipality only, administrators all of it."""

log = structlog.get_logger("api")
router = APIRouter(tags=["directory"])


class DirectoryQuery(QueryParameters):
    """Which day's directory."""

    on: WrittenDay | None = Field(
        default=None, ge=FIRST_YEAR, lt=LAST_YEAR, description="As it is on this day; else today"
    )
    spreadsheet: ForSpreadsheet = False


class ChangeQuery(QueryParameters):
    """From when a change holds."""

    since: WrittenDay | None = Field(
        default=None, alias="from", ge=FIRST_YEAR, lt=LAST_YEAR, description="The first day it holds; else today"
    )
    dry_run: DryRun = False


class DirectoryView(View):
    """The organisations, without secrets: stars stand for them."""

    revision: int = Field(description="Which version of the directory; also the ETag")
    on: date
    organisations: tuple[Organisation, ...]
    unreadable: int = UNREADABLE


class DirectoryChanged(View):
    """What became of a change."""

    revision: int
    changed: int = Field(description="How many organisations changed, new ones among them")
    new: int
    unchanged: int
    since: date = Field(validation_alias="from", serialization_alias="from")
    dry_run: bool
    proposed: tuple[ProposalView, ...] = Field(
        description="Changes that wait for a second person: none of these organisations has changed yet"
    )


def _documented() -> dict[str, Any]:
    shape = Organisation.model_json_schema(by_alias=True, ref_template=REF)
    rows = {"type": "array", "items": {"$ref": REF.format(model="Organisation")}, "maxItems": 5000}
    schema = {
        "type": "object",
        "properties": {"organisations": rows},
        "required": ["organisations"],
        "additionalProperties": False,
    }
    csv = {"schema": {"type": "string", "description": "The table as GET gives it: a header and a line for each"}}
    body = {"required": True, "content": {"application/json": {"schema": schema}, CSV: csv}}
    return {"requestBody": body, SHAPES: shape.pop("$defs", {}) | {"Organisation": shape}}


@router.get(
    "/v1/directory",
    operation_id="readDirectory",
    summary="Read the partner directory",
    response_model=DirectoryView,
    response_model_exclude_none=True,
    responses=or_table("The directory", COLUMNS),
)
async def read_directory(
    here: Here,
    response: Response,
    caller: Authenticated,
    query: Annotated[DirectoryQuery, Query()],
    accept: Annotated[str, Header(include_in_schema=False)] = "*/*",
) -> DirectoryView | Response:
    """Read the organisations that work for your municipality, today or on another day; administrators read all.

    Ask for `text/csv` by `Accept` to have a table to edit.
    """
    municipality = _keeps(caller)
    await here.directory.reread()
    day = query.on or here.directory.today()
    organisations = in_view(here.directory.on(day), municipality)
    headers = {"ETag": f'"{here.directory.revision}"', "Vary": "Accept"}
    if here.directory.unreadable:
        headers["Unreadable"] = str(here.directory.unreadable)
    if wants_csv(accept):
        headers["Content-Disposition"] = f'attachment; filename="directory-{day}.csv"'
        return Response(
            as_csv(organisations, spreadsheet=query.spreadsheet), headers=headers, media_type=f"{CSV}; header=present"
        )
    response.headers.update(headers)
    return DirectoryView(
        revision=here.directory.revision,
        on=day,
        organisations=tuple(organisations),
        unreadable=here.directory.unreadable,
    )


@router.put(
    "/v1/directory",
    operation_id="changeDirectory",
    summary="Change the partner directory",
    responses=problems(409, 412),
    openapi_extra=_documented(),
)
async def change_directory(
    request: Request,
    here: Here,
    response: Response,
    caller: Authenticated,
    query: Annotated[ChangeQuery, Query()],
    conditions: Conditional,
) -> DirectoryChanged:
    """Give the whole table anew, changed, from today or a later day on. All of it is taken, or nothing.

    Nobody is left out: whose work ends gets a `validTo`. Earlier versions stay readable. Where letters of an
    organisation go, its system and its substitute are not changed by one person: such an organisation waits as a whole
    for a second one (`/v1/directory/proposals`), and is told of it at the address that it has.
    """
    municipality = _keeps(caller)
    await here.directory.reread()
    today = here.directory.today()
    since = query.since or today
    if since < today:
        raise Invalid([("from", "what was true before today stays as it was")])
    changed: list[Organisation] = []
    proposed: list[Proposal] = []
    stood: set[str] = set()

    def judge(known: Versions) -> list[Organisation]:
        before = known.on(since)
        stood.update(one.id for one in before)
        return judged(rows, before, writer)

    async def sift(connection: Connection, known: Versions, found: Sequence[Organisation]) -> Sequence[Organisation]:
        taken, held = await propose(connection, known, since, found, person_of(caller), now)
        changed[:], proposed[:] = taken, held
        return taken

    try:
        rows, camel = await _rows(request)
        writer = DirectoryWriter(municipality, camel, here.partner_hosts, here.webhook_hosts)
        by = f"{caller.organisation}:{caller.actor.user}"
        now, dry_run = await here.clock.now(), query.dry_run
        revision = await change(here.pool, by, now, since, judge, conditions.hold, dry_run=dry_run, sift=sift)
    except ProposalOpen as waits:
        raise ChangeWaits(f"a change of {waits} waits for a second person: confirm or withdraw it first") from None
    except DirectoryWrong as wrong:
        raise DirectoryInvalid([LineError(line=1, field="from", message=str(wrong))]) from None
    except LinesWrong as wrong:
        raise DirectoryInvalid(wrong.errors) from None
    except DirectoryMovedOn:
        raise MovedOn("somebody changed the directory meanwhile: read it again before you change it") from None
    if not dry_run:
        await here.directory.reread()
        log.info("directory changed", organisation=caller.organisation, user=caller.actor.user, count=len(changed))
    response.headers["ETag"] = f'"{revision}"'
    new = sum(one.id not in stood for one in changed)
    return DirectoryChanged(
        revision=revision,
        changed=len(changed),
        new=new,
        unchanged=len(rows) - len(changed) - len(proposed),
        since=since,
        dry_run=dry_run,
        proposed=tuple(map(view_of, proposed)),
    )


def _keeps(caller: Caller) -> str | None:
    """Return whose part of the directory a caller keeps, None for all of it; raises `Forbidden`."""
    if caller.role not in KEEPERS:
        raise Forbidden("the directory is kept by coordinators and administrators")
    return caller.organisation if caller.role is Role.COORDINATOR else None


async def _rows(request: Request) -> tuple[list[Row], bool]:
    kind = media_type(request)
    if kind not in {"application/json", CSV}:
        raise NotDirectory
    body = await request.body()
    if kind == CSV:
        return read_csv(body), False
    try:
        return rows_of(read_json(body)), True
    except JsonWrong as wrong:
        raise LinesWrong([LineError(line=1, field=wrong.field, message=wrong.message)]) from None
