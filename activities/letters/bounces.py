"""Mail that came back: a delivery status notification (RFC 3464), which anybody may have made.

Only two things are read: which of our letters it is about, by our reference, and whether it says that delivery failed
for good. Nothing else of it is kept or logged.
"""

import re
from email import message_from_bytes, policy
from email.message import EmailMessage, Message
from typing import NamedTuple

MOST = 1024 * 1024
"""Bytes. A larger notification is not read: it holds our own letter, and that is small."""
PARTS = 20
"""So many of its parts are looked at, at most."""
_REFERENCE = re.compile(r"^[A-Za-z0-9._-]{3,200}$")
_STATUS = re.compile(r"^([45])\.(\d{1,3})\.(\d{1,3})\b")
_FAILED = re.compile(r"^failed\b", re.IGNORECASE)


class Bounce(NamedTuple):
    """A letter of ours that came back for good."""

    reference: str
    code: str
    """`bounce_` and the status code, such as `bounce_5_1_1`; `bounce_failed` without one that can be read."""


def read_bounce(content: bytes, domain: str) -> Bounce | None:
    """Return which letter came back for good; None for anything else, such as a delay or an answer of a person.

    `domain` is that of our Message-IDs.
    """
    if len(content) > MOST:
        return None
    mail = message_from_bytes(content, policy=policy.default)
    if mail.get_content_type() != "multipart/report" or not mail.is_multipart():
        return None
    code, reference = None, None
    for part in list(mail.walk())[:PARTS]:
        kind = part.get_content_type()
        if kind == "message/delivery-status":
            code = code or _failed(part)
        elif kind in {"message/rfc822", "text/rfc822-headers", "message/rfc822-headers", "message/global-headers"}:
            reference = reference or _reference(part, domain)
    return Bounce(reference, code) if reference and code else None


def _failed(part: Message) -> str | None:
    """Return the status of the first recipient with the action `failed`, which is for good (RFC 3464, 2.3.3).

    The class of the status does not tell whether it is: a server that gives up after days of trying says 4.4.7.
    """
    blocks = part.get_payload()
    for block in blocks if isinstance(blocks, list) else []:
        if not isinstance(block, Message):
            continue
        if _FAILED.match(_field(block, "Action")):
            status = _STATUS.match(_field(block, "Status"))
            return "bounce_" + ("_".join(status.groups()) if status else "failed")
    return None


def _reference(part: Message, domain: str) -> str | None:
    """Return the reference in the Message-ID of the letter that came back."""
    inside = part.get_payload()
    if isinstance(inside, list):
        returned = inside[0] if inside else None
    else:
        raw = part.get_payload(decode=True)
        returned = message_from_bytes(raw, policy=policy.default) if isinstance(raw, bytes) else None
    if not isinstance(returned, Message | EmailMessage):
        return None
    name, _, where = _field(returned, "Message-ID").strip("<> ").rpartition("@")
    return name if where.lower() == domain.lower() and _REFERENCE.match(name) else None


def _field(message: Message, name: str) -> str:
    """Return a header; nothing when it cannot be read."""
    try:
        return str(message.get(name, "")).strip()
    except (ValueError, LookupError, AttributeError, TypeError, IndexError):
        return ""
