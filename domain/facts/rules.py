"""The rules that may refuse a command, by name: a closed list. Their sentences are in `texts/`, one a language."""

from enum import StrEnum
from typing import Annotated

from pydantic import BeforeValidator


class RuleName(StrEnum):
    """A rule that may refuse a command. The value stands in histories and in the API: it never changes."""

    # who may do this, and whether it can be done at all
    NOT_YOURS = "not_yours"
    NOT_OWNER_ANY_MORE = "not_owner_any_more"
    PERSON_NEEDED = "person_needed"
    NOT_STARTED = "not_started"
    ALREADY_STARTED = "already_started"
    PERSON_HAS_OPEN_MEDIATION = "person_has_open_mediation"
    POLICY_NOT_IN_FORCE = "policy_not_in_force"
    POLICY_ADOPTED_ALREADY = "policy_adopted_already"
    YEAR_UNKNOWN = "year_unknown"
    """A statutory term would end in a year of which the policy does not know the holidays."""
    CLOSED = "closed"
    NOT_ENDED = "not_ended"
    """A mediation is to be reopened that goes on."""
    NOT_REOPENABLE = "not_reopenable"
    """It ended before ends could be undone, or the policy has none undone."""
    ENDED_BY_DECISION = "ended_by_decision"
    """An end that a decision is: an objection undoes it, and nothing else."""
    REOPENING_TOO_LATE = "reopening_too_late"
    SECOND_PERSON_NEEDED = "second_person_needed"
    """Whoever ended it does not reopen it."""
    ALREADY_PAUSED = "already_paused"
    NOT_PAUSED = "not_paused"
    KEY_REUSED = "key_reused"
    """The caller's idempotency key was used for another request: nobody judged the command."""
    NOT_RECORDED = "not_recorded"
    """The command could not be decided or recorded, whatever was tried: nobody judged it either."""

    # tasks and their answers
    NO_SUCH_TASK = "no_such_task"
    TASK_CLOSED = "task_closed"
    WRONG_ANSWER = "wrong_answer"
    ANSWER_INCOMPLETE = "answer_incomplete"
    ANSWER_CONTRADICTS = "answer_contradicts"
    TASK_OPEN = "task_open"
    """An answer is corrected that was not given yet."""
    ANSWER_COUNTS_NO_MORE = "answer_counts_no_more"
    """Another answer took its place, or the mediation went on to where nothing hangs on it."""
    CORRECT_BY_STEP_BACK = "correct_by_step_back"
    CORRECT_BY_DECISION = "correct_by_decision"
    CORRECT_BY_COMMAND = "correct_by_command"
    CORRECT_WITH_NEXT = "correct_with_next"
    SNOOZE_TOO_LONG = "snooze_too_long"
    NOT_MORE_TIME = "not_more_time"
    PAST_LEGAL_TERM = "past_legal_term"
    MORE_TIME_ASKED_BEFORE = "more_time_asked_before"
    MUNICIPALITY_DECIDES = "municipality_decides"
    NOTHING_HINDERS = "nothing_hinders"
    HAND_IT_ON = "hand_it_on"
    SAME_OWNER = "same_owner"
    TAKE_IT_OVER = "take_it_over"
    NOTHING_TO_CORRECT = "nothing_to_correct"
    NOT_EARLIER = "not_earlier"
    CLIENT_MUST_AGREE = "client_must_agree"
    """A step back would take a granted urgency away while there is a home to decide on, and nobody says that the client
    agrees."""
    SENT_IN_FUTURE = "sent_in_future"
    DONE_IN_FUTURE = "done_in_future"
    DONE_BEFORE_DECISION = "done_before_decision"
    """A letter was posted no earlier than what it tells was decided: the term to object runs from that day."""
    DONE_BEFORE_INVITATION = "done_before_invitation"
    """The same of an invitation to a hearing."""
    DAY_TOO_EARLY = "day_too_early"
    """A day lies further back than the policy takes for right."""
    DAY_TOO_FAR = "day_too_far"
    """A day lies further ahead than the policy takes for right."""

    # readiness, origin, assessment
    IDENTITY_DIFFERS = "identity_differs"
    """Another name or date of birth is known under the citizen service number, and nobody says that it is right."""
    TARGET_GROUP_NOT_ELIGIBLE = "target_group_not_eligible"
    EXCLUDED = "excluded"
    """An earlier mediation of the client bars a new one for a time."""
    DOCUMENTS_MISSING = "documents_missing"
    DOCUMENTS_NOT_NAMED = "documents_not_named"
    """Other documents are asked for than those that are missing."""
    DISTRICT_BARRED = "district_barred"
    SUPPLEMENT_ASKED_BEFORE = "supplement_asked_before"
    MUST_BE_PROCESSED = "must_be_processed"
    """Too late to leave a referral unprocessed (Awb 4:5 lid 4)."""
    TERM_OVER = "term_over"
    """A term is extended after its last day (Awb 4:14 lid 3, 7:10)."""
    TERM_EXTENDED = "term_extended"
    """A term of the law is extended once."""
    NOTHING_LATE = "nothing_late"
    """A notice of default, and there is nothing to decide."""
    NOT_LATE = "not_late"
    """A notice of default before the term is over: it has no effect (Awb 4:17 lid 3)."""
    DEFAULT_NOTED = "default_noted"
    CLIENT_NOT_READY = "client_not_ready"
    NO_READINESS_TEST = "no_readiness_test"
    NO_FITNESS_TEST = "no_fitness_test"
    """Whether a home of the client's own suits is judged of nobody in the Housing First track."""
    REVIEW_IN_PAST = "review_in_past"
    RECEIVED_IN_FUTURE = "received_in_future"
    RECEIVED_TOO_LONG_AGO = "received_too_long_ago"
    NO_EXCEPTION_NEEDED = "no_exception_needed"
    EXCEPTION_UNKNOWN = "exception_unknown"
    URGENCY_EXPIRED = "urgency_expired"

    # a home, the viewing, the lease, the keys
    NO_OFFER = "no_offer"
    OFFER_LIVE = "offer_live"
    CLIENT_ABSENT = "client_absent"
    DWELLING_NOT_LISTED = "dwelling_not_listed"
    OWN_DWELLINGS_ONLY = "own_dwellings_only"
    """A corporation chooses a dwelling of another."""
    DWELLING_UNSUITABLE = "dwelling_unsuitable"
    DWELLING_TAKEN = "dwelling_taken"
    DWELLING_CHANGED = "dwelling_changed"
    """The home is not as it was offered: it does not suit any more, costs more, or is gone."""
    DWELLING_KEPT = "dwelling_kept"
    """A corporation takes a dwelling back that is kept for a client."""
    OTHERS_COME_FIRST = "others_come_first"
    """Others who wait for this home come before: the municipality may choose otherwise, with a reason."""
    LIMIT_FALLS = "limit_falls"
    """Figures by which a limit falls below what is given, or to less than half: a person must accept that."""
    HAS_SYSTEM = "has_system"
    """A corporation releases here what is read from its own system."""
    SPREAD_FULL = "spread_full"
    VIEWING_IN_PAST = "viewing_in_past"
    VIEWING_IN_FUTURE = "viewing_in_future"
    LEASE_FORM_NOT_ALLOWED = "lease_form_not_allowed"
    LEASE_NOT_TEMPORARY = "lease_not_temporary"
    LEASE_TOO_LONG = "lease_too_long"
    KEYS_IN_PAST = "keys_in_past"
    KEYS_IN_FUTURE = "keys_in_future"
    KEYS_BEFORE_NOTICE = "keys_before_notice"
    KEYS_HANDED_OVER = "keys_handed_over"
    KEYS_AFTER_LEASE = "keys_after_lease"
    """The client would get the keys when a temporary lease is over."""
    LIVES_HERE = "lives_here"
    TRANSFER_TO_SELF = "transfer_to_self"
    TRANSFER_OPEN = "transfer_open"
    NO_TRANSFER = "no_transfer"
    CONSENT_IN_FUTURE = "consent_in_future"
    TAKEN_OVER_IN_PAST = "taken_over_in_past"
    NO_KEYS_YET = "no_keys_yet"

    # support and the time after
    SUPPORT_NOT_SECURED = "support_not_secured"
    START_UNKNOWN = "start_unknown"
    """The keys are to come when support starts, and no day of that is known, or no lease is signed."""
    SUPPORT_NOT_STARTED = "support_not_started"
    SUPPORT_IN_FUTURE = "support_in_future"
    SUPPORT_LONG_BEFORE_KEYS = "support_long_before_keys"
    """Support starts longer before the keys than the policy has it."""
    SAME_PROVIDER = "same_provider"
    PLAN_IN_FUTURE = "plan_in_future"
    TALK_IN_FUTURE = "talk_in_future"
    TALK_BEFORE_REPORT = "talk_before_report"
    CALL_TOO_EARLY = "call_too_early"
    CALL_TOO_SOON = "call_too_soon"
    """As many attempts as the policy counts were made on that day."""
    CALL_ON_DAY_OFF = "call_on_day_off"
    """Nobody took the call on a day on which people do not work: that is no attempt."""
    CALL_TO_COME = "call_to_come"
    """That part of today has yet to begin."""
    DAY_PART_TRIED = "day_part_tried"
    SIGNAL_KNOWN = "signal_known"
    SIGNAL_NOT_AGREED = "signal_not_agreed"

    # absence, a report that must be confirmed
    ALREADY_ABSENT = "already_absent"
    NOT_ABSENT = "not_absent"
    ABSENCE_IN_FUTURE = "absence_in_future"
    RETURN_OUT_OF_ORDER = "return_out_of_order"
    ALREADY_REPORTED = "already_reported"

    # hearing and objection
    HEARING_OPEN = "hearing_open"
    """It is intended already, and the client is still to be heard."""
    HEARING_IN_FUTURE = "hearing_in_future"
    HEARING_BEFORE_INVITATION = "hearing_before_invitation"
    INVITATION_NOT_SENT = "invitation_not_sent"
    """Nobody knows whether the invitation to the hearing has left: who was not invited cannot have stayed away."""
    HEARING_NOT_OVER = "hearing_not_over"
    """The client may still give an opinion: nobody can say yet that there was none."""
    NOTHING_DISPUTED = "nothing_disputed"
    OBJECT_TO_END = "object_to_end"
    """The mediation ended by a decision since: one objects to that."""
    NOTHING_TO_SUSPEND = "nothing_to_suspend"
    OBJECTION_OPEN = "objection_open"
    OBJECTION_DECIDED = "objection_decided"
    OBJECTION_SUSPENDS = "objection_suspends"
    OBJECTION_EXTENDED = "objection_extended"
    OBJECTION_TOO_LATE = "objection_too_late"
    """It came after the term, and nothing excuses that: it is not judged (Awb 6:11)."""
    OBJECTION_NOT_LATE = "objection_not_late"
    """It came in time, or being late is excused: then it is not inadmissible for that."""
    IS_DECISION = "is_decision"
    """What the objection is against is a decision: it is not inadmissible as if it were none."""
    OBJECTION_TOO_EARLY = "objection_too_early"
    """It is dated before the decision that it is against."""
    NOTICE_FIRST = "notice_first"
    """Nothing is decided in time: first a notice of default, and two weeks (Awb 6:12)."""
    OBJECTION_IN_FUTURE = "objection_in_future"

    # complaints
    COMPLAINANT_UNKNOWN = "complainant_unknown"
    """An organisation that took no part complains for itself."""
    HANDLER_INVOLVED = "handler_involved"
    """Whoever acted in the mediation does not look into a complaint about it (Awb 9:7)."""
    DECIDED_BY_YOU = "decided_by_you"
    """Whoever took a decision does not decide on the objection to it (Awb 10:3 lid 3)."""
    HEARD_BEFORE_OBJECTION = "heard_before_objection"
    HEARD_BEFORE_COMPLAINT = "heard_before_complaint"
    COMPLAINT_POSTPONED = "complaint_postponed"
    """The answer is postponed once more, or by more than four weeks, without consent (Awb 9:11 lid 3)."""
    NOT_LATER = "not_later"
    """An answer is postponed to a day that is not after its last one."""
    MUST_BE_HANDLED = "must_be_handled"
    """It is too late to say that a complaint is not handled (Awb 9:8 lid 3)."""
    NOT_OVER_A_YEAR_AGO = "not_over_a_year_ago"


class Overridable(StrEnum):
    """A rule that a coordinator may set aside, with a reason."""

    QUOTA_FULL = "quota_full"
    """There is no place left: it refuses nothing, the mediation waits."""
    QUEUE_ORDER = "queue_order"
    """Others come before: it refuses nothing, the mediation waits for its turn."""
    DWELLING_UNSUITABLE = RuleName.DWELLING_UNSUITABLE.value
    DOCUMENTS_MISSING = RuleName.DOCUMENTS_MISSING.value
    CLIENT_NOT_READY = RuleName.CLIENT_NOT_READY.value
    SPREAD_FULL = RuleName.SPREAD_FULL.value
    """The district or complex has as many placements as were agreed, or is closed to them."""
    EXCLUDED = RuleName.EXCLUDED.value
    TARGET_GROUP = "target_group"
    """A refusal by it is named `target_group_not_eligible`."""


_NAMED_OTHERWISE = {Overridable.QUOTA_FULL, Overridable.QUEUE_ORDER, Overridable.TARGET_GROUP}
SET_ASIDE_AS = {RuleName(rule.value): rule for rule in Overridable if rule not in _NAMED_OTHERWISE} | {
    RuleName.TARGET_GROUP_NOT_ELIGIBLE: Overridable.TARGET_GROUP
}
"""Which refusals a coordinator may set aside, and under which name."""


KNOWN = frozenset(rule.value for rule in RuleName)


def _read(value: object) -> object:
    """Return the rule of a refusal that was recorded.

    Makes a member by hand for one that this release no longer has, so that it keeps its old name.
    """
    if not isinstance(value, str) or value in KNOWN:
        return value
    former = str.__new__(RuleName, value)
    former._name_, former._value_ = value.upper(), value
    return former


RecordedRule = Annotated[RuleName, BeforeValidator(_read)]
"""A rule as a history names it: also one that a former release had."""
