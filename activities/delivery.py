"""Carrying out an effect, and noting in the outbox what became of it."""

import functools
from collections.abc import Awaitable, Callable
from typing import TypeVar

import structlog
from temporalio import activity
from temporalio.exceptions import ApplicationError

from activities import turns
from activities.alive import to_its_end
from activities.asked import perhaps_done
from activities.partner import NoSystem, PartnerAway, PartnerRefused, not_understood
from activities.postgres import postgres_may_be_away
from domain.exchange.record import Delivery, Learned
from domain.facts.parties import Actor, Role
from domain.messages.commands import AnyCommand, LearnNoSystem, ReportUndelivered
from domain.messages.effects import (
    LEFT_TO_PEOPLE,
    AnyEffect,
    CallWaiting,
    CancelSupport,
    FreeDwelling,
    ListDwellings,
    PlaceOffer,
    ReadOffer,
    ReadSupport,
    RequestSupport,
    SendLetter,
)
from runtime.directory import UnknownOrganisation
from runtime.error_report import described
from store import outbox
from store.database import UNAVAILABLE, Pool
from store.outbox import Result

E = TypeVar("E", bound=AnyEffect)
H = TypeVar("H", bound="EffectActivities")

NOBODY_TO_ASK = (ListDwellings, ReadOffer, ReadSupport)
"""Effects that only look into a system. Where there is none, its people report by themselves or answer their task."""

ALWAYS_WANTED = (CallWaiting, CancelSupport, FreeDwelling, SendLetter)
"""What is done also when a mediation has ended. Whether a letter is still wanted is judged where it is written."""

ALSO_IN_TRIAL = (SendLetter,)
"""What is done of a trial too. Nothing of it goes to a partner's system: the people there are asked, in a letter that
says that it is a trial, or the municipality sees to it."""

UNDONE_WHEN_LATE = (PlaceOffer, RequestSupport)
"""What an earlier attempt may have left with a partner: it is asked once more also when it is no longer needed, so that
its answer is recorded and it can be given back."""


class Void(Exception):
    """The effect is no longer needed."""


class EffectActivities:
    """Activities that carry out effects of one kind of partner."""

    role: Role
    """In whose name they report what they learned."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    def on_behalf_of(self, organisation: str) -> Actor:
        """Return the system of this organisation as the actor of a command.

        An effect that goes to several has its lane for an organisation: `dwellings` or `letters`.
        """
        return Actor(role=self.role, organisation=organisation)

    async def too_late(self, delivery: Delivery[E]) -> bool:
        """Tell whether nobody waits for this any more: the mediation ended, or its task was answered by hand."""
        if isinstance(delivery.effect, ALWAYS_WANTED):
            return False
        task: str | None = getattr(delivery.effect, "task", None)
        standing = await outbox.standing(self._pool, delivery.mediation, task)
        return standing.outcome is not None or not standing.still_asked


def carries_out(
    method: Callable[[H, Delivery[E]], Awaitable[AnyCommand | None]],
) -> Callable[[H, Delivery[E]], Awaitable[Learned]]:
    """Make a method the activity of its effect: `place_offer` carries out `PlaceOffer`.

    The method returns the command that says what was learned, or None. Recording what was learned settles the effect;
    an effect that taught nothing is settled here. When a partner refuses for good, a person is asked to see to it;
    every other error is taken to pass, and the effect is tried again. A mediation that waited for a partner and got
    through, or that was woken, wakes others that wait for it.
    """

    @functools.wraps(method)
    async def carry_out(self: H, delivery: Delivery[E]) -> Learned:
        return await to_its_end(_carried_out(self, delivery))

    async def _carried_out(self: H, delivery: Delivery[E]) -> Learned:
        effect = delivery.effect
        with postgres_may_be_away():
            try:
                learned, result = await _attempt(self, delivery)
            except PartnerAway as away:
                raise (await turns.later(self._pool, delivery, away)) from None
            if delivery.tried_before or (turns.waited() and result is not Result.VOID):
                await turns.wake_others(self._pool, delivery)
            if learned is None:
                await outbox.settle(self._pool, effect.key, result, activity.info().started_time)
        return Learned(command=learned, void=result is Result.VOID)

    async def _attempt(self: H, delivery: Delivery[E]) -> tuple[AnyCommand | None, Result]:
        to_be_undone = isinstance(delivery.effect, UNDONE_WHEN_LATE) and perhaps_done(delivery)
        try:
            if not to_be_undone and await self.too_late(delivery):
                raise Void
            if delivery.effect.test and not isinstance(delivery.effect, ALSO_IN_TRIAL):
                raise NoSystem("trial")
            return await checked(method(self, delivery)), Result.DONE
        except Void:
            return None, Result.VOID
        except PartnerRefused as refused:
            effect = delivery.effect
            if isinstance(refused, NoSystem) and isinstance(effect, NOBODY_TO_ASK):
                return None, Result.VOID
            if isinstance(refused, NoSystem) and isinstance(effect, LEFT_TO_PEOPLE):
                return LearnNoSystem(by=self.on_behalf_of(effect.lane), effect=effect), Result.DONE
            return _undelivered(self, effect, refused.code), Result.REFUSED

    carry_out.__annotations__["return"] = Learned
    name = "".join(part.capitalize() for part in method.__name__.split("_"))
    return activity.defn(name=name)(carry_out)


async def checked(method: Awaitable[AnyCommand | None]) -> AnyCommand | None:
    """Return what was learned. An error that nobody foresaw counts as an answer that was not understood.

    So whatever a partner's answer holds, it is asked again a few times and then given to a person. That a partner is
    away or refuses is raised as it is.
    """
    try:
        return await method
    except (ApplicationError, PartnerRefused, Void, *UNAVAILABLE):
        raise
    except UnknownOrganisation:
        raise PartnerRefused("unknown_organisation") from None
    except Exception as error:  # nobody can list all that may be wrong with an answer
        structlog.get_logger().error("an answer cannot be read", error=described(error))
        raise not_understood("not_understood") from None


def _undelivered(carrier: EffectActivities, effect: AnyEffect, code: str) -> ReportUndelivered:
    return ReportUndelivered(by=carrier.on_behalf_of(effect.lane), effect=effect, code=code[:60])
