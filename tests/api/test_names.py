"""A client's name in its parts, as the BRP has them, or in one piece, as it was always taken."""

import pytest

from store.vault import Person
from tests.api.desk import Desk, Json, person

PARTS = {"firstNames": "Noor Jasmijn", "prefix": "el", "surname": "Amrani"}


def named(n: int, **parts: str) -> Json:
    """A person with these parts of a name."""
    return {**{name: value for name, value in person(n).items() if name != "name"}, **parts}


async def shown(desk: Desk, mediation: str) -> Json:
    """Who the client is, as the municipality reads it."""
    return await desk.read(desk.coordinator, f"/v1/mediations/{mediation}/person", purpose="contact")


async def test_a_name_is_told_in_its_parts(desk: Desk) -> None:
    mediation = (await desk.start(person=named(21, **PARTS)))["id"]
    told = await shown(desk, mediation)
    assert told["name"] == "Noor Jasmijn el Amrani"
    assert {name: told[name] for name in PARTS} == PARTS
    body = {"name": "noor amrani", "purpose": "client_calls"}
    found = (await desk.post(desk.coordinator, "/v1/people/search", body)).json()
    assert mediation in [one["id"] for each in found["items"] for one in each["mediations"]]


async def test_a_name_in_one_piece_is_taken_as_it_was_and_has_no_parts(desk: Desk) -> None:
    told = await shown(desk, (await desk.start(person=person(22) | {"name": "Juan García\tMárquez"}))["id"])
    assert told["name"] == "Juan García Márquez"
    assert {told["firstNames"], told["prefix"], told["surname"]} == {None}


async def test_somebody_with_a_single_name_has_it_as_surname(desk: Desk) -> None:
    told = await shown(desk, (await desk.start(person=named(23, surname="Habib")))["id"])
    assert (told["name"], told["firstNames"], told["surname"]) == ("Habib", None, "Habib")


@pytest.mark.parametrize(
    ("given", "field", "message"),
    [
        ({}, "person", "give surname, with firstNames and prefix as the BRP has them, or a single name"),
        ({"firstNames": "Noor"}, "person", "give surname too: somebody with a single name has it as surname"),
        ({"prefix": "van der lange", "surname": "Wit"}, "person.prefix", "give 1 to 10 visible characters"),
        ({"surname": " "}, "person.surname", "give 1 to 200 visible characters"),
    ],
)
async def test_what_is_no_name_is_refused_in_words(idle: Desk, given: Json, field: str, message: str) -> None:
    answer = await idle.post(idle.institution, "/v1/mediations", idle.referral(person=named(24, **given)))
    assert answer.status_code == 400, answer.text
    assert [(e["field"], e["message"]) for e in answer.json()["errors"]] == [(field, message)]


async def test_parts_are_told_later_and_those_of_a_former_name_do_not_stay(desk: Desk) -> None:
    mediation = (await desk.start(person=person(25)))["id"]
    path = f"/v1/mediations/{mediation}/person/contact"

    async def change(key: str, **given: str) -> Json:
        sent = await desk.http.put(path, headers=desk.headers(desk.coordinator, key), json={"who": "client", **given})
        assert sent.status_code == 200, sent.text
        return await shown(desk, mediation)

    told = await change("n-1", **PARTS)
    assert (told["name"], told["surname"], told["prefix"]) == ("Noor Jasmijn el Amrani", "Amrani", "el")
    same = {"who": "client", "name": "Noor Jasmijn el Amrani"}
    kept = await desk.http.put(path, headers=desk.headers(desk.coordinator, "n-3"), json=same)
    assert (kept.status_code, kept.json()["rule"]) == (409, "nothing_to_correct"), "the same name keeps its parts"
    told = await change("n-2", name="Noor Bakker")
    assert (told["name"], told["surname"], told["prefix"]) == ("Noor Bakker", None, None)


def test_a_person_who_was_kept_without_parts_is_written_as_before() -> None:
    kept = (
        '{"bsn":"999990019","name":"Noor de Wit","born_on":"1991-04-12","mail":null,"phone":null,"language":null,'
        '"guide":{"name":"Sam","mail":null,"phone":null},"consents_to_mail":null,"postal_address":[]}'
    )
    assert Person.model_validate_json(kept).model_dump_json() == kept
