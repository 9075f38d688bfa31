"""What an allocation says of the client, read from the vault when the allocation is made."""

import re

from stdnum.nl import bsn

from activities.iwmo.messages import Client, ContactAddress
from activities.partner import PartnerRefused
from runtime.contact_fields import as_dialled, number_as_kept
from store.vault import Person

LONGEST_MAIL, LONGEST_ORGANISATION = 80, 35
"""Characters, by the schemas (see `activities.iwmo.grammar`)."""
NETHERLANDS = "0031"
"""Landnummer."""


def client_of(person: Person) -> Client:
    """Return who the client is. Raises PartnerRefused when something is not known that the standard requires."""
    if not bsn.is_valid(person.bsn):
        raise PartnerRefused("bsn_missing")
    if person.surname is None:
        raise PartnerRefused("surname_missing")  # a name in one piece is never taken apart: a person gives the parts
    return Client(person.bsn, person.born_on, person.surname, person.prefix, person.first_names)


def contact_of(person: Person, institution: str | None) -> ContactAddress:
    """Return how the client is reached: by phone, else through the guide at the institution (TR006, TR061)."""
    own, guide = phone_of(person.phone), phone_of(person.guide.phone)
    mail = person.mail if person.mail and len(person.mail) <= LONGEST_MAIL else None
    if own:
        return ContactAddress(*own, mail=mail)
    if guide:
        return ContactAddress(
            *guide, mail=mail, organisation=institution[:LONGEST_ORGANISATION] if institution else None
        )
    raise PartnerRefused("phone_missing")


def phone_of(text: str | None) -> tuple[str, str] | None:
    """Return a Dutch phone number as digits, and its country; None for a foreign number, whose parts we do not know."""
    digits = re.sub(r"[^0-9]", "", as_dialled(number_as_kept(text or "")))
    return (digits, NETHERLANDS) if re.fullmatch(r"0[1-9][0-9]{7,13}", digits) else None
