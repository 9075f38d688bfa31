"""When the client is elsewhere: clocks stand still, the home and the place are kept, and somebody looks again in time.

Before the keys an offer is let go once the municipality knows of it, for a dwelling cannot wait; the place in the quota
stays. Only a long readmission or detention ends the mediation: by a person, with a reason, after a hearing. The engine
ends no lease.
"""

from datetime import date, datetime

from domain.facts.absences import Absence, AbsenceKind
from domain.facts.outcome import HearingSubject, Stage
from domain.facts.parties import Role
from domain.facts.rules import RuleName
from domain.facts.tasks import Task, TaskKind
from domain.messages.answers import AbsenceReviewAnswer, TimeOutReviewAnswer
from domain.messages.commands import ReportAbsence, ReportReturn
from domain.messages.effects import Audience, LetGo, Letter
from domain.messages.told import Told
from domain.policy.moments import due_of
from domain.state import events as e
from domain.state.agenda import REST_WHILE_AWAY
from domain.state.decision import Basis
from domain.state.draft import Draft, RuleBroken
from domain.state.task_spec import AnySpec, Asked, Beside, Lack, TaskSpec, TaskTrack, remains
from domain.steps.ending import fall_through, go_on
from domain.steps.hearing import intend
from domain.steps.receiving import keys_day, move_keys
from domain.steps.terms import keep_to_absence

HEARD_IF_TOO_LONG = {
    AbsenceKind.READMISSION: HearingSubject.READMITTED_LONG,
    AbsenceKind.DETENTION: HearingSubject.DETAINED,
}
"""On what the client is heard when an absence lasts too long: in that it may end."""


def report_absence(d: Draft, command: ReportAbsence) -> None:
    """The client is elsewhere, or elsewhere than before: a time-out may become a readmission."""
    former = d.m.absence
    d.require(former is None or former.kind is not command.kind, RuleName.ALREADY_ABSENT)
    d.require(command.since <= d.today, RuleName.ABSENCE_IN_FUTURE, field="since")
    at_home = d.m.lease.handed_over_on is not None
    d.require(at_home or command.kind in HEARD_IF_TOO_LONG, RuleName.NO_KEYS_YET)
    if former:
        _moved(d, former, command.since)
    still = former.suspended if former else ()
    running = (d.m.clock(kind) for kind in d.policy.absence.suspends)
    suspended = tuple(clock.kind for clock in running if clock and not (clock.suspended_at or clock.unrolled))
    absence = Absence(kind=command.kind, since=command.since, suspended=(*still, *suspended))
    d.emit(e.AbsenceStarted(absence=absence, note=command.note))
    for kind in suspended:
        d.suspend_clock(kind)
    if not _offered(d):
        d.letter(Letter.ABSENCE_NOTED, Audience.CLIENT, Audience.GUIDE)
        _review(d, command.kind)
    elif d.by_municipality and (held := _held_until(d)):
        _tell_home_is_kept(d)
        d.open(TaskKind.REVIEW_ABSENCE, due=held)
    elif d.by_municipality:
        d.letter(Letter.ABSENCE_NOTED_OFFER_GONE, Audience.CLIENT, Audience.GUIDE)
        _review(d, command.kind)
        _let_go_of_offer(d, command.kind)
    else:
        # a home that is let go does not come back: the municipality looks first, the next working day at the latest
        _tell_home_is_kept(d)
        calendar = d.policy.calendar
        tomorrow = calendar.next_working_day(d.today)
        d.open(TaskKind.REVIEW_ABSENCE, due=calendar.closing(tomorrow))


def _moved(d: Draft, former: Absence, on: date) -> None:
    """The client went from where the client was straight to another place: clocks go on standing still."""
    d.require(former.since <= on, RuleName.RETURN_OUT_OF_ORDER, field="since", day=former.since)
    d.emit(e.AbsenceEnded(on=on))
    _ask_no_more(d)


def _ask_no_more(d: Draft) -> None:
    """Nobody looks again at an absence that is over, and none is heard for it."""
    d.cancel(TaskKind.REVIEW_TIME_OUT, TaskKind.REVIEW_ABSENCE)
    d.cancel_where(lambda task, _: task.kind is TaskKind.HEAR_CLIENT and task.about in HEARD_IF_TOO_LONG.values())


def _offered(d: Draft) -> bool:
    """Tell whether a home is kept for the client, who has no keys of it yet."""
    return d.m.live_offer is not None and d.m.lease.handed_over_on is None


def _tell_home_is_kept(d: Draft) -> None:
    """Tell of an absence while a home is kept, with what it means for the day of the keys where that is agreed."""
    keys_on = d.m.lease.keys_on
    if keys_on and keys_on >= d.today:
        d.letter(Letter.ABSENCE_NOTED_KEYS_LATER, Audience.CLIENT, Audience.GUIDE, told=Told(since=keys_on))
    else:
        d.letter(Letter.ABSENCE_NOTED, Audience.CLIENT, Audience.GUIDE)


def _held_until(d: Draft) -> datetime | None:
    """Return until when a home is kept whose lease is signed: to let it go cannot be undone. None: it is not, or no
    longer.
    """
    holds, absence = d.policy.absence.holds_home, d.m.absence
    if holds is None or absence is None or not _offered(d) or d.m.lease.agreed_keys_on is None:
        return None
    until = d.policy.calendar.closing(d.policy.calendar.add(absence.since, holds))
    return until if until > d.now else None


def _let_go_of_offer(d: Draft, kind: AbsenceKind) -> None:
    fall_through(d, e.OfferLetGo(reason=kind), LetGo.CLIENT_ABSENT)
    d.enter(Stage.OFFER)


def report_return(d: Draft, command: ReportReturn) -> None:
    """Somebody tells that the client is back."""
    _back(d, command.on, command.note)


def review_time_out(d: Draft, _task: Task, answer: TimeOutReviewAnswer) -> None:
    """The provider looked again at a time-out."""
    if answer.result == "returned":
        _back(d, d.given(answer.on, "on"), None)
    else:
        review_again(d)


def review_absence(d: Draft, _task: Task, answer: AbsenceReviewAnswer) -> None:
    """The municipality looked again at a readmission or detention."""
    match answer.result:
        case "returned":
            _back(d, d.given(answer.on, "on"), None)
        case "goes_on" if held := _held_until(d):
            d.open(TaskKind.REVIEW_ABSENCE, due=held)
        case "goes_on":
            review_again(d)
            _confirmed(d)
        case _:
            basis = Basis(notes=(d.given(answer.note, "note"),))
            absence = d.known(d.m.absence, "the absence that is reviewed")
            _confirmed(d)
            if d.m.stage is not Stage.CLOSED:  # without the home there may be no urgency any more: then it is over
                intend(d, HEARD_IF_TOO_LONG[absence.kind], basis)


def _confirmed(d: Draft) -> None:
    """The municipality says that the client is away, as a partner reported: an offered home cannot wait any longer."""
    if d.m.absence and _offered(d):
        d.letter(Letter.ABSENCE_NOTED_OFFER_GONE, Audience.CLIENT, Audience.GUIDE)
        _let_go_of_offer(d, d.m.absence.kind)


def review_again(d: Draft) -> None:
    """The absence goes on, and the home or the place is kept: look again in time."""
    if d.m.absence:
        _review(d, d.m.absence.kind)


def _review(d: Draft, kind: AbsenceKind) -> None:
    d.open(TaskKind.REVIEW_TIME_OUT if kind is AbsenceKind.TIME_OUT else TaskKind.REVIEW_ABSENCE)


def _back(d: Draft, on: date, note: str | None) -> None:
    absence = d.m.absence
    if absence is None:
        raise RuleBroken(RuleName.NOT_ABSENT)
    d.require(absence.since <= on <= d.today, RuleName.RETURN_OUT_OF_ORDER, field="on", day=absence.since)
    d.emit(e.AbsenceEnded(on=on, note=note))
    for kind in absence.suspended:
        d.resume_clock(kind)
    keep_to_absence(d)
    _run_on(d)
    _ask_no_more(d)
    d.letter(Letter.RETURN_NOTED, Audience.CLIENT, Audience.GUIDE)
    go_on(d)


def _run_on(d: Draft) -> None:
    """What rested while the client was away, and was due or to be reminded of meanwhile, is asked anew. The keys come
    on the day that was planned, if that is still ahead, or on a new one.
    """
    for task in d.m.tasks:
        if task.kind not in REST_WHILE_AWAY or min((task.due, *task.reminders, *task.escalations)) > d.now:
            continue
        if task.kind is not TaskKind.HAND_OVER_KEYS:
            d.give_time(task, max(task.due, due_of(d.policy, task.kind, d.now)))
        elif task.due <= d.now:
            move_keys(d, keys_day(d))
        else:
            d.give_time(task, task.due)


TASKS: tuple[AnySpec, ...] = (
    TaskSpec(
        TimeOutReviewAnswer,
        review_time_out,
        group=Beside.ABSENCE,
        owner=Role.CARE_PROVIDER,
        asked=Asked.LETTER,
        track=TaskTrack.SIDE,
        stays=remains,
        lack=Lack.CLIENT_AWAY,
        mended_by=RuleName.CORRECT_BY_COMMAND,
    ),
    TaskSpec(
        AbsenceReviewAnswer,
        review_absence,
        group=Beside.ABSENCE,
        track=TaskTrack.SIDE,
        stays=remains,
        lack=Lack.CLIENT_AWAY,
        mended_by=RuleName.CORRECT_BY_COMMAND,
        grounds=True,
    ),
)
