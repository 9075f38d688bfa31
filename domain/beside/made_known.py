"""When the client is told of a decision, at the end or on the way: from the day after, the term to object runs."""

from datetime import date

from domain.beside.complaint import answer_sent, answers_complaint
from domain.facts.rules import RuleName
from domain.messages.commands import LearnLetterSent
from domain.messages.effects import AnyEffect, Audience, Letter, SendLetter
from domain.messages.told import Told
from domain.state import events as e
from domain.state.decision import EarlierDecision, EndDecision, closes_at, last_day
from domain.state.draft import Draft
from domain.steps.decision_letter import makes_known
from domain.steps.hearing import invitation_left, invited_to
from domain.steps.objection_term import now_known


def learn_letter_sent(d: Draft, command: LearnLetterSent) -> None:
    """The letter with the decision has left for the client."""
    d.require(command.on <= d.today, RuleName.SENT_IN_FUTURE, field="on")
    made_known(d, command.letter, command.on)


def made_known(d: Draft, letter: AnyEffect | None, on: date) -> None:
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
    d.emit(e.DecisionMadeKnown(on=on, last_day=last, open_until=closes_at(last, calendar.timezone), decision=taken))
    now_known(d, makes_known(d.m, letter))
    if decision.last_day is None and not decision.over:
        d.letter(Letter.DECISION_SENT, Audience.GUIDE, told=Told(last_day=last))


def _ended_since(d: Draft, decision: EarlierDecision | EndDecision) -> bool:
    """Tell whether nobody objects to a decision only because the mediation ended by another since. When that is undone
    one objects to it again, and its day counts.
    """
    ended = d.m.decision
    return ended is not None and isinstance(decision, EarlierDecision) and decision.id in ended.still_open


def done_by_hand(d: Draft, letter: AnyEffect | None, on: date | None) -> None:
    """A person passed on by hand what was not delivered: a decision was posted on paper on this day."""
    day, written_on = on or d.today, _written_on(d, letter)
    d.require(day <= d.today, RuleName.DONE_IN_FUTURE, field="on")
    before = RuleName.DONE_BEFORE_INVITATION if invited_to(d.m, letter) else RuleName.DONE_BEFORE_DECISION
    d.require(written_on is None or day >= written_on, before, field="on", day=written_on)
    made_known(d, letter, day)


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
    taken = d.m.earlier(decision.decided_as) if isinstance(decision, EndDecision) else decision
    if isinstance(taken, EarlierDecision):
        return taken.on
    return d.policy.calendar.today(decision.at) if isinstance(decision, EndDecision) else None


def leaves_end_untold(d: Draft, letter: AnyEffect) -> bool:
    """Tell whether a letter that was not delivered leaves the client without a decision that one may object to."""
    if isinstance(letter, SendLetter) and answers_complaint(letter):
        return True
    decision = makes_known(d.m, letter)
    return decision is not None and not decision.over
