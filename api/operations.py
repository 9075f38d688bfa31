"""For operators: whether the process answers, whether it is ready, and which release it is.

Outside `/v1`, without a token and without secrets.
"""

import asyncio
from datetime import timedelta
from importlib.metadata import version

from fastapi import APIRouter
from temporalio.service import RPCError

from api.envelope import API_VERSION
from api.installation import Here, Installation
from api.openapi import problems
from api.problems import NotReady, OtherRelease
from api.views import View
from runtime.build import build_id
from store.database import UNAVAILABLE

PATIENCE = 2.0
"""Seconds."""

PROBES = frozenset({"/healthz", "/readyz", "/version"})

router = APIRouter(tags=["operations"])


class Health(View):
    """The process answers."""

    status: str


class Dependencies(View):
    """What the API needs: each is `ok`. When something is away the answer is a problem that names it."""

    postgresql: str
    temporal: str


class Version(View):
    """The release that runs here."""

    version: str
    api: str
    build: str


@router.get("/healthz", operation_id="readHealth", summary="Does the process answer?")
async def healthz() -> Health:
    """Tell that this process answers."""
    return Health(status="ok")


@router.get(
    "/readyz",
    operation_id="readReadiness",
    summary="Is it ready?",
    responses=problems(503),
)
async def readyz(here: Here) -> Dependencies:
    """Tell whether PostgreSQL and Temporal answer."""
    postgresql, temporal = await asyncio.gather(_postgresql(here), _temporal(here))
    if await here.language.other():
        raise OtherRelease
    away = [name for name, answers in (("postgresql", postgresql), ("temporal", temporal)) if not answers]
    if away:
        raise NotReady(away)
    return Dependencies(postgresql="ok", temporal="ok")


@router.get("/version", operation_id="readVersion", summary="Which release is it?")
async def read_version() -> Version:
    """Tell which release runs."""
    return Version(version=version("direct-mediation"), api=API_VERSION, build=build_id())


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
