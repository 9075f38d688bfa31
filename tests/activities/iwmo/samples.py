"""Messages for tests: about an invented client, with what is wanted changed."""

from datetime import UTC, date, datetime
from typing import Any

from activities.iwmo.codes import DeliveryStatus, MessageKind
from activities.iwmo.messages import Allocation, Client, ContactAddress, Header, Product, allocation_tree
from activities.iwmo.xml_build import build
from activities.iwmo.xml_parse import Branch
from domain.facts.born import Born
from sandbox.partners.provider_messages import report_tree

AGB, MUNICIPALITY = "42420001", "0034"
CLIENT = Client("999990019", Born(2001, 2, 3), "Testpersoon", "van de", "Noor")
CONTACT = ContactAddress("0612345678", "0031", "noor@client.example", "Het Anker")
DAY = date(2026, 6, 1)


def allocation(**changes: Any) -> Branch:
    """An allocation (WMO301)."""
    header = Header(MUNICIPALITY, AGB, "DM0000000001", DAY)
    made = Allocation(900_000_001, datetime(2026, 6, 1, 12, 34, 56, tzinfo=UTC), DAY)
    return allocation_tree(header, CLIENT, CONTACT, made._replace(**changes))


def report(kind: MessageKind = MessageKind.START, *products: Product, **header: Any) -> Branch:
    """A start or a stop (WMO305, WMO307)."""
    sent = Header(AGB, MUNICIPALITY, "ZA0000000001", DAY)._replace(**header)
    return report_tree(kind, sent, CLIENT, products or ((START if kind is MessageKind.START else STOP),))


START = Product(900_000_001, "02", DAY, DeliveryStatus.FIRST)
STOP = START._replace(ends_on=date(2026, 9, 1), reason="19")


def start_xml(**header: Any) -> bytes:
    """A start as bytes."""
    return build(MessageKind.START, report(**header))
