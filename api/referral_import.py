"""Referring many clients at once, as a table or as JSON: each line is a mediation of its own and harms only itself."""

from typing import Any

import structlog
from fastapi import APIRouter, Request
from pydantic import Field

from api.auth import Acting, Caller
from api.bodies import SHAPES
from api.figures import WrongLine, sent_rows
from api.idempotency import UnderKey
from api.installation import Here, Installation
from api.openapi import REF, problems
from api.problems import Invalid, KeyReused, NotReferrals, ReferralsInvalid, RuleRefused
from api.referral_table import COLUMNS, ReferralLine, at_most, from_table, of_problem, read_lines
from api.referrals import EXAMPLE, REFERRAL, may_refer, refer, would_refer
from api.submission import outcome_of
from api.tables import CSV, DryRun
from api.views import View
from domain.exchange.feed import LineError, LinesWrong, as_headed
from domain.exchange.headings import REFERRALS

PATH = "/v1/referrals"
OTHERWISE = (
    "this client was referred from a table before, with other data: change them at the mediation, or give another "
    "referral a number of its own in own_number"
)

log = structlog.get_logger("api")
router = APIRouter(tags=["mediations"])


class ReferredLine(View):
    """A line that is a mediation."""

    line: int
    mediation: str
    reference: str = Field(description="What it is called on the phone", examples=["A26-0019"])


class ReferralsTaken(View):
    """What became of the lines, or would become of them."""

    rows: int = Field(description="How many lines are right: new and unchanged")
    new: int
    unchanged: int = Field(description="Sent before, and recorded then")
    wrong: tuple[WrongLine, ...] = Field(description="What is wrong with each line that was left out")
    items: tuple[ReferredLine, ...] = Field(description="The mediations; of a dry run those that are there already")
    dry_run: bool


def _documented() -> dict[str, Any]:
    told = REFERRAL.documented({})
    rows = {"type": "array", "items": {"$ref": REF.format(model="ReferralRow")}, "maxItems": 200}
    schema = {"type": "object", "properties": {"rows": rows}, "required": ["rows"], "additionalProperties": False}
    shape = told["requestBody"]["content"]["application/json"]["schema"]
    number = {"type": "string", "pattern": "^[A-Za-z0-9._/-]{1,40}$", "description": "Your own number of the referral"}
    row = shape | {"title": "ReferralRow", "properties": shape["properties"] | {"ownNumber": number}}
    example = {"one": {"value": {"rows": [EXAMPLE | {"ownNumber": "2026-014"}]}}}
    header = f"A header and lines, separated by commas or ;: {','.join(COLUMNS)}; or with Dutch headings"
    table = {"schema": {"type": "string", "description": header}}
    content = {"application/json": {"schema": schema, "examples": example}, CSV: table}
    return {"requestBody": {"required": True, "content": content}, SHAPES: told[SHAPES] | {"ReferralRow": row}}


@router.post(
    PATH,
    operation_id="referMany",
    summary="Refer many clients",
    responses=problems(409),
    openapi_extra=_documented(),
)
async def refer_many(request: Request, here: Here, caller: Acting, dry_run: DryRun = False) -> ReferralsTaken:
    """Refer clients line by line: a wrong line is told and left out, every other begins its mediation.

    A line is known by municipality, citizen number and `ownNumber`: sent again it changes nothing. So a file that was
    mended, or whose answer was lost, is sent again whole. It needs no key.
    """
    may_refer(caller)
    try:
        sent = await sent_rows(request, NotReferrals)
        table = isinstance(sent, str)
        rows = from_table(sent) if isinstance(sent, str) else list(enumerate(sent, 1))
        at_most(rows)
    except LinesWrong as wrong_file:
        raise ReferralsInvalid(wrong_file.errors) from None
    lines, wrong = read_lines(rows, here, table=table)
    taken, new = dict[str, ReferredLine | None](), 0
    numbers = dict[str, int]()
    for one in lines:
        key = _key(here, one)
        if (first := numbers.setdefault(key, one.line)) != one.line:
            wrong.append(LineError(line=one.line, field="bsn", message=f"line {first} refers this client already"))
            continue
        try:
            known, taken[key] = await _taken(here, caller, one, key, dry_run=dry_run)
            new += not known
        except Invalid as invalid:
            wrong += of_problem(one.line, invalid, table=table)
        except RuleRefused as refused:
            wrong.append(LineError(line=one.line, field="row", message=refused.said))
        except KeyReused:
            wrong.append(LineError(line=one.line, field="bsn", message=OTHERWISE))
    if isinstance(sent, str):
        wrong = as_headed(wrong, sent, REFERRALS)
    if not dry_run:
        log.info("referrals imported", organisation=caller.organisation, user=caller.actor.user, count=new)
    return ReferralsTaken(
        rows=len(taken),
        new=new,
        unchanged=len(taken) - new,
        wrong=tuple(map(WrongLine.model_validate, sorted(wrong, key=lambda error: error.line))),
        items=tuple(one for one in taken.values() if one),
        dry_run=dry_run,
    )


def _key(here: Installation, one: ReferralLine) -> str:
    """Return by what a line is known: nothing of the client can be read from it."""
    body = one.body
    return f"row-{here.idempotency.fingerprint(f'{body.municipality}|{body.person.bsn}|{one.own_number}')[:40]}"


async def _taken(
    here: Installation, caller: Caller, one: ReferralLine, key: str, *, dry_run: bool
) -> tuple[bool, ReferredLine | None]:
    """Have a line recorded, unless it was or this is a dry run; return whether it was known, and its mediation."""
    asked = UnderKey(caller.organisation, key, PATH, one.body.model_dump_json().encode())
    known = await here.idempotency.known(asked)
    if known is None and dry_run:
        await would_refer(here, caller, one.body)
        return False, None
    attempt, result = known or await refer(here, caller, one.body, asked)
    after = await outcome_of(here, attempt.mediation, result)
    return known is not None, ReferredLine(line=one.line, mediation=attempt.mediation, reference=after.reference)
