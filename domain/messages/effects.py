"""What must be done to the outside world. An effect's type is the name of the activity that does it.

Effects of one lane run in order; lanes do not wait for each other. The key `{mediation}:{step}:{n}` is stable over
every retry: a partner that remembers it sees the effect once. `n` is the number of the event that called for it. An
effect that a person has asked once more has a key of its own, and the identity of the first.
"""

from datetime import date, datetime
from enum import StrEnum
from functools import lru_cache
from typing import Annotated, Literal

from pydantic import Field

from domain.facts.outcome import Outcome
from domain.facts.parties import OrganisationId, PartnerNumber
from domain.facts.referral import District
from domain.facts.tasks import TaskKind
from domain.facts.value import Value, left_out
from domain.messages.answers import Day, SupportProduct
from domain.messages.told import Told
from domain.policy.policy import LeaseForm

LETTERS_LANE = "letters"
DWELLINGS = "dwellings"
PLACES = "places"


class Effect(Value):
    """One thing to do, once."""

    key: str = ""
    test: bool = Field(default=False, exclude_if=left_out)
    """Whether it is of a trial: nothing goes to a partner's system, and a letter says what it is."""

    @property
    def step(self) -> str:
        """Return the middle part of the key: what is done, in words."""
        return _in_words(str(type(self).model_fields["type"].default))

    @property
    def lane(self) -> str:
        """Return the lane in which this effect keeps its place."""
        raise NotImplementedError


@lru_cache(maxsize=64)
def _in_words(name: str) -> str:
    return "".join(f"-{c.lower()}" if c.isupper() else c for c in name).lstrip("-")


class ToPartner(Effect):
    """Something asked of the system of one partner."""

    first_key: str | None = None
    """The key under which it was asked first, when a person has it asked once more: it may have been done then."""

    @property
    def identity(self) -> str:
        """Return the key by which the partner knows it, however often and by whomever it is asked anew."""
        return self.first_key or self.key


class ToTeam(ToPartner):
    """Something asked of a district team's system."""

    team: OrganisationId

    @property
    def lane(self) -> str:
        return self.team


class AskAssessment(ToTeam):
    """Ask the district team to assess the client."""

    type: Literal["AskAssessment"] = "AskAssessment"
    due_on: date


class GiveNotice(ToTeam):
    """Tell the receiving district team who moves in, where and when."""

    type: Literal["GiveNotice"] = "GiveNotice"
    district: District
    keys_on: date


class ToCorporation(ToPartner):
    """Something asked of a housing corporation's system."""

    corporation: OrganisationId

    @property
    def lane(self) -> str:
        return self.corporation


class ListDwellings(Effect):
    """List the dwellings that the corporations have released. One that is away does not hold up the others."""

    type: Literal["ListDwellings"] = "ListDwellings"
    corporations: tuple[OrganisationId, ...]
    released_by: date

    @property
    def lane(self) -> str:
        return DWELLINGS


class PlaceOffer(ToCorporation):
    """Reserve a dwelling for this client at the corporation."""

    type: Literal["PlaceOffer"] = "PlaceOffer"
    task: str
    """The corporation's task that the answer closes."""
    dwelling: PartnerNumber
    household: int
    respond_by: datetime


class ReadOffer(ToCorporation):
    """Read in the corporation's system whether the offer was answered or withdrawn there."""

    type: Literal["ReadOffer"] = "ReadOffer"
    task: str
    number: PartnerNumber


class LetGo(StrEnum):
    """Why the dwelling of an offer is let go while the mediation goes on."""

    REFUSED = "refused"
    FAILED_CHECK = "failed_check"
    CARE_NOT_AVAILABLE = "care_not_available"
    CLIENT_ABSENT = "client_absent"
    STEPPED_BACK = "stepped_back"
    NO_LONGER_WANTED = "no_longer_wanted"
    """The corporation confirmed an offer that was let go in the meantime."""

    # the reasons for which a corporation takes an offer back (`domain.messages.commands.WithdrawalReason`)
    LET_OTHERWISE = "let_otherwise"
    NOT_READY = "not_ready"
    COMPLEX_OVERLOADED = "complex_overloaded"
    CHANGED = "changed"
    OTHER = "other"


class FreeDwelling(ToCorporation):
    """Tell the corporation that the dwelling is free again."""

    # histories and the journal know it by this name
    type: Literal["WithdrawOffer"] = "WithdrawOffer"
    number: PartnerNumber
    reason: LetGo | Outcome


class PrepareLease(ToCorporation):
    """Have the corporation draw up the lease."""

    type: Literal["PrepareLease"] = "PrepareLease"
    number: PartnerNumber
    form: LeaseForm


class ToProvider(ToPartner):
    """Something asked of a care provider's system."""

    provider: OrganisationId

    @property
    def lane(self) -> str:
        return self.provider


class RequestSupport(ToProvider):
    """Ask the care provider to support the client at home."""

    type: Literal["RequestSupport"] = "RequestSupport"
    product: SupportProduct
    district: District


class ReadSupport(ToProvider):
    """Read in the provider's system whether support was planned or started."""

    type: Literal["ReadSupport"] = "ReadSupport"
    task: str
    number: PartnerNumber


class CancelSupport(ToProvider):
    """Tell the provider that support is no longer needed."""

    type: Literal["CancelSupport"] = "CancelSupport"
    number: PartnerNumber
    ended_on: Day | None = None
    """The last day of support that had started, when another provider goes on; None: it never started."""


class CallWaiting(Effect):
    """Call those whose turn has come for a place of this municipality, or of all that share with it. Or, where a home
    came free, those who wait for one of its corporation.
    """

    type: Literal["CallWaiting"] = "CallWaiting"
    municipality: OrganisationId
    corporation: OrganisationId | None = Field(default=None, exclude_if=left_out)
    """Whose home came free."""

    @property
    def lane(self) -> str:
        return PLACES


class Letter(StrEnum):
    """Which letter."""

    REFERRAL_RECEIVED = "referral_received"
    TASK_OPENED = "task_opened"
    TASK_REMINDER = "task_reminder"
    TASK_ESCALATED = "task_escalated"
    TASK_PASSED_ON = "task_passed_on"
    MORE_TIME_ASKED = "more_time_asked"
    TASK_NOT_THEIRS = "task_not_theirs"
    MORE_TIME_REFUSED = "more_time_refused"
    TASK_STAYS = "task_stays"
    TRANSFER_ASKED = "transfer_asked"
    TRANSFER_PROPOSED = "transfer_proposed"
    """To client and guide: another municipality is asked to carry it on, as they agreed."""
    TRANSFER_STOPPED = "transfer_stopped"
    """To them: it does not, or is asked no longer."""
    TRANSFER_DECLINED = "transfer_declined"
    TRANSFER_OFF = "transfer_off"
    """To the other municipality: it is asked no longer."""
    HELPED_HERE = "helped_here"
    """The other municipality does not take the client over, and we go on."""
    SUPPLEMENT_ASKED = "supplement_asked"
    """To the client: the institution is asked by a letter about its task."""
    NOT_READY_YET = "not_ready_yet"
    DECISION_TERM_EXTENDED = "decision_term_extended"
    DEADLINE_CHANGED = "deadline_changed"
    HEARING_INVITED = "hearing_invited"
    URGENCY_GRANTED = "urgency_granted"
    REFUSAL_COUNTED = "refusal_counted"
    REFUSAL_NOT_COUNTED = "refusal_not_counted"
    WAITING_FOR_PLACE = "waiting_for_place"
    URGENCY_WILL_END = "urgency_will_end"
    URGENCY_RAN_OUT = "urgency_ran_out"
    """It ended, and nobody has decided yet whether it is extended."""
    URGENCY_OVER = "urgency_over"
    """It ended on its day, as was decided and told before."""
    URGENCY_WITH_CONDITIONS = "urgency_with_conditions"
    URGENCY_EXTENDED = "urgency_extended"
    OBJECTION_RECEIVED = "objection_received"
    OBJECTION_EXTENDED = "objection_extended"
    OBJECTION_DECIDED = "objection_decided"
    """Of before each result had a letter of its own: sent no more."""
    OBJECTION_UPHELD = "objection_upheld"
    OBJECTION_DISMISSED = "objection_dismissed"
    OBJECTION_INADMISSIBLE = "objection_inadmissible"
    OBJECTION_WITHDRAWN = "objection_withdrawn"
    OBJECTION_OPEN_AT_END = "objection_open_at_end"
    COMPLAINT_RECEIVED = "complaint_received"
    COMPLAINT_POSTPONED = "complaint_postponed"
    COMPLAINT_ANSWERED = "complaint_answered"
    COMPLAINT_NOT_HANDLED = "complaint_not_handled"
    COMPLAINT_OVER = "complaint_over"
    """The complaint was withdrawn, or the complainant is content."""
    HOUSING_TARGET_NEAR = "housing_target_near"
    HOUSING_TARGET_MISSED = "housing_target_missed"
    DECISION_TERM_OVER = "decision_term_over"
    DEFAULT_NOTICE_RECEIVED = "default_notice_received"
    PENALTY_RUNS = "penalty_runs"
    PENALTY_OWED = "penalty_owed"
    VIEWING_PLANNED = "viewing_planned"
    CALL_PLANNED = "call_planned"
    APPOINTMENT_MOVED = "appointment_moved"
    APPOINTMENT_OFF = "appointment_off"
    OFFER_MADE = "offer_made"
    OFFER_CHANGED = "offer_changed"
    """Something of the home is not as it was told; the client need not do anything."""
    RENT_RAISED = "rent_raised"
    """The rent of the home that was offered goes up: the client is asked anew."""
    OFFER_WITHDRAWN = "offer_withdrawn"
    OFFERS_WITHDRAWN = "offers_withdrawn"
    OFFER_LET_GO = "offer_let_go"
    KEYS_PLANNED = "keys_planned"
    KEYS_MOVED = "keys_moved"
    SUPPORT_STARTS = "support_starts"
    SUPPORT_OFF = "support_off"
    """Support does not start on the day that was told."""
    NOT_REACHED = "not_reached"
    TEMPORARY_LEASE = "temporary_lease"
    LEASE_RAN_OUT = "lease_ran_out"
    """To the municipality: a temporary lease ended before the client had the keys."""
    PROVIDER_CHANGED = "provider_changed"
    PLAN_ASKED = "plan_asked"
    TALK_PLANNED = "talk_planned"
    JOINT_TALK_PLANNED = "joint_talk_planned"
    ABSENCE_NOTED = "absence_noted"
    ABSENCE_NOTED_KEYS_LATER = "absence_noted_keys_later"
    ABSENCE_NOTED_OFFER_GONE = "absence_noted_offer_gone"
    RETURN_NOTED = "return_noted"
    LEASE_CONVERTED = "lease_converted"
    LEASE_CONVERSION_LATER = "lease_conversion_later"
    LEASE_NOT_CONVERTED = "lease_not_converted"
    """The municipality has checked it: there will be no lease in the client's own name."""
    STEPPED_BACK = "stepped_back"
    URGENCY_GIVEN_UP = "urgency_given_up"
    """The client agreed that the urgency stops; the application is judged anew."""
    DELIVERY_FAILED = "delivery_failed"
    REPORT_DENIED = "report_denied"
    LEASE_STANDS = "lease_stands"
    """To the corporation: it cannot take back a home of which the lease is signed."""
    MOVE_OFF = "move_off"
    CLOSED = "closed"
    """To organisations. To clients of before each end had a letter of its own: sent to them no more."""
    HOUSED_FOLLOW_UP_HELD = "housed_follow_up_held"
    HOUSED_UNREACHABLE = "housed_unreachable"
    STOPPED_AT_REQUEST = "stopped_at_request"
    STOPPED_AFTER_KEYS = "stopped_after_keys"
    """The client wants no more support: the mediation goes on to the call."""
    OWN_HOUSING_FOUND = "own_housing_found"
    ENDED_AT_INSTITUTION = "ended_at_institution"
    """To the institution, when the mediation ended before the keys: what is left for it to do."""
    REJECTED = "rejected"
    NOT_PROCESSED = "not_processed"
    NOT_READY = "not_ready"
    ALTERNATIVE_LIVING_FORM = "alternative_living_form"
    REFUSED_LAPSED = "refused_lapsed"
    URGENCY_ENDED = "urgency_ended"
    URGENCY_WITHDRAWN = "urgency_withdrawn"
    URGENCY_TAKEN_BACK = "urgency_taken_back"
    """The application is judged anew: the mediation goes on."""
    CARE_NOT_AVAILABLE = "care_not_available"
    ENDED_LONG_ABSENCE = "ended_long_absence"
    PLACEMENT_FAILED = "placement_failed"
    OTHER_MUNICIPALITY = "other_municipality"
    TRANSFERRED = "transferred"
    DECISION_SENT = "decision_sent"
    """To the guide: the client got a letter with a decision."""
    REOPENED = "reopened"
    GOES_ON = "goes_on"
    ENDED_BY_MISTAKE = "ended_by_mistake"
    DEATH_UNDONE = "death_undone"


TO_BOTH = frozenset(
    {
        Letter.REFERRAL_RECEIVED,
        Letter.TASK_REMINDER,
        Letter.DEADLINE_CHANGED,
        Letter.DEFAULT_NOTICE_RECEIVED,
        Letter.COMPLAINT_RECEIVED,
        Letter.COMPLAINT_POSTPONED,
        Letter.COMPLAINT_ANSWERED,
        Letter.COMPLAINT_NOT_HANDLED,
        Letter.COMPLAINT_OVER,
        Letter.URGENCY_RAN_OUT,
        Letter.PROVIDER_CHANGED,
        Letter.LEASE_CONVERTED,
        Letter.LEASE_NOT_CONVERTED,
        Letter.CLOSED,
    }
)
"""Letters that go to organisations and to people, to each in words of their own."""


class Audience(StrEnum):
    """Which people get a letter."""

    CLIENT = "client"
    GUIDE = "guide"
    """The client's personal guide (begeleider)."""


class Appointment(Value):
    """A day in somebody's calendar, without a word about who or what for."""

    name: str
    """The same for everything that is told of it, such as `viewing-1`."""
    kind: TaskKind
    sequence: int
    """Counts up with everything that is told of it."""
    on: date
    off: bool = False
    """Whether it does not take place."""


class SendLetter(Effect):
    """Send one letter to its readers. Addresses are looked up when it is sent; none stands here."""

    type: Literal["SendLetter"] = "SendLetter"
    letter: Letter
    readers: tuple[Audience, ...] = ()
    """The client, the guide, or both."""
    organisation: OrganisationId | None = None
    """Or an organisation."""
    task: str | None = None
    """For a letter about a task: it is void once the task is closed."""
    task_kind: TaskKind | None = None
    by: date | None = None
    """The date the letter names: before it something must be done, or on it something happens."""
    owner: OrganisationId | None = None
    """Who can end the task that it is about."""
    appointment: Appointment | None = None
    """What goes with it as a calendar file."""
    told: Told | None = None
    """For a letter on a decision: its facts."""

    @property
    def step(self) -> str:
        return "-".join((self.letter.value.replace("_", "-"), *self.readers, *filter(None, [self.organisation])))

    @property
    def lane(self) -> str:
        return LETTERS_LANE


LEFT_TO_PEOPLE = (AskAssessment, PlaceOffer, PrepareLease, RequestSupport, FreeDwelling)
"""Effects of which the people of a partner without a system hear by letter; all but the last have a task as well."""

AnyEffect = Annotated[
    AskAssessment
    | GiveNotice
    | ListDwellings
    | PlaceOffer
    | ReadOffer
    | FreeDwelling
    | PrepareLease
    | RequestSupport
    | ReadSupport
    | CancelSupport
    | CallWaiting
    | SendLetter,
    Field(discriminator="type"),
]
