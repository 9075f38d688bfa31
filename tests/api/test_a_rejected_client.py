"""A client is rejected and turns out to be right: advice, hearing, decision, letter, objection, and home after all."""

from collections.abc import Mapping
from datetime import date, timedelta

import pytest
from temporalio.client import Client

from sandbox.embedded.mail import MailServer
from tests.api.desk import Desk, Json, skip
from tests.api.test_the_whole_way import house
from tests.town import CLIENT
from texts import Language, of

WHY = "In januari woonde u vier weken op proef. Dat lukte nog niet."
DISAGREES = "Ik kan het wel. Mijn begeleider vindt dat ook."
RIGHT = "De proef was te kort. U krijgt een nieuwe kans."


async def refused(desk: Desk, who: tuple[str, str], path: str, body: Mapping[str, object]) -> str:
    """Return by which rule a command is refused."""
    response = await desk.post(who, path, dict(body))
    assert response.status_code == 409, response.text
    return str(response.json()["rule"])


async def decided(desk: Desk, mediation: str) -> Json:
    """The decision with which it ended, once its letter has left."""
    await desk.settled(mediation)
    state = await desk.read(desk.coordinator, f"/v1/mediations/{mediation}")
    assert (state["stage"], state["outcome"]) == ("closed", "rejected")
    decision: Json = state["decision"]
    return decision


@pytest.mark.timeout(240)
async def test_a_rejected_client_is_heard_objects_is_right_and_moves_home(
    desk: Desk, client: Client, mail: MailServer
) -> None:
    mediation = (await desk.start())["id"]
    path = f"/v1/mediations/{mediation}"
    await desk.answer(desk.coordinator, mediation, "check_readiness", result="ready")
    await desk.answer(desk.coordinator, mediation, "determine_origin", origin=desk.town.municipality)

    advised = await desk.answer(desk.team, mediation, "assess", result="negative", note=WHY)
    assert advised["stage"] == "assessment"
    intended = await desk.answer(desk.coordinator, mediation, "decide_urgency", granted=False, note=WHY)
    assert (intended["stage"], [task["kind"] for task in intended["tasks"]]) == ("assessment", ["hear_client"])
    await desk.settled(mediation)
    hearing = await desk.task(mediation, "hear_client")
    answer = {"kind": "hear_client", "result": "stands", "note": WHY, "reasons": ["skills"]}
    invited = await desk.today()
    early = {**answer, "hearing": "heard", "form": "spoken", "heardOn": str(invited - timedelta(days=1))}
    answering = f"{path}/tasks/{hearing['id']}/answer"
    assert await refused(desk, desk.coordinator, answering, early) == "hearing_before_invitation"
    missed = {**answer, "hearing": "did_not_appear", "heardOn": str(invited)}
    assert await refused(desk, desk.coordinator, answering, missed) == "hearing_not_over"
    await skip(desk, client, mediation, timedelta(days=3))
    heard = {**early, "heardOn": str(await desk.today())}
    ended = await desk.post(desk.coordinator, answering, heard)
    assert ended.status_code == 200, ended.text

    decision, today = await decided(desk, mediation), await desk.today()
    last = date.fromisoformat(decision["lastDay"])
    assert date.fromisoformat(decision["sentOn"]) == today
    assert timedelta(weeks=6) <= last - today <= timedelta(weeks=6, days=5), "six weeks, to a working day (Awb 6:7)"
    to_client = [str(one.get_content()) for one in mail.mailbox.mails() if one["To"] == CLIENT.mail]
    letter = next(text for text in to_client if "Wij wijzen uw aanvraag af" in text)
    assert WHY in letter
    assert of(Language.DUTCH).in_words(last) in " ".join(letter.split())

    await skip(desk, client, mediation, timedelta(days=(last - today).days))
    objection = {"type": "file_objection", "against": "end", "note": DISAGREES}
    filed = await desk.post(desk.institution, f"{path}/commands", objection)
    assert filed.status_code == 200, filed.text
    task = await desk.task(mediation, "decide_objection")
    right = {"kind": "decide_objection", "result": "well_founded", "note": RIGHT}
    deciding = f"{path}/tasks/{task['id']}"
    assert await refused(desk, desk.coordinator, f"{deciding}/answer", right) == "decided_by_you", "Awb 10:3 lid 3"
    mine = await desk.http.put(
        f"{deciding}/caseworker", headers=desk.headers(desk.coordinator), json={"caseworker": "me"}
    )
    assert (mine.status_code, mine.json()["rule"]) == (409, "decided_by_you")
    again = await desk.decide_objection(mediation, result="well_founded", note=RIGHT)
    assert (again["stage"], again["outcome"], again["decision"]) == ("assessment", None, None)

    await house(desk, client, mediation, begin="assess")
    home = await desk.settled(mediation)
    assert (home["stage"], home["outcome"]) == ("follow_up", None)
    events = []
    for after in (0, 100):
        page = await desk.read(desk.coordinator, f"{path}/events", after=after, limit=100)
        events += [one["event"]["type"] for one in page["items"]]
    road = ["mediation_closed", "decision_made_known", "objection_filed", "objection_decided", "mediation_reopened"]
    assert [one for one in events if one in road] == road
    assert events.index("mediation_reopened") < events.index("urgency_granted") < events.index("keys_handed_over")
