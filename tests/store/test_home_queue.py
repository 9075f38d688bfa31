"""Homes are offered in the policy's order, to whoever comes first of those for whom one is a candidate."""

import os
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from random import Random

import pytest

from domain.exchange.record import Recorded, Recording
from domain.exchange.releases import ReleasedRow
from domain.facts.calendar import Calendar
from domain.facts.dwelling import Dwelling, HomeRef
from domain.facts.tasks import TaskKind
from domain.facts.value import replace
from domain.messages import answers as a
from domain.messages import commands as c
from domain.messages.effects import CallWaiting, ListDwellings
from domain.policy.policy import Policy
from store import home_queue, released
from store.database import Pool, connect
from store.journal import Loaded, load
from store.record import record
from store.released import DwellingWriter
from store.scarce import Called
from store.sweep import sweep
from tests.domain.case import MONDAY, NOTE, dwelling, referral
from tests.store.script import Script, team_of
from tests.store.test_queue import ENGINE, PERSON, city


@pytest.fixture
async def crowd(postgres_url: str) -> AsyncIterator[Pool]:
    async with connect(postgres_url, size=20) as pool:
        yield pool


class Market:
    """Everybody who waits for a home in one town, and what one corporation has released."""

    def __init__(self, pool: Pool, policy: Policy) -> None:
        self.pool = pool
        self.policy = policy
        self.now = MONDAY
        self.homes: dict[str, Dwelling] = {}
        self.given = 0

    async def come(self, name: str, **facts: object) -> None:
        """Somebody is referred, gets urgency at this moment, and hears what there is."""
        case = Script(policy=self.policy)
        case.now = self.now
        case.start(referral(**facts)).ready().positive()
        await case.play(self.pool, name)
        await self.lists(name)

    async def give(self, name: str, command: c.AnyCommand) -> Recorded:
        self.given += 1
        one = Recording(mediation=name, command_id=f"given-{self.given}", command=command, now=self.now)
        return await record(self.pool, one, team_of)

    async def lists(self, name: str) -> None:
        free = tuple(self.homes.values())
        recorded = await self.give(name, c.LearnDwellings(by=ENGINE, dwellings=free))
        assert recorded.refused is None

    async def release(self, number: int) -> None:
        """The corporation releases a home by hand, and who waits is called, as the round does."""
        home = dwelling(number, "ymere", released_on=Calendar().today(self.now))
        self.homes[home.id] = home
        row = ReleasedRow(**home.model_dump(exclude={"corporation"}))
        await released.release(self.pool, DwellingWriter("ymere", "ymere:user-1", self.now), row)
        midnight = datetime(self.now.year, self.now.month, self.now.day, tzinfo=UTC)
        called = await home_queue.waiting_since_release(self.pool, "almere", Calendar().today(self.now), midnight)
        self.now += timedelta(seconds=20)
        await self.call(called)

    async def call(self, called: list[Called]) -> None:
        for one in called:
            recorded = await self.give(one.mediation, c.LearnRoom(by=ENGINE))
            assert any(isinstance(effect, ListDwellings) for effect in recorded.effects)
            await self.lists(one.mediation)

    async def choose(self, name: str, number: int, note: str | None = None) -> Recorded:
        task = (await self.loaded(name)).state.open_of(TaskKind.MAKE_OFFER)
        assert task
        answer = a.MatchAnswer(corporation="ymere", dwelling=f"D-{number}", note=note)
        recorded = await self.give(name, c.AnswerTask(by=PERSON, task=task.id, answer=answer))
        if recorded.refused is None:
            self.homes.pop(f"D-{number}", None)
        return recorded

    async def loaded(self, name: str) -> Loaded:
        loaded = await load(self.pool, name)
        assert loaded
        return loaded


async def test_a_home_is_for_who_has_waited_longest_and_for_another_only_with_a_reason(crowd: Pool) -> None:
    market = Market(crowd, city(50))
    for name in ("first", "second", "third"):
        await market.come(name)
        market.now += timedelta(days=1)
    await market.release(1)
    refused = (await market.choose("second", 1)).refused
    assert refused
    assert (refused.rule, refused.field) == ("others_come_first", "note")
    assert (await market.choose("second", 1, NOTE)).refused is None
    document = await crowd.fetchval("SELECT document FROM event WHERE mediation = 'second' AND type = 'OfferPrepared'")
    assert '"passed_over":[{"mediation":"first"' in document.replace(" ", "")
    assert '"following":{"mediation":"third"' in document.replace(" ", "")
    assert (await sweep(crowd)).differences == ()


async def test_who_was_let_down_comes_before_who_has_waited_longer(crowd: Pool) -> None:
    market = Market(crowd, city(50))
    for name in ("longest", "let-down"):
        await market.come(name)
        market.now += timedelta(days=1)
    await market.release(1)
    assert (await market.choose("longest", 1)).refused is None
    await market.release(2)
    assert (await market.choose("let-down", 2)).refused is None
    confirmed = c.AnswerTask(by=PERSON, task="confirm_offer-1", answer=a.ConfirmationAnswer(number="O-1"))
    assert (await market.give("let-down", confirmed)).refused is None
    back = c.WithdrawOffer(by=PERSON, reason=c.WithdrawalReason.NOT_READY, note=NOTE)
    assert any(isinstance(effect, CallWaiting) for effect in (await market.give("let-down", back)).effects)
    await market.give("longest", c.WithdrawOffer(by=PERSON, reason=c.WithdrawalReason.NOT_READY, note=NOTE))
    await market.lists("let-down")
    await market.release(3)
    refused = (await market.choose("longest", 3)).refused
    assert refused
    assert refused.rule == "others_come_first"
    assert (await market.choose("let-down", 3)).refused is None


async def test_who_cannot_be_offered_a_home_now_lets_others_go_before(crowd: Pool) -> None:
    market = Market(crowd, city(50))
    await market.come("paused")
    market.now += timedelta(days=1)
    await market.come("second")
    await market.release(1)
    assert (await market.give("paused", c.PauseMediation(by=PERSON, note=NOTE))).refused is None
    assert (await market.choose("second", 1)).refused is None


async def test_whom_a_home_does_not_suit_stands_in_nobodys_way(crowd: Pool) -> None:
    market = Market(crowd, city(50))
    needs = replace(referral().needs, rooms=4)
    await market.come("needs four rooms", needs=needs)
    market.now += timedelta(days=1)
    await market.come("second")
    await market.release(1)
    assert (await market.choose("second", 1)).refused is None


async def test_who_has_heard_of_a_home_is_not_called_for_it_again(crowd: Pool) -> None:
    market = Market(crowd, city(50))
    await market.come("first")
    await market.release(1)
    midnight = datetime(market.now.year, market.now.month, market.now.day, tzinfo=UTC)
    assert await home_queue.waiting_since_release(crowd, "almere", Calendar().today(market.now), midnight) == []
    assert [one.mediation for one in await home_queue.waiting_for_homes_of(crowd, "ymere")] == ["first"]
    assert await home_queue.waited_for_by(crowd, "ymere") == ["almere"]
    line, waiting = await home_queue.line_of(crowd, HomeRef(corporation="ymere", dwelling="D-1"), ["almere"], 10)
    assert ([(one.mediation, one.listed) for one in line], waiting) == ([("first", True)], 1)


SEEDS = int(os.environ.get("QUEUE_SEEDS", "1"))
"""The whole figure: `QUEUE_SEEDS=50 python -m pytest -n 0 tests/store/test_home_queue.py -k random_moments`."""


@pytest.mark.timeout(600)  # some four thousand commands
@pytest.mark.parametrize("seed", range(SEEDS))
async def test_of_64_who_wait_those_who_come_first_have_the_20_homes_that_are_released_in_random_moments(
    crowd: Pool, seed: int
) -> None:
    """Whoever is tried, only the first of those whom it suits can be offered a home without a reason; and everybody has
    heard of it within a minute.
    """
    random = Random(seed)
    market = Market(crowd, city(200))
    line: list[tuple[bool, int, str]] = []
    for n in range(64):
        market.now += timedelta(minutes=random.randrange(1, 600))
        safety, rooms = random.random() < 0.2, random.choice((1, 2, 3))
        name = f"waits-{random.randrange(10**6)}-{n}"
        await market.come(name, address_secret=safety, needs=replace(referral().needs, rooms=rooms))
        if rooms <= 2:
            line.append((not safety, n, name))
    line.sort()
    for number in range(1, 21):
        market.now += timedelta(minutes=random.randrange(1, 3000))
        before = market.now
        await market.release(number)
        assert market.now - before <= timedelta(minutes=1)
        others = random.sample([name for *_, name in line[1:]], 3)
        for name in others:
            refused = (await market.choose(name, number)).refused
            assert refused
            assert refused.rule == "others_come_first"
        assert (await market.choose(line.pop(0)[2], number)).refused is None
    assert (await sweep(crowd)).differences == ()
