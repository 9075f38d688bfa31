"""What a care provider's system is asked: to support a client at home, and when that starts."""

from datetime import date

from activities.delivery import Hand, carries_out
from activities.partner import Answer, Fault, PartnerRefused, Partners
from domain.answers import StartAnswer, SupportAnswer
from domain.commands import AnswerTask, AnyCommand, LearnSupportRequest
from domain.effects import CancelSupport, ReadSupport, RequestSupport
from domain.parties import Role
from domain.record import Delivery
from domain.tasks import TaskKind
from store.database import Pool


class SupportShown(Answer):
    """A request for support as the provider has it."""

    number: str
    state: str
    starts_on: date | None = None
    started_on: date | None = None


class CareProvider(Hand):
    """The systems of the care providers."""

    role = Role.CARE_PROVIDER

    def __init__(self, pool: Pool, partners: Partners) -> None:
        super().__init__(pool)
        self._partners = partners

    @carries_out
    async def request_support(self, delivery: Delivery[RequestSupport]) -> AnyCommand:
        """Ask for support; the provider answers later when it starts."""
        effect = delivery.effect
        body = {
            "mediation": delivery.mediation,
            "product": effect.product.value,
            "district": effect.district,
            "wantedBy": None,
        }
        said = await self._partners.ask(effect.provider, "/support-requests", effect.key, body, SupportShown)
        if isinstance(said, Fault):
            raise PartnerRefused(said.code)
        by = self.on_behalf_of(effect.provider)
        return LearnSupportRequest(by=by, provider=effect.provider, number=said.number)

    @carries_out
    async def read_support(self, delivery: Delivery[ReadSupport]) -> AnyCommand | None:
        """Read whether support was planned or started in the provider's own system."""
        effect = delivery.effect
        shown = await self._partners.read(effect.provider, f"/support-requests/{effect.number}", SupportShown)
        starting = effect.task.startswith(TaskKind.START_SUPPORT)
        answer: SupportAnswer | StartAnswer | None = None
        if shown.state == "unable":
            answer = StartAnswer(unable=True) if starting else SupportAnswer(unable=True)
        elif starting and shown.started_on:
            answer = StartAnswer(started_on=shown.started_on)
        elif not starting and (shown.starts_on or shown.started_on):
            answer = SupportAnswer(starts_on=shown.starts_on or shown.started_on)
        if answer is None:
            return None
        return AnswerTask(by=self.on_behalf_of(effect.provider), task=effect.task, answer=answer)

    @carries_out
    async def cancel_support(self, delivery: Delivery[CancelSupport]) -> None:
        """Tell the provider that support is no longer needed."""
        effect = delivery.effect
        path = f"/support-requests/{effect.number}/cancellation"
        said = await self._partners.ask(effect.provider, path, effect.key, {}, SupportShown)
        if isinstance(said, Fault) and said.code != "not_open":
            raise PartnerRefused(said.code)
