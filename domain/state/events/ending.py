"""How a mediation ends, and how the client objects to that or to an earlier decision."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Literal, TypeVar

from pydantic import Field

from domain.facts.absences import Absence
from domain.facts.clocks import Clock
from domain.facts.outcome import CALLED, OPEN_TO_OBJECTION, HearingSubject, Outcome, Stage
from domain.facts.parties import Actor, OrganisationId
from domain.facts.tasks import OUTLIVES_END, Task
from domain.facts.value import left_out, replace
from domain.messages.answers import DecisionReason, Note, ObjectionResult
from domain.messages.commands import ClientWithdrawal, Disputed, ReopeningReason
from domain.state.decision import Basis, EarlierDecision, EndDecision, UndoableEnd
from domain.state.events.course import MediationResumed
from domain.state.events.event import Event
from domain.state.events.offer import let_down, lost
from domain.state.mediation import Mediation, Objection, OfferState

D = TypeVar("D", EndDecision, EarlierDecision)


def _put_right(m: Mediation, objection: Objection) -> Mediation:
    """What was decided wrongly is undone."""
    against, decided = objection.against, m.earlier(objection.decision)
    if against is Disputed.URGENCY_CONDITIONS:
        return replace(m, urgency_conditions=())
    lapsed = m.decision is not None and m.decision.outcome is Outcome.REFUSED_LAPSED
    if against is Disputed.REFUSAL_JUDGED or (against is Disputed.END and lapsed):
        wrong = max((n for n, o in enumerate(m.offers) if o.state is OfferState.REFUSED_INVALID), default=None)
        wrong = decided.offer - 1 if decided and decided.offer else wrong
        valid = OfferState.REFUSED_VALID
        return replace(m, offers=tuple(replace(o, state=valid) if n == wrong else o for n, o in enumerate(m.offers)))
    return m


def _over(decision: D) -> D:
    return replace(decision, open_until=None, over=True)


def _ran_out(decision: D) -> D:
    return replace(_over(decision), ran_out=True)


def _objected(decision: D) -> D:
    """An objection to it was decided: there is no second one, also not a late one."""
    return replace(_over(decision), ran_out=False)


def _over_with_end(m: Mediation) -> tuple[Task, ...]:
    return tuple(task for task in m.tasks if task.kind not in OUTLIVES_END)


class DecisionTaken(Event):
    """A decision against the client was taken with which the mediation does not end: a letter of its own tells it."""

    type: Literal["DecisionTaken"] = "DecisionTaken"
    decision: str
    subject: Disputed
    on: date
    ground: str
    reasons: tuple[DecisionReason, ...] = ()
    note: Note
    """Where the motivation is (Awb 3:46)."""
    basis: tuple[Note, ...] = Field(default=(), exclude_if=left_out)
    """What was written before, in the advice or when it was intended, and belongs to the motivation."""
    offer: int | None = None
    """Which offer was refused, from 1, of a refusal that counts."""

    def apply(self, m: Mediation) -> Mediation:
        taken = EarlierDecision(
            id=self.decision,
            subject=self.subject,
            on=self.on,
            offer=self.offer,
            note=self.note,
            reasons=self.reasons,
            basis=self.basis,
        )
        return replace(m, decisions=(*m.decisions, taken))


class DecisionIntended(Event):
    """A decision against the client is intended: on which the client is heard first, and on what it would rest."""

    type: Literal["DecisionIntended"] = "DecisionIntended"
    subject: HearingSubject
    reasons: tuple[DecisionReason, ...] = ()
    notes: tuple[Note, ...] = ()
    """Where the facts and the motivation are, the earliest first."""

    def apply(self, m: Mediation) -> Mediation:
        return replace(m, intended={**m.intended, self.subject: Basis(reasons=self.reasons, notes=self.notes)})


class ObjectionFiled(Event):
    """The client objects to a decision (bezwaar)."""

    type: Literal["ObjectionFiled"] = "ObjectionFiled"
    against: Disputed
    decision: str | None = Field(default=None, exclude_if=left_out)
    """Which decision, if it is one with which the mediation did not end."""
    suspends: bool = False
    made_on: date | None = None
    """When it was posted or handed in; None in journals of before that was asked."""
    received_on: date | None = Field(default=None, exclude_if=left_out)
    """When it came in, if that was before it was noted or after it was made."""
    excused: bool = False
    """Whether being late is excused (Awb 6:11), or it was taken though early or without a notice of default."""
    note: Note

    def apply(self, m: Mediation) -> Mediation:
        filed = Objection(
            against=self.against,
            decision=self.decision,
            suspends=self.suspends,
            made_on=self.received_on or self.made_on,
            posted_on=self.made_on,
            excused=self.excused,
        )
        return replace(m, objection=filed)


class ObjectionExtended(Event):
    type: Literal["ObjectionExtended"] = "ObjectionExtended"

    def apply(self, m: Mediation) -> Mediation:
        return replace(m, objection=m.objection and replace(m.objection, extended=True))


class ObjectionDecided(Event):
    type: Literal["ObjectionDecided"] = "ObjectionDecided"
    result: ObjectionResult

    def apply(self, m: Mediation) -> Mediation:
        if m.objection is None:
            return m
        objection, right = m.objection, self.result is ObjectionResult.WELL_FOUNDED
        after = replace(_put_right(m, objection) if right else m, objection=replace(objection, result=self.result))
        if self.result is ObjectionResult.WITHDRAWN:
            return after
        # Where the end is what follows from a decision on the way, they are one decision: both are over with either.
        of_end = objection.against is Disputed.END
        if m.decision and m.decision.decided_as:
            of_end = of_end or m.decision.decided_as == objection.decision
        named = m.decision.decided_as if m.decision and of_end else objection.decision
        ended = m.decision and replace(
            m.decision, still_open=tuple(one for one in m.decision.still_open if one != named)
        )
        return replace(
            after,
            decision=_objected(ended) if ended and of_end else ended,
            decisions=tuple(
                replace(_objected(one), undone=one.undone or right) if one.id == named else one for one in m.decisions
            ),
        )


class DecisionMadeKnown(Event):
    """The letter with a decision has left for the client: the term to object runs (bekendgemaakt, Awb 3:41)."""

    type: Literal["DecisionMadeKnown"] = "DecisionMadeKnown"
    on: date
    last_day: date
    """The last day to object."""
    open_until: datetime
    """Until when an objection is waited for."""
    decision: str | None = Field(default=None, exclude_if=left_out)
    """Which decision, if it is one with which the mediation did not end."""
    task: str | None = Field(default=None, exclude_if=left_out)
    """The task whose answer says so, where a person did."""
    again: bool = Field(default=False, exclude_if=left_out)
    """Whether the term had ended by a day that was wrong, and runs after all."""

    def apply(self, m: Mediation) -> Mediation:
        if self.decision is None:
            return replace(m, decision=m.decision and self._sent(m.decision))
        return replace(m, decisions=tuple(self._sent(x) if x.id == self.decision else x for x in m.decisions))

    def _sent(self, decision: D) -> D:
        over = decision.over and not self.again
        until = None if over else self.open_until
        return replace(
            decision,
            sent_on=self.on,
            last_day=self.last_day,
            open_until=until,
            posted_by=self.task,
            over=over,
            ran_out=decision.ran_out and over,
        )


class ObjectionTermEnded(Event):
    """The term to object has ended. An objection may still be open, and one that is noted later is late, or was made in
    time.
    """

    type: Literal["ObjectionTermEnded"] = "ObjectionTermEnded"
    decision: str | None = Field(default=None, exclude_if=left_out)
    """Which decision, if it is one with which the mediation did not end."""

    def apply(self, m: Mediation) -> Mediation:
        if self.decision is None:
            return replace(m, decision=m.decision and _ran_out(m.decision))
        return replace(m, decisions=tuple(_ran_out(x) if x.id == self.decision else x for x in m.decisions))


class ReopeningTermEnded(Event):
    """The end can be undone no more."""

    type: Literal["ReopeningTermEnded"] = "ReopeningTermEnded"

    def apply(self, m: Mediation) -> Mediation:
        return replace(m, undoable_end=m.undoable_end and replace(m.undoable_end, over=True))


class MediationReopened(Event):
    """Its end is undone: it goes on where it stood then, but for what is to be found anew."""

    type: Literal["MediationReopened"] = "MediationReopened"
    stage: Stage
    clocks: tuple[Clock, ...] = ()
    """The clocks as they run on."""
    tasks: tuple[Task, ...] = ()
    """What was asked when it ended, and is asked again."""
    absence: Absence | None = None
    because: ReopeningReason | None = Field(default=None, exclude_if=left_out)
    """Why; None where the decision with which it ended was wrong."""
    note: Note | None = Field(default=None, exclude_if=left_out)
    object_again: Mapping[str, datetime | None] = Field(default_factory=dict, exclude_if=left_out)
    """To which decisions taken before one may object again, and until when that can be noted, once they were sent."""
    let_down_on: date | None = Field(default=None, exclude_if=left_out)
    """Today, where a home that the client had been told of was let go by mistake: a reason to come first for the next.
    """

    def apply(self, m: Mediation) -> Mediation:
        again = self.object_again
        back = replace(
            m,
            decisions=tuple(
                replace(one, over=False, ran_out=False, open_until=again[one.id]) if one.id in again else one
                for one in m.decisions
            ),
            outcome=None,
            decision=None,
            undoable_end=None,
            stage=self.stage,
            clocks=self.clocks,
            tasks=(*m.tasks, *self.tasks),
            absence=self.absence,
        )
        if back.live_offer and back.lease.handed_over_on is None:
            back = let_down(lost(back, OfferState.LET_GO), self.let_down_on)
        return self._as_it_stood(back, m.undoable_end) if m.undoable_end else back

    def _as_it_stood(self, m: Mediation, ended: UndoableEnd) -> Mediation:
        """Give back what an end that was no decision took off."""
        support, asked = m.support, {task.id: task for task in self.tasks}
        called_anew = ended.outcome in CALLED
        refused = {task: effect for task, effect in ended.undelivered.items() if task in asked}
        return replace(
            m,
            decisions=ended.decisions if ended.outcome is Outcome.DIED else m.decisions,
            notices=ended.notices if self.because is ReopeningReason.END_WAS_WRONG else m.notices,
            undelivered={**m.undelivered, **refused},
            supplement=m.supplement and asked.get(m.supplement.id, m.supplement),
            support=replace(support, number=None) if support and support.started_on is None else support,
            concluded=None if called_anew else m.concluded,
            concluded_note=None if called_anew else m.concluded_note,
            call_result=None if called_anew else m.call_result,
        )


class MediationClosed(Event):
    type: Literal["MediationClosed"] = "MediationClosed"
    outcome: Outcome
    note: Note | None = None
    reasons: tuple[DecisionReason, ...] = ()
    """On what a decision against the client rests."""
    basis: tuple[Note, ...] = Field(default=(), exclude_if=left_out)
    """What was written when it was intended, and belongs to the motivation beside the note."""
    withdrawal: ClientWithdrawal | None = None
    """Why the client withdrew."""
    subject: HearingSubject | None = None
    """What was intended, and decided after the hearing."""
    at: datetime | None = None
    """When it ended, where that may still be undone; None in journals of before that was possible afterwards."""
    decision: str | None = Field(default=None, exclude_if=left_out)
    """The decision taken before of which this is what follows, on its day."""
    still_open: tuple[str, ...] = Field(default=(), exclude_if=left_out)
    """Decisions taken before, to which one could object: from now on one objects to this end instead."""
    told: tuple[OrganisationId, ...] = Field(default=(), exclude_if=left_out)
    """Which organisations are told; empty where the policy has no end undone."""
    by: Actor | None = Field(default=None, exclude_if=left_out)
    """Who ended it, where another person may undo that."""
    until: datetime | None = Field(default=None, exclude_if=left_out)
    """Until when the end can be undone; None for a decision, and in journals of before that was possible."""

    def apply(self, m: Mediation) -> Mediation:
        return replace(
            m,
            outcome=self.outcome,
            decision=self._decision(m),
            undoable_end=self._undoable_end(m),
            decisions=tuple(map(_over, m.decisions)) if self._ends_all() else m.decisions,
            stage=Stage.CLOSED,
            tasks=tuple(task for task in m.tasks if task.kind in OUTLIVES_END),
            clocks=(),
            candidates=(),
            unsuitable=(),
            full=(),
            undelivered={},
            absence=None,
            reported_death=None,
            reported_withdrawal=None,
            paused_at=None,
            held_letters=(),
        )

    def _ends_all(self) -> bool:
        """Tell whether nobody objects any more to what was decided before: to this end instead, or not at all."""
        return self.outcome in OPEN_TO_OBJECTION or self.outcome is Outcome.DIED

    def _undoable_end(self, m: Mediation) -> UndoableEnd | None:
        """Return how everything stood, where this end can be undone. A pause is over with it."""
        if self.at is None or self.by is None or self.until is None:
            return None
        stood = MediationResumed(at=self.at).apply(m) if m.paused_at else m
        return UndoableEnd(
            outcome=self.outcome,
            stage=stood.stage,
            clocks=stood.clocks,
            tasks=_over_with_end(stood),
            absence=stood.absence,
            at=self.at,
            told=self.told,
            by=self.by,
            until=self.until,
            decisions=stood.decisions,
            notices=stood.notices,
            held=m.held_letters,
            undelivered=stood.undelivered,
        )

    def _decision(self, m: Mediation) -> EndDecision | None:
        """Return the decision, with how everything stood, where one may object to this end."""
        if self.at is None or self.outcome not in OPEN_TO_OBJECTION:
            return m.decision
        earlier = m.earlier(self.decision)
        ended = EndDecision(
            outcome=self.outcome,
            subject=self.subject,
            at=self.at,
            stage=m.stage,
            clocks=m.clocks,
            tasks=_over_with_end(m),
            absence=m.absence,
            told=self.told,
            still_open=self.still_open,
        )
        if earlier is None:
            return ended
        return replace(
            ended,
            decided_as=earlier.id,
            sent_on=earlier.sent_on,
            last_day=earlier.last_day,
            open_until=earlier.open_until,
            over=earlier.over,
            ran_out=earlier.ran_out,
        )
