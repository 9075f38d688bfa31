"""How an organisation is reached, and when it is absent: mailboxes and phones of functions, never of persons."""

from datetime import date
from enum import StrEnum
from typing import Any, Self

from pydantic import model_validator

from domain.facts.days import WrittenDay
from runtime.contact_fields import MailAddress, PhoneNumber, as_dialled
from runtime.systems import Setting


class Purpose(StrEnum):
    """What people contact an organisation for."""

    GENERAL = "general"
    REFERRALS = "referrals"
    """Aanmeldingen."""
    ASSESSMENT = "assessment"
    OFFERS = "offers"
    """Dwellings and offers (woningaanbod)."""
    LEASE = "lease"
    SUPPORT = "support"
    SIGNALS = "signals"
    """Nuisance, arrears and worries."""
    OUT_OF_HOURS = "out_of_hours"
    """24-uurs bereikbaarheid."""
    COMPLAINTS = "complaints"
    SYSTEMS = "systems"
    """Connections and what goes wrong with them."""


class Contact(Setting):
    """The mailbox or phone of a function. Written as `offers=woningen@ymere.example,036 123 4567`."""

    purpose: Purpose
    mail: MailAddress | None = None
    phone: PhoneNumber | None = None

    @model_validator(mode="before")
    @classmethod
    def _from_text(cls, given: Any) -> Any:
        if not isinstance(given, str):
            return given
        purpose, _, reached = given.partition("=")
        parts = [part.strip() for part in reached.split(",")]
        mails, phones = [p for p in parts if "@" in p], [p for p in parts if p and "@" not in p]
        if len(mails) > 1 or len(phones) > 1:
            raise ValueError("one mailbox and one phone number for a purpose")
        return {"purpose": purpose.strip(), "mail": next(iter(mails), None), "phone": next(iter(phones), None)}

    @model_validator(mode="after")
    def _reached_somehow(self) -> Self:
        if self.mail is None and self.phone is None:
            raise ValueError("a contact has a mailbox, a phone number or both")
        return self

    def __str__(self) -> str:
        return f"{self.purpose}={','.join(filter(None, (self.mail, as_dialled(self.phone or ''))))}"


class OrganisationAbsence(Setting):
    """Days on which an organisation does not answer, both included. Written as `2026-07-20/2026-08-07`."""

    first: WrittenDay
    last: WrittenDay

    @model_validator(mode="before")
    @classmethod
    def _from_text(cls, given: Any) -> Any:
        if not isinstance(given, str):
            return given
        first, _, last = given.partition("/")
        return {"first": first.strip(), "last": (last or first).strip()}

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.last < self.first:
            raise ValueError("an absence ends after it begins")
        return self

    def __contains__(self, day: date) -> bool:
        return self.first <= day <= self.last

    def __str__(self) -> str:
        return f"{self.first}/{self.last}"
