"""There is one way to wait: a task, with one owner, a due moment, reminders before it and escalations after it."""

from datetime import datetime
from enum import StrEnum

from domain.parties import OrganisationId, Role
from domain.value import Value


class TaskKind(StrEnum):
    """What somebody is asked to do. The comment names who is asked."""

    CHECK_READINESS = "check_readiness"
    """Municipality: is the referral complete and the client ready?"""
    SUPPLEMENT = "supplement"
    """Institution: send what is missing (aanvulling)."""
    DECIDE_INCOMPLETE = "decide_incomplete"
    """Municipality: the supplement did not come; more time, or not processed (buiten behandeling)?"""
    REVIEW_READINESS = "review_readiness"
    """Institution: is the client ready now?"""
    ASSESS = "assess"
    """District team: is living independently best, and with which support?"""
    EXTEND_DECISION_TERM = "extend_decision_term"
    """Municipality: send notice that the decision takes longer (Awb 4:14)."""
    HEAR_CLIENT = "hear_client"
    """Municipality: hear the client before a negative decision (zienswijze, Awb 4:7)."""
    AWAIT_PLACE = "await_place"
    """Municipality: the quota is full; a place is sought every month."""
    MAKE_OFFER = "make_offer"
    """Municipality: choose a suitable dwelling among those released."""
    EXTEND_URGENCY = "extend_urgency"
    """Municipality: the urgency will expire before there is a dwelling; extend it?"""
    CONFIRM_OFFER = "confirm_offer"
    """Corporation: reserve the dwelling and confirm the offer."""
    ANSWER_OFFER = "answer_offer"
    """Institution: the client answers the offer, with the guide."""
    RESOLVE_NO_ANSWER = "resolve_no_answer"
    """Municipality: no answer came; phone the client."""
    JUDGE_REFUSAL = "judge_refusal"
    """Municipality: was there a valid reason to refuse?"""
    SIGN_LEASE = "sign_lease"
    """Corporation: check and sign the lease, and agree the day of the keys."""
    CONFIRM_SUPPORT = "confirm_support"
    """Care provider: on which day does support start?"""
    BRIDGE_SUPPORT = "bridge_support"
    """Municipality: the provider cannot start; bridge it, ask another, or give more time."""
    HAND_OVER_KEYS = "hand_over_keys"
    """Corporation: hand over the keys."""
    START_SUPPORT = "start_support"
    """Care provider: the first contact at home."""
    FOLLOW_UP_CALL = "follow_up_call"
    """Municipality: call three months after the move (nabelmoment)."""
    ASK_GUIDE = "ask_guide"
    """Care provider: the client could not be reached; is there contact?"""
    SIGN_OFF_UNREACHABLE = "sign_off_unreachable"
    """Municipality: close without having spoken to the client?"""
    TAKE_UP_FOLLOW_ON = "take_up_follow_on"
    """District team: take up what came out of the call."""
    RESOLVE_DELIVERY = "resolve_delivery"
    """Municipality: a partner's system refused a message for good; do it by hand or try again."""


OWNERS: dict[TaskKind, Role] = {
    TaskKind.SUPPLEMENT: Role.INSTITUTION,
    TaskKind.REVIEW_READINESS: Role.INSTITUTION,
    TaskKind.ASSESS: Role.DISTRICT_TEAM,
    TaskKind.CONFIRM_OFFER: Role.CORPORATION,
    TaskKind.ANSWER_OFFER: Role.INSTITUTION,
    TaskKind.SIGN_LEASE: Role.CORPORATION,
    TaskKind.CONFIRM_SUPPORT: Role.CARE_PROVIDER,
    TaskKind.HAND_OVER_KEYS: Role.CORPORATION,
    TaskKind.START_SUPPORT: Role.CARE_PROVIDER,
    TaskKind.ASK_GUIDE: Role.CARE_PROVIDER,
    TaskKind.TAKE_UP_FOLLOW_ON: Role.DISTRICT_TEAM,
}
"""Who owns which task; what is not named here is the municipality's."""


class Task(Value):
    """One thing that one organisation must do. Moments are in UTC."""

    id: str
    kind: TaskKind
    owner: OrganisationId
    about: str | None = None
    """What it is about: an offer's number, an effect's key, the subject of a hearing."""
    opened_at: datetime
    term_from: datetime | None = None
    """From when its present term runs, if it was given a new one after it was opened."""
    due: datetime
    agreed: bool = False
    """Whether it is due on a day of its own, and not so long after it was asked."""
    reminders: tuple[datetime, ...] = ()
    """Reminders still to come, the next one first."""
    escalations: tuple[datetime, ...]
    """Escalations still to come; the last one is always followed by another, so a wait is never forgotten."""
    check_at: datetime | None = None
    """When the engine looks again by itself."""
    reminded: int = 0
    escalated: int = 0
    overdue: bool = False
