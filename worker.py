"""The worker process: it runs the workflows, and the activities that carry out their effects, until SIGTERM."""

import asyncio
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import timedelta

import structlog
from asyncpg import UndefinedTableError
from temporalio.client import Client
from temporalio.common import WorkerDeploymentVersion, WorkflowIDConflictPolicy
from temporalio.service import RPCError
from temporalio.worker import Worker, WorkerDeploymentConfig

from activities.begin_again import begin_again
from activities.care_provider import CareProvider
from activities.corporation import Corporation
from activities.district_team import DistrictTeam
from activities.homes import Homes
from activities.iwmo.folders import Folders
from activities.iwmo.incoming import Incoming
from activities.iwmo.outgoing import Outgoing
from activities.iwmo.reception import Reception
from activities.letters.notify_nl import NotifyNl
from activities.letters.post_room import Letters
from activities.letters.rounds import Rounds
from activities.moment import moment
from activities.partner import Partners
from activities.places import Calling
from activities.publication import Publisher
from activities.record import Recorder
from activities.upkeep import Upkeep
from activities.watch import Watchman
from domain.facts.parties import Role
from runtime import RuntimeFault
from runtime.addresses import AllowList
from runtime.build import build_id
from runtime.clock import SystemClock
from runtime.directory import Directory
from runtime.guard import guarded
from runtime.outbound import outbound
from runtime.plugin import connect
from runtime.seals import Process, Speakers
from runtime.search_attributes import register
from runtime.settings import Settings
from runtime.systems import FolderTransport, Iwmo
from store import database, directory_notices
from store.database import UNAVAILABLE, Pool
from store.directory import following
from store.language import NewerBuild, OlderLanguage, begin_language, ensure_language
from store.vault import Vault
from store.vault_secrets import End, ensure_keys, unlock
from store.webhooks import Webhooks
from workflows.care_message import CareFoldersWorkflow, CareMessageWorkflow
from workflows.digest import DigestWorkflow, start_rounds, wake_rounds
from workflows.mediation import MediationWorkflow
from workflows.publication import PublicationWorkflow
from workflows.publishers import publications_running
from workflows.upkeep import UpkeepWorkflow, start_upkeep
from workflows.watch import WatchmanWorkflow, start_watchman

GRACE = timedelta(seconds=20)
"""How long activities that are under way may go on after SIGTERM."""
NOTICE_EVERY = 2.0
"""Seconds between two looks at whether another release is at work."""
LOOK_EVERY = 60.0
"""Seconds between two looks at the folders of providers, and at whether the directory has new ones."""


@asynccontextmanager
async def mediation_worker(
    settings: Settings, client: Client, other_release: asyncio.Event | None = None
) -> AsyncIterator[Worker]:
    """Make a worker with everything it needs. The journal is written in its language from now on.

    `other_release` is set when another release is at work. Raises `NewerBuild` when one is already.
    """
    async with (
        database.connect(settings.database_url, size=20) as pool,
        guarded(AllowList.parse(settings.partner_hosts)) as http,
        guarded(AllowList.of(settings.notify_url)) as to_notify,
        outbound(AllowList.parse(settings.webhook_hosts)) as out,
        following(pool, settings.directory, moment) as directory,
    ):
        partners = Partners(http, directory)
        corporation, team = Corporation(pool, partners), DistrictTeam(pool, partners)
        secrets = await unlock(pool, settings.vault_ring, settings.key_ring)
        await begin_language(pool)
        vault, webhooks = Vault(pool, secrets), Webhooks(pool, secrets.of[End.WEBHOOKS])
        speakers = Speakers.parse(settings.speakers)
        outgoing = Outgoing(pool, vault, directory, partners)
        provider, incoming = CareProvider(pool, outgoing), Incoming(pool, vault, directory, outgoing, client)
        folders = Folders(Reception(pool, vault, directory), directory, client, settings.task_queue)
        notify = NotifyNl.of(settings, to_notify)
        letters = Letters(pool, vault, directory, settings, notify, out)
        publisher = Publisher(pool, webhooks, out, settings.public_url, timedelta(seconds=settings.webhook_seconds))
        worker = Worker(
            client,
            task_queue=settings.task_queue,
            workflows=[
                MediationWorkflow,
                DigestWorkflow,
                PublicationWorkflow,
                CareMessageWorkflow,
                CareFoldersWorkflow,
                UpkeepWorkflow,
                WatchmanWorkflow,
            ],
            activities=[
                Recorder(pool, directory, Homes(pool, partners), vault, speakers, other_release).record,
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
                Calling(pool).call_waiting,
                letters.send_letter,
                Rounds(pool, directory, settings, notify, out).make_round,
                publisher.publish,
                Upkeep(pool, settings.policy_folder).prune,
                Watchman(pool, settings.task_queue, speakers).watch,
            ],
            graceful_shutdown_timeout=GRACE,
            deployment_config=WorkerDeploymentConfig(
                version=WorkerDeploymentVersion("direct-mediation", build_id()), use_worker_versioning=False
            ),
        )
        async with (
            letters.conversing(),
            publications_running(client, settings.task_queue, webhooks.ids, (*UNAVAILABLE, UndefinedTableError)),
            rounds_running(client, settings.task_queue, directory, pool),
        ):
            yield worker


@asynccontextmanager
async def rounds_running(client: Client, task_queue: str, directory: Directory, pool: Pool) -> AsyncIterator[None]:
    """Have everything periodic run, also what the directory asks for later, beside what the block does."""

    async def start() -> None:
        seats = [one.id for one in directory if one.role is Role.COORDINATOR]
        await start_rounds(client, task_queue, seats)
        await watch_folders(client, task_queue, directory)

    async def go_on() -> None:
        while True:
            await asyncio.sleep(LOOK_EVERY)
            with suppress(RPCError, *UNAVAILABLE):
                await start()
                for municipality in {notice.municipality for notice in await directory_notices.waiting(pool)}:
                    await wake_rounds(client, task_queue, municipality)

    await start_upkeep(client, task_queue)
    await start()
    going_on = asyncio.create_task(go_on())
    try:
        yield
    finally:
        going_on.cancel()
        with suppress(asyncio.CancelledError):
            await going_on


async def watch_folders(client: Client, task_queue: str, directory: Directory) -> None:
    """Have the folders of providers looked into, if there are any; once, however many workers there are."""
    systems = (one.system for one in directory)
    if not any(isinstance(system, Iwmo) and isinstance(system.transport, FolderTransport) for system in systems):
        return
    await client.start_workflow(
        CareFoldersWorkflow.run,
        LOOK_EVERY,
        id="care-folders",
        task_queue=task_queue,
        id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
    )


async def begin_again_here(settings: Settings, client: Client) -> None:
    """Start again what is open, where Temporal has lost everything."""
    async with database.connect(settings.database_url, size=5) as pool:
        await begin_again(pool, client, settings.task_queue)


async def serve(settings: Settings) -> None:
    """Work until SIGTERM or SIGINT."""
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    await database.check_rights(settings.database_url)
    settings.ensure_believed(Process.WORKER, await SystemClock().now())
    async with database.connect(settings.database_url, size=1) as pool:
        await ensure_keys(pool, settings.vault_ring, settings.key_ring)
    client = await connect(settings, process=Process.WORKER)
    await register(client)
    async with mediation_worker(settings, client, stop) as worker, worker, noticing(settings, stop) as other:
        if settings.watch == "on":
            await begin_again_here(settings, client)
            await start_watchman(client, settings.task_queue)
        structlog.get_logger().info("worker ready", build=build_id(), task_queue=settings.task_queue)
        await stop.wait()
    structlog.get_logger().info("worker stopped")
    if other:
        raise other[0]


@asynccontextmanager
async def noticing(settings: Settings, stop: asyncio.Event) -> AsyncIterator[list[RuntimeFault]]:
    """Notice that another release is at work, also when there is nothing to record; say so in the list."""
    found: list[RuntimeFault] = []

    async def look(pool: Pool) -> None:
        try:
            await ensure_language(pool)
        except (NewerBuild, OlderLanguage) as other:
            found[:] = [other]
            stop.set()

    async def go_on(pool: Pool) -> None:
        while not found:
            with suppress(*UNAVAILABLE):
                await look(pool)
            await asyncio.sleep(NOTICE_EVERY)

    async with database.connect(settings.database_url, size=1) as pool:
        going_on = asyncio.create_task(go_on(pool))
        try:
            yield found
        finally:
            going_on.cancel()
            with suppress(asyncio.CancelledError):
                await going_on
            with suppress(*UNAVAILABLE):
                await look(pool)  # `Record` may have noticed it before us
