"""Waiting at the door of a partner that stays away: who knocks when, and who is called in."""

import asyncio
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from temporalio.exceptions import ApplicationError

from activities.doorstep import EVERY, HASTY, until_turn
from store import outbox
from store.database import Pool
from tests.activities.conftest import Hands
from tests.activities.effects import Effects

NOW = datetime(2027, 1, 4, 9, 0, 1, tzinfo=UTC)
OTHERS = """
INSERT INTO mediation SELECT (jsonb_populate_record(m, jsonb_build_object('id', 'm-' || n, 'person', 'p-' || n))).*
FROM mediation m, generate_series(0, 4) n WHERE m.id = 'm-1' AND n <> 1
"""
THEIRS = """
INSERT INTO effect (key, mediation, lane, type, document, asked_at, result, settled_at)
SELECT id || ':' || $1 || ':' || coalesce($2, ''), id, $1, 'PlaceOffer', '{}', now(), $2,
       CASE WHEN $2::text IS NOT NULL THEN now() END
FROM mediation WHERE id <> 'm-1'
"""


@pytest.mark.parametrize("waiting", [1, 2, 7, 500])
def test_in_every_turn_one_of_those_who_wait_knocks_and_each_gets_its_turn(waiting: int) -> None:
    knocks = sorted(NOW + until_turn(NOW, before, waiting) for before in range(waiting))
    assert NOW < knocks[0] <= NOW + EVERY
    assert [later - sooner for sooner, later in pairwise(knocks)] == [EVERY] * (waiting - 1)


@pytest.mark.parametrize("late", [timedelta(), timedelta(seconds=1), EVERY - timedelta(seconds=1)])
def test_who_knocked_in_its_turn_knocks_again_when_all_have_had_theirs(late: timedelta) -> None:
    first = NOW + until_turn(NOW, 3, 5)
    again = first + late + until_turn(first + late, 3, 5)
    assert again == first + 5 * EVERY


async def test_a_partner_that_stays_away_is_asked_in_turn_and_not_as_often_as_it_says(
    pool: Pool, hands: Hands, effects: Effects
) -> None:
    effect = effects.place()
    await hands.expect(effect)
    await pool.execute(OTHERS)
    await pool.execute(THEIRS, effect.lane, None)
    await pool.execute(THEIRS, effect.lane, "done")
    await pool.execute(THEIRS, "somebody-else", None)
    assert await outbox.place_in_lane(pool, effect.lane, "m-1") == (1, 5)
    await effects.town.systems.corporation.switch({"fault": "unavailable", "seconds": 0})
    delays = {}
    for attempt in (1, HASTY - 1, HASTY, 1000):
        with pytest.raises(ApplicationError) as caught:
            await hands.carry_out(effect, attempt=attempt)
        delays[attempt] = caught.value.next_retry_delay
    assert delays[1] == timedelta(seconds=1)
    assert delays[HASTY - 1] == timedelta(seconds=2 ** (HASTY - 2))
    for attempt in (HASTY, 1000):
        delay = delays[attempt]
        assert delay is not None
        assert timedelta() < delay <= 5 * EVERY


async def test_who_waited_and_got_through_calls_in_those_who_wait_for_the_same_partner(
    pool: Pool, hands: Hands, effects: Effects, monkeypatch: pytest.MonkeyPatch
) -> None:
    effect = effects.place()
    await hands.expect(effect)
    await pool.execute(OTHERS)
    await pool.execute(THEIRS, effect.lane, None)
    await pool.execute("UPDATE effect SET result = 'done', settled_at = now() WHERE mediation = 'm-3'")
    await pool.execute(THEIRS, "somebody-else", None)
    told: list[tuple[str, str]] = []

    class Workflow:
        def __init__(self, name: str) -> None:
            self.name = name

        async def signal(self, signal: str, lane: str) -> None:
            assert signal == "try_again"
            told.append((self.name, lane))

    class Client:
        def get_workflow_handle(self, name: str) -> Workflow:
            return Workflow(name)

    monkeypatch.setattr("activities.doorstep.activity.client", Client)
    await hands.carry_out(effect, attempt=HASTY)
    assert told == [], "whoever else is in haste tries again by itself"
    await hands.carry_out(effect, attempt=HASTY + 1)
    assert sorted(told) == [(f"m-{n}", effect.lane) for n in (0, 2, 4)]


@pytest.mark.parametrize("goes_through", [True, False])
async def test_they_are_called_in_a_few_at_a_time_and_who_has_a_trouble_of_its_own_holds_up_nobody(
    pool: Pool, hands: Hands, effects: Effects, monkeypatch: pytest.MonkeyPatch, goes_through: bool
) -> None:
    effect = effects.place()
    await hands.expect(effect)
    await pool.execute(OTHERS)
    await pool.execute(THEIRS, effect.lane, None)
    monkeypatch.setattr("activities.doorstep.AT_ONCE", 1)
    monkeypatch.setattr("activities.doorstep.COUNTED_ON", 0.4)
    begun: list[tuple[str, float]] = []
    inside = set[str]()
    most = 0

    async def signal(mediation: str) -> None:
        nonlocal most
        begun.append((mediation, asyncio.get_running_loop().time()))
        inside.add(mediation)
        most = max(most, len(inside))
        if goes_through:
            asyncio.get_running_loop().call_later(0.15, lambda: asyncio.ensure_future(through(mediation)))

    async def through(mediation: str) -> None:
        inside.discard(mediation)
        await pool.execute("UPDATE effect SET result = 'done', settled_at = now() WHERE mediation = $1", mediation)

    async def tell(_client: object, mediation: str, _lane: str) -> None:
        await signal(mediation)

    monkeypatch.setattr("activities.doorstep._tell", tell)
    monkeypatch.setattr("activities.doorstep.activity.client", object)
    await hands.carry_out(effect, attempt=HASTY + 1)
    assert sorted(mediation for mediation, _ in begun) == ["m-0", "m-2", "m-3", "m-4"]
    assert most == (1 if goes_through else 4)
    shortest = min(later - sooner for (_, sooner), (_, later) in pairwise(begun))
    assert shortest >= (0.15 if goes_through else 0.4)
