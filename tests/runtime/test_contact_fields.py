"""Mail addresses by RFC 5321 and 5322, phone numbers by ITU E.164 and the Dutch numbering plan."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from activities.iwmo.client_data import phone_of
from runtime.contact_fields import AS_KEPT, MailAddress, PhoneNumber, as_dialled, mail_address, phone_number
from runtime.contacts import Contact
from runtime.directory import Organisation
from runtime.mailbox import in_ascii
from runtime.settings import MailSettings
from store.vault import PersonContact


@pytest.mark.parametrize(
    ("written", "kept", "dialled"),
    [
        ("(036) 123 45 67", "+31361234567", "036 123 4567"),
        ("036-1234567", "+31361234567", "036 123 4567"),
        ("06.12.34.56.78", "+31612345678", "06 12345678"),
        ("06\u201112345678", "+31612345678", "06 12345678"),
        ("06\u00a01234\u00a05678", "+31612345678", "06 12345678"),
        ("+31 (0)6 12345678", "+31612345678", "06 12345678"),
        ("0031 6 12345678", "+31612345678", "06 12345678"),
        ("14 036", "+3114036", "14 036"),
        ("0800 8020", "+318008020", "0800 8020"),
        ("+32 470 12 34 56", "+32470123456", "+32 470 12 34 56"),
        ("0049 30 901820", "+4930901820", "+49 30 901820"),
    ],
)
def test_a_phone_number_is_kept_in_one_form_and_shown_as_it_is_dialled(written: str, kept: str, dialled: str) -> None:
    assert phone_number(written) == kept
    assert as_dialled(kept) == dialled
    assert phone_number(dialled) == kept


NO_PHONES = """
12 | 036-12345 | 06 1234567 | 06 123456789 | 0999999999 | 06 12345678 of 06 87654321 | 06 1234 56ab | 036 1234567 tst 12
06 12345678 / 036 1234567 | + | 00 | +999 123456 | +316666666666666666 | noor@example.nl
"""


@pytest.mark.parametrize("written", ["", *(one.strip() for one in re.split(r"[|\n]", NO_PHONES.strip()))])
def test_what_is_no_phone_number_is_refused_in_words(written: str) -> None:
    with pytest.raises(ValueError, match="this is no phone number: give it with its area code"):
        phone_number(written)


@given(
    st.from_regex(r"6[1-5][0-9]{7}", fullmatch=True), st.sampled_from(["0{}", "+31{}", "0031{}", "+31(0){}"]), st.data()
)
def test_however_a_mobile_number_is_spaced_it_is_the_same(number: str, way: str, data: st.DataObject) -> None:
    plain = way.format(number)
    at = data.draw(st.integers(min_value=5, max_value=len(plain) - 1))
    between = data.draw(st.sampled_from([" ", "-", ".", "\u00a0", "\u2011", " - "]))
    assert phone_number(f" {plain[:at]}{between}{plain[at:]} ") == f"+31{number}"
    assert phone_of(plain) == (f"0{number}", "0031")


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("j.d'hondt@example.nl", "j.d'hondt@example.nl"),
        ("noor+wonen@Example.NL", "noor+wonen@example.nl"),
        (" noor@example.nl\u00a0", "noor@example.nl"),
        ("o'brien_{x}@mail.example.nl", "o'brien_{x}@mail.example.nl"),
        ("noor@bücher.example", "noor@bücher.example"),
        ("a" * 64 + "@example.nl", "a" * 64 + "@example.nl"),
    ],
)
def test_a_mail_address_is_taken_as_the_standard_has_it(written: str, kept: str) -> None:
    assert mail_address(written) == kept


NO_ADDRESSES = """
noor | noor@ | @example.nl | noor@. | a..b@example.nl | .a@example.nl | a.@example.nl | a@b@example.nl | noor@example
noor@example..nl | noor@-example.nl | a b@example.nl | a,b@example.nl | <a@example.nl> | Noor <a@example.nl>
a@[127.0.0.1]
"""
AND = ("", "a\tb@example.nl", "a\n@example.nl", "a" * 65 + "@example.nl")


@pytest.mark.parametrize("written", [*AND, *(one.strip() for one in re.split(r"[|\n]", NO_ADDRESSES.strip()))])
def test_what_is_no_mail_address_is_refused_in_words(written: str) -> None:
    with pytest.raises(ValidationError, match="this is no mail address: ") as refused:
        TypeAdapter(MailAddress).validate_python(written)
    assert "pattern" not in str(refused.value)


def test_a_domain_goes_on_the_envelope_as_name_servers_know_it() -> None:
    assert in_ascii("noor@straße.example") == "noor@xn--strae-oqa.example", "IDNA 2008: not the domain strasse.example"


@pytest.mark.parametrize("sender", ["a..b@example.nl", "Gemeente <noor@.>", "noor@example"])
def test_a_sender_of_the_settings_is_an_address_of_the_same_kind(sender: str) -> None:
    with pytest.raises(ValidationError, match="mail_from"):
        MailSettings(smtp_host="localhost", mail_from=sender)
    assert MailSettings(smtp_host="localhost", mail_from="Almere <j.d'hondt@example.nl>").sender_address


def test_what_an_earlier_release_kept_still_reads() -> None:
    contact = {"purpose": "offers", "mail": "a..b@ymere", "phone": "14 000"}
    document = {"id": "ymere", "role": "corporation", "name": "Ymere", "mail": "post@ymere", "contacts": [contact]}
    with pytest.raises(ValidationError):
        Organisation.model_validate(document)
    read = Organisation.model_validate(document, context=AS_KEPT)
    assert (read.mail, read.contacts[0].mail, read.contacts[0].phone) == ("post@ymere", "a..b@ymere", "14 000")
    assert PersonContact(name="Bram", phone="036 1234567").phone == "+31361234567"
    assert PersonContact(name="Bram", phone="bel het loket").phone == "bel het loket"


def test_a_contact_of_the_directory_takes_what_a_referral_takes() -> None:
    told = Contact.model_validate("offers=j.d'hondt@ymere.nl,(036) 123 45 67")
    assert (told.mail, told.phone) == ("j.d'hondt@ymere.nl", "+31361234567")
    assert TypeAdapter(PhoneNumber).validate_python("036 123 45 67") == told.phone
