"""Messages of care providers through the API: taken in once, judged, told to the mediation, and answered."""

import asyncio
from datetime import date, timedelta
from typing import Any

import httpx
import pytest
from temporalio.client import Client

from activities.iwmo.codes import DeliveryStatus, MessageKind
from activities.iwmo.judgement import RetourVerdict
from activities.iwmo.messages import Allocation, ContactAddress, Header, Product, allocation_tree
from activities.iwmo.messages import Client as Named
from activities.iwmo.retour import retour_tree
from activities.iwmo.xml_build import build
from sandbox.partners.provider_messages import report_tree
from tests.api.desk import Desk, Json, bsn, eventually, skip
from tests.api.test_the_whole_way import DWELLING
from tests.town import BSN, CLIENT

PATH = "/v1/istandaarden/berichten"
WHO = Named(BSN, CLIENT.born_on, "Testpersoon", None, "Noor")


async def accepted(desk: Desk) -> str:
    """A mediation whose client accepted an offer: support is allocated."""
    mediation: str = (await desk.start())["id"]
    await desk.town.systems.corporation.staff("PUT", desk.town.corporation, "/dwellings", [DWELLING])
    await desk.answer(desk.coordinator, mediation, "check_readiness", result="ready")
    state = await eventually(lambda state: state if state["tasks"] else None, desk, mediation)
    if any(task["kind"] == "determine_origin" for task in state["tasks"]):
        await desk.answer(desk.coordinator, mediation, "determine_origin", origin=desk.town.municipality)
    await desk.grant(mediation)
    await eventually(lambda state: state if state["candidates"] else None, desk, mediation)
    await desk.answer(desk.coordinator, mediation, "make_offer", corporation=desk.town.corporation, dwelling="D-1")
    await desk.answer(desk.institution, mediation, "answer_offer", accept=True)
    await desk.settled(mediation)
    return mediation


async def send(
    desk: Desk, kind: str, content: bytes, who: tuple[str, str] | None = None, headers: dict[str, str] | None = None
) -> httpx.Response:
    """Send a message as a care provider's system."""
    sent = {**desk.headers(who or desk.provider), "Content-Type": "application/xml", "X-Berichtsoort": kind}
    return await desk.http.post(PATH, headers=sent | (headers or {}), content=content)


async def ours(desk: Desk) -> Json:
    """The allocation that was sent last."""
    listed = (await desk.read(desk.coordinator, PATH))["items"]
    message: Json = next(one for one in listed if one["kind"] == "WMO301")
    return message


async def answered(desk: Desk, response: httpx.Response) -> Json:
    """How a message stands once its retour was delivered."""
    for _ in range(400):
        message = await desk.read(desk.provider, response.headers["Location"])
        if message["retourAt"]:
            return message
        await asyncio.sleep(0.025)
    raise AssertionError(message)


async def started(desk: Desk, allocation: int | None, n: int = 1, day: date | None = None, **changes: Any) -> bytes:
    """A start as the provider's system sends it."""
    day = day or await desk.today()
    product = Product(allocation, "02", day, DeliveryStatus.FIRST)._replace(**changes)
    kind = MessageKind.STOP if product.ends_on else MessageKind.START
    header = Header(desk.town.agb_of(desk.town.provider), "0034", f"ZA{n:010}", await desk.today())
    return build(kind, report_tree(kind, header, WHO, (product,)))


async def allocation_of(desk: Desk) -> int:
    """The number under which the provider's system has the support."""
    (support,) = await desk.town.systems.provider.supports(desk.town.provider)
    return int(support["number"])


async def retour_to(desk: Desk, message: Json, *codes: str) -> bytes:
    """The retour to an allocation of ours; it repeats only what tells the message."""
    today = await desk.today()
    header = Header("0034", desk.town.agb_of(desk.town.provider), message["identification"], today)
    contact = ContactAddress("0612345678", "0031")
    made = Allocation(900_000_001, await desk.clock.now(), today)
    tree = allocation_tree(header, WHO, contact, made)
    verdict = RetourVerdict(codes[0]) if codes else RetourVerdict(None, ("0200",))
    return build(MessageKind.ALLOCATION_RETOUR, retour_tree(MessageKind.ALLOCATION, tree, verdict, "ZA9", today))


@pytest.mark.timeout(180)
async def test_an_allocation_waits_for_its_retour_and_a_start_is_answered_and_recorded_once(
    desk: Desk, client: Client
) -> None:
    mediation = await accepted(desk)
    waiting = await desk.task(mediation, "await_retour")
    message = await ours(desk)
    assert (waiting["owner"], waiting["about"]) == (desk.town.provider, message["identification"])
    assert (message["state"], message["mediation"]) == ("waiting", mediation)

    # The retour ends the wait; the same one again changes nothing.
    retour = await retour_to(desk, message)
    for _ in range(2):
        assert (await send(desk, "WMO302", retour)).status_code == 202
    await eventually(lambda s: s if all(t["kind"] != "await_retour" for t in s["tasks"]) else None, desk, mediation)
    assert (await ours(desk))["state"] == "approved"

    # A start that comes before anybody asks for it is approved, kept, and answers the question which day it is.
    number, today = await allocation_of(desk), await desk.today()
    early = await send(desk, "WMO305", await started(desk, number))
    assert early.status_code == 202
    state = await answered(desk, early)
    assert (state["state"], state["codes"]) == ("approved", [])
    begun = await eventually(lambda s: s if (s["support"] or {}).get("startsOn") else None, desk, mediation)
    assert begun["support"]["startsOn"] == today.isoformat()

    # The same message is the same; another that says the same is rejected; neither is recorded again.
    again = await send(desk, "WMO305", await started(desk, number))
    assert again.headers["Location"] == early.headers["Location"]
    twin = await answered(desk, await send(desk, "WMO305", await started(desk, number, 2)))
    assert (twin["state"], twin["codes"], twin["mediation"]) == ("rejected", ["9074"], None)
    used = await answered(desk, await send(desk, "WMO305", await started(desk, number, 1, today - timedelta(days=1))))
    assert used["codes"] == ["9056"]

    # When it is asked, the start is there already.
    keys_on = today + timedelta(days=14)
    await desk.answer(desk.corporation, mediation, "sign_lease", form="conversion", keysOn=keys_on.isoformat())
    state = await desk.settled(mediation)
    planned = date.fromisoformat(state["lease"]["keysOn"])
    await skip(desk, client, mediation, planned - await desk.today())
    await desk.answer(desk.corporation, mediation, "hand_over_keys", on=planned.isoformat())
    state = await eventually(lambda s: s if s["stage"] == "follow_up" else None, desk, mediation)
    assert state["support"]["startedOn"] == today.isoformat()

    # A stop is for the municipality to look into.
    stop = await started(desk, number, 3, today, ends_on=await desk.today(), reason="22")
    assert (await answered(desk, await send(desk, "WMO307", stop)))["state"] == "approved"
    assert (await desk.task(mediation, "review_support"))["about"] == "stopped"
    events = await desk.read(desk.coordinator, f"/v1/mediations/{mediation}/events", limit=100)
    kinds = [e["event"]["type"] for e in events["items"]]
    assert (kinds.count("support_started"), kinds.count("support_reported")) == (1, 1)
    arrived = await desk.town.systems.provider.ledger(desk.town.provider)
    assert sum(told for (kind, _), (_, told) in arrived.items() if kind in {"WMO306", "WMO308"}) == 4


async def test_what_temporal_remembers_as_seen_to_is_seen_to_again_when_it_is_sent_again(
    desk: Desk, client: Client
) -> None:
    """The database may have been put back to before it: then its provider's message must not be lost."""
    mediation = await accepted(desk)
    await desk.task(mediation, "await_retour")
    message = await ours(desk)
    before = await client.start_workflow("CareMessage", message["id"], id=message["id"], task_queue="of nobody")
    await before.terminate()
    assert (await send(desk, "WMO302", await retour_to(desk, message))).status_code == 202
    await eventually(lambda s: s if all(t["kind"] != "await_retour" for t in s["tasks"]) else None, desk, mediation)


@pytest.mark.timeout(180)
async def test_a_rejected_allocation_is_for_a_person_and_a_start_without_one_is_rejected(desk: Desk) -> None:
    stranger = await answered(desk, await send(desk, "WMO305", await started(desk, 900_000_777)))
    assert (stranger["state"], stranger["codes"], stranger["mediation"]) == ("rejected", ["9019"], None)
    none = await answered(desk, await send(desk, "WMO305", await started(desk, None, 2)))
    assert none["codes"] == ["9019"]
    mediation = await accepted(desk)
    number = await allocation_of(desk)
    other = report_tree(
        MessageKind.START,
        Header(desk.town.agb_of(desk.town.provider), "0034", "ZA3", await desk.today()),
        WHO._replace(bsn=bsn(17)),
        (Product(number, "02", await desk.today(), DeliveryStatus.FIRST),),
    )
    assert (await answered(desk, await send(desk, "WMO305", build(MessageKind.START, other))))["codes"] == ["9019"]
    assert (await send(desk, "WMO302", await retour_to(desk, await ours(desk), "0001"))).status_code == 202
    task = await desk.task(mediation, "resolve_delivery")
    assert ":request-support:" in task["about"]
    state = await desk.read(desk.coordinator, f"/v1/mediations/{mediation}")
    assert state["support"]["number"] is None
    listed = await desk.read(desk.coordinator, PATH, open=True)
    assert [one["codes"] for one in listed["items"] if one["kind"] == "WMO301"] == [["0001"]]


async def test_what_cannot_be_taken_in_is_a_problem_and_gets_no_retour(idle: Desk) -> None:
    good = await started(idle, 900_000_001)
    wrong = [
        (good[:-9], "WMO305", 400),
        (good, "WMO307", 400),
        (good.replace(b"<wmo305:Geslacht>0", b"<wmo305:Geslacht>8"), "WMO305", 400),
        (b"<!DOCTYPE a [<!ENTITY b 'c'>]>" + good, "WMO305", 400),
        (good.replace(b"Ontvanger>0034", b"Ontvanger>9999"), "WMO305", 400),
        (good.replace(idle.town.agb_of(idle.town.provider).encode(), b"00000000"), "WMO305", 400),
        (good, "WMO301", 400),
        (b"x" * (10 * 1024 * 1024), "WMO305", 413),
    ]
    for content, kind, status in wrong:
        response = await send(idle, kind, content)
        assert response.status_code == status, response.text
        assert response.headers["Content-Type"] == "application/problem+json"
        assert "Testpersoon" not in response.text
        assert BSN not in response.text
    assert (await send(idle, "WMO305", good, headers={"Content-Type": "application/json"})).status_code == 415
    assert (await send(idle, "WMO305", good, headers={"Content-Encoding": "gzip"})).status_code == 415
    unknown = await retour_to(idle, {"identification": "DM9999999999"})
    assert "no message of ours to you has this Identificatie" in (await send(idle, "WMO302", unknown)).text
    assert (await idle.read(idle.coordinator, PATH))["items"] == []


async def test_only_a_provider_that_exchanges_messages_sends_them_and_nobody_else_sees_them(idle: Desk) -> None:
    by_hand = ("care_provider", next(name for role, name in idle.town.by_hand.items() if role == "care_provider"))
    for who in (by_hand, idle.coordinator, idle.institution, idle.auditor, idle.admin):
        assert (await send(idle, "WMO305", await started(idle, 1), who)).status_code == 403
    location = (await send(idle, "WMO305", await started(idle, 1))).headers["Location"]
    seen = {who: (await idle.get(who, location)).status_code for who in (idle.provider, idle.coordinator, idle.admin)}
    assert set(seen.values()) == {200}
    other = ("care_provider", idle.town.other_provider)
    for who in (other, idle.elsewhere, idle.institution):
        assert (await idle.get(who, location)).status_code == 404
    assert (await idle.read(other, PATH))["items"] == []
    assert (await idle.get(idle.institution, PATH)).status_code == 403
