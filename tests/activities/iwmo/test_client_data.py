"""What an allocation says of the client, and what a person is asked for when it cannot."""

from datetime import UTC, date, datetime

import pytest

from activities.iwmo.client_data import client_of, contact_of, phone_of
from activities.iwmo.codes import MessageKind
from activities.iwmo.identification import allocation_number, identification
from activities.iwmo.messages import Allocation, Header, allocation_tree, born_of, born_tree
from activities.iwmo.xml_build import build
from activities.partner import PartnerRefused
from domain.facts.born import Born
from domain.facts.value import replace
from store.vault import Person, PersonContact
from tests.activities.iwmo.samples import CLIENT as CLIENT_OF_MESSAGES
from tests.activities.iwmo.samples import CONTACT
from tests.town import CLIENT


@pytest.mark.parametrize(
    ("first", "prefix", "surname"),
    [
        ("Noor", "el", "Amrani"),
        ("Jan Willem", "van de", "Berg"),
        ("Juan", None, "García Márquez"),
        (None, None, "Wit"),
        ("Anna", "'t", "Hoen-Jansen"),
    ],
)
def test_a_name_stands_in_a_message_in_the_parts_that_were_told(
    first: str | None, prefix: str | None, surname: str
) -> None:
    client = client_of(replace(CLIENT, name="Roepnaam", first_names=first, prefix=prefix, surname=surname))
    assert (client.first_names, client.prefix, client.surname) == (first, prefix, surname)


@pytest.mark.parametrize("name", ["Noor el Amrani", "de Wit", "Juan García Márquez", "Wit"])
def test_a_name_that_was_told_in_one_piece_is_never_taken_apart(name: str) -> None:
    person = Person.model_validate(
        {"bsn": CLIENT.bsn, "name": name, "born_on": "1991-04-12", "guide": {"name": "Bram"}}
    )
    with pytest.raises(PartnerRefused) as refused:
        client_of(person)
    assert refused.value.code == "surname_missing"


@pytest.mark.parametrize(
    ("written", "digits"),
    [
        ("06 12345678", "0612345678"),
        ("+31 6 12345678", "0612345678"),
        ("+31 (0)36-1234567", "0361234567"),
        ("0031612345678", "0612345678"),
        ("+49 30 123456", None),
        ("112", None),
        (None, None),
    ],
)
def test_a_dutch_phone_number_becomes_digits(written: str | None, digits: str | None) -> None:
    assert phone_of(written) == ((digits, "0031") if digits else None)


def test_a_client_without_a_phone_is_reached_through_the_guide() -> None:
    guide = PersonContact(name="Bram", phone="036 1234567")
    contact = contact_of(replace(CLIENT, phone=None, guide=guide), "Kwintes Beschermd Wonen" * 3)
    assert (contact.phone, contact.organisation) == ("0361234567", ("Kwintes Beschermd Wonen" * 3)[:35])


@pytest.mark.parametrize(
    ("person", "code"),
    [
        (replace(CLIENT, bsn=""), "bsn_missing"),
        (replace(CLIENT, bsn="123456789"), "bsn_missing"),
        (replace(CLIENT, phone=None), "phone_missing"),
    ],
)
def test_what_the_standard_needs_and_nobody_knows_is_named(person: Person, code: str) -> None:
    with pytest.raises(PartnerRefused) as refused:
        _ = client_of(person), contact_of(person, None)
    assert refused.value.code == code


def test_numbers_have_the_length_the_standard_allows() -> None:
    assert [identification(n) for n in (1, 10**10 - 1)] == ["DM0000000001", "DM9999999999"]
    assert len({identification(n) for n in range(1, 500)}) == 499
    assert allocation_number(1) == 900_000_001
    for wrong in (0, 10**10):
        with pytest.raises(ValueError, match="left"):
            identification(wrong)
    with pytest.raises(ValueError, match="left"):
        allocation_number(10**8)


@pytest.mark.parametrize(
    ("born", "written"),
    [
        ("1991-04-12", {"Datum": "1991-04-12"}),
        ("1949-09-00", {"Datum": "1949-09-01", "DatumGebruik": "1"}),
        ("1953-00-00", {"Datum": "1953-01-01", "DatumGebruik": "2"}),
        ("0000-00-00", {"Datum": "1900-01-01", "DatumGebruik": "3"}),
    ],
)
def test_a_date_of_birth_stands_in_a_message_as_the_instruction_has_it(born: str, written: dict[str, str]) -> None:
    """Invulinstructie IV009 with its examples, and code list 170: day, day and month, or all of it unknown."""
    assert born_tree(Born.read(born)) == written
    assert born_of(born_tree(Born.read(born))) == Born.read(born)


def test_an_allocation_with_a_date_of_birth_that_is_known_in_part_is_a_valid_message() -> None:
    for born in ("1949-09-00", "1953-00-00", "0000-00-00"):
        client = CLIENT_OF_MESSAGES._replace(born_on=Born.read(born))
        header, day = Header("0034", "12345678", "DM0000000001", date(2026, 6, 8)), datetime(2026, 6, 8, 10, tzinfo=UTC)
        tree = allocation_tree(header, client, CONTACT, Allocation(900_000_001, day, day.date()))
        assert b"DatumGebruik" in build(MessageKind.ALLOCATION, tree)
