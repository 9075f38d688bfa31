"""Partners without a system: their people release dwellings here, and answer the tasks that a system would answer."""

from datetime import date

from activities.partner import NoSystem
from activities.ports import Listing, Requested
from domain.exchange.record import Delivery
from domain.facts.dwelling import LeftOut
from domain.messages.answers import ClientAnswer, ConfirmationAnswer, CorporationDecline
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
from store import released
from store.database import Pool


class CorporationByHand:
    """A corporation without a system: it has the dwellings that its people released here, and they answer tasks."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def released(self, corporation: str, day: date, key: str) -> Listing:
        """Read what its people released by that day, did not take back, and is not kept for anybody."""
        dwellings, more = await released.listed(self._pool, corporation, day)
        return Listing(dwellings, (LeftOut(corporation=corporation, lacks="place in the list"),) * more)

    async def place(self, delivery: Delivery[PlaceOffer]) -> ConfirmationAnswer:
        """Decline a dwelling that was taken back or closed meanwhile; otherwise its people answer the task."""
        effect = delivery.effect
        one = await released.known(self._pool, effect.corporation, effect.dwelling)
        if one and one.taken_back_on is not None:
            return ConfirmationAnswer(declined=CorporationDecline.UNAVAILABLE)
        if one and one.dwelling.closed_for_placement:
            return ConfirmationAnswer(declined=CorporationDecline.COMPLEX_OVERLOADED)
        raise NoSystem

    async def read(self, delivery: Delivery[ReadOffer]) -> ClientAnswer | WithdrawalReason | None:
        """There is no system to look into."""
        raise NoSystem

    async def withdraw(self, delivery: Delivery[FreeDwelling]) -> None:
        """Its people are told by letter."""
        raise NoSystem

    async def prepare(self, delivery: Delivery[PrepareLease]) -> str:
        """Its people answer the task to sign the lease."""
        raise NoSystem


class ProviderByHand:
    """A care provider without a system."""

    async def request(self, delivery: Delivery[RequestSupport]) -> Requested:
        """Its people answer the task to confirm the support."""
        raise NoSystem

    async def began(self, delivery: Delivery[ReadSupport]) -> date | None:
        """There is no system to look into."""
        raise NoSystem

    async def cancel(self, delivery: Delivery[CancelSupport]) -> str:
        """A person is asked to tell them."""
        raise NoSystem


class TeamByHand:
    """A district team without a system."""

    async def ask(self, delivery: Delivery[AskAssessment]) -> None:
        """Its people answer the task to assess."""
        raise NoSystem

    async def notify(self, delivery: Delivery[GiveNotice]) -> None:
        """A person is asked to tell them."""
        raise NoSystem
