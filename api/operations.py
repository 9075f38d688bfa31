"""What operators ask: does it live, is it ready, and what is it. Outside `/v1`, without a token, without secrets."""

import asyncio
from datetime import timedelta
from importlib.metadata import version

from fastapi import APIRouter, Response
from temporalio.service import RPCError

from api.envelope import API_VERSION
from api.installation import Here, Installation
from api.views import View
from runtime.build import build_id
from store.database import UNAVAILABLE

PATIENCE = 2.0
"""Seconds."""

router = APIRouter(tags=["operations"])


class Health(View):
    """It lives."""

    status: str


class Dependencies(View):
    """What it needs, and whether that answers: `ok` or `away`."""

    postgresql: str
    temporal: str


class Version(View):
    """What runs here."""

    version: str
    api: str
    build: str


@router.get("/healthz", operation_id="readHealth", summary="Does it live?")
async def healthz() -> Health:
    """Tell that this process answers."""
    return Health(status="ok")


@router.get(
    "/readyz",
    operation_id="readReadiness",
    summary="Is it ready?",
    responses={503: {"model": Dependencies, "description": "Something is away"}},
)
async def readyz(here: Here, response: Response) -> Dependencies:
    """Tell whether PostgreSQL and Temporal answer."""
    postgresql, temporal = await asyncio.gather(_postgresql(here), _temporal(here))
    response.status_code = 200 if postgresql and temporal else 503
    return Dependencies(postgresql=_word(postgresql), temporal=_word(temporal))


@router.get("/version", operation_id="readVersion", summary="What is it?")
async def read_version() -> Version:
    """Tell which release runs."""
    return Version(version=version("direct-mediation"), api=API_VERSION, build=build_id())


def _word(answers: bool) -> str:
    return "ok" if answers else "away"


async def _postgresql(here: Installation) -> bool:
    try:
        async with asyncio.timeout(PATIENCE):
            await here.pool.fetchval("SELECT 1")
    except UNAVAILABLE:
        return False
    return True


async def _temporal(here: Installation) -> bool:
    if here.temporal is None:
        return False
    try:
        async with asyncio.timeout(PATIENCE):
            return await here.temporal.service_client.check_health(timeout=timedelta(seconds=PATIENCE))
    except (RPCError, TimeoutError):
        return False
