"""Reports agree with the journal: each is counted once more from the raw events, by other means, and compared."""

import json
from collections.abc import AsyncIterator
from datetime import date, datetime, timedelta
from typing import NamedTuple

import pytest

from sandbox.embedded.postgres import Postgres
from store.database import Pool, connect
from store.reports import journeys
from store.reports.asked import Dimension, PeriodWrong, ReportRequest, asked
from store.reports.catalogue import REPORTS, ReportUnknown, make
from store.reports.figures import ALL, Table
from store.reports.journeys import Journeys
from store.reports.suppression import Mark
from tests.store.lives import lively, settle
from tests.store.reread import READINGS, Raw, Told, placements, places, read

ALWAYS = (date(2026, 1, 1), date(2029, 12, 31))
SOME = (date(2026, 9, 1), date(2026, 12, 15))
LIVES = 84
NEVER = (date(2024, 1, 1), date(2024, 12, 31))


class City(NamedTuple):
    """A journal full of mediations."""

    pool: Pool
    now: datetime
    told: list[Told]
    journeys: Journeys
    """Those of the first municipality."""


@pytest.fixture(scope="module")
async def city(postgres: Postgres, migrated: str) -> AsyncIterator[City]:
    """Mediations of one municipality, and a few of another."""
    url = await postgres.create_database("reports", template=migrated)
    async with connect(url) as pool:
        await settle(pool, LIVES)
        await settle(pool, 6, seed=7, city="amersfoort")
        rows = await pool.fetch("SELECT mediation, sequence, ordinal, type, at, document FROM event")
        told = read([Raw(**{**row, "document": json.loads(row["document"])}) for row in rows])
        now = max(row["at"] for row in rows) + timedelta(hours=1)
        own = await journeys.load(pool, ask(*ALWAYS, now, "almere"))
        yield City(pool, now, [m for m in told if m.parties["municipality"] == "almere"], own)
    await postgres.drop_database("reports")


def ask(
    first: date, last: date, now: datetime, municipality: str | None = None, by: Dimension | None = None
) -> ReportRequest:
    """Ask under the policies that the mediations run under."""
    return asked(first, last, now, municipality, by, (lively("almere"), lively("amersfoort")))


async def counted(city: City, name: str, wanted: ReportRequest) -> tuple[Table, ...]:
    """A report's tables before anything is held back."""
    kind = REPORTS[name]
    own = city.journeys if wanted.municipality == "almere" else await journeys.load(city.pool, wanted)
    return kind.tables(await kind.load(city.pool, wanted, own), wanted)


def test_every_report_is_counted_again() -> None:
    assert {*READINGS, "quota", "ceiling", "spread"} == set(REPORTS)


@pytest.mark.slow("a journal full of drawn lives is made first")
@pytest.mark.parametrize("by", [None, *Dimension])
@pytest.mark.parametrize("period", [ALWAYS, SOME, NEVER])
@pytest.mark.parametrize("name", READINGS)
async def test_a_report_agrees_with_the_events(
    city: City, name: str, period: tuple[date, date], by: Dimension | None
) -> None:
    wanted = ask(*period, city.now, "almere", by)
    expected = READINGS[name](city.told, wanted)
    tables = await counted(city, name, wanted)
    assert [table.name for table in tables] == list(expected)
    for table in tables:
        facts, figures = expected[table.name]
        told = {item for item, _ in table.rows}
        assert {item for item, _, _ in facts} <= told, table.name
        if table.group:
            assert {(item, group) for item, group, _ in facts} <= set(table.rows), table.name
        for (item, group), values in table.rows.items():
            mine = [f for i, g, f in facts if item in {i, ALL} and group in {g, None}]
            assert values == dict(figures(mine)), (table.name, item, group)
            assert list(values) == [figure.name for figure in table.figures] or set(values) == {
                figure.name for figure in table.figures
            }


@pytest.mark.parametrize("by", [None, *Dimension])
@pytest.mark.parametrize("period", [ALWAYS, SOME, NEVER])
async def test_the_places_agree_with_the_events(city: City, period: tuple[date, date], by: Dimension | None) -> None:
    wanted = ask(*period, city.now, "almere", by)
    expected = places(city.told, wanted)
    tables = await counted(city, "quota", wanted)
    assert [table.name for table in tables] == list(expected)
    for table in tables:
        named = {row for row in table.rows if row[1] is None}
        assert named == {row for row in expected[table.name] if row[1] is None}
        for row, values in expected[table.name].items():
            assert {name: table.rows[row][name] for name in values} == values, (table.name, row)
        given = {row for row, values in table.rows.items() if row[1] and values["given"] and table.name != "parts"}
        assert given == {row for row in expected[table.name] if row[1]}
    (ceiling,) = await counted(city, "ceiling", wanted)
    for item, values in ceiling.rows.items():
        same = ("limit", "given", "left")
        assert {name: values[name] for name in same} == {name: expected["places"][item][name] for name in same}


@pytest.mark.parametrize("period", [ALWAYS, SOME, NEVER])
async def test_the_placements_agree_with_the_events(city: City, period: tuple[date, date]) -> None:
    wanted = ask(*period, city.now, "almere")
    expected = placements(city.told, wanted)
    for table in await counted(city, "spread", wanted):
        told = {row: values["placed"] for row, values in table.rows.items() if values["placed"]}
        assert told == expected[table.name]


async def test_the_mediations_go_ways_that_give_nearly_every_figure_something_to_count(city: City) -> None:
    tables = [t for name in REPORTS for t in await counted(city, name, ask(*ALWAYS, city.now, "almere"))]
    counting = [table for table in tables if table.name not in {"ceiling", "districts", "complexes"}]
    figures = [(table, figure.name) for table in counting for figure in table.figures]
    empty = [(table.name, name) for table, name in figures if not any(v[name] for v in table.rows.values())]
    assert len(figures) > 60
    assert len(empty) <= 4, "\n".join(map(str, empty))


async def test_the_outcomes_sum_to_the_cases(city: City) -> None:
    wanted = ask(*ALWAYS, city.now, "almere")
    tables = {table.name: table for table in await counted(city, "council", wanted)}
    for name, figure in [(name, figure) for name in ("outcomes", "cases") for figure in ("mediations", "people")]:
        rows = tables[name].rows
        parts = sum(int(values[figure] or 0) for (item, _), values in rows.items() if item != ALL)
        assert parts == rows[ALL, None][figure]
    assert tables["cases"].rows[ALL, None]["mediations"] == len(city.told) == LIVES
    assert tables["outcomes"].rows[ALL, None]["mediations"] == sum(m.end is not None for m in city.told)
    assert tables["cases"].rows["open", None]["mediations"] == sum(m.end is None for m in city.told) > 0


async def test_groups_and_parts_sum_to_their_whole_before_anything_is_held_back(city: City) -> None:
    for name in REPORTS:
        for table in await counted(city, name, ask(*ALWAYS, city.now, "almere", Dimension.TARGET_GROUP)):
            for item in {item for item, _ in table.rows}:
                for figure in (figure for figure in table.figures if figure.counts and table.group):
                    groups = [values[figure.name] for (i, g), values in table.rows.items() if i == item and g]
                    assert sum(int(value or 0) for value in groups) == int(table.rows[item, None][figure.name] or 0)
            for values in table.rows.values():
                for whole in {figure.part_of for figure in table.figures} - {None}:
                    parts = [values[figure.name] for figure in table.figures if figure.part_of == whole]
                    if None not in parts:
                        assert sum(int(part or 0) for part in parts) == values[str(whole)]


async def test_without_a_municipality_all_of_them_count(city: City) -> None:
    tables = {table.name: table for table in await counted(city, "council", ask(*ALWAYS, city.now))}
    assert tables["cases"].rows[ALL, None]["mediations"] == LIVES + 6
    other = {table.name: table for table in await counted(city, "council", ask(*ALWAYS, city.now, "amersfoort"))}
    assert other["cases"].rows[ALL, None]["mediations"] == 6


async def test_an_empty_period_and_an_unknown_municipality_give_zeros_and_no_figures(city: City) -> None:
    for wanted in (ask(*NEVER, city.now, "almere"), ask(*ALWAYS, city.now, "nowhere")):
        report = await make(city.pool, "leadtime", wanted)
        for row in report.tables[0].rows:
            assert (row.values["mediations"], row.values["median_days"]) == (0, None)
        council = {table.name: table for table in (await make(city.pool, "council", wanted)).tables}
        assert {row.values["mediations"] for row in council["outcomes"].rows} == {0}


async def test_what_is_shown_is_what_was_counted_or_held_back(city: City) -> None:
    held = 0
    for name in REPORTS:
        wanted = ask(*ALWAYS, city.now, "almere", Dimension.DISTRICT)
        report, tables = await make(city.pool, name, wanted), await counted(city, name, wanted)
        for shown, table in zip(report.tables, tables, strict=True):
            for row in shown.rows:
                for figure in table.figures:
                    told, count = row.values[figure.name], table.rows[row.item, row.group][figure.name]
                    if isinstance(told, Mark):
                        held += 1
                        assert (told is Mark.SMALL) <= (figure.counts and int(count or 0) < 5)
                    else:
                        assert told == count
                        assert not (row.group and figure.counts and 0 < int(count or 0) < 5)
    assert held > 50


async def test_every_figure_carries_its_definition(city: City) -> None:
    for name in REPORTS:
        report = await make(city.pool, name, ask(*SOME, city.now, "almere"))
        assert report.title
        for table in report.tables:
            names = [figure.name for figure in table.figures]
            assert len(names) == len(set(names))
            for figure in table.figures:
                assert len(figure.definition) > 10
                assert figure.definition.endswith(".")
            assert all(set(row.values) == set(names) for row in table.rows)


async def test_what_is_not_there_is_told(city: City) -> None:
    with pytest.raises(ReportUnknown):
        await make(city.pool, "nonsense", ask(*SOME, city.now))
    with pytest.raises(PeriodWrong, match="2026-01-01"):
        ask(SOME[1], date(2026, 1, 1), city.now)


async def test_an_event_of_a_later_release_is_counted_by_its_type(city: City) -> None:
    housed = next(m for m in city.told if m.keys)
    mediation, at = housed.events[0].mediation, housed.events[-1].at + timedelta(minutes=1)
    async with city.pool.acquire() as connection:
        transaction = connection.transaction()
        await transaction.start()
        await connection.execute(
            "INSERT INTO event VALUES ($1, 9999, 9999, 'NuisanceReported', $2, '{\"type\": \"NuisanceReported\"}')",
            mediation,
            at,
        )
        wanted = ask(*ALWAYS, city.now, "almere")
        kind = REPORTS["aftercare"]
        loaded = await kind.load(connection, wanted, await journeys.load(connection, wanted))
        tables = {table.name: table for table in kind.tables(loaded, wanted)}
        await transaction.rollback()
    assert tables["events"].rows["NuisanceReported", None] == {"events": 1, "mediations": 1}
