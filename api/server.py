"""The API as a process: settings, one installation, uvicorn. Reading works while Temporal is away."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import timedelta

import structlog
import uvicorn
from fastapi import FastAPI
from temporalio.client import Client

from api.app import create_app
from api.cursors import Cursors
from api.idempotency import Idempotency
from api.installation import Installation, SecurityContact
from api.limits import Limits
from api.patient_protocol import PatientProtocol
from api.web.code_post import CodePost
from runtime.addresses import AllowList
from runtime.at_once import AtOnce
from runtime.clock import SystemClock, TimeSource
from runtime.error_report import described
from runtime.ids import Ids
from runtime.link_keys import LinkKeys
from runtime.plugin import TemporalUnreachable, connect
from runtime.policies import Policies
from runtime.seals import Process
from runtime.settings import Settings
from runtime.tokens import TokenVerifier
from store import database
from store.database import Pool
from store.directory import LiveDirectory
from store.revocations import Revocations
from store.vault import Vault
from store.vault_secrets import End, Secrets, ensure_keys, unlock
from store.webhooks import Webhooks

GRACE = 20
"""Seconds that requests under way may go on after SIGTERM."""


def install(
    settings: Settings, secrets: Secrets, pool: Pool, temporal: Client | None, clock: TimeSource
) -> Installation:
    """Return the installation that these settings describe; raises when directory or policies are wrong."""
    of = secrets.of
    return Installation(
        pool=pool,
        temporal=temporal,
        task_queue=settings.task_queue,
        directory=LiveDirectory(pool, settings.directory),
        policies=Policies.load(settings.policy_folder),
        clock=clock,
        verifier=TokenVerifier(settings, of[End.PSEUDONYMS]),
        revocations=Revocations(pool),
        vault=Vault(pool, secrets),
        idempotency=Idempotency(pool, of[End.REQUESTS], Ids(of[End.IDS])),
        cursors=Cursors(of[End.CURSORS]),
        link_keys=LinkKeys(of[End.LINK_TOKENS], of[End.LINK_CODES]),
        code_post=CodePost(settings),
        webhooks=Webhooks(pool, of[End.WEBHOOKS]),
        webhook_hosts=AllowList.parse(settings.webhook_hosts),
        partner_hosts=AllowList.parse(settings.partner_hosts),
        limits=Limits.of(settings),
        at_once=AtOnce(settings.caller_at_once, settings.requests_at_once),
        key_ring=settings.key_ring,
        security=SecurityContact.of(settings),
    )


def application(settings: Settings, clock: TimeSource | None = None) -> FastAPI:
    """Return the application that opens what it needs when it starts."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        await database.check_rights(settings.database_url)
        async with database.connect(settings.database_url) as pool:
            secrets = await _unlocked(settings, pool)
            app.state.installation = install(settings, secrets, pool, None, clock or SystemClock())
            await app.state.installation.directory.reread()
            app.state.description.begin()
            reaching = asyncio.create_task(_reach_temporal(settings, app.state.installation))
            try:
                yield
            finally:
                reaching.cancel()
                with suppress(asyncio.CancelledError):
                    await reaching

    return create_app(lifespan=lifespan, public_url=settings.public_url)


async def prepare(settings: Settings) -> None:
    """Begin to use the secrets of this installation; raises when a key or a right is wrong."""
    settings.ensure_believed(Process.API, await SystemClock().now())
    async with database.connect(settings.database_url, size=1) as pool:
        await _unlocked(settings, pool)


async def _unlocked(settings: Settings, pool: Pool) -> Secrets:
    await ensure_keys(pool, settings.vault_ring, settings.key_ring)
    return await unlock(pool, settings.vault_ring, settings.key_ring)


def serve(settings: Settings) -> None:
    """Serve until SIGTERM or SIGINT."""
    uvicorn.run(
        application(settings),
        host=settings.api_host,
        port=settings.api_port,
        log_config=None,
        access_log=False,
        server_header=False,
        forwarded_allow_ips=settings.trusted_proxies,
        http=PatientProtocol,
        ws="none",
        timeout_graceful_shutdown=GRACE,
    )


async def _reach_temporal(settings: Settings, here: Installation) -> None:
    """Connect, however long it takes; the connection then mends itself."""
    while here.temporal is None:
        try:
            here.temporal = await connect(settings, patience=timedelta(seconds=30))
        except TemporalUnreachable as away:
            structlog.get_logger("api").warning("temporal is away", error=described(away))
