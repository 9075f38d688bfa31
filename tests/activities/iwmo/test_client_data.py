"""What an allocation says of the client, and what a person is asked for when it cannot."""

import pytest

from activities.iwmo.client_data import client_of, contact_of, phone_of
from activities.iwmo.identification import allocation_number, identification
from activities.partner import PartnerRefused
from domain.facts.value import replace
from store.vault import Person, PersonContact
from tests.town import CLIENT


@pytest.mark.parametrize(
    ("name", "first", "prefix", "surname"),
    [
        ("Noor Testpersoon", "Noor", None, "Testpersoon"),
        ("Jan Willem van de Berg", "Jan Willem", "van de", "Berg"),
        ("Anna de Wit-Jansen", "Anna", "de", "Wit-Jansen"),
        ("Van Dijk", "Van", None, "Dijk"),
        ("Wit", None, None, "Wit"),
        ("Ali van den van der Berg", "Ali", None, "van den van der Berg"),
    ],
)
def test_a_name_is_split_as_the_standard_has_it(name: str, first: str | None, prefix: str | None, surname: str) -> None:
    client = client_of(replace(CLIENT, name=name))
    assert (client.first_names, client.prefix, client.surname) == (first, prefix, surname)


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
