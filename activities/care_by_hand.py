"""Care providers and district teams without a system: a person there answers the task, and records it here."""

from datetime import date

from activities.partner import NoSystem
from activities.ports import Requested
from domain.exchange.record import Delivery
from domain.messages.effects import AskAssessment, CancelSupport, GiveNotice, ReadSupport, RequestSupport


class ProviderByHand:
    """A care provider without a system."""

    async def request(self, delivery: Delivery[RequestSupport]) -> Requested:
        """The task to confirm the support is answered there."""
        raise NoSystem

    async def began(self, delivery: Delivery[ReadSupport]) -> date | None:
        """There is nowhere to look."""
        raise NoSystem

    async def cancel(self, delivery: Delivery[CancelSupport]) -> str:
        """Somebody must tell them."""
        raise NoSystem


class TeamByHand:
    """A district team without a system."""

    async def ask(self, delivery: Delivery[AskAssessment]) -> None:
        """The task to assess is answered there."""
        raise NoSystem

    async def notify(self, delivery: Delivery[GiveNotice]) -> None:
        """Somebody must tell them."""
        raise NoSystem
