"""The ways through the process, as the diagram in a description shows them. A test holds them against the engine."""

from domain.outcome import Outcome, Stage

STAGES: dict[tuple[Stage, Stage], str] = {
    (Stage.READINESS, Stage.ASSESSMENT): "ready",
    (Stage.READINESS, Stage.READINESS): "not_ready",
    (Stage.ASSESSMENT, Stage.OFFER): "positive",
    (Stage.ASSESSMENT, Stage.ASSESSMENT): "assess_again",
    (Stage.OFFER, Stage.ACCEPTANCE): "offer_confirmed",
    (Stage.ACCEPTANCE, Stage.OFFER): "offer_over",
    (Stage.ACCEPTANCE, Stage.SUPPORT_START): "keys",
    (Stage.SUPPORT_START, Stage.FOLLOW_UP): "support_started",
}
"""From which stage a mediation goes to which, and why."""

ENDS: dict[Outcome, tuple[Stage, ...]] = {
    Outcome.NOT_PROCESSED_INCOMPLETE: (Stage.READINESS,),
    Outcome.REJECTED: (Stage.READINESS, Stage.ASSESSMENT),
    Outcome.ALTERNATIVE_LIVING_FORM: (Stage.ASSESSMENT,),
    Outcome.URGENCY_EXPIRED: (Stage.OFFER, Stage.ACCEPTANCE),
    Outcome.REFUSED_LAPSED: (Stage.ACCEPTANCE,),
    Outcome.HOUSED_FOLLOW_UP_HELD: (Stage.FOLLOW_UP,),
    Outcome.HOUSED_UNREACHABLE: (Stage.FOLLOW_UP,),
    Outcome.WITHDRAWN_BY_CLIENT: (),
    Outcome.DIED: (),
}
"""In which stages a mediation may end with an outcome; none named: in any."""
