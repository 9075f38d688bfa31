"""The post room prints letters to who did not agree to mail; the term to object runs from the day that it reports."""

import re
from base64 import b64encode
from datetime import date, timedelta
from hashlib import sha256

import pytest

from domain.state.decision import last_day
from sandbox.embedded.mail import MailServer
from tests.api.desk import Desk
from tests.town import CLIENT
from texts import Language, of

WHY = "In januari woonde u vier weken op proef. Dat lukte nog niet."


@pytest.mark.timeout(240)
async def test_a_decision_on_paper_is_printed_and_its_term_begins_when_it_is_posted(
    desk: Desk, mail: MailServer
) -> None:
    person = {**desk.referral()["person"], "consentsToMail": None}
    mediation = (await desk.start(person=person))["id"]
    await desk.answer(desk.coordinator, mediation, "check_readiness", result="not_eligible", note=WHY)
    await desk.settled(mediation)
    invited = {one["letter"]: one["id"] for one in (await desk.read(desk.coordinator, "/v1/paper"))["items"]}
    invitation = f"/v1/paper/{invited['hearing_invited']}"
    assert (await desk.get(desk.coordinator, invitation)).status_code == 200
    hearing = {
        "hearing": "waived",
        "saidBy": "client",
        "result": "stands",
        "note": WHY,
        "reasons": ["not_target_group"],
    }
    await desk.answer(desk.coordinator, mediation, "hear_client", **hearing, heardOn=str(await desk.today()))
    await desk.settled(mediation)
    assert [one for one in mail.mailbox.mails() if one["To"] == CLIENT.mail] == []
    waiting = {one["letter"]: one for one in (await desk.read(desk.coordinator, "/v1/paper"))["items"]}
    assert "hearing_invited" not in waiting, "the client was heard"
    pointless = await desk.get(desk.coordinator, invitation)
    assert (pointless.status_code, pointless.json()["type"].rpartition(":")[2]) == (409, "not-to-be-sent")
    rejected = waiting["rejected"]
    assert rejected["waits"]
    state = await desk.read(desk.coordinator, f"/v1/mediations/{mediation}")
    assert state["decision"]["sentOn"] is None, "it has not left"

    page = await desk.get(desk.coordinator, f"/v1/paper/{rejected['id']}")
    assert page.headers["Content-Type"].startswith("text/html")
    assert WHY in page.text
    last = last_day(await desk.today())
    assert f"Bezwaar maken kan tot en met {of(Language.DUTCH).in_words(last)}" in " ".join(page.text.split())
    (style,) = re.findall(r"<style>(.*?)</style>", page.text, re.DOTALL)
    allowed = b64encode(sha256(style.encode()).digest()).decode()
    assert f"style-src 'sha256-{allowed}'" in page.headers["Content-Security-Policy"], "or a browser lays nothing out"
    (_invitation, read) = (await desk.read(desk.auditor, f"/v1/mediations/{mediation}/reads"))["items"]
    assert (read["what"], read["purpose"], read["by"]["organisation"]) == ("letter", "post", desk.town.municipality)
    for stranger in (desk.institution, desk.elsewhere):
        assert (await desk.get(stranger, f"/v1/paper/{rejected['id']}")).status_code in {403, 404}

    path, today = f"/v1/paper/{rejected['id']}/left", await desk.today()
    late = await desk.post(desk.coordinator, path, {"on": str(today + timedelta(days=1))})
    assert (late.status_code, late.json()["errors"][0]["field"]) == (400, "on")
    for _ in range(2):
        left = await desk.post(desk.coordinator, path, {"on": str(today)})
        assert left.status_code == 200, left.text
        assert not left.json()["waits"]
    decision = (await desk.read(desk.coordinator, f"/v1/mediations/{mediation}"))["decision"]
    assert date.fromisoformat(decision["sentOn"]) == today
    assert date.fromisoformat(decision["lastDay"]) - today >= timedelta(weeks=6)


@pytest.mark.timeout(240)
async def test_an_invitation_on_paper_gives_the_client_time_from_the_day_on_which_it_is_posted(desk: Desk) -> None:
    person = {**desk.referral()["person"], "consentsToMail": None}
    mediation = (await desk.start(person=person))["id"]
    await desk.answer(desk.coordinator, mediation, "check_readiness", result="not_eligible", note=WHY)
    await desk.settled(mediation)
    hearing = await desk.task(mediation, "hear_client")
    missed = {"kind": "hear_client", "hearing": "did_not_appear", "result": "stands", "note": WHY}
    missed["heardOn"] = str(await desk.today())
    answering = f"/v1/mediations/{mediation}/tasks/{hearing['id']}/answer"

    async def why_not() -> str:
        refused = await desk.post(desk.coordinator, answering, missed)
        assert refused.status_code == 409, refused.text
        return str(refused.json()["rule"])

    assert await why_not() == "invitation_not_sent"
    assert await desk.task(mediation, "resolve_delivery"), "somebody is asked to post it"
    waiting = {one["letter"]: one["id"] for one in (await desk.read(desk.coordinator, "/v1/paper"))["items"]}
    path = f"/v1/paper/{waiting['hearing_invited']}/left"
    left = await desk.post(desk.coordinator, path, {"on": str(await desk.today())})
    assert left.status_code == 200, left.text
    assert [task["kind"] for task in (await desk.settled(mediation))["tasks"]] == ["hear_client"]
    assert await why_not() == "hearing_not_over"
