"""A client moves to another district, and people make mistakes: the keys move, the phone changes, fine was not fine."""

from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from temporalio.client import Client

from domain.facts.calendar import Calendar
from domain.facts.parties import Role
from sandbox.driven import road
from sandbox.driven.home import home
from sandbox.embedded.mail import MailServer
from sandbox.embedded.mailbox import text_parts
from tests.api.desk import Desk, Json, eventually, skip
from tests.domain.case import policy_of
from tests.town import BY_HAND, CLIENT

MAIL, PHONE = "noor@moved.example", "06 87654321"


async def to_the_keys(desk: Desk, mediation: str) -> Json:
    """Bring a mediation to the planned keys of a home in the district of another team."""
    dwelling = home("D-1", district=BY_HAND)
    await desk.town.systems.corporation.staff("PUT", desk.town.corporation, "/dwellings", [dwelling])
    who = {
        Role(who[0]): who for who in (desk.coordinator, desk.team, desk.institution, desk.corporation, desk.provider)
    }
    after: Json = {}
    for step in road.to_the_keys(policy_of("almere"), await desk.today(), desk.town.corporation, "D-1"):
        if step.answer.kind == "make_offer":
            await eventually(lambda state: state if state["candidates"] else None, desk, mediation)
        after = await desk.answer(who[step.by], mediation, **step.body)
    return after


async def corrected(desk: Desk, mediation: str, task: str, answer: Json, note: str) -> Json:
    body = {"type": "correct_answer", "task": task, "answer": answer, "note": note}
    response = await desk.post(desk.coordinator, f"/v1/mediations/{mediation}/commands", body)
    assert response.status_code == 200, response.text
    after: Json = response.json()
    return after


async def reached_at(desk: Desk, mediation: str, sender: tuple[str, str], key: str, **body: Any) -> tuple[int, Json]:
    path = f"/v1/mediations/{mediation}/person/contact"
    response = await desk.http.put(path, headers=desk.headers(sender, key), json=body)
    return response.status_code, response.json()


async def calls(desk: Desk, mediation: str, caseworker: str, **answer: Any) -> Json:
    """A caseworker of the municipality calls, and notes it under the own sign-in."""
    task = await desk.task(mediation, "follow_up_call")
    token = desk.issuer.issue(*desk.coordinator, subject=caseworker)
    headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": uuid4().hex}
    path = f"/v1/mediations/{mediation}/tasks/{task['id']}/answer"
    response = await desk.http.post(path, headers=headers, json={"kind": "follow_up_call", **answer})
    assert response.status_code == 200, response.text
    after: Json = response.json()
    return after


async def until(desk: Desk, client: Client, mediation: str, day: date) -> None:
    await skip(desk, client, mediation, timedelta(days=(day - await desk.today()).days))


def to(mail: MailServer, address: str) -> str:
    return " ".join(" ".join(text_parts(one).split()) for one in mail.mailbox.mails() if one["To"] == address)


@pytest.mark.timeout(300)
async def test_a_moved_client_whose_keys_phone_and_call_were_noted_wrongly(
    desk: Desk, client: Client, mail: MailServer
) -> None:
    mediation = (await desk.start())["id"]
    planned = date.fromisoformat((await to_the_keys(desk, mediation))["lease"]["keysOn"])

    # the keys come a week later: client, guide and the receiving team hear of it
    later = planned + timedelta(days=7)
    lease = {"kind": "sign_lease", "form": policy_of("almere").lease_forms[0].value, "keysOn": later.isoformat()}
    moved = await corrected(desk, mediation, "sign_lease-1", lease, "De woning wordt later opgeleverd.")
    later = Calendar().working_day_from(later)
    assert moved["lease"]["keysOn"] == later.isoformat()
    await desk.settled(mediation)
    assert "U krijgt de sleutels op een andere dag" in to(mail, str(CLIENT.mail))

    # the client's phone and mail change; nobody but the municipality changes them
    change = {"who": "client", "mail": MAIL, "phone": PHONE}
    assert (await reached_at(desk, mediation, desk.institution, "k-1", **change))[0] == 403
    status, shown = await reached_at(desk, mediation, desk.coordinator, "k-2", **change, sendAgain=True)
    assert status == 200, shown
    again = await reached_at(desk, mediation, desk.coordinator, "k-2", **change, sendAgain=True)
    assert again == (200, shown), "a second click is answered alike"
    assert (await reached_at(desk, mediation, desk.coordinator, "k-3", **change))[1]["rule"] == "nothing_to_correct"
    guide = {"who": "guide", "phone": "0611112222"}
    assert (await reached_at(desk, mediation, desk.institution, "k-4", **guide))[0] == 200
    person = await desk.read(desk.coordinator, f"/v1/mediations/{mediation}/person", purpose="contact")
    assert (person["mail"], person["phone"], person["guide"]["phone"]) == (MAIL, PHONE, "06 11112222")
    await desk.settled(mediation)
    assert "U krijgt de sleutels op een andere dag" in " ".join(
        str(one["Subject"]) for one in mail.mailbox.mails() if one["To"] == MAIL
    ), "what was asked at the old address goes to the new one"
    before = len([one for one in mail.mailbox.mails() if one["To"] == CLIENT.mail])

    await until(desk, client, mediation, later)
    for step in road.at_home(later):
        who = desk.corporation if step.by is Role.CORPORATION else desk.provider
        home_now = await desk.answer(who, mediation, **step.body)
    assert home_now["stage"] == "follow_up"

    # one caseworker calls in vain, another speaks to the client and clicks the wrong answer
    due = date.fromisoformat((await desk.task(mediation, "follow_up_call"))["due"][:10])
    await until(desk, client, mediation, due)
    await calls(desk, mediation, "the first caseworker", dayPart="morning", reached=False)
    await until(desk, client, mediation, Calendar().next_working_day(due))
    fine = await calls(desk, mediation, "another caseworker", dayPart="afternoon", reached=True, result="fine")
    assert fine["concluded"] == "housed_follow_up_held"
    call = {"kind": "follow_up_call", "dayPart": "afternoon", "reached": True, "result": "light_help"}
    put_right = await corrected(desk, mediation, "follow_up_call-2", call, "Ik heb op de verkeerde knop gedrukt.")
    assert put_right["concluded"] is None
    task = await desk.task(mediation, "take_up_follow_on")
    assert task["owner"] == desk.town.by_hand[Role.DISTRICT_TEAM], "the team of the district of the home"

    await desk.settled(mediation)
    assert len([one for one in mail.mailbox.mails() if one["To"] == CLIENT.mail]) == before
    events = []
    for after in (0, 100, 200, 300):
        page = await desk.read(desk.coordinator, f"/v1/mediations/{mediation}/events", after=after, limit=100)
        events += [one["event"] for one in page["items"]]
    [_, corrected_call] = [one for one in events if one["type"] == "answer_corrected"]
    assert (corrected_call["was"]["result"], corrected_call["answer"]["result"]) == ("fine", "light_help")
    told = [one for one in events if one["type"] == "contact_changed"]
    assert [(one["who"], one["fields"]) for one in told] == [("client", ["mail", "phone"]), ("guide", ["phone"])]
    assert PHONE not in str(events)
