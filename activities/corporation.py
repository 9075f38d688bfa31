"""What a housing corporation's system is asked: dwellings, offers and leases. Never anything about care."""

import asyncio
from datetime import date

from pydantic import ValidationError

from activities.delivery import Hand, carries_out
from activities.partner import Answer, Fault, NoSystem, PartnerAway, PartnerRefused, Partners
from domain.answers import ClientAnswer, ConfirmationAnswer, CorporationDecline, RefusalReason
from domain.commands import AnswerTask, AnyCommand, LearnDwellings, LearnLease, WithdrawalReason
from domain.commands import WithdrawOffer as TakeBack
from domain.dwelling import Dwelling, LivingForm
from domain.effects import ListDwellings, PlaceOffer, PrepareLease, ReadOffer, WithdrawOffer
from domain.parties import Role
from domain.record import Delivery
from domain.tasks import TaskKind
from runtime.directory import UnknownOrganisation
from store.database import Pool

DECLINES = {
    "dwelling_unavailable": CorporationDecline.UNAVAILABLE,
    "complex_overloaded": CorporationDecline.COMPLEX_OVERLOADED,
}
"""What a corporation may say instead of making an offer: an answer, not a fault."""

PAGES = 20
"""At most so many pages of dwellings are read; the longest released come first."""
LISTING = 40
"""Seconds in which a corporation must have told all it released: well within one attempt, however slowly it talks."""


class DwellingShown(Answer):
    """A dwelling as the corporation shows it."""

    id: str
    complex: str
    district: str
    rooms: int
    rent_cents: int
    accessible: bool
    low_stimulus: bool
    living_form: LivingForm
    released_on: date
    closed_for_placement: bool = False
    """Older systems do not say it."""


class DwellingPage(Answer):
    """One page of released dwellings."""

    dwellings: tuple[DwellingShown, ...]
    next: str | None = None


class OfferShown(Answer):
    """An offer as the corporation has it."""

    number: str
    state: str
    reason: str | None = None


class Numbered(Answer):
    """Something the corporation made, by its number."""

    number: str


class Corporation(Hand):
    """The systems of the corporations."""

    role = Role.CORPORATION

    def __init__(self, pool: Pool, partners: Partners) -> None:
        super().__init__(pool)
        self._partners = partners

    @carries_out
    async def list_dwellings(self, delivery: Delivery[ListDwellings]) -> AnyCommand:
        """Read what each corporation has released by this day; one that cannot tell now does not hold up the others."""
        effect, asked = delivery.effect, delivery.effect.corporations
        told = await asyncio.gather(*(self._told(corporation, effect.released_by) for corporation in asked))
        away = tuple(corporation for corporation, listed in zip(asked, told, strict=True) if listed is None)
        dwellings = tuple(dwelling for listed in told if listed for dwelling in listed)
        return LearnDwellings(by=self.on_behalf_of(effect.lane), dwellings=dwellings, away=away)

    async def _told(self, corporation: str, day: date) -> list[Dwelling] | None:
        """Return what a corporation released, or None when it cannot tell now. Without a system it lists nothing."""
        try:
            async with asyncio.timeout(LISTING):
                return await self._released(corporation, day)
        except NoSystem:
            return []
        except (PartnerAway, PartnerRefused, UnknownOrganisation, ValidationError, TimeoutError):
            return None

    async def _released(self, corporation: str, day: date) -> list[Dwelling]:
        """Read every page, so that all of a corporation's dwellings are known or none."""
        shown, cursor = list[DwellingShown](), None
        for _ in range(PAGES):
            page = await self._partners.read(
                corporation, "/dwellings", DwellingPage, releasedBy=day.isoformat(), cursor=cursor
            )
            shown += page.dwellings
            cursor = page.next
            if not cursor:
                break
        return [Dwelling(corporation=corporation, **one.model_dump()) for one in shown]

    @carries_out
    async def place_offer(self, delivery: Delivery[PlaceOffer]) -> AnyCommand:
        """Reserve the dwelling. A corporation that declines gives an answer; it is not counted against anyone."""
        effect = delivery.effect
        body = {
            "mediation": delivery.mediation,
            "dwelling": effect.dwelling,
            "household": effect.household,
            "respondBy": effect.respond_by.isoformat(),
        }
        said = await self._partners.ask(effect.corporation, "/offers", effect.key, body, OfferShown)
        if isinstance(said, Fault):
            if said.code not in DECLINES:
                raise PartnerRefused(said.code)
            answer = ConfirmationAnswer(declined=DECLINES[said.code])
        else:
            answer = ConfirmationAnswer(number=said.number)
        return AnswerTask(by=self.on_behalf_of(effect.corporation), task=effect.task, answer=answer)

    @carries_out
    async def read_offer(self, delivery: Delivery[ReadOffer]) -> AnyCommand | None:
        """Read whether the offer was answered or withdrawn in the corporation's own system."""
        effect = delivery.effect
        offer = await self._partners.read(effect.corporation, f"/offers/{effect.number}", OfferShown)
        by = self.on_behalf_of(effect.corporation)
        if offer.state == "withdrawn":
            return TakeBack(by=by, reason=WithdrawalReason.OTHER)
        if offer.state == "offered" or not effect.task.startswith(TaskKind.ANSWER_OFFER):
            return None
        refused = offer.state == "refused"
        answer = ClientAnswer(accept=not refused, reason=_reason(offer) if refused else None)
        return AnswerTask(by=by, task=effect.task, answer=answer)

    @carries_out
    async def withdraw_offer(self, delivery: Delivery[WithdrawOffer]) -> None:
        """Tell the corporation that the dwelling is free again."""
        effect = delivery.effect
        await self._take_back(effect.corporation, effect.number, effect.key, effect.reason)

    async def _take_back(self, corporation: str, number: str, key: str, reason: str) -> None:
        path = f"/offers/{number}/withdrawal"
        said = await self._partners.ask(corporation, path, key, {"reason": reason}, OfferShown)
        if isinstance(said, Fault) and said.code != "not_open":
            raise PartnerRefused(said.code)

    @carries_out
    async def prepare_lease(self, delivery: Delivery[PrepareLease]) -> AnyCommand:
        """Have the lease drawn up."""
        effect = delivery.effect
        body = {"offer": effect.number, "mediation": delivery.mediation, "form": effect.form.value}
        said = await self._partners.ask(effect.corporation, "/leases", effect.key, body, Numbered)
        if isinstance(said, Fault):
            raise PartnerRefused(said.code)
        return LearnLease(by=self.on_behalf_of(effect.corporation), offer=effect.number, number=said.number)


def _reason(offer: OfferShown) -> RefusalReason:
    known = {reason.value for reason in RefusalReason}
    return RefusalReason(offer.reason) if offer.reason in known else RefusalReason.OTHER
