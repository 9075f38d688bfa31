"""What the proof claims of a process: of every state by itself, and of every step from one state to the next."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime

from domain.decide.decide import Decided
from domain.facts.clocks import ClockKind
from domain.facts.outcome import NEGATIVE, OPEN_TO_OBJECTION, HearingSubject, Outcome, Stage
from domain.facts.parties import SYSTEM, Role
from domain.facts.tasks import OUTLIVES_END, TaskKind
from domain.messages.answers import HearingAnswer, HearingResult, ObjectionResult, UrgencyDecisionAnswer
from domain.messages.commands import AnswerTask, AnyCommand, Disputed, PassTime, StepBack
from domain.messages.effects import Audience, GiveNotice, Letter, SendLetter
from domain.messages.told import Told
from domain.policy.policy import Policy
from domain.state import events as e
from domain.state.agenda import next_moment
from domain.state.decision import Basis
from domain.state.mediation import LIVE, Mediation
from domain.steps.decision_letter import LETTER_OF_END
from policy_tools.prove.queue import out_of_line

AFTERWARDS = OUTLIVES_END | {TaskKind.DECIDE_OBJECTION, TaskKind.RESOLVE_DELIVERY}
"""What may be asked when a mediation has ended."""
SUPPORTING = frozenset(
    {TaskKind.CONFIRM_SUPPORT, TaskKind.START_SUPPORT, TaskKind.BRIDGE_SUPPORT, TaskKind.REVIEW_SUPPORT}
)
"""What is asked of somebody who has to see to support at home."""


def wrong_in(m: Mediation, now: datetime, policy: Policy) -> Iterator[tuple[str, str]]:
    """Yield each claim that does not hold of a state, with what is wrong."""
    first = next_moment(m)
    if m.stage is Stage.CLOSED:
        if m.outcome is None:
            yield ONE_OUTCOME, "it is closed without an outcome"
        still = [t.kind.value for t in m.tasks if t.kind not in AFTERWARDS] + [c.kind.value for c in m.clocks]
        if still or (first and not (m.decision or m.decisions or m.undoable_end or m.tasks)):
            yield NOTHING_OPEN, f"it is closed, and still open is: {', '.join(still) or 'its agenda'}"
        yield from _waits(m, policy)
        return
    if not m.tasks:
        yield NOT_FORGOTTEN, f"it is in stage {m.stage} and nobody is asked anything: no task is open"
    if first is None:
        yield NOT_FORGOTTEN, f"it is in stage {m.stage} and nothing is on its agenda"
    elif first.at < now:
        yield NOT_FORGOTTEN, f"what was due at {first.at} was passed over"
    yield from _waits(m, policy)
    if _starts_late(m, policy) and not any(task.kind in SUPPORTING for task in m.tasks):
        yield (
            SUPPORTED,
            "the day of the keys is known, support starts too late after it, and that is nobody's to see to",
        )
    if m.lease.handed_over_on and not _supported(m):
        yield SUPPORTED, f"the client has the keys, it is in stage {m.stage}, and support is nobody's"
    if sum(offer.state in LIVE for offer in m.offers) > 1:
        yield ONE_OFFER, "two offers are live at once"


def _supported(m: Mediation) -> bool:
    """Tell whether somebody supports the client at home, or is asked to see to that."""
    support = m.support
    given = support is not None and (support.started_on is not None or support.bridged_by is not None)
    return given or any(task.kind in SUPPORTING for task in m.tasks)


def _starts_late(m: Mediation, policy: Policy) -> bool:
    """Tell whether support is to start longer after the keys than the policy has it, and nobody bridges."""
    support, within, keys_on = m.support, policy.support.starts_within, m.lease.handed_over_on or m.lease.keys_on
    if support is None or support.started_on or support.bridged_by or not (support.starts_on and keys_on and within):
        return False
    return support.starts_on > policy.calendar.add(keys_on, within)


def _waits(m: Mediation, policy: Policy) -> Iterator[tuple[str, str]]:
    taking_part = m.organisations() if m.tasks else ()
    for task in m.tasks:
        asked = m.transfer.to if m.transfer and task.kind is TaskKind.ANSWER_TRANSFER else None
        if not task.owner or not (task.owner in taking_part or task.owner == asked):
            yield WAITS, f"{task.kind} has no owner among the organisations of this mediation"
        if not task.escalations:
            yield WAITS, f"{task.kind} is never escalated: see tasks.{task.kind}.escalate"
        elif min(task.escalations) < task.due:
            yield WAITS, f"{task.kind} is escalated before it is due"
        if task.kind not in policy.tasks:
            yield WAITS, f"{task.kind} has no ladder: see tasks.{task.kind}"


def wrong_step(
    before: Mediation | None, command: AnyCommand, decided: Decided, now: datetime, policy: Policy
) -> Iterator[tuple[str, str]]:
    """Yield each claim that a step breaks, with what is wrong."""
    after = decided.state
    ends = [event for event in decided.events if isinstance(event, e.MediationClosed)]
    reopened = any(isinstance(event, e.MediationReopened) for event in decided.events)
    was_closed = before is not None and before.stage is Stage.CLOSED and not reopened
    if after and (len(ends) > 1 or (was_closed and (ends or after.outcome is not before.outcome))):  # type: ignore[union-attr]
        yield ONE_OUTCOME, "it ended twice"
    if after and after.stage is Stage.CLOSED and not was_closed and not ends:
        yield ONE_OUTCOME, "it was closed without saying how it ended"
    yield from _untold(ends, decided)
    if before is None or after is None:
        return
    yield from _undisclosed(before, command, decided, after)
    yield from _unreasoned(before, command, decided)
    yield from _team_unaware(decided, after)
    yield from _lease_taken(before, command, decided, after)
    yield from ((NOT_OVERTAKEN, what) for what in out_of_line(decided, policy, command, now))
    if isinstance(command, PassTime) and (due := next_moment(after)) and due.at <= now:
        yield NOT_FORGOTTEN, "time passed, and what was due by then was not done"
    for event in decided.events:
        for claim, wrong in _OF_EVENT.get(type(event), ()):
            what = wrong(before, event, command, now)
            if what:
                yield claim, what
    judged = sum(isinstance(event, e.RefusalJudged) and not event.valid for event in decided.events)
    spared = sum(_spares(before, event) for event in decided.events)
    if after.counted_refusals != before.counted_refusals + judged - spared:
        yield WITHDRAWAL, "the refusals counted changed without a refusal that a person judged"
    intended = [event.task.about for event in decided.events if isinstance(event, e.TaskOpened)]
    if HearingSubject.LAPSE_AFTER_REFUSAL in intended and after.counted_refusals < policy.offers.counted_refusals:
        yield WITHDRAWAL, f"the urgency is to lapse after {after.counted_refusals} counted refusals"


def _told(decided: Decided) -> dict[Letter, Told]:
    """Return what letters to the client tell that are sent, or wait."""
    sent = [effect for effect in decided.effects if isinstance(effect, SendLetter)]
    sent += [event.letter for event in decided.events if isinstance(event, e.LetterHeld)]
    return {letter.letter: letter.told for letter in sent if Audience.CLIENT in letter.readers and letter.told}


def _untold(ends: Sequence[e.MediationClosed], decided: Decided) -> Iterator[tuple[str, str]]:
    told = _told(decided)
    for end in ends:
        if end.outcome in OPEN_TO_OBJECTION and not end.decision and LETTER_OF_END[end.outcome] not in told:
            yield OBJECTION, f"it ended as {end.outcome.value}, and no letter tells the client why"
    for event in decided.events:
        if isinstance(event, e.DecisionTaken) and event.decision not in {one.decision for one in told.values()}:
            yield OBJECTION, f"it was decided on {event.subject.value}, and no letter tells the client why"


def _undisclosed(
    before: Mediation, command: AnyCommand, decided: Decided, after: Mediation
) -> Iterator[tuple[str, str]]:
    """Look whether what was decided against the client is a decision of its own, to which one may object."""
    taken = {event.subject for event in decided.events if isinstance(event, e.DecisionTaken)}
    against: set[Disputed] = set()
    for event in decided.events:
        if isinstance(event, e.RefusalJudged) and not event.valid:
            against.add(Disputed.REFUSAL_JUDGED)
        if isinstance(event, e.UrgencyGranted) and event.conditions:
            against.add(Disputed.URGENCY_CONDITIONS)
    answer = command.answer if isinstance(command, AnswerTask) else None
    task = before.task(command.task) if isinstance(command, AnswerTask) else None
    stands = isinstance(answer, HearingAnswer) and answer.result is HearingResult.STANDS
    if stands and task and task.about == HearingSubject.URGENCY_NOT_EXTENDED:
        against.add(Disputed.NOT_EXTENDED)
    agreed = isinstance(command, StepBack) and command.agreed
    if before.urgency is not None and after.urgency is None and after.stage is not Stage.CLOSED and not agreed:
        against.add(Disputed.URGENCY_TAKEN_BACK)
    for subject in against - taken:
        yield DISCLOSED, f"it was decided on {subject.value}, and nobody may object to that"
    for event in decided.events:
        if isinstance(event, e.DecisionTaken) and after.earlier(event.decision) is None:
            yield DISCLOSED, f"the decision on {event.subject.value} was forgotten"
        if isinstance(event, e.MediationClosed) and event.outcome in OPEN_TO_OBJECTION:
            objectionable = after.decision or (event.decision and after.earlier(event.decision))
            if not objectionable:
                yield DISCLOSED, f"it ended as {event.outcome.value}, and nobody may object to that"


def _unreasoned(before: Mediation, command: AnyCommand, decided: Decided) -> Iterator[tuple[str, str]]:
    """Look whether the reasons that were given reach the client: what is intended with the invitation to the hearing,
    what is decided with its letter.
    """
    told = _told(decided)
    for event in decided.events:
        match event:
            case e.DecisionIntended():
                letter, what = told.get(Letter.HEARING_INVITED), f"{event.subject.value} was intended"
            case e.DecisionTaken():
                taken = (one for one in told.values() if one.decision == event.decision)
                letter, what = next(taken, None), f"it was decided on {event.subject.value}"
            case e.MediationClosed() if event.outcome in OPEN_TO_OBJECTION and not event.decision:
                letter, what = told.get(LETTER_OF_END[event.outcome]), f"it ended as {event.outcome.value}"
            case _:
                continue
        given = _reasons_of(before, command)
        written = {*letter.basis, letter.note} if letter else set()
        if letter is None or not (set(given.reasons) <= set(letter.reasons) and set(given.notes) <= written):
            yield OBJECTION, f"{what}, and the letter to the client lacks reasons that were given"


def _reasons_of(before: Mediation, command: AnyCommand) -> Basis:
    """Return why something is intended or decided against the client: by who does so now, who intended it, and an
    advice that is followed.
    """
    if not isinstance(command, AnswerTask):
        return Basis(notes=(command.note,)) if isinstance(command, StepBack) else Basis()
    answer, task = command.answer, before.task(command.task)
    own = (answer.note,) if answer.note else ()
    earlier = Basis()
    if isinstance(answer, HearingAnswer) and not answer.reasons and task:
        earlier = before.intended.get(HearingSubject(task.about or ""), earlier)
    elif isinstance(answer, UrgencyDecisionAnswer) and before.advice and not answer.granted:
        earlier = before.advice.basis if before.advice.support is None else earlier
    reasons = getattr(answer, "reasons", ()) or earlier.reasons
    return Basis(reasons=reasons, notes=(*earlier.notes, *own))


def _team_unaware(decided: Decided, after: Mediation) -> Iterator[tuple[str, str]]:
    """Look whether the team of the home's district has its notice with the day of the keys."""
    told = {effect.team for effect in decided.effects if isinstance(effect, GiveNotice)}
    for event in decided.events:
        if isinstance(event, e.KeysPlanned) and after.receiving_team not in told:
            yield TEAM_TOLD, "the day of the keys was planned, and the receiving team has no notice of it"


MUNICIPAL = frozenset({Role.COORDINATOR, Role.DESK})
"""Roles that act for a municipality."""


def _lease_taken(
    before: Mediation, command: AnyCommand, decided: Decided, after: Mediation
) -> Iterator[tuple[str, str]]:
    """Look whether a partner alone ended the offer of a home of which the lease is signed."""
    ends = before.live_offer is not None and before.lease.form is not None and after.live_offer is None
    if ends and command.by.role not in MUNICIPAL:
        what = ", ".join(event.type for event in decided.events)
        yield LEASE_STANDS, f"{command.by.role.value} alone ended an offer of which the lease is signed: {what}"


def _keys_untold(before: Mediation, event: e.AnyEvent, _command: AnyCommand, _now: datetime) -> str | None:
    if isinstance(event, e.KeysHandedOver) and before.lease.keys_on is None:
        return "the client has the keys, and the receiving team never had notice of the day"
    return None


AT_HOME = frozenset({Outcome.HOUSED_FOLLOW_UP_HELD, Outcome.HOUSED_UNREACHABLE})
"""Ends that only say how it went at home: whoever called may say so."""


def _partners_end(before: Mediation, event: e.AnyEvent, command: AnyCommand, _now: datetime) -> str | None:
    if not isinstance(event, e.MediationClosed) or event.outcome in AT_HOME:
        return None
    if event.decision and before.earlier(event.decision):
        return None  # a person of the municipality decided it before: it takes effect on its day
    if isinstance(command, PassTime):
        return f"time alone ended it as {event.outcome.value}"
    return None if command.by.role in MUNICIPAL else f"{command.by.role.value} alone ended it as {event.outcome.value}"


def _spares(before: Mediation, event: e.AnyEvent) -> bool:
    """Tell whether an objection against the judgement of a refusal was right: that refusal counts no longer."""
    if not isinstance(event, e.ObjectionDecided):
        return False
    against = before.objection.against if before.objection else None
    upheld = event.result is ObjectionResult.WELL_FOUNDED
    lapsed = before.outcome is Outcome.REFUSED_LAPSED and against is Disputed.END
    return upheld and (against is Disputed.REFUSAL_JUDGED or lapsed) and before.counted_refusals > 0


def _keys(before: Mediation, event: e.AnyEvent, _command: AnyCommand, _now: datetime) -> str | None:
    if not isinstance(event, e.KeysHandedOver):
        return None
    support = before.support
    secured = support is not None and (support.starts_on is not None or support.bridged_by is not None)
    return None if secured else "the client has the keys, and nobody supports or bridges"


def _negative_end(before: Mediation, event: e.AnyEvent, command: AnyCommand, _now: datetime) -> str | None:
    if not isinstance(event, e.MediationClosed) or event.outcome not in NEGATIVE:
        return None
    ended = f"it ended as {event.outcome.value}"
    if event.decision and before.earlier(event.decision):
        return None  # a person decided it before, after a hearing: it takes effect on its day
    if not (isinstance(command, AnswerTask) and isinstance(command.answer, HearingAnswer)):
        return f"{ended} without a hearing held or offered"
    hearing = before.task(command.task)
    if hearing is None:
        return f"{ended} on a hearing that was not open"
    if hearing.awaits_letter and command.answer.hearing == "did_not_appear":
        return f"{ended} on a hearing to which the client was not invited"
    if event.note is None:
        return f"{ended} without a reason"
    return f"{ended}, and no person decided it" if command.by.user == SYSTEM else None


def _offer(before: Mediation, event: e.AnyEvent, _command: AnyCommand, now: datetime) -> str | None:
    if not isinstance(event, e.OfferPrepared):
        return None
    urgency = before.clock(ClockKind.URGENCY)
    if before.urgency is None or urgency is None:
        return "an offer was made, and no urgency was granted"
    return "an offer was made after the urgency expired" if urgency.expired or urgency.ends_at < now else None


NOT_FORGOTTEN = "every mediation that is not closed waits for somebody, with a moment on the agenda"
WAITS = "every wait has an owner, a due moment and an escalation"
ONE_OUTCOME = "every mediation ends with exactly one outcome"
NOTHING_OPEN = "nothing is open after the end, but an objection, a complaint, its undoing and a letter that tells of it"
OBJECTION = "every decision that one may object to is told to the client, with the reasons that were given for it"
SUPPORTED = "from the day of the keys on somebody supports the client, or is asked to see to it, in every state"
DISCLOSED = "every decision against the client is one that the client may object to, not only those that end it"
TEAM_TOLD = "the receiving team has its notice before the keys, on every path"
NO_PARTNER_ALONE = "no partner ends a mediation alone, but for a life at home that was called about"
LEASE_STANDS = "no partner alone ends an offer of which the lease is signed"
KEYS = "no keys without support or a bridge"
HEARING = "no end against the client without a hearing, a reason and a person"
URGENCY = "no offer without a granted and unexpired urgency"
ONE_OFFER = "at most one live offer"
NOT_OVERTAKEN = (
    "nobody is overtaken in a queue: turns sort by the policy's order, who waits stands there, what comes free is "
    "called out, and only a person who says why lets another go first"
)
WITHDRAWAL = "only a refusal judged by a person counts as a refusal: a corporation's withdrawal never does"
PAUSE = "a pause loses no timer: resumed, every moment is later by the time it stood still; the law's terms ran on"
NO_DEAD_END = "no dead end: from every state there is a way to an end, other than leaving or stepping back"
ANSWERED = "every task that is asked can be answered"
NO_FAULT = "no rule breaks down"

CLAIMS = (
    NO_DEAD_END, NOT_FORGOTTEN, WAITS, ANSWERED, ONE_OUTCOME, NOTHING_OPEN, OBJECTION, DISCLOSED, NO_PARTNER_ALONE,
    LEASE_STANDS, TEAM_TOLD, KEYS, SUPPORTED, HEARING, URGENCY, ONE_OFFER, NOT_OVERTAKEN, WITHDRAWAL,
    PAUSE, NO_FAULT,
)  # fmt: skip
_Wrong = Callable[[Mediation, e.AnyEvent, AnyCommand, datetime], str | None]
_OF_EVENT: Mapping[type[e.AnyEvent], tuple[tuple[str, _Wrong], ...]] = {
    e.KeysHandedOver: ((KEYS, _keys), (TEAM_TOLD, _keys_untold)),
    e.MediationClosed: ((NO_PARTNER_ALONE, _partners_end), (HEARING, _negative_end)),
    e.OfferPrepared: ((URGENCY, _offer),),
}
"""What is claimed of an event, by its type."""
