"""Figures that a municipality delivers: vacated dwellings, and what was agreed on complexes; as JSON or as CSV."""

from collections.abc import Awaitable, Callable, Iterable
from typing import Annotated, Any, Literal, TypeVar

from fastapi import APIRouter, Query, Request
from pydantic import Field

from api.auth import Acting, Caller
from api.bodies import SHAPES, media_type
from api.idempotency import IdempotencyKey
from api.installation import Here, Installation
from api.openapi import REF, problems
from api.problems import (
    Forbidden,
    Invalid,
    KeyReused,
    LinesInvalid,
    NotFigures,
    Problem,
    RuleRefused,
)
from api.tables import CSV, DryRun
from api.views import View
from domain.exchange.feed import (
    ComplexRow,
    FedRow,
    LineError,
    LinesWrong,
    Numbered,
    VacatedRow,
    decoded,
    read_csv,
    read_rows,
)
from domain.facts.parties import Role
from domain.facts.rules import RuleName
from runtime.strict_json import CONTROL, JsonWrong, holds_control, read_json
from store.database import Pool
from store.feed import FeedKeyReused, FigureDelivery, LimitFalls, feed_complexes, feed_vacated
from store.taking_in import TakenIn
from workflows.digest import wake_rounds

router = APIRouter(tags=["capacity"])
RowT = TypeVar("RowT", bound=FedRow)
Feed = Callable[[Pool, FigureDelivery, Numbered[RowT]], Awaitable[TakenIn]]


class WrongLine(View):
    """What is wrong in a line that was left out."""

    line: int = Field(description="From 1: in CSV the line of the file, in JSON the number of the row")
    field: str
    message: str


class Fed(View):
    """What was taken in."""

    rows: int
    wrong: tuple[WrongLine, ...] = Field(
        default=(),
        exclude_if=lambda wrong: not wrong,
        description="With `skipWrong`: what is wrong with each line that was left out",
    )


class Tried(Fed):
    """What a dry run found: nothing was kept."""

    new: int
    changed: int
    unchanged: int
    dry_run: Literal[True] = True


def fed_or_tried(taken: TakenIn, wrong: Iterable[LineError] = (), *, dry_run: bool) -> Tried | Fed:
    """Return what became of a delivery, or would become of it, and what is wrong with the lines that were left out."""
    told = tuple(map(WrongLine.model_validate, wrong))
    return Tried(rows=taken.rows, wrong=told, **taken._asdict()) if dry_run else Fed(rows=taken.rows, wrong=told)


def documented_rows(model: type[FedRow], name: str, header: str, row: dict[str, Any]) -> dict[str, Any]:
    """Return what an OpenAPI operation says of rows that are sent as JSON or as CSV."""
    rows = {"type": "array", "items": {"$ref": REF.format(model=name)}, "maxItems": 5000}
    schema = {"type": "object", "properties": {"rows": rows}, "required": ["rows"], "additionalProperties": False}
    csv = {"schema": {"type": "string", "description": f"A header and lines: {header}; separated by commas or ;"}}
    content = {"application/json": {"schema": schema, "examples": {"one": {"value": {"rows": [row]}}}}, CSV: csv}
    shape = model.model_json_schema(by_alias=True, ref_template=REF)
    return {
        "requestBody": {"required": True, "content": content},
        SHAPES: shape.pop("$defs", {}) | {name: shape},
    }


@router.post(
    "/v1/capacity/{municipality}/vacated",
    operation_id="feedVacated",
    summary="Tell how many dwellings were vacated",
    responses=problems(409),
    openapi_extra=documented_rows(
        VacatedRow,
        "VacatedRow",
        "period,vacated,expected,other_lettings",
        {"period": "2026-03", "vacated": 52, "expected": 60, "otherLettings": 9},
    ),
)
async def feed_the_vacated(
    request: Request,
    here: Here,
    caller: Acting,
    municipality: str,
    key: IdempotencyKey,
    accept: Annotated[bool, Query(description="Take the figures although a limit falls: with `note`")] = False,
    note: Annotated[
        str | None, Query(min_length=1, max_length=200, description="Why the limit falls; nothing about a person")
    ] = None,
    dry_run: DryRun = False,
) -> Tried | Fed:
    """Tell the denominator of a ceiling, by year, half year or month. A period told again is replaced.

    When a limit would fall below what is given, or to less than half, nothing is taken in: 409 `limit_falls` with the
    `period`, the limit `before` and `after`, and what is `given`. Sent again with `accept` and a `note` it is, and that
    is kept.
    """
    if accept and note is None:
        raise Invalid([("note", "say why the limit falls")])
    policy = here.policies.in_force(municipality, await here.clock.now())
    capacity, accepted = policy.capacity if policy else None, note if accept else None

    async def feed(pool: Pool, delivery: FigureDelivery, rows: Numbered[VacatedRow]) -> TakenIn:
        return await feed_vacated(pool, delivery, rows, capacity, accepted, dry_run=dry_run)

    try:
        return await _feed(request, here, caller, municipality, key, VacatedRow, feed, dry_run=dry_run)
    except LimitFalls as falls:
        limits = {"period": falls.period, "before": falls.before, "after": falls.after, "given": falls.given}
        reason = "a limit falls: send the figures again with accept and a note when that is so"
        raise RuleRefused(reason, members={"rule": RuleName.LIMIT_FALLS, "reason": reason, **limits}) from None


@router.post(
    "/v1/capacity/{municipality}/complexes",
    operation_id="feedComplexes",
    summary="Tell what was agreed on complexes",
    responses=problems(409),
    openapi_extra=documented_rows(
        ComplexRow,
        "ComplexRow",
        "corporation,complex,eligible,most,closed_until,reason,review_on",
        {"corporation": "ymere", "complex": "De Oever", "most": 4, "reviewOn": "2026-12-01"},
    ),
)
async def feed_the_complexes(
    request: Request, here: Here, caller: Acting, municipality: str, key: IdempotencyKey, dry_run: DryRun = False
) -> Tried | Fed:
    """Tell which complexes take placements, how many, and until when not. A complex told again is replaced."""

    async def feed(pool: Pool, delivery: FigureDelivery, rows: Numbered[ComplexRow]) -> TakenIn:
        return await feed_complexes(pool, delivery, rows, dry_run=dry_run)

    return await _feed(request, here, caller, municipality, key, ComplexRow, feed, dry_run=dry_run)


async def _feed(
    request: Request,
    here: Installation,
    caller: Caller,
    municipality: str,
    key: str,
    model: type[RowT],
    feed: Feed[RowT],
    *,
    dry_run: bool,
) -> Tried | Fed:
    if caller.role is not Role.COORDINATOR or caller.organisation != municipality:
        raise Forbidden("a municipality's figures are told by its own coordinators")
    delivery = FigureDelivery(municipality, f"{caller.organisation}|{key}", caller.actor.user, await here.clock.now())
    try:
        taken = await feed(here.pool, delivery, await fed_rows(request, model))
        if not dry_run:
            await _call_those_who_wait(here, municipality)
        return fed_or_tried(taken, dry_run=dry_run)
    except LinesWrong as wrong:
        raise LinesInvalid(wrong.errors) from None
    except FeedKeyReused:
        raise KeyReused from None


async def _call_those_who_wait(here: Installation, municipality: str) -> None:
    """Have whoever waits for a place called, if there is one now. Raises `TemporalAway`."""
    async with here.reached() as temporal:
        await wake_rounds(temporal, here.task_queue, municipality)


async def fed_rows(
    request: Request,
    model: type[RowT],
    refuse: type[Problem] = NotFigures,
    left_out: list[LineError] | None = None,
) -> Numbered[RowT]:
    """Return the rows of a request, JSON or CSV. Raises LinesWrong, and `refuse` for any other kind of content.

    With `left_out` what is wrong in a line is added there, and the other lines are returned.
    """
    sent = await sent_rows(request, refuse)
    return read_csv(sent, model, left_out) if isinstance(sent, str) else read_rows(enumerate(sent, 1), model, left_out)


async def sent_rows(request: Request, refuse: type[Problem]) -> str | list[Any]:
    """Return the rows of a request: the text of a table, or a JSON list. Raises LinesWrong and `refuse`."""
    kind = media_type(request)
    if kind not in {"application/json", CSV}:
        raise refuse
    content = await request.body()
    if kind == CSV:
        text = decoded(content)
        if holds_control(text):
            raise LinesWrong([LineError(line=1, field="file", message=CONTROL)])
        return text
    try:
        document = read_json(content)
    except JsonWrong as wrong:
        raise LinesWrong([LineError(line=1, field=wrong.field, message=wrong.message)]) from None
    if not isinstance(document, dict) or document.keys() != {"rows"} or not isinstance(document["rows"], list):
        raise LinesWrong([LineError(line=1, field="rows", message='send {"rows": [...]} and nothing else')])
    rows: list[Any] = document["rows"]
    return rows
