"""A client of whom the BRP knows only the year, or year and month, of birth is referred, read and found."""

from datetime import timedelta

import pytest

from api.web.pages import born_in_words
from domain.facts.born import Born
from store.database import Pool
from tests.api.desk import Desk, Json, person
from texts import Language, of


async def test_a_client_whose_birth_is_known_only_in_part_is_referred_and_found(desk: Desk) -> None:
    started = await desk.start(person=person(31) | {"bornOn": "1960-00-00"})
    mediation = await desk.read(desk.coordinator, f"/v1/mediations/{started['id']}")
    assert (mediation["referral"]["age"], mediation["referral"]["ageBetween"]) == (None, {"least": 65, "most": 66})
    told = await desk.read(desk.coordinator, f"/v1/mediations/{started['id']}/person", purpose="contact")
    assert told["bornOn"] == "1960-00-00"
    for sought in ("1960-00-00", "1960-05-17", "1960-05-00"):
        body = {"bornOn": sought, "purpose": "client_calls"}
        found = (await desk.post(desk.coordinator, "/v1/people/search", body)).json()
        assert [one["bornOn"] for one in found["items"]] == ["1960-00-00"], sought


@pytest.mark.parametrize("born", ["1960-00-12", "1960-13-00", "12-4-1991", "1960"])
async def test_a_wrong_date_of_birth_is_told_in_words_with_its_field(idle: Desk, born: str) -> None:
    given: Json = person(32) | {"bornOn": born}
    answer = await idle.post(idle.institution, "/v1/mediations", idle.referral(person=given))
    assert answer.status_code == 400, answer.text
    [error] = answer.json()["errors"]
    assert error["field"] == "person.bornOn"
    assert error["message"].startswith("give a date of birth such as 1991-04-12")


async def test_nobody_agreed_to_mail_on_a_day_to_come(idle: Desk) -> None:
    tomorrow = str(await idle.today() + timedelta(days=1))
    for given, refused in ((tomorrow, True), (str(await idle.today()), False)):
        agrees = person(34) | {"consentsToMail": given, "bornOn": "2900-00-00"}
        answer = await idle.post(idle.institution, "/v1/mediations", idle.referral(person=agrees))
        field = "person.consentsToMail" if refused else "person.bornOn"
        assert [error["field"] for error in answer.json()["errors"]] == [field]


@pytest.mark.parametrize("born", ["2900-00-00", "1850-00-00", "1899-12-00"])
async def test_nobody_alive_was_born_then(idle: Desk, born: str) -> None:
    answer = await idle.post(idle.institution, "/v1/mediations", idle.referral(person=person(33) | {"bornOn": born}))
    assert answer.status_code == 400, answer.text
    assert [error["field"] for error in answer.json()["errors"]] == ["person.bornOn"]


@pytest.mark.parametrize(
    ("born", "said"),
    [
        ("1991-04-12", "geboren op 12 april 1991"),
        ("1960-05-00", "geboren in mei 1960"),
        ("1960-00-00", "geboren in 1960"),
        ("0000-00-00", "geboortedatum niet bekend"),
    ],
)
def test_a_page_says_of_a_birth_what_is_known(born: str, said: str) -> None:
    assert born_in_words(Born.read(born), of(Language.DUTCH)) == said


async def test_another_date_of_birth_under_a_known_number_is_for_the_municipality_to_check_and_nobody_else_to_see(
    desk: Desk,
) -> None:
    first, other = person(35), person(35) | {"name": "Iemand Anders", "bornOn": "1950-03-04"}
    ended = await desk.start(person=first)
    leaves = {"type": "withdraw", "source": "client", "reason": "other", "note": "Wil niet meer."}
    left = await desk.post(desk.coordinator, f"/v1/mediations/{ended['id']}/commands", leaves)
    assert left.status_code == 200, left.text
    second = await desk.start(person=other)
    unknown = await desk.start(person=person(36))
    assert second.keys() == unknown.keys(), "who refers does not learn that somebody is known"
    assert "identityDiffers" not in second
    path = f"/v1/mediations/{second['id']}"
    assert (await desk.read(desk.coordinator, path))["identityDiffers"] == ["name", "born_on"]
    events = await desk.read(desk.institution, f"{path}/events")
    assert "dentityDiffers" not in str(events)
    task = await desk.task(second["id"], "check_readiness")
    ready = {"kind": "check_readiness", "result": "ready"}
    refused = await desk.post(desk.coordinator, f"{path}/tasks/{task['id']}/answer", ready)
    assert (refused.status_code, refused.json()["rule"]) == (409, "identity_differs")
    await desk.answer(desk.coordinator, second["id"], "check_readiness", result="ready", note="Paspoort gezien.")


async def test_a_refused_referral_leaves_nothing_of_the_client(desk: Desk, pool: Pool) -> None:
    await desk.start(person=person(37))
    again = await desk.post(desk.institution, "/v1/mediations", desk.referral(person=person(37)))
    assert (again.status_code, again.json()["rule"]) == (409, "person_has_open_mediation")
    stored = await pool.fetch("SELECT count(*) FROM vault_item WHERE kind = 'person' GROUP BY person")
    assert max(row["count"] for row in stored) == 1
