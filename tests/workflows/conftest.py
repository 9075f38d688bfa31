"""A worker with every hand, on a Temporal server that skips the time of one workflow when told."""

from collections.abc import AsyncIterator

import pytest
from temporalio.testing import TimeSkipper, TimeSkippingConfig

from runtime.plugin import connect
from runtime.search_attributes import register
from runtime.settings import Settings
from sandbox.embedded.mail import MailServer
from store.database import Pool
from store.vault import Vault
from tests.town import Town
from tests.workflows.journey import Shell
from worker import mediation_worker


@pytest.fixture
async def idle(settings: Settings, pool: Pool, vault: Vault, town: Town, mail: MailServer) -> Shell:
    """A shell without a worker."""
    client = await connect(settings)
    await register(client)
    skipper = TimeSkipper(client, config=TimeSkippingConfig(enabled=False))
    return Shell(skipper, pool, vault, town, settings, mail)


@pytest.fixture
async def shell(idle: Shell) -> AsyncIterator[Shell]:
    """A shell that works."""
    async with mediation_worker(idle.settings, idle.client) as worker, worker:
        yield idle
