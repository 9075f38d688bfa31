"""The ways through the process, as the diagram in a description shows them. A test holds them against the engine."""

from domain.facts.outcome import Outcome, Stage
from domain.policy.policy import OriginRule, Policy
from domain.stages.conversion import converted_forms

STAGES: dict[tuple[Stage, Stage], str] = {
    (Stage.READINESS, Stage.ASSESSMENT): "ready",
    (Stage.READINESS, Stage.READINESS): "not_ready",
    (Stage.ASSESSMENT, Stage.OFFER): "positive",
    (Stage.ASSESSMENT, Stage.ASSESSMENT): "assess_again",
    (Stage.OFFER, Stage.ACCEPTANCE): "offer_confirmed",
    (Stage.ACCEPTANCE, Stage.OFFER): "offer_over",
    (Stage.ACCEPTANCE, Stage.SUPPORT_START): "keys",
    (Stage.SUPPORT_START, Stage.FOLLOW_UP): "support_started",
    (Stage.FOLLOW_UP, Stage.CONVERSION): "to_convert",
}
"""From which stage a mediation goes to which, and why. A step back by the municipality is told beside the diagram."""

AFTER_KEYS = (Stage.SUPPORT_START, Stage.FOLLOW_UP, Stage.CONVERSION)
ENDS: dict[Outcome, tuple[Stage, ...]] = {
    Outcome.NOT_READY: (Stage.READINESS,),
    Outcome.NOT_PROCESSED_INCOMPLETE: (Stage.READINESS,),
    Outcome.OTHER_MUNICIPALITY: (Stage.READINESS,),
    Outcome.TRANSFERRED: (Stage.READINESS, Stage.ASSESSMENT, Stage.OFFER, Stage.ACCEPTANCE),
    Outcome.REJECTED: (Stage.READINESS, Stage.ASSESSMENT),
    Outcome.URGENCY_WITHDRAWN: (Stage.ACCEPTANCE,),
    Outcome.ALTERNATIVE_LIVING_FORM: (Stage.ASSESSMENT,),
    Outcome.URGENCY_EXPIRED: (Stage.OFFER, Stage.ACCEPTANCE),
    Outcome.REFUSED_LAPSED: (Stage.ACCEPTANCE,),
    Outcome.CARE_NOT_AVAILABLE: (Stage.ACCEPTANCE,),
    Outcome.HOUSED_FOLLOW_UP_HELD: (Stage.FOLLOW_UP, Stage.CONVERSION),
    Outcome.HOUSED_UNREACHABLE: (Stage.FOLLOW_UP, Stage.CONVERSION),
    Outcome.PLACEMENT_FAILED: AFTER_KEYS,
    Outcome.READMITTED_LONG: (),
    Outcome.DETAINED: (),
    Outcome.OWN_HOUSING_FOUND: (),
    Outcome.WITHDRAWN_BY_CLIENT: (),
    Outcome.DIED: (),
}
"""The stages in which a mediation may end with an outcome. An empty tuple: in any stage."""

TRACKS = (
    "rights",
    "signals",
    "absence",
    "reported",
    "provider",
    "step_back",
    "pause",
    "transfer",
    "exception",
    "secrecy",
    "sight",
)
"""What may happen beside the stages, in the order in which it is told."""


def stages_of(policy: Policy) -> tuple[Stage, ...]:
    """Return the stages that a mediation goes through under this policy."""
    without = {Stage.CLOSED} | (set() if converted_forms(policy) else {Stage.CONVERSION})
    return tuple(stage for stage in Stage if stage not in without)


def ends_of(policy: Policy) -> dict[Outcome, tuple[Stage, ...]]:
    """Return how a mediation may end under this policy, and in which of its stages."""
    stages = stages_of(policy)
    return {
        outcome: tuple(stage for stage in where if stage in stages)
        for outcome, where in ENDS.items()
        if outcome is not Outcome.OTHER_MUNICIPALITY or policy.origin is not OriginRule.NONE
    }
