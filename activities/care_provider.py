"""What a care provider's system is asked: to support a client at home, and when that starts.

A provider's system exchanges messages (iWmo). Whoever has none is asked by its tasks, which its people do by hand.
"""

from datetime import date

from temporalio import activity

from activities.delivery import Hand, carries_out
from activities.iwmo.codes import Kind
from activities.iwmo.judgement import Noted, running_since
from activities.iwmo.messages import Product
from activities.iwmo.outgoing import LOCAL, Outgoing
from activities.partner import NoSystem
from domain.answers import StartAnswer, SupportAnswer
from domain.commands import AnswerTask, AnyCommand, LearnSent, LearnSupportRequest
from domain.effects import CancelSupport, ReadSupport, RequestSupport
from domain.parties import Role
from domain.record import Delivery
from domain.tasks import TaskKind
from runtime.systems import Iwmo
from store import care_messages
from store.database import Pool, Source


class CareProvider(Hand):
    """The systems of the care providers."""

    role = Role.CARE_PROVIDER

    def __init__(self, pool: Pool, outgoing: Outgoing) -> None:
        super().__init__(pool)
        self._outgoing = outgoing

    @carries_out
    async def request_support(self, delivery: Delivery[RequestSupport]) -> AnyCommand:
        """Allocate the support (WMO301); the provider owes a retour, and later reports the start."""
        effect = delivery.effect
        system, now = self._speaking(effect.provider), activity.info().started_time
        message, number = await self._outgoing.allocate(delivery, system, now)
        by = self.on_behalf_of(effect.provider)
        return LearnSupportRequest(by=by, provider=effect.provider, number=str(number), message=message)

    @carries_out
    async def read_support(self, delivery: Delivery[ReadSupport]) -> AnyCommand | None:
        """Look among the messages received whether the provider reported the start."""
        effect = delivery.effect
        self._speaking(effect.provider)
        if not effect.number.isdecimal():
            return None
        municipality = await care_messages.municipality_of(self._pool, delivery.mediation)
        began = await started_on(self._pool, municipality, effect.provider, int(effect.number))
        if began is None or began > activity.info().started_time.astimezone(LOCAL).date():
            return None
        starting = effect.task.startswith(TaskKind.START_SUPPORT)
        answer = StartAnswer(started_on=began) if starting else SupportAnswer(starts_on=began)
        return AnswerTask(by=self.on_behalf_of(effect.provider), task=effect.task, answer=answer)

    @carries_out
    async def cancel_support(self, delivery: Delivery[CancelSupport]) -> AnyCommand | None:
        """Tell the provider that support is no longer needed: its allocation is removed, or ends."""
        effect = delivery.effect
        system, now = self._speaking(effect.provider), activity.info().started_time
        message = await self._outgoing.let_go(delivery, system, now)
        return LearnSent(by=self.on_behalf_of(effect.provider), provider=effect.provider, message=message)

    def _speaking(self, provider: str) -> Iwmo:
        system = self._outgoing.speaks(provider)
        if system is None:
            raise NoSystem
        return system


async def started_on(source: Source, municipality: str, provider: str, number: int) -> date | None:
    """Return since when support runs under an allocation, by what its provider reported; None when it does not."""
    reported = await care_messages.reports(source, municipality, provider, [number])
    earlier = [Noted(Kind(kind), Product.of_line(*line)) for kind, line in reported]
    return running_since(number, earlier)
