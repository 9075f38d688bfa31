"""How a mediation ends, and how the client objects to that or to an earlier decision."""

from datetime import date, datetime
from typing import Literal

from pydantic import Field

from domain.facts.absences import Absence
from domain.facts.clocks import Clock
from domain.facts.outcome import OPEN_TO_OBJECTION, HearingSubject, Outcome, Stage
from domain.facts.tasks import Task
from domain.facts.value import left_out, replace
from domain.messages.answers import DecisionReason, Note, ObjectionResult
from domain.messages.commands import ClientWithdrawal, Disputed
from domain.state.decision import Decision
from domain.state.events.event import Event
from domain.state.mediation import Mediation, Objection, OfferState


def _put_right(m: Mediation, against: Disputed) -> Mediation:
    """What was decided wrongly is undone."""
    if against is Disputed.URGENCY_CONDITIONS:
        return replace(m, urgency_conditions=())
    lapsed = m.decision is not None and m.decision.outcome is Outcome.REFUSED_LAPSED
    if against is Disputed.REFUSAL_JUDGED or (against is Disputed.END and lapsed):
        wrong = max((n for n, o in enumerate(m.offers) if o.state is OfferState.REFUSED_INVALID), default=None)
        valid = OfferState.REFUSED_VALID
        return replace(m, offers=tuple(replace(o, state=valid) if n == wrong else o for n, o in enumerate(m.offers)))
    return m


def _over(decision: Decision | None) -> Decision | None:
    return decision and replace(decision, open_until=None, over=True)


class ObjectionFiled(Event):
    """The client objects to a decision (bezwaar)."""

    type: Literal["ObjectionFiled"] = "ObjectionFiled"
    against: Disputed
    suspends: bool = False
    made_on: date | None = None
    """When it was posted or handed in; None in journals of before that was asked."""
    received_on: date | None = Field(default=None, exclude_if=left_out)
    """When it came in, if that was before it was noted."""
    excused: bool = False
    """Whether it was late, and taken all the same (Awb 6:11)."""
    note: Note

    def apply(self, m: Mediation) -> Mediation:
        return replace(m, objection=Objection(against=self.against, suspends=self.suspends))


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
        against = m.objection.against
        after = _put_right(m, against) if self.result is ObjectionResult.WELL_FOUNDED else m
        stands = against is Disputed.END and self.result is not ObjectionResult.WITHDRAWN
        return replace(
            after,
            objection=replace(m.objection, result=self.result),
            decision=_over(m.decision) if stands else m.decision,
        )


class DecisionMadeKnown(Event):
    """The letter with the decision that ended the mediation has left for the client (bekendgemaakt, Awb 3:41)."""

    type: Literal["DecisionMadeKnown"] = "DecisionMadeKnown"
    on: date
    last_day: date
    """The last day to object."""
    open_until: datetime
    """Until when an objection that was made in time can be noted."""

    def apply(self, m: Mediation) -> Mediation:
        decision = m.decision and replace(
            m.decision, sent_on=self.on, last_day=self.last_day, open_until=self.open_until
        )
        return replace(m, decision=decision)


class ObjectionTermEnded(Event):
    """Nobody objected in time: the decision stands."""

    type: Literal["ObjectionTermEnded"] = "ObjectionTermEnded"

    def apply(self, m: Mediation) -> Mediation:
        return replace(m, decision=_over(m.decision))


class MediationReopened(Event):
    """The decision with which it ended was wrong: it goes on where that decision ended it."""

    type: Literal["MediationReopened"] = "MediationReopened"
    stage: Stage
    clocks: tuple[Clock, ...] = ()
    """The clocks as they run on: what was left of them when it ended is still left."""
    tasks: tuple[Task, ...] = ()
    """What was asked when it ended, and is asked again."""
    absence: Absence | None = None

    def apply(self, m: Mediation) -> Mediation:
        return replace(
            m,
            outcome=None,
            decision=None,
            stage=self.stage,
            clocks=self.clocks,
            tasks=(*m.tasks, *self.tasks),
            absence=self.absence,
        )


class MediationClosed(Event):
    type: Literal["MediationClosed"] = "MediationClosed"
    outcome: Outcome
    note: Note | None = None
    reasons: tuple[DecisionReason, ...] = ()
    """On what a decision against the client rests."""
    withdrawal: ClientWithdrawal | None = None
    """Why the client withdrew."""
    subject: HearingSubject | None = None
    """What was intended, and decided after the hearing."""
    at: datetime | None = None
    """When it ended, where one may object to that; None in journals of before that was possible afterwards."""

    def apply(self, m: Mediation) -> Mediation:
        return replace(
            m,
            outcome=self.outcome,
            decision=self._decision(m),
            stage=Stage.CLOSED,
            tasks=(),
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

    def _decision(self, m: Mediation) -> Decision | None:
        """Return the decision, with how everything stood, where one may object to this end."""
        if self.at is None or self.outcome not in OPEN_TO_OBJECTION:
            return m.decision
        return Decision(
            outcome=self.outcome,
            subject=self.subject,
            at=self.at,
            stage=m.stage,
            clocks=m.clocks,
            tasks=m.tasks,
            absence=m.absence,
        )
