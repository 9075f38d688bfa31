"""The fold as release 0.2.0 had it, a table beside the events: what `Event.apply` is held against, for one release."""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from functools import reduce
from typing import Any, TypeVar

from domain.facts.clocks import Clock, ClockKind
from domain.facts.complaints import Complaint
from domain.facts.default_notice import LateDecision
from domain.facts.outcome import OPEN_TO_OBJECTION, Outcome, Stage
from domain.facts.signals import SignalState
from domain.facts.tasks import Task, TaskKind
from domain.facts.value import replace
from domain.messages.answers import ObjectionResult, TaskAnswer
from domain.messages.commands import Disputed
from domain.state import events as e
from domain.state.decision import Basis, EndDecision, TakenBack
from domain.state.fold import evolve as today
from domain.state.mediation import (
    Advice,
    Answered,
    Lease,
    Mediation,
    Objection,
    Offer,
    OfferState,
    OfferWithdrawal,
    Origin,
    Place,
    PlaceState,
    Receiving,
    ReportedWithdrawal,
    Support,
)

E = TypeVar("E", bound=e.Event)
Changes = dict[str, Any]
"""New values of the mediation's fields."""


def fold(events: Iterable[e.AnyEvent]) -> Mediation | None:
    """Return the state after these events; None when nothing happened yet."""
    return reduce(evolve, events, None)


def evolve(m: Mediation | None, event: e.AnyEvent) -> Mediation:
    """Return the state after one more event."""
    if type(event) is e.MediationStarted:
        if event.test:  # that release knew no trials
            return today(m, event)
        return Mediation(
            id=event.mediation,
            sequence=1,
            referral=event.referral,
            parties=event.parties,
            policy_id=event.policy_id,
            policy_version=event.policy_version,
            policy_digest=event.policy_digest,
        )
    if m is None:
        raise ValueError(f"{event.type} before MediationStarted")
    if m.decisions or m.undoable_end or _is_later(event):
        return today(m, event)
    change = CHANGES.get(type(event))
    return replace(m, sequence=m.sequence + 1, **change(m, event) if change else {})


def _tasks(m: Mediation, task_id: str, change: Callable[[Task], Changes]) -> Changes:
    return {"tasks": tuple(replace(t, **change(t)) if t.id == task_id else t for t in m.tasks)}


def _opened(m: Mediation, task: Task) -> Changes:
    opened = {**m.opened, task.kind: m.opened.get(task.kind, 0) + 1}
    asked = m.supplement_asked or task.kind is TaskKind.SUPPLEMENT
    counted: Changes = {"supplement_asked": asked, "supplement_rounds": _rounds(m, task)}
    return {"tasks": (*m.tasks, task), "opened": opened, **counted, **_supplement(task), **_of_whom(m, task)}


def _of_whom(m: Mediation, task: Task) -> Changes:
    return {"asked": tuple(dict.fromkeys((*m.asked, task.owner)))}


def _rounds(m: Mediation, task: Task) -> int:
    return m.supplement_rounds + (task.kind is TaskKind.SUPPLEMENT and not task.agreed)


def _supplement(task: Task) -> Changes:
    return {"supplement": task} if task.kind is TaskKind.SUPPLEMENT else {}


def _done(m: Mediation, task_id: str) -> Changes:
    tasks = tuple(t for t in m.tasks if t.id != task_id)
    return {"tasks": tasks, "undelivered": {k: v for k, v in m.undelivered.items() if k != task_id}}


def _answered(m: Mediation, task_id: str, answer: TaskAnswer) -> Changes:
    return {"answered": {**m.answered, answer.kind: Answered(task=task_id, answer=answer)}}


def _laid_anew(m: Mediation, task: Task) -> Changes:
    tasks = tuple(task if t.id == task.id else t for t in m.tasks)
    return {"tasks": tasks, **_supplement(task), **_of_whom(m, task)}


def _passed_on(m: Mediation, task: Task) -> Changes:
    return {**_laid_anew(m, task), "stand_ins": tuple(dict.fromkeys((*m.stand_ins, task.owner)))}


def _escalated(m: Mediation, task_id: str, again_at: datetime | None) -> Changes:
    again = (again_at,) if again_at else ()
    return _tasks(m, task_id, lambda t: {"escalations": t.escalations[1:] + again, "escalated": t.escalated + 1})


def _clocks(m: Mediation, kind: ClockKind, change: Callable[[Clock], Clock]) -> Changes:
    return {"clocks": tuple(change(c) if c.kind is kind else c for c in m.clocks)}


def _clock(m: Mediation, kind: ClockKind, **change: Any) -> Changes:
    return _clocks(m, kind, lambda c: replace(c, **change))


def _clock_resumed(m: Mediation, it: e.ClockResumed) -> Changes:
    kind, at = it.clock, it.at
    if it.ends_at:
        ends: Changes = {"ends_at": it.ends_at, "unrolled": it.unrolled, "warnings": it.warnings}
        return _clock(m, kind, suspended_at=None, suspended_for=None, **ends)
    # During a pause only the time before it counts here: the pause itself is added when it ends.
    return _clocks(m, kind, lambda c: c.resumed(max(c.suspended_at or at, m.paused_at or at)))


def _longer(clock: Clock, it: e.ClockExtended) -> Clock:
    times = clock.extended + 1 if it.unrolled else clock.extended
    longer = replace(clock, ends_at=it.ends_at, warnings=it.warnings, expired=False)
    return replace(longer, unrolled=it.unrolled, extended=times)


def _referral(m: Mediation, **change: Any) -> Changes:
    return {"referral": replace(m.referral, **change)}


def _corrected(m: Mediation, it: e.ReferralCorrected) -> Changes:
    given = {name: getattr(it.changes, name) for name in it.changes.model_fields_set}
    return _referral(m, **{name: value for name, value in given.items() if value is not None})


def _objection_decided(m: Mediation, result: ObjectionResult) -> Changes:
    if m.objection is None:
        return {}
    undone = _put_right(m, m.objection.against) if result is ObjectionResult.WELL_FOUNDED else {}
    stands = m.objection.against is Disputed.END and result is not ObjectionResult.WITHDRAWN
    settled = _decision(m, open_until=None, over=True, ran_out=False) if stands else {}
    return {"objection": replace(m.objection, result=result), **undone, **settled}


def _decision(m: Mediation, **change: Any) -> Changes:
    return {"decision": m.decision and replace(m.decision, **change)}


def _put_right(m: Mediation, against: Disputed) -> Changes:
    """What was decided wrongly is undone."""
    if against is Disputed.URGENCY_CONDITIONS:
        return {"urgency_conditions": ()}
    lapsed = m.decision is not None and m.decision.outcome is Outcome.REFUSED_LAPSED
    if against is Disputed.REFUSAL_JUDGED or (against is Disputed.END and lapsed):
        wrong = max((n for n, o in enumerate(m.offers) if o.state is OfferState.REFUSED_INVALID), default=None)
        valid = OfferState.REFUSED_VALID
        return {"offers": tuple(replace(o, state=valid) if n == wrong else o for n, o in enumerate(m.offers))}
    return {}


def _moved_place(place: Place, it: e.PlaceMoved) -> Place:
    return replace(place, year=it.year, half=it.half, beyond_limit=it.beyond_limit)


def _reserved(it: e.PlaceReserved) -> Place:
    place = Place(year=it.year, units=it.units, half=it.half, shared_by=it.shared_by)
    return replace(place, part=it.part, beyond_limit=it.beyond_limit)


def _listed(m: Mediation, it: e.DwellingsListed) -> Changes:
    return {
        "candidates": tuple(c for c in m.candidates if c.dwelling.corporation in it.away) + it.suitable,
        "unsuitable": tuple(u for u in m.unsuitable if u.corporation in it.away) + it.unsuitable,
        "considered": it.considered,
        "unmet": it.unmet,
        "full": tuple(c for c in m.full if c.dwelling.corporation in it.away) + it.full,
    }


def _offered(m: Mediation, it: e.OfferPrepared) -> Changes:
    return {
        "offers": (*m.offers, Offer(candidate=it.candidate, spread=it.spread)),
        "candidates": tuple(c for c in m.candidates if c.dwelling != it.candidate.dwelling),
        "full": tuple(c for c in m.full if c.dwelling != it.candidate.dwelling),
        "homes_left": (),
    }


def _offer(m: Mediation, state: OfferState | None = None, **change: Any) -> Changes:
    last = m.offers[-1]
    return {"offers": (*m.offers[:-1], replace(last, state=state or last.state, **change))}


def _changed(m: Mediation, it: e.OfferChanged) -> Changes:
    if not it.asked_anew:
        return _offer(m, candidate=it.candidate)
    asked = _offer(m, OfferState.PLACED, candidate=it.candidate, lease_asked=True)
    return {**asked, "support": None, "receiving": None}


def _lost(m: Mediation, state: OfferState) -> Changes:
    """The dwelling is gone, and with it the lease, the support and who receives the client there."""
    return {**_offer(m, state), "lease": Lease(), "support": None, "receiving": None}


def _stepped_back(m: Mediation, it: e.SteppedBack) -> Changes:
    to = it.to
    anew: Changes = {"origin": None} if it.origin_anew else {}  # of after 0.2.0
    anew |= {"supplement_rounds": m.supplement_rounds - 1} if it.unasked else {}  # the same
    let_go = _offer(m, OfferState.LET_GO) if m.live_offer else {}
    urgency = {"urgency": None} if to is not Stage.OFFER else {}
    gone = {"lease": Lease(), "support": None, "receiving": None, "candidates": (), "step_back_to": None}
    return {**let_go, **gone, **urgency, **anew}


def _lease(m: Mediation, **change: Any) -> Changes:
    return {"lease": replace(m.lease, **change)}


def _granted(m: Mediation, it: e.UrgencyGranted) -> Changes:
    aged = {} if it.age is None else _referral(m, age=it.age, age_between=None)  # of after 0.2.0
    return {"urgency": it.support, "urgency_conditions": it.conditions, "taken_back": None, **aged}


def _taken_back(_m: Mediation, it: e.UrgencyTakenBack) -> Changes:
    return {"taken_back": TakenBack(support=it.support, conditions=it.conditions, clocks=it.clocks, at=it.at)}


def _given_back(m: Mediation, it: e.UrgencyGivenBack) -> Changes:
    back = {"urgency": it.support, "urgency_conditions": it.conditions, "taken_back": None}
    return {**back, "clocks": (*m.clocks, *it.clocks)}


def _signed(m: Mediation, it: e.LeaseSigned) -> Changes:
    return _lease(m, form=it.form, agreed_keys_on=it.keys_on, legal_ground=it.legal_ground, ends_on=it.ends_on)


def _support_asked(m: Mediation, provider: str) -> Support:
    return Support(provider=provider, bridged_by=m.support.bridged_by if m.support else None)


def _support(m: Mediation, **change: Any) -> Changes:
    return {"support": replace(m.support, **change) if m.support else None}


def _retour(m: Mediation, it: e.RetourReceived) -> Changes:
    answered = {"retours": {**m.retours, it.message: not it.codes}}
    return {**answered, **_support(m, number=None)} if it.request_rejected else answered


def _support_started(m: Mediation, it: e.SupportStarted) -> Changes:
    undone = m.support is not None and m.support.start_undone
    first = it.on if undone else (m.support and m.support.first_started_on) or it.on
    return _support(m, started_on=it.on, first_started_on=first, start_undone=False, lacking=it.lacking)


def _start_undone(m: Mediation, _it: e.SupportStartUndone) -> Changes:
    was_first = m.support is not None and m.support.first_started_on == m.support.started_on
    return _support(m, start_undone=True) if was_first else {}


def _start_corrected(m: Mediation, it: e.SupportStartCorrected) -> Changes:
    was_first = m.support is not None and m.support.first_started_on == m.support.started_on
    return _support(m, started_on=it.on, **({"first_started_on": it.on} if was_first else {}))


def _origin_determined(_m: Mediation, it: e.OriginDetermined) -> Changes:
    return {"origin": Origin(municipality=it.origin, exception=it.exception, funded_by=it.funded_by)}


def _transfer_refused(m: Mediation, it: e.TransferRefused) -> Changes:
    determined = m.origin or Origin(municipality=it.origin)
    return {"origin": replace(determined, transfer_refused=True)}


def _landed(m: Mediation, it: e.LandingCompleted) -> Changes:
    lacking = m.support.lacking if m.support else ()
    return _support(m, lacking=tuple(item for item in lacking if item not in it.in_place))


def _signal(m: Mediation, signal_id: str, **change: Any) -> Changes:
    return {"signals": tuple(replace(s, **change) if s.id == signal_id else s for s in m.signals)}


def _resumed(m: Mediation, at: datetime) -> Changes:
    """Move every task and clock by the time it stood still, which is no longer than it has existed."""
    since = m.paused_at or at
    tasks = tuple(t if t.runs_on else t.moved(at - max(since, t.opened_at)) for t in m.tasks)
    return {
        "supplement": next((t for t in tasks if m.supplement and t.id == m.supplement.id), m.supplement),
        "paused_at": None,
        "held_letters": (),
        "tasks": tasks,
        "clocks": tuple(_moved(c, since, at) for c in m.clocks),
    }


def _moved(clock: Clock, since: datetime, at: datetime) -> Clock:
    """A clock that was suspended goes on standing still: only the time before that counts here."""
    if clock.unrolled:
        return clock
    since = max(since, clock.started_at)
    return clock.moved(max((clock.suspended_at or at) - since, timedelta()))


def _is_later(event: e.AnyEvent) -> bool:
    """Tell whether something is of after 0.2.0: a decision with which a mediation goes on, a transfer, an end that says
    who was told of it.
    """
    transfers = (e.TransferProposed, e.TransferAgreed, e.TransferDeclined, e.TransferWithdrawn)
    return isinstance(event, (e.DecisionIntended, e.DecisionTaken, *transfers)) or (
        type(event) is e.MediationClosed and bool(event.told)
    )


CLOSED: Changes = {
    "stage": Stage.CLOSED,
    "tasks": (),
    "clocks": (),
    "candidates": (),
    "unsuitable": (),
    "full": (),
    "undelivered": {},
    "absence": None,
    "reported_death": None,
    "reported_withdrawal": None,
    "paused_at": None,
    "held_letters": (),
}


def _complained(m: Mediation, it: e.ComplaintFiled) -> Changes:
    given = {name: getattr(it, name) for name in Complaint.model_fields if hasattr(it, name)}
    return {"complaints": (*m.complaints, Complaint(id=it.complaint, **given))}


def _of_complaint(m: Mediation, complaint: str, **change: Any) -> Changes:
    return {"complaints": tuple(replace(one, **change) if one.id == complaint else one for one in m.complaints)}


def _still_asked(m: Mediation, *, after: bool) -> tuple[Task, ...]:
    """A complaint is dealt with after the end too; whatever else was asked is over."""
    return tuple(task for task in m.tasks if (task.kind is TaskKind.HANDLE_COMPLAINT) is after)


def _ended(m: Mediation, it: e.MediationClosed) -> Changes:
    if it.at is None or it.outcome not in OPEN_TO_OBJECTION:
        return {"outcome": it.outcome, **CLOSED, "tasks": _still_asked(m, after=True)}
    over = _still_asked(m, after=False)
    stood: Changes = {"stage": m.stage, "clocks": m.clocks, "tasks": over, "absence": m.absence}
    return {
        "outcome": it.outcome,
        **CLOSED,
        "tasks": _still_asked(m, after=True),
        "decision": EndDecision(outcome=it.outcome, subject=it.subject, at=it.at, **stood),
    }


def _reopened(m: Mediation, it: e.MediationReopened) -> Changes:
    opened = {"stage": it.stage, "clocks": it.clocks, "tasks": (*m.tasks, *it.tasks), "absence": it.absence}
    return {"outcome": None, "decision": None, **opened}


def _noticed(m: Mediation, late: LateDecision, **change: Any) -> Changes:
    """Only the notice that still counts changes."""
    counts = [one.late is late and not one.over for one in m.notices]
    return {"notices": tuple(replace(one, **change) if so else one for one, so in zip(m.notices, counts, strict=True))}


def _when(
    kind: type[E], change: Callable[[Mediation, E], Changes]
) -> tuple[type[e.Event], Callable[[Any, Any], Changes]]:
    return kind, change


CHANGES: dict[type[e.Event], Callable[[Any, Any], Changes]] = dict(
    [
        _when(e.StageEntered, lambda _, it: {"stage": it.stage}),
        _when(e.TaskOpened, lambda m, it: _opened(m, it.task)),
        _when(e.TaskAnswered, lambda m, it: _done(m, it.task) | _answered(m, it.task, it.answer)),
        _when(e.AnswerCorrected, lambda m, it: _answered(m, it.task, it.answer)),
        _when(e.TaskCancelled, lambda m, it: _done(m, it.task)),
        _when(e.TaskOverdue, lambda m, it: _tasks(m, it.task, lambda _: {"overdue": True})),
        _when(
            e.TaskReminded,
            lambda m, it: _tasks(m, it.task, lambda t: {"reminders": t.reminders[1:], "reminded": t.reminded + 1}),
        ),
        _when(e.TaskEscalated, lambda m, it: _escalated(m, it.task, it.again_at)),
        _when(e.TaskChecked, lambda m, it: _tasks(m, it.task, lambda _: {"check_at": it.next_check})),
        _when(e.TaskGivenTime, lambda m, it: {**_laid_anew(m, it.task), "supplement_rounds": _rounds(m, it.task)}),
        _when(e.TaskRescheduled, lambda m, it: _laid_anew(m, it.task)),
        _when(e.ClientInvited, lambda m, it: _laid_anew(m, it.task)),
        _when(e.TaskSnoozed, lambda m, it: _laid_anew(m, it.task)),
        _when(  # of after 0.2.0
            e.HindranceReported,
            lambda m, it: _tasks(
                m,
                it.task,
                lambda t: {
                    "hindrance": it.hindrance,
                    "hindrance_until": it.until,
                    "hindrance_to": it.to,
                    "more_time_asked": t.more_time_asked or it.until is not None,
                },
            ),
        ),
        _when(e.MoreTimeGranted, lambda m, it: _laid_anew(m, it.task)),
        _when(
            e.HindranceRefused,
            lambda m, it: _tasks(
                m, it.task, lambda _: {"hindrance": None, "hindrance_until": None, "hindrance_to": None}
            ),
        ),
        _when(e.TaskReassigned, lambda m, it: _passed_on(m, it.task)),
        _when(e.TaskTakenOver, lambda m, it: _passed_on(m, it.task)),
        _when(e.ClockStarted, lambda m, it: {"clocks": (*m.clocks, it.clock)}),
        _when(e.ClockSuspended, lambda m, it: _clock(m, it.clock, suspended_at=it.at, suspended_for=it.ground)),
        _when(e.ClockResumed, lambda m, it: _clock_resumed(m, it)),
        _when(
            e.ClockExtended,
            lambda m, it: _clocks(m, it.clock, lambda c: _longer(c, it)),
        ),
        _when(e.ClockRescheduled, lambda m, it: _clocks(m, it.clock.kind, lambda _: it.clock)),
        _when(
            e.ClockWarned,
            lambda m, it: _clocks(m, it.clock, lambda c: replace(c, warnings=c.warnings[1:])),
        ),
        _when(e.ClockExpired, lambda m, it: _clock(m, it.clock, expired=True)),
        _when(e.ClockStopped, lambda m, it: {"clocks": tuple(c for c in m.clocks if c.kind is not it.clock)}),
        _when(
            e.DocumentsSupplied,
            lambda m, it: {
                **_referral(m, documents=tuple(dict.fromkeys(m.referral.documents + it.documents))),
                "supplied_on": it.complete_on or m.supplied_on,
            },
        ),
        _when(e.ReferralCorrected, _corrected),
        _when(e.ReadinessChecked, lambda m, it: _referral(m, checklist=m.referral.checklist.updated(it.checklist))),
        _when(e.OriginDetermined, _origin_determined),
        _when(e.TransferRefused, _transfer_refused),
        _when(e.AlternativeAdvised, lambda _, it: {"alternative": it.form}),
        _when(
            e.UrgencyAdvised,  # of after 0.2.0
            lambda _, it: {
                "advice": Advice(
                    result=it.result,
                    support=it.support,
                    conditions=it.conditions,
                    basis=Basis(reasons=it.reasons, notes=(it.note,) if it.note else ()),
                )
            },
        ),
        _when(
            e.ObjectionFiled,
            lambda _, it: {
                "objection": Objection(
                    against=it.against,
                    suspends=it.suspends,
                    made_on=it.received_on or it.made_on,
                    posted_on=it.made_on,
                    excused=it.excused,
                )
            },
        ),  # when it was made is kept since 0.2.0, and whether being late is excused after that
        _when(
            e.ObjectionExtended,
            lambda m, _: {"objection": m.objection and replace(m.objection, extended=True)},
        ),
        _when(e.ObjectionDecided, lambda m, it: _objection_decided(m, it.result)),
        _when(e.UrgencyGranted, _granted),
        _when(e.UrgencyTakenBack, _taken_back),  # of after 0.2.0
        _when(e.UrgencyGivenBack, _given_back),  # the same
        _when(e.PlaceReserved, lambda _, it: {"place": _reserved(it)}),
        _when(e.PlaceMoved, lambda m, it: {"place": m.place and _moved_place(m.place, it)}),
        _when(
            e.PlaceConsumed,
            lambda m, _: {"place": m.place and replace(m.place, state=PlaceState.CONSUMED)},
        ),
        _when(e.PlaceReleased, lambda _, _it: {"place": None}),
        _when(e.DwellingsListed, _listed),
        _when(  # of after 0.2.0, as the next one
            e.ChoiceLeft, lambda m, it: {"homes_left": tuple(dict.fromkeys((*m.homes_left, *it.homes)))}
        ),
        _when(e.ChoicePassedOn, lambda m, it: _laid_anew(m, it.task)),
        _when(e.OfferPrepared, _offered),
        _when(e.OfferPlaced, lambda m, it: _offer(m, OfferState.PLACED, number=it.number)),
        _when(e.OfferChanged, _changed),  # of after 0.2.0
        _when(e.OfferDeclined, lambda m, _: _offer(m, OfferState.DECLINED)),
        _when(
            e.OfferWithdrawn,
            lambda m, it: {**_lost(m, OfferState.WITHDRAWN), "let_down_on": m.let_down_on or it.let_down_on},
        ),
        _when(
            e.OfferWithdrawalReported,  # of after 0.2.0
            lambda m, it: _offer(
                m, withdrawal=OfferWithdrawal(reporter=it.reporter, reason=it.reason, by_system=it.by_system)
            ),
        ),
        _when(e.OfferWithdrawalDenied, lambda _, _it: {}),  # of after 0.2.0
        _when(e.OfferLetGo, lambda m, _: _lost(m, OfferState.LET_GO)),
        _when(e.ViewingPlanned, lambda m, it: _offer(m, viewing_on=it.on)),
        _when(e.ViewingHeld, lambda m, it: _offer(m, viewing_on=it.on)),
        _when(
            e.ViewingMissed,
            lambda m, _: _offer(m, viewing_on=None, viewings_missed=m.offers[-1].viewings_missed + 1),
        ),
        _when(e.OfferAccepted, lambda m, _: _offer(m, OfferState.ACCEPTED)),
        _when(e.OfferRefused, lambda m, _: {**_offer(m, OfferState.REFUSED), "let_down_on": None}),
        _when(
            e.RefusalJudged,
            lambda m, it: _offer(m, OfferState.REFUSED_VALID if it.valid else OfferState.REFUSED_INVALID),
        ),
        _when(
            e.LeaseFailed,
            lambda m, it: {**_lost(m, OfferState.FAILED_CHECK), "let_down_on": m.let_down_on or it.let_down_on},
        ),
        _when(e.LeasePrepared, lambda m, it: _lease(m, number=it.number)),
        _when(e.LeaseSigned, _signed),
        _when(e.KeysPlanned, lambda m, it: _lease(m, keys_on=it.on)),
        _when(e.KeysHandedOver, lambda m, it: _lease(m, handed_over_on=it.on)),
        _when(e.KeysCorrected, lambda m, it: _lease(m, handed_over_on=it.on)),
        _when(e.FollowUpReopened, lambda _, _it: {"call_result": None, "concluded": None, "concluded_note": None}),
        _when(e.ReceivingTeamKnown, lambda _, it: {"receiving": Receiving(team=it.team, named=it.named)}),
        _when(
            e.SupportRequested,
            lambda m, it: {
                "support": _support_asked(m, it.provider),
                "answered": {kind: one for kind, one in m.answered.items() if kind is not TaskKind.CONFIRM_SUPPORT},
            },
        ),  # what a former provider said of its start is not corrected since after 0.2.0
        _when(e.SupportRequestKnown, lambda m, it: _support(m, number=it.number)),
        _when(e.RetourReceived, _retour),
        _when(e.SupportPlanned, lambda m, it: _support(m, starts_on=it.starts_on)),
        _when(e.SupportUnable, lambda m, _: _support(m, starts_on=None)),
        _when(e.SupportBridged, lambda m, it: _support(m, bridged_by=it.by)),
        _when(e.SupportStarted, _support_started),
        _when(e.SupportStartUndone, _start_undone),
        _when(e.SupportStartCorrected, _start_corrected),
        _when(
            e.ProviderChanged,
            lambda m, it: _support(m, provider=it.provider, number=None, starts_on=None, bridged_by=None),
        ),
        _when(e.LandingCompleted, _landed),
        _when(e.PlanAgreed, lambda m, it: _support(m, plan_on=it.on)),
        _when(e.TalkHeld, lambda m, it: _support(m, talk_on=it.on)),
        _when(
            e.CallAttempted,
            lambda m, it: {
                "call_attempts": (*m.call_attempts, it.day_part),
                "call_days": (*m.call_days, *filter(None, [it.on])),
            },
        ),
        _when(e.CallsRestarted, lambda _, _it: {"call_attempts": ()}),
        _when(e.FollowUpHeld, lambda _, it: {"call_result": it.result}),
        _when(e.FollowUpConcluded, lambda _, it: {"concluded": it.outcome, "concluded_note": it.note}),
        _when(e.SignalReported, lambda m, it: {"signals": (*m.signals, it.signal)}),
        _when(e.ArrearsNotPassedOn, lambda m, it: _signal(m, it.signal, objected=True)),
        _when(e.SignalCalmed, lambda m, it: _signal(m, it.signal, state=SignalState.CALMED)),
        _when(e.SignalHandedOver, lambda m, it: _signal(m, it.signal, state=SignalState.HANDED_OVER)),
        _when(e.DeathReported, lambda _, it: {"reported_death": it.reporter}),
        _when(e.DeathDenied, lambda m, _: {"reported_death": None, **({} if m.paused_at else {"held_letters": ()})}),
        _when(
            e.WithdrawalReported,
            lambda _, it: {"reported_withdrawal": ReportedWithdrawal(reporter=it.reporter, reason=it.reason)},
        ),
        _when(e.WithdrawalConfirmed, lambda _, _it: {"reported_withdrawal": None}),
        _when(e.WithdrawalDenied, lambda _, _it: {"reported_withdrawal": None}),
        _when(e.ClientWithdrew, lambda _, _it: {"reported_withdrawal": None}),
        _when(e.AbsenceStarted, lambda _, it: {"absence": it.absence}),
        _when(e.AbsenceEnded, lambda _, _it: {"absence": None}),
        _when(e.ConversionAdvised, lambda m, it: _lease(m, advised_on=it.on)),  # of after 0.2.0, as is `advised_on`
        _when(e.LeaseConverted, lambda m, it: {**_lease(m, converted_on=it.on, advised_on=None), "converted": True}),
        _when(e.ConversionExtended, lambda m, _: _lease(m, advised_on=None)),
        _when(e.ConversionLeft, lambda m, _: {**_lease(m, advised_on=None), "converted": True}),
        _when(e.MediationPaused, lambda _, it: {"paused_at": it.at}),
        _when(e.LetterHeld, lambda m, it: {"held_letters": (*m.held_letters, it.letter)}),
        _when(e.MediationResumed, lambda m, it: _resumed(m, it.at)),
        _when(e.StepBackIntended, lambda _, it: {"step_back_to": it.to}),  # of after 0.2.0
        _when(e.SteppedBack, _stepped_back),
        _when(
            e.PolicyAdopted,
            lambda _, it: {
                "policy_id": it.policy_id,
                "policy_version": it.policy_version,
                "policy_digest": it.policy_digest,
            },
        ),
        _when(e.RuleOverridden, lambda m, it: {"overrides": (*m.overrides, it.rule)}),
        _when(
            e.DeliveryFailed,
            lambda m, it: {"undelivered": {**m.undelivered, it.task: it.effect}} if it.task is not None else {},
        ),
        _when(e.MediationClosed, _ended),
        _when(
            e.DecisionMadeKnown,
            lambda m, it: _decision(
                m, sent_on=it.on, last_day=it.last_day, open_until=it.open_until, posted_by=it.task
            ),
        ),
        _when(e.ComplaintFiled, _complained),
        _when(e.ComplaintPostponed, lambda m, it: _of_complaint(m, it.complaint, last_day=it.last_day, postponed=1)),
        _when(
            e.ComplaintAnswered,
            lambda m, it: _of_complaint(m, it.complaint, result=it.result, ground=it.ground, answered_on=it.on),
        ),
        _when(e.ComplaintAnswerSent, lambda m, it: _of_complaint(m, it.complaint, sent_on=it.on)),
        _when(e.DefaultNoticeReceived, lambda m, it: {"notices": (*m.notices, it.notice)}),
        _when(e.PenaltyBegan, lambda m, it: _noticed(m, it.late, begun=True)),
        _when(e.PenaltyEnded, lambda m, it: _noticed(m, it.late, over=True)),
        _when(e.ObjectionTermEnded, lambda m, _: _decision(m, open_until=None, over=True, ran_out=True)),
        _when(e.MediationReopened, _reopened),
    ],
)
