"""A district team whose system takes our own JSON: no national standard covers an assessment or a notice of a move."""

from activities.partner import Fault, PartnerAnswer, PartnerRefused, Partners
from domain.exchange.record import Delivery
from domain.messages.effects import AskAssessment, GiveNotice

ASSESSMENTS, NOTICES = "/assessment-requests", "/move-notices"


class Numbered(PartnerAnswer):
    """The number under which the team has taken something in."""

    number: str


class PlainTeam:
    """One team's system."""

    def __init__(self, partners: Partners, team: str) -> None:
        self._partners = partners
        self._team = team

    async def ask(self, delivery: Delivery[AskAssessment]) -> None:
        """Ask for the assessment. Of the client the team is told nothing but the number of the mediation."""
        effect = delivery.effect
        body = {"mediation": delivery.mediation, "dueOn": effect.due_on.isoformat()}
        await self.tell(ASSESSMENTS, effect.identity, body)

    async def notify(self, delivery: Delivery[GiveNotice]) -> None:
        """Tell which mediation comes to which district, and when the keys are handed over."""
        effect = delivery.effect
        body = {"mediation": delivery.mediation, "district": effect.district, "keysOn": effect.keys_on.isoformat()}
        await self.tell(NOTICES, effect.identity, body)

    async def tell(self, path: str, key: str, body: dict[str, str]) -> None:
        """Have the system take something in, once per key. Raises PartnerAway or PartnerRefused."""
        said = await self._partners.ask(self._team, path, key, body, Numbered)
        if isinstance(said, Fault):
            raise PartnerRefused(said.code)
