"""By when an objection must be decided (Awb 7:10), where the policy counts as the law does."""

from datetime import date, datetime

from domain.facts import terms
from domain.facts.calendar import Term
from domain.facts.tasks import Task, TaskKind
from domain.messages.commands import Disputed
from domain.policy import running
from domain.state import events as e
from domain.state.decision import EarlierDecision, EndDecision
from domain.state.draft import Draft
from domain.state.mediation import Mediation


def decide_by(
    d: Draft, disputed: EndDecision | EarlierDecision | None, received: date, posted: date | None = None
) -> datetime | None:
    """Return the end of the term to decide on an objection that came in on a day; None where the policy's own counts.

    It runs from the last day to object. A late objection that is taken all the same has its term from the day it came
    in, as has one against a decision of which no sending is known. As long as the decision has not been sent, it is
    counted as if that were today.
    """
    if not _by_law(d):
        return None
    until = received
    if disputed:
        last = disputed.last_day or terms.objection(d.policy.calendar, d.today)
        until = last if terms.in_time(last, received, posted) else received
    return _end(d, until, d.policy.tasks[TaskKind.DECIDE_OBJECTION].due)


def late_after(m: Mediation) -> date | None:
    """Return the last day to object, where the last objection came in after that (Awb 6:9); None where it was in time,
    or the decision has not been sent, or is none.
    """
    objection = m.objection
    if objection is None or objection.made_on is None:
        return None
    disputed = m.earlier(objection.decision) or (m.decision if objection.against is Disputed.END else None)
    last = disputed.last_day if disputed else None
    return last if last and not terms.in_time(last, objection.made_on, objection.posted_on) else None


def later_by(d: Draft, task: Task) -> datetime | None:
    """Return the end of a term that is extended by the six weeks that the law allows (Awb 7:10 lid 3)."""
    return _end(d, d.policy.calendar.today(task.due), terms.ON_OBJECTION) if _by_law(d) else None


def now_known(d: Draft, decision: EndDecision | EarlierDecision | None) -> None:
    """The decision was sent: the term of an objection that came before that is known now."""
    task = d.m.open_of(TaskKind.DECIDE_OBJECTION)
    if task is None or decision is None or decision.last_day is None or not _by_law(d):
        return
    against = d.m.objection.decision if d.m.objection else None
    if against != (decision.id if isinstance(decision, EarlierDecision) else decision.decided_as):
        return
    received = d.m.objection.made_on if d.m.objection else None
    due = decide_by(d, decision, received or d.policy.calendar.today(task.opened_at))
    if due and due != task.due:
        d.emit(e.TaskRescheduled(task=d.afresh(task, due)))


def _by_law(d: Draft) -> bool:
    return running.in_days(d.policy) and d.policy.tasks[TaskKind.DECIDE_OBJECTION].statutory


def _end(d: Draft, start: date, term: Term) -> datetime:
    calendar = d.policy.calendar
    return terms.end_of(calendar, terms.end(calendar, start, term).last_day)
