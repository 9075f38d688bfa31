"""What is scarce is never given twice, however many ask at once, and comes back on every ending."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable
from random import Random

import pytest

from domain.decide.decide import Refused
from domain.facts.referral import Document
from domain.facts.rules import Overridable
from domain.facts.tasks import TaskKind
from domain.facts.value import replace
from domain.messages import answers as a
from domain.messages.commands import AnswerTask, OverrideRule, StartMediation
from domain.policy.policy import Policy
from domain.policy.scarce import Claim, DwellingClaim, PersonClaim, PlaceClaim
from store import scarce
from store.database import Pool, connect
from store.journal import load
from store.record import record
from tests.domain.case import NOTE, policy_of, referral
from tests.store.script import Script, hard, housed, script

ROUNDS = 4


@pytest.fixture
async def crowd(postgres_url: str) -> AsyncIterator[Pool]:
    """Enough connections for 64 who really ask at once."""
    async with connect(postgres_url, size=64) as pool:
        yield pool


async def claimed(pool: Pool, mediation: str, *claims: Claim) -> bool:
    """Claim in a transaction of its own, as a command does; whether everything was granted."""
    async with pool.acquire() as connection, connection.transaction():
        return await scarce.claim(connection, mediation, claims) is None


async def released(pool: Pool, mediation: str, *claims: Claim) -> None:
    async with pool.acquire() as connection, connection.transaction():
        await scarce.release(connection, mediation, claims)


def place(units: int = 1, limit: int = 10, *, beyond: bool = False) -> PlaceClaim:
    return PlaceClaim(municipality="almere", year=2026, units=units, limit=limit, beyond_limit=beyond)


async def capacity(pool: Pool) -> tuple[int, int, int]:
    """(places, used, beyond) of this year."""
    row = await pool.fetchrow("SELECT * FROM capacity WHERE ledger = 'almere' AND period = '2026'")
    return (row["places"], row["used"], row["beyond"]) if row else (0, 0, 0)


def with_limit(limit: int) -> Policy:
    policy = policy_of("almere")
    return replace(policy, capacity=replace(policy.capacity, limit=limit))


async def test_of_64_who_want_one_of_ten_places_exactly_ten_get_one(crowd: Pool) -> None:
    for round_ in range(ROUNDS):
        racers = [f"m-{round_}-{n}" for n in range(64)]
        granted = await asyncio.gather(*(claimed(crowd, racer, place()) for racer in racers))
        assert sum(granted) == 10
        assert await capacity(crowd) == (10, 10, 0)
        assert await crowd.fetchval("SELECT count(*) FROM place") == 10
        await asyncio.gather(*(released(crowd, racer, place()) for racer in racers))
        assert await capacity(crowd) == (10, 0, 0)


async def test_of_80_who_want_one_of_ten_dwellings_each_is_kept_once(crowd: Pool) -> None:
    wanted = [DwellingClaim(corporation="ymere", dwelling=f"D-{n % 10}") for n in range(80)]
    for round_ in range(ROUNDS):
        racers = [(f"m-{round_}-{n}", dwelling) for n, dwelling in enumerate(wanted)]
        granted = await asyncio.gather(*(claimed(crowd, racer, dwelling) for racer, dwelling in racers))
        kept = Counter(dwelling.dwelling for (_, dwelling), got in zip(racers, granted, strict=True) if got)
        assert kept == {f"D-{n}": 1 for n in range(10)}
        await asyncio.gather(*(released(crowd, racer, dwelling) for racer, dwelling in racers))
        assert await crowd.fetchval("SELECT count(*) FROM kept_dwelling") == 0


async def test_whoever_finds_the_quota_full_waits_for_a_place_instead(crowd: Pool) -> None:
    case = script("positive", policy=with_limit(5))
    mediations = [f"m-{n}" for n in range(24)]
    for step in range(len(case.steps) - 1):
        await asyncio.gather(*(record(crowd, case.recordings(one)[step]) for one in mediations))
    recorded = await asyncio.gather(*(record(crowd, case.recordings(one)[-1]) for one in mediations))
    assert all(one.refused is None for one in recorded)
    waits = Counter(kind for one in recorded for kind in one.open_tasks)
    assert waits == {TaskKind.MAKE_OFFER: 5, TaskKind.AWAIT_PLACE: 19}
    assert await capacity(crowd) == (5, 5, 0)


async def test_one_person_gets_one_mediation_when_two_start_at_once(crowd: Pool) -> None:
    (start,) = script("start").recordings()
    command = start.command
    assert isinstance(command, StartMediation)
    starts = [replace(start, mediation=name, command=replace(command, mediation=name)) for name in ("m-1", "m-2")]
    recorded = await asyncio.gather(*(record(crowd, one) for one in starts))
    refused = [one.refused for one in recorded if one.refused]
    assert [one.rule for one in refused] == ["person_has_open_mediation"]
    assert await crowd.fetchval("SELECT count(*) FROM mediation") == 1


async def test_two_mediations_never_keep_one_dwelling(crowd: Pool) -> None:
    case = script("match")
    names = [f"m-{n}" for n in range(8)]
    plays = [case.recordings(name) for name in names]
    for step in range(len(plays[0]) - 1):
        await asyncio.gather(*(record(crowd, recordings[step]) for recordings in plays))
    last = plays[0][-1].command
    assert isinstance(last, AnswerTask)
    with_reason = replace(last, answer=replace(last.answer, note=NOTE))
    chosen = [replace(recordings[-1], command=with_reason) for recordings in plays]
    recorded = await asyncio.gather(*(record(crowd, one) for one in chosen))
    assert sorted(one.refused.rule if one.refused else "" for one in recorded) == ["", *["dwelling_taken"] * 7]


async def test_claims_in_any_order_never_wait_for_each_other_in_a_circle(crowd: Pool) -> None:
    random = Random(7)

    async def racer(n: int) -> None:
        for turn in range(6):
            person = PersonClaim(person=f"person-{random.randrange(4)}")
            dwelling = DwellingClaim(corporation="ymere", dwelling=f"D-{random.randrange(4)}")
            claims: list[Claim] = [person, dwelling, place(limit=30)]
            random.shuffle(claims)
            name = f"m-{n}-{turn}"
            if await claimed(crowd, name, *claims):
                random.shuffle(claims)
                await released(crowd, name, *claims)

    await asyncio.gather(*(racer(n) for n in range(40)))
    assert await capacity(crowd) == (30, 0, 0)
    assert await crowd.fetchval("SELECT count(*) FROM open_person") == 0


async def test_a_claim_that_fails_takes_nothing_of_what_came_with_it(pool: Pool) -> None:
    dwelling = DwellingClaim(corporation="ymere", dwelling="D-1")
    assert await claimed(pool, "m-1", dwelling)
    assert not await claimed(pool, "m-2", place(), dwelling)
    assert await pool.fetchval("SELECT count(*) FROM place") == 0
    assert (await capacity(pool))[1] == 0


async def test_a_household_takes_as_many_places_as_it_has_people(pool: Pool) -> None:
    policy = with_limit(5)
    for name, size, waits in (("m-1", 3, False), ("m-2", 2, False), ("m-3", 1, True)):
        case = Script(policy=policy)
        case.full = waits
        case.start(referral(household_size=size)).ready().positive()
        recorded = (await case.play(pool, name))[-1]
        assert (TaskKind.AWAIT_PLACE in recorded.open_tasks) is waits
    assert await capacity(pool) == (5, 5, 0)


async def test_a_place_beyond_the_limit_is_counted_and_given_back_apart(pool: Pool) -> None:
    full, beyond = script("positive", policy=with_limit(1)), Script(policy=with_limit(1))
    await full.play(pool, "m-1")
    beyond.full = True
    beyond.start().ready().positive().do(OverrideRule(by=beyond.municipality, rule=Overridable.QUOTA_FULL, note=NOTE))
    recorded = (await beyond.play(pool, "m-2"))[-1]
    assert recorded.open_tasks == (TaskKind.MAKE_OFFER,)
    assert await capacity(pool) == (1, 1, 1)
    beyond.withdraws()
    await beyond.play(pool, "m-2")
    assert await capacity(pool) == (1, 1, 0)


async def test_a_quota_that_was_raised_has_room_and_one_that_was_lowered_has_not(pool: Pool) -> None:
    assert await claimed(pool, "m-1", place(limit=1))
    assert not await claimed(pool, "m-2", place(limit=1))
    assert await claimed(pool, "m-2", place(limit=2))
    assert not await claimed(pool, "m-3", place(limit=1))
    assert await capacity(pool) == (2, 2, 0)


def _not_processed() -> Script:
    case = Script()
    case.start().answer(a.ReadinessAnswer(result=a.Readiness.INCOMPLETE, missing=(Document.SUPPORT_PLAN,))).days(20)
    case.answer(a.IncompleteAnswer(decision="not_processed")).answer(case.hearing(a.HearingResult.STANDS))
    return case


def _rejected() -> Script:
    case = script("ready")
    case.answer(a.AssessmentAnswer(result=a.AssessmentResult.NEGATIVE, note=NOTE))
    case.answer(case.hearing(a.HearingResult.STANDS))
    return case


def _alternative() -> Script:
    case = script("ready")
    case.answer(a.AssessmentAnswer(result=a.AssessmentResult.ALTERNATIVE, note=NOTE))
    case.answer(case.hearing(a.HearingResult.STANDS))
    return case


def _lapsed() -> Script:
    case = script("confirm")
    case.refuse().judged(valid=False).answer(case.hearing(a.HearingResult.STANDS))
    return case


def _expired() -> Script:
    case = script("positive")
    case.days(170).answer(a.UrgencyAnswer(extend=False, note=NOTE))
    return case.answer(case.hearing(a.HearingResult.STANDS)).days(20)


def _withdrawn() -> Script:
    case = script("sign")
    case.withdraws()
    return case


def _withdrawn_before_confirmation() -> Script:
    case = script("match")
    case.withdraws()
    return case


@pytest.mark.parametrize(
    "ending",
    [_not_processed, _rejected, _alternative, _lapsed, _expired, _withdrawn, _withdrawn_before_confirmation, hard],
)
async def test_every_ending_before_the_keys_gives_everything_back(pool: Pool, ending: Callable[[], Script]) -> None:
    recorded = (await ending().play(pool))[-1]
    assert recorded.outcome is not None
    for table in ("open_person", "place", "kept_dwelling"):
        assert await pool.fetchval(f"SELECT count(*) FROM {table}") == 0, table  # noqa: S608
    assert (await capacity(pool))[1:] == (0, 0)
    again = await script("match").play(pool, "m-2")
    assert not any(isinstance(one.refused, Refused) for one in again)


async def test_who_is_housed_keeps_the_place_and_the_dwelling_and_may_be_referred_again(pool: Pool) -> None:
    await housed().play(pool)
    assert await pool.fetchval("SELECT count(*) FROM open_person") == 0
    assert await pool.fetchval("SELECT count(*) FROM kept_dwelling") == 1
    assert (await capacity(pool))[1] == 1
    loaded = await load(pool, "m-1")
    assert loaded is not None
    assert loaded.state.place is not None
