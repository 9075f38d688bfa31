"""A district team whose system takes our own JSON: no national standard covers an assessment or a notice of a move.

What may have been sent before is looked up first, under its key. A system in which we cannot look must know the key
again by itself.
"""

from activities.asked import perhaps_done
from activities.partner import Fault, PartnerAnswer, PartnerRefused, Partners
from domain.exchange.record import Delivery
from domain.messages.effects import AskAssessment, GiveNotice

ASSESSMENTS, NOTICES, MESSAGES = "/assessment-requests", "/move-notices", "/messages"
UNREADABLE = frozenset({"not_understood", "too_long"})
"""Codes of a look that tells nothing: sending all the same could double what is there."""


class Numbered(PartnerAnswer):
    """The number under which the team has taken something in."""

    number: str


class MessagesUnderKey(PartnerAnswer):
    """The numbers of what the team has taken in under a key: none when it has nothing."""

    numbers: tuple[str, ...]


class PlainTeam:
    """One team's system."""

    def __init__(self, partners: Partners, team: str) -> None:
        self._partners = partners
        self._team = team

    async def ask(self, delivery: Delivery[AskAssessment]) -> None:
        """Ask for the assessment. Of the client the team is told nothing but the number of the mediation."""
        effect = delivery.effect
        body = {"mediation": delivery.mediation, "dueOn": effect.due_on.isoformat()}
        await self.tell(ASSESSMENTS, effect.identity, body, perhaps_done=perhaps_done(delivery))

    async def notify(self, delivery: Delivery[GiveNotice]) -> None:
        """Tell which mediation comes to which district, and when the keys are handed over."""
        effect = delivery.effect
        body = {"mediation": delivery.mediation, "district": effect.district, "keysOn": effect.keys_on.isoformat()}
        await self.tell(NOTICES, effect.identity, body, perhaps_done=perhaps_done(delivery))

    async def tell(self, path: str, key: str, body: dict[str, str], *, perhaps_done: bool) -> None:
        """Have the system take something in, once per key. Raises PartnerAway or PartnerRefused.

        A refusal may say that the key is there already, in words that no standard names: then it is looked up, too.
        """
        if perhaps_done and await self._has(key):
            return
        said = await self._partners.ask(self._team, path, key, body, Numbered)
        if isinstance(said, Fault) and not await self._has(key):
            raise PartnerRefused(said.code)

    async def _has(self, key: str) -> bool:
        """Tell whether the team has taken something in under this key. Where we cannot look, it counts as not."""
        try:
            found = await self._partners.read(self._team, MESSAGES, MessagesUnderKey, key=key)
        except PartnerRefused as refused:
            if refused.code in UNREADABLE:
                raise
            return False
        return bool(found.numbers)
