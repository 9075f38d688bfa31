"""A step back that takes the urgency away against the client's will, by the API: heard, decided, and objected to."""

import pytest

from tests.api.desk import Desk, Json
from tests.api.test_by_hand import looking

WHY = "De cliënt heeft al een eigen woning."
STANDS = "Wij hebben u gehoord. U hebt al een woning."
WRONG = "Die woning is van iemand anders met dezelfde naam."


def kinds(state: Json) -> set[str]:
    return {task["kind"] for task in state["tasks"]}


async def letters_to_client(desk: Desk, mediation: str) -> list[str]:
    await desk.settled(mediation)
    sent = (await desk.read(desk.coordinator, f"/v1/mediations/{mediation}/letters"))["items"]
    return [one["letter"] for one in sent if one["reader"] == "client"]


@pytest.mark.timeout(240)
async def test_an_urgency_is_taken_back_after_a_hearing_and_given_back_when_the_client_is_right(desk: Desk) -> None:
    mediation = await looking(desk)
    path = f"/v1/mediations/{mediation}"
    back = {"type": "step_back", "to": "assessment", "note": WHY}
    assert (await desk.post(desk.institution, f"{path}/commands", back)).status_code == 403
    intended = await desk.post(desk.coordinator, f"{path}/commands", back)
    assert intended.status_code == 200, intended.text
    told = intended.json()
    assert (told["stage"], told["urgency"]) == ("offer", "regular"), "nothing is decided yet"
    assert "hear_client" in kinds(told)
    assert "make_offer" not in kinds(told), "meanwhile no home is sought"
    again = await desk.post(desk.coordinator, f"{path}/commands", back)
    assert (again.status_code, again.json()["rule"]) == (409, "hearing_open")

    today = str(await desk.today())
    heard = {"hearing": "heard", "heardOn": today, "form": "spoken", "result": "stands"}
    after = await desk.answer(desk.coordinator, mediation, "hear_client", **heard, note=STANDS)
    assert (after["stage"], after["urgency"]) == ("assessment", None)
    assert {"hearing_invited", "urgency_taken_back"} <= set(await letters_to_client(desk, mediation))
    notes = await desk.read(desk.auditor, f"{path}/notes", purpose="supervision")
    assert [note["text"] for note in notes["items"]] == [WHY, STANDS], "an auditor reads why"

    objection = {"type": "file_objection", "against": "urgency_taken_back", "note": WRONG}
    filed = await desk.post(desk.institution, f"{path}/commands", objection)
    assert filed.status_code == 200, filed.text
    given = await desk.decide_objection(mediation, result="well_founded", note="De cliënt heeft gelijk.")
    assert (given["stage"], given["urgency"]) == ("offer", "regular")
    types = [one["event"]["type"] for one in (await desk.read(desk.auditor, f"{path}/events", limit=100))["items"]]
    course = [one for one in types if one in {"step_back_intended", "urgency_taken_back", "urgency_given_back"}]
    assert course == ["step_back_intended", "urgency_taken_back", "urgency_given_back"]


async def test_with_the_clients_agreement_it_is_done_at_once(desk: Desk) -> None:
    mediation = await looking(desk)
    back = {"type": "step_back", "to": "assessment", "agreed": True, "note": "De cliënt belde dat zelf."}
    done = await desk.post(desk.coordinator, f"/v1/mediations/{mediation}/commands", back)
    assert (done.status_code, done.json()["stage"], done.json()["urgency"]) == (200, "assessment", None)
    assert "urgency_taken_back" not in await letters_to_client(desk, mediation)
