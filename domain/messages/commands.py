"""What people, partners' systems and time ask of a mediation."""

from enum import StrEnum
from typing import Annotated, ClassVar, Literal

from pydantic import Field, StringConstraints

from domain.facts.absences import AbsenceKind
from domain.facts.complaints import Complainant
from domain.facts.default_notice import LateDecision
from domain.facts.dwelling import Dwelling, HomeNow, LeftOut
from domain.facts.groups import AgeRange
from domain.facts.outcome import EndedBefore, Stage
from domain.facts.parties import Actor, OrganisationId, Parties, PartnerNumber
from domain.facts.referral import DistrictServed, IdentityPart, Referral, ReferralChanges
from domain.facts.rules import Overridable
from domain.facts.signals import SignalKind
from domain.facts.tasks import Hindrance
from domain.facts.value import Value, left_out, unsaid
from domain.messages.answers import Day, KnownFrom, Note, RetourCode, TaskAnswer
from domain.messages.effects import AnyEffect, Audience, SendLetter
from domain.policy.policy import Policy
from domain.policy.scarce import HomeLine
from domain.policy.spread import Standing


class WithdrawalReason(StrEnum):
    """Why a corporation takes an offer back: never counted as a refusal."""

    LET_OTHERWISE = "let_otherwise"
    NOT_READY = "not_ready"
    COMPLEX_OVERLOADED = "complex_overloaded"
    CHANGED = "changed"
    """The home is not what was offered, and does not suit the client any more."""
    OTHER = "other"


class ClientWithdrawal(StrEnum):
    """Why a client withdraws."""

    OWN_HOUSING_FOUND = "own_housing_found"
    STAYS_IN_CARE = "stays_in_care"
    MOVES_ELSEWHERE = "moves_elsewhere"
    SUPPORT_NOT_WANTED = "support_not_wanted"
    OTHER = "other"


class ReopeningReason(StrEnum):
    """Why a mediation that ended goes on."""

    END_WAS_WRONG = "end_was_wrong"
    """What it ended on was not so."""
    CLIENT_GOES_ON = "client_goes_on"
    """It was so, and the client wants to go on now."""


class SupportReport(StrEnum):
    """What a provider's system reports of support that was noted as started."""

    STOPPED = "stopped"
    START_WITHDRAWN = "start_withdrawn"
    """The report of the start is taken back (StatusAanlevering 3)."""
    STOP_WITHDRAWN = "stop_withdrawn"
    """The report of a stop is taken back: support goes on."""


DecisionId = Annotated[str, StringConstraints(pattern=r"^[a-z_]{1,40}-[0-9]{1,4}$")]
"""Which decision of a mediation, such as `refusal_judged-2`."""


class Disputed(StrEnum):
    """Against which decision somebody objects."""

    URGENCY_CONDITIONS = "urgency_conditions"
    REFUSAL_JUDGED = "refusal_judged"
    """That a refusal was judged to be without a valid reason."""
    NOT_EXTENDED = "urgency_not_extended"
    """That the urgency is not extended: it ends on its day."""
    URGENCY_TAKEN_BACK = "urgency_taken_back"
    """That an urgency which was granted is taken back, and the application is judged anew."""
    NO_DECISION = "no_decision"
    """That a decision was not taken in time (Awb 6:2)."""
    END = "end"
    """The decision with which the mediation ended."""
    OTHER = "other"
    """Something that is no decision here: only the municipality notes an objection to that, and decides on it."""


class Command(Value):
    """What is asked, and by whom."""

    looked_up: ClassVar[tuple[str, ...]] = ()
    """The fields that are filled in when it is recorded: whoever gives it, and the history, leave them out."""
    by: Actor


class StartMediation(Command):
    """Refer a client: the mediation begins, under this policy."""

    looked_up = ("ended_before",)
    type: Literal["StartMediation"] = "StartMediation"
    mediation: str
    referral: Referral
    parties: Parties
    policy: Policy
    received_on: Day | None = Field(default=None, exclude_if=left_out)
    """On which day the referral came in, if that was before today: the decision term runs from it."""
    ended_before: tuple[EndedBefore, ...] = Field(default=(), exclude_if=left_out)
    """The earlier mediations of this client after which the policy bars a new one; looked up by the store."""
    identity_differs: tuple[IdentityPart, ...] = Field(default=(), exclude_if=left_out)
    """What it says otherwise than an earlier referral under the same citizen service number, which may be mistyped."""
    test: bool = Field(default=False, exclude_if=left_out)
    """Whether it is a trial with an invented client. The municipality says so at the start, and it stays so."""


class AnswerTask(Command):
    """Answer one open task."""

    looked_up = ("served", "home_now", "age", "age_between", "line", "acted")
    type: Literal["AnswerTask"] = "AnswerTask"
    task: str
    answer: TaskAnswer
    served: DistrictServed | None = None
    """Who serves the district of the home; looked up by the store in the transaction that records the command."""
    home_now: HomeNow | None = Field(default=None, exclude_if=left_out)
    """The home as it is now, where the answer is about one: read when the command is recorded."""
    age: int | None = Field(default=None, ge=0, le=130, exclude_if=unsaid)
    """How old the client is on this day, where the answer may grant the urgency; looked up by the store."""
    age_between: AgeRange | None = Field(default=None, exclude_if=unsaid)
    """In place of `age`, where the date of birth is known only in part and leaves more than one."""
    line: HomeLine | None = Field(default=None, exclude_if=left_out)
    """Who else waits for the home that is chosen; looked up by the store when the command is recorded."""
    acted: bool = Field(default=False, exclude_if=left_out)
    """Whether who answers has a part in what it is about: acted in the mediation before, of a complaint; took the
    decision, of an objection; looked up by the store."""


class Withdraw(Command):
    """The client withdraws. What a partner reports counts when the municipality has asked the client."""

    type: Literal["Withdraw"] = "Withdraw"
    reason: ClientWithdrawal | None = None
    """A partner always gives it."""
    source: KnownFrom | None = None
    """How it is known: always given, except in commands of 0.1.0."""
    note: Note | None = None
    """What the client said, in the client's own words: a partner always gives it."""


class ReportDeath(Command):
    """The client died. What a partner reports stops the letters to the client; the municipality confirms it."""

    type: Literal["ReportDeath"] = "ReportDeath"
    source: KnownFrom | None = None
    """How it is known: always given, except in commands of 0.1.0."""
    note: Note | None = None


class AddNote(Command):
    """Add a note; its text is in the vault."""

    type: Literal["AddNote"] = "AddNote"
    note: Note


class FileObjection(Command):
    """The client objects to a decision (bezwaar, Awb 6:4). A mediation that is open goes on meanwhile.

    Only the municipality may suspend the decision until the objection is decided (Awb 6:16). Against the decision with
    which the mediation ended an objection is possible afterwards. One that comes after the term is taken all the same:
    the decision on it says what follows from that.
    """

    type: Literal["FileObjection"] = "FileObjection"
    against: Disputed
    decision: DecisionId | None = Field(default=None, exclude_if=left_out)
    """Which decision of that kind, as the mediation lists them (`decisions`); None: the last one."""
    suspends: bool = False
    """True: meanwhile nothing is offered, and nothing is decided against the client."""
    made_on: Day | None = None
    """On which day it was posted or handed in (Awb 6:9); None: the day on which it came in."""
    received_on: Day | None = Field(default=None, exclude_if=left_out)
    """On which day it came in, if that was before today."""
    excused: bool = False
    """True: it is late for a good reason (Awb 6:11), or it is early (6:10) or without a notice of default (6:12 lid 3)
    and the municipality takes it all the same, for the reasons in the note."""
    note: Note


class FileComplaint(Command):
    """Somebody complains in writing of how they were treated (klacht, Awb 9:4). Nothing else stops or changes by it.

    A person who did not act in the mediation looks into it. Also after the mediation has ended.
    """

    type: Literal["FileComplaint"] = "FileComplaint"
    complainant: Complainant
    organisation: OrganisationId | None = None
    """Which partner complains, where the municipality notes it; a partner complains for itself."""
    made_on: Day | None = None
    """On which day it was posted or handed in; None: the day on which it came in."""
    received_on: Day | None = None
    """On which day it came in, if that was before today: only the municipality notes one of before."""
    note: Note
    """What the complaint is, in the complainant's own words."""


class NoteDefaultNotice(Command):
    """The applicant wrote that a decision is too late (ingebrekestelling, Awb 4:17).

    It has effect after the last day of the term. When two weeks have passed since it came in, the municipality owes a
    penalty for each day until it decides, 42 days at most.
    """

    type: Literal["NoteDefaultNotice"] = "NoteDefaultNotice"
    late: LateDecision
    received_on: Day | None = None
    """On which day it came in, if that was before today: only the municipality notes one of before."""
    note: Note | None = None


class CorrectReferral(Command):
    """Correct facts of the referral, with a reason."""

    type: Literal["CorrectReferral"] = "CorrectReferral"
    changes: ReferralChanges
    note: Note


class CorrectAnswer(Command):
    """Say what the answer to a task that is done should have been, with the reason. What hangs on it follows, and the
    old answer stays visible. Only the last answer of its kind is corrected, and as long as something hangs on it.
    """

    type: Literal["CorrectAnswer"] = "CorrectAnswer"
    task: str
    """The task, which is done."""
    answer: TaskAnswer
    """The whole answer as it should have been, without a note of its own."""
    note: Note
    """Why: it stays with the correction."""


class ContactField(StrEnum):
    """What changed of how somebody is reached."""

    NAME = "name"
    MAIL = "mail"
    PHONE = "phone"


class ChangeContact(Command):
    """The client, or the client's guide, is reached otherwise from now on. The data themselves are in the vault."""

    type: Literal["ChangeContact"] = "ChangeContact"
    who: Audience
    fields: tuple[ContactField, ...] = Field(min_length=1)
    note: Note | None = None
    again: tuple[SendLetter, ...] = ()
    """Letters that went to the old address lately, and are to go once more if they still ask something."""


class OverrideRule(Command):
    """Set a rule aside for this mediation, with a reason (hardheidsclausule)."""

    type: Literal["OverrideRule"] = "OverrideRule"
    rule: Overridable
    note: Note


class AdoptPolicy(Command):
    """Go over to another version of the municipality's policy, with a reason."""

    type: Literal["AdoptPolicy"] = "AdoptPolicy"
    policy: Policy
    note: Note


class WithdrawOffer(Command):
    """The corporation takes its offer back. Once the lease is signed this reports it, and the municipality decides; the
    municipality itself then says in the note why.
    """

    type: Literal["WithdrawOffer"] = "WithdrawOffer"
    reason: WithdrawalReason
    note: Note | None = None


class ReportSignal(Command):
    """Tell that something goes wrong at home: any partner may, after the keys."""

    type: Literal["ReportSignal"] = "ReportSignal"
    kind: SignalKind
    note: Note | None = None


class ReportAbsence(Command):
    """The client is elsewhere for some time: a time-out, readmitted or detained."""

    type: Literal["ReportAbsence"] = "ReportAbsence"
    kind: AbsenceKind
    since: Day
    note: Note | None = None


class ReportReturn(Command):
    """The client is back."""

    type: Literal["ReportReturn"] = "ReportReturn"
    on: Day
    note: Note | None = None


class ChangeProvider(Command):
    """Another provider supports the client from now on; the home, the lease and the follow-up stay as they are."""

    type: Literal["ChangeProvider"] = "ChangeProvider"
    provider: OrganisationId
    note: Note


class PauseMediation(Command):
    """Nothing falls due and no letter goes out until the mediation is resumed; terms of the law run on."""

    type: Literal["PauseMediation"] = "PauseMediation"
    note: Note


class ResumeMediation(Command):
    """The mediation goes on: every task and clock of the municipality's own is later by the time it was paused."""

    type: Literal["ResumeMediation"] = "ResumeMediation"
    note: Note | None = None


class ReopenMediation(Command):
    """Undo an end that was no decision (a death, a withdrawal, a home found elsewhere, the call): it goes on.

    By a second person of the municipality, within the policy's term.
    """

    type: Literal["ReopenMediation"] = "ReopenMediation"
    because: ReopeningReason
    note: Note


class StepBack(Command):
    """Go back to an earlier stage, before the keys. What belongs to later stages is let go; nothing is erased.

    Readiness and assessment can also be begun again where the mediation stands: what was answered is asked anew.

    Where the client does not agree to one that takes a granted urgency away, it is only intended: the client is heard,
    and then it is decided.
    """

    type: Literal["StepBack"] = "StepBack"
    to: Stage
    note: Note
    agreed: bool = Field(default=False, exclude_if=left_out)
    """Whether the client agrees to it; the note says how that is known."""


class FilePart(StrEnum):
    """A part of the file that goes along to another municipality, where the client agreed to that."""

    PERSON = "person"
    """Who the client and the guide are, and how they are reached."""
    REFERRAL = "referral"
    """What the client needs, and how ready the client was."""
    URGENCY = "urgency"
    """What was decided on the urgency, and since when the client waits."""
    OFFERS = "offers"
    """Which homes were offered, and what became of that: not where they are."""


class ProposeTransfer(Command):
    """Ask another municipality to carry the mediation on, with the client's consent. Before the keys."""

    type: Literal["ProposeTransfer"] = "ProposeTransfer"
    to: OrganisationId
    """The municipality."""
    by_hand: bool = False
    """It does not work here: ours asks it, hands the file over, and notes its answer."""
    consent_on: Day
    """When the client agreed, and in which way."""
    consent: Literal["written", "spoken"]
    shares: tuple[FilePart, ...] = Field(min_length=1)
    """What the client agreed to hand over. Nothing else goes along."""
    notes: tuple[Note, ...] = Field(default=(), max_length=50)
    """Notes that go along, each by its id."""
    note: Note


class WithdrawTransfer(Command):
    """Ask no longer: the client takes the consent back, or it is not needed any more."""

    type: Literal["WithdrawTransfer"] = "WithdrawTransfer"
    note: Note


class SnoozeTask(Command):
    """Let a task rest: nobody is reminded of it before this day. When it is due stays as it is."""

    type: Literal["SnoozeTask"] = "SnoozeTask"
    task: str
    until: Day
    note: Note


class ReportHindrance(Command):
    """Who has a task says that it takes longer, or that it is not theirs. Nothing changes but that the municipality is
    told.
    """

    type: Literal["ReportHindrance"] = "ReportHindrance"
    task: str
    hindrance: Hindrance
    until: Day | None = None
    """By when it can be done, of one that takes longer."""
    to: OrganisationId | None = Field(default=None, exclude_if=left_out)
    """Whose it is, as far as they know, of one that is not theirs."""
    note: Note


class AnswerHindrance(Command):
    """The municipality answers what the owner of a task said of it: more time is granted or refused, or the task stays
    theirs. The owner is told.
    """

    type: Literal["AnswerHindrance"] = "AnswerHindrance"
    task: str
    granted: bool
    until: Day | None = None
    """By when it must be done, if not by the day that was asked for."""
    note: Note


class ReassignTask(Command):
    """Give a task to another organisation of the same role, or to the owner's substitute."""

    type: Literal["ReassignTask"] = "ReassignTask"
    task: str
    owner: OrganisationId
    note: Note


class TakeOverTask(Command):
    """The municipality does a task in its owner's place."""

    type: Literal["TakeOverTask"] = "TakeOverTask"
    task: str
    note: Note


class LearnDwellings(Command):
    """The corporations' systems listed the dwellings they have released."""

    looked_up = ("standings",)
    type: Literal["LearnDwellings"] = "LearnDwellings"
    dwellings: tuple[Dwelling, ...]
    away: tuple[OrganisationId, ...] = ()
    """Corporations whose system did not answer."""
    left_out: tuple[LeftOut, ...] = ()
    """What could not be used, some of each corporation."""
    standings: tuple[Standing, ...] = ()
    """How their districts and complexes stood; looked up by the store in the transaction that records the command."""


class LearnHome(Command):
    """What the corporation says now of the home that is offered to the client."""

    looked_up = ("home_now",)
    type: Literal["LearnHome"] = "LearnHome"
    home_now: HomeNow


class LearnLease(Command):
    """The corporation's system drew up the lease under this number."""

    type: Literal["LearnLease"] = "LearnLease"
    offer: PartnerNumber
    number: PartnerNumber


class LearnSupportRequest(Command):
    """The provider's system took the request for support under this number."""

    type: Literal["LearnSupportRequest"] = "LearnSupportRequest"
    provider: OrganisationId
    number: PartnerNumber
    message: PartnerNumber | None = None
    """The message that asked it, when the provider owes a retour to it."""


class LearnSent(Command):
    """A message went to a provider that owes a retour to it."""

    type: Literal["LearnSent"] = "LearnSent"
    provider: OrganisationId
    message: PartnerNumber


class LearnRetour(Command):
    """The provider's system answered a message of ours with its retour (retourbericht)."""

    type: Literal["LearnRetour"] = "LearnRetour"
    message: PartnerNumber
    number: PartnerNumber
    """Under which number the provider would know the support."""
    effect: AnyEffect
    """What the message was sent for."""
    codes: tuple[RetourCode, ...] = ()
    """Why it was rejected; none: it was approved."""


class LearnSupportReport(Command):
    """The provider's system reports what changed in support that was noted as started."""

    type: Literal["LearnSupportReport"] = "LearnSupportReport"
    provider: OrganisationId
    number: PartnerNumber
    report: SupportReport
    on: Day
    """The last day of support, also of a stop that is taken back; or the day of the start that is taken back."""
    reason: RetourCode | None = None
    """Why it ended, as the standard codes it (WMO588)."""


class ReportUndelivered(Command):
    """A partner's system refused an effect for good: a person must look at it."""

    type: Literal["ReportUndelivered"] = "ReportUndelivered"
    effect: AnyEffect
    code: str


class LearnLetterSent(Command):
    """The letter with a decision has left for the client: the term to object runs from the day after."""

    type: Literal["LearnLetterSent"] = "LearnLetterSent"
    letter: SendLetter
    on: Day


class LearnNoSystem(Command):
    """A partner has no system for an effect: its people are asked, or told, by letter."""

    type: Literal["LearnNoSystem"] = "LearnNoSystem"
    effect: AnyEffect


class LearnHeldBack(Command):
    """A letter to the client did not leave, because the client's death is reported."""

    type: Literal["LearnHeldBack"] = "LearnHeldBack"
    letter: SendLetter


class LookAgain(Command):
    """A partner's system hints that something changed there: read it again."""

    type: Literal["LookAgain"] = "LookAgain"


class LearnRoom(Command):
    """There may be a place now and it is the client's turn, or a home came free: look again."""

    type: Literal["LearnRoom"] = "LearnRoom"


class PassTime(Command):
    """Time went by: do what is due."""

    type: Literal["PassTime"] = "PassTime"


AnyCommand = Annotated[
    StartMediation
    | AnswerTask
    | Withdraw
    | ReportDeath
    | AddNote
    | FileObjection
    | FileComplaint
    | NoteDefaultNotice
    | CorrectReferral
    | CorrectAnswer
    | ChangeContact
    | OverrideRule
    | AdoptPolicy
    | WithdrawOffer
    | ReportSignal
    | ReportAbsence
    | ReportReturn
    | ChangeProvider
    | PauseMediation
    | ResumeMediation
    | ReopenMediation
    | StepBack
    | ProposeTransfer
    | WithdrawTransfer
    | SnoozeTask
    | ReportHindrance
    | AnswerHindrance
    | ReassignTask
    | TakeOverTask
    | LearnDwellings
    | LearnHome
    | LearnLease
    | LearnSupportRequest
    | LearnSent
    | LearnRetour
    | LearnSupportReport
    | ReportUndelivered
    | LearnLetterSent
    | LearnNoSystem
    | LearnHeldBack
    | LookAgain
    | LearnRoom
    | PassTime,
    Field(discriminator="type"),
]
