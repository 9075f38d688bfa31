"""The state of one mediation: what its events, one after another, made of it, and nothing else."""

from collections.abc import Mapping
from datetime import date, datetime
from enum import StrEnum
from typing import Literal

from pydantic import Field

from domain.facts.absences import Absence
from domain.facts.clocks import Clock, ClockKind
from domain.facts.complaints import Complaint
from domain.facts.default_notice import DefaultNotice
from domain.facts.dwelling import Candidate, HomeRef, Unsuitable
from domain.facts.landing import SoftLanding
from domain.facts.outcome import EndedBefore, HearingSubject, Outcome, Stage
from domain.facts.parties import OrganisationId, Parties, PartnerNumber
from domain.facts.referral import IdentityPart, Referral
from domain.facts.rules import Overridable
from domain.facts.signals import Signal, SignalKind, SignalState
from domain.facts.tasks import Task, TaskKind
from domain.facts.value import Value
from domain.messages.answers import (
    AlternativeForm,
    AssessmentResult,
    CallResult,
    DayPart,
    LegalGround,
    Note,
    ObjectionResult,
    SupportProduct,
    TaskAnswer,
    UrgencyCondition,
)
from domain.messages.commands import ClientWithdrawal, Disputed, FilePart, WithdrawalReason
from domain.messages.effects import AnyEffect, SendLetter
from domain.policy.policy import LeaseForm, OriginException
from domain.policy.scarce import SpreadClaim
from domain.state.decision import Basis, EarlierDecision, EndDecision, TakenBack, UndoableEnd


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
"""States in which the dwelling is kept for this client, or is the client's home by now."""


class OfferWithdrawal(Value):
    """That a corporation takes back a home of which the lease is signed."""

    reporter: OrganisationId
    reason: WithdrawalReason
    by_system: bool
    """Whether its system said so: there the home is taken back already."""


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
    lease_asked: bool = False
    """Whether its corporation was asked for a lease before the client was asked anew."""
    withdrawal: OfferWithdrawal | None = None
    """What its corporation reported last, once the lease was signed: that it takes the home back."""


class Origin(Value):
    """From which municipality the client comes."""

    municipality: OrganisationId
    exception: OriginException | None = None
    transfer_refused: bool = False
    funded_by: OrganisationId | None = None
    """Who pays for the care, when that is another municipality than the one of origin."""


class Transfer(Value):
    """The last time that another municipality was asked to carry it on."""

    to: OrganisationId
    by_hand: bool
    proposed_on: date
    consent_on: date
    consent: Literal["written", "spoken"]
    shares: tuple[FilePart, ...]
    notes: tuple[Note, ...] = ()
    note: Note
    """Why."""
    takes_over_on: date | None = None
    """From when it carries on, once it said yes."""
    over: bool = False
    """Whether it was withdrawn, or refused."""


class Advice(Value):
    """What was advised on the urgency, where that is decided as a step of its own."""

    result: AssessmentResult
    support: SupportProduct | None = None
    conditions: tuple[UrgencyCondition, ...] = ()
    basis: Basis = Basis()
    """Why; nothing in advices of before that was kept."""


class Objection(Value):
    """The last objection of the client."""

    against: Disputed
    decision: str | None = None
    """Which earlier decision it is against."""
    suspends: bool = False
    extended: bool = False
    result: ObjectionResult | None = None
    made_on: date | None = None
    """When it came in or, where that is not known, was made: nobody was heard on it before."""
    posted_on: date | None = None
    """When it was posted or handed in."""
    excused: bool = False
    """Whether it was noted that there is a good reason for its being late (Awb 6:11)."""


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
    """The first sub-target it counts for."""
    also: tuple[str, ...] = ()
    """Further sub-targets it counts for."""
    beyond_limit: bool = False

    @property
    def parts(self) -> tuple[str, ...]:
        """Every sub-target it counts for."""
        return (self.part, *self.also) if self.part else ()


class Support(Value):
    """The support at home."""

    provider: OrganisationId
    number: PartnerNumber | None = None
    starts_on: date | None = None
    bridged_by: OrganisationId | None = None
    started_on: date | None = None
    first_started_on: date | None = None
    """When support started, whichever provider gives it now."""
    start_undone: bool = False
    """Whether that start was none after all: the next one takes its place."""
    lacking: tuple[SoftLanding, ...] = ()
    """What of the soft landing is not in place yet."""
    plan_on: date | None = None
    """When the support plan was agreed."""
    talk_on: date | None = None
    """When the corporation talked with its tenant."""

    @property
    def secured(self) -> bool:
        """Whether a start date is known, or somebody bridges. That it is soon enough after the keys too is looked at by
        `domain.steps.receiving.secured`.
        """
        return self.starts_on is not None or self.bridged_by is not None


class Receiving(Value):
    """The district team that receives the client."""

    team: OrganisationId
    named: bool = False
    """Whether the municipality named it, and not the directory."""


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
    advised_on: date | None = None
    """From when it is advised to be so, until the municipality has checked that."""


class ReportedWithdrawal(Value):
    """What a partner said of a client who would want to stop."""

    reporter: OrganisationId
    reason: ClientWithdrawal


class Answered(Value):
    """The answer to a task, as it counts now."""

    task: str
    answer: TaskAnswer


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
    test: bool = False
    """Whether it is a trial with an invented client: it holds nothing that is scarce, and no report counts it."""
    ended_before: tuple[EndedBefore, ...] = ()
    """Earlier mediations of this client after which the policy barred a new one for a time."""
    identity_differs: tuple[IdentityPart, ...] = ()
    """What the referral says of the client otherwise than an earlier one under the same citizen service number."""
    stage: Stage = Stage.READINESS
    tasks: tuple[Task, ...] = ()
    """The open tasks, in the order they were opened."""
    stand_ins: tuple[OrganisationId, ...] = ()
    """Who was given a task of another organisation: they are told by name whose it is now."""
    asked: tuple[OrganisationId, ...] = ()
    """Everybody who was ever given a task, in that order."""
    opened: Mapping[TaskKind, int] = Field(default_factory=dict)
    """How many tasks of each kind there have been."""
    answered: Mapping[TaskKind, Answered] = Field(default_factory=dict)
    """The last answer of each kind: what may be corrected."""
    clocks: tuple[Clock, ...] = ()
    supplement_asked: bool = False
    supplement_rounds: int = 0
    """How often what the referral lacks was asked for, more time included. The rest of a request is no new one."""
    supplied_on: date | None = None
    """When what was asked for last was there."""
    supplement: Task | None = None
    """What was asked last of what the referral lacks."""
    urgency: SupportProduct | None = None
    """The support that goes with the urgency, once it is granted."""
    origin: Origin | None = None
    transfer: Transfer | None = None
    alternative: AlternativeForm | None = None
    """What the district team held to be better than an own home."""
    urgency_conditions: tuple[UrgencyCondition, ...] = ()
    advice: Advice | None = None
    """The last one; None where the assessment decides."""
    intended: Mapping[HearingSubject, Basis] = Field(default_factory=dict)
    """On what a decision against the client that was intended last would rest; nothing of one of before that was kept.
    """
    step_back_to: Stage | None = None
    """To which stage it is intended to step back, for which the client would lose the urgency."""
    taken_back: TakenBack | None = None
    """The urgency that was taken back last against the client's will, until there is one again."""
    objection: Objection | None = None
    complaints: tuple[Complaint, ...] = ()
    """Every complaint of how somebody was treated. No rule decides by them but those of complaints."""
    notices: tuple[DefaultNotice, ...] = ()
    """Every notice of default that has effect, also of what was decided since."""
    decision: EndDecision | None = None
    """The decision with which it ended, if one may object to it."""
    undoable_end: UndoableEnd | None = None
    """How it stood when it ended by what was no decision, if that can be undone."""
    decisions: tuple[EarlierDecision, ...] = ()
    """Decisions against the client with which it did not end, in the order in which they were taken."""
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
    further: tuple[HomeRef, ...] = ()
    """More dwellings of the last listing that suit than are among the candidates."""
    homes_left: tuple[HomeRef, ...] = ()
    """Dwellings that their corporation had the turn to choose from and did not, since the last offer."""
    offers: tuple[Offer, ...] = ()
    let_down_on: date | None = None
    """On which day an offer fell through, not by the client; none once the client says no to a home after that."""
    support: Support | None = None
    retours: Mapping[PartnerNumber, bool] = Field(default_factory=dict)
    """The messages of ours that a provider answered with a retour, and whether it approved them."""
    lease: Lease = Lease()
    receiving: Receiving | None = None
    """Who receives the client, once a home is accepted. None in a journal from before this was noted: then the team
    that assessed was told."""
    call_attempts: tuple[DayPart, ...] = ()
    call_days: tuple[date, ...] = ()
    """The days on which it was tried in vain, as far as they were noted: also of attempts that no longer count."""
    call_result: CallResult | None = None
    signals: tuple[Signal, ...] = ()
    """Everything that was told, also what has calmed."""
    absence: Absence | None = None
    reported_death: OrganisationId | None = None
    """Who reported the client's death, until the municipality has found out: no letter goes to the client meanwhile."""
    reported_withdrawal: ReportedWithdrawal | None = None
    concluded: Outcome | None = None
    """The outcome of the follow-up, while the mediation stays open for what is still to be done."""
    concluded_note: str | None = None
    converted: bool = False
    """Whether it is settled in whose name the lease is."""
    paused_at: datetime | None = None
    held_letters: tuple[SendLetter, ...] = ()
    """Letters that wait until the mediation is resumed, or a reported death is denied."""
    overrides: tuple[Overridable, ...] = ()
    undelivered: Mapping[str, AnyEffect] = Field(default_factory=dict)
    """Effects that a partner refused for good, by the task that asks a person about it."""
    outcome: Outcome | None = None

    def task(self, task_id: str) -> Task | None:
        """Return the open task with this id."""
        return next((t for t in self.tasks if t.id == task_id), None)

    def open_of(self, kind: TaskKind, about: str | None = None) -> Task | None:
        """Return the open task of this kind, about this if a subject is given."""
        return next((t for t in self.tasks if t.kind is kind and about in {None, t.about}), None)

    def clock(self, kind: ClockKind) -> Clock | None:
        """Return the clock of this kind, also one that stands still or has run out; None when it was stopped."""
        return next((c for c in self.clocks if c.kind is kind), None)

    def asked_besides(self, owner: OrganisationId) -> tuple[OrganisationId, ...]:
        """Return everybody who was ever given a task, with this owner of another one."""
        return self.asked if owner in self.asked else (*self.asked, owner)

    def was_opened(self, task_id: str) -> bool:
        """Tell whether there has been a task with this id."""
        return any(task_id == f"{kind.value}-{n + 1}" for kind, count in self.opened.items() for n in range(count))

    def complaint(self, complaint_id: str | None) -> Complaint | None:
        """Return the complaint with this id."""
        return next((one for one in self.complaints if one.id == complaint_id), None)

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
        """The offer for which a dwelling is kept; after the keys that of the client's home."""
        return self.offers[-1] if self.offers and self.offers[-1].state in LIVE else None

    def earlier(self, decision: str | None) -> EarlierDecision | None:
        """Return the decision with this id that was taken on the way."""
        return next((one for one in self.decisions if one.id == decision), None)

    def decided_on(self, subject: Disputed) -> EarlierDecision | None:
        """Return the last decision on this subject that holds."""
        return next((one for one in reversed(self.decisions) if one.subject is subject and not one.undone), None)

    @property
    def counted_refusals(self) -> int:
        """How many refusals were judged to be without a valid reason."""
        return sum(o.state is OfferState.REFUSED_INVALID for o in self.offers)

    @property
    def suspended(self) -> bool:
        """Whether an objection keeps everything from being decided against the client for now."""
        return self.objection is not None and self.objection.suspends and self.objection.result is None

    @property
    def receiving_team(self) -> OrganisationId:
        """The district team that receives the client, as far as it is known: before there is a home, who assesses."""
        return self.receiving.team if self.receiving else self.parties.district_team

    @property
    def advising(self) -> OrganisationId | None:
        """The committee, as long as it may be asked for its advice: until the urgency is decided."""
        return self.parties.committee if self.stage in {Stage.READINESS, Stage.ASSESSMENT} else None

    def organisations(self) -> tuple[OrganisationId, ...]:
        """Return every organisation that takes part or did, each once, and who is to choose a home as long as it is.

        What each may see is another matter: that follows from its part and ends (`domain.state.participation`).
        """
        housing = tuple(o.candidate.dwelling.corporation for o in self.offers)
        choosing = tuple(task.owner for task in self.tasks if task.kind is TaskKind.MAKE_OFFER)
        took = (*self.parties.all(), *housing, *self.providers(), *self._noticed(), *self.stand_ins, *choosing)
        return tuple(dict.fromkeys(took))

    def taking_part(self) -> tuple[OrganisationId, ...]:
        """Return every organisation that takes part now, each once: those named at the start, but the provider in whose
        place another came, and the committee that has advised; whose dwelling is kept; the receiving team from its
        notice; who has a task, but not who only chooses a home, or is asked to carry the mediation on.
        """
        replaced = {self.parties.care_provider, self.parties.committee} - {self.advising}
        started = tuple(one for one in self.parties.all() if one not in replaced)
        housing = (self.live_offer.candidate.dwelling.corporation,) if self.live_offer else ()
        having = (task for task in self.tasks if task.kind is not TaskKind.MAKE_OFFER)
        asked = (task.owner for task in having if task.kind is not TaskKind.ANSWER_TRANSFER)
        return tuple(dict.fromkeys((*started, *self.providers(), *housing, *self._noticed(), *asked)))

    def providers(self) -> tuple[OrganisationId, ...]:
        """Return who supports the client, or will, and who bridges until then."""
        if self.support is None:
            return (self.parties.care_provider,)
        return tuple(dict.fromkeys(one for one in (self.support.provider, self.support.bridged_by) if one))

    def _noticed(self) -> tuple[OrganisationId, ...]:
        return (self.receiving_team,) if self.lease.keys_on else ()
