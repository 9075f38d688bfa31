"""A mediation driven by hand: answer the open task of a kind, let time pass, see what was decided. All of it pure."""

from collections import Counter
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Self, TypeVar

from domain.decide.catalogue import bodies
from domain.decide.decide import Decided, Refused, decide
from domain.exchange.policy_file import parse_policy
from domain.facts.absences import AbsenceKind
from domain.facts.clocks import Clock, ClockKind
from domain.facts.dwelling import Dwelling
from domain.facts.outcome import EndedBefore, Outcome, Stage
from domain.facts.parties import Actor, Parties, Role, Whose
from domain.facts.referral import DistrictServed, Document, DwellingNeeds, Referral
from domain.facts.rules import RuleName
from domain.facts.signals import SignalKind
from domain.facts.tasks import Task, TaskKind
from domain.facts.value import replace
from domain.messages import answers as a
from domain.messages import commands as c
from domain.messages.effects import AnyEffect, Letter, SendLetter
from domain.messages.shapes import contradiction
from domain.policy.policy import ConversionPolicy, LeaseForm, OriginException, OriginRule, Policy, ReopeningPolicy
from domain.policy.scarce import Claim
from domain.stages import follow_up
from domain.state.events import AnyEvent
from domain.state.fold import fold
from domain.state.mediation import Mediation, Offer
from domain.steps.receiving import district_of_home
from runtime.policy_files import text_of
from sandbox.driven import road

Kind = TypeVar("Kind")

MONDAY = datetime(2026, 6, 1, 8, 0, tzinfo=UTC)
NOTE = "note-0123456789abcdef"


@cache
def policy_of(city: str) -> Policy:
    """Read the policy file of a city."""
    return parse_policy(text_of(city))


@cache
def main_road(city: str) -> Policy:
    """The policy of a city without what it asks beside and after the main road: first weeks and conversion.

    Nor does it ask for the origin where the city has not decided to. The assessment decides on the urgency (`deciding`
    has it otherwise, as the cities do). An end is the end: it can be undone by an objection only (`undoable` has it
    otherwise).
    """
    policy = policy_of(city)
    if city == "almere":
        policy = replace(policy, origin=OriginRule.NONE)
    return replace(
        policy,
        decision=replace(policy.decision, after_advice=False),
        owners={kind: whose for kind, whose in policy.owners.items() if kind is not TaskKind.DECIDE_URGENCY},
        support=replace(policy.support, plan=None, talk=None, soft_landing=()),
        conversion=ConversionPolicy(),
        reopening=ReopeningPolicy(),
    )


def undoable(city: str = "almere") -> Policy:
    """The main road of a city where ends that are no decision can be undone, as the city has it."""
    return replace(main_road(city), reopening=policy_of(city).reopening)


def deciding(owner: Whose = Whose.DESK) -> Policy:
    """Almere's policy, but that the urgency is decided after the advice, by a desk unless it is said otherwise."""
    policy = main_road("almere")
    owners: dict[TaskKind, Whose] = {} if owner is Whose.COORDINATOR else {TaskKind.DECIDE_URGENCY: owner}
    return replace(policy, decision=replace(policy.decision, after_advice=True), owners=owners)


def every_switch() -> Policy:
    """Almere's policy with everything on that a city may do without: origin, a decision after the advice, by a desk,
    viewing, leases for a time, and a check of leases in the client's own name.
    """
    return replace(
        checking(),
        origin=OriginRule.RETURN,
        origin_exceptions=(OriginException.SAFETY, OriginException.OWN_NETWORK),
        decision=deciding().decision,
        owners=deciding().owners,
        viewing=True,
        lease_forms=(LeaseForm.TRIPARTITE, LeaseForm.TEMPORARY),
    )


def checking() -> Policy:
    """Almere's policy, where the municipality checks the advice on a lease in the client's own name."""
    almere = policy_of("almere")
    return replace(almere, conversion=replace(almere.conversion, checked=True))


def actor(role: Role, organisation: str, user: str = "user-1") -> Actor:
    """Somebody at an organisation."""
    return Actor(role=role, organisation=organisation, user=user)


def without_strays(answer: a.TaskAnswer) -> a.TaskAnswer:
    """An answer without what does not go with what else it says."""
    while stray := contradiction(answer):
        answer = replace(answer, **{stray.field: type(answer).model_fields[stray.field].default})
    return answer


def dwelling(number: int, corporation: str = "ymere", **facts: object) -> Dwelling:
    """A dwelling that suits the client of `referral`, unless the facts say otherwise."""
    return Dwelling.model_validate(
        {
            "id": f"D-{number}",
            "corporation": corporation,
            "complex": "De Oever",
            "district": "centrum",
            "rooms": 2,
            "rent_cents": 60_000,
            "released_on": date(2026, 5, 1) + timedelta(days=number),
            **facts,
        },
    )


def referral(**facts: object) -> Referral:
    """A complete referral."""
    return Referral.model_validate(
        {
            "person": "person-00000001",
            "target_group": "sheltered_living",
            "household_size": 1,
            "needs": DwellingNeeds(rooms=1, rent_limit_cents=68_000, excluded_districts=("haven",)),
            "documents": tuple(Document),
            **facts,
        },
    )


def parties(municipality: str, desk: str | None = None, committee: str | None = None) -> Parties:
    """The organisations of a mediation in this municipality."""
    return Parties(
        municipality=municipality,
        institution="leger-des-heils",
        district_team="wijkteam-west",
        care_provider="kwintes",
        corporations=("ymere", "de-alliantie"),
        desk=desk,
        committee=committee,
    )


TEAM, DESK, COMMITTEE = "wijkteam-west", "urgentieloket", "urgentiecommissie"


def served(command: c.AnyCommand, state: Mediation | None, team_of: Callable[[str], str | None]) -> c.AnyCommand:
    """Return an answer with who serves the district of the home, as the store does; any other command as it is."""
    home = district_of_home(state) if state else None
    if not isinstance(command, c.AnswerTask) or home is None:
        return command
    return replace(command, served=DistrictServed(district=home, team=team_of(home)))


class Case:
    """One mediation, its journal so far, and a clock that moves when told."""

    def __init__(self, city: str = "almere", *, policy: Policy | None = None, now: datetime = MONDAY) -> None:
        self.policy = policy or main_road(city)
        self.now = now
        self.state: Mediation | None = None
        self.events: list[AnyEvent] = []
        self.effects: list[AnyEffect] = []
        self.claims: list[Claim] = []
        self.ended_before: tuple[EndedBefore, ...] = ()
        """How earlier mediations of the client ended here, as the store finds out."""
        self.releases: list[Claim] = []
        self.last = Decided(state=None)
        self.full = False
        """Whether the quota is full."""
        self.teams: dict[str, str | None] = {}
        """Which team serves a district, where that is not `TEAM`."""
        self.desk = DESK if Role.DESK in bodies(self.policy) else None
        """Who decides on behalf of the municipality, where the policy leaves that to a desk."""
        self.committee = COMMITTEE if Role.COMMITTEE in bodies(self.policy) else None
        """Who advises on the urgency, where the policy leaves that to a committee."""
        self.looks_up = True
        """Whether it is looked up who serves the district of the home: in journals of 0.1.0 it was not."""

    # -- giving commands ---------------------------------------------------------------------------------------

    @property
    def municipality(self) -> Actor:
        return actor(Role.COORDINATOR, self.policy.municipality)

    @property
    def colleague(self) -> Actor:
        return actor(Role.COORDINATOR, self.policy.municipality, "user-2")

    @property
    def engine(self) -> Actor:
        return actor(Role.COORDINATOR, self.policy.municipality, "system")

    def judge(self, command: c.AnyCommand, gone: frozenset[Claim] = frozenset()) -> Decided | Refused:
        """Decide as the store does: when a place is claimed and the quota is full, decide again knowing so."""
        if self.looks_up:
            command = served(command, self.state, lambda district: self.teams.get(district, TEAM))
        decided = decide(self.state, command, self.policy, self.now, gone)
        if self.full and isinstance(decided, Decided):
            full = frozenset(x for x in decided.claims if x.type == "place" and not x.beyond_limit)
            if full:
                return decide(self.state, command, self.policy, self.now, gone | full)
        return decided

    def do(self, command: c.AnyCommand, gone: frozenset[Claim] = frozenset()) -> Self:
        """Give a command that must be accepted, and remember what it led to."""
        decided = self.judge(command, gone)
        assert isinstance(decided, Decided), decided
        self.last = decided
        self.state = decided.state
        self.events += decided.events
        self.effects += decided.effects
        self.claims += decided.claims
        self.releases += decided.releases
        self.folds()
        return self

    def folds(self) -> None:
        """Check that the journal so far tells this very state."""
        assert fold(self.events) == self.state

    def refused(self, command: c.AnyCommand, gone: frozenset[Claim] = frozenset()) -> Refused:
        """Give a command that must be refused."""
        refused = self.judge(command, gone)
        assert isinstance(refused, Refused), [event.type for event in refused.events]
        return refused

    def answering(self, answer: a.TaskAnswer, by: Actor | None = None) -> c.AnswerTask:
        """Answer the open task of this answer's kind."""
        return c.AnswerTask(by=by or self.usual(answer.kind), task=self.task(answer.kind).id, answer=answer)

    def usual(self, kind: TaskKind) -> Actor:
        """Who of the municipality answers: on an objection another decides than who took the decision."""
        return self.colleague if kind is TaskKind.DECIDE_OBJECTION else self.municipality

    def answer(self, answer: a.TaskAnswer, by: Actor | None = None) -> Self:
        return self.do(self.answering(answer, by))

    def refused_answer(self, answer: a.TaskAnswer, by: Actor | None = None) -> RuleName:
        """Give an answer that must be refused, and return the rule."""
        return self.refused(self.answering(answer, by)).rule

    # -- time --------------------------------------------------------------------------------------------------

    def until(self, moment: datetime) -> Self:
        """Let time pass as the engine does: from one moment on the agenda to the next."""
        while self.last.wake_at and self.last.wake_at <= moment:
            self.now = max(self.now, self.last.wake_at)
            self.do(c.PassTime(by=self.engine))
        self.now = max(self.now, moment)
        return self

    def days(self, n: int) -> Self:
        return self.until(self.now + timedelta(days=n))

    def on(self, day: date) -> Self:
        """Let time pass until noon of a day."""
        return self.until(datetime(day.year, day.month, day.day, 12, tzinfo=UTC))

    # -- looking -----------------------------------------------------------------------------------------------

    @property
    def m(self) -> Mediation:
        assert self.state is not None
        return self.state

    @property
    def today(self) -> date:
        return self.policy.calendar.today(self.now)

    @property
    def open(self) -> list[TaskKind]:
        """The kinds of the open tasks."""
        return [task.kind for task in self.m.tasks]

    def task(self, kind: TaskKind) -> Task:
        task = self.m.open_of(kind)
        assert task is not None, f"{kind} is not open, but {self.open}"
        return task

    def clock(self, kind: ClockKind) -> Clock:
        clock = self.m.clock(kind)
        assert clock is not None, f"{kind} does not run"
        return clock

    @property
    def offer(self) -> Offer:
        return self.m.offers[-1]

    def happened(self, kind: type[Kind]) -> list[Kind]:
        """The events of this kind, all life long."""
        return [event for event in self.events if isinstance(event, kind)]

    def done(self, kind: type[Kind]) -> list[Kind]:
        """The effects of this kind, all life long."""
        return [effect for effect in self.effects if isinstance(effect, kind)]

    def letters(self, letter: Letter | None = None) -> list[SendLetter]:
        return [sent for sent in self.done(SendLetter) if letter in {None, sent.letter}]

    def readers(self, *kinds: Letter) -> set[str]:
        """Who got one of these letters: the client, the guide or an organisation."""
        letters = [sent for kind in kinds for sent in self.letters(kind)]
        people = {reader.value for sent in letters for reader in sent.readers}
        return people | {sent.organisation for sent in letters if sent.organisation}

    def since(self, n: int) -> list[str]:
        """The kinds of events since the nth."""
        return [event.type for event in self.events[n:]]

    # -- the ordinary way --------------------------------------------------------------------------------------

    def start(self, given: Referral | None = None) -> Self:
        return self.do(
            c.StartMediation(
                by=actor(Role.INSTITUTION, "leger-des-heils"),
                mediation="m-1",
                referral=given or referral(),
                parties=parties(self.policy.municipality, self.desk, self.committee),
                policy=self.policy,
                ended_before=self.ended_before,
            ),
        )

    def ready(self) -> Self:
        """Ready; and where the policy asks where the client comes from: from here."""
        self.answer(road.ready())
        if self.m.open_of(TaskKind.DETERMINE_ORIGIN):
            self.answer(road.from_here(self.policy))
        return self

    def positive(self) -> Self:
        """The assessment is positive and, where that is an advice, decided on so."""
        self.answer(road.positive())
        return self.answer(road.granted()) if self.m.open_of(TaskKind.DECIDE_URGENCY) else self

    def list(self, *dwellings: Dwelling, away: tuple[str, ...] = ()) -> Self:
        """Let the corporations list these dwellings; without any, two that suit."""
        listed = dwellings or (dwelling(1), dwelling(2))
        return self.do(c.LearnDwellings(by=self.engine, dwellings=listed, away=away))

    def matching(self, number: int = 1, corporation: str = "ymere") -> c.AnswerTask:
        return self.answering(road.match(corporation, f"D-{number}"))

    def match(self, number: int = 1) -> Self:
        return self.do(self.matching(number))

    def confirm(self) -> Self:
        return self.answer(a.ConfirmationAnswer(number=f"O-{len(self.m.offers)}"))

    def accept(self) -> Self:
        return self.answer(road.accepted())

    def refuse(self, reason: a.RefusalReason = a.RefusalReason.OTHER) -> Self:
        return self.answer(a.ClientAnswer(accept=False, reason=reason, note=NOTE))

    def judged(self, valid: bool) -> Self:
        return self.answer(a.JudgementAnswer(valid=valid, note=NOTE))

    def hearing(self, result: a.HearingResult, note: str | None = NOTE) -> a.HearingAnswer:
        return road.heard(self.today, result, note)

    def request_known(self, provider: str = "kwintes") -> Self:
        return self.do(c.LearnSupportRequest(by=self.engine, provider=provider, number=f"S-{provider}"))

    def sign(self, form: LeaseForm | None = None, keys_in: int = 14) -> Self:
        keys_on = self.today + timedelta(days=keys_in)
        return self.answer(a.LeaseAnswer(form=form or self.policy.lease_forms[0], keys_on=keys_on))

    def plan_support(self, starts_in: int = 14) -> Self:
        return self.answer(a.SupportAnswer(starts_on=self.today + timedelta(days=starts_in)))

    def keys_day(self) -> date:
        assert self.m.lease.keys_on is not None
        return self.m.lease.keys_on

    def keys(self) -> Self:
        return self.on(self.keys_day()).answer(a.KeysAnswer(on=self.keys_day()))

    def start_support(self) -> Self:
        return self.answer(a.StartAnswer(started_on=self.today))

    def signals(self, kind: SignalKind, by: Actor | None = None) -> Self:
        return self.do(c.ReportSignal(by=by or self.municipality, kind=kind, note=NOTE))

    def away(self, kind: AbsenceKind, by: Actor | None = None) -> Self:
        return self.do(c.ReportAbsence(by=by or self.municipality, kind=kind, since=self.today, note=NOTE))

    def back(self) -> Self:
        return self.do(c.ReportReturn(by=self.municipality, on=self.today))

    def correcting(self, answer: a.TaskAnswer, by: Actor | None = None) -> c.CorrectAnswer:
        """Say what the last answer of this kind should have been."""
        task = f"{answer.kind}-{self.m.opened[answer.kind]}"
        return c.CorrectAnswer(by=by or self.municipality, task=task, answer=answer, note=NOTE)

    def corrected(self, answer: a.TaskAnswer) -> Self:
        return self.do(self.correcting(answer))

    def paused(self) -> Self:
        return self.do(c.PauseMediation(by=self.municipality, note=NOTE))

    def resumed(self) -> Self:
        return self.do(c.ResumeMediation(by=self.municipality))

    def steps_back(self, to: Stage) -> Self:
        return self.do(c.StepBack(by=self.municipality, to=to, agreed=True, note=NOTE))

    def call_day(self) -> Self:
        return self.on(self.policy.calendar.today(self.task(TaskKind.FOLLOW_UP_CALL).due))

    def call(self, result: a.CallResult = a.CallResult.FINE) -> Self:
        return self.answer(road.called(result))

    def no_reply(self, day_part: a.DayPart) -> Self:
        """Nobody answers, in this part of the next day of which an attempt counts."""
        calendar = self.policy.calendar
        day = calendar.working_day_from(self.today)
        while self.policy.follow_up.attempts_a_day and day in self.m.call_days:
            day = calendar.next_working_day(day)
        self.until(max(self.now, calendar.at(day, follow_up.BEGINS[day_part])))
        return self.answer(a.CallAnswer(day_part=day_part, reached=False))

    def dies(self) -> Self:
        return self.do(c.ReportDeath(by=self.municipality, source=a.KnownFrom.FAMILY))

    def withdraws(self) -> Self:
        return self.do(c.Withdraw(by=self.municipality, source=a.KnownFrom.CLIENT, note=NOTE))


STEPS = (
    "start",
    "ready",
    "positive",
    "list",
    "match",
    "confirm",
    "accept",
    "request_known",
    "sign",
    "plan_support",
    "keys",
    "start_support",
)
"""The ordinary way up to the call."""


def along(city: str = "almere", upto: str = STEPS[-1], policy: Policy | None = None) -> Case:
    """A case that went the ordinary way up to and including this step."""
    case = Case(city, policy=policy)
    for step in STEPS[: STEPS.index(upto) + 1]:
        getattr(case, step)()
    return case


def assert_all_let_go(case: Case, outcome: Outcome) -> None:
    """A mediation has ended: nothing is open, and nothing scarce is kept unless it was used."""
    assert case.m.outcome is outcome
    assert not case.m.tasks
    assert not case.m.clocks
    end = case.m.undoable_end
    assert case.last.wake_at == (end.until if end else None), "only until another person may undo the end no more"
    kept = Counter(map(scarce_key, case.claims)) - Counter(map(scarce_key, case.releases))
    housed = case.m.lease.handed_over_on is not None
    assert sorted(x[0] for x in kept) == (["dwelling", "place", "spread", "spread"] if housed else [])


def scarce_key(claim: Claim) -> tuple[str, ...]:
    """What is claimed, without the terms on which it was."""
    match claim.type:
        case "person":
            return (claim.type, claim.person)
        case "dwelling":
            return (claim.type, claim.corporation, claim.dwelling)
        case "spread":
            return (claim.type, claim.scope, claim.corporation, claim.name, claim.period)
        case _:
            return (claim.type, claim.municipality, str(claim.year))
