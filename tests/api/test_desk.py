"""A desk that decides on behalf of the municipality, and a committee that advises, work through the API; the directory
names them.
"""

from api.installation import Installation
from runtime.policies import Policies
from tests.api.desk import Desk
from tests.domain.case import deciding, main_road
from tests.domain.test_committee import advising


async def test_a_desk_finds_the_advice_and_decides(installation: Installation, desk: Desk) -> None:
    installation.policies = Policies([deciding()])
    started = await desk.start()
    mediation, at_the_desk = started["id"], ("desk", desk.town.desk)
    assert started["parties"]["desk"] == desk.town.desk
    await desk.answer(desk.coordinator, mediation, "check_readiness", result="ready")
    await desk.answer(desk.team, mediation, "assess", result="positive", support="regular")
    [task] = (await desk.read(at_the_desk, "/v1/tasks"))["items"]
    assert (task["kind"], task["owner"], task["ownerRole"]) == ("decide_urgency", desk.town.desk, "desk")
    shown = await desk.read(at_the_desk, f"/v1/mediations/{mediation}")
    assert shown["advice"] == {"result": "positive", "support": "regular", "conditions": []}
    assert shown["urgency"] is None
    assert (await desk.read(at_the_desk, f"/v1/mediations/{mediation}/person", purpose="decide"))["bornOn"]
    path = f"/v1/mediations/{mediation}/tasks/{task['id']}/answer"
    refused = await desk.post(desk.team, path, {"kind": "decide_urgency", "granted": True})
    assert (refused.status_code, refused.json()["rule"]) == (403, "not_yours")
    incomplete = await desk.post(at_the_desk, path, {"kind": "decide_urgency", "granted": False})
    assert (incomplete.status_code, incomplete.json()["errors"][0]["field"]) == (409, "note")
    after = await desk.answer(at_the_desk, mediation, "decide_urgency", granted=True)
    assert (after["stage"], after["urgency"]) == ("offer", "regular")
    events = (await desk.read(desk.auditor, f"/v1/mediations/{mediation}/events", limit=100))["items"]
    [decided] = [one["event"] for one in events if one["event"]["type"] == "urgency_decided"]
    assert (decided["by"], decided["role"], decided["asAdvised"]) == (desk.town.desk, "desk", True)


async def test_where_the_policy_names_no_desk_none_takes_part(installation: Installation, desk: Desk) -> None:
    installation.policies = Policies([main_road("almere")])
    started = await desk.start()
    assert started["parties"]["desk"] is None
    unseen = await desk.get(("desk", desk.town.desk), f"/v1/mediations/{started['id']}")
    assert unseen.status_code == 404


async def test_a_committee_advises_and_sees_no_more_once_the_desk_has_decided(
    installation: Installation, desk: Desk
) -> None:
    installation.policies = Policies([advising()])
    started = await desk.start()
    mediation, committee = started["id"], ("committee", desk.town.committee)
    at_the_desk = ("desk", desk.town.desk)
    assert (started["parties"]["committee"], started["parties"]["desk"]) == (desk.town.committee, desk.town.desk)
    unseen = await desk.get(committee, f"/v1/mediations/{mediation}")
    assert unseen.status_code == 404, "nothing was asked of it yet"
    await desk.answer(desk.coordinator, mediation, "check_readiness", result="ready")
    assert (await desk.get(desk.team, f"/v1/mediations/{mediation}")).status_code == 404
    [task] = (await desk.read(committee, "/v1/tasks"))["items"]
    assert (task["kind"], task["ownerRole"]) == ("assess", "committee")
    assert (await desk.read(at_the_desk, "/v1/tasks"))["items"] == []
    person = await desk.read(committee, f"/v1/mediations/{mediation}/person", purpose="decide")
    assert person["bornOn"]
    assert "bsn" not in person
    await desk.answer(committee, mediation, "assess", result="positive", support="regular")
    assert (await desk.read(committee, "/v1/tasks"))["items"] == []
    await desk.answer(at_the_desk, mediation, "decide_urgency", granted=True)
    looked_back = await desk.read(committee, f"/v1/mediations/{mediation}")
    asked = {"type": "add_note", "note": "Nog iets."}
    assert (await desk.post(at_the_desk, f"/v1/mediations/{mediation}/commands", asked)).status_code == 200
    after = await desk.read(committee, f"/v1/mediations/{mediation}")
    assert after["version"] == looked_back["version"], "as it was when its part ended"
    late = await desk.post(committee, f"/v1/mediations/{mediation}/commands", asked)
    assert late.status_code in {403, 404}
