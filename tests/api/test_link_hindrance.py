"""By the link of a task its reader says that more time is needed, or that the task is for somebody else."""

import asyncio
from datetime import date, timedelta
from typing import Any

import httpx
import pytest

from api.web.hindrances import FIELDS
from sandbox.embedded.mail import MailServer
from store.database import Pool
from tests.api.desk import Desk
from tests.api.test_links import Door, assessing, form_of, pass_of

WHY = "De cliënt is op vakantie."


async def task_of(door: Door) -> dict[str, Any]:
    seen = await door.desk.read(door.desk.coordinator, f"/v1/mediations/{door.mediation}")
    (task,) = [one for one in seen["tasks"] if one["id"] == "assess-1"]
    return dict(task)


async def says(door: Door, **filled: str) -> httpx.Response:
    """Fill in the last part of the form, and send it."""
    return await door.post("hindrance", **{FIELDS.get(name, name): value for name, value in filled.items()})


def later(task: dict[str, Any], days: int) -> str:
    return (date.fromisoformat(task["due"][:10]) + timedelta(days=days)).isoformat()


@pytest.fixture
async def door(desk: Desk, mail: MailServer, pool: Pool) -> Door:
    return await assessing(desk, mail, pool)


async def test_more_time_is_asked_for_by_link_once_however_often_it_is_clicked(door: Door) -> None:
    opened = await door.post("open", code=await door.code())
    assert "Lukt het niet op tijd? Of is dit niet voor u?" in opened.text
    said = {"hindrance": "more_time", "until": later(await task_of(door), 7), "note": WHY}
    carried = {"pass": pass_of(opened), "form": form_of(opened)}
    clicks = await asyncio.gather(*(says(door, **said, **carried) for _ in range(3)))
    assert [(one.status_code, "Dank u, wij weten het" in one.text) for one in clicks] == [(200, True)] * 3
    again = await says(door, **said, **{"pass": carried["pass"]})
    assert (again.status_code, "Dank u, wij weten het" in again.text) == (200, True), "said before, in another form"
    task = await task_of(door)
    assert (task["hindrance"], task["hindranceUntil"]) == ("more_time", said["until"])
    (work,) = (await door.desk.read(door.desk.coordinator, "/v1/work"))["items"]
    assert work["hindrance"] == "more_time"
    events = await door.desk.read(door.desk.coordinator, f"/v1/mediations/{door.mediation}/events", limit=100)
    assert [e["event"]["type"] for e in events["items"]].count("hindrance_reported") == 1


async def test_granted_the_task_has_the_other_day_and_the_old_link_is_over(door: Door) -> None:
    until = later(await task_of(door), 7)
    given = await door.pass_()
    assert (await says(door, hindrance="more_time", until=until, note=WHY, **{"pass": given})).is_success
    grant = {"type": "answer_hindrance", "task": "assess-1", "granted": True, "note": "Dat kan."}
    path = f"/v1/mediations/{door.mediation}/commands"
    granted = await door.desk.post(door.desk.coordinator, path, grant)
    assert granted.status_code == 200, granted.text
    task = await task_of(door)
    assert (task["due"][:10], task["hindrance"]) == (until, None)
    assert (await door.look()).status_code == 404, "the mail of the other day has a link of its own"
    late = await says(door, hindrance="not_mine", note=WHY, **{"pass": given})
    assert late.status_code == 404


async def test_who_it_is_for_may_be_named_and_is_shown_to_the_municipality(door: Door) -> None:
    said = {"type": "report_hindrance", "task": "assess-1", "hindrance": "not_mine", "note": WHY}
    path = f"/v1/mediations/{door.mediation}/commands"
    wrong = await door.desk.post(door.desk.team, path, said | {"to": "nobody-knows"})
    assert (wrong.status_code, wrong.json()["errors"][0]["field"]) == (400, "to")
    right = await door.desk.post(door.desk.team, path, said | {"to": door.desk.town.provider})
    assert right.status_code == 200, right.text
    assert (await task_of(door))["hindranceTo"] == door.desk.town.provider


@pytest.mark.parametrize(
    ("filled", "status", "told"),
    [
        ({"note": WHY}, 400, "Kies of u meer tijd vraagt"),
        ({"hindrance": "more_time", "note": WHY}, 400, "tot welke dag"),
        ({"hindrance": "not_mine"}, 400, "Zeg ook waarom"),
        ({"hindrance": "more_time", "until": "morgen", "note": WHY}, 400, "Vul een dag in"),
        ({"hindrance": "more_time", "until": "2020-01-01", "note": WHY}, 409, "heeft u nu al de tijd"),
        ({"hindrance": "not_mine", "to": "x", "note": WHY}, 400, "Kijk"),
    ],
)
async def test_what_lacks_or_cannot_be_is_said_on_the_page_and_nothing_is_recorded(
    door: Door, filled: dict[str, str], status: int, told: str
) -> None:
    shown = await says(door, **filled, **{"pass": await door.pass_()})
    assert (shown.status_code, told in shown.text) == (status, True), shown.text
    assert (await task_of(door))["hindrance"] is None
    if "note" in filled:
        assert WHY in shown.text, "what was written is not lost"


async def test_without_the_code_nothing_is_said(door: Door) -> None:
    refused = await says(door, hindrance="not_mine", note=WHY, **{"pass": "x" * 43})
    assert refused.status_code == 403
    assert (await task_of(door))["hindrance"] is None
