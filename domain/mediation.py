"""The state of one mediation: the fold of its events, nowhere else, nothing besides."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from enum import StrEnum
from functools import reduce
from typing import Any

from pydantic import Field

from domain import events as e
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
from domain.effects import AnyEffect
from domain.outcome import Outcome, Stage
from domain.parties import OrganisationId, Parties
from domain.policy import LeaseForm, OriginException
from domain.referral import Referral
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


class Ending(Value):
    """How the mediation will end once the onward move is arranged."""

    outcome: Outcome
    note: str | None = None


class PlaceState(StrEnum):
    RESERVED = "reserved"
    CONSUMED = "consumed"


class Place(Value):
    """A place within the municipality's capacity."""

    year: int
    units: int
    state: PlaceState = PlaceState.RESERVED


class Support(Value):
    """The support at home."""

    provider: OrganisationId
    number: PartnerNumber | None = None
    starts_on: date | None = None
    bridged_by: OrganisationId | None = None
    started_on: date | None = None

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
    offers: tuple[Offer, ...] = ()
    support: Support | None = None
    lease: Lease = Lease()
    call_attempts: tuple[DayPart, ...] = ()
    call_result: CallResult | None = None
    overrides: tuple[Rule, ...] = ()
    undelivered: Mapping[str, AnyEffect] = Field(default_factory=dict)
    """Effects that a partner refused for good, by the task that asks a person about it."""
    ending: Ending | None = None
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
        case e.TaskGivenTime(task=task):
            yield "tasks", tuple(task if t.id == task.id else t for t in m.tasks)
        case e.ClockStarted(clock=clock):
            yield "clocks", (*m.clocks, clock)
        case e.ClockSuspended(clock=kind, at=at):
            yield "clocks", _clock(m, kind, lambda c: c.model_copy(update={"suspended_at": at}))
        case e.ClockResumed(clock=kind, at=at):
            yield "clocks", _clock(m, kind, lambda c: c.resumed(at))
        case e.ClockExtended(clock=kind, ends_at=ends_at, warnings=warnings):
            change = {"ends_at": ends_at, "warnings": warnings, "expired": False}
            yield "clocks", _clock(m, kind, lambda c: c.model_copy(update=change))
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
            merged = m.referral.checklist.updated(checklist)
            yield "referral", m.referral.model_copy(update={"checklist": merged})
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
        case e.PlaceReserved(year=year, units=units):
            yield "place", Place(year=year, units=units)
        case e.PlaceConsumed() if m.place:
            yield "place", m.place.model_copy(update={"state": PlaceState.CONSUMED})
        case e.PlaceReleased():
            yield "place", None
        case e.DwellingsListed(suitable=suitable, away=away):
            yield "candidates", tuple(c for c in m.candidates if c.dwelling.corporation in away) + suitable
            yield "unsuitable", tuple(u for u in m.unsuitable if u.corporation in away) + event.unsuitable
            yield "considered", event.considered
            yield "unmet", event.unmet
        case e.OfferPrepared(candidate=candidate):
            yield "offers", (*m.offers, Offer(candidate=candidate))
            yield "candidates", tuple(c for c in m.candidates if c.dwelling != candidate.dwelling)
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
        case e.SupportPlanned(starts_on=starts_on):
            yield "support", _support(m, starts_on=starts_on)
        case e.SupportUnable():
            yield "support", _support(m, starts_on=None)
        case e.SupportBridged(by=by):
            yield "support", _support(m, bridged_by=by)
        case e.SupportStarted(on=on):
            yield "support", _support(m, started_on=on)
        case e.CallAttempted(day_part=day_part):
            yield "call_attempts", (*m.call_attempts, day_part)
        case e.CallsRestarted():
            yield "call_attempts", ()
        case e.FollowUpHeld(result=result):
            yield "call_result", result
        case e.RuleOverridden(rule=rule):
            yield "overrides", (*m.overrides, rule)
        case e.DeliveryFailed(task=str(task_id), effect=effect):
            yield "undelivered", {**m.undelivered, task_id: effect}
        case e.EndDeferred(outcome=outcome, note=note):
            yield "ending", Ending(outcome=outcome, note=note)
        case e.MediationClosed(outcome=outcome):
            yield "outcome", outcome
            yield "stage", Stage.CLOSED
            yield "tasks", ()
            yield "clocks", ()
            yield "candidates", ()
            yield "unsuitable", ()
            yield "undelivered", {}


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
