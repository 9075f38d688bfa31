"""Every task there is: the lists of the stages and of what runs beside them, and what is worked out of them."""

from collections.abc import Iterable, Mapping

from domain.beside import (
    absence,
    aftercare,
    complaint,
    heard,
    learned,
    objection,
    pause,
    reported,
    retours,
    transfer,
    withdrawn_offer,
)
from domain.facts.outcome import Stage
from domain.facts.parties import BODIES, Role
from domain.facts.tasks import TaskKind
from domain.messages.effects import Effect
from domain.policy.policy import Policy
from domain.stages import (
    acceptance,
    assessment,
    conversion,
    first_weeks,
    follow_up,
    offer,
    onward,
    origin,
    readiness,
    support_start,
)
from domain.state.one_each import one_each
from domain.state.task_spec import AnySpec, Asked, Beside, Rules, TaskTrack


def by_kind(specs: Iterable[AnySpec]) -> dict[TaskKind, AnySpec]:
    """Return the specs by the kind of their task; an error unless every kind has exactly one."""
    return one_each(specs, lambda spec: spec.kind, TaskKind, "kind of task")


SPECS = by_kind(
    (
        *readiness.TASKS,
        *origin.TASKS,
        *assessment.TASKS,
        *offer.TASKS,
        *acceptance.TASKS,
        *support_start.TASKS,
        *retours.TASKS,
        *first_weeks.TASKS,
        *follow_up.TASKS,
        *onward.TASKS,
        *conversion.TASKS,
        *heard.TASKS,
        *objection.TASKS,
        *complaint.TASKS,
        *aftercare.TASKS,
        *absence.TASKS,
        *reported.TASKS,
        *withdrawn_offer.TASKS,
        *pause.TASKS,
        *transfer.TASKS,
        *learned.TASKS,
    )
)
"""In the order in which a description tells the tasks of one group."""
ENTRIES = {
    Stage.READINESS: readiness.enter,
    Stage.ASSESSMENT: assessment.enter,
    Stage.OFFER: offer.enter,
    Stage.ACCEPTANCE: acceptance.enter,
    Stage.SUPPORT_START: support_start.enter,
    Stage.FOLLOW_UP: follow_up.enter,
    Stage.CONVERSION: conversion.enter,
}
RULES = Rules(entries=ENTRIES, specs=SPECS)
_GROUPS: tuple[Stage | Beside, ...] = (*(stage for stage in Stage if stage is not Stage.CLOSED), *Beside)
BY_GROUP: Mapping[Stage | Beside, tuple[TaskKind, ...]] = {
    group: tuple(kind for kind, spec in SPECS.items() if spec.group is group) for group in _GROUPS
}

ASKED_BY_SYSTEM: Mapping[type[Effect], TaskKind] = {
    spec.asked: kind for kind, spec in SPECS.items() if not isinstance(spec.asked, Asked)
}
"""By which task people are asked what a partner's system is asked by an effect."""


def on_track(track: TaskTrack) -> frozenset[TaskKind]:
    """Return the tasks that run there."""
    return frozenset(kind for kind, spec in SPECS.items() if spec.track is track)


def unused_tasks(policy: Policy) -> frozenset[TaskKind]:
    """Return the tasks that nobody is asked under this policy, for it does without that part of the process."""
    return frozenset(kind for kind, spec in SPECS.items() if not spec.asked_under(policy))


def bodies(policy: Policy) -> tuple[Role, ...]:
    """Return which bodies take part under this policy: they own a task, or are told of one that is late."""
    told = {role for ladder in policy.tasks.values() for role in (*ladder.escalate_to, *ladder.then_to)}
    asked = {owner_role(policy, kind) for kind in SPECS.keys() - unused_tasks(policy)}
    return tuple(role for role in BODIES if role in told | asked)


def owner_role(policy: Policy, kind: TaskKind) -> Role:
    """Return the role whose organisation owns tasks of this kind under this policy."""
    return SPECS[kind].owner_under(policy)
