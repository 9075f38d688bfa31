"""Reports on capacity and spread: how much is used, reserved and left, and where placements are."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel

from api.auth import Authenticated, Caller
from api.edge import sent
from api.installation import Here, Installation
from api.openapi import problems
from api.problems import Forbidden, NotFound
from domain.parties import OrganisationId, Role
from domain.policy import Policy
from domain.value import Value
from store import capacity

router = APIRouter(tags=["reports"])
READERS = frozenset({Role.COORDINATOR, Role.AUDITOR, Role.ADMIN})
"""Who may read figures over all mediations of a municipality."""
ANSWERS = problems(400, 401, 403, 404, 503)

Municipality = Annotated[OrganisationId, Query(description="Whose figures")]
On = Annotated[date | None, Query(description="A day in the period that is wanted; today unless given")]


@router.get(
    "/v1/reports/quota",
    operation_id="reportQuota",
    summary="Places used, reserved and left",
    response_model=sent(capacity.QuotaReport),
    responses=ANSWERS,
)
async def report_quota(here: Here, caller: Authenticated, municipality: Municipality, on: On = None) -> BaseModel:
    """Read how many places of a period are used, reserved and left, and the forecast to its end."""
    policy, day = await _asked(here, caller, municipality, on)
    return _shown(await capacity.quota(here.pool, policy, day))


@router.get(
    "/v1/reports/ceiling",
    operation_id="reportCeiling",
    summary="The ceiling and its figures",
    response_model=sent(capacity.CeilingReport),
    responses=ANSWERS,
)
async def report_ceiling(here: Here, caller: Authenticated, municipality: Municipality, on: On = None) -> BaseModel:
    """Read how much of the vacated dwellings went to urgent people, and what is left under the ceiling."""
    policy, day = await _asked(here, caller, municipality, on)
    return _shown(await capacity.ceiling(here.pool, policy, day))


@router.get(
    "/v1/reports/spread",
    operation_id="reportSpread",
    summary="Placements per district and complex",
    response_model=sent(capacity.SpreadReport),
    responses=ANSWERS,
)
async def report_spread(here: Here, caller: Authenticated, municipality: Municipality, on: On = None) -> BaseModel:
    """Read how placements are spread; counts under five are not told."""
    policy, day = await _asked(here, caller, municipality, on)
    return _shown(await capacity.spread(here.pool, policy, day))


async def _asked(here: Installation, caller: Caller, municipality: str, on: date | None) -> tuple[Policy, date]:
    if caller.role not in READERS:
        raise Forbidden("reports over all mediations are for the municipality and who supervises it")
    policy = here.policies.in_force(municipality, now := await here.clock.now())
    if policy is None or (caller.role is not Role.ADMIN and municipality not in caller.municipalities):
        raise NotFound
    return policy, on or policy.calendar.today(now)


def _shown(report: Value) -> BaseModel:
    return sent(type(report)).model_validate(report.model_dump())
