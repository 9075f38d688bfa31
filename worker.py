"""The worker: settings, one plugin, and the hands that carry out what mediations ask. Stops gracefully on SIGTERM."""

import asyncio
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import httpx
import structlog
from temporalio.client import Client
from temporalio.common import WorkerDeploymentVersion, WorkflowIDConflictPolicy
from temporalio.worker import Worker, WorkerDeploymentConfig

from activities.care_provider import CareProvider
from activities.corporation import Corporation
from activities.district_team import DistrictTeam
from activities.iwmo.folders import Folders
from activities.iwmo.incoming import Incoming
from activities.iwmo.outgoing import Outgoing
from activities.iwmo.reception import Reception
from activities.letters import Letters
from activities.partner import Partners
from activities.record import Recorder
from runtime.build import build_id
from runtime.directory import Directory
from runtime.keys import read_key
from runtime.plugin import connect
from runtime.search_attributes import register
from runtime.settings import Settings
from runtime.systems import FolderTransport, Iwmo
from store import database
from store.vault import Vault
from workflows.care_message import CareFoldersWorkflow, CareMessageWorkflow
from workflows.mediation import MediationWorkflow

GRACE = timedelta(seconds=20)
"""How long activities that are under way may go on after SIGTERM."""
LOOK_EVERY = 60.0
"""Seconds between two looks at the folders of providers."""


@asynccontextmanager
async def mediation_worker(settings: Settings, client: Client) -> AsyncIterator[Worker]:
    """Make a worker with everything it needs."""
    directory = Directory.load(settings.directory)
    async with database.connect(settings.database_url, size=20) as pool, httpx.AsyncClient(trust_env=False) as http:
        partners = Partners(http, directory)
        corporation, team = Corporation(pool, partners), DistrictTeam(pool, partners)
        vault = Vault(pool, read_key(settings.vault_key.get_secret_value()))
        outgoing = Outgoing(pool, vault, directory, http)
        provider, incoming = CareProvider(pool, outgoing), Incoming(pool, vault, directory, outgoing, client)
        folders = Folders(Reception(pool, vault, directory), directory, client, settings.task_queue)
        letters = Letters(pool, vault, directory, settings)
        yield Worker(
            client,
            task_queue=settings.task_queue,
            workflows=[MediationWorkflow, CareMessageWorkflow, CareFoldersWorkflow],
            activities=[
                Recorder(pool).record,
                corporation.list_dwellings,
                corporation.place_offer,
                corporation.read_offer,
                corporation.withdraw_offer,
                corporation.prepare_lease,
                provider.request_support,
                provider.read_support,
                provider.cancel_support,
                incoming.hear_message,
                incoming.tell_mediation,
                incoming.send_retour,
                folders.collect_messages,
                team.ask_assessment,
                team.give_notice,
                letters.send_letter,
            ],
            graceful_shutdown_timeout=GRACE,
            deployment_config=WorkerDeploymentConfig(
                version=WorkerDeploymentVersion("direct-mediation", build_id()), use_worker_versioning=False
            ),
        )


async def watch_folders(client: Client, settings: Settings) -> None:
    """Have the folders of providers looked into, if there are any; once, however many workers there are."""
    systems = (one.system for one in Directory.load(settings.directory))
    if not any(isinstance(system, Iwmo) and isinstance(system.transport, FolderTransport) for system in systems):
        return
    await client.start_workflow(
        CareFoldersWorkflow.run,
        LOOK_EVERY,
        id="care-folders",
        task_queue=settings.task_queue,
        id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
    )


async def serve(settings: Settings) -> None:
    """Work until SIGTERM or SIGINT."""
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    client = await connect(settings)
    await register(client)
    async with mediation_worker(settings, client) as worker, worker:
        await watch_folders(client, settings)
        structlog.get_logger().info("worker ready", build=build_id(), task_queue=settings.task_queue)
        await stop.wait()
    structlog.get_logger().info("worker stopped")
