"""An installation behind its API: routes and layers as in production, the worker beside it."""

from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI
from temporalio.client import Client
from temporalio.service import RPCError

from api.app import create_app
from api.installation import Installation
from api.server import install
from domain.facts.value import replace
from runtime.local_issuer import LocalIssuer
from runtime.plugin import connect
from runtime.search_attributes import register
from runtime.settings import Settings
from store.database import Pool
from store.vault_secrets import Secrets
from tests.api.contract import kept
from tests.api.desk import ELSEWHERE, Desk, MovedClock, directory_of, issuer_in
from tests.town import Town
from worker import mediation_worker


@pytest.fixture
def issuer(tmp_path: Path) -> LocalIssuer:
    """Who issues this installation's tokens."""
    return issuer_in(tmp_path)


@pytest.fixture
def served(settings: Settings, town: Town, issuer: LocalIssuer) -> Settings:
    """Settings of an installation with two municipalities and tokens of its own issuer."""
    town.file.write_text(directory_of(town))
    return replace(
        settings, token_keys=str(issuer.jwks_file), token_issuer=issuer.issuer, token_audience=issuer.audience
    )


@pytest.fixture
async def client(served: Settings, town: Town) -> Client:
    """The way to Temporal, where no rounds of an earlier test go on: a signal would reach those, whom nobody serves."""
    client = await connect(served)
    await register(client)
    for municipality in (town.municipality, ELSEWHERE):
        with suppress(RPCError):
            await client.get_workflow_handle(f"digest-{municipality}").terminate()
    return client


@pytest.fixture
def clock() -> MovedClock:
    """What time the API thinks it is."""
    return MovedClock()


@pytest.fixture
def installation(
    served: Settings, secrets_here: Secrets, pool: Pool, client: Client, clock: MovedClock
) -> Installation:
    """What the API works with."""
    return install(served, secrets_here, pool, client, clock)


@pytest.fixture(scope="session")
def application() -> FastAPI:
    """The API of all tests: an application works out each of its routes when it is first asked for it."""
    return create_app()


@pytest.fixture
def app(application: FastAPI, installation: Installation) -> FastAPI:
    """The API of this installation."""
    application.state.installation = installation
    return application


@pytest.fixture
async def idle(app: FastAPI, town: Town, issuer: LocalIssuer, clock: MovedClock) -> AsyncIterator[Desk]:
    """The API without a worker: commands reach Temporal and are not carried out."""
    transport = httpx.ASGITransport(app, raise_app_exceptions=True)
    hooks = {"response": [kept]}
    async with httpx.AsyncClient(transport=transport, base_url="http://api", event_hooks=hooks) as http:
        yield Desk(http, town, issuer, clock)


@pytest.fixture
async def desk(idle: Desk, served: Settings, client: Client) -> AsyncIterator[Desk]:
    """The API with a worker beside it."""
    async with mediation_worker(served, client) as worker, worker:
        yield idle
