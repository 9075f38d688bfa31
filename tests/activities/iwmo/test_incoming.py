"""What an attempt that died in the middle of answering a message leaves to the next."""

from dataclasses import replace
from datetime import UTC, datetime

import httpx
import pytest
from temporalio.testing import ActivityEnvironment

from activities.iwmo.codes import MessageKind, RetourCode
from activities.iwmo.incoming import Incoming
from activities.iwmo.judgement import RetourVerdict
from activities.iwmo.outgoing import Outgoing
from activities.iwmo.reception import Reception
from activities.iwmo.retour import retour_tree
from activities.iwmo.xml_build import build
from activities.iwmo.xml_parse import parse
from activities.partner import Partners
from domain.exchange.record import Heard
from domain.messages.commands import LearnRetour
from runtime.directory import Directory
from runtime.plugin import connect
from runtime.settings import Settings
from store import care_messages
from store.database import Pool
from store.vault import Erased, Vault
from tests.activities.conftest import Hands
from tests.activities.effects import Effects
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


async def test_a_retour_that_says_not_unique_leaves_the_message_waiting_for_its_own(
    pool: Pool, vault: Vault, directory: Directory, settings: Settings, effects: Effects, hands: Hands
) -> None:
    """The provider had our message twice, and rejects the copy before it answers the message itself."""
    effect, provider = effects.support(), directory.get(effects.town.provider)
    await effects.town.systems.provider.switch({"fault": "never", "operation": "answer_allocation"})
    await hands.expect(effect)
    await hands.carry_out(effect)
    sent = await care_messages.of_effect(pool, effect.key)
    assert sent is not None
    tree = parse((await vault.message(sent.item)).encode(), MessageKind.ALLOCATION)

    async def said(verdict: RetourVerdict, number: str) -> Heard:
        content = build(
            MessageKind.ALLOCATION_RETOUR, retour_tree(MessageKind.ALLOCATION, tree, verdict, number, NOW.date())
        )
        reception = Reception(pool, vault, directory)
        taken = await reception.take(provider, MessageKind.ALLOCATION_RETOUR, content, NOW)
        async with httpx.AsyncClient(trust_env=False) as http:
            outgoing = Outgoing(pool, vault, directory, Partners(http, directory))
            incoming = Incoming(pool, vault, directory, outgoing, await connect(settings))
            return await ActivityEnvironment().run(incoming.hear_message, taken.id)

    assert await said(RetourVerdict(RetourCode.NOT_UNIQUE), "ZA1") == Heard()
    waiting = await care_messages.of_effect(pool, effect.key)
    assert waiting is not None
    assert waiting.codes is None
    (telling,) = (await said(RetourVerdict(None, (RetourCode.NO_REMARK,)), "ZA2")).tellings
    command = telling.submission.command
    assert isinstance(command, LearnRetour)
    assert command.codes == ()
    await said(RetourVerdict(RetourCode.NOT_UNIQUE), "ZA3")
    approved = await care_messages.of_effect(pool, effect.key)
    assert approved is not None
    assert (approved.codes, approved.retour) == ((), "ZA2")
