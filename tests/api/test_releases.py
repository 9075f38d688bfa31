"""A corporation without a system releases its dwellings here: its own people only, and nothing is offered twice."""

import asyncio
import json
import random
from datetime import timedelta
from typing import Any

import httpx
import pytest

from domain.facts.parties import Role
from store.database import Pool
from tests.api.desk import Desk, Json, everything
from tests.api.test_directory import agreed, line_of, table
from tests.api.test_nonsense import JUNK, SEED
from tests.tampering import tamper

PATH = "/v1/released-dwellings"
FACTS: Json = {
    "complex": "De Oever",
    "district": "haven",
    "rooms": 2,
    "rentCents": 60_000,
    "releasedOn": "2026-01-04",
}
CSV = "id;complex;district;rooms;rent_cents;accessible;released_on\n"
LINES = "H-1;De Oever;haven;2;60000;yes;2026-01-04\nH-2;De Oever;haven;3;61000;no;2026-01-05\n"


def hand(desk: Desk) -> tuple[str, str]:
    """Somebody of the corporation without a system."""
    return "corporation", desk.town.by_hand[Role.CORPORATION]


async def release(
    desk: Desk, dwelling: str, who: tuple[str, str] | None = None, seen: str | None = None, **facts: Any
) -> httpx.Response:
    headers = desk.headers(who or hand(desk)) | ({"If-Match": seen} if seen else {})
    return await desk.http.put(f"{PATH}/{dwelling}", headers=headers, json={**FACTS, **facts})


async def take_back(desk: Desk, dwelling: str, who: tuple[str, str] | None = None) -> httpx.Response:
    return await desk.http.delete(f"{PATH}/{dwelling}", headers=desk.headers(who or hand(desk)))


async def upload(desk: Desk, text: str | bytes, key: str = "k-1") -> httpx.Response:
    headers = desk.headers(hand(desk), key) | {"Content-Type": "text/csv; charset=utf-8"}
    return await desk.http.post(PATH, headers=headers, content=text)


def problem(answer: httpx.Response) -> Json:
    assert answer.headers["Content-Type"] == "application/problem+json", answer.text
    told: Json = answer.json()
    return told


# -- one by one --------------------------------------------------------------------------------------------------


async def test_a_dwelling_is_released_changed_and_taken_back_by_version(idle: Desk) -> None:
    made = await release(idle, "H-1")
    assert (made.status_code, made.headers["ETag"]) == (201, '"1"')
    assert made.json() | FACTS == made.json()
    assert (made.json()["state"], made.json()["livingForm"]) == ("released", "independent")
    same = await release(idle, "H-1")
    assert (same.status_code, same.headers["ETag"]) == (200, '"1"')
    dearer = await release(idle, "H-1", seen='"1"', rentCents=62_000)
    assert (dearer.json()["rentCents"], dearer.headers["ETag"]) == (62_000, '"2"')
    late = await release(idle, "H-1", seen='"1"', rentCents=63_000)
    assert (late.status_code, problem(late)["type"]) == (412, "urn:direct-mediation:problem:moved-on")
    assert (await release(idle, "H-9", seen='"1"')).status_code == 412
    gone = await take_back(idle, "H-1")
    assert (gone.json()["state"], gone.headers["ETag"]) == ("taken_back", '"3"')
    assert (await take_back(idle, "H-1")).headers["ETag"] == '"3"'
    again = await release(idle, "H-1")
    assert (again.status_code, again.json()["state"], again.json()["takenBackOn"]) == (200, "released", None)
    later = (await idle.today() + timedelta(days=300)).isoformat()
    assert (await release(idle, "H-2", releasedOn=later)).json()["state"] == "planned"
    assert (await idle.read(hand(idle), f"{PATH}/H-2"))["rooms"] == 2


async def test_of_two_who_change_what_they_both_saw_one_is_told_to_look_again(idle: Desk) -> None:
    await release(idle, "H-1")
    changes = [release(idle, "H-1", seen='"1"', rentCents=50_000 + n) for n in range(5)]
    assert sorted(answer.status_code for answer in await asyncio.gather(*changes)) == [200, 412, 412, 412, 412]


async def test_the_list_is_read_page_by_page_and_holds_only_ones_own(idle: Desk, pool: Pool) -> None:
    for n in range(7):
        await release(idle, f"H-{n}", releasedOn=f"2026-01-{9 - n // 2:02}")
    await take_back(idle, "H-3")
    await tamper(pool, "UPDATE released_dwelling SET corporation = 'somebody-else' WHERE id = 'H-4'")
    listed = await everything(idle, hand(idle), PATH, limit=2)
    assert [one["id"] for one in listed] == ["H-6", "H-5", "H-2", "H-3", "H-0", "H-1"]
    assert [one["state"] for one in listed].count("taken_back") == 1
    assert (await idle.get(hand(idle), f"{PATH}/H-4")).status_code == 404
    assert (await take_back(idle, "H-4")).status_code == 404
    cursor = (await idle.read(hand(idle), PATH, limit=1))["next"]
    assert problem(await idle.get(hand(idle), "/v1/tasks", cursor=cursor))["status"] == 400
    assert problem(await idle.get(hand(idle), PATH, cursor="x"))["status"] == 400


# -- as a table --------------------------------------------------------------------------------------------------


async def test_a_table_is_taken_in_whole_and_comes_back_as_it_went(idle: Desk) -> None:
    assert (await upload(idle, "\ufeff" + CSV + LINES)).json()["rows"] == 2
    headers = idle.headers(hand(idle)) | {"Accept": "text/csv"}
    told = (await idle.http.get(PATH, headers=headers)).text
    assert told.splitlines()[0].startswith("id,complex,district,rooms,rent_cents")
    assert "H-1,De Oever,haven,2,60000,yes,no,independent,2026-01-04,no" in told
    assert (await upload(idle, told, "k-2")).json()["rows"] == 2
    assert [one["version"] for one in await everything(idle, hand(idle), PATH)] == [1, 1]
    await take_back(idle, "H-2")
    assert "H-2" not in (await idle.http.get(PATH, headers=headers)).text
    rows = [{"id": "H-3", **FACTS, "livingForm": "shared"}]
    assert (await idle.post(hand(idle), PATH, {"rows": rows})).json()["rows"] == 1
    assert [one["id"] for one in await everything(idle, hand(idle), PATH)] == ["H-1", "H-3", "H-2"]


async def test_a_dry_run_tells_what_is_new_changed_and_unchanged_and_keeps_nothing(idle: Desk) -> None:
    first = {"rows": 2, "new": 2, "changed": 0, "unchanged": 0}
    assert await tried(idle, LINES, "d-0") == first | {"dryRun": True}
    assert await everything(idle, hand(idle), PATH) == []
    assert (await upload(idle, CSV + LINES, "d-0")).json() == {"rows": 2}, "the key is not used up"
    changed = LINES.replace("De Oever", "De Oever Zuid", 1) + LINES.splitlines()[0].replace("H-1", "H-9") + "\n"
    assert await tried(idle, changed, "d-1") == {"rows": 3, "new": 1, "changed": 1, "unchanged": 1, "dryRun": True}
    assert (await everything(idle, hand(idle), PATH))[0]["complex"] == "De Oever"


async def tried(idle: Desk, lines: str, key: str) -> Json:
    """What a dry run says of these lines."""
    headers = idle.headers(hand(idle), key) | {"Content-Type": "text/csv"}
    told: Json = (await idle.http.post(f"{PATH}?dryRun=true", headers=headers, content=CSV + lines)).json()
    return told


@pytest.mark.parametrize(("stands", "comes"), [("0012", "12"), ("12", "0012"), ("012", "0012")])
async def test_a_number_that_a_spreadsheet_made_of_one_that_stands_is_asked_about(
    idle: Desk, stands: str, comes: str
) -> None:
    line = LINES.splitlines()[0] + "\n"
    assert (await upload(idle, CSV + line.replace("H-1", stands))).status_code == 200
    asked = await upload(idle, CSV + line.replace("H-1", comes), "z-2")
    assert asked.status_code == 400, asked.text
    [error] = asked.json()["errors"]
    assert (error["line"], error["field"]) == (2, "id")
    assert error["message"].startswith(f"{stands} stands here already")
    assert [one["id"] for one in await everything(idle, hand(idle), PATH)] == [stands]


async def test_a_table_for_a_spreadsheet_keeps_numbers_as_they_are(idle: Desk) -> None:
    assert (await upload(idle, CSV + LINES.splitlines()[0].replace("H-1", "0012") + "\n")).status_code == 200
    headers = idle.headers(hand(idle)) | {"Accept": "text/csv"}
    told = await idle.http.get(f"{PATH}?spreadsheet=true", headers=headers)
    assert told.content.startswith(b"\xef\xbb\xbfid;complex;district;rooms;rent_cents")
    assert "'0012;De Oever;haven;2;60000;" in told.text
    headers = idle.headers(hand(idle), "s-2") | {"Content-Type": "text/csv"}
    again = (await idle.http.post(f"{PATH}?dryRun=true", headers=headers, content=told.content)).json()
    assert (again["new"], again["changed"], again["unchanged"]) == (0, 0, 1)


@pytest.mark.parametrize(
    "content",
    [
        "sep=;\r\nid;complex;district;rooms;rent;accessible;released_on\r\nH-1;Café;haven;2;612,45;ja;2026-01-04\r\n",
        "id;complex;district;rooms;rent_cents;accessible;released_on\nH-1;Café;haven;2;61245;Yes;2026-01-04\n".encode(
            "cp1252"
        ),
        "id,complex,district,rooms,rent,accessible,released_on\nH-1,Café,haven,2,612.45,yes,2026-01-04\n",
    ],
)
async def test_a_table_is_read_as_spreadsheets_save_it(idle: Desk, content: str | bytes) -> None:
    assert (await upload(idle, content)).json()["rows"] == 1
    home = await idle.read(hand(idle), f"{PATH}/H-1")
    assert (home["complex"], home["rentCents"], home["accessible"]) == ("Café", 61_245, True)


@pytest.mark.parametrize(
    ("line", "field"),
    [
        ("H-1;De Oever;haven;2;600;no;2026-01-04", "rent_cents"),  # in euros, in the column of cents
        ("H-1;De Oever;haven;2;0;no;2026-01-04", "rent_cents"),
        ("1-dec;De Oever;haven;2;60000;no;2026-01-04", "id"),
        ("H-1;CafÃ©;haven;2;60000;no;2026-01-04", "file"),
    ],
)
async def test_what_a_spreadsheet_made_of_a_cell_is_asked_about(idle: Desk, line: str, field: str) -> None:
    told = problem(await upload(idle, f"{CSV}{line}\n"))
    assert [(e["line"], e["field"]) for e in told["errors"]] == [(2, field)]


async def test_a_number_without_its_zeros_is_no_other_home(idle: Desk) -> None:
    lines = "0012;De Oever;haven;2;60000;no;2026-01-04\n12;De Oever;haven;2;60000;no;2026-01-04\n"
    told = problem(await upload(idle, CSV + lines))
    assert [(e["line"], e["field"]) for e in told["errors"]] == [(3, "id")]


async def test_the_same_key_uploads_once(idle: Desk) -> None:
    await upload(idle, CSV + LINES)
    await release(idle, "H-1", rentCents=59_900)
    assert (await upload(idle, CSV + LINES)).json()["rows"] == 2
    assert (await idle.read(hand(idle), f"{PATH}/H-1"))["rentCents"] == 59_900
    reused = await upload(idle, CSV + LINES.replace("61000", "62000"))
    assert (reused.status_code, problem(reused)["type"]) == (409, "urn:direct-mediation:problem:idempotency-key-reused")


async def test_every_wrong_line_is_told_and_nothing_is_released(idle: Desk, pool: Pool) -> None:
    wrong = LINES + (
        "../x;De Oever;haven;2;60000;no;2026-01-04\n"
        "H-4;=SUM(A1);haven;2;60000;no;2026-01-04\n"
        "H-5;De Oever;Haven West;2;60000;no;2026-01-04\n"
        "H-6;De Oever;haven;0;60000;no;2026-01-04\n"
        "H-7;De Oever;haven;2;612,45;no;2026-01-04\n"
        "H-8;De Oever;haven;2;60000;misschien;2026-01-04\n"
        "H-9;De Oever;haven;2;60000;no;1790000000\n"
        "H-1;De Oever;haven;2;60000;no;2026-01-04\n"
    )
    answered = await upload(idle, CSV + wrong)
    told = problem(answered)
    assert (answered.status_code, told["type"]) == (400, "urn:direct-mediation:problem:invalid-dwellings")
    fields = ["id", "complex", "district", "rooms", "rent_cents", "accessible", "released_on", "id"]
    assert [(e["line"], e["field"]) for e in told["errors"]] == list(zip(range(4, 12), fields, strict=True))
    assert told["errors"][-1]["message"] == "line 2 has this id already"
    assert await pool.fetchval("SELECT count(*) FROM released_dwelling") == 0


@pytest.mark.parametrize("text", ["", "id\n", b"id;complex\n\xff", CSV + '"H-1', "a;b\n1;2\n", CSV + "H-1;" * 9])
async def test_a_file_that_is_no_such_table_is_refused_by_line(idle: Desk, text: str | bytes) -> None:
    answered = await upload(idle, text)
    assert answered.status_code == 400
    assert all(error["line"] for error in problem(answered)["errors"])


async def test_nonsense_is_always_the_callers_problem(idle: Desk) -> None:
    draw = random.Random(SEED)
    seen = set()
    junk = (*JUNK, "\ud800", float("1e300"), {"id": 1})
    for n in range(300):
        body = {**FACTS, "accessible": True, "lowStimulus": False, "livingForm": "shared", "closedForPlacement": False}
        for field in draw.sample(sorted(body), 2):
            body[field] = draw.choice(junk)
        if draw.random() < 0.2:
            body["colour"] = "red"
        rows: Any = draw.choice([{"rows": [{"id": draw.choice((*junk, "H-1")), **body}]}, {"rows": body}, [body], body])
        many = bool(n % 2)
        headers = idle.headers(hand(idle), f"k-{n}") | {"Content-Type": "application/json"}
        method, path = ("POST", PATH) if many else ("PUT", f"{PATH}/H-1")
        content = json.dumps(rows if many else body)
        answered = await idle.http.request(method, path, headers=headers, content=content)
        seen.add(answered.status_code)
        assert answered.status_code in {200, 201, 400}, (SEED, body, answered.text)
        if answered.status_code == 400:
            problem(answered)
    assert 400 in seen
    for dwelling in ("x" * 41, "a%00b", "-x", "%2e%2e", "a b"):
        assert (await release(idle, dwelling)).status_code in {400, 404}, dwelling
    headers = idle.headers(hand(idle), "k") | {"Content-Type": "text/html"}
    assert problem(await idle.http.post(PATH, headers=headers, content="x"))["status"] == 415
    assert problem(await idle.http.post(PATH, headers=idle.headers(hand(idle)), content="x"))["status"] == 400


# -- in Dutch, and one wrong line ---------------------------------------------------------------------------------

DUTCH = "nummer;complex;wijk;kamers;huur;vrijgegeven_op\r\n"


async def test_a_dutch_table_releases_homes(idle: Desk) -> None:
    content = "\ufeff" + DUTCH + "E-1;De Oever;haven;2;612,45;4-1-2026\r\n"
    assert (await upload(idle, content)).json() == {"rows": 1}
    home = await idle.read(hand(idle), f"{PATH}/E-1")
    assert (home["rooms"], home["rentCents"], home["releasedOn"]) == (2, 61_245, "2026-01-04")


async def teams_have_districts(desk: Desk) -> None:
    """The teams work in districts of their own, none in all of the municipality."""
    rows = await table(desk, desk.coordinator)
    teams = [row for row in rows if row["role"] == "district_team"]
    for n, row in enumerate(teams):
        row["districts"] = f"veld-{n}" if n else "haven"
    changed = await agreed(desk, desk.coordinator, rows)
    assert changed.status_code == 200, changed.text


async def test_a_district_that_no_team_serves_is_wrong(idle: Desk) -> None:
    await teams_have_districts(idle)
    told = problem(await upload(idle, f"{CSV}H-1;De Oever;mars;2;60000;no;2026-01-04\n"))
    assert [(e["line"], e["field"]) for e in told["errors"]] == [(2, "district")]
    one = await release(idle, "H-1", district="mars")
    assert (one.status_code, [e["field"] for e in problem(one)["errors"]]) == (400, ["district"])
    assert await everything(idle, hand(idle), PATH) == []


async def test_a_home_in_a_district_that_lost_its_team_may_be_told_again(idle: Desk, pool: Pool) -> None:
    await teams_have_districts(idle)
    await release(idle, "H-1")
    await pool.execute("UPDATE released_dwelling SET district = 'mars'")
    assert (await release(idle, "H-1", district="mars", rooms=3)).status_code == 200


async def test_a_wrong_line_harms_only_itself_when_that_is_asked(idle: Desk) -> None:
    await teams_have_districts(idle)
    await release(idle, "0012")
    text = DUTCH + (
        "E-1;De Oever;haven;2;612,45;4-1-2026\n"
        "E-2;De Oever;mars;2;612,45;4-1-2026\n"
        "E-3;De Oever;haven;x;612,45;4-1-2026\n"
        "12;De Oever;haven;2;612,45;4-1-2026\n"
        "E-4;De Oever;haven;2;612,45;4-1-2026\n"
        "E-4;De Oever;haven;3;612,45;4-1-2026\n"
    )
    headers = idle.headers(hand(idle), "k-1") | {"Content-Type": "text/csv"}
    for dry_run in ("true", "false", "false"):
        path = f"{PATH}?skipWrong=true&dryRun={dry_run}"
        answered = await idle.http.post(path, headers=headers, content=text)
        assert answered.status_code == 200, answered.text
        told = answered.json()
        assert told["rows"] == 1
        wrong = [(one["line"], one["field"]) for one in told["wrong"]]
        assert wrong == [(3, "district"), (4, "rooms"), (5, "id"), (7, "id")]
    assert [one["id"] for one in await everything(idle, hand(idle), PATH)] == ["0012", "E-1"]


# -- by whom -----------------------------------------------------------------------------------------------------


async def test_only_a_corporations_own_people_release_and_see_its_dwellings(idle: Desk) -> None:
    await release(idle, "H-1")
    others = (idle.coordinator, idle.institution, idle.team, idle.provider, idle.auditor, idle.admin)
    for who in others:
        assert (await release(idle, "H-1", who)).status_code == 403, who
        assert (await take_back(idle, "H-1", who)).status_code == 403
        assert (await idle.get(who, PATH)).status_code == 403
        assert (await idle.get(who, f"{PATH}/H-1")).status_code == 403
        assert (await idle.post(who, PATH, {"rows": []})).status_code == 403
    assert (await idle.http.get(PATH)).status_code == 401
    assert (await idle.read(idle.corporation, PATH))["items"] == []
    assert (await idle.get(idle.corporation, f"{PATH}/H-1")).status_code == 404


async def test_a_corporation_with_a_system_releases_there(idle: Desk) -> None:
    for answered in (
        await release(idle, "H-1", idle.corporation),
        await idle.post(idle.corporation, PATH, {"rows": []}),
    ):
        assert (answered.status_code, problem(answered)["rule"]) == (409, "has_system")


async def test_the_coordinator_that_stands_in_releases_for_an_absent_corporation(idle: Desk) -> None:
    corporation = idle.town.by_hand[Role.CORPORATION]
    headers = idle.headers(idle.coordinator) | {"On-Behalf-Of": corporation}
    assert (await idle.http.put(f"{PATH}/H-1", headers=headers, json=FACTS)).status_code == 403, "it is not absent"
    today = (await idle.today()).isoformat()
    rows = await table(idle, idle.coordinator)
    line_of(rows, corporation).update(substitute=idle.town.municipality, absences=f"{today}/{today}")
    assert (await agreed(idle, idle.coordinator, rows)).status_code == 200
    assert (await idle.http.put(f"{PATH}/H-1", headers=headers, json=FACTS)).status_code == 201
    assert (await idle.read(hand(idle), f"{PATH}/H-1"))["state"] == "released"


async def test_a_home_is_released_on_a_day_within_two_years_from_today(idle: Desk) -> None:
    today = await idle.today()
    for days, status in ((-731, 201), (731, 201), (-732, 400), (732, 400)):
        day = (today + timedelta(days=days)).isoformat()
        answer = await release(idle, f"F{days + 800}", releasedOn=day)
        assert answer.status_code == status, day
        line = await upload(idle, CSV + f"G{days + 800};De Oever;haven;2;60000;yes;{day}\n", key=f"far-{days}")
        assert line.status_code == (200 if status == 201 else 400)
        if status == 400:
            assert problem(answer)["errors"][0]["field"] == "releasedOn"
            assert [(one["line"], one["field"]) for one in problem(line)["errors"]] == [(2, "released_on")]
