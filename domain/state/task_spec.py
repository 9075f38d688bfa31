"""One kind of task, said once: who does it and how it is asked, what may be answered and what follows, where it stands.

Each module of a stage or of what runs beside it lists its own (`TASKS`); `domain.decide.catalogue` puts the lists
together, and every table over tasks is worked out of them.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import Enum, StrEnum, auto
from typing import TYPE_CHECKING, Generic, TypeVar

from domain.facts.calendar import Reckoning
from domain.facts.outcome import Stage
from domain.facts.parties import Owner, Role, Whose
from domain.facts.rules import RuleName
from domain.facts.tasks import Task, TaskKind
from domain.messages.answers import Answer
from domain.messages.effects import AnyEffect, ToPartner
from domain.policy.agreements import AgreementKind, agreed
from domain.policy.moments import due_of
from domain.policy.policy import Policy

if TYPE_CHECKING:
    from domain.state.draft import Draft
    from domain.state.mediation import Mediation

A = TypeVar("A", bound=Answer)


class Beside(StrEnum):
    """What runs beside the stages, as a description groups its tasks, in that order."""

    RIGHTS = "rights"
    SIGNALS = "signals"
    ABSENCE = "absence"
    REPORTED = "reported"
    PAUSE = "pause"
    TRANSFER = "transfer"
    DELIVERY = "delivery"


class Lack(StrEnum):
    """What a mediation waits for that does not get on, though nobody is late."""

    PAPERS = "papers_missing"
    READINESS = "client_not_ready"
    OTHER_MUNICIPALITY = "other_municipality"
    """It is asked to take the client over."""
    PLACE = "no_place"
    """The quota or ceiling is used up."""
    HOME = "no_home"
    CLIENT_AWAY = "client_away"
    OBJECTION = "objection"
    DELIVERY = "delivery_refused"
    """A partner's system refused a message for good."""
    PAUSE = "paused"


class Asked(Enum):
    """How a task's owner hears of it when it opens, if no system is asked."""

    INBOX = auto()
    """In its list of tasks; a letter of what has happened may go besides."""
    LETTER = auto()
    """Also by a letter that says so: of the municipality's own tasks, those that cannot wait for its digest."""


class TaskTrack(Enum):
    """Where a task runs, as seen from the main road of a mediation."""

    MAIN = auto()
    SIDE = auto()
    """About what runs beside the main road; what is about a signal or a hearing says so itself."""
    ALONE = auto()
    """Nothing waits for it: what it leads to, a signal or a letter, may come at any time besides."""
    EXTENSION = auto()
    """What a clock asks."""


def by_term(_m: "Mediation", task: Task, policy: Policy) -> datetime | None:
    """Return the end of the policy's term; None for a task with a day that was agreed with somebody."""
    return None if task.agreed else due_of(policy, task.kind, task.term_from or task.opened_at)


def always(_policy: Policy) -> bool:
    """Say yes, under any policy."""
    return True


def goes(_task: Task, _to: Stage) -> bool:
    """Say no: it belongs to the stage that is left."""
    return False


def remains(_task: Task, _to: Stage) -> bool:
    """Say yes: it belongs to no stage."""
    return True


@dataclass(frozen=True, kw_only=True)
class AnySpec(ABC):
    """A kind of task, whatever its answer is. A list of specs is a list of these: one of `TaskSpec[Any]` would let mypy
    accept any function for any answer.

    Who owns a task is said by the first of these that says anything: who it is opened for (`Draft.open`), `whose`, the
    policy's `[owners]`, `chosen`, `owner`. Where nobody has that role yet it is the municipality.
    """

    group: Stage | Beside
    """The stage or side track among whose tasks a description shows it."""
    owner: Role = Role.COORDINATOR
    chosen: Callable[[Policy], Role] | None = None
    """Who owns it, where a parameter of its own says so."""
    owners: frozenset[Whose] = frozenset()
    """Who else may own it, where a policy says so (`[owners]`)."""
    whose: "Callable[[Draft], Owner | None] | None" = None
    """Who owns it as things stand, where that may be another than the one who takes part in the role that owns it."""
    asked: Asked | type[ToPartner] = Asked.INBOX
    """An effect: the owner's system is asked by it, and its people by letter if it has none."""
    client_acts: bool = False
    """Whether it is the client's to do, with the guide: those two are reminded of it."""
    reads: "Callable[[Draft, Task], AnyEffect | None] | None" = None
    """What is read in a partner's system before anybody is chased: the answer may be there."""
    overdue: "Callable[[Draft, Task], None] | None" = None
    """What follows at once when it is not done in time; every task is escalated besides."""
    check: "Callable[[Draft], None] | None" = None
    """What the engine does when it looks again by itself."""
    due_under: "Callable[[Mediation, Task, Policy], datetime | None]" = by_term
    """When it is due under a policy; None when the policy does not say so."""
    own_day: bool = False
    """Whether its day hangs on something else than when it was asked: a reminder may come before it is."""
    at_home: bool = False
    """Whether it is done in the client's home: who has it must know where that is."""
    grounds: bool = False
    """Whether what is noted with its answer is the ground of a decision, also of one that is only intended, or of the
    answer to a complaint: by that it can be judged.
    """
    of_offer: bool = False
    """Whether it ends with the offer to which it belongs."""
    stays: Callable[[Task, Stage], bool] = goes
    """Whether it is still asked when the mediation steps back to a stage."""
    holds_open: bool = False
    """Whether a mediation waits for it after the call."""
    track: TaskTrack = TaskTrack.MAIN
    by_age: bool = False
    """Whether what an answer leads to hangs on how old the client is on that day: then that is looked up."""
    runs_on: bool = False
    """Whether a term that the law counts waits for it: then it waits for no pause."""
    mended_by: RuleName | None = None
    """How a mistake in an answer is mended, where it cannot be corrected: what refuses the correction."""
    reachable: Callable[[Policy], bool] = always
    """Whether anybody is ever asked this under a policy, as far as that hangs on parameters of its own."""
    agreements: tuple[AgreementKind, ...] = ()
    """The working agreements that it belongs to. It is asked only where partners agreed on all of them."""
    lack: Lack | None = None
    """For want of what the mediation does not get on while this is open; None for an ordinary step."""

    @property
    @abstractmethod
    def kind(self) -> TaskKind:
        """Return the kind that its answer names."""

    @property
    @abstractmethod
    def answer_type(self) -> type[Answer]:
        """Return what may be answered."""

    @abstractmethod
    def give(self, d: "Draft", task: Task, answer: Answer) -> None:
        """Do what an answer leads to."""

    def asked_under(self, policy: Policy) -> bool:
        """Tell whether anybody is ever asked this under a policy."""
        return self.reachable(policy) and all(agreed(policy.agreements, kind) for kind in self.agreements)

    @abstractmethod
    def correct(self, d: "Draft", was: Answer, now: Answer) -> None:
        """Do what follows when an answer was wrong and another takes its place."""

    @property
    @abstractmethod
    def may_be_corrected(self) -> bool:
        """Whether an answer may be corrected; if not, `mended_by` says what is done instead."""

    def owner_under(self, policy: Policy) -> Role:
        """Return the role whose organisation owns it under this policy."""
        named = policy.owners.get(self.kind)
        return named.role if named else self.chosen(policy) if self.chosen else self.owner

    @property
    def may_be_a_partners(self) -> bool:
        """Whether somebody else than the municipality may own it, under any policy."""
        return self.chosen is not None or bool(({one.role for one in self.owners} | {self.owner}) - {Role.COORDINATOR})

    def told_by_letter(self, role: Role) -> bool:
        """Tell whether an owner in this role hears by letter that it is asked. A partner that has it from a policy
        does, for no system of its own is asked; the municipality then has it in its inbox.
        """
        return self.asked is Asked.LETTER if role is self.owner else role is not Role.COORDINATOR


def runs_on(spec: AnySpec, policy: Policy) -> bool:
    """Tell whether a task runs on in a pause: a pause is the municipality's choice, and moves no term of the law."""
    return policy.calendar.reckoning is Reckoning.BY_LAW and (spec.runs_on or policy.tasks[spec.kind].statutory)


@dataclass(frozen=True)
class TaskSpec(AnySpec, Generic[A]):
    """A kind of task with its answer, and what follows from that."""

    answer: type[A]
    answered: "Callable[[Draft, Task, A], None]"
    corrects: "Callable[[Draft, A, A], None] | None" = None
    """What follows when an answer was wrong, of what it was and what it is."""

    @property
    def kind(self) -> TaskKind:
        return TaskKind(self.answer.model_fields["kind"].default)

    @property
    def answer_type(self) -> type[Answer]:
        return self.answer

    def give(self, d: "Draft", task: Task, answer: Answer) -> None:
        if not isinstance(answer, self.answer):
            raise TypeError(f"{type(answer).__name__} does not answer {self.kind}")
        self.answered(d, task, answer)

    def correct(self, d: "Draft", was: Answer, now: Answer) -> None:
        if self.corrects is None or not (isinstance(was, self.answer) and isinstance(now, self.answer)):
            raise TypeError(f"an answer to {self.kind} is not corrected by {type(now).__name__}")
        self.corrects(d, was, now)

    @property
    def may_be_corrected(self) -> bool:
        return self.corrects is not None


@dataclass(frozen=True)
class Rules:
    """What a draft must know of the stages and the tasks, without knowing their modules."""

    entries: "Mapping[Stage, Callable[[Draft], None]]"
    """What each stage does on entry."""
    specs: Mapping[TaskKind, AnySpec]
