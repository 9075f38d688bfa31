"""Real servers for the walks outside of the tests: PostgreSQL, Temporal, mail, partners, and a worker."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

from domain.facts.parties import Role
from domain.facts.value import replace
from runtime.directory import Organisation
from runtime.keys import KeyRing, new_key
from runtime.settings import Settings
from sandbox.data_directory import new_seals
from sandbox.embedded.mail import MailServer
from sandbox.embedded.ports import free_port
from sandbox.embedded.postgres import Postgres
from sandbox.embedded.temporal import TemporalServer
from store import database
from store.vault import Vault
from store.vault_secrets import unlock
from tests.conftest import TIME_SKIPPING
from tests.journey import Scene
from tests.partner_system import PartnerSystem
from tests.tampering import SERVERS
from tests.town import Systems, Town
from worker import mediation_worker

ELSEWHERE = "amersfoort"


class TownWithStranger(Town):
    """A town with a provider that is in our directory, but is not known to the providers' own system; and beside it
    another municipality that works here.
    """

    @property
    def stranger(self) -> str:
        return f"stranger-{self.tag}"

    def write(self, known: list[Organisation]) -> None:
        url = self.systems.provider.url_of(self.stranger)
        elsewhere = self._organisation(ELSEWHERE, Role.COORDINATOR)
        moved = replace(elsewhere, municipalities=(ELSEWHERE,), code="0307")
        super().write([*known, self._organisation(self.stranger, Role.CARE_PROVIDER, url), moved])


@asynccontextmanager
async def installed(folder: Path, ring: KeyRing) -> AsyncIterator[Scene]:
    """Start everything in a folder, with payloads encrypted under this ring; stop it in the reverse order."""
    async with AsyncExitStack() as stack:
        postgres = await stack.enter_async_context(Postgres(folder / "postgres", free_port(), durable=False))
        SERVERS[postgres.port] = postgres
        temporal = await stack.enter_async_context(
            TemporalServer(folder / "temporal", free_port(), dynamic_config=TIME_SKIPPING)
        )
        mail = await stack.enter_async_context(MailServer(folder / "mail", free_port(), durable=False))
        kinds = ("corporation", "care-provider", "district-team")
        systems = [await stack.enter_async_context(PartnerSystem(kind, folder, free_port())) for kind in kinds]
        town = TownWithStranger(Systems(*systems), folder)
        await town.settle()
        await database.migrate(postgres.url, postgres.application_url)
        settings = settings_of(town, postgres.application_url, temporal.address, mail.port, ring)
        pool = await stack.enter_async_context(database.connect(settings.database_url))
        vault = Vault(pool, await unlock(pool, settings.vault_ring, settings.key_ring))
        scene = await Scene.of(settings, pool, vault, town, mail)
        worker = await stack.enter_async_context(mediation_worker(settings, scene.client))
        await stack.enter_async_context(worker)
        yield scene


def settings_of(town: Town, database_url: str, temporal_address: str, smtp_port: int, ring: KeyRing) -> Settings:
    """Return the settings of an installation on these servers."""
    values = {
        "database_url": database_url,
        "temporal_address": temporal_address,
        "directory": town.file,
        "payload_keys": ring.text(),
        "vault_keys": new_key(),
        **new_seals(),
        "partner_hosts": "127.0.0.1",
        "smtp_host": "127.0.0.1",
        "smtp_port": smtp_port,
        "mail_from": "mediation@almere.example",
        "public_url": "https://mediation.example.org",
        "token_keys": "none",
        "token_issuer": "https://login.example.org",
        "token_audience": "mediation",
    }
    return Settings.model_validate(values)
