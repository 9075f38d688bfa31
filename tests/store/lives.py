"""Mediations that go every way there is, with time passing: drawn by chance from a seed, played into the journal."""

from collections.abc import Callable
from datetime import timedelta
from functools import cache
from random import Random

from domain.decide.decide import Decided
from domain.facts.absences import AbsenceKind
from domain.facts.calendar import Term, TermUnit
from domain.facts.capacity import SubTarget
from domain.facts.complaints import FINDINGS, Complainant, ComplaintResult, NotHandled
from domain.facts.default_notice import LateDecision
from domain.facts.dwelling import Dwelling
from domain.facts.groups import Trait
from domain.facts.landing import SoftLanding
from domain.facts.outcome import Stage
from domain.facts.parties import Parties, Role
from domain.facts.referral import Document, DwellingNeeds, ReferralChanges
from domain.facts.rules import Overridable
from domain.facts.signals import SignalKind
from domain.facts.tasks import Task, TaskKind
from domain.facts.value import replace
from domain.messages import answers as a
from domain.messages import commands as c
from domain.policy.groups import SIX
from domain.policy.policy import LeaseForm, OriginException, OriginRule, Policy
from domain.policy.spread import SpreadCap, SpreadPolicy
from store.database import Pool
from tests.domain.case import MONDAY, NOTE, actor, dwelling, policy_of, referral, without_strays
from tests.store.script import Script

SEED = 20260621
STEPS = 75
END = MONDAY + timedelta(days=600)
"""Until when time passes."""
LEAVES = END - timedelta(days=3)
"""When some clients go away, who are not back at the end."""
PAUSES = (0, 0, 1, 1, 2, 3, 5, 9, 16, 40)
"""Days before the next answer."""
RENTS = (48_000, 68_000, 68_000, 75_000, 80_000)
"""In cents a month: one in each band of the year, and one again."""
CLOSED = "buiten"
"""The district that takes no placements."""
DISTRICTS = ("centrum", "de-werven", CLOSED)
WANTED = (*((),) * 4, *(("centrum",),) * 2, *(("centrum", "de-werven"),) * 2, ("de-werven", CLOSED), (CLOSED,))
GROUPS = ("sheltered_living",) * 6 + ("youth_care",) * 3 + SIX


@cache
def lively(city: str) -> Policy:
    """A city's policy in which everything that is counted happens within the lives."""
    policy = policy_of(city)
    youth = SubTarget(groups=("youth_care",), target=12, reserved=True)
    families = SubTarget(trait=Trait.FAMILY, target=9)
    soon = dict.fromkeys(policy.lease_forms, Term(amount=1, unit=TermUnit.MONTHS))
    return replace(
        policy,
        capacity=replace(policy.capacity, sub_targets={"youth": youth, "families": families}),
        conversion=replace(policy.conversion, after=soon),
        spread=SpreadPolicy(districts={CLOSED: SpreadCap(closed_until=END.date() + timedelta(days=30))}),
        origin=OriginRule.RETURN,
        origin_exceptions=tuple(OriginException),
    )


class Life(Script):
    """One mediation, drawn by chance."""

    def __init__(self, number: int, chance: Random, city: str = "almere") -> None:
        super().__init__(policy=lively(city))
        self.number = number
        self.chance = chance
        self.chasing = Random(number)
        self.urging = Random(number)
        self.flats = 0
        self.unlucky = chance.random() < 0.3
        """For a long time there is no dwelling."""
        self.late = chance.random() < 0.2
        """Referred when the others are on their way, and still waiting at the end."""
        first, last = (400, 595) if self.late else (0, 30) if self.unlucky else (0, 200)
        day = chance.randrange(first, last)
        self.now = MONDAY + timedelta(days=day, hours=chance.randrange(9))
        self.elusive = chance.random() < 0.4
        """Does not answer calls."""
        needs = DwellingNeeds(
            rooms=chance.choice((1, 1, 2, 3)),
            rent_limit_cents=chance.choice(RENTS),
            accessible=chance.random() < 0.2,
            low_stimulus=chance.random() < 0.2,
            wanted_districts=chance.choice(WANTED),
        )
        facts = {
            "target_group": chance.choice(GROUPS),
            "household_size": chance.choice((1, 1, 1, 2, 4)),
            "needs": needs,
        }
        self.do(
            c.StartMediation(
                by=actor(Role.COORDINATOR, city),
                mediation="m-1",
                referral=referral(**facts),
                parties=Parties(
                    municipality=city,
                    institution=chance.choice(("leger-des-heils", "leger-des-heils", "triade")),
                    district_team=chance.choice(("wijkteam-west", "wijkteam-oost")),
                    care_provider=chance.choice(("kwintes", "kwintes", "blijf-groep")),
                    corporations=("ymere", "de-alliantie"),
                ),
                policy=self.policy,
            ),
        )
        if number % 6 == 0:
            self.do(c.OverrideRule(by=self.municipality, rule=Overridable.QUOTA_FULL, note=NOTE))

    def live(self) -> "Life":
        """Go on until it ends, or until nobody does anything more."""
        for _ in range(STEPS if self.unlucky else self.chance.randrange(3, STEPS)):
            self.days(self.chance.choice(PAUSES))
            if self.m.outcome or self.now > END:
                break
            if not self.late:
                self._besides()
            if self.m.tasks:
                self._answer(self.chance.choice(self.m.tasks))
        if self.number % 5 == 0 and self.now < LEAVES and not self.m.outcome:  # somebody is away at the end
            self.until(LEAVES)
            self.try_to(c.ReportAbsence(by=self.municipality, kind=AbsenceKind.TIME_OUT, since=self.today))
        self._complain()
        self.until(END)
        super().folds()
        return self

    def _complain(self) -> None:
        """In the end some complain, and of most of those it is answered, in time or late."""
        if self.number % 3:
            return
        complainant = list(Complainant)[self.number % 2]
        received = self.today - timedelta(days=self.number % 60)
        given = c.FileComplaint(
            by=self.municipality, complainant=complainant, received_on=received, made_on=received, note=NOTE
        )
        self.do(given)
        result = list(ComplaintResult)[self.number // 3 % len(ComplaintResult)]
        answer = a.ComplaintAnswer(
            result=result,
            hearing="waived" if result in FINDINGS else None,
            ground=NotHandled.IN_COURT if result is ComplaintResult.NOT_HANDLED else None,
            note=NOTE,
        )
        task = self.task(TaskKind.HANDLE_COMPLAINT)
        by = actor(Role.COORDINATOR, self.policy.municipality, "user-of-complaints")
        if self.try_to(c.AnswerTask(by=by, task=task.id, answer=answer)) and self.number % 2:
            self._send_answer()

    def _send_answer(self) -> None:
        for sent in self.letters():
            if sent.told and sent.told.complaint and sent.told.complaint.result and sent.readers:
                self.do(c.LearnLetterSent(by=self.engine, letter=sent, on=self.today))

    def folds(self) -> None:
        """Once, at the end: a life is long."""

    def try_to(self, command: c.AnyCommand) -> bool:
        """Give a command unless a rule refuses it."""
        if not isinstance(self.judge(command), Decided):
            return False
        self.do(command)
        return True

    def flat(self) -> Dwelling:
        """A dwelling that nobody else is offered, and that mostly suits."""
        self.flats += 1
        corporation = self.chance.choice(("ymere", "ymere", "de-alliantie"))
        needs, fits = self.m.referral.needs, self.chance.random() < (0.4 if self.late else 0.8)
        districts = needs.wanted_districts or DISTRICTS[:2] if fits else DISTRICTS
        facts = {
            "district": self.chance.choice(districts),
            "rooms": max(needs.rooms, 2) if fits else self.chance.randrange(1, 4),
            "rent_cents": needs.rent_limit_cents if fits else self.chance.choice(RENTS),
            "accessible": fits or self.chance.random() < 0.5,
            "low_stimulus": fits or self.chance.random() < 0.5,
        }
        return dwelling(0, corporation, id=f"D-{self.policy.municipality}-{self.number * 100 + self.flats}", **facts)

    def _besides(self) -> None:
        by, draw = self.municipality, self.chance.random()
        if draw < (0.012 if self.m.lease.handed_over_on else 0.004):
            self.try_to(c.ReportDeath(by=by, source=a.KnownFrom.FAMILY))
        elif draw < 0.016:
            reason = self.chance.choice([None, *c.ClientWithdrawal])
            self.try_to(c.Withdraw(by=by, source=a.KnownFrom.CLIENT, reason=reason, note=NOTE))
        elif draw < 0.04:
            self.try_to(c.OverrideRule(by=by, rule=self.chance.choice(list(Overridable)), note=NOTE))
        elif draw < 0.06:
            changes = ReferralChanges(target_group=self.chance.choice(GROUPS), household_size=3)
            self.try_to(c.CorrectReferral(by=by, changes=changes, note=NOTE))
        elif draw < 0.1 and self.m.offers:
            reason = self.chance.choice(list(c.WithdrawalReason))
            corporation = actor(Role.CORPORATION, self.m.offers[-1].candidate.dwelling.corporation)
            self.try_to(c.WithdrawOffer(by=corporation, reason=reason))
        elif draw < 0.12:
            self.try_to(c.PauseMediation(by=by, note=NOTE))
            self.days(self.chance.choice(PAUSES))
            self.try_to(c.ResumeMediation(by=by, note=NOTE))
        elif draw < 0.125:
            self.try_to(c.StepBack(by=by, to=self.chance.choice(list(Stage)), agreed=True, note=NOTE))
        elif draw < 0.17:
            against, suspends = self.chance.choice([*c.Disputed, c.Disputed.OTHER]), self.chance.random() < 0.3
            self.try_to(c.FileObjection(by=by, against=against, suspends=suspends, note=NOTE))
        elif draw < 0.21:
            kind = self.chance.choice([*AbsenceKind, AbsenceKind.TIME_OUT])
            self.try_to(c.ReportAbsence(by=by, kind=kind, since=self.today - timedelta(days=self.chance.randrange(5))))
        elif draw < 0.24 and self.m.absence:
            self.try_to(c.ReportReturn(by=by, on=self.today))
        elif draw < 0.45 and self.m.lease.handed_over_on:
            self.try_to(c.ReportSignal(by=by, kind=self.chance.choice(list(SignalKind))))
        elif draw < 0.46:
            self.try_to(c.ChangeProvider(by=by, provider=self.chance.choice(("blijf-groep", "kwintes")), note=NOTE))
        elif draw < 0.5 and self.m.tasks:
            self._chase(self.chasing.choice(self.m.tasks).id)
        late = self.urging.choice([LateDecision.URGENCY, LateDecision.OBJECTION])
        self.try_to(c.NoteDefaultNotice(by=by, late=late))

    def _chase(self, task: str) -> None:
        until, owner = (
            self.today + timedelta(days=self.chasing.randrange(1, 30)),
            self.chasing.choice(("exodus", "ymere")),
        )
        ways: tuple[c.AnyCommand, ...] = (
            c.SnoozeTask(by=self.municipality, task=task, until=until, note=NOTE),
            c.ReassignTask(by=self.municipality, task=task, owner=owner, note=NOTE),
            c.TakeOverTask(by=self.municipality, task=task, note=NOTE),
        )
        self.try_to(self.chasing.choice(ways))

    def _answer(self, task: Task) -> None:
        if self.m.outcome:
            return
        if task.kind is TaskKind.MAKE_OFFER:
            if self.unlucky and not self.late and self.now < task.opened_at + timedelta(days=200):
                self.days(20)
                return
            if self.chance.random() < 0.3:
                return  # a month without any dwelling
            self.do(c.LearnDwellings(by=self.engine, dwellings=(self.flat(),)))
            if self.late:
                return  # nobody chooses
        if task.kind is TaskKind.HAND_OVER_KEYS and self.today < self.keys_day():
            self.on(self.keys_day())
        if task.kind is TaskKind.FOLLOW_UP_CALL and self.chance.random() < 0.7:
            self.call_day()
        drawn = ANSWERS[task.kind](self)
        if drawn and self.m.task(task.id):
            self.try_to(c.AnswerTask(by=self.usual(task.kind), task=task.id, answer=without_strays(drawn)))
        if advised := task.kind is TaskKind.ASSESS and self.m.open_of(TaskKind.DECIDE_URGENCY):
            self._answer(advised)  # decided on the day of the advice

    def mostly(self, share: float = 0.8) -> bool:
        return self.late or self.chance.random() < share


Draw = Callable[[Life], a.TaskAnswer | None]


def _readiness(life: Life) -> a.TaskAnswer:
    others = [] if life.late else [a.Readiness.NOT_READY] + [a.Readiness.INCOMPLETE] * 2
    result = life.chance.choice([a.Readiness.READY] * 5 + others)
    return a.ReadinessAnswer(
        result=result, missing=(Document.SUPPORT_PLAN,) if result is a.Readiness.INCOMPLETE else ()
    )


def _assessment(life: Life) -> a.TaskAnswer:
    result = a.AssessmentResult.POSITIVE if life.mostly(0.8) else life.chance.choice(list(a.AssessmentResult))
    return a.AssessmentAnswer(result=result, support=a.SupportProduct.LIGHT, note=NOTE)


def _decision(life: Life) -> a.TaskAnswer:
    """As was advised."""
    advised = life.m.advice is not None and life.m.advice.support is not None
    return a.UrgencyDecisionAnswer(granted=advised, note=NOTE)


def _match(life: Life) -> a.TaskAnswer | None:
    if not life.m.candidates:
        return None
    chosen = life.m.candidates[-1].dwelling
    return a.MatchAnswer(corporation=chosen.corporation, dwelling=chosen.id, note=NOTE)  # others may come first


def _lease(life: Life) -> a.TaskAnswer:
    if not life.mostly(0.85):
        return a.LeaseAnswer(failed_check=True)
    form: LeaseForm = life.policy.lease_forms[0]
    return a.LeaseAnswer(form=form, keys_on=life.today + timedelta(days=life.chance.randrange(20)))


def _support(life: Life) -> a.TaskAnswer:
    if not life.mostly():
        return a.SupportAnswer(unable=True)
    return a.SupportAnswer(starts_on=life.today + timedelta(days=life.chance.randrange(20)))


def _call(life: Life) -> a.TaskAnswer:
    day_part = life.chance.choice(list(a.DayPart))
    reached = life.mostly(0.05 if life.elusive else 0.8)
    result = life.chance.choice(list(a.CallResult)) if reached else None
    return a.CallAnswer(day_part=day_part, reached=reached, result=result)


def _reason(life: Life) -> a.RefusalReason:
    return life.chance.choice([a.RefusalReason.RENT, a.RefusalReason.SIZE, a.RefusalReason.SAFETY])


def _objection_decided(result: a.ObjectionResult) -> a.ObjectionAnswer:
    not_right = result in {a.ObjectionResult.DISMISSED, a.ObjectionResult.INADMISSIBLE}
    ground: a.Inadmissible | None = "incomplete" if result is a.ObjectionResult.INADMISSIBLE else None
    return a.ObjectionAnswer(result=result, hearing="waived" if not_right else None, ground=ground, note=NOTE)


ANSWERS: dict[TaskKind, Draw] = {
    TaskKind.CHECK_READINESS: _readiness,
    TaskKind.SUPPLEMENT: lambda _: a.SupplementAnswer(documents=(Document.SUPPORT_PLAN,)),
    TaskKind.DECIDE_INCOMPLETE: lambda _: a.IncompleteAnswer(decision="not_processed", note=NOTE),
    TaskKind.REVIEW_READINESS: lambda life: a.ReviewAnswer(ready=life.mostly()),
    TaskKind.ASSESS: _assessment,
    TaskKind.DECIDE_URGENCY: _decision,
    TaskKind.EXTEND_DECISION_TERM: lambda _: a.TermExtensionAnswer(note=NOTE),
    TaskKind.HEAR_CLIENT: lambda life: life.hearing(life.chance.choice(list(a.HearingResult))),
    TaskKind.AWAIT_PLACE: lambda _: a.PlaceAnswer(),
    TaskKind.MAKE_OFFER: _match,
    TaskKind.EXTEND_URGENCY: lambda life: a.UrgencyAnswer(extend=life.mostly(0.6), note=NOTE),
    TaskKind.CONFIRM_OFFER: lambda life: (
        a.ConfirmationAnswer(number=f"O-{life.number}-{len(life.m.offers)}")
        if life.mostly(0.85)
        else a.ConfirmationAnswer(declined=life.chance.choice(list(a.CorporationDecline)))
    ),
    TaskKind.ANSWER_OFFER: lambda life: (
        a.ClientAnswer(accept=True)
        if life.mostly(0.65)
        else a.ClientAnswer(accept=False, reason=_reason(life), note=NOTE)
    ),
    TaskKind.RESOLVE_NO_ANSWER: lambda life: a.ContactAnswer(
        result=life.chance.choice(["accepted", "more_time", "not_reached"])
    ),
    TaskKind.JUDGE_REFUSAL: lambda life: a.JudgementAnswer(valid=life.mostly(0.5), note=NOTE),
    TaskKind.SIGN_LEASE: _lease,
    TaskKind.CONFIRM_SUPPORT: _support,
    TaskKind.BRIDGE_SUPPORT: lambda life: a.BridgeAnswer(
        way=life.chance.choice(["bridge", "other_provider", "more_time"]), by="blijf-groep"
    ),
    TaskKind.AWAIT_RETOUR: lambda _: a.RetourAnswer(way="received"),
    TaskKind.REVIEW_SUPPORT: lambda _: a.SupportReviewAnswer(way="settled"),
    TaskKind.HAND_OVER_KEYS: lambda life: a.KeysAnswer(on=life.today),
    TaskKind.START_SUPPORT: lambda life: (
        a.StartAnswer(started_on=life.today) if life.mostly() else a.StartAnswer(unable=True)
    ),
    TaskKind.FOLLOW_UP_CALL: _call,
    TaskKind.ASK_GUIDE: lambda life: a.GuideAnswer(in_contact=life.mostly(0.3)),
    TaskKind.SIGN_OFF_UNREACHABLE: lambda life: a.SignOffAnswer(close=life.mostly(), note=NOTE),
    TaskKind.TAKE_UP_FOLLOW_ON: lambda life: a.FollowOnAnswer(
        result="taken_up" if life.mostly() else "case_conference"
    ),
    TaskKind.DETERMINE_ORIGIN: lambda life: (
        a.OriginAnswer(origin=life.policy.municipality if life.mostly(0.7) else "utrecht", note=NOTE)
        if life.mostly()
        else a.OriginAnswer(origin="utrecht", exception=OriginException.SAFETY, note=NOTE)
    ),
    TaskKind.AWAIT_TRANSFER: lambda life: a.TransferAnswer(accepted=life.mostly(0.5), help_here=True, note=NOTE),
    TaskKind.ANSWER_TRANSFER: lambda _: a.TransferReply(accepted=False, note=NOTE),
    TaskKind.DECIDE_OBJECTION: lambda life: _objection_decided(life.chance.choice(list(a.ObjectionResult))),
    TaskKind.PLAN_VIEWING: lambda life: a.ViewingPlanAnswer(on=life.today),
    TaskKind.HOLD_VIEWING: lambda life: a.ViewingAnswer(held=life.mostly()),
    TaskKind.NAME_RECEIVING_TEAM: lambda life: a.ReceivingTeamAnswer(team="wijkteam-oost"),
    TaskKind.JUDGE_FRAUD: lambda life: a.FraudAnswer(founded=life.mostly(0.3), note=NOTE),
    TaskKind.ARRANGE_ONWARD_MOVE: lambda life: a.OnwardMoveAnswer(
        way=life.chance.choice(["lease_made_permanent", "moves_on", "more_time"])
    ),
    TaskKind.COMPLETE_LANDING: lambda _: a.LandingAnswer(in_place=tuple(SoftLanding)),
    TaskKind.AGREE_PLAN: lambda life: a.PlanAnswer(agreed_on=life.today),
    TaskKind.HOLD_TALK: lambda life: a.TalkAnswer(held_on=life.today, worries=life.mostly(0.3), note=NOTE),
    TaskKind.VISIT_CLIENT: lambda life: a.VisitAnswer(seen=life.mostly(), calmed=life.mostly(0.4)),
    TaskKind.ACKNOWLEDGE_SIGNAL: lambda _: a.AcknowledgementAnswer(),
    TaskKind.HOLD_JOINT_TALK: lambda life: a.JointTalkAnswer(
        result=life.chance.choice(["agreements", "calmed", "case_conference"])
    ),
    TaskKind.REVIEW_SIGNAL: lambda life: a.SignalReviewAnswer(
        result=life.chance.choice(["calmed", "more_time", "case_conference"])
    ),
    TaskKind.HOLD_CASE_CONFERENCE: lambda life: a.ConferenceAnswer(
        result=life.chance.choice(["calmed", "agreements", "handed_over", "placement_failed"]), note=NOTE
    ),
    TaskKind.REMIND_ARREARS: lambda life: a.ReminderAnswer(settled=life.mostly(0.3)),
    TaskKind.CONTACT_TENANT: lambda life: a.TenantAnswer(settled=life.mostly(0.3)),
    TaskKind.OFFER_DEBT_HELP: lambda life: a.DebtHelpAnswer(settled=life.mostly(0.2), objects=life.mostly(0.3)),
    TaskKind.TAKE_UP_ARREARS: lambda life: a.ArrearsAnswer(
        result=life.chance.choice(["settled", "handed_over", "case_conference"])
    ),
    TaskKind.CONTACT_CLIENT: lambda life: a.ClientContactAnswer(
        result=life.chance.choice(["calmed", "agreements", "no_contact"])
    ),
    TaskKind.REVIEW_TIME_OUT: lambda life: a.TimeOutReviewAnswer(
        result="goes_on" if life.mostly(0.4) else "returned", on=life.today
    ),
    TaskKind.REVIEW_ABSENCE: lambda life: a.AbsenceReviewAnswer(
        result=life.chance.choice(["goes_on", "returned", "end"]), on=life.today, note=NOTE
    ),
    TaskKind.DECIDE_CONVERSION: lambda life: a.ConversionAnswer(
        result=life.chance.choice(["converted", "converted", "extended", "ended_outside"]), on=life.today, note=NOTE
    ),
    TaskKind.RESOLVE_DELIVERY: lambda _: a.DeliveryAnswer(way="done_by_hand"),
}


async def settle(pool: Pool, lives: int, seed: int = SEED, city: str = "almere") -> None:
    """Play that many lives into the journal."""
    chance = Random(seed)
    for number in range(1, lives + 1):
        life = Life(number, Random(chance.random()), city).live()
        for recorded in await life.play(pool, f"{city}-{number}"):
            assert recorded.refused is None, f"seed {seed}, life {number}: {recorded.refused}"
