"""Reports over HTTP: JSON with definitions or CSV, for those who may read them, and problems for what is wrong."""

import csv
import io

import httpx
import jsonschema
import pytest

from api.tables import wants_csv
from store.database import Pool
from store.reports.asked import BY_THEMSELVES, last_half_year
from store.reports.catalogue import REPORTS
from tests.api.desk import ELSEWHERE, Desk
from tests.store.lives import settle

PERIOD = {"from": "2026-01-01", "to": "2029-12-31"}
HALF = {"from": "2026-01-01", "to": "2026-06-30"}
FREE = (
    *(("2026-01-01", "2026-06-29"), ("2026-01-01", "2026-07-01"), ("2026-01-02", "2026-06-30")),
    *(("2026-01-01", "2026-12-31"), ("2026-01-01", "2026-03-31"), ("2025-07-01", "2026-06-30")),
    *(("2026-07-01", "2026-12-31"), ("2029-01-01", "2029-06-30"), ("2026-06-30", "2026-06-30")),
)
"""Periods that overlap with a half-year, or have not ended."""


@pytest.fixture
async def counted(idle: Desk, pool: Pool) -> Desk:
    """An installation with mediations in two municipalities."""
    await settle(pool, 8)
    await settle(pool, 2, seed=7, city=ELSEWHERE)
    return idle


async def test_every_report_is_read_as_json_that_fits_its_description(counted: Desk) -> None:
    described = (await counted.http.get("/v1/openapi.json")).json()
    operation = described["paths"]["/reports/{report}"]["get"]
    (path,) = (one for one in operation["parameters"] if one["in"] == "path")
    assert path["schema"]["enum"] == [*REPORTS]
    content = operation["responses"]["200"]["content"]
    assert set(content) == {"application/json", "text/csv"}
    schema = content["application/json"]["schema"] | {"components": described["components"]}
    for name in REPORTS:
        report = await counted.read(counted.coordinator, f"/v1/reports/{name}", by="district", **HALF)
        jsonschema.validate(report, schema)
        assert (report["name"], report["from"], report["to"]) == (name, HALF["from"], HALF["to"])
        assert (report["municipality"], report["by"]) == ("almere", "district")
        assert all(figure["definition"] for table in report["tables"] for figure in table["figures"])


async def test_a_coordinator_reads_their_own_municipality_and_an_administrator_any(counted: Desk) -> None:
    async def referred(who: tuple[str, str], **query: str) -> int:
        report = await counted.read(who, "/v1/reports/council", **PERIOD, **query)
        table = next(table for table in report["tables"] if table["name"] == "cases")
        total: int = next(row["values"]["mediations"] for row in table["rows"] if row["item"] == "all")
        return total

    assert await referred(counted.coordinator) == await referred(counted.coordinator, municipality="almere") == 8
    assert await referred(counted.auditor) == 8
    assert await referred(counted.elsewhere) == 2
    assert await referred(counted.admin) == 10
    assert await referred(counted.admin, municipality=ELSEWHERE) == 2
    for who in (counted.coordinator, counted.auditor):
        response = await counted.get(who, "/v1/reports/council", municipality=ELSEWHERE)
        assert response.status_code == 403
    for who in (counted.institution, counted.team, counted.corporation, counted.provider):
        for name in ("council", "nonsense"):
            assert (await counted.get(who, f"/v1/reports/{name}")).status_code == 403


async def test_csv_is_given_by_accept(counted: Desk) -> None:
    headers = counted.headers(counted.coordinator) | {"Accept": "text/csv"}
    query = {**PERIOD, "definitions": "true"}
    response = await counted.http.get("/v1/reports/refusals", headers=headers, params=query)
    assert response.status_code == 200
    assert response.headers["content-type"] == "text/csv; header=present; charset=utf-8"
    assert response.headers["content-disposition"] == 'attachment; filename="refusals-2026-01-01-2029-12-31.csv"'
    lines = list(csv.DictReader(io.StringIO(response.content.decode("utf-8"), newline=""), strict=True))
    report = await counted.read(counted.coordinator, "/v1/reports/refusals", **PERIOD)
    told = {
        (table["name"], row["item"], figure["name"]): row["values"][figure["name"]]
        for table in report["tables"]
        for row in table["rows"]
        for figure in table["figures"]
    }
    written = {(line["table"], line["item"], line["figure"]): line["value"] for line in lines}
    assert written == {cell: "" if value is None else str(value) for cell, value in told.items()}
    assert all(line["definition"] for line in lines)


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"from": "yesterday"}, "from"),
        ({"from": "2026-02-01", "to": "2026-01-01"}, "to"),
        ({"from": "0001-01-01"}, "from"),
        ({"by": "person"}, "by"),
        ({"municipality": "Almere!"}, "municipality"),
        ({"district": "haven"}, "district"),
    ],
)
async def test_what_is_asked_wrongly_is_a_problem_that_names_the_field(
    idle: Desk, query: dict[str, str], field: str
) -> None:
    response = await idle.get(idle.coordinator, "/v1/reports/council", **query)
    assert response.status_code == 400
    assert response.headers["content-type"] == "application/problem+json"
    assert field in [error["field"] for error in response.json()["errors"]]


async def test_an_unknown_report_is_not_there(idle: Desk) -> None:
    response = await idle.get(idle.coordinator, "/v1/reports/nonsense")
    assert (response.status_code, response.headers["content-type"]) == (404, "application/problem+json")


@pytest.mark.parametrize(
    ("accept", "csv_wanted"),
    [
        ("*/*", False),
        ("application/json", False),
        ("text/csv", True),
        ("Text/CSV; charset=utf-8", True),
        ("text/*", True),
        ("text/csv;q=0.5, application/json", False),
        ("text/csv, application/json;q=0.5", True),
        ("text/csv, */*;q=0.1", True),
        ("*/*, text/csv;q=0.2", False),
        ("text/csv;q=nonsense", False),
        ("", False),
    ],
)
def test_accept_is_read_as_http_says(accept: str, csv_wanted: bool) -> None:
    assert wants_csv(accept) is csv_wanted


@pytest.mark.parametrize("accept", ["application/json", "text/csv"])
async def test_nobody_gets_groups_over_periods_that_overlap(counted: Desk, accept: str) -> None:
    sent = {
        who: counted.headers(who) | {"Accept": accept} for who in (counted.coordinator, counted.auditor, counted.admin)
    }
    for who, headers in sent.items():
        town = {"municipality": "almere"} if who is counted.admin else {}
        for name in REPORTS.keys() - BY_THEMSELVES:
            path = f"/v1/reports/{name}"
            for first, last in FREE:
                period = {"from": first, "to": last, **town}
                broken = await counted.http.get(path, headers=headers, params={**period, "by": "district"})
                assert (broken.status_code, "2026-01-01 to 2026-06-30" in broken.text) == (400, True), (name, period)
            whole = await counted.http.get(path, headers=headers, params={**PERIOD, **town})
            assert _guarded_groups(whole, accept) == set(), name
    everybody = {**HALF, "by": "district"}
    together = await counted.http.get("/v1/reports/council", headers=sent[counted.admin], params=everybody)
    assert together.status_code == 400, "one municipality could be taken from all of them"


def _guarded_groups(response: httpx.Response, accept: str) -> set[str]:
    """The groups that a report tells figures of, in tables where small counts are held back."""
    assert response.status_code == 200, response.text
    if accept == "text/csv":
        lines = csv.DictReader(io.StringIO(response.content.decode("utf-8"), newline=""))
        return {line["group"] for line in lines if line["group"]}
    rows = [row for table in response.json()["tables"] for row in table["rows"]]
    return {row["group"] for row in rows if row["group"]}


async def test_what_is_broken_down_is_of_the_last_half_year_when_no_other_is_named(counted: Desk) -> None:
    told = await counted.read(counted.coordinator, "/v1/reports/council", by="district")
    assert (told["from"], told["to"]) == tuple(map(str, last_half_year(await counted.today())))
    one = await counted.get(counted.coordinator, "/v1/reports/council", by="district", to="2026-06-30")
    assert one.status_code == 400
