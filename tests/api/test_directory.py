"""The partner directory: kept as one table by coordinators and administrators, all of a change or nothing."""

import csv
import io
from datetime import timedelta
from typing import Any

import httpx
import pytest

from domain.facts.parties import Role
from tests.api.desk import ELSEWHERE, Desk, Json, person

PATH = "/v1/directory"


async def table(desk: Desk, who: tuple[str, str]) -> list[dict[str, str]]:
    """The directory as a table to edit."""
    response = await desk.http.get(PATH, headers=desk.headers(who) | {"Accept": "text/csv"})
    assert response.status_code == 200, response.text
    return list(csv.DictReader(io.StringIO(response.text, newline="")))


async def put(desk: Desk, who: tuple[str, str], rows: list[dict[str, str]], **query: str) -> httpx.Response:
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    headers = desk.headers(who) | {"Content-Type": "text/csv"}
    return await desk.http.put(PATH, headers=headers, content=out.getvalue(), params=query)


async def agreed(desk: Desk, who: tuple[str, str], rows: list[dict[str, str]], **query: str) -> httpx.Response:
    """Give the table, and have a colleague confirm what waits for one."""
    answered = await put(desk, who, rows, **query)
    for one in answered.json().get("proposed", []):
        token = desk.issuer.issue(*who, subject="a colleague")
        headers = {"Authorization": f"Bearer {token}"}
        confirmed = await desk.http.post(f"{PATH}/proposals/{one['id']}/confirm", headers=headers)
        assert confirmed.status_code == 200, confirmed.text
    return answered


def line_of(rows: list[dict[str, str]], name: str) -> dict[str, str]:
    return next(row for row in rows if row["id"] == name)


async def test_a_table_that_comes_back_unchanged_changes_nothing(idle: Desk) -> None:
    for who in (idle.coordinator, idle.admin):
        rows = await table(idle, who)
        assert (await put(idle, who, rows)).json()["changed"] == 0
        assert rows
    whole = await idle.read(idle.coordinator, PATH)
    answered = await idle.http.put(
        PATH, headers=idle.headers(idle.coordinator), json={"organisations": whole["organisations"]}
    )
    assert (answered.status_code, answered.json()["changed"]) == (200, 0), answered.text


async def test_a_coordinator_sees_and_keeps_what_works_for_the_own_municipality(idle: Desk) -> None:
    mine, all_of_it = await table(idle, idle.coordinator), await table(idle, idle.admin)
    assert {row["municipalities"] for row in mine} == {"almere"}
    assert len(mine) < len(all_of_it)
    rows = await table(idle, idle.elsewhere)
    line_of(rows, ELSEWHERE)["name"] = "Gemeente Amersfoort"
    assert (await put(idle, idle.elsewhere, rows)).json()["changed"] == 1
    assert line_of(await table(idle, idle.admin), ELSEWHERE)["name"] == "Gemeente Amersfoort"


async def test_contacts_absences_and_contracts_go_round_as_csv_and_json(idle: Desk) -> None:
    rows = await table(idle, idle.coordinator)
    line = line_of(rows, idle.town.provider)
    line |= {"contacts": "support=zorg@z.nl,036 123 4567 | out_of_hours=06 12345678", "places": "25"}
    line |= {"absences": "2026-07-20/2026-08-07", "valid_from": "2026-01-01", "valid_to": "2027-12-31"}
    line |= {"substitute": idle.town.other_provider}
    assert len((await agreed(idle, idle.coordinator, rows)).json()["proposed"]) == 1
    assert line_of(await table(idle, idle.coordinator), idle.town.provider) == line
    shown = next(o for o in (await idle.read(idle.coordinator, PATH))["organisations"] if o["id"] == idle.town.provider)
    assert shown["contacts"][0] == {"purpose": "support", "mail": "zorg@z.nl", "phone": "+31361234567"}
    assert (shown["validTo"], shown["places"]) == ("2027-12-31", 25)
    assert shown["absences"] == [{"first": "2026-07-20", "last": "2026-08-07"}]


async def test_wrong_lines_are_told_by_line_and_field_and_nothing_changes(idle: Desk) -> None:
    rows = await table(idle, idle.coordinator)
    rows[1] |= {"mail": "nobody", "valid_from": "soon"}
    rows[2] |= {"role": "gardener"}
    rows[3] |= {"name": "Would be right"}
    answered = await put(idle, idle.coordinator, rows)
    problem = answered.json()
    assert (answered.status_code, problem["type"]) == (400, "urn:direct-mediation:problem:invalid-directory")
    told = {(e["line"], e["field"]) for e in problem["errors"]}
    assert told == {(3, "mail"), (3, "valid_from"), (4, "role")}
    assert "Would be right" not in {row["name"] for row in await table(idle, idle.coordinator)}


async def test_places_are_agreed_with_providers_and_corporations_only(idle: Desk) -> None:
    rows = await table(idle, idle.coordinator)
    for who in (idle.town.provider, idle.town.corporation, idle.town.institution):
        line_of(rows, who)["places"] = "3"
    told = (await put(idle, idle.coordinator, rows)).json()["errors"]
    assert [(e["line"], e["field"]) for e in told] == [(rows.index(line_of(rows, idle.town.institution)) + 2, "places")]


async def test_what_is_wrong_in_the_whole_is_told_at_its_line(idle: Desk) -> None:
    rows = await table(idle, idle.coordinator)
    rows[1]["substitute"] = "nobody"
    rows.append(rows[2])
    first = (await put(idle, idle.coordinator, rows)).json()
    assert [(e["line"], e["field"]) for e in first["errors"]] == [(len(rows) + 1, "id")]
    second = (await put(idle, idle.coordinator, rows[:-1])).json()
    assert [(e["line"], e["field"]) for e in second["errors"]] == [(3, "substitute")]
    left_out = (await put(idle, idle.coordinator, rows[2:-1])).json()
    assert {e["field"] for e in left_out["errors"]} == {"file"}
    assert "keep it, with a valid_to" in left_out["detail"]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"system": '{"kind": "plain", "url": "https://elsewhere.example"}'}, "system"),
        ({"municipalities": "almere | amersfoort"}, "municipalities"),
        ({"role": "institution"}, "role"),
    ],
)
async def test_a_coordinator_connects_no_system_and_keeps_nothing_of_others(
    idle: Desk, change: dict[str, str], field: str
) -> None:
    rows = await table(idle, idle.coordinator)
    line_of(rows, idle.town.corporation).update(change)
    errors = (await put(idle, idle.coordinator, rows)).json()["errors"]
    assert field in {e["field"] for e in errors}


async def test_an_administrator_connects_a_system_but_tells_no_secret_and_no_folder(idle: Desk) -> None:
    async def connected(system: str) -> httpx.Response:
        rows = await table(idle, idle.admin)
        line_of(rows, idle.town.by_hand[Role.CARE_PROVIDER])["system"] = system
        return await agreed(idle, idle.admin, rows)

    assert len((await connected('{"kind": "plain", "url": "https://zorg.example"}')).json()["proposed"]) == 1
    folder = '{"kind": "iwmo", "agb": "12345678", "transport": {"kind": "folder", "outgoing": "/etc", "incoming": "/"}}'
    for refused in ('{"kind": "plain", "url": "https://zorg.example", "token": "x"}', folder):
        answered = await connected(refused)
        assert answered.status_code == 400
        assert [e["field"] for e in answered.json()["errors"]] == ["system"]


async def test_a_change_holds_from_its_day_and_the_past_stays_readable(idle: Desk) -> None:
    today = await idle.today()
    later = today + timedelta(days=30)
    rows = await table(idle, idle.coordinator)
    rows[1]["name"] = "Een nieuwe naam"
    answered = await put(idle, idle.coordinator, rows, **{"from": later.isoformat()})
    told = answered.json()
    assert (told["revision"], told["changed"], told["from"]) == (2, 1, later.isoformat())

    async def name_on(day: Any) -> str:
        read = await idle.read(idle.coordinator, PATH, on=day.isoformat())
        return str(read["organisations"][1]["name"])

    assert await name_on(later) == "Een nieuwe naam"
    assert await name_on(later - timedelta(days=1)) != "Een nieuwe naam"
    yesterday = (today - timedelta(days=1)).isoformat()
    assert (await put(idle, idle.coordinator, rows, **{"from": yesterday})).status_code == 400


async def test_of_two_who_read_the_same_table_the_second_looks_again(idle: Desk) -> None:
    read = await idle.get(idle.coordinator, PATH)
    rows = await table(idle, idle.coordinator)
    rows[1]["name"] = "Een nieuwe naam"
    assert (await put(idle, idle.coordinator, rows)).status_code == 200
    headers = idle.headers(idle.coordinator) | {"If-Match": read.headers["ETag"]}
    body = {"organisations": read.json()["organisations"]}
    assert (await idle.http.put(PATH, headers=headers, json=body)).status_code == 412


async def test_a_dry_run_tells_what_would_change_and_changes_nothing(idle: Desk) -> None:
    rows = await table(idle, idle.coordinator)
    rows[1]["name"] = "Een andere naam"
    headers = idle.headers(idle.coordinator)
    body = {"organisations": (await idle.read(idle.coordinator, PATH))["organisations"]}
    body["organisations"][1]["name"] = "Een andere naam"
    told = (await idle.http.put(f"{PATH}?dryRun=true", headers=headers, json=body)).json()
    assert (told["changed"], told["new"], told["unchanged"]) == (1, 0, len(rows) - 1)
    assert told["dryRun"] is True
    assert (await table(idle, idle.coordinator))[1]["name"] != "Een andere naam"
    assert (await put(idle, idle.coordinator, rows)).json()["changed"] == 1


async def test_no_cell_is_a_formula_and_none_is_changed_by_going_round(idle: Desk) -> None:
    rows = await table(idle, idle.coordinator)
    for n, name in enumerate(["=1+1", "+31", "-x", "@sum(a1)", "'s Heeren Loo", "'=x"], 1):
        rows[n]["name"] = name
    body: Json = {"organisations": (await idle.read(idle.coordinator, PATH))["organisations"]}
    for n, organisation in enumerate(body["organisations"]):
        organisation["name"] = rows[n]["name"]
    headers = idle.headers(idle.coordinator)
    assert (await idle.http.put(PATH, headers=headers, json=body)).status_code == 200
    written = await table(idle, idle.coordinator)
    assert [row["name"] for row in written[1:7]] == ["'=1+1", "'+31", "'-x", "'@sum(a1)", "'s Heeren Loo", "''=x"]
    assert (await put(idle, idle.coordinator, written)).json()["changed"] == 0


@pytest.mark.parametrize(
    "body", [b"", b"\xff\xfe", b"id\nalmere\n", b'"', b"{}", b'{"organisations": 3}', b'{"organisations": [3]}']
)
async def test_what_is_no_table_is_refused(idle: Desk, body: bytes) -> None:
    for kind in ("text/csv", "application/json"):
        headers = idle.headers(idle.coordinator) | {"Content-Type": kind}
        assert (await idle.http.put(PATH, headers=headers, content=body)).status_code == 400
    headers["Content-Type"] = "text/plain"
    assert (await idle.http.put(PATH, headers=headers, content=body)).status_code == 415


async def test_partners_do_not_read_it(idle: Desk) -> None:
    for who in (idle.provider, idle.corporation, idle.auditor, idle.institution, idle.team):
        assert (await idle.get(who, PATH)).status_code == 403
        assert (await idle.http.put(PATH, headers=idle.headers(who), json={})).status_code == 403


async def test_new_mediations_go_to_the_team_that_is_valid_then_and_running_ones_keep_theirs(desk: Desk) -> None:
    running = (await desk.start())["id"]
    await desk.answer(desk.coordinator, running, "check_readiness", result="ready", note="Dossier is compleet.")
    await desk.answer(desk.coordinator, running, "determine_origin", origin="almere")
    await desk.task(running, "assess")
    today = await desk.today()
    rows = await table(desk, desk.coordinator)
    line_of(rows, desk.town.team)["valid_to"] = (today - timedelta(days=1)).isoformat()
    assert (await put(desk, desk.coordinator, rows)).status_code == 200
    other = desk.referral(person=person(7))
    refused = await desk.post(desk.institution, "/v1/mediations", other)
    assert [e["field"] for e in refused.json()["errors"]] == ["district"]
    rows.append(line_of(rows, desk.town.team) | {"id": "team-nieuw", "valid_from": today.isoformat(), "valid_to": ""})
    rows[-1]["system"] = ""
    assert (await put(desk, desk.coordinator, rows)).json()["changed"] == 1
    started = await desk.post(desk.institution, "/v1/mediations", other)
    assert started.json()["parties"]["districtTeam"] == "team-nieuw"
    kept = await desk.read(desk.coordinator, f"/v1/mediations/{running}")
    assert kept["parties"]["districtTeam"] == desk.town.team
    assert (await desk.get(desk.team, f"/v1/mediations/{running}")).status_code == 200


async def test_a_substitute_acts_for_an_absent_organisation_and_it_is_known_who_did(desk: Desk) -> None:
    mediation = (await desk.start())["id"]
    absent = desk.headers(("institution", f"other-institution-{desk.town.tag}"), "k-1")
    absent["On-Behalf-Of"] = desk.town.institution
    path = f"/v1/mediations/{mediation}"
    assert (await desk.http.get(path, headers=absent)).status_code == 403, "it is not absent"
    today = (await desk.today()).isoformat()
    rows = await table(desk, desk.coordinator)
    line_of(rows, desk.town.institution).update(
        substitute=f"other-institution-{desk.town.tag}", absences=f"{today}/{today}"
    )
    assert (await agreed(desk, desk.coordinator, rows)).status_code == 200
    assert (await desk.http.get(path, headers=absent)).status_code == 200
    note = {"type": "add_note", "note": "Ik neem waar."}
    assert (await desk.http.post(f"{path}/commands", headers=absent, json=note)).status_code == 200
    noted = (await desk.read(desk.coordinator, f"{path}/events"))["items"][-1]
    assert noted["by"].pop("person").startswith("u-")
    assert noted["by"] == {
        "role": "institution",
        "organisation": desk.town.institution,
        "substitute": f"other-institution-{desk.town.tag}",
    }
    del absent["On-Behalf-Of"]
    assert (await desk.http.get(path, headers=absent)).status_code == 404


@pytest.mark.parametrize("role", ["admin", "auditor"])
async def test_no_line_of_the_directory_makes_a_coordinator_an_overseer(idle: Desk, role: str) -> None:
    """Else a coordinator could name an absent administrator, stand in for it, and see every municipality."""
    today = (await idle.today()).isoformat()
    rows = await table(idle, idle.coordinator)
    rows.append(dict.fromkeys(rows[0], "") | {"id": "overseer", "role": role, "name": "X", "mail": "x@x.nl"})
    rows[-1] |= {"municipalities": "almere", "substitute": "almere", "absences": f"{today}/{today}"}
    assert len((await agreed(idle, idle.coordinator, rows)).json()["proposed"]) == 1
    headers = idle.headers(idle.coordinator) | {"On-Behalf-Of": "overseer"}
    assert (await idle.http.get("/v1/mediations", headers=headers)).status_code == 403


async def test_only_who_stands_in_today_acts_for_another(idle: Desk) -> None:
    for who in (idle.coordinator, idle.provider, idle.auditor, idle.admin):
        headers = idle.headers(who) | {"On-Behalf-Of": idle.town.institution}
        assert (await idle.http.get("/v1/tasks", headers=headers)).status_code == 403
    headers = idle.headers(idle.coordinator) | {"On-Behalf-Of": "No Such Name"}
    assert (await idle.http.get("/v1/tasks", headers=headers)).status_code == 400
