"""One mailbox as somebody writes it: alone (`a@example.org`), or with a name (`Gemeente Almere <a@example.org>`).

A header shows it as it was written. On the envelope and in a URI only the bare address may stand.
"""

from email.errors import HeaderParseError, InvalidHeaderDefect
from email.headerregistry import Address
from email.policy import SMTP

from runtime.contact_fields import ascii_domain, mail_address


class NoMailbox(ValueError):
    """This text is not one mailbox."""

    def __init__(self) -> None:
        super().__init__('not one mailbox: a@example.org, or Name <a@example.org>; quote a name with a comma, "A, B"')


def bare(text: str) -> str:
    """Return the bare address of a sender. Raises NoMailbox, also for one outside ASCII, which many servers refuse."""
    one = _parsed(text)
    if one is None or not one.addr_spec.isascii() or not (one.username and one.domain):
        raise NoMailbox
    return mail_address(one.addr_spec)


def in_ascii(address: str) -> str:
    """Return an address with its domain as name servers know it (IDNA). Raises ValueError when it is none."""
    name, at, domain = address.rpartition("@")
    return f"{name}{at}{domain if domain.isascii() else ascii_domain(address)}"


def _parsed(text: str) -> Address | None:
    if any(character in text for character in "\r\n\0"):
        return None
    try:
        header = SMTP.header_factory("From", text)
        addresses: tuple[Address, ...] = header.addresses
        groups = [group for group in header.groups if group.display_name is not None]
    except (HeaderParseError, IndexError, ValueError):
        return None
    faulty = any(isinstance(defect, InvalidHeaderDefect) for defect in header.defects)
    return addresses[0] if len(addresses) == 1 and not groups and not faulty else None
