"""What partners' systems report outside a task: numbers they gave, and messages they refuse for good.

Something may have been asked of a partner that is no longer wanted when the partner has done it. Then it is given back.
"""

from domain.beside.made_known import done_by_hand, leaves_end_untold, posted, posted_on_another_day
from domain.facts.outcome import Stage
from domain.facts.parties import SYSTEM, Role
from domain.facts.rules import RuleName
from domain.facts.tasks import Task, TaskKind
from domain.facts.value import replace
from domain.messages.answers import ConfirmationAnswer, DeliveryAnswer
from domain.messages.commands import (
    AnswerTask,
    LearnLease,
    LearnNoSystem,
    LearnSupportRequest,
    LookAgain,
    ReportUndelivered,
)
from domain.messages.effects import (
    AnyEffect,
    CancelSupport,
    FreeDwelling,
    LetGo,
    Letter,
    PlaceOffer,
    RequestSupport,
    ToPartner,
)
from domain.state import events as e
from domain.state.draft import Draft, RuleBroken
from domain.state.task_spec import AnySpec, Beside, Lack, TaskSpec, TaskTrack, remains
from domain.steps.hearing import invited_to, invites
from domain.steps.reading import consult, knows_of


def learn_lease(d: Draft, command: LearnLease) -> None:
    """The corporation drew up the lease of the live offer."""
    offer = d.m.live_offer
    if offer and offer.number == command.offer and d.m.stage is not Stage.CLOSED:
        d.emit(e.LeasePrepared(number=command.number))


def learn_support_request(d: Draft, command: LearnSupportRequest) -> None:
    """A provider took the request; when support is no longer asked of it, the request is taken back."""
    support = d.m.support
    if support and support.number == command.number:
        return
    if command.message and d.m.retours.get(command.message) is False:
        return
    if support and support.provider == command.provider and not support.number and d.m.stage is not Stage.CLOSED:
        d.emit(e.SupportRequestKnown(number=command.number))
        return
    d.emit(e.SupportReturned(provider=command.provider, number=command.number))
    d.do(CancelSupport(provider=command.provider, number=command.number))


def is_late_confirmation(d: Draft, command: AnswerTask) -> bool:
    """Tell whether a corporation's system confirms an offer that was let go in the meantime."""
    answer = command.answer
    confirmed = isinstance(answer, ConfirmationAnswer) and answer.number is not None
    its_task = command.task.startswith(f"{TaskKind.CONFIRM_OFFER}-") and d.m.was_opened(command.task)
    by_system = command.by.user == SYSTEM and command.by.role is Role.CORPORATION
    return confirmed and by_system and its_task and not d.m.task(command.task)


def give_offer_back(d: Draft, command: AnswerTask) -> None:
    """Let the corporation have its dwelling back, unless a person took note of this very offer."""
    corporation = command.by.organisation
    number = command.answer.number if isinstance(command.answer, ConfirmationAnswer) else None
    known = any(o.candidate.dwelling.corporation == corporation and o.number == number for o in d.m.offers)
    if number and not known:
        d.emit(e.OfferReturned(corporation=corporation, number=number))
        d.do(FreeDwelling(corporation=corporation, number=number, reason=LetGo.NO_LONGER_WANTED))


def report_undelivered(d: Draft, command: ReportUndelivered) -> None:
    """A partner refuses a message for good: a person must see to it, also when the mediation has just ended.

    A decision that did not reach the client is a task also then: its term to object does not run before. An invitation
    to a hearing that is over is nobody's to post.
    """
    if d.m.stage is not Stage.CLOSED and invites(command.effect) and invited_to(d.m, command.effect) is None:
        return
    if d.m.stage is Stage.CLOSED and not leaves_end_untold(d, command.effect):
        d.emit(e.DeliveryFailed(effect=command.effect, code=command.code))
        d.letter(Letter.DELIVERY_FAILED, organisation=d.m.parties.municipality)
        return
    task = d.open(TaskKind.RESOLVE_DELIVERY, about=command.effect.key)
    d.emit(e.DeliveryFailed(task=task.id, effect=command.effect, code=command.code))


def leave_to_people(d: Draft, command: LearnNoSystem) -> None:
    """A partner has no system: its people hear by letter of the task that waits for them, or that an offer ended."""
    effect = command.effect
    if isinstance(effect, FreeDwelling):
        d.emit(e.LeftToPeople(organisation=effect.corporation))
        d.letter(Letter.OFFER_LET_GO, organisation=effect.corporation)
        return
    task = d.asked_by(effect)
    if task and task.owner == effect.lane:
        d.emit(e.LeftToPeople(organisation=task.owner, task=task.id))
        d.letter(Letter.TASK_OPENED, task=task)


def resolve_delivery(d: Draft, task: Task, answer: DeliveryAnswer) -> None:
    """The municipality did by hand what was refused, or has it sent again."""
    effect = d.before.undelivered.get(task.id) if d.before else None  # the answer just recorded took it off the state
    if answer.way == "try_again" and effect:
        try_again(d, effect)
    else:
        done_by_hand(d, effect, answer.on, task.id)


def correct_delivery(d: Draft, _was: DeliveryAnswer, now: DeliveryAnswer) -> None:
    """A decision was posted on another day. What else was done by hand is done; it is asked again where it matters."""
    corrected = d.m.answered[TaskKind.RESOLVE_DELIVERY].task
    decision = posted(d.m, corrected)
    if decision is None:
        raise RuleBroken(RuleName.CORRECT_WITH_NEXT)
    posted_on_another_day(d, decision, now)


def try_again(d: Draft, effect: AnyEffect) -> None:
    """Send a message that was refused once more, if what it asks is still wanted.

    What a partner is said to have refused it may have done, with an answer that nobody could read: it is asked under
    the name that it had before.
    """
    match effect:
        case PlaceOffer(task=task):
            wanted = d.m.task(task) is not None
        case RequestSupport(provider=provider):
            wanted = d.m.support is not None and d.m.support.provider == provider and not d.m.support.number
        case _:
            wanted = True
    if wanted:
        again = replace(effect, first_key=effect.identity) if isinstance(effect, ToPartner) else effect
        d.do(again)


def look_again(d: Draft, command: LookAgain) -> None:
    """Read what this organisation's system may know of the open tasks; nothing when there is nothing to read."""
    for task in d.m.tasks:
        if knows_of(d, command.by.organisation, task):
            d.emit(e.TaskChecked(task=task.id, next_check=task.check_at))
            consult(d, task)


TASKS: tuple[AnySpec, ...] = (
    TaskSpec(
        DeliveryAnswer,
        resolve_delivery,
        correct_delivery,
        group=Beside.DELIVERY,
        track=TaskTrack.ALONE,
        stays=remains,
        lack=Lack.DELIVERY,
    ),
)
