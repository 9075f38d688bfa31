"""Whether a letter still says what is so at the moment at which it leaves, which may be long after it was asked for.

A letter that asks for something hangs on its task, one that tells how things are hangs on the state, and one that tells
what was decided or has happened goes in any case. Of letters that say the same of one thing only the last one goes.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date

from domain.facts.clocks import ClockKind
from domain.facts.outcome import Stage
from domain.facts.parties import OrganisationId
from domain.facts.tasks import TaskKind
from domain.facts.value import replace
from domain.messages.effects import Letter, SendLetter
from domain.state.mediation import Mediation
from domain.steps.seeking import ran_out

CHASING = frozenset(
    {
        Letter.TASK_OPENED,
        Letter.TASK_REMINDER,
        Letter.DEADLINE_CHANGED,
        Letter.TASK_ESCALATED,
        Letter.MORE_TIME_REFUSED,
        Letter.TASK_STAYS,
    }
)
"""Letters that ask for an answer: after a standstill each reader gets the last of them, and no other."""
ON_A_DAY = frozenset(
    {
        Letter.VIEWING_PLANNED,
        Letter.CALL_PLANNED,
        Letter.APPOINTMENT_MOVED,
        Letter.APPOINTMENT_OFF,
        Letter.KEYS_PLANNED,
        Letter.KEYS_MOVED,
        Letter.SUPPORT_STARTS,
        Letter.TEMPORARY_LEASE,
        Letter.DECISION_TERM_EXTENDED,
        Letter.OBJECTION_EXTENDED,
        Letter.DEFAULT_NOTICE_RECEIVED,
        Letter.PENALTY_RUNS,
        Letter.COMPLAINT_POSTPONED,
    }
)
"""Letters that tell a day as one to come: after that day they say nothing."""
HAPPENED = frozenset(
    {
        Letter.URGENCY_WITH_CONDITIONS,
        Letter.URGENCY_TAKEN_BACK,
        Letter.REFUSAL_COUNTED,
        Letter.URGENCY_OVER,
        Letter.OBJECTION_DECIDED,
        Letter.OBJECTION_UPHELD,
        Letter.OBJECTION_DISMISSED,
        Letter.OBJECTION_INADMISSIBLE,
        Letter.OBJECTION_WITHDRAWN,
        Letter.PENALTY_OWED,
        Letter.COMPLAINT_ANSWERED,
        Letter.COMPLAINT_NOT_HANDLED,
        Letter.COMPLAINT_OVER,
        Letter.OFFER_WITHDRAWN,
        Letter.OFFERS_WITHDRAWN,
        Letter.OFFER_LET_GO,
        Letter.LEASE_RAN_OUT,
        Letter.PROVIDER_CHANGED,
        Letter.STOPPED_AFTER_KEYS,
        Letter.LEASE_CONVERTED,
        Letter.LEASE_CONVERSION_LATER,
        Letter.LEASE_NOT_CONVERTED,
        Letter.STEPPED_BACK,
        Letter.URGENCY_GIVEN_UP,
        Letter.DELIVERY_FAILED,
        Letter.REPORT_DENIED,
        Letter.LEASE_STANDS,
        Letter.MOVE_OFF,
        Letter.TRANSFER_DECLINED,
        Letter.TRANSFER_OFF,
        Letter.DECISION_SENT,
    }
)
"""Letters that stay true, whatever came after."""
WITH_ITS_TASK = CHASING | {
    Letter.TASK_PASSED_ON,
    Letter.MORE_TIME_ASKED,
    Letter.TASK_NOT_THEIRS,
    Letter.TRANSFER_ASKED,
    Letter.TRANSFER_PROPOSED,
    Letter.SUPPLEMENT_ASKED,
    Letter.NOT_READY_YET,
    Letter.URGENCY_WILL_END,
    Letter.NOT_REACHED,
    Letter.KEYS_MOVED,
    Letter.HEARING_INVITED,
    Letter.OFFER_MADE,
    Letter.RENT_RAISED,
    Letter.VIEWING_PLANNED,
    Letter.KEYS_PLANNED,
    Letter.PLAN_ASKED,
    Letter.TALK_PLANNED,
    Letter.JOINT_TALK_PLANNED,
    Letter.CALL_PLANNED,
    Letter.APPOINTMENT_MOVED,
    Letter.APPOINTMENT_OFF,
}
"""Letters that hold as long as their task is open and no later letter tells of their appointment. Both are looked at
for every letter that has a task or an appointment."""
Holds = Callable[[Mediation, SendLetter], bool]


def _ended(m: Mediation, letter: SendLetter) -> bool:
    """Hold as long as the mediation is over. A decision on the way holds unless it was undone."""
    taken = m.earlier(letter.told.decision) if letter.told else None
    return m.stage is Stage.CLOSED or (taken is not None and not taken.undone)


def _goes_on(m: Mediation, _letter: SendLetter) -> bool:
    return m.stage is not Stage.CLOSED


def _away(m: Mediation, _letter: SendLetter) -> bool:
    return m.absence is not None


def _back(m: Mediation, _letter: SendLetter) -> bool:
    return m.absence is None and m.stage is not Stage.CLOSED


def _searched(m: Mediation, _letter: SendLetter) -> bool:
    return m.urgency is not None and m.stage is not Stage.CLOSED


def _waits_for_place(m: Mediation, _letter: SendLetter) -> bool:
    return m.open_of(TaskKind.AWAIT_PLACE) is not None


def _support_starts(m: Mediation, letter: SendLetter) -> bool:
    return m.support is not None and m.support.started_on is None and m.support.starts_on == letter.by


def _support_awaited(m: Mediation, _letter: SendLetter) -> bool:
    return m.support is not None and m.support.started_on is None and m.stage is not Stage.CLOSED


def _offered(m: Mediation, _letter: SendLetter) -> bool:
    return m.live_offer is not None and m.lease.handed_over_on is None


def _running(kind: ClockKind) -> Holds:
    return lambda m, _letter: m.clock(kind) is not None


def _lease_ends(m: Mediation, letter: SendLetter) -> bool:
    return m.lease.ends_on == letter.by


def _late(m: Mediation, _letter: SendLetter) -> bool:
    return any(not notice.over for notice in m.notices)


def _objection_open(m: Mediation, _letter: SendLetter) -> bool:
    return m.open_of(TaskKind.DECIDE_OBJECTION) is not None


def _complaint_open(m: Mediation, letter: SendLetter) -> bool:
    told = letter.told.complaint if letter.told else None
    one = m.complaint(told.id) if told else None
    return one is not None and one.result is None


def _received(m: Mediation, letter: SendLetter) -> bool:
    """Who referred is told in any case, the client as long as the decision is still to come."""
    return not letter.readers or m.clock(ClockKind.DECISION_TERM) is not None


HOLDS: Mapping[Letter, Holds] = {
    Letter.REFERRAL_RECEIVED: _received,
    # an objection that is open when the mediation ends is asked anew, by a task of its own
    Letter.OBJECTION_RECEIVED: _objection_open,
    Letter.OBJECTION_EXTENDED: _objection_open,
    Letter.OBJECTION_OPEN_AT_END: _objection_open,
    Letter.COMPLAINT_RECEIVED: _complaint_open,
    Letter.COMPLAINT_POSTPONED: _complaint_open,
    Letter.URGENCY_GRANTED: _searched,
    Letter.REFUSAL_NOT_COUNTED: _searched,
    Letter.OFFER_CHANGED: _offered,
    Letter.HELPED_HERE: _running(ClockKind.DECISION_TERM),
    Letter.WAITING_FOR_PLACE: _waits_for_place,
    Letter.SUPPORT_STARTS: _support_starts,
    Letter.SUPPORT_OFF: _support_awaited,
    Letter.DECISION_TERM_EXTENDED: _running(ClockKind.DECISION_TERM),
    Letter.URGENCY_EXTENDED: _running(ClockKind.URGENCY),
    Letter.URGENCY_RAN_OUT: lambda m, _letter: ran_out(m),
    Letter.HOUSING_TARGET_NEAR: _running(ClockKind.HOUSING_TARGET),
    Letter.HOUSING_TARGET_MISSED: _running(ClockKind.HOUSING_TARGET),
    Letter.DECISION_TERM_OVER: _running(ClockKind.DECISION_TERM),
    Letter.DEFAULT_NOTICE_RECEIVED: _late,
    Letter.PENALTY_RUNS: _late,
    Letter.TEMPORARY_LEASE: _lease_ends,
    Letter.ABSENCE_NOTED: _away,
    Letter.ABSENCE_NOTED_KEYS_LATER: _away,
    Letter.ABSENCE_NOTED_OFFER_GONE: _away,
    Letter.RETURN_NOTED: _back,
    Letter.GOES_ON: _goes_on,
    Letter.ENDED_BY_MISTAKE: _goes_on,
    Letter.DEATH_UNDONE: _goes_on,
    Letter.CLOSED: _ended,
    Letter.ENDED_AT_INSTITUTION: _ended,
    Letter.HOUSED_FOLLOW_UP_HELD: _ended,
    Letter.HOUSED_UNREACHABLE: _ended,
    Letter.STOPPED_AT_REQUEST: _ended,
    Letter.OWN_HOUSING_FOUND: _ended,
    Letter.REJECTED: _ended,
    Letter.NOT_PROCESSED: _ended,
    Letter.NOT_READY: _ended,
    Letter.ALTERNATIVE_LIVING_FORM: _ended,
    Letter.REFUSED_LAPSED: _ended,
    Letter.URGENCY_ENDED: _ended,
    Letter.URGENCY_WITHDRAWN: _ended,
    Letter.CARE_NOT_AVAILABLE: _ended,
    Letter.ENDED_LONG_ABSENCE: _ended,
    Letter.PLACEMENT_FAILED: _ended,
    Letter.OTHER_MUNICIPALITY: _ended,
    Letter.TRANSFERRED: _ended,
    Letter.TRANSFER_STOPPED: _goes_on,
    Letter.REOPENED: _goes_on,
}
"""What must be so of the mediation for each other letter."""
FREE_OF_TASK = frozenset({Letter.OBJECTION_RECEIVED, Letter.OBJECTION_EXTENDED})
"""Letters that name a task and do not end with it."""


def day_is_over(letter: SendLetter, today: date) -> bool:
    """Tell whether a letter would tell a day as one to come that is over."""
    return letter.letter in ON_A_DAY and letter.by is not None and letter.by < today


def hangs_on_state(letter: SendLetter) -> bool:
    """Tell whether `holds` must be asked of a letter."""
    return letter.letter in HOLDS


def holds(m: Mediation, letter: SendLetter) -> bool:
    """Tell whether a letter that hangs on the state still says what is so."""
    return letter.letter not in HOLDS or HOLDS[letter.letter](m, letter)


def overtaken(letter: SendLetter, waiting: Iterable[SendLetter]) -> bool:
    """Tell whether a later one of the letters that are still to go says what this one says, as it is by then."""
    return any(_overtakes(other, letter) for other in waiting)


def hangs_on_task(letter: SendLetter) -> bool:
    """Tell whether a letter is void once its task is closed."""
    return letter.task is not None and letter.letter not in FREE_OF_TASK


def as_its_task_is(letter: SendLetter, due: date, owner: OrganisationId, today: date) -> SendLetter | None:
    """Return a letter with the day and the owner of its open task as they are now; None when that makes it pointless:
    it is another's to do by now, or its reader's again, or what was too late has a day to come.
    """
    reads = letter.organisation
    if letter.owner and reads:
        if letter.letter in CHASING and reads == letter.owner != owner:
            return None
        if letter.letter is Letter.TASK_PASSED_ON and reads == owner:
            return None
    if letter.letter is Letter.TASK_ESCALATED and letter.by and letter.by < due and today < due:
        return None
    return replace(letter, by=letter.by and due, owner=letter.owner and owner)


def may_be_overtaken(letter: SendLetter) -> bool:
    """Tell whether a later letter may make this one pointless."""
    return letter.letter in CHASING or letter.appointment is not None


def _overtakes(later: SendLetter, letter: SendLetter) -> bool:
    if _number(later) <= _number(letter) or not _readers(letter) <= _readers(later):
        return False
    if letter.appointment and later.appointment:
        return letter.appointment.name == later.appointment.name
    return later.task == letter.task and {later.letter, letter.letter} <= CHASING


def _readers(letter: SendLetter) -> frozenset[str]:
    return frozenset(letter.readers) or frozenset({letter.organisation or ""})


def _number(letter: SendLetter) -> tuple[int, int]:
    """Return which event called for a letter, and which one of several of one kind it is (see `Draft.do`)."""
    found = re.search(r":(\d+)(?:\.(\d+))?$", letter.key)
    return (int(found[1]), int(found[2] or 1)) if found else (0, 0)
