"""An effect whose time has gone by when its turn comes leaves nothing behind at the partner."""

from typing import Any

import pytest
from temporalio.exceptions import ApplicationError

from domain.exchange.record import Recording
from domain.messages import effects as f
from domain.messages.answers import KnownFrom
from domain.messages.commands import ReportDeath
from store.database import Pool
from store.record import record
from tests.activities.conftest import Hands
from tests.activities.effects import Effects
from tests.activities.test_partners import number_of
from tests.partner_system import Json, PartnerSystem
from tests.store.script import Script
from tests.town import Town


async def ends(pool: Pool, referred: Script) -> None:
    """The client dies."""
    command = ReportDeath(by=referred.municipality, source=KnownFrom.FAMILY)
    await record(pool, Recording(mediation="m-1", command_id="death", command=command, now=referred.now))


@pytest.mark.parametrize(
    "kind", ["place", "list", "read_offer", "lease", "support", "read_support", "assess", "notice"]
)
async def test_nothing_is_asked_for_a_mediation_that_has_ended(
    pool: Pool, hands: Hands, referred: Script, stocked: Town, kind: str
) -> None:
    of_a_number = {"read_offer", "lease", "read_support"}
    effect: f.AnyEffect = getattr(Effects(stocked), kind)(*(["A-000001"] if kind in of_a_number else []))
    await hands.expect(effect)
    await ends(pool, referred)
    assert await hands.carry_out(effect) is None
    assert await hands.result(effect) == "void"
    for system in stocked.systems:
        for organisation in (*stocked.corporations, stocked.provider, stocked.team):
            assert await system.ledger(organisation) == {}


async def test_no_offer_is_placed_once_somebody_confirmed_it_by_hand(pool: Pool, hands: Hands, stocked: Town) -> None:
    effect = Effects(stocked).place()
    await pool.execute("UPDATE task SET closed_at = now() WHERE id = 'confirm_offer-1'")
    assert await hands.carry_out(effect) is None
    assert await stocked.systems.corporation.ledger(stocked.corporation) == {}


async def kept(system: PartnerSystem, organisation: str, kind: str) -> list[Json]:
    """What a partner has on the mediation."""
    if kind == "support":
        return await system.supports(organisation)
    return await system.records(organisation, "/offers", "m-1")


@pytest.mark.parametrize("again", [{"attempt": 2}, {"tried_before": True}])
@pytest.mark.parametrize(
    ("kind", "undo", "state"), [("place", "withdraw", "withdrawn"), ("support", "cancel", "cancelled")]
)
async def test_what_was_done_but_not_heard_of_before_the_end_is_learned_so_that_it_can_be_given_back(
    pool: Pool, hands: Hands, referred: Script, stocked: Town, kind: str, undo: str, state: str, again: dict[str, Any]
) -> None:
    effect: f.AnyEffect = getattr(Effects(stocked), kind)()
    corporation, provider, _ = stocked.systems
    system: PartnerSystem = corporation if kind == "place" else provider
    await hands.expect(effect)
    operation = "create_aanbieding" if kind == "place" else "*"
    await system.switch({"fault": "lost_answer", "organisation": effect.lane, "operation": operation, "attempts": 1})
    with pytest.raises(ApplicationError):
        await hands.carry_out(effect)
    await ends(pool, referred)
    await system.switch()
    number = number_of(await hands.carry_out(effect, **again))
    assert await hands.result(effect) is None, "it is settled when what it taught is recorded"
    assert [one["number"] for one in await kept(system, effect.lane, kind)] == [number]
    await hands.carry_out(getattr(Effects(stocked), undo)(number))
    assert [one["state"] for one in await kept(system, effect.lane, kind)] == [state]


async def test_what_was_let_go_is_told_also_after_the_end(
    pool: Pool, hands: Hands, referred: Script, stocked: Town
) -> None:
    effects = Effects(stocked)
    await hands.carry_out(effects.place())
    (offer,) = await stocked.systems.corporation.records(stocked.corporation, "/offers", "m-1")
    await ends(pool, referred)
    await hands.carry_out(effects.withdraw(offer["number"]))
    (offer,) = await stocked.systems.corporation.records(stocked.corporation, "/offers", "m-1")
    assert offer["state"] == "withdrawn"
