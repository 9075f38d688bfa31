"""Reading in a partner's system whether what is asked has been answered there."""

from domain.facts.parties import OrganisationId
from domain.facts.tasks import Task
from domain.messages.effects import AnyEffect, ReadOffer, ReadSupport
from domain.state.draft import Draft


def offer_in_system(d: Draft, task: Task) -> AnyEffect | None:
    """Return how to read whether the live offer was answered or taken back, if the corporation's system has it."""
    offer = d.m.live_offer
    if offer is None or not offer.number:
        return None
    return ReadOffer(corporation=offer.candidate.dwelling.corporation, task=task.id, number=offer.number)


def support_in_system(d: Draft, task: Task) -> AnyEffect | None:
    """Return how to read whether support is planned or has started, if the provider's system was asked for it."""
    support = d.m.support
    if support is None or not support.number:
        return None
    return ReadSupport(provider=support.provider, task=task.id, number=support.number)


def consult(d: Draft, task: Task) -> None:
    """Before a partner or client is chased: read whether the answer is already in the partner's system."""
    effect = _reading(d, task)
    if effect:
        d.do(effect)


def knows_of(d: Draft, organisation: OrganisationId, task: Task) -> bool:
    """Tell whether this organisation's system may know more of what a task asks."""
    effect = _reading(d, task)
    return effect is not None and effect.lane == organisation


def _reading(d: Draft, task: Task) -> AnyEffect | None:
    reads = d.spec(task.kind).reads
    return reads(d, task) if reads else None
