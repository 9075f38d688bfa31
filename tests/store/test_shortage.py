"""The shortage report on a few mediations whose figures can be counted by hand."""

from datetime import date, timedelta

from domain.facts.calendar import Calendar
from domain.facts.dwelling import Dwelling
from domain.facts.referral import DwellingNeeds
from domain.facts.value import replace
from domain.messages import answers as a
from domain.messages.answers import KnownFrom
from domain.messages.commands import ReportDeath
from domain.policy.policy import Policy, SuitabilityPolicy
from domain.policy.spread import SpreadCap, SpreadPolicy
from store.database import Pool
from store.reports.asked import Dimension, asked
from store.reports.catalogue import make
from store.reports.report import Report
from store.reports.suppression import Mark, Shown
from tests.domain.case import MONDAY, dwelling, policy_of, referral
from tests.store.script import Script, script

CLOSED = "haven"


def policy() -> Policy:
    closed = SpreadCap(closed_until=date(2030, 1, 1))
    return replace(policy_of("almere"), spread=SpreadPolicy(districts={CLOSED: closed}))


def waiting(*listed: Dwelling, under: Policy | None = None, **needs: object) -> Script:
    """A client with these needs waits for a dwelling; with dwellings, they were listed."""
    case = Script(policy=under or policy())
    case.start(referral(needs=DwellingNeeds.model_validate({"rent_limit_cents": 68_000, **needs})))
    case.ready().positive()
    return case.list(*listed) if listed else case


async def report(pool: Pool, by: Dimension | None = None, days: int = 0) -> Report:
    now = MONDAY + timedelta(days=days)
    today = Calendar().today(now)
    return await make(pool, "shortage", asked(today, today, now, "almere", by))


def told(report: Report, table: str) -> dict[str, dict[str, Shown]]:
    """What is told of all groups together: by item the figures that are not zero."""
    (found,) = (one for one in report.tables if one.name == table)
    rows: dict[str, dict[str, Shown]] = {
        row.item: {name: value for name, value in row.values.items() if value} for row in found.rows if not row.group
    }
    return {item: values for item, values in rows.items() if values}


async def test_a_client_waits_with_or_without_a_suitable_dwelling_or_before_any_was_listed(pool: Pool) -> None:
    await waiting().play(pool, "m-1")
    await waiting(dwelling(1), dwelling(2, rooms=1, rent_cents=69_000), rooms=2).play(pool, "m-2")
    await waiting(dwelling(3, district=CLOSED), wanted_districts=("centrum", CLOSED)).play(pool, "m-3")
    await waiting(dwelling(4), accessible=True, low_stimulus=True).play(pool, "m-4")
    await (
        script("positive", policy=policy())
        .do(ReportDeath(by=Script().municipality, source=KnownFrom.FAMILY))
        .play(pool, "m-5")
    )
    made = await report(pool)
    assert told(made, "rooms") == {
        "1": {"waiting": 3, "only_full": 1, "none_suits": 1, "not_listed": 1},
        "2": {"waiting": 1, "with_suitable": 1},
        "all": {"waiting": 4, "with_suitable": 1, "only_full": 1, "none_suits": 1, "not_listed": 1},
    }
    assert told(made, "wanted_districts") == {
        "any": {"waiting": 3, "with_suitable": 1, "none_suits": 1, "not_listed": 1},
        "centrum": {"waiting": 1, "only_full": 1},
        CLOSED: {"waiting": 1, "only_full": 1},
    }
    assert {item: values["waiting"] for item, values in told(made, "access").items()} == {
        "neither": 3,
        "both": 1,
        "all": 4,
    }
    assert told(made, "in_the_way") == {
        "rent": {"mediations": 1},
        "rooms": {"mediations": 1},
        "accessible": {"mediations": 1, "without": 1},
        "low_stimulus": {"mediations": 1, "without": 1},
        "district_open": {"mediations": 1, "without": 1},
    }


async def test_a_dwelling_counts_on_the_day_it_was_chosen_and_its_client_waits_anew_when_it_is_not_offered(
    pool: Pool,
) -> None:
    case = waiting(dwelling(1, rooms=3, rent_cents=49_820, district="de-werven", low_stimulus=True))
    case.match().answer(a.ConfirmationAnswer(declined=a.CorporationDecline.UNAVAILABLE))
    await case.play(pool)
    made = await report(pool)
    again = {"waiting": 1, "not_listed": 1}
    assert told(made, "rents") == {
        "up_to_quality_discount": {"offered": 1},
        "up_to_small": again,
        "all": {**again, "offered": 1},
    }
    assert told(made, "wanted_districts") == {"any": again, "de-werven": {"offered": 1}}
    assert told(made, "access") == {"neither": again, "low_stimulus": {"offered": 1}, "all": {**again, "offered": 1}}
    assert told(made, "in_the_way") == {}
    assert told(await report(pool, days=1), "rooms") == {"1": again, "all": again}


async def test_the_rent_lies_in_a_band_of_the_policy_that_the_mediation_runs_under(pool: Pool) -> None:
    for n, cents in enumerate((49_820, 71_302, 76_414, 76_415), 1):
        await waiting(rent_limit_cents=cents).play(pool, f"m-{n}")
    await waiting(under=replace(policy(), suitability=SuitabilityPolicy())).play(pool, "m-5")
    await waiting(under=replace(policy(), suitability=None)).play(pool, "m-6")
    bands = told(await report(pool), "rents")
    assert {item: values["waiting"] for item, values in bands.items()} == {
        "up_to_quality_discount": 1,
        "up_to_small": 1,
        "up_to_large": 1,
        "above": 1,
        "not_known": 2,
        "all": 6,
    }


async def test_few_of_a_group_are_not_told(pool: Pool) -> None:
    await waiting(dwelling(1), accessible=True).play(pool)
    made = await report(pool, Dimension.TARGET_GROUP)
    assert "accessible" in told(made, "access")
    for table in made.tables:
        counts = [value for row in table.rows if row.group == "sheltered_living" for value in row.values.values()]
        assert Mark.SMALL in counts
        assert set(counts) <= {Mark.SMALL, Mark.HIDDEN, 0}, table.name
