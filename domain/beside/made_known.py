"""When the client is told of a decision that ended the mediation: from the day after, the term to object runs."""

from datetime import date

from domain.facts.rules import RuleName
from domain.messages.commands import LearnLetterSent
from domain.messages.effects import AnyEffect, Audience, Letter, SendLetter
from domain.messages.told import Told
from domain.state import events as e
from domain.state.decision import closes_at, last_day
from domain.state.draft import Draft
from domain.steps.decision_letter import is_of
from domain.steps.objection_term import now_known


def learn_sent(d: Draft, command: LearnLetterSent) -> None:
    """The letter with the decision has left for the client."""
    d.require(command.on <= d.today, RuleName.SENT_IN_FUTURE, field="on")
    made_known(d, command.letter, command.on)


def made_known(d: Draft, letter: AnyEffect | None, on: date) -> None:
    """Have the term run. A letter that came back and goes once more starts it anew; it never ends earlier than told."""
    decision = d.m.decision
    if decision is None or decision.over or not isinstance(letter, SendLetter) or not is_of(letter, decision):
        return
    calendar = d.policy.calendar
    last = last_day(on, calendar.decree_days)
    if decision.last_day and last <= decision.last_day:
        return
    d.emit(e.DecisionMadeKnown(on=on, last_day=last, open_until=closes_at(last, calendar.timezone)))
    now_known(d, d.m.decision)
    if decision.last_day is None:
        d.letter(Letter.DECISION_SENT, Audience.GUIDE, told=Told(last_day=last))


def done_by_hand(d: Draft, letter: AnyEffect | None, on: date | None) -> None:
    """A person passed on by hand what was not delivered: a decision was posted on paper on this day."""
    d.require((on or d.today) <= d.today, RuleName.DONE_IN_FUTURE, field="on")
    made_known(d, letter, on or d.today)


def leaves_end_untold(d: Draft, letter: AnyEffect) -> bool:
    """Tell whether a letter that was not delivered leaves the client without the decision."""
    decision = d.m.decision
    return decision is not None and isinstance(letter, SendLetter) and is_of(letter, decision)
