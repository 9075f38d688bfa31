"""The search for personal data in mails: whatever way a mail writes it, and not in the address that it must have."""

from email.message import EmailMessage

import pytest

from domain.messages.effects import Letter
from sandbox.checks import TO_THE_CLIENT, tells_why
from sandbox.leaks import Marks, in_mail

NAME, MARK = "Zoë Brontë-Testpersoon", "112233445"


def mail(encoding: str, charset: str = "utf-8", *, text: str = "Niets bijzonders.") -> EmailMessage:
    letter = EmailMessage()
    letter["From"], letter["To"] = "bemiddeling@example.org", "zoe.testpersoon@example.org"
    letter["Subject"], letter["Message-ID"] = "Een aanbod", "<m-1@example.org>"
    letter.set_content(text, cte=encoding, charset=charset)
    return letter


@pytest.mark.parametrize(
    ("encoding", "charset"),
    [("base64", "utf-8"), ("quoted-printable", "utf-8"), ("8bit", "utf-8"), ("quoted-printable", "iso-8859-1")],
)
def test_a_name_in_the_text_is_found_however_it_is_encoded(encoding: str, charset: str) -> None:
    content = mail(encoding, charset, text=f"{'x' * 70} {NAME} {MARK}").as_bytes()
    assert in_mail(Marks([NAME, MARK]), content) == {NAME, MARK}


def test_a_name_in_a_header_or_in_a_file_that_goes_with_it_is_found() -> None:
    letter = mail("7bit")
    letter.replace_header("Subject", f"Een aanbod voor {NAME}")
    assert in_mail(Marks([NAME]), letter.as_bytes()) == {NAME}
    letter = mail("7bit")
    letter.add_attachment(f"SUMMARY:{NAME}".encode(), maintype="text", subtype="calendar", filename="a.ics")
    assert in_mail(Marks([NAME]), letter.as_bytes()) == {NAME}


def test_the_address_that_a_mail_must_have_is_none_of_it() -> None:
    address = "zoe.testpersoon@example.org"
    assert in_mail(Marks([address]), mail("7bit").as_bytes()) == set()
    assert in_mail(Marks([address]), mail("7bit", text=f"Aan {address}.").as_bytes()) == {address}


def named(letter: Letter, reader: str, *, audiences: str = "client-guide") -> bytes:
    sent = mail("7bit")
    sent["X-Mediation-Effect"] = f"m-1:{letter.value.replace('_', '-')}-{audiences}:19:{reader}"
    return sent.as_bytes()


@pytest.mark.parametrize(
    "letter", [Letter.REJECTED, Letter.URGENCY_ENDED, Letter.DECISION_TERM_EXTENDED, Letter.OBJECTION_EXTENDED]
)
def test_only_the_client_reads_the_words_of_who_decided(letter: Letter) -> None:
    assert tells_why(named(letter, "client"))
    assert tells_why(named(letter, "client", audiences="client"))
    assert not tells_why(named(letter, "guide"))
    assert not tells_why(named(letter, "kwintes", audiences="kwintes"))


@pytest.mark.parametrize("letter", [Letter.URGENCY_GRANTED, Letter.OFFER_MADE, Letter.TASK_REMINDER])
def test_a_letter_that_says_no_reason_names_nobody_not_even_to_the_client(letter: Letter) -> None:
    assert not tells_why(named(letter, "client"))
    assert all(key.endswith("-client") for key in TO_THE_CLIENT)
