"""Partners without a system: a person there answers the task, and records it here."""

from collections import Counter
from datetime import date

from activities.partner import NoSystem
from activities.ports import Listing
from domain.answers import ClientAnswer, ConfirmationAnswer
from domain.commands import WithdrawalReason
from domain.effects import PlaceOffer, PrepareLease, ReadOffer, WithdrawOffer
from domain.record import Delivery


class CorporationByHand:
    """A corporation without a system: it lists nothing, and what is asked of it is asked of its people."""

    async def released(self, corporation: str, day: date, key: str) -> Listing:
        """Nothing can be read there."""
        return Listing((), Counter())

    async def place(self, delivery: Delivery[PlaceOffer]) -> ConfirmationAnswer:
        """The task to confirm the offer is answered there."""
        raise NoSystem

    async def read(self, delivery: Delivery[ReadOffer]) -> ClientAnswer | WithdrawalReason | None:
        """There is nowhere to look."""
        raise NoSystem

    async def withdraw(self, delivery: Delivery[WithdrawOffer]) -> None:
        """Somebody must tell them."""
        raise NoSystem

    async def prepare(self, delivery: Delivery[PrepareLease]) -> str:
        """The task to sign the lease is answered there."""
        raise NoSystem
