"""A mediation that ended goes on: an objection against its end was right, or a second person undoes an end that was no
decision.

What was given back at the end (the person's open mediation, the place, the dwelling) is claimed or sought anew. What
ran for the client runs on: of an urgency is left what was left of it when it ended. After the keys everything is asked
again that was asked then; before the keys too, when no decision ended it, but for what belongs to a home that was let
go. Who was told of the end is told that it goes on.
"""

from datetime import datetime

from domain.beside.absence import review_again
from domain.beside.aftercare import take_up_again
from domain.beside.pause import send_held
from domain.facts.clocks import Clock, ClockKind
from domain.facts.outcome import CALLED, HEARINGS, HearingSubject, Outcome, Stage
from domain.facts.parties import SYSTEM, Actor
from domain.facts.rules import RuleName
from domain.facts.tasks import Task, TaskKind
from domain.facts.value import replace
from domain.messages.commands import ReopeningReason, ReopenMediation
from domain.messages.effects import Audience, Letter
from domain.messages.told import Told
from domain.policy import running
from domain.policy.scarce import PersonClaim
from domain.stages.follow_up import call_again
from domain.stages.support import request_support
from domain.state import events as e
from domain.state.decision import EarlierDecision, EndDecision, Ended, UndoableEnd, closes_at
from domain.state.draft import Draft, RuleBroken
from domain.state.mediation import OfferState
from domain.state.task_spec import Beside, TaskTrack
from domain.steps.deciding import tell
from domain.steps.decision_letter import meanwhile_of
from domain.steps.room import count_live_placements
from domain.steps.terms import ask_extensions, extend_urgency

UNDECIDED = frozenset({Stage.READINESS, Stage.ASSESSMENT})
"""Stages in which the decision on the urgency is still to be taken."""
HOUSED = frozenset({Stage.SUPPORT_START, Stage.FOLLOW_UP, Stage.CONVERSION})
ANSWERED_BY_END = frozenset({Beside.REPORTED, Beside.PAUSE})
"""Of what nothing is asked any more: the end was the answer to what was reported, and a pause was over with it."""
STILL_TRUE = frozenset({Letter.URGENCY_GRANTED, Letter.URGENCY_EXTENDED})
"""Letters that waited and hold whatever became of the home."""


def reopen_mediation(d: Draft, command: ReopenMediation) -> None:
    """Undo an end that was no decision, by another person than the one who ended it."""
    d.require(d.m.stage is Stage.CLOSED, RuleName.NOT_ENDED)
    d.require(d.m.decision is None, RuleName.ENDED_BY_DECISION)
    ended = d.m.undoable_end
    if ended is None:
        raise RuleBroken(RuleName.NOT_REOPENABLE)
    last = d.policy.calendar.today(ended.until)
    d.require(not ended.over and d.now <= ended.until, RuleName.REOPENING_TOO_LATE, day=last)
    d.require(d.by.user != SYSTEM, RuleName.PERSON_NEEDED)
    d.require(_person(d.by) != _person(ended.by), RuleName.SECOND_PERSON_NEEDED)
    wrong = command.because is ReopeningReason.END_WAS_WRONG
    d.require(wrong or ended.outcome is not Outcome.DIED, RuleName.ANSWER_CONTRADICTS, field="because")
    tasks = tuple(_later(d, task, ended, wrong) for task in ended.tasks if _asked_still(d, task, ended))
    reopened = e.MediationReopened(
        stage=_where(d, ended, tasks),
        clocks=tuple(_ran(d, clock, ended, wrong) for clock in ended.clocks),
        tasks=tasks,
        absence=ended.absence,
        because=command.because,
        note=command.note,
        let_down_on=d.today if wrong and _knew_of_home(d, ended) else None,
    )
    if not _reopened(d, ended, reopened):
        raise RuleBroken(RuleName.PERSON_HAS_OPEN_MEDIATION)
    told = Told(meanwhile=meanwhile_of(d))
    d.letter(_letter(ended, wrong), Audience.CLIENT, told=told)
    d.letter(_letter(ended, wrong), Audience.GUIDE, told=told)
    _tell_what_waited(d, ended)
    if reopened.stage in HOUSED:
        _at_home_again(d)
        if ended.outcome in CALLED:
            call_again(d)
    else:
        _ask_again(d)
        if not any(_waits(d, task) for task in tasks):
            d.enter(reopened.stage)
        ask_extensions(d)
    _look_at_absence(d)


def reopen(d: Draft, decision: EndDecision) -> bool:
    """Go on as if the decision had not been taken. False when the client has another mediation by now."""
    stage = _stage(decision)
    housed = stage in HOUSED
    stood_still = d.now - decision.at
    asked = (task for task in decision.tasks if _asked_still(d, task, decision)) if housed else ()
    reopened = e.MediationReopened(
        stage=stage,
        clocks=() if stage in UNDECIDED else tuple(left(d, c, decision.at) for c in decision.clocks),
        tasks=tuple(task.moved(stood_still) for task in asked),
        absence=decision.absence,
        let_down_on=d.today if _knew_of_home(d, decision) else None,
        object_again=_objected_to_again(d, decision),
    )
    if not _reopened(d, decision, reopened):
        return False
    if housed:
        _at_home_again(d)
    else:
        _before_the_keys_again(d, stage, decision)
    _look_at_absence(d)
    return True


def _reopened(d: Draft, ended: Ended, event: e.MediationReopened) -> bool:
    """Let it go on, and tell whom the end was told. False when the client has another mediation by now."""
    if not d.claim(PersonClaim(person=d.m.referral.person)):
        return False
    d.emit(event)
    for organisation in ended.told or filter(None, (d.m.parties.institution,)):
        d.letter(Letter.REOPENED, organisation=organisation)
    return True


def _objected_to_again(d: Draft, ended: EndDecision) -> dict[str, datetime | None]:
    """Return the decisions to which one could object when this one ended it, but for what was objected to since and for
    a refusal that turned out to be valid, with until when. Who could not object in time meanwhile has two weeks from
    now (Awb 6:11).
    """
    decided = {ended.decided_as, d.m.objection.decision if d.m.objection else None}
    still = (one for one in d.m.decisions if one.id in ended.still_open and one.id not in decided and not one.undone)
    return {one.id: _open_until(d, one) for one in still if not _put_right(d, one)}


def _put_right(d: Draft, decision: EarlierDecision) -> bool:
    return decision.offer is not None and d.m.offers[decision.offer - 1].state is OfferState.REFUSED_VALID


def _open_until(d: Draft, decision: EarlierDecision) -> datetime | None:
    last = decision.last_day
    return closes_at(max(last, d.today), d.policy.calendar.timezone) if last else None


def _person(by: Actor) -> tuple[str, str]:
    """Return who somebody is: a person of the municipality, or of who stands in for it."""
    return (by.substitute or by.organisation, by.user)


# -- where it goes on ----------------------------------------------------------------------------------------------


def _stage(decision: EndDecision) -> Stage:
    """Return where it goes on: where it would have gone on after the hearing, had that decision been dropped."""
    if decision.subject is None and decision.outcome is Outcome.OTHER_MUNICIPALITY:
        return Stage.ASSESSMENT
    heard = HEARINGS[decision.subject].if_dropped if decision.subject else None
    stage = heard or decision.stage  # where it stood: also where another municipality was to carry it on
    return Stage.OFFER if stage is Stage.ACCEPTANCE else stage


def _where(d: Draft, ended: UndoableEnd, tasks: tuple[Task, ...]) -> Stage:
    """Return where it goes on: where it stood; where a home was let go, with the search; after the call, before it."""
    if ended.outcome in CALLED:
        return Stage.FOLLOW_UP
    if ended.stage is Stage.ACCEPTANCE and not any(_waits(d, task) for task in tasks):
        return Stage.OFFER
    return ended.stage


def _knew_of_home(d: Draft, ended: Ended) -> bool:
    """Tell whether the client had been told of a home that was let go with the end."""
    offer = d.m.live_offer
    return ended.stage not in HOUSED and offer is not None and offer.state is not OfferState.PREPARED


# -- what is asked -------------------------------------------------------------------------------------------------


def _asked_still(d: Draft, task: Task, ended: Ended) -> bool:
    """Tell whether what was asked at the end is asked again."""
    if task.kind is TaskKind.DECIDE_OBJECTION:  # it was decided meanwhile, or is asked under another id
        undecided = d.m.objection is not None and d.m.objection.result is None
        return undecided and not d.m.open_of(TaskKind.DECIDE_OBJECTION)
    spec = d.spec(task.kind)
    # place and dwelling were given back at the end, and are sought anew
    of_home = spec.of_offer or (spec.group is Stage.OFFER and spec.track is TaskTrack.MAIN)
    return spec.group not in ANSWERED_BY_END and (ended.stage in HOUSED or not of_home)


def _later(d: Draft, task: Task, ended: UndoableEnd, wrong: bool) -> Task:
    """Return a task as it is asked again. What the law gives the municipality ran on while it had ended by mistake."""
    if wrong and task.runs_on and task.owner == d.m.parties.municipality:
        return replace(task, reminders=tuple(at for at in task.reminders if at > d.now))
    return task.moved(d.now - ended.at)


def _waits(d: Draft, task: Task) -> bool:
    """Tell whether the stage waits for a task: what is asked beside it, or by a clock, it does not wait for."""
    if task.kind is TaskKind.HEAR_CLIENT:
        return HEARINGS[HearingSubject(task.about or "")].if_dropped is not None
    return d.spec(task.kind).track is TaskTrack.MAIN and d.m.signal(task.about) is None


def _ask_again(d: Draft) -> None:
    for task in d.m.tasks:
        if task.owner != d.m.parties.municipality:
            d.letter(Letter.TASK_OPENED, task=task)


def _at_home_again(d: Draft) -> None:
    count_live_placements(d)
    _ask_again(d)
    support = d.m.support
    if support and support.started_on is None and support.number is None and _was_asked(d):
        request_support(d, support.provider)
    take_up_again(d)


def _was_asked(d: Draft) -> bool:
    """Tell whether the provider's system had the request for support that the end took back."""
    return d.before is not None and d.before.support is not None and d.before.support.number is not None


def _before_the_keys_again(d: Draft, stage: Stage, decision: EndDecision) -> None:
    if stage in UNDECIDED:
        d.start_clock(ClockKind.DECISION_TERM)
    if decision.subject is HearingSubject.URGENCY_NOT_EXTENDED:
        extend_urgency(d)
    d.enter(stage)
    ask_extensions(d)


def _look_at_absence(d: Draft) -> None:
    reviews = (TaskKind.REVIEW_TIME_OUT, TaskKind.REVIEW_ABSENCE)
    if d.m.absence and d.m.stage is not Stage.CLOSED and not any(map(d.m.open_of, reviews)):
        review_again(d)


# -- clocks --------------------------------------------------------------------------------------------------------


def left(d: Draft, clock: Clock, at: datetime) -> Clock:
    """Return a clock as if it had stood still since that moment; one that stood still then still does."""
    if clock.suspended_at:
        return clock
    moved = clock.moved(d.now - at)
    return running.settled(d.policy, moved, d.now) if running.in_days(d.policy) else moved


def _ran(d: Draft, clock: Clock, ended: UndoableEnd, wrong: bool) -> Clock:
    """Return a clock as it runs on. The law's term stands still while the client's side holds the decision up (Awb 4:15
    lid 2 b), and not because of a mistake of the municipality.
    """
    if clock.unrolled is None or clock.suspended_at:
        return left(d, clock, ended.at)
    if wrong:
        return clock
    still = running.resumed(d.policy, replace(clock, suspended_at=ended.at), d.today, d.now)
    return replace(still, suspended_at=None)


# -- letters -------------------------------------------------------------------------------------------------------


def _letter(ended: UndoableEnd, wrong: bool) -> Letter:
    if ended.outcome is Outcome.DIED:
        return Letter.DEATH_UNDONE
    return Letter.ENDED_BY_MISTAKE if wrong else Letter.GOES_ON


def _tell_what_waited(d: Draft, ended: UndoableEnd) -> None:
    """Send what waited for the client and still holds; what became of the home is not as those letters say."""
    for letter in ended.held:
        about = d.m.earlier(letter.told.decision) if letter.told else None
        if letter.task or letter.letter in STILL_TRUE or (about and about.sent_on is None):
            send_held(d, letter)
    untold = [one for one in d.m.decisions if not (one.over or one.undone or one.sent_on)]
    waited = {letter.told.decision for letter in ended.held if letter.told}
    for decision in untold if ended.outcome is Outcome.DIED else ():
        if decision.id not in waited:  # it was on its way, and went to nobody
            tell(d, decision.subject)
