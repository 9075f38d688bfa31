"""What may be answered to each kind of task: one typed answer per kind, told apart by `kind`.

Free text never stands here: it is in the vault, and `note` points at it.
"""

from datetime import date
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, StringConstraints

from domain.facts.complaints import ComplaintResult, NotHandled
from domain.facts.landing import LifeArea, SoftLanding
from domain.facts.parties import OrganisationId, PartnerNumber
from domain.facts.referral import Checklist, Document
from domain.facts.tasks import TaskKind
from domain.facts.value import Value, left_out
from domain.messages.results import HearingResult as HearingResult
from domain.messages.results import ObjectionResult as ObjectionResult
from domain.policy.policy import LeaseForm, OriginException

RetourCode = Annotated[str, StringConstraints(pattern=r"^[A-Z0-9]{1,4}$")]
"""A code of the national standard, such as a retour code (WJ001)."""
Note = Annotated[str, StringConstraints(pattern=r"^note-[0-9a-z]{8,64}$")]


def _no_number(value: object) -> object:
    """Return a value as it is. Raises ValueError for a number: a choice with true and false in it takes 1 and 0."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        raise ValueError("write true or false")
    return value


Day = Annotated[date, Field(ge=date(2000, 1, 1), lt=date(2100, 1, 1))]
"""A date that a mediation can know of; anything else is a slip of the pen."""
EXAMPLE_DAY = date(2026, 12, 1)


class Answer(Value):
    """What every answer may carry."""

    note: Note | None = None


class Readiness(StrEnum):
    READY = "ready"
    NOT_READY = "not_ready"
    INCOMPLETE = "incomplete"
    OTHER_ROUTE = "other_route"
    """Living independently will not do for now: the client is heard, and another route is sought."""
    NOT_ELIGIBLE = "not_eligible"
    """Not of a target group of this municipality: the client is heard, and then it is decided."""


class ReadinessAnswer(Answer):
    kind: Literal[TaskKind.CHECK_READINESS] = TaskKind.CHECK_READINESS
    result: Readiness
    missing: tuple[Document, ...] = ()
    """Which documents are missing, when the referral is incomplete."""
    review_on: Day | None = None
    """When to look again, when the client is not ready; else the policy's term."""
    standstill: Literal["consent", "applicant"] | None = Field(default=None, exclude_if=left_out)
    """Why the decision term stands still until then (Awb 4:15 lid 2): the client agreed in writing, or the client's
    side holds the decision up. Without it the term runs on."""
    checklist: Checklist | None = None
    """What is known now of the items of readiness."""


class SupplementAnswer(Answer):
    kind: Literal[TaskKind.SUPPLEMENT] = TaskKind.SUPPLEMENT
    documents: tuple[Document, ...] = Field(min_length=1)


class IncompleteAnswer(Answer):
    kind: Literal[TaskKind.DECIDE_INCOMPLETE] = TaskKind.DECIDE_INCOMPLETE
    decision: Literal["more_time", "not_processed", "process"]
    """`process`: judge the referral as it is."""


class ReviewAnswer(Answer):
    kind: Literal[TaskKind.REVIEW_READINESS] = TaskKind.REVIEW_READINESS
    ready: bool
    checklist: Checklist | None = None
    give_up: bool = False
    """Not ready, and not to be expected: the municipality looks at it now."""


class OriginAnswer(Answer):
    kind: Literal[TaskKind.DETERMINE_ORIGIN] = TaskKind.DETERMINE_ORIGIN
    origin: OrganisationId
    """The municipality where the client lived before the institution, or the nearest that is known."""
    exception: OriginException | None = None
    """Why a client from elsewhere is helped here."""
    funded_by: OrganisationId | None = None
    """The municipality that pays for the care, when that is another than the one of origin."""


class TransferAnswer(Answer):
    kind: Literal[TaskKind.AWAIT_TRANSFER] = TaskKind.AWAIT_TRANSFER
    accepted: bool
    help_here: bool = True
    """When the other municipality refuses: whether the client is helped here, or heard before a refusal."""


class TransferReply(Answer):
    kind: Literal[TaskKind.ANSWER_TRANSFER] = TaskKind.ANSWER_TRANSFER
    accepted: bool
    takes_over_on: Day | None = Field(default=None, examples=[EXAMPLE_DAY])
    """From which day the other municipality carries on, when it says yes."""


class AssessmentResult(StrEnum):
    POSITIVE = "positive"
    CONDITIONAL = "positive_with_conditions"
    ALTERNATIVE = "alternative"
    NEGATIVE = "negative"


class UrgencyCondition(StrEnum):
    """What a client must do to keep the urgency."""

    ACCEPT_SUPPORT = "accept_support"
    BUDGET_MANAGEMENT = "budget_management"
    """Budgetbeheer or bewindvoering."""
    DAY_ACTIVITY = "day_activity"
    CONTINUE_TREATMENT = "continue_treatment"
    FINISH_TRAINING = "finish_training"
    """Woontraining."""


class AlternativeForm(StrEnum):
    """What is better for a client than an own home now."""

    SHELTERED = "sheltered"
    """Beschut wonen."""
    INTERIM_HOME = "interim_home"
    """Tussenhuis."""
    GUIDED = "guided"
    """Begeleid wonen."""
    HOUSING_FIRST = "housing_first"
    STAY = "stay"
    """Where the client is now."""


class DecisionReason(StrEnum):
    """On what a decision rests; the words of it are in the note."""

    SKILLS = "skills"
    CARE_AT_NIGHT = "care_at_night"
    TREATMENT_FIRST = "treatment_first"
    MONEY = "money"
    SUPPORT_REFUSED = "support_refused"
    SAFETY = "safety"
    NOT_TARGET_GROUP = "not_target_group"
    NOT_FROM_HERE = "not_from_here"
    DATA_MISSING = "data_missing"
    DATA_WRONG = "data_wrong"
    REFUSED_SUITABLE = "refused_suitable"
    NOT_ANSWERED = "not_answered"
    """No answer came to an offer."""
    NO_CARE = "no_care"
    OTHER = "other"


class SupportProduct(StrEnum):
    """How much support the client gets at home."""

    LIGHT = "light"
    REGULAR = "regular"
    INTENSIVE = "intensive"
    DISTRICT = "district"
    """The district team and the people around the client (mantelzorg): no care provider is needed."""


class AssessmentAnswer(Answer):
    kind: Literal[TaskKind.ASSESS] = TaskKind.ASSESS
    result: AssessmentResult
    support: SupportProduct | None = Field(default=None, examples=[SupportProduct.REGULAR])
    """Which support is needed; always given when positive."""
    conditions: tuple[UrgencyCondition, ...] = ()
    """Always given when positive with conditions."""
    alternative: AlternativeForm | None = None
    reasons: tuple[DecisionReason, ...] = ()


class UrgencyDecisionAnswer(Answer):
    """What is decided on the urgency once the team has advised. Whoever departs from the advice says why."""

    kind: Literal[TaskKind.DECIDE_URGENCY] = TaskKind.DECIDE_URGENCY
    granted: bool
    """False: it is intended to refuse, and first the client is heard."""
    support: SupportProduct | None = None
    """Which support goes with it, when that is another than was advised, or none was."""
    conditions: tuple[UrgencyCondition, ...] | None = None
    """None: the conditions that were advised."""
    reasons: tuple[DecisionReason, ...] = ()
    """On what a refusal would rest, or conditions do; none: on what a team advised that is followed."""


class TermExtensionAnswer(Answer):
    kind: Literal[TaskKind.EXTEND_DECISION_TERM] = TaskKind.EXTEND_DECISION_TERM


class HearingAnswer(Answer):
    """What came of the hearing. When the intended decision stands, the note is written to the client: the letter with
    the decision tells it, after what was written when it was intended.
    """

    kind: Literal[TaskKind.HEAR_CLIENT] = TaskKind.HEAR_CLIENT
    hearing: Literal["heard", "waived", "did_not_appear"] = Field(examples=["heard"])
    heard_on: Day
    """When the client gave an opinion or said to have none; of who did not appear, the last day on which that could be.
    Never before the client was invited.
    """
    form: Literal["spoken", "written"] | None = Field(default=None, exclude_if=left_out, examples=["spoken"])
    """How the client was heard, as the client chose (Awb 4:9): always given then, except in answers of 0.2.0."""
    said_by: Literal["client", "representative"] | None = Field(default=None, exclude_if=left_out)
    """Who spoke: always given with a waiver, which is the client's own."""
    result: HearingResult = Field(examples=[HearingResult.DROPPED])
    reasons: tuple[DecisionReason, ...] = ()
    """On what the decision rests, when it stands. None: on what was said when it was intended. Any: on these and the
    note alone, for instance because the client showed that something was wrong.
    """


ObjectionHearing = Literal["heard", "waived", "no_reply", "needless"]
"""Whether who objects was heard (Awb 7:2 and 7:3): was, did not want to be, did not say so in time, or need not be, for
the objection is plainly inadmissible or unfounded. Left out where it is fully upheld, none was needed (7:3 e).
"""
HeldBy = Literal["uninvolved", "mostly_uninvolved", "college", "committee"]
"""Who held the hearing (Awb 7:5 and 7:13): somebody who did not prepare the decision; several, of whom most and who
leads did not; the college or a member of it; or an advisory committee.
"""


Inadmissible = Literal["late", "incomplete", "no_interest", "no_decision"]
"""Why an objection cannot be dealt with: it came after the term and that is not excused (Awb 6:11); what it lacked was
not added when asked (6:6); who objects has no interest in it (1:2); or what it is against is no decision (1:3, 7:1).
"""


class ObjectionAnswer(Answer):
    """What was decided on the objection. The note is written to the client: the letter tells it, and itself names the
    ground on which nobody was heard (Awb 7:12).
    """

    kind: Literal[TaskKind.DECIDE_OBJECTION] = TaskKind.DECIDE_OBJECTION
    result: ObjectionResult
    hearing: ObjectionHearing | None = Field(default=None, exclude_if=left_out, examples=["heard"])
    """Always given where it is not upheld, except in answers of 0.2.0."""
    heard_on: Day | None = Field(default=None, exclude_if=left_out)
    heard_by: HeldBy | None = Field(default=None, exclude_if=left_out, examples=["uninvolved"])
    ground: Inadmissible | None = Field(default=None, exclude_if=left_out)
    """Always given where it is inadmissible, except in answers of before that was asked."""
    excused: bool = Field(default=False, exclude_if=left_out)
    """True: it came late, there was a good reason for that (Awb 6:11), and so it is judged all the same."""


ComplaintHearing = Literal["heard", "waived", "no_reply", "needless"]
"""Whether a complainant was heard (Awb 9:10): was, did not want to be, did not say so in time, or need not be, for the
complaint is plainly unfounded.
"""


class ComplaintAnswer(Answer):
    kind: Literal[TaskKind.HANDLE_COMPLAINT] = TaskKind.HANDLE_COMPLAINT
    result: ComplaintResult
    hearing: ComplaintHearing | None = Field(default=None, examples=["waived"])
    heard_on: Day | None = None
    ground: NotHandled | None = None
    """Why it is not handled."""
    happened_on: Day | None = None
    """When that happened of which is complained, where it is longer than a year ago."""
    until: Day | None = None
    """To which day the answer is postponed; None: four weeks."""
    agreed: bool = False
    """Whether the complainant agreed in writing to wait longer than that."""


class PlaceAnswer(Answer):
    """Look for a place again at once, for instance after a council decision raised the quota."""

    kind: Literal[TaskKind.AWAIT_PLACE] = TaskKind.AWAIT_PLACE


class CorporationDecline(StrEnum):
    """Why a corporation does not make an offer: never counted against the client."""

    UNAVAILABLE = "unavailable"
    COMPLEX_OVERLOADED = "complex_overloaded"
    OTHER = "other"


class MatchAnswer(Answer):
    kind: Literal[TaskKind.MAKE_OFFER] = TaskKind.MAKE_OFFER
    corporation: OrganisationId = Field(examples=["ymere"])
    dwelling: PartnerNumber | None = Field(default=None, examples=["E-1"])
    declined: CorporationDecline | None = Field(default=None, exclude_if=left_out)
    """Why a corporation whose turn it is chooses none of its dwellings."""


class UrgencyAnswer(Answer):
    kind: Literal[TaskKind.EXTEND_URGENCY] = TaskKind.EXTEND_URGENCY
    extend: bool


class ConfirmationAnswer(Answer):
    kind: Literal[TaskKind.CONFIRM_OFFER] = TaskKind.CONFIRM_OFFER
    number: PartnerNumber | None = Field(default=None, examples=["O-1001"])
    declined: CorporationDecline | None = None


class RefusalReason(StrEnum):
    """Why a client refuses; a person judges whether the reason is valid."""

    RENT = "rent"
    SIZE = "size"
    NEIGHBOURHOOD = "neighbourhood"
    ACCESSIBILITY = "accessibility"
    SAFETY = "safety"
    DATA_WRONG = "data_wrong"
    STATE_OF_REPAIR = "state_of_repair"
    FAR_FROM_NETWORK = "far_from_network"
    """Too far from family, treatment or work."""
    HEALTH = "health"
    HOUSEHOLD_CHANGED = "household_changed"
    SUPPORT = "support"
    """The client does not want the support that goes with it."""
    NO_ANSWER = "no_answer"
    OTHER = "other"


class ViewingPlanAnswer(Answer):
    kind: Literal[TaskKind.PLAN_VIEWING] = TaskKind.PLAN_VIEWING
    on: Day


class ViewingAnswer(Answer):
    kind: Literal[TaskKind.HOLD_VIEWING] = TaskKind.HOLD_VIEWING
    held: bool
    """False: the client or the corporation could not come."""


class ClientAnswer(Answer):
    kind: Literal[TaskKind.ANSWER_OFFER] = TaskKind.ANSWER_OFFER
    accept: bool
    reason: RefusalReason | None = None


class ContactAnswer(Answer):
    kind: Literal[TaskKind.RESOLVE_NO_ANSWER] = TaskKind.RESOLVE_NO_ANSWER
    result: Literal["accepted", "refused", "more_time", "not_reached"]
    reason: RefusalReason | None = None


class JudgementAnswer(Answer):
    kind: Literal[TaskKind.JUDGE_REFUSAL] = TaskKind.JUDGE_REFUSAL
    valid: bool


class LegalGround(StrEnum):
    """On which ground a lease may be temporary: only for the groups that the law names."""

    SHELTER_OR_EMERGENCY = "shelter_or_emergency"
    """From maatschappelijke opvang or a social emergency, with an urgent need."""
    SECOND_CHANCE = "second_chance"
    """Tweedekanshuurders."""
    YOUTH = "youth"
    """Jongerencontract."""
    STUDENT = "student"
    LARGE_FAMILY = "large_family"
    OTHER_LAW = "other_law"
    """Another ground in the law, which the corporation has checked; the note says which."""


class CheckFailure(StrEnum):
    """Why a lease cannot be signed."""

    INCOME = "income"
    PAPERS = "papers"
    RENTAL_HISTORY = "rental_history"
    CARE_NOT_AVAILABLE = "care_not_available"
    FRAUD_SUSPECTED = "fraud_suspected"
    """A person judges it first."""
    OTHER = "other"


class LeaseAnswer(Answer):
    kind: Literal[TaskKind.SIGN_LEASE] = TaskKind.SIGN_LEASE
    form: LeaseForm | None = Field(default=None, examples=[LeaseForm.TRIPARTITE])
    keys_on: Day | None = Field(default=None, examples=[EXAMPLE_DAY])
    """The day agreed for the keys."""
    failed_check: bool = False
    """The lease could not be signed, for instance on income or papers: back to matching, not counted."""
    failure: CheckFailure | None = None
    legal_ground: LegalGround | None = None
    """Always given with a temporary lease."""
    ends_on: Day | None = None
    """When a temporary lease ends."""


class FraudAnswer(Answer):
    kind: Literal[TaskKind.JUDGE_FRAUD] = TaskKind.JUDGE_FRAUD
    founded: bool
    """True: the client is heard before the urgency lapses. False: back to matching."""


class ReceivingTeamAnswer(Answer):
    kind: Literal[TaskKind.NAME_RECEIVING_TEAM] = TaskKind.NAME_RECEIVING_TEAM
    team: OrganisationId = Field(examples=["wijkteam-stad-haven"])
    """The district team that receives the client."""


class OnwardMoveAnswer(Answer):
    kind: Literal[TaskKind.ARRANGE_ONWARD_MOVE] = TaskKind.ARRANGE_ONWARD_MOVE
    way: Literal["lease_made_permanent", "moves_on", "more_time"]


class SupportAnswer(Answer):
    kind: Literal[TaskKind.CONFIRM_SUPPORT] = TaskKind.CONFIRM_SUPPORT
    starts_on: Day | None = Field(default=None, examples=[EXAMPLE_DAY])
    number: PartnerNumber | None = None
    unable: bool = False


class BridgeAnswer(Answer):
    kind: Literal[TaskKind.BRIDGE_SUPPORT] = TaskKind.BRIDGE_SUPPORT
    way: Literal["bridge", "other_provider", "more_time", "keys_at_start", "no_care"]
    """`keys_at_start`: the keys on the day on which support starts; only before them. `no_care`: nobody can support the
    client at home; only before the keys, and the client is heard first."""
    by: OrganisationId | None = Field(default=None, examples=["leger-des-heils"])
    """Who bridges, or which provider is asked instead."""


class RetourAnswer(Answer):
    kind: Literal[TaskKind.AWAIT_RETOUR] = TaskKind.AWAIT_RETOUR
    way: Literal["received", "send_again"]
    """`received`: the retour came, or the provider says outside the messages that it has ours."""


class KeysAnswer(Answer):
    kind: Literal[TaskKind.HAND_OVER_KEYS] = TaskKind.HAND_OVER_KEYS
    on: Day


class StartAnswer(Answer):
    kind: Literal[TaskKind.START_SUPPORT] = TaskKind.START_SUPPORT
    started_on: Day | None = Field(default=None, examples=[EXAMPLE_DAY])
    unable: bool = False
    in_place: tuple[SoftLanding, ...] | None = None
    """What of the soft landing is in place at the first contact."""


class SupportReviewAnswer(Answer):
    kind: Literal[TaskKind.REVIEW_SUPPORT] = TaskKind.REVIEW_SUPPORT
    way: Literal["settled", "corrected", "start_again"]
    """`corrected`: support started on another day; `start_again`: it has yet to start, and the provider is asked."""
    started_on: Day | None = None


class LandingAnswer(Answer):
    kind: Literal[TaskKind.COMPLETE_LANDING] = TaskKind.COMPLETE_LANDING
    in_place: tuple[SoftLanding, ...] = Field(min_length=1)


class PlanAnswer(Answer):
    kind: Literal[TaskKind.AGREE_PLAN] = TaskKind.AGREE_PLAN
    agreed_on: Day
    goals: tuple[LifeArea, ...] = ()
    """In which areas of life there are goals; what they are stands in the plan itself."""


class TalkAnswer(Answer):
    kind: Literal[TaskKind.HOLD_TALK] = TaskKind.HOLD_TALK
    held_on: Day
    worries: bool = False
    """True: the provider is asked to get in touch with the client."""


class DayPart(StrEnum):
    MORNING = "morning"
    AFTERNOON = "afternoon"
    EVENING = "evening"


class CallResult(StrEnum):
    FINE = "fine"
    LIGHT_HELP = "light_help"
    ESCALATE = "escalate"


class CallAnswer(Answer):
    kind: Literal[TaskKind.FOLLOW_UP_CALL] = TaskKind.FOLLOW_UP_CALL
    day_part: DayPart
    on: Day | None = Field(default=None, exclude_if=left_out, examples=[EXAMPLE_DAY])
    """On which day the client was called; None: today."""
    reached: bool
    result: CallResult | None = Field(default=None, examples=[CallResult.FINE])
    """How it goes, when the client was reached."""


class GuideAnswer(Answer):
    kind: Literal[TaskKind.ASK_GUIDE] = TaskKind.ASK_GUIDE
    in_contact: bool
    """True: the guide sees the client and arranges that the call can be made."""


class SignOffAnswer(Answer):
    kind: Literal[TaskKind.SIGN_OFF_UNREACHABLE] = TaskKind.SIGN_OFF_UNREACHABLE
    close: bool
    """False: call again."""
    visit: bool = False
    """Have the district team visit the client first."""


class FollowOnAnswer(Answer):
    kind: Literal[TaskKind.TAKE_UP_FOLLOW_ON] = TaskKind.TAKE_UP_FOLLOW_ON
    result: Literal["taken_up", "case_conference"] = "taken_up"


class VisitAnswer(Answer):
    kind: Literal[TaskKind.VISIT_CLIENT] = TaskKind.VISIT_CLIENT
    seen: bool
    """Whether the client was spoken to."""
    calmed: bool = False
    """Whether there is no reason to worry, when the visit was about a signal."""


class AcknowledgementAnswer(Answer):
    kind: Literal[TaskKind.ACKNOWLEDGE_SIGNAL] = TaskKind.ACKNOWLEDGE_SIGNAL


class JointTalkAnswer(Answer):
    kind: Literal[TaskKind.HOLD_JOINT_TALK] = TaskKind.HOLD_JOINT_TALK
    result: Literal["agreements", "calmed", "case_conference"]


class SignalReviewAnswer(Answer):
    kind: Literal[TaskKind.REVIEW_SIGNAL] = TaskKind.REVIEW_SIGNAL
    result: Literal["calmed", "more_time", "case_conference"]


class ConferenceAnswer(Answer):
    kind: Literal[TaskKind.HOLD_CASE_CONFERENCE] = TaskKind.HOLD_CASE_CONFERENCE
    result: Literal["calmed", "agreements", "handed_over", "placement_failed"]
    """`handed_over`: others take the formal route, outside the engine. `placement_failed`: after a hearing."""


class ReminderAnswer(Answer):
    """A written reminder was sent, or the arrears were paid meanwhile."""

    kind: Literal[TaskKind.REMIND_ARREARS] = TaskKind.REMIND_ARREARS
    settled: bool = False
    """Whether the arrears are paid, or there is an arrangement that is kept."""


class TenantAnswer(Answer):
    """The tenant was spoken to, or could not be."""

    kind: Literal[TaskKind.CONTACT_TENANT] = TaskKind.CONTACT_TENANT
    settled: bool = False


class DebtHelpAnswer(Answer):
    kind: Literal[TaskKind.OFFER_DEBT_HELP] = TaskKind.OFFER_DEBT_HELP
    settled: bool = False
    objects: bool = False
    """The tenant does not want the arrears passed on; then they are not."""


class ArrearsAnswer(Answer):
    kind: Literal[TaskKind.TAKE_UP_ARREARS] = TaskKind.TAKE_UP_ARREARS
    result: Literal["settled", "handed_over", "case_conference"]


class ClientContactAnswer(Answer):
    kind: Literal[TaskKind.CONTACT_CLIENT] = TaskKind.CONTACT_CLIENT
    result: Literal["calmed", "agreements", "no_contact"]


class TimeOutReviewAnswer(Answer):
    kind: Literal[TaskKind.REVIEW_TIME_OUT] = TaskKind.REVIEW_TIME_OUT
    result: Literal["goes_on", "returned"]
    on: Day | None = None
    """The day of the return."""


class AbsenceReviewAnswer(Answer):
    kind: Literal[TaskKind.REVIEW_ABSENCE] = TaskKind.REVIEW_ABSENCE
    result: Literal["goes_on", "returned", "end"]
    """`end`: it lasts too long; the client is heard first."""
    on: Day | None = None
    """The day of the return."""


class ConversionAnswer(Answer):
    kind: Literal[TaskKind.DECIDE_CONVERSION] = TaskKind.DECIDE_CONVERSION
    result: Literal["converted", "extended", "ended_outside"]
    """`ended_outside`: the landlord and the tenant settle it between them; the engine ends no lease."""
    on: Day | None = Field(default=None, examples=[EXAMPLE_DAY])
    """From when the lease is in the client's own name."""


class ConversionCheckAnswer(Answer):
    """What the municipality says to the advice on the lease, where the policy has it checked."""

    kind: Literal[TaskKind.CHECK_CONVERSION] = TaskKind.CHECK_CONVERSION
    result: Literal["agreed", "later", "left"]
    """`left`: there will be no lease in the client's own name; the note says why."""
    on: Day | None = Field(default=None, examples=[EXAMPLE_DAY])
    """From when the lease is in the client's own name."""
    again_on: Day | None = None
    """When it is looked at again."""


class KnownFrom(StrEnum):
    """How somebody knows what they report of a client."""

    CLIENT = "client"
    """The client said so."""
    FAMILY = "family"
    GUIDE = "guide"
    """The client's personal guide, or somebody else who cares for the client."""
    AUTHORITY = "authority"
    """A register, a doctor or the police."""
    SEEN = "seen"
    """Whoever reports it was there."""
    OTHER = "other"
    """The note says how."""


class DeathConfirmationAnswer(Answer):
    kind: Literal[TaskKind.CONFIRM_DEATH] = TaskKind.CONFIRM_DEATH
    confirmed: bool
    """False: the client lives, and the mediation goes on."""
    source: KnownFrom | None = Field(default=None, examples=[KnownFrom.FAMILY])
    """How the municipality knows it, when it is so."""


class WithdrawalConfirmationAnswer(Answer):
    kind: Literal[TaskKind.CONFIRM_WITHDRAWAL] = TaskKind.CONFIRM_WITHDRAWAL
    confirmed: Annotated[Literal[True, False, "unreached"], BeforeValidator(_no_number)]
    """`unreached`: the client could not be reached yet; nothing stops, and it is asked again."""
    spoke_on: Day | None = Field(default=None, examples=[EXAMPLE_DAY])
    """On which day the client was spoken to. The note has the client's own words."""


class OfferWithdrawalAnswer(Answer):
    kind: Literal[TaskKind.CONFIRM_OFFER_WITHDRAWAL] = TaskKind.CONFIRM_OFFER_WITHDRAWAL
    confirmed: bool
    """False: the lease stands, and the mediation goes on. If it is so, the note says why the client cannot have the
    home.
    """


class PauseReviewAnswer(Answer):
    kind: Literal[TaskKind.REVIEW_PAUSE] = TaskKind.REVIEW_PAUSE
    result: Literal["goes_on", "resumed"]


class DeliveryAnswer(Answer):
    kind: Literal[TaskKind.RESOLVE_DELIVERY] = TaskKind.RESOLVE_DELIVERY
    way: Literal["done_by_hand", "try_again"]
    on: Day | None = None
    """On which day it was done by hand; None: today. From the day after a decision was posted its term runs."""


TaskAnswer = Annotated[
    ReadinessAnswer
    | SupplementAnswer
    | IncompleteAnswer
    | ReviewAnswer
    | OriginAnswer
    | TransferAnswer
    | TransferReply
    | AssessmentAnswer
    | UrgencyDecisionAnswer
    | TermExtensionAnswer
    | HearingAnswer
    | ObjectionAnswer
    | ComplaintAnswer
    | PlaceAnswer
    | MatchAnswer
    | UrgencyAnswer
    | ConfirmationAnswer
    | ViewingPlanAnswer
    | ViewingAnswer
    | ClientAnswer
    | ContactAnswer
    | JudgementAnswer
    | LeaseAnswer
    | FraudAnswer
    | ReceivingTeamAnswer
    | OnwardMoveAnswer
    | SupportAnswer
    | RetourAnswer
    | BridgeAnswer
    | KeysAnswer
    | StartAnswer
    | SupportReviewAnswer
    | LandingAnswer
    | PlanAnswer
    | TalkAnswer
    | CallAnswer
    | GuideAnswer
    | SignOffAnswer
    | FollowOnAnswer
    | VisitAnswer
    | AcknowledgementAnswer
    | JointTalkAnswer
    | SignalReviewAnswer
    | ConferenceAnswer
    | ReminderAnswer
    | TenantAnswer
    | DebtHelpAnswer
    | ArrearsAnswer
    | ClientContactAnswer
    | TimeOutReviewAnswer
    | AbsenceReviewAnswer
    | ConversionAnswer
    | ConversionCheckAnswer
    | DeathConfirmationAnswer
    | WithdrawalConfirmationAnswer
    | OfferWithdrawalAnswer
    | PauseReviewAnswer
    | DeliveryAnswer,
    Field(discriminator="kind"),
]
