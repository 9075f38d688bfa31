"""Partners without a system: their people release dwellings here, and answer tasks."""

from datetime import date

from activities.partner import NoSystem
from activities.ports import Listing
from domain.exchange.record import Delivery
from domain.facts.dwelling import LeftOut
from domain.messages.answers import ClientAnswer, ConfirmationAnswer, CorporationDecline
from domain.messages.commands import WithdrawalReason
from domain.messages.effects import FreeDwelling, PlaceOffer, PrepareLease, ReadOffer
from store import released
from store.database import Pool


class CorporationByHand:
    """A corporation without a system: it lists what its people released here, and they are asked what a system is."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def released(self, corporation: str, day: date, key: str) -> Listing:
        """Read what its people released by that day and did not take back, and what is kept for nobody."""
        dwellings, more = await released.listed(self._pool, corporation, day)
        return Listing(dwellings, (LeftOut(corporation=corporation, lacks="place in the list"),) * more)

    async def place(self, delivery: Delivery[PlaceOffer]) -> ConfirmationAnswer:
        """Decline for a dwelling that was taken back or closed meanwhile; else its people answer the task."""
        effect = delivery.effect
        one = await released.known(self._pool, effect.corporation, effect.dwelling)
        if one and one.taken_back_on is not None:
            return ConfirmationAnswer(declined=CorporationDecline.UNAVAILABLE)
        if one and one.dwelling.closed_for_placement:
            return ConfirmationAnswer(declined=CorporationDecline.COMPLEX_OVERLOADED)
        raise NoSystem

    async def read(self, delivery: Delivery[ReadOffer]) -> ClientAnswer | WithdrawalReason | None:
        """There is nowhere to look."""
        raise NoSystem

    async def withdraw(self, delivery: Delivery[FreeDwelling]) -> None:
        """Its people are told by letter."""
        raise NoSystem

    async def prepare(self, delivery: Delivery[PrepareLease]) -> str:
        """The task to sign the lease is answered there."""
        raise NoSystem
