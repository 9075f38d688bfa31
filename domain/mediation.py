"""The state of one mediation: the fold of its events, nowhere else, nothing besides."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import reduce
from typing import Any, Literal

from pydantic import Field

from domain import events as e
from domain.absences import Absence
from domain.answers import (
    AlternativeForm,
    CallResult,
    DayPart,
    LegalGround,
    ObjectionResult,
    PartnerNumber,
    SupportProduct,
    UrgencyCondition,
)
from domain.clocks import Clock, ClockKind
from domain.commands import Disputed, Rule
from domain.dwelling import Candidate, Unsuitable
from domain.effects import AnyEffect, SendLetter
from domain.landing import SoftLanding
from domain.outcome import Outcome, Stage
from domain.parties import OrganisationId, Parties
from domain.policy import LeaseForm, OriginException
from domain.referral import Referral
from domain.scarce import SpreadClaim
from domain.signals import Signal, SignalKind, SignalState
from domain.tasks import Task, TaskKind
from domain.value import Value


class OfferState(StrEnum):
    """How an offer stands."""

    PREPARED = "prepared"
    PLACED = "placed"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    REFUSED_VALID = "refused_valid"
    REFUSED_INVALID = "refused_invalid"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    LET_GO = "let_go"
    """The client could not take it, or the mediation went a step back: counted against nobody."""
    FAILED_CHECK = "failed_check"


LIVE = frozenset({OfferState.PREPARED, OfferState.PLACED, OfferState.ACCEPTED})
"""States in which the dwelling is kept for this client."""


class Offer(Value):
    """One dwelling offered to this client, with the conditions as they were judged."""

    candidate: Candidate
    state: OfferState = OfferState.PREPARED
    number: PartnerNumber | None = None
    viewing_on: date | None = None
    """The day planned for the viewing, or on which it was held."""
    viewings_missed: int = 0
    spread: tuple[SpreadClaim, ...] = ()
    """The placements in its district and complex that were claimed with it."""


class Origin(Value):
    """From which municipality the client comes."""

    municipality: OrganisationId
    exception: OriginException | None = None
    transfer_refused: bool = False


class Objection(Value):
    """The last objection of the client."""

    against: Disputed
    suspends: bool = False
    extended: bool = False
    result: ObjectionResult | None = None


class PlaceState(StrEnum):
    RESERVED = "reserved"
    CONSUMED = "consumed"


class Place(Value):
    """A place within the municipality's capacity."""

    year: int
    units: int
    state: PlaceState = PlaceState.RESERVED
    half: Literal[1, 2] | None = None
    shared_by: tuple[OrganisationId, ...] = ()
    part: str | None = None
    beyond_limit: bool = False


class Support(Value):
    """The support at home."""

    provider: OrganisationId
    number: PartnerNumber | None = None
    starts_on: date | None = None
    bridged_by: OrganisationId | None = None
    started_on: date | None = None
    lacking: tuple[SoftLanding, ...] = ()
    """What of the soft landing is not in place yet."""
    plan_on: date | None = None
    """When the support plan was agreed."""
    talk_on: date | None = None
    """When the corporation talked with its tenant."""

    @property
    def secured(self) -> bool:
        """Whether the keys may be handed over: a start date is known, or somebody bridges."""
        return self.starts_on is not None or self.bridged_by is not None


class Lease(Value):
    """The tenancy."""

    number: PartnerNumber | None = None
    form: LeaseForm | None = None
    agreed_keys_on: date | None = None
    keys_on: date | None = None
    """The planned day, once the lease is signed, support is secured and the team has its notice."""
    handed_over_on: date | None = None
    legal_ground: LegalGround | None = None
    ends_on: date | None = None
    """When a temporary lease ends."""
    converted_on: date | None = None
    """From when it is in the client's own name, after another form."""


class Mediation(Value):
    """Everything the rules know of one mediation. Moments are in UTC."""

    id: str
    sequence: int = 0
    """How many events have happened."""
    referral: Referral
    parties: Parties
    policy_id: str
    policy_version: str
    policy_digest: str
    stage: Stage = Stage.READINESS
    tasks: tuple[Task, ...] = ()
    """The open tasks, in the order they were opened."""
    opened: Mapping[TaskKind, int] = Field(default_factory=dict)
    """How many tasks of each kind there have been."""
    clocks: tuple[Clock, ...] = ()
    supplement_asked: bool = False
    urgency: SupportProduct | None = None
    """The support that goes with the urgency, once it is granted."""
    origin: Origin | None = None
    alternative: AlternativeForm | None = None
    """What the district team held to be better than an own home."""
    urgency_conditions: tuple[UrgencyCondition, ...] = ()
    objection: Objection | None = None
    place: Place | None = None
    candidates: tuple[Candidate, ...] = ()
    """Suitable dwellings of the last listing, the longest released first."""
    considered: int | None = None
    """How many released dwellings the last listing had; None before the first."""
    unsuitable: tuple[Unsuitable, ...] = ()
    unmet: Mapping[str, int] = Field(default_factory=dict)
    """How many dwellings of the last listing each condition kept away."""
    full: tuple[Candidate, ...] = ()
    """Those that suit, but whose district or complex takes no placement now."""
    offers: tuple[Offer, ...] = ()
    support: Support | None = None
    retours: Mapping[PartnerNumber, bool] = Field(default_factory=dict)
    """The messages of ours that a provider answered with a retour, and whether it approved them."""
    lease: Lease = Lease()
    call_attempts: tuple[DayPart, ...] = ()
    call_result: CallResult | None = None
    signals: tuple[Signal, ...] = ()
    """Everything that was told, also what has calmed."""
    absence: Absence | None = None
    concluded: Outcome | None = None
    """The outcome of the follow-up, while the mediation stays open for what is still to be done."""
    concluded_note: str | None = None
    converted: bool = False
    """Whether it is settled in whose name the lease is."""
    paused_at: datetime | None = None
    held_letters: tuple[SendLetter, ...] = ()
    """Letters that wait until the mediation is resumed."""
    overrides: tuple[Rule, ...] = ()
    undelivered: Mapping[str, AnyEffect] = Field(default_factory=dict)
    """Effects that a partner refused for good, by the task that asks a person about it."""
    outcome: Outcome | None = None

    def task(self, task_id: str) -> Task | None:
        """Return the open task with this id."""
        return next((t for t in self.tasks if t.id == task_id), None)

    def open_of(self, kind: TaskKind) -> Task | None:
        """Return the open task of this kind."""
        return next((t for t in self.tasks if t.kind is kind), None)

    def clock(self, kind: ClockKind) -> Clock | None:
        """Return the running clock of this kind."""
        return next((c for c in self.clocks if c.kind is kind), None)

    def was_opened(self, task_id: str) -> bool:
        """Tell whether there has been a task with this id."""
        return any(task_id == f"{kind.value}-{n + 1}" for kind, count in self.opened.items() for n in range(count))

    def signal(self, signal_id: str | None) -> Signal | None:
        """Return the open signal with this id."""
        return next((s for s in self.open_signals if s.id == signal_id), None)

    def signal_of(self, kind: SignalKind) -> Signal | None:
        """Return the open signal of this kind."""
        return next((s for s in self.open_signals if s.kind is kind), None)

    @property
    def open_signals(self) -> tuple[Signal, ...]:
        """The signals that are still worked on."""
        return tuple(s for s in self.signals if s.state is SignalState.OPEN)

    @property
    def live_offer(self) -> Offer | None:
        """The offer for which a dwelling is kept."""
        return self.offers[-1] if self.offers and self.offers[-1].state in LIVE else None

    @property
    def counted_refusals(self) -> int:
        """How many refusals were judged to be without a valid reason."""
        return sum(o.state is OfferState.REFUSED_INVALID for o in self.offers)

    @property
    def suspended(self) -> bool:
        """Whether an objection keeps everything from being decided against the client for now."""
        return self.objection is not None and self.objection.suspends and self.objection.result is None

    def organisations(self) -> tuple[OrganisationId, ...]:
        """Return every organisation that may see this mediation, each once."""
        housing = tuple(o.candidate.dwelling.corporation for o in self.offers)
        bridging = tuple(o for s in (self.support,) if s for o in (s.provider, s.bridged_by) if o)
        return tuple(dict.fromkeys(self.parties.all() + housing + bridging))


def fold(events: Iterable[e.AnyEvent]) -> Mediation | None:
    """Return the state after these events; None when nothing happened yet."""
    return reduce(evolve, events, None)


def evolve(m: Mediation | None, event: e.AnyEvent) -> Mediation:
    """Return the state after one more event."""
    if isinstance(event, e.MediationStarted):
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
    return m.model_copy(update={"sequence": m.sequence + 1, **dict(_changes(m, event))})


def _changes(m: Mediation, event: e.AnyEvent) -> Iterator[tuple[str, Any]]:
    match event:
        case e.StageEntered(stage=stage):
            yield "stage", stage
        case e.TaskOpened(task=task):
            yield "tasks", (*m.tasks, task)
            yield "opened", {**m.opened, task.kind: m.opened.get(task.kind, 0) + 1}
            if task.kind is TaskKind.SUPPLEMENT:
                yield "supplement_asked", True
        case e.TaskAnswered(task=task_id) | e.TaskCancelled(task=task_id):
            yield "tasks", tuple(t for t in m.tasks if t.id != task_id)
            yield "undelivered", {k: v for k, v in m.undelivered.items() if k != task_id}
        case e.TaskOverdue(task=task_id):
            yield "tasks", _task(m, task_id, lambda _: {"overdue": True})
        case e.TaskReminded(task=task_id):
            yield "tasks", _task(m, task_id, lambda t: {"reminders": t.reminders[1:], "reminded": t.reminded + 1})
        case e.TaskEscalated(task=task_id, again_at=again_at):
            again = (again_at,) if again_at else ()
            yield (
                "tasks",
                _task(m, task_id, lambda t: {"escalations": t.escalations[1:] + again, "escalated": t.escalated + 1}),
            )
        case e.TaskChecked(task=task_id, next_check=next_check):
            yield "tasks", _task(m, task_id, lambda _: {"check_at": next_check})
        case e.TaskGivenTime(task=task) | e.TaskRescheduled(task=task):
            yield "tasks", tuple(task if t.id == task.id else t for t in m.tasks)
        case e.ClockStarted(clock=clock):
            yield "clocks", (*m.clocks, clock)
        case e.ClockSuspended(clock=kind, at=at):
            yield "clocks", _clock(m, kind, lambda c: c.model_copy(update={"suspended_at": at}))
        case e.ClockResumed(clock=kind, at=at):
            # During a pause only the time before it counts here: the pause itself is added when it ends.
            yield "clocks", _clock(m, kind, lambda c: c.resumed(max(c.suspended_at or at, m.paused_at or at)))
        case e.ClockExtended(clock=kind, ends_at=ends_at, warnings=warnings):
            change = {"ends_at": ends_at, "warnings": warnings, "expired": False}
            yield "clocks", _clock(m, kind, lambda c: c.model_copy(update=change))
        case e.ClockRescheduled(clock=clock):
            yield "clocks", tuple(clock if c.kind is clock.kind else c for c in m.clocks)
        case e.ClockWarned(clock=kind):
            yield "clocks", _clock(m, kind, lambda c: c.model_copy(update={"warnings": c.warnings[1:]}))
        case e.ClockExpired(clock=kind):
            yield "clocks", _clock(m, kind, lambda c: c.model_copy(update={"expired": True}))
        case e.ClockStopped(clock=kind):
            yield "clocks", tuple(c for c in m.clocks if c.kind is not kind)
        case e.DocumentsSupplied(documents=documents):
            known = tuple(dict.fromkeys(m.referral.documents + documents))
            yield "referral", m.referral.model_copy(update={"documents": known})
        case e.ReferralCorrected(changes=changes):
            given = {name: getattr(changes, name) for name in changes.model_fields_set}
            yield "referral", m.referral.model_copy(update={k: v for k, v in given.items() if v is not None})
        case e.ReadinessChecked(checklist=checklist):
            updated = m.referral.checklist.updated(checklist)
            yield "referral", m.referral.model_copy(update={"checklist": updated})
        case e.OriginDetermined(origin=origin, exception=exception):
            yield "origin", Origin(municipality=origin, exception=exception)
        case e.TransferRefused(origin=origin):
            yield "origin", Origin(municipality=origin, transfer_refused=True)
        case e.AlternativeAdvised(form=form):
            yield "alternative", form
        case e.ObjectionFiled(against=against, suspends=suspends):
            yield "objection", Objection(against=against, suspends=suspends)
        case e.ObjectionExtended() if m.objection:
            yield "objection", m.objection.model_copy(update={"extended": True})
        case e.ObjectionDecided(result=result) if m.objection:
            yield "objection", m.objection.model_copy(update={"result": result})
            if result is ObjectionResult.UPHELD:
                yield from _put_right(m, m.objection.against)
        case e.UrgencyGranted(support=support, conditions=conditions):
            yield "urgency", support
            yield "urgency_conditions", conditions
        case e.PlaceReserved(year=year, units=units, half=half, shared_by=shared_by):
            place = Place(year=year, units=units, half=half, shared_by=shared_by)
            yield "place", place.model_copy(update={"part": event.part, "beyond_limit": event.beyond_limit})
        case e.PlaceConsumed() if m.place:
            yield "place", m.place.model_copy(update={"state": PlaceState.CONSUMED})
        case e.PlaceReleased():
            yield "place", None
        case e.DwellingsListed(suitable=suitable, away=away):
            yield "candidates", tuple(c for c in m.candidates if c.dwelling.corporation in away) + suitable
            yield "unsuitable", tuple(u for u in m.unsuitable if u.corporation in away) + event.unsuitable
            yield "considered", event.considered
            yield "unmet", event.unmet
            yield "full", tuple(c for c in m.full if c.dwelling.corporation in away) + event.full
        case e.OfferPrepared(candidate=candidate, spread=spread):
            yield "offers", (*m.offers, Offer(candidate=candidate, spread=spread))
            yield "candidates", tuple(c for c in m.candidates if c.dwelling != candidate.dwelling)
            yield "full", tuple(c for c in m.full if c.dwelling != candidate.dwelling)
        case e.OfferPlaced(number=number):
            yield "offers", _offer(m, OfferState.PLACED, number=number)
        case e.OfferDeclined():
            yield "offers", _offer(m, OfferState.DECLINED)
        case e.OfferWithdrawn():
            yield "offers", _offer(m, OfferState.WITHDRAWN)
            yield "lease", Lease()
            yield "support", None
        case e.ViewingPlanned(on=on) | e.ViewingHeld(on=on):
            yield "offers", _offer(m, viewing_on=on)
        case e.ViewingMissed():
            yield "offers", _offer(m, viewing_on=None, viewings_missed=m.offers[-1].viewings_missed + 1)
        case e.OfferLetGo():
            yield "offers", _offer(m, OfferState.LET_GO)
            yield "lease", Lease()
            yield "support", None
        case e.OfferAccepted():
            yield "offers", _offer(m, OfferState.ACCEPTED)
        case e.OfferRefused():
            yield "offers", _offer(m, OfferState.REFUSED)
        case e.RefusalJudged(valid=valid):
            yield "offers", _offer(m, OfferState.REFUSED_VALID if valid else OfferState.REFUSED_INVALID)
        case e.LeaseFailed():
            yield "offers", _offer(m, OfferState.FAILED_CHECK)
            yield "lease", Lease()
            yield "support", None
        case e.LeasePrepared(number=number):
            yield "lease", m.lease.model_copy(update={"number": number})
        case e.LeaseSigned(form=form, keys_on=keys_on, legal_ground=legal_ground, ends_on=ends_on):
            signed = {"form": form, "agreed_keys_on": keys_on, "legal_ground": legal_ground, "ends_on": ends_on}
            yield "lease", m.lease.model_copy(update=signed)
        case e.KeysPlanned(on=on):
            yield "lease", m.lease.model_copy(update={"keys_on": on})
        case e.KeysHandedOver(on=on):
            yield "lease", m.lease.model_copy(update={"handed_over_on": on})
        case e.SupportRequested(provider=provider):
            bridged_by = m.support.bridged_by if m.support else None
            yield "support", Support(provider=provider, bridged_by=bridged_by)
        case e.SupportRequestKnown(number=number):
            yield "support", _support(m, number=number)
        case e.RetourReceived(message=message, codes=codes, request_rejected=rejected):
            yield "retours", {**m.retours, message: not codes}
            if rejected:
                yield "support", _support(m, number=None)
        case e.SupportPlanned(starts_on=starts_on):
            yield "support", _support(m, starts_on=starts_on)
        case e.SupportUnable():
            yield "support", _support(m, starts_on=None)
        case e.SupportBridged(by=by):
            yield "support", _support(m, bridged_by=by)
        case e.SupportStarted(on=on, lacking=lacking):
            yield "support", _support(m, started_on=on, lacking=lacking)
        case e.SupportStartCorrected(on=on):
            yield "support", _support(m, started_on=on)
        case e.ProviderChanged(provider=provider):
            yield "support", _support(m, provider=provider, number=None, starts_on=None, bridged_by=None)
        case e.LandingCompleted(in_place=in_place):
            lacking = m.support.lacking if m.support else ()
            yield "support", _support(m, lacking=tuple(x for x in lacking if x not in in_place))
        case e.PlanAgreed(on=on):
            yield "support", _support(m, plan_on=on)
        case e.TalkHeld(on=on):
            yield "support", _support(m, talk_on=on)
        case e.CallAttempted(day_part=day_part):
            yield "call_attempts", (*m.call_attempts, day_part)
        case e.CallsRestarted():
            yield "call_attempts", ()
        case e.FollowUpHeld(result=result):
            yield "call_result", result
        case e.FollowUpConcluded(outcome=outcome, note=note):
            yield "concluded", outcome
            yield "concluded_note", note
        case e.SignalReported(signal=signal):
            yield "signals", (*m.signals, signal)
        case e.ArrearsNotPassedOn(signal=signal_id):
            yield "signals", _signal(m, signal_id, objected=True)
        case e.SignalCalmed(signal=signal_id):
            yield "signals", _signal(m, signal_id, state=SignalState.CALMED)
        case e.SignalHandedOver(signal=signal_id):
            yield "signals", _signal(m, signal_id, state=SignalState.HANDED_OVER)
        case e.AbsenceStarted(absence=absence):
            yield "absence", absence
        case e.AbsenceEnded():
            yield "absence", None
        case e.LeaseConverted(on=on):
            yield "lease", m.lease.model_copy(update={"converted_on": on})
            yield "converted", True
        case e.ConversionLeft():
            yield "converted", True
        case e.MediationPaused(at=at):
            yield "paused_at", at
        case e.LetterHeld(letter=letter):
            yield "held_letters", (*m.held_letters, letter)
        case e.MediationResumed(at=at):
            yield from _resumed(m, at)
        case e.SteppedBack(to=to):
            yield from _stepped_back(m, to)
        case e.PolicyAdopted(policy_id=policy_id, policy_version=version, policy_digest=digest):
            yield "policy_id", policy_id
            yield "policy_version", version
            yield "policy_digest", digest
        case e.RuleOverridden(rule=rule):
            yield "overrides", (*m.overrides, rule)
        case e.DeliveryFailed(task=str(task_id), effect=effect):
            yield "undelivered", {**m.undelivered, task_id: effect}
        case e.MediationClosed(outcome=outcome):
            yield "outcome", outcome
            yield "stage", Stage.CLOSED
            yield "tasks", ()
            yield "clocks", ()
            yield "candidates", ()
            yield "unsuitable", ()
            yield "full", ()
            yield "undelivered", {}
            yield "absence", None
            yield "paused_at", None
            yield "held_letters", ()


def _task(m: Mediation, task_id: str, change: Any) -> tuple[Task, ...]:
    return tuple(t.model_copy(update=change(t)) if t.id == task_id else t for t in m.tasks)


def _clock(m: Mediation, kind: ClockKind, change: Any) -> tuple[Clock, ...]:
    return tuple(change(c) if c.kind is kind else c for c in m.clocks)


def _offer(m: Mediation, state: OfferState | None = None, **change: Any) -> tuple[Offer, ...]:
    last = m.offers[-1]
    return (*m.offers[:-1], last.model_copy(update={"state": state or last.state, **change}))


def _put_right(m: Mediation, against: Disputed) -> Iterator[tuple[str, Any]]:
    """What was decided wrongly is undone."""
    if against is Disputed.URGENCY_CONDITIONS:
        yield "urgency_conditions", ()
    if against is Disputed.REFUSAL_JUDGED:
        wrong = max((n for n, o in enumerate(m.offers) if o.state is OfferState.REFUSED_INVALID), default=None)
        valid = {"state": OfferState.REFUSED_VALID}
        yield "offers", tuple(o.model_copy(update=valid) if n == wrong else o for n, o in enumerate(m.offers))


def _support(m: Mediation, **change: Any) -> Support | None:
    return m.support.model_copy(update=change) if m.support else None


def _signal(m: Mediation, signal_id: str, **change: Any) -> tuple[Signal, ...]:
    return tuple(s.model_copy(update=change) if s.id == signal_id else s for s in m.signals)


def _resumed(m: Mediation, at: datetime) -> Iterator[tuple[str, Any]]:
    """Move every task and clock by the time it stood still, which is no longer than it has existed."""
    since = m.paused_at or at
    yield "paused_at", None
    yield "held_letters", ()
    yield "tasks", tuple(t.moved(at - max(since, t.opened_at)) for t in m.tasks)
    yield "clocks", tuple(_clock_resumed(c, since, at) for c in m.clocks)


def _clock_resumed(clock: Clock, since: datetime, at: datetime) -> Clock:
    """A clock that was suspended goes on standing still: only the time before that counts here."""
    since = max(since, clock.started_at)
    return clock.moved(max((clock.suspended_at or at) - since, timedelta()))


def _stepped_back(m: Mediation, to: Stage) -> Iterator[tuple[str, Any]]:
    if m.live_offer:
        yield "offers", _offer(m, OfferState.LET_GO)
    yield "lease", Lease()
    yield "support", None
    yield "candidates", ()
    if to is not Stage.OFFER:
        yield "urgency", None
