"""A corporation that is to choose a home: what it sees, what it may do, and nothing of it before or after its turn."""

import asyncio
import json
import re
from typing import Any

import pytest

from api.installation import Installation
from domain.facts.parties import Whose
from runtime.policies import Policies
from sandbox.embedded.mail import MailServer
from tests.api.desk import Desk, Json, eventually
from tests.api.test_links import LINK, Door, mails_with
from tests.api.test_releases import hand, release
from tests.domain.choosing import chosen_by

NEVER = ("low_stimulus", "sheltered_living", "wanted", "unsafe", "wijkteam", "leger-des-heils", "bsn", "Noor")
"""What tells of the client more than who offers a home knows."""


async def to_choose(desk: Desk, installation: Installation, **changes: Any) -> str:
    """A mediation in which the corporation without a system, which released two dwellings, is to choose."""
    installation.policies = Policies([chosen_by(Whose.CORPORATION)])
    for dwelling in ("H-1", "H-2"):
        await release(desk, dwelling)
    mediation: str = (await desk.start(**changes))["id"]
    unseen = await desk.get(hand(desk), f"/v1/mediations/{mediation}")
    assert unseen.status_code == 404, "it knows of nobody for whom it has no turn"
    await desk.answer(desk.coordinator, mediation, "check_readiness", result="ready")
    await desk.answer(desk.team, mediation, "assess", result="positive", support="regular")
    await eventually(
        lambda state: state if state["candidates"] and not state["deliveriesWaiting"] else None, desk, mediation
    )
    return mediation


@pytest.mark.timeout(120)
async def test_it_sees_its_own_dwellings_and_no_more_of_the_client_than_who_offers_one(
    desk: Desk, installation: Installation
) -> None:
    mediation = await to_choose(desk, installation)
    corporation = hand(desk)
    [task] = (await desk.read(corporation, "/v1/tasks"))["items"]
    assert (task["kind"], task["mediation"]) == ("make_offer", mediation)
    shown = await desk.read(corporation, f"/v1/mediations/{mediation}")
    assert [one["dwelling"]["id"] for one in shown["candidates"]] == ["H-1", "H-2"]
    assert (shown["stage"], shown["offers"], shown["lease"]) == (None, [], None)
    why = await desk.read(corporation, f"/v1/mediations/{mediation}/dwellings")
    assert [one["dwelling"]["id"] for one in why["suitable"]] == ["H-1", "H-2"]
    events = await desk.read(corporation, f"/v1/mediations/{mediation}/events", limit=100)
    assert {one["event"]["type"] for one in events["items"]} == {"choice_passed_on"}
    assert (await desk.get(corporation, f"/v1/mediations/{mediation}/person", purpose="tenancy")).status_code == 403
    told = json.dumps([shown, why, events]).replace("lowStimulus", "")
    assert [word for word in NEVER if word in told] == []
    assert await refused(desk, mediation, "another", corporation=desk.town.corporation, dwelling="D-1") == (
        409,
        "own_dwellings_only",
    )
    after = await desk.answer(corporation, mediation, "make_offer", corporation=corporation[1], dwelling="H-2")
    assert [(one["dwelling"]["id"], one["state"]) for one in after["offers"]] == [("H-2", "prepared")]
    assert after["candidates"] == []


async def refused(desk: Desk, mediation: str, key: str, **answer: object) -> tuple[int, str]:
    path = f"/v1/mediations/{mediation}/tasks/make_offer-1/answer"
    said = await desk.post(hand(desk), path, {"kind": "make_offer", **answer}, key)
    return said.status_code, said.json()["rule"]


@pytest.mark.timeout(120)
async def test_when_it_chooses_none_it_sees_nothing_any_more(desk: Desk, installation: Installation) -> None:
    mediation = await to_choose(desk, installation)
    corporation = hand(desk)
    path = f"/v1/mediations/{mediation}/tasks/make_offer-1/answer"
    said = await desk.post(
        corporation, path, {"kind": "make_offer", "corporation": corporation[1], "declined": "complex_overloaded"}
    )
    assert said.status_code == 200, said.text
    assert said.json()["candidates"] == []
    task = await desk.task(mediation, "make_offer")
    assert (task["owner"], task["ownerRole"]) == (desk.town.municipality, "coordinator")
    assert (await desk.get(corporation, f"/v1/mediations/{mediation}")).status_code == 404
    assert (await desk.read(corporation, "/v1/tasks"))["items"] == []


@pytest.mark.timeout(120)
async def test_whoever_must_be_safe_is_no_corporations_choice(desk: Desk, installation: Installation) -> None:
    mediation = await to_choose(desk, installation, addressSecret=True)
    assert (await desk.task(mediation, "make_offer"))["owner"] == desk.town.municipality
    assert (await desk.get(hand(desk), f"/v1/mediations/{mediation}")).status_code == 404
    assert (await desk.get(hand(desk), f"/v1/mediations/{mediation}/dwellings")).status_code == 404


@pytest.mark.timeout(120)
async def test_without_a_system_it_chooses_by_link_from_its_own(
    desk: Desk, installation: Installation, mail: MailServer
) -> None:
    mediation = await to_choose(desk, installation)
    mailbox = desk.town.mail_of(hand(desk)[1])
    for _ in range(400):
        letters = [one for one in mails_with(mail, LINK) if one["To"] == mailbox]
        if letters:
            break
        await asyncio.sleep(0.025)
    [(path, token)] = LINK.findall(str(letters[-1].get_content()))
    door = Door(desk, mail, mediation, path, token)
    page = await door.post("open", code=await door.code())
    assert page.status_code == 200
    assert re.findall(r'name="dwelling" value="([^"]+)"', page.text) == ["H-1", "H-2"]
    assert "kamers" in page.text
    assert 'name="corporation"' not in page.text, "whose they are it need not say"
    assert [word for word in NEVER if word in page.text] == []
    [given] = re.findall(r'name="pass" value="([\w-]{43})"', page.text)
    answered = await door.post("answer", **{"pass": given, "answer": "dwelling", "dwelling": "H-2"})
    assert answered.status_code == 200, answered.text
    state: Json = await desk.read(desk.coordinator, f"/v1/mediations/{mediation}")
    assert [one["dwelling"]["id"] for one in state["offers"]] == ["H-2"]
