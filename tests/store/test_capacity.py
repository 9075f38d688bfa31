"""Capacity by policy: periods, shared places, sub-targets, ceilings with fed figures, and the reports of them."""

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime

import pytest

from domain.exchange.feed import ComplexRow, LinesWrong, VacatedRow
from domain.facts.capacity import Denominator, KeptPart, SubTarget
from domain.facts.periods import Span
from domain.facts.tasks import TaskKind
from domain.facts.value import replace
from domain.policy.policy import CapacityModel, CapacityPolicy, CountsAt, Policy
from domain.policy.scarce import Claim, PlaceClaim
from store import scarce
from store.database import Pool, connect
from store.feed import FeedKeyReused, FigureDelivery, feed_complexes, feed_vacated
from store.reports.asked import asked
from store.reports.catalogue import make
from store.reports.places import forecast, full_in
from store.reports.suppression import Shown
from store.sweep import sweep
from tests.domain.case import policy_of, referral
from tests.store.script import Script, housed, script

NOW = datetime(2026, 6, 1, tzinfo=UTC)
JUNE = date(2026, 6, 1)


@pytest.fixture
async def crowd(postgres_url: str) -> AsyncIterator[Pool]:
    async with connect(postgres_url, size=40) as pool:
        yield pool


async def claimed(pool: Pool, mediation: str, *claims: Claim) -> bool:
    async with pool.acquire() as connection, connection.transaction():
        return await scarce.claim(connection, mediation, claims) is None


async def released(pool: Pool, mediation: str, *claims: Claim) -> None:
    async with pool.acquire() as connection, connection.transaction():
        await scarce.release(connection, mediation, claims)


async def granted(pool: Pool, claim: PlaceClaim, wanted: int = 30, name: str = "m") -> int:
    """How many of so many who ask at once get such a place."""
    return sum(await asyncio.gather(*(claimed(pool, f"{name}-{n}", claim) for n in range(wanted))))


def place(**facts: object) -> PlaceClaim:
    whole = {"municipality": "almere", "year": 2026, "units": 1, "limit": 10, **facts}
    return PlaceClaim.model_validate(whole)


CAPACITY = policy_of("almere").capacity


def city(capacity: CapacityPolicy, name: str = "almere") -> Policy:
    return replace(policy_of(name), capacity=capacity)


def delivery(key: str = "k-1", municipality: str = "almere") -> FigureDelivery:
    return FigureDelivery(municipality, key, "user-1", NOW)


async def feed(pool: Pool, *rows: VacatedRow, key: str = "k-1", municipality: str = "almere") -> int:
    return (await feed_vacated(pool, delivery(key, municipality), list(enumerate(rows, 2)))).rows


async def told(pool: Pool, report: str, policy: Policy, on: date = JUNE) -> dict[tuple[str, str], dict[str, Shown]]:
    """The rows of a report on the period with this day, by table and item."""
    noon = datetime(on.year, on.month, on.day, 12, tzinfo=UTC)
    made = await make(pool, report, asked(on, on, noon, policy.municipality, policies=(policy,)))
    return {(table.name, row.item): row.values for table in made.tables for row in table.rows}


async def test_each_half_year_has_places_of_its_own(crowd: Pool) -> None:
    assert await granted(crowd, place(half=1, limit=4), name="a") == 4
    assert await granted(crowd, place(half=2, limit=4), name="b") == 4
    assert await granted(crowd, place(limit=4), name="c") == 4


async def test_municipalities_that_share_a_quota_never_exceed_it_together(crowd: Pool) -> None:
    five = ("almere", "lelystad", "urk", "zeewolde", "dronten")
    asked = [place(municipality=name, shared_by=five, limit=7) for name in five]
    got = await asyncio.gather(*(claimed(crowd, f"m-{n}", asked[n % 5]) for n in range(40)))
    assert sum(got) == 7
    row = await crowd.fetchrow("SELECT * FROM capacity")
    assert row is not None
    assert (row["ledger"], row["period"], row["used"]) == ("almere+dronten+lelystad+urk+zeewolde", "2026", 7)


async def test_a_city_that_decided_no_limit_has_none(crowd: Pool) -> None:
    assert await granted(crowd, place(limit=None)) == 30
    total = (await told(crowd, "quota", city(replace(CAPACITY, limit=None))))["places", "almere 2026"]
    assert (total["limit"], total["reserved"], total["left"]) == (None, 30, None)


async def test_places_kept_for_young_people_go_to_nobody_else_and_come_back_with_them(crowd: Pool) -> None:
    others = place(kept=(KeptPart(name="youth", target=4),))
    young = place(part="youth")
    assert await granted(crowd, others, name="other") == 6
    assert await granted(crowd, young, name="young") == 4
    assert await crowd.fetchval("SELECT used FROM capacity") == 10
    await asyncio.gather(*(released(crowd, f"young-{n}", young) for n in range(30)))
    assert await crowd.fetchval("SELECT parts ->> 'youth' FROM capacity") == "0"
    assert await granted(crowd, others, name="more") == 0
    assert await granted(crowd, young, name="again") == 4


async def test_young_people_may_also_have_places_that_nobody_is_kept_for(crowd: Pool) -> None:
    assert await granted(crowd, place(part="youth"), name="young") == 10
    assert await granted(crowd, place(kept=(KeptPart(name="youth", target=4),)), name="other") == 0


async def test_who_counts_for_two_parts_has_one_place_that_is_kept_for_either(crowd: Pool) -> None:
    youth, homeless = KeptPart(name="youth", target=3), KeptPart(name="homeless", target=2)
    both = place(parts=("youth", "homeless"), own=(youth, homeless))
    assert await granted(crowd, place(kept=(youth, homeless)), name="other") == 5
    assert await granted(crowd, both, wanted=2, name="both") == 2
    row = await crowd.fetchrow("SELECT used, parts FROM capacity")
    assert row is not None
    assert (row["used"], json.loads(row["parts"])) == (7, {"youth": 2, "homeless": 2})
    assert await granted(crowd, place(parts=("youth",), own=(youth,), kept=(homeless,)), name="young") == 3
    assert await crowd.fetchval("SELECT used FROM capacity") == 10
    await released(crowd, "both-0", both)
    assert json.loads(await crowd.fetchval("SELECT parts FROM capacity")) == {"youth": 4, "homeless": 1}
    assert await granted(crowd, place(kept=(youth, homeless)), name="more") == 0, "that place is kept for the homeless"
    assert await granted(crowd, place(parts=("homeless",), own=(homeless,), kept=(youth,)), name="last") == 1


async def test_a_share_of_one_month_is_no_share_of_the_year(crowd: Pool) -> None:
    """600 dwellings a year, 52 of them in January: the year's limit does not sink to the share of January."""
    for denominator in Denominator:
        claim = place(share=0.5, denominator=denominator, limit=30)
        await feed(crowd, VacatedRow(period="2026-01", vacated=52, other_lettings=9), key=f"k-{denominator}")
        assert await granted(crowd, claim, wanted=31, name=denominator) == 30
        await asyncio.gather(*(released(crowd, f"{denominator}-{n}", claim) for n in range(31)))
    yearly = replace(CAPACITY, model=CapacityModel.CEILING, share=0.5, denominator=Denominator.VACATED, limit=30)
    table = await told(crowd, "ceiling", city(yearly))
    assert table["ceiling", "almere 2026"]["months"] == 1
    ahead = [VacatedRow(period=f"2026-{month:02}", vacated=0, expected=2) for month in range(2, 13)]
    await feed(crowd, *ahead, key="k-ahead")
    carried = place(share=0.5, denominator=Denominator.VACATED, limit=0)
    assert await granted(crowd, carried, wanted=40, name="year") == (52 + 11 * 2) // 2 - 9
    both = place(share=0.5, denominator=Denominator.VACATED, limit=0, shared_by=("almere", "lelystad"))
    assert await granted(crowd, both, name="both") == 0, "of the other municipality nothing was told"


@pytest.mark.parametrize(("denominator", "limit"), [(Denominator.VACATED, 5), (Denominator.EXPECTED, 12)])
async def test_a_ceiling_is_a_share_of_the_fed_figures_less_what_other_urgents_were_let(
    crowd: Pool, denominator: Denominator, limit: int
) -> None:
    months = (("2026-H1", 10, 20), ("2026-H2", 9, 12))
    rows = [VacatedRow(period=p, vacated=v, expected=x, other_lettings=2) for p, v, x in months]
    await feed(crowd, *rows, VacatedRow(period="2025-12", vacated=999))
    assert await granted(crowd, place(share=0.5, denominator=denominator, limit=3)) == limit
    await feed(crowd, VacatedRow(period="2026-H2", vacated=13, expected=16, other_lettings=2), key="k-2")
    assert await granted(crowd, place(share=0.5, denominator=denominator, limit=3), name="later") == 2


async def test_as_long_as_nothing_is_fed_the_limit_of_the_policy_stands(crowd: Pool) -> None:
    assert await granted(crowd, place(share=0.5, denominator=Denominator.VACATED, limit=3)) == 3


async def test_the_share_is_reckoned_exactly(crowd: Pool) -> None:
    await feed(crowd, VacatedRow(period="2026", vacated=100))
    assert await granted(crowd, place(share=0.29, denominator=Denominator.VACATED, limit=0)) == 29


async def test_a_ceiling_that_sinks_below_what_was_given_takes_nothing_away_and_gives_nothing_more(pool: Pool) -> None:
    claim = place(share=0.5, denominator=Denominator.VACATED, limit=0)
    await feed(pool, VacatedRow(period="2026", vacated=8))
    assert await granted(pool, claim) == 4
    await feed(pool, VacatedRow(period="2026", vacated=4), key="k-2")
    assert await granted(pool, claim, name="later") == 0
    assert await pool.fetchval("SELECT used FROM capacity") == 4


async def test_a_claim_waits_for_figures_under_way_and_then_knows_them(pool: Pool) -> None:
    claim = place(share=0.5, denominator=Denominator.VACATED, limit=0)
    await feed(pool, VacatedRow(period="2026", vacated=20))
    async with pool.acquire() as connection:
        transaction = connection.transaction()
        await transaction.start()
        await connection.execute("UPDATE vacated SET vacated = 2")
        asked = asyncio.create_task(granted(pool, claim, wanted=5))
        await asyncio.sleep(0.2)
        assert not asked.done()
        await transaction.commit()
    assert await asked == 1


async def test_figures_are_taken_in_once_a_key_and_replaced_by_later_ones(pool: Pool) -> None:
    assert await feed(pool, VacatedRow(period="2026-01", vacated=10)) == 1
    assert await feed(pool, VacatedRow(period="2026-01", vacated=12), key="k-2") == 1
    assert await feed(pool, VacatedRow(period="2026-01", vacated=10)) == 1
    assert await pool.fetchval("SELECT vacated FROM vacated") == 12
    with pytest.raises(FeedKeyReused):
        await feed(pool, VacatedRow(period="2026-01", vacated=11))
    with pytest.raises(FeedKeyReused):
        await feed_complexes(pool, delivery(), [(1, ComplexRow(corporation="ymere", complex="De Oever"))])
    assert await pool.fetchval("SELECT count(*) FROM feed") == 2


async def test_a_period_that_overlaps_with_one_told_before_is_refused_and_nothing_of_the_delivery_is_used(
    pool: Pool,
) -> None:
    await feed(pool, VacatedRow(period="2026-01", vacated=10))
    with pytest.raises(LinesWrong) as wrong:
        await feed(pool, VacatedRow(period="2025", vacated=1), VacatedRow(period="2026-H1", vacated=60), key="k-2")
    assert [(one.line, one.field) for one in wrong.value.errors] == [(3, "period")]
    assert await pool.fetchval("SELECT count(*) FROM vacated") == 1
    assert await feed(pool, VacatedRow(period="2026-H1", vacated=60), municipality="lelystad") == 1


async def test_overlapping_figures_told_at_once_are_never_both_kept(crowd: Pool) -> None:
    told = [VacatedRow(period="2026", vacated=1), VacatedRow(period="2026-H1", vacated=1)] * 5
    results = await asyncio.gather(
        *(feed(crowd, row, key=f"k-{n}") for n, row in enumerate(told)), return_exceptions=True
    )
    assert {type(result) for result in results} == {int, LinesWrong}
    assert await crowd.fetchval("SELECT count(*) FROM vacated") == 1


async def test_the_quota_is_reported_as_used_reserved_and_left_also_per_sub_target(pool: Pool) -> None:
    youth = SubTarget(groups=("sheltered_living",), target=3, reserved=True)
    policy = city(replace(CAPACITY, sub_targets={"youth": youth}, limit=5))
    case = housed_under(policy)
    await case.play(pool, "m-1")
    await script("positive", policy=policy).play(pool, "m-2")
    other = Script(policy=policy).start(referral(target_group="shelter", household_size=2)).ready().positive()
    await other.play(pool, "m-3")
    full = Script(policy=policy)
    full.full = True
    full.start(referral(target_group="shelter")).ready().positive()
    assert (await full.play(pool, "m-4"))[-1].open_tasks == (TaskKind.AWAIT_PLACE,)
    rows = await told(pool, "quota", policy, date(2026, 7, 1))
    forecast = 8  # 4 places x 365 days / 182 days
    assert rows["places", "almere 2026"] == {
        "limit": 5,
        "given": 4,
        "used": 1,
        "reserved": 3,
        "beyond": 0,
        "left": 1,
        "forecast": forecast,
        "full_in_days": 46,  # 5 places after 182 x 5 / 4 days, the 228th of the year
    }
    part = rows["parts", "almere 2026 youth"]
    names = ("target", "kept_free", "used", "reserved", "left")
    assert [part[name] for name in names] == [3, 3, 1, 1, 1]
    assert rows["municipalities", "almere 2026 almere"]["given"] == 4


def housed_under(policy: Policy) -> Script:
    case = script(policy=policy)
    case.call_day().call()
    return case


async def test_a_place_counts_in_the_period_it_was_reserved_in_also_when_the_keys_come_in_the_next(pool: Pool) -> None:
    policy = city(replace(CAPACITY, period=Span.HALF_YEAR))
    case = housed_under(policy)
    assert case.m.place is not None
    assert (case.m.place.half, case.today.month) == (1, 9)
    await case.play(pool)
    first = (await told(pool, "quota", policy, date(2026, 6, 30)))["places", "almere 2026-H1"]
    second = (await told(pool, "quota", policy, date(2026, 7, 1)))["places", "almere 2026-H2"]
    assert (first["used"], second["used"], second["forecast"]) == (1, 0, 0)


@pytest.mark.parametrize(("limit", "beyond"), [(1, 1), (5, 0)])
async def test_a_place_moves_to_the_period_of_the_keys_where_the_policy_counts_there(
    pool: Pool, limit: int, beyond: int
) -> None:
    """Of the second half one place is taken already: with a limit of one the home that is let counts beyond it."""
    capacity = replace(CAPACITY, period=Span.HALF_YEAR, counts_at=CountsAt.KEYS, limit=limit, sub_targets={})
    policy = city(capacity)
    other = Script(policy=policy)
    other.on(date(2026, 7, 1)).start().ready().positive()
    await other.play(pool, "m-2")
    case = Script(policy=policy).start().ready().positive().list().match().confirm().accept().request_known()
    case.sign(keys_in=60).plan_support(60)
    case.full = beyond > 0
    await case.keys().play(pool)
    first = (await told(pool, "quota", policy, date(2026, 6, 30)))["places", "almere 2026-H1"]
    second = (await told(pool, "quota", policy, date(2026, 8, 1)))["places", "almere 2026-H2"]
    assert (first["given"], second["used"], second["reserved"], second["beyond"]) == (0, 1, 1, beyond)
    assert (await sweep(pool)).differences == ()


async def test_the_ceiling_is_reported_beside_its_figures(pool: Pool) -> None:
    policy = city(replace(policy_of("amersfoort").capacity, denominator=Denominator.VACATED), "amersfoort")
    unfed = (await told(pool, "ceiling", policy))["ceiling", "amersfoort 2026"]
    assert (unfed["vacated"], unfed["limit"], unfed["share_used"]) == (None, 300, None)
    await feed(pool, VacatedRow(period="2026", vacated=41, other_lettings=7), municipality="amersfoort")
    await Script(policy=policy).start().ready().positive().play(pool)
    fed = (await told(pool, "ceiling", policy))["ceiling", "amersfoort 2026"]
    assert (fed["vacated"], fed["other_lettings"], fed["limit"]) == (41, 7, 13)
    assert (fed["given"], fed["left"], fed["share_used"]) == (1, 12, round(8 / 41, 4))
    assert policy.capacity.model is CapacityModel.CEILING


@pytest.mark.parametrize(
    ("given", "limit", "day", "expected"),
    [
        (50, 100, date(2026, 4, 10), 100),  # the hundredth day of the year; on the 200th it is full
        (100, 100, date(2026, 4, 10), 0),
        (120, 100, date(2026, 4, 10), 0),
        (99, 100, date(2026, 4, 10), 2),  # 100 x 100 / 99 days, rounded up
        (10, 36, date(2026, 4, 10), 260),
        (10, 37, date(2026, 4, 10), None),  # the 370th day
        (0, 1, date(2026, 4, 10), None),
        (10, None, date(2026, 4, 10), None),
        (10, 100, date(2027, 1, 1), None),
        (1, 10, date(2025, 12, 31), 10),  # given before the period began: one a day from its first day on
    ],
)
def test_the_day_on_which_it_is_full_is_told_at_the_pace_up_to_today(
    given: int, limit: int | None, day: date, expected: int | None
) -> None:
    assert full_in(given, limit, "2026", day) == expected


@pytest.mark.parametrize(
    ("given", "day", "expected"),
    [
        (10, date(2026, 12, 31), 10),
        (10, date(2026, 1, 1), 3650),
        (100, date(2026, 7, 1), 201),
        (0, date(2026, 3, 1), 0),
        (7, date(2027, 2, 1), 7),
    ],
)
def test_the_forecast_goes_on_as_up_to_today(given: int, day: date, expected: int) -> None:
    assert forecast(given, "2026", day) == expected


async def test_the_ordinary_way_uses_one_place(pool: Pool) -> None:
    await housed().play(pool)
    total = (await told(pool, "quota", policy_of("almere")))["places", "almere 2026"]
    assert (total["used"], total["reserved"], total["left"]) == (1, 0, 249)


async def test_municipalities_that_share_places_are_reported_once_and_each_for_its_part(pool: Pool) -> None:
    shared = city(replace(CAPACITY, shared_by=("almere", "lelystad"), limit=9))
    for n in range(3):
        assert await claimed(pool, f"m-{n}", place(municipality="lelystad", shared_by=("almere", "lelystad"), limit=9))
    assert await claimed(pool, "m-3", place(shared_by=("almere", "lelystad"), limit=9))
    other = replace(shared, municipality="lelystad")
    noon = datetime(2026, 6, 1, 12, tzinfo=UTC)
    made = await make(pool, "quota", asked(JUNE, JUNE, noon, policies=(shared, other)))
    whole, _, towns = made.tables
    assert [(row.item, row.values["given"], row.values["left"]) for row in whole.rows] == [
        ("almere+lelystad 2026", 4, 5)
    ]
    assert [(row.item, row.values["given"]) for row in towns.rows] == [
        ("almere+lelystad 2026 almere", 1),
        ("almere+lelystad 2026 lelystad", 3),
    ]


async def test_a_period_of_more_years_tells_each_of_them(pool: Pool) -> None:
    policy = city(replace(CAPACITY, limit=9))
    noon = datetime(2026, 6, 1, 12, tzinfo=UTC)
    made = await make(pool, "quota", asked(date(2025, 12, 31), date(2027, 1, 1), noon, "almere", policies=(policy,)))
    assert [row.item for row in made.tables[0].rows] == ["almere 2025", "almere 2026", "almere 2027"]
