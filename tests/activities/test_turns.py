"""Waiting for a partner that stays away: which mediation tries when, and which are woken when one gets through."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Self

import pytest
from temporalio.exceptions import ApplicationError
from temporalio.service import RPCError, RPCStatusCode
from temporalio.testing import ActivityEnvironment

from activities.turns import EVERY, HASTY, patient, until_turn
from domain.messages.effects import PlaceOffer
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
TURNS = """
UPDATE effect SET turn = $1::timestamptz + (substr(mediation, 3)::int + 1) * interval '2 minutes'
WHERE mediation <> 'm-1'
"""


@pytest.mark.parametrize("others", [1, 2, 7, 500])
def test_in_every_turn_one_of_those_who_wait_tries_and_each_gets_its_turn(others: int) -> None:
    tries = sorted(NOW + until_turn(NOW, before, others) for before in range(others))
    assert NOW < tries[0] <= NOW + EVERY
    assert [later - sooner for sooner, later in pairwise(tries)] == [EVERY] * (others - 1)


@pytest.mark.parametrize("late", [timedelta(), timedelta(seconds=1), EVERY - timedelta(seconds=1)])
def test_a_mediation_tries_again_when_all_have_had_their_turn(late: timedelta) -> None:
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
        turn = await pool.fetchval("SELECT turn FROM effect WHERE key = $1", effect.key)
        assert turn == ActivityEnvironment.default_info().started_time + delay


def test_who_has_waited_for_weeks_knocks_ever_less_often_and_never_much_too_late() -> None:
    def turns_after(waited: timedelta) -> timedelta:
        environment = ActivityEnvironment()
        environment.info = replace(environment.info, scheduled_time=NOW, started_time=NOW + waited)
        turn: timedelta = environment.run(patient)
        return turn

    assert turns_after(timedelta(days=14, seconds=-1)) == EVERY, "an outage of ten working days"
    tries, waited = 0, timedelta()
    while waited < timedelta(days=365):
        turn = turns_after(waited)
        assert turn <= max(EVERY, waited / 5_000), waited
        waited, tries = waited + turn, tries + 1
    assert tries < 40_000, "every two minutes of a year would be 262,800"


class Told(list[str]):
    """Temporal's client: notes which mediations are told to try now what they wait for in a lane."""

    def __init__(self, lane: str) -> None:
        super().__init__()
        self._lane = lane
        self._asked_for: str

    def get_workflow_handle(self, mediation: str) -> Self:
        """Return the handle on a mediation: this, until another is asked for."""
        self._asked_for = mediation
        return self

    async def signal(self, signal: str, lane: str) -> None:
        """Note who is told."""
        assert (signal, lane) == ("try_again", self._lane)
        self.append(self._asked_for)


@pytest.fixture
def told(effects: Effects, monkeypatch: pytest.MonkeyPatch) -> Told:
    everybody = Told(effects.place().lane)
    monkeypatch.setattr("activities.turns.activity.client", lambda: everybody)
    return everybody


@pytest.fixture
async def waiting(pool: Pool, hands: Hands, effects: Effects) -> PlaceOffer:
    """What m-1 asks of a corporation, for which m-0, m-2 and m-4 wait in turn; m-3 is through."""
    effect = effects.place()
    await hands.expect(effect)
    await pool.execute(OTHERS)
    await pool.execute(THEIRS, effect.lane, None)
    await pool.execute("UPDATE effect SET result = 'done', settled_at = now() WHERE mediation = 'm-3'")
    await pool.execute(THEIRS, "somebody-else", None)
    await pool.execute(TURNS, ActivityEnvironment.default_info().started_time)
    return effect


async def test_a_mediation_that_got_through_wakes_those_who_wait_for_the_same_partner_the_next_in_turn_last(
    hands: Hands, waiting: PlaceOffer, told: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    await hands.carry_out(waiting, attempt=HASTY)
    assert told == [], "whoever else is in haste tries again by itself"
    monkeypatch.setattr("activities.turns.AT_ONCE", 2)
    await hands.carry_out(waiting, attempt=HASTY + 1)
    assert sorted(told) == ["m-2", "m-4"], "the very next turn is that of m-0"


async def test_a_mediation_that_was_woken_wakes_one_more_and_nobody_is_woken_by_two(
    pool: Pool, hands: Hands, waiting: PlaceOffer, told: Told
) -> None:
    for _ in range(4):
        await hands.carry_out(waiting, tried_before=True)
    assert told == ["m-4", "m-2", "m-0"]
    await pool.execute(TURNS, ActivityEnvironment.default_info().started_time)
    await hands.carry_out(waiting, attempt=HASTY + 1, tried_before=True)
    assert sorted(told[3:]) == ["m-0", "m-2", "m-4"], "the partner went away again meanwhile, and is back"


async def test_a_mediation_whose_turn_is_close_is_not_woken(hands: Hands, waiting: PlaceOffer, told: Told) -> None:
    await hands.carry_out(waiting, attempt=HASTY + 1, seconds=115)
    assert sorted(told) == ["m-2", "m-4"]


async def test_a_mediation_that_got_no_signal_can_still_be_woken(
    hands: Hands, waiting: PlaceOffer, told: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def dies(*_: object) -> None:
        raise RPCError("gone", RPCStatusCode.UNAVAILABLE, b"")

    with monkeypatch.context() as patched:
        patched.setattr("activities.turns._signal", dies)
        with pytest.raises(RPCError):
            await hands.carry_out(waiting, attempt=HASTY + 1)
    await hands.carry_out(waiting, attempt=HASTY + 2)
    assert sorted(told) == ["m-0", "m-2", "m-4"]


async def test_a_mediation_that_was_woken_for_what_is_not_wanted_any_more_still_wakes_one_more(
    pool: Pool, hands: Hands, effects: Effects, waiting: PlaceOffer, told: Told
) -> None:
    await pool.execute("UPDATE task SET closed_at = now() WHERE id = 'answer_offer-1'")
    effect = effects.read_offer("O-1")
    await hands.expect(effect)
    await hands.carry_out(effect, attempt=HASTY + 1)
    assert (await hands.result(effect), told) == ("void", []), "nobody knows whether the partner answers"
    await hands.carry_out(effect, tried_before=True)
    assert len(told) == 1


async def test_who_is_not_answered_calls_in_nobody(
    hands: Hands, effects: Effects, waiting: PlaceOffer, told: Told
) -> None:
    await effects.town.systems.corporation.switch({"fault": "unavailable", "seconds": 0})
    for attempt in (1, HASTY + 1):
        with pytest.raises(ApplicationError):
            await hands.carry_out(waiting, attempt=attempt, tried_before=True)
    assert told == []
