"""How a mediation or an offer ends: what is scarce is given back, and everybody who still waits is told."""

from domain.facts.default_notice import LateDecision
from domain.facts.outcome import OPEN_TO_OBJECTION, UNDOABLE, HearingSubject, Outcome, Stage
from domain.facts.parties import OrganisationId
from domain.facts.rules import RuleName
from domain.facts.tasks import TaskKind
from domain.facts.value import replace
from domain.messages.answers import HearingAnswer
from domain.messages.commands import ClientWithdrawal
from domain.messages.effects import Audience, CancelSupport, FreeDwelling, LetGo, Letter
from domain.policy.agreements import AgreementKind, agreed
from domain.policy.policy import LeaseForm, Policy
from domain.state import events as e
from domain.state.decision import Basis, EarlierDecision
from domain.state.draft import Draft
from domain.steps.decision_letter import LETTER_OF_END, LETTER_OF_OTHER_END, of_decision
from domain.steps.default_notice import penalty_ends
from domain.steps.room import end_live_placements

NO_BASIS = Basis()


def end(
    d: Draft,
    outcome: Outcome,
    note: str | None = None,
    *,
    basis: Basis = NO_BASIS,
    withdrawal: ClientWithdrawal | None = None,
    heard: HearingAnswer | None = None,
    subject: HearingSubject | None = None,
    decided: EarlierDecision | None = None,
    reporter: OrganisationId | None = None,
) -> None:
    """End the mediation. `basis`, `heard` and `subject` are of a decision against the client: on what it rests beside
    the note, what was heard, and on what.
    `decided` was taken and told before, and this is what follows. `reporter` told what it ends on, and hears of it.
    """
    objection = d.m.open_of(TaskKind.DECIDE_OBJECTION)
    if objection:
        d.letter(Letter.OBJECTION_OPEN_AT_END, organisation=d.m.parties.municipality)
    told = of_decision(d, note, basis, heard)
    if outcome is Outcome.TRANSFERRED and d.m.transfer:
        told = replace(told, elsewhere=d.m.transfer.to, takes_over_on=d.m.transfer.takes_over_on)
    waiting = dict.fromkeys((d.m.parties.institution, *(task.owner for task in d.m.tasks), reporter))
    others = tuple(one for one in waiting if one and one != d.m.parties.municipality)
    within = d.policy.reopening.within
    # before MediationClosed, which keeps the open tasks with the decision: those of what is let go are not to come back
    if d.m.lease.handed_over_on is None:
        let_go_of_dwelling(d, outcome)
        d.release_place()
    elif d.m.live_offer:
        end_live_placements(d)
    let_go_of_support(d)
    d.release_person()
    closed = e.MediationClosed(
        outcome=outcome, note=note, reasons=basis.reasons, basis=basis.notes, withdrawal=withdrawal
    )
    if outcome in OPEN_TO_OBJECTION:
        named = decided.id if decided else None
        still_open = tuple(one.id for one in d.m.decisions if not (one.over or one.undone or one.id == named))
        closed = replace(closed, subject=subject, at=d.now, decision=named, still_open=still_open)
    elif within and outcome in UNDOABLE:
        closed = replace(closed, at=d.now, by=d.by, until=d.policy.calendar.deadline(d.now, within))
    d.emit(replace(closed, told=others) if within else closed)
    penalty_ends(d, LateDecision.URGENCY)
    if outcome is Outcome.DIED:
        penalty_ends(d, LateDecision.OBJECTION)
    elif objection:
        d.open(TaskKind.DECIDE_OBJECTION, about=objection.about, due=objection.due)  # it is decided all the same
    if decided:
        if decided.on < d.today:
            d.letter(Letter.URGENCY_OVER, Audience.CLIENT, Audience.GUIDE)
    elif outcome in OPEN_TO_OBJECTION:
        d.letter(LETTER_OF_END[outcome], Audience.CLIENT, told=told)
    elif outcome is not Outcome.DIED:
        d.letter(LETTER_OF_OTHER_END[outcome], Audience.CLIENT, Audience.GUIDE)
    housed = d.m.lease.handed_over_on is not None or outcome is Outcome.DIED
    for organisation in others:
        goes_on = organisation == d.m.parties.institution and not housed
        d.letter(Letter.ENDED_AT_INSTITUTION if goes_on else Letter.CLOSED, organisation=organisation)


def fall_through(d: Draft, why: e.OfferWithdrawn | e.LeaseFailed | e.OfferLetGo, reason: LetGo | None) -> None:
    """Let go of a live offer and of all that belongs to it: dwelling, support, and what is asked of them.

    Without a reason the corporation took the dwelling back in its own system, and need not be told.
    """
    if reason:
        let_go_of_dwelling(d, reason)
    else:
        d.release_dwelling(not_free=isinstance(why, e.OfferWithdrawn) and why.reason.value == LetGo.LET_OTHERWISE)
    let_go_of_support(d)
    d.emit(why)
    cancel_of_offer(d)


def cancel_of_offer(d: Draft) -> None:
    """Ask nothing more of what ends with the offer."""
    d.cancel_where(lambda _task, spec: spec.of_offer)


def let_go_of_dwelling(d: Draft, reason: LetGo | Outcome) -> None:
    """Let others have the dwelling of the live offer, and tell the corporation if it knows of it."""
    offer = d.m.live_offer
    if offer:
        d.release_dwelling(not_free=reason is LetGo.LET_OTHERWISE)
        if offer.number:
            corporation = offer.candidate.dwelling.corporation
            d.do(FreeDwelling(corporation=corporation, number=offer.number, reason=reason))


def let_go_of_support(d: Draft) -> None:
    """Tell the provider that support is not needed, if it knows that it was."""
    support = d.m.support
    if support is None:
        return
    provider = support.provider
    d.cancel_where(lambda task, _: task.kind is TaskKind.AWAIT_RETOUR and provider in {task.owner, task.asked_first})
    if support.number and support.started_on is None:
        d.do(CancelSupport(provider=support.provider, number=support.number))


def conclude(d: Draft, outcome: Outcome, note: str | None = None) -> None:
    """The follow-up is done: close with this outcome, at once or when nothing is left to be done."""
    started = d.m.support is not None and d.m.support.started_on is not None
    d.require(started, RuleName.SUPPORT_NOT_STARTED)
    if held_open(d) or _to_convert(d):
        d.emit(e.FollowUpConcluded(outcome=outcome, note=note))
        go_on(d)
    else:
        end(d, outcome, note)


def go_on(d: Draft) -> None:
    """Something that kept the mediation open is over: go on to what is left, or close."""
    if d.m.concluded is None or held_open(d):
        return
    if not _to_convert(d):
        end(d, d.m.concluded, d.m.concluded_note)
    elif d.m.stage is not Stage.CONVERSION:
        d.enter(Stage.CONVERSION)


def held_open(d: Draft) -> bool:
    """Tell whether a signal is still worked on, the client is away, or another provider or home is still awaited."""
    m = d.m
    return bool(m.open_signals) or m.absence is not None or any(d.spec(t.kind).holds_open for t in m.tasks)


def _to_convert(d: Draft) -> bool:
    """Tell whether the lease may still come in the client's own name, under this policy."""
    return not d.m.converted and converts(d.policy, d.m.lease.form)


def converts(policy: Policy, form: LeaseForm | None) -> bool:
    """Tell whether a lease of this form may come in the client's own name under a policy."""
    return form in policy.conversion.after and agreed(policy.agreements, AgreementKind.CONVERSION)
