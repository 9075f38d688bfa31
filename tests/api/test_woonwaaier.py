"""The public list: who does what where, and the mailboxes and phones of functions. Nothing else, for anybody."""

from datetime import timedelta

from domain.facts.parties import Role
from tests.api.desk import Desk
from tests.api.test_directory import agreed, line_of, table
from tests.town import BY_HAND

PATH = "/v1/woonwaaier"


async def test_anybody_reads_routes_and_contacts(idle: Desk) -> None:
    rows = await table(idle, idle.coordinator)
    line_of(rows, idle.town.corporation)["contacts"] = "offers=woningen@ymere.example,036 1234567"
    assert (await agreed(idle, idle.coordinator, rows)).status_code == 200
    read = (await idle.http.get(PATH, params={"municipality": "almere", "role": "corporation"})).json()
    shown = next(one for one in read["organisations"] if one["id"] == idle.town.corporation)
    assert shown == {
        "id": idle.town.corporation,
        "name": idle.town.corporation,
        "role": "corporation",
        "municipalities": ["almere"],
        "districts": [],
        "contacts": [{"purpose": "offers", "mail": "woningen@ymere.example", "phone": "036 123 4567"}],
    }
    assert {one["role"] for one in read["organisations"]} == {"corporation"}
    [route] = read["routes"]
    assert route["municipality"] == "almere"
    assert "sheltered_living" in route["targetGroups"]
    assert [one["id"] for one in route["groups"]] == route["targetGroups"]
    [sheltered] = [one for one in route["groups"] if one["id"] == "sheltered_living"]
    assert (sheltered["nl"], sheltered["en"]) == ("beschermd wonen", "sheltered living")
    assert sheltered["statutory"] == "Wet versterking regie volkshuisvesting"
    by_hand = {"district": BY_HAND, "team": idle.town.by_hand[Role.DISTRICT_TEAM]}
    assert sorted(route["teams"], key=len) == [{"team": idle.town.team}, by_hand]


async def test_it_tells_no_settings_no_process_mailboxes_and_nobody_who_only_looks(idle: Desk) -> None:
    text = (await idle.http.get(PATH)).text
    assert idle.town.team in text
    for hidden in ("http", "organisation.example", "plain", "inspection", "token"):
        assert hidden not in text, hidden


async def test_it_may_be_kept_and_is_sent_again_only_when_it_changed(idle: Desk) -> None:
    first = await idle.http.get(PATH)
    assert first.headers["Cache-Control"] == "public, max-age=300"
    tag = first.headers["ETag"]
    again = await idle.http.get(PATH, headers={"If-None-Match": f'"x", W/{tag}'})
    assert (again.status_code, again.content) == (304, b"")
    rows = await table(idle, idle.coordinator)
    rows[1]["name"] = "Een nieuwe naam"
    await agreed(idle, idle.coordinator, rows)
    assert (await idle.http.get(PATH, headers={"If-None-Match": tag})).status_code == 200


async def test_who_is_absent_or_gone_is_told_as_of_today(idle: Desk) -> None:
    today = await idle.today()
    rows = await table(idle, idle.coordinator)
    line_of(rows, idle.town.provider).update(absences=today.isoformat(), substitute=idle.town.other_provider)
    line_of(rows, idle.town.corporation)["valid_to"] = (today - timedelta(days=1)).isoformat()
    assert (await agreed(idle, idle.coordinator, rows)).status_code == 200
    listed = {one["id"]: one for one in (await idle.http.get(PATH)).json()["organisations"]}
    assert listed[idle.town.provider]["answeredBy"] == idle.town.other_provider
    assert idle.town.corporation not in listed
