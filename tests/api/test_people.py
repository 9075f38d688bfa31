"""Finding a client by who the client is: for the municipality alone; who looked and why is kept, and never for whom."""

from datetime import timedelta
from typing import Any

import pytest

from api.installation import Installation
from store.database import Pool
from store.people import MOST_SEARCHES, MOST_SHOWN
from store.vault import Person, Vault
from tests.api.desk import Desk, Json, bsn, person

WHERE = "/v1/people/search"


async def search(desk: Desk, status: int = 200, who: tuple[str, str] | None = None, **sought: Any) -> Json:
    body = {"purpose": "client_calls", **sought}
    response = await desk.post(who or desk.coordinator, WHERE, body)
    assert response.status_code == status, response.text
    told: Json = response.json()
    return told


async def test_a_client_is_found_and_who_looked_why_is_kept_without_the_question(desk: Desk, pool: Pool) -> None:
    started = await desk.start()
    ways: list[Json] = [{"name": "test noor"}, {"bornOn": "2001-02-03"}, {"bsn": "999990019"}]
    for sought in ways:
        (found,) = (await search(desk, **sought))["items"]
        assert (found["name"], found["bornOn"]) == ("Noor Testpersoon", "2001-02-03")
        (mediation,) = found["mediations"]
        assert (mediation["id"], mediation["reference"]) == (started["id"], started["reference"])
    assert await search(desk, name="noor zwart") == {"items": [], "unreadable": 0, "tooMany": False}
    rows = await pool.fetch("SELECT * FROM person_search ORDER BY id")
    assert [(row["purpose"], row["facts"], row["shown"]) for row in rows] == [
        ("client_calls", ["name"], [started["id"]]),
        ("client_calls", ["born_on"], [started["id"]]),
        ("client_calls", ["bsn"], [started["id"]]),
        ("client_calls", ["name"], []),
    ]
    (caseworker,) = {row["caseworker"] for row in rows}
    assert caseworker.startswith("u-")
    assert not any(word in str(rows).lower() for word in ("noor", "2001", "999990019"))


async def test_another_municipality_and_partners_find_nobody(desk: Desk) -> None:
    await desk.start()
    assert await search(desk, who=desk.elsewhere, name="noor") == {"items": [], "unreadable": 0, "tooMany": False}
    for who in (desk.institution, desk.team, desk.provider, desk.corporation, desk.auditor, desk.admin):
        await search(desk, 403, who, name="noor")


@pytest.mark.parametrize(
    ("sought", "field"),
    [
        ({}, "name"),
        ({"name": "n"}, "name"),
        ({"name": "-'"}, "name"),
        ({"bsn": "999990018"}, "bsn"),
        ({"bornOn": "12-4-1991"}, "bornOn"),
        ({"name": "noor", "purpose": "curious"}, "purpose"),
        ({"name": "noor", "sex": "f"}, "sex"),
    ],
)
async def test_what_cannot_be_looked_for_is_told_by_field(idle: Desk, sought: Json, field: str) -> None:
    wrong = await search(idle, 400, **sought)
    assert [error["field"] for error in wrong["errors"]] == [field]
    assert "999990018" not in str(wrong)


async def test_of_too_many_none_is_shown(idle: Desk, pool: Pool, vault: Vault) -> None:
    await pool.execute("INSERT INTO policy VALUES ('d', 'p', '1', '{}')")
    for n in range(MOST_SHOWN + 1):
        if n == MOST_SHOWN:
            assert len((await search(idle, name="testp"))["items"]) == MOST_SHOWN
        one = person(n)
        stored = await vault.put_person(as_person(one), "almere")
        await pool.execute(
            "INSERT INTO mediation (id, municipality, policy, person, stage, organisations, sequence, head, opened_at,"
            " changed_at) VALUES ($1, 'almere', 'd', $2, 'readiness', '{}', 1, '', now(), now())",
            f"m-{n}",
            stored,
        )
        await pool.execute("INSERT INTO reference VALUES ($1, 'almere', 2026, $2)", f"m-{n}", n + 1)
    assert await search(idle, name="testp") == {"items": [], "unreadable": 0, "tooMany": True}
    assert len((await search(idle, name="testp", bsn=bsn(3)))["items"]) == 1


def as_person(of: Json) -> Person:
    return Person(**{"born_on" if key == "bornOn" else key: value for key, value in of.items()})


async def test_one_caseworker_looks_for_so_many_an_hour(idle: Desk, installation: Installation) -> None:
    for _ in range(MOST_SEARCHES):
        await search(idle, name="noor")
    refused = await idle.post(idle.coordinator, WHERE, {"name": "noor", "purpose": "post"})
    assert (refused.status_code, refused.headers["Retry-After"]) == (429, "3600")
    await search(idle, who=idle.elsewhere, name="noor")
    idle.clock.ahead += timedelta(hours=1, minutes=1)
    await search(idle, name="noor")


async def test_a_mediation_is_found_by_what_it_is_called_on_the_phone_and_by_its_home(desk: Desk) -> None:
    first, second = await desk.start(), await desk.start(person=person(1))
    year = f"{(await desk.today()).year % 100:02}"
    assert [one["reference"] for one in (first, second)] == [f"A{year}-0001", f"A{year}-0002"]
    for who in (desk.coordinator, desk.institution, desk.provider):
        page = await desk.read(who, "/v1/mediations", reference=f"a{year}-0002")
        assert [one["id"] for one in page["items"]] == [second["id"]]
    assert (await desk.read(desk.elsewhere, "/v1/mediations", reference=f"A{year}-0002"))["items"] == []
    assert (await desk.read(desk.coordinator, "/v1/mediations", reference="A99-0001"))["items"] == []
    assert (await desk.read(desk.coordinator, "/v1/mediations", home="H-1"))["items"] == []
    refused = await desk.get(desk.institution, "/v1/mediations", home="H-1")
    assert [error["field"] for error in refused.json()["errors"]] == ["home"]
    inbox = (await desk.read(desk.coordinator, "/v1/tasks"))["items"]
    assert {task["mediation"]: task["reference"] for task in inbox} == {
        one["id"]: one["reference"] for one in (first, second)
    }
