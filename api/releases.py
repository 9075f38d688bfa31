"""Dwellings that a corporation without a system releases: listed, released, changed, taken back by its own people."""

from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import date, timedelta
from typing import Annotated

import structlog
from fastapi import APIRouter, Depends, Header, Path, Query, Request, Response
from pydantic import Field
from pydantic.alias_generators import to_camel

from api.auth import Acting, Authenticated, Caller
from api.bodies import Body
from api.entity_tags import Conditional
from api.figures import Fed, Tried, documented_rows, fed_or_tried, fed_rows
from api.home_changes import call_those_who_wait, tell_those_concerned
from api.idempotency import IdempotencyKey
from api.installation import Here, Installation
from api.mediations import CursorText, Limit, QueryParameters
from api.openapi import problems
from api.problems import DwellingsInvalid, Forbidden, Invalid, KeyReused, MovedOn, NotDwellings, NotFound, RuleRefused
from api.tables import CSV, DryRun, ForSpreadsheet, SkipWrong, or_table, wants_csv
from api.views import DwellingView, Page
from domain.exchange.feed import LineError, LinesWrong
from domain.exchange.releases import DwellingFacts, ReleasedRow, ReleaseState
from domain.exchange.sheet import Cell, written_table
from domain.facts.parties import Role
from domain.facts.rules import RuleName
from runtime.directory import NoDistrictTeam
from runtime.systems import ByHand
from store import released
from store.feed import FeedKeyReused
from store.released import DwellingKept, DwellingMovedOn, DwellingWriter, Released

FACTS: Body[DwellingFacts] = Body(DwellingFacts)
ROW = {"complex": "De Oever", "district": "stad-centrum", "rooms": 2, "rentCents": 61245, "releasedOn": "2026-12-01"}
EXAMPLES = {"release": {"summary": "Release a dwelling", "value": {**ROW, "accessible": True, "lowStimulus": False}}}
FURTHEST = timedelta(days=731)
"""How far the day of a release may lie from today: homes are listed by it, the longest released first."""
DAY = "give a day within two years from today"
DISTRICT = "no district team serves a district of this name: give its short name, as the municipality writes it"
COLUMNS = ("id", *(name for name in ReleasedRow.model_fields if name != "id"))
DwellingPath = Annotated[str, Path(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,39}$", description="Your own number of it")]

Given = Annotated[DwellingFacts, Depends(FACTS)]

log = structlog.get_logger("api")
router = APIRouter(tags=["releases"])


class ReleasedView(DwellingView):
    """A dwelling that was released here."""

    closed_for_placement: bool
    taken_back_on: date | None
    state: ReleaseState = Field(description="`kept`: offered to somebody, or somebody's home; nobody else gets it")
    version: int = Field(description="Also the ETag: give it as `If-Match` to change what you saw")


class ReleasedPage(Page[ReleasedView]):
    """One page of the dwellings that you released."""


class ReleasedQuery(QueryParameters):
    """Which part of the list."""

    cursor: CursorText = None
    limit: Limit = 50
    spreadsheet: ForSpreadsheet = False


async def its_own(caller: Authenticated) -> Caller:
    """Return somebody of a corporation, or who stands in for it; raises `Forbidden`."""
    if caller.role is not Role.CORPORATION:
        raise Forbidden(
            "a corporation releases and lists its own dwellings; a municipality lists them at /v1/dwellings"
        )
    return caller


Own = Annotated[Caller, Depends(its_own)]


async def releasing(here: Here, caller: Own, _: Acting) -> Caller:
    """Return somebody of a corporation that releases here; raises `RuleRefused` when its system is read."""
    if not isinstance(here.directory.get(caller.organisation).system, ByHand):
        reason = "your dwellings are read from your own system: release it there"
        raise RuleRefused(reason, members={"rule": RuleName.HAS_SYSTEM, "reason": reason})
    return caller


Releasing = Annotated[Caller, Depends(releasing)]


@router.get(
    "/v1/released-dwellings",
    operation_id="listReleasedDwellings",
    summary="List the dwellings you released",
    response_model=ReleasedPage,
    responses=or_table("The dwellings", COLUMNS),
)
async def list_released(
    here: Here,
    caller: Own,
    asked: Annotated[ReleasedQuery, Query()],
    accept: Annotated[str, Header(include_in_schema=False)] = "*/*",
) -> ReleasedPage | Response:
    """List your own dwellings in the order of their release, also those that were taken back.

    Ask for `text/csv` by `Accept` to have a table to edit: of all that were not taken back, without pages.
    """
    today = await here.today()
    if wants_csv(accept):
        everything = await released.page(here.pool, caller.organisation, limit=None)
        headers = {"Vary": "Accept", "Content-Disposition": 'attachment; filename="dwellings.csv"'}
        if everything.unreadable:
            headers["Unreadable"] = str(everything.unreadable)
        return Response(
            _as_csv(everything, spreadsheet=asked.spreadsheet), headers=headers, media_type=f"{CSV}; header=present"
        )
    after = here.cursors.read_day("released", asked.cursor)
    place = (after[0], after[1][0]) if after else None
    lines = await released.page(here.pool, caller.organisation, after=place, limit=asked.limit)
    last = lines.last
    cursor = here.cursors.write_day("released", last["released_on"], last["id"]) if last else None
    return ReleasedPage(items=tuple(_view(one, today) for one in lines), next=cursor, unreadable=lines.unreadable)


@router.post(
    "/v1/released-dwellings",
    operation_id="releaseDwellings",
    summary="Release or change many dwellings",
    responses=problems(409),
    openapi_extra=documented_rows(ReleasedRow, "ReleasedRow", ",".join(COLUMNS), {"id": "E-1001", **ROW}),
)
async def release_many(
    request: Request,
    here: Here,
    caller: Releasing,
    key: IdempotencyKey,
    dry_run: DryRun = False,
    skip_wrong: SkipWrong = False,
) -> Tried | Fed:
    """Release dwellings, or change what you told of them: all rows or none. What is not among the rows stays.

    A table may have Dutch headings: nummer;complex;wijk;kamers;huur;vrijgegeven_op. With `skipWrong` a wrong row is
    left out and told, and all others are taken in. A district must be one that a district team serves.

    A number that is that of a home of yours but for the zeros it begins with is asked about: a spreadsheet drops them.

    To whom a dwelling is offered that changes, it is judged anew, and they are told.
    """
    left_out: list[LineError] = []
    try:
        lines = await fed_rows(request, ReleasedRow, NotDwellings, left_out if skip_wrong else None)
        wrong = [
            LineError(line=n, field=field, message=message)
            for n, row in lines
            async for field, message in _wrong(here, caller, row)
        ]
        if skip_wrong:
            wrong += await released.doubles(here.pool, caller.organisation, lines)
            left_out = sorted({*left_out, *wrong}, key=lambda error: error.line)
            lines = [(n, row) for n, row in lines if n not in {error.line for error in left_out}]
        elif wrong:
            raise LinesWrong(wrong)
        taken = await released.release_all(here.pool, await _writer(here, caller), key, lines, dry_run=dry_run)
        if not dry_run:
            await tell_those_concerned(here, caller.organisation, [row.id for _, row in lines])
            await call_those_who_wait(here, caller.organisation)
    except LinesWrong as wrong:
        raise DwellingsInvalid(wrong.errors) from None
    except FeedKeyReused:
        raise KeyReused from None
    if not dry_run:
        log.info("dwellings released", organisation=caller.organisation, user=caller.actor.user, count=taken.rows)
    return fed_or_tried(taken, left_out, dry_run=dry_run)


@router.get(
    "/v1/released-dwellings/{dwelling}",
    operation_id="readReleasedDwelling",
    summary="Read a dwelling you released",
    responses=problems(404),
)
async def read_released(here: Here, response: Response, caller: Own, dwelling: DwellingPath) -> ReleasedView:
    """Read how one of your dwellings stands."""
    one = await released.known(here.pool, caller.organisation, dwelling)
    return _shown(response, one, await here.today())


@router.put(
    "/v1/released-dwellings/{dwelling}",
    operation_id="releaseDwelling",
    summary="Release or change a dwelling",
    response_model=ReleasedView,
    responses={
        201: {"description": "It is new", "model": ReleasedView},
        **problems(409, 412),
    },
    openapi_extra=FACTS.documented(EXAMPLES),
)
async def release_one(
    here: Here,
    response: Response,
    caller: Releasing,
    dwelling: DwellingPath,
    facts: Given,
    conditions: Conditional,
) -> ReleasedView:
    """Release a dwelling from a day on, or change what you told of it; one that was taken back is released again.

    When it is offered to somebody, it is judged anew for that client, who is told: what does not suit any more is let
    go, and to a higher rent the client says yes or no once more.
    """
    row = ReleasedRow(id=dwelling, **facts.model_dump())
    if wrong := [(to_camel(field), message) async for field, message in _wrong(here, caller, row)]:
        raise Invalid(wrong)
    try:
        one, new = await released.release(here.pool, await _writer(here, caller), row, conditions.hold)
    except DwellingMovedOn:
        raise _moved_on() from None
    await tell_those_concerned(here, caller.organisation, [dwelling])
    await call_those_who_wait(here, caller.organisation)
    if new:
        response.status_code = 201
        response.headers["Location"] = f"/v1/released-dwellings/{dwelling}"
    return _shown(response, one, await here.today())


@router.delete(
    "/v1/released-dwellings/{dwelling}",
    operation_id="takeBackDwelling",
    summary="Take a dwelling back",
    responses=problems(404, 409, 412),
)
async def take_back(
    here: Here, response: Response, caller: Own, _: Acting, dwelling: DwellingPath, conditions: Conditional
) -> ReleasedView:
    """Take a dwelling back from today on. It stays in the list, and nobody is offered it."""
    writer, today = await _writer(here, caller), await here.today()
    try:
        one = await released.take_back(here.pool, writer, dwelling, today, conditions.hold)
    except DwellingMovedOn:
        raise _moved_on() from None
    except DwellingKept:
        reason = "it is kept for somebody: withdraw the offer first, with a reason (`withdraw_offer`)"
        raise RuleRefused(reason, members={"rule": RuleName.DWELLING_KEPT, "reason": reason}) from None
    return _shown(response, one, today)


def _shown(response: Response, one: Released | None, today: date) -> ReleasedView:
    if one is None:
        raise NotFound
    response.headers["ETag"] = f'"{one.revision}"'
    return _view(one, today)


def _view(one: Released, today: date) -> ReleasedView:
    return ReleasedView(
        **one.dwelling.model_dump(),
        taken_back_on=one.taken_back_on,
        state=one.state(today),
        version=one.revision,
    )


def _as_csv(dwellings: list[Released], *, spreadsheet: bool) -> str:
    told = (one.dwelling for one in dwellings if one.taken_back_on is None)
    lines = ([_cell(getattr(one, column)) for column in COLUMNS] for one in told)
    return written_table(COLUMNS, lines, spreadsheet=spreadsheet)


def _cell(value: object) -> Cell:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return value if isinstance(value, int | date) else str(value)


def _moved_on() -> MovedOn:
    return MovedOn("the dwelling has changed since: read it again before you change it")


async def _wrong(here: Installation, caller: Caller, row: ReleasedRow) -> AsyncIterator[tuple[str, str]]:
    """Yield what is wrong with a dwelling: a day of release that lies too far off, a district that no team serves.

    What was told before may be told again.
    """
    today = await here.today()
    far = abs(row.released_on - today) > FURTHEST
    unserved = not _served(here, caller.organisation, row.district, today)
    if not (far or unserved):
        return
    one = await released.known(here.pool, caller.organisation, row.id)
    if far and (one is None or one.dwelling.released_on != row.released_on):
        yield "released_on", DAY
    if unserved and (one is None or one.dwelling.district != row.district):
        yield "district", DISTRICT


def _served(here: Installation, corporation: str, district: str, on: date) -> bool:
    """Tell whether a district team serves this district, in a municipality that the corporation works for."""
    for municipality in here.directory.get(corporation).municipalities:
        with suppress(NoDistrictTeam):
            here.directory.team_for(municipality, district, on)
            return True
    return False


async def _writer(here: Installation, caller: Caller) -> DwellingWriter:
    return DwellingWriter(caller.organisation, f"{caller.organisation}:{caller.actor.user}", await here.clock.now())
