"""Placements per district and complex: capped as the quota is, also by the complex register, and given back."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime
from typing import Any

import pytest

from domain.exchange.feed import ComplexRow
from domain.exchange.record import Recorded, Recording
from domain.facts.conditions import Comparison, ConditionUnit, Measured, Norm
from domain.facts.rules import Overridable
from domain.facts.value import replace
from domain.messages import answers as a
from domain.messages.commands import LearnDwellings, OverrideRule
from domain.policy.policy import ConversionPolicy, Policy
from domain.policy.scarce import Against, Scope, SpreadClaim
from domain.policy.spread import CapPeriod, ClosedReason, SpreadCap, SpreadPolicy
from store import journal, scarce
from store.database import Pool, connect
from store.feed import FigureDelivery, feed_complexes
from store.journal import load
from store.record import record
from store.reports.asked import asked
from store.reports.catalogue import make
from store.reports.suppression import Mark, Shown
from tests.domain.case import NOTE, dwelling, policy_of
from tests.store.script import Script, housed, script

TODAY = date(2026, 6, 1)


@pytest.fixture
async def crowd(postgres_url: str) -> AsyncIterator[Pool]:
    async with connect(postgres_url, size=40) as pool:
        yield pool


def with_caps(**caps: object) -> Policy:
    return replace(policy_of("almere"), spread=SpreadPolicy.model_validate(caps))


def placement(most: int | None = 3, **facts: object) -> SpreadClaim:
    whole = {"municipality": "almere", "scope": Scope.COMPLEX, "corporation": "ymere", "name": "De Oever"}
    return SpreadClaim.model_validate({**whole, "period": "2026", "most": most, "on": TODAY, **facts})


async def claimed(pool: Pool, mediation: str, claim: SpreadClaim) -> Against | None:
    """Claim in a transaction of its own; return what the store found against it."""
    async with pool.acquire() as connection, connection.transaction():
        gone = await scarce.claim(connection, mediation, [claim])
        assert gone is None or isinstance(gone, SpreadClaim)
        return gone.against if gone else None


async def register(pool: Pool, key: str = "k-1", **facts: object) -> None:
    row = ComplexRow.model_validate({"corporation": "ymere", "complex": "De Oever", **facts})
    await feed_complexes(pool, FigureDelivery("almere", key, "user-1", datetime(2026, 6, 1, tzinfo=UTC)), [(1, row)])


async def used(pool: Pool, scope: str = "complex") -> list[tuple[str, str, int, int]]:
    rows = await pool.fetch("SELECT * FROM spread WHERE scope = $1 ORDER BY name, period", scope)
    return [(row["name"], row["period"], row["used"], row["beyond"]) for row in rows]


async def test_of_40_who_want_one_of_three_placements_exactly_three_get_one(crowd: Pool) -> None:
    found = await asyncio.gather(*(claimed(crowd, f"m-{n}", placement()) for n in range(40)))
    assert sum(one is None for one in found) == 3
    assert all(one == Against(used=3, most=3) for one in found if one)
    assert await used(crowd) == [("De Oever", "2026", 3, 0)]
    assert await crowd.fetchval("SELECT count(*) FROM placement") == 3


async def test_the_lower_cap_of_policy_and_register_holds(crowd: Pool) -> None:
    await register(crowd, most=2)
    found = await asyncio.gather(*(claimed(crowd, f"m-{n}", placement()) for n in range(20)))
    assert sum(one is None for one in found) == 2
    await register(crowd, key="k-2", most=9)
    found = await asyncio.gather(*(claimed(crowd, f"n-{n}", placement()) for n in range(20)))
    assert sum(one is None for one in found) == 1


async def test_a_cap_that_is_lowered_takes_nothing_away_and_gives_nothing_more(pool: Pool) -> None:
    for n in range(3):
        assert await claimed(pool, f"m-{n}", placement()) is None
    assert await claimed(pool, "m-9", placement(most=1)) == Against(used=3, most=1)
    assert await used(pool) == [("De Oever", "2026", 3, 0)]
    assert await claimed(pool, "m-9", placement(most=None)) is None


async def test_what_a_mediation_holds_already_is_counted_once(pool: Pool) -> None:
    assert await claimed(pool, "m-1", placement()) is None
    assert await claimed(pool, "m-1", placement()) is None
    assert await used(pool) == [("De Oever", "2026", 1, 0)]


@pytest.mark.parametrize(
    ("facts", "found"),
    [
        ({"eligible": False, "reason": "demolition"}, Against(eligible=False, reason="demolition")),
        ({"closed_until": "2026-06-01", "reason": "load"}, Against(until=date(2026, 6, 1), reason="load")),
        ({"closed_until": "2026-05-31", "reason": "load"}, None),
        ({"most": 0}, Against(used=0, most=0)),
    ],
)
async def test_a_complex_that_the_register_closes_takes_no_placement_unless_beyond(
    pool: Pool, facts: dict[str, Any], found: Against | None
) -> None:
    await register(pool, "k-1", **facts)
    assert await claimed(pool, "m-1", placement()) == found
    assert await claimed(pool, "m-2", placement(beyond_limit=True)) is None


async def test_a_claim_waits_for_a_complex_that_is_being_closed(pool: Pool) -> None:
    await register(pool)
    async with pool.acquire() as connection:
        transaction = connection.transaction()
        await transaction.start()
        await connection.execute("UPDATE complex SET eligible = false, reason = 'load'")
        asked = asyncio.create_task(claimed(pool, "m-1", placement()))
        await asyncio.sleep(0.2)
        assert not asked.done()
        await transaction.commit()
    assert await asked == Against(eligible=False, reason="load")


SPELLINGS = ("De oever", "De  Oever", "De\u00a0Oever", "DE OEVER ")


async def test_a_complex_is_one_however_its_name_is_written(pool: Pool) -> None:
    await register(pool, most=2)
    found = [await claimed(pool, f"m-{n}", placement(name=name)) for n, name in enumerate(SPELLINGS)]
    assert found == [None, None, *[Against(used=2, most=2)] * 2]
    assert await used(pool) == [("De oever", "2026", 2, 0)]
    await register(pool, "k-2", complex="DE\u00a0OEVER", eligible=False, reason="load")
    assert await pool.fetchval("SELECT count(*) FROM complex") == 1
    assert await claimed(pool, "m-9", placement(name="De Oever")) == Against(eligible=False, reason="load")
    async with pool.acquire() as connection:
        await scarce.release(connection, "m-1", [placement(name="de oever")])
    assert await used(pool) == [("De oever", "2026", 1, 0)]


async def play_all_but_last(pool: Pool, case: Script, name: str) -> Recording:
    *before, last = case.recordings(name)
    for one in before:
        assert (await record(pool, one)).refused is None
    return last


async def offered(pool: Pool, policy: Policy, count: int) -> list[Recorded]:
    """So many mediations are each offered another dwelling of one complex, all at once."""
    cases = []
    for n in range(count):
        case = Script(policy=policy)
        case.start().ready().positive().list(dwelling(n)).match(n)
        cases.append(await play_all_but_last(pool, case, f"m-{n}"))
    return list(await asyncio.gather(*(record(pool, one) for one in cases)))


async def test_an_offer_beyond_the_cap_of_its_complex_is_refused_with_the_rule_and_the_numbers(crowd: Pool) -> None:
    recorded = await offered(crowd, with_caps(every_complex=SpreadCap(most=2), every_district=SpreadCap(most=5)), 6)
    refused = [one.refused for one in recorded if one.refused]
    assert [one.rule for one in refused] == ["spread_full"] * 4
    (condition,) = refused[0].conditions
    assert (condition.name, condition.found) == ("complex_room", Measured(unit=ConditionUnit.PLACEMENTS, value=2))
    assert condition.asked == Norm(comparison=Comparison.AT_MOST, value=2, period="2026")
    assert await used(crowd) == [("De Oever", "2026", 2, 0)]
    assert await used(crowd, "district") == [("centrum", "2026", 2, 0)]
    assert await crowd.fetchval("SELECT count(*) FROM kept_dwelling") == 2


async def test_a_listing_knows_which_complexes_are_full_and_keeps_them_apart_with_the_reason(pool: Pool) -> None:
    policy = with_caps(every_complex=SpreadCap(most=1, review_on=date(2026, 9, 1)))
    await offered(pool, policy, 1)
    case = Script(policy=policy)
    case.start().ready().positive().list(dwelling(5), dwelling(6, complex="De Kade"))
    await case.play(pool, "m-2")
    loaded = await load(pool, "m-2")
    assert loaded is not None
    assert [one.dwelling.id for one in loaded.state.candidates] == ["D-6"]
    (full,) = loaded.state.full
    (unmet,) = (c for c in full.conditions if c.verdict == "unmet")
    assert (unmet.name, unmet.found) == ("complex_room", Measured(unit=ConditionUnit.PLACEMENTS, value=1))
    asked = Norm(comparison=Comparison.AT_MOST, value=1, period="2026", review=date(2026, 9, 1))
    assert unmet.asked == asked
    (listing,) = [e.command for e in await journal.entries(pool, "m-2") if isinstance(e.command, LearnDwellings)]
    assert [(s.name, s.used) for s in listing.standings] == [("De Oever", 1), ("centrum", 1)]


async def test_with_the_rule_set_aside_a_placement_is_made_beyond_the_cap_and_counted_apart(pool: Pool) -> None:
    policy = with_caps(every_complex=SpreadCap(most=1))
    await offered(pool, policy, 1)
    case = Script(policy=policy)
    case.start().ready().positive().list(dwelling(5))
    case.do(OverrideRule(by=case.municipality, rule=Overridable.SPREAD_FULL, note=NOTE)).match(5)
    recorded = await case.play(pool, "m-2")
    assert recorded[-1].refused is None
    assert await used(pool) == [("De Oever", "2026", 1, 1)]
    assert await used(pool, "district") == [("centrum", "2026", 2, 0)]
    loaded = await load(pool, "m-2")
    assert loaded is not None
    assert [one.beyond_limit for one in loaded.state.offers[-1].spread] == [True, False]


async def test_a_placement_comes_back_when_the_offer_is_refused_and_stays_once_there_are_keys(pool: Pool) -> None:
    refusing = script("confirm")
    refusing.refuse(a.RefusalReason.OTHER)
    await refusing.play(pool, "m-1")
    assert await used(pool) == [("De Oever", "2026", 0, 0)]
    await housed().play(pool, "m-2")
    assert await used(pool) == [("De Oever", "2026", 1, 0)]
    assert await used(pool, "district") == [("centrum", "2026", 1, 0)]


async def test_a_live_placement_counts_until_the_mediation_ends(pool: Pool) -> None:
    policy = with_caps(every_complex=SpreadCap(most=1, period=CapPeriod.LIVE))
    case = script(policy=replace(policy, conversion=ConversionPolicy()))
    await case.play(pool)
    assert await used(pool) == [("De Oever", "live", 1, 0)]
    case.call_day().call()
    await case.play(pool)
    assert case.m.outcome is not None
    assert await used(pool) == [("De Oever", "live", 0, 0)]
    assert await used(pool, "district") == [("centrum", "2026", 1, 0)]


async def placed(pool: Pool, policy: Policy, table: str) -> dict[str | None, dict[str, Shown]]:
    """The rows of the report on spread, by district or complex."""
    noon = datetime(2026, 6, 1, 12, tzinfo=UTC)
    made = await make(pool, "spread", asked(TODAY, TODAY, noon, "almere", policies=(policy,)))
    (found,) = [one for one in made.tables if one.name == table]
    assert {row.item for row in found.rows} == {"almere 2026"}
    return {row.group: row.values for row in found.rows}


async def test_the_report_tells_no_count_under_five(crowd: Pool) -> None:
    policy = with_caps(every_complex=SpreadCap(most=9), districts={"haven": SpreadCap(most=2)})
    for n in range(5):
        assert await claimed(crowd, f"m-{n}", placement(most=9)) is None
    haven = placement(scope=Scope.DISTRICT, corporation="", name="haven", most=2)
    assert await claimed(crowd, "m-1", haven) is None
    for n in range(2, 14):
        name = "centrum" if n < 7 else "buiten"
        assert await claimed(crowd, f"m-{n}", replace(haven, name=name, most=None)) is None
    old = placement(scope=Scope.DISTRICT, corporation="", name="haven", period="2025")
    assert await claimed(crowd, "m-2", old) is None
    await register(crowd, most=7, closed_until="2026-07-01", reason=ClosedReason.LOAD, review_on="2026-07-01")
    complexes = await placed(crowd, policy, "complexes")
    assert complexes["ymere/De Oever"] == {"placed": 5, "most": 7, "open": 0, "agreed": 1, "review_in": 30}
    districts = await placed(crowd, policy, "districts")
    assert districts[None]["placed"] == 13
    assert districts["haven"] == {"placed": Mark.SMALL, "most": 2, "open": 1, "agreed": 1, "review_in": None}
    assert districts["centrum"]["placed"] is Mark.HIDDEN, "else the one of haven could be found from the sum"
    assert districts["buiten"]["placed"] == 7
