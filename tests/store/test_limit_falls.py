"""A limit falls by figures only when a person says that it is so."""

import pytest

from domain.exchange.feed import Numbered, VacatedRow
from domain.facts.capacity import Denominator
from domain.policy.policy import CapacityModel, CapacityPolicy
from store.database import Pool
from store.feed import FigureDelivery, LimitFalls, feed_vacated
from tests.domain.case import MONDAY, policy_of

CEILING = CapacityPolicy.model_validate(
    {
        **policy_of("almere").capacity.model_dump(),
        "model": CapacityModel.CEILING,
        "share": 0.5,
        "denominator": Denominator.VACATED,
        "limit": 300,
        "sub_targets": {},
    }
)


def year(vacated: int, months: int = 12) -> Numbered[VacatedRow]:
    return [(n, VacatedRow(period=f"2026-{n:02}", vacated=vacated)) for n in range(1, months + 1)]


async def told(pool: Pool, key: str, rows: Numbered[VacatedRow], accepted: str | None = None) -> int:
    delivery = FigureDelivery("almere", key, "user-1", MONDAY)
    return (await feed_vacated(pool, delivery, rows, CEILING, accepted)).rows


async def test_a_part_of_the_year_leaves_the_limit_as_it_is(pool: Pool) -> None:
    assert await told(pool, "k-1", year(1, months=11)) == 11


async def test_a_limit_that_falls_to_less_than_half_is_taken_with_a_reason_only_and_that_is_kept(pool: Pool) -> None:
    with pytest.raises(LimitFalls) as caught:
        await told(pool, "k-1", year(10))
    assert (caught.value.period, caught.value.before, caught.value.after) == ("2026", 300, 60)
    assert await pool.fetchval("SELECT count(*) FROM vacated") == 0
    assert await told(pool, "k-1", year(10), "De cijfers kloppen.") == 12
    assert await pool.fetchval("SELECT accepted FROM feed") == "De cijfers kloppen."


async def test_a_limit_that_falls_below_what_is_given_is_taken_with_a_reason_only(pool: Pool) -> None:
    await pool.execute("INSERT INTO capacity (ledger, period, places, used) VALUES ('almere', '2026', 300, 250)")
    with pytest.raises(LimitFalls) as caught:
        await told(pool, "k-1", year(40))
    assert (caught.value.before, caught.value.after, caught.value.given) == (300, 240, 250)
    assert await told(pool, "k-2", year(45)) == 12
    assert await pool.fetchval("SELECT accepted FROM feed") is None
