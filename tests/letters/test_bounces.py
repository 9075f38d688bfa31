"""Mail that comes back: which letter, and whether for good. Anything may be in it; nothing else is taken from it."""

from email.message import EmailMessage
from email.mime.message import MIMEMessage
from email.mime.multipart import MIMEMultipart
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from activities.letters.bounces import MOST, Bounce, read_bounce

DOMAIN = "almere.example"
REFERENCE = "m-0123456789.task-reminder-kwintes.57.kwintes"


def returned(reference: str = REFERENCE, domain: str = DOMAIN) -> EmailMessage:
    letter = EmailMessage()
    letter["Message-ID"] = f"<{reference}@{domain}>"
    letter["To"] = "noor@client.example"
    letter["Subject"] = "Herinnering"
    letter.set_content("Beste lezer,")
    return letter


def report(
    action: str = "failed", status: str = "5.1.1", letter: EmailMessage | None = None, *, whole: bool = True
) -> bytes:
    """A notification as mail servers write it (RFC 3464)."""
    letter = letter or returned()
    headers = "".join(f"{name}: {value}\n" for name, value in letter.items())
    came_back = f"message/rfc822\n\n{letter.as_string()}" if whole else f"text/rfc822-headers\n\n{headers}"
    recipient = f"Final-Recipient: rfc822; noor@client.example\nAction: {action}\nStatus: {status}\n"
    parts = (
        "text/plain\n\nnoor@client.example does not exist\n",
        f"message/delivery-status\n\nReporting-MTA: dns; mx.example\n\n{recipient}",
        came_back,
    )
    body = "".join(f"--next\nContent-Type: {part}\n" for part in parts)
    head = (
        f"From: MAILER-DAEMON@mx.example\nTo: bounces@{DOMAIN}\nSubject: Undelivered Mail Returned to Sender\n"
        'MIME-Version: 1.0\nContent-Type: multipart/report; report-type=delivery-status; boundary="next"\n'
    )
    return f"{head}\n{body}--next--\n".encode()


@pytest.mark.parametrize("whole", [True, False])
def test_a_letter_that_came_back_is_known_again(whole: bool) -> None:
    assert read_bounce(report(whole=whole), DOMAIN) == Bounce(REFERENCE, "bounce_5_1_1")


@pytest.mark.parametrize(
    ("action", "status", "code"),
    [
        ("failed", "4.4.7", "bounce_4_4_7"),
        ("failed", "4.4.1 (connect to mx.example: timed out)", "bounce_4_4_1"),
        ("Failed", "5.7.1", "bounce_5_7_1"),
        ("failed (gave up after 5 days)", "4.4.7", "bounce_4_4_7"),
        ("failed", "nonsense", "bounce_failed"),
        ("failed", "", "bounce_failed"),
        ("failed", "2.0.0", "bounce_failed"),
    ],
)
def test_what_failed_failed_for_good_whatever_its_status(action: str, status: str, code: str) -> None:
    assert read_bounce(report(action=action, status=status), DOMAIN) == Bounce(REFERENCE, code)


@pytest.mark.parametrize(
    "content",
    [
        *(report(action=action, status="5.1.1") for action in ("delayed", "delivered", "relayed", "expanded", "", "?")),
        report(action="delayed", status="4.4.1"),
        report(action="delivered", status="2.0.0"),
        report(letter=returned(domain="other.example")),
        report(letter=returned(reference="x" * 300)),
        report(letter=returned(reference="a b")),
        returned().as_bytes(),
        b"",
        b"Content-Type: multipart/report\r\n\r\n",
        report() + b"x" * MOST,
    ],
)
def test_what_is_no_letter_of_ours_that_came_back_for_good_is_passed_over(content: bytes) -> None:
    assert read_bounce(content, DOMAIN) is None


@given(st.binary(max_size=2000))
def test_any_bytes_are_read_without_a_fault(content: bytes) -> None:
    assert read_bounce(content, DOMAIN) is None


def test_a_notification_damaged_anywhere_is_read_without_a_fault() -> None:
    chance, whole = Random(7), report()
    read = 0
    for _ in range(2000):
        damaged = bytearray(whole)
        for _ in range(chance.randrange(1, 8)):
            at = chance.randrange(len(damaged))
            damaged[at : at + chance.randrange(4)] = bytes(chance.randrange(256) for _ in range(chance.randrange(4)))
        found = read_bounce(bytes(damaged), DOMAIN)
        read += found is not None
        assert found is None or set(found._fields) == {"reference", "code"}
    assert 200 < read < 2000, "some damage matters, some does not"


def test_parts_within_parts_without_end_are_not_followed() -> None:
    mail: MIMEMultipart = MIMEMultipart("report")
    inner = mail
    for _ in range(60):
        deeper = MIMEMultipart("mixed")
        inner.attach(deeper)
        inner = deeper
    inner.attach(MIMEMessage(returned()))
    assert read_bounce(mail.as_bytes(), DOMAIN) is None
