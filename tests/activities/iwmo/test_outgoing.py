"""Allocations on their way out: the same message however often, and nothing of the client outside the vault."""

import pytest
from temporalio.exceptions import ApplicationError

from activities.iwmo.codes import Change, MessageKind
from activities.iwmo.xml_parse import parse
from domain.facts.value import replace
from domain.messages.commands import LearnSupportRequest, ReportUndelivered
from sandbox.partners.provider_messages import allocated_of
from store import care_messages, database
from store.database import Pool
from store.vault import Vault
from tests.activities.conftest import Hands
from tests.activities.effects import DAY, Effects
from tests.tampering import tamper
from tests.town import BSN, CLIENT


async def sent(pool: Pool, vault: Vault, effect: str) -> tuple[str, bytes]:
    """The Identificatie and the content of the message of an effect."""
    made = await care_messages.of_effect(pool, effect)
    assert made is not None
    return made.identification, (await vault.message(made.item)).encode()


async def test_a_repeated_attempt_sends_the_very_same_message(
    pool: Pool, vault: Vault, hands: Hands, effects: Effects
) -> None:
    effect = effects.support()
    system = effects.town.systems.provider
    await system.switch({"fault": "lost_answer", "organisation": effects.town.provider, "attempts": 1})
    with pytest.raises(ApplicationError, match="away"):
        await hands.carry_out(effect)
    assert await hands.carry_out(effect, attempt=2) == await hands.carry_out(effect, attempt=3)
    number, content = await sent(pool, vault, effect.key)
    assert set((await system.ledger(effects.town.provider)).items()) == {(("WMO301", number), (3, 1))}
    said = allocated_of(parse(content, MessageKind.ALLOCATION))
    assert (said.client.bsn, said.client.born_on) == (BSN, CLIENT.born_on)


async def test_asked_again_it_is_the_same_allocation_and_after_a_removal_another(
    hands: Hands, effects: Effects
) -> None:
    async def asked(n: int) -> LearnSupportRequest:
        key = f"m-1:request-support:{n}"
        learned = await hands.carry_out(replace(effects.support(), key=key))
        assert isinstance(learned, LearnSupportRequest)
        return learned

    first, again = await asked(1), await asked(2)
    assert first.number == again.number
    assert first.message != again.message
    await hands.carry_out(effects.cancel(first.number))
    assert (await asked(3)).number != first.number


async def test_support_that_was_used_ends_and_is_not_removed(
    pool: Pool, vault: Vault, hands: Hands, effects: Effects
) -> None:
    learned = await hands.carry_out(effects.support())
    assert isinstance(learned, LearnSupportRequest)
    ended = replace(effects.cancel(learned.number), ended_on=DAY.replace(year=2099))
    await hands.carry_out(ended)
    _, content = await sent(pool, vault, ended.key)
    allocation = allocated_of(parse(content, MessageKind.ALLOCATION)).allocation
    assert (allocation.change, allocation.ends_on) == (Change.OTHER_PROVIDER, DAY.replace(year=2099))
    assert str(allocation.number) == learned.number


async def test_no_table_tells_who_the_client_is(pool: Pool, hands: Hands, effects: Effects) -> None:
    await hands.carry_out(effects.support())
    for table in await database.tables(pool):
        for row in await database.rows_of(pool, table):
            assert BSN not in row, table
            assert "Testpersoon" not in row, table


async def test_what_the_message_needs_and_nobody_knows_becomes_a_task(
    pool: Pool, vault: Vault, hands: Hands, effects: Effects
) -> None:
    person = await vault.put_person(replace(CLIENT, bsn="111222333", phone=None), "almere")
    await tamper(pool, "UPDATE mediation SET person = $1", person)
    codes = []
    for n, effect in enumerate((effects.support(), effects.support(effects.town.other_provider))):
        learned = await hands.carry_out(replace(effect, key=f"m-1:request-support:{n}"))
        assert isinstance(learned, ReportUndelivered)
        codes.append(learned.code)
        assert await care_messages.of_effect(pool, effect.key) is None
    assert set(codes) == {"phone_missing"}
