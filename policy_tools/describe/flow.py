"""The ways through the process, as the diagram in a description shows them. A test holds them against the engine."""

from collections.abc import Iterator

from domain.facts.outcome import Outcome, Stage
from domain.facts.tasks import TaskKind as Kind
from domain.policy.policy import LeaseForm, OriginRule, Policy

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
"""In which stages a mediation may end with an outcome; none named: in any."""

GROUPS: dict[str, tuple[Kind, ...]] = {
    Stage.READINESS: (
        Kind.CHECK_READINESS,
        Kind.SUPPLEMENT,
        Kind.DECIDE_INCOMPLETE,
        Kind.REVIEW_READINESS,
        Kind.DETERMINE_ORIGIN,
        Kind.AWAIT_TRANSFER,
    ),
    Stage.ASSESSMENT: (Kind.ASSESS, Kind.EXTEND_DECISION_TERM),
    Stage.OFFER: (Kind.AWAIT_PLACE, Kind.MAKE_OFFER, Kind.EXTEND_URGENCY, Kind.CONFIRM_OFFER),
    Stage.ACCEPTANCE: (
        Kind.PLAN_VIEWING,
        Kind.HOLD_VIEWING,
        Kind.ANSWER_OFFER,
        Kind.RESOLVE_NO_ANSWER,
        Kind.JUDGE_REFUSAL,
        Kind.SIGN_LEASE,
        Kind.JUDGE_FRAUD,
        Kind.NAME_RECEIVING_TEAM,
        Kind.CONFIRM_SUPPORT,
        Kind.BRIDGE_SUPPORT,
        Kind.HAND_OVER_KEYS,
    ),
    Stage.SUPPORT_START: (Kind.START_SUPPORT,),
    Stage.FOLLOW_UP: (
        Kind.REVIEW_SUPPORT,
        Kind.COMPLETE_LANDING,
        Kind.AGREE_PLAN,
        Kind.HOLD_TALK,
        Kind.FOLLOW_UP_CALL,
        Kind.ASK_GUIDE,
        Kind.SIGN_OFF_UNREACHABLE,
        Kind.TAKE_UP_FOLLOW_ON,
        Kind.ARRANGE_ONWARD_MOVE,
    ),
    Stage.CONVERSION: (Kind.DECIDE_CONVERSION,),
    "rights": (Kind.HEAR_CLIENT, Kind.DECIDE_OBJECTION),
    "signals": (
        Kind.ACKNOWLEDGE_SIGNAL,
        Kind.HOLD_JOINT_TALK,
        Kind.REMIND_ARREARS,
        Kind.CONTACT_TENANT,
        Kind.OFFER_DEBT_HELP,
        Kind.TAKE_UP_ARREARS,
        Kind.CONTACT_CLIENT,
        Kind.VISIT_CLIENT,
        Kind.REVIEW_SIGNAL,
        Kind.HOLD_CASE_CONFERENCE,
    ),
    "absence": (Kind.REVIEW_TIME_OUT, Kind.REVIEW_ABSENCE),
    "reported": (Kind.CONFIRM_DEATH, Kind.CONFIRM_WITHDRAWAL),
    "pause": (Kind.REVIEW_PAUSE,),
    "delivery": (Kind.AWAIT_RETOUR, Kind.RESOLVE_DELIVERY),
}
"""The tasks as a description shows them: by stage, and then those of the side tracks."""

TRACKS = ("rights", "signals", "absence", "reported", "provider", "step_back", "pause", "exception", "secrecy")
"""What may happen beside the stages, in the order in which it is told."""


def unused_tasks(policy: Policy) -> frozenset[Kind]:
    """Return the tasks that nobody is asked under this policy, for it does without that part of the process."""
    return frozenset(_unused(policy))


def _unused(policy: Policy) -> Iterator[Kind]:
    if policy.origin is OriginRule.NONE:
        yield from (Kind.DETERMINE_ORIGIN, Kind.AWAIT_TRANSFER)
    if not policy.viewing:
        yield from (Kind.PLAN_VIEWING, Kind.HOLD_VIEWING)
    if policy.support.plan is None:
        yield Kind.AGREE_PLAN
    if policy.support.talk is None:
        yield Kind.HOLD_TALK
    if not policy.support.soft_landing:
        yield Kind.COMPLETE_LANDING
    if LeaseForm.TEMPORARY not in policy.lease_forms or policy.temporary_lease is None:
        yield Kind.ARRANGE_ONWARD_MOVE
    if not converted_forms(policy):
        yield Kind.DECIDE_CONVERSION


def converted_forms(policy: Policy) -> tuple[LeaseForm, ...]:
    """Return the forms of lease that may come in the client's own name."""
    return tuple(form for form in policy.lease_forms if form in policy.conversion.after)


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
