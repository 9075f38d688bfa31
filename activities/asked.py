"""Whether what is asked of a partner may have been asked before, by whatever way it came back to us."""

from typing import Any

from temporalio import activity

from domain.exchange.record import Delivery
from domain.messages.effects import ToPartner


def perhaps_done(delivery: Delivery[Any]) -> bool:
    """Tell whether an earlier asking, whose answer we do not have, may have been carried out.

    An attempt before this one, attempts that are not counted now (the lane was called in, or carried over to a new run
    of the workflow), or a person who has it asked once more: they all leave the same doubt.
    """
    effect = delivery.effect
    asked_once_more = isinstance(effect, ToPartner) and effect.first_key is not None
    return delivery.tried_before or activity.info().attempt > 1 or asked_once_more
