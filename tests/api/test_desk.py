"""A desk that decides on behalf of the municipality works through the API, and the directory names it."""

from api.installation import Installation
from runtime.policies import Policies
from tests.api.desk import Desk
from tests.domain.case import deciding, main_road


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
