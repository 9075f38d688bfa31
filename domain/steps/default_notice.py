"""A notice of default is noted, a penalty begins and ends: by the law's own terms, which no policy changes."""

from datetime import date, time

from domain.facts import terms
from domain.facts.clocks import ClockKind
from domain.facts.default_notice import DefaultNotice, LateDecision
from domain.facts.rules import RuleName
from domain.facts.tasks import Task, TaskKind
from domain.messages.commands import NoteDefaultNotice
from domain.messages.effects import Audience, Letter
from domain.state import events as e
from domain.state.draft import Draft, RuleBroken
from domain.state.mediation import Mediation
from domain.state.task_spec import TaskTrack


def note_default_notice(d: Draft, command: NoteDefaultNotice) -> None:
    """The applicant wrote that a decision is too late. It has effect only after the last day of the term."""
    received = command.received_on or d.today
    d.require(d.by_municipality or received == d.today, RuleName.NOT_YOURS)
    d.require(received <= d.today, RuleName.RECEIVED_IN_FUTURE, field="received_on", day=d.today)
    ended_on = _last_day(d, command.late)
    penalty = terms.penalty(ended_on, received)
    if penalty is None or not _is_over(d.m, command.late):
        raise RuleBroken(RuleName.NOT_LATE, day=ended_on)
    d.require(not _noted(d.m, command.late, ended_on), RuleName.DEFAULT_NOTED)
    calendar = d.policy.calendar
    notice = DefaultNotice(
        late=command.late,
        received_on=received,
        term_ended_on=ended_on,
        first=penalty.first,
        last=penalty.last,
        begins_at=calendar.at(penalty.first, time()),
        ends_at=calendar.end_of_day(penalty.last),
    )
    d.emit(e.DefaultNoticeReceived(notice=notice, note=command.note))
    decide_by = penalty.first - terms.DAY
    d.letter(Letter.DEFAULT_NOTICE_RECEIVED, Audience.CLIENT, Audience.GUIDE, by=decide_by)
    for organisation in _who_decides(d, command.late):
        d.letter(Letter.DEFAULT_NOTICE_RECEIVED, organisation=organisation, by=decide_by)


def begin(d: Draft, notice: DefaultNotice) -> None:
    """The two weeks after the notice are over: the penalty runs."""
    d.emit(e.PenaltyBegan(late=notice.late))
    d.letter(Letter.PENALTY_RUNS, organisation=d.m.parties.municipality, by=notice.last)


def run_out(d: Draft, notice: DefaultNotice) -> None:
    """Nothing was decided for as many days as a penalty runs at most."""
    _end(d, notice, notice.last)


def penalty_ends(d: Draft, late: LateDecision) -> None:
    """The decision is there: the day on which it is sent is the last for which a penalty is owed."""
    for notice in d.m.notices:
        if notice.late is late and not notice.over:
            _end(d, notice, d.today)


def _end(d: Draft, notice: DefaultNotice, until: date) -> None:
    owed = terms.Penalty(notice.first, notice.last)
    days = owed.days(until)
    set_by = terms.penalty_set(d.policy.calendar, min(until, notice.last)) if days else None
    d.emit(e.PenaltyEnded(late=notice.late, days=days, cents=owed.cents(until), set_by=set_by))
    if set_by:
        d.letter(Letter.PENALTY_OWED, organisation=d.m.parties.municipality, by=set_by)


def _last_day(d: Draft, late: LateDecision) -> date:
    """Return the last day of the term of a decision that is still to be taken. Refused when there is none."""
    clock, task = d.m.clock(ClockKind.DECISION_TERM), d.m.open_of(TaskKind.DECIDE_OBJECTION)
    if late is LateDecision.URGENCY and clock:
        return d.policy.calendar.today(clock.ends_at)
    if late is LateDecision.OBJECTION and task:
        return d.policy.calendar.today(task.due)
    raise RuleBroken(RuleName.NOTHING_LATE, field="late")


def _is_over(m: Mediation, late: LateDecision) -> bool:
    """Tell whether the term may be over: one that stands still is not."""
    clock = m.clock(ClockKind.DECISION_TERM)
    return late is LateDecision.OBJECTION or clock is None or clock.suspended_at is None


def _noted(m: Mediation, late: LateDecision, ended_on: date) -> bool:
    return any(one.late is late and (not one.over or one.term_ended_on == ended_on) for one in m.notices)


def _who_decides(d: Draft, late: LateDecision) -> tuple[str, ...]:
    """Return who must hurry: the municipality, and who owns what the decision waits for."""
    waits = [task.owner for task in d.m.tasks if _holds_up(d, task, late)]
    return tuple(dict.fromkeys((d.m.parties.municipality, *waits)))


def _holds_up(d: Draft, task: Task, late: LateDecision) -> bool:
    if late is LateDecision.OBJECTION:
        return task.kind is TaskKind.DECIDE_OBJECTION
    return d.spec(task.kind).track is TaskTrack.MAIN
