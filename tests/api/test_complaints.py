"""A complaint by the API: taken in, answered by somebody who did not act, and seen by no partner."""

import pytest

from tests.api.desk import Desk, Json

WHAT = "Er is drie keer beloofd dat iemand mij zou bellen. Niemand belde."
FOUND = "Wij hebben u niet gebeld. Dat was onze fout."


def about_complaints(state: Json) -> list[str]:
    return [task["id"] for task in state["tasks"] if task["kind"] == "handle_complaint"]


@pytest.mark.timeout(240)
async def test_a_complaint_is_answered_by_who_did_not_act_and_no_partner_sees_it(desk: Desk) -> None:
    mediation = (await desk.start())["id"]
    path = f"/v1/mediations/{mediation}"
    await desk.answer(desk.coordinator, mediation, "check_readiness", result="ready")
    filed = await desk.post(
        desk.institution, f"{path}/commands", {"type": "file_complaint", "complainant": "client", "note": WHAT}
    )
    assert filed.status_code == 200, filed.text
    assert "complaints" not in filed.json()
    assert about_complaints(filed.json()) == []
    task = await desk.task(mediation, "handle_complaint")

    answer = {"kind": "handle_complaint", "result": "well_founded", "hearing": "waived", "note": FOUND}
    involved = await desk.post(desk.coordinator, f"{path}/tasks/{task['id']}/answer", answer)
    assert (involved.status_code, involved.json()["rule"]) == (409, "handler_involved"), "Awb 9:7"
    given = await desk.http.put(
        f"{path}/tasks/{task['id']}/caseworker", headers=desk.headers(desk.coordinator), json={"caseworker": "me"}
    )
    assert (given.status_code, given.json()["rule"]) == (409, "handler_involved")

    colleague = desk.issuer.issue(*desk.coordinator, subject="a colleague")
    headers = {"Authorization": f"Bearer {colleague}", "Idempotency-Key": f"answered-{mediation}"}
    answered = await desk.http.post(f"{path}/tasks/{task['id']}/answer", headers=headers, json=answer)
    assert answered.status_code == 200, answered.text

    (complaint,) = (await desk.settled(mediation))["complaints"]
    today = str(await desk.today())
    told = (complaint["complainant"], complaint["result"], complaint["receivedOn"], complaint["sentOn"])
    assert told == ("client", "well_founded", today, today)
    seen = await desk.read(desk.institution, f"{path}/events", limit=100)
    whole = await desk.read(desk.coordinator, f"{path}/events", limit=100)
    assert "complaint" in str(whole["items"])
    assert "complaint" not in str(seen["items"]), "it may be about a partner"
    listed = await desk.read(desk.institution, "/v1/mediations")
    assert "complaint" not in str(listed)
