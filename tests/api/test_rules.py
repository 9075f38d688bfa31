"""What the rules refuse is told with the rule, and reaches neither Temporal nor the journal."""

from datetime import UTC, datetime, timedelta

from temporalio.api.enums.v1 import EventType
from temporalio.client import Client

from store.database import Pool
from tests.api.desk import Desk, Json, person


async def updates(client: Client, mediation: str) -> int:
    """How many commands have reached a mediation's workflow."""
    history = await client.get_workflow_handle(mediation).fetch_history()
    return sum(e.event_type == EventType.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED for e in history.events)


async def test_a_refused_command_leaves_no_trace_and_names_its_rule(desk: Desk, client: Client, pool: Pool) -> None:
    started = await desk.start(documents=["consent"])
    mediation = started["id"]
    ready = {"kind": "check_readiness", "result": "ready", "note": "Alles is er."}
    response = await desk.post(desk.coordinator, f"/v1/mediations/{mediation}/tasks/check_readiness-1/answer", ready)
    problem = response.json()
    assert response.status_code == 409
    assert response.headers["Content-Type"] == "application/problem+json"
    assert (problem["type"].rpartition(":")[2], problem["rule"]) == ("rule-refused", "documents_missing")
    unmet = [c["name"] for c in problem["conditions"] if c["verdict"] == "unmet"]
    assert "document.identity" in unmet
    assert problem["detail"] == "Required documents are missing: ask for them first."
    assert problem["reason"] == problem["detail"]
    assert await updates(client, mediation) == 1
    assert await pool.fetchval("SELECT count(*) FROM vault_item WHERE kind = 'note'") == 0


async def test_what_is_not_yours_is_forbidden_and_what_is_not_there_is_not_found(desk: Desk) -> None:
    mediation = (await desk.start())["id"]
    path = f"/v1/mediations/{mediation}/tasks"
    ready = {"kind": "check_readiness", "result": "ready"}
    statuses = {
        (await desk.post(desk.team, f"{path}/check_readiness-1/answer", ready)).status_code: 403,
        (await desk.post(desk.coordinator, f"{path}/check_readiness-9/answer", ready)).status_code: 404,
        (await desk.post(desk.auditor, f"{path}/check_readiness-1/answer", ready)).status_code: 403,
    }
    assert all(status == expected for status, expected in statuses.items())
    wrong = await desk.post(desk.coordinator, f"{path}/check_readiness-1/answer", {"kind": "await_place"})
    assert (wrong.status_code, wrong.json()["rule"]) == (409, "wrong_answer")
    assert (await desk.post(desk.coordinator, f"{path}/check_readiness-1/answer", ready)).status_code == 200
    again = await desk.post(desk.coordinator, f"{path}/check_readiness-1/answer", ready)
    assert (again.status_code, again.json()["rule"]) == (409, "task_closed")


async def test_a_mediation_that_moved_on_is_told(desk: Desk) -> None:
    started = await desk.start()
    path = f"/v1/mediations/{started['id']}/commands"
    note = {"type": "add_note", "note": "Eerste."}
    seen = f'"{started["version"]}"'
    first = await desk.post(desk.coordinator, path, note, "a", If_Match=seen)
    assert first.status_code == 200
    assert first.headers["ETag"] != seen
    moved = await desk.post(desk.coordinator, path, note, "b", If_Match=seen)
    assert (moved.status_code, moved.json()["type"].rpartition(":")[2]) == (412, "moved-on")
    assert (await desk.post(desk.coordinator, path, note, "a", If_Match=seen)).text == first.text
    assert (await desk.post(desk.coordinator, path, note, "c", If_Match="5")).status_code == 400
    assert (await desk.post(desk.coordinator, path, note, "d", If_Match="*")).status_code == 200


async def test_unknown_organisations_are_named_by_field(idle: Desk) -> None:
    wrong: dict[str, Json] = {
        "careProvider": {"careProvider": "nobody-at-all"},
        "districtTeam": {"districtTeam": idle.town.provider},
        "institution": {"institution": idle.town.team},
        "municipality": {"municipality": "amersfoort"},
        "person.bsn": {"person": person(3) | {"bsn": "123456789"}},
        "person.bornOn": {"person": person(3) | {"bornOn": "2900-01-01"}},
    }
    for field, change in wrong.items():
        response = await idle.post(idle.coordinator, "/v1/mediations", idle.referral(**change))
        assert response.status_code == 400, (field, response.text)
        assert [e["field"] for e in response.json()["errors"]] == [field]
        assert "123456789" not in response.text


async def test_an_unknown_target_group_is_refused_with_those_that_are_known(desk: Desk) -> None:
    wrong: dict[str, Json] = {"targetGroup": {"targetGroup": "youths"}, "otherGroups": {"otherGroups": ["youths"]}}
    for field, change in wrong.items():
        response = await desk.post(desk.institution, "/v1/mediations", desk.referral(**change))
        problem = response.json()
        assert (response.status_code, [error["field"] for error in problem["errors"]]) == (400, [field])
        said = problem["errors"][0]["message"]
        assert "no target group here is called so; known: sheltered_living, shelter" in said
        assert "leaving_detention" in said
    started = await desk.start(targetGroup="sheltered_living", otherGroups=["homeless", "sheltered_living"])
    assert started["referral"]["targetGroup"] == "sheltered_living"
    assert started["referral"]["otherGroups"] == ["homeless"]
    changes = {"type": "correct_referral", "changes": {"otherGroups": ["youths"]}, "note": "Te jong."}
    corrected = await desk.post(desk.coordinator, f"/v1/mediations/{started['id']}/commands", changes)
    assert corrected.status_code == 400
    assert [error["field"] for error in corrected.json()["errors"]] == ["changes.otherGroups"]


async def test_who_leaves_no_institution_is_referred_without_one_and_the_municipality_does_what_it_would(
    desk: Desk,
) -> None:
    body = desk.referral(targetGroup="informal_carer", documents=[])
    del body["institution"]
    answer = await desk.post(desk.coordinator, "/v1/mediations", body)
    assert answer.status_code == 201, answer.text
    started = answer.json()
    assert started["parties"]["institution"] is None
    lacking = {"result": "incomplete", "missing": ["identity"]}
    await desk.answer(desk.coordinator, started["id"], "check_readiness", **lacking)
    task = await desk.task(started["id"], "supplement")
    assert (task["owner"], task["ownerRole"]) == (desk.town.municipality, "coordinator")
    for groups in ({"targetGroup": "shelter"}, {"targetGroup": "homeless", "otherGroups": ["youth_care"]}):
        refused = await desk.post(desk.coordinator, "/v1/mediations", body | groups)
        assert [error["field"] for error in refused.json()["errors"]] == ["institution"]


async def test_who_was_born_on_the_date_in_the_municipality_is_born_also_before_midnight_in_utc(desk: Desk) -> None:
    now = datetime.now(UTC)
    desk.clock.ahead = (now + timedelta(days=1)).replace(hour=23, minute=30) - now
    today = await desk.today()
    assert today.day != (await desk.clock.now()).day, "not a moment at which the dates differ"
    await desk.start(person=person(4) | {"bornOn": str(today)})
    later = desk.referral(person=person(5) | {"bornOn": str(today + timedelta(days=1))})
    refused = await desk.post(desk.institution, "/v1/mediations", later)
    assert [error["field"] for error in refused.json()["errors"]] == ["person.bornOn"]


async def test_only_an_institution_or_the_municipality_refers_and_never_for_another(idle: Desk) -> None:
    assert (await idle.post(idle.provider, "/v1/mediations", idle.referral())).status_code == 403
    other = ("institution", f"other-institution-{idle.town.tag}")
    response = await idle.post(other, "/v1/mediations", idle.referral())
    assert (response.status_code, response.json()["errors"][0]["field"]) == (400, "institution")


async def test_a_number_written_otherwise_is_the_same_person(desk: Desk, pool: Pool) -> None:
    await desk.start()
    spaced = desk.referral()
    spaced["person"] = {**spaced["person"], "bsn": " 9999.90.019 "}
    response = await desk.post(desk.institution, "/v1/mediations", spaced)
    assert (response.status_code, response.json().get("rule")) == (409, "person_has_open_mediation")
    assert await pool.fetchval("SELECT count(*) FROM vault_key") == 1
