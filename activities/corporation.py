"""What is asked of a housing corporation: dwellings, offers and leases. Never anything about care."""

import asyncio
from datetime import date

import structlog
from temporalio import activity

from activities.by_hand import CorporationByHand
from activities.delivery import EffectActivities, carries_out
from activities.partner import PartnerAway, PartnerRefused, Partners
from activities.ports import CorporationPort, Listing
from activities.vera.corporation import VeraCorporation
from activities.vera.tokens import Tokens
from domain.exchange.record import Delivery
from domain.facts.parties import Role
from domain.facts.tasks import TaskKind
from domain.messages.commands import AnswerTask, AnyCommand, LearnDwellings, LearnLease, WithdrawalReason, WithdrawOffer
from domain.messages.effects import FreeDwelling, ListDwellings, PlaceOffer, PrepareLease, ReadOffer
from runtime.directory import UnknownOrganisation
from runtime.error_report import described
from runtime.systems import ByHand, Vera
from store.database import UNAVAILABLE, Pool

NAMED = 20
"""So many of the dwellings left out are named, for each corporation."""
LISTING = 40
"""Seconds that a corporation has to list all it released: well within one attempt (`workflows.mediation.ATTEMPT`)."""


class Corporation(EffectActivities):
    """The corporations, each asked in its own way."""

    role = Role.CORPORATION

    def __init__(self, pool: Pool, partners: Partners) -> None:
        super().__init__(pool)
        self._partners = partners
        self._tokens = Tokens(partners)

    @carries_out
    async def list_dwellings(self, delivery: Delivery[ListDwellings]) -> AnyCommand:
        """Read what each corporation has released by this day. One that cannot be read now is named as away."""
        effect, asked = delivery.effect, delivery.effect.corporations
        told = await asyncio.gather(*(self._told(one, effect.released_by, effect.key) for one in asked))
        away = tuple(corporation for corporation, listed in zip(asked, told, strict=True) if listed is None)
        dwellings = tuple(dwelling for listed in told if listed for dwelling in listed.dwellings)
        left_out = tuple(one for listed in told if listed for one in listed.left_out[:NAMED])
        by = self.on_behalf_of(effect.lane)
        return LearnDwellings(by=by, dwellings=dwellings, away=away, left_out=left_out)

    async def _told(self, corporation: str, day: date, key: str) -> Listing | None:
        """Return what a corporation released, or None when that cannot be read now.

        Whatever goes wrong with one corporation, the others are listed. Only trouble with PostgreSQL is raised: it is
        no corporation's.
        """
        try:
            async with asyncio.timeout(LISTING):
                listing = await self._port(corporation).released(corporation, day, key)
        except (PartnerAway, PartnerRefused, UnknownOrganisation, TimeoutError):
            return None
        except UNAVAILABLE:
            raise
        except Exception as error:  # nobody can list all that may be wrong with an answer
            _tell_unexpected(corporation, error)
            return None
        _count_skipped(corporation, listing)
        return listing

    @carries_out
    async def place_offer(self, delivery: Delivery[PlaceOffer]) -> AnyCommand:
        """Have the dwelling kept for the client. The corporation may decline, which counts against nobody."""
        effect = delivery.effect
        answer = await self._port(effect.corporation).place(delivery)
        return AnswerTask(by=self.on_behalf_of(effect.corporation), task=effect.task, answer=answer)

    @carries_out
    async def read_offer(self, delivery: Delivery[ReadOffer]) -> AnyCommand | None:
        """Read whether the offer was answered or withdrawn in the corporation's own system."""
        effect = delivery.effect
        answer = await self._port(effect.corporation).read(delivery)
        by = self.on_behalf_of(effect.corporation)
        if isinstance(answer, WithdrawalReason):
            return WithdrawOffer(by=by, reason=answer)
        if answer is None or not effect.task.startswith(TaskKind.ANSWER_OFFER):
            return None
        return AnswerTask(by=by, task=effect.task, answer=answer)

    @carries_out
    async def withdraw_offer(self, delivery: Delivery[FreeDwelling]) -> None:
        """Tell the corporation that the dwelling is free again."""
        await self._port(delivery.effect.corporation).withdraw(delivery)

    @carries_out
    async def prepare_lease(self, delivery: Delivery[PrepareLease]) -> AnyCommand:
        """Have the lease drawn up."""
        effect = delivery.effect
        number = await self._port(effect.corporation).prepare(delivery)
        return LearnLease(by=self.on_behalf_of(effect.corporation), offer=effect.number, number=number)

    def _port(self, corporation: str) -> CorporationPort:
        """Return the way in which this corporation is asked, by its configuration."""
        match self._partners.system_of(corporation):
            case Vera() as system:
                return VeraCorporation(self._partners, self._tokens, corporation, system)
            case ByHand():
                return CorporationByHand(self._pool)
            case _:
                raise PartnerRefused("system_not_for_corporations")


def _tell_unexpected(corporation: str, error: Exception) -> None:
    """Report a list that could not be read for a reason that nobody foresaw: in the log, and as a measurement."""
    structlog.get_logger().error("a list cannot be read", corporation=corporation, error=described(error))
    counter = activity.metric_meter().create_counter("mediation_lists_unreadable", "Lists that could not be read")
    counter.add(1, {"corporation": corporation})


def _count_skipped(corporation: str, listing: Listing) -> None:
    """Report the dwellings that could not be used, so that somebody can mend them: in the log, and as a measurement."""
    if not listing.skipped:
        return
    numbers = [one.number for one in listing.left_out if one.number]
    structlog.get_logger().warning(
        "dwellings skipped", corporation=corporation, lacking=dict(listing.skipped), numbers=numbers[:NAMED]
    )
    meter = activity.metric_meter()
    counter = meter.create_counter("mediation_dwellings_skipped", "Released dwellings that lack what is needed")
    for lacking, count in listing.skipped.items():
        counter.add(count, {"corporation": corporation, "lacking": lacking})
