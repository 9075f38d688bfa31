"""Following what happens in all mediations, and lists of what changed."""

from datetime import datetime, timedelta
from typing import Any

from tests.api.desk import Desk, everything, person
from tests.api.test_reading import offered

PATH = "/v1/events"


async def followed(desk: Desk, who: tuple[str, str], cursor: str | None = None) -> tuple[list[dict[str, Any]], str]:
    """Everything since a cursor, and where to go on."""
    items: list[dict[str, Any]] = []
    while True:
        page = await desk.read(who, PATH, limit=7, **({"cursor": cursor} if cursor else {}))
        items += page["items"]
        cursor = page["next"]
        if not page["more"]:
            return items, cursor


async def test_everybody_follows_what_they_may_see_from_where_they_stopped(desk: Desk) -> None:
    first = await offered(desk)
    seen, cursor = await followed(desk, desk.coordinator)
    path = f"/v1/mediations/{first}"
    alone = (await desk.read(desk.coordinator, f"{path}/events", limit=100))["items"]
    assert seen == [{**event, "mediation": first} for event in alone]
    assert (await followed(desk, desk.coordinator, cursor))[0] == []
    second = (await desk.start(person=person(2)))["id"]
    later, _ = await followed(desk, desk.coordinator, cursor)
    assert {event["mediation"] for event in later} == {second}
    assert later[0]["event"]["type"] == "mediation_started"
    for who in (desk.corporation, desk.institution, desk.auditor, desk.admin):
        told, _ = await followed(desk, who)
        own = [e for e in await everything_of(desk, who, first) if e["mediation"] == first]
        assert [e for e in told if e["mediation"] == first] == own
    assert {event["mediation"] for event in (await followed(desk, desk.corporation))[0]} == {first}
    for who in (desk.elsewhere, desk.other_corporation):
        assert (await followed(desk, who))[0] == []
    assert (await desk.get(desk.elsewhere, PATH, cursor="x")).status_code == 400


async def everything_of(desk: Desk, who: tuple[str, str], mediation: str) -> list[dict[str, Any]]:
    page = await desk.read(who, f"/v1/mediations/{mediation}/events", limit=100)
    return [{**event, "mediation": mediation} for event in page["items"]]


async def test_lists_tell_what_changed_since_and_in_which_order(desk: Desk) -> None:
    ids = [(await desk.start(person=person(n)))["id"] for n in range(3)]
    await desk.post(desk.coordinator, f"/v1/mediations/{ids[0]}/commands", {"type": "add_note", "note": "Gebeld."})

    async def listed(**query: object) -> list[dict[str, Any]]:
        return await everything(desk, desk.coordinator, "/v1/mediations", limit=2, **query)

    for sort in ("openedAt", "-openedAt", "changedAt", "-changedAt"):
        lines = await listed(sort=sort)
        field, last_first = sort.removeprefix("-"), sort.startswith("-")
        assert lines == sorted(lines, key=lambda line: line[field], reverse=last_first), sort
        assert {line["id"] for line in lines} == set(ids)
    newest = (await listed(sort="-changedAt"))[0]
    assert newest["id"] == ids[0]
    assert [line["id"] for line in await listed(changedSince=newest["changedAt"])] == [ids[0]]
    after = (datetime.fromisoformat(newest["changedAt"]) + timedelta(microseconds=1)).isoformat()
    assert await listed(changedSince=after.replace("+00:00", "Z")) == []
    cursor = (await desk.read(desk.coordinator, "/v1/mediations", limit=1, sort="changedAt"))["next"]
    assert (await desk.get(desk.coordinator, "/v1/mediations", cursor=cursor, sort="-changedAt")).status_code == 400
    assert (await desk.get(desk.coordinator, "/v1/mediations", changedSince="2026-03-02T09:00:00")).status_code == 400
    assert (await desk.get(desk.corporation, "/v1/mediations", sort="-changedAt")).status_code == 400
