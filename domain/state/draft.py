"""The draft of what a command leads to: events, effects and claims, in the order in which a stage states them.

A stage's functions write into a draft; nothing in it happens before the store has recorded it. A decision in the sense
of the law (besluit) is something else: `domain.state.decision`.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from typing import TypedDict, TypeVar

from domain.facts.clocks import Clock, ClockKind, Suspension
from domain.facts.conditions import Condition, all_met
from domain.facts.dwelling import HomeNow
from domain.facts.groups import AgeRange
from domain.facts.outcome import Stage
from domain.facts.parties import Actor, OrganisationId, Owner, Role, Whose
from domain.facts.referral import DistrictServed, Document
from domain.facts.rules import SET_ASIDE_AS, RuleName
from domain.facts.tasks import Task, TaskKind
from domain.facts.value import made, replace
from domain.messages.effects import AnyEffect, Appointment, Audience, Letter, SendLetter
from domain.messages.told import Told
from domain.policy import running
from domain.policy.moments import due_of, escalations_of, next_check, reminders_of
from domain.policy.policy import Policy
from domain.policy.scarce import Claim, DwellingClaim, HomeLine, PersonClaim, PlaceClaim, wanted
from domain.state import events as e
from domain.state.events import AnyEvent
from domain.state.fold import evolve
from domain.state.mediation import Mediation, Offer, PlaceState
from domain.state.task_spec import AnySpec, Rules, runs_on

T = TypeVar("T")


class RuleBroken(Exception):
    """A rule forbids this command."""

    def __init__(
        self,
        rule: RuleName,
        conditions: Iterable[Condition] = (),
        *,
        field: str | None = None,
        beside: str | None = None,
        day: date | None = None,
        owner: OrganisationId | None = None,
    ) -> None:
        self.rule = rule
        self.conditions = tuple(conditions)
        self.field = field
        self.beside = beside
        self.day = day
        self.owner = owner
        super().__init__(rule.value)


class FactMissing(Exception):
    """The engine does not know what it must know by now: its own fault, which no other command of the caller mends.

    The command is parked, and the municipality told.
    """


class _Moments(TypedDict):
    """The moments of a task."""

    due: datetime
    agreed: bool
    reminders: tuple[datetime, ...]
    escalations: tuple[datetime, ...]
    check_at: datetime | None
    runs_on: bool


class Draft:
    """What one command leads to, so far."""

    def __init__(
        self,
        before: Mediation | None,
        policy: Policy,
        now: datetime,
        by: Actor,
        rules: Rules,
        gone: frozenset[Claim] = frozenset(),
    ) -> None:
        self.state = before
        """The mediation with the events so far; None before it is started. `m` is the same, for what is started."""
        self.before = before
        """The mediation as it was when the command came; None before it is started."""
        self.policy = policy
        self.now = now
        self.by = by
        self.served: DistrictServed | None = None
        """Which team serves the district of the home, when that was looked up for this command."""
        self.home_now: HomeNow | None = None
        """How the home that this command decides on is now, when that was looked up for it."""
        self.age: int | None = None
        """How old the client is today, when that was looked up for this command."""
        self.age_between: AgeRange | None = None
        """The same of a client whose date of birth leaves more than one age."""
        self.line: HomeLine | None = None
        """Who else waits for the home that is chosen, when that was looked up for this command."""
        self.acted = False
        """Whether who answers has a part in what is complained of or objected to, when that was looked up."""
        self.events: list[AnyEvent] = []
        self.effects: list[AnyEffect] = []
        self.claims: list[Claim] = []
        self.releases: list[Claim] = []
        self._gone = gone
        self._rules = rules

    @property
    def m(self) -> Mediation:
        """The mediation as it would be now, with the events so far."""
        if self.state is None:
            raise RuleBroken(RuleName.NOT_STARTED)
        return self.state

    @property
    def test(self) -> bool:
        """Whether this is a trial."""
        return self.state is not None and self.state.test

    @property
    def by_municipality(self) -> bool:
        """Whether the command is of the mediation's own municipality, by whomever there."""
        return self.by.organisation == self.m.parties.municipality

    @property
    def offer(self) -> Offer:
        """The live offer; without one the command is refused."""
        if self.m.live_offer is None:
            raise RuleBroken(RuleName.NO_OFFER)
        return self.m.live_offer

    @property
    def today(self) -> date:
        """The date in the municipality."""
        return self.policy.calendar.today(self.now)

    # -- what happens ------------------------------------------------------------------------------------------

    def emit(self, event: AnyEvent) -> None:
        """Let something happen."""
        self.state = evolve(self.state, event)
        self.events.append(event)

    def do(self, effect: AnyEffect) -> None:
        """Have something done outside, under a key made of the last event of this decision, or of the one to come when
        there is none yet: the last event before it may have called for the same, of another partner.
        """
        key = f"{self.m.id}:{effect.step}:{self.m.sequence + (not self.events)}"
        twins = sum(other.key.startswith(key) for other in self.effects)
        self.effects.append(replace(effect, key=f"{key}.{twins + 1}" if twins else key, test=self.test))

    def claim(self, claim: Claim) -> bool:
        """Claim something scarce. False when the store found that it is gone. A trial takes nothing from anybody."""
        if self.test:
            return True
        if self.why_gone(claim):
            return False
        self.claims.append(claim)
        return True

    def why_gone(self, claim: Claim) -> Claim | None:
        """Return the claim with what the store found when it was gone; None when it was not."""
        return next((gone for gone in self._gone if wanted(claim) == wanted(gone)), None)

    def release(self, claim: Claim) -> None:
        """Give something scarce back."""
        if not self.test:
            self.releases.append(claim)

    def require(self, holds: bool, rule: RuleName, *, field: str | None = None, day: date | None = None) -> None:
        """Refuse the command unless this holds. Tell which field of it is wrong, and which day it must keep to."""
        if not holds:
            raise RuleBroken(rule, field=field, day=day)

    def given(self, value: T | None, field: str) -> T:
        """Return a field of the command or answer that must be given in this case, or refuse the command.

        What every answer of a shape needs (`domain.messages.shapes`) was asked for before: there it only tells mypy so.
        """
        if value is None:
            raise RuleBroken(RuleName.ANSWER_INCOMPLETE, field=field)
        return value

    def known(self, value: T | None, what: str) -> T:
        """Return what the engine itself must know by now. Raises FactMissing."""
        if value is None:
            raise FactMissing(f"{what} is not known in stage {self.m.stage}")
        return value

    def require_all(self, conditions: Iterable[Condition], rule: RuleName) -> None:
        """Refuse the command unless every condition is met or a coordinator has set the rule aside."""
        if not all_met(conditions) and SET_ASIDE_AS[rule] not in self.m.overrides:
            raise RuleBroken(rule, conditions)

    def enter(self, stage: Stage) -> None:
        """Enter a stage, or enter it once more, and do what it does on entry."""
        self.emit(e.StageEntered(stage=stage))
        self._rules.entries[stage](self)

    # -- tasks -------------------------------------------------------------------------------------------------

    @property
    def specs(self) -> Mapping[TaskKind, AnySpec]:
        """What is known of every kind of task."""
        return self._rules.specs

    def spec(self, kind: TaskKind) -> AnySpec:
        """Return what is known of a kind of task."""
        return self.specs[kind]

    def asked_by(self, effect: AnyEffect) -> Task | None:
        """Return the open task by which people are asked what this effect asks their system."""
        return next((task for task in self.m.tasks if self.spec(task.kind).asked is type(effect)), None)

    def open(
        self,
        kind: TaskKind,
        *,
        about: str | None = None,
        due: datetime | None = None,
        owner: Owner | None = None,
        not_before: date | None = None,
        awaits_letter: bool = False,
    ) -> Task:
        """Open a task for its owner. `due` replaces the term of the policy, for a day that was agreed; nobody is
        reminded `not_before` the day on which it can be done. Of one that `awaits_letter` the term is counted from when
        its letter leaves, and until then from now.
        """
        spec = self.spec(kind)
        owner = owner or self._owner(spec)
        task = made(
            Task,
            id=f"{kind.value}-{self.m.opened.get(kind, 0) + 1}",
            kind=kind,
            owner=owner.organisation,
            owner_role=owner.role,
            about=about,
            opened_at=self.now,
            awaits_letter=awaits_letter,
            **self._ladder(kind, due),
        )
        if not_before:
            first = self.policy.calendar.opening(not_before)
            task = replace(task, reminders=tuple(dict.fromkeys(max(at, first) for at in task.reminders)))
        self.emit(made(e.TaskOpened, task=task))
        if spec.told_by_letter(owner.role):
            self.letter(Letter.TASK_OPENED, task=task)
        return task

    def open_once(self, kind: TaskKind, *, due: datetime | None = None) -> None:
        """Open a task for its owner, unless one of its kind is open."""
        if not self.m.open_of(kind):
            self.open(kind, due=due)

    def open_task(self, task_id: str) -> Task:
        """Return the open task with this id, or refuse the command."""
        task = self.m.task(task_id)
        if task is None:
            raise RuleBroken(RuleName.TASK_CLOSED if self.m.was_opened(task_id) else RuleName.NO_SUCH_TASK)
        return task

    def give_time(self, task: Task, due: datetime | None = None) -> None:
        """Start a task's term and ladder anew."""
        self.emit(e.TaskGivenTime(task=self.afresh(task, due)))

    def afresh(self, task: Task, due: datetime | None = None) -> Task:
        """Return a task as if it were asked now: its whole ladder is still to come."""
        anew = replace(task.settled(), overdue=False, more_time_asked=False, term_from=self.now)
        return replace(anew, **self._ladder(task.kind, due))

    def cancel(self, *kinds: TaskKind) -> None:
        """Cancel the open tasks of these kinds: what was asked is no longer needed."""
        self.cancel_where(lambda task, _spec: task.kind in kinds)

    def cancel_where(self, pointless: Callable[[Task, AnySpec], bool]) -> None:
        """Cancel the open tasks of which this holds."""
        for task in self.m.tasks:
            if pointless(task, self.spec(task.kind)):
                self.emit(e.TaskCancelled(task=task.id))

    def _owner(self, spec: AnySpec) -> Owner:
        role = spec.owner_under(self.policy)
        named = spec.whose(self) if spec.whose else None
        organisation = self._of_several(self.policy.owners.get(spec.kind)) or self.organisation(role)
        # Who has nobody in this role (yet) does it itself: a mandate takes no power away (Awb 10:7).
        usual = Role.COORDINATOR if organisation == self.m.parties.municipality else role
        return named or Owner(usual, organisation)

    def _of_several(self, whose: Whose | None) -> OrganisationId | None:
        """Return who is meant where a policy says which of several with a role."""
        return self.m.parties.district_team if whose is Whose.TEAM_OF_CLIENT else None

    def organisation(self, role: Role) -> OrganisationId:
        """Return who takes part in this role; the municipality for one that nobody has (yet)."""
        parties = self.m.parties
        match role:
            case Role.INSTITUTION:
                return parties.of_guide
            case Role.DISTRICT_TEAM:
                return self.m.receiving_team
            case Role.CORPORATION if self.m.offers:
                return self.m.offers[-1].candidate.dwelling.corporation
            case Role.CARE_PROVIDER:
                return self.m.support.provider if self.m.support else parties.care_provider
            case Role.DESK if parties.desk:
                return parties.desk
            case Role.COMMITTEE if parties.committee:
                return parties.committee
            case _:
                return parties.municipality

    def _ladder(self, kind: TaskKind, agreed: datetime | None) -> _Moments:
        """Return the policy's ladder for a task of this kind: all its moments from now on."""
        due = max(agreed or due_of(self.policy, kind, self.now), self.now)
        return {
            "due": due,
            "agreed": agreed is not None,
            "reminders": reminders_of(self.policy, kind, self.now, due),
            "escalations": escalations_of(self.policy, kind, due),
            "check_at": self.next_check(kind),
            "runs_on": runs_on(self.spec(kind), self.policy),
        }

    def next_check(self, kind: TaskKind) -> datetime | None:
        """Return when the engine looks again by itself at a task of this kind."""
        return next_check(self.policy, kind, self.now)

    # -- clocks ------------------------------------------------------------------------------------------------

    def start_clock(self, kind: ClockKind, since: datetime | None = None) -> None:
        """Start a clock with the policy's term, from now or from an earlier moment."""
        self.emit(e.ClockStarted(clock=running.started(self.policy, kind, since or self.now, self.now)))

    def extend_clock(self, kind: ClockKind) -> None:
        """Extend a clock by the policy's extension, counted from its end, or from now when it has expired."""
        clock = self.m.clock(kind)
        if clock:
            now = running.extended(self.policy, clock, self.now)
            event = e.ClockExtended(clock=kind, ends_at=now.ends_at, warnings=now.warnings, unrolled=now.unrolled)
            self.emit(event)

    def suspend_clock(self, kind: ClockKind, ground: Suspension | None = None) -> None:
        """Let a clock stand still. The law's term does from the day after, on a ground of the law; on its last day none
        of it is left for that.
        """
        clock = self.m.clock(kind)
        if clock is None or clock.suspended_at:
            return
        counted = clock.unrolled is not None
        if counted and (ground is None or self.policy.calendar.today(clock.ends_at) <= self.today):
            return
        self.emit(e.ClockSuspended(clock=kind, at=self.now, ground=ground if counted else None))

    def resume_clock(self, kind: ClockKind, on: date | None = None) -> None:
        """Let a clock run again, from today or from an earlier day."""
        clock = self.m.clock(kind)
        if clock is None or not clock.suspended_at:
            return
        if not running.in_days(self.policy):
            self.emit(e.ClockResumed(clock=kind, at=self.now))
            return
        still = running.resumed(self.policy, clock, self._counted_to(clock, on or self.today), self.now)
        self.emit(
            e.ClockResumed(
                clock=kind, at=self.now, ends_at=still.ends_at, unrolled=still.unrolled, warnings=still.warnings
            )
        )

    def _counted_to(self, clock: Clock, on: date) -> date:
        """In a pause only the time before that counts here: the pause itself is added when it ends. The law's term has
        no pause.
        """
        paused = None if clock.unrolled else self.m.paused_at
        return min(on, self.policy.calendar.today(paused)) if paused else on

    def settle_clocks(self) -> None:
        """Let clocks that were moved by hours and minutes end at the hour of the day where such clocks end."""
        for clock in self.m.clocks if running.in_days(self.policy) else ():
            settled = running.settled(self.policy, clock, self.now)
            if settled.ends_at != clock.ends_at:
                self.emit(e.ClockRescheduled(clock=settled))

    def stop_clocks(self, *kinds: ClockKind) -> None:
        """Stop these clocks, those of them that run."""
        for kind in kinds:
            if self.m.clock(kind):
                self.emit(e.ClockStopped(clock=kind))

    # -- letters -----------------------------------------------------------------------------------------------

    def letter(
        self,
        letter: Letter,
        *audiences: Audience,
        organisation: OrganisationId | None = None,
        task: Task | None = None,
        appointment: Appointment | None = None,
        told: Told | None = None,
        by: date | None = None,
    ) -> None:
        """Send a letter: to the client or the guide, to an organisation, or to the owner of a task. The day that it
        names is `by`, that of the task or that of the appointment.
        """
        by = by or (self.policy.calendar.today(task.due) if task else appointment.on if appointment else None)
        if not audiences:
            organisation = organisation or (task.owner if task else self.m.parties.municipality)
        sent = made(
            SendLetter,
            letter=letter,
            readers=audiences,
            organisation=organisation,
            task=task.id if task else None,
            task_kind=task.kind if task else appointment.kind if appointment else None,
            by=by,
            owner=task.owner if task else None,
            appointment=appointment,
            told=told or (_lacking(task) if task else None),
        )
        self.post(sent)

    def post(self, letter: SendLetter) -> None:
        """Send a letter or, during a pause, keep it; one to a client whose death is reported waits too."""
        if self.m.paused_at and letter.task_kind is not TaskKind.REVIEW_PAUSE and not self._runs_on(letter):
            self.emit(e.LetterHeld(letter=letter))
            return
        if self.m.reported_death and Audience.CLIENT in letter.readers:
            self.emit(e.LetterHeld(letter=replace(letter, readers=(Audience.CLIENT,))))
            others = tuple(reader for reader in letter.readers if reader is not Audience.CLIENT)
            letter = replace(letter, readers=others)
        if letter.readers or letter.organisation:
            self.do(letter)

    def _runs_on(self, letter: SendLetter) -> bool:
        """Tell whether a letter is about a task that a pause does not stop, or about a complaint."""
        if letter.told and letter.told.complaint:
            return True
        task = self.m.task(letter.task) if letter.task else None
        return task is not None and task.runs_on

    # -- scarce things -----------------------------------------------------------------------------------------

    def release_dwelling(self, *, not_free: bool = False) -> None:
        """Let others have the dwelling of the live offer, unless its corporation says that nobody can have it."""
        offer = self.m.live_offer
        if offer:
            dwelling = offer.candidate.dwelling
            self.release(DwellingClaim(corporation=dwelling.corporation, dwelling=dwelling.id, not_free=not_free))
            for claim in offer.spread:
                self.release(claim)

    def release_place(self) -> None:
        """Let others have the reserved place."""
        if self.m.place and self.m.place.state is PlaceState.RESERVED:
            place = self.m.place
            self.release(
                # the store finds it by its mediation: a limit says nothing of what is given back
                PlaceClaim(
                    municipality=self.m.parties.municipality,
                    year=place.year,
                    units=place.units,
                    limit=0,
                    shared_by=place.shared_by,
                ),
            )
            self.emit(e.PlaceReleased())

    def release_person(self) -> None:
        """Let the person have another mediation."""
        self.release(PersonClaim(person=self.m.referral.person))


def _lacking(task: Task) -> Told | None:
    """Return what a letter about a supplement tells: which documents are still missing."""
    asks = task.kind is TaskKind.SUPPLEMENT and task.about
    return Told(missing=tuple(Document(code) for code in task.about.split())) if asks and task.about else None
