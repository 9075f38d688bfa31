"""Whether what is asked of a partner may have been asked before."""

from typing import Any

from temporalio import activity

from domain.exchange.record import Delivery
from domain.messages.effects import ToPartner


def perhaps_done(delivery: Delivery[Any]) -> bool:
    """Tell whether the partner may have done this already, after an attempt of which we have no answer.

    That attempt may have been one before this, one that Temporal does not count now (the mediation was woken, or goes
    on in a new run of its workflow), or one of an effect that a person has asked once more.
    """
    effect = delivery.effect
    asked_once_more = isinstance(effect, ToPartner) and effect.first_key is not None
    return delivery.tried_before or activity.info().attempt > 1 or asked_once_more
