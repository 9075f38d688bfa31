"""Stage 6: the call three months after the move, and what comes out of it (nabelmoment)."""

from datetime import date, datetime, time

from domain.facts.outcome import Outcome, Stage
from domain.facts.parties import EITHER_TEAM, Role, Whose
from domain.facts.rules import RuleName
from domain.facts.tasks import Task, TaskKind
from domain.messages.answers import CallAnswer, CallResult, DayPart, FollowOnAnswer, GuideAnswer, SignOffAnswer
from domain.messages.effects import Audience, Letter
from domain.policy.policy import Policy
from domain.policy.policy_terms import CallAnchor
from domain.state import events as e
from domain.state.draft import Draft, RuleBroken
from domain.state.mediation import Mediation
from domain.state.task_spec import AnySpec, Asked, TaskSpec, by_term
from domain.steps.ending import conclude
from domain.steps.raising import confer

BEGINS = {DayPart.MORNING: time(0), DayPart.AFTERNOON: time(12), DayPart.EVENING: time(17)}
"""When each part of the day begins, on the clock of the town hall."""


def enter(d: Draft) -> None:
    """Plan the call."""
    calendar = d.policy.calendar
    d.open(TaskKind.FOLLOW_UP_CALL, due=calendar.closing(calendar.working_day_from(_call_day(d))))


def _call_day(d: Draft) -> date:
    return d.known(call_day(d.m, d.policy), "the day from which the call counts")


def call_day(m: Mediation, policy: Policy) -> date | None:
    """Return the day of the call under a policy; None before the keys or, if it counts from there, before support."""
    rules = policy.follow_up
    support_start = m.support and m.support.first_started_on
    start = support_start if rules.anchor is CallAnchor.SUPPORT_START else m.lease.handed_over_on
    return policy.calendar.add(start, rules.after) if start else None


def count_again(d: Draft, anchor: CallAnchor = CallAnchor.SUPPORT_START) -> None:
    """What the call counts from was on another day than was known: a call that was not tried yet moves."""
    planned = d.m.open_of(TaskKind.FOLLOW_UP_CALL)
    if planned is None or d.m.call_attempts or d.policy.follow_up.anchor is not anchor:
        return
    calendar = d.policy.calendar
    due = calendar.closing(calendar.working_day_from(_call_day(d)))
    if due != planned.due:
        d.give_time(planned, due)


def call(d: Draft, _task: Task, answer: CallAnswer) -> None:
    """The client was called. Where the call counts from the start of support it waits for that of another provider."""
    day, on = call_day(d.m, d.policy), answer.on or d.today
    if day is None:
        raise RuleBroken(RuleName.SUPPORT_NOT_STARTED)
    opens = d.policy.calendar.subtract(day, d.policy.follow_up.window)
    d.require(on >= opens, RuleName.CALL_TOO_EARLY, day=opens)
    d.require(on <= d.today, RuleName.DONE_IN_FUTURE, field="on")
    if answer.reached:
        _held(d, d.given(answer.result, "result"))
        return
    # every three tries begin a new round, and in a round each part of the day is tried once
    round_ = len(d.m.call_attempts) // len(DayPart) * len(DayPart)
    tried = d.m.call_attempts[round_:]
    d.require(answer.day_part not in tried, RuleName.DAY_PART_TRIED, field="day_part")
    spread = d.policy.follow_up.attempts_a_day
    if spread:
        _keep_apart(d, on, answer.day_part, spread)
    d.emit(e.CallAttempted(day_part=answer.day_part, on=on if spread else answer.on))
    if len(d.m.call_attempts) >= d.policy.follow_up.attempts:
        task = d.open(TaskKind.ASK_GUIDE)
        d.letter(Letter.NOT_REACHED, Audience.CLIENT, Audience.GUIDE, task=task)
    else:
        d.open(TaskKind.FOLLOW_UP_CALL, not_before=_next_day(d))


def _keep_apart(d: Draft, on: date, part: DayPart, most: int) -> None:
    """Refuse an attempt that is none: on a day off, one too many on its day, or in a part of today that is to come."""
    calendar = d.policy.calendar
    d.require(calendar.is_working_day(on), RuleName.CALL_ON_DAY_OFF, field="on", day=calendar.working_day_from(on))
    d.require(d.m.call_days.count(on) < most, RuleName.CALL_TOO_SOON, field="on", day=_next_day(d))
    d.require(calendar.at(on, BEGINS[part]) <= d.now, RuleName.CALL_TO_COME, field="day_part")


def _next_day(d: Draft) -> date:
    """Return the first day from today on of which an attempt counts."""
    calendar, most = d.policy.calendar, d.policy.follow_up.attempts_a_day
    day = calendar.working_day_from(d.today)
    while most and d.m.call_days.count(day) >= most:
        day = calendar.next_working_day(day)
    return day


def _held(d: Draft, result: CallResult) -> None:
    d.emit(e.FollowUpHeld(result=result))
    if result is CallResult.FINE:
        conclude(d, Outcome.HOUSED_FOLLOW_UP_HELD)
    else:
        d.open(TaskKind.TAKE_UP_FOLLOW_ON, about=result.value)


def correct_call(d: Draft, was: CallAnswer, now: CallAnswer) -> None:
    """The client was spoken to and it went otherwise, or was not spoken to at all."""
    d.require(was.reached and d.m.call_result is not None, RuleName.ANSWER_COUNTS_NO_MORE)
    d.require(now.result != was.result, RuleName.NOTHING_TO_CORRECT, field="result")
    d.cancel(TaskKind.TAKE_UP_FOLLOW_ON)
    d.emit(e.FollowUpReopened())
    if now.reached:
        _held(d, d.given(now.result, "result"))
    else:
        d.open(TaskKind.FOLLOW_UP_CALL, not_before=_next_day(d))


def take_up_follow_on(d: Draft, _task: Task, answer: FollowOnAnswer) -> None:
    """The district team took up what came out of the call, or needs all partners for it."""
    if answer.result == "case_conference":
        confer(d, answer.note)
    conclude(d, Outcome.HOUSED_FOLLOW_UP_HELD)


def ask_guide(d: Draft, _task: Task, answer: GuideAnswer) -> None:
    """The guide told whether there is contact."""
    if answer.in_contact:
        call_again(d)
    else:
        d.open(TaskKind.SIGN_OFF_UNREACHABLE)


def sign_off(d: Draft, _task: Task, answer: SignOffAnswer) -> None:
    """The municipality closes without having spoken to the client, or has them called again."""
    if answer.visit:
        d.open(TaskKind.VISIT_CLIENT)
    elif answer.close:
        conclude(d, Outcome.HOUSED_UNREACHABLE, d.given(answer.note, "note"))
    else:
        call_again(d)


def call_again(d: Draft) -> None:
    """Begin once more with the attempts to call."""
    d.emit(e.CallsRestarted())
    d.open(TaskKind.FOLLOW_UP_CALL, not_before=_next_day(d))


def _due_under(m: Mediation, task: Task, policy: Policy) -> datetime | None:
    if not task.agreed:
        return by_term(m, task, policy)
    day, calendar = call_day(m, policy), policy.calendar
    return calendar.closing(calendar.working_day_from(day)) if day else task.due


TASKS: tuple[AnySpec, ...] = (
    TaskSpec(
        CallAnswer,
        call,
        correct_call,
        group=Stage.FOLLOW_UP,
        own_day=True,
        chosen=lambda policy: policy.follow_up.caller,
        due_under=_due_under,
    ),
    TaskSpec(
        GuideAnswer,
        ask_guide,
        group=Stage.FOLLOW_UP,
        owner=Role.CARE_PROVIDER,
        asked=Asked.LETTER,
        mended_by=RuleName.CORRECT_WITH_NEXT,
    ),
    TaskSpec(SignOffAnswer, sign_off, group=Stage.FOLLOW_UP, mended_by=RuleName.CORRECT_WITH_NEXT, grounds=True),
    TaskSpec(
        FollowOnAnswer,
        take_up_follow_on,
        group=Stage.FOLLOW_UP,
        owner=Role.DISTRICT_TEAM,
        owners=frozenset({Whose.COORDINATOR, Whose.CARE_PROVIDER}) | EITHER_TEAM,
        asked=Asked.LETTER,
        mended_by=RuleName.CORRECT_WITH_NEXT,
    ),
)
