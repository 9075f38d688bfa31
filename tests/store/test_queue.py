"""Places are given in the policy's order, at once when one comes free, however many wait."""

import asyncio
import os
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from random import Random

import pytest

from domain.decide.decide import Decided
from domain.exchange.feed import VacatedRow
from domain.exchange.record import Recorded, Recording
from domain.facts.capacity import Denominator, SubTarget
from domain.facts.outcome import Stage
from domain.facts.parties import SYSTEM, Actor, Role
from domain.facts.referral import Referral, ReferralChanges
from domain.facts.rules import Overridable
from domain.facts.tasks import TaskKind
from domain.facts.value import replace
from domain.messages import answers as a
from domain.messages import commands as c
from domain.messages.answers import KnownFrom
from domain.messages.effects import CallWaiting
from domain.policy.policy import CapacityModel, CapacityPolicy, CountsAt, Policy
from domain.policy.scarce import Claim
from store import scarce
from store.database import Connection, Pool, connect
from store.feed import FigureDelivery, feed_vacated
from store.journal import load
from store.record import record
from store.scarce import Called, whose_turn
from store.sweep import sweep
from tests.domain.case import MONDAY, NOTE, policy_of, referral
from tests.store.script import Script, team_of

ENGINE = Actor(role=Role.COORDINATOR, organisation="almere", user=SYSTEM)
PERSON = Actor(role=Role.COORDINATOR, organisation="almere", user="user-1")
MINUTE = timedelta(minutes=1)


@pytest.fixture
async def crowd(postgres_url: str) -> AsyncIterator[Pool]:
    async with connect(postgres_url, size=20) as pool:
        yield pool


def city(limit: int = 1, **changes: object) -> Policy:
    policy = policy_of("almere")
    capacity = {**policy.capacity.model_dump(), "limit": limit, **changes}
    return replace(policy, capacity=CapacityPolicy.model_validate(capacity))


class Desk:
    """Everybody in one town, driven by hand: what is decided is recorded, and whoever is called looks again."""

    def __init__(self, pool: Pool, policy: Policy) -> None:
        self.pool = pool
        self.policy = policy
        self.now = MONDAY
        self.given = 0

    async def come(self, name: str, client: Referral | None = None, policy: Policy | None = None) -> Recorded:
        """Somebody is referred, and gets urgency at this moment."""
        case = Script(policy=policy or self.policy)
        case.now = self.now
        case.full = bool(await self.pool.fetchval("SELECT count(*) > 0 FROM place"))
        case.start(client or referral()).ready().positive()
        recorded = (await case.play(self.pool, name))[-1]
        self.now = max(self.now, case.now)
        return recorded

    async def do(self, name: str, command: c.AnyCommand) -> Recorded:
        """Record a command, and have called whoever it makes way for."""
        recorded = await self.give(name, command)
        if any(isinstance(effect, CallWaiting) for effect in recorded.effects):
            await self.call()
        return recorded

    async def give(self, name: str, command: c.AnyCommand) -> Recorded:
        self.given += 1
        one = Recording(mediation=name, command_id=f"given-{self.given}", command=command, now=self.now)
        recorded = await record(self.pool, one, team_of)
        assert recorded.refused is None, recorded.refused
        return recorded

    async def call(self) -> list[str]:
        """Call those whose turn has come; they look, in whatever order."""
        called = [one.mediation for one in await whose_turn(self.pool, self.policy.municipality)]
        await asyncio.gather(*(self.do(name, c.LearnRoom(by=ENGINE)) for name in called))
        return called

    async def leave(self, name: str) -> Recorded:
        return await self.do(name, self.withdrawal())

    def withdrawal(self) -> c.Withdraw:
        by = replace(PERSON, organisation=self.policy.municipality)
        return c.Withdraw(by=by, source=KnownFrom.CLIENT, reason=c.ClientWithdrawal.OTHER, note=NOTE)

    async def waits(self, name: str) -> bool:
        loaded = await load(self.pool, name)
        assert loaded
        return loaded.state.open_of(TaskKind.AWAIT_PLACE) is not None


async def test_who_waits_first_is_called_at_once_and_nobody_else_takes_the_place(crowd: Pool) -> None:
    desk = Desk(crowd, city(1))
    await desk.come("holder")
    for name in ("first", "second"):
        desk.now += timedelta(days=1)
        await desk.come(name)
    await desk.give("holder", desk.withdrawal())
    # the second looks before the first has been told: the place is not for it
    await desk.give("second", c.LearnRoom(by=ENGINE))
    desk.now += timedelta(days=1)
    assert TaskKind.AWAIT_PLACE in (await desk.come("late")).open_tasks
    assert await desk.waits("second")
    assert await desk.waits("first")
    assert await desk.call() == ["first"]
    assert not await desk.waits("first")
    assert (await sweep(crowd)).differences == ()


async def test_how_many_come_before_and_why_it_was_somebodys_turn_is_recorded(crowd: Pool) -> None:
    desk = Desk(crowd, city(1))
    for name in ("holder", "first", "second"):
        await desk.come(name)
    events = await crowd.fetch(
        "SELECT document ->> 'ahead' AS ahead FROM event WHERE type = 'PlaceUnavailable' ORDER BY mediation"
    )
    assert [row["ahead"] for row in events] == [None, "1"]
    await desk.leave("holder")
    turn = "SELECT document -> 'turn' ->> 'since' FROM event WHERE mediation = 'first' AND type = 'PlaceReserved'"
    assert await crowd.fetchval(turn) is not None


async def test_safety_comes_before_waiting_and_a_person_may_let_somebody_go_first(crowd: Pool) -> None:
    desk = Desk(crowd, city(1))
    await desk.come("holder")
    await desk.come("long")
    desk.now += timedelta(days=9)
    await desk.come("unsafe", referral(address_secret=True))
    await desk.come("last")
    await desk.do("last", c.OverrideRule(by=PERSON, rule=Overridable.QUEUE_ORDER, note=NOTE))
    await desk.leave("holder")
    assert [await desk.waits(name) for name in ("last", "unsafe", "long")] == [False, True, True]
    await desk.leave("last")
    assert [await desk.waits(name) for name in ("unsafe", "long")] == [False, True]
    turn = "SELECT document -> 'turn' ->> 'out_of_turn' FROM event WHERE mediation = 'last' AND type = 'PlaceReserved'"
    assert await crowd.fetchval(turn) == "true"


async def test_without_an_order_in_the_policy_who_waits_longest_comes_first(crowd: Pool) -> None:
    desk = Desk(crowd, replace(city(1), queue=None))
    await desk.come("holder")
    await desk.come("long")
    desk.now += timedelta(days=1)
    await desk.come("unsafe", referral(address_secret=True))
    await desk.leave("holder")
    assert not await desk.waits("long")


async def test_a_household_that_does_not_fit_keeps_its_turn_until_it_makes_way(crowd: Pool) -> None:
    desk = Desk(crowd, city(2))
    await desk.come("holder")
    await desk.come("family", referral(household_size=3))
    await desk.come("single")
    assert await desk.waits("single"), "the family comes first"
    await desk.do("family", c.PauseMediation(by=PERSON, note=NOTE))
    assert not await desk.waits("single"), "in a pause others go before"
    await desk.leave("single")
    await desk.do("family", c.CorrectReferral(by=PERSON, changes=ReferralChanges(household_size=1), note=NOTE))
    await desk.do("family", c.ResumeMediation(by=PERSON))
    assert not await desk.waits("family")
    assert (await sweep(crowd)).differences == ()


async def test_places_kept_for_a_part_go_to_the_first_of_that_part(crowd: Pool) -> None:
    young = SubTarget(groups=("youth_care",), target=1, reserved=True)
    desk = Desk(crowd, city(2, sub_targets={"young": young}))
    await desk.come("holder")
    await desk.come("other")
    assert await desk.waits("other"), "one place is kept for the young"
    await desk.come("youth", referral(target_group="youth_care"))
    assert not await desk.waits("youth")
    await desk.come("youth-2", referral(target_group="youth_care"))
    await desk.leave("holder")
    assert [await desk.waits(name) for name in ("other", "youth-2")] == [False, True]


async def test_a_place_that_moves_back_to_the_year_before_is_had_at_once_by_who_waits(crowd: Pool) -> None:
    """The keys came in the old year, and were noted in the new one: its only place was taken meanwhile."""
    policy = city(1, counts_at=CountsAt.KEYS)
    desk = Desk(crowd, policy)
    mover = Script(policy=policy)
    mover.on(date(2026, 12, 1)).start().ready().on(date(2026, 12, 8)).positive().list().match().confirm().accept()
    mover.request_known().sign(keys_in=20).plan_support(20).on(date(2027, 1, 4)).answer(a.KeysAnswer(on=mover.today))
    await mover.play(crowd, "mover")
    desk.now = mover.now + timedelta(days=1)
    await desk.come("waiter")
    assert await desk.waits("waiter")
    recorded = await desk.give("mover", mover.correcting(a.KeysAnswer(on=mover.keys_day())))
    assert [effect.municipality for effect in recorded.effects if isinstance(effect, CallWaiting)] == ["almere"]
    assert await desk.call() == ["waiter"]
    assert not await desk.waits("waiter")
    assert (await sweep(crowd)).differences == ()


async def test_municipalities_that_share_places_have_one_queue(crowd: Pool) -> None:
    here = city(1, shared_by=("almere", "lelystad"))
    desk = Desk(crowd, here)
    await desk.come("holder")
    desk.now += timedelta(days=1)
    await desk.come("there", policy=replace(here, municipality="lelystad"))
    desk.now += timedelta(days=1)
    await desk.come("here")
    recorded = await desk.give("holder", desk.withdrawal())
    assert [effect.municipality for effect in recorded.effects if isinstance(effect, CallWaiting)] == ["almere"]
    assert await whose_turn(crowd, "almere") == [Called("there", "lelystad")]


async def test_more_places_by_new_figures_call_those_who_wait(crowd: Pool) -> None:
    ceiling = {"model": CapacityModel.CEILING, "share": 0.5, "denominator": Denominator.VACATED}
    desk = Desk(crowd, city(1, **ceiling))
    for name in ("holder", "first", "second", "third"):
        await desk.come(name)
        desk.now += timedelta(days=1)
    year = VacatedRow(period="2026", vacated=6, other_lettings=0)
    await feed_vacated(crowd, FigureDelivery("almere", "k-1", "user-1", desk.now), [(2, year)])
    assert await desk.call() == ["first", "second"]
    assert [await desk.waits(name) for name in ("first", "second", "third")] == [False, False, True]


async def test_a_new_period_is_looked_at_in_its_first_moment_and_in_order(crowd: Pool) -> None:
    """A waits since 14 December; B, who got urgency in January, does not take the place that 1 January brings."""
    desk = Desk(crowd, city(1))
    desk.now = datetime(2026, 12, 13, 9, tzinfo=UTC)
    await desk.come("holder")
    await desk.give("holder", c.StepBack(by=PERSON, to=Stage.ASSESSMENT, agreed=True, note=NOTE))
    await desk.come("taker")
    desk.now += timedelta(days=1)
    waiting = await desk.come("a")
    assert waiting.wake_at == datetime(2026, 12, 31, 23, tzinfo=UTC), "midnight in the Netherlands"
    desk.now = waiting.wake_at
    await desk.give("a", c.PassTime(by=ENGINE))
    assert not await desk.waits("a")
    desk.now += timedelta(days=4)
    await desk.come("b")
    assert await desk.waits("b")


async def test_who_waited_before_there_was_a_queue_joins_it(crowd: Pool) -> None:
    desk = Desk(crowd, city(1))
    for name in ("holder", "old"):
        await desk.come(name)
    await crowd.execute("DELETE FROM waiting_place")
    assert [one.table for one in (await sweep(crowd)).differences] == ["waiting_places"]
    assert await desk.call() == ["old"]
    assert await desk.waits("old")
    assert (await sweep(crowd)).differences == ()


async def test_a_place_that_came_free_between_looking_and_waiting_is_not_missed(
    crowd: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who gives it back calls before the other waits: the other then looks again, for nobody else would call it."""
    desk = Desk(crowd, city(1))
    await desk.come("holder")
    settle = scarce.settle

    async def crossed(connection: Connection, mediation: str, decided: Decided, gone: frozenset[Claim]) -> Claim | None:
        if gone and desk.given == 0:
            await desk.leave("holder")
        return await settle(connection, mediation, decided, gone)

    monkeypatch.setattr(scarce, "settle", crossed)
    assert TaskKind.AWAIT_PLACE not in (await desk.come("comes")).open_tasks
    assert (await sweep(crowd)).differences == ()


SEEDS = int(os.environ.get("QUEUE_SEEDS", "2"))
"""The whole figure: `QUEUE_SEEDS=50 python -m pytest -n 0 tests/store/test_queue.py -k random_moments`."""


@pytest.mark.parametrize("seed", range(SEEDS))
async def test_of_64_who_wait_those_who_come_first_have_the_20_places_that_come_free_in_random_moments(
    crowd: Pool, seed: int
) -> None:
    """Never out of order, and each within a minute, though others look as well and calls arrive in any order."""
    random = Random(seed)
    desk = Desk(crowd, city(20))
    holders = [f"holder-{n}" for n in range(20)]
    for name in holders:
        await desk.come(name)
    line: list[tuple[bool, int, str]] = []
    for n in range(64):
        desk.now += timedelta(minutes=random.randrange(1, 600))
        safety = random.random() < 0.2
        name = f"waits-{random.randrange(10**6)}-{n}"
        await desk.come(name, referral(address_secret=safety))
        line.append((not safety, n, name))
    line.sort()
    freed: list[datetime] = []
    while holders:
        desk.now += timedelta(minutes=random.randrange(1, 3000))
        leaving = [
            holders.pop(random.randrange(len(holders))) for _ in range(min(random.randrange(1, 4), len(holders)))
        ]
        curious = random.sample([name for *_, name in line], 4)
        given = [desk.give(name, desk.withdrawal()) for name in leaving]
        given += [desk.give(name, c.LearnRoom(by=ENGINE)) for name in curious]
        random.shuffle(given)
        await asyncio.gather(*given)
        freed += [desk.now] * len(leaving)
        desk.now += timedelta(seconds=random.randrange(1, 50))
        await desk.call()
        first = {name for *_, name in line[: len(freed)]}
        assert {name for *_, name in line if not await desk.waits(name)} == first
    rows = await crowd.fetch(
        "SELECT mediation, at FROM event WHERE type = 'PlaceReserved' AND mediation LIKE 'waits-%' ORDER BY at"
    )
    late = [row["at"] - moment for row, moment in zip(rows, freed, strict=True)]
    assert max(late) <= timedelta(minutes=1)
    assert (await sweep(crowd)).differences == ()
