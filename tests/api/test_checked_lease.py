"""What the landlord judges of a lease in the client's own name is an advice where the municipality checks it."""

from datetime import date, timedelta

import pytest
from temporalio.client import Client

from api.installation import Installation
from domain.facts.parties import Role, Whose
from domain.facts.value import replace
from domain.policy.policy import OriginRule
from runtime.policies import Policies
from tests.api.desk import Desk, skip
from tests.api.test_by_hand import candidates, letters, looking, match
from tests.api.test_releases import hand, release
from tests.domain.case import checking, deciding

WHY = "De begeleider kent de cliënt als een goede huurder."


@pytest.mark.slow  # the whole way to a client at home
@pytest.mark.timeout(300)
async def test_the_municipality_has_it_looked_at_again_and_then_agrees(
    installation: Installation, desk: Desk, client: Client
) -> None:
    checked = replace(deciding(Whose.COORDINATOR), origin=OriginRule.RETURN, conversion=checking().conversion)
    installation.policies = Policies([checked])
    landlord, provider = hand(desk), ("care_provider", desk.town.by_hand[Role.CARE_PROVIDER])
    await release(desk, "H-1")
    mediation = await looking(desk, careProvider=provider[1])
    await candidates(desk, mediation)
    await match(desk, mediation, "H-1")
    await desk.answer(landlord, mediation, "confirm_offer", number="H-1/1")
    await desk.answer(desk.institution, mediation, "answer_offer", accept=True)
    wanted = (await desk.today() + timedelta(days=14)).isoformat()
    await desk.answer(landlord, mediation, "sign_lease", form="conversion", keysOn=wanted)
    after = await desk.answer(provider, mediation, "confirm_support", startsOn=wanted)
    keys_on = after["lease"]["keysOn"]
    await skip(desk, client, mediation, date.fromisoformat(keys_on) - await desk.today())
    await desk.answer(landlord, mediation, "hand_over_keys", on=keys_on)
    await desk.answer(provider, mediation, "start_support", startedOn=keys_on)
    called = await desk.task(mediation, "follow_up_call")
    await skip(desk, client, mediation, date.fromisoformat(called["due"][:10]) - await desk.today())
    await desk.answer(desk.coordinator, mediation, "follow_up_call", dayPart="morning", reached=True, result="fine")

    today = await desk.today()
    advice = {"result": "converted", "on": today.isoformat(), "note": WHY}
    advised = await desk.answer(landlord, mediation, "decide_conversion", **advice)
    assert (advised["stage"], advised["ended"]) == ("conversion", False), "it is an advice"
    task = await desk.task(mediation, "check_conversion")
    assert task["owner"] == desk.town.municipality
    seen = await desk.read(desk.coordinator, f"/v1/mediations/{mediation}")
    assert (seen["lease"]["advisedOn"], seen["lease"]["convertedOn"]) == (today.isoformat(), None)
    path = f"/v1/mediations/{mediation}/tasks/{task['id']}/answer"
    own = await desk.post(landlord, path, {"kind": "check_conversion", "result": "agreed", "on": today.isoformat()})
    assert (own.status_code, own.json()["rule"]) == (403, "not_yours"), "nobody checks its own advice"
    left = await desk.post(desk.coordinator, path, {"kind": "check_conversion", "result": "left"})
    assert (left.status_code, left.json()["errors"][0]["field"]) == (409, "note"), "a reason is needed"
    again = {"result": "later", "againOn": (today + timedelta(days=60)).isoformat()}
    later = await desk.answer(desk.coordinator, mediation, "check_conversion", **again)
    assert "decide_conversion" in {one["kind"] for one in later["tasks"]}

    await desk.answer(landlord, mediation, "decide_conversion", **advice)
    closed = await desk.answer(desk.coordinator, mediation, "check_conversion", result="agreed", on=today.isoformat())
    assert (closed["stage"], closed["lease"]["convertedOn"]) == ("closed", today.isoformat())
    assert ("lease_converted", None) in await letters(desk, mediation, landlord), "who advised hears of it"
    notes = await desk.read(desk.auditor, f"/v1/mediations/{mediation}/notes", purpose="supervision")
    assert WHY in {note["text"] for note in notes["items"]}
