"""What a district team's system is asked: to assess a client, and to expect one who moves in."""

from activities.delivery import Hand, carries_out
from activities.partner import Answer, Fault, PartnerRefused, Partners
from domain.effects import AskAssessment, GiveNotice
from domain.parties import Role
from domain.record import Delivery
from store.database import Pool


class Numbered(Answer):
    """Something the team has taken in, by its number."""

    number: str


class DistrictTeam(Hand):
    """The systems of the district teams."""

    role = Role.DISTRICT_TEAM

    def __init__(self, pool: Pool, partners: Partners) -> None:
        super().__init__(pool)
        self._partners = partners

    @carries_out
    async def ask_assessment(self, delivery: Delivery[AskAssessment]) -> None:
        """Ask the team to assess; its people answer the task."""
        effect = delivery.effect
        body = {"mediation": delivery.mediation, "dueOn": effect.due_on.isoformat()}
        await self.tell(effect.team, "/assessment-requests", effect.key, body)

    @carries_out
    async def give_notice(self, delivery: Delivery[GiveNotice]) -> None:
        """Tell the team who moves in, where and when."""
        effect = delivery.effect
        body = {
            "mediation": delivery.mediation,
            "district": effect.district,
            "keysOn": effect.keys_on.isoformat(),
        }
        await self.tell(effect.team, "/move-notices", effect.key, body)

    async def tell(self, team: str, path: str, key: str, body: dict[str, str]) -> None:
        """Have a team's system take something in, once per key. Raises PartnerAway or PartnerRefused."""
        said = await self._partners.ask(team, path, key, body, Numbered)
        if isinstance(said, Fault):
            raise PartnerRefused(said.code)
