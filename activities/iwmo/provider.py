"""A care provider that exchanges iWmo messages: support is allocated to it, and it reports the start."""

from datetime import date

from temporalio import activity

from activities.iwmo.codes import MessageKind
from activities.iwmo.judgement import NotedProduct, running_since
from activities.iwmo.messages import Product
from activities.iwmo.outgoing import LOCAL, Outgoing
from activities.ports import Requested
from domain.exchange.record import Delivery
from domain.messages.effects import CancelSupport, ReadSupport, RequestSupport
from runtime.systems import Iwmo
from store import care_messages
from store.database import Pool


class IwmoProvider:
    """One provider's system."""

    def __init__(self, pool: Pool, outgoing: Outgoing, system: Iwmo) -> None:
        self._pool = pool
        self._outgoing = outgoing
        self._system = system

    async def request(self, delivery: Delivery[RequestSupport]) -> Requested:
        """Allocate the support (WMO301); the provider owes a retour, and later reports the start."""
        message, number = await self._outgoing.allocate(delivery, self._system, activity.info().started_time)
        return Requested(str(number), message)

    async def began(self, delivery: Delivery[ReadSupport]) -> date | None:
        """Look whether the provider reported the start in a message. A start on a later day does not count yet."""
        effect = delivery.effect
        if not effect.number.isdecimal():
            return None
        number = int(effect.number)
        municipality = await care_messages.municipality_of(self._pool, delivery.mediation)
        reported = await care_messages.reports(self._pool, municipality, effect.provider, [number])
        since = running_since(
            number, [NotedProduct(MessageKind(kind), Product.of_line(*line)) for kind, line in reported]
        )
        return since if since and since <= activity.info().started_time.astimezone(LOCAL).date() else None

    async def cancel(self, delivery: Delivery[CancelSupport]) -> str:
        """Send the allocation anew (WMO301), removed or with its end."""
        return await self._outgoing.let_go(delivery, self._system, activity.info().started_time)
