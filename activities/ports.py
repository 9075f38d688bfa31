"""What we need of a partner, whatever its system speaks: one port for each need.

Each port has a standard adapter, which talks to a partner's system or to its reference server, and work by hand: a
person there answers the task. Which of them a partner has is configuration of that partner.
"""

from collections import Counter
from datetime import date
from typing import NamedTuple, Protocol

from domain.answers import ClientAnswer, ConfirmationAnswer
from domain.commands import WithdrawalReason
from domain.dwelling import Dwelling
from domain.effects import PlaceOffer, PrepareLease, ReadOffer, WithdrawOffer
from domain.record import Delivery


class Listing(NamedTuple):
    """What a corporation has released."""

    dwellings: tuple[Dwelling, ...]
    skipped: Counter[str]
    """How many dwellings could not be used, by what they lack."""


class DwellingPort(Protocol):
    """Dwellings that a corporation has released for direct mediation."""

    async def released(self, corporation: str, day: date, key: str) -> Listing:
        """Return what is released by this day. Raises PartnerAway, PartnerRefused."""


class OfferPort(Protocol):
    """Offers of those dwellings. Every method raises PartnerAway or PartnerRefused."""

    async def place(self, delivery: Delivery[PlaceOffer]) -> ConfirmationAnswer:
        """Have the dwelling kept for this client, once per effect; the corporation may decline."""

    async def read(self, delivery: Delivery[ReadOffer]) -> ClientAnswer | WithdrawalReason | None:
        """Return what became of the offer there: answered by the client, taken back, or None."""

    async def withdraw(self, delivery: Delivery[WithdrawOffer]) -> None:
        """Let others have the dwelling."""


class TenancyPort(Protocol):
    """Leases."""

    async def prepare(self, delivery: Delivery[PrepareLease]) -> str:
        """Have the lease drawn up, once per effect; return its number. Raises PartnerAway, PartnerRefused."""


class CorporationPort(DwellingPort, OfferPort, TenancyPort, Protocol):
    """All that is asked of a housing corporation."""
