"""What is asked of a district team: to assess a client, and to prepare for a client who moves to its district."""

from activities.by_hand import TeamByHand
from activities.delivery import EffectActivities, carries_out
from activities.partner import PartnerRefused, Partners
from activities.plain_team import PlainTeam
from activities.ports import AssessmentPort
from domain.exchange.record import Delivery
from domain.facts.parties import Role
from domain.messages.effects import AskAssessment, GiveNotice
from runtime.systems import ByHand, Plain
from store.database import Pool


class DistrictTeam(EffectActivities):
    """The district teams, each asked in its own way."""

    role = Role.DISTRICT_TEAM

    def __init__(self, pool: Pool, partners: Partners) -> None:
        super().__init__(pool)
        self._partners = partners

    @carries_out
    async def ask_assessment(self, delivery: Delivery[AskAssessment]) -> None:
        """Ask the team to assess; its people answer the task."""
        await self._port(delivery.effect.team).ask(delivery)

    @carries_out
    async def give_notice(self, delivery: Delivery[GiveNotice]) -> None:
        """Tell the team who moves in, where and when."""
        await self._port(delivery.effect.team).notify(delivery)

    def _port(self, team: str) -> AssessmentPort:
        """Return the way in which this team is asked, by its configuration."""
        match self._partners.system_of(team):
            case Plain():
                return PlainTeam(self._partners, team)
            case ByHand():
                return TeamByHand()
            case _:
                raise PartnerRefused("system_not_for_teams")
