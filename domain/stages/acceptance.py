"""Stage 4: the client answers, the lease is signed, and once support is secured the keys follow (acceptatie)."""

from datetime import date

from domain.facts.clocks import ClockKind
from domain.facts.dwelling import Candidate
from domain.facts.outcome import HearingSubject, Stage
from domain.facts.parties import SYSTEM, Role
from domain.facts.rules import RuleName
from domain.facts.tasks import Task, TaskKind
from domain.messages.answers import (
    CheckFailure,
    ClientAnswer,
    ContactAnswer,
    DecisionReason,
    FraudAnswer,
    JudgementAnswer,
    KeysAnswer,
    LeaseAnswer,
    ReceivingTeamAnswer,
    RefusalReason,
    SupportProduct,
)
from domain.messages.commands import Disputed, LearnHome, WithdrawalReason
from domain.messages.effects import Audience, LetGo, Letter, PrepareLease
from domain.messages.told import Lost, Told
from domain.stages import corrected, support, viewing
from domain.stages.onward import await_onward_move, signed, tell_end
from domain.stages.support import ask_support
from domain.stages.viewing import ask_answer, plan_viewing
from domain.state import events as e
from domain.state.decision import Basis
from domain.state.draft import Draft, RuleBroken
from domain.state.mediation import OfferState
from domain.state.task_spec import AnySpec, TaskSpec
from domain.steps.deciding import take, tell
from domain.steps.ending import cancel_of_offer, fall_through, let_go_of_dwelling, let_go_of_support
from domain.steps.hearing import intend
from domain.steps.home_now import changed, hold_as_offered, is_signed
from domain.steps.reading import offer_in_system
from domain.steps.receiving import before_lease_ends, note_receiving_team, plan_keys, secured
from domain.steps.room import move_place
from domain.steps.transfer import call_off


def enter(d: Draft) -> None:
    """Have the dwelling viewed where the policy asks for it, and the offer answered."""
    if d.policy.viewing:
        plan_viewing(d)
    else:
        ask_answer(d)


def answer_offer(d: Draft, _task: Task, answer: ClientAnswer) -> None:
    """The client answered."""
    if answer.accept:
        _accepted(d)
    else:
        _in_own_words(d, answer)
        _refused(d, _own_reason(d, answer.reason, beside="accept"))


def unanswered(d: Draft, _task: Task) -> None:
    """No answer in time, after reminders to the client and the guide: the municipality phones."""
    d.open_once(TaskKind.RESOLVE_NO_ANSWER)


def resolve_no_answer(d: Draft, _task: Task, answer: ContactAnswer) -> None:
    """The municipality phoned the client."""
    asked = d.m.open_of(TaskKind.ANSWER_OFFER)
    if answer.result == "more_time" and asked:
        d.give_time(asked)
    elif answer.result == "accepted":
        _accepted(d)
    elif answer.result == "refused":
        _in_own_words(d, answer)
        _refused(d, _own_reason(d, answer.reason, beside="result"))
    else:
        _refused(d, RefusalReason.NO_ANSWER)


def _in_own_words(d: Draft, answer: ClientAnswer | ContactAnswer) -> None:
    """A person who says no for the client notes it in the client's own words: a reason alone may be anybody's."""
    d.given(answer.reason, "reason")
    if d.by.user != SYSTEM:
        d.given(answer.note, "note")


def _own_reason(d: Draft, reason: RefusalReason | None, beside: str) -> RefusalReason:
    """Return why the client refuses. That no answer came is no reason of the client: only who phoned says so, once the
    term is over.
    """
    if reason is RefusalReason.NO_ANSWER:
        raise RuleBroken(RuleName.ANSWER_CONTRADICTS, field="reason", beside=beside)
    return d.given(reason, "reason")


def _accepted(d: Draft) -> None:
    hold_as_offered(d, d.home_now)
    offer = d.offer
    d.emit(e.OfferAccepted())
    d.cancel(TaskKind.ANSWER_OFFER, TaskKind.RESOLVE_NO_ANSWER)
    d.open(TaskKind.SIGN_LEASE, about=offer.number)
    if offer.number and not offer.lease_asked:
        corporation = offer.candidate.dwelling.corporation
        d.do(PrepareLease(corporation=corporation, number=offer.number, form=d.policy.lease_forms[0]))
    team = note_receiving_team(d)
    if d.m.urgency is not SupportProduct.DISTRICT:
        ask_support(d, d.m.parties.care_provider)
    elif team:
        ask_support(d, team)


def team_named(d: Draft, _task: Task, answer: ReceivingTeamAnswer) -> None:
    """The municipality named the team that receives the client, for no team serves the district, or it changed."""
    district = d.offer.candidate.dwelling.district
    d.emit(e.ReceivingTeamKnown(team=answer.team, district=district, named=True))
    if d.m.urgency is SupportProduct.DISTRICT and d.m.support is None:
        ask_support(d, answer.team)
    plan_keys(d)


def _refused(d: Draft, reason: RefusalReason) -> None:
    let_go_of_dwelling(d, LetGo.REFUSED)
    d.emit(e.OfferRefused(reason=reason))
    d.cancel(TaskKind.ANSWER_OFFER, TaskKind.RESOLVE_NO_ANSWER)
    d.open(TaskKind.JUDGE_REFUSAL, about=reason.value)


def correct_refusal(d: Draft, was: ClientAnswer, now: ClientAnswer) -> None:
    """The client refused for another reason, and that was not judged yet."""
    d.require(not was.accept and not now.accept, RuleName.CORRECT_BY_STEP_BACK, field="accept")
    _other_reason(d, _own_reason(d, now.reason, beside="accept"))


def correct_contact(d: Draft, was: ContactAnswer, now: ContactAnswer) -> None:
    """The client who was phoned refused for another reason, and that was not judged yet."""
    refused = was.result == now.result == "refused"
    d.require(refused, RuleName.CORRECT_BY_STEP_BACK, field="result")
    _other_reason(d, _own_reason(d, now.reason, beside="result"))


def _other_reason(d: Draft, reason: RefusalReason) -> None:
    d.require(d.m.open_of(TaskKind.JUDGE_REFUSAL) is not None, RuleName.ANSWER_COUNTS_NO_MORE)
    d.cancel(TaskKind.JUDGE_REFUSAL)
    d.emit(e.OfferRefused(reason=reason))
    d.open(TaskKind.JUDGE_REFUSAL, about=reason.value)


def judge_refusal(d: Draft, task: Task, answer: JudgementAnswer) -> None:
    """The municipality judged the reason, or that no answer came: a valid one is not counted."""
    silent = task.about == RefusalReason.NO_ANSWER
    why = (DecisionReason.NOT_ANSWERED if silent else DecisionReason.REFUSED_SUITABLE,)
    if not answer.valid:
        d.require(d.by.user != SYSTEM, RuleName.PERSON_NEEDED)
        take(d, Disputed.REFUSAL_JUDGED, answer.note, Basis(reasons=why), offer=len(d.m.offers))
    d.emit(e.RefusalJudged(valid=answer.valid))
    if answer.valid:
        d.letter(
            Letter.REFUSAL_NOT_COUNTED, Audience.CLIENT, Audience.GUIDE, told=Told(reasons=why) if silent else None
        )
    else:
        tell(d, Disputed.REFUSAL_JUDGED)
    if not answer.valid and d.m.counted_refusals >= d.policy.offers.counted_refusals:
        intend(d, HearingSubject.LAPSE_AFTER_REFUSAL, Basis(notes=(d.given(answer.note, "note"),)))
    else:
        d.enter(Stage.OFFER)


def take_back(d: Draft, reason: WithdrawalReason, lost: Lost | None = None, *, in_system: bool = False) -> None:
    """The client cannot have the home: never a refusal, and the client keeps priority. A corporation that took it back
    in its own system need not be told.
    """
    told = None if in_system else LetGo(reason.value)
    _back_to_matching(d, e.OfferWithdrawn(reason=reason, let_down_on=_let_down(d)), told, lost)


def _let_down(d: Draft) -> date | None:
    """Return today, if the client has been told of the offer that falls through now."""
    return d.today if d.offer.state in {OfferState.PLACED, OfferState.ACCEPTED} else None


def _back_to_matching(
    d: Draft, why: e.OfferWithdrawn | e.LeaseFailed, reason: LetGo | None, lost: Lost | None = None
) -> None:
    """The offer fell through, not by the client: client and guide hear of it, if they knew of the offer."""
    fall_through(d, why, reason)
    if why.let_down_on:
        d.letter(Letter.OFFER_WITHDRAWN, Audience.CLIENT, Audience.GUIDE, told=Told(lost=lost) if lost else None)
    withdrawn = sum(o.state is OfferState.WITHDRAWN for o in d.m.offers)
    if withdrawn >= d.policy.offers.withdrawals_before_alert:
        d.letter(Letter.OFFERS_WITHDRAWN, organisation=d.m.parties.municipality)
    d.enter(Stage.OFFER)


def learn_home(d: Draft, command: LearnHome) -> None:
    """The corporation says how the home of the offer is now; nothing when it is as it was offered, or let by now."""
    change = None if d.m.stage is Stage.CLOSED or is_signed(d.m) else changed(d, command.home_now)
    if change is None:
        return
    if change.candidate is None:
        take_back(d, WithdrawalReason.LET_OTHERWISE)
    elif change.barred:
        d.emit(e.OfferChanged(candidate=change.candidate))
        dearer = any(one.name == "rent" for one in change.barred)
        take_back(d, WithdrawalReason.CHANGED, Lost.RENT if dearer else Lost.CHANGED)
    elif change.rent:
        _ask_anew(d, change.candidate)
    else:
        known = d.offer.state is not OfferState.PREPARED
        d.emit(e.OfferChanged(candidate=change.candidate))
        if known:
            d.letter(Letter.OFFER_CHANGED, Audience.CLIENT, Audience.GUIDE)


def _ask_anew(d: Draft, home: Candidate) -> None:
    """The rent goes up, and the home still suits: who was asked to answer, or has said yes, is asked anew. Who was not
    asked yet hears of the new rent with the offer.
    """
    accepted, asked = d.offer.state is OfferState.ACCEPTED, d.m.open_of(TaskKind.ANSWER_OFFER)
    if accepted:
        let_go_of_support(d)
    d.emit(e.OfferChanged(candidate=home, asked_anew=accepted))
    if accepted:
        cancel_of_offer(d)
        asked = d.open(TaskKind.ANSWER_OFFER, about=d.offer.number)
    elif asked:
        d.cancel(TaskKind.RESOLVE_NO_ANSWER)
        d.give_time(asked)
        asked = d.m.open_of(TaskKind.ANSWER_OFFER)
    if asked:
        d.letter(Letter.RENT_RAISED, Audience.CLIENT, Audience.GUIDE, task=asked)


def sign_lease(d: Draft, _task: Task, answer: LeaseAnswer) -> None:
    """The corporation signed the lease, or could not."""
    if answer.failed_check:
        _check_failed(d, answer.failure)
        return
    hold_as_offered(d, d.home_now)
    d.emit(signed(d, answer))
    tell_end(d)
    plan_keys(d)


def _check_failed(d: Draft, failure: CheckFailure | None) -> None:
    """What is the client's doing a person judges first; anything else is not counted."""
    if failure is CheckFailure.FRAUD_SUSPECTED:
        fall_through(d, e.LeaseFailed(failure=failure), LetGo.FAILED_CHECK)
        d.open(TaskKind.JUDGE_FRAUD)
    else:
        _back_to_matching(d, e.LeaseFailed(failure=failure, let_down_on=_let_down(d)), LetGo.FAILED_CHECK)


def end_with_lease(d: Draft) -> None:
    """A temporary lease ended before the client had the keys: nobody can live there, and the search goes on."""
    m = d.state
    if m is None or m.stage is not Stage.ACCEPTANCE or m.paused_at or m.lease.handed_over_on:
        return
    if m.lease.ends_on and m.lease.ends_on <= d.today:
        d.letter(Letter.LEASE_RAN_OUT, organisation=m.parties.municipality)
        _back_to_matching(d, e.LeaseFailed(let_down_on=_let_down(d)), LetGo.FAILED_CHECK)


def judge_fraud(d: Draft, _task: Task, answer: FraudAnswer) -> None:
    """The municipality judged what the corporation suspects."""
    if answer.founded:
        intend(d, HearingSubject.FRAUD, Basis(notes=(d.given(answer.note, "note"),)))
    else:
        d.letter(Letter.OFFER_WITHDRAWN, Audience.CLIENT, Audience.GUIDE)
        d.enter(Stage.OFFER)


def hand_over_keys(d: Draft, _task: Task, answer: KeysAnswer) -> None:
    """The client has the keys: the place is used, and the clocks have done their work."""
    planned = d.known(d.m.lease.keys_on, "the planned day of the keys")
    d.require(answer.on >= planned, RuleName.KEYS_BEFORE_NOTICE, field="on", day=planned)
    d.require(answer.on <= d.today, RuleName.KEYS_IN_FUTURE, field="on")
    d.require(before_lease_ends(d, answer.on), RuleName.KEYS_AFTER_LEASE, field="on", day=d.m.lease.ends_on)
    d.require(secured(d.policy, d.m.support, answer.on), RuleName.SUPPORT_NOT_SECURED)
    d.emit(e.KeysHandedOver(on=answer.on))
    call_off(d)
    move_place(d, answer.on)
    d.emit(e.PlaceConsumed())
    d.stop_clocks(*ClockKind)
    d.cancel(TaskKind.EXTEND_URGENCY, TaskKind.HEAR_CLIENT, TaskKind.CONFIRM_SUPPORT, TaskKind.BRIDGE_SUPPORT)
    d.cancel(TaskKind.CONFIRM_OFFER_WITHDRAWAL)  # the corporation gave the home all the same
    await_onward_move(d)
    d.enter(Stage.SUPPORT_START)


TASKS: tuple[AnySpec, ...] = (
    *viewing.TASKS,
    TaskSpec(
        ClientAnswer,
        answer_offer,
        correct_refusal,
        group=Stage.ACCEPTANCE,
        owner=Role.INSTITUTION,
        client_acts=True,
        reads=offer_in_system,
        overdue=unanswered,
        of_offer=True,
    ),
    TaskSpec(ContactAnswer, resolve_no_answer, correct_contact, group=Stage.ACCEPTANCE, of_offer=True),
    TaskSpec(
        JudgementAnswer,
        judge_refusal,
        group=Stage.ACCEPTANCE,
        mended_by=RuleName.CORRECT_BY_DECISION,
        grounds=True,
    ),
    TaskSpec(
        LeaseAnswer,
        sign_lease,
        corrected.lease,
        group=Stage.ACCEPTANCE,
        owner=Role.CORPORATION,
        asked=PrepareLease,
        reads=offer_in_system,
        of_offer=True,
    ),
    TaskSpec(
        FraudAnswer,
        judge_fraud,
        group=Stage.ACCEPTANCE,
        mended_by=RuleName.CORRECT_BY_DECISION,
        grounds=True,
    ),
    TaskSpec(
        ReceivingTeamAnswer, team_named, group=Stage.ACCEPTANCE, of_offer=True, mended_by=RuleName.CORRECT_BY_COMMAND
    ),
    *support.TASKS,
    TaskSpec(
        KeysAnswer,
        hand_over_keys,
        corrected.keys,
        group=Stage.ACCEPTANCE,
        own_day=True,
        owner=Role.CORPORATION,
        reads=offer_in_system,
        due_under=lambda _m, _task, _policy: None,
        of_offer=True,
    ),
)
"""What is asked from the offer to the keys, in that order: also what `viewing` and `support` ask in between."""
