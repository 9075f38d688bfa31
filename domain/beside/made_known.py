"""When the client is told of a decision, at the end or on the way: from the day after, the term to object runs."""

from datetime import date

from domain.beside.complaint import answer_sent, answers_complaint
from domain.facts.outcome import Stage
from domain.facts.rules import RuleName
from domain.messages.answers import DeliveryAnswer
from domain.messages.commands import Disputed, LearnLetterSent
from domain.messages.effects import AnyEffect, Audience, Letter, SendLetter
from domain.messages.told import Told
from domain.state import events as e
from domain.state.decision import EarlierDecision, EndDecision, closes_at, last_day
from domain.state.draft import Draft
from domain.state.mediation import Mediation
from domain.steps.decision_letter import makes_known
from domain.steps.hearing import invitation_left, invited_to
from domain.steps.objection_term import now_known


def learn_letter_sent(d: Draft, command: LearnLetterSent) -> None:
    """The letter with the decision has left for the client."""
    d.require(command.on <= d.today, RuleName.SENT_IN_FUTURE, field="on")
    made_known(d, command.letter, command.on)


def made_known(d: Draft, letter: AnyEffect | None, on: date, task: str | None = None) -> None:
    """Have the term run, of a decision or a hearing, or note that a complaint was answered. A letter that came back and
    goes once more starts the term anew; it never ends earlier than told.
    """
    if isinstance(letter, SendLetter):
        answer_sent(d, letter, on)
    invitation_left(d, letter, on)
    decision = makes_known(d.m, letter)
    if decision is None or (decision.over and not _ended_since(d, decision)):
        return
    taken = decision.id if isinstance(decision, EarlierDecision) else None
    calendar = d.policy.calendar
    last = last_day(on, calendar.decree_days)
    if decision.last_day and last <= decision.last_day:
        return
    until = closes_at(last, calendar.timezone)
    d.emit(e.DecisionMadeKnown(on=on, last_day=last, open_until=until, decision=taken, task=task))
    now_known(d, makes_known(d.m, letter))
    if decision.last_day is None and not decision.over:
        d.letter(Letter.DECISION_SENT, Audience.GUIDE, told=Told(last_day=last))


def _ended_since(d: Draft, decision: EarlierDecision | EndDecision) -> bool:
    """Tell whether nobody objects to a decision only because the mediation ended by another since. When that is undone
    one objects to it again, and its day counts.
    """
    ended = d.m.decision
    return ended is not None and isinstance(decision, EarlierDecision) and decision.id in ended.still_open


def done_by_hand(d: Draft, letter: AnyEffect | None, on: date | None, task: str) -> None:
    """A person passed on by hand what was not delivered, and says so in this task: a decision was posted on paper on
    this day.
    """
    day, written_on = on or d.today, _written_on(d, letter)
    d.require(day <= d.today, RuleName.DONE_IN_FUTURE, field="on")
    before = RuleName.DONE_BEFORE_INVITATION if invited_to(d.m, letter) else RuleName.DONE_BEFORE_DECISION
    d.require(written_on is None or day >= written_on, before, field="on", day=written_on)
    made_known(d, letter, day, task)


def posted(m: Mediation, task: str) -> EndDecision | EarlierDecision | None:
    """Return the decision whose day of posting the answer to a task tells."""
    ended = (m.decision,) if m.decision else ()
    return next((one for one in (*ended, *m.decisions) if one.posted_by == task), None)


def posted_on_another_day(d: Draft, decision: EndDecision | EarlierDecision, answer: DeliveryAnswer) -> None:
    """A decision was posted on another day than was noted: the term to object runs from there. It never ends earlier
    than was told; where it had ended by the wrong day alone, one may object after all.
    """
    d.require(answer.way == "done_by_hand", RuleName.CORRECT_WITH_NEXT, field="way")
    on, taken = d.given(answer.on, "on"), _taken_on(d, decision)
    d.require(on <= d.today, RuleName.DONE_IN_FUTURE, field="on")
    d.require(on >= taken, RuleName.DONE_BEFORE_DECISION, field="on", day=taken)
    calendar = d.policy.calendar
    told = d.known(decision.last_day, "the last day to object")
    last = max(told, last_day(on, calendar.decree_days))
    until = closes_at(last, calendar.timezone)
    named = decision.id if isinstance(decision, EarlierDecision) else None
    again = decision.over and d.now < until and _ran_out(d, decision, told)
    known = e.DecisionMadeKnown(
        on=on, last_day=last, open_until=until, decision=named, task=decision.posted_by, again=again
    )
    d.emit(known)
    now_known(d, d.m.earlier(named) if named else d.m.decision)
    if last > told and (again or not decision.over):
        d.letter(Letter.DECISION_SENT, Audience.GUIDE, told=Told(last_day=last))


def _ran_out(d: Draft, decision: EndDecision | EarlierDecision, last: date) -> bool:
    """Tell whether one may no longer object because the term ended, and for nothing else."""
    objection, named = d.m.objection, decision.id if isinstance(decision, EarlierDecision) else None
    if isinstance(decision, EarlierDecision):
        decided = decision.undone or d.m.stage is Stage.CLOSED
        decided |= objection is not None and objection.decision == named
    else:
        decided = objection is not None and objection.against is Disputed.END
    return not decided and closes_at(last, d.policy.calendar.timezone) <= d.now


def _written_on(d: Draft, letter: AnyEffect | None) -> date | None:
    """Return when it was decided what a letter makes known, a complaint was answered or a hearing is asked: nobody
    posted it before.
    """
    hearing = invited_to(d.m, letter)
    if hearing:
        return d.policy.calendar.today(hearing.opened_at)
    decision, told = makes_known(d.m, letter), letter.told if isinstance(letter, SendLetter) else None
    complaint = d.m.complaint(told.complaint.id) if told and told.complaint else None
    if complaint:
        return complaint.answered_on
    return _taken_on(d, decision) if decision else None


def _taken_on(d: Draft, decision: EndDecision | EarlierDecision) -> date:
    """Return when a decision was taken: where an end is what follows on an earlier one, when that was."""
    if isinstance(decision, EarlierDecision):
        return decision.on
    taken = d.m.earlier(decision.decided_as)
    return taken.on if taken else d.policy.calendar.today(decision.at)


def leaves_end_untold(d: Draft, letter: AnyEffect) -> bool:
    """Tell whether a letter that was not delivered leaves the client without a decision that one may object to."""
    if isinstance(letter, SendLetter) and answers_complaint(letter):
        return True
    decision = makes_known(d.m, letter)
    return decision is not None and not decision.over
