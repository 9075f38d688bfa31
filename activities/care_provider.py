"""What is asked of a care provider: to support a client at home, and when that starts."""

from activities.by_hand import ProviderByHand
from activities.delivery import EffectActivities, carries_out
from activities.iwmo.outgoing import Outgoing
from activities.iwmo.provider import IwmoProvider
from activities.partner import PartnerRefused
from activities.ports import SupportPort
from domain.exchange.record import Delivery
from domain.facts.parties import Role
from domain.facts.tasks import TaskKind
from domain.messages.answers import StartAnswer, SupportAnswer
from domain.messages.commands import AnswerTask, AnyCommand, LearnSent, LearnSupportRequest
from domain.messages.effects import CancelSupport, ReadSupport, RequestSupport
from runtime.systems import ByHand, Iwmo
from store.database import Pool


class CareProvider(EffectActivities):
    """The care providers, each asked in its own way."""

    role = Role.CARE_PROVIDER

    def __init__(self, pool: Pool, outgoing: Outgoing) -> None:
        super().__init__(pool)
        self._outgoing = outgoing

    @carries_out
    async def request_support(self, delivery: Delivery[RequestSupport]) -> AnyCommand:
        """Allocate the support."""
        provider = delivery.effect.provider
        asked = await self._port(provider).request(delivery)
        by = self.on_behalf_of(provider)
        return LearnSupportRequest(by=by, provider=provider, number=asked.number, message=asked.message)

    @carries_out
    async def read_support(self, delivery: Delivery[ReadSupport]) -> AnyCommand | None:
        """Read whether the provider reported the start."""
        effect = delivery.effect
        began = await self._port(effect.provider).began(delivery)
        if began is None:
            return None
        starting = effect.task.startswith(TaskKind.START_SUPPORT)
        answer = StartAnswer(started_on=began) if starting else SupportAnswer(starts_on=began)
        return AnswerTask(by=self.on_behalf_of(effect.provider), task=effect.task, answer=answer)

    @carries_out
    async def cancel_support(self, delivery: Delivery[CancelSupport]) -> AnyCommand | None:
        """Tell the provider that support is no longer needed: its allocation is removed, or ends."""
        provider = delivery.effect.provider
        message = await self._port(provider).cancel(delivery)
        return LearnSent(by=self.on_behalf_of(provider), provider=provider, message=message)

    def _port(self, provider: str) -> SupportPort:
        """Return the way in which this provider is asked, by its configuration."""
        match self._outgoing.partners.system_of(provider):
            case Iwmo() as system:
                return IwmoProvider(self._pool, self._outgoing, system)
            case ByHand():
                return ProviderByHand()
            case _:
                raise PartnerRefused("system_not_for_providers")
