"""Seeing the dwelling before answering (bezichtiging): planned with the corporation, held, and then the answer's term.

Only where the policy asks for it. Otherwise the client sees the dwelling within the term to answer.
"""

from datetime import datetime

from domain.facts.outcome import Stage
from domain.facts.parties import Role
from domain.facts.rules import RuleName
from domain.facts.tasks import Task, TaskKind
from domain.messages.answers import ViewingAnswer, ViewingPlanAnswer
from domain.messages.effects import Audience, Letter
from domain.policy.policy import Policy
from domain.state import events as e
from domain.state.draft import Draft, RuleBroken
from domain.state.mediation import OfferState
from domain.state.task_spec import AnySpec, Asked, TaskSpec
from domain.steps import appointments


def ask_answer(d: Draft) -> None:
    """Ask the client, with the guide, to answer the offer."""
    task = d.open(TaskKind.ANSWER_OFFER, about=d.offer.number)
    d.letter(Letter.OFFER_MADE, Audience.CLIENT, Audience.GUIDE, task=task)


def plan_viewing(d: Draft) -> None:
    """Ask the corporation for a day on which the client can see the dwelling."""
    d.open(TaskKind.PLAN_VIEWING, about=d.offer.number)


def viewing_planned(d: Draft, _task: Task, answer: ViewingPlanAnswer) -> None:
    """The corporation and the client agreed a day."""
    d.require(answer.on >= d.today, RuleName.VIEWING_IN_PAST, field="on")
    d.emit(e.ViewingPlanned(on=answer.on))
    calendar = d.policy.calendar
    task = d.open(TaskKind.HOLD_VIEWING, about=d.offer.number, due=calendar.closing(answer.on))
    appointment = appointments.viewing(d, answer.on)
    d.letter(Letter.VIEWING_PLANNED, Audience.CLIENT, Audience.GUIDE, task=task, appointment=appointment)


def viewing_held(d: Draft, _task: Task, answer: ViewingAnswer) -> None:
    """The client saw the dwelling, or not: then another day is planned, and not without end."""
    if answer.held:
        planned = d.offer.viewing_on or d.today
        d.require(planned <= d.today, RuleName.VIEWING_IN_FUTURE)
        d.emit(e.ViewingHeld(on=d.today))
        ask_answer(d)
        return
    d.emit(e.ViewingMissed())
    if d.offer.viewings_missed < d.policy.offers.viewings:
        plan_viewing(d)
    else:
        ask_answer(d)


def correct_day(d: Draft, _was: ViewingPlanAnswer, now: ViewingPlanAnswer) -> None:
    """The dwelling is viewed on another day than was noted."""
    planned = d.m.open_of(TaskKind.HOLD_VIEWING)
    if planned is None:
        raise RuleBroken(RuleName.ANSWER_COUNTS_NO_MORE)
    d.require(now.on >= d.today, RuleName.VIEWING_IN_PAST, field="on")
    d.emit(e.ViewingPlanned(on=now.on))
    d.give_time(planned, d.policy.calendar.closing(now.on))


def correct_viewing(d: Draft, _was: ViewingAnswer, now: ViewingAnswer) -> None:
    """The client did see the dwelling, or did not: as long as the offer was not answered it is asked accordingly."""
    waits = d.m.live_offer is not None and d.m.live_offer.state is OfferState.PLACED
    d.require(waits, RuleName.ANSWER_COUNTS_NO_MORE)
    seen = (TaskKind.PLAN_VIEWING, TaskKind.HOLD_VIEWING)
    asked = {task.kind for task in d.m.tasks}
    if now.held:
        d.cancel(*seen)
        d.emit(e.ViewingHeld(on=d.today))
        if TaskKind.ANSWER_OFFER not in asked:
            ask_answer(d)
        return
    d.require(TaskKind.ANSWER_OFFER in asked, RuleName.ANSWER_COUNTS_NO_MORE)
    d.emit(e.ViewingMissed())
    if d.offer.viewings_missed < d.policy.offers.viewings:
        d.cancel(TaskKind.ANSWER_OFFER, TaskKind.RESOLVE_NO_ANSWER)
        plan_viewing(d)


def respond_by(policy: Policy, now: datetime) -> datetime:
    """Return by when a client answers an offer made now, if all goes as planned."""
    moment = now
    seen = (TaskKind.PLAN_VIEWING, TaskKind.HOLD_VIEWING) if policy.viewing else ()
    for kind in (*seen, TaskKind.ANSWER_OFFER):
        moment = policy.calendar.deadline(moment, policy.tasks[kind].due)
    return moment


TASKS: tuple[AnySpec, ...] = (
    TaskSpec(
        ViewingPlanAnswer,
        viewing_planned,
        correct_day,
        group=Stage.ACCEPTANCE,
        owner=Role.CORPORATION,
        asked=Asked.LETTER,
        of_offer=True,
        reachable=lambda policy: policy.viewing,
    ),
    TaskSpec(
        ViewingAnswer,
        viewing_held,
        correct_viewing,
        group=Stage.ACCEPTANCE,
        own_day=True,
        owner=Role.INSTITUTION,
        client_acts=True,
        of_offer=True,
        reachable=lambda policy: policy.viewing,
    ),
)
