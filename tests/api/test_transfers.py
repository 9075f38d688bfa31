"""What a municipality that is asked to carry a mediation on is shown, and how it answers."""

from datetime import timedelta
from typing import Any

import httpx
import pytest

from tests.api.desk import ELSEWHERE, Desk, bsn, person
from tests.town import CLIENT

WHY = "Haar zus en haar werk zijn daar."
KNOWN = "Zij houdt van rust."


def proposing(desk: Desk, today: str, **facts: Any) -> dict[str, Any]:
    return {
        "type": "propose_transfer",
        "to": ELSEWHERE,
        "consentOn": today,
        "consent": "written",
        "shares": ["person", "referral"],
        "note": WHY,
        **facts,
    }


async def propose(desk: Desk, mediation: str, **facts: Any) -> httpx.Response:
    body = proposing(desk, str(await desk.today()), **facts)
    return await desk.post(desk.coordinator, f"/v1/mediations/{mediation}/commands", body)


async def proposed(desk: Desk, **facts: Any) -> str:
    mediation = str((await desk.start())["id"])
    asked = await propose(desk, mediation, **facts)
    assert asked.status_code == 200, asked.text
    return mediation


async def noted(desk: Desk, mediation: str, text: str) -> str:
    """Add a note, and return its id."""
    said = {"type": "add_note", "note": text}
    assert (await desk.post(desk.coordinator, f"/v1/mediations/{mediation}/commands", said)).is_success
    notes = (await desk.read(desk.coordinator, f"/v1/mediations/{mediation}/notes", purpose="hand_over"))["items"]
    return str(next(one["id"] for one in notes if one["text"] == text))


async def reply(desk: Desk, mediation: str, **facts: Any) -> httpx.Response:
    today = await desk.today()
    body = {"accepted": True, "takesOverOn": str(today + timedelta(days=7)), "note": "Dat kan.", **facts}
    return await desk.post(desk.elsewhere, f"/v1/transfers/{mediation}/answer", body)


async def test_before_its_answer_the_other_municipality_is_not_told_who_it_is(desk: Desk) -> None:
    mediation = str((await desk.start())["id"])
    note = await noted(desk, mediation, KNOWN)
    assert (await propose(desk, mediation, notes=[note])).status_code == 200
    listed = (await desk.read(desk.elsewhere, "/v1/transfers"))["items"]
    assert mediation in {one["mediation"] for one in listed}
    shown = await desk.get(desk.elsewhere, f"/v1/transfers/{mediation}")
    assert (shown.status_code, shown.json()["reason"], shown.json()["person"]) == (200, WHY, None)
    assert not [mark for mark in (CLIENT.bsn, "Noor", "Testpersoon", KNOWN) if mark in shown.text]
    assert shown.json()["referral"]["householdSize"] >= 1
    assert (shown.json()["urgency"], shown.json()["offers"]) == (None, None), "the client did not agree to that"


async def test_it_stands_in_the_work_of_both_municipalities_with_one_deadline(desk: Desk) -> None:
    mediation = await proposed(desk)
    due = (await desk.task(mediation, "answer_transfer"))["due"]
    (asking,) = (await desk.read(desk.coordinator, "/v1/work", kind="answer_transfer"))["items"]
    page = await desk.read(desk.elsewhere, "/v1/work")
    (asked,) = [one for one in page["items"] if one["mediation"] == mediation]
    assert (asking["group"], asking["due"], asking["owner"]) == ("waiting_for_partner", due, ELSEWHERE)
    assert (asked["group"], asked["due"], asked["municipality"]) == ("not_due_yet", due, desk.town.municipality)
    assert {asked[name] for name in ("stage", "district", "assignee", "hindrance", "snoozedUntil")} == {None}
    assert (asking["legalLimit"] is None, asked["legalLimit"]) == (False, None), "the term of a decision there"
    assert page["counts"]["notDueYet"] == len([one for one in page["items"] if one["group"] == "not_due_yet"])
    for hidden in ({"stage": "readiness"}, {"district": "haven"}, {"assignee": "me"}):
        items = (await desk.read(desk.elsewhere, "/v1/work", **hidden))["items"]
        assert mediation not in {one["mediation"] for one in items}, "what is not told cannot be asked for either"
    assert (await desk.read(desk.elsewhere, "/v1/work", assignee="none"))["items"] == page["items"]
    stuck = (await desk.read(desk.elsewhere, "/v1/work/stuck"))["items"]
    assert mediation not in {one["mediation"] for one in stuck}
    await reply(desk, mediation, accepted=False, takesOverOn=None)
    for who in (desk.coordinator, desk.elsewhere):
        assert (await desk.read(who, "/v1/work", kind="answer_transfer"))["items"] == []


async def test_an_answer_that_is_far_too_late_is_why_it_is_stuck_for_both_and_all_that_the_other_is_told(
    desk: Desk,
) -> None:
    mediation = await proposed(desk)
    task = await desk.task(mediation, "answer_transfer")
    desk.clock.ahead += timedelta(days=90)
    stuck = {who: (await desk.read(who, "/v1/work/stuck"))["items"] for who in (desk.coordinator, desk.elsewhere)}
    desk.clock.ahead -= timedelta(days=90)
    (asking,) = stuck[desk.coordinator]
    assert (asking["mediation"], asking["stage"]) == (mediation, "readiness")
    assert {one["kind"]: one["owner"] for one in asking["reasons"]} == {
        "check_readiness": desk.town.municipality,
        "answer_transfer": ELSEWHERE,
    }
    (asked,) = [one for one in stuck[desk.elsewhere] if one["mediation"] == mediation]
    answer = {"task": task["id"], "kind": "answer_transfer", "owner": ELSEWHERE, "due": task["due"]}
    assert asked == {
        "mediation": mediation,
        "reference": asking["reference"],
        "municipality": desk.town.municipality,
        "stage": None,
        "assignee": None,
        "since": task["openedAt"],
        "test": False,
        "reasons": [{"reason": "far_too_late", "since": task["openedAt"], **answer}],
        "waitingFor": None,
    }


@pytest.mark.parametrize("end", ["yes", "no", "taken back", "died"])
async def test_once_it_is_over_neither_municipality_has_it_to_do_or_waits_for_it(desk: Desk, end: str) -> None:
    mediation = await proposed(desk)
    here = f"/v1/mediations/{mediation}/commands"
    match end:
        case "taken back":
            ended = await desk.post(desk.coordinator, here, {"type": "withdraw_transfer", "note": "Toch niet."})
        case "died":
            ended = await desk.post(desk.coordinator, here, {"type": "report_death", "source": "family"})
        case "yes":
            ended = await reply(desk, mediation)
        case _:
            ended = await reply(desk, mediation, accepted=False, takesOverOn=None)
    assert ended.status_code == 200, ended.text
    desk.clock.ahead += timedelta(days=90)
    for who in (desk.coordinator, desk.elsewhere):
        work = (await desk.read(who, "/v1/work"))["items"]
        stuck = [reason for one in (await desk.read(who, "/v1/work/stuck"))["items"] for reason in one["reasons"]]
        assert "answer_transfer" not in {one["kind"] for one in (*work, *stuck)}
    told = [one for path in ("", "/stuck") for one in (await desk.read(desk.elsewhere, f"/v1/work{path}"))["items"]]
    assert mediation not in {one["mediation"] for one in told}


async def test_a_task_of_another_municipality_that_rests_there_is_to_be_answered_here_all_the_same(desk: Desk) -> None:
    mediation = await proposed(desk)
    until = (await desk.today() + timedelta(days=5)).isoformat()
    rests = {"type": "snooze_task", "task": "answer_transfer-1", "until": until, "note": "Utrecht belt later."}
    assert (await desk.post(desk.coordinator, f"/v1/mediations/{mediation}/commands", rests)).status_code == 200
    assert (await desk.read(desk.coordinator, "/v1/work", kind="answer_transfer"))["items"] == []
    (asked,) = (await desk.read(desk.elsewhere, "/v1/work", kind="answer_transfer"))["items"]
    assert (asked["mediation"], asked["snoozedUntil"]) == (mediation, None)


async def test_nothing_but_that_is_open_to_it(desk: Desk) -> None:
    mediation = await proposed(desk)
    for path in ("", "/events", "/notes", "/person", "/letters"):
        assert (await desk.get(desk.elsewhere, f"/v1/mediations/{mediation}{path}")).status_code == 404, path
    events = await desk.read(desk.elsewhere, "/v1/events", limit=100)
    assert mediation not in {one["mediation"] for one in events["items"]}
    command = {"type": "add_note", "note": "x"}
    assert (await desk.post(desk.elsewhere, f"/v1/mediations/{mediation}/commands", command)).status_code == 404


async def test_after_a_yes_it_reads_what_the_client_agreed_to_and_the_mediation_has_ended_here(desk: Desk) -> None:
    mediation = str((await desk.start())["id"])
    note = await noted(desk, mediation, KNOWN)
    await noted(desk, mediation, "Dit blijft hier.")
    await propose(desk, mediation, notes=[note], shares=["person", "urgency"])
    answered = await reply(desk, mediation)
    assert answered.status_code == 200, answered.text
    shown = await desk.get(desk.elsewhere, f"/v1/transfers/{mediation}")
    file = shown.json()
    assert (file["person"]["bsn"], file["person"]["name"]) == (CLIENT.bsn, CLIENT.name)
    assert [one["text"] for one in file["notes"]] == [KNOWN]
    assert "Dit blijft hier." not in shown.text
    assert file["urgency"]["receivedOn"] == str(await desk.today())
    assert file["referral"] is None
    state = await desk.read(desk.coordinator, f"/v1/mediations/{mediation}")
    assert (state["stage"], state["outcome"]) == ("closed", "transferred")
    reads = (await desk.read(desk.coordinator, f"/v1/mediations/{mediation}/reads"))["items"]
    assert {one["what"] for one in reads if one["by"]["organisation"] == ELSEWHERE} == {"notes", "person"}
    again = await reply(desk, mediation)
    assert (again.status_code, again.json()["rule"]) == (409, "closed"), "a second click"


async def test_after_a_no_nothing_is_shown_any_more_and_it_goes_on(desk: Desk) -> None:
    mediation = await proposed(desk)
    assert (await reply(desk, mediation, accepted=False, takesOverOn=None)).status_code == 200
    assert (await desk.get(desk.elsewhere, f"/v1/transfers/{mediation}")).status_code == 404
    assert (await desk.get(desk.coordinator, f"/v1/transfers/{mediation}")).status_code == 200
    state = await desk.read(desk.coordinator, f"/v1/mediations/{mediation}")
    assert (state["outcome"], [one["kind"] for one in state["tasks"]]) == (None, ["check_readiness"])


async def test_partners_and_who_is_not_asked_see_nothing(desk: Desk) -> None:
    mediation = await proposed(desk)
    for who in (desk.institution, desk.team, desk.provider, desk.auditor):
        assert (await desk.get(who, f"/v1/transfers/{mediation}")).status_code == 403
    other = str((await desk.start(person=person(7) | {"bsn": bsn(21)}))["id"])
    assert (await desk.get(desk.elsewhere, f"/v1/transfers/{other}")).status_code == 404
    assert (await reply(desk, other)).status_code == 404


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"to": "utrecht"}, "to"),
        ({"byHand": True}, "to"),
        ({"to": "nowhere"}, "to"),
        ({"notes": ["note-0123456789abcdef"]}, "notes"),
        ({"shares": []}, "shares"),
        ({"consentOn": "yesterday"}, "consentOn"),
    ],
)
async def test_what_cannot_be_proposed_is_refused_by_field(desk: Desk, facts: dict[str, Any], field: str) -> None:
    mediation = str((await desk.start())["id"])
    refused = await propose(desk, mediation, **facts)
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (400, field), refused.text


async def test_one_that_does_not_work_here_is_asked_by_hand_with_the_same_file(desk: Desk) -> None:
    mediation = await proposed(desk, to="utrecht", byHand=True)
    file = await desk.read(desk.coordinator, f"/v1/transfers/{mediation}")
    assert (file["to"], file["person"]["bsn"]) == ("utrecht", CLIENT.bsn)
    task = await desk.task(mediation, "answer_transfer")
    assert task["owner"] == desk.town.municipality
    assert (await desk.get(desk.elsewhere, f"/v1/transfers/{mediation}")).status_code == 404
    on = str(await desk.today())
    ended = await desk.answer(desk.coordinator, mediation, "answer_transfer", accepted=True, takesOverOn=on, note=WHY)
    assert ended["outcome"] == "transferred"


async def test_a_referral_tells_where_another_municipality_mediated_before_and_nothing_there_counts_as_decided(
    desk: Desk,
) -> None:
    started = await desk.start(transferredFrom={"municipality": "GM0344", "reference": "U26-0019"})
    before = {"municipality": "utrecht", "reference": "U26-0019"}
    assert started["referral"]["transferredFrom"] == before
    assert (started["stage"], started["urgency"]) == ("readiness", None)
    read = await desk.read(desk.coordinator, f"/v1/mediations/{started['id']}")
    assert read["referral"]["transferredFrom"] == before
    (first, *_) = (await desk.read(desk.coordinator, f"/v1/mediations/{started['id']}/events"))["items"]
    assert first["event"]["referral"]["transferredFrom"] == before
    wrong = {"type": "correct_referral", "note": "Verkeerd nummer."}
    changes = {"changes": {"transferredFrom": before | {"reference": "U26-0091"}}}
    corrected = await desk.post(desk.coordinator, f"/v1/mediations/{started['id']}/commands", wrong | changes)
    assert corrected.json()["referral"]["transferredFrom"]["reference"] == "U26-0091", corrected.text
    other = await desk.start(person=person(7) | {"bsn": bsn(21)})
    assert other["referral"]["transferredFrom"] is None


@pytest.mark.parametrize(
    ("before", "field"),
    [
        ({"municipality": "utrecht"}, "transferredFrom.reference"),
        ({"reference": "U26-0019"}, "transferredFrom.municipality"),
        ({"municipality": "utrecht", "reference": "U" * 41}, "transferredFrom.reference"),
        ({"municipality": "utrecht", "reference": "van mw. De Wit"}, "transferredFrom.reference"),
        ({"municipality": "nowhere", "reference": "U26-0019"}, "transferredFrom.municipality"),
    ],
)
async def test_where_a_client_comes_from_is_refused_by_field_when_it_cannot_be(
    desk: Desk, before: dict[str, str], field: str
) -> None:
    refused = await desk.post(desk.institution, "/v1/mediations", desk.referral(transferredFrom=before))
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (400, field), refused.text


async def test_ones_own_municipality_is_not_where_another_mediated(desk: Desk) -> None:
    ours = {"municipality": desk.town.municipality, "reference": "A26-0019"}
    refused = await desk.post(desk.institution, "/v1/mediations", desk.referral(transferredFrom=ours))
    assert (refused.status_code, refused.json()["rule"]) == (409, "transfer_to_self"), refused.text
