"""Figures are told by a municipality's own coordinators, as JSON or CSV; reports are for who may look over all."""

from typing import Any

import httpx
import pytest

from store.database import Pool
from tests.api.desk import Desk
from tests.tampering import tamper

CSV = "period,vacated,expected,other_lettings\n2026-01,52,60,9\n2026-02,48,60,11\n"
ROWS = [
    {"period": "2026-01", "vacated": 52, "expected": 60, "otherLettings": 9},
    {"period": "2026-02", "vacated": 48, "expected": 60, "otherLettings": 11},
]
VACATED = "/v1/capacity/almere/vacated"
COMPLEXES = "/v1/capacity/almere/complexes"
FED = "SELECT municipality, period, vacated, expected, other_lettings FROM vacated ORDER BY period"


async def csv(desk: Desk, text: str | bytes, path: str = VACATED, key: str = "k-1") -> httpx.Response:
    headers = desk.headers(desk.coordinator, key) | {"Content-Type": "text/csv; charset=utf-8"}
    return await desk.http.post(path, headers=headers, content=text)


async def test_figures_are_taken_in_as_csv_or_as_json_alike(idle: Desk, pool: Pool) -> None:
    answered = await csv(idle, CSV)
    assert (answered.status_code, answered.json()) == (200, {"rows": 2})
    first = [tuple(row) for row in await pool.fetch(FED)]
    assert first == [("almere", "2026-01", 52, 60, 9), ("almere", "2026-02", 48, 60, 11)]
    await tamper(pool, "DELETE FROM vacated")
    assert (await idle.post(idle.coordinator, VACATED, {"rows": ROWS})).json() == {"rows": 2}
    assert [tuple(row) for row in await pool.fetch(FED)] == first


async def test_the_same_key_with_the_same_figures_is_answered_alike_and_with_others_refused(
    idle: Desk, pool: Pool
) -> None:
    await csv(idle, CSV)
    await csv(idle, CSV.replace("52", "53"), key="k-2")
    assert (await csv(idle, CSV)).json() == {"rows": 2}
    assert await pool.fetchval("SELECT vacated FROM vacated WHERE period = '2026-01'") == 53
    reused = await csv(idle, CSV.replace("52", "54"))
    assert (reused.status_code, reused.json()["type"]) == (409, "urn:direct-mediation:problem:idempotency-key-reused")


async def test_wrong_lines_are_told_by_line_and_field_and_nothing_is_used(idle: Desk, pool: Pool) -> None:
    answered = await csv(idle, CSV + "2026-03,=1+1,,\n2026-Q2,5,,\n")
    problem = answered.json()
    assert (answered.status_code, problem["type"]) == (400, "urn:direct-mediation:problem:invalid-figures")
    assert [(e["line"], e["field"]) for e in problem["errors"]] == [(4, "vacated"), (5, "period")]
    assert problem["errors"][0]["message"] == "give a whole number in digits, such as 120"
    assert await pool.fetchval("SELECT count(*) FROM vacated") == 0
    assert await pool.fetchval("SELECT count(*) FROM feed") == 0


@pytest.mark.parametrize(
    "body", [[], {}, {"rows": 3}, {"rows": [], "more": 1}, {"rows": [3]}, {"rows": [{"period": "2026"}]}]
)
async def test_json_that_is_no_list_of_rows_is_refused(idle: Desk, body: Any) -> None:
    answered = await idle.post(idle.coordinator, VACATED, body)
    assert answered.status_code == 400
    assert answered.json()["errors"][0]["line"] == 1


async def test_figures_in_another_encoding_or_form_are_refused(idle: Desk) -> None:
    assert (await csv(idle, "period,vacated\n2026,1\xe9\n".encode("latin-1"))).status_code == 400
    headers = idle.headers(idle.coordinator, "k-9") | {"Content-Type": "text/html"}
    assert (await idle.http.post(VACATED, headers=headers, content=CSV)).status_code == 415


async def test_only_the_coordinators_of_that_municipality_tell_its_figures(idle: Desk, pool: Pool) -> None:
    others = (idle.elsewhere, idle.institution, idle.corporation, idle.team, idle.provider, idle.auditor, idle.admin)
    for path, row in ((VACATED, ROWS[0]), (COMPLEXES, {"corporation": "ymere", "complex": "De Oever"})):
        for who in others:
            assert (await idle.post(who, path, {"rows": [row]})).status_code == 403, who
        assert (
            await idle.post(idle.coordinator, path.replace("almere", "lelystad"), {"rows": [row]})
        ).status_code == 403
    assert await pool.fetchval("SELECT count(*) FROM feed") == 0


async def test_who_told_what_is_kept(idle: Desk, pool: Pool) -> None:
    text = "corporation;complex;eligible;reason\nymere;De Oever;no;load\n"
    assert (await csv(idle, text, COMPLEXES)).json() == {"rows": 1}
    row = await pool.fetchrow("SELECT * FROM feed")
    assert row is not None
    assert (row["municipality"], row["kind"], row["by"][:2]) == ("almere", "complexes", "u-")
    assert await pool.fetchval("SELECT eligible FROM complex WHERE name = 'De Oever'") is False


async def test_fed_figures_are_in_the_report_of_the_ceiling(idle: Desk) -> None:
    await csv(idle, CSV)
    report = await idle.read(idle.coordinator, "/v1/reports/ceiling", **{"from": "2026-05-01", "to": "2026-05-01"})
    (row,) = report["tables"][0]["rows"]
    assert row["item"] == "almere 2026"
    assert [row["values"][name] for name in ("vacated", "expected", "other_lettings")] == [100, 120, 20]
    assert row["values"]["share_used"] == 0.2
    quota = await idle.read(idle.coordinator, "/v1/reports/quota", **{"from": "2026-05-01", "to": "2026-05-01"})
    assert quota["tables"][0]["rows"][0]["values"]["left"] == 250
    (forecast,) = [f["definition"] for f in quota["tables"][0]["figures"] if f["name"] == "forecast"]
    assert "x days of the period / days of it gone" in forecast
