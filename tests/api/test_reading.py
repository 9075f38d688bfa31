"""Lists, inboxes, events, and who is shown how much."""

import json
from datetime import timedelta

import pytest
from structlog.testing import CapturingLogger
from temporalio.client import Client

from api import envelope
from tests.api.desk import Desk, eventually, everything, person
from tests.api.test_the_whole_way import DWELLING
from tests.town import BSN


async def offered(desk: Desk) -> str:
    """A mediation whose client was offered a dwelling of the town's first corporation."""
    mediation: str = (await desk.start())["id"]
    await desk.town.systems.corporation.staff("PUT", desk.town.corporation, "/dwellings", [DWELLING])
    await desk.answer(desk.coordinator, mediation, "check_readiness", result="ready", note="Dossier is compleet.")
    await desk.answer(desk.coordinator, mediation, "determine_origin", origin="almere")
    await desk.grant(mediation)
    await eventually(lambda state: state if state["candidates"] else None, desk, mediation)
    await desk.answer(desk.coordinator, mediation, "make_offer", corporation=desk.town.corporation, dwelling="D-1")
    await desk.task(mediation, "answer_offer")
    return mediation


async def test_lists_go_on_where_they_stopped_and_hold_each_once(desk: Desk) -> None:
    started = [(await desk.start(person=person(n)))["id"] for n in range(7)]
    for path, of in (("/v1/mediations", "id"), ("/v1/tasks", "mediation")):
        items = await everything(desk, desk.coordinator, path, limit=3)
        assert len(items) == len(started)
        assert {item[of] for item in items} == set(started)
    listed = await everything(desk, desk.coordinator, "/v1/mediations", limit=2)
    assert [item["id"] for item in listed] == started
    cursor = (await desk.read(desk.coordinator, "/v1/mediations", limit=3))["next"]
    assert (await desk.get(desk.coordinator, "/v1/tasks", cursor=cursor)).status_code == 400
    forged = ("A" if cursor[0] != "A" else "B") + cursor[1:]
    assert (await desk.get(desk.coordinator, "/v1/mediations", cursor=forged)).status_code == 400


async def test_lists_are_filtered(desk: Desk) -> None:
    first, second = [(await desk.start(person=person(n)))["id"] for n in (1, 2)]
    await desk.answer(desk.coordinator, first, "check_readiness", result="ready")
    await desk.answer(desk.coordinator, first, "determine_origin", origin="almere")
    await desk.post(desk.coordinator, f"/v1/mediations/{second}/commands", {"type": "withdraw", "source": "client"})

    async def ids(path: str = "/v1/mediations", of: str = "id", **query: object) -> list[str]:
        return [item[of] for item in await everything(desk, desk.coordinator, path, **query)]

    assert await ids(stage="assessment") == await ids(owner=desk.town.team) == [first]
    assert await ids(outcome="withdrawn_by_client") == await ids(stage="closed") == [second]
    assert await ids(organisation=desk.town.provider) == [first, second]
    assert await ids(overdue=True) == []
    assert await ids("/v1/tasks", "mediation", owner=desk.town.team, kind="assess") == [first]
    desk.clock.ahead = timedelta(days=60)
    assert await ids(overdue=True) == [first]
    assert await ids("/v1/tasks", "mediation", owner=desk.town.team, overdue=True) == [first]
    inbox = await desk.read(desk.team, "/v1/tasks")
    assert [(t["kind"], t["ownerRole"], t["stage"]) for t in inbox["items"]] == [
        ("assess", "district_team", "assessment"),
    ]


async def test_a_mediation_says_what_is_waited_for_until_when_and_who_acts(desk: Desk) -> None:
    mediation = (await desk.start())["id"]
    state = await desk.settled(mediation)
    (task,) = state["tasks"]
    assert (task["kind"], task["owner"], task["ownerRole"]) == ("check_readiness", "almere", "coordinator")
    assert task["due"].endswith("Z")
    assert state["actsNext"] == ["almere"]
    assert state["nextMoment"]["at"] <= min(task["due"], *(clock["endsAt"] for clock in state["clocks"]))
    assert [clock["kind"] for clock in state["clocks"]] == ["decision_term"]
    assert state["policy"]["id"] == "almere"
    assert state["nextMomentAt"] == state["nextMoment"]["at"]
    [listed] = (await desk.read(desk.coordinator, "/v1/mediations"))["items"]
    both = listed.keys() & state.keys() - {"tasks", "policy"}
    assert {name: listed[name] for name in both} == {name: state[name] for name in both}
    assert {"changedAt", "nextMomentAt", "stage", "version"} <= both
    response = await desk.get(desk.coordinator, f"/v1/mediations/{mediation}")
    assert response.headers["ETag"].startswith(f'"{state["version"]}.')


async def test_events_are_paged_by_sequence_and_say_who(desk: Desk) -> None:
    mediation = (await desk.start())["id"]
    path = f"/v1/mediations/{mediation}/events"
    first = await desk.read(desk.coordinator, path, limit=2)
    rest = await desk.read(desk.coordinator, path, after=first["next"])
    events = first["items"] + rest["items"]
    assert [e["sequence"] for e in events] == list(range(1, len(events) + 1))
    assert events[0]["event"]["type"] == "mediation_started"
    assert events[0]["event"]["referral"]["householdSize"] == 1
    assert events[0]["by"].pop("person").startswith("u-")
    assert events[0]["by"] == {"role": "institution", "organisation": desk.town.institution, "substitute": None}
    assert (first["next"], rest["next"]) == (2, None)


async def test_a_corporation_sees_its_own_offer_and_nothing_of_the_care(desk: Desk) -> None:
    mediation = await offered(desk)
    path = f"/v1/mediations/{mediation}"
    assert (await desk.get(desk.other_corporation, path)).status_code == 404
    state = await desk.read(desk.corporation, path)
    assert [offer["dwelling"]["id"] for offer in state["offers"]] == ["D-1"]
    assert state["referral"].keys() == {"householdSize", "needs", "addressSecret"}
    assert state["referral"]["needs"].keys() == {"rooms", "accessible"}
    assert (state["tasks"], state["stage"], state["ended"]) == ([], "acceptance", False)
    [line] = (await desk.read(desk.corporation, "/v1/mediations"))["items"]
    assert line.keys() == {"id", "reference", "version", "municipality", "test", "ended", "tasks"}
    told = json.dumps(await desk.read(desk.corporation, f"{path}/events"))
    assert "offer_placed" in told
    for secret in ("sheltered_living", "regular", "urgency_granted", "note-", "mediation_started"):
        assert secret not in told
    assert (await desk.read(desk.corporation, f"{path}/notes", purpose="decide"))["items"] == []


async def test_who_the_client_is_is_told_as_far_as_a_role_needs(desk: Desk) -> None:
    mediation = await offered(desk)
    path = f"/v1/mediations/{mediation}/person"
    assert (await desk.get(desk.coordinator, path)).status_code == 400, "it is asked why"
    for who in (desk.coordinator, desk.institution):
        full = await desk.read(who, path, purpose="contact")
        assert (full["bsn"], full["bornOn"], full["name"]) == (BSN, "2001-02-03", "Noor Testpersoon")
    for who in (desk.team, desk.provider):
        known = await desk.read(who, path, purpose="contact")
        assert (known.get("bsn"), known["bornOn"], known["name"]) == (None, "2001-02-03", "Noor Testpersoon")
    housing = await desk.read(desk.corporation, path, purpose="tenancy")
    assert housing.keys() == {"name", "mail", "phone", "householdSize", "guide"}
    assert (housing["name"], housing["guide"]["mail"]) == ("Noor Testpersoon", "bram@guide.example")
    assert (await desk.get(desk.auditor, path, purpose="supervision")).status_code == 403
    await desk.answer(desk.institution, mediation, "answer_offer", accept=False, reason="size", note="Te klein.")
    assert (await desk.get(desk.corporation, path, purpose="tenancy")).status_code == 403


async def test_notes_go_to_the_vault_and_only_references_travel(desk: Desk, client: Client) -> None:
    mediation = await offered(desk)
    path = f"/v1/mediations/{mediation}"
    notes = await desk.read(desk.coordinator, f"{path}/notes", purpose="decide")
    assert [(n["text"], n["by"]["role"]) for n in notes["items"]] == [("Dossier is compleet.", "coordinator")]
    assert (await desk.read(desk.institution, f"{path}/notes", purpose="decide"))["items"] == []
    told = json.dumps([await desk.read(desk.coordinator, path), await desk.read(desk.coordinator, f"{path}/events")])
    history = await client.get_workflow_handle(mediation).fetch_history()
    assert notes["items"][0]["id"] in told
    for secret in ("compleet", "Noor", BSN, "bram@"):
        assert secret not in told
        assert secret not in history.to_json()


async def test_log_lines_name_the_route_and_never_the_path(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    mediation = (await desk.start())["id"]
    lines = CapturingLogger()
    monkeypatch.setattr(envelope, "log", lines)
    await desk.get(desk.coordinator, f"/v1/mediations/{mediation}/events", after=3)
    await desk.get(desk.coordinator, "/v1/mediations/999990019", cursor="Noor")
    await desk.http.get("/v1/Noor")
    requests = [call.kwargs for call in lines.calls if call.args == ("request",)]
    assert [(line["route"], line["status"]) for line in requests] == [
        ("/v1/mediations/{mediation}/events", 200),
        ("/v1/mediations/{mediation}", 404),
        ("none", 404),
    ]
    assert (requests[0]["organisation"], requests[0]["role"], requests[0]["method"]) == ("almere", "coordinator", "GET")
    assert "Noor" not in str(lines.calls)
    assert BSN not in str(lines.calls)
