"""What an attempt that died in the middle of answering a message leaves to the next."""

from dataclasses import replace
from datetime import UTC, datetime

import httpx
import pytest
from temporalio.testing import ActivityEnvironment

from activities.iwmo.codes import MessageKind
from activities.iwmo.incoming import Incoming
from activities.iwmo.outgoing import Outgoing
from activities.iwmo.reception import Reception
from activities.partner import Partners
from runtime.directory import Directory
from runtime.plugin import connect
from runtime.settings import Settings
from store import care_messages
from store.database import Pool
from store.vault import Erased, Vault
from tests.activities.iwmo.samples import DAY, start_xml
from tests.town import Town

NOW = datetime(DAY.year, DAY.month, DAY.day, 12, tzinfo=UTC)


class Death(Exception):
    """What ends an attempt as suddenly as a test can."""


async def test_what_a_message_about_nobody_we_know_says_is_forgotten_with_its_retour_also_after_a_crash(
    pool: Pool, vault: Vault, directory: Directory, settings: Settings, town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with httpx.AsyncClient(trust_env=False) as http:
        outgoing = Outgoing(pool, vault, directory, Partners(http, directory))
        incoming = Incoming(pool, vault, directory, outgoing, await connect(settings))
        content = start_xml(sender=town.agb_of(town.provider))
        taken = await Reception(pool, vault, directory).take(
            directory.get(town.provider), MessageKind.START, content, NOW
        )
        environment = ActivityEnvironment()
        environment.info = replace(environment.info, started_time=NOW)
        await environment.run(incoming.hear_message, taken.id)
        assert "Testpersoon" in await vault.message(taken.item)

        async def die(item: str) -> None:
            raise Death

        with monkeypatch.context() as killed:
            killed.setattr(vault, "forget_message", die)
            with pytest.raises(Death):
                await environment.run(incoming.send_retour, taken.id)
        kept = await care_messages.message(pool, taken.id)
        assert kept is not None
        assert kept.retour_at == NOW
        await environment.run(incoming.send_retour, taken.id)
        with pytest.raises(Erased):
            await vault.message(taken.item)
    arrived = await town.systems.provider.ledger(town.provider)
    assert [received for (kind, _), (received, _) in arrived.items() if kind == MessageKind.START_RETOUR] == [1]
