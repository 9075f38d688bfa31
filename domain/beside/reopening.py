"""An objection against the end of a mediation was right: it goes on where the wrong decision ended it.

What was given back at the end (the person's open mediation, the place, the dwelling) is claimed or sought anew. What
ran for the client runs on: of an urgency is left what was left of it when it ended. At home everything is asked again
that was asked then.
"""

from domain.beside.absence import review_again
from domain.beside.aftercare import take_up_again
from domain.facts.clocks import Clock, ClockKind
from domain.facts.outcome import HEARINGS, HearingSubject, Stage
from domain.messages.effects import Letter
from domain.policy import running
from domain.policy.scarce import PersonClaim
from domain.state import events as e
from domain.state.decision import EndDecision
from domain.state.draft import Draft
from domain.steps.room import count_live_placements
from domain.steps.terms import ask_extensions, extend_urgency

UNDECIDED = frozenset({Stage.READINESS, Stage.ASSESSMENT})
"""Stages in which the decision on the urgency is still to be taken."""
HOUSED = frozenset({Stage.SUPPORT_START, Stage.FOLLOW_UP, Stage.CONVERSION})


def reopen(d: Draft, decision: EndDecision) -> bool:
    """Go on as if the decision had not been taken. False when the client has another mediation by now."""
    if not d.claim(PersonClaim(person=d.m.referral.person)):
        return False
    stage, stood_still = _stage(decision), d.now - decision.at
    housed = stage in HOUSED
    d.emit(
        e.MediationReopened(
            stage=stage,
            clocks=() if stage in UNDECIDED else tuple(_left(d, c, decision) for c in decision.clocks),
            tasks=tuple(task.moved(stood_still) for task in decision.tasks) if housed else (),
            absence=decision.absence,
        )
    )
    d.letter(Letter.REOPENED, organisation=d.m.parties.institution)
    if housed:
        _at_home_again(d)
    else:
        _before_the_keys_again(d, stage, decision)
    if decision.absence and d.m.stage is not Stage.CLOSED:
        review_again(d)
    return True


def _at_home_again(d: Draft) -> None:
    count_live_placements(d)
    for task in d.m.tasks:
        if task.owner != d.m.parties.municipality:
            d.letter(Letter.TASK_OPENED, task=task)
    take_up_again(d)


def _before_the_keys_again(d: Draft, stage: Stage, decision: EndDecision) -> None:
    if stage in UNDECIDED:
        d.start_clock(ClockKind.DECISION_TERM)
    if decision.subject is HearingSubject.URGENCY_NOT_EXTENDED:
        extend_urgency(d)
    d.enter(stage)
    ask_extensions(d)


def _stage(decision: EndDecision) -> Stage:
    """Return where it goes on: where it would have gone on after the hearing, had that decision been dropped."""
    if decision.subject is None:  # another municipality was to help: the one such end without a hearing
        return Stage.ASSESSMENT
    stage = HEARINGS[decision.subject].if_dropped or decision.stage
    return Stage.OFFER if stage is Stage.ACCEPTANCE else stage


def _left(d: Draft, clock: Clock, decision: EndDecision) -> Clock:
    """Return a clock as if it had stood still since the end; one that stood still then still does."""
    if clock.suspended_at:
        return clock
    moved = clock.moved(d.now - decision.at)
    return running.settled(d.policy, moved, d.now) if running.in_days(d.policy) else moved
