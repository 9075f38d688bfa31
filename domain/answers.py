"""What may be answered to each kind of task: one typed answer per kind, told apart by `kind`.

Free text never stands here: it is in the vault, and `note` points at it.
"""

from datetime import date
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from domain.outcome import Outcome
from domain.parties import OrganisationId
from domain.policy import LeaseForm
from domain.referral import Document
from domain.tasks import TaskKind
from domain.value import Value

PartnerNumber = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._/-]{1,40}$")]
"""The number under which a partner's system knows something."""
Note = Annotated[str, StringConstraints(pattern=r"^note-[0-9a-z]{8,64}$")]


Day = Annotated[date, Field(ge=date(2000, 1, 1), lt=date(2100, 1, 1))]
"""A date that a mediation can know of; anything else is a slip of the pen."""


class Answer(Value):
    """What every answer may carry."""

    note: Note | None = None


class Readiness(StrEnum):
    READY = "ready"
    NOT_READY = "not_ready"
    INCOMPLETE = "incomplete"
    NOT_ELIGIBLE = "not_eligible"
    """Not of a target group of this municipality: the client is heard, and then it is decided."""


class ReadinessAnswer(Answer):
    kind: Literal[TaskKind.CHECK_READINESS] = TaskKind.CHECK_READINESS
    result: Readiness
    missing: tuple[Document, ...] = ()
    """Which documents are missing, when the referral is incomplete."""
    review_on: Day | None = None
    """When to look again, when the client is not ready; else the policy's term."""


class SupplementAnswer(Answer):
    kind: Literal[TaskKind.SUPPLEMENT] = TaskKind.SUPPLEMENT
    documents: tuple[Document, ...] = Field(min_length=1)


class IncompleteAnswer(Answer):
    kind: Literal[TaskKind.DECIDE_INCOMPLETE] = TaskKind.DECIDE_INCOMPLETE
    decision: Literal["more_time", "not_processed"]


class ReviewAnswer(Answer):
    kind: Literal[TaskKind.REVIEW_READINESS] = TaskKind.REVIEW_READINESS
    ready: bool


class AssessmentResult(StrEnum):
    POSITIVE = "positive"
    ALTERNATIVE = "alternative"
    NEGATIVE = "negative"


class SupportProduct(StrEnum):
    """How much support the client gets at home."""

    LIGHT = "light"
    REGULAR = "regular"
    INTENSIVE = "intensive"


class AssessmentAnswer(Answer):
    kind: Literal[TaskKind.ASSESS] = TaskKind.ASSESS
    result: AssessmentResult
    support: SupportProduct | None = None
    """Which support is needed; always given when positive."""


class TermExtensionAnswer(Answer):
    kind: Literal[TaskKind.EXTEND_DECISION_TERM] = TaskKind.EXTEND_DECISION_TERM


class HearingResult(StrEnum):
    UPHELD = "upheld"
    """The intended decision stands."""
    DROPPED = "dropped"
    """The client is given what was asked, or another chance."""


class HearingAnswer(Answer):
    kind: Literal[TaskKind.HEAR_CLIENT] = TaskKind.HEAR_CLIENT
    hearing: Literal["heard", "waived", "did_not_appear"]
    heard_on: Day
    result: HearingResult


class PlaceAnswer(Answer):
    """Look for a place again at once, for instance after a council decision raised the quota."""

    kind: Literal[TaskKind.AWAIT_PLACE] = TaskKind.AWAIT_PLACE


class MatchAnswer(Answer):
    kind: Literal[TaskKind.MAKE_OFFER] = TaskKind.MAKE_OFFER
    corporation: OrganisationId
    dwelling: PartnerNumber


class UrgencyAnswer(Answer):
    kind: Literal[TaskKind.EXTEND_URGENCY] = TaskKind.EXTEND_URGENCY
    extend: bool


class CorporationDecline(StrEnum):
    """Why a corporation does not make an offer: never counted against the client."""

    UNAVAILABLE = "unavailable"
    COMPLEX_OVERLOADED = "complex_overloaded"
    OTHER = "other"


class ConfirmationAnswer(Answer):
    kind: Literal[TaskKind.CONFIRM_OFFER] = TaskKind.CONFIRM_OFFER
    number: PartnerNumber | None = None
    declined: CorporationDecline | None = None


class RefusalReason(StrEnum):
    """Why a client refuses; a person judges whether the reason is valid."""

    RENT = "rent"
    SIZE = "size"
    NEIGHBOURHOOD = "neighbourhood"
    ACCESSIBILITY = "accessibility"
    SAFETY = "safety"
    DATA_WRONG = "data_wrong"
    NO_ANSWER = "no_answer"
    OTHER = "other"


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


class LeaseAnswer(Answer):
    kind: Literal[TaskKind.SIGN_LEASE] = TaskKind.SIGN_LEASE
    form: LeaseForm | None = None
    keys_on: Day | None = None
    """The day agreed for the keys."""
    failed_check: bool = False
    """The lease could not be signed, for instance on income or papers: back to matching, not counted."""


class SupportAnswer(Answer):
    kind: Literal[TaskKind.CONFIRM_SUPPORT] = TaskKind.CONFIRM_SUPPORT
    starts_on: Day | None = None
    number: PartnerNumber | None = None
    unable: bool = False


class BridgeAnswer(Answer):
    kind: Literal[TaskKind.BRIDGE_SUPPORT] = TaskKind.BRIDGE_SUPPORT
    way: Literal["bridge", "other_provider", "more_time"]
    by: OrganisationId | None = None
    """Who bridges, or which provider is asked instead."""


class KeysAnswer(Answer):
    kind: Literal[TaskKind.HAND_OVER_KEYS] = TaskKind.HAND_OVER_KEYS
    on: Day


class StartAnswer(Answer):
    kind: Literal[TaskKind.START_SUPPORT] = TaskKind.START_SUPPORT
    started_on: Day | None = None
    unable: bool = False


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
    reached: bool
    result: CallResult | None = None
    """How it goes, when the client was reached."""


class GuideAnswer(Answer):
    kind: Literal[TaskKind.ASK_GUIDE] = TaskKind.ASK_GUIDE
    in_contact: bool
    """True: the guide sees the client and arranges that the call can be made."""


class SignOffAnswer(Answer):
    kind: Literal[TaskKind.SIGN_OFF_UNREACHABLE] = TaskKind.SIGN_OFF_UNREACHABLE
    close: bool
    """False: call again."""


class FollowOnAnswer(Answer):
    kind: Literal[TaskKind.TAKE_UP_FOLLOW_ON] = TaskKind.TAKE_UP_FOLLOW_ON


class DeliveryAnswer(Answer):
    kind: Literal[TaskKind.RESOLVE_DELIVERY] = TaskKind.RESOLVE_DELIVERY
    way: Literal["done_by_hand", "try_again"]


TaskAnswer = Annotated[
    ReadinessAnswer
    | SupplementAnswer
    | IncompleteAnswer
    | ReviewAnswer
    | AssessmentAnswer
    | TermExtensionAnswer
    | HearingAnswer
    | PlaceAnswer
    | MatchAnswer
    | UrgencyAnswer
    | ConfirmationAnswer
    | ClientAnswer
    | ContactAnswer
    | JudgementAnswer
    | LeaseAnswer
    | SupportAnswer
    | BridgeAnswer
    | KeysAnswer
    | StartAnswer
    | CallAnswer
    | GuideAnswer
    | SignOffAnswer
    | FollowOnAnswer
    | DeliveryAnswer,
    Field(discriminator="kind"),
]


class HearingSubject(StrEnum):
    """Which negative decision is intended, and what it would end in."""

    NEGATIVE_ASSESSMENT = "negative_assessment"
    ALTERNATIVE_LIVING_FORM = "alternative_living_form"
    LAPSE_AFTER_REFUSAL = "lapse_after_refusal"
    URGENCY_NOT_EXTENDED = "urgency_not_extended"
    NOT_PROCESSED = "not_processed"
    NOT_ELIGIBLE = "not_eligible"

    @property
    def outcome(self) -> Outcome:
        """Return the outcome if the intended decision stands."""
        return {
            HearingSubject.NEGATIVE_ASSESSMENT: Outcome.REJECTED,
            HearingSubject.ALTERNATIVE_LIVING_FORM: Outcome.ALTERNATIVE_LIVING_FORM,
            HearingSubject.LAPSE_AFTER_REFUSAL: Outcome.REFUSED_LAPSED,
            HearingSubject.URGENCY_NOT_EXTENDED: Outcome.URGENCY_EXPIRED,
            HearingSubject.NOT_PROCESSED: Outcome.NOT_PROCESSED_INCOMPLETE,
            HearingSubject.NOT_ELIGIBLE: Outcome.REJECTED,
        }[self]
