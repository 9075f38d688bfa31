"""What we need of partners, whatever protocol their systems have: one port (a `Protocol`) for each need.

Each port has an adapter that calls a partner's system by a standard, and one for partners without a system, whose
people answer tasks instead. Which of the two a partner gets is configuration of that partner (`runtime.systems`).

| need                         | port             | adapter                            | by hand             |
|------------------------------|------------------|------------------------------------|---------------------|
| released dwellings           | `DwellingPort`   | `VeraCorporation` (VERA)           | `CorporationByHand` |
| offers                       | `OfferPort`      | `VeraCorporation`                  | `CorporationByHand` |
| tenancy                      | `TenancyPort`    | `VeraCorporation`                  | `CorporationByHand` |
| support: allocation, start   | `SupportPort`    | `IwmoProvider` (iWmo)              | `ProviderByHand`    |
| assessment                   | `AssessmentPort` | `PlainTeam` (our JSON)             | `TeamByHand`        |
| contact                      | `ContactPort`    | `Mail`, `NotifyNl`, `ToWebhook`    | `InboxOnly`         |
"""

from collections import Counter
from datetime import date
from typing import NamedTuple, Protocol

from activities.letters.letter import LastLook, ReadyLetter, unseen
from domain.exchange.record import Delivery
from domain.facts.dwelling import Dwelling, LeftOut
from domain.messages.answers import ClientAnswer, ConfirmationAnswer
from domain.messages.commands import WithdrawalReason
from domain.messages.effects import (
    AskAssessment,
    CancelSupport,
    FreeDwelling,
    GiveNotice,
    PlaceOffer,
    PrepareLease,
    ReadOffer,
    ReadSupport,
    RequestSupport,
)


class Listing(NamedTuple):
    """What a corporation has released."""

    dwellings: tuple[Dwelling, ...]
    left_out: tuple[LeftOut, ...]

    @property
    def skipped(self) -> Counter[str]:
        """Return how many dwellings could not be used, by what they lack."""
        return Counter(one.lacks for one in self.left_out)


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

    async def withdraw(self, delivery: Delivery[FreeDwelling]) -> None:
        """Let others have the dwelling."""


class TenancyPort(Protocol):
    """Leases."""

    async def prepare(self, delivery: Delivery[PrepareLease]) -> str:
        """Have the lease drawn up, once per effect; return its number. Raises PartnerAway, PartnerRefused."""


class CorporationPort(DwellingPort, OfferPort, TenancyPort, Protocol):
    """All that is asked of a housing corporation."""


class Requested(NamedTuple):
    """A request for support that was sent."""

    number: str
    """Of the allocation."""
    message: str
    """Of the message that carried it."""


class SupportPort(Protocol):
    """Support at home: its allocation, and its start. Every method raises PartnerAway or PartnerRefused."""

    async def request(self, delivery: Delivery[RequestSupport]) -> Requested:
        """Allocate the support, once per effect."""

    async def began(self, delivery: Delivery[ReadSupport]) -> date | None:
        """Return since when support runs, by what the provider reported; None while it does not."""

    async def cancel(self, delivery: Delivery[CancelSupport]) -> str:
        """Remove or end the allocation, once per effect; return the number of the message that says so."""


class AssessmentPort(Protocol):
    """Assessing clients, and notice of those who move in. Every method raises PartnerAway or PartnerRefused."""

    async def ask(self, delivery: Delivery[AskAssessment]) -> None:
        """Ask for the assessment, once per effect; people there answer the task."""

    async def notify(self, delivery: Delivery[GiveNotice]) -> None:
        """Tell who moves in, where and when, once per effect."""


class ContactPort(Protocol):
    """Letters to a client, a guide, or the people of an organisation."""

    async def post(self, letter: ReadyLetter, look: LastLook = unseen) -> str | None:
        """Hand a letter over, once for its key; return by what the channel knows it, None when it does not go at all.

        `look` is called with what sends the letter, when everything that can be done beforehand has been done. Raises
        PartnerRefused when the letter will never be taken, and ChannelAway while it cannot be.
        """
