"""A task: what one organisation is asked, until when, and its coming reminders and escalations."""

from datetime import date, datetime, timedelta
from enum import StrEnum

from pydantic import Field

from domain.facts.earlier import owner_role_of
from domain.facts.parties import OrganisationId, Role
from domain.facts.value import Value, left_out, replace


class TaskKind(StrEnum):
    """What somebody is asked to do."""

    # Who is asked stands in each definition (`TaskSpec.owner`); a policy may name another. A landlord is the
    # corporation or, while it lets the home to the client, the care provider (`domain.steps.raising`).

    CHECK_READINESS = "check_readiness"
    """Is the referral complete and the client ready?"""
    SUPPLEMENT = "supplement"
    """Send what is missing (aanvulling)."""
    DECIDE_INCOMPLETE = "decide_incomplete"
    """The supplement did not come; more time, or not processed (buiten behandeling)?"""
    REVIEW_READINESS = "review_readiness"
    """Is the client ready now?"""
    DETERMINE_ORIGIN = "determine_origin"
    """From which municipality does the client come, and is the client helped here?"""
    AWAIT_TRANSFER = "await_transfer"
    """What does the municipality of origin say to taking the client over?"""
    ANSWER_TRANSFER = "answer_transfer"
    """Does another municipality carry the mediation on?"""
    ASSESS = "assess"
    """Is living independently best, and with which support?"""
    DECIDE_URGENCY = "decide_urgency"
    """Municipality, or the desk that has its mandate: the team has advised; does the client get urgency?"""
    EXTEND_DECISION_TERM = "extend_decision_term"
    """Send notice that the decision takes longer (Awb 4:14)."""
    HEAR_CLIENT = "hear_client"
    """Hear the client before a negative decision (zienswijze, Awb 4:7)."""
    DECIDE_OBJECTION = "decide_objection"
    """Decide on an objection (bezwaar, Awb 7:10). It runs beside everything else."""
    HANDLE_COMPLAINT = "handle_complaint"
    """Look into a complaint and answer it (klacht, Awb chapter 9), also after the end."""
    AWAIT_PLACE = "await_place"
    """The quota is full; a place is sought every month."""
    MAKE_OFFER = "make_offer"
    """Choose a suitable dwelling among those released."""
    EXTEND_URGENCY = "extend_urgency"
    """The urgency will expire before there is a dwelling; extend it?"""
    CONFIRM_OFFER = "confirm_offer"
    """Reserve the dwelling and confirm the offer."""
    PLAN_VIEWING = "plan_viewing"
    """Agree a day on which the client sees the dwelling (bezichtiging)."""
    HOLD_VIEWING = "hold_viewing"
    """See the dwelling with the client."""
    ANSWER_OFFER = "answer_offer"
    """The client answers the offer, with the guide."""
    RESOLVE_NO_ANSWER = "resolve_no_answer"
    """No answer came; phone the client."""
    JUDGE_REFUSAL = "judge_refusal"
    """Was there a valid reason to refuse?"""
    SIGN_LEASE = "sign_lease"
    """Check and sign the lease, and agree the day of the keys."""
    JUDGE_FRAUD = "judge_fraud"
    """The corporation suspects fraud; is it so?"""
    NAME_RECEIVING_TEAM = "name_receiving_team"
    """No team serves the district of the home, or it changed; which one receives the client?"""
    CONFIRM_SUPPORT = "confirm_support"
    """On which day does support start?"""
    AWAIT_RETOUR = "await_retour"
    """Answer a message of ours with its retour (retourbericht)."""
    BRIDGE_SUPPORT = "bridge_support"
    """The provider cannot start; bridge it, ask another, or give more time."""
    HAND_OVER_KEYS = "hand_over_keys"
    """Hand over the keys."""
    ARRANGE_ONWARD_MOVE = "arrange_onward_move"
    """The temporary lease will end; where does the client live then?"""
    START_SUPPORT = "start_support"
    """The first contact at home."""
    REVIEW_SUPPORT = "review_support"
    """The provider reported that support ended, or took its report of the start back; what now?"""
    COMPLETE_LANDING = "complete_landing"
    """Put in place what the soft landing still lacks."""
    AGREE_PLAN = "agree_plan"
    """Agree the support plan with the client (begeleidingsplan)."""
    HOLD_TALK = "hold_talk"
    """Talk with the tenant some weeks after the move."""
    FOLLOW_UP_CALL = "follow_up_call"
    """Call three months after the move (nabelmoment)."""
    ASK_GUIDE = "ask_guide"
    """The client could not be reached; is there contact?"""
    SIGN_OFF_UNREACHABLE = "sign_off_unreachable"
    """Close without having spoken to the client?"""
    TAKE_UP_FOLLOW_ON = "take_up_follow_on"
    """Take up what came out of the call."""
    VISIT_CLIENT = "visit_client"
    """Visit the client at home."""
    ACKNOWLEDGE_SIGNAL = "acknowledge_signal"
    """Tell who reported nuisance that it is being seen to."""
    HOLD_JOINT_TALK = "hold_joint_talk"
    """Talk about the nuisance with the client and the corporation, and agree on what changes."""
    REVIEW_SIGNAL = "review_signal"
    """Do the agreements work?"""
    HOLD_CASE_CONFERENCE = "hold_case_conference"
    """Talk with all partners about what does not calm down (casuïstiekoverleg)."""
    REMIND_ARREARS = "remind_arrears"
    """Remind the tenant of the arrears in writing."""
    CONTACT_TENANT = "contact_tenant"
    """Speak to the tenant about the arrears."""
    OFFER_DEBT_HELP = "offer_debt_help"
    """Point to help with debts and offer to pass the arrears on to the municipality."""
    TAKE_UP_ARREARS = "take_up_arrears"
    """Offer help with the arrears that were passed on (vroegsignalering)."""
    CONTACT_CLIENT = "contact_client"
    """Get in touch with a client who keeps away or is worried about."""
    REVIEW_TIME_OUT = "review_time_out"
    """Can the client go home after a time-out?"""
    REVIEW_ABSENCE = "review_absence"
    """Will the client, readmitted or detained, come back?"""
    DECIDE_CONVERSION = "decide_conversion"
    """Are the goals met, and can the lease come in the client's own name (omklappen)?"""
    CHECK_CONVERSION = "check_conversion"
    """Municipality, or its desk: does it agree with what was advised on the lease?"""
    CONFIRM_DEATH = "confirm_death"
    """A partner reports that the client died; is it so?"""
    CONFIRM_WITHDRAWAL = "confirm_withdrawal"
    """A partner reports that the client wants to stop; what does the client say?"""
    CONFIRM_OFFER_WITHDRAWAL = "confirm_offer_withdrawal"
    """The corporation reports that it takes back a home of which the lease is signed; does the lease end?"""
    REVIEW_PAUSE = "review_pause"
    """Does the pause go on? The one thing that falls due while a mediation is paused."""
    RESOLVE_DELIVERY = "resolve_delivery"
    """A partner's system refused a message for good; do it by hand or try again."""


OUTLIVES_END = frozenset({TaskKind.HANDLE_COMPLAINT})
"""What is not over when the mediation ends."""
MUNICIPALITY_ONLY = frozenset({TaskKind.HANDLE_COMPLAINT})
"""What no partner hears of: it may be complained of itself."""


def kept_inside(task: str) -> bool:
    """Tell by its id whether a task is one that no partner hears of."""
    return task.rpartition("-")[0] in MUNICIPALITY_ONLY


class Hindrance(StrEnum):
    """What keeps who has a task from doing it in time, by their own word."""

    MORE_TIME = "more_time"
    NOT_MINE = "not_mine"
    """It is not for them to do."""


class Task(Value):
    """One thing that one organisation must do. Moments are in UTC."""

    id: str
    kind: TaskKind
    owner: OrganisationId
    owner_role: Role = Field(default_factory=owner_role_of)
    """In which role its owner has it."""
    asked_first: OrganisationId | None = None
    """Who owned it before it was reassigned or taken over. What its system answers still counts: it was under way."""
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
    runs_on: bool = Field(default=False, exclude_if=left_out)
    """Whether it runs on in a pause: the law counts its term, or one that the law counts waits for it."""
    reminded: int = 0
    escalated: int = 0
    overdue: bool = False
    hindrance: Hindrance | None = Field(default=None, exclude_if=left_out)
    """What its owner said of it last, until the municipality does something about it."""
    hindrance_until: date | None = Field(default=None, exclude_if=left_out)
    """By when its owner says that it can be done."""
    hindrance_to: OrganisationId | None = Field(default=None, exclude_if=left_out)
    """Whose its owner says that it is."""
    more_time_asked: bool = Field(default=False, exclude_if=left_out)
    """Whether its owner asked for more time in its present term: that may be asked once."""
    awaits_letter: bool = Field(default=False, exclude_if=left_out)
    """Whether its term runs from when the letter about it leaves, and that is not known yet."""

    def settled(self) -> "Task":
        """Return the task after the municipality did something about what hinders its owner."""
        return replace(self, hindrance=None, hindrance_until=None, hindrance_to=None)

    def moved(self, by: timedelta) -> "Task":
        """Return the task with everything on its ladder so much later."""
        return replace(
            self,
            due=self.due + by,
            reminders=tuple(at + by for at in self.reminders),
            escalations=tuple(at + by for at in self.escalations),
            check_at=self.check_at + by if self.check_at else None,
        )
