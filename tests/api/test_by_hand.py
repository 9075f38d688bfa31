"""Where corporation and provider have no system their people do everything through the API."""

from datetime import date, timedelta
from typing import Any

import pytest
from temporalio.client import Client

from domain.facts.parties import Role
from store.database import Pool
from tests.api.desk import Desk, eventually, everything, person, skip
from tests.api.test_releases import CSV, PATH, hand, release, take_back, upload


async def looking(desk: Desk, **changes: Any) -> str:
    """A mediation for which a dwelling is sought."""
    mediation: str = (await desk.start(**changes))["id"]
    await desk.answer(desk.coordinator, mediation, "check_readiness", result="ready")
    await desk.answer(desk.coordinator, mediation, "determine_origin", origin="almere")
    await desk.grant(mediation)
    return mediation


async def candidates(desk: Desk, mediation: str) -> list[str]:
    state = await eventually(
        lambda state: state if state["candidates"] and not state["deliveriesWaiting"] else None, desk, mediation
    )
    return [candidate["dwelling"]["id"] for candidate in state["candidates"]]


async def match(desk: Desk, mediation: str, dwelling: str, **why: str) -> None:
    chosen = {"corporation": hand(desk)[1], "dwelling": dwelling}
    await desk.answer(desk.coordinator, mediation, "make_offer", **chosen, **why)
    await desk.settled(mediation)


async def state(desk: Desk, dwelling: str) -> str:
    return str((await desk.read(hand(desk), f"{PATH}/{dwelling}"))["state"])


async def letters(desk: Desk, mediation: str, who: tuple[str, str]) -> list[tuple[str, str | None]]:
    """The letters to this organisation, and about which task."""
    await desk.settled(mediation)
    items = (await desk.read(desk.coordinator, f"/v1/mediations/{mediation}/letters"))["items"]
    return [(one["letter"], one["task"]) for one in items if one["reader"] == who[1] and one["state"] == "posted"]


@pytest.mark.timeout(240)
async def test_people_of_a_corporation_and_a_provider_without_a_system_carry_it_through(
    desk: Desk, client: Client
) -> None:
    corporation, provider = hand(desk), ("care_provider", desk.town.by_hand[Role.CARE_PROVIDER])
    for dwelling in ("H-1", "H-2"):
        await release(desk, dwelling)
    mediation = await looking(desk, careProvider=provider[1])
    assert await candidates(desk, mediation) == ["H-1", "H-2"]
    await match(desk, mediation, "H-1")
    assert await letters(desk, mediation, corporation) == [("task_opened", "confirm_offer-1")]
    await desk.answer(corporation, mediation, "confirm_offer", number="H-1/1")
    await desk.answer(desk.institution, mediation, "answer_offer", accept=False, reason="rent", note="Te duur.")
    assert ("offer_let_go", None) in await letters(desk, mediation, corporation)
    assert await state(desk, "H-1") == "released"
    await desk.answer(desk.coordinator, mediation, "judge_refusal", valid=True)
    assert await candidates(desk, mediation) == ["H-2"], "what was refused is not offered to the same client again"
    await match(desk, mediation, "H-2")
    await desk.answer(corporation, mediation, "confirm_offer", number="H-2/1")
    await desk.answer(desk.institution, mediation, "answer_offer", accept=True)
    assert ("task_opened", "sign_lease-1") in await letters(desk, mediation, corporation)
    assert ("task_opened", "confirm_support-1") in await letters(desk, mediation, provider)

    wanted = (await desk.today() + timedelta(days=14)).isoformat()
    await desk.answer(corporation, mediation, "sign_lease", form="conversion", keysOn=wanted)
    after = await desk.answer(provider, mediation, "confirm_support", startsOn=wanted)
    keys_on = date.fromisoformat(after["lease"]["keysOn"])
    await skip(desk, client, mediation, keys_on - await desk.today())
    await desk.answer(corporation, mediation, "hand_over_keys", on=keys_on.isoformat())
    await desk.answer(provider, mediation, "start_support", startedOn=keys_on.isoformat())
    called = await desk.task(mediation, "follow_up_call")
    await skip(desk, client, mediation, date.fromisoformat(called["due"][:10]) - await desk.today())
    fine = await desk.answer(
        desk.coordinator, mediation, "follow_up_call", dayPart="morning", reached=True, result="fine"
    )
    assert fine["concluded"] == "housed_follow_up_held"
    own_name = (await desk.today()).isoformat()
    closed = await desk.answer(corporation, mediation, "decide_conversion", result="converted", on=own_name)
    assert (closed["stage"], closed["ended"]) == ("closed", True)
    events = (await desk.read(desk.coordinator, f"/v1/mediations/{mediation}/events", limit=100))["items"]
    assert "delivery_failed" not in {one["event"]["type"] for one in events}
    assert (await state(desk, "H-2"), await state(desk, "H-1")) == ("kept", "released")


async def test_a_dwelling_under_offer_is_offered_to_nobody_else_until_it_is_free_again(desk: Desk) -> None:
    await release(desk, "H-1")
    one, other = await looking(desk), await looking(desk, person=person(7))
    assert await candidates(desk, one) == await candidates(desk, other) == ["H-1"]
    await match(desk, one, "H-1")
    task = await desk.task(other, "make_offer")
    choice = {"kind": "make_offer", "corporation": hand(desk)[1], "dwelling": "H-1"}
    taken = await desk.post(desk.coordinator, f"/v1/mediations/{other}/tasks/{task['id']}/answer", choice)
    assert (taken.status_code, taken.json()["rule"]) == (409, "dwelling_taken")
    third = await looking(desk, person=person(8))
    assert (await desk.settled(third))["candidates"] == []
    refused = await take_back(desk, "H-1")
    assert (refused.status_code, refused.json()["rule"]) == (409, "dwelling_kept")

    await desk.answer(hand(desk), one, "confirm_offer", number="H-1/1")
    path = f"/v1/mediations/{one}/commands"
    let = {"type": "withdraw_offer", "reason": "let_otherwise", "note": "Toch anders."}
    assert (await desk.post(hand(desk), path, let)).status_code == 200
    assert await state(desk, "H-1") == "taken_back", "it is let to somebody else, as its corporation said"
    assert (await release(desk, "H-1")).status_code == 200
    assert await state(desk, "H-1") == "released"
    fourth = await looking(desk, person=person(9))
    assert await candidates(desk, fourth) == ["H-1"]
    assert (await take_back(desk, "H-1")).status_code == 200
    fifth = await looking(desk, person=person(10))
    assert (await desk.settled(fifth))["candidates"] == []


async def test_a_dwelling_that_was_taken_back_or_closed_since_it_was_listed_is_declined_without_asking(
    desk: Desk, pool: Pool
) -> None:
    await release(desk, "H-1")
    await release(desk, "H-2")
    clients = [await looking(desk), await looking(desk, person=person(7))]
    assert [await candidates(desk, one) for one in clients] == [["H-1", "H-2"]] * 2
    assert (await take_back(desk, "H-1")).status_code == 200
    await pool.execute("UPDATE released_dwelling SET closed_for_placement = true WHERE id = 'H-2'")
    declined = []
    for one, dwelling in zip(clients, ("H-1", "H-2"), strict=True):
        await match(desk, one, dwelling, note="Past hier het beste.")
        events = (await desk.read(desk.coordinator, f"/v1/mediations/{one}/events", limit=100))["items"]
        declined += [each["event"]["reason"] for each in events if each["event"]["type"] == "offer_declined"]
        assert await letters(desk, one, hand(desk)) == []
    assert declined == ["unavailable", "complex_overloaded"]


async def test_who_is_offered_a_home_of_which_the_rent_goes_up_hears_of_it_at_once(desk: Desk) -> None:
    await release(desk, "H-1")
    await release(desk, "H-2", releasedOn="2026-01-05")
    mediation = await looking(desk)
    await candidates(desk, mediation)
    await match(desk, mediation, "H-1")
    await desk.answer(hand(desk), mediation, "confirm_offer", number="H-1/1")
    limit = (await desk.settled(mediation))["referral"]["needs"]["rentLimitCents"]
    assert (await release(desk, "H-1", rentCents=limit)).status_code == 200
    offer = (await desk.settled(mediation))["offers"][-1]
    assert (offer["state"], offer["dwelling"]["rentCents"]) == ("placed", limit)
    lines = f"H-1;De Oever;haven;2;{limit + 1};no;2026-01-04\n"
    assert (await upload(desk, CSV + lines)).status_code == 200
    after = await desk.settled(mediation)
    assert after["offers"][-1]["state"] == "withdrawn"
    assert [task["kind"] for task in after["tasks"]] == ["make_offer"]
    sent = (await desk.read(desk.coordinator, f"/v1/mediations/{mediation}/letters"))["items"]
    assert {(one["letter"], one["reader"]) for one in sent if one["letter"] in {"rent_raised", "offer_withdrawn"}} == {
        (letter, reader) for letter in ("rent_raised", "offer_withdrawn") for reader in ("client", "guide")
    }


async def test_who_waits_hears_of_a_home_as_soon_as_it_is_released_and_the_municipality_sees_who_fits_it(
    desk: Desk,
) -> None:
    first, second = await looking(desk), await looking(desk, person=person(7))
    assert (await desk.settled(first))["candidates"] == []
    before = await desk.clock.now()
    assert (await release(desk, "H-1")).status_code == 201
    assert await candidates(desk, first) == await candidates(desk, second) == ["H-1"]
    assert await desk.clock.now() - before < timedelta(minutes=1)

    path = f"/v1/dwellings/{hand(desk)[1]}/H-1/clients"
    fitting = await desk.read(desk.coordinator, path)
    assert [(one["mediation"], one["suits"], one["listed"]) for one in fitting["items"]] == [
        (first, True, True),
        (second, True, True),
    ]
    assert (await desk.http.get(path, headers=desk.headers(hand(desk)))).status_code == 403
    task = (await desk.task(second, "make_offer"))["id"]
    choice = {"kind": "make_offer", "corporation": hand(desk)[1], "dwelling": "H-1"}
    refused = await desk.post(desk.coordinator, f"/v1/mediations/{second}/tasks/{task}/answer", choice)
    assert (refused.status_code, refused.json()["rule"]) == (409, "others_come_first")
    reason = {**choice, "note": "Woont nu op straat."}
    chosen = await desk.post(desk.coordinator, f"/v1/mediations/{second}/tasks/{task}/answer", reason)
    assert chosen.status_code == 200

    def prepared(page: Any) -> Any:
        return next((one["event"] for one in page["items"] if one["event"]["type"] == "offer_prepared"), None)

    events = f"/v1/mediations/{second}/events"
    told = prepared(await desk.read(desk.coordinator, events, limit=100))
    assert [one["mediation"] for one in told["passedOver"]] == [first]
    for partner in (desk.institution, desk.team, hand(desk)):
        seen = prepared(await desk.read(partner, events, limit=100))
        assert not seen or {"passedOver", "following", "turn"}.isdisjoint(seen)


async def test_the_municipality_lists_the_homes_that_nobody_has_with_who_comes_first(desk: Desk, pool: Pool) -> None:
    later = (await desk.today() + timedelta(days=20)).isoformat()
    for dwelling, day in {"H-1": "2026-01-06", "H-2": "2026-01-04", "H-3": later, "H-4": "2026-01-05"}.items():
        assert (await release(desk, dwelling, releasedOn=day)).status_code == 201
    await take_back(desk, "H-4")
    await upload(desk, CSV.strip() + ";closed_for_placement\nH-5;De Oever;haven;2;60000;yes;2026-01-07;yes\n")
    first, second = await looking(desk), await looking(desk, person=person(7))
    assert await candidates(desk, first) == await candidates(desk, second) == ["H-2", "H-1"]

    async def told(**asked: Any) -> list[tuple[str, str, int, str | None]]:
        found = await everything(desk, desk.coordinator, "/v1/dwellings", limit=2, **asked)
        return [(one["id"], one["state"], one["waiting"], one["first"]) for one in found]

    planned, closed = ("H-3", "planned", 0, None), ("H-5", "released", 0, None)
    assert await told() == [("H-2", "released", 2, first), ("H-1", "released", 2, first), closed, planned]
    await match(desk, first, "H-2")
    assert await told(corporation=hand(desk)[1]) == [("H-1", "released", 1, second), closed, planned]
    assert await told(corporation=desk.town.corporation) == []
    home = (await desk.read(desk.coordinator, "/v1/dwellings", limit=1))["items"][0]
    assert home == {
        "id": "H-1",
        "corporation": hand(desk)[1],
        "complex": "De Oever",
        "district": "haven",
        "rooms": 2,
        "rentCents": 60_000,
        "accessible": False,
        "lowStimulus": False,
        "livingForm": "independent",
        "releasedOn": "2026-01-06",
        "closedForPlacement": False,
        "state": "released",
        "waiting": 1,
        "first": second,
    }, "these fields and no others"
    assert await everything(desk, desk.elsewhere, "/v1/dwellings") == [], "no home of another municipality"
    for who in (desk.institution, desk.team, desk.provider, desk.corporation, hand(desk), desk.auditor, desk.admin):
        assert (await desk.get(who, "/v1/dwellings")).status_code == 403
    wrong = await desk.get(desk.coordinator, "/v1/dwellings", cursor="x")
    assert (wrong.status_code, wrong.json()["errors"][0]["field"]) == (400, "cursor")


@pytest.mark.timeout(180)
async def test_a_corporation_takes_back_no_home_of_which_the_lease_is_signed_until_the_municipality_confirms_it(
    desk: Desk,
) -> None:
    await release(desk, "H-1")
    mediation = await looking(desk)
    await candidates(desk, mediation)
    await match(desk, mediation, "H-1")
    await desk.answer(hand(desk), mediation, "confirm_offer", number="H-1/1")
    await desk.answer(desk.institution, mediation, "answer_offer", accept=True)
    wanted = (await desk.today() + timedelta(days=14)).isoformat()
    await desk.answer(hand(desk), mediation, "sign_lease", form="conversion", keysOn=wanted)
    path = f"/v1/mediations/{mediation}/commands"
    back = {"type": "withdraw_offer", "reason": "let_otherwise", "note": "Toch anders."}

    for confirmed in (False, True):
        assert (await desk.post(hand(desk), path, back)).status_code == 200
        again = await desk.post(hand(desk), path, back)
        assert (again.status_code, again.json()["rule"]) == (409, "already_reported")
        shown = await desk.settled(mediation)
        assert (shown["stage"], shown["offers"][-1]["state"]) == ("acceptance", "accepted")
        assert await state(desk, "H-1") == "kept"
        asked = await desk.task(mediation, "confirm_offer_withdrawal")
        assert (asked["owner"], asked["about"]) == (desk.coordinator[1], hand(desk)[1])
        said = {"kind": "confirm_offer_withdrawal", "confirmed": confirmed, "note": "Nagevraagd bij de corporatie."}
        there = f"/v1/mediations/{mediation}/tasks/{asked['id']}/answer"
        assert (await desk.post(hand(desk), there, said)).json()["rule"] == "not_yours"
        after = (await desk.post(desk.coordinator, there, said)).json()
        told = await letters(desk, mediation, hand(desk))
        assert ("lease_stands", None) in told
        assert (("offer_let_go", None) in told) is confirmed
        assert after["offers"][-1]["state"] == ("withdrawn" if confirmed else "accepted")
    assert await state(desk, "H-1") == "taken_back"
    own = (await desk.read(hand(desk), f"/v1/mediations/{mediation}/events", limit=100))["items"]
    kinds = [one["event"]["type"] for one in own]
    assert kinds.count("offer_withdrawal_reported") == 2
    assert {"offer_withdrawal_denied", "offer_withdrawn"} <= set(kinds)
