"""There is one way to wait: a task, with one owner, a due moment, reminders before it and escalations after it."""

from datetime import datetime, timedelta
from enum import StrEnum

from pydantic import Field

from domain.facts.earlier import owner_role_of
from domain.facts.parties import OrganisationId, Role
from domain.facts.value import Value, replace


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
    DETERMINE_ORIGIN = "determine_origin"
    """Municipality: from which municipality does the client come, and is the client helped here?"""
    AWAIT_TRANSFER = "await_transfer"
    """Municipality: what does the municipality of origin say to taking the client over?"""
    ASSESS = "assess"
    """District team: is living independently best, and with which support?"""
    DECIDE_URGENCY = "decide_urgency"
    """Municipality, or the desk that has its mandate: the team has advised; does the client get urgency?"""
    EXTEND_DECISION_TERM = "extend_decision_term"
    """Municipality: send notice that the decision takes longer (Awb 4:14)."""
    HEAR_CLIENT = "hear_client"
    """Municipality: hear the client before a negative decision (zienswijze, Awb 4:7)."""
    DECIDE_OBJECTION = "decide_objection"
    """Municipality: decide on an objection (bezwaar, Awb 7:10). It runs beside everything else."""
    AWAIT_PLACE = "await_place"
    """Municipality: the quota is full; a place is sought every month."""
    MAKE_OFFER = "make_offer"
    """Municipality: choose a suitable dwelling among those released."""
    EXTEND_URGENCY = "extend_urgency"
    """Municipality: the urgency will expire before there is a dwelling; extend it?"""
    CONFIRM_OFFER = "confirm_offer"
    """Corporation: reserve the dwelling and confirm the offer."""
    PLAN_VIEWING = "plan_viewing"
    """Corporation: agree a day on which the client sees the dwelling (bezichtiging)."""
    HOLD_VIEWING = "hold_viewing"
    """Institution: see the dwelling with the client."""
    ANSWER_OFFER = "answer_offer"
    """Institution: the client answers the offer, with the guide."""
    RESOLVE_NO_ANSWER = "resolve_no_answer"
    """Municipality: no answer came; phone the client."""
    JUDGE_REFUSAL = "judge_refusal"
    """Municipality: was there a valid reason to refuse?"""
    SIGN_LEASE = "sign_lease"
    """Corporation: check and sign the lease, and agree the day of the keys."""
    JUDGE_FRAUD = "judge_fraud"
    """Municipality: the corporation suspects fraud; is it so?"""
    NAME_RECEIVING_TEAM = "name_receiving_team"
    """Municipality: no team serves the district of the home, or it changed; which one receives the client?"""
    CONFIRM_SUPPORT = "confirm_support"
    """Care provider: on which day does support start?"""
    AWAIT_RETOUR = "await_retour"
    """Care provider: answer a message of ours with its retour (retourbericht)."""
    BRIDGE_SUPPORT = "bridge_support"
    """Municipality: the provider cannot start; bridge it, ask another, or give more time."""
    HAND_OVER_KEYS = "hand_over_keys"
    """Corporation: hand over the keys."""
    ARRANGE_ONWARD_MOVE = "arrange_onward_move"
    """Corporation: the temporary lease will end; where does the client live then?"""
    START_SUPPORT = "start_support"
    """Care provider: the first contact at home."""
    REVIEW_SUPPORT = "review_support"
    """Municipality: the provider reported that support ended, or took its report of the start back; what now?"""
    COMPLETE_LANDING = "complete_landing"
    """Care provider: put in place what the soft landing still lacks."""
    AGREE_PLAN = "agree_plan"
    """Care provider: agree the support plan with the client (begeleidingsplan)."""
    HOLD_TALK = "hold_talk"
    """Corporation: talk with the tenant some weeks after the move."""
    FOLLOW_UP_CALL = "follow_up_call"
    """Municipality: call three months after the move (nabelmoment)."""
    ASK_GUIDE = "ask_guide"
    """Care provider: the client could not be reached; is there contact?"""
    SIGN_OFF_UNREACHABLE = "sign_off_unreachable"
    """Municipality: close without having spoken to the client?"""
    TAKE_UP_FOLLOW_ON = "take_up_follow_on"
    """District team: take up what came out of the call."""
    VISIT_CLIENT = "visit_client"
    """District team: visit the client at home."""
    ACKNOWLEDGE_SIGNAL = "acknowledge_signal"
    """Corporation: tell who reported nuisance that it is being seen to."""
    HOLD_JOINT_TALK = "hold_joint_talk"
    """Care provider: talk about the nuisance with the client and the corporation, and agree on what changes."""
    REVIEW_SIGNAL = "review_signal"
    """Care provider: do the agreements work?"""
    HOLD_CASE_CONFERENCE = "hold_case_conference"
    """Municipality: talk with all partners about what does not calm down (casuïstiekoverleg)."""
    REMIND_ARREARS = "remind_arrears"
    """Landlord: remind the tenant of the arrears in writing."""
    CONTACT_TENANT = "contact_tenant"
    """Landlord: speak to the tenant about the arrears."""
    OFFER_DEBT_HELP = "offer_debt_help"
    """Landlord: point to help with debts and offer to pass the arrears on to the municipality."""
    TAKE_UP_ARREARS = "take_up_arrears"
    """Municipality: offer help with the arrears that were passed on (vroegsignalering)."""
    CONTACT_CLIENT = "contact_client"
    """Care provider: get in touch with a client who keeps away or is worried about."""
    REVIEW_TIME_OUT = "review_time_out"
    """Care provider: can the client go home after a time-out?"""
    REVIEW_ABSENCE = "review_absence"
    """Municipality: will the client, readmitted or detained, come back?"""
    DECIDE_CONVERSION = "decide_conversion"
    """Corporation: are the goals met, and can the lease come in the client's own name (omklappen)?"""
    CONFIRM_DEATH = "confirm_death"
    """Municipality: a partner reports that the client died; is it so?"""
    CONFIRM_WITHDRAWAL = "confirm_withdrawal"
    """Municipality: a partner reports that the client wants to stop; what does the client say?"""
    REVIEW_PAUSE = "review_pause"
    """Municipality: does the pause go on? The one thing that falls due while a mediation is paused."""
    RESOLVE_DELIVERY = "resolve_delivery"
    """Municipality: a partner's system refused a message for good; do it by hand or try again."""


class Task(Value):
    """One thing that one organisation must do. Moments are in UTC."""

    id: str
    kind: TaskKind
    owner: OrganisationId
    owner_role: Role = Field(default_factory=owner_role_of)
    """In which role its owner has it."""
    asked_first: OrganisationId | None = None
    """Who owned it before it was reassigned or taken over. Its answer still counts: it may have crossed."""
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

    def moved(self, by: timedelta) -> "Task":
        """Return the task with everything on its ladder so much later."""
        return replace(
            self,
            due=self.due + by,
            reminders=tuple(at + by for at in self.reminders),
            escalations=tuple(at + by for at in self.escalations),
            check_at=self.check_at + by if self.check_at else None,
        )
